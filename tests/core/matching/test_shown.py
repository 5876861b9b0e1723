"""What is told of a similarity: on the verdict's side of the limit, and nothing beyond its step."""

from __future__ import annotations

import pytest

from hakakses.core.elements import LOWEST_THRESHOLD, SAME
from hakakses.core.matching.shown import BAND, applied, shown
from hakakses.core.rights.right import ScoresShown

EXACT, BANDS, PASS = ScoresShown.EXACT, ScoresShown.BAND, ScoresShown.PASS
SCORES = range(SAME + 1)
FLOORS = range(LOWEST_THRESHOLD, SAME + 1)
LIMITS = range(1, SAME + 1)

# the agreement's floor, the client's own limit, the policy, the limit that decides
APPLIED = [
    (85, 1, EXACT, 85), (85, 1, BANDS, 85), (85, 1, PASS, 85),
    (85, 85, EXACT, 85), (85, 85, BANDS, 85), (85, 85, PASS, 85),
    (85, 86, EXACT, 86), (85, 86, BANDS, 90), (85, 86, PASS, 100),
    (80, 90, EXACT, 90), (80, 90, BANDS, 90), (80, 90, PASS, 100),
    (80, 91, EXACT, 91), (80, 91, BANDS, 100), (80, 100, BANDS, 100),
]  # fmt: skip

# the score, the limit that decides, the policy, the number told
SHOWN = [
    (0, 85, EXACT, 0), (84, 85, EXACT, 0), (100, 85, EXACT, 100),
    (0, 85, BANDS, 0), (9, 85, BANDS, 0), (79, 85, BANDS, 0), (84, 85, BANDS, 0),
    (85, 85, BANDS, 85), (89, 85, BANDS, 85), (90, 85, BANDS, 90), (99, 85, BANDS, 90), (100, 85, BANDS, 100),
    (99, 100, BANDS, 0), (100, 100, BANDS, 100),
    (0, 85, PASS, 0), (84, 85, PASS, 0), (85, 85, PASS, 100), (99, 100, PASS, 0), (100, 100, PASS, 100),
]  # fmt: skip


@pytest.mark.parametrize(("floor", "wanted", "policy", "limit"), APPLIED)
def test_the_limit_that_decides(floor: int, wanted: int, policy: ScoresShown, limit: int) -> None:
    assert applied(floor, wanted, policy) == limit


@pytest.mark.parametrize(("score", "limit", "policy", "number"), SHOWN)
def test_the_number_told(score: int, limit: int, policy: ScoresShown, number: int) -> None:
    assert shown(score, limit, policy) == number


@pytest.mark.parametrize("policy", list(ScoresShown))
def test_a_limit_is_never_below_the_agreements_or_the_clients(policy: ScoresShown) -> None:
    for floor in FLOORS:
        for wanted in LIMITS:
            assert max(floor, wanted) <= applied(floor, wanted, policy) <= SAME


@pytest.mark.parametrize("policy", list(ScoresShown))
def test_the_number_and_the_verdict_agree_for_a_client_that_compares_the_two_itself(
    policy: ScoresShown,
) -> None:
    """With its own limit, or the agreement's where that is higher."""
    for floor in FLOORS:
        for wanted in LIMITS:
            limit = applied(floor, wanted, policy)
            for score in SCORES:
                assert (score >= limit) is (shown(score, limit, policy) >= max(floor, wanted))


def _learnt(score: int, floor: int, policy: ScoresShown) -> tuple[tuple[bool, int], ...]:
    """All that a guesser sees of one value by asking with each limit from 1 to 100."""
    limits = [applied(floor, wanted, policy) for wanted in LIMITS]
    return tuple((score >= limit, shown(score, limit, policy)) for limit in limits)


@pytest.mark.parametrize("floor", FLOORS)
def test_moving_the_limit_tells_no_more_than_the_step_and_the_floor(floor: int) -> None:
    """Two scores that can be told apart differ in their band, or lie on two sides of the agreement's floor."""
    known: dict[tuple[tuple[bool, int], ...], int | None] = {}
    for score in SCORES:
        cell = score // BAND if score >= floor else None
        assert known.setdefault(_learnt(score, floor, BANDS), cell) == cell
    assert len(known) == len({score // BAND for score in range(floor, SAME + 1)}) + 1


@pytest.mark.parametrize("floor", FLOORS)
def test_where_only_verdicts_are_told_three_cases_can_be_told_apart(floor: int) -> None:
    cells = {(score >= floor) + (score == SAME) for score in SCORES}
    assert len({_learnt(score, floor, PASS) for score in SCORES}) == len(cells)
