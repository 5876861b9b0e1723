"""The door for machines over real HTTP: two workers, tokens, problems, and a revocation that reaches both."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from tests.builders import NAMES, a_nik, a_resident, a_right
from tests.conftest import Database
from tests.verification.test_verify import AS_OF

from hakakses.gateway.clients import ASSERTION_TYPE, hash_secret
from hakakses.store import keys
from hakakses.store.cipher import SALT_BYTES, RegisterCipher
from hakakses.store.rights import publish_right, put_client, set_client_active

SECRET = "a-secret-made-for-this-test"
EC, OKP = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
BODY = {"nik": a_nik(), "purpose": "KYC", "elements": NAMES, "caller": {"kind": "machine"}}


class Running(msgspec.Struct, frozen=True):
    http: httpx.Client
    database: Database
    base_url: str

    def token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": "secret-client", "client_secret": SECRET}
        found: str = self.http.post("/oauth2/token", data=form).json()["access_token"]
        return found

    def ask(self, token: str, body: Any = None, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body or BODY)
        headers = {"authorization": f"Bearer {token}", **headers}
        return self.http.post("/v1/verifications", content=content, headers=headers)


async def _seed(database: Database) -> None:
    cipher = RegisterCipher(keys.load(database.settings.keys_dir / "register.json"))
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    index = cipher.index(a_nik())
    await owner.execute(
        "INSERT INTO register VALUES ($1, $2, $3)", index, cipher.seal(index, a_resident()), AS_OF
    )
    await owner.execute("INSERT INTO subject_key VALUES ($1, $2)", index, os.urandom(SALT_BYTES))
    await owner.execute(
        "INSERT INTO publication (kind, as_of, source, residents) VALUES ('full', $1, 't', 1)", AS_OF
    )
    await publish_right(owner, a_right(valid_until=AS_OF.replace(year=2099)))
    await put_client(owner, "secret-client", "PKS/1", secret=hash_secret(SECRET), public_keys=None)
    public = {"keys": [EC.as_dict(private=False), OKP.as_dict(private=False)]}
    await put_client(owner, "key-client", "PKS/1", secret=None, public_keys=public)
    await owner.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def running(database: Database) -> Iterator[Running]:
    asyncio.run(_seed(database))
    port = _free_port()
    environment = {
        **os.environ,
        "HAKAKSES_HOME": str(database.settings.home),
        "HAKAKSES_DSN": database.dsn,
        "HAKAKSES_SANDBOX": "yes",
        "PORT": str(port),
    }
    code = "from hakakses.gateway.serve import serve; from hakakses.settings import load_settings as s; serve(s())"
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    base_url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base_url) as http:
        _wait_ready(http)
        yield Running(http, database, base_url)
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def _wait_ready(http: httpx.Client) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if http.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the gateway did not become ready")


def _assertion(key: Any, algorithm: str, audience: str, **changes: Any) -> str:
    claims = {
        "iss": "key-client",
        "sub": "key-client",
        "aud": audience,
        "exp": int(time.time()) + 60,
        "jti": str(uuid.uuid4()),
        **changes,
    }
    return jwt.encode({"alg": algorithm}, claims, key, algorithms=["ES256", "EdDSA", "Ed25519", "HS256"])


def _post_assertion(running: Running, text: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": text,
    }
    return running.http.post("/oauth2/token", data=form)


def test_asking_over_http(running: Running) -> None:
    token = running.token()
    answer = running.ask(token).json()
    assert answer["result"] == "SESUAI"
    assert answer["elements"] == dict.fromkeys(NAMES, "SESUAI")
    assert set(answer["receipt"]) == {"seq", "leaf_hash", "nonce"}
    assert answer["quota_remaining"] == 999
    right = running.http.get("/v1/right", headers={"authorization": f"Bearer {token}"}).json()
    assert right["quota"]["used"] == 1
    first = running.ask(token, **{"idempotency-key": "k1"})
    assert running.ask(token, **{"idempotency-key": "k1"}).content == first.content
    seq = answer["receipt"]["seq"]
    proof = running.http.get(f"/v1/receipts/{seq}", headers={"authorization": f"Bearer {token}"})
    assert proof.json()["code"] == "receipt_not_sealed", "no sealer runs here"
    assert "hakakses_asks_total" in running.http.get("/metrics").text
    _bad_input(running, token)
    _revocation(running, token)


def _bad_input(running: Running, token: str) -> None:
    """Bad input gets a 4xx with its code, never a 500 and never its own values back."""
    cases = {
        "not_json": (400, b"{"),
        "too_large": (413, b'"' + b"x" * 20_000 + b'"'),
        "wrong_shape": (422, {**BODY, "nik": 1}),
        "no_elements": (422, {**BODY, "elements": {}}),
        "unknown_element": (422, {**BODY, "elements": {"GAJI": "1"}}),
        "element_not_granted": (403, {**BODY, "elements": {"AGAMA": "ISLAM"}}),
        "purpose_not_granted": (403, {**BODY, "purpose": "LAIN"}),
        "invalid_nik": (422, {**BODY, "nik": "0" * 16}),
        "operator_missing": (422, {**BODY, "caller": {"kind": "operator"}}),
    }
    for code, (status, body) in cases.items():
        reply = running.ask(token, body)
        assert (reply.status_code, reply.json()["code"]) == (status, code)
        assert reply.headers["content-type"] == "application/problem+json"
        assert a_nik() not in reply.text
    for nik in ("\u0661" * 16, a_nik() + "\n", a_nik()[:-1] + "\uff11"):
        assert running.ask(token, {**BODY, "nik": nik}).json()["code"] == "wrong_shape"
    assert running.ask("forged").status_code == 401
    assert running.http.get("/v1/verifications").headers["allow"] == "POST"
    assert running.http.get("/nothing").json()["code"] == "path_not_found"


def _revocation(running: Running, token: str) -> None:
    """A client that is switched off is refused by every worker within a second."""

    async def switch_off() -> None:
        owner = await asyncpg.connect(running.database.dsn, server_settings={"search_path": "live"})
        await set_client_active(owner, "secret-client", active=False)
        await owner.close()

    asyncio.run(switch_off())
    time.sleep(1)
    statuses = set()
    for _ in range(16):
        with httpx.Client(base_url=running.base_url) as fresh:
            headers = {"authorization": f"Bearer {token}"}
            statuses.add(fresh.post("/v1/verifications", json=BODY, headers=headers).status_code)
    assert statuses == {401}


def test_clients_prove_themselves_by_key(running: Running) -> None:
    audience = f"{running.base_url}/oauth2/token"
    for key, algorithm in ((EC, "ES256"), (OKP, "EdDSA")):
        text = _assertion(key, algorithm, audience)
        reply = _post_assertion(running, text)
        assert reply.status_code == 200, reply.text
        assert running.ask(reply.json()["access_token"]).json()["result"] == "SESUAI"
        assert _post_assertion(running, text).status_code == 401, "an assertion serves once"
    stranger = ECKey.generate_key("P-256")
    for text in (
        _assertion(stranger, "ES256", audience),
        _assertion(EC, "ES256", "https://elsewhere.example/token"),
        _assertion(EC, "ES256", audience, exp=int(time.time()) - 60),
        _assertion(EC, "ES256", audience, exp=int(time.time()) + 4000),
        _assertion(EC, "ES256", audience, iss="secret-client"),
        "a.b.c",
        "",
    ):
        assert _post_assertion(running, text).json()["error"] == "invalid_client"
