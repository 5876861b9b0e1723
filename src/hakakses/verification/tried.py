"""Which values of an ask count against the guessing budget: those whose answer tells a guesser something."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hakakses.core import problems
from hakakses.core.elements import BY_CODE, SAME
from hakakses.core.matching.verdict import fold_claim
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Relation

_PLAIN = re.compile(r"[A-Za-z0-9][ A-Za-z0-9./-]{0,254}")


def tried_values(ask: Ask, scores: Mapping[str, int]) -> dict[int, str | None] | Refused:
    """Element position -> the value tried, None when it is the held one; INVALID_VALUE when one cannot be a value.

    Every value but the held one counts, SESUAI or not: with values free that are merely near enough, a guesser
    gets from near to the name itself by hundreds of answers, the more easily the lower the agreement's floor.
    Of the bounds on one element all count as one value, right or wrong: each answer halves what is left to guess.

    Whether a value can be read is asked of every one, before its verdict: were only wrong ones refused for an
    unseen sign in them, such a refusal would say "wrong" and cost nothing.
    """
    claims: dict[str, str] = {}
    for code, text in ask.elements.items():
        # The held value in plain letters can be read: nearly every ask is spared the folding.
        plain = scores[code] == SAME and not ask.bounds and _PLAIN.fullmatch(text)
        folded = text if plain else fold_claim(code, text)
        if folded is None:
            return Refused(problems.INVALID_VALUE, part=code)
        claims[code] = folded
    tried = {
        BY_CODE[code].position: None if scores[code] == SAME else folded for code, folded in claims.items()
    }
    return _with_bounds(ask, claims, tried) if ask.bounds else tried


def _with_bounds(
    ask: Ask, claims: Mapping[str, str], tried: dict[int, str | None]
) -> dict[int, str | None] | Refused:
    """Bounds and a claim on one element are one value, whatever either's verdict.

    Were a right claim left out, bounds asked once alone would make every later ask with a right claim a free
    repetition, and one with a wrong claim a refusal.
    """
    questions: dict[str, set[str]] = {}
    for bound in ask.bounds:
        folded = fold_claim(bound.code, bound.value)
        if not folded:
            return Refused(problems.INVALID_VALUE, part=bound.code)
        questions.setdefault(bound.code, set()).add(f"{bound.relation}{folded}")
    for code, texts in questions.items():
        claimed = [f"{Relation.EQUAL}{claims[code]}"] if code in claims else []
        tried[BY_CODE[code].position] = "\0".join((*sorted(texts), *claimed))
    return tried
