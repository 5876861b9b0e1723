"""A change of who may call, made by the database's owner, and how it ends.

Exit codes: 0 done, 1 declined, 2 bad input, 3 the database is not there.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeVar

import asyncpg
import msgspec
import typer

from hakakses.settings import load_settings
from hakakses.store import embedded
from hakakses.store.line import FAULTS
from hakakses.store.poc import UnprovenError
from hakakses.store.registrations import Declined

DECLINED, BAD_INPUT, NO_DATABASE = 1, 2, 3
Made = TypeVar("Made")


def as_owner(change: Callable[[Any], Awaitable[Made]], *, as_json: bool) -> Made:
    """Make a change over the owner's connection in the tenant's schema; leaves with an exit code when it is not made."""
    settings = load_settings()
    try:
        dsn = settings.dsn or embedded.ensure(settings).dsn
        return asyncio.run(_over(dsn, settings.schema, change))
    except Declined as fault:
        leave(DECLINED, fault.code, str(fault), as_json=as_json)
    except UnprovenError as fault:
        leave(DECLINED, "unproven", str(fault), as_json=as_json)
    except (embedded.EmbeddedError, *FAULTS) as fault:
        kind = type(fault).__name__
        leave(NO_DATABASE, "no_database", f"basis data tidak siap / no database: {kind}", as_json=as_json)


async def _over(dsn: str, schema: str, change: Callable[[Any], Awaitable[Made]]) -> Made:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": schema})
    try:
        return await change(connection)
    finally:
        await connection.close()


def read_networks(texts: list[str], option: str, *, as_json: bool) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(text)) for text in texts)
    except ValueError:
        sentence = f"{option}: bukan jaringan CIDR / not a network in CIDR notation"
        leave(BAD_INPUT, "bad_network", sentence, as_json=as_json)


def leave(exit_code: int, code: str, sentence: str, *, as_json: bool) -> NoReturn:
    """Say on standard error what went wrong, and end."""
    told = msgspec.json.encode({"code": code, "message": sentence}).decode() if as_json else sentence
    typer.echo(told, err=True)
    raise typer.Exit(exit_code)


def tell(value: object, text: str, *, as_json: bool) -> None:
    """value: for programs.  text: for people."""
    typer.echo(msgspec.json.encode(value).decode() if as_json else text)
