"""Whether claimed values are the register's: the one verdict for every door."""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from hakakses.core.elements import BY_CODE, CATALOGUE, SAME, Comparison
from hakakses.core.matching.comparisons import COMPARE, FOLD, LONGEST_VALUE, UnreadableError
from hakakses.core.residents import Resident, ResidentStatus
from hakakses.core.rights.ask import Bound, Relation

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

_RELATIONS: dict[Relation, Callable[[Any, Any], bool]] = {
    Relation.LESS: operator.lt,
    Relation.GREATER: operator.gt,
    Relation.AT_MOST: operator.le,
    Relation.AT_LEAST: operator.ge,
}


def measure(claims: Mapping[str, str], resident: Resident | None) -> dict[str, int]:
    """Code -> similarity from 0 to 100; 0 throughout for a resident who cannot be answered for."""
    if resident is None or resident.status is not ResidentStatus.AKTIF:
        return dict.fromkeys(claims, 0)
    scores = {}
    for code, claimed in claims.items():
        position, compare, _, held_at_all = _RULES[code]
        held = resident.values[position]
        if not held_at_all:
            scores[code] = 0
        elif claimed == held:
            scores[code] = SAME
        else:
            scores[code] = compare(claimed, held) if len(claimed) <= LONGEST_VALUE else 0
    return scores


def reached(scores: Mapping[str, int], thresholds: Mapping[str, int]) -> dict[str, bool]:
    """Code -> whether a similarity is enough.  thresholds: least score, the default where none is given."""
    return {code: 0 < score >= thresholds.get(code, _RULES[code][2]) for code, score in scores.items()}


def judge(
    claims: Mapping[str, str], resident: Resident | None, thresholds: Mapping[str, int]
) -> dict[str, bool]:
    """Code -> whether the claim matches; nothing matches a resident who cannot be answered for."""
    return reached(measure(claims, resident), thresholds)


def stands(bound: Bound, resident: Resident | None, thresholds: Mapping[str, int]) -> bool:
    """Whether the held value stands in the bound's relation to the given one; false when either is blank.

    thresholds: least score of a scored element that is equal, the default where none is given.
    """
    if resident is None or resident.status is not ResidentStatus.AKTIF:
        return False
    element = BY_CODE[bound.code]
    held = resident.values[element.position]
    if not held:
        return False
    if bound.relation is Relation.EQUAL:
        return judge({bound.code: bound.value}, resident, thresholds)[bound.code]
    try:
        one, other = (_ordered(element.comparison, text) for text in (held, bound.value))
    except UnreadableError:
        return False
    return one is not None and other is not None and _RELATIONS[bound.relation](one, other)


def _ordered(comparison: Comparison, text: str) -> tuple[int, str] | None:
    """A date or a code as something that can be greater or less."""
    folded = FOLD[comparison](text)
    return (len(folded), folded) if folded else None


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
