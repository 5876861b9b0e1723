"""hakakses poc: what an institution's program has shown in the sandbox, and the pass that unlocks the web service."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hakakses.core.agreements.agreement import read_agreement
from hakakses.core.agreements.compiler import compile_agreement
from hakakses.core.poc import Item, checklist, complete, rehearsed
from hakakses.core.poc_report import digest, report, when
from hakakses.core.rights.right import AccessRight, fingerprint
from hakakses.gateway.clients import hash_secret
from hakakses.settings import Settings, load_settings
from hakakses.store import embedded
from hakakses.store.calls import fetch_calls
from hakakses.store.poc import PocState, Proof, find_poc, open_poc, pass_poc, right_in_force
from hakakses.store.rights import Registration, agreement_of_client, publish_right, put_client, put_operator

OPEN_ITEMS, USAGE = 1, 2
app = typer.Typer(
    no_args_is_help=True, help="Prove a program in the sandbox before it may use the web service."
)
_AGREEMENT = Annotated[str, typer.Argument(help="The agreement's number.")]
_JSON = Annotated[bool, typer.Option("--json", help="For programs.")]
T = TypeVar("T")


class _Unusable(Exception):
    """The command cannot do this; the message says why, in both languages."""


class Standing(msgspec.Struct, frozen=True):
    """Where an agreement stands: its right in the sandbox, its items, and the pass where there is one."""

    right: AccessRight
    items: tuple[Item, ...]
    proof: Proof | None

    @property
    def passed(self) -> bool:
        return self.proof is not None and self.proof.state is PocState.PASSED

    @property
    def document(self) -> str:
        """The report as it was passed, or as it would be now."""
        kept = None if self.proof is None else self.proof.report
        return kept or report(self.right, self.items)


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """What --json prints."""

    agreement: str
    state: str
    complete: bool
    items: tuple[Item, ...]
    passed_by: str | None = None
    report_sha256: str | None = None


class _Schemas(msgspec.Struct, frozen=True):
    """A connection to each tenant's schema."""

    live: Any
    sandbox: Any


@app.command("open")
def begin(
    file: Annotated[Path, typer.Argument(help="An agreement in TOML.")],
    client: Annotated[str, typer.Option(help="Name of the sandbox client.")],
    operator: Annotated[list[str], typer.Option(help="A person who may ask there; repeatable.")] = [],  # noqa: B006 - Typer's way
    as_json: _JSON = False,
) -> None:
    """Put an agreement into the sandbox and give its program a secret there, shown once; again for another secret."""
    right = _compiled(file)
    secret = secrets.token_urlsafe(32)
    _run(lambda schemas: _open(schemas, right, client, secret, operator))
    told = {"agreement": right.agreement, "client": client, "secret": secret}
    if as_json:
        typer.echo(msgspec.json.encode(told))
        return
    typer.echo(f"{right.agreement}: uji konsep dibuka / proof of concept opened")
    typer.echo(f"client_id {client}\nclient_secret {secret}   (hanya sekali / shown once)")


@app.command()
def show(agreement: _AGREEMENT, as_json: _JSON = False) -> None:
    """Print the checklist.  Exit code 1 while an item is open."""
    standing = _run(lambda schemas: _standing(schemas, agreement))
    if as_json:
        typer.echo(msgspec.json.encode(_shown(standing)))
    else:
        Console().print(_table(standing), Text(_state(standing)))
    if not (standing.passed or complete(standing.items)):
        raise typer.Exit(OPEN_ITEMS)


@app.command("report")
def write_report(
    agreement: _AGREEMENT,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")] = None,
) -> None:
    """Write the report as Markdown: the one that was passed, or as it stands now."""
    document = _run(lambda schemas: _standing(schemas, agreement)).document
    if out is None:
        sys.stdout.write(document)
        return
    try:
        out.write_text(document, encoding="utf-8")
    except OSError as fault:
        typer.echo(f"{out}: tidak dapat ditulis / cannot be written: {fault.strerror}", err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"{out}  sha256 {digest(document)}")


@app.command("pass")
def unlock(
    agreement: _AGREEMENT,
    by: Annotated[str, typer.Option(help="The officer who answers for it.")],
) -> None:
    """Unlock the web service when every item is done; exit code 1 while one is open."""
    if not by.strip():
        raise typer.BadParameter("nama petugas kosong / the officer's name is empty", param_hint="--by")
    standing = _run(lambda schemas: _pass(schemas, agreement, by.strip()))
    still_open = [item for item in standing.items if not item.done]
    if still_open and not standing.passed:
        for item in still_open:
            typer.echo(f"belum / open: {item.text_id} / {item.text_en}", err=True)
        raise typer.Exit(OPEN_ITEMS)
    typer.echo(_state(standing))


