"""hakakses sealer: seal the access log."""

from __future__ import annotations

import asyncio

import typer

from hakakses.settings import load_settings
from hakakses.store import sealer
from hakakses.store.keys import KeystoreError


def command() -> None:
    """Integrate committed entries and sign checkpoints; stops with 1 when signing would hide a fork."""
    try:
        asyncio.run(sealer.run(load_settings()))
    except (sealer.SealError, KeystoreError) as fault:
        typer.echo(f"Penyegelan ditolak. / Refused to sign: {fault}", err=True)
        raise typer.Exit(1) from None
