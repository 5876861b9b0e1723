"""One piece of a population file judged: its sound rows and its faulty ones, each in files of their own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from hakakses.warehouse.parts import QUARANTINE, SNAPSHOT, write_faults, write_rows
from hakakses.warehouse.reading import Block, Piece, Place, parse
from hakakses.warehouse.validate import Fault, Reason, canonical, provinces


class Task(msgspec.Struct, frozen=True):
    """A piece of the file with this number in its set, and the directory that its parts go to."""

    file: int
    piece: Piece
    work: Path


class Judged(msgspec.Struct, frozen=True):
    """read: rows; quarantined: how many of them by reason; next: where the reading goes on."""

    next: Place
    read: int
    quarantined: dict[str, int]


def judge(task: Task) -> Judged:
    """Judge a piece and write what comes of it; a repeat after a cut writes the same files again."""
    place, block = task.piece.place, parse(task.piece)
    table, sound, faults = canonical(block.table)
    province = provinces(table)
    order = np.argsort(province, kind="stable")
    order = order[sound[order]]
    rows = _whole(table.take(order)).append_column("line", pa.array(np.array(block.lines, np.int64)[order]))
    write_rows(rows, province[order], task.work, task.file, place.piece)
    set_aside = _set_aside(block, faults, task.file)
    if set_aside.num_rows:
        write_faults(set_aside, task.work, task.file, place.piece)
    reasons: list[Any] = set_aside["reason"].to_pylist()
    return Judged(task.piece.next, len(block.lines) + len(block.torn), dict(Counter(reasons)))


def _whole(rows: pa.Table) -> pa.Table:
    """Every column of a snapshot; one that the file does not have is empty."""
    empty = pa.repeat(pa.scalar(""), rows.num_rows)
    columns: dict[str, Any] = {
        name: rows[name] if name in rows.column_names else empty for name in SNAPSHOT.names
    }
    return pa.table(columns, SNAPSHOT)


def _set_aside(block: Block, faults: list[Fault], file: int) -> pa.Table:
    rows = [
        (file, block.lines[fault.row], fault.column, fault.reason, _raw(block.table, fault.row))
        for fault in faults
    ]
    rows += [(file, line, "", Reason.COLUMN_COUNT, row) for line, row in block.torn]
    rows.sort(key=lambda row: row[1])
    columns = zip(*rows, strict=True) if rows else [()] * len(QUARANTINE)
    return pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, QUARANTINE, strict=True)],
        schema=QUARANTINE,
    )


def _raw(table: pa.Table, row: int) -> bytes:
    return b",".join(table[name][row].as_py() for name in table.column_names)
