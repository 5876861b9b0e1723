"""From bytes to rows, wherever the network cuts them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import a_nik

from hakakses.core.feedback import Given, Reason, RowFault, Schema
from hakakses.gateway.databalikan_rows import MOST_FORM, MOST_ITEM, rows_of_body
from hakakses.gateway.feedback_rows import LONGEST_LINE, Row, Unusable, rows_of_lines
from hakakses.gateway.uploads import CutOff, Upload

SCHEMA = Schema(("NO_REKENING",))
NIK, OTHER = a_nik(), a_nik(2)
GOOD, ALSO = Given(NIK, ("1",)), Given(OTHER, ("2",))
UNREADABLE = RowFault(Reason.UNREADABLE)


async def _pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for begin in range(0, len(body), size):
        yield body[begin : begin + size]


def _upload(body: bytes, size: int, declared: int | None = -1) -> Upload:
    length = len(body) if declared == -1 else declared
    return Upload(_pieces(body, size), None if length is None else str(length), 10**9)


async def _lines(body: bytes, size: int = 65536, declared: int | None = -1) -> list[Row]:
    return [row async for rows in rows_of_lines(_upload(body, size, declared), SCHEMA) for row in rows]


async def _objects(
    body: bytes, kind: str = "application/json", size: int = 65536, declared: int | None = -1
) -> list[Row]:
    return [row async for rows in rows_of_body(_upload(body, size, declared), kind, SCHEMA) for row in rows]


CSV = f"nik,NO_REKENING\n{NIK},1\n{OTHER},2\n".encode()
LINES: dict[str, tuple[bytes, list[Row]]] = {
    "plain": (CSV, [(2, GOOD), (3, ALSO)]),
    "without a last line's end": (CSV[:-1], [(2, GOOD), (3, ALSO)]),
    "of Windows": (CSV.replace(b"\n", b"\r\n"), [(2, GOOD), (3, ALSO)]),
    "with a byte order mark": (b"\xef\xbb\xbf" + CSV, [(2, GOOD), (3, ALSO)]),
    "by semicolons": (CSV.replace(b",", b";"), [(2, GOOD), (3, ALSO)]),
    "columns turned, in capitals": (f"no_rekening,NIK\n1,{NIK}\n".encode(), [(2, GOOD)]),
    "blank lines": (CSV.replace(b"\n", b"\n\n"), [(3, GOOD), (5, ALSO)]),
    "quoted": (f'"nik","NO_REKENING"\n"{NIK}","1"\n'.encode(), [(2, GOOD)]),
    "a quoted comma": (f'nik,NO_REKENING\n{NIK},"1,""2"""\n'.encode(), [(2, Given(NIK, ('1,"2"',)))]),
    "a quote without its end": (f'nik,NO_REKENING\n{NIK},"1\n{OTHER},2\n'.encode(), [(2, UNREADABLE), (3, ALSO)]),
    "a cell too many": (f"nik,NO_REKENING\n{NIK},1,2\n".encode(), [(2, RowFault(Reason.WRONG_LENGTH))]),
    "a cell too few": (f"nik,NO_REKENING\n{NIK}\n".encode(), [(2, RowFault(Reason.WRONG_LENGTH))]),
    "not UTF-8": (b"nik,NO_REKENING\n\xff,1\n" + CSV[16:], [(2, UNREADABLE), (3, GOOD), (4, ALSO)]),
    "objects": (f'{{"nik":"{NIK}","NO_REKENING":"1"}}\n{{"no_rekening":2,"NIK":{OTHER}}}'.encode(), [(1, GOOD), (2, ALSO)]),
    "objects after blank lines": (f'\n \n{{"nik":"{NIK}","NO_REKENING":"1"}}'.encode(), [(3, GOOD)]),
    "no objects": (b'{}\n[1]\nx\n{"a":NaN}\n{"nik":', [
        (1, RowFault(Reason.MISSING_FIELD, "nik")), (2, UNREADABLE), (3, UNREADABLE),
        (4, RowFault(Reason.UNKNOWN_FIELD)), (5, UNREADABLE)]),
    "an object with a name twice": (f'{{"nik":"{NIK}","NO_REKENING":"1","NO_REKENING":"2"}}'.encode(),
                                    [(1, RowFault(Reason.FIELD_TWICE, "NO_REKENING"))]),
    "deeply nested": (b'{"nik":' + b"[" * 5000, [(1, UNREADABLE)]),
    "an endless number": (b'{"nik":' + b"1" * 5000 + b"}", [(1, UNREADABLE)]),
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 7, 65536])
@pytest.mark.parametrize(("body", "rows"), LINES.values(), ids=LINES)
async def test_lines_become_rows_wherever_they_are_cut(body: bytes, rows: list[Row], size: int) -> None:
    assert await _lines(body, size) == rows


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", ""),
        (b"\n \n", ""),
        (b"nik\n", "NO_REKENING"),
        (b"NO_REKENING\n", "nik"),
        (b"nik,NO_REKENING,NAMA\n", ""),
        (b"nik,NO_REKENING,no_rekening\n", ""),
        (b'nik,"NO_REKENING\n', "nik"),
        (b"\xff\xfe\n", "nik"),
        (f"{NIK},1\n".encode(), "nik"),
    ],
)
async def test_a_header_that_is_not_the_juknis_is_refused(body: bytes, part: str) -> None:
    with pytest.raises(Unusable) as found:
        await _lines(body)
    assert (found.value.refused.problem.code, found.value.refused.part) == ("upload_header", part)


