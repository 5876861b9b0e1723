"""Proving a copy of the log without its operator: every entry, every tile, the root, receipts and old heads."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import msgspec

from hakakses.core.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint, parse_vkey
from hakakses.core.ledger.entry import EntryError, decode_entry, leaf_hash
from hakakses.core.ledger.tiles import (
    ENTRIES,
    TILE_BITS,
    TILE_WIDTH,
    ReadFile,
    TileError,
    TileMissing,
    complete_root,
    read_entries,
    read_hashes,
    tile_at,
)
from hakakses.core.ledger.tree import Frontier


class Outcome(IntEnum):
    """What was found; the value is the exit code."""

    OK = 0
    TAMPERED = 1
    INCOMPLETE = 2
    BAD_INPUT = 3


class Receipt(msgspec.Struct, frozen=True):
    """What a caller keeps of an answer; hash and nonce in hex."""

    seq: int
    leaf_hash: str
    nonce: str


class Report(msgspec.Struct, frozen=True):
    """place: the entry, tile or file at fault, empty when all is well.  size: entries in the checkpoint."""

    outcome: Outcome
    place: str
    sentence_id: str
    sentence_en: str
    size: int = 0


class _Found(Exception):
    def __init__(self, outcome: Outcome, place: str, sentence_id: str, sentence_en: str) -> None:
        super().__init__(place)
        self.report = Report(outcome, place, sentence_id, sentence_en)


def verify_log(
    read: ReadFile,
    vkey: str,
    receipt: Receipt | None = None,
    old_checkpoint: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check a log's files.  read: a file's bytes by relative path, or None.  progress: entries done, of all."""
    try:
        size = _Check(read, vkey, receipt, old_checkpoint).run(progress)
    except _Found as found:
        return found.report
    except TileMissing as missing:
        return Report(
            Outcome.INCOMPLETE, str(missing), "Berkas catatan tidak ada.", "A file of the log is missing."
        )
    return Report(Outcome.OK, "", "Catatan utuh dan terbukti.", "The log is whole and proved.", size)


def _opened(text: bytes | None, vkey: str, place: str, at_fault: Outcome) -> Checkpoint:
    if text is None:
        raise TileMissing(place)
    try:
        return open_checkpoint(text.decode(), parse_vkey(vkey))
    except (CheckpointError, UnicodeDecodeError):
        raise _Found(
            at_fault, place, "Tanda tangan atau bentuknya tidak sah.", "Its signature or form does not hold."
        ) from None


