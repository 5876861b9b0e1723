"""hakakses publish: bring the warehouse's newest data into the register."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
import typer

from hakakses.cli.progress import steps
from hakakses.cli.tenants import chosen
from hakakses.settings import load_settings
from hakakses.store import embedded
from hakakses.store.publication import BusyError
from hakakses.warehouse.publish import Published, Register, publish

FAILURE = 1


def command(
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Into the sandbox's register.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Publish what waits in the warehouse; answers go on meanwhile."""
    settings = load_settings()
    tenant = chosen(settings, sandbox=sandbox)
    dsn = settings.dsn or embedded.ensure(settings).dsn
    register = Register(dsn, tenant.schema, tenant.keystore)
    try:
        with steps() as progress:
            done = asyncio.run(publish(register, tenant.warehouse_dir, progress))
    except BusyError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(FAILURE) from None
    typer.echo(msgspec.json.encode(done).decode() if as_json else _summary(done))


def _summary(done: list[Published]) -> str:
    lines = [f"published {one.residents} residents as of {one.as_of} ({one.kind})" for one in done]
    return "\n".join(lines) or "nothing waits to be published"
