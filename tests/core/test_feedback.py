"""What a record of feedback data must be, and who may give one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from tests.builders import a_nik, a_right, an_asker

from hakakses.core.agreements.compiler import empty_right
from hakakses.core.feedback import SENTENCES, Given, Reason, RowFault, Schema, may_give, read_row
from hakakses.core.problems import Refused
from hakakses.core.rights.right import FeedbackDuty

SCHEMA = Schema(("NO_REKENING", "Cabang"))
DUTY = FeedbackDuty(("NO_REKENING",), "Juknis 9.1")
DAY = dt.date(2026, 11, 24)
NIK = a_nik()


def _row(**changes: Any) -> list[tuple[str, Any]]:
    return list({"nik": NIK, "NO_REKENING": "0012", "Cabang": "Pontianak", **changes}.items())


@pytest.mark.parametrize(
    ("pairs", "values"),
    [
        (_row(), ("0012", "Pontianak")),
        (list(reversed(_row())), ("0012", "Pontianak")),
        ([("NIK", NIK), ("no_rekening", "1"), ("CABANG", "x")], ("1", "x")),
        (_row(NO_REKENING=12), ("12", "Pontianak")),
        (_row(nik=int(NIK)), ("0012", "Pontianak")),
        (_row(Cabang="  Jl. Ahmad Yani № 1 "), ("0012", "Jl. Ahmad Yani № 1")),
        (_row(Cabang="x" * 255), ("0012", "x" * 255)),
    ],
)
def test_a_record_holds_its_values_in_the_juknis_order(pairs, values):
    assert read_row(SCHEMA, pairs) == Given(NIK, values)


@pytest.mark.parametrize(
    ("pairs", "reason", "field"),
    [
        (_row()[1:], Reason.MISSING_FIELD, "nik"),
        (_row()[:2], Reason.MISSING_FIELD, "Cabang"),
        (_row(Cabang=""), Reason.MISSING_FIELD, "Cabang"),
        (_row(Cabang="   "), Reason.MISSING_FIELD, "Cabang"),
        (_row(Cabang=None), Reason.MISSING_FIELD, "Cabang"),
        (_row(nik=None), Reason.MISSING_FIELD, "nik"),
        (_row(NAMA="Budi"), Reason.UNKNOWN_FIELD, ""),
        ([*_row(), ("cabang", "x")], Reason.FIELD_TWICE, "Cabang"),
        ([*_row(Cabang=None), ("cabang", "x")], Reason.FIELD_TWICE, "Cabang"),
        ([*_row(), ("Nik", NIK)], Reason.FIELD_TWICE, "nik"),
        (_row(nik=NIK[:-1]), Reason.INVALID_NIK, "nik"),
        (_row(nik="99" + NIK[2:]), Reason.INVALID_NIK, "nik"),
        (_row(nik=f"{NIK[:-1]}\uff11"), Reason.INVALID_NIK, "nik"),
        (_row(Cabang="x" * 256), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang="a\tb"), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang="a\n"), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang="a\x85b"), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang="\ud800"), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang=True), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang=1.5), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang=-1), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang=10**300), Reason.INVALID_VALUE, "Cabang"),
        (_row(Cabang=["x"]), Reason.INVALID_VALUE, "Cabang"),
    ],
)
def test_a_bad_record_is_told_its_first_fault_without_what_was_written(pairs, reason, field):
    assert read_row(SCHEMA, pairs) == RowFault(reason, field)


def test_every_reason_has_its_sentences():
    assert set(SENTENCES) == set(Reason)


@pytest.mark.parametrize(
    ("right", "address", "day", "code"),
    [
        (a_right(), "127.0.0.1", DAY, "feedback_not_agreed"),
        (empty_right(a_right(feedback=DUTY)), "127.0.0.1", DAY, "feedback_not_agreed"),
        (a_right(feedback=DUTY), "127.0.0.1", dt.date(2027, 1, 1), "not_in_force"),
        (a_right(feedback=DUTY), "192.0.2.1", DAY, "outside_network"),
        (
            a_right(feedback=DUTY, networks=("127.0.0.0/8", "192.0.2.0/24")),
            "192.0.2.1",
            DAY,
            "outside_network",
        ),
    ],
)
def test_who_may_not_give_is_told_why(right, address, day, code):
    credential = msgspec.structs.replace(an_asker().credential, networks=("127.0.0.1",))
    refused = may_give(right, credential, address, day)
    assert isinstance(refused, Refused)
    assert refused.problem.code == code


def test_hours_do_not_bound_giving():
    assert may_give(a_right(feedback=DUTY, hours=()), an_asker().credential, "127.0.0.1", DAY) == DUTY