async def _until_fault(upload: Upload) -> tuple[list[Row], Exception | None]:
    kept: list[Row] = []
    try:
        async for rows in rows_of_lines(upload, SCHEMA):
            kept += rows
    except (CutOff, Unusable) as fault:
        return kept, fault
    return kept, None


async def test_what_ends_before_its_end_keeps_its_whole_rows() -> None:
    for body, declared in ((CSV, len(CSV) + 1), (CSV[:-1], len(CSV)), (CSV[:-1], None)):
        kept, fault = await _until_fault(_upload(body, 7, declared))
        assert isinstance(fault, CutOff)
        assert kept == ([(2, GOOD), (3, ALSO)] if body == CSV else [(2, GOOD)])
    assert await _lines(CSV, declared=None) == [(2, GOOD), (3, ALSO)]


async def test_a_line_without_an_end_is_not_held() -> None:
    kept, fault = await _until_fault(_upload(CSV + b"x" * (2 * LONGEST_LINE), 65536))
    assert isinstance(fault, Unusable)
    assert (fault.refused.problem.code, fault.refused.part) == ("upload_unreadable", "rows[4]")
    assert kept == [(2, GOOD), (3, ALSO)]


def _list(*people: Any, **changes: Any) -> bytes:
    return msgspec.json.encode(
        [{"id_lembaga": "123456", "nama_lembaga": "Bank", "data": list(people), **changes}]
    )


def _person(nik: Any, *param: Any) -> dict[str, Any]:
    return {"NIK": nik, "param": list(param)}


FIELD = {"NO_REKENING": "1"}
LISTS: dict[str, tuple[bytes, list[Row]]] = {
    "one person": (_list(_person(NIK, FIELD)), [(1, GOOD)]),
    "two records of one": (_list(_person(NIK, FIELD, {"no_rekening": 3})), [(1, GOOD), (2, Given(NIK, ("3",)))]),
    "two institutions": (_list(_person(NIK, FIELD))[:-1] + b"," + _list(_person(OTHER, {"NO_REKENING": "2"}))[1:], [(1, GOOD), (2, ALSO)]),
    "data first, a number for the id": (b' [{"DATA":[' + msgspec.json.encode(_person(NIK, FIELD)) + b'],"ID_LEMBAGA":123456,"Nama_Lembaga":"B"}]', [(1, GOOD)]),
    "a bad person among good ones": (
        _list(_person("1", FIELD), 7, {"NIK": NIK}, {**_person(NIK), "x": 1}, _person(NIK), _person(NIK, 3), _person(NIK, {"NIK": NIK}), _person(NIK, FIELD)),
        [(1, RowFault(Reason.INVALID_NIK, "nik")), (2, UNREADABLE), (3, RowFault(Reason.MISSING_FIELD, "param")),
         (4, RowFault(Reason.UNKNOWN_FIELD)), (5, RowFault(Reason.MISSING_FIELD, "param")), (6, UNREADABLE),
         (7, RowFault(Reason.FIELD_TWICE, "nik")), (8, GOOD)],
    ),
    "a name twice": (f'[{{"id_lembaga":"123456","nama_lembaga":"B","data":[{{"NIK":"{NIK}","nik":"{NIK}","param":[]}}]}}]'.encode(),
                     [(1, RowFault(Reason.FIELD_TWICE))]),
    "nobody": (_list(), []),
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 7, 65536])
@pytest.mark.parametrize(("body", "rows"), LISTS.values(), ids=LISTS)
async def test_a_list_becomes_rows_wherever_it_is_cut(body: bytes, rows: list[Row], size: int) -> None:
    assert await _objects(body, size=size) == rows


