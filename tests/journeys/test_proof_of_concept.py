"""The road of an institution that wants the web service: first the sandbox alone, then, when it has shown all, the country."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from joserfc import jwt
from tests.builders import NAMES, OPERATOR, a_nik, a_resident, a_right
from tests.conftest import Database, new_database
from tests.gateway.conftest import EC, SECRET, Running, environment_of, gateway_of
from tests.registering import date_register, put_residents
from tests.running import end, start, wait_until
from tests.verification.world import AS_OF

from hakakses.core.agreements.agreement import Agreement, read_agreement
from hakakses.core.agreements.compiler import compile_agreement
from hakakses.core.poc import REHEARSAL_QUOTA
from hakakses.core.poc_report import digest
from hakakses.core.residents import ResidentStatus
from hakakses.core.rights.right import AccessRight
from hakakses.gateway.clients import ASSERTION_TYPE, hash_secret
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.embedded import Cluster
from hakakses.store.poc import UnprovenError, pass_poc
from hakakses.store.rights import Registration, publish_right, put_client

FILE = Path(__file__).parents[2] / "examples" / "rehearsed" / "koperasi-contoh.toml"
KOPERASI, CLIENT = "119/1099/PKS/2026", "koperasi-uji"
NEVER_ENDING = AS_OF.replace(year=2099)
REHEARSED = {
    a_nik(11): ResidentStatus.AKTIF,
    a_nik(12): ResidentStatus.MENINGGAL,
    a_nik(13): ResidentStatus.AKTIF,
}
LIVE = {a_nik(1): ResidentStatus.AKTIF}
VALUES = {"NAMA_LGKP": NAMES["NAMA_LGKP"], "TGL_LHR": NAMES["TGL_LHR"], "TMPT_LHR": "PONTIANAK"}


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with new_database(cluster, tmp_path_factory.mktemp("home")) as database:
        asyncio.run(_seed(database))
        # The live door admits no secret here; the sandbox always does.
        environment = {**environment_of(database), "HAKAKSES_SANDBOX": "no"}
        sealer = start("sealer", "sealer", **environment)
        try:
            with gateway_of(database, HAKAKSES_SANDBOX="no") as started:
                yield msgspec.structs.replace(started, sealer=sealer)
        finally:
            end(sealer)


async def _seed(database: Database) -> None:
    for place, residents in zip(database.settings.tenants, (LIVE, REHEARSED), strict=True):
        owner = await asyncpg.connect(database.dsn, server_settings={"search_path": place.schema})
        cipher = RegisterCipher(keys.load(place.keystore))
        held = [a_resident(status, NIK=nik, TMPT_LHR="PONTIANAK") for nik, status in residents.items()]
        await put_residents(owner, cipher, held, AS_OF)
        await date_register(owner, AS_OF)
        await publish_right(owner, a_right(valid_until=NEVER_ENDING))
        if place.schema == "live":
            await pass_poc(owner, "PKS/1", "Pejabat Contoh")
        # One name in both tenants, under two secrets.
        secret = hash_secret(f"{SECRET}-{place.schema}")
        await put_client(owner, Registration("twin", "PKS/1", ("127.0.0.0/8",), secret=secret))
        await owner.close()


def _poc(running: Running, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hakakses", "poc", *arguments],
        env={**os.environ, **environment_of(running.database), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _body(serial: int, **changes: Any) -> dict[str, Any]:
    body = {"nik": a_nik(serial), "purpose": "KEANGGOTAAN", "elements": VALUES, "caller": {"kind": "machine"}}
    return body | changes


def _items(running: Running, token: str) -> dict[str, dict[str, Any]]:
    reply = running.http.get("/v1/poc", headers={"authorization": f"Bearer {token}"})
    assert reply.status_code == 200, reply.text
    return {item["code"]: item for item in reply.json()["items"]}


def _token(running: Running, client: str, secret: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    return running.http.post("/oauth2/token", data=form)


def _by_key(running: Running) -> httpx.Response:
    """The live client proves itself by its key."""
    name, now = "koperasi-contoh", int(time.time())
    claims = {"iss": name, "sub": name, "aud": f"{running.base_url}/oauth2/token", "exp": now + 60}
    assertion = jwt.encode({"alg": "ES256"}, claims | {"jti": str(uuid.uuid4())}, EC)
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return running.http.post("/oauth2/token", data={"grant_type": "client_credentials", **form})


async def _register_live(running: Running, right: AccessRight, **proof: Any) -> None:
    owner = await asyncpg.connect(running.database.dsn, server_settings={"search_path": "live"})
    try:
        await publish_right(owner, right)
        await put_client(owner, Registration("koperasi-contoh", right.agreement, right.networks, **proof))
    finally:
        await owner.close()


def _counts(running: Running) -> list[tuple[int, int, int]]:
    """Entries, days with a quota spent, and notes of calls: of the country and of the sandbox."""

    async def count(schema: str) -> tuple[int, int, int]:
        owner = await asyncpg.connect(running.database.dsn, server_settings={"search_path": schema})
        found = await owner.fetchrow(
            "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM quota_use),"
            " (SELECT count(*) FROM poc_call)"
        )
        await owner.close()
        return tuple(found)

    return [asyncio.run(count(place.schema)) for place in running.database.settings.tenants]


def test_nothing_crosses_between_the_sandbox_and_the_country(running: Running) -> None:
    """Each secret opens its own tenant alone: its register, its quota, its log, its receipts."""
    assert _token(running, "twin", f"{SECRET}-live").status_code == 401, "a secret is for the sandbox alone"
    token = _token(running, "twin", f"{SECRET}-sandbox").json()["access_token"]
    body = {"purpose": "KYC", "elements": NAMES, "caller": {"kind": "machine"}}
    assert running.ask(token, body | {"nik": a_nik(11)}).json()["result"] == "SESUAI"
    of_the_country = running.ask(token, body | {"nik": a_nik(1)}).json()
    assert of_the_country["result"] == "TIDAK_SESUAI"
    assert _counts(running) == [(0, 0, 0), (2, 1, 3)], "the refused login is noted, though no log has it"
    until = time.monotonic() + 10
    while (proof := running.receipt(token, of_the_country["receipt"]["seq"])).status_code == 503:
        assert time.monotonic() < until
    assert "/ledger/sandbox" in proof.json()["checkpoint"]
    home = running.database.settings.home
    for ledger in ("ledger", "ledger-sandbox"):
        wait_until((home / ledger / "checkpoint").exists, "both logs are sealed")
        assert start("verify", "ledger", "verify", str(home / ledger)).wait(60) == 0
    assert (home / "ledger" / "log.vkey").read_text() != (home / "ledger-sandbox" / "log.vkey").read_text()


def test_what_cannot_be_done_is_said_and_changes_nothing(running: Running, tmp_path: Path) -> None:
    taken = _poc(running, "open", str(FILE), "--client", "twin")
    assert (taken.returncode, taken.stdout) == (2, "")
    assert "is a client outside the sandbox" in taken.stderr
    (tmp_path / "faulty.toml").write_text("number = 1")
    assert _poc(running, "open", str(tmp_path / "faulty.toml"), "--client", "c").returncode == 2
    for arguments in (("show", "PKS/none"), ("report", "PKS/none"), ("pass", "PKS/none", "--by", "x")):
        assert _poc(running, *arguments).returncode == 2
    assert _poc(running, "pass", "PKS/1", "--by", " ").returncode == 2
    without = {"HAKAKSES_SANDBOX_SCHEMA": "none"}
    assert "there is no sandbox" in _poc(running, "show", "PKS/1", **without).stderr


def test_another_right_than_the_one_in_force_is_not_passed(running: Running) -> None:
    """The sandbox's PKS/1 has a quota of 1000, as no rehearsed right has."""
    refused = _poc(running, "pass", "PKS/1", "--by", "Pejabat Contoh")
    assert refused.returncode == 2
    assert "another right" in refused.stderr


