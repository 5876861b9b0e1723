"""Population files as blocks of text columns with line numbers: CSV and Parquet, told apart by content."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from hakakses.warehouse.validate import COLUMNS, REQUIRED

BLOCK_BYTES = 8 << 20
BLOCK_ROWS = 20_000
_BOM = b"\xef\xbb\xbf"
_MAGIC = b"PAR1"


class HeaderError(Exception):
    """The file cannot be a population file; the message says what is wrong with its header."""


class Block(msgspec.Struct, frozen=True):
    """Part of a file.  end: where the next block starts (a byte of a CSV, a row group of a Parquet file);
    lines: the file's line, or row, of each table row; torn: lines without the header's count of columns.
    """

    number: int
    end: int
    next_line: int
    table: pa.Table
    lines: list[int]
    torn: list[tuple[int, str]]


def read_blocks(path: Path, *, number: int = 0, start: int = 0, line: int = 0) -> Iterator[Block]:
    """The blocks from one on; the three numbers of the last block read continue a reading that was cut off.

    Raises HeaderError for a header that is not a population file's.
    """
    with path.open("rb") as file:
        parquet = file.read(len(_MAGIC)) == _MAGIC
    reader = _parquet_blocks if parquet else _csv_blocks
    yield from reader(path, number, start, line)


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


def _parquet_blocks(path: Path, number: int, start: int, line: int) -> Iterator[Block]:
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid:
        raise HeaderError("the file begins like Parquet but cannot be read as such") from None
    with file:
        check_header(file.schema_arrow.names)
        for group in range(start, file.num_row_groups):
            for batch in file.iter_batches(BLOCK_ROWS * 50, row_groups=[group]):
                table = pa.table(
                    {
                        name: batch[name].cast(pa.string()).fill_null("").cast(pa.binary())
                        for name in batch.schema.names
                    }
                )
                lines = list(range(line + 1, line + 1 + table.num_rows))
                line += table.num_rows
                yield Block(number, group + 1, line, table, lines, [])
                number += 1


def _csv_blocks(path: Path, number: int, start: int, line: int) -> Iterator[Block]:
    with path.open("rb") as file:
        header = file.readline().removeprefix(_BOM)
        try:
            names = next(csv.reader([header.decode().rstrip("\r\n")]), [])
        except UnicodeDecodeError:
            raise HeaderError("the header is not UTF-8") from None
        check_header(names)
        if start:
            file.seek(start)
        else:
            line = 1
        while text := _whole_rows(file.read(BLOCK_BYTES), file):
            block = _parse(text, names, number, file.tell(), line)
            yield block
            number, line = number + 1, block.next_line


def _whole_rows(text: bytes, file: object) -> bytes:
    """Lengthen a piece of file to the end of a row: a line end outside quotes."""
    readline = file.readline  # type: ignore[attr-defined]
    if text and not text.endswith(b"\n"):
        text += readline()
    while text.count(b'"') % 2:
        more = readline()
        if not more:
            break
        text += more
    return text


def _parse(text: bytes, names: list[str], number: int, end: int, line: int) -> Block:
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    if b"\r" not in text.replace(b"\r\n", b"\n"):
        table = _plain(text, names)
        if table is not None and table.num_rows == lines:
            return Block(number, end, line + lines, table, list(range(line + 1, line + 1 + lines)), [])
    return _careful(text, names, number, end, line, lines)


def _plain(text: bytes, names: list[str]) -> pa.Table | None:
    """A block at one go; None when a row is not like the header."""
    types = dict.fromkeys(names, pa.binary())
    try:
        return pyarrow.csv.read_csv(
            BytesIO(text),
            pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
            pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False, check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None


def _careful(text: bytes, names: list[str], number: int, end: int, line: int, lines: int) -> Block:
    """Row by row, for blocks with torn rows or line ends inside quotes; a byte that is not UTF-8 stays as it was."""
    reader = csv.reader(StringIO(text.decode(errors="surrogateescape"), newline=""))
    rows: list[list[str]] = []
    places: list[int] = []
    torn: list[tuple[int, str]] = []
    at = line + 1
    for row in reader:
        if len(row) == len(names):
            rows.append(row)
            places.append(at)
        elif row:
            torn.append((at, ",".join(row)))
        at = line + reader.line_num + 1
    columns = zip(*rows, strict=True) if rows else iter([()] * len(names))
    table = pa.table(
        {
            name: pa.array([value.encode(errors="surrogateescape") for value in column], pa.binary())
            for name, column in zip(names, columns, strict=True)
        }
    )
    return Block(number, end, line + lines, table, places, torn)
