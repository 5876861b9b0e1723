"""Which agreements have proved their programs in the sandbox: the lock on the live tenant's credentials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import asyncpg
import msgspec

from hakakses.core.rights.right import AccessRight, decode
from hakakses.store.queries import load_queries

UNPROVEN = "HKPOC"  # the database's own code for a credential that is still locked
_SQL = load_queries("poc")


class UnprovenError(Exception):
    """The database refuses a credential, or the web service, to an agreement that has not passed."""

    def __init__(self, agreement: str) -> None:
        super().__init__(
            f"{agreement}: uji konsep (PoC) belum lulus, jadi kredensial web service terkunci"
            " / the proof of concept is not passed, so web-service credentials are locked"
            f" (hakakses poc show {agreement})"
        )


class PocState(StrEnum):
    OPEN = "open"
    PASSED = "passed"


class Proof(msgspec.Struct, frozen=True):
    """An agreement's proof.  report: the document that the pass rests on, None where one of before was taken over."""

    state: PocState
    opened_at: dt.datetime
    passed_at: dt.datetime | None = None
    passed_by: str | None = None
    report: str | None = None
    report_sha256: str | None = None


@contextmanager
def unless_proven(agreement: str) -> Iterator[None]:
    """Turn the database's refusal into UnprovenError."""
    try:
        yield
    except asyncpg.PostgresError as fault:
        if getattr(fault, "sqlstate", None) == UNPROVEN:
            raise UnprovenError(agreement) from fault
        raise


async def open_poc(connection: Any, agreement: str) -> None:
    """Let an agreement begin to prove its program; one that has begun or passed stays as it is."""
    await connection.execute(_SQL["open_poc"], agreement)


async def pass_poc(connection: Any, agreement: str, by: str, report: str | None = None) -> bool:
    """Unlock an agreement's credentials; False when they were unlocked before.  by: who answers for it."""
    return await connection.fetchval(_SQL["pass_poc"], agreement, by, report) is not None


async def find_poc(connection: Any, agreement: str) -> Proof | None:
    row = await connection.fetchrow(_SQL["fetch_poc"], agreement)
    return None if row is None else Proof(PocState(row["state"]), *list(row.values())[1:])


async def right_in_force(connection: Any, agreement: str) -> AccessRight | None:
    row = await connection.fetchrow(_SQL["fetch_right"], agreement)
    return None if row is None else msgspec.structs.replace(decode(row["body"]), number=row["number"])
