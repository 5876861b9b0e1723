"""Bad input gets a 4xx with its reason, never a 500, and is logged without its values."""

from __future__ import annotations

import socket
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
from tests.builders import NAMES, a_nik
from tests.gateway.conftest import BODY, Running

from hakakses.core.ledger.entry import Entry, EntryKind, decode_entry

NIK = a_nik()
VALUE = "RAHASIA"
ARABIC_DIGITS, FULL_WIDTH = "\u0661" * 16, NIK[:-1] + "\uff11"


def _with(**changes: Any) -> bytes:
    return msgspec.json.encode({**BODY, **changes})


def _claim(**values: object) -> bytes:
    return _with(elements=values)


def _raw(text: str) -> bytes:
    """The ordinary body with one more member put before its end."""
    return _with().removesuffix(b"}") + b"," + text.encode() + b"}"


# what is wrong: body, status, code, part
CASES: dict[str, tuple[bytes, int, str, str]] = {
    "nothing": (b"", 400, "not_json", ""),
    "cut off": (_with()[:-1], 400, "not_json", ""),
    "with a byte order mark": (b"\xef\xbb\xbf" + _with(), 400, "not_json", ""),
    "in UTF-16": (_with().decode().encode("utf-16"), 400, "not_json", ""),
    "not UTF-8": (_with(reference="~").replace(b"~", b"\xff"), 400, "not_json", ""),
    "half a surrogate pair": (_with(reference="~").replace(b"~", rb"\ud800"), 400, "not_json", ""),
    "not a number": (_raw('"reference": NaN'), 400, "not_json", ""),
    "two documents": (_with() + _with(), 400, "not_json", ""),
    "too large": (_claim(NAMA_LGKP=VALUE * 3000), 413, "too_large", ""),
    "deeply nested": (b"[" * 16_000, 422, "wrong_shape", ""),
    "deeply nested within": (_raw('"caller": ' + '{"kind": ' * 1_500), 422, "wrong_shape", "caller.kind"),
    "a list": (b"[]", 422, "wrong_shape", ""),
    "a number for the NIK": (_with(nik=int(NIK)), 422, "wrong_shape", "nik"),
    "a huge number": (_with(nik="~").replace(b'"~"', b"9" * 6_000), 422, "wrong_shape", "nik"),
    "no caller": (b'{"nik": "%s", "purpose": "KYC", "elements": {}}' % NIK.encode(), 422, "wrong_shape", "caller"),
    "a caller of no kind": (_with(caller={}), 422, "wrong_shape", "caller.kind"),
    "a caller of another kind": (_with(caller={"kind": VALUE}), 422, "wrong_shape", "caller.kind"),
    "a number for a value": (_claim(NAMA_LGKP=1), 422, "wrong_shape", "elements[...]"),
    "an unknown field": (_raw(f'"{NIK}": "{VALUE}"'), 422, "wrong_shape", ""),
    "a field that poses as a place": (_raw(f'" - at `$.{NIK}`": 1'), 422, "wrong_shape", ""),
    "a field given twice": (_raw(f'"nik": "{a_nik(2)}"'), 422, "wrong_shape", "nik"),
    "an element given twice": (
        _with(elements="~").replace(b'"~"', b'{"NAMA_LGKP": "A", "NAMA_LGKP": "RAHASIA"}'),
        422,
        "wrong_shape",
        "NAMA_LGKP",
    ),
    "an unknown name given twice": (
        _with(elements="~").replace(b'"~"', b'{"RAHASIA": "A", "RAHASI\\u0041": "B"}'),
        422,
        "wrong_shape",
        "",
    ),
    "no element": (_claim(), 422, "no_elements", "elements"),
    "an unknown element": (_claim(**{VALUE: "1"}), 422, "unknown_element", "elements"),
    "an element not granted": (_claim(SIDIK_JARI=VALUE), 403, "element_not_granted", "SIDIK_JARI"),
    "a purpose not granted": (_with(purpose=VALUE), 403, "purpose_not_granted", "purpose"),
    "a control character in a value": (_claim(NAMA_LGKP=f"{VALUE}\x07"), 422, "wrong_shape", "elements[...]"),
    "a line's end after a value": (_claim(NAMA_LGKP=f"{VALUE}\n"), 422, "wrong_shape", "elements[...]"),
    "a control character in the purpose": (_with(purpose="KYC\x85"), 422, "wrong_shape", "purpose"),
    "Arabic digits": (_with(nik=ARABIC_DIGITS), 422, "wrong_shape", "nik"),
    "a full-width digit": (_with(nik=FULL_WIDTH), 422, "wrong_shape", "nik"),
    "a line's end after the NIK": (_with(nik=f"{NIK}\n"), 422, "wrong_shape", "nik"),
    "no such district": (_with(nik="0" * 16), 422, "invalid_nik", "nik.province"),
    "no such day": (_claim(TGL_LHR="31-02-1990"), 422, "invalid_value", "TGL_LHR"),
    "Arabic digits in a code": (_claim(NO_RT="\u0661"), 422, "invalid_value", "NO_RT"),
    "a sign that turns the direction": (_claim(NAMA_LGKP=f"{VALUE}\u202e"), 422, "invalid_value", "NAMA_LGKP"),
    "an operator without a name": (_with(caller={"kind": "operator"}), 422, "operator_missing", "caller.operator"),
}  # fmt: skip
VALUES = {NIK, a_nik(2), VALUE, ARABIC_DIGITS, FULL_WIDTH, *NAMES.values()}


