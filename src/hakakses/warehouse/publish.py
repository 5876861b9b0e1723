"""Publish the warehouse's newest data into the register: seal each resident, copy, exchange."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from hakakses.store import publication
from hakakses.warehouse.sealing import Group, seal_group
from hakakses.warehouse.snapshots import Kind, Manifest, parts, snapshots
from hakakses.warehouse.workers import PROCESSES, in_order

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
            generation = await publication.prepare(connection, to_answer=manifest.kind is Kind.FULL)
            await _fill(register, generation, snapshot, manifest, progress)
            await _make_ready(register, generation, manifest, progress)
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
    """Seal in processes of their own, each with its own connection; memory stays at a few batches."""
    groups = (
        Group(register.dsn, register.schema, register.keystore, manifest.as_of, generation, path, number)
        for path in parts(snapshot)
        for number in range(pq.read_metadata(path).num_row_groups)
    )
    results = in_order(seal_group, groups, processes=PROCESSES if manifest.accepted > _FEW else 1)
    done = 0
    while (rows := await asyncio.to_thread(next, results, None)) is not None:
        done += rows
        progress(f"sealing {manifest.source}", done, manifest.accepted)


async def _make_ready(register: Register, generation: int, manifest: Manifest, progress: Progress) -> None:
    """Partition by partition, on as many connections as there are processes."""
    done = itertools.count(1)

    async def share(first: int) -> None:
        connection = await publication.connect_to_fill(register.dsn, register.schema)
        try:
            for part in range(first, publication.PARTITIONS, PROCESSES):
                if manifest.kind is Kind.FULL:
                    await publication.make_ready(connection, generation, part, manifest.as_of)
                await publication.add_salts(connection, generation, part)
                progress(f"indexing {manifest.source}", next(done), publication.PARTITIONS)
        finally:
            await connection.close()

    async with asyncio.TaskGroup() as shares:
        for first in range(PROCESSES):
            shares.create_task(share(first))
