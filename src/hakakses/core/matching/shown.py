"""What may be told of a similarity, so that its number is no oracle.

A number from 0 to 100 after each try leads a guesser to the value: three numbers on wrong names single out one
name among thousands, even in tens.  So does a limit that he may move freely, as the place where the verdict turns
is the number.  A number is therefore told of what is SESUAI alone, and numbers and limits are known in steps.
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
    """The number that an answer tells, 0 below the limit.  limit: as applied.

    It stands on the verdict's side of the limit, for programs that compare the two themselves.
    """
    if score < limit:
        return 0
    if policy is ScoresShown.EXACT:
        return score
    if policy is ScoresShown.PASS:
        return SAME
    return max(score // BAND * BAND, limit)
