"""Data balikan over HTTP, at the native door and at the one that programs in the field know."""

from __future__ import annotations

import itertools
import os
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from tests.builders import a_nik
from tests.gateway.conftest import SECRET, Running

from hakakses.gateway.intake import MOST_UPLOAD

_serials = itertools.count(100)
VALUE = "RAHASIA"
STORE = "/databalikan/api/store"


def _someone() -> str:
    """A NIK that no other test gave a record of."""
    return a_nik(next(_serials))


def _headers(service: Running, client: str = "secret-client") -> dict[str, str]:
    return {"authorization": f"Bearer {service.token(client, SECRET)}"}


def _post(service: Running, path: str, content: bytes | str, **headers: str) -> httpx.Response:
    return service.http.post(path, content=content, headers={**_headers(service), **headers})


def _form(**changes: str) -> dict[str, tuple[None, str]]:
    fields = {
        "nik": _someone(),
        "id_lembaga": "123456",
        "nama_lembaga": "Bank Contoh",
        "param": '[{"NO_REKENING": "1"}]',
    }
    return {name: (None, value) for name, value in {**fields, **changes}.items()}


def _list(*people: tuple[str, list[Any]], **changes: Any) -> bytes:
    data = [{"NIK": nik, "param": param} for nik, param in people]
    return msgspec.json.encode(
        [{"id_lembaga": "123456", "nama_lembaga": "Bank Contoh", "data": data, **changes}]
    )


@pytest.mark.parametrize("path", [STORE, "/DataBalikan/API/Store"])
def test_a_form_is_taken_once(service: Running, path: str) -> None:
    form = _form()
    for status, message in ((200, "Success"), (400, "Data sudah pernah dikirim")):
        reply = service.http.post(path, files=form, headers=_headers(service))
        assert (reply.status_code, reply.json()) == (status, {"message": message})


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_a_list_is_taken_once(service: Running, kind: str) -> None:
    body = _list(
        (_someone(), [{"NO_REKENING": "1"}, {"NO_REKENING": "2"}]), (_someone(), [{"no_rekening": "1"}])
    )
    for status, message in ((200, "Success"), (400, "Data sudah pernah dikirim")):
        reply = _post(service, STORE, body, **{"content-type": kind})
        assert (reply.status_code, reply.json()) == (status, {"message": message})


def test_a_faulty_row_is_told_by_its_number_and_the_good_ones_are_kept(service: Running) -> None:
    good, other = _someone(), _someone()
    param = [{"NO_REKENING": "1"}]
    reply = _post(
        service, STORE, _list((good, param), (other, [{"NO_REKENING": VALUE, "NAMA": VALUE}]), (VALUE, param))
    )
    assert reply.status_code == 400
    message = reply.json()["message"]
    assert (
        message
        == "Baris 2: Ada isian di luar juknis. (unknown_field). 1 disimpan, 0 sudah pernah dikirim, 2 ditolak."
    )
    assert _post(service, STORE, _list((good, param))).json() == {"message": "Data sudah pernah dikirim"}


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", "application/json", "upload_empty"),
        (b"[]", "application/json", "upload_empty"),
        (b"{}", "application/json", "wrong_shape"),
        (_list(id_lembaga="12"), "application/json", "id_lembaga: "),
        (_list((VALUE, [VALUE])), "application/json", "row_unreadable"),
        (_list((VALUE, [{VALUE: VALUE}])), "application/json", "unknown_field"),
        (b'[{"id_lembaga": ' + b"9" * 9000 + b"}]", "application/json", "upload_unreadable"),
        (_list()[:-2], "application/json", "upload_cut_off"),
        (os.urandom(5000), "application/json", "upload_unreadable"),
        (os.urandom(5000), "multipart/form-data; boundary=xx", "upload_unreadable"),
        (os.urandom(5000), "multipart/form-data", "upload_unreadable"),
        (b"--xx--\r\n", "multipart/form-data; boundary=xx", "nik: "),
    ],
)  # fmt: skip
def test_what_is_not_data_balikan_is_told_why(service: Running, body: bytes, kind: str, code: str) -> None:
    reply = _post(service, STORE, body, **{"content-type": kind})
    assert (reply.status_code, list(reply.json())) == (400, ["message"])
    assert code in reply.json()["message"]
    assert VALUE not in reply.text


