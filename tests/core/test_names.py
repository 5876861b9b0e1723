"""A person's spellings meet; two people who share a word do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hakakses.core.names import fold_name, score_names

THRESHOLD = 85
FOLDED = {
    "M.ALI": "MUHAMMAD ALI",
    "M ALI": "MUHAMMAD ALI",
    "H.M. ALI": "MUHAMMAD ALI",
    "DRS.H.M. ALI": "MUHAMMAD ALI",
    "A.YANI": "A YANI",
    "ALI M": "ALI M",
    "BUDI, S.KOM., M.M.": "BUDI",
    "SITI, S.Pd.I": "SITI",
    "BUDI A.Md.": "BUDI",
    "MOEH. DJOKO": "MUHAMMAD JOKO",
    "ABDOEL MOEIS": "ABDUL MUIS",
    "Hj. Jos\u00e9": "JOSE",
    "MA'RUF": "MARUF",
    "H": "H",
    "IR": "IR",
    "M": "M",
    "PROF. DR.": "DR",
    "": "",
}
SAME_PERSON = [
    ("MUHAMMAD ALI", "M.ALI"),
    ("MUHAMMAD ALI", "MUH. ALI"),
    ("MUHAMMAD ALI", "H.M. ALI"),
    ("MUHAMMAD RIZKY", "MOCH RIZKY"),
    ("MUHAMMAD RIZKY", "MOHAMAD RIZKI"),
    ("ABDUL ROHMAN", "ABD. ROHMAN"),
    ("ABDUL ROHMAN", "ABDUL RAHMAN"),
    ("ABDUL ROHMAN", "ABDURROHMAN"),
    ("ACHMAD FAUZI", "AHMAD FAUZI"),
    ("ACHMAD FAUZI", "ACH. FAUZI"),
    ("NUR HAYATI", "NURHAYATI"),
    ("NUR HAYATI", "NOERHAYATI"),
    ("SRI WAHYUNI", "SRIWAHYUNI"),
    ("SUKARNO", "SOEKARNO"),
    ("JOKO SUSILO", "DJOKO SOESILO"),
    ("CAHYO", "TJAHYO"),
    ("BUDI SANTOSO", "BUDI SANTOSA"),
    ("BUDI SANTOSO", "BUDI SANTSO"),
    ("BUDI SANTOSO", "SANTOSO BUDI"),
    ("BUDI SANTOSO", "IR. BUDI SANTOSO, M.M."),
    ("BUDI SANTOSO", "H. BUDI SANTOSO, S.KOM"),
    ("BUDI SANTOSO", "B. SANTOSO"),
    ("SITI AMINAH", "ST. AMINAH"),
    ("SITI AMINAH", "HJ. SITI AMINAH"),
    ("SITI AMINAH", "SITI AMINNAH"),
    ("DEWI LESTARI", "DEWI LESTARY"),
    ("EKO PRASETYO", "EKO PRASETIO"),
    ("AGUS SETIAWAN", "AGUS STIAWAN"),
    ("MA'RUF HIDAYAT", "MARUF HIDAYAT"),
    ("YOHANES PAULUS", "JOHANES PAULUS"),
    ("KRISTINA SITUMORANG", "KRISTINA S"),
    ("RINA MARLINA PUTRI", "RINA MARLINA"),
]
OTHER_PERSON = [
    ("BUDI SANTOSO", "BUDI HARTONO"),
    ("BUDI SANTOSO", "BUDI SETIAWAN"),
    ("BUDI SANTOSO", "AGUS SANTOSO"),
    ("BUDI SANTOSO", "BUDI"),
    ("SITI AMINAH", "SITI RAHAYU"),
    ("SITI AMINAH", "SITI FATIMAH"),
    ("SITI AMINAH", "SITI AISYAH"),
    ("MUHAMMAD ALI", "MUHAMMAD RIZKY"),
    ("MUHAMMAD ALI", "MUHAMMAD FAJAR"),
    ("MUHAMMAD ALI", "ALI"),
    ("MUHAMMAD FIRMAN", "MUHAMMAD FIRDAUS"),
    ("ABDUL ROHMAN", "ABDUL ROHIM"),
    ("ABDUL ROHMAN", "ABDUL KADIR"),
    ("ACHMAD FAUZI", "ACHMAD ZAKI"),
    ("DEWI LESTARI", "DEWI SARTIKA"),
    ("DEWI LESTARI", "AYU LESTARI"),
    ("EKO PRASETYO", "EKO WIBOWO"),
    ("AGUS SETIAWAN", "ANDI SETIAWAN"),
    ("AGUS SETIAWAN", "AGUS SALIM"),
    ("SRI WAHYUNI", "TRI WAHYUNI"),
    ("SRI WAHYUNI", "SRI MULYANI"),
    ("RINA MARLINA", "RINI MARLINA"),
    ("YUNI ASTUTI", "YUNITA ASTUTI"),
    ("SUPARMAN", "SUPARNO"),
    ("SUKARNO", "SUKARDI"),
    ("WAYAN SUDIRA", "WAYAN SUDANA"),
    ("I MADE ARTA", "I NYOMAN ARTA"),
    ("KETUT SARI", "KADEK SARI"),
    ("JOKO SUSILO", "JOKO WIDODO"),
    ("HENDRA GUNAWAN", "HENDRI GUNAWAN"),
    ("NUR AINI", "NUR HALIMAH"),
    ("PAULUS SIHOMBING", "PETRUS SIHOMBING"),
]


@pytest.mark.parametrize(("text", "folded"), FOLDED.items())
def test_a_name_folds_to_one_spelling(text: str, folded: str) -> None:
    assert fold_name(text) == folded


def test_letters_that_cannot_be_read_are_not_a_blank() -> None:
    assert score_names("\u65e5\u672c", "") == 0
    assert score_names(" - ", "") == 100


@given(st.text("ABDEHIJMOST. ',", max_size=30), st.text("ABDEHIJMOST. ',", max_size=30))
def test_names_of_one_folded_spelling_score_full(one: str, other: str) -> None:
    if fold_name(one) == fold_name(other):
        assert score_names(one, other) == 100


def test_the_default_threshold_errs_as_often_as_stated() -> None:
    """At 85, of 32 same-person pairs 2 are refused; of 32 chosen look-alikes 11 are accepted.

    The accepted ones share a word and have another that begins or ends alike (RINA and RINI, but also AMINAH and
    AISYAH); an agreement that cannot bear them fixes a higher threshold.  The pairs are ours, not a population.
    """
    refused = [pair for pair in SAME_PERSON if score_names(*pair) < THRESHOLD]
    accepted = [pair for pair in OTHER_PERSON if score_names(*pair) >= THRESHOLD]
    assert (len(SAME_PERSON), len(refused)) == (32, 2)
    assert (len(OTHER_PERSON), len(accepted)) == (32, 11)
    assert ("BUDI SANTOSO", "BUDI HARTONO") not in accepted
