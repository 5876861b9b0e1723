"""Rights and clients as one snapshot in memory, never older than a second.

A notice from the database refreshes it at once; a version number, asked for five times a second, tells of a
missed notice.  A directory that cannot be confirmed is stale, and whoever asks it gets Stale.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from typing import Any

import msgspec
import structlog

from hakakses.core.rights.right import AccessRight, decode, encode, fingerprint
from hakakses.store.line import FAULTS, connect
from hakakses.store.queries import load_queries

CONFIRM_EVERY = 0.2  # seconds; a busy worker may come to it late, and must not seem stale for that
STALE_AFTER = 1.0  # seconds
log = structlog.get_logger()
_SQL = load_queries("rights")


class Stale(Exception):
    """Rights cannot be confirmed; nothing may be answered with old ones."""


class Client(msgspec.Struct, frozen=True):
    """Who may call: under one agreement, with its own credential."""

    id: str
    agreement: str
    sandbox: bool
    generation: int
    secret: str | None
    public_keys: dict[str, Any] | None
    right: AccessRight


class Directory:
    """The snapshot; ``run`` keeps it fresh until cancelled."""

    def __init__(self, dsn: str, role: str, schema: str) -> None:
        self._open = partial(connect, dsn, role, schema)
        self._channel = f"{schema}_directory"
        self._clients: dict[str, Client] = {}
        self._version = -1
        self._confirmed = float("-inf")
        self._changed = asyncio.Event()
        self._known = asyncio.Event()

    def client(self, client_id: str) -> Client | None:
        """The client under its right in force; None when unknown, inactive or without a right."""
        if not self.fresh:
            raise Stale
        return self._clients.get(client_id)

    @property
    def fresh(self) -> bool:
        return time.monotonic() - self._confirmed <= STALE_AFTER

    async def ready(self, within: float) -> None:
        """Wait until the snapshot is there, at most this many seconds: a worker then starts without it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._known.wait(), within)

    async def run(self) -> None:
        while True:
            try:
                connection = await self._open()
                try:
                    await self._follow(connection)
                finally:
                    connection.terminate()
            except Exception as fault:  # noqa: BLE001 - a directory that is not confirmed answers nobody, whatever broke
                if not isinstance(fault, FAULTS):
                    log.warning("directory_fault", kind=type(fault).__name__)
                await asyncio.sleep(CONFIRM_EVERY)

    async def _follow(self, connection: Any) -> None:
        await connection.add_listener(self._channel, self._notice)
        while True:
            self._changed.clear()
            await asyncio.wait_for(self._confirm(connection), STALE_AFTER)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), CONFIRM_EVERY)

    def _notice(self, *_: object) -> None:
        self._changed.set()

    async def _confirm(self, connection: Any) -> None:
        asked = time.monotonic()
        version = await connection.fetchval(_SQL["fetch_directory_version"])
        if version != self._version:
            rights = {row["agreement"]: _right(row) for row in await connection.fetch(_SQL["fetch_rights"])}
            rows = await connection.fetch(_SQL["fetch_clients"])
            self._clients = {row["id"]: _client(row, rights) for row in rows if row["agreement"] in rights}
            self._version = version
        self._confirmed = asked
        self._known.set()


def _right(row: Any) -> AccessRight:
    return msgspec.structs.replace(decode(row["body"]), number=row["number"])


def _client(row: Any, rights: dict[str, AccessRight]) -> Client:
    keys = row["public_keys"]
    return Client(
        id=row["id"],
        agreement=row["agreement"],
        sandbox=row["sandbox"],
        generation=row["generation"],
        secret=row["secret"],
        public_keys=None if keys is None else msgspec.json.decode(keys),
        right=rights[row["agreement"]],
    )


async def publish_right(connection: Any, right: AccessRight) -> int | None:
    """Make a right the one in force for its agreement; None when this version was published before."""
    number = await connection.fetchval(
        _SQL["publish_right"], right.agreement, right.version, fingerprint(right), encode(right)
    )
    return None if number is None else int(number)


async def put_client(
    connection: Any, client_id: str, agreement: str, *, secret: str | None, public_keys: dict[str, Any] | None
) -> None:
    """Register a client; one with a secret is a sandbox client.  secret: as clients.hash_secret gives it."""
    keys = None if public_keys is None else msgspec.json.encode(public_keys).decode()
    await connection.execute(_SQL["put_client"], client_id, agreement, secret is not None, secret, keys)


async def set_client_active(connection: Any, client_id: str, *, active: bool) -> None:
    await connection.execute(_SQL["set_client_active"], client_id, active)
