"""The commands for accounts of the Dukcapil wire format."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
import pytest
from click.testing import Result
from tests.builders import a_right
from tests.conftest import Database
from typer.testing import CliRunner

from hakakses.cli.main import app
from hakakses.gateway.dukcapil.passwords import Passwords
from hakakses.store.poc import pass_poc
from hakakses.store.rights import publish_right

AGREEMENT, UNPROVEN, USER = "PKS/1", "PKS/2", "20260101BANK1"
DONE, DECLINED, BAD_INPUT = range(3)
NETWORK = ("--network", "192.0.2.0/24", "--json")
Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    async def put_rights() -> None:
        owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
        for agreement in (AGREEMENT, UNPROVEN):
            await publish_right(owner, a_right(agreement=agreement))
        await pass_poc(owner, AGREEMENT, "penguji")
        await owner.close()

    asyncio.run(put_rights())
    monkeypatch.setenv("HAKAKSES_DSN", database.dsn)
    return lambda *words: CliRunner().invoke(app, ["account", *words])


def _held(database: Database) -> Any:
    async def fetch() -> Any:
        owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
        row = await owner.fetchrow("SELECT password, declared, networks FROM client WHERE user_id = $1", USER)
        await owner.close()
        return row

    return asyncio.run(fetch())


def _right(password: str, held: str) -> bool:
    return asyncio.run(Passwords().right(USER, password, held, "192.0.2.1"))


def test_an_account_is_issued_once_and_its_password_is_kept_as_a_slow_hash(
    run: Run, database: Database
) -> None:
    issued = run("issue", USER, "--agreement", AGREEMENT, "--declared", "10.10.0.0/16", *NETWORK)
    told = msgspec.json.decode(issued.stdout)
    held = _held(database)
    assert (issued.exit_code, told["user_id"]) == (DONE, USER)
    assert (held["declared"], held["networks"]) == (["10.10.0.0/16"], ["192.0.2.0/24"])
    assert held["password"].startswith("$argon2id$")
    assert _right(told["password"], held["password"])
    assert run("issue", USER, "--agreement", AGREEMENT, *NETWORK).exit_code == DECLINED


def test_a_rotated_password_is_another(run: Run, database: Database) -> None:
    first = msgspec.json.decode(run("issue", USER, "--agreement", AGREEMENT, *NETWORK).stdout)["password"]
    second = msgspec.json.decode(run("rotate", USER, "--json").stdout)["password"]
    held = _held(database)["password"]
    assert (_right(first, held), _right(second, held)) == (False, True)


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (("issue", USER, "--agreement", UNPROVEN, *NETWORK), DECLINED, "unproven"),
        (("issue", USER, "--agreement", "PKS/9", *NETWORK), DECLINED, "unknown_agreement"),
        (("issue", " ", "--agreement", AGREEMENT, *NETWORK), BAD_INPUT, "bad_user_id"),
        (("issue", USER, "--agreement", AGREEMENT, "--network", "x", "--json"), BAD_INPUT, "bad_network"),
        (("rotate", USER, "--json"), DECLINED, "unknown_account"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], exit_code: int, code: str) -> None:
    result = run(*words)
    assert (result.exit_code, msgspec.json.decode(result.stderr)["code"]) == (exit_code, code)
