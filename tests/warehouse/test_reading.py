"""A file is cut into pieces that lose no row, wherever a reading goes on, and every row keeps its line."""

from __future__ import annotations

import csv
from datetime import date

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hakakses.warehouse.reading import PIECE_ROWS, HeaderError, Piece, Place, cut, parse
from hakakses.warehouse.snapshots import REQUIRED
from hakakses.warehouse.synthetic import Plan, csv_block

ROWS = 2 * PIECE_ROWS + 5_000


def _numbered(rows):
    return pa.table(
        {name: pa.array([f"{name} {row}" for row in range(rows)]) for name in ("NIK", *REQUIRED[1:])}
    )


def _csv(tmp_path):
    path = tmp_path / "file.csv"
    plan = Plan(45_000, 4, date(2026, 6, 30))
    path.write_bytes(b"".join(csv_block(plan, number) for number in range(3)))
    return path, 45_000


def _parquet(tmp_path, group):
    path = tmp_path / "file.parquet"
    pq.write_table(_numbered(ROWS), path, row_group_size=group)
    return path, ROWS


FILES = {
    "CSV": _csv,
    "one row group of many pieces": lambda tmp_path: _parquet(tmp_path, ROWS),
    "row groups of odd size": lambda tmp_path: _parquet(tmp_path, PIECE_ROWS + 777),
    "many small row groups": lambda tmp_path: _parquet(tmp_path, 1_500),
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_a_reading_goes_on_after_any_piece_without_loss(tmp_path, make):
    path, rows = make(tmp_path)
    whole = list(cut(path, Place()))
    assert len(whole) > 2
    for number, piece in enumerate(whole, 1):
        kept = msgspec.json.decode(msgspec.json.encode(piece.next), type=Place)
        assert list(cut(path, kept)) == whole[number:]
    blocks = [parse(piece) for piece in whole]
    lines = [line for block in blocks for line in block.lines]
    first = lines[0]
    assert lines == list(range(first, first + rows))
    assert whole[-1].next.done == path.stat().st_size
    niks = [nik for block in blocks for nik in block.table["NIK"].to_pylist()]
    assert len(niks) == len(set(niks)) == rows


@given(st.text('a",\r\n', max_size=40))
def test_a_row_is_a_line_whatever_it_holds(text):
    """Held against the standard library's reader, given one line at a time."""
    content = text.encode()
    piece = Piece(Place(lines=1), Place(), ("NIK", "NAMA_LGKP"), content or b"\n")
    block = parse(piece)
    names = block.table.column_names
    found = dict(
        zip(block.lines, zip(*(block.table[name].to_pylist() for name in names), strict=True), strict=True)
    )
    wanted, torn = {}, []
    for line, ended in enumerate((text or "\n").removesuffix("\n").split("\n"), 2):
        row = ended.removesuffix("\r")
        values = _alone(row)
        if len(values) == len(names):
            wanted[line] = tuple(value.encode() for value in values)
        elif row:
            torn.append((line, row.encode()))
    assert (found, block.torn) == (wanted, torn)


def _alone(row):
    reader = csv.reader([row + "\n", "x,x\n"])
    values = [] if "\r" in row else next(reader)
    return values if reader.line_num == 1 else []


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([20260630, None]), [b"20260630", b""]),
        (pa.array([date(2026, 6, 30), None]), [b"2026-06-30", b""]),
        (pa.array(["A", None]).dictionary_encode(), [b"A", b""]),
        (pa.array(["A", None], pa.large_string()), [b"A", b""]),
        (pa.array([b"\xff", None]), [b"\xff", b""]),
    ],
    ids=["number", "date", "dictionary", "large text", "bytes"],
)
def test_columns_of_parquet_are_read_as_text(tmp_path, column, text):
    path = tmp_path / "file.parquet"
    pq.write_table(_numbered(2).append_column("ALAMAT", column), path)
    (piece,) = cut(path, Place())
    assert parse(piece).table["ALAMAT"].to_pylist() == text


def test_a_column_of_lists_is_refused(tmp_path):
    path = tmp_path / "file.parquet"
    pq.write_table(_numbered(1).append_column("ALAMAT", pa.array([["A"]])), path)
    with pytest.raises(HeaderError, match="ALAMAT"):
        list(cut(path, Place()))


def test_a_file_that_only_begins_like_parquet_is_refused(tmp_path):
    path = tmp_path / "file.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(HeaderError):
        list(cut(path, Place()))