def test_only_whose_agreement_names_it_may_give(service: Running) -> None:
    csv, form = f"nik,NO_REKENING\n{_someone()},1\n", _form()
    for headers, status, code in (
        ({}, 401, "not_authenticated"),
        (_headers(service, "other-client"), 403, "feedback_not_agreed"),
    ):
        reply = service.http.post(STORE, files=form, headers=headers)
        assert (reply.status_code, list(reply.json())) == (status, ["message"])
        assert f"({code})" in reply.json()["message"]
        for method in ("POST", "GET"):
            reply = service.http.request(
                method, "/v1/feedback", content=csv if method == "POST" else None, headers=headers
            )
            assert (reply.status_code, reply.json()["code"]) == (status, code)
    refused = service.http.get(STORE)
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")


def test_csv_and_ndjson_are_taken_row_by_row(service: Running) -> None:
    good, other = _someone(), _someone()
    rows = [f"{good},1", f"{other},1", f"{good},1", f"{VALUE},1", f"{other},", f'{other},"{VALUE}']
    first = _post(service, "/v1/feedback", "nik,NO_REKENING\r\n" + "\r\n".join(rows)).json()
    told = [(row["row"], row["reason"], row.get("field", "")) for row in first["rows"]]
    assert (first["accepted"], first["duplicate"], first["refused"]) == (2, 1, 3)
    assert told == [(5, "invalid_nik", "nik"), (6, "missing_field", "NO_REKENING"), (7, "row_unreadable", "")]
    assert VALUE not in str(first)
    again = "".join(f'{{"nik": "{nik}", "NO_REKENING": "1"}}\n' for nik in (good, other, _someone()))
    assert _post(service, "/v1/feedback", again).json() == {
        "accepted": 1,
        "duplicate": 2,
        "refused": 0,
        "rows": [],
    }


def test_of_many_refused_rows_the_first_hundred_are_told(service: Running) -> None:
    taken = _post(service, "/v1/feedback", "nik,NO_REKENING\n" + "1,1\n" * 1000).json()
    assert (taken["refused"], [row["row"] for row in taken["rows"]]) == (1000, list(range(2, 102)))


def test_what_was_given_is_shown_by_month(service: Running) -> None:
    before = service.http.get("/v1/feedback", headers=_headers(service)).json()
    _post(service, "/v1/feedback", f"nik,NO_REKENING\n{_someone()},1\n{_someone()},1\n")
    after = service.http.get("/v1/feedback", headers=_headers(service)).json()
    assert after["total"] == before["total"] + 2 == sum(month["records"] for month in after["months"])
    assert (after["agreement"], after["clause"], after["fields"]) == ("PKS/1", "Juknis 9.1", ["NO_REKENING"])


def _raw(
    service: Running, path: str, headers: dict[str, str], body: bytes, *, shut: bool = False
) -> tuple[int, Any]:
    """The reply to these bytes, after which nothing more is sent.  shut: the sender says so."""
    address = urlsplit(service.base_url)
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**_headers(service), **headers}.items())
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode() + body)
        if shut:
            connection.shutdown(socket.SHUT_WR)
        received = _one_reply(connection)
    head, _, text = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), msgspec.json.decode(text)


def _one_reply(connection: socket.socket) -> bytes:
    """Bytes up to the end that the reply's own length gives."""
    received = b""
    while b"\r\n\r\n" not in received or len(received.partition(b"\r\n\r\n")[2]) < _length(received):
        received += connection.recv(65536) or pytest.fail("the connection ended without a reply")
    return received


def _length(received: bytes) -> int:
    lines = received.partition(b"\r\n\r\n")[0].decode().lower().split("\r\n")
    return int(next(line.partition(": ")[2] for line in lines if line.startswith("content-length")))


def test_an_upload_that_is_cut_off_keeps_its_whole_rows(service: Running) -> None:
    whole, half = _someone(), _someone()
    csv = f"nik,NO_REKENING\n{whole},12\n{half},34".encode()
    length = {"content-length": str(len(csv) + 2)}
    status, refused = _raw(service, "/v1/feedback", length, csv, shut=True)
    assert (status, refused["code"]) == (400, "upload_cut_off")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(csv), csv)
    status, refused = _raw(service, "/v1/feedback", {"transfer-encoding": "chunked"}, chunked)
    assert (status, refused["code"]) == (400, "upload_cut_off"), "nobody says that the last row is whole"
    again = _post(service, "/v1/feedback", csv + b"56\n").json()
    assert (again["accepted"], again["duplicate"]) == (1, 1)


def test_an_upload_that_is_refused_early_gets_its_refusal(service: Running) -> None:
    status, refused = _raw(service, "/v1/feedback", {"content-length": str(MOST_UPLOAD + 1)}, b"nik")
    assert (status, refused["code"]) == (413, "upload_too_large")
    large = b"x" * 900_000
    reply = service.http.post("/v1/feedback", content=large)
    assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
    status, told = _raw(service, STORE, {"content-length": str(len(large))}, large)
    assert (status, list(told)) == (400, ["message"])
