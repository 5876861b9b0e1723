"""Load population files into the warehouse: judged, without duplicates, all or nothing.

A load gathers judged parts in a working directory, with a state after each block, so that a load that was
cut off continues where it stood.  It enters the warehouse by one rename.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hakakses.warehouse.reading import Block, read_blocks
from hakakses.warehouse.snapshots import Kind, Manifest, manifest_of, snapshots_dir
from hakakses.warehouse.validate import COLUMNS, Fault, Reason, canonical

_MEMORY = "1GB"
_FIELDS: list[tuple[str, Any]] = [
    ("file", pa.int32()),
    ("line", pa.int64()),
    ("column", pa.string()),
    ("reason", pa.string()),
    ("row", pa.binary()),
]
_QUARANTINE = pa.schema(_FIELDS)


class BusyError(Exception):
    """Another load works in this warehouse."""


class Outcome(msgspec.Struct, frozen=True):
    """repeated: the same files were loaded for this date before, and nothing was done."""

    manifest: Manifest
    repeated: bool


class _State(msgspec.Struct):
    """How far a load is."""

    file: int = 0
    block: int = 0
    start: int = 0
    line: int = 0
    read: int = 0
    quarantined: dict[str, int] = msgspec.field(default_factory=dict)


def load_files(
    files: Sequence[Path],
    kind: Kind,
    as_of: date,
    warehouse: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Bring one set of files in.  progress: rows read so far.

    Raises reading.HeaderError for a file that cannot be a population file, BusyError, and OSError.
    A set without any sound row is not taken in: its manifest says accepted 0 and only the quarantine is kept.
    """
    warehouse.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(warehouse):
        name = f"{as_of:%Y%m%d}-{kind}-{_fingerprint(files)}"
        final = snapshots_dir(warehouse) / name
        if final.exists():
            return Outcome(manifest_of(final), repeated=True)
        work = warehouse / "work" / name
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = _gather(files, work, progress)
        manifest = _finish(work, Manifest(kind, as_of, name, state.read, 0, state.quarantined))
        _keep_quarantine(work, warehouse / "quarantine" / name)
        if manifest.accepted:
            final.parent.mkdir(exist_ok=True, mode=0o700)
            _sync_tree(work / "sorted")
            (work / "sorted").rename(final)
            _sync(final.parent)
        shutil.rmtree(work)
        return Outcome(manifest, repeated=False)


