"""Residents by NIK: look-ups that arrive together travel together."""

from __future__ import annotations

import hmac
from collections.abc import Callable

import asyncpg

from hakakses.core.residents import Resident
from hakakses.store.batching import Batcher
from hakakses.store.cipher import RegisterCipher
from hakakses.store.keys import KeyName, Keystore
from hakakses.store.pool import borrowed
from hakakses.store.queries import load_queries
from hakakses.verification.ports import Held

MOST_KEYS = 256
IN_FLIGHT = 1
WAITING = 2048
_SQL = load_queries("register")


class Register:
    """Reads the register; raises StoreUnavailable when the database does not answer."""

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        keystore: Keystore,
        observe: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._pool = pool
        self._cipher = RegisterCipher(keystore)
        self._absent = keystore.derive(KeyName.SUBJECT, b"absent")
        self._batcher: Batcher[bytes, asyncpg.Record] = Batcher(
            self._fetch, most=MOST_KEYS, in_flight=IN_FLIGHT, waiting=WAITING, observe=observe
        )

    async def fetch(self, nik: str) -> Held:
        index = self._cipher.index(nik)
        sealed, as_of, subject_key, newest = await self._batcher.submit(index)
        return Held(
            index=index,
            resident=self._open(index, sealed),
            as_of=as_of or newest,
            newest=newest,
            log_key=self._log_key(index, subject_key),
        )

    def _open(self, index: bytes, sealed: bytes | None) -> Resident | None:
        return None if sealed is None else self._cipher.open(index, sealed)

    def _log_key(self, index: bytes, sealed: bytes | None) -> bytes:
        """Who is not in the register has a log key that is derived, so that unknown NIKs create no rows."""
        if sealed is None:
            return hmac.digest(self._absent, index, "sha256")
        return self._cipher.open_subject_key(index, sealed)

    async def _fetch(self, indexes: list[bytes]) -> list[asyncpg.Record]:
        async with borrowed(self._pool, "register") as connection:
            rows: list[asyncpg.Record] = await connection.fetch(_SQL["fetch_residents"], indexes)
        return rows
