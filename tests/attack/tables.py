"""The figures of docs/explanation/what-a-guesser-learns.md: who is attacked how, and the tables that come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from tests.attack import honest, strategies
from tests.attack.campaign import Score, attack, attack_families
from tests.attack.doors import CoreDoor, Sight, stores_of
from tests.attack.population import BORN, MOTHER, NAME, learnt, misnumbered, siblings, victims
from tests.attack.strategies import Guessing

from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES
from hakakses.core.rights.right import ScoresShown

GUARDED, UNGUARDED = 1000, 30
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
        yield Plan(
            element, door, "elimination", policy, partial(strategies.by_elimination, sight=Sight(policy))
        )
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
    door = CoreDoor(stores_of(people, guarded=guarded), Sight(plan.policy))
    return attack(people, plan.element, door, plan.guessing)


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def guesses_table() -> str:
    lines = [
        "| element | door | way | known, guard on | SESUAI, guard on | known, off | SESUAI, off | asks each, off |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for plan in PLANS:
        on, off = play(plan, guarded=True, count=GUARDED), play(plan, guarded=False, count=UNGUARDED)
        figures = (
            percent(on.known, on.victims), percent(on.accepted, on.victims), percent(off.known, off.victims), percent(off.accepted, off.victims),
            f"{off.asks / off.victims:.0f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join((plan.element, plan.door, plan.how, *figures))} |")
    return "\n".join(lines)


FLOORS = (50, 70, 80, 85, 95)


def floors_table() -> str:
    lines = ["| floor | SESUAI within three tries | known letter for letter |", "|---:|---:|---:|"]
    people = victims(GUARDED)
    for floor in FLOORS:
        sight = Sight(None, floor)
        door = CoreDoor(stores_of(people, guarded=True), sight)
        found = attack(people, MOTHER, door, partial(strategies.by_elimination, sight=sight))
        lines.append(f"| {floor} | {percent(found.accepted, GUARDED)} | {percent(found.known, GUARDED)} |")
    return "\n".join(lines)


def limits_table() -> str:
    """What the guard cannot do: it counts per resident and by the month."""
    lines = ["| guesser | victims | mother's name SESUAI |", "|---|---:|---:|"]
    people, families = victims(GUARDED), siblings(GUARDED)
    ways = (
        ("one resident, three tries", [(person,) for person in people], 0),
        ("a family's members in turn", families, 0),
        ("one resident, every 30 days for a year", [(person,) for person in people], 11),
    )
    for name, groups, months in ways:
        door = CoreDoor(stores_of(tuple(one for group in groups for one in group), guarded=True))
        found = attack_families(groups, MOTHER, door, strategies.by_frequency, months)
        lines.append(f"| {name} | {len(groups)} | {percent(found.accepted, len(groups))} |")
    return "\n".join(lines)


_LISTS = ("JENIS_KLMIN", "AGAMA", "STATUS_KAWIN", "GOL_DARAH", "PDDK_AKH", "NO_RW", "NO_RT")


def lists_table() -> str:
    """Elements of few values: the shares of the three commonest, which are what three tries give."""
    lines = ["| element | values | residents who have one of the three commonest |", "|---|---:|---:|"]
    people = victims(GUARDED)
    for element in _LISTS:
        common = Counter(person.values[element] for person in learnt())
        tries = {value for value, _ in common.most_common(DISTINCT_WRONG_VALUES)}
        hit = sum(person.values[element] in tries for person in people)
        lines.append(f"| {element} | {len(common)} | {percent(hit, GUARDED)} |")
    return "\n".join(lines)


CLERKS, RATES, BRANCHES = 1000, (0.02, 0.05, 0.1), (1, 3, 5)


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
    "floors": floors_table,
    "limits": limits_table,
    "lists": lists_table,
    "refusals": refusals_table,
    "typing": typing_table,
}
