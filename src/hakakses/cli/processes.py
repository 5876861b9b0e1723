"""A process tree: programs that are started again when they end, and a private database under them."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import msgspec
import structlog

from hakakses.settings import Settings
from hakakses.store import embedded

LOOK_EVERY = 0.1  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0  # seconds before a program that ended is started again
SETTLED = 10.0  # seconds of life after which a program's next end counts as its first
PATIENCE = 10.0  # seconds between asking a program to end and making it
log = structlog.get_logger()


class AlreadyRunningError(Exception):
    """Another process tree runs over this home."""


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold a home for one process tree; raises AlreadyRunningError.  Ends with the process, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / ".running", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, home)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, home: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunningError(f"{home}: dipakai proses lain / another process runs over it") from None


class Program(msgspec.Struct, frozen=True):
    """A command of hakakses to keep running.  environment: what it gets besides ours."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]


class _Child:
    """One program: its process, and when it may be started again."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.pause = FIRST_PAUSE
        self.due = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "hakakses", *self.program.arguments],
            env={**os.environ, **self.program.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C reaches the tree's root alone, which ends them in order
        )

    def look(self) -> None:
        """Start the program when it is due; note when it ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.pause = FIRST_PAUSE if now - self.started > SETTLED else min(self.pause * 2, LONGEST_PAUSE)
            self.process, self.due = None, now + self.pause
            log.warning("program_ended", program=self.program.name, code=code, again_in_s=self.pause)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Tree:
    """Programs over a database, as a context: all are ended, in order, when it is left."""

    def __init__(
        self, programs: Sequence[Program], settings: Settings, cluster: embedded.Cluster | None
    ) -> None:
        self._children = [_Child(program) for program in programs]
        self._settings = settings
        self._cluster = cluster
        self._ending = False

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.end()
        for child in self._children:
            child.wait()
        if self._cluster is not None:
            embedded.stop(self._cluster)

    def look(self) -> bool:
        """Bring up what is down, and rest a moment; False once the tree was told to end."""
        if self._cluster is not None and not embedded.alive(self._cluster):
            self._bring_up_database()
        for child in self._children:
            child.look()
        time.sleep(LOOK_EVERY)
        return not self._ending

    def _bring_up_database(self) -> None:
        log.warning("database_ended")
        try:
            embedded.ensure(self._settings)
        except (embedded.EmbeddedError, OSError) as fault:
            # A full disk may be emptied: the next look tries again.
            log.warning("database_not_started", reason=str(fault))

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True
