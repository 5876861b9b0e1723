"""Publishing into the register: new tables beside the old, exchanged or merged in one transaction."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, TypeAlias

import asyncpg

from hakakses.store.line import PUBLISHER, connect
from hakakses.store.queries import load_queries

PARTITIONS = 16
_SQL = load_queries("publication")
_EXCHANGE_WAIT, _EXCHANGE_PAUSE, _EXCHANGE_TRIES = "250ms", 1.0, 300
_NAME = re.compile(r"register_g(?P<generation>[0-9]+)_p(?P<part>[0-9]+)")
_FILLING = (
    "SET maintenance_work_mem = '64MB'; SET work_mem = '64MB';"
    " SET max_parallel_maintenance_workers = 0; SET default_statistics_target = 10"
)
_SEED_BYTES = 32
_COLUMNS = "key, sealed, as_of, family"
_REPLACE = (
    "ON CONFLICT (key) DO UPDATE"
    " SET sealed = excluded.sealed, as_of = excluded.as_of, family = excluded.family"
)

Connection: TypeAlias = "asyncpg.Connection[Any]"


class BusyError(Exception):
    """Another publication is under way."""


def table_of(generation: int, part: int) -> str:
    return f"register_g{generation}_p{part}"


def _low(part: int) -> str:
    return "MINVALUE" if part == 0 else f"'\\x{part:x}0'"


def _high(part: int) -> str:
    return "MAXVALUE" if part == PARTITIONS - 1 else f"'\\x{part + 1:x}0'"


def _within(part: int) -> str:
    """The bounds of a partition as a condition, which spares the exchange a scan."""
    bounds = [f"key >= {_low(part)}"] * (part > 0) + [f"key < {_high(part)}"] * (part < PARTITIONS - 1)
    return " AND ".join(bounds)


async def connect_to_fill(dsn: str, schema: str) -> Connection:
    connection = await connect(dsn, PUBLISHER, schema)
    await connection.execute(_FILLING)
    return connection


async def take_turn(connection: Connection) -> None:
    """Raises BusyError while another session publishes."""
    if not await connection.fetchval(_SQL["take_turn"]):
        raise BusyError("another publication is under way")


async def published(connection: Connection) -> list[tuple[str, date, str]]:
    """Kind, as-of date and source of each publication, oldest first."""
    return [(row["kind"], row["as_of"], row["source"]) for row in await connection.fetch(_SQL["published"])]


async def newest_full(connection: Connection) -> int | None:
    """How many residents the newest whole publication brought; None before the first."""
    found = await connection.fetchval(_SQL["newest_full"])
    return None if found is None else int(found)


async def answering(connection: Connection) -> dict[int, str]:
    """The table that answers for each partition."""
    rows = await connection.fetch(_SQL["partitions"])
    names = [row["relname"] for row in rows if row["attached"]]
    return {int(found["part"]): name for name in names if (found := _NAME.fullmatch(name))}


async def clear_leftovers(connection: Connection) -> None:
    """Drop what a publication, or one that was cut off, left behind."""
    for row in await connection.fetch(_SQL["partitions"]):
        if not row["attached"]:
            await connection.execute(f"DROP TABLE {row['relname']}")


async def next_generation(connection: Connection) -> int:
    """Clears leftovers; a number that they have is not given again, since their sessions may still be ending."""
    names = [row["relname"] for row in await connection.fetch(_SQL["partitions"])]
    await clear_leftovers(connection)
    return 1 + max(int(found["generation"]) for name in names if (found := _NAME.fullmatch(name)))


async def fill(
    connection: Connection, generation: int, part: int, whole: date | None, rows: AsyncIterator[bytes]
) -> None:
    """Make one new table of rows in PostgreSQL's binary COPY.

    whole: the date of a whole snapshot, whose table will answer; None for an increment, whose table is merged.
    Rows are copied frozen, which only the transaction that makes a table may do: neither the index nor a later
    vacuum has to write every page once more.  Vacuum comes only from here, so that none is in the exchange's way.
    """
    new = table_of(generation, part)
    lasting = "UNLOGGED TABLE" if whole is None else "TABLE"
    async with connection.transaction():
        await connection.execute(
            f"CREATE {lasting} {new} (LIKE register, CHECK ({_within(part)})) WITH (autovacuum_enabled = off)"
        )
        await connection.copy_to_table(new, source=rows, format="binary", freeze=True)
        await connection.execute(f"ALTER TABLE {new} ADD PRIMARY KEY (key)")
        if whole is not None:
            await _carry_over(connection, new, part, whole)
            await connection.execute(f"CREATE INDEX ON {new} (family)")
        await connection.execute(f"ANALYZE {new} (key, as_of, family)")
    await _add_salts(connection, new, part)


async def _carry_over(connection: Connection, new: str, part: int, as_of: date) -> None:
    """Keep the rows that are newer than a whole snapshot: an increment's."""
    if not await connection.fetchval(_SQL["newer"], as_of):
        return
    old = (await answering(connection))[part]
    await connection.execute(
        f"INSERT INTO {new} SELECT {_COLUMNS} FROM {old} WHERE as_of > $1"  # noqa: S608 - our own table names
        f" {_REPLACE}",
        as_of,
    )


