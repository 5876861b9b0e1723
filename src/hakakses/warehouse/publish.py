"""Publish the warehouse's newest data into the register: seal each resident, copy, exchange."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from hakakses.store import publication
from hakakses.warehouse.sealing import BATCH, Group, seal_group
from hakakses.warehouse.snapshots import Kind, Manifest, parts, snapshots
from hakakses.warehouse.workers import PROCESSES, in_order


class Register(msgspec.Struct, frozen=True):
    """Where the register is, and the keys that seal it."""

    dsn: str
    schema: str
    keystore: Path


class Published(msgspec.Struct, frozen=True):
    """One source that was brought in."""

    kind: Kind
    as_of: date
    source: str
    residents: int


def _unseen(step: str, done: int, total: int) -> None:
    pass


async def publish(
    register: Register, warehouse: Path, progress: Callable[[str, int, int], None] = _unseen
) -> list[Published]:
    """Bring in all that waits, oldest first; empty when nothing does.  progress: the step, how far it is, of how much.

    Raises publication.BusyError when another publication is under way.
    """
    connection = await publication.connect_to_fill(register.dsn, register.schema)
    try:
        await publication.take_turn(connection)
        sources = waiting(snapshots(warehouse), await publication.published(connection))
        total, done = sum(manifest.accepted for _, manifest in sources), 0
        for snapshot, manifest in sources:
            generation = await publication.prepare(connection, to_answer=manifest.kind is Kind.FULL)
            async for rows in _fill(register, generation, snapshot, manifest):
                done += rows
                progress("sealing", done, total)
            await _bring_in(register, connection, generation, manifest)
        await publication.clear_leftovers(connection)
        return [Published(one.kind, one.as_of, one.source, one.accepted) for _, one in sources]
    finally:
        await connection.close()


def waiting(
    loaded: list[tuple[Path, Manifest]], published: list[tuple[str, date, str]]
) -> list[tuple[Path, Manifest]]:
    """The newest whole snapshot, unless it is out or older than one that is, and increments that are not older."""
    known = {source for _, _, source in published}
    newest = max((as_of for kind, as_of, _ in published if kind == Kind.FULL), default=date.min)
    fulls = [
        one
        for one in loaded
        if one[1].kind is Kind.FULL and one[1].as_of >= newest and one[1].source not in known
    ]
    since = fulls[-1][1].as_of if fulls else newest
    changes = [one for one in loaded if one[1].kind is Kind.INCREMENT and one[1].as_of >= since]
    return fulls[-1:] + [one for one in changes if one[1].source not in known]


async def _fill(
    register: Register, generation: int, snapshot: Path, manifest: Manifest
) -> AsyncIterator[int]:
    """Seal in processes of their own, each with its own connection; gives the rows of each finished group."""
    groups = (
        Group(register.dsn, register.schema, register.keystore, manifest.as_of, generation, path, number)
        for path in parts(snapshot)
        for number in range(pq.read_metadata(path).num_row_groups)
    )
    results = in_order(seal_group, groups, processes=PROCESSES if manifest.accepted > BATCH else 1)
    while rows := await asyncio.to_thread(next, results, 0):
        yield rows


async def _bring_in(
    register: Register, connection: publication.Connection, generation: int, manifest: Manifest
) -> None:
    async def ready(connection: publication.Connection, part: int) -> None:
        if manifest.kind is Kind.FULL:
            await publication.make_ready(connection, generation, part, manifest.as_of)
        await publication.add_salts(connection, generation, part)

    await _over_partitions(register, ready)
    enter = publication.exchange if manifest.kind is Kind.FULL else publication.merge
    await enter(connection, generation, manifest.as_of, manifest.source, manifest.accepted)


async def _over_partitions(
    register: Register, do: Callable[[publication.Connection, int], Awaitable[None]]
) -> None:
    """Partition by partition, on as many connections as there are processes."""

    async def share(first: int) -> None:
        connection = await publication.connect_to_fill(register.dsn, register.schema)
        try:
            for part in range(first, publication.PARTITIONS, PROCESSES):
                await do(connection, part)
        finally:
            await connection.close()

    async with asyncio.TaskGroup() as shares:
        for first in range(PROCESSES):
            shares.create_task(share(first))