WRONG_LISTS = {
    "an object": (b"{}", "wrong_shape", ""),
    "a text": (b'"x"', "wrong_shape", ""),
    "numbers": (b"[1]", "wrong_shape", ""),
    "an empty object": (b"[{}]", "wrong_shape", "id_lembaga"),
    "a short id": (_list(id_lembaga="12345"), "wrong_shape", "id_lembaga"),
    "an id of other digits": (_list(id_lembaga="١٢٣٤٥٦"), "wrong_shape", "id_lembaga"),
    "no name": (_list(nama_lembaga=" "), "wrong_shape", "nama_lembaga"),
    "data of no list": (_list(data={"a": 1}), "wrong_shape", "data"),
    "another key": (_list(lain=[[1]]), "wrong_shape", ""),
    "not JSON": (b"[{]", "upload_unreadable", "rows[1]"),
    "not UTF-8": (b'["\xff"]', "upload_unreadable", "rows[1]"),
    "more after its end": (_list(_person(NIK, FIELD)) + b"x", "upload_unreadable", "rows[2]"),
    "a number without end": (
        _list(_person(NIK, FIELD)).replace(b'"1"', b"9" * 6000),
        "upload_unreadable",
        "rows[1]",
    ),
    "a text without end": (b'[{"id_lembaga":"' + b"x" * MOST_ITEM * 2, "upload_unreadable", "rows[1]"),
    "a person without end": (_list(_person(NIK, *[FIELD] * 9_000)), "upload_unreadable", "rows[1]"),
    "nested without end": (
        _list(_person(NIK, FIELD)).replace(b'"1"', b"[" * 9000),
        "upload_unreadable",
        "rows[1]",
    ),
    "nothing": (b"", "upload_empty", ""),
    "blanks": (b" \n", "upload_empty", ""),
}


@pytest.mark.parametrize(("body", "code", "part"), WRONG_LISTS.values(), ids=WRONG_LISTS)
async def test_a_list_of_another_shape_is_told_where(body: bytes, code: str, part: str) -> None:
    with pytest.raises(Unusable) as found:
        await _objects(body)
    assert (found.value.refused.problem.code, found.value.refused.part) == (code, part)


async def test_a_list_that_ends_too_early_was_cut_off() -> None:
    body = _list(_person(NIK, FIELD))
    for declared in (None, len(body)):
        with pytest.raises(CutOff):
            await _objects(body[:-1], declared=declared)


def _form(boundary: str = "xx", **fields: str) -> bytes:
    given = {
        "nik": NIK,
        "id_lembaga": "123456",
        "nama_lembaga": "Bank",
        "param": '[{"NO_REKENING":"1"}]',
        **fields,
    }
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in given.items()
    )
    return ("".join(parts) + f"--{boundary}--\r\n").encode()


FORM = "multipart/form-data; boundary=xx"


@pytest.mark.parametrize("size", [1, 7, 65536])
async def test_a_form_becomes_rows_wherever_it_is_cut(size: int) -> None:
    assert await _objects(_form(), FORM, size) == [(1, GOOD)]
    two = _form(param='[{"NO_REKENING":"1"},{"NO_REKENING":2},3]', lain="x")
    assert await _objects(two, FORM, size) == [(1, GOOD), (2, Given(NIK, ("2",))), (3, UNREADABLE)]


KINDS = st.sampled_from(
    ["application/json", FORM, "multipart/form-data; boundary=é", 'multipart/form-data; boundary="', "x;="]
)


@given(
    st.sampled_from([_form(), _list(_person(NIK, FIELD)), CSV, b""]),
    st.binary(max_size=12),
    st.integers(0, 400),
    KINDS,
)
async def test_whatever_arrives_becomes_rows_or_a_named_refusal(
    body: bytes, noise: bytes, place: int, kind: str
) -> None:
    spoilt = body[:place] + noise + body[place + len(noise) // 2 :]
    for read in (_objects(spoilt, kind, 7), _lines(spoilt, 7)):
        try:
            rows = await read
        except (Unusable, CutOff):
            continue
        assert all(isinstance(row, Given | RowFault) for _, row in rows)


WRONG_FORMS = {
    "no boundary": (_form(), "multipart/form-data", "upload_unreadable", ""),
    "another boundary": (_form(), "multipart/form-data; boundary=yy", "upload_unreadable", ""),
    "without its end": (_form()[:-10], FORM, "upload_unreadable", ""),
    "not UTF-8": (_form().replace(b"Bank", b"\xff"), FORM, "upload_unreadable", ""),
    "a field twice": (_form().replace(b'"nama_lembaga"', b'"nik"'), FORM, "wrong_shape", "nik"),
    "a field gone": (_form().replace(b'"nama_lembaga"', b'"lain"'), FORM, "wrong_shape", "nama_lembaga"),
    "a short id": (_form(id_lembaga="1"), FORM, "wrong_shape", "id_lembaga"),
    "param of no list": (_form(param="{}"), FORM, "wrong_shape", "param"),
    "param of no JSON": (_form(param="x"), FORM, "wrong_shape", "param"),
    "too large": (_form(lain="x" * (MOST_FORM + 1)), FORM, "upload_unreadable", ""),
    "too many parts": (_form(**{f"f{n}": "" for n in range(10)}), FORM, "upload_unreadable", ""),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "code", "part"), WRONG_FORMS.values(), ids=WRONG_FORMS)
async def test_a_form_of_another_shape_is_told_where(body: bytes, kind: str, code: str, part: str) -> None:
    with pytest.raises(Unusable) as found:
        await _objects(body, kind)
    assert (found.value.refused.problem.code, found.value.refused.part) == (code, part)
