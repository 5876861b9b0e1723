"""The command ``hakakses``: a table of commands, each loaded only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_group
from typer.models import CommandInfo

from hakakses import __version__

# A command's file holds a function ``command`` or, for a family of commands, a Typer ``app``.
COMMANDS: dict[str, str] = {
    "demo": "hakakses.cli.demo",
    "serve": "hakakses.cli.serve",
    "setup": "hakakses.cli.setup",
    "gateway": "hakakses.cli.gateway",
    "sealer": "hakakses.cli.sealer",
    "synth": "hakakses.cli.synth",
    "load": "hakakses.cli.load",
    "publish": "hakakses.cli.publish",
    "client": "hakakses.cli.client",
    "operator": "hakakses.cli.operator",
    "account": "hakakses.cli.account",
    "agreement": "hakakses.cli.agreement",
    "poc": "hakakses.cli.poc",
    "ledger": "hakakses.cli.ledger",
}


class LazyGroup(TyperGroup):
    """Loads the file of the chosen command alone.

    The auditor's offline check of the log must start at once and on machines without a database driver;
    importing every command would drag in Django, DuckDB and asyncpg each time.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is Click's
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature is Click's
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        if hasattr(module, "app"):
            family = get_group(module.app)
            family.name = cmd_name
            return family
        info = CommandInfo(name=cmd_name, callback=module.command)
        return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)


# Exception dumps stay plain and without local variables: those could hold a resident's values.
app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Give institutions the use of a population register without handing out its data."""
