"""Whatever arrives over HTTP gets a clear answer: never a 500 for the sender's fault, never a dropped connection."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest
from tests.builders import a_nik
from tests.gateway.conftest import BODY, SECRET, Running
from tests.verification.world import AS_OF

from hakakses.core.rights.decision import ZONE
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher

# Its secret is right; its client_assertion_type, without an assertion, is not.
WRONG_TYPE = b"grant_type=client_credentials&client_assertion_type=x&client_id=bank-contoh-1&client_secret=rahasia-contoh"


def _raw(service: Running, data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the reply to these bytes, of which the sender can hold back few."""
    address = urlsplit(service.base_url)
    with socket.socket() as connection:
        connection.settimeout(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection.connect((address.hostname, address.port))
        connection.sendall(data)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


def _request(line: bytes, headers: bytes = b"", body: bytes = b"") -> bytes:
    return line + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + b"\r\n" + body


def _bearer(service: Running) -> bytes:
    return f"Authorization: Bearer {service.token()}\r\n".encode()


def _post(service: Running, headers: bytes, body: bytes) -> tuple[int, str]:
    sent = _request(b"POST /v1/verifications", _bearer(service) + headers, body)
    status, _, reply = _raw(service, sent)
    found = msgspec.json.decode(reply)
    return status, found.get("code") or found["result"]


@pytest.mark.parametrize(
    "path",
    [
        b"/",
        b"/%ff",
        b"/%zz",
        b"/%00",
        b"/v1/right%00",
        b"/v1/receipts/",
        b"/v1/receipts/1/2",
        b"/v1/receipts/1%2f2",
        b"//v1/right",
        b"/v1/right/",
    ],
)
def test_what_is_nowhere_is_not_found(service: Running, path: bytes) -> None:
    status, headers, body = _raw(service, _request(b"GET " + path))
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert msgspec.json.decode(body)["code"] == "path_not_found"


@pytest.mark.parametrize("number", [b"9" * 5_000, b"%ff", b"-1", b"1e3", b"0x1", "\u0661".encode(), b"1%0a"])
def test_what_is_no_entry_number_is_no_receipt(service: Running, number: bytes) -> None:
    status, _, body = _raw(service, _request(b"GET /v1/receipts/" + number, _bearer(service)))
    assert (status, msgspec.json.decode(body)["code"]) == (404, "receipt_not_found")


@pytest.mark.parametrize(
    "token", [b"", b"Bearer", b"Bearer \xff\xfe", b"Basic \xff", b"Bearer " + b"a" * 9_000]
)
def test_a_token_that_cannot_be_read_is_none(service: Running, token: bytes) -> None:
    status, headers, _ = _raw(service, _request(b"GET /v1/right", b"Authorization: " + token + b"\r\n"))
    assert (status, headers["www-authenticate"]) == (401, 'bearer realm="hakakses"')


def _chunks(body: bytes, size: int) -> Iterator[bytes]:
    for begin in range(0, len(body), size):
        chunk = body[begin : begin + size]
        yield b"%x\r\n%s\r\n" % (len(chunk), chunk)
    yield b"0\r\n\r\n"


def test_a_body_is_read_to_its_end_and_no_further(service: Running) -> None:
    body, large = msgspec.json.encode(BODY), b'"' + b"x" * 900_000 + b'"'
    chunked, length = b"Transfer-Encoding: chunked\r\n", b"Content-Length: %d\r\n"
    assert _post(service, chunked, b"".join(_chunks(body, 7))) == (200, "SESUAI")
    assert _post(service, chunked, b"".join(_chunks(large, 5_000))) == (413, "too_large")
    assert _post(service, length % len(large), large) == (413, "too_large")
    assert _post(service, chunked, b"zz\r\n" + body) == (400, "not_json")


@pytest.mark.parametrize("media", [b"text/plain", b"application/x-www-form-urlencoded", b"nonsense", b"\xff"])
def test_a_body_is_json_whatever_it_is_called(service: Running, media: bytes) -> None:
    body = msgspec.json.encode(BODY)
    headers = b"Content-Type: %s\r\nAccept: text/html\r\nContent-Length: %d\r\n" % (media, len(body))
    assert _post(service, headers, body) == (200, "SESUAI")


def test_each_path_knows_its_methods(service: Running) -> None:
    http = service.http
    for path, allowed in (("/v1/right", "GET, HEAD, OPTIONS"), ("/v1/receipts/0", "GET, HEAD, OPTIONS"),
                          ("/v1/verifications", "POST, OPTIONS"), ("/oauth2/token", "POST, OPTIONS")):  # fmt: skip
        assert (http.options(path).status_code, http.options(path).headers["allow"]) == (204, allowed)
        refused = http.request("DELETE", path, content=b"x" * 50_000)
        assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
        assert refused.json()["code"] == "method_not_allowed"
    head, whole = http.head("/openapi.json"), http.get("/openapi.json")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (b"", "unsupported_grant_type"),
        (b"grant_type=password", "unsupported_grant_type"),
        (b"grant_type=client_credentials&client_id=%ff%zz", "invalid_client"),
        (b"grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (b"grant_type=client_credentials&client_assertion=a.b.c", "invalid_request"),
        (WRONG_TYPE, "invalid_request"),
    ],
)
def test_a_token_request_that_proves_nothing_is_told_why(service: Running, form: bytes, error: str) -> None:
    reply = service.http.post("/oauth2/token", content=form)
    unknown = error == "invalid_client"
    assert (reply.status_code, reply.json()["error"]) == (401 if unknown else 400, error)
    assert ("www-authenticate" in reply.headers) is unknown


def test_a_used_up_quota_says_when_the_next_day_begins(service: Running) -> None:
    token = service.token("other-client", SECRET)
    assert service.ask(token).status_code == 200
    refused, now = service.ask(token), dt.datetime.now(ZONE)
    assert (refused.status_code, refused.json()["code"]) == (429, "quota_exhausted")
    next_day = now + dt.timedelta(seconds=int(refused.headers["retry-after"]))
    assert (next_day.date() - now.date()).days == 1
    assert next_day - dt.timedelta(seconds=30) < next_day.replace(hour=0, minute=0, second=0, microsecond=0)


def test_a_fault_of_ours_is_told_and_logged_without_values(service: Running) -> None:
    """A row of the register that does not open under its key."""
    nik, cipher = a_nik(7), RegisterCipher(keys.load(service.database.settings.keys_dir / "register.json"))

    async def spoil() -> None:
        owner = await asyncpg.connect(service.database.dsn, server_settings={"search_path": "live"})
        await owner.execute("INSERT INTO register VALUES ($1, $2, $3)", cipher.index(nik), bytes(64), AS_OF)
        await owner.close()

    asyncio.run(spoil())
    token = service.token()
    reply = service.ask(token, {**BODY, "nik": nik})
    assert (reply.status_code, reply.json()["code"]) == (500, "internal_error")
    assert service.ask(token).status_code == 200
    printed = service.log.read_text(encoding="utf-8")
    assert "internal_error" in printed
    assert "hakakses.store.cipher" in printed, "the place of the fault"
    assert nik not in printed
