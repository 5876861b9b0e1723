"""Memory of a process and all that it starts, sampled while it works."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

SAMPLE_EVERY = 0.25  # seconds


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    try:  # each thread of a process has children of its own
        children = [
            child
            for thread in Path(f"/proc/{pid}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(found for child in children for found in tree(int(child)))]


def resident_mib(pid: int) -> float:
    """Memory that is the process's own, with its share of what it shares (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def watched(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process; the most memory its tree held at once, in MiB.  Raises when it fails."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(resident_mib(pid) for pid in tree(process.pid)))
        time.sleep(SAMPLE_EVERY)
    if process.returncode:
        raise SystemExit(f"{process.args!r} ended with {process.returncode}")
    return peak
