"""Whether a credential may speak for a caller: each kind, each place, each person."""

from __future__ import annotations

import pytest
from tests.builders import a_right, an_ask

from hakakses.core import problems
from hakakses.core.problems import Problem, Refused
from hakakses.core.rights.ask import Caller, CallerKind
from hakakses.core.rights.callers import Credential, check_caller

MACHINE, OPERATOR = CallerKind.MACHINE, CallerKind.OPERATOR
RIGHT = a_right(callers_clause="Pasal 3", networks_clause="Pasal 7")
HERE, ELSEWHERE = "10.0.0.5", "10.0.1.5"
STAFF = {"op-1": True, "op-2": False}
BOTH = frozenset(CallerKind)

# the credential's kinds, the caller, the address, and the refusal with its clause and part
CASES: list[tuple[frozenset[CallerKind], Caller, str, tuple[Problem, str, str] | None]] = [
    (BOTH, Caller(MACHINE), HERE, None),
    (BOTH, Caller(OPERATOR, "op-1"), HERE, None),
    (frozenset({MACHINE}), Caller(MACHINE), HERE, None),
    (frozenset({OPERATOR}), Caller(OPERATOR, "op-1"), HERE, None),
    (frozenset({MACHINE}), Caller(OPERATOR, "op-1"), HERE, (problems.CALLER_NOT_GRANTED, "Pasal 3", "operator")),
    (frozenset({OPERATOR}), Caller(MACHINE), HERE, (problems.CALLER_NOT_GRANTED, "Pasal 3", "machine")),
    (frozenset(), Caller(MACHINE), HERE, (problems.CALLER_NOT_GRANTED, "Pasal 3", "machine")),
    (BOTH, Caller(MACHINE), ELSEWHERE, (problems.OUTSIDE_NETWORK, "Pasal 7", "client")),
    (BOTH, Caller(OPERATOR, "op-1"), ELSEWHERE, (problems.OUTSIDE_NETWORK, "Pasal 7", "client")),
    (BOTH, Caller(MACHINE), "nowhere", (problems.OUTSIDE_NETWORK, "Pasal 7", "client")),
    (BOTH, Caller(OPERATOR, "op-2"), HERE, (problems.OPERATOR_DISABLED, "Pasal 3", "caller.operator")),
    (BOTH, Caller(OPERATOR, "op-3"), HERE, (problems.OPERATOR_UNKNOWN, "Pasal 3", "caller.operator")),
    (BOTH, Caller(OPERATOR, "OP-1"), HERE, (problems.OPERATOR_UNKNOWN, "Pasal 3", "caller.operator")),
    (BOTH, Caller(OPERATOR, "op-1 "), HERE, (problems.OPERATOR_UNKNOWN, "Pasal 3", "caller.operator")),
    (BOTH, Caller(OPERATOR), HERE, (problems.OPERATOR_UNKNOWN, "Pasal 3", "caller.operator")),
    # A place is asked before a person, so that who calls from outside learns no operator's name.
    (BOTH, Caller(OPERATOR, "op-3"), ELSEWHERE, (problems.OUTSIDE_NETWORK, "Pasal 7", "client")),
]  # fmt: skip


@pytest.mark.parametrize(("kinds", "caller", "address", "refusal"), CASES)
def test_a_credential_speaks_for_its_kinds_from_its_place_and_its_persons(
    kinds: frozenset[CallerKind], caller: Caller, address: str, refusal: tuple[Problem, str, str] | None
) -> None:
    credential = Credential("client-1", kinds, ("10.0.0.0/24",), STAFF)
    found = check_caller(RIGHT, credential, an_ask(caller=caller, address=address))
    assert found == (None if refusal is None else Refused(*refusal))


def test_a_credential_without_a_network_is_nowhere_at_home() -> None:
    nowhere = Credential("client-1", BOTH, (), STAFF)
    found = check_caller(RIGHT, nowhere, an_ask())
    assert isinstance(found, Refused)
    assert found.problem is problems.OUTSIDE_NETWORK
