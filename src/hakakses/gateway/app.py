"""The door for machines, as an RSGI application: routes, and what every request passes through."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog

from hakakses.core import problems
from hakakses.core.ledger.entry import decode_entry
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Mode
from hakakses.core.rights.decision import ZONE
from hakakses.core.rights.right import fingerprint
from hakakses.gateway import native
from hakakses.gateway.clients import TokenRefused, authenticate
from hakakses.gateway.metrics import ASKS, SECONDS, exposition
from hakakses.gateway.parts import Parts, open_parts
from hakakses.gateway.problem_json import details, extra_headers, status_of
from hakakses.gateway.tokens import LIFETIME
from hakakses.lifeline import end_with_parent
from hakakses.settings import Settings, load_settings
from hakakses.store.batching import Overloaded
from hakakses.store.embedded import ensure
from hakakses.store.rights import Client, Stale
from hakakses.store.tile_files import NotSealed, inclusion
from hakakses.verification.ports import StoreUnavailable
from hakakses.verification.verify import Asker, refuse, verify

log = structlog.get_logger()
LONGEST_NUMBER = 18  # digits that fit a sequence number
_JSON = ("content-type", "application/json")
_PROBLEM = ("content-type", "application/problem+json")
_NO_STORE = ("cache-control", "no-store")
_encode = msgspec.json.Encoder().encode


class Reply(msgspec.Struct, frozen=True):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Request(msgspec.Struct, frozen=True):
    """One request with its body read.  body is None when it was larger than allowed."""

    method: str
    path: str
    headers: Any
    address: str
    body: bytes | None


def _json(value: object, status: int = 200) -> Reply:
    return Reply(status, [_JSON, _NO_STORE], _encode(value))


def _problem(refused: Refused) -> Reply:
    headers = [_PROBLEM, _NO_STORE, *extra_headers(refused.problem)]
    return Reply(status_of(refused.problem), headers, _encode(details(refused)))


class Gateway:
    """One worker's application object, as Granian loads it."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self._settings = settings
        self._dsn = dsn
        self._parts: Parts | None = None
        self._routes: dict[str, dict[str, Callable[[Request, Parts], Awaitable[Reply]]]] = {
            "/v1/verifications": {"POST": _verifications},
            "/v1/reads": {"POST": _reads},
            "/v1/right": {"GET": _right},
            "/oauth2/token": {"POST": _token},
            "/healthz": {"GET": _healthz},
            "/readyz": {"GET": _readyz},
            "/metrics": {"GET": _metrics},
        }

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._parts = loop.run_until_complete(open_parts(self._settings, self._dsn))

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._parts is not None:
            loop.run_until_complete(self._parts.close())

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            return
        reply = await self._reply(scope, protocol)
        protocol.response_bytes(reply.status, reply.headers, reply.body)

    async def _reply(self, scope: Any, protocol: Any) -> Reply:
        assert self._parts is not None
        methods, handler = self._route(scope.method, scope.path)
        if handler is None:
            if not methods:
                return _problem(Refused(problems.PATH_NOT_FOUND))
            reply = _problem(Refused(problems.METHOD_NOT_ALLOWED))
            return Reply(reply.status, [*reply.headers, ("allow", ", ".join(methods))], reply.body)
        body = await _read_body(scope, protocol)
        request = Request(scope.method, scope.path, scope.headers, _address(scope.client), body)
        try:
            return await handler(request, self._parts)
        except Stale:
            return _problem(Refused(problems.RIGHTS_UNAVAILABLE))
        except Overloaded:
            return _problem(Refused(problems.OVERLOADED))
        except StoreUnavailable as fault:
            log.warning("store_unavailable", store=str(fault))
            return _problem(Refused(problems.LOG_UNAVAILABLE))

    def _route(
        self, method: str, path: str
    ) -> tuple[tuple[str, ...], Callable[[Request, Parts], Awaitable[Reply]] | None]:
        routes = self._routes.get(path)
        if routes is None and path.startswith("/v1/receipts/"):
            routes = {"GET": _receipt}
        routes = routes or {}
        return tuple(routes), routes.get(method)


async def _read_body(scope: Any, protocol: Any) -> bytes | None:
    """The body, or None when larger than MOST_BODY; what is too large is not kept."""
    if scope.method == "GET":
        return b""
    declared = scope.headers.get("content-length") or "0"
    if declared.isdecimal() and int(declared) > native.MOST_BODY:
        return None
    kept = bytearray()
    async for chunk in protocol:
        kept += chunk
        if len(kept) > native.MOST_BODY:
            return None
    return bytes(kept)


def _address(peer: str) -> str:
    return peer.rpartition(":")[0].strip("[]")


