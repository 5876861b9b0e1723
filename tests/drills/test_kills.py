"""kill -9, again and again, under load: what was answered is in the log, and nothing is counted twice or lost."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from tests.builders import NAMES, a_nik
from tests.drills.conftest import System
from tests.running import start

from hakakses.core.ledger.checkpoint import parse_checkpoint
from hakakses.core.ledger.entry import EntryKind, decode_entry

ROUNDS = 6
CALLERS = 12
BODY = {"nik": a_nik(), "purpose": "KYC", "elements": NAMES, "caller": {"kind": "machine"}}


def _children(pid: int) -> list[int]:
    return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _child(pid: int, command: str) -> int:
    for child in _children(pid):
        if f"\0{command}\0".encode() in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    raise ProcessLookupError(command)


def _worker(system: System) -> int:
    return _children(_child(system.pid, "gateway"))[-1]


def _gateway(system: System) -> int:
    return _child(system.pid, "gateway")


def _sealer(system: System) -> int:
    return _child(system.pid, "sealer")


def _postgresql(system: System) -> int:
    return int((system.cluster.data_dir / "postmaster.pid").read_text().split("\n", 1)[0])


VICTIMS: tuple[Callable[[System], int], ...] = (_worker, _postgresql, _sealer, _gateway)


class Callers:
    """Programs that ask without rest, repeat what got no answer under the same key, and keep every receipt."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._headers = {"authorization": f"Bearer {token}"}
        self.receipts: dict[int, str] = {}
        self.unanswered = 0
        self.going = True

    async def run(self) -> None:
        await asyncio.gather(*(self._caller(number) for number in range(CALLERS)))

    async def _caller(self, number: int) -> None:
        async with httpx.AsyncClient(base_url=self._base_url, timeout=10) as http:
            for turn in itertools.count():
                if not self.going:
                    return
                await self._ask(http, f"{number}-{turn}")

    async def _ask(self, http: httpx.AsyncClient, key: str) -> None:
        while True:
            try:
                reply = await http.post(
                    "/v1/verifications", json=BODY, headers={**self._headers, "idempotency-key": key}
                )
            except httpx.TransportError:
                self.unanswered += 1
                await asyncio.sleep(0.05)
                continue
            if reply.status_code == 200:
                receipt = reply.json()["receipt"]
                self.receipts[receipt["seq"]] = receipt["leaf_hash"]
                return
            assert reply.status_code == 503, reply.text
            self.unanswered += 1
            await asyncio.sleep(0.05)


async def _flows(callers: Callers, within: float = 30) -> None:
    """Wait until answers arrive that were not there yet."""
    held, until = len(callers.receipts), time.monotonic() + within
    while len(callers.receipts) < held + CALLERS:
        assert time.monotonic() < until, "answers flow again"
        await asyncio.sleep(0.02)


async def _found(find: Callable[[], int], within: float = 30) -> int:
    until = time.monotonic() + within
    while True:
        try:
            return find()
        except (OSError, ValueError, IndexError):
            assert time.monotonic() < until, "a program that ended is started again"
            await asyncio.sleep(0.05)


async def _kill_all_in_turn(system: System, callers: Callers) -> int:
    kills = 0
    for _ in range(ROUNDS):
        for victim in VICTIMS:
            os.kill(await _found(lambda victim=victim: victim(system)), signal.SIGKILL)
            kills += 1
            await _flows(callers)
    return kills


async def _sealed(system: System, size: int, within: float = 30) -> None:
    path, until = system.home / "ledger" / "checkpoint", time.monotonic() + within
    while not path.exists() or parse_checkpoint(path.read_text()).size < size:
        assert time.monotonic() < until, "everything committed is sealed"
        await asyncio.sleep(0.05)


async def _while_asking(callers: Callers, work: Awaitable[int]) -> int:
    asking = asyncio.create_task(callers.run())
    try:
        return await work
    finally:
        callers.going = False
        await asking


async def _drill(system: System) -> None:
    callers = Callers(system.base_url, system.token("kills"))
    assert await _while_asking(callers, _kill_all_in_turn(system, callers)) >= 20
    owner = await asyncpg.connect(system.cluster.dsn, server_settings={"search_path": "live"})
    rows: list[Any] = await owner.fetch("SELECT seq, leaf_hash, entry FROM ledger_entry ORDER BY seq")
    used = await owner.fetchval("SELECT sum(used) FROM quota_use")
    kept = await owner.fetchval("SELECT count(*) FROM kept_answer")
    await owner.close()
    assert [row["seq"] for row in rows] == list(range(len(rows))), "numbers are dense"
    logged = {row["seq"]: row["leaf_hash"].hex() for row in rows}
    assert callers.receipts.items() <= logged.items(), "every answer received is in the log"
    charged = sum(decode_entry(row["entry"]).kind is EntryKind.ANSWER for row in rows)
    assert used == charged == kept == len(callers.receipts), (
        "each ask was charged once, however often repeated"
    )
    assert callers.unanswered, "the kills were felt"
    await _sealed(system, len(rows))


@pytest.mark.timeout(300)
def test_twenty_kills_lose_nothing(system: System) -> None:
    asyncio.run(_drill(system))
    verifying = start("verify", "ledger", "verify", str(system.home / "ledger"))
    assert verifying.wait(60) == 0