@contextmanager
def _alone(warehouse: Path) -> Iterator[None]:
    descriptor = os.open(warehouse / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BusyError("another load works in this warehouse") from None
    finally:
        os.close(descriptor)


def _fingerprint(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()[:16]


def _gather(files: Sequence[Path], work: Path, progress: Callable[[int], None]) -> _State:
    held = work / "state.json"
    state = msgspec.json.decode(held.read_bytes(), type=_State) if held.exists() else _State()
    while state.file < len(files):
        for block in read_blocks(files[state.file], number=state.block, start=state.start, line=state.line):
            _take_in(block, state, work)
            state.block, state.start, state.line = block.number + 1, block.end, block.next_line
            _write_state(held, state)
            progress(state.read)
        state.file, state.start, state.line = state.file + 1, 0, 0
        _write_state(held, state)
    return state


def _write_state(path: Path, state: _State) -> None:
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(state))
    draft.replace(path)


def _take_in(block: Block, state: _State, work: Path) -> None:
    """Write the block's sound rows and its faulty ones; a repeat after a cut writes the same files again."""
    table, sound, faults = canonical(block.table)
    accepted = table.filter(pa.array(sound))
    lines = np.array(block.lines, dtype=np.int64)[sound]
    whole: dict[str, Any] = {
        name: accepted[name] if name in accepted.column_names else pa.array([""] * len(lines), pa.string())
        for name in COLUMNS
    }
    whole["file"] = pa.array(np.full(len(lines), state.file, dtype=np.int32))
    whole["line"] = pa.array(lines)
    part = f"{state.file:04d}-{block.number:06d}.parquet"
    _write(pa.table(whole), work / f"part-{part}")
    set_aside = _set_aside(block, faults, state.file)
    if set_aside.num_rows:
        _write(set_aside, work / f"quarantine-{part}")
    reasons: list[Any] = set_aside["reason"].to_pylist()
    counts = Counter(state.quarantined) + Counter(reasons)
    state.quarantined = dict(sorted(counts.items()))
    state.read += block.table.num_rows + len(block.torn)


def _set_aside(block: Block, faults: list[Fault], file: int) -> pa.Table:
    rows = [
        (block.lines[fault.row], fault.column, fault.reason, _raw(block.table, fault.row)) for fault in faults
    ]
    rows += [
        (line, "", Reason.COLUMN_COUNT, text.encode(errors="surrogateescape")) for line, text in block.torn
    ]
    rows.sort(key=lambda row: row[0])
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    values = [
        pa.array(column, kind.type) for column, kind in zip(columns, list(_QUARANTINE)[1:], strict=True)
    ]
    return pa.table([pa.array([file] * len(rows), pa.int32()), *values], schema=_QUARANTINE)


def _raw(table: pa.Table, row: int) -> bytes:
    return b",".join(table[name][row].as_py() for name in table.column_names)


def _write(table: pa.Table, path: Path) -> None:
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        pq.write_table(table, file, compression="zstd", compression_level=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _finish(work: Path, manifest: Manifest) -> Manifest:
    """Set duplicates aside and sort the rest by province."""
    target = work / "sorted"
    shutil.rmtree(target, ignore_errors=True)
    with duckdb.connect() as database:
        database.execute("SET memory_limit = ?", [_MEMORY])
        database.execute("SET temp_directory = ?", [str(work / "spill")])
        database.execute("SET preserve_insertion_order = false")
        database.execute("SET threads = 2")
        parts = str(work / "part-*.parquet")
        database.execute(
            "CREATE TEMP TABLE doubled AS SELECT p.file, p.line, p.NIK FROM read_parquet($parts) p JOIN ("
            " SELECT NIK, min(file * 1000000000000::BIGINT + line) AS first FROM read_parquet($parts)"
            " GROUP BY NIK HAVING count(*) > 1) d ON d.NIK = p.NIK"
            " WHERE p.file * 1000000000000::BIGINT + p.line > d.first",
            {"parts": parts},
        )
        doubled = _quarantine_doubles(database, parts, work)
        accepted = _sort(database, parts, target)
    counts = manifest.quarantined | ({Reason.DUPLICATE.value: doubled} if doubled else {})
    manifest = msgspec.structs.replace(manifest, accepted=accepted, quarantined=counts)
    (target / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    return manifest


def _quarantine_doubles(database: duckdb.DuckDBPyConnection, parts: str, work: Path) -> int:
    row = "encode(concat_ws(',', " + ", ".join(f'p."{name}"' for name in COLUMNS) + "))"
    query = (
        f"SELECT file, line, 'NIK' AS \"column\", 'duplicate' AS reason, {row} AS \"row\""  # noqa: S608 - column names of the catalogue
        " FROM read_parquet($parts) p SEMI JOIN doubled USING (file, line) ORDER BY file, line"
    )
    table = database.sql(query, params={"parts": parts}).to_arrow_table()
    if table.num_rows:
        _write(table.cast(_QUARANTINE), work / "quarantine-doubles.parquet")
    count: int = table.num_rows
    return count


def _sort(database: duckdb.DuckDBPyConnection, parts: str, target: Path) -> int:
    target.mkdir(mode=0o700)
    rows = "FROM read_parquet($parts) p ANTI JOIN doubled USING (file, line)"
    count = database.execute(f"SELECT count(*) {rows}", {"parts": parts}).fetchone()
    assert count is not None
    if count[0]:
        quoted = str(target).replace("'", "''")
        database.execute(
            "COPY (SELECT * EXCLUDE (file, line), CASE WHEN NO_PROP = '' THEN left(NIK, 2)"
            f" ELSE lpad(NO_PROP, 2, '0') END AS province {rows}) TO '{quoted}'"
            " (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (province), OVERWRITE_OR_IGNORE)",
            {"parts": parts},
        )
    return int(count[0])


def _keep_quarantine(work: Path, target: Path) -> None:
    found = sorted(work.glob("quarantine-*.parquet"))
    if not found:
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True, mode=0o700)
    for path in found:
        path.rename(target / path.name)


def _sync_tree(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
