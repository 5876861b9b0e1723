"""A change is told in words, and told whenever the right says something else."""

import datetime as dt

import msgspec
import pytest
from tests.builders import a_right

from hakakses.core.agreements.difference import difference
from hakakses.core.rights.ask import CallerKind, Mode, Relation
from hakakses.core.rights.right import (
    DukcapilDoor,
    ElementSet,
    FeedbackDuty,
    Granted,
    Hours,
    OsiaDoor,
    Permission,
    ScoresShown,
    Service,
)

OFFICE = (Hours((1, 2, 3), dt.time(8), dt.time(16)),)
SERVICE = Service("KYC", "baru", CallerKind.MACHINE, "Juknis 7.2")
DOORS = {
    "scores_shown": ScoresShown.EXACT,
    "sets": {"KYC": ElementSet("KYC", Mode.VERIFY, ("NAMA_LGKP",), "Juknis 7.1")},
    "dukcapil": DukcapilDoor(dt.date(2026, 6, 30), {"bank/call_nik": SERVICE}, "Juknis 7"),
    "osia": OsiaDoor("KYC", CallerKind.MACHINE, "Juknis 8", ("NO_KK",)),
    "feedback": FeedbackDuty(("NO_REKENING",), "Juknis 9"),
}
BOUNDED = {"TGL_LHR": Permission("Pasal 4", relations=(Relation.AT_MOST,))}
CASES = [
    ({"scores_shown": ScoresShown.EXACT}, "angka kemiripan 11 → 101", True, False),
    ({"scores_shown": ScoresShown.PASS}, "angka kemiripan 11 → 2", False, True),
    (DOORS, "menambah NAMA_LGKP dalam set KYC (verify, KYC)", True, False),
    (DOORS, "menambah bank/call_nik (KYC, machine) sebagai layanan Dukcapil", True, False),
    (DOORS, "menambah KYC (machine) sebagai pintu OSIA", True, False),
    (DOORS, "menambah NO_KK untuk pencarian tanpa NIK", True, False),
    (
        {"verify": {**a_right().verify, **BOUNDED}},
        "menambah TGL_LHR <= sebagai perbandingan batas",
        True,
        False,
    ),
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
        "quota_per_day": 1, "hours": OFFICE, "networks": ("10.0.0.0/8",), **DOORS,
    }  # fmt: skip
    value = changed.get(field, {} if isinstance(getattr(a_right(), field), dict) else "Pasal 99")
    assert difference(a_right(), a_right(**{field: value}))


def test_the_number_of_a_right_is_no_change():
    assert difference(a_right(), a_right(number=7)) == ()


def test_a_first_right_only_widens():
    assert all(change.widens and not change.narrows for change in difference(None, a_right()))
