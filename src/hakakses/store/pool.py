"""Connections: each takes the group role of its process and the tenant's schema."""

from __future__ import annotations

from typing import Any

import asyncpg

GATEWAY = "hakakses_gateway"
SEALER = "hakakses_sealer"
PUBLISHER = "hakakses_publisher"


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
