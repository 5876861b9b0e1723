"""Residents found without a NIK are read one by one, and nobody is looked for before the ask is granted."""

from __future__ import annotations

from typing import Any

from tests.builders import NOON, a_nik, a_right, an_ask, an_asker
from tests.fakes import FakeLedger
from tests.verification.world import DEAD, UNKNOWN, fake_stores

from hakakses.core import problems
from hakakses.core.ledger.entry import decode_entry
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Mode
from hakakses.verification.search import read_found
from hakakses.verification.verify import Stores

ASK = an_ask(mode=Mode.READ, nik="", elements={"NAMA_LGKP": ""})


def _decisions(stores: Stores) -> list[str]:
    assert isinstance(stores.ledger, FakeLedger)
    return [decode_entry(entry).decision for entry in stores.ledger.entries]


async def _found(stores: Stores, *niks: str, ask: Any = ASK, **changes: Any) -> Any:
    looked: list[bool] = []

    async def find() -> tuple[str, ...]:
        looked.append(True)
        return niks

    outcome = await read_found("NO_KK=1", find, ask, an_asker(a_right(**changes)), stores, NOON)
    return outcome, bool(looked)


async def test_each_one_found_is_an_ask_and_who_may_not_be_answered_for_is_left_out() -> None:
    stores = fake_stores()
    outcome, _ = await _found(stores, a_nik(), DEAD, UNKNOWN)
    assert {nik: answer.elements for nik, answer in outcome.items()} == {
        a_nik(): {"NAMA_LGKP": "BUDI SANTOSO"}
    }
    assert _decisions(stores) == ["READ", "resident_not_answered", "resident_not_answered"]


async def test_nobody_is_looked_for_where_the_ask_is_not_granted() -> None:
    stores = fake_stores()
    outcome, looked = await _found(
        stores, a_nik(), ask=an_ask(mode=Mode.READ, nik="", elements={"ALAMAT": ""})
    )
    assert (outcome.problem, looked) == (problems.ELEMENT_NOT_GRANTED, False)
    assert _decisions(stores) == ["element_not_granted"]


async def test_a_search_that_finds_nobody_is_charged_and_logged_like_a_reading() -> None:
    stores = fake_stores()
    for expected in (problems.RESIDENT_NOT_ANSWERED, problems.QUOTA_EXHAUSTED):
        outcome, _ = await _found(stores, quota_per_day=1)
        assert outcome.problem is expected
    assert _decisions(stores) == ["resident_not_answered", "quota_exhausted"]


async def test_where_nobody_found_may_be_answered_for_each_is_charged_once() -> None:
    stores = fake_stores()
    outcome, _ = await _found(stores, DEAD)
    assert outcome == Refused(problems.RESIDENT_NOT_ANSWERED)
    assert _decisions(stores) == ["resident_not_answered"]


async def test_a_quota_that_ends_is_the_refusal_of_the_whole() -> None:
    stores = fake_stores()
    outcome, _ = await _found(stores, a_nik(), DEAD, quota_per_day=1)
    assert outcome.problem is problems.QUOTA_EXHAUSTED
