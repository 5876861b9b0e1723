"""Tokens bound to a key that is proved with each request (DPoP, RFC 9449)."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey
from tests.gateway.conftest import BODY, EC
from tests.gateway.credentials.conftest import Door
from tests.gateway.proving import proof

from hakakses.gateway.dpop import FRESH, Proof, ProofFault, Target, read_proof

OWN, STRANGER, EDWARDS = (
    ECKey.generate_key("P-256"),
    ECKey.generate_key("P-256"),
    OKPKey.generate_key("Ed25519"),
)
PATH = "/v1/verifications"


def _ask_for_token(door: Door, shown: str | None, client: str = "dpop-client") -> httpx.Response:
    headers = {} if shown is None else {"dpop": shown}
    return door.running.http.post("/oauth2/token", data=door.form(client), headers=headers)


@pytest.fixture(scope="module")
def token(door: Door) -> str:
    reply = _ask_for_token(door, proof(OWN, "POST", door.token_url))
    assert (reply.status_code, reply.json()["token_type"]) == (200, "DPoP"), reply.text
    found: str = reply.json()["access_token"]
    return found


def _ask(door: Door, token: str, shown: str | list[str], scheme: str = "DPoP") -> httpx.Response:
    proofs = [shown] if isinstance(shown, str) else shown
    headers = [("authorization", f"{scheme} {token}"), *(("dpop", one) for one in proofs)]
    return httpx.post(f"{door.running.base_url}{PATH}", json=BODY, headers=headers)


def test_a_bound_token_is_good_with_a_proof_for_this_request(door: Door, token: str) -> None:
    for _ in range(2):
        reply = _ask(door, token, proof(OWN, "POST", door.public + PATH, token))
        assert reply.json()["result"] == "SESUAI", reply.text


def test_an_edwards_key_may_prove_too(door: Door) -> None:
    shown = proof(EDWARDS, "POST", door.token_url, alg="EdDSA")
    token = _ask_for_token(door, shown, "free-client").json()["access_token"]
    assert (
        _ask(door, token, proof(EDWARDS, "POST", door.public + PATH, token, alg="EdDSA")).status_code == 200
    )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"htm": "GET"}, "DPoP.htm"),
        ({"htu": "https://localhost/v1/verifications"}, "DPoP.htu"),
        ({"htu": "https://[x"}, "DPoP"),
        ({"htu": 1}, "DPoP.htu"),
        ({"iat": time.time() - FRESH - 60}, "DPoP.iat"),
        ({"iat": time.time() + 86_400}, "DPoP.iat"),
        ({"iat": 10**400}, "DPoP.iat"),
        ({"iat": float("nan")}, "DPoP.iat"),
        ({"iat": "now"}, "DPoP.iat"),
        ({"jti": ""}, "DPoP.jti"),
        ({"jti": "x" * 200}, "DPoP.jti"),
        ({"ath": "another"}, "DPoP.ath"),
        ({"ath": 1}, "DPoP.ath"),
        ({"typ": "jwt"}, "DPoP.typ"),
        ({"jwk": STRANGER.as_dict(private=False)}, "DPoP"),
        ({"jwk": OWN.as_dict(private=True)}, "DPoP"),
        ({"jwk": {"kty": "oct", "k": "AAAA"}}, "DPoP"),
    ],
)
def test_a_proof_that_is_wrong_in_one_point_is_told_which(
    door: Door, token: str, changes: dict[str, Any], part: str
) -> None:
    reply = _ask(door, token, proof(OWN, "POST", door.public + PATH, token, **changes))
    assert (reply.status_code, reply.json()["code"], reply.json()["part"]) == (
        401,
        "invalid_dpop_proof",
        part,
    )
    assert reply.headers["www-authenticate"] == (
        'DPoP realm="hakakses", algs="ES256 EdDSA", error="invalid_dpop_proof"'
    )


def _unsigned(header: bytes) -> str:
    return f"{base64.urlsafe_b64encode(header).decode()}.e30.AAAA"


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "a.b.c",
        "é",
        "x" * 5000,
        _unsigned(b'{"typ":"dpop+jwt"}'),
        _unsigned(b'{"typ":"dpop+jwt","alg":"ES256","jwk":"x"}'),
        _unsigned(b'{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":["EC"]}}'),
        _unsigned(b'{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}'),
        _unsigned(b'{"typ":"dpop+jwt","alg":"ES256","jwk":' + b"[" * 2000),
    ],
)
def test_what_is_no_proof_is_refused(shown: str) -> None:
    assert read_proof([shown], Target("POST", "http://a", "/b"), time.time()) == ProofFault("DPoP")


@pytest.mark.parametrize(
    ("base", "path", "named", "right"),
    [
        ("https://a", "/v1/x", "https://A:443/v1/x?q=1#f", True),
        ("https://a/api", "/v1/x", "https://a/api/v1/x", True),
        ("https://a", "/x y", "https://a/x%20y", True),
        ("https://a", "/x%20y", "https://a/x%2520y", True),
        ("https://a", "/x?y", "https://a/x", False),
        ("https://a", "/x%20y", "https://a/x%20y", False),
        ("https://a", "/v1/x", "http://a/v1/x", False),
        ("https://a", "/v1/x", "https://a:444/v1/x", False),
        ("https://a", "/v1/x", "/v1/x", False),
    ],
)
def test_a_proof_names_its_target(base: str, path: str, named: str, right: bool) -> None:
    found = read_proof([proof(OWN, "POST", named)], Target("POST", base, path), time.time())
    assert isinstance(found, Proof) is right


def test_a_shared_secret_signs_no_proof(door: Door, token: str) -> None:
    """HS256 with the public key's text as secret: the key's type fixes the algorithm."""
    shared = OctKey.import_key(b"x" * 32)
    text = proof(shared, "POST", door.public + PATH, token, alg="HS256", jwk=OWN.as_dict(private=False))
    assert _ask(door, token, text).json()["code"] == "invalid_dpop_proof"


def test_a_proof_serves_once_on_whichever_worker(door: Door, token: str) -> None:
    shown = proof(OWN, "POST", door.public + PATH, token)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: _ask(door, token, shown), range(16)))
    assert sorted(reply.status_code for reply in replies) == [200, *[401] * 15]
    assert {reply.json()["part"] for reply in replies if reply.status_code == 401} == {"DPoP.jti"}


def test_without_the_right_proof_the_token_is_of_no_use(door: Door, token: str) -> None:
    right = proof(OWN, "POST", door.public + PATH, token)
    thief = proof(STRANGER, "POST", door.public + PATH, token)
    for shown, scheme in (([], "DPoP"), (right, "Bearer"), ([], "Bearer"), (thief, "DPoP")):
        reply = _ask(door, token, shown, scheme)
        assert (reply.status_code, reply.json()["code"]) == (401, "token_bound")
        assert reply.headers["www-authenticate"].startswith("DPoP ")
    twice = [proof(OWN, "POST", door.public + PATH, token) for _ in range(2)]
    assert _ask(door, token, twice).json()["code"] == "invalid_dpop_proof"


def test_an_unbound_token_is_no_bound_one(door: Door) -> None:
    token = _ask_for_token(door, None, "free-client").json()["access_token"]
    shown = proof(OWN, "POST", door.public + PATH, token)
    assert _ask(door, token, shown).json()["code"] == "not_authenticated"


def test_the_token_request_wants_a_right_proof_too(door: Door) -> None:
    once = proof(OWN, "POST", door.token_url)
    assert _ask_for_token(door, once).status_code == 200
    for shown, error in (
        (once, "invalid_dpop_proof"),
        (proof(OWN, "POST", door.public), "invalid_dpop_proof"),
        ("a.b.c", "invalid_dpop_proof"),
        (None, "invalid_request"),
    ):
        reply = _ask_for_token(door, shown)
        assert (reply.status_code, reply.json()["error"]) == (400, error)
    assert EC.thumbprint() != OWN.thumbprint(), "the proof's key need not be the client's"
