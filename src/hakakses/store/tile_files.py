"""The log's files on disk: written whole or not at all, and read for proofs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from hakakses.core.ledger.checkpoint import parse_checkpoint
from hakakses.core.ledger.tiles import ReadFile, TileMissing, node_reader
from hakakses.core.ledger.tree import inclusion_proof
from hakakses.store.private_files import sync

CHECKPOINT = "checkpoint"
VKEY = "log.vkey"


class Inclusion(msgspec.Struct, frozen=True):
    """An inclusion proof for an entry.  proof: 32-byte hashes from the leaf upwards."""

    checkpoint: str
    seq: int
    size: int
    proof: list[bytes]


class NotSealed(msgspec.Struct, frozen=True):
    """The entry is beyond the newest checkpoint, of this size."""

    size: int


def write_files(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write files by relative path; each is durable under its name, and never seen half-written."""
    folders: set[Path] = set()
    for name, data in files.items():
        path = directory / name
        if not path.parent.is_dir():
            folders.update(_make_folder(path.parent))
        draft = path.with_name(f"{path.name}.new")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folders.add(path.parent)
    for folder in folders:
        sync(folder)


def _make_folder(folder: Path) -> set[Path]:
    missing = [path for path in (folder, *folder.parents) if not path.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    return {path.parent for path in missing}


def file_reader(directory: Path) -> ReadFile:
    def read(path: str) -> bytes | None:
        try:
            return (directory / path).read_bytes()
        except FileNotFoundError:
            return None

    return read


@lru_cache(maxsize=512)
def _full_tile(directory: Path, path: str) -> bytes:
    return (directory / path).read_bytes()


def _caching_reader(directory: Path) -> ReadFile:
    plain = file_reader(directory)

    def read(path: str) -> bytes | None:
        if ".p/" in path:
            return plain(path)
        try:
            return _full_tile(directory, path)
        except FileNotFoundError:
            return None

    return read


def inclusion(directory: Path, seq: int) -> Inclusion | NotSealed:
    """The proof for an entry under the newest checkpoint; raises TileMissing when a tile is gone."""
    try:
        return _inclusion(directory, seq)
    except TileMissing:  # a newer checkpoint may have replaced the tile between two reads
        return _inclusion(directory, seq)


def _inclusion(directory: Path, seq: int) -> Inclusion | NotSealed:
    try:
        text = (directory / CHECKPOINT).read_text(encoding="utf-8")
    except FileNotFoundError:
        return NotSealed(0)
    size = parse_checkpoint(text).size
    if not 0 <= seq < size:
        return NotSealed(size)
    proof = inclusion_proof(seq, size, node_reader(size, _caching_reader(directory)))
    return Inclusion(text, seq, size, proof)
