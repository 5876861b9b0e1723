"""The commands for clients and operators: what they change, what they decline, and how they exit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from click.testing import Result
from joserfc.jwk import ECKey, OKPKey, RSAKey
from tests.builders import a_right
from tests.conftest import Database
from typer.testing import CliRunner

from hakakses.cli.main import app
from hakakses.core.thumbprints import thumbprint
from hakakses.store.poc import pass_poc
from hakakses.store.rights import publish_right

AGREEMENT, UNPROVEN = "PKS/1", "PKS/2"
DONE, DECLINED, BAD_INPUT, NO_DATABASE = range(4)
FIRST, SECOND, THIRD = (
    ECKey.generate_key("P-256"),
    OKPKey.generate_key("Ed25519"),
    ECKey.generate_key("P-256"),
)
Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    async def put_right() -> None:
        owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
        await publish_right(owner, a_right())
        await publish_right(owner, a_right(agreement=UNPROVEN))
        await pass_poc(owner, AGREEMENT, "penguji")
        await owner.close()

    asyncio.run(put_right())
    monkeypatch.setenv("HAKAKSES_DSN", database.dsn)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def _file(folder: Path, key: Any, *, private: bool = False, jwk: bool = False) -> Path:
    path = folder / f"{key.thumbprint()}-{private}-{jwk}"
    path.write_bytes(
        msgspec.json.encode(key.as_dict(private=private)) if jwk else key.as_pem(private=private)
    )
    return path


def _register(run: Run, key: Path, *more: str) -> Result:
    words = ("client", "register", "c1", "--agreement", AGREEMENT, "--network", "192.0.2.0/24")
    return run(*words, "--key", key, *more)


def test_an_agreement_that_has_not_proved_its_program_gets_no_credential(run: Run, tmp_path: Path) -> None:
    words = ("client", "register", "c2", "--agreement", UNPROVEN, "--network", "192.0.2.0/24", "--json")
    assert _declined(run(*words, "--key", _file(tmp_path, FIRST))) == (DECLINED, "unproven")
    assert _listed(run) == []


def _listed(run: Run) -> Any:
    return msgspec.json.decode(run("client", "list", "--json").stdout)


def _declined(result: Result) -> tuple[int, str]:
    return result.exit_code, msgspec.json.decode(result.stderr)["code"]


def test_a_client_changes_its_key_without_a_gap(run: Run, tmp_path: Path) -> None:
    made = _register(run, _file(tmp_path, FIRST), "--bound", "mtls", "--caller", "machine", "--json")
    first, second = FIRST.thumbprint(), SECOND.thumbprint()
    assert (made.exit_code, msgspec.json.decode(made.stdout)) == (DONE, {"client": "c1", "key": first})
    assert run("client", "add-key", "c1", "--key", _file(tmp_path, SECOND, jwk=True)).exit_code == DONE
    (client,) = _listed(run)
    assert (client["keys"], client["bound"], client["callers"]) == ([first, second], "mtls", ["machine"])
    third = run("client", "add-key", "c1", "--key", _file(tmp_path, THIRD), "--json")
    assert _declined(third) == (DECLINED, "two_keys_already")
    assert run("client", "retire-key", "c1", first).exit_code == DONE
    assert _listed(run)[0]["keys"] == [second]
    back = run("client", "add-key", "c1", "--key", _file(tmp_path, FIRST), "--json")
    assert _declined(back) == (DECLINED, "key_retired"), "nor would the tokens it proved come back"
    assert _declined(run("client", "retire-key", "c1", second, "--json")) == (DECLINED, "last_key")
    assert _declined(run("client", "retire-key", "c1", first, "--json")) == (DECLINED, "unknown_key")


def test_a_client_is_switched_off_and_on(run: Run, tmp_path: Path) -> None:
    _register(run, _file(tmp_path, FIRST))
    assert _declined(_register(run, _file(tmp_path, FIRST), "--json")) == (DECLINED, "client_exists")
    for command, active in (("disable", False), ("enable", True)):
        assert run("client", command, "c1").exit_code == DONE
        assert _listed(run)[0]["active"] is active
    assert _declined(run("client", "disable", "c2", "--json")) == (DECLINED, "unknown_client")


@pytest.mark.parametrize(
    ("key", "private", "jwk"),
    [(FIRST, True, False), (FIRST, True, True), (RSAKey.generate_key(2048), False, False),
     (ECKey.generate_key("P-384"), False, False), (ECKey.generate_key("P-384"), False, True)],
)  # fmt: skip
def test_what_is_no_public_key_of_ours_is_bad_input(
    run: Run, tmp_path: Path, key: Any, private: bool, jwk: bool
) -> None:
    path = _file(tmp_path, key, private=private, jwk=jwk)
    assert _declined(_register(run, path, "--json")) == (BAD_INPUT, "bad_key_file")
    assert _listed(run) == []


def test_a_point_beside_the_curve_is_bad_input(run: Run, tmp_path: Path) -> None:
    jwk = FIRST.as_dict(private=False)
    path = tmp_path / "key.json"
    path.write_bytes(msgspec.json.encode({**jwk, "y": jwk["x"]}))
    assert _declined(_register(run, path, "--json")) == (BAD_INPUT, "bad_key_file")


def test_bad_words_are_told_apart(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = _file(tmp_path, FIRST)
    assert _declined(_register(run, tmp_path / "none", "--json")) == (BAD_INPUT, "bad_key_file")
    assert _declined(_register(run, key, "--network", "here", "--json")) == (BAD_INPUT, "bad_network")
    assert _declined(_register(run, key, "--agreement", "PKS/9", "--json")) == (DECLINED, "unknown_agreement")
    monkeypatch.setenv("HAKAKSES_DSN", "postgresql://nobody@127.0.0.1:1/none")
    assert _declined(run("client", "list", "--json")) == (NO_DATABASE, "no_database")


def test_operators_are_registered_and_switched(run: Run) -> None:
    words = ("operator", "add", AGREEMENT, "petugas-1", "--name", "Petugas Rekaan")
    assert run(*words).exit_code == DONE
    assert _declined(run(*words, "--json")) == (DECLINED, "operator_exists")
    for command, active in (("disable", False), ("enable", True)):
        assert run("operator", command, AGREEMENT, "petugas-1").exit_code == DONE
        listed = msgspec.json.decode(run("operator", "list", AGREEMENT, "--json").stdout)
        assert [(one["id"], one["active"]) for one in listed] == [("petugas-1", active)]
    unknown = run("operator", "disable", AGREEMENT, "petugas-2", "--json")
    assert _declined(unknown) == (DECLINED, "unknown_operator")
    assert _declined(run(*words[:2], "PKS/9", *words[3:], "--json")) == (DECLINED, "unknown_agreement")
    assert _declined(run(*words[:3], " ", *words[4:], "--json")) == (BAD_INPUT, "bad_operator")


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_a_key_is_named_as_rfc_7638_says(key: Any) -> None:
    assert thumbprint(key.as_dict(private=False)) == key.thumbprint()
