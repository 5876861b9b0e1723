"""What one gateway worker holds: pools, stores, the directory that follows the rights."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from pathlib import Path

import msgspec

from hakakses.gateway.limits import Deadlines, Limits, Places
from hakakses.gateway.metrics import Tally
from hakakses.gateway.tokens import Tokens
from hakakses.settings import Settings
from hakakses.store import keys
from hakakses.store.keys import KeyName, Keystore
from hakakses.store.ledger import Ledger
from hakakses.store.line import GATEWAY, Line
from hakakses.store.queries import load_queries
from hakakses.store.register import Register
from hakakses.store.rights import Directory
from hakakses.verification.ports import StoreUnavailable
from hakakses.verification.verify import Stores

RIGHTS_WITHIN = 2.0  # seconds that a new worker waits for the rights before it takes requests
GRACE = 2.0  # seconds that connections in use get when a worker ends
TIDY_EVERY = 3600.0  # seconds
TALLY_EVERY = 1.0  # seconds
_SQL = load_queries("rights")


class Assertions:
    """Client assertions already used; each serves once, on whichever worker it arrives."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def use(self, fingerprint: bytes, expires: dt.datetime) -> bool:
        return await self._line.fetch_one(_SQL["use_assertion"], fingerprint, expires) is not None

    async def forget(self, now: dt.datetime) -> None:
        """Drop those that expired: their own date refuses them now."""
        await self._line.fetch(_SQL["forget_assertions"], now)


async def _tidy(ledger: Ledger, assertions: Assertions) -> None:
    """Drop, now and then, what no rule looks at any more."""
    while True:
        await asyncio.sleep(TIDY_EVERY)
        now = dt.datetime.now(dt.UTC)
        with contextlib.suppress(StoreUnavailable):
            await ledger.forget(now)
            await assertions.forget(now)


async def _write_tally(tally: Tally) -> None:
    while True:
        await asyncio.sleep(TALLY_EVERY)
        tally.write()


class Tenant(msgspec.Struct, frozen=True):
    """A register with its rights, its log and who may ask it.  Nothing crosses from one to another."""

    name: str
    stores: Stores
    ledger: Ledger
    directory: Directory
    assertions: Assertions
    ledger_dir: Path
    lines: tuple[Line, ...]
    tasks: tuple[asyncio.Task[None], ...]


class Parts(msgspec.Struct, frozen=True):
    """One worker's parts.

    tenants: the one that answers for the country first.  token_url: the audience that a client assertion must name.
    secrets: whether clients may prove themselves by a secret.  warned: store -> when its absence was last told.
    places: of the requests in progress.
    """

    tenants: tuple[Tenant, ...]
    tokens: Tokens
    token_url: str
    secrets: bool
    tally: Tally
    limits: Limits
    places: Places
    deadlines: Deadlines
    tasks: tuple[asyncio.Task[None], ...]
    warned: dict[str, float] = {}

    async def close(self) -> None:
        lines = [line for tenant in self.tenants for line in tenant.lines]
        for task in (*self.tasks, *(task for tenant in self.tenants for task in tenant.tasks)):
            task.cancel()
        try:
            async with asyncio.timeout(GRACE):
                await asyncio.gather(*(line.close() for line in lines))
        except TimeoutError:
            for line in lines:
                line.terminate()

    def tenant(self, name: str) -> Tenant | None:
        return next((tenant for tenant in self.tenants if tenant.name == name), None)

    @property
    def fresh(self) -> bool:
        """Whether the rights of every tenant are confirmed."""
        return all(tenant.directory.fresh for tenant in self.tenants)


async def open_parts(settings: Settings, dsn: str) -> Parts:
    """Connect one worker to its stores."""
    keystore, tally = keys.load(settings.keys_dir / "register.json"), Tally()
    deadlines = Deadlines()
    tenant = await _open_tenant(settings.schema, dsn, keystore, settings.ledger_dir, tally)
    return Parts(
        tenants=(tenant,),
        tokens=Tokens(keystore.root(KeyName.TOKEN)),
        token_url=f"http://{settings.host}:{settings.port}/oauth2/token",
        secrets=settings.sandbox,
        tally=tally,
        limits=Limits(settings.body_seconds, settings.answer_seconds),
        places=Places(settings.gateway_requests, settings.client_requests),
        deadlines=deadlines,
        tasks=(asyncio.create_task(_write_tally(tally)), asyncio.create_task(deadlines.watch())),
    )


async def _open_tenant(schema: str, dsn: str, keystore: Keystore, ledger_dir: Path, tally: Tally) -> Tenant:
    # Register and log share a line: while one trip is under way, more gathers for the next.
    lines = [Line(dsn, GATEWAY, schema, store) for store in ("register and log", "log", "rights")]
    answering, looking, proving = lines
    ledger = Ledger(answering, looking, keystore, tally.trips_to("ledger"))
    directory = Directory(dsn, GATEWAY, schema)
    assertions = Assertions(proving)
    follow = asyncio.create_task(directory.run())
    await directory.ready(RIGHTS_WITHIN)
    return Tenant(
        name=schema,
        stores=Stores(Register(answering, keystore, tally.trips_to("register")), ledger),
        ledger=ledger,
        directory=directory,
        assertions=assertions,
        ledger_dir=ledger_dir,
        lines=tuple(lines),
        tasks=(follow, asyncio.create_task(_tidy(ledger, assertions))),
    )
