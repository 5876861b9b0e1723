"""The tree as files: tiles of 256 hashes and bundles of 256 entries (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from hakakses.core.ledger.entry import LONGEST_ENTRY
from hakakses.core.ledger.tree import HASH_BYTES, ReadNode, node_hash

TILE_WIDTH = 256
TILE_BITS = 8
ENTRIES = -1  # the level of entry bundles, which stand under "entries" instead of a number
_LENGTH_BYTES = 2


class TileError(ValueError):
    """The bytes are not a tile or an entry bundle of the wanted width."""


class TileMissing(LookupError):
    """A tile that the tree needs is not there; the message is its path."""


class Tile(msgspec.Struct, frozen=True):
    """One tile or bundle.  level: 0 holds leaf hashes, ENTRIES holds entries.  width: 1 to 256 items."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_index_path(self.index)}{partial}"

    @property
    def full(self) -> Tile:
        return Tile(self.level, self.index)


ReadFile = Callable[[str], bytes | None]


def _index_path(index: int) -> str:
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03d}")
    return "/".join(reversed(parts))


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile as it is in a log of this size; raises TileMissing where the log has none there."""
    items = size >> (TILE_BITS * max(level, 0))
    width = min(items - index * TILE_WIDTH, TILE_WIDTH)
    if width <= 0:
        raise TileMissing(Tile(level, index).path)
    return Tile(level, index, width)


def tiles_between(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles and bundles of a log of the new size that one of the old size did not have."""
    for level in (ENTRIES, *range(top_level(new_size) + 1)):
        shift = TILE_BITS * max(level, 0)
        old, new = old_size >> shift, new_size >> shift
        if new > old:
            for index in range(old // TILE_WIDTH, (new - 1) // TILE_WIDTH + 1):
                yield tile_at(level, index, new_size)


def partial_tiles(size: int) -> set[Tile]:
    """The tiles at the right edge that a larger log replaces."""
    found = set()
    for level in (ENTRIES, *range(top_level(size) + 1)):
        items = size >> (TILE_BITS * max(level, 0))
        if items % TILE_WIDTH:
            found.add(Tile(level, items // TILE_WIDTH, items % TILE_WIDTH))
    return found


def top_level(size: int) -> int:
    """The highest tile level that a log of this size has, -1 when it is empty."""
    return (size.bit_length() - 1) // TILE_BITS


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Each entry after its length, two bytes, big-endian; TileError for an entry that is longer."""
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise TileError("an entry is longer than 65,535 bytes")
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def decode_bundle(data: bytes) -> list[bytes]:
    entries, at = [], 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            raise TileError("the entry bundle is cut short")
        entries.append(data[start:at])
    return entries


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile; a tile of another width is refused."""
    if len(data) != width * HASH_BYTES:
        raise TileError("the tile has the wrong length")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def read_hashes(tile: Tile, read: ReadFile) -> list[bytes]:
    """The hashes of a tile, from the full tile where the partial one has been replaced already."""
    data = read(tile.path)
    if data is not None:
        return split_hashes(data, tile.width)
    data = read(tile.full.path)
    if data is None:
        raise TileMissing(tile.path)
    return split_hashes(data, TILE_WIDTH)[: tile.width]


def read_entries(tile: Tile, read: ReadFile) -> list[bytes]:
    """The entries of a bundle; as read_hashes."""
    data, width = read(tile.path), tile.width
    if data is None:
        data, width = read(tile.full.path), TILE_WIDTH
    if data is None:
        raise TileMissing(tile.path)
    entries = decode_bundle(data)
    if len(entries) != width:
        raise TileError("the bundle has the wrong number of entries")
    return entries[: tile.width]


def node_reader(size: int, read: ReadFile) -> ReadNode:
    """Reads any complete node of a log of this size from its tiles."""

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_BITS)
        first = index << height
        tile = tile_at(tile_level, first // TILE_WIDTH, size)
        start = first % TILE_WIDTH
        return complete_root(read_hashes(tile, read)[start : start + (1 << height)])

    return node
