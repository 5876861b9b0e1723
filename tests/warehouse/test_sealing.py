"""A batch of a snapshot is sealed as its residents are."""

from __future__ import annotations

import os
from datetime import date

import pyarrow as pa
import pytest

from hakakses.core.elements import CATALOGUE
from hakakses.core.residents import Resident, ResidentStatus
from hakakses.store.cipher import RegisterCipher, plain_text
from hakakses.store.keys import KEY_BYTES, KeyName, Keystore
from hakakses.warehouse.sealing import plain_texts, sealed_rows
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
            index, sealed = row[6:22], row[26:-8]
            assert (index[0] >> 4, row[:6], row[22:26]) == (
                part,
                b"\0\3\0\0\0\x10",
                len(sealed).to_bytes(4, "big"),
            )
            assert row[-8:] == b"\0\0\0\4" + (AS_OF - date(2000, 1, 1)).days.to_bytes(4, "big")
            resident = cipher.open(index, sealed)
            found[cipher.index(resident.values[1])] = resident
    assert found == {cipher.index(resident.values[1]): resident for resident in _residents()}


@pytest.mark.parametrize("value", ["BUDI\x1fSANTOSO", None])
def test_a_snapshot_that_is_not_a_loads_work_is_refused(value):
    names = pa.array([value] * BATCH.num_rows, pa.string())
    place = BATCH.schema.get_field_index("NAMA_LGKP")
    with pytest.raises(ValueError, match="a snapshot holds"):
        plain_texts(BATCH.set_column(place, "NAMA_LGKP", names))
