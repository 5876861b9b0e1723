"""hakakses sealer: seal the access log."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from hakakses.lifeline import end_with_parent
from hakakses.settings import load_settings
from hakakses.store import sealer
from hakakses.store.keys import KeystoreError


def command(
    tied: Annotated[bool, typer.Option("--tied", help="End when the starting process ends.")] = False,
) -> None:
    """Integrate committed entries and sign checkpoints; stops with 1 when signing would hide a fork."""
    if tied:
        end_with_parent()
    try:
        asyncio.run(sealer.run(load_settings()))
    except (sealer.SealError, KeystoreError) as fault:
        typer.echo(f"Penyegelan ditolak. / Refused to sign: {fault}", err=True)
        raise typer.Exit(1) from None
