"""What one gateway worker holds: pools, stores, the directory that follows the rights."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from hakakses.core.rights.ask import Mode
from hakakses.gateway.dukcapil.passwords import Passwords
from hakakses.gateway.limits import Deadlines, Limits, Places
from hakakses.gateway.metrics import Tally
from hakakses.gateway.proxies import Proxies, trusted_proxies
from hakakses.gateway.tokens import Tokens
from hakakses.gateway.uploads import Seats
from hakakses.settings import Settings, TenantKind, TenantPlace
from hakakses.store import keys
from hakakses.store.calls import Calls, WatchedStores
from hakakses.store.feedback import Feedback
from hakakses.store.keys import KeyName
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
TIDY_PROOFS_EVERY = 60.0  # seconds; with DPoP each request leaves one
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


async def _tidy(forget: Callable[[dt.datetime], Awaitable[None]], every: float) -> None:
    """Drop, now and then, what no rule looks at any more.  every: seconds."""
    while True:
        await asyncio.sleep(every)
        with contextlib.suppress(StoreUnavailable):
            await forget(dt.datetime.now(dt.UTC))


async def _write_tally(tally: Tally) -> None:
    while True:
        await asyncio.sleep(TALLY_EVERY)
        tally.write()


class Tenant(msgspec.Struct, frozen=True):
    """A register with its rights, its log and who may ask it.  Nothing crosses from one to another.

    calls: what the sandbox notes for the proof of concept; None for the tenant that answers for the country.
    """

    name: str
    stores: Stores
    ledger: Ledger
    feedback: Feedback
    seats: Seats
    directory: Directory
    assertions: Assertions
    ledger_dir: Path
    lines: tuple[Line, ...]
    tasks: tuple[asyncio.Task[None], ...]
    calls: Calls | None = None


class Parts(msgspec.Struct, frozen=True):
    """One worker's parts.

    tenants: the one that answers for the country first.  issuer: our address as clients write it.
    secrets: whether clients may prove themselves by a secret.  warned: store -> when its absence was last told.
    places: of the requests in progress.
    """

    tenants: tuple[Tenant, ...]
    tokens: Tokens
    passwords: Passwords
    issuer: str
    secrets: bool
    proxies: Proxies | None
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

    def count(self, tenant: Tenant, mode: Mode, outcome: str, seconds: float) -> None:
        """Count an ask; those of the sandbox stay out of the country's figures."""
        if tenant.calls is None:
            self.tally.ask(mode, outcome, seconds)

    @property
    def token_url(self) -> str:
        return f"{self.issuer}/oauth2/token"

    @property
    def fresh(self) -> bool:
        """Whether the rights of the tenant that answers for the country are confirmed."""
        return self.tenants[0].directory.fresh


async def open_parts(settings: Settings, dsn: str) -> Parts:
    """Connect one worker to its stores."""
    tally, deadlines = Tally(), Deadlines()
    tenants = await asyncio.gather(*(_open_tenant(place, dsn, tally) for place in settings.tenants))
    return Parts(
        tenants=tuple(tenants),
        tokens=Tokens(keys.load(settings.live.keystore).root(KeyName.TOKEN), settings.issuer),
        issuer=settings.issuer,
        passwords=Passwords(),
        secrets=settings.sandbox,
        proxies=trusted_proxies(settings),
        tally=tally,
        limits=Limits(settings.body_seconds, settings.answer_seconds),
        places=Places(settings.gateway_requests, settings.client_requests),
        deadlines=deadlines,
        tasks=(asyncio.create_task(_write_tally(tally)), asyncio.create_task(deadlines.watch())),
    )


async def _open_tenant(place: TenantPlace, dsn: str, tally: Tally) -> Tenant:
    # Register and log share a line: while one trip is under way, more gathers for the next.
    lines = [
        Line(dsn, GATEWAY, place.schema, store) for store in ("register and log", "log", "rights", "feedback")
    ]
    answering, looking, proving, taking = lines
    keystore, prefix = keys.load(place.keystore), "" if place.kind is TenantKind.LIVE else "sandbox_"
    register = Register(answering, keystore, tally.trips_to(f"{prefix}register"))
    ledger = Ledger(answering, looking, keystore, tally.trips_to(f"{prefix}ledger"))
    directory = Directory(dsn, GATEWAY, place.schema)
    assertions = Assertions(proving)
    follow = asyncio.create_task(directory.run())
    await directory.ready(RIGHTS_WITHIN)
    calls = None if place.kind is TenantKind.LIVE else Calls(looking)
    return Tenant(
        name=place.schema,
        stores=Stores(register, ledger) if calls is None else _watched(register, ledger, calls),
        ledger=ledger,
        feedback=Feedback(taking, keystore),
        seats=Seats(),
        directory=directory,
        assertions=assertions,
        ledger_dir=place.ledger_dir,
        lines=tuple(lines),
        tasks=(
            follow,
            asyncio.create_task(_tidy(ledger.forget, TIDY_EVERY)),
            asyncio.create_task(_tidy(assertions.forget, TIDY_PROOFS_EVERY)),
        ),
        calls=calls,
    )


def _watched(register: Register, ledger: Ledger, calls: Calls) -> Stores:
    watched = WatchedStores(register, ledger, calls)
    return Stores(watched, watched)