def _entries(service: Running, since: int) -> list[tuple[Entry, bytes]]:
    with psycopg.connect(service.database.dsn) as connection:
        rows = connection.execute(
            "SELECT entry, detail FROM live.ledger_entry WHERE seq >= %s ORDER BY seq", (since,)
        )
        return [(decode_entry(entry), entry + detail) for entry, detail in rows]


def _size(service: Running) -> int:
    with psycopg.connect(service.database.dsn) as connection:
        (size,) = connection.execute("SELECT size FROM live.ledger_head").fetchone() or (0,)
        return int(size)


@pytest.mark.parametrize("wrong", CASES)
def test_a_bad_ask_is_refused_with_its_reason_and_logged_without_its_values(
    service: Running, wrong: str
) -> None:
    body, status, code, part = CASES[wrong]
    token, size = service.token(), _size(service)
    reply = service.ask(token, body)
    problem = reply.json()
    assert (reply.status_code, problem["code"], problem.get("part", "")) == (status, code, part)
    assert reply.headers["content-type"] == "application/problem+json"
    ((entry, stored),) = _entries(service, size)
    assert (entry.kind, entry.decision, entry.subject) == (EntryKind.REFUSAL, code, b"")
    printed = service.log.read_text(encoding="utf-8")
    assert not [value for value in VALUES if value in reply.text + printed or value.encode() in stored]


@pytest.mark.parametrize("wrong", ["too large", "an unknown field", "no such district"])
def test_a_reading_is_refused_alike(service: Running, wrong: str) -> None:
    body, status, code, part = CASES[wrong]
    token, size = service.token(), _size(service)
    asked = body.replace(msgspec.json.encode(NAMES), msgspec.json.encode(["NAMA_LGKP"]))
    reply = service.ask(token, asked, path="/v1/reads")
    assert (reply.status_code, reply.json()["code"], reply.json().get("part", "")) == (status, code, part)
    assert [entry.decision for entry, _ in _entries(service, size)] == [code]


@pytest.mark.parametrize("key", [b"", b"k" * 129, b"\xff", "k\u00e9".encode(), b"a\tb"])
def test_a_key_that_cannot_be_one_is_refused_and_not_overlooked(service: Running, key: bytes) -> None:
    token, size = service.token(), _size(service)
    headers = {"authorization": f"Bearer {token}".encode(), "idempotency-key": key}
    reply = service.http.post("/v1/verifications", json=BODY, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_idempotency_key")
    assert [entry.decision for entry, _ in _entries(service, size)] == ["invalid_idempotency_key"]


def test_an_ask_that_was_cut_off_is_not_answered_though_it_is_json(service: Running) -> None:
    token, size, body = service.token(), _size(service), _with()
    address = urlsplit(service.base_url)
    head = f"POST /v1/verifications HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"{head}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)
    until = time.monotonic() + 10
    while not (entries := _entries(service, size)) and time.monotonic() < until:
        time.sleep(0.02)
    assert [entry.decision for entry, _ in entries] == ["not_json"]
