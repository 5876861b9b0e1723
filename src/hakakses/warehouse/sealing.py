"""Row groups of a snapshot as sealed rows of the register, in PostgreSQL's binary COPY."""

from __future__ import annotations

import struct
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from hakakses.core.elements import CATALOGUE
from hakakses.core.families import CARD
from hakakses.core.residents import ELEMENT_COUNT, ResidentStatus
from hakakses.store import publication
from hakakses.store.cipher import INDEX_BYTES, SEPARATOR, TAG_BYTES, RegisterCipher
from hakakses.store.keys import load
from hakakses.warehouse.snapshots import STATUS_COLUMN

# PostgreSQL's binary COPY: signature, flags and header length; each row leads with its count of columns.
COPY_START = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
COPY_END = struct.pack(">h", -1)
_EPOCH = date(2000, 1, 1)
_KEY = struct.pack(">hi", 4, INDEX_BYTES)
_TAG, _NO_TAG = struct.pack(">i", TAG_BYTES), struct.pack(">i", -1)
_LENGTH = struct.Struct(">i")
_STATUS_NAMES = pa.array([status.name for status in ResidentStatus])
_STATUS_DIGITS = pa.array([str(status.value) for status in ResidentStatus])

pc: Any = compute  # its stubs know fewer combinations of arguments than it takes


class Group(msgspec.Struct, frozen=True):
    """One row group to seal."""

    keystore: Path
    as_of: date
    path: Path
    number: int


class Sealed(msgspec.Struct, frozen=True):
    """Rows of the register in PostgreSQL's binary COPY, by partition, and their count."""

    count: int
    parts: list[bytes]


def seal_group(group: Group) -> Sealed:
    with pq.ParquetFile(group.path) as file:
        table = file.read_row_group(group.number, use_threads=False).combine_chunks()
    rows = sealed_rows(_cipher(group.keystore), table.to_batches()[0], group.as_of)
    # In the order of their keys, so that no row of a stolen copy lies beside its family's.
    return Sealed(table.num_rows, [b"".join(sorted(part)) for part in rows])


@cache
def _cipher(keystore: Path) -> RegisterCipher:
    return RegisterCipher(load(keystore))


def sealed_rows(cipher: RegisterCipher, batch: pa.RecordBatch, as_of: date) -> list[list[bytes]]:
    """COPY rows of key, sealed text, date and family tag, by partition."""
    stamp = struct.pack(">ii", 4, (as_of - _EPOCH).days)
    niks: list[bytes] = batch["NIK"].cast(pa.binary()).to_pylist()  # type: ignore[assignment]
    rows: list[list[bytes]] = [[] for _ in range(publication.PARTITIONS)]
    pack, tag = _LENGTH.pack, cipher.family_tag
    for (index, sealed), card in zip(cipher.seal_all(niks, plain_texts(batch)), _cards(batch), strict=True):
        family = _TAG + tag(card, index) if card else _NO_TAG
        rows[index[0] >> 4].append(_KEY + index + pack(len(sealed)) + sealed + stamp + family)
    return rows


def _cards(batch: pa.RecordBatch) -> list[bytes]:
    """The number of each resident's family card, empty where it is not known."""
    if CARD not in batch.schema.names:
        return [b""] * batch.num_rows
    cards: list[bytes] = batch[CARD].cast(pa.binary()).to_pylist()  # type: ignore[assignment]
    return cards


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
