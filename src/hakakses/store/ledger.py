"""The access log's writer: many entries, one transaction, committed before any answer leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import asyncpg
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES, WINDOW
from hakakses.store.batching import Batcher
from hakakses.store.keys import KeyName, Keystore
from hakakses.store.line import Line
from hakakses.store.queries import load_queries
from hakakses.verification.ports import (
    AnsweredBefore,
    Earlier,
    GuessesUsedUp,
    OperatorElsewhere,
    Outcome,
    QuotaUsedUp,
    Record,
    Written,
)

MOST_ENTRIES = 512
MOST_KEYS = 256
WAITING = 2048
KEPT_FOR = dt.timedelta(hours=24)
SEAT_HELD_FOR = dt.timedelta(
    minutes=5
)  # after an operator's last ask, before another workstation may be theirs
TAG_BYTES = 8
_SUBJECT_BYTES = 16
_NONCE_BYTES = 12
_SQL = load_queries("ledger")
_REFUSALS: dict[int, Outcome] = {
    1: QuotaUsedUp(),
    2: GuessesUsedUp(),
    3: AnsweredBefore(),
    4: OperatorElsewhere(),
}


class _Charges(msgspec.Struct, frozen=True):
    """What a batch spends.  items: per record the place of its quota, from 1, or 0."""

    items: list[int]
    agreements: list[str]
    limits: list[int]
    days: list[dt.date]


class Ledger:
    """Appends entries and counts what must be exact; raises StoreUnavailable and then nothing counts.

    writing: for entries alone, which nothing else may hold up.  looking: for all other questions.
    """

    def __init__(
        self,
        writing: Line,
        looking: Line,
        keystore: Keystore,
        observe: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._write, self._look = writing, looking
        self._guess_key = keystore.root(KeyName.GUESS)
        self._replay = AESGCM(keystore.root(KeyName.REPLAY))
        self._writing: Batcher[Record, Outcome] = Batcher(
            self._append, writing.turn, most=MOST_ENTRIES, waiting=WAITING, apart=_apart, observe=observe
        )
        self._looking: Batcher[tuple[str, bytes], asyncpg.Record] = Batcher(
            self._kept, looking.turn, most=MOST_KEYS, waiting=WAITING
        )

    async def append(self, record: Record) -> Outcome:
        return await self._writing.submit(record)

    def guess_subject(self, institution: str, index: bytes) -> bytes:
        """Who guesses about whom, as 16 bytes that tell neither."""
        message = institution.encode() + b"\0" + index
        return hashlib.blake2b(message, key=self._guess_key, digest_size=_SUBJECT_BYTES).digest()

    def guess_tag(self, subject: bytes, element: int, value: str) -> bytes:
        """A claimed value as 8 bytes that do not tell it."""
        message = subject + bytes([element]) + value.encode()
        return hashlib.blake2b(message, key=self._guess_key, digest_size=TAG_BYTES).digest()

    async def earlier(self, client: str, key: bytes) -> Earlier | None:
        request, sealed, seq, quota_remaining = await self._looking.submit((client, key))
        if request is None:
            return None
        answer = self._replay.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], client.encode() + key)
        return Earlier(request, answer, seq, quota_remaining)

    async def entry(self, seq: int) -> tuple[bytes, bytes] | None:
        """Leaf hash and leaf of one entry."""
        row = await self._look.fetch_one(_SQL["fetch_entry"], seq)
        return None if row is None else (row["leaf_hash"], row["entry"])

    async def quota_used(self, agreement: str, day: dt.date) -> int:
        row = await self._look.fetch_one(_SQL["fetch_quota_use"], agreement, day)
        return 0 if row is None else int(row["used"])

    async def operator_use(self, agreement: str, day: dt.date) -> dict[str, int]:
        """Operator -> answers given to them on a day."""
        rows = await self._look.fetch(_SQL["fetch_operator_use"], agreement, day)
        return {row["operator"]: row["asks"] for row in rows}

    async def forget(self, now: dt.datetime) -> None:
        """Drop wrong values and kept answers that no rule looks at any more."""
        await self._look.fetch_one(_SQL["forget_old"], now - WINDOW, now - KEPT_FOR)

    async def _kept(self, keys: list[tuple[str, bytes]]) -> Sequence[asyncpg.Record]:
        since = dt.datetime.now(dt.UTC) - KEPT_FOR
        clients, digests = zip(*keys, strict=True)
        return await self._look.fetch_in_turn(_SQL["fetch_kept_answers"], clients, digests, since)

    async def _append(self, records: list[Record]) -> Sequence[Outcome]:
        charges = _charges(records)
        [row] = await self._write.fetch_in_turn(_SQL["append_entries"], *self._columns(records, charges))
        return _outcomes(records, charges.items, *row)

    def _columns(self, records: list[Record], charges: _Charges) -> Iterator[Any]:
        yield [record.entry for record in records]
        yield [record.leaf_hash for record in records]
        yield [record.detail for record in records]
        yield charges.items
        yield charges.agreements
        yield charges.limits
        yield charges.days
        yield [record.guess_subject for record in records]
        yield [_asked(record) for record in records]
        yield from _wrong_columns(records)
        yield from self._kept_columns(records)
        yield from _seat_columns(records)
        now = records[-1].time
        yield DISTINCT_WRONG_VALUES
        yield now - WINDOW
        yield now - SEAT_HELD_FOR
        yield now

    def _kept_columns(self, records: list[Record]) -> Iterator[list[Any]]:
        kept = [(n, record.kept) for n, record in enumerate(records, 1) if record.kept is not None]
        yield [n for n, _ in kept]
        yield [keep.client for _, keep in kept]
        yield [keep.key for _, keep in kept]
        yield [keep.request for _, keep in kept]
        yield [self._seal(keep.client, keep.key, keep.answer) for _, keep in kept]

    def _seal(self, client: str, key: bytes, answer: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._replay.encrypt(nonce, answer, client.encode() + key)


def _charges(records: list[Record]) -> _Charges:
    """While a right changes, two limits can meet in one batch: the lower one holds."""
    places: dict[tuple[str, dt.date], int] = {}
    items: list[int] = []
    limits: list[int] = []
    for record in records:
        if record.agreement is None:
            items.append(0)
            continue
        place = places.setdefault((record.agreement, record.day), len(places) + 1)
        if place > len(limits):
            limits.append(record.quota)
        limits[place - 1] = min(limits[place - 1], record.quota)
        items.append(place)
    return _Charges(items, [agreement for agreement, _ in places], limits, [day for _, day in places])


def _asked(record: Record) -> int:
    """The elements whose guesses count, as a bitmap."""
    bits = 0
    for guess in record.guesses:
        bits |= 1 << guess.element
    return bits


def _wrong_columns(records: list[Record]) -> Iterator[list[Any]]:
    wrong = [
        (n, guess) for n, record in enumerate(records, 1) for guess in record.guesses if guess.tag is not None
    ]
    yield [n for n, _ in wrong]
    yield [guess.element for _, guess in wrong]
    yield [guess.tag for _, guess in wrong]


def _seat_columns(records: list[Record]) -> Iterator[list[Any]]:
    seats = [(n, record.operator) for n, record in enumerate(records, 1) if record.operator is not None]
    yield [n for n, _ in seats]
    yield [seat.agreement for _, seat in seats]
    yield [seat.operator for _, seat in seats]
    yield [seat.workstation for _, seat in seats]


def _outcomes(
    records: list[Record], charges: list[int], first: int, used: list[int] | None, codes: list[int]
) -> list[Outcome]:
    """Numbers and what is left of the quota, counted on from where the batch began."""
    spent, seq = [0, *(used or ())], first
    outcomes: list[Outcome] = []
    for record, charge, code in zip(records, charges, codes, strict=True):
        if code:
            outcomes.append(_REFUSALS[code])
            continue
        spent[charge] += 1
        outcomes.append(Written(seq, max(record.quota - spent[charge], 0)))
        seq += 1
    return outcomes


def _apart(record: Record) -> Sequence[Hashable]:
    """Guesses about one subject, uses of one Idempotency-Key and asks of one operator are judged one by one."""
    keys: list[Hashable] = []
    if record.guess_subject:
        keys.append(record.guess_subject)
    if record.kept is not None:
        keys.append((record.kept.client, record.kept.key))
    if record.operator is not None:
        keys.append((record.operator.agreement, record.operator.operator))
    return keys
