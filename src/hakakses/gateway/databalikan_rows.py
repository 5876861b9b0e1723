"""The two shapes in which programs in the field send data balikan, as rows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import ijson  # type: ignore[import-untyped]
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from hakakses.core import problems
from hakakses.core.feedback import NIK, Given, Reason, RowFault, Schema, read_row
from hakakses.gateway.feedback_rows import JsonObject, Row, Unusable, json_value
from hakakses.gateway.uploads import CutOff, Upload

MOST_FORM = 64 * 1024  # bytes of a field: a form is about one person, and put together in one turn
MOST_ITEM_EVENTS = 20_000  # of one person in a list
MOST_ITEM = 1024 * 1024  # bytes without a person's end
MOST_DEPTH = 8
_IN_INSTITUTION, _IN_DATA = 2, 3  # so many brackets are open there
_PARTS = ("nik", "id_lembaga", "nama_lembaga", "param")
_INSTITUTION = {"id_lembaga": re.compile("[0-9]{6}"), "nama_lembaga": re.compile(r"\s*\S.{0,254}")}
_OPENING, _CLOSING = ("start_map", "start_array"), ("end_map", "end_array")
_UNREADABLE = RowFault(Reason.UNREADABLE)


def rows_of_body(upload: Upload, content_type: str, schema: Schema) -> AsyncIterator[list[Row]]:
    """The records of either shape, numbered from 1.  Raises Unusable, and what an upload raises."""
    media, options = parse_options_header(content_type)
    if media == "multipart/form-data":
        return _rows_of_form(upload, options.get("boundary", ""), schema)
    return _rows_of_list(upload, schema)


async def _rows_of_form(upload: Upload, boundary: str, schema: Schema) -> AsyncIterator[list[Row]]:
    form = await _form(upload, boundary)
    for name in _PARTS:
        if name not in form:
            raise Unusable(problems.WRONG_SHAPE, name)
    _check_institution("id_lembaga", form["id_lembaga"])
    _check_institution("nama_lembaga", form["nama_lembaga"])
    param = json_value(form["param"].encode())
    if not isinstance(param, list):
        raise Unusable(problems.WRONG_SHAPE, "param")
    yield list(enumerate(_rows(schema, form["nik"], param), 1))


async def _form(upload: Upload, boundary: str) -> dict[str, str]:
    """The fields of a multipart form (RFC 7578) as text."""
    found: dict[str, bytearray] = {}
    try:
        with PushMultipartParser(
            boundary, max_segment_size=MOST_FORM, max_segment_count=len(_PARTS) * 2
        ) as parser:
            async for piece in upload.pieces():
                _collect(parser, piece, found)
        return {name: data.decode() for name, data in found.items()}
    except (MultipartError, UnicodeDecodeError):
        raise Unusable(problems.UPLOAD_UNREADABLE) from None


def _collect(parser: Any, piece: bytes, found: dict[str, bytearray]) -> None:
    for event in parser.parse(piece):
        if isinstance(event, MultipartSegment):
            if event.name in found:
                raise Unusable(problems.WRONG_SHAPE, event.name if event.name in _PARTS else "")
            found[event.name] = bytearray()
        elif event is not None:
            list(found.values())[-1].extend(event)


def _check_institution(key: str, value: Any) -> None:
    """Form alone: whose data it is, the token says."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or _INSTITUTION[key].fullmatch(text) is None:
        raise Unusable(problems.WRONG_SHAPE, key)


async def _rows_of_list(upload: Upload, schema: Schema) -> AsyncIterator[list[Row]]:
    found = _Institutions(schema)
    async for piece in upload.pieces():
        yield found.feed(piece)
        found.check()
    found.close()


