"""The files that a load leaves in its working directory on the way, for each piece of a population file.

rows-<file>-<piece>.arrow            sound rows with their lines, one batch for each province
keys-<file>-<piece>.parquet          their NIK as numbers, and where they stand, to find duplicates by
quarantine-<file>-<piece>.parquet    faulty rows, with line, column and reason
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from hakakses.store.private_files import write_private
from hakakses.warehouse.disk import write_table
from hakakses.warehouse.snapshots import COLUMNS

_PROVINCES = b"provinces"
_TEXTS: list[tuple[str, Any]] = [(name, pa.string()) for name in COLUMNS]
_FAULTS: list[tuple[str, Any]] = [
    ("file", pa.int32()),
    ("line", pa.int64()),
    ("column", pa.string()),
    ("reason", pa.string()),
    ("row", pa.binary()),
]
SNAPSHOT, QUARANTINE = pa.schema(_TEXTS), pa.schema(_FAULTS)


def write_rows(rows: pa.Table, province: npt.NDArray[np.int64], work: Path, file: int, piece: int) -> None:
    """Rows of SNAPSHOT with a ``line``, sorted by province, and their keys."""
    starts = np.flatnonzero(np.diff(province, prepend=-1))
    found = " ".join(str(number) for number in province[starts])
    bounds: list[int] = [*starts.tolist(), len(province)]
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    schema = rows.schema.with_metadata({_PROVINCES: found.encode()})
    with pa.ipc.new_file(sink, schema, options=options) as out:
        for start, end in pairwise(bounds):
            out.write_batch(rows.slice(start, end - start).combine_chunks().to_batches()[0])
    write_private(work / f"rows-{file:04d}-{piece:06d}.arrow", sink.getvalue().to_pybytes())
    files = pa.repeat(pa.scalar(file, pa.int32()), rows.num_rows)
    keys = pa.table({"number": rows["NIK"].cast(pa.int64()), "file": files, "line": rows["line"]})
    write_table(keys, work / f"keys-{file:04d}-{piece:06d}.parquet")


def write_faults(faults: pa.Table, work: Path, file: int, piece: int) -> None:
    write_table(faults, work / f"quarantine-{file:04d}-{piece:06d}.parquet")


def provinces_in(work: Path) -> list[int]:
    return sorted({number for path in _row_files(work) for number in _provinces(_opened(path))})


def rows_of(work: Path, province: int) -> Iterator[tuple[int, pa.Table]]:
    """File number and rows of one province, in the order of the files and their pieces."""
    for path in _row_files(work):
        part = _opened(path)
        found = _provinces(part)
        if province in found:
            batch = part.get_batch(found.index(province))
            yield int(path.name.split("-")[1]), pa.Table.from_batches([batch]).replace_schema_metadata()


def _row_files(work: Path) -> list[Path]:
    return sorted(work.glob("rows-*.arrow"))


def _opened(path: Path) -> Any:
    return pa.ipc.open_file(pa.memory_map(str(path)))


def _provinces(part: Any) -> list[int]:
    return [int(number) for number in part.schema.metadata[_PROVINCES].split()]
