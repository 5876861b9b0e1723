"""A batch of a snapshot is sealed as its residents are."""

from __future__ import annotations

import os
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hakakses.core.elements import CATALOGUE
from hakakses.core.families import card_of
from hakakses.core.residents import Resident, ResidentStatus
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher, plain_text
from hakakses.store.keys import KEY_BYTES, KeyName, Keystore
from hakakses.warehouse.sealing import Group, plain_texts, seal_group, sealed_rows
from hakakses.warehouse.snapshots import STATUS_COLUMN
from hakakses.warehouse.synthetic import Plan, make_block

AS_OF = date(2026, 6, 30)
(BATCH,) = make_block(Plan(200, 4, AS_OF), 0).combine_chunks().to_batches()


def _residents():
    for row in BATCH.to_pylist():
        values = tuple(row.get(element.code, "") for element in CATALOGUE)
        yield Resident(ResidentStatus[row[STATUS_COLUMN]], values)


def test_columns_and_residents_have_the_same_plain_text():
    assert plain_texts(BATCH) == [plain_text(resident) for resident in _residents()]


def test_each_resident_is_in_the_partition_of_its_index():
    cipher = RegisterCipher(Keystore({name: os.urandom(KEY_BYTES) for name in KeyName}))
    found = {}
    for part, rows in enumerate(sealed_rows(cipher, BATCH, AS_OF)):
        for row in rows:
            index, sealed = row[6:22], row[26:-20]
            assert (index[0] >> 4, row[:6], row[22:26]) == (
                part,
                b"\0\4\0\0\0\x10",
                len(sealed).to_bytes(4, "big"),
            )
            assert row[-20:-12] == b"\0\0\0\4" + (AS_OF - date(2000, 1, 1)).days.to_bytes(4, "big")
            resident = cipher.open(index, sealed)
            assert row[-12:] == b"\0\0\0\x08" + cipher.family_tag(card_of(resident).encode(), index)
            found[cipher.index(resident.values[1])] = resident
    assert found == {cipher.index(resident.values[1]): resident for resident in _residents()}


@pytest.mark.parametrize(
    "batch", [BATCH.drop_columns(["NO_KK"]), BATCH.set_column(0, "NO_KK", pa.array([""] * BATCH.num_rows))]
)
def test_who_has_no_family_card_has_no_tag(batch):
    cipher = RegisterCipher(Keystore({name: os.urandom(KEY_BYTES) for name in KeyName}))
    rows = [row for part in sealed_rows(cipher, batch, AS_OF) for row in part]
    assert {row[-12:] for row in rows} == {b"\0\0\0\4" + row[-8:-4] + b"\xff" * 4 for row in rows}


def test_a_group_tells_nothing_of_who_lives_with_whom(tmp_path):
    """Its rows lie in the order of their keys, and its tags are as many as its residents."""
    keystore = tmp_path / "register.json"
    keys.create(keystore, tuple(KeyName))
    table = make_block(Plan(2_000, 4, AS_OF), 0)
    pq.write_table(table, tmp_path / "part.parquet")
    sealed = seal_group(Group(keystore, AS_OF, tmp_path / "part.parquet", 0))
    rows = [row for part in sealed.parts for row in _rows(part)]
    assert len(rows) == sealed.count == 2_000
    assert [index for index, _ in rows] == sorted(index for index, _ in rows)
    families = len(set(table["NO_KK"].to_pylist()))
    assert families < 1_000
    assert len({tag for _, tag in rows}) > 1_950


def _rows(part):
    """Index and family tag of the COPY rows of one partition."""
    at = 0
    while at < len(part):
        length = int.from_bytes(part[at + 22 : at + 26], "big")
        end = at + 26 + length + 20
        yield part[at + 6 : at + 22], part[end - 8 : end]
        at = end


@pytest.mark.parametrize("value", ["BUDI\x1fSANTOSO", None])
def test_a_snapshot_that_is_not_a_loads_work_is_refused(value):
    names = pa.array([value] * BATCH.num_rows, pa.string())
    place = BATCH.schema.get_field_index("NAMA_LGKP")
    with pytest.raises(ValueError, match="a snapshot holds"):
        plain_texts(BATCH.set_column(place, "NAMA_LGKP", names))
