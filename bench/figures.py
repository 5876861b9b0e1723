"""Figures by flat names: gathered, printed as one table, kept as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

Figures = dict[str, float]
OUT = Path(__file__).parent / "out" / "figures.json"
# name -> (what it says, unit, goal)
MEANING: dict[str, tuple[str, str, str]] = {
    "residents": ("residents in the register", "", ""),
    "synth.rows_per_s": ("inventing residents", "/s", ">= 50,000"),
    "load.rows_per_s": ("loading a CSV file", "/s", ">= 50,000"),
    "load.peak_mib": ("loading, memory of all processes", "MiB", "<= 2,048"),
    "publish.rows_per_s": ("publishing, each row sealed", "/s", ">= 50,000"),
    "publish.peak_mib": ("publishing, memory of all processes", "MiB", "<= 2,048"),
    "register.bytes_per_resident": ("register, with its indexes", "B", ""),
    "warehouse.bytes_per_resident": ("warehouse, Parquet", "B", ""),
    "floor.select_rps": ("pgbench -S, one row by key", "/s", ""),
    "floor.hello_rps": ("the gateway's door with nothing asked", "/s", ""),
    "verify.rps": ("verifications: log, quota, seal and token on", "/s", ""),
    "verify.ratio_to_select": ("verifications to selects", "", ">= 0.40"),
    "verify.p50_ms": ("median", "ms", ""),
    "verify.p99_ms": ("99 of 100 within", "ms", "<= 25"),
    "verify.refused": ("verifications that failed", "", "0"),
    "verify.ratio_to_native": ("the native door beside itself", "", "1"),
    "dukcapil.rps": ("the same asks at the Dukcapil door", "/s", ""),
    "dukcapil.ratio_to_native": ("beside the native door in the same rounds", "", ">= 0.85"),
    "dukcapil.p50_ms": ("median", "ms", ""),
    "dukcapil.p99_ms": ("99 of 100 within", "ms", ""),
    "dukcapil.refused": ("asks there that failed", "", "0"),
    "osia_match.rps": ("the same asks as OSIA's match", "/s", ""),
    "osia_match.ratio_to_native": ("beside the native door in the same rounds", "", ">= 0.85"),
    "osia_match.p50_ms": ("median", "ms", ""),
    "osia_match.p99_ms": ("99 of 100 within", "ms", ""),
    "osia_match.refused": ("asks there that failed", "", "0"),
    "verify.lookups_per_batch": ("look-ups in one trip", "", ""),
    "verify.entries_per_commit": ("entries in one commit", "", ""),
    "gateway.worker_mib": ("memory of the largest worker", "MiB", "<= 300"),
    "ledger.bytes_per_entry": ("log in the database, with its index", "B", ""),
    "ledger.file_bytes_per_entry": ("log on disk, for proof", "B", ""),
    "ledger_verify.entries_per_s": ("proving a log offline", "/s", ">= 33,333"),
}


def show(figures: Figures, title: str) -> None:
    table = Table(title=title)
    for heading, side in (("figure", "left"), ("", "left"), ("value", "right"), ("goal", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for name, value in figures.items():
        what, unit, goal = MEANING.get(name.removeprefix("large."), ("", "", ""))
        number = f"{value:,.2f}" if value < 100 else f"{value:,.0f}"  # noqa: PLR2004 - where decimals stop to matter
        table.add_row(name, what, f"{number} {unit}".strip(), goal)
    Console(width=120).print(table)


def keep(figures: Figures) -> None:
    """Add to what earlier runs measured; a figure of the same name is replaced."""
    earlier = json.loads(OUT.read_text()) if OUT.exists() else {}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({**earlier, **figures}, indent=2, sort_keys=True) + "\n")
