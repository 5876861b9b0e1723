"""A right permits exactly what it lists: nothing beside it, and everything in it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import NOON, a_right, an_ask

from hakakses.core.elements import BY_CODE
from hakakses.core.rights.ask import Caller, CallerKind, Method, Mode
from hakakses.core.rights.decision import Granted, decide
from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES, allows
from hakakses.core.rights.right import Granted as Clause
from hakakses.core.rights.right import Permission, Purpose

CODES = st.frozensets(st.sampled_from(sorted(BY_CODE)[:8]), max_size=6)
PURPOSES = st.dictionaries(st.sampled_from("ABC"), st.tuples(CODES, CODES))
METHODS, CALLERS = st.frozensets(st.sampled_from(Method)), st.frozensets(st.sampled_from(CallerKind))


@settings(deadline=None)  # a promise about rules, not about the speed of a busy machine
@given(st.data(), PURPOSES, METHODS, CALLERS, st.sampled_from(Mode), CODES)
def test_granted_exactly_when_all_is_listed(data, purposes, methods, callers, mode, asked):
    right = a_right(
        methods={method: Clause("Pasal 1") for method in methods},
        callers={kind: Clause("Pasal 1") for kind in callers},
        purposes={code: Purpose("x", "Pasal 2", *sets) for code, sets in purposes.items()},
        verify={code: Permission("Pasal 3") for verify, _ in purposes.values() for code in verify},
        read={code: Permission("Pasal 3") for _, read in purposes.values() for code in read},
    )
    method, kind = data.draw(st.sampled_from(Method)), data.draw(st.sampled_from(CallerKind))
    purpose = data.draw(st.sampled_from("ABC"))
    ask = an_ask(
        method=method,
        mode=mode,
        purpose=purpose,
        caller=Caller(kind, "op"),
        elements=dict.fromkeys(asked, "x"),
    )
    sets = purposes.get(purpose, (frozenset(), frozenset()))
    listed = sets[0] if mode is Mode.VERIFY else sets[1]
    permitted = method in methods and kind in callers and bool(asked) and asked <= listed
    assert isinstance(decide(right, ask, NOON), Granted) is permitted


@given(st.sets(st.binary(min_size=1, max_size=2), max_size=5), st.binary(min_size=1, max_size=2) | st.none())
def test_only_a_recorded_wrong_value_passes_once_the_budget_is_gone(recorded, tag):
    assert allows(recorded, tag) is (len(recorded) < DISTINCT_WRONG_VALUES or tag in recorded)