def _client(request: Request, parts: Parts) -> Client | None:
    scheme, _, text = (request.headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = parts.tokens.read(text.strip(), time.time())
    if token is None:
        return None
    client = parts.directory.client(token.client)
    return client if client is not None and client.generation == token.generation else None


async def _verifications(request: Request, parts: Parts) -> Reply:
    return await _answer(request, parts, Mode.VERIFY, native.parse_verification)


async def _reads(request: Request, parts: Parts) -> Reply:
    return await _answer(request, parts, Mode.READ, native.parse_read)


async def _answer(
    request: Request, parts: Parts, mode: Mode, parse: Callable[[bytes, str], Ask | Refused]
) -> Reply:
    began = time.perf_counter()
    client = _client(request, parts)
    if client is None:
        return _problem(Refused(problems.NOT_AUTHENTICATED))
    asker, now = Asker(client.id, client.right), dt.datetime.now(dt.UTC)
    ask = _parsed(request, parse)
    repeat = native.repeat_of(request.headers.get("idempotency-key"), request.path, request.body or b"")
    if isinstance(repeat, problems.Problem):
        ask, repeat = Refused(repeat, part="Idempotency-Key"), None
    if isinstance(ask, Refused):
        unreadable = native.unreadable_ask(mode, request.address)
        outcome: Any = await refuse(ask, unreadable, asker, parts.stores.ledger, now)
    else:
        outcome = await verify(ask, asker, parts.stores, now, repeat)
    SECONDS.observe(time.perf_counter() - began)
    if isinstance(outcome, Refused):
        ASKS.labels(mode.value, outcome.problem.code).inc()
        return _problem(outcome)
    ASKS.labels(mode.value, "answered").inc()
    return _json(outcome)


def _parsed(request: Request, parse: Callable[[bytes, str], Ask | Refused]) -> Ask | Refused:
    if request.body is None:
        return Refused(problems.TOO_LARGE)
    return parse(request.body, request.address)


async def _right(request: Request, parts: Parts) -> Reply:
    client = _client(request, parts)
    if client is None:
        return _problem(Refused(problems.NOT_AUTHENTICATED))
    right = client.right
    day = dt.datetime.now(ZONE).date()
    used = await parts.ledger.quota_used(right.agreement, day)
    limit = right.quota_per_day
    quota = native.QuotaBody(limit, used, max(limit - used, 0), day)
    return _json(native.RightBody(right, fingerprint(right), quota))


async def _receipt(request: Request, parts: Parts) -> Reply:
    client = _client(request, parts)
    if client is None:
        return _problem(Refused(problems.NOT_AUTHENTICATED))
    number = request.path.rpartition("/")[2]
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        return _problem(Refused(problems.RECEIPT_NOT_FOUND))
    row = await parts.ledger.entry(int(number))
    if row is None or decode_entry(row[1]).institution != client.right.institution.id:
        return _problem(Refused(problems.RECEIPT_NOT_FOUND))
    found = inclusion(parts.ledger_dir, int(number))
    if isinstance(found, NotSealed):
        return _problem(Refused(problems.RECEIPT_NOT_SEALED))
    proof = [node.hex() for node in found.proof]
    return _json(
        native.ReceiptBody(int(number), row[0].hex(), row[1].hex(), found.size, proof, found.checkpoint)
    )


async def _token(request: Request, parts: Parts) -> Reply:
    if request.body is None:
        return _problem(Refused(problems.TOO_LARGE))
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    now = time.time()
    proven = await authenticate(
        form,
        request.headers.get("authorization") or "",
        parts.directory,
        parts.assertions,
        parts.token_url,
        sandbox=parts.sandbox,
        now=now,
    )
    if isinstance(proven, TokenRefused):
        log.info("token_refused", error=proven.error, address=request.address)
        return _json({"error": proven.error, "error_description": proven.description}, proven.status)
    text = parts.tokens.issue(proven.id, proven.generation, now)
    return _json(native.TokenBody(text, "Bearer", LIFETIME))


async def _healthz(request: Request, parts: Parts) -> Reply:
    return _json({"status": "ok"})


async def _readyz(request: Request, parts: Parts) -> Reply:
    if not parts.directory.fresh:
        return _problem(Refused(problems.RIGHTS_UNAVAILABLE))
    return _json({"status": "ready"})


async def _metrics(request: Request, parts: Parts) -> Reply:
    return Reply(200, [("content-type", "text/plain; version=0.0.4; charset=utf-8")], exposition())


def application() -> Gateway:
    """One worker's application, from the environment's settings."""
    end_with_parent()
    settings = load_settings()
    return Gateway(settings, settings.dsn or ensure(settings).dsn)
