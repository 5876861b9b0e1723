"""A demonstration of its own for each file of journeys."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.running import PRINTED, end, free_port, open_home, start, wait_until


class Demonstration:
    """``hakakses demo`` over a home of its own; can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.base_url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        port = str(free_port())
        self.base_url = f"http://127.0.0.1:{port}"
        before = set(PRINTED.glob("demo-*.log"))
        self._process = start(
            "demo", "demo", HAKAKSES_HOME=str(self.home), PORT=port, HAKAKSES_DEMO_RESIDENTS="3000"
        )
        [self._printed] = set(PRINTED.glob("demo-*.log")) - before
        wait_until(lambda: "Ctrl-C" in self.printed(), "the demonstration is ready", within=90)

    def printed(self) -> str:
        return self._printed.read_text()

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        if self._process is not None:
            end(self._process)

    def demo_json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.home / "demo.json").read_text())
        return found


@pytest.fixture(scope="module")
def demonstration() -> Iterator[Demonstration]:
    with open_home() as home:
        running = Demonstration(home)
        try:
            running.start()
            yield running
        finally:
            running.end()
