"""The NIK: six digits of the place of issue, DDMMYY with 40 added to a woman's day, a serial 0001-9999."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

import msgspec

from hakakses.core.regions import districts, provinces, regencies

FEMALE_OFFSET = 40
_DIGITS = re.compile(r"[0-9]{16}")
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_OF_LEAP_YEAR = 29
_LENGTH = 16


class NikPart(StrEnum):
    """Which part of a NIK is wrong."""

    LENGTH = "length"
    DIGITS = "digits"
    PROVINCE = "province"
    REGENCY = "regency"
    DISTRICT = "district"
    DAY = "day"
    MONTH = "month"
    DATE = "date"
    SERIAL = "serial"


class NikFault(msgspec.Struct, frozen=True):
    part: NikPart
    sentence_id: str
    sentence_en: str


class Nik(msgspec.Struct, frozen=True):
    """A well-formed NIK.  year: the last two digits only; the century is not in the number."""

    text: str
    region: str
    day: int
    month: int
    year: int
    female: bool
    serial: int


FAULTS: dict[NikPart, NikFault] = {
    part: NikFault(part, sentence_id, sentence_en)
    for part, sentence_id, sentence_en in (
        (NikPart.LENGTH, "NIK harus 16 angka.", "A NIK has 16 digits."),
        (NikPart.DIGITS, "NIK hanya boleh berisi angka 0-9.", "A NIK holds the digits 0-9 only."),
        (NikPart.PROVINCE, "Kode provinsi tidak dikenal.", "The province code is unknown."),
        (NikPart.REGENCY, "Kode kabupaten/kota tidak dikenal.", "The regency code is unknown."),
        (NikPart.DISTRICT, "Kode kecamatan tidak dikenal.", "The district code is unknown."),
        (NikPart.DAY, "Tanggal harus 01-31 atau 41-71.", "The day must be 01-31 or 41-71."),
        (NikPart.MONTH, "Bulan harus 01-12.", "The month must be 01-12."),
        (NikPart.DATE, "Tanggal lahir tidak ada di kalender.", "The birth date does not exist."),
        (NikPart.SERIAL, "Nomor urut harus 0001-9999.", "The serial must be 0001-9999."),
    )
}


def parse_nik(text: str) -> Nik | NikFault:
    """The parts of a NIK, or the first part that is wrong."""
    if _DIGITS.fullmatch(text) is None:
        return FAULTS[NikPart.LENGTH if len(text) != _LENGTH else NikPart.DIGITS]
    region, born = text[:6], _births().get(text[6:12])
    if region not in districts():
        return _region_fault(region)
    if born is None:
        return _birth_fault(int(text[6:8]), int(text[8:10]))
    serial = int(text[12:])
    if serial == 0:
        return FAULTS[NikPart.SERIAL]
    return Nik(text, region, *born, serial)


@cache
def _births() -> dict[str, tuple[int, int, int, bool]]:
    """Every valid DDMMYY -> day, month, two-digit year, female."""
    return {
        f"{day + offset:02d}{month:02d}{year:02d}": (day, month, year, offset > 0)
        for month, days in enumerate(_DAYS_IN_MONTH, 1)
        for day in range(1, days + 1)
        for year in range(100)
        if day < _DAY_OF_LEAP_YEAR or month != 2 or year % 4 == 0  # noqa: PLR2004 - February
        for offset in (0, FEMALE_OFFSET)
    }


def _region_fault(region: str) -> NikFault:
    if region[:2] not in provinces():
        return FAULTS[NikPart.PROVINCE]
    return FAULTS[NikPart.REGENCY if region[:4] not in regencies() else NikPart.DISTRICT]


def _birth_fault(day: int, month: int) -> NikFault:
    plain = day - FEMALE_OFFSET if day > FEMALE_OFFSET else day
    if not 1 <= plain <= max(_DAYS_IN_MONTH):
        return FAULTS[NikPart.DAY]
    return FAULTS[NikPart.DATE if 1 <= month <= len(_DAYS_IN_MONTH) else NikPart.MONTH]


class Disagreement(StrEnum):
    """What a resident's row says that the NIK denies."""

    BIRTH_DATE = "birth_date"
    SEX = "sex"


def disagreements(nik: Nik, birth_date: str, *, female: bool) -> tuple[Disagreement, ...]:
    """What does not agree with the NIK.  birth_date: yyyy-mm-dd."""
    found = []
    if birth_date[2:] != f"{nik.year:02d}-{nik.month:02d}-{nik.day:02d}":
        found.append(Disagreement.BIRTH_DATE)
    if nik.female is not female:
        found.append(Disagreement.SEX)
    return tuple(found)
