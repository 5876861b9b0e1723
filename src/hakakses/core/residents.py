"""A resident as the register holds one."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from hakakses.core.elements import CATALOGUE

ELEMENT_COUNT = len(CATALOGUE)


class ResidentStatus(IntEnum):
    """Whether the register may answer for a resident; the words of the population file."""

    AKTIF = 1
    MENINGGAL = 2  # deceased
    GANDA = 3  # more than one record claims the person
    NONAKTIF = 4  # blocked, for instance never recorded for a KTP-el


class Resident(msgspec.Struct, array_like=True, frozen=True):
    """What is sealed in one register row.

    values: one text per catalogue position, "" where the register has none; dates as yyyy-mm-dd,
    NIK and family numbers as 16 digits, codes unpadded.
    """

    status: ResidentStatus
    values: tuple[str, ...]
