"""Population files as blocks of text columns with line numbers: CSV and Parquet, told apart by content.

A file is cut into pieces by one process, cheaply, and each piece is parsed by whichever process judges it.  In CSV
a row is a line: no value of a register has a line end, so a quotation mark that is never closed spoils its own row
and no other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from hakakses.warehouse.snapshots import COLUMNS, REQUIRED

PIECE_BYTES = 8 << 20
PIECE_ROWS = 20_000
_LONGEST_ROW = 1 << 20  # what is longer is no row, and is not gathered in memory
_BOM = b"\xef\xbb\xbf"
_MAGIC = b"PAR1"


class HeaderError(Exception):
    """The file cannot be a population file; the message says what is wrong with its header."""


class Place(msgspec.Struct, frozen=True):
    """Where a reading stands.  piece: number of the next piece; at: its first byte (CSV) or row (Parquet);
    lines: lines or rows before it; done: share of the file's bytes before it.
    """

    piece: int = 0
    at: int = 0
    lines: int = 0
    done: int = 0


class Piece(msgspec.Struct, frozen=True):
    """A cut of a file.  names: of a CSV's columns, none for rows of Parquet, whose stream says so itself."""

    place: Place
    next: Place
    names: tuple[str, ...]
    content: bytes


class Block(msgspec.Struct, frozen=True):
    """Columns of raw bytes.  lines: the file's line, or row, of each table row; torn: line and bytes of lines
    without the header's count of columns.
    """

    table: pa.Table
    lines: list[int]
    torn: list[tuple[int, bytes]]


def cut(path: Path, place: Place) -> Iterator[Piece]:
    """The pieces from a place on; the same place gives the same pieces.

    Raises HeaderError for a header that is not a population file's.
    """
    with path.open("rb") as file:
        parquet = file.read(len(_MAGIC)) == _MAGIC
    yield from (_cut_parquet if parquet else _cut_csv)(path, place)


def parse(piece: Piece) -> Block:
    if not piece.names:
        table = pa.ipc.open_stream(piece.content).read_all()
        return Block(table, list(range(piece.place.lines + 1, piece.next.lines + 1)), [])
    return _parse_lines(piece.content, piece.names, piece.place.lines + 1)


def check_header(names: list[str]) -> None:
    if len(names) == 1 and ";" in names[0]:
        raise HeaderError("columns must be separated by commas, not semicolons")
    unknown = [f"column {place}" for place, name in enumerate(names, 1) if name not in COLUMNS]
    if unknown:
        raise HeaderError(f"not in the catalogue of elements: {', '.join(unknown[:10])}")
    if len(set(names)) != len(names):
        raise HeaderError("a column stands twice")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise HeaderError(f"required columns are missing: {', '.join(missing)}")


