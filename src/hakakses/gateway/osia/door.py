"""The way through the OSIA door, the same for every operation: who, one ask, one call inwards, one reply."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Caller, CallerKind, Method, Mode
from hakakses.core.rights.right import OsiaDoor
from hakakses.gateway.exchange import Handler, Reply, Request, json_reply
from hakakses.gateway.identity import Identity, identify
from hakakses.gateway.native import unreadable_ask
from hakakses.gateway.osia.errors import refusal
from hakakses.gateway.parts import Parts
from hakakses.verification.answer import Answer
from hakakses.verification.verify import refuse, verify

OPERATOR_HEADER = "x-operator"  # OSIA has no place for the person who asks

Scopes = Callable[[Request], frozenset[str]]


class Visit(msgspec.Struct, frozen=True):
    """A client inside the door: who it is, what its agreement says of OSIA, what it sent, when."""

    who: Identity
    door: OsiaDoor
    request: Request
    now: dt.datetime

    def ask(self, mode: Mode, nik: str, elements: dict[str, str], **further: Any) -> Ask:
        """An ask for the door's purpose, unless ``further`` names another."""
        caller = Caller(self.door.caller)
        if self.door.caller is CallerKind.OPERATOR:
            caller = Caller(self.door.caller, self.request.headers.get(OPERATOR_HEADER) or "")
        purpose = further.pop("purpose", self.door.purpose)
        return Ask(Method.WEB_SERVICE, mode, purpose, nik, elements, caller, self.request.address, **further)

    async def refuse(self, mode: Mode, refused: Refused) -> Refused:
        """Log a refusal of what could not become an ask."""
        return await _refuse(self.who, self.request, mode, refused, self.now)

    async def verify(self, ask: Ask) -> Answer | Refused:
        return await verify(ask, self.who.asker, self.who.tenant.stores, self.now)


def any_of(*scopes: str) -> Scopes:
    """OSIA names a scope for each registry, population (pr) and civil (cr); the token of either is enough."""
    found = frozenset(scopes)
    return lambda _: found


def asking(
    mode: Mode,
    scopes: Scopes,
    parse: Callable[[Visit], Ask | Refused],
    render: Callable[[Visit, Answer], Any],
) -> Handler:
    """An operation that is one ask.  parse: the request as an ask.  render: an answer as the reply's body."""

    async def act(visit: Visit) -> Any:
        ask = parse(visit)
        outcome = await (visit.refuse(mode, ask) if isinstance(ask, Refused) else visit.verify(ask))
        return outcome if isinstance(outcome, Refused) else render(visit, outcome)

    return entering(mode, scopes, act)


def refusing(refused: Refused) -> Handler:
    """An operation that no agreement grants: refused whatever is asked, and logged."""

    async def act(visit: Visit) -> Refused:
        return await visit.refuse(Mode.READ, refused)

    return entering(Mode.READ, None, act)


def entering(mode: Mode, scopes: Scopes | None, act: Callable[[Visit], Awaitable[Any]]) -> Handler:
    """What every operation begins and ends with.  act: gives a reply's body, or a refusal that is logged."""

    async def handle(request: Request, parts: Parts) -> Reply:
        began = time.perf_counter()
        who = await identify(request, parts)
        if isinstance(who, Refused):
            return refusal(who)
        outcome = await _entered(who, request, mode, scopes, act)
        refused = isinstance(outcome, Refused)
        told = outcome.problem.code if refused else "answered"
        parts.count(who.tenant, mode, told, time.perf_counter() - began)
        return refusal(outcome) if refused else json_reply(outcome)

    return handle


async def _entered(
    who: Identity,
    request: Request,
    mode: Mode,
    scopes: Scopes | None,
    act: Callable[[Visit], Awaitable[Any]],
) -> Any:
    right, now = who.client.right, dt.datetime.now(dt.UTC)
    if right.osia is None:
        closed = Refused(problems.SERVICE_NOT_GRANTED, right.methods_clause, "OSIA")
        return await _refuse(who, request, mode, closed, now)
    if scopes is not None and who.scopes.isdisjoint(scopes(request)):
        lacking = Refused(problems.SCOPE_NOT_GRANTED, right.osia.clause)
        return await _refuse(who, request, mode, lacking, now)
    return await act(Visit(who, right.osia, request, now))


async def _refuse(who: Identity, request: Request, mode: Mode, refused: Refused, now: dt.datetime) -> Refused:
    unreadable = unreadable_ask(mode, request.address)
    return await refuse(refused, unreadable, who.asker, who.tenant.stores.ledger, now)
