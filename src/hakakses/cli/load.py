"""hakakses load: bring population files into the warehouse."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hakakses.cli.progress import steps
from hakakses.cli.tenants import chosen
from hakakses.settings import load_settings
from hakakses.warehouse.load import BusyError, Outcome, load_files
from hakakses.warehouse.reading import HeaderError
from hakakses.warehouse.snapshots import Kind
from hakakses.warehouse.validate import SENTENCES, Reason

FAILURE, USAGE = 1, 2


def command(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV or Parquet files.")],
    kind: Annotated[Kind, typer.Option(help="The whole population, or changes since.")],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Date of the data.")],
    warehouse: Annotated[Path | None, typer.Option(help="Directory of the warehouse.")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Into the sandbox: invented residents.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Load population files; run the same command again after an interruption."""
    directory = warehouse or chosen(load_settings(), sandbox=sandbox).warehouse_dir
    try:
        with steps() as progress:
            outcome = load_files(files, kind, as_of.date(), directory, progress)
    except HeaderError as fault:
        typer.echo(f"cannot load: {fault}", err=True)
        raise typer.Exit(USAGE) from None
    except BusyError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(FAILURE) from None
    typer.echo(msgspec.json.encode(outcome).decode() if as_json else _summary(outcome))
    if not outcome.manifest.accepted:
        raise typer.Exit(FAILURE)


def _summary(outcome: Outcome) -> str:
    manifest = outcome.manifest
    lines = [f"{manifest.read} rows read, {manifest.accepted} accepted"]
    if outcome.repeated:
        lines.append("these files were loaded before for this date; nothing was changed")
    lines += [
        f"{count} set aside: {SENTENCES[Reason(reason)][1]}" for reason, count in manifest.quarantined.items()
    ]
    return "\n".join(lines)