class _Institutions:
    """``[{id_lembaga, nama_lembaga, data: [{NIK, param: [{…}]}]}]`` as it arrives; keys in any case and order.

    One person is put together at a time.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._events: Any = ijson.sendable_list()
        # As machine numbers: a longer integer breaks the parser's C code instead of being refused.
        self._parser = ijson.basic_parse_coro(self._events, use_float=True)
        self._depth = 0
        self._key = ""
        self._keys: set[str] = set()
        self._item: list[tuple[str, Any]] = []
        self._since = 0
        self._number = 0
        self._rows: list[Row] = []
        self._begun = False
        self._fault: Unusable | None = None

    def feed(self, piece: bytes) -> list[Row]:
        self._since += len(piece)
        try:
            self._parser.send(piece)
            broken = False
        except (ijson.JSONError, ValueError, OverflowError):
            broken = True
        self._begun = self._begun or bool(self._events)
        try:
            for event, value in self._events:
                self._step(event, value)
            self._fault = self._unreadable() if broken else None
        except Unusable as fault:
            self._fault = fault
        self._events.clear()
        rows, self._rows = self._rows, []
        return rows

    def check(self) -> None:
        """Raise Unusable when the text cannot be read on; what came before was handed out."""
        if self._since > MOST_ITEM:
            raise self._unreadable()
        if self._fault is not None:
            raise self._fault

    def close(self) -> None:
        try:
            self._parser.close()
        except (ijson.JSONError, ValueError):
            if not self._begun:
                raise Unusable(problems.UPLOAD_EMPTY) from None
            raise CutOff from None

    def _unreadable(self) -> Unusable:
        return Unusable(problems.UPLOAD_UNREADABLE, row=self._number + 1)

    def _step(self, event: str, value: Any) -> None:
        if event in _CLOSING:
            self._depth -= 1
        if self._item or (self._depth == _IN_DATA and event not in _CLOSING):
            self._in_item(event, value)
        elif event == "map_key":
            self._key = str(value).casefold()
        elif event == "end_map":
            self._end_institution()
        elif event not in _CLOSING:
            self._outside(event, value)
        if event in _OPENING:
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise self._unreadable()

    def _outside(self, event: str, value: Any) -> None:
        """The list, an institution in it, and what stands in the institution."""
        if self._depth < _IN_INSTITUTION:
            if event != ("start_array", "start_map")[self._depth]:
                raise Unusable(problems.WRONG_SHAPE)
            self._keys = set()
            return
        if self._key in self._keys:
            raise Unusable(problems.WRONG_SHAPE)
        self._keys.add(self._key)
        if self._key in _INSTITUTION:
            _check_institution(self._key, value)
        elif self._key != "data" or event != "start_array":
            raise Unusable(problems.WRONG_SHAPE, "data" if self._key == "data" else "")

    def _end_institution(self) -> None:
        for key in ("id_lembaga", "nama_lembaga", "data"):
            if key not in self._keys:
                raise Unusable(problems.WRONG_SHAPE, key)

    def _in_item(self, event: str, value: Any) -> None:
        self._item.append((event, value))
        if len(self._item) > MOST_ITEM_EVENTS:
            raise self._unreadable()
        if self._depth == _IN_DATA and event not in _OPENING:
            events = iter(self._item)
            self._take(_value(events, *next(events)))
            self._item, self._since = [], 0

    def _take(self, item: Any) -> None:
        for row in _rows_of_person(self._schema, item):
            self._number += 1
            self._rows.append((self._number, row))


def _value(events: Iterator[tuple[str, Any]], event: str, value: Any) -> Any:
    """The JSON value that begins with this event; its depth was bounded before."""
    if event == "start_map":
        return JsonObject(
            (key, _value(events, *next(events))) for _, key in iter(lambda: next(events), ("end_map", None))
        )
    if event == "start_array":
        return [_value(events, *one) for one in iter(lambda: next(events), ("end_array", None))]
    return value


def _rows_of_person(schema: Schema, item: Any) -> Iterator[Given | RowFault]:
    """A person of a list: ``{NIK, param: [{…}]}``."""
    if not isinstance(item, JsonObject):
        yield _UNREADABLE
        return
    named = [(key.casefold(), value) for key, value in item]
    found = dict(named)
    if len(found) != len(named):
        yield RowFault(Reason.FIELD_TWICE)
    elif found.keys() - {NIK, "param"}:
        yield RowFault(Reason.UNKNOWN_FIELD)
    elif not isinstance(found.get("param"), list):
        yield RowFault(Reason.MISSING_FIELD, "param")
    else:
        yield from _rows(schema, found.get(NIK), found["param"])


def _rows(schema: Schema, nik: Any, param: list[Any]) -> Iterator[Given | RowFault]:
    """A person's records: each object of ``param`` is one."""
    if not param:
        yield RowFault(Reason.MISSING_FIELD, "param")
    for one in param:
        yield read_row(schema, ((NIK, nik), *one)) if isinstance(one, JsonObject) else _UNREADABLE
