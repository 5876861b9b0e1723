"""Proof of concept: what a program must have shown in the sandbox before the web service answers it.

A table of demands and a pure function over the calls really made.  Nobody ticks an item by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Problem
from hakakses.core.residents import ResidentStatus
from hakakses.core.rights.ask import CallerKind, Mode
from hakakses.core.rights.right import AccessRight

REHEARSAL_QUOTA = 100  # answers a day: a program must be able to meet the end of it
HANDLED_WITHIN = dt.timedelta(minutes=15)
PATIENCE = dt.timedelta(minutes=1)
MOST_AFTER_QUOTA = 3  # asks that a program may still have under way when it learns that the quota is gone
LOGIN_REFUSED, REPEATED = "login_refused", "repeated"
MATCH, MISMATCH, READ = "SESUAI", "TIDAK_SESUAI", "READ"
UNKNOWN = "TIDAK_DITEMUKAN"


class Call(msgspec.Struct, frozen=True):
    """One call made in the sandbox.

    decision: as the log has it, or LOGIN_REFUSED or REPEATED, which it has no entry for.  seq: the entry.
    subject: the resident's status, UNKNOWN for nobody, "" where nobody was looked up.
    keyed: under an Idempotency-Key.
    """

    at: dt.datetime
    client: str
    decision: str
    seq: int | None = None
    mode: str = ""
    purpose: str = ""
    caller: str = ""
    elements: tuple[str, ...] = ()
    subject: str = ""
    keyed: bool = False


class Item(msgspec.Struct, frozen=True):
    """One demand and whether it is met.

    at: when it was.  entries: numbers in the sandbox's log that prove it.  missing: what is still to be asked.
    """

    code: str
    text_id: str
    text_en: str
    done: bool
    at: dt.datetime | None = None
    entries: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()


class Evidence(msgspec.Struct, frozen=True):
    """The calls that meet a demand, or what is still missing; both empty where nothing was tried."""

    calls: tuple[Call, ...] = ()
    missing: tuple[str, ...] = ()


Calls: TypeAlias = Sequence[Call]
Test: TypeAlias = Callable[[Call], bool]


class Demand(msgspec.Struct, frozen=True):
    """of: whether it is made of a program under a right, that called so.  look: the earliest evidence."""

    code: str
    text_id: str
    text_en: str
    of: Callable[[AccessRight, Calls], bool]
    look: Callable[[AccessRight, Calls], Evidence]


def checklist(right: AccessRight, calls: Calls) -> tuple[Item, ...]:
    """The demands that a right makes, each with its evidence among the calls, which are in their order."""
    return tuple(_item(demand, demand.look(right, calls)) for demand in DEMANDS if demand.of(right, calls))


def complete(items: Iterable[Item]) -> bool:
    return all(item.done for item in items)


def rehearsed(right: AccessRight) -> AccessRight:
    """The right as the sandbox has it: the same, with a quota that can be used up."""
    return msgspec.structs.replace(right, quota_per_day=min(right.quota_per_day, REHEARSAL_QUOTA))


def _item(demand: Demand, found: Evidence) -> Item:
    done = bool(found.calls) and not found.missing
    return Item(
        demand.code,
        demand.text_id,
        demand.text_en,
        done,
        found.calls[-1].at if done else None,
        tuple(call.seq for call in found.calls if call.seq is not None) if done else (),
        found.missing,
    )


def _answered(call: Call) -> bool:
    return call.decision in (MATCH, MISMATCH, READ, problems.RESIDENT_NOT_ANSWERED.code)


def _right_call(call: Call) -> bool:
    return call.decision in (MATCH, READ)


def _mismatch(call: Call) -> bool:
    return call.decision == MISMATCH and call.subject == ResidentStatus.AKTIF.name


def _unknown(call: Call) -> bool:
    return _answered(call) and call.subject == UNKNOWN


def _blocked(call: Call) -> bool:
    return _answered(call) and call.subject not in ("", UNKNOWN, ResidentStatus.AKTIF.name)


def _first(test: Test) -> Callable[[AccessRight, Calls], Evidence]:
    return lambda _, calls: Evidence(tuple(call for call in calls if test(call))[:1])


def _handled(*decisions: str) -> Callable[[AccessRight, Calls], Evidence]:
    """An error, and soon after it a right call of the same client; of several errors before it, the last."""

    def look(_: AccessRight, calls: Calls) -> Evidence:
        errors: dict[str, Call] = {}
        for call in calls:
            if call.decision in decisions:
                errors[call.client] = call
            elif _right_call(call) and call.client in errors:
                error = errors[call.client]
                if call.at - error.at <= HANDLED_WITHIN:
                    return Evidence((error, call))
        return Evidence()

    return look


def _refusals(*refused: Problem) -> Callable[[AccessRight, Calls], Evidence]:
    return _handled(*(problem.code for problem in refused))


def _stopped(_: AccessRight, calls: Calls) -> Evidence:
    """The quota used up by a client that then leaves off, though no right call can follow before midnight."""
    refused = [call for call in calls if call.decision == problems.QUOTA_EXHAUSTED.code]
    for run in _runs(refused):
        if len(run) <= 1 + MOST_AFTER_QUOTA:
            return Evidence((run[0],))
    return Evidence()


def _runs(refused: Calls) -> list[list[Call]]:
    """Refusals of one client that follow one another without a pause."""
    runs: list[list[Call]] = []
    last: dict[str, list[Call]] = {}
    for call in refused:
        run = last.get(call.client)
        if run is None or call.at - run[-1].at > PATIENCE:
            run = []
            runs.append(run)
        run.append(call)
        last[call.client] = run
    return runs


def _covered(
    wanted: Callable[[AccessRight], Iterable[str]], of: Callable[[Call], Iterable[str]]
) -> Callable[[AccessRight, Calls], Evidence]:
    """Each of the wanted in some answered call; the evidence is the call that completed them."""

    def look(right: AccessRight, calls: Calls) -> Evidence:
        missing = set(wanted(right))
        for call in calls:
            if _answered(call) and not missing.isdisjoint(of(call)):
                missing.difference_update(of(call))
                if not missing:
                    return Evidence((call,))
        return Evidence(missing=tuple(sorted(missing)))

    return look


def _granted(mode: Mode) -> Callable[[AccessRight], set[str]]:
    def codes(right: AccessRight) -> set[str]:
        named = {
            code
            for purpose in right.purposes.values()
            for code in (purpose.verify if mode is Mode.VERIFY else purpose.read)
        }
        return named & right.permissions(mode).keys()

    return codes


def _asked(mode: Mode) -> Callable[[Call], Iterable[str]]:
    return lambda call: call.elements if call.mode == mode else ()


def _always(_: AccessRight, __: Calls) -> bool:
    return True


def _verifying(right: AccessRight, _: Calls) -> bool:
    return bool(right.verify)


def _reading(right: AccessRight, _: Calls) -> bool:
    return bool(right.read)


def _by(kind: CallerKind) -> Callable[[AccessRight, Calls], bool]:
    return lambda right, _: kind in right.callers


def _keyed(_: AccessRight, calls: Calls) -> bool:
    return any(call.keyed for call in calls)


def _called_by(kind: CallerKind) -> Test:
    return lambda call: _answered(call) and call.caller == kind


# A refusal that cannot be provoked at will (network, hours, a service that is away) is not in the list.
DEMANDS = (
    Demand(
        "match",
        "Jawaban SESUAI diterima",
        "An answer SESUAI received",
        _verifying,
        _first(lambda call: call.decision == MATCH),
    ),
    Demand(
        "mismatch",
        "Jawaban TIDAK_SESUAI diterima untuk penduduk yang aktif",
        "An answer TIDAK_SESUAI received about an active resident",
        _verifying,
        _first(_mismatch),
    ),
    Demand(
        "read",
        "Nilai dibaca",
        "Values read",
        _reading,
        _first(lambda call: call.decision == READ),
    ),
    Demand(
        "unknown",
        "NIK yang tidak terdaftar ditanyakan",
        "A NIK of nobody asked about",
        _always,
        _first(_unknown),
    ),
    Demand(
        "blocked",
        "Penduduk meninggal, ganda, atau nonaktif ditanyakan",
        "A deceased, duplicate or inactive resident asked about",
        _always,
        _first(_blocked),
    ),
    Demand(
        "elements_verified",
        "Setiap elemen yang boleh diperiksa pernah ditanyakan",
        "Every element that may be verified asked about",
        _verifying,
        _covered(_granted(Mode.VERIFY), _asked(Mode.VERIFY)),
    ),
    Demand(
        "elements_read",
        "Setiap elemen yang boleh dibaca pernah dibaca",
        "Every element that may be read was read",
        _reading,
        _covered(_granted(Mode.READ), _asked(Mode.READ)),
    ),
    Demand(
        "purposes",
        "Setiap tujuan pernah dipakai",
        "Every purpose used",
        _always,
        _covered(lambda right: right.purposes, lambda call: (call.purpose,)),
    ),
    Demand(
        "machine",
        "Bertanya sebagai mesin",
        "Asked as a machine",
        _by(CallerKind.MACHINE),
        _first(_called_by(CallerKind.MACHINE)),
    ),
    Demand(
        "operator",
        "Operator terdaftar disebut",
        "A registered operator named",
        _by(CallerKind.OPERATOR),
        _first(_called_by(CallerKind.OPERATOR)),
    ),
    Demand(
        "login_handled",
        "Kata sandi atau kunci salah ditolak, lalu panggilan benar",
        "A wrong secret or key refused, then a right call",
        _always,
        _handled(LOGIN_REFUSED),
    ),
    Demand(
        "malformed_handled",
        "Permintaan yang salah bentuk ditolak, lalu panggilan benar",
        "A malformed request refused, then a right call",
        _always,
        _refusals(
            problems.NOT_JSON,
            problems.TOO_LARGE,
            problems.WRONG_SHAPE,
            problems.NO_ELEMENTS,
            problems.UNKNOWN_ELEMENT,
            problems.INVALID_NIK,
            problems.INVALID_VALUE,
            problems.OPERATOR_MISSING,
        ),
    ),
    Demand(
        "ungranted_handled",
        "Permintaan di luar perjanjian ditolak, lalu panggilan benar",
        "An ask beyond the agreement refused, then a right call",
        _always,
        _refusals(
            problems.ELEMENT_NOT_GRANTED,
            problems.ELEMENT_NOT_FOR_PURPOSE,
            problems.PURPOSE_NOT_GRANTED,
            problems.MODE_NOT_GRANTED,
            problems.CALLER_NOT_GRANTED,
            problems.RELATION_NOT_GRANTED,
            problems.SERVICE_NOT_GRANTED,
            problems.SCOPE_NOT_GRANTED,
        ),
    ),
    Demand(
        "operator_handled",
        "Operator yang tidak terdaftar ditolak, lalu panggilan benar",
        "An unregistered operator refused, then a right call",
        _by(CallerKind.OPERATOR),
        _refusals(problems.OPERATOR_UNKNOWN, problems.OPERATOR_DISABLED),
    ),
    Demand(
        "guesses_handled",
        "Terlalu banyak nilai salah ditolak, lalu panggilan benar tentang penduduk lain",
        "Too many wrong values refused, then a right call about another resident",
        _verifying,
        _refusals(problems.GUESSES_EXHAUSTED),
    ),
    Demand(
        "repeat",
        "Permintaan diulang dengan Idempotency-Key yang sama",
        "An ask repeated under its Idempotency-Key",
        _keyed,
        _first(lambda call: call.decision == REPEATED),
    ),
    Demand(
        "quota_handled",
        "Kuota habis dihadapi, lalu program berhenti bertanya",
        "The quota met its end, and the program left off asking",
        _always,
        _stopped,
    ),
)
