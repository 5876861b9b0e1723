"""The Dukcapil wire format, for programs that institutions already run: read, one call inwards, one page back.

Who asks is proven by USER_ID and PASSWORD; IP_USER is declared, the source address is real, and each of the four
is checked and refused for itself.  What the log says of a refusal names the rule, never a value.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time

import msgspec
import structlog

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.addresses import registered
from hakakses.core.rights.ask import Ask, Caller, CallerKind, Method, Mode
from hakakses.core.rights.decision import ZONE, raised
from hakakses.core.rights.right import AccessRight, ElementSet, Service
from hakakses.gateway.dukcapil.codes import OF_REASON, code_of
from hakakses.gateway.dukcapil.fields import Fields, read_fields
from hakakses.gateway.dukcapil.profiles import DEFAULT, Profile, profiles
from hakakses.gateway.dukcapil.rendering import Row, data_row, error_row, page, verdict_row
from hakakses.gateway.exchange import Reply, Request, json_reply, problem_reply
from hakakses.gateway.native import unreadable_ask
from hakakses.gateway.parts import Parts, Tenant
from hakakses.store.rights import Account, Client
from hakakses.verification.answer import Answer
from hakakses.verification.family import read_family
from hakakses.verification.verify import Asker, refuse, verify

log = structlog.get_logger()
PREFIX = "/dukcapil/get_json/"


class Login(msgspec.Struct, frozen=True):
    """An account, its client and the tenant they belong to."""

    tenant: Tenant
    client: Client
    account: Account

    @property
    def asker(self) -> Asker:
        return Asker(self.client.credential, self.client.right)


class Answered(msgspec.Struct, frozen=True):
    """What one ask got, with what its page needs."""

    rows: list[Row]
    quota_remaining: int


class Visit(msgspec.Struct, frozen=True):
    """What one request came to.  tenant: None where nobody proved to belong to one."""

    outcome: Answered | Refused
    mode: Mode = Mode.VERIFY
    tenant: Tenant | None = None


async def answer(request: Request, parts: Parts) -> Reply:
    began = time.perf_counter()
    path = request.path.casefold().removeprefix(PREFIX).rstrip("/")
    profile = _profile(path, parts)
    visit = await _visit(request, path, profile, parts)
    outcome = visit.outcome
    told = outcome.problem.code if isinstance(outcome, Refused) else "answered"
    parts.count(visit.tenant or parts.tenants[0], visit.mode, told, time.perf_counter() - began)
    if isinstance(outcome, Answered):
        return json_reply(page(outcome.rows, profile, outcome.quota_remaining))
    code = code_of(outcome)
    if code is None:
        return problem_reply(outcome)
    return json_reply(page([error_row(code, profile)], profile, _remaining(outcome)))


def _remaining(refused: Refused) -> int | None:
    return 0 if refused.problem is problems.QUOTA_EXHAUSTED else None


def _profile(path: str, parts: Parts) -> Profile:
    """The shape that the path's programs expect, whoever asks."""
    for tenant in parts.tenants:
        owner = tenant.directory.service_owner(path)
        if owner is not None and owner.dukcapil is not None:
            return profiles().get(owner.dukcapil.services[path].profile) or profiles()[DEFAULT]
    return profiles()[DEFAULT]


async def _visit(request: Request, path: str, profile: Profile, parts: Parts) -> Visit:
    now = dt.datetime.now(dt.UTC)
    fields = read_fields(request.body, request.query)
    if isinstance(fields, Refused):
        return Visit(fields)
    login = await _login(fields, request.address, parts, now)
    if isinstance(login, Refused):
        return Visit(login)
    found = _service(login.client.right, path, now) if login.client.active else _DISABLED
    if isinstance(found, Refused):
        return await _refused(found, Mode.VERIFY, login, request.address, now)
    ask = _ask(fields, found, login, request.address)
    mode = found[1].mode
    if isinstance(ask, Refused):
        return await _refused(ask, mode, login, request.address, now)
    answered = await _answered(ask, found, login, profile, now)
    if isinstance(answered, Answered) and raised(login.client.right, ask):
        parts.tally.raised_threshold()
    return Visit(answered, mode, login.tenant)


async def _refused(refused: Refused, mode: Mode, login: Login, address: str, now: dt.datetime) -> Visit:
    """Log a refusal of what could not become an ask."""
    unreadable = unreadable_ask(mode, address)
    logged = await refuse(refused, unreadable, login.asker, login.tenant.stores.ledger, now)
    return Visit(logged, mode, login.tenant)


_DISABLED = Refused(problems.ACCOUNT_DISABLED)
_EMPTY = Refused(problems.LOGIN_EMPTY)
_FAILED = Refused(problems.LOGIN_FAILED)


