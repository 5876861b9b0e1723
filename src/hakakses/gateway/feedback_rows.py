"""From the bytes of a feedback upload to rows: CSV or NDJSON, one row a line, judged as they arrive."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from hakakses.core import problems
from hakakses.core.feedback import NIK, Given, Reason, RowFault, Schema, read_row
from hakakses.core.problems import Problem, Refused
from hakakses.gateway.uploads import CutOff, Upload

LONGEST_LINE = 64 * 1024  # bytes
_BOM = b"\xef\xbb\xbf"
_UNREADABLE = RowFault(Reason.UNREADABLE)

Row = tuple[int, Given | RowFault]
Reader = Callable[[bytes], Given | RowFault]


class Unusable(Exception):
    """The upload as a whole cannot be taken further.  row: where that was found."""

    def __init__(self, problem: Problem, part: str = "", row: int = 0) -> None:
        self.refused = Refused(problem, part=f"rows[{row}]" if row else part)


class JsonObject(tuple[tuple[str, Any], ...]):
    """A JSON object as its pairs, so that a name given twice is seen."""

    __slots__ = ()


async def rows_of_lines(upload: Upload, schema: Schema) -> AsyncIterator[list[Row]]:
    """The rows of CSV or NDJSON, numbered by their line from 1.  Raises Unusable, and what an upload raises."""
    lines = _Lines(schema)
    async for piece in upload.pieces():
        yield lines.feed(piece)
        lines.check()
    if lines.rest.strip() and upload.declared is None:
        raise CutOff  # nobody says that the line is whole
    yield lines.feed(b"\n")
    if not lines.begun:
        raise Unusable(problems.UPLOAD_HEADER)


class _Lines:
    """Cuts pieces into lines.  rest: what has no end yet.  begun: whether a first line was seen."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._number = 0
        self._read: Reader | None = None
        self.rest = b""

    @property
    def begun(self) -> bool:
        return self._read is not None

    def feed(self, piece: bytes) -> list[Row]:
        *whole, self.rest = (self.rest + piece).split(b"\n")
        rows: list[Row] = []
        for line in whole:
            self._number += 1
            if (row := self._row(line.strip(b" \r\t"))) is not None:
                rows.append((self._number, row))
        return rows

    def check(self) -> None:
        """Raise Unusable when a line has no end; what came before was handed out."""
        if len(self.rest) > LONGEST_LINE:
            raise Unusable(problems.UPLOAD_UNREADABLE, row=self._number + 1)

    def _row(self, line: bytes) -> Given | RowFault | None:
        if self._read is None:
            line = line.removeprefix(_BOM).lstrip()
        if not line:
            return None
        if self._read is None:
            # Programs in the field often mislabel what they send: its first character tells, not its Content-Type.
            if line.startswith(b"{"):
                self._read = _json_reader(self._schema)
            else:
                self._read = _csv_reader(self._schema, line)
                return None
        return self._read(line)


def _csv_reader(schema: Schema, header: bytes) -> Reader:
    """How lines are read under a header row.  Spreadsheets set to Indonesian separate by semicolons."""
    delimiter = ";" if b";" in header and b"," not in header else ","
    names = _cells(header, delimiter)
    columns = [name.strip().casefold() for name in names or ()]
    missing = [name for name in (NIK, *schema.fields) if name.casefold() not in columns]
    if missing or len(columns) != len(schema.places):
        raise Unusable(problems.UPLOAD_HEADER, missing[0] if missing else "")

    def read(line: bytes) -> Given | RowFault:
        cells = _cells(line, delimiter)
        if cells is None:
            return _UNREADABLE
        if len(cells) != len(columns):
            return RowFault(Reason.WRONG_LENGTH)
        return read_row(schema, zip(columns, cells, strict=True))

    return read


def _cells(line: bytes, delimiter: str) -> list[str] | None:
    """One line as RFC 4180 has it; None when it cannot be read.  No value may hold a line's end: a row is a line."""
    try:
        text = line.decode()
        if '"' not in text:
            return text.split(delimiter)
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None


def _json_reader(schema: Schema) -> Reader:
    def read(line: bytes) -> Given | RowFault:
        found = json_value(line)
        return read_row(schema, found) if isinstance(found, JsonObject) else _UNREADABLE

    return read


def json_value(text: bytes) -> Any:
    """A small JSON text with its objects as pairs; None when it cannot be read."""
    try:
        return json.loads(text.decode(), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None


def _object(pairs: Iterable[tuple[str, Any]]) -> JsonObject:
    return JsonObject(pairs)
