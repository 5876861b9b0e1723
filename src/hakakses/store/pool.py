"""Connections: each takes the group role of its process and the tenant's schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from hakakses.verification.ports import StoreUnavailable

GATEWAY = "hakakses_gateway"
SEALER = "hakakses_sealer"
PUBLISHER = "hakakses_publisher"
# What a database that is away, restarting or refusing looks like.
FAULTS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


def _session(role: str, schema: str, session: dict[str, str] | None) -> dict[str, str]:
    return {"role": role, "search_path": schema, "application_name": role, **(session or {})}


async def open_pool(
    dsn: str, role: str, schema: str, *, size: int, session: dict[str, str] | None = None
) -> asyncpg.Pool[Any]:
    """A pool of exactly ``size`` connections.  session: further server settings."""
    return await asyncpg.create_pool(
        dsn, min_size=size, max_size=size, server_settings=_session(role, schema, session)
    )


async def connect(dsn: str, role: str, schema: str) -> asyncpg.Connection[Any]:
    return await asyncpg.connect(dsn, server_settings=_session(role, schema, None))


@asynccontextmanager
async def borrowed(pool: asyncpg.Pool[Any], store: str) -> AsyncIterator[Any]:
    """A connection of the pool; a fault while it is used becomes StoreUnavailable of the named store."""
    try:
        async with pool.acquire() as connection:
            yield connection
    except FAULTS as fault:
        raise StoreUnavailable(store) from fault