def _run(act: Callable[[_Schemas], Coroutine[Any, Any, T]]) -> T:
    try:
        return asyncio.run(_connected(load_settings(), act))
    except _Unusable as fault:
        typer.echo(f"hakakses poc: {fault}", err=True)
        raise typer.Exit(USAGE) from None


async def _connected(settings: Settings, act: Callable[[_Schemas], Awaitable[T]]) -> T:
    if settings.rehearsal is None:
        raise _Unusable("tidak ada ruang uji / there is no sandbox (HAKAKSES_SANDBOX_SCHEMA)")
    dsn = settings.dsn or embedded.ensure(settings).dsn
    async with _schema(dsn, settings.schema) as live, _schema(dsn, settings.rehearsal.schema) as sandbox:
        return await act(_Schemas(live, sandbox))


@asynccontextmanager
async def _schema(dsn: str, schema: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": schema})
    try:
        yield connection
    finally:
        await connection.close()


async def _open(
    schemas: _Schemas, right: AccessRight, client: str, secret: str, operators: list[str]
) -> None:
    if await agreement_of_client(schemas.live, client) is not None:
        raise _Unusable(
            f"{client}: nama ini sudah dipakai di luar ruang uji / is a client outside the sandbox"
        )
    if await agreement_of_client(schemas.sandbox, client) not in (None, right.agreement):
        raise _Unusable(f"{client}: milik perjanjian lain / belongs to another agreement")
    await publish_right(schemas.sandbox, rehearsed(right))
    await open_poc(schemas.live, right.agreement)
    registered = Registration(client, right.agreement, right.networks, secret=hash_secret(secret))
    await put_client(schemas.sandbox, registered)
    for operator in operators:
        await put_operator(schemas.sandbox, right.agreement, operator, operator)


async def _standing(schemas: _Schemas, agreement: str) -> Standing:
    right = await right_in_force(schemas.sandbox, agreement)
    if right is None:
        raise _Unusable(f"{agreement}: tidak ada di ruang uji / is not in the sandbox")
    items = checklist(right, await fetch_calls(schemas.sandbox, agreement))
    return Standing(right, items, await find_poc(schemas.live, agreement))


async def _pass(schemas: _Schemas, agreement: str, by: str) -> Standing:
    """Where the agreement stands after it; nothing changes while an item is open."""
    standing = await _standing(schemas, agreement)
    live = await right_in_force(schemas.live, agreement)
    if live is not None and fingerprint(rehearsed(live)) != fingerprint(standing.right):
        raise _Unusable(
            f"{agreement}: hak akses di ruang uji bukan yang berlaku; buka uji konsep lagi"
            " / the sandbox rehearses another right than the one in force; open the proof anew"
        )
    if standing.passed or not complete(standing.items):
        return standing
    await pass_poc(schemas.live, agreement, by, standing.document)
    return await _standing(schemas, agreement)


def _compiled(file: Path) -> AccessRight:
    try:
        agreement = read_agreement(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        typer.echo(f"{file}: tidak dapat dibaca / cannot be read", err=True)
        raise typer.Exit(USAGE) from None
    right = agreement if isinstance(agreement, list) else compile_agreement(agreement)
    if isinstance(right, AccessRight):
        return right
    typer.echo(f"{file}: hakakses agreement check {file}", err=True)
    raise typer.Exit(USAGE)


def _shown(standing: Standing) -> Shown:
    proof = standing.proof
    return Shown(
        standing.right.agreement,
        PocState.OPEN if proof is None else proof.state,
        complete(standing.items),
        standing.items,
        None if proof is None else proof.passed_by,
        None if proof is None else proof.report_sha256,
    )


def _table(standing: Standing) -> Table:
    table = Table(title=Text(standing.right.agreement), title_justify="left")
    for head in ("", "Butir / Item", "Waktu / When (WIB)", "Entri / Entries"):
        table.add_column(head)
    for item in standing.items:
        missing = f"\nkurang / missing: {', '.join(item.missing)}" if item.missing else ""
        text = Text(f"{item.text_id}\n{item.text_en}{missing}")
        entries = Text(", ".join(map(str, item.entries)))
        table.add_row(Text("✔" if item.done else "–"), text, Text(when(item.at)), entries)
    return table


def _state(standing: Standing) -> str:
    proof = standing.proof
    if standing.passed and proof is not None:
        return f"lulus / passed: {when(proof.passed_at)} WIB, {proof.passed_by}; sha256 {proof.report_sha256 or '-'}"
    done = sum(item.done for item in standing.items)
    return f"{done} / {len(standing.items)}; kredensial terkunci / credentials locked"
