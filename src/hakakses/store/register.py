"""Residents by NIK: look-ups that arrive together travel together."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg

from hakakses.core.families import MOST_MEMBERS, members
from hakakses.core.residents import Resident
from hakakses.store.batching import Batcher
from hakakses.store.cipher import INDEX_BYTES, NO_SALT, SHARDS, RegisterCipher
from hakakses.store.keys import Keystore
from hakakses.store.line import Line
from hakakses.store.queries import load_queries
from hakakses.verification.ports import Held

MOST_KEYS = 256
WAITING = 2048
FAMILIES_WAITING = 128
_LOW = [bytes([shard]) for shard in range(SHARDS)]
_HIGH = [*_LOW[1:], b"\xff" * (INDEX_BYTES + 1)]
_SQL = load_queries("register")


class Register:
    """Reads the register; raises StoreUnavailable when the database does not answer."""

    def __init__(
        self,
        line: Line,
        keystore: Keystore,
        observe: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._line = line
        self._cipher = RegisterCipher(keystore)
        self._batcher: Batcher[bytes, asyncpg.Record] = Batcher(
            self._fetch, line.turn, most=MOST_KEYS, waiting=WAITING, observe=observe
        )
        # One at a time: a family is read rarely, and its trip is longer than a batch's.
        self._families: Batcher[str, list[asyncpg.Record]] = Batcher(
            self._fetch_family, line.turn, most=1, waiting=FAMILIES_WAITING
        )

    async def fetch(self, nik: str) -> Held:
        index = self._cipher.index(nik)
        sealed, as_of, salt, newest = await self._batcher.submit(index)
        return Held(
            index=index,
            resident=self._open(index, sealed),
            as_of=as_of or newest,
            newest=newest,
            log_key=self._cipher.log_key(index, salt or NO_SALT),
        )

    async def family(self, no_kk: str) -> tuple[str, ...]:
        rows = await self._families.submit(no_kk)
        return members(no_kk, (self._cipher.open(row["key"], row["resident"]) for row in rows))

    def _open(self, index: bytes, sealed: bytes | None) -> Resident | None:
        return None if sealed is None else self._cipher.open(index, sealed)

    async def _fetch(self, indexes: list[bytes]) -> list[asyncpg.Record]:
        return await self._line.fetch_in_turn(_SQL["fetch_residents"], indexes)

    async def _fetch_family(self, cards: list[str]) -> list[list[asyncpg.Record]]:
        return [
            await self._line.fetch_in_turn(
                _SQL["fetch_family"], self._cipher.family_tags(card), _LOW, _HIGH, MOST_MEMBERS + 1
            )
            for card in cards
        ]