def _cut_parquet(path: Path, place: Place) -> Iterator[Piece]:
    try:
        file = pq.ParquetFile(path, memory_map=True, pre_buffer=False)
    except pa.ArrowInvalid:
        raise HeaderError("the file begins like Parquet but cannot be read as such") from None
    size, total = path.stat().st_size, file.metadata.num_rows
    with file:
        check_header(file.schema_arrow.names)
        _check_types(file.schema_arrow)
        at = 0
        for groups, rows in _spans(file.metadata):
            if at + rows <= place.at:
                at += rows
                continue
            for batch in file.iter_batches(PIECE_ROWS, row_groups=groups):
                at += batch.num_rows
                if at > place.at:
                    ends = Place(place.piece + 1, at, at, size * at // total)
                    yield Piece(place, ends, (), _stream(batch))
                    place = ends


def _spans(metadata: Any) -> Iterator[tuple[list[int], int]]:
    """Row groups that are read together and their rows: a small file's many groups make few pieces."""
    groups: list[int] = []
    rows = 0
    for number in range(metadata.num_row_groups):
        groups.append(number)
        rows += metadata.row_group(number).num_rows
        if rows >= PIECE_ROWS or number == metadata.num_row_groups - 1:
            yield groups, rows
            groups, rows = [], 0


def _check_types(schema: pa.Schema) -> None:
    nested = [name for name in schema.names if pa.types.is_nested(schema.field(name).type)]
    if nested:
        raise HeaderError(f"columns that are not plain values: {', '.join(nested)}")


def _stream(batch: pa.RecordBatch) -> bytes:
    table = pa.table({name: _raw(batch[name]) for name in batch.schema.names})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    return sink.getvalue().to_pybytes()


def _raw(column: Any) -> Any:
    """The bytes of a column's texts, unjudged; a number or a date is first written as text, null is empty."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        column = column.cast(pa.string())
    return column.cast(pa.binary()).fill_null(b"")


def _cut_csv(path: Path, place: Place) -> Iterator[Piece]:
    with path.open("rb") as file:
        header = file.readline(_LONGEST_ROW).removeprefix(_BOM)
        try:
            names = next(csv.reader([header.decode().rstrip("\r\n")]), [])
        except UnicodeDecodeError:
            raise HeaderError("the header is not UTF-8") from None
        check_header(names)
        if place.at:
            file.seek(place.at)
        else:
            place = Place(at=file.tell(), lines=1)
        while content := file.read(PIECE_BYTES):
            if not content.endswith(b"\n"):
                content += file.readline(_LONGEST_ROW)
            lines = place.lines + content.count(b"\n") + (not content.endswith(b"\n"))
            ends = Place(place.piece + 1, file.tell(), lines, file.tell())
            yield Piece(place, ends, tuple(names), content)
            place = ends


def _parse_lines(content: bytes, names: tuple[str, ...], first: int) -> Block:
    """At one go where every line is a row; a mark that is open at the very end would pass for closed."""
    content = content.removesuffix(b"\n")
    bare = content.removesuffix(b"\r")
    count, last = bare.count(b"\n") + 1, bare[bare.rfind(b"\n") + 1 :]
    if not _odd_line_ends(bare) and _whole(last, len(names)):
        table = _parse_rows(bare, names)
        if table is not None and table.num_rows == count:
            return Block(table, list(range(first, first + count)), [])
    return _parse_sifted(content.split(b"\n"), names, first)


def _odd_line_ends(content: bytes) -> bool:
    """Whether there is an empty line, or a carriage return that ends none."""
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
    return content.startswith(b"\n") or b"\n\n" in content or b"\r" in content


def _parse_rows(content: bytes, names: tuple[str, ...]) -> pa.Table | None:
    """Rows at one go; None when one is not like the header."""
    types = dict.fromkeys(names, pa.binary())
    try:
        return pyarrow.csv.read_csv(
            BytesIO(content),
            pyarrow.csv.ReadOptions(
                column_names=list(names), use_threads=False, block_size=max(len(content), 1) + 1
            ),
            pyarrow.csv.ParseOptions(ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False, check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None


def _parse_sifted(rows: list[bytes], names: tuple[str, ...], first: int) -> Block:
    """Rows without those that are not like the header; an empty line is no row."""
    kept: list[bytes] = []
    lines: list[int] = []
    torn: list[tuple[int, bytes]] = []
    for line, ended in enumerate(rows, first):
        row = ended.removesuffix(b"\r")
        if _whole(row, len(names)):
            kept.append(row)
            lines.append(line)
        elif row:
            torn.append((line, row))
    table = _parse_rows(b"\n".join(kept), names) if kept else _no_rows(names)
    assert table is not None
    assert table.num_rows == len(kept)
    return Block(table, lines, torn)


def _no_rows(names: tuple[str, ...]) -> pa.Table:
    return pa.table({name: pa.array([], pa.binary()) for name in names})


def _whole(row: bytes, columns: int) -> bool:
    """Whether a line has so many columns, closes what quotation marks it opens, and is not two lines by a bare CR."""
    if b'"' not in row:
        return row.count(b",") == columns - 1 and b"\r" not in row
    reader = csv.reader([row.decode(errors="surrogateescape"), ""])
    try:
        return b"\r" not in row and len(next(reader)) == columns and reader.line_num == 1
    except csv.Error:  # a value of more than 128 KiB
        return False
