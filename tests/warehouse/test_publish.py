"""Publishing exchanges the register at one moment, never half of it."""

from __future__ import annotations

import asyncio
import csv
from datetime import date

import pytest

from hakakses.core.residents import ResidentStatus
from hakakses.store import publication
from hakakses.store.cipher import SALT_BYTES, RegisterCipher
from hakakses.store.keys import load
from hakakses.store.line import GATEWAY, PUBLISHER, Line, connect
from hakakses.store.register import Register as Reading
from hakakses.warehouse.load import load_files
from hakakses.warehouse.publish import Register, publish
from hakakses.warehouse.sealing import COPY_END, COPY_START
from hakakses.warehouse.snapshots import Kind
from hakakses.warehouse.synthetic import Plan, csv_block

JUNE, JULY, DECEMBER, LATER = date(2026, 6, 30), date(2026, 7, 31), date(2026, 12, 31), date(2027, 1, 1)
PEOPLE = csv_block(Plan(300, 4, JUNE), 0).decode().splitlines()


def _card(line):
    return next(csv.reader([line]))[0]


def _nik(line):
    return next(csv.reader([line]))[1]


def _load(database, kind, as_of, lines, name="f.csv"):
    path = database.settings.home / name
    path.write_text("\n".join((PEOPLE[0], *lines, "")))
    load_files([path], kind, as_of, database.settings.warehouse_dir)


async def _publish(database):
    settings = database.settings
    register = Register(database.dsn, "live", settings.keys_dir / "register.json")
    return await publish(register, settings.warehouse_dir)


async def _held(database, line):
    cipher = RegisterCipher(load(database.settings.keys_dir / "register.json"))
    connection = await connect(database.dsn, GATEWAY, "live")
    try:
        index = cipher.index(_nik(line))
        row = await connection.fetchrow("SELECT sealed, as_of FROM register WHERE key = $1", index)
        keys = await connection.fetch("SELECT salt FROM subject_key WHERE key = $1", index)
        resident = None if row is None else cipher.open(index, row["sealed"])
        return resident, row and row["as_of"], [key["salt"] for key in keys]
    finally:
        await connection.close()


async def _families(database, lines):
    """The members of the families on these lines, as the gateway finds them: card -> NIKs."""
    line = Line(database.dsn, GATEWAY, "live", "register")
    register = Reading(line, load(database.settings.keys_dir / "register.json"))
    try:
        return {card: await register.family(card) for card in {_card(line) for line in lines}}
    finally:
        await line.close()


def _as_written(lines):
    """The same from the lines themselves."""
    found = {}
    for row in csv.DictReader([PEOPLE[0], *lines]):
        found.setdefault(row["NO_KK"], []).append(row)
    return {
        card: tuple(row["NIK"] for row in sorted(rows, key=_rank)) for card, rows in sorted(found.items())
    }


def _rank(row):
    return row["STAT_HBKEL"] != "KEPALA KELUARGA", row["TGL_LHR"], row["NIK"]


async def test_a_whole_snapshot_brings_every_family_and_replaces_it(database):
    _load(database, Kind.FULL, JUNE, PEOPLE[1:201])
    await _publish(database)
    written = _as_written(PEOPLE[1:201])
    assert await _families(database, PEOPLE[1:201]) == written
    assert sum(len(niks) > 1 for niks in written.values()) > 40
    _load(database, Kind.FULL, DECEMBER, PEOPLE[2:121], "g.csv")
    await _publish(database)
    gone = dict.fromkeys(written, ())
    assert await _families(database, PEOPLE[1:201]) == gone | _as_written(PEOPLE[2:121])


