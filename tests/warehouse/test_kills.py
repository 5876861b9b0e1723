"""kill -9 in the middle of a load or a publication: what was good goes on answering, and a repeat ends the same."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from tests.running import start

from hakakses.store import keys
from hakakses.store.line import GATEWAY, Line
from hakakses.store.register import Register
from hakakses.warehouse.load import load_files
from hakakses.warehouse.reading import PIECE_ROWS
from hakakses.warehouse.snapshots import Kind, parts, snapshots
from hakakses.warehouse.synthetic import Plan, csv_block, make_block

JUNE, DECEMBER = date(2026, 6, 30), date(2026, 12, 31)
BEFORE, AFTER = Plan(500, 3, JUNE), Plan(22_000, 4, DECEMBER)
KNOWN = 2_000  # residents of the second file who are in the first
WITHIN = 60  # seconds


def _files(place):
    """A CSV of two pieces with torn rows, and a Parquet file with one row group of two pieces."""
    first, second = place / "first.csv", place / "second.parquet"
    lines = [line for block in (0, 1) for line in csv_block(AFTER, block).splitlines(keepends=True)]
    for row in range(100, len(lines), 1_000):
        lines[row] = b"torn," + lines[row]
    first.write_bytes(b"".join(lines))
    more = msgspec.structs.replace(AFTER, residents=4 * PIECE_ROWS)
    rows = [make_block(AFTER, 1), make_block(more, 2), make_block(more, 3).slice(0, 100)]
    pq.write_table(pa.concat_tables(rows), second, row_group_size=PIECE_ROWS + 10_000)
    return [first, second]


def _content(warehouse, as_of):
    """Manifest, rows by NIK, and quarantine of the snapshot of a date."""
    ((path, manifest),) = [one for one in snapshots(warehouse) if one[1].as_of == as_of]
    rows = pa.concat_tables(pq.read_table(part, partitioning=None) for part in parts(path)).sort_by("NIK")
    apart = sorted((warehouse / "quarantine" / manifest.source).glob("*.parquet"))
    faults = pa.concat_tables(pq.read_table(part) for part in apart)
    faults = faults.sort_by([("file", "ascending"), ("line", "ascending")])
    return manifest, rows.to_pylist(), faults.to_pylist()


def _kill_when(process, reached):
    """Kill a command and see that the processes it started end by themselves."""
    until, helpers = time.monotonic() + WITHIN, set()
    while not reached() and process.poll() is None:
        assert time.monotonic() < until
        helpers |= _children(process.pid)
    assert helpers
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    while any(Path(f"/proc/{helper}").exists() for helper in helpers):
        assert time.monotonic() < until + WITHIN
        time.sleep(0.01)


def _children(pid):
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return {int(child) for thread in threads for child in (thread / "children").read_text().split()}
    except OSError:
        return set()


def _load(files, warehouse):
    return start(
        "load", "load", *map(str, files), "--kind=full", f"--as-of={DECEMBER}", f"--warehouse={warehouse}"
    )


# How far a load is, by what lies in its working directory.
POINTS = (
    "work/*/rows-0000-*.arrow",
    "work/*/rows-0001-*.arrow",
    "work/*/doubles.parquet",
    "work/*/sorted/province=3*/*.parquet",
)


def test_a_load_that_is_killed_shows_nothing_and_a_repeat_ends_the_same(tmp_path):
    files, warehouse, earlier = _files(tmp_path), tmp_path / "warehouse", tmp_path / "earlier.csv"
    load_files(files, Kind.FULL, DECEMBER, tmp_path / "undisturbed")
    earlier.write_bytes(csv_block(BEFORE, 0))
    load_files([earlier], Kind.FULL, JUNE, warehouse)
    for point in POINTS:
        _kill_when(_load(files, warehouse), lambda point=point: any(warehouse.glob(point)))
        assert [manifest.as_of for _, manifest in snapshots(warehouse)] == [JUNE]
    assert _load(files, warehouse).wait() == 0
    manifest, rows, faults = _content(warehouse, DECEMBER)
    assert (manifest, rows, faults) == _content(tmp_path / "undisturbed", DECEMBER)
    assert manifest.quarantined == {"column_count": 22, "duplicate": KNOWN - 2}
    assert not list((warehouse / "work").iterdir())


def _publish(database):
    home = {"HAKAKSES_HOME": str(database.settings.home), "HAKAKSES_DSN": database.dsn}
    return start("publish", "publish", **home)


def _cards(plan):
    """The members of some families of a population: card -> NIKs."""
    found = {}
    for row in make_block(plan, 0).slice(0, 100).to_pylist():
        found.setdefault(row["NO_KK"], set()).add(row["NIK"])
    found.popitem()  # the slice may have cut it
    return found


async def _families(database, cards):
    """The same as the register answers."""
    line = Line(database.dsn, GATEWAY, "live", "register")
    register = Register(line, keys.load(database.settings.keys_dir / "register.json"))
    found = {card: set(await register.family(card)) for card in cards}
    await line.close()
    return found


def _count(owner, query):
    return owner.execute(query).fetchone()[0]


NEW = (
    "FROM pg_class c WHERE relname ~ '^register_g[0-9]+_p[0-9]+$'"
    " AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid)"
)
STAGES = (
    "SELECT count(*) FROM pg_stat_progress_copy WHERE datname = current_database() AND tuples_processed > 0",
    f"SELECT count(*) {NEW}",
)


def test_a_publication_that_is_killed_leaves_the_old_register_and_a_repeat_publishes(database, tmp_path):
    settings, file = database.settings, tmp_path / "people.csv"
    old, new = _cards(BEFORE), _cards(AFTER)
    file.write_bytes(csv_block(BEFORE, 0))
    load_files([file], Kind.FULL, JUNE, settings.warehouse_dir)
    assert _publish(database).wait() == 0
    file.write_bytes(csv_block(AFTER, 0) + csv_block(AFTER, 1))
    load_files([file], Kind.FULL, DECEMBER, settings.warehouse_dir)
    with closing(psycopg.connect(database.dsn, autocommit=True)) as owner:
        owner.execute("SET search_path = live")
        for stage in STAGES:
            _kill_when(_publish(database), lambda stage=stage: _count(owner, stage))
            assert _count(owner, "SELECT count(*) FROM register WHERE as_of = '2026-06-30'") == 500
            assert asyncio.run(_families(database, old)) == old
        assert _publish(database).wait() == 0
        assert _count(owner, "SELECT count(*) FROM register WHERE as_of = '2026-12-31'") == 22_000
        assert _count(owner, "SELECT count(*) FROM publication") == 2
        assert _count(owner, f"SELECT count(*) {NEW}") == 0
        assert asyncio.run(_families(database, old | new)) == {card: set() for card in old} | new
