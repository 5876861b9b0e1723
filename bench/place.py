"""A system of its own to measure: home, register, one institution with a wide right, gateway and sealer."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import msgspec

from bench import doors
from bench.figures import Figures
from bench.memory import watched
from hakakses.cli.setup import Prepared, prepare
from hakakses.core.elements import BY_CODE
from hakakses.core.rights.ask import CallerKind, Method, Mode
from hakakses.core.rights.right import (
    AccessRight,
    DukcapilDoor,
    ElementSet,
    Granted,
    Institution,
    OsiaDoor,
    Permission,
    Purpose,
    Service,
)
from hakakses.gateway.clients import hash_secret
from hakakses.gateway.dukcapil.passwords import hash_password
from hakakses.settings import Settings, load_settings
from hakakses.store import embedded
from hakakses.store.poc import pass_poc
from hakakses.store.rights import Account, Registration, publish_right, put_client

AS_OF = "2026-06-30"
SEED = "7"
CLIENT, SECRET = "bench", "a-secret-of-the-benchmark"
ELEMENTS = ("NAMA_LGKP", "TMPT_LHR", "TGL_LHR", "JENIS_KLMIN", "NAMA_LGKP_IBU")
PORT = "18080"
READY_WITHIN = 60.0


class Place(msgspec.Struct, frozen=True):
    """settings: of the measured system.  environment: what its commands get.  file: its population."""

    settings: Settings
    environment: dict[str, str]
    prepared: Prepared
    file: Path

    @property
    def cluster(self) -> embedded.Cluster:
        assert self.prepared.cluster is not None
        return self.prepared.cluster

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{PORT}"


@contextmanager
def open_place(residents: int) -> Iterator[tuple[Place, Figures]]:
    """A filled register, and the figures of filling it."""
    home = Path(tempfile.mkdtemp(prefix="hakakses-bench-"))
    home.chmod(0o755)
    environment = {"HAKAKSES_HOME": str(home), "PORT": PORT, "HAKAKSES_SANDBOX": "yes"}
    settings = load_settings(environment)
    place = Place(settings, environment, prepare(settings), home / f"population-{AS_OF.replace('-', '')}.csv")
    try:
        yield place, _fill(place, residents)
    finally:
        embedded.stop(place.cluster, "immediate")
        shutil.rmtree(home)


def command(place: Place, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **place.environment}
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-m", "hakakses", *arguments], env=environment, stdout=subprocess.DEVNULL
    )


def _timed(place: Place, residents: int, *arguments: str) -> tuple[float, float]:
    """Rows a second, and the peak of memory in MiB."""
    began = time.monotonic()
    peak = watched(command(place, *arguments))
    return residents / (time.monotonic() - began), peak


def _fill(place: Place, residents: int) -> Figures:
    figures: Figures = {"residents": residents}
    out = str(place.settings.home)
    figures["synth.rows_per_s"], _ = _timed(
        place,
        residents,
        "synth",
        "--residents",
        str(residents),
        "--seed",
        SEED,
        "--out",
        out,
        "--as-of",
        AS_OF,
    )
    figures["load.rows_per_s"], figures["load.peak_mib"] = _timed(
        place, residents, "load", str(place.file), "--kind", "full", "--as-of", AS_OF
    )
    figures["publish.rows_per_s"], figures["publish.peak_mib"] = _timed(place, residents, "publish")
    stored = sum(
        path.stat().st_size for path in (place.settings.warehouse_dir / "snapshots").rglob("*.parquet")
    )
    figures["warehouse.bytes_per_resident"] = stored / residents
    figures["register.bytes_per_resident"] = asyncio.run(_register_bytes(place)) / residents
    asyncio.run(_let_one_ask(place))
    return figures


async def size_of(place: Place, *tables: str) -> int:
    """Bytes of tables with their indexes, partitions included."""
    owner = await asyncpg.connect(place.prepared.owner, server_settings={"search_path": "live"})
    try:
        return sum(
            [
                int(
                    await owner.fetchval(
                        "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree($1::regclass)",
                        table,
                    )
                    or await owner.fetchval("SELECT pg_total_relation_size($1::regclass)", table)
                )
                for table in tables
            ]
        )
    finally:
        await owner.close()


async def _register_bytes(place: Place) -> int:
    return await size_of(place, "register", "subject_key")


def _right() -> AccessRight:
    codes = frozenset(ELEMENTS)
    clause = Granted("Pasal 1")
    return AccessRight(
        agreement="bench/1",
        version=1,
        institution=Institution("bench", "Bench", "central", "bank"),
        valid_from=dt.date(2026, 1, 1),
        valid_until=dt.date(2099, 12, 31),
        methods={Method.WEB_SERVICE: clause},
        callers={CallerKind.MACHINE: clause},
        purposes={"KYC": Purpose("Mengenal nasabah", "Pasal 1", codes, frozenset())},
        verify={code: Permission("Pasal 1", 85 if BY_CODE[code].scored else 0) for code in codes},
        read={},
        quota_per_day=1_000_000_000,
        quota_clause="Pasal 1",
        hours=(),
        hours_clause="",
        networks=("127.0.0.0/8",),
        networks_clause="Pasal 1",
        sets={"KYC": ElementSet("KYC", Mode.VERIFY, ELEMENTS, "Pasal 1")},
        dukcapil=DukcapilDoor(
            dt.date(2099, 12, 31),
            {doors.SERVICE: Service("KYC", "verifikasi-baru", CallerKind.MACHINE, "Pasal 1")},
            "Pasal 1",
        ),
        osia=OsiaDoor("KYC", CallerKind.MACHINE, "Pasal 1"),
    )


async def _let_one_ask(place: Place) -> None:
    owner = await asyncpg.connect(place.prepared.owner, server_settings={"search_path": "live"})
    try:
        await publish_right(owner, _right())
        await pass_poc(owner, "bench/1", "bench")
        account = Account(doors.USER_ID, hash_password(doors.PASSWORD))
        await put_client(
            owner, Registration(f"{CLIENT}-dukcapil", "bench/1", _right().networks, account=account)
        )
        await put_client(
            owner, Registration(CLIENT, "bench/1", _right().networks, secret=hash_secret(SECRET))
        )
    finally:
        await owner.close()


@contextmanager
def serving(place: Place) -> Iterator[int]:
    """Gateway and sealer; yields the process that keeps them."""
    process = command(place, "serve")
    try:
        _await_ready(place)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        embedded.ensure(place.settings)


def _await_ready(place: Place) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{place.base_url}/readyz", timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the gateway did not become ready")
