"""hakakses synth: write a file of invented residents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hakakses.cli.progress import counting
from hakakses.warehouse.synthetic import FileFormat, Plan, write_population


def command(
    residents: Annotated[int, typer.Option(min=1, help="How many residents.")],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")],
    out: Annotated[Path, typer.Option(help="Directory of the file.")],
    file_format: Annotated[FileFormat, typer.Option("--format")] = FileFormat.CSV,
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Date of the population.")] = datetime(  # noqa: DTZ001 - Typer gives and wants plain dates
        2026, 6, 30
    ),
) -> None:
    """Write a population of invented people; nobody in it exists."""
    plan = Plan(residents, seed, as_of.date(), file_format)
    path = out / f"population-{as_of:%Y%m%d}.{file_format}"
    with counting("residents", residents) as progress:
        write_population(plan, path, progress=progress)
    typer.echo(path)
