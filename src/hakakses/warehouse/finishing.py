"""The end of a load: duplicates are set aside, and what is left is gathered by province."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from hakakses.warehouse.disk import write_table
from hakakses.warehouse.parts import QUARANTINE, SNAPSHOT, provinces_in, rows_of
from hakakses.warehouse.validate import Reason
from hakakses.warehouse.workers import Workers

_MEMORY = "600MB"
_GROUP_ROWS = 50_000
_DOUBLES = "doubles.parquet"


class _Task(msgspec.Struct, frozen=True):
    province: int
    work: Path
    target: Path


def finish(
    work: Path, target: Path, workers: Workers, progress: Callable[[int, int], None]
) -> tuple[int, int]:
    """Fill the target directory; gives the rows in it and the duplicates that were set aside in ``work``.

    progress: provinces so far, of how many.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    found, accepted = provinces_in(work), 0
    doubled = _find_doubles(work) if found else 0
    tasks = [_Task(province, work, target) for province in found]
    for done, rows in enumerate(workers.in_order(_gather, tasks), 1):
        accepted += rows
        progress(done, len(found))
    return accepted, doubled


def _find_doubles(work: Path) -> int:
    """Note each row whose NIK an earlier one has, in the order of the files and their lines."""
    with duckdb.connect() as database:
        database.execute("SET memory_limit = ?", [_MEMORY])
        database.execute("SET temp_directory = ?", [str(work / "spill")])
        database.execute("SET threads = 2")
        found = database.sql(
            "WITH keys AS (SELECT * FROM read_parquet($keys)), doubled AS ("
            " SELECT number, min(file * 1000000000000::BIGINT + line) AS first"
            " FROM keys GROUP BY number HAVING count(*) > 1)"
            " SELECT file, line FROM keys JOIN doubled USING (number)"
            " WHERE file * 1000000000000::BIGINT + line > first ORDER BY file, line",
            params={"keys": str(work / "keys-*.parquet")},
        ).to_arrow_table()
    write_table(found, work / _DOUBLES)
    return int(found.num_rows)


def _gather(task: _Task) -> int:
    """Write one province's rows without the duplicates, and those apart; gives the count of the former."""
    doubles = pq.read_table(task.work / _DOUBLES)
    place = task.target / f"province={task.province:02d}"
    place.mkdir(mode=0o700)
    faults: list[pa.Table] = []
    count = 0
    with pq.ParquetWriter(
        place / "part-0.parquet", SNAPSHOT, compression="zstd", compression_level=1, write_statistics=False
    ) as out:
        for rows in _in_groups(_without(doubles, rows_of(task.work, task.province), faults)):
            out.write_table(rows)
            count += rows.num_rows
    if faults:
        write_table(pa.concat_tables(faults), task.work / f"quarantine-doubles-{task.province:02d}.parquet")
    return count


def _without(
    doubles: pa.Table, parts: Iterator[tuple[int, pa.Table]], faults: list[pa.Table]
) -> Iterator[pa.Table]:
    """The rows that are no duplicates; the others are added to ``faults``."""
    files = doubles["file"].to_numpy()
    for file, rows in parts:
        double = _among(rows["line"].to_numpy(), doubles["line"].to_numpy()[files == file])
        if double.any():
            faults.append(_as_faults(rows.filter(pa.array(double)), file))
        yield rows.filter(pa.array(~double)).select(SNAPSHOT.names)


def _among(values: npt.NDArray[np.int64], ordered: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: npt.NDArray[np.bool_] = ordered[place] == values
    return found


def _as_faults(rows: pa.Table, file: int) -> pa.Table:
    texts: list[tuple[str, ...]] = list(
        zip(*(rows[name].to_pylist() for name in SNAPSHOT.names), strict=True)
    )
    values: list[Any] = [
        [file] * len(texts),
        rows["line"],
        ["NIK"] * len(texts),
        [Reason.DUPLICATE] * len(texts),
        [",".join(row).encode() for row in texts],
    ]
    return pa.table(dict(zip(QUARANTINE.names, values, strict=True)), QUARANTINE)


def _in_groups(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Together what will be a row group of the snapshot."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(one.num_rows for one in waiting) >= _GROUP_ROWS:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)