async def _login(fields: Fields, address: str, parts: Parts, now: dt.datetime) -> Login | Refused:
    """Whose password it is; who merely tries names leaves a line for the operators, not an entry in the log."""
    claimed = _claimed(fields.user_id, parts)
    needs_address = claimed is None or bool(claimed.account.declared)
    if not (fields.user_id and fields.password.strip() and (fields.ip_user or not needs_address)):
        return _EMPTY
    held = None if claimed is None else claimed.account.password
    matches = await parts.passwords.right(fields.user_id, fields.password, held, address)
    if claimed is not None and matches:
        return claimed
    log.info("login_failed", account=_fingerprint(fields.user_id), address=address)
    if claimed is not None and claimed.tenant.calls is not None:
        await claimed.tenant.calls.login_refused(claimed.client.id, now)
    return _FAILED


def _claimed(user_id: str, parts: Parts) -> Login | None:
    """The account in whose name a request comes, proven or not."""
    for tenant in parts.tenants:
        client = tenant.directory.account(user_id)
        if client is not None and client.account is not None:
            return Login(tenant, client, client.account)
    return None


def _fingerprint(user_id: str) -> str:
    """Tells two accounts apart and no more: what was typed there may be anything."""
    return hashlib.sha256(user_id.encode()).hexdigest()[:8]


def _service(right: AccessRight, path: str, now: dt.datetime) -> tuple[Service, ElementSet] | Refused:
    door = right.dukcapil
    if not right.methods:  # the agreement has ended
        return Refused(problems.NOT_IN_FORCE, right.period_clause)
    if door is None:
        return Refused(problems.SERVICE_NOT_GRANTED, right.methods_clause)
    if now.astimezone(ZONE).date() > door.until:
        return Refused(problems.NOT_IN_FORCE, door.clause)
    service = door.services.get(path)
    if service is None:
        return Refused(problems.SERVICE_NOT_GRANTED, door.clause)
    return service, right.sets[service.set]


def _ask(fields: Fields, found: tuple[Service, ElementSet], login: Login, address: str) -> Ask | Refused:
    service, chosen = found
    if login.account.declared and not registered(login.account.declared, fields.ip_user):
        return Refused(problems.DECLARED_ADDRESS_UNREGISTERED, login.client.right.networks_clause)
    if chosen.mode is Mode.READ:
        elements = dict.fromkeys(chosen.elements, "")
    else:
        # A named service has its own list: what a program sends beside it is not asked.
        elements = {code: fields.claims[code] for code in chosen.elements if code in fields.claims}
    if not fields.nik or not elements:
        return Refused(problems.NO_ELEMENTS)
    return Ask(
        method=Method.WEB_SERVICE,
        mode=chosen.mode,
        purpose=chosen.purpose,
        nik=fields.nik,
        elements=elements,
        caller=_caller(fields, service, login.account),
        address=address,
        reference=fields.reference,
        threshold=fields.threshold,
        scored=True,
    )


def _caller(fields: Fields, service: Service, account: Account) -> Caller:
    """Programs of the field name no operator: there the account itself must be a registered one."""
    workstation = fields.ip_user if registered(account.declared, fields.ip_user) else ""
    if service.caller is CallerKind.MACHINE:
        return Caller(CallerKind.MACHINE, "", workstation)
    return Caller(CallerKind.OPERATOR, fields.operator or account.user_id, workstation)


async def _answered(
    ask: Ask, found: tuple[Service, ElementSet], login: Login, profile: Profile, now: dt.datetime
) -> Answered | Refused:
    service, chosen = found
    stores = login.tenant.stores
    if service.family:
        family = await read_family(ask, login.asker, stores, now)
        return family if isinstance(family, Refused) else _family(family, chosen, profile)
    outcome = await verify(ask, login.asker, stores, now)
    if isinstance(outcome, Refused):
        return outcome
    return Answered([_row(ask, outcome, chosen, login.client.right, profile)], outcome.quota_remaining)


def _family(family: dict[str, Answer], chosen: ElementSet, profile: Profile) -> Answered:
    """A row for each member, in the card's order; each was an ask of its own."""
    rows = [data_row(nik, given, chosen, profile) for nik, given in family.items()]
    return Answered(rows, min(given.quota_remaining for given in family.values()))


def _row(ask: Ask, given: Answer, chosen: ElementSet, right: AccessRight, profile: Profile) -> Row:
    if given.reason is not None:
        return error_row(OF_REASON[given.reason], profile)
    if ask.mode is Mode.READ:
        return data_row(ask.nik, given, chosen, profile)
    return verdict_row(ask.nik, given, profile, known=right.reasons_granted)
