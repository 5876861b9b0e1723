"""The example agreements show the country's cases: who they are, what they read, what protects the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from hakakses.core.agreements.agreement import Agreement, Kind, Use, read_agreement
from hakakses.core.elements import BY_CODE, Protection
from hakakses.core.rights.ask import Mode

FOLDER = Path(__file__).parents[3] / "examples" / "agreements"
# As the city's own news of 8 October 2020 spells them.
PONTIANAK = {
    "Dinas Pendidikan dan Kebudayaan",
    "Dinas Penananaman Modal Tenaga Kerja dan Pelayanan Terpadu Satu Pintu",
    "Dinas Komunikasi dan Informatika",
    "Dinas Pangan Pertanian dan Perikanan",
    "Dinas Sosial",
    "Dinas Kesehatan",
    "Kecamatan Pontianak Selatan",
    "Kecamatan Pontianak Timur",
    "Kecamatan Pontianak Barat",
    "Kecamatan Pontianak Utara",
    "Kecamatan Pontianak Kota",
    "Kecamatan Pontianak Tenggara",
}


def _read(path: Path) -> Agreement:
    agreement = read_agreement(path.read_text(encoding="utf-8"))
    assert isinstance(agreement, Agreement)
    return agreement


EXAMPLES = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _readable(name: str) -> dict[str, set[str]]:
    grants = [grant for grant in EXAMPLES[name].elements if Mode.READ in grant.modes]
    return {grant.code: set(grant.purposes) for grant in grants}


def test_the_twelve_offices_of_pontianak_are_spelled_as_given() -> None:
    regional = [one.second_party for one in EXAMPLES.values() if one.second_party.kind is Kind.REGIONAL]
    assert sorted(party.name.removesuffix(" Kota Pontianak") for party in regional) == sorted(PONTIANAK)
    assert {party.region for party in regional} == {"61.71"}


def test_numbers_and_institutions_are_not_used_twice() -> None:
    assert len({one.number for one in EXAMPLES.values()}) == len(EXAMPLES)
    assert {one.second_party.id for one in EXAMPLES.values()} == EXAMPLES.keys()


def test_values_are_read_by_hospitals_and_the_police_alone() -> None:
    readers = {name for name in EXAMPLES if _readable(name)}
    assert readers == {"rumah-sakit-contoh", "rsud-contoh", "kepolisian-contoh"}
    assert _readable("rumah-sakit-contoh") == {
        "ALAMAT": {"GAWAT_DARURAT"},
        "GOL_DARAH": {"GAWAT_DARURAT"},
    }
    assert _readable("kepolisian-contoh").keys() == {
        "NAMA_LGKP", "TMPT_LHR", "TGL_LHR", "JENIS_KLMIN", "ALAMAT",
    }  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_protected_elements_serve_law_enforcement_and_are_not_read(name: str) -> None:
    """Art. 56(4) of PP 40/2019."""
    agreement = EXAMPLES[name]
    enforcing = {purpose.code for purpose in agreement.purposes if purpose.use is Use.LAW_ENFORCEMENT}
    for grant in agreement.elements:
        if BY_CODE[grant.code].protection is Protection.PROTECTED:
            assert grant.legal_basis
            assert set(grant.purposes) <= enforcing
            assert Mode.READ not in grant.modes


def test_hours_and_thresholds_are_shown_where_they_are_fixed() -> None:
    assert EXAMPLES["kepolisian-contoh"].hours
    assert EXAMPLES["pontianak-kecamatan-barat"].hours
    fixed = {
        (name, grant.threshold) for name, one in EXAMPLES.items() for grant in one.elements if grant.threshold
    }
    assert {threshold for _, threshold in fixed} == {80, 85, 90}
    assert {"bank-contoh", "rumah-sakit-contoh", "kepolisian-contoh"} <= {name for name, _ in fixed}
