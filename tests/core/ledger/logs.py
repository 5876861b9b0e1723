"""Logs of any size, made by the functions that the sealer uses."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hakakses.core.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint
from hakakses.core.ledger.entry import Entry, EntryKind, encode_entry, leaf_hash
from hakakses.core.ledger.tiles import ENTRIES, TILE_BITS, complete_root, encode_bundle, tiles_between
from hakakses.core.ledger.tree import Frontier

KEY = SigningKey("hakakses.id/ledger/test", bytes(range(32)))
BLANK = Entry(1, 0, EntryKind.ANSWER, "i", "a", 1, "c", "web_service", "verify", "p", "machine", 4,
              "SESUAI", bytes(16), bytes(32), b"")  # fmt: skip


def an_entry(number: int) -> bytes:
    return encode_entry(msgspec.structs.replace(BLANK, time_ms=number))


def some_entries(size: int) -> list[bytes]:
    return [an_entry(number) for number in range(size)]


def a_note(entries: Sequence[bytes], key: SigningKey = KEY) -> str:
    """The signed checkpoint of a log of these entries."""
    frontier = Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    return sign_checkpoint(Checkpoint(key.name, len(entries), frontier.root()), key)


def a_log(size: int) -> dict[str, bytes]:
    """The files of a log of some_entries(size), by path."""
    entries = some_entries(size)
    leaves = [leaf_hash(entry) for entry in entries]
    files = {"checkpoint": a_note(entries).encode()}
    for tile in tiles_between(0, size):
        span = range(tile.index * 256, tile.index * 256 + tile.width)
        if tile.level == ENTRIES:
            files[tile.path] = encode_bundle([entries[n] for n in span])
        else:
            width = TILE_BITS * tile.level
            files[tile.path] = b"".join(complete_root(leaves[n << width : (n + 1) << width]) for n in span)
    return files
