"""Whether claimed values are the register's: the one verdict for every door."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from hakakses.core.elements import BY_CODE, CATALOGUE, SAME, Comparison
from hakakses.core.matching.comparisons import COMPARE, FOLD, LONGEST_VALUE, UnreadableError
from hakakses.core.residents import Resident, ResidentStatus

# Chosen on synthetic pairs; an agreement may fix its own.
DEFAULT_THRESHOLDS: dict[Comparison, int] = {
    Comparison.NAME: 85,
    Comparison.PLACE: 80,
    Comparison.ADDRESS: 80,
}
_RULES = {
    element.code: (
        element.position,
        COMPARE[element.comparison],
        DEFAULT_THRESHOLDS.get(element.comparison, SAME),
        element.held,
    )
    for element in CATALOGUE
}


def judge(
    claims: Mapping[str, str], resident: Resident | None, thresholds: Mapping[str, int]
) -> dict[str, bool]:
    """Code -> whether the claim matches; nothing matches a resident who cannot be answered for.

    thresholds: code -> least score that matches, for scored elements; the default where none is given.
    """
    if resident is None or resident.status is not ResidentStatus.AKTIF:
        return dict.fromkeys(claims, False)
    matches = {}
    for code, claimed in claims.items():
        position, compare, least, held_at_all = _RULES[code]
        held = resident.values[position]
        if claimed == held:
            matches[code] = held_at_all
        else:
            comparable = held_at_all and len(claimed) <= LONGEST_VALUE
            matches[code] = comparable and compare(claimed, held) >= thresholds.get(code, least)
    return matches


def fold_claim(code: str, text: str) -> str | None:
    """One text for all spellings of a claim that are treated alike; None when it cannot be a value."""
    if len(text) > LONGEST_VALUE or not _printable(text):
        return None
    try:
        return FOLD[BY_CODE[code].comparison](text)
    except UnreadableError:
        return None


def _printable(text: str) -> bool:
    """No control, format (bidi) or surrogate characters."""
    return (text.isascii() and text.isprintable()) or all(
        unicodedata.category(sign)[0] != "C" for sign in text
    )
