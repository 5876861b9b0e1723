"""Who is on a family card (KK), and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from hakakses.core.elements import BY_CODE
from hakakses.core.matching.comparisons import fold_word
from hakakses.core.residents import Resident

CARD = "NO_KK"
MOST_MEMBERS = 50
_NIK, _CARD, _RELATION, _BORN = (BY_CODE[code].position for code in ("NIK", CARD, "STAT_HBKEL", "TGL_LHR"))
_HEAD = fold_word("KEPALA KELUARGA")


def card_of(resident: Resident) -> str:
    """The number of the resident's family card, "" where the register has none."""
    return resident.values[_CARD]


def members(no_kk: str, residents: Iterable[Resident]) -> tuple[str, ...]:
    """The NIKs of those on a family card: its head first, then as born.

    Nobody for a blank number, and for one that more share than a family can be: it stands for something else in
    the civil registry's data, and strangers would be told of one another.
    """
    found = [resident for resident in residents if no_kk and card_of(resident) == no_kk]
    if len(found) > MOST_MEMBERS:
        return ()
    return tuple(resident.values[_NIK] for resident in sorted(found, key=_rank))


def _rank(resident: Resident) -> tuple[bool, str, str]:
    values = resident.values
    return fold_word(values[_RELATION]) != _HEAD, values[_BORN], values[_NIK]
