"""An operator is one registered person at one place; a machine is its place."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.builders import NOON, OPERATOR, an_ask, an_asker
from tests.verification.world import World

from hakakses.core.rights.ask import Caller, CallerKind
from hakakses.store.ledger import SEAT_HELD_FOR
from hakakses.verification.answer import Answer
from hakakses.verification.verify import verify

MACHINE = frozenset({CallerKind.MACHINE})


def _by(operator: str = OPERATOR, workstation: str = "loket-1") -> Any:
    return an_ask(caller=Caller(CallerKind.OPERATOR, operator, workstation))


async def _told(world: World, ask: Any, now: dt.datetime = NOON, **credential: Any) -> str:
    outcome = await verify(ask, an_asker(**credential), world.stores, now)
    return "answered" if isinstance(outcome, Answer) else outcome.problem.code


CASES = [
    ("a registered operator", _by(), {}, "answered"),
    ("an unknown operator", _by("siapa"), {}, "operator_unknown"),
    ("a disabled operator", _by(), {"operators": {OPERATOR: False}}, "operator_disabled"),
    ("an operator with a machine's credential", _by(), {"callers": MACHINE}, "caller_not_granted"),
    ("a machine at its place", an_ask(), {"callers": MACHINE, "networks": ("127.0.0.1/32",)}, "answered"),
    ("a machine elsewhere", an_ask(), {"networks": ("10.0.0.0/8",)}, "outside_network"),
]


@pytest.mark.parametrize(
    ("ask", "credential", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
async def test_who_may_speak(world: World, ask: Any, credential: Any, expected: str) -> None:
    assert await _told(world, ask, **credential) == expected


async def test_one_name_at_two_workstations_is_refused_until_the_first_is_left(world: World) -> None:
    later, soon = NOON + SEAT_HELD_FOR + dt.timedelta(seconds=1), NOON + SEAT_HELD_FOR / 2
    told = [
        await _told(world, _by()),
        await _told(world, _by(workstation="loket-2")),
        await _told(world, _by(workstation="loket-2"), soon),
        await _told(world, _by(), soon),
        await _told(world, _by(workstation="loket-2"), later),
        await _told(world, _by(workstation="loket-2"), later + SEAT_HELD_FOR),
    ]
    assert told == [
        "answered",
        "operator_shared",
        "operator_shared",
        "answered",
        "operator_shared",
        "answered",
    ]


async def test_answers_are_counted_by_operator_and_add_up_to_the_quota(world: World) -> None:
    for number in range(5):
        await _told(
            world, _by("petugas-1" if number % 2 else OPERATOR), operators={OPERATOR: True, "petugas-1": True}
        )
    await _told(world, _by("siapa"))
    rows = await world.owner.fetch("SELECT operator, asks FROM operator_use ORDER BY operator")
    assert {row["operator"]: row["asks"] for row in rows} == {OPERATOR: 3, "petugas-1": 2}
    assert await world.owner.fetchval("SELECT used FROM quota_use") == 5
