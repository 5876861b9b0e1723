"""The sealer: turns committed entries into tiles and signs a checkpoint, unless the log forked or shrank."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import asyncpg
import structlog

from hakakses.core.ledger import checkpoint as notes
from hakakses.core.ledger.checkpoint import Checkpoint, CheckpointError, SigningKey
from hakakses.core.ledger.entry import leaf_hash
from hakakses.core.ledger.tiles import (
    ENTRIES,
    TILE_BITS,
    TILE_WIDTH,
    Tile,
    TileError,
    TileMissing,
    complete_root,
    encode_bundle,
    node_reader,
    partial_tiles,
    read_entries,
    read_hashes,
    tile_at,
)
from hakakses.core.ledger.tree import EMPTY_ROOT, Frontier, frontier_at
from hakakses.settings import Settings, TenantPlace
from hakakses.store import embedded, keys
from hakakses.store.keys import KeyName
from hakakses.store.line import SEALER, connect
from hakakses.store.tile_files import CHECKPOINT, VKEY, file_reader, write_files

_CHUNK = 8192
_PAUSE_S = 0.3
_IDLE_SIGN_S = 3600.0
_AGAIN_S = 30.0  # before a sandbox that was refused is looked at again
_LOCK_TRIES = 20
log = structlog.get_logger()
_STATE = "last-checkpoint"
_READ = "SELECT seq, leaf_hash, entry FROM ledger_entry WHERE seq >= $1 ORDER BY seq LIMIT $2"
_LOCK = "SELECT pg_try_advisory_lock(hashtext('hakakses sealer'), hashtext(current_schema()))"


class SealError(Exception):
    """The sealer refuses to sign; the message says why."""


class Tail:
    """The growing edge of the tiles: per level the hashes of the open tile, and the open bundle's entries."""

    def __init__(
        self, size: int, frontier: Frontier, hashes: dict[int, list[bytes]], entries: list[bytes]
    ) -> None:
        self.frontier = frontier
        self.open = hashes
        self.entries = entries
        self.last: bytes | None = None
        self.files: dict[str, bytes] = {}
        self.start = size

    def append(self, leaf: bytes, entry: bytes) -> None:
        self.frontier.append(leaf)
        self.entries.append(entry)
        if len(self.entries) == TILE_WIDTH:
            self._put(Tile(ENTRIES, (self.frontier.size - 1) // TILE_WIDTH))
            self.entries = []
        self._push(0, leaf)
        self.last = leaf

    def _push(self, level: int, found: bytes) -> None:
        row = self.open.setdefault(level, [])
        row.append(found)
        if len(row) == TILE_WIDTH:
            self._put(Tile(level, (self.frontier.size - 1) >> TILE_BITS * (level + 1)))
            self.open[level] = []
            self._push(level + 1, complete_root(row))

    def _put(self, tile: Tile) -> None:
        data = encode_bundle(self.entries) if tile.level == ENTRIES else b"".join(self.open[tile.level])
        self.files[tile.path] = data

    def take_files(self) -> dict[str, bytes]:
        """The files that are new since the last call, the open tiles among them."""
        for tile in partial_tiles(self.frontier.size):
            self._put(tile)
        files, self.files = self.files, {}
        return files


def restore_tail(last: Checkpoint, directory: Path) -> Tail:
    """The edge of the log last signed, from its tiles; raises SealError when they give another root."""
    read = file_reader(directory)
    try:
        frontier = frontier_at(last.size, node_reader(last.size, read))
        tiles = {tile.level: tile for tile in partial_tiles(last.size)}
        hashes = {level: read_hashes(tile, read) for level, tile in tiles.items() if level != ENTRIES}
        entries = read_entries(tiles[ENTRIES], read) if ENTRIES in tiles else []
        tail = Tail(last.size, frontier, hashes, entries)
        if last.size:
            tail.last = read_hashes(tile_at(0, (last.size - 1) // TILE_WIDTH, last.size), read)[-1]
    except (TileMissing, TileError) as fault:
        raise SealError(f"the tiles on disk cannot be read: {fault}") from fault
    if frontier.root() != last.root or [leaf_hash(entry) for entry in entries] != hashes.get(0, []):
        raise SealError("the tiles on disk do not give the root last signed")
    return tail


class Seal:
    """One log being sealed: its key, its directory, and the checkpoint last signed."""

    def __init__(self, key: SigningKey, directory: Path, state: Path) -> None:
        self.key, self.directory, self.state = key, directory, state
        self.signed = self._last_signed()
        self.stale: set[Tile] = set()
        self.signed_at = 0.0

    def _last_signed(self) -> Checkpoint:
        """The larger of the state file's checkpoint and the published one: a lost copy hides nothing."""
        found = [Checkpoint(self.key.name, 0, EMPTY_ROOT)]
        for path in (self.state / _STATE, self.directory / CHECKPOINT):
            if path.exists():
                try:
                    found.append(notes.open_checkpoint(path.read_text(encoding="utf-8"), self.key.verifier))
                except (CheckpointError, UnicodeDecodeError) as fault:
                    raise SealError(f"{path} is not a checkpoint of this log: {fault}") from fault
        return max(found, key=lambda checkpoint: checkpoint.size)

    def sign(self, size: int, root: bytes) -> None:
        """Publish a checkpoint; the private copy first, so that no published one is ever forgotten."""
        checkpoint = Checkpoint(self.key.name, size, root)
        text = notes.sign_checkpoint(checkpoint, self.key).encode()
        write_files(self.state, {_STATE: text})
        write_files(self.directory, {CHECKPOINT: text, VKEY: f"{self.key.verifier.text}\n".encode()})
        kept = partial_tiles(size) | partial_tiles(self.signed.size)
        for tile in self.stale - kept:
            (self.directory / tile.path).unlink(missing_ok=True)
        self.stale = kept
        self.signed, self.signed_at = checkpoint, time.monotonic()


def extend(tail: Tail, rows: list[Any]) -> int:
    """Take rows that begin with the last one sealed; the number of new ones.  Raises SealError on a fork."""
    size = tail.frontier.size
    if size and (not rows or rows[0]["seq"] != size - 1):
        raise SealError(f"the database has lost entry {size - 1}, which is already signed")
    if size:
        if rows[0]["leaf_hash"] != tail.last or leaf_hash(rows[0]["entry"]) != tail.last:
            raise SealError(f"entry {size - 1} in the database is not the one already signed")
        rows = rows[1:]
    for expected, row in enumerate(rows, size):
        if row["seq"] != expected:
            raise SealError(f"entry {expected} is missing from the database")
        leaf = leaf_hash(row["entry"])
        if leaf != row["leaf_hash"]:
            raise SealError(f"entry {expected} does not have the hash written beside it")
        tail.append(leaf, row["entry"])
    return len(rows)


async def seal_once(connection: asyncpg.Connection[Any], tail: Tail, seal: Seal) -> bool:
    """Seal what is committed; whether more may be waiting."""
    rows = await connection.fetch(_READ, max(tail.frontier.size - 1, 0), _CHUNK)
    new = extend(tail, rows)
    if new or not seal.signed_at or time.monotonic() - seal.signed_at > _IDLE_SIGN_S:
        write_files(seal.directory, tail.take_files())
        seal.sign(tail.frontier.size, tail.frontier.root())
    return len(rows) == _CHUNK


async def rebuild(connection: asyncpg.Connection[Any], seal: Seal) -> Tail:
    """The tiles from the table alone; raises SealError when they do not pass through the root last signed."""
    tail = Tail(0, Frontier(), {}, [])
    while tail.frontier.size < seal.signed.size:
        size = tail.frontier.size
        want = min(_CHUNK, seal.signed.size - size) + (size > 0)
        if not extend(tail, await connection.fetch(_READ, max(size - 1, 0), want)):
            raise SealError(f"the database has {size} entries, fewer than the {seal.signed.size} signed")
        write_files(seal.directory, tail.take_files())
    if tail.frontier.root() != seal.signed.root:
        raise SealError("the entries in the database do not give the root last signed: the log has forked")
    return tail


async def _lock(connection: asyncpg.Connection[Any]) -> None:
    for _ in range(_LOCK_TRIES):
        if await connection.fetchval(_LOCK):
            return
        await asyncio.sleep(_PAUSE_S)
    raise SealError("another sealer is at work on this log")


async def _serve(dsn: str, schema: str, seal: Seal) -> None:
    connection = await connect(dsn, SEALER, schema)
    try:
        await _lock(connection)
        try:
            tail = restore_tail(seal.signed, seal.directory)
        except SealError:
            tail = await rebuild(connection, seal)
        while True:
            if not await seal_once(connection, tail, seal):
                await asyncio.sleep(_PAUSE_S)
    finally:
        connection.terminate()


def open_seal(place: TenantPlace) -> Seal:
    """A log's key and last checkpoint; a first start makes the key, a later one refuses without it."""
    path, state = place.checkpoint_key, place.sealer_dir
    first = not (state / _STATE).exists() and not (place.ledger_dir / VKEY).exists()
    for folder in (path.parent, state, place.ledger_dir):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = keys.create(path, (KeyName.CHECKPOINT,)) if first and not path.exists() else keys.load(path)
    name = f"hakakses.id/ledger/{place.schema}"
    return Seal(SigningKey(name, store.root(KeyName.CHECKPOINT)), place.ledger_dir, state)


async def run(settings: Settings) -> None:
    """Seal every tenant's log until cancelled; waits while PostgreSQL is away.

    Raises SealError when the live log must not be signed.  A sandbox that cannot be sealed holds up nobody else.
    """
    dsn = settings.dsn or embedded.ensure(settings).dsn
    rehearsal = settings.rehearsal
    beside = None if rehearsal is None else asyncio.create_task(_seal_beside(rehearsal, dsn))
    try:
        await _seal(settings.live, dsn)
    finally:
        if beside is not None:
            beside.cancel()


async def _seal(place: TenantPlace, dsn: str) -> None:
    seal = open_seal(place)
    while True:
        try:
            await _serve(dsn, place.schema, seal)
        except (
            OSError,
            asyncpg.PostgresConnectionError,
            asyncpg.InterfaceError,
            asyncpg.OperatorInterventionError,
        ):
            await asyncio.sleep(_PAUSE_S)


async def _seal_beside(place: TenantPlace, dsn: str) -> None:
    while True:
        try:
            await _seal(place, dsn)
        except (SealError, keys.KeystoreError, asyncpg.PostgresError) as fault:
            log.warning("not_sealed", tenant=place.schema, reason=str(fault))
            await asyncio.sleep(_AGAIN_S)
