"""Publish the warehouse's newest data into the register: seal each resident, copy, exchange."""

from __future__ import annotations

import asyncio
import itertools
from asyncio import Queue
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from hakakses.store import publication
from hakakses.warehouse.sealing import COPY_END, COPY_START, Group, seal_group
from hakakses.warehouse.snapshots import Kind, Manifest, parts, snapshots
from hakakses.warehouse.workers import PROCESSES, Workers

_AHEAD = 2  # groups whose rows may wait for one table
_FEW = 20_000  # residents that are sealed sooner than a process starts


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


Progress = Callable[[str, int, int], None]


def _unseen(step: str, done: int, total: int) -> None:
    pass


async def publish(register: Register, warehouse: Path, progress: Progress = _unseen) -> list[Published]:
    """Bring in all that waits, oldest first; empty when nothing does.

    progress: the step, how far it is, and of how much.
    Raises publication.BusyError when another publication is under way.
    """
    connection = await publication.connect_to_fill(register.dsn, register.schema)
    try:
        await publication.take_turn(connection)
        sources = waiting(snapshots(warehouse), await publication.published(connection))
        for snapshot, manifest in sources:
            generation = await publication.next_generation(connection)
            await _fill(register, generation, snapshot, manifest, progress)
            enter = publication.exchange if manifest.kind is Kind.FULL else publication.merge
            await enter(connection, generation, manifest.as_of, manifest.source, manifest.accepted)
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
    register: Register, generation: int, snapshot: Path, manifest: Manifest, progress: Progress
) -> None:
    """A table for each partition, each on a connection of its own, from rows that other processes seal."""
    whole = manifest.as_of if manifest.kind is Kind.FULL else None
    queues = [Queue[bytes](_AHEAD) for _ in range(publication.PARTITIONS)]
    done = itertools.count(1)

    async def fill(part: int) -> None:
        connection = await publication.connect_to_fill(register.dsn, register.schema)
        try:
            await publication.fill(connection, generation, part, whole, _stream(queues[part]))
            progress(f"indexing {manifest.source}", next(done), publication.PARTITIONS)
        finally:
            await connection.close()

    async with asyncio.TaskGroup() as tasks:
        for part in range(publication.PARTITIONS):
            tasks.create_task(fill(part))
        await _seal(register, snapshot, manifest, queues, progress)


async def _seal(
    register: Register, snapshot: Path, manifest: Manifest, queues: list[Queue[bytes]], progress: Progress
) -> None:
    groups = (
        Group(register.keystore, manifest.as_of, path, number)
        for path in parts(snapshot)
        for number in range(pq.read_metadata(path).num_row_groups)
    )
    done = 0
    with Workers(PROCESSES if manifest.accepted > _FEW else 1) as workers:
        results = workers.in_order(seal_group, groups)
        while (sealed := await asyncio.to_thread(next, results, None)) is not None:
            for queue, rows in zip(queues, sealed.parts, strict=True):
                await queue.put(rows)
            done += sealed.count
            progress(f"sealing {manifest.source}", done, manifest.accepted)
    for queue in queues:
        await queue.put(COPY_END)


async def _stream(queue: Queue[bytes]) -> AsyncIterator[bytes]:
    """What waits for one table, up to the mark that ends its COPY."""
    yield COPY_START
    while (rows := await queue.get()) != COPY_END:
        yield rows
    yield COPY_END
