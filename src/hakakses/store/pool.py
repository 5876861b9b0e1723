"""Connections: each takes the role of its process and the tenant's schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from hakakses.verification.ports import StoreUnavailable

GATEWAY = "hakakses_gateway"
SEALER = "hakakses_sealer"
PUBLISHER = "hakakses_publisher"
QUERIES_OF_A_CONNECTION = 10_000_000  # before it is opened anew
# Session of the hot path, where every query finds its rows by key.  The planner must not scan a table because its
# statistics are young, and planning a batch anew costs more than running it.
BY_KEY = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "plan_cache_mode": "force_generic_plan",
}
# What a database that is away, restarting or refusing looks like.
FAULTS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def _session(role: str, schema: str, session: dict[str, str] | None) -> dict[str, str]:
    return {"role": role, "search_path": schema, "application_name": role, **(session or {})}


async def open_pool(
    dsn: str, role: str, schema: str, *, size: int, session: dict[str, str] | None = None
) -> asyncpg.Pool[Any]:
    """A pool of at most ``size`` connections, opened when needed: it needs no database to start.

    session: further server settings.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size,
        max_queries=QUERIES_OF_A_CONNECTION,
        max_inactive_connection_lifetime=0,
        reset=_as_it_is,
        server_settings=_session(role, schema, session),
    )


async def _as_it_is(connection: Any) -> None:
    """Nothing to undo: no statement of ours changes its session, and undoing costs a trip per batch."""


async def connect(dsn: str, role: str, schema: str) -> asyncpg.Connection[Any]:
    return await asyncpg.connect(dsn, server_settings=_session(role, schema, None))


@asynccontextmanager
async def borrowed(pool: asyncpg.Pool[Any], store: str) -> AsyncIterator[Any]:
    """A connection of the pool; a fault while it is used becomes StoreUnavailable of the named store."""
    try:
        async with pool.acquire() as connection:
            try:
                yield connection
            except BaseException:
                connection.terminate()  # what was cut off may still be under way on it
                raise
    except FAULTS as fault:
        raise StoreUnavailable(store) from fault
