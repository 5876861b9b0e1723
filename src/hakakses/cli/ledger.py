"""hakakses ledger: prove a copy of the access log, without network or database."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from typer.core import TyperGroup

from hakakses.cli.progress import counting
from hakakses.core.ledger.verify import Outcome, Receipt, Report, verify_log

LEAF_HEX = re.compile(r"[0-9a-f]{64}")
NONCE_HEX = re.compile(r"[0-9a-f]{32}")
_UsageError: Any = typer.BadParameter.__base__


@contextmanager
def _wrong_use_as_bad_input() -> Iterator[None]:
    try:
        yield
    except _UsageError as error:
        error.exit_code = int(Outcome.BAD_INPUT)
        raise


class _Family(TyperGroup):
    """Its commands exit with 3 on wrong use; the usual 2 says here that the log is incomplete."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        with _wrong_use_as_bad_input():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _wrong_use_as_bad_input():
            return super().invoke(ctx)


app = typer.Typer(cls=_Family, no_args_is_help=True)


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
    if receipt.seq < 0 or not (LEAF_HEX.fullmatch(receipt.leaf_hash) and NONCE_HEX.fullmatch(receipt.nonce)):
        raise _Unreadable(str(path))
    return receipt


def _bare_receipt(text: str, path: Path) -> Receipt:
    try:
        return msgspec.json.decode(text, type=Receipt)
    except msgspec.MsgspecError:
        raise _Unreadable(str(path)) from None


def _verify(directory: Path, receipt: Path | None, old: Path | None, vkey: Path | None) -> Report:
    if not any((directory / part).exists() for part in ("checkpoint", "tile")):
        raise _Unreadable(str(directory))
    key = _text(vkey or directory / "log.vkey")
    kept = None if receipt is None else _receipt(receipt)
    head = None if old is None else _text(old)

    def read(path: str) -> bytes | None:
        try:
            return (directory / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            raise _Unreadable(path) from None

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
