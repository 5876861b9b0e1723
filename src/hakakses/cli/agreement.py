"""hakakses agreement: what an agreement's text gives, what is wrong with it, what a new one changes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hakakses.core.agreements.agreement import read_agreement
from hakakses.core.agreements.compiler import compile_agreement
from hakakses.core.agreements.difference import difference
from hakakses.core.agreements.faults import Fault
from hakakses.core.rights.right import AccessRight, encode
from hakakses.gateway.dukcapil.profiles import profiles

app = typer.Typer(no_args_is_help=True, help="Read, check and compare agreements.")
_AGREEMENT = Annotated[Path, typer.Argument(help="An agreement in TOML.")]
_JSON = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def check(file: _AGREEMENT, as_json: _JSON = False) -> None:
    """Print the access right the agreement gives; or all faults, exit code 1.  2: the file is unreadable."""
    text = encode(_right(file, as_json=as_json))
    typer.echo(text if as_json else msgspec.json.format(text))


@app.command()
def diff(old: _AGREEMENT, new: _AGREEMENT, as_json: _JSON = False) -> None:
    """Say what NEW permits that OLD does not (+), and the reverse (-).  Exit codes as for check."""
    changes = difference(_right(old, as_json=as_json), _right(new, as_json=as_json))
    if as_json:
        typer.echo(msgspec.json.encode(changes))
        return
    for change in changes:
        sign = ("+" if change.widens else "") + ("-" if change.narrows else "")
        typer.echo(f"{sign or '=':<2} {change.text_id} / {change.text_en}")


def _right(file: Path, *, as_json: bool) -> AccessRight:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        typer.echo(f"{file}: tidak dapat dibaca / cannot be read", err=True)
        raise typer.Exit(2) from None
    agreement = read_agreement(text)
    outcome = agreement if isinstance(agreement, list) else compile_agreement(agreement, profiles())
    if isinstance(outcome, AccessRight):
        return outcome
    _tell(outcome, as_json=as_json)
    raise typer.Exit(1)


def _tell(faults: list[Fault], *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(faults), err=True)
        return
    for fault in faults:
        about = f" [{fault.part}]" if fault.part else ""
        typer.echo(f"{fault.clause}{about}: {fault.sentence_id} / {fault.sentence_en}", err=True)
