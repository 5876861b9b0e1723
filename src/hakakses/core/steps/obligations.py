"""What an institution owes while its agreement is in force, and what follows when it does not come.

The semester report, data balikan and the use of readers follow the semesters of the register (30 June, 31 December).
Permendagri 102/2019 art. 45: access ends when a report is more than three months late.  All else here is a policy.
"""

from __future__ import annotations

import calendar
import datetime as dt
from enum import StrEnum

import msgspec

JUNE, DECEMBER, MONTHS_OF_YEAR = 6, 12, 12


class Duty(StrEnum):
    SEMESTER_REPORT = "semester_report"
    FEEDBACK = "feedback"
    READER_USE = "reader_use"
    RENEWAL = "renewal"


class Stage(StrEnum):
    """What a duty calls for on a day."""

    QUIET = "quiet"
    REMINDED = "reminded"
    LATE = "late"  # warned
    CUT = "cut"
    DONE = "done"


class Rule(msgspec.Struct, frozen=True):
    """remind: days before the due date, the earliest first.  months_to_cut: whole months after it, None for never.

    months_to_do: after the semester's end, until it is due.
    """

    text_id: str
    text_en: str
    remind: tuple[int, ...]
    months_to_do: int
    months_to_cut: int | None


RULES: dict[Duty, Rule] = {
    Duty.SEMESTER_REPORT: Rule("Laporan semester", "Semester report", (30, 7, 1), 1, 3),
    Duty.FEEDBACK: Rule("Data balikan", "Feedback data", (30, 7), 1, 3),
    Duty.READER_USE: Rule("Pemakaian card reader", "Use of card readers", (30,), 1, None),
    Duty.RENEWAL: Rule("Perpanjangan perjanjian", "Renewal of the agreement", (180, 90, 30), 0, 0),
}


class Semester(msgspec.Struct, frozen=True, order=True):
    """half: 1 ends on 30 June, 2 on 31 December."""

    year: int
    half: int

    @property
    def ends(self) -> dt.date:
        return dt.date(self.year, JUNE, 30) if self.half == 1 else dt.date(self.year, DECEMBER, 31)

    @property
    def begins(self) -> dt.date:
        return dt.date(self.year, 1, 1) if self.half == 1 else dt.date(self.year, JUNE + 1, 1)

    @property
    def next(self) -> Semester:
        return Semester(self.year, 2) if self.half == 1 else Semester(self.year + 1, 1)


def semester_of(day: dt.date) -> Semester:
    return Semester(day.year, 1 if day.month <= JUNE else 2)


def semesters(begins: dt.date, today: dt.date) -> tuple[Semester, ...]:
    """The semesters that ended on a day, from the one in which an agreement came into force."""
    found, semester = [], semester_of(begins)
    while semester.ends < today:
        found.append(semester)
        semester = semester.next
    return tuple(found)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day."""
    index = day.month - 1 + months
    year, month = day.year + index // MONTHS_OF_YEAR, index % MONTHS_OF_YEAR + 1
    last = calendar.monthrange(year, month)[1]
    # The last day of a month leads to the last day of another: 30 June and three months are 30 September.
    whole = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month, last if whole else min(day.day, last))


def due(duty: Duty, semester: Semester) -> dt.date:
    return months_after(semester.ends, RULES[duty].months_to_do)


def stage(duty: Duty, due_on: dt.date, done_on: dt.date | None, today: dt.date) -> Stage:
    """What the duty calls for today.  done_on: when it was done, None while it is open."""
    rule = RULES[duty]
    if done_on is not None and done_on <= today:
        return Stage.DONE
    if rule.months_to_cut is not None and today > months_after(due_on, rule.months_to_cut):
        return Stage.CUT
    if today > due_on:
        return Stage.LATE
    reminders = (due_on - dt.timedelta(days=days) for days in rule.remind)
    return Stage.REMINDED if any(day <= today for day in reminders) else Stage.QUIET


def reminds_on(duty: Duty, due_on: dt.date, day: dt.date) -> bool:
    """Whether a reminder is to be sent on this very day."""
    return (due_on - day).days in RULES[duty].remind
