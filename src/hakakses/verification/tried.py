"""Which values of an ask count against the guessing budget: those whose answer tells a guesser something."""

from __future__ import annotations

from collections.abc import Mapping

from hakakses.core import problems
from hakakses.core.elements import BY_CODE
from hakakses.core.matching.shown import tells_more
from hakakses.core.matching.verdict import fold_claim
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask
from hakakses.core.rights.right import ScoresShown


def tried_values(
    ask: Ask, scores: Mapping[str, int], matches: Mapping[str, bool], policy: ScoresShown
) -> dict[int, str | None] | Refused:
    """Element position -> the value tried, None when it is right; INVALID_VALUE when one cannot be a value.

    A wrong value counts, and where similarities are shown a value that is right but not the held one.  Of the
    bounds on one element all count as one value, right or wrong: each answer halves what is left to guess.
    """
    tried: dict[int, str | None] = {}
    for code, matched in matches.items():
        if matched and not (ask.scored and tells_more(scores[code], policy)):
            tried[BY_CODE[code].position] = None
            continue
        folded = fold_claim(code, ask.elements[code])
        if folded is None:
            return Refused(problems.INVALID_VALUE, part=code)
        tried[BY_CODE[code].position] = folded
    return _with_bounds(ask, tried) if ask.bounds else tried


def _with_bounds(ask: Ask, tried: dict[int, str | None]) -> dict[int, str | None] | Refused:
    questions: dict[int, list[str]] = {}
    for bound in ask.bounds:
        folded = fold_claim(bound.code, bound.value)
        if not folded:
            return Refused(problems.INVALID_VALUE, part=bound.code)
        questions.setdefault(BY_CODE[bound.code].position, []).append(f"{bound.relation}{folded}")
    for place, texts in questions.items():
        tried[place] = "\0".join((*sorted(set(texts)), tried.get(place) or ""))
    return tried
