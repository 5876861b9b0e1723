"""The door for machines over real HTTP: two workers, tokens, problems, and a revocation that reaches both."""

from __future__ import annotations

import asyncio
import time

import asyncpg
import httpx
from joserfc.jwk import ECKey
from tests.builders import NAMES
from tests.gateway.conftest import BODY, EC, OKP, Running
from tests.gateway.proving import assertion

from hakakses.gateway.clients import ASSERTION_TYPE
from hakakses.store.rights import set_client_active


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
    assert "hakakses_asks_total" in running.http.get("/metrics").text
    _revocation(running, token)


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
        text = assertion(key, algorithm, audience)
        reply = _post_assertion(running, text)
        assert reply.status_code == 200, reply.text
        assert running.ask(reply.json()["access_token"]).json()["result"] == "SESUAI"
        assert _post_assertion(running, text).status_code == 401, "an assertion serves once"
    stranger = ECKey.generate_key("P-256")
    for text in (
        assertion(stranger, "ES256", audience),
        assertion(EC, "ES256", "https://elsewhere.example/token"),
        assertion(EC, "ES256", audience, exp=int(time.time()) - 60),
        assertion(EC, "ES256", audience, exp=int(time.time()) + 4000),
        assertion(EC, "ES256", audience, iss="secret-client"),
        "a.b.c",
        "",
    ):
        assert _post_assertion(running, text).json()["error"] == "invalid_client"
