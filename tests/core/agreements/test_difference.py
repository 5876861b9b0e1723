"""A change is told in words, and told whenever the right says something else."""

import datetime as dt

import msgspec
import pytest
from tests.builders import a_right

from hakakses.core.agreements.difference import difference
from hakakses.core.rights.right import Granted, Hours, Permission

OFFICE = (Hours((1, 2, 3), dt.time(8), dt.time(16)),)
CASES = [
    ({"quota_per_day": 20000}, "kuota 1.000 → 20.000", True, False),
    ({"quota_per_day": 10}, "kuota 1.000 → 10", False, True),
    ({"valid_until": dt.date(2025, 1, 1)}, "berlaku sampai 2026-12-31 → 2025-01-01", False, True),
    ({"valid_from": dt.date(2025, 1, 1)}, "berlaku dari 2026-01-01 → 2025-01-01", True, False),
    ({"read": {}}, "menghapus NAMA_LGKP untuk read", False, True),
    (
        {"read": {**a_right().read, "ALAMAT": Permission("Pasal 5")}},
        "menambah ALAMAT untuk read",
        True,
        False,
    ),
    ({"networks": ("10.0.0.0/8",)}, "menambah 10.0.0.0/8 sebagai jaringan", True, False),
    ({"callers": {}}, "menghapus machine sebagai pemanggil", False, True),
    ({"reasons_clause": "Pasal 8"}, "pemberian alasan tidak → ya", True, False),
    ({"hours": OFFICE}, "mengubah jam akses", False, True),
    (
        {"verify": {**a_right().verify, "NAMA_LGKP": Permission("Pasal 4", 50)}},
        "ambang NAMA_LGKP 85 → 50",
        True,
        False,
    ),
    ({"networks_clause": "Pasal 8"}, "mengubah rumusan networks_clause", False, False),
    (
        {"methods": {m: Granted("Pasal 9") for m in a_right().methods}},
        "mengubah rumusan methods",
        False,
        False,
    ),
]


@pytest.mark.parametrize(("changes", "words", "widens", "narrows"), CASES)
def test_a_change_is_told_with_its_direction(changes, words, widens, narrows):
    told = {
        change.text_id: (change.widens, change.narrows)
        for change in difference(a_right(), a_right(**changes))
    }
    assert told[words] == (widens, narrows)


@pytest.mark.parametrize("field", [f for f in a_right().__struct_fields__ if f != "number"])
def test_no_field_changes_in_silence(field):
    changed = {
        "agreement": "PKS/2", "version": 2, "valid_from": dt.date(2026, 2, 1), "valid_until": dt.date(2027, 1, 1),
        "institution": msgspec.structs.replace(a_right().institution, name="Bank Lain"),
        "quota_per_day": 1, "hours": OFFICE, "networks": ("10.0.0.0/8",),
    }  # fmt: skip
    value = changed.get(field, {} if isinstance(getattr(a_right(), field), dict) else "Pasal 99")
    assert difference(a_right(), a_right(**{field: value}))


def test_the_number_of_a_right_is_no_change():
    assert difference(a_right(), a_right(number=7)) == ()


def test_a_first_right_only_widens():
    assert all(change.widens and not change.narrows for change in difference(None, a_right()))
