"""Tables and whole trees of the warehouse on disk: durable, and closed to others."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hakakses.store.private_files import sync, write_private


def write_table(table: pa.Table, path: Path) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="lz4", write_statistics=False)
    write_private(path, sink.getvalue().to_pybytes())


def sync_tree(root: Path) -> None:
    """Close a tree to others and make it durable."""
    for path in (root, *root.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        sync(path)
