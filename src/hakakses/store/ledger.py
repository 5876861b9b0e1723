"""The access log's writer: many entries, one transaction, committed before any answer leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES, WINDOW
from hakakses.store.batching import Batcher
from hakakses.store.keys import KeyName, Keystore
from hakakses.store.pool import borrowed
from hakakses.store.queries import load_queries
from hakakses.verification.ports import (
    AnsweredBefore,
    Earlier,
    GuessesUsedUp,
    Outcome,
    QuotaUsedUp,
    Record,
    Written,
)

MOST_ENTRIES = 512
WAITING = 2048
KEPT_FOR = dt.timedelta(hours=24)
TAG_BYTES = 8
_SUBJECT_BYTES = 16
_NONCE_BYTES = 12
_SQL = load_queries("ledger")
_REFUSALS: dict[int, Outcome] = {1: QuotaUsedUp(), 2: GuessesUsedUp(), 3: AnsweredBefore()}


class Ledger:
    """Appends entries and counts what must be exact; raises StoreUnavailable and then nothing counts."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], keystore: Keystore) -> None:
        self._pool = pool
        self._guess_key = keystore.root(KeyName.GUESS)
        self._replay = AESGCM(keystore.root(KeyName.REPLAY))
        self._batcher: Batcher[Record, Outcome] = Batcher(
            self._append, most=MOST_ENTRIES, in_flight=1, waiting=WAITING, apart=_apart
        )

    async def append(self, record: Record) -> Outcome:
        return await self._batcher.submit(record)

    def guess_subject(self, institution: str, index: bytes) -> bytes:
        """Who guesses about whom, as 16 bytes that tell neither."""
        message = institution.encode() + b"\0" + index
        return hashlib.blake2b(message, key=self._guess_key, digest_size=_SUBJECT_BYTES).digest()

    def guess_tag(self, subject: bytes, element: int, value: str) -> bytes:
        """A claimed value as 8 bytes that do not tell it."""
        message = subject + bytes([element]) + value.encode()
        return hashlib.blake2b(message, key=self._guess_key, digest_size=TAG_BYTES).digest()

    async def earlier(self, client: str, key: bytes) -> Earlier | None:
        since = dt.datetime.now(dt.UTC) - KEPT_FOR
        row = await self._row("fetch_kept_answer", client, key, since)
        if row is None:
            return None
        sealed = row["sealed"]
        answer = self._replay.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], client.encode() + key)
        return Earlier(row["request"], answer, row["seq"], row["quota_remaining"])

    async def entry(self, seq: int) -> tuple[bytes, bytes] | None:
        """Leaf hash and leaf of one entry."""
        row = await self._row("fetch_entry", seq)
        return None if row is None else (row["leaf_hash"], row["entry"])

    async def quota_used(self, agreement: str, day: dt.date) -> int:
        row = await self._row("fetch_quota_use", agreement, day)
        return 0 if row is None else int(row["used"])

    async def _row(self, query: str, *values: object) -> asyncpg.Record | None:
        async with borrowed(self._pool, "ledger") as connection:
            row: asyncpg.Record | None = await connection.fetchrow(_SQL[query], *values)
        return row

    async def _append(self, records: list[Record]) -> Sequence[Outcome]:
        async with borrowed(self._pool, "ledger") as connection:
            rows = await connection.fetch(_SQL["append_entries"], *self._columns(records))
        outcomes: list[Outcome] = [AnsweredBefore()] * len(records)
        for item, outcome, seq, remaining in rows:
            outcomes[item - 1] = Written(seq, remaining) if outcome == 0 else _REFUSALS[outcome]
        return outcomes

    def _columns(self, records: list[Record]) -> Iterator[Any]:
        yield [record.entry for record in records]
        yield [record.leaf_hash for record in records]
        yield [record.detail for record in records]
        yield [record.agreement for record in records]
        yield [record.quota for record in records]
        yield [record.day for record in records]
        yield from _guess_columns(records)
        yield from self._kept_columns(records)
        now = records[-1].time
        yield DISTINCT_WRONG_VALUES
        yield now - WINDOW
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


def _guess_columns(records: list[Record]) -> Iterator[list[Any]]:
    guesses = [
        (n, record.guess_subject, guess) for n, record in enumerate(records, 1) for guess in record.guesses
    ]
    yield [n for n, _, _ in guesses]
    yield [subject for _, subject, _ in guesses]
    yield [guess.element for _, _, guess in guesses]
    yield [guess.tag for _, _, guess in guesses]


def _apart(record: Record) -> Sequence[Hashable]:
    """Guesses about one subject, and uses of one Idempotency-Key, are judged one after the other."""
    keys: list[Hashable] = []
    if record.guess_subject:
        keys.append(record.guess_subject)
    if record.kept is not None:
        keys.append((record.kept.client, record.kept.key))
    return keys
