"""What the sandbox notes of each call, beside its log: enough to compute a proof of concept.

The log commits to a subject without telling it, and has no entry for a login that was refused.  The sandbox's
residents are invented, so here more may be said.  The live tenant has none of this, and its database refuses it.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections import deque
from collections.abc import Iterable
from typing import Any

from hakakses.core.elements import codes_in
from hakakses.core.ledger.entry import Entry, decode_entry, record_key, subject_commitment
from hakakses.core.poc import LOGIN_REFUSED, REPEATED, UNKNOWN, Call
from hakakses.store.line import Line
from hakakses.store.queries import load_queries
from hakakses.verification.ports import (
    Earlier,
    Held,
    LedgerPort,
    Outcome,
    Record,
    RegisterPort,
    Written,
)

MOST_A_DAY = 2_000  # of an agreement
MOST_COUNTED = 5_000  # the newest of an agreement; to look through more would hold up a worker that serves the country too
MOST_LOGINS_A_DAY = 20  # of a client
MOST_REPEATS = 10  # of an entry, the first time included
_REMEMBERED = 256  # residents looked up last: an entry follows its look-up at once
_SQL = load_queries("poc")


class Calls:
    """The notes of one sandbox."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def note(self, record: Record, entry: Entry, seq: int, subject: str) -> None:
        await self._line.fetch(
            _SQL["note_call"],
            record.time,
            entry.agreement,
            entry.client,
            seq,
            subject,
            record.kept is not None,
            MOST_A_DAY,
        )

    async def login_refused(self, client: str, now: dt.datetime) -> None:
        """A wrong proof in the name of a client; nothing is noted where there is no such client."""
        await self._line.fetch(_SQL["note_login"], now, client, LOGIN_REFUSED, MOST_LOGINS_A_DAY)

    async def keyed_answer(self, client: str, seq: int, now: dt.datetime) -> None:
        """An answer under an Idempotency-Key: a repeat when its entry is older than this call."""
        await self._line.fetch(_SQL["note_repeat"], now, client, seq, REPEATED, MOST_REPEATS)

    async def made(self, agreement: str) -> list[Call]:
        return _calls(await self._line.fetch(_SQL["fetch_calls"], agreement, MOST_COUNTED), agreement)


async def fetch_calls(connection: Any, agreement: str) -> list[Call]:
    """The calls made under an agreement in the sandbox, in their order."""
    return _calls(await connection.fetch(_SQL["fetch_calls"], agreement, MOST_COUNTED), agreement)


def _calls(rows: Iterable[Any], agreement: str) -> list[Call]:
    """What the log says of each call, and the note adds; a note whose entry is another agreement's counts for nothing."""
    found = []
    for row in rows:
        if row["decision"]:
            found.append(Call(row["at"], row["client"], row["decision"], row["seq"]))
        elif row["entry"] is not None and (entry := decode_entry(row["entry"])).agreement == agreement:
            found.append(_call(entry, row))
    return found


def _call(entry: Entry, row: Any) -> Call:
    return Call(
        at=dt.datetime.fromtimestamp(entry.time_ms / 1000, dt.UTC),
        client=entry.client,
        decision=entry.decision,
        seq=row["seq"],
        mode=entry.mode,
        purpose=entry.purpose,
        caller=entry.caller,
        elements=codes_in(entry.elements),
        subject=row["subject"],
        keyed=row["keyed"],
    )


class WatchedStores:
    """The sandbox's register and log: they answer as any others, and each entry is noted as a call.

    Whom an entry is about is found by trying its commitment on the residents looked up last, so that no door and
    no rule needs to know of the sandbox.
    """

    def __init__(self, register: RegisterPort, ledger: LedgerPort, calls: Calls) -> None:
        self._register, self._ledger, self._calls = register, ledger, calls
        self._lately: deque[tuple[str, Held]] = deque(maxlen=_REMEMBERED)

    async def fetch(self, nik: str) -> Held:
        held = await self._register.fetch(nik)
        self._lately.append((nik, held))
        return held

    async def family(self, no_kk: str) -> tuple[str, ...]:
        return await self._register.family(no_kk)

    async def append(self, record: Record) -> Outcome:
        outcome = await self._ledger.append(record)
        if isinstance(outcome, Written):
            entry = decode_entry(record.entry)
            await self._calls.note(record, entry, outcome.seq, self._subject(entry))
        return outcome

    async def earlier(self, client: str, key: bytes) -> Earlier | None:
        return await self._ledger.earlier(client, key)

    def guess_subject(self, institution: str, index: bytes) -> bytes:
        return self._ledger.guess_subject(institution, index)

    def guess_tag(self, subject: bytes, element: int, value: str) -> bytes:
        return self._ledger.guess_tag(subject, element, value)

    def _subject(self, entry: Entry) -> str:
        if not entry.subject:
            return ""
        for nik, held in reversed(self._lately):
            key = record_key(held.log_key, entry.nonce)
            if hmac.compare_digest(subject_commitment(key, nik), entry.subject):
                return UNKNOWN if held.resident is None else held.resident.status.name
        return ""
