"""Bounds on dates and codes: less and greater as of days and of numbers, never as of letters."""

from __future__ import annotations

import datetime as dt
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import a_resident

from hakakses.core.matching.verdict import stands
from hakakses.core.residents import ResidentStatus
from hakakses.core.rights.ask import Bound, Relation

COMPARED = {
    Relation.EQUAL: operator.eq,
    Relation.LESS: operator.lt,
    Relation.GREATER: operator.gt,
    Relation.AT_MOST: operator.le,
    Relation.AT_LEAST: operator.ge,
}
ORDERED = [relation for relation in Relation if relation is not Relation.EQUAL]
TRUE_OF = {  # how a held value lies to the given one -> the relations that stand
    "before": {Relation.LESS, Relation.AT_MOST},
    "same": {Relation.EQUAL, Relation.AT_MOST, Relation.AT_LEAST},
    "after": {Relation.GREATER, Relation.AT_LEAST},
    "nothing": set(),
}
# the element, the held value, the given one, how the first lies to the second
CASES = [
    ("TGL_LHR", "1990-08-17", "1990-08-18", "before"),
    ("TGL_LHR", "1990-08-17", "18-08-1990", "before"),
    ("TGL_LHR", "1990-08-17", "17-08-1990", "same"),
    ("TGL_LHR", "1990-08-17", "17/08/1990", "same"),
    ("TGL_LHR", "1990-08-17", "16-08-1990", "after"),
    ("TGL_LHR", "1990-08-17", "01-09-1989", "after"),
    ("TGL_LHR", "1990-08-17", "31-02-1990", "nothing"),
    ("TGL_LHR", "1990-08-17", "", "nothing"),
    ("TGL_LHR", "", "1990-08-17", "nothing"),
    ("TGL_LHR", "", "", "nothing"),
    ("NO_RT", "7", "10", "before"),
    ("NO_RT", "7", "010", "before"),
    ("NO_RT", "7", "007", "same"),
    ("NO_RT", "10", "9", "after"),
    ("NO_RT", "7", "7a", "nothing"),
    ("NO_RT", "7", " ", "nothing"),
    ("NO_RT", "", "7", "nothing"),
]


@pytest.mark.parametrize("relation", list(Relation))
@pytest.mark.parametrize(("code", "held", "given_value", "lies"), CASES)
def test_a_bound_stands_as_the_values_lie(
    code: str, held: str, given_value: str, lies: str, relation: Relation
) -> None:
    bound = Bound(code, relation, given_value)
    assert stands(bound, a_resident(**{code: held}), {}) is (relation in TRUE_OF[lies])


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 3), st.sampled_from(Relation))
def test_codes_are_numbers_however_padded(held: int, value: int, zeros: int, relation: Relation) -> None:
    bound = Bound("KODE_POS", relation, "0" * zeros + str(value))
    assert stands(bound, a_resident(KODE_POS=str(held)), {}) is COMPARED[relation](held, value)


DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2026, 11, 24))


@given(DAYS, DAYS, st.sampled_from(["%Y-%m-%d", "%d-%m-%Y"]), st.sampled_from(Relation))
def test_dates_are_days_however_written(held: dt.date, day: dt.date, form: str, relation: Relation) -> None:
    bound = Bound("TGL_LHR", relation, day.strftime(form))
    assert stands(bound, a_resident(TGL_LHR=held.isoformat()), {}) is COMPARED[relation](held, day)


@pytest.mark.parametrize("relation", list(Relation))
@pytest.mark.parametrize(
    "status", [status for status in ResidentStatus if status is not ResidentStatus.AKTIF]
)
def test_nothing_stands_of_who_cannot_be_answered_for(status: ResidentStatus, relation: Relation) -> None:
    for value in ("1989-01-01", "1990-08-17", "1991-01-01"):
        bound = Bound("TGL_LHR", relation, value)
        assert not stands(bound, a_resident(status), {})
        assert not stands(bound, None, {})
