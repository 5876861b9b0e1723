"""The gateway with faults that a request may ask for by name: what a test that finds nothing must be able to find."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import msgspec
from msgspec.structs import replace

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Relation
from hakakses.gateway import app, problem_json, serve
from hakakses.gateway.app import Gateway
from hakakses.gateway.exchange import Reply, json_reply
from hakakses.gateway.identity import Identity
from hakakses.gateway.osia import dataaccess, door, errors, thirdparty
from hakakses.gateway.osia.dataaccess import MatchingError
from hakakses.gateway.osia.reading import Transaction
from hakakses.settings import load_settings
from hakakses.verification.answer import Answer, Result
from hakakses.verification.verify import Asker

HEADER = "x-break"
_asked: ContextVar[str] = ContextVar("asked", default="")


class _Every(frozenset[str]):
    """A set of scopes that lacks none."""

    def isdisjoint(self, _: object) -> bool:
        return False


def _reply(change: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda original, outcome, *status: original(change(outcome), *status)


def _of(kind: type, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda outcome: change(outcome) if isinstance(outcome, kind) else outcome


def _told_as(number: int) -> Callable[[Any], Any]:
    return _of(list, lambda found: [replace(one, error_code=number) for one in found])


def _all_absent(outcome: Any) -> Any:
    whole = isinstance(outcome, list) and len(outcome) > 1 and isinstance(outcome[0], MatchingError)
    return [replace(one, error_code=0) for one in outcome] if whole else outcome


def _proof_as_object(outcome: Any) -> Any:
    found = msgspec.to_builtins(outcome)
    return {**found, "verificationProof": {"seq": 1}}


async def _anybody(original: Any, request: Any, parts: Any) -> Any:
    who = await original(request, parts)
    if not isinstance(who, Refused):
        return who
    client = parts.tenants[0].directory.client("tester")
    return Identity(parts.tenants[0], client, _Every())


async def _every_scope(original: Any, request: Any, parts: Any) -> Any:
    who = await original(request, parts)
    return who if isinstance(who, Refused) else replace(who, scopes=_Every())


def _instead(of: problems.Problem, value: Any) -> Callable[..., Any]:
    """What is refused for this problem is taken as this value."""

    def read(original: Any, *arguments: Any) -> Any:
        found = original(*arguments)
        return value if isinstance(found, Refused) and found.problem is of else found

    return read


def _nothing_is_all(original: Any, refused: Refused) -> Reply:
    return json_reply([]) if refused.problem is problems.NO_ELEMENTS else original(refused)


async def _unknown_told(original: Any, *arguments: Any) -> Any:
    found = await original(*arguments)
    nothing = isinstance(found, Answer) and Result.SESUAI not in found.elements.values()
    return Refused(problems.RESIDENT_NOT_ANSWERED) if nothing else found


async def _every_relation(original: Any, ask: Any, asker: Asker, *rest: Any) -> Any:
    granted = {code: replace(one, relations=tuple(Relation)) for code, one in asker.right.verify.items()}
    return await original(ask, Asker(asker.credential, replace(asker.right, verify=granted)), *rest)


async def _no_budget(original: Any, ask: Any, asker: Asker, *rest: Any) -> Any:
    nobody = replace(asker.right.institution, id=os.urandom(8).hex())
    return await original(ask, Asker(asker.credential, replace(asker.right, institution=nobody)), *rest)


async def _faulty(original: Any, *arguments: Any) -> Any:
    raise ZeroDivisionError


def _without_allow(original: Any, *arguments: Any) -> Reply:
    reply = original(*arguments)
    return Reply(reply.status, [one for one in reply.headers if one[0] != "allow"], reply.body)


# name -> where the fault sits, what it does
BREAKS: dict[str, tuple[ModuleType, str, Callable[..., Any]]] = {
    "a number that no document knows": (door, "json_reply", _reply(_told_as(2))),
    "an object for a truth value": (door, "json_reply", _reply(_of(bool, lambda value: {"result": value}))),
    "a proof that is no text": (door, "json_reply", _reply(_of(thirdparty.VerifyResult, _proof_as_object))),
    "values outside their part": (
        door,
        "json_reply",
        _reply(_of(thirdparty.AttributeSet, lambda found: found.biographic_data)),
    ),
    "any token": (door, "identify", _anybody),
    "a status that no document knows": (errors, "status_of", lambda _, problem: problem_json.status_of(problem)),
    "wrong types taken": (
        dataaccess,
        "read_attributes",
        _instead(problems.WRONG_SHAPE, {"NAMA_LGKP": "X"}),
    ),
    "no transaction": (thirdparty, "read_transaction", _instead(problems.WRONG_SHAPE, Transaction("-"))),
    "a fault": (door, "verify", _faulty),
    "no word of the methods": (app, "not_allowed", _without_allow),
    "nothing asked is all matched": (door, "refusal", _nothing_is_all),
    "an unknown resident is told": (door, "verify", _unknown_told),
    "an unknown resident has no attributes": (door, "json_reply", _reply(_all_absent)),
    "every relation": (door, "verify", _every_relation),
    "every scope": (door, "identify", _every_scope),
    "guessing without end": (door, "verify", _no_budget),
}  # fmt: skip


def _put_in(name: str, module: ModuleType, attribute: str, fault: Callable[..., Any]) -> None:
    original = getattr(module, attribute)

    def one_or_the_other(*arguments: Any) -> Any:
        return fault(original, *arguments) if _asked.get() == name else original(*arguments)

    setattr(module, attribute, one_or_the_other)


class Broken(Gateway):
    """A gateway that is whole unless a request says otherwise."""

    async def _reply(self, scope: Any, protocol: Any) -> Reply:
        _asked.set(scope.headers.get(HEADER) or "")
        return await super()._reply(scope, protocol)


def application() -> Gateway:
    for name, fault in BREAKS.items():
        _put_in(name, *fault)
    app.Gateway = Broken  # type: ignore[misc]
    return app.application()


if __name__ == "__main__":
    serve.TARGET = "tests.gateway.osia.broken:application"
    serve.serve(load_settings())
