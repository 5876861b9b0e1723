"""Proving the log that the load has left, and what an entry costs."""

from __future__ import annotations

import asyncio
import time

from bench.figures import Figures
from bench.memory import watched
from bench.place import Place, command, size_of
from hakakses.core.ledger.checkpoint import parse_checkpoint


def measure(place: Place) -> Figures:
    directory = place.settings.ledger_dir
    size = parse_checkpoint((directory / "checkpoint").read_text(encoding="utf-8")).size
    began = time.monotonic()
    watched(command(place, "ledger", "verify", str(directory)))
    seconds = time.monotonic() - began
    files = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    return {
        "ledger.bytes_per_entry": asyncio.run(size_of(place, "ledger_entry")) / size,
        "ledger.file_bytes_per_entry": files / size,
        "ledger_verify.entries_per_s": size / seconds,
    }
