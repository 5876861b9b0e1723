"""What one gateway worker holds: pools, stores, the directory that follows the rights."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from pathlib import Path

import msgspec

from hakakses.gateway.metrics import Tally
from hakakses.gateway.tokens import Tokens
from hakakses.settings import Settings
from hakakses.store import keys
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


class Parts(msgspec.Struct, frozen=True):
    """One worker's parts.

    token_url: the audience that a client assertion must name.  warned: store -> when its absence was last told.
    """

    stores: Stores
    ledger: Ledger
    directory: Directory
    tokens: Tokens
    assertions: Assertions
    ledger_dir: Path
    token_url: str
    sandbox: bool
    lines: tuple[Line, ...]
    tally: Tally
    tasks: tuple[asyncio.Task[None], ...]
    warned: dict[str, float] = {}

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        try:
            async with asyncio.timeout(GRACE):
                await asyncio.gather(*(line.close() for line in self.lines))
        except TimeoutError:
            for line in self.lines:
                line.terminate()


async def open_parts(settings: Settings, dsn: str) -> Parts:
    """Connect one worker to its stores."""
    keystore = keys.load(settings.keys_dir / "register.json")
    # Register and log share a line: while one trip is under way, more gathers for the next.
    lines = [Line(dsn, GATEWAY, settings.schema, store) for store in ("register and log", "log", "rights")]
    answering, looking, proving = lines
    tally = Tally()
    ledger = Ledger(answering, looking, keystore, tally.trips_to("ledger"))
    directory = Directory(dsn, GATEWAY, settings.schema)
    assertions = Assertions(proving)
    follow = asyncio.create_task(directory.run())
    await directory.ready(RIGHTS_WITHIN)
    return Parts(
        stores=Stores(Register(answering, keystore, tally.trips_to("register")), ledger),
        ledger=ledger,
        directory=directory,
        tokens=Tokens(keystore.root(KeyName.TOKEN)),
        assertions=assertions,
        ledger_dir=settings.ledger_dir,
        token_url=f"http://{settings.host}:{settings.port}/oauth2/token",
        sandbox=settings.sandbox,
        lines=tuple(lines),
        tally=tally,
        tasks=(
            follow,
            asyncio.create_task(_tidy(ledger, assertions)),
            asyncio.create_task(_write_tally(tally)),
        ),
    )
