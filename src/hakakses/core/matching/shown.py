"""What may be told of a similarity, so that its number is no oracle.

A number from 0 to 100 after each try leads a guesser to the value; so does a limit that he may move freely,
as the place where the verdict turns is the number.  Numbers and limits are therefore known in steps alone.
"""

from __future__ import annotations

from hakakses.core.elements import SAME
from hakakses.core.rights.right import ScoresShown

BAND = 10  # percent


def applied(floor: int, wanted: int, policy: ScoresShown) -> int:
    """The limit that decides.  floor: the agreement's.  wanted: the client's own, which can only raise it.

    A limit between two steps counts as the next one above: the client never gets SESUAI below what it wanted.
    """
    if wanted <= floor:
        return floor
    if policy is ScoresShown.EXACT:
        return min(wanted, SAME)
    if policy is ScoresShown.PASS:
        return SAME
    return min(-(-wanted // BAND) * BAND, SAME)


def shown(score: int, limit: int, policy: ScoresShown) -> int:
    """The number that an answer tells.  limit: as applied.

    It stands on the verdict's side of the limit, for programs that compare the two themselves.
    """
    if policy is ScoresShown.EXACT:
        return score
    if policy is ScoresShown.PASS:
        return SAME if score >= limit else 0
    step = score // BAND * BAND
    return max(step, limit) if limit <= score < SAME else step


def tells_more(score: int, policy: ScoresShown) -> bool:
    """Whether an answer about a matching value still tells that it is not the held one."""
    return score < SAME and policy is not ScoresShown.PASS
