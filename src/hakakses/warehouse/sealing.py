"""Row groups of a snapshot as sealed rows of the register, in PostgreSQL's binary COPY."""

from __future__ import annotations

import asyncio
import struct
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from hakakses.core.elements import CATALOGUE
from hakakses.core.residents import ELEMENT_COUNT, ResidentStatus
from hakakses.store import publication
from hakakses.store.cipher import INDEX_BYTES, SEPARATOR, RegisterCipher
from hakakses.store.keys import load
from hakakses.warehouse.snapshots import STATUS_COLUMN

BATCH = 40_000
# PostgreSQL's binary COPY: signature, flags and header length; each row leads with its count of columns.
_START = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)
_EPOCH = date(2000, 1, 1)
_KEY = struct.pack(">hi", 3, INDEX_BYTES)
_LENGTH = struct.Struct(">i")
_STATUS_NAMES = pa.array([status.name for status in ResidentStatus])
_STATUS_DIGITS = pa.array([str(status.value) for status in ResidentStatus])

pc: Any = compute  # its stubs know fewer combinations of arguments than it takes


class Group(msgspec.Struct, frozen=True):
    """One row group to seal, and the tables it goes into."""

    dsn: str
    schema: str
    keystore: Path
    as_of: date
    generation: int
    path: Path
    number: int


def seal_group(group: Group) -> int:
    """Seal a row group and copy it into the register's new tables; gives its count of rows."""
    return asyncio.run(_seal_and_copy(group))


async def _seal_and_copy(group: Group) -> int:
    cipher, total = _cipher(group.keystore), 0
    connection = await publication.connect_to_fill(group.dsn, group.schema)
    try:
        with pq.ParquetFile(group.path) as file:
            for batch in file.iter_batches(BATCH, row_groups=[group.number], use_threads=False):
                for part, rows in enumerate(sealed_rows(cipher, batch, group.as_of)):
                    table = publication.table_of(group.generation, part)
                    source = BytesIO(b"".join((_START, *rows, _END)))
                    await connection.copy_to_table(table, source=source, format="binary")
                total += batch.num_rows
    finally:
        await connection.close()
    return total


@cache
def _cipher(keystore: Path) -> RegisterCipher:
    return RegisterCipher(load(keystore))


def sealed_rows(cipher: RegisterCipher, batch: pa.RecordBatch, as_of: date) -> list[list[bytes]]:
    """COPY rows of key, sealed text and date, by partition."""
    stamp = struct.pack(">ii", 4, (as_of - _EPOCH).days)
    niks: list[bytes] = batch["NIK"].cast(pa.binary()).to_pylist()  # type: ignore[assignment]
    rows: list[list[bytes]] = [[] for _ in range(publication.PARTITIONS)]
    pack = _LENGTH.pack
    for index, sealed in cipher.seal_all(niks, plain_texts(batch)):
        rows[index[0] >> 4].append(_KEY + index + pack(len(sealed)) + sealed + stamp)
    return rows


def plain_texts(batch: pa.RecordBatch) -> list[bytes]:
    """What is sealed of each resident, as store.cipher.plain_text says; an element without a column is empty.

    Raises ValueError for values that could not be told apart again.
    """
    names = set(batch.schema.names)
    status = _STATUS_DIGITS.take(pc.index_in(batch[STATUS_COLUMN], _STATUS_NAMES))
    values = [batch[element.code] if element.code in names else "" for element in CATALOGUE]
    texts = pc.binary_join_element_wise(status, *values, SEPARATOR)
    if not pc.all(pc.equal(pc.count_substring(texts, SEPARATOR), ELEMENT_COUNT), skip_nulls=False).as_py():
        raise ValueError("a snapshot holds a control character, an unknown status or nothing for a value")
    plain: list[bytes] = texts.cast(pa.binary()).to_pylist()
    return plain
