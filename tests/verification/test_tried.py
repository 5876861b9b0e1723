"""Which values count against the guessing budget: those whose answer tells a guesser something."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import an_ask

from hakakses.core import problems
from hakakses.core.elements import BY_CODE
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Bound, Relation
from hakakses.verification.tried import tried_values

NAME, BORN, SEX = "NAMA_LGKP", "TGL_LHR", "JENIS_KLMIN"
OLDER, YOUNGER = Bound(BORN, Relation.LESS, "1990-01-01"), Bound(BORN, Relation.GREATER, "1980-01-01")


def _tried(
    elements: dict[str, str],
    *,
    scores: dict[str, int] | None = None,
    **changes: Any,
) -> dict[str, str | None] | Refused:
    """Code -> what counts.  scores: of the values, 0 where none is given."""
    measured = dict.fromkeys(elements, 0) | (scores or {})
    found = tried_values(an_ask(elements=elements, **changes), measured)
    if isinstance(found, Refused):
        return found
    by_place = {element.position: code for code, element in BY_CODE.items()}
    return {by_place[place]: text for place, text in found.items()}


def test_a_wrong_value_counts_and_a_right_one_does_not() -> None:
    assert _tried({NAME: "BUDI", SEX: "PEREMPUAN"}, scores={NAME: 100}) == {NAME: None, SEX: "PEREMPUAN"}


@pytest.mark.parametrize(
    ("code", "spellings"),
    [
        (NAME, ("Budi  Santoso", "BUDI SANTOSO", "budi santoso")),
        (BORN, ("1990-08-17", "17-08-1990", "17/08/1990")),
        ("NO_RT", ("7", "007", " 7")),
    ],
)
def test_spellings_that_are_treated_alike_count_once(code: str, spellings: tuple[str, ...]) -> None:
    found = [_tried({code: text}) for text in spellings]
    assert isinstance(found[0], dict)
    assert found[0][code]
    assert found == [found[0]] * len(spellings)


@pytest.mark.parametrize(("score", "counts"), [(0, True), (85, True), (99, True), (100, False)])
def test_every_value_but_the_held_one_counts_near_enough_or_not(score: int, counts: bool) -> None:
    found = _tried({NAME: "BUDI SANTOSA"}, scores={NAME: score})
    assert found == {NAME: "BUDI SANTOSA" if counts else None}


@pytest.mark.parametrize("value", ["BUDI\u200b", "\u00adBUDI", "BUDI\u0085", "B\u202eUDI"])
def test_whether_a_value_can_be_read_does_not_depend_on_its_being_right(value: str) -> None:
    told = [_tried({NAME: value}, scores={NAME: score}) for score in (0, 100)]
    assert told == [Refused(problems.INVALID_VALUE, part=NAME)] * 2


@pytest.mark.parametrize(
    ("code", "value"),
    [(BORN, "31-02-1990"), ("NO_RT", "7a"), (NAME, "B" * 10_000), (NAME, "BUDI\u202e"), (NAME, "A\x1fB")],
)
def test_what_cannot_be_a_value_is_refused_and_not_repeated(code: str, value: str) -> None:
    assert _tried({code: value}) == Refused(problems.INVALID_VALUE, part=code)


def test_a_bound_counts_right_or_wrong() -> None:
    found = _tried({}, bounds=(OLDER,))
    assert isinstance(found, dict)
    assert found.keys() == {BORN}
    assert found[BORN]
    assert found == _tried({}, bounds=(Bound(BORN, Relation.LESS, "01-01-1990"),)), "however it is written"
    others = [Bound(BORN, Relation.AT_MOST, "1990-01-01"), Bound(BORN, Relation.LESS, "1990-01-02")]
    assert all(found != _tried({}, bounds=(other,)) for other in others)


@given(st.permutations([OLDER, YOUNGER, OLDER]))
def test_bounds_of_one_element_are_one_value_in_any_order(bounds: list[Bound]) -> None:
    assert _tried({}, bounds=tuple(bounds)) == _tried({}, bounds=(YOUNGER, OLDER))


def test_a_bound_and_a_value_of_one_element_are_one_value() -> None:
    values = [{}, {BORN: "1985-05-05"}, {BORN: "1985-05-06"}]
    found = [_tried(value, bounds=(OLDER,)) for value in values]
    assert all(isinstance(one, dict) and one.keys() == {BORN} for one in found)
    assert len({str(one) for one in found}) == len(values)


@pytest.mark.parametrize("value", ["31-02-1990", "", " ", "1990\x00"])
def test_a_bound_that_cannot_be_a_value_is_refused(value: str) -> None:
    found = _tried({}, bounds=(Bound(BORN, Relation.LESS, value),))
    assert found == Refused(problems.INVALID_VALUE, part=BORN)
