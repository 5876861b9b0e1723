"""Publish the warehouse's newest data into the register: seal each resident, copy, exchange."""

from __future__ import annotations

import asyncio
import multiprocessing
import struct
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from hakakses.core.elements import CATALOGUE
from hakakses.core.residents import Resident, ResidentStatus
from hakakses.store import publication
from hakakses.store.cipher import RegisterCipher
from hakakses.store.keys import load
from hakakses.store.pool import PUBLISHER, connect
from hakakses.warehouse.snapshots import Kind, Manifest, parts, snapshots
from hakakses.warehouse.validate import STATUS_COLUMN

BATCH = 20_000
_PROCESSES = 2
# PostgreSQL's binary COPY: signature, flags and header length; each row leads with its count of columns.
_START = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)
_EPOCH = date(2000, 1, 1)
_KEY = struct.Struct(">hi")
_LENGTH = struct.Struct(">i")
_CODES = tuple(element.code for element in CATALOGUE)


class Source(msgspec.Struct, frozen=True):
    """What a sealing process needs.  generation: the full register's tables, or None for staging."""

    dsn: str
    schema: str
    keystore: Path
    as_of: date
    generation: int | None


class Published(msgspec.Struct, frozen=True):
    """One source that was brought in."""

    kind: Kind
    as_of: date
    source: str
    residents: int


async def publish(
    dsn: str, schema: str, keystore: Path, warehouse: Path, progress: Callable[[int], None] = lambda _: None
) -> list[Published]:
    """Bring in all that waits, oldest first; empty when nothing does.  progress: residents so far.

    Raises publication.BusyError when another publication is under way.
    """
    connection = await connect(dsn, PUBLISHER, schema)
    try:
        await publication.take_turn(connection)
        await publication.clear_leftovers(connection)
        done = []
        for path, manifest in waiting(snapshots(warehouse), await publication.published(connection)):
            generation = await publication.prepare_full(connection) if manifest.kind is Kind.FULL else None
            await publication.prepare_staging(connection)
            source = Source(dsn, schema, keystore, manifest.as_of, generation)
            await _copy(source, path, progress)
            await _bring_in(connection, manifest, generation)
            await publication.clear_leftovers(connection)
            done.append(Published(manifest.kind, manifest.as_of, manifest.source, manifest.accepted))
        return done
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


async def _bring_in(connection: publication.Connection, manifest: Manifest, generation: int | None) -> None:
    await publication.add_subject_keys(connection)
    if generation is None:
        await publication.merge(connection, manifest.as_of, manifest.source, manifest.accepted)
        return
    for part, old in (await publication.answering(connection)).items():
        await publication.index_part(connection, generation, part, old, manifest.as_of)
    await publication.exchange(connection, generation, manifest.as_of, manifest.source, manifest.accepted)


async def _copy(source: Source, snapshot: Path, progress: Callable[[int], None]) -> None:
    """Seal in processes of their own, each with its own connection; memory stays at a few batches."""
    tasks = [(source, path, group) for path in parts(snapshot) for group in range(_groups(path))]
    loop, total = asyncio.get_running_loop(), 0
    if sum(pq.read_metadata(path).num_rows for path in parts(snapshot)) <= BATCH:
        for task in tasks:
            total += await _seal_and_copy(*task)
            progress(total)
        return
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        results = pool.imap_unordered(_seal_group, tasks)
        for _ in tasks:
            total += await loop.run_in_executor(None, results.next)
            progress(total)


def _groups(path: Path) -> int:
    return int(pq.read_metadata(path).num_row_groups)


_ciphers: dict[Path, RegisterCipher] = {}


def _seal_group(task: tuple[Source, Path, int]) -> int:
    return asyncio.run(_seal_and_copy(*task))


async def _seal_and_copy(source: Source, path: Path, group: int) -> int:
    if source.keystore not in _ciphers:
        _ciphers[source.keystore] = RegisterCipher(load(source.keystore))
    cipher, total = _ciphers[source.keystore], 0
    connection = await connect(source.dsn, PUBLISHER, source.schema)
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH, row_groups=[group]):
                rows, subjects = seal_batch(cipher, batch, source.as_of)
                await _copy_rows(connection, source.generation, rows)
                await _copy_in(connection, publication.SUBJECTS_STAGED, subjects)
                total += batch.num_rows
    finally:
        await connection.close()
    return total


async def _copy_rows(
    connection: publication.Connection, generation: int | None, rows: list[list[bytes]]
) -> None:
    for part, sealed in enumerate(rows):
        if sealed:
            table = publication.STAGED if generation is None else publication.table_of(generation, part)
            await _copy_in(connection, table, sealed)


async def _copy_in(connection: publication.Connection, table: str, rows: list[bytes]) -> None:
    source = BytesIO(b"".join((_START, *rows, _END)))
    await connection.copy_to_table(table, source=source, format="binary")


def seal_batch(
    cipher: RegisterCipher, batch: pa.RecordBatch, as_of: date
) -> tuple[list[list[bytes]], list[bytes]]:
    """Binary COPY rows of the register by partition, and of the log keys."""
    stamp = struct.pack(">ii", 4, (as_of - _EPOCH).days)
    rows: list[list[bytes]] = [[] for _ in range(publication.PARTITIONS)]
    subjects = []
    for nik, resident in residents(batch):
        index = cipher.index(nik)
        sealed, subject = cipher.seal(index, resident), cipher.new_subject_key(index)
        rows[index[0] >> 4].append(
            _KEY.pack(3, len(index)) + index + _LENGTH.pack(len(sealed)) + sealed + stamp
        )
        subjects.append(_KEY.pack(2, len(index)) + index + _LENGTH.pack(len(subject)) + subject)
    return rows, subjects


def residents(batch: pa.RecordBatch) -> Iterator[tuple[str, Resident]]:
    """NIK and resident of each row; an element without a column is empty."""
    names = set(batch.schema.names)
    blank = [""] * batch.num_rows
    columns: list[Any] = [batch[code].to_pylist() if code in names else blank for code in _CODES]
    statuses: Any = batch[STATUS_COLUMN].to_pylist()
    niks: Any = batch["NIK"].to_pylist()
    for nik, status, values in zip(niks, statuses, zip(*columns, strict=True), strict=True):
        yield nik, Resident(ResidentStatus[status], values)
