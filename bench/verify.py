"""Verifications a second under 64 connections, beside what PostgreSQL alone does in the same minute."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import urllib.request
from collections import deque
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pyarrow.parquet as pq

from bench.doors import DOORS, Ask, write_asks
from bench.figures import Figures
from bench.memory import resident_mib, tree
from bench.place import CLIENT, ELEMENTS, SECRET, Place, serving
from hakakses.warehouse.snapshots import parts, snapshots

ASKS = 40_000  # different residents asked about
WRONG_ONE_IN, UNKNOWN_ONE_IN = 5, 10
ROUNDS, SECONDS, CONNECTIONS = 3, 10, 64
FLOOR_SCALE = 10  # pgbench's unit is 100,000 rows


class Round(msgspec.Struct, frozen=True):
    rps: float
    p50_ms: float
    p99_ms: float
    failed: int


def measure(place: Place, wrk: str) -> Figures:
    asked = _asks(place)
    asks = {door: write_asks(door, asked, place.settings.home) for door in DOORS}
    _pgbench(place, "-i", "-q", "-s", str(FLOOR_SCALE))
    floors: list[float] = []
    rounds: dict[str, list[Round]] = {door: [] for door in DOORS}
    with serving(place) as root:
        hello = _hello(wrk, place)
        for file in asks.values():
            _load(wrk, place, file, seconds=SECONDS // 3)
        order = deque(asks)
        for _ in range(ROUNDS):
            floors.append(_floor(place))
            for door in order:
                rounds[door].append(_load(wrk, place, asks[door], seconds=SECONDS))
            order.rotate()  # what comes after the floor finds caches that are not its own
        memory = max(resident_mib(pid) for pid in tree(root))
        batches = _batches(place)
    return {
        "floor.select_rps": statistics.median(floors),
        "floor.hello_rps": hello,
        "verify.ratio_to_select": statistics.median(
            one.rps / floor for one, floor in zip(rounds["verify"], floors, strict=True)
        ),
        **{name: value for door in DOORS for name, value in _figures(door, rounds).items()},
        "gateway.worker_mib": memory,
        **batches,
    }


def _figures(door: str, rounds: dict[str, list[Round]]) -> Figures:
    """A door's own figures, and its rate beside the native door's in the same rounds."""
    own = rounds[door]
    return {
        f"{door}.rps": statistics.median(one.rps for one in own),
        f"{door}.p50_ms": statistics.median(one.p50_ms for one in own),
        f"{door}.p99_ms": statistics.median(one.p99_ms for one in own),
        f"{door}.refused": sum(one.failed for one in own),
        f"{door}.ratio_to_native": statistics.median(
            one.rps / native.rps for one, native in zip(own, rounds["verify"], strict=True)
        ),
    }


def _asks(place: Place) -> list[Ask]:
    """Asks about residents from all over the register: most right, some with a wrong name, some unknown."""
    [(path, manifest), *_] = snapshots(place.settings.warehouse_dir)
    files, choose = parts(path), random.Random(1)  # noqa: S311 - a benchmark repeats itself
    share = -(-ASKS // len(files))
    asks = []
    for file in files:
        table = pq.read_table(file, columns=["NIK", *ELEMENTS])
        chosen = sorted(choose.sample(range(table.num_rows), min(share, table.num_rows)))
        asks += [_ask(choose, row) for row in table.take(chosen).to_pylist()]
    choose.shuffle(asks)
    assert manifest.accepted
    return asks


def _ask(choose: random.Random, row: dict[str, str]) -> Ask:
    nik, claims = row["NIK"], {code: row[code] for code in ELEMENTS if row[code]}
    if choose.randrange(UNKNOWN_ONE_IN) == 0:
        nik = nik[:12] + "9999"
    elif choose.randrange(WRONG_ONE_IN) == 0:
        claims["NAMA_LGKP"] = claims["NAMA_LGKP"][::-1]
    return nik, claims


def _token(place: Place) -> str:
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
    with urllib.request.urlopen(f"{place.base_url}/oauth2/token", urlencode(form).encode()) as reply:  # noqa: S310
        token: str = json.load(reply)["access_token"]
        return token


def _load(wrk: str, place: Place, asks: Path, *, seconds: int) -> Round:
    script = Path(__file__).with_name("ask.lua")
    found = subprocess.run(  # noqa: S603 - the load generator, on our own address
        [
            wrk,
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "-s",
            str(script),
            place.base_url,
        ],
        env={**os.environ, "TOKEN": _token(place), "ASKS": str(asks)},
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(line for line in found.stdout.splitlines() if line.startswith("FIGURES"))
    requests, duration_us, p50_us, p99_us, refused, failed = map(int, line.split()[1:])
    return Round(requests / duration_us * 1e6, p50_us / 1e3, p99_us / 1e3, refused + failed)


def _hello(wrk: str, place: Place) -> float:
    """What the door answers a second when nothing is asked: what its server alone costs."""
    found = subprocess.run(  # noqa: S603 - the load generator, on our own address
        [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS // 2}s", f"{place.base_url}/healthz"],
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(line for line in found.stdout.splitlines() if line.startswith("Requests/sec"))
    return float(line.split()[1])


def _pgbench(place: Place, *arguments: str) -> str:
    """Run pgbench as the cluster's owner, over its socket."""
    dsn = urlsplit(place.prepared.owner)
    host = parse_qs(dsn.query)["host"][0]
    return subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
        [place.cluster.bin_dir / "pgbench", "-h", host, "-U", str(dsn.username), *arguments, "postgres"],
        env={**os.environ, "PGPASSWORD": str(dsn.password)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _floor(place: Place) -> float:
    text = _pgbench(place, "-n", "-S", "-M", "prepared", f"-c{CONNECTIONS}", "-j2", f"-T{SECONDS}")
    line = next(line for line in text.splitlines() if line.startswith("tps ="))
    return float(line.split()[2])


def _batches(place: Place) -> Figures:
    """Items by batch, as the gateway counts them."""
    with urllib.request.urlopen(f"{place.base_url}/metrics") as reply:  # noqa: S310 - our own address
        values = dict(
            line.rsplit(" ", 1) for line in reply.read().decode().splitlines() if not line.startswith("#")
        )
    return {
        figure: float(values[f'hakakses_batched_total{{store="{store}"}}'])
        / float(values[f'hakakses_batches_total{{store="{store}"}}'])
        for figure, store in (
            ("verify.lookups_per_batch", "register"),
            ("verify.entries_per_commit", "ledger"),
        )
    }
