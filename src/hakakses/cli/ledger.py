"""hakakses ledger: prove a copy of the access log, without network or database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hakakses.cli.progress import counting
from hakakses.core.ledger.verify import Outcome, Receipt, Report, verify_log

app = typer.Typer(no_args_is_help=True)


class _Answer(msgspec.Struct):
    receipt: Receipt


class _Unreadable(Exception):
    """A file given to the command cannot be read; the message names it."""


@app.callback()
def ledger() -> None:
    """The access log, for whoever wants proof."""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _Unreadable(str(path)) from None


def _receipt(path: Path) -> Receipt:
    text = _text(path)
    try:
        receipt = msgspec.json.decode(text, type=_Answer).receipt
    except msgspec.MsgspecError:
        receipt = _bare_receipt(text, path)
    if receipt.seq < 0:
        raise _Unreadable(str(path))
    return receipt


def _bare_receipt(text: str, path: Path) -> Receipt:
    try:
        return msgspec.json.decode(text, type=Receipt)
    except msgspec.MsgspecError:
        raise _Unreadable(str(path)) from None


def _verify(directory: Path, receipt: Path | None, old: Path | None, vkey: Path | None) -> Report:
    if not directory.is_dir():
        raise _Unreadable(str(directory))
    key = _text(vkey or directory / "log.vkey")
    kept = None if receipt is None else _receipt(receipt)
    head = None if old is None else _text(old)

    def read(path: str) -> bytes | None:
        try:
            return (directory / path).read_bytes()
        except FileNotFoundError:
            return None

    with counting("entries", None) as progress:
        return verify_log(read, key, kept, head, lambda done, _: progress(done))


@app.command()
def verify(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Directory of the log.")],
    receipt: Annotated[Path | None, typer.Option(help="A receipt, or an answer that holds one.")] = None,
    old_checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint kept from before.")] = None,
    vkey: Annotated[Path | None, typer.Option(help="The verifier key; DIR/log.vkey if not given.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Exit code 0: whole; 1: tampered; 2: something is missing; 3: an input cannot be read."""
    try:
        report = _verify(directory, receipt, old_checkpoint, vkey)
    except _Unreadable as fault:
        report = Report(Outcome.BAD_INPUT, str(fault), "Masukan tidak terbaca.", "An input cannot be read.")
    if json:
        named = msgspec.to_builtins(report) | {"outcome": report.outcome.name.lower()}
        sys.stdout.write(msgspec.json.encode(named).decode() + "\n")
    else:
        place = f" [{report.place}]" if report.place else f" [{report.size}]"
        typer.echo(f"{report.sentence_id} / {report.sentence_en}{place}")
    raise typer.Exit(int(report.outcome))
