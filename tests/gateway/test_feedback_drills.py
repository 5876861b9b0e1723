"""Large files, many senders, broken lines and killed workers: nothing is held whole, lost or counted twice."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from tests.gateway.conftest import Running
from tests.running import answers_ready, wait_until

from hakakses.core.regions import districts
from hakakses.gateway.uploads import MOST_LARGE_OF_ONE
from hakakses.store.rights import set_client_active

HUGE = 300_000  # rows; with values of the greatest length more than the growth that is allowed
MOST_GROWTH = 64 * 1024  # KiB
SENDERS = 6


def _rows(count: int) -> Iterator[bytes]:
    """A record of each of so many people, in pieces of some KiB."""
    born, found = "170890", sorted(districts())
    yield b"nik,NO_REKENING\n"
    for begin in range(0, count, 100):
        lines = (
            f"{found[n // 9000]}{born}{n % 9000 + 1:04d},{n:0255d}\n"
            for n in range(begin, min(begin + 100, count))
        )
        yield "".join(lines).encode()


def _people(count: int) -> Iterator[bytes]:
    """The same records in the Data Balikan wire format."""
    rows = b"".join(_rows(count)).split(b"\n")[1:-1]
    yield b'[{"id_lembaga":"123456","nama_lembaga":"Bank Contoh","data":['
    for number, row in enumerate(rows):
        nik, _, value = row.partition(b",")
        yield b'%s{"NIK":"%s","param":[{"NO_REKENING":"%s"}]}' % (b"," if number else b"", nik, value)
    yield b"]}]"


async def _slowly(pieces: list[bytes], pause: float) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(pause)


def _workers(running: Running) -> list[int]:
    path = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    return [int(pid) for pid in path.read_text().split()]


def _peak(pid: int) -> int:
    """The most memory that a process ever held, in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def _headers(running: Running) -> dict[str, str]:
    return {"authorization": f"Bearer {running.token()}"}


def _given(running: Running) -> int:
    """Records as counted, which are the records as kept."""

    async def count() -> tuple[int, int]:
        owner = await asyncpg.connect(running.database.dsn, server_settings={"search_path": "live"})
        kept, counted = await owner.fetchrow(
            "SELECT (SELECT count(*) FROM feedback), (SELECT coalesce(sum(records), 0) FROM feedback_month)"
        )
        await owner.close()
        return int(kept), int(counted)

    kept, counted = asyncio.run(count())
    assert kept == counted
    return kept


def _wait_for_the_first(running: Running) -> None:
    wait_until(lambda: _given(running) > 0, "the first records are kept")


def _give(running: Running, body: bytes) -> dict[str, int]:
    reply = httpx.post(
        f"{running.base_url}/v1/feedback", content=body, headers=_headers(running), timeout=120
    )
    assert reply.status_code == 200, reply.text
    found: dict[str, int] = reply.json()
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("path", "pieces", "answer"),
    [
        (
            "/v1/feedback",
            _rows,
            (200, {"accepted": HUGE - 1000, "duplicate": 1000, "refused": 0, "rows": []}),
        ),
        ("/databalikan/api/store", _people, (400, {"message": "Data sudah pernah dikirim"})),
    ],
)
def test_a_huge_file_passes_through_a_worker_that_never_holds_it(
    running: Running, tmp_path: Path, path: str, pieces: Callable[[int], Iterator[bytes]], answer: object
) -> None:
    file = tmp_path / "huge"
    with file.open("wb") as out:
        out.writelines(pieces(HUGE))
    _give(running, b"".join(_rows(1000)))
    before = {pid: _peak(pid) for pid in _workers(running)}
    assert len(before) == 2
    began = time.monotonic()
    with file.open("rb") as body:
        headers = {**_headers(running), "content-length": str(file.stat().st_size)}
        reply = httpx.post(f"{running.base_url}{path}", content=body, headers=headers, timeout=280)
    assert (reply.status_code, reply.json()) == answer
    assert _given(running) == HUGE
    growth = max(_peak(pid) - before[pid] for pid in _workers(running))
    print(f"{file.stat().st_size} bytes, {time.monotonic() - began:.1f} s, growth {growth} KiB")  # noqa: T201 - a figure for whoever reads the run
    assert growth < MOST_GROWTH