async def test_who_changes_the_family_card_leaves_the_old_family(database):
    ours, theirs = (
        _card(PEOPLE[1]),
        next(card for line in PEOPLE[1:] if (card := _card(line)) != _card(PEOPLE[1])),
    )
    moved = PEOPLE[1].replace(ours, theirs)
    after = _as_written([moved, *PEOPLE[2:101]])
    _load(database, Kind.FULL, JUNE, PEOPLE[1:101])
    _load(database, Kind.INCREMENT, DECEMBER, [moved], "moved.csv")
    await _publish(database)
    assert _nik(moved) in after[theirs]
    assert await _families(database, PEOPLE[1:101]) == after
    _load(database, Kind.INCREMENT, JULY, [PEOPLE[1]], "earlier.csv")
    await _publish(database)
    assert await _families(database, PEOPLE[1:101]) == after, "an older increment undoes nothing"
    _load(database, Kind.FULL, JULY, PEOPLE[1:101], "full.csv")
    await _publish(database)
    assert await _families(database, PEOPLE[1:101]) == after, "nor does an older whole snapshot"
    _load(database, Kind.INCREMENT, LATER, [moved.replace(theirs, "")], "without.csv")
    await _publish(database)
    assert await _families(database, PEOPLE[1:101]) == _as_written(PEOPLE[1:101]) | {
        ours: tuple(nik for nik in _as_written(PEOPLE[1:101])[ours] if nik != _nik(moved))
    }


async def test_a_whole_snapshot_replaces_the_register_and_log_keys_stay(database):
    _load(database, Kind.FULL, JUNE, PEOPLE[1:201])
    assert [one.residents for one in await _publish(database)] == [200]
    resident, as_of, first_keys = await _held(database, PEOPLE[1])
    assert (resident.values[1], as_of) == (_nik(PEOPLE[1]), JUNE)
    assert len(first_keys) == 1
    _load(database, Kind.FULL, DECEMBER, PEOPLE[101:301], "g.csv")
    await _publish(database)
    assert await _held(database, PEOPLE[1]) == (None, None, first_keys)
    assert (await _held(database, PEOPLE[300]))[1] == DECEMBER


async def test_what_is_out_is_not_published_again(database):
    _load(database, Kind.FULL, JUNE, PEOPLE[1:101])
    await _publish(database)
    assert await _publish(database) == []


async def test_an_increment_changes_residents_and_is_not_undone_by_an_older_one(database):
    _load(database, Kind.FULL, JUNE, PEOPLE[1:101])
    await _publish(database)
    dead = PEOPLE[1].replace("AKTIF", "MENINGGAL")
    _load(database, Kind.INCREMENT, DECEMBER, [dead, PEOPLE[200]], "later.csv")
    await _publish(database)
    _load(database, Kind.INCREMENT, JULY, [PEOPLE[1]], "earlier.csv")
    await _publish(database)
    resident, as_of, _ = await _held(database, PEOPLE[1])
    assert (resident.status, as_of) == (ResidentStatus.MENINGGAL, DECEMBER)
    newcomer, _, salts = await _held(database, PEOPLE[200])
    assert (newcomer is not None, [len(salt) for salt in salts]) == (True, [SALT_BYTES])
    _load(database, Kind.FULL, JULY, PEOPLE[1:101], "full.csv")
    await _publish(database)
    assert (await _held(database, PEOPLE[1]))[1] == DECEMBER


async def _nothing():
    yield COPY_START
    yield COPY_END


async def test_leftovers_of_a_publication_that_was_cut_off_are_cleared(database):
    connection = await publication.connect_to_fill(database.dsn, "live")
    left = await publication.next_generation(connection)
    await publication.fill(connection, left, 3, JUNE, _nothing())
    assert await publication.next_generation(connection) == left + 1
    await publication.fill(connection, left, 4, None, _nothing())
    await connection.close()
    _load(database, Kind.FULL, JUNE, PEOPLE[1:51])
    assert len(await _publish(database)) == 1
    assert (await _held(database, PEOPLE[1]))[0] is not None


async def test_only_one_publishes_at_a_time(database):
    connection = await connect(database.dsn, PUBLISHER, "live")
    await publication.take_turn(connection)
    with pytest.raises(publication.BusyError):
        await _publish(database)
    await connection.close()


async def test_readers_never_miss_a_resident_while_a_snapshot_is_published(database):
    _load(database, Kind.FULL, JUNE, PEOPLE[1:201])
    await _publish(database)
    _load(database, Kind.FULL, DECEMBER, PEOPLE[1:301], "g.csv")
    reader = await connect(database.dsn, GATEWAY, "live")
    task = asyncio.create_task(_publish(database))
    counts = set()
    while not task.done():
        counts.add(await reader.fetchval("SELECT count(*) FROM register"))
        await asyncio.sleep(0)
    await task
    await reader.close()
    assert counts <= {200, 300}
    assert 200 in counts
