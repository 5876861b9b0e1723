"""Connections: each takes the role of its process and the tenant's schema."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import asyncpg

from hakakses.verification.ports import StoreUnavailable

GATEWAY = "hakakses_gateway"
SEALER = "hakakses_sealer"
PUBLISHER = "hakakses_publisher"
CONNECT_WITHIN = 5.0  # seconds
# Session of the hot path, where every query finds its rows by key.  The planner must not scan a table because its
# statistics are young, and planning a batch anew costs more than running it.
BY_KEY = {
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "plan_cache_mode": "force_generic_plan",
}
# What a database that is away, restarting or refusing looks like.
FAULTS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def _session(role: str, schema: str, session: dict[str, str] | None) -> dict[str, str]:
    return {"role": role, "search_path": schema, "application_name": role, **(session or {})}


async def connect(
    dsn: str, role: str, schema: str, session: dict[str, str] | None = None
) -> asyncpg.Connection[Any]:
    """A connection as a role, in a tenant's schema.  session: further server settings."""
    return await asyncpg.connect(dsn, timeout=CONNECT_WITHIN, server_settings=_session(role, schema, session))


class Line:
    """One connection that is opened when first used, and anew after a fault; it needs no database to start.

    turn: one query is under way at a time.  A pool would cost each batch its bookkeeping.
    Raises StoreUnavailable of the named store.
    """

    def __init__(self, dsn: str, role: str, schema: str, store: str) -> None:
        self._open = partial(connect, dsn, role, schema, BY_KEY)
        self._store = store
        self.turn = asyncio.Lock()
        self._connection: asyncpg.Connection[Any] | None = None

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        async with self.turn:
            return await self.fetch_in_turn(query, *values)

    async def fetch_in_turn(self, query: str, *values: object) -> list[asyncpg.Record]:
        """As fetch, for who holds the turn."""
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._open()
            rows: list[asyncpg.Record] = await self._connection.fetch(query, *values)
        except BaseException as fault:
            self.terminate()  # what was cut off may still be under way on it
            if isinstance(fault, FAULTS):
                raise StoreUnavailable(self._store) from fault
            raise
        return rows

    async def fetch_one(self, query: str, *values: object) -> asyncpg.Record | None:
        rows = await self.fetch(query, *values)
        return rows[0] if rows else None

    async def close(self) -> None:
        async with self.turn:
            if self._connection is not None:
                await self._connection.close()

    def terminate(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
