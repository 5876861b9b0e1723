"""Bounds answer one question for all of them together, only as granted, and three different ones in a month."""

from __future__ import annotations

from typing import Any

import pytest
from tests.builders import NOON, a_right, an_ask, an_asker
from tests.verification.world import UNKNOWN, World

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Bound, Mode, Relation
from hakakses.core.rights.right import AccessRight, Permission
from hakakses.verification.answer import Answer, Result
from hakakses.verification.verify import verify

BORN = "TGL_LHR"  # 1990-08-17


def _right(*relations: Relation) -> AccessRight:
    return a_right(verify={**a_right().verify, BORN: Permission("Pasal 4", relations=relations)})


def _ask(*bounds: tuple[Relation, str], **changes: Any) -> Any:
    asked = tuple(Bound(BORN, relation, value) for relation, value in bounds)
    return an_ask(elements={}, bounds=asked, **changes)


async def _result(world: World, *bounds: tuple[Relation, str], **changes: Any) -> Result | str | None:
    right = _right(Relation.AT_MOST, Relation.AT_LEAST)
    outcome = await verify(_ask(*bounds, **changes), an_asker(right), world.stores, NOON)
    return outcome.result if isinstance(outcome, Answer) else outcome.problem.code


CASES = [
    ([(Relation.AT_MOST, "1990-08-17")], Result.SESUAI),
    ([(Relation.AT_MOST, "16-08-1990")], Result.TIDAK_SESUAI),
    ([(Relation.AT_LEAST, "1990-01-01"), (Relation.AT_MOST, "1990-12-31")], Result.SESUAI),
    ([(Relation.AT_LEAST, "1991-01-01"), (Relation.AT_MOST, "1990-12-31")], Result.TIDAK_SESUAI),
    ([(Relation.EQUAL, "17/08/1990"), (Relation.AT_MOST, "1990-12-31")], Result.SESUAI),
    ([(Relation.LESS, "1990-12-31")], problems.RELATION_NOT_GRANTED.code),
    ([(Relation.AT_MOST, "kemarin")], problems.INVALID_VALUE.code),
    ([(Relation.AT_MOST, "")], problems.INVALID_VALUE.code),
]


@pytest.mark.parametrize(("bounds", "expected"), CASES)
async def test_bounds_hold_together_or_not(
    world: World, bounds: list[tuple[Relation, str]], expected: Result | str
) -> None:
    assert await _result(world, *bounds) == expected


async def test_nobody_stands_in_any_relation(world: World) -> None:
    assert await _result(world, (Relation.AT_MOST, "2099-01-01"), nik=UNKNOWN) is Result.TIDAK_SESUAI


async def test_halving_what_is_left_ends_after_three_questions(world: World) -> None:
    years = (1950, 1975, 1987, 1993)
    results = [await _result(world, (Relation.AT_MOST, f"{year}-01-01")) for year in years]
    assert results[:3] == [Result.TIDAK_SESUAI] * 3
    assert results[3] == problems.GUESSES_EXHAUSTED.code
    assert await _result(world, (Relation.AT_MOST, "01-01-1975")) is Result.TIDAK_SESUAI, "a retry is free"


async def test_bounds_are_for_verifying_alone(world: World) -> None:
    outcome = await verify(
        _ask((Relation.EQUAL, "1990-08-17"), mode=Mode.READ), an_asker(_right()), world.stores, NOON
    )
    assert isinstance(outcome, Refused)
    assert outcome.problem.family.value == "not_granted"
