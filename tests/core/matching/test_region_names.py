"""A regency and a city that share a name stay apart; a kind left out is no difference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hakakses.core.elements import Comparison
from hakakses.core.matching.comparisons import COMPARE
from hakakses.core.matching.region_names import fold_regency, fold_region, same_regency
from hakakses.core.matching.verdict import fold_claim
from hakakses.core.regions import districts, regencies

KINDS = {
    "KAB": ("KABUPATEN", "Kab.", "KAB", "KABUPATEN ADMINISTRASI", "KAB. ADM.", "Kab. Administrasi"),
    "KOTA": ("KOTA", "Kota", "KOTAMADYA", "KODYA", "KOTA ADMINISTRASI", "KOTA ADM."),
}
NAMES = sorted(regencies().values())
same = COMPARE[Comparison.REGENCY]


def _parts(official: str) -> tuple[str, str]:
    """KAB or KOTA, and the name alone, of a name in the package's own words."""
    for words, kind in (
        ("Kabupaten Administrasi ", "KAB"),
        ("Kota Administrasi ", "KOTA"),
        ("Kabupaten ", "KAB"),
        ("Kota ", "KOTA"),
    ):
        if official.startswith(words):
            return kind, official.removeprefix(words)
    raise AssertionError(official)


def _spellings(official: str) -> Iterator[str]:
    kind, name = _parts(official)
    for written in {
        name,
        name.upper(),
        name.replace("Kepulauan", "Kep."),
        name.replace(" ", ""),
        f" {name} ",
    }:
        yield written
        for word in KINDS[kind]:
            yield f"{word} {written}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_regency_and_city_meets_its_usual_spellings(kind: str) -> None:
    for official in NAMES:
        if _parts(official)[0] == kind:
            assert {same(spelled, official) for spelled in _spellings(official)} == {100}, official


def test_no_two_regencies_or_cities_of_the_country_are_one() -> None:
    folded = [fold_regency(name) for name in NAMES]
    assert len(folded) == 514
    assert not [pair for pair in combinations(folded, 2) if same_regency(*pair)]


def test_a_shared_name_without_its_kind_meets_both() -> None:
    shared = [(one, other) for one, other in combinations(NAMES, 2) if _parts(one)[1] == _parts(other)[1]]
    assert len(shared) == 26
    for one, other in shared:
        name = _parts(one)[1]
        assert same(name, one) == same(name, other) == 100
        assert same(one, other) == same(other, one) == 0


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        ("KAB. BANDUNG", "KOTA BANDUNG", 0),
        ("KABUPATEN BANDUNG", "KAB BANDUNG", 100),
        ("KOTA BARU", "KABUPATEN KOTABARU", 100),
        ("KOTA MOBAGU", "KOTA KOTAMOBAGU", 100),
        ("KOTA WARINGIN BARAT", "KAB. KOTAWARINGIN BARAT", 100),
        ("KOTA WARINGIN BARAT", "KAB. KOTAWARINGIN TIMUR", 0),
        ("LIMA PULUH KOTA", "KAB. LIMAPULUH KOTA", 100),
        ("LIMA PULUH", "KAB. LIMA PULUH KOTA", 0),
        ("TOLITOLI", "Kabupaten Toli-Toli", 100),
        ("KEP. SERIBU", "KAB. ADM. KEPULAUAN SERIBU", 100),
        ("KOTA", "KOTA BANDUNG", 0),
        ("KOTA", "", 0),
        ("", " ", 100),
        ("", "KAB. BANDUNG", 0),
    ],
)
def test_a_kind_that_is_named_must_agree(one: str, other: str, score: int) -> None:
    assert same(one, other) == same(other, one) == score


def test_a_claim_with_a_kind_and_one_without_are_two_guesses() -> None:
    folded = [fold_claim("KAB_NAME", text) for text in ("BANDUNG", "KOTA BANDUNG", "KAB. BANDUNG")]
    assert len({*folded, None}) == 4
    assert fold_claim("KAB_NAME", "Kabupaten Bandung") == folded[2]


@given(st.text("ABKOT .-", max_size=16), st.text("ABKOT .-", max_size=16))
def test_what_a_claim_meets_depends_on_its_folded_text_alone(text: str, held: str) -> None:
    """So that another spelling of a guess is the same guess."""
    folded = fold_regency(text)
    assert fold_regency(folded) == folded
    assert same_regency(folded, fold_regency(held)) is same_regency(fold_regency(held), folded)


def test_a_district_keeps_a_kota_of_its_own() -> None:
    begun = {name.upper() for name in districts().values() if name.upper().startswith("KOTA ")}
    assert "KOTA AGUNG" in begun
    region = COMPARE[Comparison.REGION]
    for name, cut in product(begun, ("KOTA ",)):
        assert region(name, name.removeprefix(cut)) == 0
        assert region(name, name.title()) == 100
    assert fold_region("DAERAH ISTIMEWA YOGYAKARTA") == fold_region("D.I. Yogyakarta")
