"""Tokens bound to a client's certificate (RFC 8705), behind Debian's nginx with the template of deploy/."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from joserfc.jwk import ECKey
from tests.builders import a_nik
from tests.gateway.conftest import BODY
from tests.gateway.credentials.conftest import PROXY_SECRET, Door, Front, nginx
from tests.gateway.proving import proof
from tests.running import free_port, printed_person_numbers, wait_until

NIK = a_nik()
PATHS = (f"/osia/v1/persons/{NIK}", f"/Dukcapil/get_json/x/{NIK}", f"/v1/right?nik={NIK}", f"/{NIK}")


@pytest.fixture(scope="module")
def own(front: Front) -> tuple[Path, Path]:
    return front.certificate("own")


@pytest.fixture
def calling(front: Front, own: tuple[Path, Path]) -> Iterator[httpx.Client]:
    with front.client(own) as http:
        yield http


def _token(http: httpx.Client, door: Door, client: str = "mtls-client") -> str:
    reply = http.post("/oauth2/token", data=door.form(client))
    assert (reply.status_code, reply.json()["token_type"]) == (200, "Bearer"), reply.text
    token: str = reply.json()["access_token"]
    return token


def _bearer(token: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", **more}


def _ask(http: httpx.Client, token: str) -> httpx.Response:
    return http.post("/v1/verifications", json=BODY, headers=_bearer(token))


def _refused(reply: httpx.Response) -> None:
    assert (reply.status_code, reply.json()["code"]) == (401, "token_bound")
    assert reply.headers["www-authenticate"] == 'Bearer realm="hakakses", error="invalid_token"'


def test_a_bound_token_is_good_with_its_certificate_alone(
    front: Front, calling: httpx.Client, own: tuple[Path, Path]
) -> None:
    token = _token(calling, front.door)
    assert _ask(calling, token).json()["result"] == "SESUAI"
    for other in (front.certificate("other"), None):
        with front.client(other) as http:
            _refused(_ask(http, token))
    with front.client(own) as again:
        assert _ask(again, token).status_code == 200, "on a new connection too"


def test_whoever_shows_a_certificate_gets_a_bound_token(front: Front, calling: httpx.Client) -> None:
    token = _token(calling, front.door, "free-client")
    with front.client() as bare:
        _refused(_ask(bare, token))
        assert _ask(bare, _token(bare, front.door, "free-client")).status_code == 200


def test_a_token_may_be_bound_to_both(front: Front, calling: httpx.Client) -> None:
    key, right = ECKey.generate_key("P-256"), f"{front.public}/v1/right"
    headers = {"dpop": proof(key, "POST", front.door.token_url)}
    token = calling.post("/oauth2/token", data=front.door.form("free-client"), headers=headers).json()
    assert token["token_type"] == "DPoP"
    text = token["access_token"]

    def look(http: httpx.Client) -> int:
        headers = {"authorization": f"DPoP {text}", "dpop": proof(key, "GET", right, text)}
        return http.get("/v1/right", headers=headers).status_code

    with front.client() as bare:
        assert (look(calling), look(bare)) == (200, 401)
        _refused(bare.get("/v1/right", headers=_bearer(text)))
    assert calling.get("/v1/right", headers=_bearer(text)).json()["part"] == "DPoP"


def test_a_client_registered_so_never_gets_an_unbound_token(front: Front) -> None:
    with front.client() as bare:
        reply = bare.post("/oauth2/token", data=front.door.form("mtls-client"))
        assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")
        assert "certificate" in reply.json()["error_description"]
    with front.client(front.certificate("ended", days=-1)) as ended:
        assert ended.post("/oauth2/token", data=front.door.form("mtls-client")).status_code == 400


def test_what_a_client_says_of_itself_is_not_believed(
    front: Front, calling: httpx.Client, own: tuple[Path, Path]
) -> None:
    """Neither past nginx with a guessed secret, nor with the right one from elsewhere, nor through nginx."""
    token, door = _token(calling, front.door), front.door
    shown = quote(own[0].read_text(), safe="")
    for secret, address in (("", "127.0.0.1"), ("x" * 40, "127.0.0.1"), (PROXY_SECRET, "127.0.0.9")):
        forged = {"x-hakakses-certificate": shown, "x-hakakses-proxy": secret}
        with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as http:
            url = f"{door.running.base_url}/v1/right"
            _refused(http.get(url, headers=_bearer(token, **forged)))
            url = f"{door.running.base_url}/oauth2/token"
            assert http.post(url, data=door.form("mtls-client"), headers=forged).status_code == 400
    with front.client() as http:
        forged = {"x-hakakses-certificate": shown, "x-hakakses-proxy": PROXY_SECRET}
        _refused(http.get("/v1/right", headers=_bearer(token, **forged)))


def test_networks_are_held_against_the_real_address(front: Front) -> None:
    for address, status in (("127.0.0.7", 200), ("127.0.0.8", 403)):
        with front.client(address=address) as http:
            token = _token(http, front.door, "desk-client")
            headers = _bearer(token, **{"x-hakakses-address": "127.0.0.7"})
            reply = http.post("/v1/verifications", json=BODY, headers=headers)
            assert reply.status_code == status, reply.text
    assert reply.json()["code"] == "outside_network"


def test_bodies_are_limited(front: Front, calling: httpx.Client) -> None:
    """The gateway's own limit first, with its own words; nginx's where nobody should read on."""
    headers = _bearer(_token(calling, front.door))
    refused = calling.post("/v1/verifications", content=b"x" * 20_000, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert calling.post("/v1/verifications", content=b"x" * 2_000_000, headers=headers).status_code == 413


def test_nginx_writes_neither_paths_nor_queries(front: Front, calling: httpx.Client) -> None:
    for path in PATHS:
        assert calling.get(path).status_code in {401, 404, 405}
    assert calling.get("/metrics").status_code == 404
    with socket.create_connection(("localhost", int(front.public.rpartition(":")[2]))) as plain:
        plain.sendall(f"GET {PATHS[0]} HTTP/1.1\r\n\r\n".encode())
        assert b" 400 " in plain.recv(4096)
    log, doors = front.access_log, (" osia ", " dukcapil ", " native ")
    wait_until(lambda: all(door in log.read_text() for door in doors), "logged")
    assert not printed_person_numbers()


def test_nginx_answers_for_a_gateway_that_is_away_and_writes_no_path(front: Front, tmp_path: Path) -> None:
    public = f"https://localhost:{free_port()}"
    with nginx(front.door, tmp_path, f"127.0.0.1:{free_port()}", public) as alone, alone.client() as http:
        for path in PATHS:
            reply = http.get(path)
            assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
            assert (reply.headers["content-type"], reply.json()["code"]) == (
                "application/problem+json",
                "overloaded",
            )
        wait_until(lambda: " osia 503 " in alone.access_log.read_text(), "logged")
    assert not printed_person_numbers()