def _provoke_and_recover(running: Running, token: str) -> None:
    """Every error that the checklist asks for, and after each a right call."""
    wrong = _token(running, CLIENT, "wrong")
    assert wrong.status_code == 401
    errors: list[tuple[Any, str]] = [
        (b"{", "not_json"),
        (_body(11, elements={"NAMA_LGKP_IBU": "X"}), "element_not_granted"),
        (_body(11, caller={"kind": "operator", "operator": "nobody"}), "operator_unknown"),
    ]
    assert running.ask(token, _body(11)).json()["result"] == "SESUAI"
    for body, code in errors:
        assert running.ask(token, body).json()["code"] == code
        assert running.ask(token, _body(11)).json()["result"] == "SESUAI"
    guesses = [running.ask(token, _body(13, elements={"TGL_LHR": f"1990-01-0{day}"})) for day in range(1, 5)]
    assert guesses[-1].json()["code"] == "guesses_exhausted"
    assert running.ask(token, _body(11)).json()["result"] == "SESUAI"


def _use_up_the_quota(running: Running, token: str) -> None:
    for _ in range(REHEARSAL_QUOTA):
        if (reply := running.ask(token, _body(11))).status_code == 429:
            assert reply.json()["code"] == "quota_exhausted"
            return
    raise AssertionError("the sandbox's quota has no end")