def test_what_many_send_at_once_to_both_workers_is_kept_once(running: Running) -> None:
    body, headers = b"".join(_rows(5000)), _headers(running)

    async def send() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=running.base_url, headers=headers, timeout=100) as http:
            return await asyncio.gather(*(http.post("/v1/feedback", content=body) for _ in range(SENDERS)))

    taken = [reply.json() for reply in asyncio.run(send())]
    assert sum(one["accepted"] for one in taken) == 5000 == _given(running)
    assert sum(one["duplicate"] for one in taken) == 5000 * (SENDERS - 1)


def test_a_broken_line_loses_no_whole_batch_and_a_repeat_ends_the_upload(running: Running) -> None:
    body = b"".join(_rows(20_000))
    address, headers = urlsplit(running.base_url), _headers(running)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        head = f"POST /v1/feedback HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\nAuthorization: {headers['authorization']}\r\n\r\n"
        connection.sendall(head.encode() + body[: len(body) // 2])
    wait_until(lambda: _given(running) >= 9_900, "what came before the break is kept")
    kept = _given(running)
    assert kept < 20_000
    assert (_give(running, body)["accepted"], _given(running)) == (20_000 - kept, 20_000)


def test_a_worker_killed_in_the_middle_is_as_if_the_line_broke(running: Running) -> None:
    pieces, headers = list(_rows(20_000)), _headers(running)

    async def send_until_killed() -> None:
        async with httpx.AsyncClient(base_url=running.base_url, headers=headers, timeout=60) as http:
            sending = asyncio.create_task(http.post("/v1/feedback", content=_slowly(pieces, 0.05)))
            await asyncio.to_thread(_wait_for_the_first, running)
            for pid in _workers(running):
                os.kill(pid, signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                await sending

    asyncio.run(send_until_killed())
    kept = _given(running)
    assert 0 < kept < 20_000
    wait_until(lambda: answers_ready(running.base_url), "the workers are back")
    assert (_give(running, b"".join(pieces))["accepted"], _given(running)) == (20_000 - kept, 20_000)


def test_slow_senders_keep_neither_others_nor_small_uploads_out(running: Running) -> None:
    address, token = urlsplit(running.base_url), running.token()
    head = f"POST /v1/feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\nAuthorization: Bearer {token}\r\n\r\nnik"
    slow = [
        socket.create_connection((address.hostname, address.port), timeout=30)
        for _ in range(2 * MOST_LARGE_OF_ONE + 1)
    ]
    try:
        for connection in slow:
            connection.sendall(head.encode())
        answered, _, _ = select.select(slow, [], [], 10)
        assert b"503" in answered[0].recv(4096).split(b"\r\n")[0]
        assert _give(running, b"".join(_rows(10)))["accepted"] == 10
    finally:
        for connection in slow:
            connection.close()


def test_who_is_switched_off_gives_no_more(running: Running) -> None:
    pieces, headers = list(_rows(3000)), _headers(running)

    async def send_until_switched_off() -> httpx.Response:
        async with httpx.AsyncClient(base_url=running.base_url, headers=headers, timeout=60) as http:
            sending = asyncio.create_task(http.post("/v1/feedback", content=_slowly(pieces, 0.1)))
            await asyncio.to_thread(_wait_for_the_first, running)
            owner = await asyncpg.connect(running.database.dsn, server_settings={"search_path": "live"})
            await set_client_active(owner, "secret-client", active=False)
            await owner.close()
            return await sending

    refused = asyncio.run(send_until_switched_off())
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")
    assert 0 < _given(running) < 3000
