"""Too much, too slow, too long: refused at once and clearly, while whoever is served goes on being served."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import httpx
import msgspec
from tests.gateway.conftest import BODY, Running

SLOW = 500  # connections
AT_ONCE = 0.1  # seconds


async def _ask(http: httpx.AsyncClient, token: str, key: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    return await http.post("/v1/verifications", json=BODY, headers=headers)


@asynccontextmanager
async def _log_held_up(running: Running) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Nothing can be logged, so nothing is answered, until this ends."""
    owner = await asyncpg.connect(running.database.dsn, server_settings={"search_path": "live"})
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE ledger_entry IN ACCESS EXCLUSIVE MODE")
            yield owner
    finally:
        await owner.close()


async def _count(running: Running, query: str) -> int:
    owner = await asyncpg.connect(running.database.dsn, server_settings={"search_path": "live"})
    try:
        return int(await owner.fetchval(query))
    finally:
        await owner.close()


def test_a_full_worker_refuses_at_once_and_serves_whom_it_took(narrow: Running) -> None:
    many, one = narrow.token(), narrow.token("other-client")

    async def drill() -> None:
        async with httpx.AsyncClient(base_url=narrow.base_url) as http:
            async with _log_held_up(narrow):
                taken = [asyncio.create_task(_ask(http, many, f"taken-{number}")) for number in range(3)]
                await asyncio.sleep(0.3)
                refused = await _ask(http, many, "one client has its limit")
                assert (refused.status_code, refused.json()["code"]) == (429, "client_at_limit")
                taken.append(asyncio.create_task(_ask(http, one, "another client has room")))
                await asyncio.sleep(0.1)
                took = []
                for _ in range(5):
                    began = time.perf_counter()
                    shed = await _ask(http, one, "the worker is full")
                    took.append(time.perf_counter() - began)
                assert statistics.median(took) < AT_ONCE, took
                assert (shed.status_code, shed.json()["code"]) == (503, "overloaded")
                assert shed.headers["retry-after"] == refused.headers["retry-after"] == "1"
                assert (shed.json()["final"], refused.json()["final"]) == (False, False)
                assert (await http.get("/healthz")).status_code == 200
            assert [reply.status_code for reply in await asyncio.gather(*taken)] == [200] * 4

    asyncio.run(drill())
    time.sleep(1.2)
    counted = narrow.http.get("/metrics").text
    assert 'hakakses_shed_total{code="overloaded"} 5.0' in counted


def test_under_more_than_it_can_take_a_worker_goes_on_answering(narrow: Running) -> None:
    """Ten callers where three have room; who is refused pauses, so that this test measures the service, not itself."""
    token = narrow.token()
    served: list[float] = []
    refused: list[float] = []

    async def caller(http: httpx.AsyncClient, name: int, until: float) -> None:
        for turn in itertools.count():
            began = time.perf_counter()
            if began > until:
                return
            reply = await _ask(http, token, f"{name}-{turn}")
            if reply.status_code == 200:
                served.append(time.perf_counter() - began)
            else:
                assert reply.json()["code"] == "client_at_limit"
                refused.append(time.perf_counter() - began)
                await asyncio.sleep(0.1)

    async def drill() -> None:
        until = time.perf_counter() + 3
        async with httpx.AsyncClient(base_url=narrow.base_url) as http:
            await asyncio.gather(*(caller(http, name, until) for name in range(10)))

    asyncio.run(drill())
    assert len(served) > 20
    assert statistics.median(refused) < statistics.median(served), "a refusal waits for nothing"


def test_an_answer_that_takes_too_long_is_refused_and_charged_once(narrow: Running) -> None:
    token = narrow.token()

    async def drill() -> None:
        async with httpx.AsyncClient(base_url=narrow.base_url, timeout=10) as http:
            async with _log_held_up(narrow):
                under_way = asyncio.create_task(_ask(http, token, "under way"))
                await asyncio.sleep(0.3)
                waiting = asyncio.create_task(_ask(http, token, "waiting"))
                late = await asyncio.gather(under_way, waiting)
                assert {(one.status_code, one.json()["code"]) for one in late} == {(503, "answer_timed_out")}
            await asyncio.sleep(0.5)
            assert await _count(narrow, "SELECT count(*) FROM ledger_entry") == 1, "the one under way alone"
            replies = [await _ask(http, token, key) for key in ("under way", "waiting", "under way")]
            assert [reply.status_code for reply in replies] == [200] * 3
            assert replies[0].json()["receipt"] == replies[2].json()["receipt"]

    asyncio.run(drill())
    assert asyncio.run(_count(narrow, "SELECT sum(used) FROM quota_use")) == 2


def test_slow_senders_stop_nobody_and_are_cut_off(narrow: Running) -> None:
    token, address = narrow.token(), urlsplit(narrow.base_url)
    head = f"POST /v1/verifications HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: 900\r\n\r\n{{"

    async def slow() -> tuple[bytes, float]:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        began = time.perf_counter()
        writer.write(head.encode())
        reply = await reader.read()
        writer.close()
        return reply, time.perf_counter() - began

    async def drill() -> None:
        senders = [asyncio.create_task(slow()) for _ in range(SLOW)]
        unfinished = [await asyncio.open_connection(address.hostname, address.port) for _ in range(SLOW)]
        for _, writer in unfinished:
            writer.write(b"POST /v1/verifications HTTP/1.1\r\nHo")
        await asyncio.sleep(1)
        async with httpx.AsyncClient(base_url=narrow.base_url) as http:
            began = time.perf_counter()
            assert (await _ask(http, token, "quick")).status_code == 200
            assert time.perf_counter() - began < 1
        for _, writer in unfinished:
            writer.close()
        for reply, seconds in await asyncio.gather(*senders):
            header, _, body = reply.partition(b"\r\n\r\n")
            assert header.startswith(b"HTTP/1.1 408")
            assert msgspec.json.decode(body)["code"] == "request_too_slow"
            assert 1.5 < seconds < 10

    asyncio.run(drill())
