"""The door for machines, as an RSGI application: what every request passes through."""

from __future__ import annotations

import asyncio
import gc
import time
import traceback
from typing import Any

import msgspec
import structlog

from hakakses.core import problems
from hakakses.core.problems import Problem, Refused
from hakakses.gateway.exchange import (
    Handler,
    Reply,
    Request,
    not_allowed,
    problem_reply,
    read_request,
    uploading_request,
)
from hakakses.gateway.guide import serving as guide
from hakakses.gateway.identity import asking_client
from hakakses.gateway.parts import Parts, open_parts
from hakakses.gateway.routes import OPERATIONS
from hakakses.gateway.routing import Found, Router, Way
from hakakses.gateway.uploads import Upload
from hakakses.lifeline import end_with_parent
from hakakses.settings import Settings, load_settings
from hakakses.store.batching import Overloaded
from hakakses.store.embedded import ensure
from hakakses.store.rights import Stale
from hakakses.verification.ports import StoreUnavailable

log = structlog.get_logger()
COLLECT_AFTER = 50_000  # objects
WARN_EVERY = 1.0  # seconds


class Gateway:
    """One worker's application object, as Granian loads it."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self._settings = settings
        self._dsn = dsn
        self._parts: Parts | None = None
        self._router = Router((*OPERATIONS, *guide.ROUTES))

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._parts = loop.run_until_complete(open_parts(self._settings, self._dsn))
        # What stands now stays; requests leave few cycles, and looking for them each thousand objects costs more.
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._parts is not None:
            loop.run_until_complete(self._parts.close())

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            return
        reply = await self._reply(scope, protocol)
        protocol.response_bytes(reply.status, reply.headers, reply.body)

    async def _reply(self, scope: Any, protocol: Any) -> Reply:
        parts = self._parts
        assert parts is not None
        found = self._router.find(scope.path)
        way = None if found is None else found.methods.get(scope.method)
        if found is not None and way is not None and way.most_uploaded:
            return await _uploaded(scope, protocol, found, way, parts)
        # Read before anything is refused: a sender who is still writing would lose the refusal.
        try:
            reading = read_request(scope, protocol, parts.proxies)
            request = await parts.deadlines.within(parts.limits.body_seconds, reading)
        except TimeoutError:
            return problem_reply(_shed(problems.REQUEST_TOO_SLOW, parts))
        if found is None:
            return problem_reply(Refused(problems.PATH_NOT_FOUND))
        if way is None:
            return not_allowed(", ".join(found.methods), found.refusal)
        if found.names:
            request = msgspec.structs.replace(request, names=found.names)
        outcome = await (_answered if way.unlimited else _within_limits)(way.handler, request, parts)
        return found.refusal(outcome) if isinstance(outcome, Refused) else outcome


async def _uploaded(scope: Any, protocol: Any, found: Found, way: Way, parts: Parts) -> Reply:
    """The reply to a body that its handler reads as it arrives; how many do so is bounded by their own seats."""
    upload = Upload(protocol, scope.headers.get("content-length"), way.most_uploaded)
    outcome = await _answered(way.handler, uploading_request(scope, parts.proxies, upload), parts)
    await upload.drain()
    return found.refusal(outcome) if isinstance(outcome, Refused) else outcome


async def _within_limits(handler: Handler, request: Request, parts: Parts) -> Reply | Refused:
    """The reply, unless too much is in progress or it takes too long.

    An ask that is cut off may be in the log and charged: repeating it under its Idempotency-Key gives its answer.
    """
    client = asking_client(request, parts)
    full = parts.places.take(client)
    if full is not None:
        return _shed(full, parts)
    try:
        answer = _answered(handler, request, parts)
        return await parts.deadlines.within(parts.limits.answer_seconds, answer)
    except TimeoutError:
        return _shed(problems.ANSWER_TIMED_OUT, parts)
    finally:
        parts.places.leave(client)


def _shed(problem: Problem, parts: Parts) -> Refused:
    parts.tally.shed(problem.code)
    return Refused(problem)


async def _answered(handler: Handler, request: Request, parts: Parts) -> Reply | Refused:
    """The handler's reply; whatever it raises becomes a refusal here and nowhere else."""
    try:
        return await handler(request, parts)
    except Stale:
        return Refused(problems.RIGHTS_UNAVAILABLE)
    except Overloaded:
        return Refused(problems.OVERLOADED)
    except StoreUnavailable as fault:
        _warn_of(str(fault), parts.warned, time.monotonic())
        return Refused(problems.LOG_UNAVAILABLE)
    except Exception as fault:  # noqa: BLE001 - told to the caller as our fault, and to the operator
        # Without its message and its variables, which could hold a resident's values.
        log.error("internal_error", handler=handler.__name__, fault=type(fault).__name__, at=_places(fault))  # noqa: TRY400
        return Refused(problems.INTERNAL_ERROR)


def _warn_of(store: str, warned: dict[str, float], now: float) -> None:
    """Say that a store is away once a second, not once an ask: thousands of lines would tell nothing more."""
    if now - warned.get(store, -WARN_EVERY) >= WARN_EVERY:
        warned[store] = now
        log.warning("store_unavailable", store=store)


def _places(fault: BaseException) -> list[str]:
    """Where the fault came through, outermost first."""
    frames = traceback.walk_tb(fault.__traceback__)
    return [f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}:{line}" for frame, line in frames]


def application() -> Gateway:
    """One worker's application, from the environment's settings."""
    end_with_parent()
    settings = load_settings()
    return Gateway(settings, settings.dsn or ensure(settings).dsn)
