"""An answer and its entry, against the real database."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest
from tests.builders import NOON, a_nik, a_right, an_ask, an_asker
from tests.conftest import Database
from tests.verification.world import AS_OF, BLOCKED, DEAD, NEWEST, UNKNOWN, World

from hakakses.core import problems
from hakakses.core.ledger.entry import decode_entry, leaf_hash, open_detail, record_key, subject_commitment
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Mode
from hakakses.core.rights.right import AccessRight
from hakakses.store.line import GATEWAY, connect
from hakakses.verification.answer import Answer, Reason, Result
from hakakses.verification.ports import StoreUnavailable
from hakakses.verification.verify import Repeat, verify


async def _try(
    world: World, ask: Ask, right: AccessRight | None = None, repeat: Repeat | None = None
) -> Answer | Refused:
    return await verify(ask, an_asker(right), world.stores, NOON, repeat)


async def test_a_match_is_answered_and_its_entry_proves_it(world: World) -> None:
    answer = await _try(world, an_ask())
    assert isinstance(answer, Answer)
    assert (answer.result, answer.as_of, answer.quota_remaining) == (Result.SESUAI, AS_OF, 999)
    row = await world.owner.fetchrow("SELECT * FROM ledger_entry")
    entry = decode_entry(row["entry"])
    assert (row["seq"], row["leaf_hash"].hex()) == (answer.receipt.seq, answer.receipt.leaf_hash)
    assert leaf_hash(row["entry"]) == row["leaf_hash"]
    assert entry.nonce.hex() == answer.receipt.nonce
    index = world.cipher.index(a_nik())
    salt = await world.owner.fetchval("SELECT salt FROM subject_key WHERE key = $1", index)
    key = record_key(world.cipher.log_key(index, salt), entry.nonce)
    assert entry.subject == subject_commitment(key, a_nik())
    assert a_nik().encode() in open_detail(key, row["detail"])
    assert a_nik().encode() not in row["entry"] + row["detail"]


async def test_unknown_blocked_deceased_and_wrong_look_alike(world: World) -> None:
    wrong = an_ask(elements={"NAMA_LGKP": "SITI RAHAYU"})
    asks = [wrong, *(an_ask(nik=nik, elements=wrong.elements) for nik in (DEAD, BLOCKED, UNKNOWN))]
    answers = [await _try(world, ask) for ask in asks]
    shown = [
        (answer.result, answer.elements, answer.as_of, answer.reason)
        for answer in answers
        if isinstance(answer, Answer)
    ]
    assert shown == [(Result.TIDAK_SESUAI, {"NAMA_LGKP": "TIDAK_SESUAI"}, NEWEST, None)] * 4


async def test_reasons_are_told_only_where_granted(world: World) -> None:
    right = a_right(reasons_clause="Pasal 9")
    told = {nik: await _try(world, an_ask(nik=nik), right) for nik in (a_nik(), DEAD, UNKNOWN)}
    reasons = {nik: answer.reason for nik, answer in told.items() if isinstance(answer, Answer)}
    assert reasons == {a_nik(): None, DEAD: Reason.MENINGGAL, UNKNOWN: Reason.TIDAK_DITEMUKAN}


async def test_reading_returns_granted_values_alone(world: World) -> None:
    answer = await _try(world, an_ask(mode=Mode.READ, elements={"NAMA_LGKP": ""}))
    assert isinstance(answer, Answer)
    assert (answer.elements, answer.result) == ({"NAMA_LGKP": "BUDI SANTOSO"}, None)
    refused = await _try(world, an_ask(mode=Mode.READ, elements={"TGL_LHR": ""}))
    assert isinstance(refused, Refused)
    assert refused.problem is problems.ELEMENT_NOT_GRANTED
    nobody = await _try(world, an_ask(mode=Mode.READ, elements={"NAMA_LGKP": ""}, nik=UNKNOWN))
    assert isinstance(nobody, Refused)
    assert nobody.problem is problems.RESIDENT_NOT_ANSWERED


async def test_refusals_are_entries_too_and_spend_nothing(world: World) -> None:
    for ask in (an_ask(purpose="LAIN"), an_ask(nik="0" * 16), an_ask(elements={"TGL_LHR": "31-02-1990"})):
        assert isinstance(await _try(world, ask), Refused)
    decisions = [
        decode_entry(row["entry"]).decision
        for row in await world.owner.fetch("SELECT entry FROM ledger_entry ORDER BY seq")
    ]
    assert decisions == ["purpose_not_granted", "invalid_nik", "invalid_value"]
    assert await world.owner.fetchval("SELECT count(*) FROM quota_use") == 0


async def test_the_quota_is_never_passed_by_concurrent_asks(world: World) -> None:
    right = a_right(quota_per_day=40)
    answers = await asyncio.gather(*(_try(world, an_ask(), right) for _ in range(64)))
    granted = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(granted) == 40
    assert sorted(answer.quota_remaining for answer in granted) == list(range(40))
    refused = {answer.problem.code for answer in answers if isinstance(answer, Refused)}
    assert refused == {"quota_exhausted"}
    sequence = [row["seq"] for row in await world.owner.fetch("SELECT seq FROM ledger_entry ORDER BY seq")]
    assert sequence == list(range(64))


async def test_three_different_wrong_values_lock_an_element_even_for_the_right_one(world: World) -> None:
    def claim(name: str) -> Ask:
        return an_ask(elements={"NAMA_LGKP_IBU": name})

    for name in ("DEWI", "RATNA", "YULI", "DEWI"):
        assert isinstance(await _try(world, claim(name)), Answer), "an identical retry is free"
    for name in ("WATI", "SITI AMINAH"):
        refused = await _try(world, claim(name))
        assert isinstance(refused, Refused)
        assert refused.problem is problems.GUESSES_EXHAUSTED
    assert isinstance(await _try(world, an_ask()), Answer), "other elements stay open"


async def test_guessing_in_parallel_wins_nothing(world: World) -> None:
    names = [f"WRONG{chr(65 + n)}" * 2 for n in range(20)] + ["SITI AMINAH"]
    answers = await asyncio.gather(*(_try(world, an_ask(elements={"NAMA_LGKP_IBU": n})) for n in names))
    assert sum(isinstance(answer, Answer) for answer in answers) == 3
    assert isinstance(answers[-1], Refused)


async def test_a_repeated_key_gets_the_same_answer_and_one_charge(world: World) -> None:
    repeat = Repeat(b"k" * 32, b"r" * 32)
    answers = await asyncio.gather(*(_try(world, an_ask(), repeat=repeat) for _ in range(8)))
    assert len({msgspec.json.encode(answer) for answer in answers}) == 1
    assert await world.owner.fetchval("SELECT used FROM quota_use") == 1
    other = await _try(world, an_ask(), repeat=Repeat(repeat.key, b"x" * 32))
    assert isinstance(other, Refused)
    assert other.problem is problems.IDEMPOTENCY_MISMATCH


async def test_nothing_is_answered_while_the_log_is_down(world: World) -> None:
    await world.owner.execute("ALTER FUNCTION append_entries RENAME TO gone")
    with pytest.raises(StoreUnavailable):
        await _try(world, an_ask())


async def test_the_gateways_role_cannot_change_the_log(database: Database, world: World) -> None:
    await _try(world, an_ask())
    gateway = await connect(database.dsn, GATEWAY, "live")
    for statement in (
        "DELETE FROM ledger_entry",
        "UPDATE ledger_entry SET detail = ''",
        "TRUNCATE ledger_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await gateway.execute(statement)
    with pytest.raises(asyncpg.RaiseError):
        await world.owner.execute("DELETE FROM ledger_entry")
    await gateway.close()