class _Check:
    def __init__(self, read: ReadFile, vkey: str, receipt: Receipt | None, old: str | None) -> None:
        try:
            parse_vkey(vkey)
        except CheckpointError:
            raise _Found(
                Outcome.BAD_INPUT,
                "vkey",
                "Kunci pemeriksa tidak terbaca.",
                "The verifier key cannot be read.",
            ) from None
        self.read, self.receipt = read, receipt
        self.head = _opened(read("checkpoint"), vkey, "checkpoint", Outcome.TAMPERED)
        self.old = None if old is None else _opened(old.encode(), vkey, "old checkpoint", Outcome.BAD_INPUT)
        self.rows: dict[int, list[bytes]] = {0: []}
        self._check_reach()

    def _check_reach(self) -> None:
        if self.old and self.old.size == 0:
            raise _Found(
                Outcome.BAD_INPUT, "old checkpoint", "Catatan kosong tidak membuktikan apa pun.",
                "An empty log proves nothing.",
            )  # fmt: skip
        if self.old and self.old.size > self.head.size:
            raise _Found(
                Outcome.TAMPERED, "checkpoint", "Catatan lebih pendek dari yang pernah ditandatangani.",
                "The log is shorter than one signed before.",
            )  # fmt: skip
        if self.receipt and self.receipt.seq >= self.head.size:
            raise _Found(
                Outcome.INCOMPLETE, f"entry {self.receipt.seq}", "Entri belum ada dalam salinan ini.",
                "The entry is not in this copy yet.",
            )  # fmt: skip

    def run(self, progress: Callable[[int, int], None] | None) -> int:
        size = self.head.size
        for index in range((size + TILE_WIDTH - 1) // TILE_WIDTH):
            self._bundle(index)
            if progress:
                progress(min((index + 1) * TILE_WIDTH, size), size)
        for level in sorted(self.rows):
            if self.rows[level]:
                self._compare(level, size, self.rows[level])
        if self._root(self.rows, size) != self.head.root:
            raise _tampered("checkpoint")
        return size

    def _bundle(self, index: int) -> None:
        tile = tile_at(ENTRIES, index, self.head.size)
        try:
            entries = read_entries(tile, self.read)
        except TileError:
            raise _tampered(tile.path) from None
        first = index * TILE_WIDTH
        for seq, entry in enumerate(entries, first):
            self._entry(seq, entry)
        hashes = [leaf_hash(entry) for entry in entries]
        self._check_receipt(first, entries, hashes)
        if self.old and first < self.old.size < first + TILE_WIDTH:
            self._check_old({**self.rows, 0: hashes[: self.old.size - first]})
        self.rows[0] = hashes
        if len(hashes) == TILE_WIDTH:
            self._close(0, index)
        if self.old and self.old.size == first + TILE_WIDTH:
            self._check_old(self.rows)

    def _entry(self, seq: int, data: bytes) -> None:
        try:
            decode_entry(data)
        except EntryError:
            raise _tampered(f"entry {seq}") from None

    def _close(self, level: int, index: int) -> None:
        """Compare a full tile, and hand its root to the level above."""
        row = self.rows[level]
        self._compare(level, (index + 1) << TILE_BITS * (level + 1), row)
        self.rows[level] = []
        above = self.rows.setdefault(level + 1, [])
        above.append(complete_root(row))
        if len(above) == TILE_WIDTH:
            self._close(level + 1, index >> TILE_BITS)

    def _compare(self, level: int, size: int, row: list[bytes]) -> None:
        items = size >> TILE_BITS * level
        tile = tile_at(level, (items - 1) // TILE_WIDTH, size)
        try:
            held = read_hashes(tile, self.read)
        except TileError:
            raise _tampered(tile.path) from None
        for at, (found, computed) in enumerate(zip(held, row, strict=True)):
            if found != computed:
                entry = f" (entry {tile.index * TILE_WIDTH + at})" if level == 0 else ""
                raise _tampered(tile.path + entry)

    def _check_receipt(self, first: int, entries: list[bytes], hashes: list[bytes]) -> None:
        if not self.receipt or not first <= self.receipt.seq < first + len(entries):
            return
        at = self.receipt.seq - first
        entry = decode_entry(entries[at])
        if (hashes[at].hex(), entry.nonce.hex()) != (self.receipt.leaf_hash, self.receipt.nonce):
            raise _Found(
                Outcome.TAMPERED, f"entry {self.receipt.seq}", "Entri ini bukan yang disebut tanda terima.",
                "The entry is not the one that the receipt names.",
            )  # fmt: skip

    def _check_old(self, rows: dict[int, list[bytes]]) -> None:
        if self.old and self._root(rows, self.old.size) != self.old.root:
            raise _Found(
                Outcome.TAMPERED, "old checkpoint", "Catatan bukan kelanjutan dari yang lama: bercabang.",
                "The log does not extend the old one: it has forked.",
            )  # fmt: skip

    @staticmethod
    def _root(rows: dict[int, list[bytes]], size: int) -> bytes:
        edge: list[bytes] = []
        for level in sorted(rows, reverse=True):
            part = Frontier()
            for found in rows[level]:
                part.append(found)
            edge += part.hashes
        return Frontier(size, edge).root()


def _tampered(place: str) -> _Found:
    return _Found(Outcome.TAMPERED, place, "Catatan telah diubah di sini.", "The log was altered here.")
