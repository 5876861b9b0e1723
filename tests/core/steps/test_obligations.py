"""Dates act: reminder, warning, cut and release follow from a due date and a day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hakakses.core.steps.obligations import (
    RULES,
    Duty,
    Semester,
    Stage,
    due,
    months_after,
    reminds_on,
    semester_of,
    semesters,
    stage,
)

DAY = dt.date
FIRST_HALF = Semester(2026, 1)
REPORT = due(Duty.SEMESTER_REPORT, FIRST_HALF)
STAGES = [
    (DAY(2026, 6, 30), Stage.QUIET),
    (DAY(2026, 7, 1), Stage.REMINDED),
    (DAY(2026, 7, 31), Stage.REMINDED),
    (DAY(2026, 8, 1), Stage.LATE),
    (DAY(2026, 10, 31), Stage.LATE),
    (DAY(2026, 11, 1), Stage.CUT),
    (DAY(2027, 11, 1), Stage.CUT),
]


@pytest.mark.parametrize(("today", "expected"), STAGES)
def test_a_report_is_cut_for_when_it_is_more_than_three_months_late(today: dt.date, expected: Stage) -> None:
    assert DAY(2026, 7, 31) == REPORT
    assert stage(Duty.SEMESTER_REPORT, REPORT, None, today) is expected
    assert stage(Duty.SEMESTER_REPORT, REPORT, today, today) is Stage.DONE


def test_readers_that_are_not_used_are_warned_of_and_never_cut() -> None:
    assert stage(Duty.READER_USE, REPORT, None, DAY(2099, 1, 1)) is Stage.LATE


def test_an_agreement_that_is_not_renewed_ends_the_day_after_its_last() -> None:
    last = DAY(2026, 12, 31)
    assert stage(Duty.RENEWAL, last, None, last) is Stage.REMINDED
    assert stage(Duty.RENEWAL, last, None, DAY(2027, 1, 1)) is Stage.CUT


@given(st.sampled_from(Duty), st.dates(DAY(2000, 1, 1), DAY(2090, 1, 1)), st.integers(-400, 400))
def test_time_alone_never_makes_a_duty_lighter(duty: Duty, due_on: dt.date, days: int) -> None:
    order = [Stage.QUIET, Stage.REMINDED, Stage.LATE, Stage.CUT]
    today = due_on + dt.timedelta(days=days)
    before, after = (
        order.index(stage(duty, due_on, None, day)) for day in (today, today + dt.timedelta(days=1))
    )
    assert before <= after


def test_each_reminder_is_sent_on_its_one_day() -> None:
    for duty, rule in RULES.items():
        days = [REPORT - dt.timedelta(days=back) for back in range(400)]
        assert sum(reminds_on(duty, REPORT, day) for day in days) == len(rule.remind)


def test_semesters_follow_one_another() -> None:
    assert semester_of(DAY(2026, 6, 30)) == FIRST_HALF
    assert semester_of(DAY(2026, 7, 1)) == FIRST_HALF.next == Semester(2026, 2)
    assert Semester(2026, 2).next == Semester(2027, 1)
    assert semesters(DAY(2025, 8, 17), DAY(2026, 7, 1)) == (Semester(2025, 2), FIRST_HALF)
    assert semesters(DAY(2026, 8, 17), DAY(2026, 9, 1)) == ()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (DAY(2026, 6, 30), 3, DAY(2026, 9, 30)),
        (DAY(2025, 12, 31), 1, DAY(2026, 1, 31)),
        (DAY(2026, 1, 31), 1, DAY(2026, 2, 28)),
        (DAY(2026, 1, 15), 0, DAY(2026, 1, 15)),
        (DAY(2026, 2, 28), 1, DAY(2026, 3, 31)),
    ],
)
def test_months_are_counted_by_the_calendar(day: dt.date, months: int, expected: dt.date) -> None:
    assert months_after(day, months) == expected
