"""The figures of docs/explanation/what-a-guesser-learns.md: who is attacked how, and the tables that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from tests.attack import honest, strategies
from tests.attack.campaign import Score, attack
from tests.attack.doors import CoreDoor, stores_of
from tests.attack.population import BORN, MOTHER, NAME, misnumbered, victims
from tests.attack.strategies import Guessing

from hakakses.core.rights.right import ScoresShown

GUARDED, UNGUARDED = 1000, 100
How = Callable[[str, str], Guessing]


class Plan(NamedTuple):
    """One row.  policy: of the Dukcapil door, None for a door without numbers."""

    element: str
    door: str
    how: str
    policy: ScoresShown | None
    guessing: How
    numbered: bool = True  # whether the NIK tells the birth date


NATIVE, RANGE = "native, OSIA match", "OSIA verify, ranges granted"
_DUKCAPIL = {
    ScoresShown.PASS: "Dukcapil, `pass`",
    ScoresShown.BAND: "Dukcapil, `band`",
    ScoresShown.EXACT: "Dukcapil, `exact`",
}


def _on_names(element: str) -> Iterator[Plan]:
    yield Plan(element, NATIVE, "likeliest names", None, strategies.by_frequency)
    for policy in (None, *_DUKCAPIL):
        door = _DUKCAPIL[policy] if policy else NATIVE
        yield Plan(element, door, "elimination", policy, partial(strategies.by_elimination, policy=policy))
    band = ScoresShown.BAND
    yield Plan(element, _DUKCAPIL[band], "letter by letter", band, strategies.letter_by_letter)
    yield Plan(element, _DUKCAPIL[band], "moving TRESHOLD", band, strategies.by_moving_limit)


PLANS = (
    *_on_names(NAME),
    *_on_names(MOTHER),
    Plan(BORN, NATIVE, "from the NIK", None, strategies.from_the_nik),
    Plan(BORN, NATIVE, "likeliest dates", None, strategies.by_common_dates, numbered=False),
    Plan(BORN, RANGE, "halving", None, strategies.by_halves, numbered=False),
)


def play(plan: Plan, *, guarded: bool, count: int) -> Score:
    people = victims(count) if plan.numbered else misnumbered(count)
    door = CoreDoor(stores_of(people, guarded=guarded), plan.policy)
    return attack(people, plan.element, door, plan.guessing)


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def guesses_table() -> str:
    lines = [
        "| element | door | way | known, guard on | SESUAI, guard on | known, guard off | asks each, off |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for plan in PLANS:
        on, off = play(plan, guarded=True, count=GUARDED), play(plan, guarded=False, count=UNGUARDED)
        figures = (
            percent(on.known, on.victims), percent(on.accepted, on.victims), percent(off.known, off.victims),
            f"{off.asks / off.victims:.0f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join((plan.element, plan.door, plan.how, *figures))} |")
    return "\n".join(lines)


CLERKS, RATES, BRANCHES = 2000, (0.02, 0.05, 0.1), (1, 3, 5)


def refusals_table() -> str:
    lines = [
        "| values mistyped | counters asking about one resident in 30 days | asks refused | residents it happened to |",
        "|---:|---:|---:|---:|",
    ]
    people = victims(CLERKS)
    for rate in RATES:
        for branches in BRANCHES:
            found = honest.work(people, CoreDoor(stores_of(people, guarded=True)), rate, branches)
            refused = f"{100 * found.refused / found.asks:.2f} %"
            lines.append(f"| {rate:.0%} | {branches} | {refused} | {percent(found.residents, CLERKS)} |")
    return "\n".join(lines)


def typing_table() -> str:
    lines = ["| element | as typed | values | SESUAI |", "|---|---|---:|---:|"]
    people = victims(GUARDED)
    door = CoreDoor(stores_of(people, guarded=False))
    mistakes = ((NAME, honest.IN_NAMES), (BORN, honest.IN_DATES))
    spellings = {name: _always(change) for name, change in honest.SPELLINGS.items()}
    for element, changes in ((NAME, spellings), *mistakes):
        for name, change in changes.items():
            tried, sesuai = honest.passed(people, door, element, change)
            lines.append(f"| {element} | {name} | {tried} | {percent(sesuai, tried)} |")
    return "\n".join(lines)


def _always(change: Callable[[str], str]) -> honest.Mistake:
    return lambda text, _: change(text)


TABLES: dict[str, Callable[[], str]] = {
    "guesses": guesses_table,
    "refusals": refusals_table,
    "typing": typing_table,
}