def test_an_institution_proves_its_program_and_is_admitted(running: Running, tmp_path: Path) -> None:
    agreement = read_agreement(FILE.read_text())
    assert isinstance(agreement, Agreement)
    right = compile_agreement(agreement)
    assert isinstance(right, AccessRight)

    # The agreement reaches the sandbox, and nothing else: the database itself refuses it a credential.
    opened = _poc(running, "open", str(FILE), "--client", CLIENT, "--operator", OPERATOR, "--json")
    assert opened.returncode == 0, opened.stderr
    secret = json.loads(opened.stdout)["secret"]
    with pytest.raises(UnprovenError):
        asyncio.run(_register_live(running, right, public_keys={"keys": []}))
    wait_until(lambda: _token(running, CLIENT, secret).status_code == 200, "the gateway knows the new client")
    token = _token(running, CLIENT, secret).json()["access_token"]
    assert running.ask(token, _body(1)).json()["result"] == "TIDAK_SESUAI", (
        "the country's register is out of reach"
    )

    # The checklist fills by what the program does.
    items = _items(running, token)
    assert items["unknown"]["done"]
    assert not items["match"]["done"]
    assert items["elements_verified"]["missing"] == []
    assert _poc(running, "show", KOPERASI).returncode == 1
    passed = _poc(running, "pass", KOPERASI, "--by", "Pejabat Contoh")
    assert passed.returncode == 1
    assert "SESUAI" in passed.stderr
    _provoke_and_recover(running, token)
    assert running.ask(token, _body(12, caller={"kind": "operator", "operator": OPERATOR})).status_code == 200
    assert running.ask(token, _body(11), **{"idempotency-key": "k1"}).status_code == 200
    items = _items(running, token)
    assert {code for code, item in items.items() if not item["done"]} == {"repeat", "quota_handled"}
    assert running.ask(token, _body(11), **{"idempotency-key": "k1"}).status_code == 200
    _use_up_the_quota(running, token)
    assert all(item["done"] for item in _items(running, token).values())

    # An officer passes it; the report that the pass rests on can be had again, byte for byte.
    document = tmp_path / "report.md"
    assert _poc(running, "report", KOPERASI, "--out", str(document)).returncode == 0
    passed = _poc(running, "pass", KOPERASI, "--by", "Pejabat Contoh")
    assert passed.returncode == 0, passed.stderr
    assert digest(document.read_text()) in passed.stdout
    shown = json.loads(_poc(running, "show", KOPERASI, "--json").stdout)
    assert (shown["state"], shown["passed_by"], shown["complete"]) == ("passed", "Pejabat Contoh", True)
    assert shown["report_sha256"] == digest(document.read_text())
    assert _poc(running, "report", KOPERASI).stdout == document.read_text()

    # Now a credential can be registered, and the country answers it.
    asyncio.run(_register_live(running, right, public_keys={"keys": [EC.as_dict(private=False)]}))
    wait_until(lambda: _by_key(running).status_code == 200, "the gateway knows the new client")
    live = _by_key(running).json()["access_token"]
    answer = running.ask(live, _body(1)).json()
    assert answer["result"] == "SESUAI"
    assert answer["quota_remaining"] == right.quota_per_day - 1
    assert running.ask(live, _body(11)).json()["result"] == "TIDAK_SESUAI", (
        "the sandbox's register is out of reach"
    )
    assert running.http.get("/v1/poc", headers={"authorization": f"Bearer {live}"}).status_code == 404
    assert running.ask(token, _body(1)).status_code == 429, "the sandbox's credential stays in the sandbox"
