"""Each operator's answers are counted by day, exactly, whatever arrives together."""

from __future__ import annotations

import asyncio
import datetime as dt

from tests.builders import NOON, OPERATOR, a_right, an_ask, an_asker
from tests.verification.world import World

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Caller, CallerKind
from hakakses.store.ledger import Ledger
from hakakses.verification.answer import Answer
from hakakses.verification.verify import verify

DAY = dt.date(2026, 11, 24)
OTHER = "petugas-08"
ASKER = an_asker(a_right(quota_per_day=1_000), operators={OPERATOR: True, OTHER: True, "petugas-09": False})


def _from(operator: str, workstation: str = "loket-1") -> Ask:
    return an_ask(caller=Caller(CallerKind.OPERATOR, operator, workstation))


async def _counts(world: World, day: dt.date = DAY) -> dict[str, int]:
    ledger = world.stores.ledger
    assert isinstance(ledger, Ledger)
    return await ledger.operator_use("PKS/1", day)


async def test_what_arrives_together_is_counted_exactly(world: World) -> None:
    asks = [
        *(_from(OPERATOR) for _ in range(40)),
        *(_from(OTHER, "loket-2") for _ in range(23)),
        *(an_ask() for _ in range(9)),
    ]
    answers = await asyncio.gather(*(verify(ask, ASKER, world.stores, NOON) for ask in asks))
    assert all(isinstance(answer, Answer) for answer in answers)
    assert await _counts(world) == {OPERATOR: 40, OTHER: 23}


async def test_from_two_seats_at_once_one_alone_is_answered(world: World) -> None:
    asks = [_from(OPERATOR, f"loket-{number % 2}") for number in range(20)]
    answers = await asyncio.gather(*(verify(ask, ASKER, world.stores, NOON) for ask in asks))
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 10
    assert all(answer.problem is problems.OPERATOR_SHARED for answer in refused)
    assert await _counts(world) == {OPERATOR: 10}


async def test_refusals_count_for_nobody_and_days_are_those_of_jakarta(world: World) -> None:
    late = NOON.replace(hour=17)  # midnight in Jakarta
    for ask, now in (
        (_from(OPERATOR), NOON),
        (_from("petugas-09"), NOON),
        (_from("nobody"), NOON),
        (_from(OPERATOR, "loket-2"), NOON),
        (_from(OPERATOR), late),
        (_from(OPERATOR), late - dt.timedelta(seconds=1)),
    ):
        await verify(ask, ASKER, world.stores, now)
    assert await _counts(world) == {OPERATOR: 2}
    assert await _counts(world, DAY + dt.timedelta(days=1)) == {OPERATOR: 1}


async def test_who_names_no_workstation_sits_where_the_ask_comes_from(world: World) -> None:
    assert isinstance(await verify(_from(OPERATOR, ""), ASKER, world.stores, NOON), Answer)
    assert isinstance(await verify(_from(OPERATOR, "127.0.0.1"), ASKER, world.stores, NOON), Answer)
    assert isinstance(await verify(_from(OPERATOR), ASKER, world.stores, NOON), Refused)
