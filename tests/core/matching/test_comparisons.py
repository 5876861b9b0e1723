"""What counts as the same, per kind of comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import NAMES, a_resident

from hakakses.core.elements import BY_CODE, CATALOGUE, Comparison
from hakakses.core.matching.comparisons import COMPARE
from hakakses.core.matching.verdict import fold_claim, judge
from hakakses.core.residents import Resident, ResidentStatus

SAME = {
    Comparison.NUMBER: [("1234567890123456", " 1234567890123456 "), ("", " ")],
    Comparison.NAME: [
        ("MUHAMMAD ALI", "M. ALI"),
        ("H. BUDI SANTOSO, S.KOM", "BUDI SANTOSO"),
        ("SOEKARNO", "SUKARNO"),
        ("NUR HAYATI", "NURHAYATI"),
        ("MA'RUF", "MARUF"),
        ("sri", "SRI"),
        ("SUKARNO", "SUKARNO"),
        ("TJOKRO DJOJO", "COKRO JOJO"),
        ("DRA. HJ. SITI AMINAH, M.M.", "ST AMINAH"),
        ("JOSE\u0301", "JOS\u00c9"),
    ],
    Comparison.PLACE: [("KP. BARU", "Kampung Baru"), ("KOTA  BARU", "KOTA BARU")],
    Comparison.ADDRESS: [("JLN. MERDEKA NO. 007", "Jalan Merdeka Nomor 7")],
    Comparison.DATE: [("17-08-1990", "1990-08-17"), ("17/08/1990", "1990-08-17"), ("00-00-0000", "")],
    Comparison.CODE: [
        ("072", "72"),
        ("040", " 40 "),
        ("001", "1"),
        ("0", "000"),
        ("1013", "001013"),
        (" ", ""),
    ],
    Comparison.REGION: [
        ("KEP. MASALOKA RAYA", "KEPULAUAN MASALOKA RAYA"),
        ("DAERAH ISTIMEWA YOGYAKARTA", "DI YOGYAKARTA"),
        ("D.I. YOGYAKARTA", "DI YOGYAKARTA"),
        ("DAERAH KHUSUS IBUKOTA JAKARTA", "DKI JAKARTA"),
    ],
    Comparison.REGENCY: [("KAB. SLEMAN", "SLEMAN"), ("KOTA ADM. JAKARTA PUSAT", "Jakarta Pusat")],
    Comparison.WORD: [
        ("Laki-laki", "LAKI-LAKI"),
        ("L", "LAKI-LAKI"),
        ("slta / sederajat", "SLTA/SEDERAJAT"),
        ("ab +", "AB+"),
        ("AL 12-31", "AL.12/31"),
    ],
}
DIFFERENT = {
    Comparison.NUMBER: [("1234567890123457", "1234567890123456"), ("", "1234567890123456")],
    Comparison.NAME: [("BUDI SANTOSO", "SITI RAHAYU"), ("", "BUDI")],
    Comparison.PLACE: [("PONTIANAK", "BANDUNG"), ("", "PONTIANAK"), ("\u65e5", "")],
    Comparison.ADDRESS: [("JL MERDEKA 1", "GG MAWAR 22"), ("", "JL MERDEKA"), ("\u65e5", "")],
    Comparison.DATE: [("18-08-1990", "1990-08-17"), ("00-00-0000", "1990-08-17"), ("", "1990-08-17")],
    Comparison.CODE: [
        ("7", "72"),
        ("1", "10"),
        ("", "1"),
        ("", "0"),
        ("1.0", "1"),
        ("-1", "1"),
        ("1_0", "10"),
        ("٧", "7"),
    ],
    Comparison.REGION: [("KOTA AGUNG", "AGUNG"), ("\u65e5", "")],
    Comparison.REGENCY: [("KOTA BANDUNG", "KAB. BANDUNG"), ("KOTA JAMBI", "BANDUNG"), ("\u65e5", "")],
    Comparison.WORD: [
        ("PEREMPUAN", "LAKI-LAKI"),
        ("A+", "A-"),
        ("A+", "A"),
        ("12/31", "1/231"),
        ("\u65e5", ""),
    ],
    Comparison.NEVER: [("a", "a"), ("", "")],
}


@pytest.mark.parametrize(("kind", "pair"), [(kind, pair) for kind, pairs in SAME.items() for pair in pairs])
def test_the_same_in_two_spellings_scores_full(kind: Comparison, pair: tuple[str, str]) -> None:
    assert COMPARE[kind](*pair) == COMPARE[kind](*reversed(pair)) == 100


@pytest.mark.parametrize(
    ("kind", "pair"), [(kind, pair) for kind, pairs in DIFFERENT.items() for pair in pairs]
)
def test_different_values_stay_below_every_threshold(kind: Comparison, pair: tuple[str, str]) -> None:
    assert COMPARE[kind](*pair) < 80


def test_every_comparison_has_a_function_and_cases() -> None:
    assert set(COMPARE) == set(Comparison) == set(DIFFERENT) == {*SAME, Comparison.NEVER}


@given(st.sampled_from(CATALOGUE), st.text(max_size=40), st.text(max_size=40))
def test_a_score_is_symmetric_and_within_bounds(element: object, one: str, other: str) -> None:
    compare = COMPARE[element.comparison]  # type: ignore[attr-defined]
    assert 0 <= compare(one, other) == compare(other, one) <= 100


@given(st.sampled_from(CATALOGUE), st.text(max_size=40))
def test_folding_twice_changes_nothing(element: object, text: str) -> None:
    code = element.code  # type: ignore[attr-defined]
    folded = fold_claim(code, text)
    if folded is not None and BY_CODE[code].comparison not in (Comparison.NAME, Comparison.ADDRESS):
        assert fold_claim(code, folded) == folded


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("NAMA_LGKP", "BUDI\u202e"),
        ("NAMA_LGKP", "BUDI\x00"),
        ("NAMA_LGKP", "A" * 256),
        ("TGL_LHR", "31-02-1990"),
        ("TGL_LHR", "1990"),
        ("NO_RT", "１"),
        ("NO_KK", "123"),
        ("NAMA_LGKP", "\u65e5\u672c"),
        ("ALAMAT", "\u65e5\u672c"),
        ("AGAMA", "\u65e5\u672c"),
        ("KAB_NAME", "\u65e5\u672c"),
        ("KEC_NAME", "\u65e5\u672c"),
        ("ALAMAT", "NO."),
    ],
)
def test_what_cannot_be_a_value_is_unreadable(code: str, text: str) -> None:
    assert fold_claim(code, text) is None


@pytest.mark.parametrize(
    "status", [status for status in ResidentStatus if status is not ResidentStatus.AKTIF]
)
def test_nobody_but_an_active_resident_matches(status: ResidentStatus) -> None:
    assert not any(judge(NAMES, a_resident(status), {}).values())
    assert not any(judge(NAMES, None, {}).values())
    assert all(judge(NAMES, a_resident(), {}).values())


def test_a_threshold_decides_a_scored_element() -> None:
    claim = {"NAMA_LGKP": "BUDI SANTOSA"}
    assert judge(claim, a_resident(), {"NAMA_LGKP": 90}) == {"NAMA_LGKP": True}
    assert judge(claim, a_resident(), {"NAMA_LGKP": 100}) == {"NAMA_LGKP": False}


def test_a_claim_longer_than_any_value_is_not_compared() -> None:
    for element in CATALOGUE:
        assert judge({element.code: "9" * 9000}, a_resident(), {}) == {element.code: False}


def test_a_withheld_element_never_matches() -> None:
    for thresholds in ({}, {"SIDIK_JARI": 0}):
        for claimed in ("", "A"):
            assert judge({"SIDIK_JARI": claimed}, a_resident(), thresholds) == {"SIDIK_JARI": False}


SMALL = st.text("ABDJKLMORTHW019.-/+ '", max_size=8)
RESPELLED = [str.lower, "  {} ".format, "0{}".format, "H. {}".format, lambda text: text.replace("DJ", "J")]


@given(st.sampled_from([element.code for element in CATALOGUE]), SMALL, st.sampled_from(RESPELLED), SMALL)
def test_claims_that_fold_alike_get_the_same_verdict(code: str, one: str, respell: object, held: str) -> None:
    """Else a guess could be repeated in another spelling without being counted."""
    other = respell(one)  # type: ignore[operator]
    folded, element = fold_claim(code, one), BY_CODE[code]
    if folded is None or folded != fold_claim(code, other):
        return
    for value in (one, other, held):
        values = ["" for _ in CATALOGUE]
        values[element.position] = value
        resident = Resident(ResidentStatus.AKTIF, tuple(values))
        assert judge({code: one}, resident, {})[code] is judge({code: other}, resident, {})[code]
