"""Rights and clients as one snapshot in memory, never older than a second.

A notice from the database refreshes it at once; a version number, asked for five times a second, tells of a
missed notice.  A directory that cannot be confirmed is stale, and whoever asks it gets Stale.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec
import structlog

from hakakses.core.rights.ask import CallerKind
from hakakses.core.rights.callers import Credential
from hakakses.core.rights.right import AccessRight, decode, encode, fingerprint
from hakakses.core.thumbprints import thumbprint
from hakakses.store.line import FAULTS, connect
from hakakses.store.poc import unless_proven
from hakakses.store.queries import load_queries

CONFIRM_EVERY = 0.2  # seconds; a busy worker may come to it late, and must not seem stale for that
STALE_AFTER = 1.0  # seconds
log = structlog.get_logger()
_SQL = load_queries("rights")


class Stale(Exception):
    """Rights cannot be confirmed; nothing may be answered with old ones."""


class Bound(StrEnum):
    """To what every token of a client must be bound."""

    MTLS = "mtls"  # its certificate (RFC 8705)
    DPOP = "dpop"  # a key that it proves with each request (RFC 9449)


class Account(msgspec.Struct, frozen=True):
    """The credential of the Dukcapil wire format.  password: a slow hash.  declared: what IP_USER may say."""

    user_id: str
    password: str
    declared: tuple[str, ...] = ()


class Client(msgspec.Struct, frozen=True):
    """Who may call: under one agreement, with its own credential.

    key_ids: names of its public keys.  bound: None where a token may be used by whoever holds it.
    """

    id: str
    agreement: str
    sandbox: bool
    active: bool
    generation: int
    secret: str | None
    public_keys: dict[str, Any] | None
    account: Account | None
    credential: Credential
    right: AccessRight
    key_ids: frozenset[str] = frozenset()
    bound: Bound | None = None


class Registration(msgspec.Struct, frozen=True):
    """A client to register.  networks: addresses it is bound to.

    One with a secret is a sandbox client; secret: as clients.hash_secret gives it.
    public_keys: a JWK set of one or two keys.
    """

    id: str
    agreement: str
    networks: tuple[str, ...]
    callers: tuple[CallerKind, ...] = tuple(CallerKind)
    secret: str | None = None
    public_keys: dict[str, Any] | None = None
    account: Account | None = None
    bound: Bound | None = None


class Directory:
    """The snapshot; ``run`` keeps it fresh until cancelled."""

    def __init__(self, dsn: str, role: str, schema: str) -> None:
        self._open = partial(connect, dsn, role, schema)
        self._channel = f"{schema}_directory"
        self._clients: dict[str, Client] = {}
        self._accounts: dict[str, Client] = {}
        self._services: dict[str, AccessRight] = {}
        self._version = -1
        self._confirmed = float("-inf")
        self._changed = asyncio.Event()
        self._known = asyncio.Event()

    def client(self, client_id: str) -> Client | None:
        """The client under its right in force; None when unknown, inactive or without a right."""
        if not self.fresh:
            raise Stale
        client = self._clients.get(client_id)
        return client if client is not None and client.active else None

    def account(self, user_id: str) -> Client | None:
        """The client of a Dukcapil user id, active or not."""
        if not self.fresh:
            raise Stale
        return self._accounts.get(user_id)

    def service_owner(self, path: str) -> AccessRight | None:
        """A right that lists this folded path of the Dukcapil wire format."""
        return self._services.get(path)

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
            operators = _operators(await connection.fetch(_SQL["fetch_operators"]))
            rows = await connection.fetch(_SQL["fetch_clients"])
            self._take(
                rights, [_client(row, rights, operators) for row in rows if row["agreement"] in rights]
            )
            self._version = version
        self._confirmed = asked
        self._known.set()

    def _take(self, rights: dict[str, AccessRight], clients: list[Client]) -> None:
        self._clients = {client.id: client for client in clients}
        self._accounts = {client.account.user_id: client for client in clients if client.account is not None}
        self._services = {
            path: right for right in rights.values() if right.dukcapil for path in right.dukcapil.services
        }


def _operators(rows: Iterable[Any]) -> dict[str, dict[str, bool]]:
    """Agreement -> operator -> whether active."""
    found: dict[str, dict[str, bool]] = {}
    for row in rows:
        found.setdefault(row["agreement"], {})[row["id"]] = row["active"]
    return found


def _right(row: Any) -> AccessRight:
    return msgspec.structs.replace(decode(row["body"]), number=row["number"])


def _client(row: Any, rights: dict[str, AccessRight], operators: dict[str, dict[str, bool]]) -> Client:
    user_id, agreement, bound = row["user_id"], row["agreement"], row["bound"]
    keys = None if row["public_keys"] is None else msgspec.json.decode(row["public_keys"])
    return Client(
        id=row["id"],
        agreement=agreement,
        sandbox=row["sandbox"],
        active=row["active"],
        generation=row["generation"],
        secret=row["secret"],
        public_keys=keys,
        account=None if user_id is None else Account(user_id, row["password"], tuple(row["declared"])),
        credential=Credential(
            row["id"],
            frozenset(CallerKind(kind) for kind in row["callers"]),
            tuple(row["networks"]),
            operators.get(agreement, {}),
        ),
        right=rights[agreement],
        key_ids=frozenset(key_ids(keys["keys"] if keys else ())),
        bound=None if bound is None else Bound(bound),
    )


def key_ids(keys: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Names of keys.  One of another kind proves nothing; it must not keep the others from being known."""
    for key in keys:
        with contextlib.suppress(ValueError):
            yield thumbprint(key)


async def publish_right(connection: Any, right: AccessRight) -> int | None:
    """Make a right the one in force for its agreement; None when this version was published before.

    Raises UnprovenError when it would give the web service to credentials that have not proved themselves.
    """
    with unless_proven(right.agreement):
        number = await connection.fetchval(
            _SQL["publish_right"], right.agreement, right.version, fingerprint(right), encode(right)
        )
    return None if number is None else int(number)


async def put_client(connection: Any, client: Registration) -> None:
    """Register a client, or give a registered one new credentials: what it held before ends at once.

    Raises UnprovenError while the agreement's proof of concept is open.
    """
    keys = None if client.public_keys is None else msgspec.json.encode(client.public_keys).decode()
    account = client.account
    with unless_proven(client.agreement):
        await connection.execute(
            _SQL["put_client"],
            client.id,
            client.agreement,
            client.secret is not None,
            client.secret,
            keys,
            [kind.value for kind in client.callers],
            list(client.networks),
            None if account is None else account.user_id,
            None if account is None else account.password,
            [] if account is None else list(account.declared),
            client.bound,
        )


async def agreement_of_client(connection: Any, client: str) -> str | None:
    """Under which agreement a client is registered; None when there is no such client."""
    found: str | None = await connection.fetchval(_SQL["fetch_agreement_of_client"], client)
    return found


async def put_operator(
    connection: Any, agreement: str, operator: str, name: str, *, active: bool = True
) -> None:
    """Register a named person who may ask under an agreement, or change whether they may."""
    await connection.execute(_SQL["put_operator"], agreement, operator, name, active)


async def set_client_active(connection: Any, client_id: str, *, active: bool) -> None:
    await connection.execute(_SQL["set_client_active"], client_id, active)
