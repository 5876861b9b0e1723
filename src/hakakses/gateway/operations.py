"""What each operation does: who calls, one call inwards, one reply."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from hakakses.core import problems
from hakakses.core.ledger.entry import decode_entry
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Mode
from hakakses.core.rights.decision import ZONE
from hakakses.core.rights.right import fingerprint
from hakakses.gateway import native
from hakakses.gateway.exchange import Reply, Request, json_reply, problem_reply
from hakakses.gateway.identity import identify
from hakakses.gateway.metrics import exposition
from hakakses.gateway.parts import Parts
from hakakses.store.tile_files import NotSealed, inclusion
from hakakses.verification.verify import refuse, verify

LONGEST_NUMBER = 18  # digits that fit a sequence number
KEY_HEADER = "idempotency-key"


async def verifications(request: Request, parts: Parts) -> Reply:
    return await _answer(request, parts, Mode.VERIFY, native.parse_verification)


async def reads(request: Request, parts: Parts) -> Reply:
    return await _answer(request, parts, Mode.READ, native.parse_read)


async def _answer(
    request: Request, parts: Parts, mode: Mode, parse: Callable[[bytes, str], Ask | Refused]
) -> Reply:
    began = time.perf_counter()
    who = await identify(request, parts)
    if isinstance(who, Refused):
        return problem_reply(who)
    stores, asker, now = who.tenant.stores, who.asker, dt.datetime.now(dt.UTC)
    ask = _parsed(request, parse)
    repeat = native.repeat_of(_key(request), request.path, request.body or b"")
    if isinstance(repeat, problems.Problem):
        ask, repeat = Refused(repeat, part="Idempotency-Key"), None
    if isinstance(ask, Refused):
        unreadable = native.unreadable_ask(mode, request.address)
        outcome: Any = await refuse(ask, unreadable, asker, stores.ledger, now)
    else:
        outcome = await verify(ask, asker, stores, now, repeat)
    refused = isinstance(outcome, Refused)
    told = outcome.problem.code if refused else "answered"
    parts.count(who.tenant, mode, told, time.perf_counter() - began)
    if who.tenant.calls is not None and repeat is not None and not refused:
        await who.tenant.calls.keyed_answer(who.client.id, outcome.receipt.seq, now)
    return problem_reply(outcome) if refused else json_reply(outcome)


def _parsed(request: Request, parse: Callable[[bytes, str], Ask | Refused]) -> Ask | Refused:
    if request.body is None:
        return Refused(problems.TOO_LARGE)
    return parse(request.body, request.address)


def _key(request: Request) -> str | None:
    """The Idempotency-Key, "" when it is there but not text: a key that is overlooked would charge twice."""
    key: str | None = request.headers.get(KEY_HEADER)
    return "" if key is None and KEY_HEADER in request.headers else key


async def right(request: Request, parts: Parts) -> Reply:
    who = await identify(request, parts)
    if isinstance(who, Refused):
        return problem_reply(who)
    granted = who.client.right
    day = dt.datetime.now(ZONE).date()
    used = await who.tenant.ledger.quota_used(granted.agreement, day)
    limit = granted.quota_per_day
    quota = native.QuotaBody(limit, used, max(limit - used, 0), day)
    return json_reply(native.RightBody(granted, fingerprint(granted), quota))


async def receipt(request: Request, parts: Parts) -> Reply:
    who = await identify(request, parts)
    if isinstance(who, Refused):
        return problem_reply(who)
    number = request.names["seq"]
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        return problem_reply(Refused(problems.RECEIPT_NOT_FOUND))
    row = await who.tenant.ledger.entry(int(number))
    if row is None or decode_entry(row[1]).institution != who.client.right.institution.id:
        return problem_reply(Refused(problems.RECEIPT_NOT_FOUND))
    found = inclusion(who.tenant.ledger_dir, int(number))
    if isinstance(found, NotSealed):
        return problem_reply(Refused(problems.RECEIPT_NOT_SEALED))
    proof = [node.hex() for node in found.proof]
    return json_reply(
        native.ReceiptBody(int(number), row[0].hex(), row[1].hex(), found.size, proof, found.checkpoint)
    )


async def operators(request: Request, parts: Parts) -> Reply:
    who = await identify(request, parts)
    if isinstance(who, Refused):
        return problem_reply(who)
    day = dt.datetime.now(ZONE).date()
    used = await who.tenant.ledger.operator_use(who.client.agreement, day)
    registered = sorted(who.client.credential.operators.items())
    listed = [native.OperatorBody(operator, active, used.get(operator, 0)) for operator, active in registered]
    return json_reply(native.OperatorsBody(day, listed))


async def healthz(request: Request, parts: Parts) -> Reply:
    return json_reply(native.StateBody("ok"))


async def readyz(request: Request, parts: Parts) -> Reply:
    if not parts.fresh:
        return problem_reply(Refused(problems.RIGHTS_UNAVAILABLE))
    return json_reply(native.StateBody("ready"))


async def metrics(request: Request, parts: Parts) -> Reply:
    parts.tally.write()
    return Reply(200, [("content-type", "text/plain; version=0.0.4; charset=utf-8")], exposition())
