"""A NIK is accepted or refused by its parts, and a refusal says which."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hakakses.core.nik import FAULTS, Disagreement, Nik, NikFault, NikPart, disagreements, parse_nik
from hakakses.core.regions import districts

DISTRICT = min(districts())


@given(
    district=st.sampled_from(sorted(districts())),
    born=st.dates(dt.date(1930, 1, 1), dt.date(2026, 1, 1)),
    female=st.booleans(),
    serial=st.integers(1, 9999),
)
def test_every_well_formed_number_is_read_back(
    district: str, born: dt.date, female: bool, serial: int
) -> None:
    day = born.day + (40 if female else 0)
    nik = parse_nik(f"{district}{day:02d}{born:%m%y}{serial:04d}")
    assert isinstance(nik, Nik)
    assert (nik.region, nik.day, nik.month, nik.female, nik.serial) == (
        district,
        born.day,
        born.month,
        female,
        serial,
    )
    assert disagreements(nik, born.isoformat(), female=female) == ()
    other_day = (born + dt.timedelta(days=1)).isoformat()
    assert disagreements(nik, other_day, female=not female) == (Disagreement.BIRTH_DATE, Disagreement.SEX)


REFUSED = {
    "too short": ("1" * 15, NikPart.LENGTH),
    "empty": ("", NikPart.LENGTH),
    "blank before": (f" {DISTRICT}1708900001", NikPart.LENGTH),
    "blank after": (f"{DISTRICT}1708900001 ", NikPart.LENGTH),
    "blank inside": (f"{DISTRICT} 708900001", NikPart.DIGITS),
    "newline inside": (f"{DISTRICT}170890000\n", NikPart.DIGITS),
    "sign": (f"+{DISTRICT}170890001", NikPart.DIGITS),
    "trailing newline": (f"{DISTRICT}1708900001\n", NikPart.LENGTH),
    "letters": (f"{DISTRICT}17089000O1", NikPart.DIGITS),
    "arabic digits": ("\u0661" * 16, NikPart.DIGITS),
    "one arabic digit": (f"{DISTRICT}170890000\u0661", NikPart.DIGITS),
    "full-width digits": ("\uff11" * 16, NikPart.DIGITS),
    "one full-width digit": (f"{DISTRICT}170890000\uff11", NikPart.DIGITS),
    "superscript": (f"{DISTRICT}170890000\u00b2", NikPart.DIGITS),
    "underscore": (f"{DISTRICT}17_8900001", NikPart.DIGITS),
    "province": ("0001011708900001", NikPart.PROVINCE),
    "regency": (f"{DISTRICT[:2]}98011708900001", NikPart.REGENCY),
    "district": (f"{DISTRICT[:4]}991708900001", NikPart.DISTRICT),
    "day 0": (f"{DISTRICT}0008900001", NikPart.DAY),
    "day 32": (f"{DISTRICT}3208900001", NikPart.DAY),
    "day 40": (f"{DISTRICT}4008900001", NikPart.DAY),
    "day 72": (f"{DISTRICT}7208900001", NikPart.DAY),
    "day 99": (f"{DISTRICT}9908900001", NikPart.DAY),
    "month 0": (f"{DISTRICT}1700900001", NikPart.MONTH),
    "a woman's month 13": (f"{DISTRICT}5713900001", NikPart.MONTH),
    "31 February": (f"{DISTRICT}3102900001", NikPart.DATE),
    "a woman's 31 February": (f"{DISTRICT}7102900001", NikPart.DATE),
    "31 April": (f"{DISTRICT}3104900001", NikPart.DATE),
    "month 13": (f"{DISTRICT}1713900001", NikPart.MONTH),
    "30 February": (f"{DISTRICT}3002900001", NikPart.DATE),
    "29 February 91": (f"{DISTRICT}2902910001", NikPart.DATE),
    "serial 0": (f"{DISTRICT}1708900000", NikPart.SERIAL),
}


@pytest.mark.parametrize(("text", "part"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_the_part_and_not_the_number(text: str, part: NikPart) -> None:
    fault = parse_nik(text)
    assert isinstance(fault, NikFault)
    assert fault.part is part
    assert not text or text not in fault.sentence_id + fault.sentence_en


@pytest.mark.parametrize(
    ("born", "parts"),
    [
        ("310190", (31, 1, 90, False)),
        ("410190", (1, 1, 90, True)),
        ("711290", (31, 12, 90, True)),
        ("290200", (29, 2, 0, False)),
        ("690296", (29, 2, 96, True)),
    ],
)
@pytest.mark.parametrize("serial", [1, 9999])
def test_the_edges_of_a_part_are_within(born: str, parts: tuple[int, int, int, bool], serial: int) -> None:
    nik = parse_nik(f"{DISTRICT}{born}{serial:04d}")
    assert isinstance(nik, Nik)
    assert (nik.day, nik.month, nik.year, nik.female, nik.serial) == (*parts, serial)


def test_every_part_has_a_case() -> None:
    assert {part for _, part in REFUSED.values()} == set(NikPart) == set(FAULTS)
