"""A whole system for tests: ``hakakses serve`` over a home of its own, and where its logs are kept for the scan."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from hakakses.core.nik import Nik, parse_nik

# Whatever programs under test print, refuse and count, and PostgreSQL's own logs: scanned when all tests have run.
PRINTED = Path(tempfile.mkdtemp(prefix="hkprinted"))
_NUMBER = re.compile(rb"(?<![0-9])[0-9]{16}(?![0-9])")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def start(name: str, *command: str, program: str = "hakakses", **environment: str) -> subprocess.Popen[bytes]:
    """A command of hakakses, or of a module that stands in for it; its output is kept for the scan."""
    with tempfile.NamedTemporaryFile(dir=PRINTED, prefix=f"{name}-", suffix=".log", delete=False) as out:
        return subprocess.Popen(
            [sys.executable, "-m", program, *command],
            env={**os.environ, **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def open_home() -> Iterator[Path]:
    """A home that PostgreSQL's account can reach; its database log is kept for the scan."""
    home = Path(tempfile.mkdtemp(prefix="hk"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        for number, path in enumerate(home.rglob("postgresql.log")):
            shutil.copy(path, PRINTED / f"{home.name}-{number}.log")
        shutil.rmtree(home)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.wait(30)


def wait_until(true: Callable[[], bool], what: str, within: float = 30) -> None:
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def answers_ready(base_url: str) -> bool:
    try:
        return httpx.get(f"{base_url}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def keep_refusal(response: httpx.Response) -> None:
    """Keep the text of a refusal for the scan."""
    if response.status_code >= httpx.codes.BAD_REQUEST:
        with (PRINTED / "refusals.log").open("ab") as out:
            out.write(response.read() + b"\n")


def printed_person_numbers(folder: Path = PRINTED) -> list[str]:
    """The files of a folder that hold a well-formed NIK."""
    return [
        path.name
        for path in sorted(folder.iterdir())
        if any(isinstance(parse_nik(found.decode()), Nik) for found in _NUMBER.findall(path.read_bytes()))
    ]
