"""Every refusal of a right says which rule and under which clause; who may what is asked in tests/verification."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import NOON, a_right, an_ask

from hakakses.core import problems
from hakakses.core.agreements.compiler import empty_right
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Caller, CallerKind, Method, Mode
from hakakses.core.rights.decision import Granted, decide
from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES, allows
from hakakses.core.rights.right import Granted as Clause
from hakakses.core.rights.right import Hours, Permission, Purpose

PURPOSES = {
    "KYC": Purpose(
        "Mengenal nasabah", "Pasal 2 ayat (1)", frozenset({"NAMA_LGKP"}), frozenset({"NAMA_LGKP"})
    ),
    "KREDIT": Purpose("Kredit", "Pasal 2 ayat (2)", frozenset({"ALAMAT"}), frozenset()),
}
RIGHT = a_right(
    period_clause="Pasal 9",
    methods={Method.WEB_SERVICE: Clause("Pasal 4 ayat (1)")},
    methods_clause="Pasal 4 ayat (1)",
    callers={CallerKind.OPERATOR: Clause("Pasal 4 ayat (2)")},
    callers_clause="Pasal 4 ayat (2)",
    purposes=PURPOSES,
    purposes_clause="Pasal 2 ayat (1), Pasal 2 ayat (2)",
    verify={"NAMA_LGKP": Permission("Juknis butir 3.1", 85), "ALAMAT": Permission("Juknis butir 3.2", 80)},
    read={"NAMA_LGKP": Permission("Juknis butir 3.1")},
    elements_clause="Juknis butir 3.1, Juknis butir 3.2",
    hours=(Hours((1, 2, 3, 4, 5), dt.time(8), dt.time(16)),),
    hours_clause="Juknis butir 7",
    networks_clause="Juknis butir 6",
)
OPERATOR = Caller(CallerKind.OPERATOR, "op-1")
NAME = {"NAMA_LGKP": "BUDI"}
EVENING = NOON + dt.timedelta(hours=6)
REFUSALS = [
    ({}, NOON.replace(year=2027), problems.NOT_IN_FORCE, "Pasal 9", ""),
    ({}, NOON.replace(year=2025), problems.NOT_IN_FORCE, "Pasal 9", ""),
    ({"address": "192.0.2.1"}, NOON, problems.OUTSIDE_NETWORK, "Juknis butir 6", ""),
    ({"address": "nowhere"}, NOON, problems.OUTSIDE_NETWORK, "Juknis butir 6", ""),
    ({}, EVENING, problems.OUTSIDE_HOURS, "Juknis butir 7", ""),
    ({"method": Method.BULK}, NOON, problems.METHOD_NOT_GRANTED, "Pasal 4 ayat (1)", "bulk"),
    (
        {"caller": Caller(CallerKind.MACHINE)},
        NOON,
        problems.CALLER_NOT_GRANTED,
        "Pasal 4 ayat (2)",
        "machine",
    ),
    (
        {"caller": Caller(CallerKind.OPERATOR, " ")},
        NOON,
        problems.OPERATOR_MISSING,
        "Pasal 4 ayat (2)",
        "caller.operator",
    ),
    (
        {"purpose": "IKLAN"},
        NOON,
        problems.PURPOSE_NOT_GRANTED,
        "Pasal 2 ayat (1), Pasal 2 ayat (2)",
        "purpose",
    ),
    ({"elements": {}}, NOON, problems.NO_ELEMENTS, "", "elements"),
    (
        {"elements": {"AGAMA": "x"}},
        NOON,
        problems.ELEMENT_NOT_GRANTED,
        "Juknis butir 3.1, Juknis butir 3.2",
        "AGAMA",
    ),
    (
        {"mode": Mode.READ, "elements": {"ALAMAT": ""}},
        NOON,
        problems.ELEMENT_NOT_GRANTED,
        "Juknis butir 3.1, Juknis butir 3.2",
        "ALAMAT",
    ),
    (
        {"elements": {"ALAMAT": "x"}},
        NOON,
        problems.ELEMENT_NOT_FOR_PURPOSE,
        "Juknis butir 3.2, Pasal 2 ayat (1)",
        "ALAMAT",
    ),
    ({"elements": {"HOBI": "x"}}, NOON, problems.UNKNOWN_ELEMENT, "", "HOBI"),
    ({"elements": {"Budi Santoso 1990": "x"}}, NOON, problems.UNKNOWN_ELEMENT, "", "elements"),
]


@pytest.mark.parametrize(("changes", "now", "problem", "clause", "part"), REFUSALS)
def test_a_refusal_names_its_rule_clause_and_part(changes, now, problem, clause, part):
    ask = an_ask(**{"caller": OPERATOR, "elements": NAME, **changes})
    assert decide(RIGHT, ask, now) == Refused(problem, clause, part)
    assert isinstance(decide(RIGHT, an_ask(caller=OPERATOR, elements=NAME), NOON), Granted)


def test_a_mode_that_no_element_has_is_refused_under_the_elements():
    right = a_right(read={}, elements_clause="Juknis butir 3")
    refused = decide(right, an_ask(mode=Mode.READ, elements=NAME), NOON)
    assert refused == Refused(problems.MODE_NOT_GRANTED, "Juknis butir 3", "read")


@given(
    st.sampled_from(Method), st.sampled_from(Mode), st.sampled_from(CallerKind), st.sampled_from(("KYC", ""))
)
def test_an_ended_agreement_is_not_in_force_for_any_ask(method, mode, kind, purpose):
    ask = an_ask(method=method, mode=mode, caller=Caller(kind, "op-1"), purpose=purpose)
    assert decide(empty_right(RIGHT), ask, NOON) == Refused(problems.NOT_IN_FORCE, "Pasal 9")


@given(st.sets(st.binary(min_size=1, max_size=2), max_size=5), st.binary(min_size=1, max_size=2) | st.none())
def test_only_a_recorded_wrong_value_passes_once_the_budget_is_gone(recorded, tag):
    assert allows(recorded, tag) is (len(recorded) < DISTINCT_WRONG_VALUES or tag in recorded)
