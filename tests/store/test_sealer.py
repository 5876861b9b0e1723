"""The sealer signs what is committed within a second, and never what would hide a loss or a fork."""

from __future__ import annotations

import asyncio
import time

import msgspec
import psycopg
import pytest

from hakakses.core.ledger.checkpoint import open_checkpoint, parse_vkey
from hakakses.core.ledger.entry import leaf_hash
from hakakses.core.ledger.tree import verify_inclusion
from hakakses.store import keys, sealer, tile_files
from hakakses.store.keys import KeyName


@pytest.fixture
def settings(database):
    return msgspec.structs.replace(database.settings, dsn=database.dsn)


def _append(dsn: str, first: int, count: int, mark: str = "") -> None:
    entries = [f"{n}{mark}".encode() for n in range(first, first + count)]
    rows = [(n, leaf_hash(entry), entry, b"") for n, entry in enumerate(entries, first)]
    with psycopg.connect(dsn) as connection:
        connection.execute("SET search_path = live")
        connection.cursor().executemany("INSERT INTO ledger_entry VALUES (%s, %s, %s, %s)", rows)


def _cut(dsn: str, size: int) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("SET search_path = live")
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
        connection.execute("DELETE FROM ledger_entry WHERE seq >= %s", (size,))


def _sealed(settings):
    key = parse_vkey((settings.ledger_dir / "log.vkey").read_text())
    return open_checkpoint((settings.ledger_dir / "checkpoint").read_text(), key)


async def _seal_to(settings, size: int) -> float:
    """Run the sealer until a checkpoint covers this many entries; how long it took, in seconds."""
    task, began = asyncio.create_task(sealer.run(settings)), time.monotonic()
    path = settings.ledger_dir / "checkpoint"
    while not task.done() and not (path.exists() and _sealed(settings).size >= size):  # noqa: ASYNC110 - a file has no event
        await asyncio.sleep(0.02)
    took = time.monotonic() - began
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled() and task.exception():
        raise task.exception()
    return took


async def test_every_sealed_entry_is_proved_across_restarts(settings):
    total = 0
    for count in (1, 254, 2, 300):
        _append(settings.dsn, total, count)
        total += count
        await _seal_to(settings, total)
    checkpoint = _sealed(settings)
    for seq in range(total):
        found = tile_files.inclusion(settings.ledger_dir, seq)
        verify_inclusion(leaf_hash(str(seq).encode()), seq, checkpoint.size, found.proof, checkpoint.root)
    assert tile_files.inclusion(settings.ledger_dir, total) == tile_files.NotSealed(total)


@pytest.mark.parametrize("regrown", [0, 5, 40])
async def test_a_restored_backup_is_not_signed(settings, regrown):
    _append(settings.dsn, 0, 300)
    await _seal_to(settings, 300)
    signed = (settings.ledger_dir / "checkpoint").read_bytes()
    _cut(settings.dsn, 290)
    _append(settings.dsn, 290, regrown, "another")
    for _ in range(2):
        with pytest.raises(sealer.SealError):
            await asyncio.wait_for(sealer.run(settings), 20)
    assert (settings.ledger_dir / "checkpoint").read_bytes() == signed


async def test_a_sandbox_that_cannot_be_sealed_holds_up_nobody(settings):
    sandbox = settings.rehearsal.ledger_dir / "checkpoint"
    sandbox.parent.mkdir()
    sandbox.write_text("no checkpoint")
    keys.create(settings.rehearsal.checkpoint_key, (KeyName.CHECKPOINT,))
    for size in (2, 4):
        _append(settings.dsn, size - 2, 2)
        await _seal_to(settings, size)
    assert sandbox.read_text() == "no checkpoint", "nor is it signed over"


async def test_both_tenants_are_sealed_under_keys_of_their_own(settings):
    task, places = asyncio.create_task(sealer.run(settings)), settings.tenants
    while not all((place.ledger_dir / "checkpoint").exists() for place in places):  # noqa: ASYNC110 - a file has no event
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len({(place.ledger_dir / "log.vkey").read_text() for place in places}) == 2


async def test_lost_tiles_are_rebuilt_from_the_table(settings):
    _append(settings.dsn, 0, 300)
    await _seal_to(settings, 300)
    for name in ("tile/0/000", "tile/1/000.p/1"):
        (settings.ledger_dir / name).unlink()
    _append(settings.dsn, 300, 1)
    await _seal_to(settings, 301)
    assert (settings.ledger_dir / "tile/0/000").stat().st_size == 256 * 32
