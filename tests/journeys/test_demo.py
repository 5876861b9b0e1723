"""The first road a stranger walks: start the demonstration, paste what it prints, prove the log, kill it, start again."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from tests.journeys.conftest import Demonstration
from tests.running import answers_ready, free_port, start, wait_until

from hakakses.core.ledger.checkpoint import parse_checkpoint
from hakakses.core.ledger.tiles import ENTRIES, partial_tiles
from hakakses.gateway.clients import ASSERTION_TYPE

OUTCOMES = {
    "match": "SESUAI",
    "moved": "SESUAI",
    "name_variant": "SESUAI",
    "mismatch": "TIDAK_SESUAI",
    "deceased": "TIDAK_SESUAI",
    "inactive": "TIDAK_SESUAI",
    "duplicate": "TIDAK_SESUAI",
    "unknown": "TIDAK_SESUAI",
}


def _pasted(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("TOKEN=", "curl "))]


@pytest.mark.timeout(180)
def test_the_printed_commands_work_when_pasted(demonstration: Demonstration) -> None:
    commands = _pasted(demonstration.printed())
    assert len(commands) == 3
    shell = subprocess.run(
        ["/bin/bash", "-c", "\necho\n".join(commands)], capture_output=True, text=True, check=True, timeout=30
    )
    answer, right = (json.loads(line) for line in shell.stdout.split("\n") if line)
    assert answer["result"] == "SESUAI"
    assert right["quota"]["used"] == 1


def _secret_token(told: dict[str, Any], client: dict[str, Any]) -> str:
    form = {"grant_type": "client_credentials"}
    reply = httpx.post(told["token_url"], data=form, auth=(client["id"], client["secret"]))
    token: str = reply.json()["access_token"]
    return token


def _key_token(told: dict[str, Any], client: dict[str, Any]) -> str:
    claims = {
        "iss": client["id"],
        "sub": client["id"],
        "aud": told["token_url"],
        "exp": int(time.time()) + 60,
        "jti": str(uuid.uuid4()),
    }
    key = ECKey.import_key(Path(client["key_file"]).read_bytes())
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": jwt.encode({"alg": "ES256"}, claims, key),
    }
    token: str = httpx.post(told["token_url"], data=form).json()["access_token"]
    return token


def _ask(
    told: dict[str, Any], client: dict[str, Any], token: str, resident: dict[str, str]
) -> httpx.Response:
    body = {
        "nik": resident["NIK"],
        "purpose": client["purpose"],
        "elements": {code: resident[code] for code in client["elements"]},
        "caller": {"kind": client["callers"][0], "operator": "petugas-1"},
    }
    return httpx.post(
        f"{told['base_url']}/v1/verifications", json=body, headers={"authorization": f"Bearer {token}"}
    )


def test_every_named_resident_gives_the_outcome_it_is_named_for(demonstration: Demonstration) -> None:
    told = demonstration.demo_json()
    by_key = next(client for client in told["clients"] if "key_file" in client)
    assert len(told["residents"]) >= 12
    for client, token in (
        (told["clients"][0], _secret_token(told, told["clients"][0])),
        (by_key, _key_token(told, by_key)),
    ):
        found = {
            (resident["outcome"], _ask(told, client, token, resident).json()["result"])
            for resident in told["residents"]
        }
        assert found == set(OUTCOMES.items())


def test_the_sandbox_has_residents_and_a_client_of_its_own(demonstration: Demonstration) -> None:
    told = demonstration.demo_json()
    sandbox = told["sandbox"]
    [client] = sandbox["clients"]
    token = _secret_token(sandbox, client)
    found = {
        (resident["outcome"], _ask(sandbox, client, token, resident).json()["result"])
        for resident in sandbox["residents"]
    }
    assert found == set(OUTCOMES.items())
    assert not {resident["NIK"] for resident in sandbox["residents"]} & {
        one["NIK"] for one in told["residents"]
    }
    stranger = next(one for one in told["residents"] if one["outcome"] == "match")
    assert _ask(sandbox, client, token, stranger).json()["result"] == "TIDAK_SESUAI"
    checklist = httpx.get(
        f"{sandbox['base_url']}/v1/poc", headers={"authorization": f"Bearer {token}"}
    ).json()
    assert 0 < checklist["done"] < checklist["total"]
    wait_until(lambda: _verify(Path(sandbox["ledger_dir"])) == 0, "the sandbox's log is proved")


def _verify(ledger: Path) -> int:
    return start("verify", "ledger", "verify", str(ledger)).wait(60)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _proved_copy(ledger: Path, target: Path) -> bool:
    """Whether a copy, taken while the log may grow, is whole."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ledger, target)
    return (target / "checkpoint").exists() and _verify(target) == 0


def test_its_log_is_proved_and_any_flipped_byte_is_refused(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    ledger, whole = Path(demonstration.demo_json()["ledger_dir"]), tmp_path / "whole"
    wait_until(lambda: _proved_copy(ledger, whole), "the log is sealed and proved")
    size = parse_checkpoint((whole / "checkpoint").read_text()).size
    open_tiles = {tile.level: tile.path for tile in partial_tiles(size)}
    for number, path in enumerate((open_tiles[ENTRIES], open_tiles[0], "checkpoint")):
        copy = tmp_path / str(number)
        shutil.copytree(whole, copy)
        _flip(copy / path)
        assert _verify(copy) == 1, path


@pytest.mark.timeout(180)
def test_a_killed_demonstration_starts_again_with_the_same_secrets(demonstration: Demonstration) -> None:
    before, size = demonstration.demo_json(), len(list((demonstration.home / "warehouse").rglob("*.parquet")))
    demonstration.kill()
    demonstration.start()
    after = demonstration.demo_json()
    secrets = [
        {client["id"]: client.get("secret") for client in found["clients"] + found["sandbox"]["clients"]}
        for found in (before, after)
    ]
    assert secrets[0] == secrets[1]
    assert len(list((demonstration.home / "warehouse").rglob("*.parquet"))) == size, "nothing is loaded twice"
    assert answers_ready(demonstration.base_url)
    assert after["residents"] == before["residents"]


def test_a_second_start_over_the_same_home_is_refused(demonstration: Demonstration) -> None:
    second = start("second", "demo", HAKAKSES_HOME=str(demonstration.home), PORT=str(free_port()))
    assert second.wait(30) == 1


def test_a_taken_port_is_said_at_once(demonstration: Demonstration, tmp_path: Path) -> None:
    port = demonstration.base_url.rpartition(":")[2]
    second = start("taken", "demo", HAKAKSES_HOME=str(tmp_path / "home"), PORT=port)
    assert second.wait(30) == 1


def test_secrets_are_for_their_owner_alone(demonstration: Demonstration) -> None:
    home = demonstration.home
    private = [home / "demo.json", home / "demo-ask.json", home / "warehouse", *(home / "keys").iterdir()]
    assert not [path.name for path in private if path.stat().st_mode & 0o077]
