"""What a guesser with full credentials wins stays what guessing wins, and the published figures are those."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest
from tests.attack.doors import CoreDoor, Sight, Try, stores_of
from tests.attack.population import BORN, MOTHER, victims
from tests.attack.tables import GUARDED, PLANS, Plan, percent, play, refusals_table, typing_table

from hakakses.core.elements import SAME
from hakakses.core.rights.right import ScoresShown

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "what-a-guesser-learns.md"
# Shares of residents that may be known at the end, whatever the way and the door.
MOST_KNOWN = {None: 0.03, ScoresShown.PASS: 0.03, ScoresShown.BAND: 0.05, ScoresShown.EXACT: 0.06}
FEW = 25


def _named(plan: Plan) -> str:
    return f"{plan.element}, {plan.door}, {plan.how}"


def _by_the_nik(plan: Plan) -> bool:
    return plan.element == BORN and plan.numbered


def _most(share: float, count: int) -> float:
    """Four standard deviations above a share."""
    return count * share + 4 * math.sqrt(count * share * (1 - share))


@pytest.mark.parametrize("plan", [plan for plan in PLANS if not _by_the_nik(plan)], ids=_named)
def test_of_a_thousand_residents_few_values_are_guessed(plan: Plan) -> None:
    found = play(plan, guarded=True, count=GUARDED)
    assert found.known <= _most(MOST_KNOWN[plan.policy], GUARDED)
    row = f"| {plan.element} | {plan.door} | {plan.how} | {percent(found.known, GUARDED)} |"
    assert row in PAGE.read_text(encoding="utf-8"), "the page gives another figure: python -m tests.attack"


@pytest.mark.parametrize("plan", [plan for plan in PLANS if _by_the_nik(plan)], ids=_named)
def test_the_nik_gives_the_birth_date_away_and_no_guard_can_help(plan: Plan) -> None:
    assert play(plan, guarded=True, count=GUARDED).known == GUARDED


def test_without_the_guard_the_same_guesser_wins() -> None:
    """Else its failing would prove nothing."""
    ways = {(plan.element, plan.how): plan for plan in PLANS if plan.policy is None}
    found = {
        key: play(ways[key], guarded=False, count=FEW).accepted
        for key in ((BORN, "halving"), (MOTHER, "likeliest names"))
    }
    assert found[BORN, "halving"] == FEW
    assert found[MOTHER, "likeliest names"] > FEW / 3


@pytest.mark.parametrize("policy", ScoresShown)
def test_moving_the_threshold_tells_no_more_than_the_numbers(policy: ScoresShown) -> None:
    """Two names that differ in any of a hundred answers differ in the number at the agreement's floor, or in SESUAI."""
    people = victims(60)
    door = CoreDoor(stores_of(people, guarded=False), Sight(policy))
    swept: dict[tuple[object, ...], set[object]] = {}
    for one, other in pairwise(people):
        for name in (other.values[MOTHER], f"{one.values[MOTHER]}A"):
            told = [door.ask(one.nik, MOTHER, Try(name, threshold)) for threshold in range(SAME + 1)]
            swept.setdefault((told[0].number, told[SAME].sesuai), set()).add(tuple(told))
    assert len(swept) > 1
    assert all(len(seen) == 1 for seen in swept.values())


@pytest.mark.parametrize("table", [refusals_table, typing_table])
def test_the_page_shows_what_honest_clerks_meet(table: object) -> None:
    assert callable(table)
    assert table() in PAGE.read_text(encoding="utf-8")
