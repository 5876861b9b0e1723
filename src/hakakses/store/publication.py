"""Publishing into the register: new tables beside the old, exchanged in one short transaction."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, TypeAlias

import asyncpg

from hakakses.store.queries import load_queries

PARTITIONS = 16
STAGED, SUBJECTS_STAGED = "register_staged", "subject_key_staged"
_SQL = load_queries("publication")
_EXCHANGE_WAIT, _EXCHANGE_TRIES = "2s", 30
_NAME = re.compile(r"register_g(?P<generation>[0-9]+)_p(?P<part>[0-9]+)")

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
    """Drop what a publication that was cut off left behind."""
    for row in await connection.fetch(_SQL["partitions"]):
        if not row["attached"]:
            await connection.execute(f"DROP TABLE {row['relname']}")


async def prepare_full(connection: Connection) -> int:
    """Fresh tables without an index for a whole register; returns their generation."""
    names = (await answering(connection)).values()
    generation = 1 + max(int(found["generation"]) for name in names if (found := _NAME.fullmatch(name)))
    for part in range(PARTITIONS):
        await connection.execute(
            f"CREATE TABLE {table_of(generation, part)} (LIKE register, CHECK ({_within(part)}))"
        )
    return generation


async def prepare_staging(connection: Connection) -> None:
    await connection.execute(_SQL["stage"])


async def index_part(connection: Connection, generation: int, part: int, old: str, as_of: date) -> None:
    """Make one new table ready; a row that is newer than the whole snapshot (an increment's) is carried over."""
    new = table_of(generation, part)
    await connection.execute(f"ALTER TABLE {new} ADD PRIMARY KEY (key)")
    await connection.execute(
        f"INSERT INTO {new} SELECT * FROM {old} WHERE as_of > $1"  # noqa: S608 - our own table names
        " ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed, as_of = excluded.as_of",
        as_of,
    )
    await connection.execute(f"ANALYZE {new}")


async def add_subject_keys(connection: Connection) -> None:
    """New residents get their log key; who has one keeps it."""
    for part in range(PARTITIONS):
        await connection.execute(
            f"INSERT INTO subject_key_p{part} SELECT key, sealed FROM {SUBJECTS_STAGED}"  # noqa: S608 - our own names
            f" WHERE {_within(part)} ON CONFLICT (key) DO NOTHING"
        )
    await connection.execute(f"TRUNCATE {SUBJECTS_STAGED}")


async def exchange(connection: Connection, generation: int, as_of: date, source: str, residents: int) -> None:
    """From one moment to the next the new tables answer.  Waits briefly for readers, and asks again."""
    for attempt in range(1, _EXCHANGE_TRIES + 1):
        try:
            await _exchange(connection, generation, as_of, source, residents)
        except asyncpg.LockNotAvailableError:
            if attempt == _EXCHANGE_TRIES:
                raise
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
            await connection.execute(f"DROP TABLE {old}")
        await connection.execute(_SQL["record"], "full", as_of, source, residents)


async def merge(connection: Connection, as_of: date, source: str, residents: int) -> None:
    """Bring staged rows in; a register row that is newer stays."""
    tables = await answering(connection)
    async with connection.transaction():
        for part, table in tables.items():
            await connection.execute(
                f"INSERT INTO {table} AS r SELECT key, sealed, as_of FROM {STAGED} WHERE {_within(part)}"  # noqa: S608 - our own names
                " ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed, as_of = excluded.as_of"
                " WHERE r.as_of <= excluded.as_of"
            )
        await connection.execute(_SQL["record"], "increment", as_of, source, residents)
