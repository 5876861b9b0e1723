"""Access tokens: JWT that say what OSIA's documents want, believed only when whole; scopes as they were asked for."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.gateway.conftest import EC, SECRET
from tests.gateway.credentials.conftest import Door

from hakakses.gateway.tokens import LIFETIME, TYPE, Tokens
from hakakses.store import keys
from hakakses.store.keys import KeyName

ISSUER = "https://here.example"
NOW = 1_000_000.0
KEY = OctKey.import_key(b"k" * 32)
TOKENS = Tokens(b"k" * 32, ISSUER)
VERIFYING = "cr.person.match cr.person.verify id.verify pr.person.match pr.person.verify"


def _claims() -> dict[str, Any]:
    text = TOKENS.issue("live", "c", 1, "", (), None, NOW)
    return dict(jwt.decode(text, KEY, algorithms=["HS256"]).claims)


def _signed(claims: dict[str, Any], key: OctKey = KEY, **header: str) -> str:
    return jwt.encode({"alg": "HS256", "typ": TYPE, **header}, claims, key, algorithms=["HS256", "HS512"])


def test_a_token_is_good_until_it_expires() -> None:
    text = TOKENS.issue("live", "c", 1, "k1", ("b", "a"), None, NOW)
    known = TOKENS.read(text, NOW + LIFETIME - 1)
    assert known is not None
    assert (known.token.client, known.token.key_id, known.scopes) == ("c", "k1", {"a", "b"})
    assert TOKENS.read(text, NOW + LIFETIME) is None, "also when it was believed before"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b.c",
        "é",
        _signed(_claims(), OctKey.import_key(b"x" * 32)),
        _signed(_claims(), typ="JWT"),
        _signed(_claims(), alg="HS512"),
        _signed({**_claims(), "aud": "https://elsewhere.example"}),
        _signed({**_claims(), "gen": "1"}),
        _signed({**_claims(), "exp": None}),
        _signed({**_claims(), "cnf": "x"}),
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + _signed(_claims()).split(".")[1] + ".",
    ],
)
def test_what_is_not_wholly_ours_is_no_token(text: str) -> None:
    assert TOKENS.read(text, NOW) is None


def _ask(door: Door, **more: str) -> httpx.Response:
    return door.running.http.post("/oauth2/token", data=door.form("free-client", **more))


def test_a_token_says_who_was_proved_by_which_key_and_for_what(door: Door) -> None:
    reply = _ask(door).json()
    key = keys.load(door.running.database.settings.keys_dir / "register.json").root(KeyName.TOKEN)
    found = jwt.decode(reply["access_token"], OctKey.import_key(key), algorithms=["HS256"])
    assert found.header == {"alg": "HS256", "typ": "at+jwt"}
    times = {name: found.claims.pop(name) for name in ("iat", "exp", "jti")}
    assert times["exp"] - times["iat"] == reply["expires_in"]
    assert abs(times["iat"] - time.time()) < 60
    assert found.claims.pop("scope") == reply["scope"]
    assert found.claims == {
        "iss": door.public,
        "aud": door.public,
        "sub": "free-client",
        "client_id": "free-client",
        "tenant": "live",
        "gen": 1,
        "kid": EC.thumbprint(),
    }


def test_scopes_are_those_that_were_asked_for_and_granted(door: Door) -> None:
    reading = "cr.person.read id.read pr.person.read"
    assert _ask(door).json()["scope"] == " ".join(sorted(f"{VERIFYING} {reading}".split()))
    assert _ask(door, scope="id.verify  id.verify").json()["scope"] == "id.verify"
    for scope in ("id.identify", "id.verify id.identify", "nothing", "Id.verify"):
        refused = _ask(door, scope=scope)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_an_assertion_may_name_the_issuer_as_its_audience(door: Door) -> None:
    form = door.form("free-client")
    for audience, status in ((door.public, 200), (door.running.base_url, 401)):
        named = Door(door.running, audience).form("free-client")["client_assertion"]
        claims = jwt.decode(named, EC, algorithms=["ES256"]).claims
        text = jwt.encode({"alg": "ES256"}, {**claims, "aud": audience}, EC)
        reply = door.running.http.post("/oauth2/token", data={**form, "client_assertion": text})
        assert reply.status_code == status


def test_a_token_without_scopes_says_none(running: Any) -> None:
    form = {"grant_type": "client_credentials", "client_id": "secret-client", "client_secret": SECRET}
    assert "scope" not in running.http.post("/oauth2/token", data=form).json()
    refused = running.http.post("/oauth2/token", data={**form, "scope": "id.verify"})
    assert refused.json()["error"] == "invalid_scope"
