"""The checklist of a proof of concept: what each demand takes for met, and what it does not."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from tests.builders import NOON, a_right

from hakakses.core import problems
from hakakses.core.poc import (
    DEMANDS,
    HANDLED_WITHIN,
    LOGIN_REFUSED,
    MOST_AFTER_QUOTA,
    REHEARSAL_QUOTA,
    REPEATED,
    Call,
    checklist,
    complete,
    rehearsed,
)
from hakakses.core.poc_report import digest, report
from hakakses.core.rights.ask import CallerKind
from hakakses.core.rights.right import Granted, Purpose

CODES = tuple(sorted(a_right().verify))
QUOTA = problems.QUOTA_EXHAUSTED.code


def _call(decision: str, second: float = 0, **more) -> Call:
    fields = {"seq": int(second), "mode": "verify", "purpose": "KYC", "caller": "machine", "client": "c"}
    return Call(NOON + dt.timedelta(seconds=second), decision=decision, **{**fields, **more})


def _errors_then_right(*decisions: str) -> list[Call]:
    """Each error, and after each of them a right call."""
    return [
        call
        for second, decision in enumerate(decisions)
        for call in (_call(decision, 100 + 2 * second), _call("SESUAI", 101 + 2 * second))
    ]


WHOLE = [
    _call("SESUAI", 1, elements=CODES, subject="AKTIF"),
    _call("TIDAK_SESUAI", 2, subject="AKTIF"),
    _call("TIDAK_SESUAI", 3, subject="TIDAK_DITEMUKAN"),
    _call("TIDAK_SESUAI", 4, subject="MENINGGAL", caller="operator"),
    _call("READ", 5, mode="read", elements=("NAMA_LGKP",), subject="AKTIF"),
    *_errors_then_right(
        LOGIN_REFUSED, "not_json", "element_not_granted", "operator_unknown", "guesses_exhausted"
    ),
    _call(QUOTA, 200),
]


def _done(calls, right=None) -> dict[str, bool]:
    return {item.code: item.done for item in checklist(right or a_right(), calls)}


def test_a_program_that_showed_everything_is_complete():
    items = checklist(a_right(), WHOLE)
    assert complete(items), [item.code for item in items if not item.done]
    assert all(item.at for item in items)
    assert {item.code: item.entries for item in items}["malformed_handled"] == (102, 103)


@pytest.mark.parametrize("without", range(len(WHOLE)))
def test_nothing_of_it_is_superfluous(without: int):
    """But for the right calls that follow an error, of which a later one serves too."""
    calls = WHOLE[:without] + WHOLE[without + 1 :]
    assert not complete(checklist(a_right(), calls)) or WHOLE[without].decision == "SESUAI"


def test_no_call_meets_nothing():
    items = checklist(a_right(), [])
    assert not any(item.done or item.at or item.entries for item in items)
    assert {item.code: item.missing for item in items}["elements_verified"] == CODES


LATE = HANDLED_WITHIN.total_seconds() + 1
NOT_MET = {
    "mismatch": [_call("TIDAK_SESUAI", subject="TIDAK_DITEMUKAN")],
    "unknown": [_call("TIDAK_SESUAI", subject="AKTIF"), _call("invalid_nik")],
    "blocked": [_call("TIDAK_SESUAI", subject="AKTIF"), _call("TIDAK_SESUAI", subject="TIDAK_DITEMUKAN")],
    "elements_verified": [_call("element_not_granted", elements=CODES), _call("SESUAI", elements=CODES[:-1])],
    "elements_read": [_call("SESUAI", elements=CODES)],
    "purposes": [_call("SESUAI", purpose="")],
    "operator": [_call("operator_unknown", caller="operator")],
    "login_handled": [_call(LOGIN_REFUSED), _call("SESUAI", LATE)],
    "malformed_handled": [_call("SESUAI"), _call("not_json", 1)],
    "ungranted_handled": [_call("purpose_not_granted"), _call("TIDAK_SESUAI", 1), _call("outside_hours", 2)],
    "operator_handled": [_call("operator_unknown"), _call("SESUAI", 1, client="another")],
    "repeat": [_call("SESUAI", keyed=True)],
    "quota_handled": [_call(QUOTA, second) for second in range(2 + MOST_AFTER_QUOTA)],
}


@pytest.mark.parametrize("code", NOT_MET)
def test_what_does_not_meet_a_demand(code: str):
    assert _done(NOT_MET[code])[code] is False


def test_what_is_demanded_follows_the_right():
    verifying = a_right(read={}, callers={CallerKind.MACHINE: Granted("Pasal 3")})
    assert (
        not {"read", "elements_read", "operator", "operator_handled", "repeat"} & _done([], verifying).keys()
    )
    reading = a_right(verify={}, purposes={"KYC": Purpose("", "", frozenset(), frozenset({"NAMA_LGKP"}))})
    assert not {"match", "mismatch", "elements_verified", "guesses_handled"} & _done([], reading).keys()
    assert {*_done([], a_right()), "repeat"} == {demand.code for demand in DEMANDS}


def test_a_repeat_is_demanded_of_who_uses_keys():
    keyed = _call("SESUAI", keyed=True)
    assert _done([keyed, _call(REPEATED, 1)])["repeat"] is True


def test_a_client_that_learns_to_leave_off_meets_the_quota():
    hammered = [_call(QUOTA, second) for second in range(30)]
    assert _done([*hammered, _call(QUOTA, 29 + 61)])["quota_handled"] is True


def test_the_sandbox_gives_the_same_right_with_a_quota_that_ends():
    right = rehearsed(a_right())
    assert right.quota_per_day == REHEARSAL_QUOTA
    assert msgspec.structs.replace(right, quota_per_day=1000) == a_right()
    assert rehearsed(a_right(quota_per_day=5)).quota_per_day == 5


def test_the_report_stays_the_same_when_more_calls_are_made():
    first = report(a_right(), checklist(a_right(), WHOLE))
    assert digest(report(a_right(), checklist(a_right(), [*WHOLE, *WHOLE]))) == digest(first)
    assert "☐" not in first
    assert "Bank Contoh" in first


def test_a_text_of_the_agreement_cannot_break_the_report():
    odd = a_right(agreement="PKS|1\n## lulus")
    assert "| PKS\\|1 ## lulus |" in report(odd, checklist(odd, []))