async def _add_salts(connection: Connection, new: str, part: int) -> None:
    """Who is new gets a salt; who has one keeps it.

    Salts come from a seed that nobody keeps, so they are as random as it is, for a tenth of what a random number
    each would cost.  Rows in key order make the index cheap.
    """
    await connection.execute(
        f"INSERT INTO subject_key_p{part} SELECT key, sha256($1 || key)"  # noqa: S608 - our own names
        f" FROM (SELECT key FROM {new} ORDER BY key) r"
        f" WHERE NOT EXISTS (SELECT FROM subject_key_p{part} s WHERE s.key = r.key) ON CONFLICT (key) DO NOTHING",
        secrets.token_bytes(_SEED_BYTES),
    )


async def exchange(connection: Connection, generation: int, as_of: date, source: str, residents: int) -> None:
    """From one moment to the next the new tables answer; the old ones are leftovers then.

    Who reads waits while this waits for other readers: so it waits briefly, lets them pass, and tries again.
    """
    for attempt in range(1, _EXCHANGE_TRIES + 1):
        try:
            await _exchange(connection, generation, as_of, source, residents)
        except asyncpg.LockNotAvailableError:
            if attempt == _EXCHANGE_TRIES:
                raise
            await asyncio.sleep(_EXCHANGE_PAUSE)
        else:
            return


async def _exchange(
    connection: Connection, generation: int, as_of: date, source: str, residents: int
) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{_EXCHANGE_WAIT}'")
        await connection.execute("LOCK TABLE register IN ACCESS EXCLUSIVE MODE")
        for part, old in (await answering(connection)).items():
            await connection.execute(f"ALTER TABLE register DETACH PARTITION {old}")
            await connection.execute(
                f"ALTER TABLE register ATTACH PARTITION {table_of(generation, part)}"
                f" FOR VALUES FROM ({_low(part)}) TO ({_high(part)})"
            )
        await connection.execute(_SQL["record"], "full", as_of, source, residents)


async def merge(connection: Connection, generation: int, as_of: date, source: str, residents: int) -> None:
    """Bring the rows of the new tables in; a register row that is newer stays."""
    tables = await answering(connection)
    async with connection.transaction():
        for part, table in tables.items():
            await connection.execute(
                f"INSERT INTO {table} AS r SELECT {_COLUMNS} FROM {table_of(generation, part)}"  # noqa: S608 - our own names
                f" {_REPLACE} WHERE r.as_of <= excluded.as_of"
            )
        await connection.execute(_SQL["record"], "increment", as_of, source, residents)
    for table in tables.values():
        await connection.execute(f"VACUUM (ANALYZE) {table} (key, as_of, family)")
