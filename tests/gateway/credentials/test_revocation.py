"""Revocation is instant: what was taken away is refused by every worker within a second of its commit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import msgspec
import pytest
from tests.gateway.conftest import BODY, EC, OKP
from tests.gateway.credentials.conftest import Door

from hakakses.store.registrations import retire_key, switch_client, switch_operator
from hakakses.store.rights import Registration, put_client, put_operator

CONNECTIONS = 24  # enough that none of two workers is left out
WITHIN = 1.0  # seconds
ANSWERED = 200
OPERATOR = "petugas-dicabut"
Change = Callable[[Any], Awaitable[None]]


class Seen(msgspec.Struct, frozen=True):
    """When one answer, or refusal, was there, and what it was."""

    at: float
    status: int


async def _owner(door: Door) -> Any:
    dsn = door.running.database.dsn
    return await asyncpg.connect(dsn, server_settings={"search_path": "live"})


async def _token(http: httpx.AsyncClient, form: dict[str, str]) -> str:
    token: str = (await http.post("/oauth2/token", data=form)).json()["access_token"]
    return token


async def _keep_asking(
    door: Door, request: bytes, seen: list[Seen], all_answered: asyncio.Barrier, until: asyncio.Event
) -> None:
    """Over one connection, so with one worker; from its first answer on together with the others."""
    address = urlsplit(door.running.base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    answered = False
    while not until.is_set():
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        seen.append(Seen(time.monotonic(), int(head.split()[1])))
        if seen[-1].status == ANSWERED and not answered:
            answered = True
            await all_answered.wait()
        await asyncio.sleep(0.002)
    writer.close()


def _request(token: str, body: Any) -> bytes:
    content = msgspec.json.encode(body)
    return (
        f"POST /v1/verifications HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    ).encode() + content


async def _last_answer(door: Door, request: bytes, change: Change) -> tuple[float, set[int]]:
    """Seconds from before the change's commit to the last answer that any connection still got; what came later."""
    owner, until = await _owner(door), asyncio.Event()
    seen: list[list[Seen]] = [[] for _ in range(CONNECTIONS)]
    all_answered = asyncio.Barrier(CONNECTIONS + 1)
    async with asyncio.TaskGroup() as group:
        for one in seen:
            group.create_task(_keep_asking(door, request, one, all_answered, until))
        await all_answered.wait()
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await change(owner)
        await asyncio.sleep(2 * WITHIN)
        until.set()
    await owner.close()
    replies = [reply for one in seen for reply in one]
    last = max(reply.at for reply in replies if reply.status == ANSWERED)
    return last - began, {reply.status for reply in replies if reply.at > began + WITHIN}


async def _register(door: Door) -> None:
    owner = await _owner(door)
    keys = {"keys": [EC.as_dict(private=False), OKP.as_dict(private=False)]}
    await put_client(owner, Registration("revoked-client", "PKS/1", ("127.0.0.0/8",), public_keys=keys))
    await switch_client(owner, "revoked-client", active=True)
    await put_operator(owner, "PKS/1", OPERATOR, "Petugas Rekaan")
    await owner.close()
    await asyncio.sleep(1)


async def _disable(owner: Any) -> None:
    await switch_client(owner, "revoked-client", active=False)


async def _retire(owner: Any) -> None:
    await retire_key(owner, "revoked-client", EC.thumbprint())


async def _stop(owner: Any) -> None:
    await switch_operator(owner, "PKS/1", OPERATOR, active=False)


AS_OPERATOR = {**BODY, "caller": {"kind": "operator", "operator": OPERATOR}}


@pytest.mark.parametrize(
    ("change", "body", "refusal"), [(_disable, BODY, 401), (_retire, BODY, 401), (_stop, AS_OPERATOR, 403)]
)
async def test_what_is_revoked_is_refused_within_a_second(
    door: Door, change: Change, body: Any, refusal: int, record_property: Callable[[str, object], None]
) -> None:
    await _register(door)
    async with httpx.AsyncClient(base_url=door.running.base_url) as http:
        request = _request(await _token(http, door.form("revoked-client")), body)
    seconds, later = await _last_answer(door, request, change)
    record_property("seconds from commit to the last answer", seconds)
    assert seconds <= WITHIN
    assert refusal in later


async def test_tokens_of_the_other_key_live_on(door: Door) -> None:
    await _register(door)
    async with httpx.AsyncClient(base_url=door.running.base_url) as http:
        first = await _token(http, door.form("revoked-client"))
        second = await _token(http, door.form("revoked-client", OKP, "EdDSA"))
        owner = await _owner(door)
        await retire_key(owner, "revoked-client", EC.thumbprint())
        await owner.close()
        await asyncio.sleep(1)
        statuses = []
        for token in (first, second):
            headers = {"authorization": f"Bearer {token}"}
            statuses += [(await http.get("/v1/right", headers=headers)).status_code]
        refused = await http.post("/oauth2/token", data=door.form("revoked-client"))
        assert ([*statuses, refused.status_code]) == [401, 200, 401]
