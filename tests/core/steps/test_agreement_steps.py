"""The road of an agreement: every state is reached and left as its table says, and nobody walks another way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hakakses.core.steps import papers, roles
from hakakses.core.steps.agreement_steps import (
    BY_NAME,
    IN_FORCE,
    LAST,
    MOVES,
    NAMES,
    Agreed,
    Move,
    Obstacle,
    State,
    diagram,
    obstacle,
    open_moves,
)
from hakakses.core.steps.papers import Applicant, Level, Paper, checklist
from hakakses.core.steps.roles import Role

KINDS = [(regional, web_service) for regional in (False, True) for web_service in (False, True)]
ALL = frozenset(Role)


def _road(regional: bool, web_service: bool) -> set[State]:
    """Every state that an agreement of this kind can come to."""
    reached, waiting = set[State](), [State.DRAFT]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += [move.leads_to for move in open_moves(Agreed(state, regional, web_service), ALL)]
    return reached


@pytest.mark.parametrize(("regional", "web_service"), KINDS)
def test_every_state_of_a_kind_is_reached_and_can_be_left_unless_it_is_the_last(
    regional: bool, web_service: bool
) -> None:
    reached = _road(regional, web_service)
    absent = ({State.FORWARDED} if not regional else set()) | (
        {State.PROVING, State.PROVEN} if not web_service else set()
    )
    assert reached == set(State) - absent
    for state in reached:
        leaves = open_moves(Agreed(state, regional, web_service), ALL)
        assert bool(leaves) is (state not in LAST), state


@pytest.mark.parametrize(("regional", "web_service"), KINDS)
def test_a_right_never_answers_before_the_approver_activated_it(regional: bool, web_service: bool) -> None:
    entering = {
        move.name
        for move in MOVES
        if move.leads_to in IN_FORCE and not move.begins & (IN_FORCE | {State.CUT})
    }
    assert entering == {"activate"}
    assert BY_NAME["activate"].two_persons
    assert BY_NAME["activate"].owners == {Role.APPROVER}


WALK = [
    ("submit", Role.INSTITUTION_ADMIN, Paper.APPLICATION),
    ("forward", Role.REGIONAL, Paper.FORWARDING),
    ("approve_forwarded", Role.APPROVER, Paper.APPROVAL),
    ("sign", Role.DRAFTER, Paper.PKS),
    ("instruct", Role.DRAFTER, Paper.JUKNIS),
    ("hold", Role.REGIONAL, None),
    ("connect", Role.REGIONAL, Paper.NETWORK),
    ("prove", Role.DRAFTER, None),
    ("pass", Role.DRAFTER, Paper.POC),
    ("issue", Role.DRAFTER, Paper.ACCOUNT),
    ("activate", Role.APPROVER, None),
    ("warn", Role.SYSTEM, None),
    ("cut", Role.SYSTEM, None),
    ("restore", Role.SYSTEM, None),
    ("end", Role.APPROVER, None),
]


def _walk() -> Iterator[tuple[Agreed, Move, Role, tuple[Paper, ...]]]:
    state = State.DRAFT
    for name, role, paper in WALK:
        yield Agreed(state, True, True, "pemohon"), BY_NAME[name], role, (paper,) if paper else ()
        state = BY_NAME[name].leads_to


def test_an_office_walks_from_application_to_the_end() -> None:
    for agreed, move, role, given in _walk():
        assert obstacle(agreed, move.name, {role}, "lain", given, "alasan") is None, move.name


def test_each_condition_stands_in_the_way_by_its_own_name() -> None:
    for agreed, move, role, given in _walk():
        others = ALL - move.owners
        assert obstacle(agreed, move.name, others, "lain", given, "alasan") is Obstacle.NOT_OWNER
        elsewhere = next(state for state in State if state not in move.begins)
        moved = Agreed(elsewhere, True, True, "pemohon")
        assert obstacle(moved, move.name, {role}, "lain", given, "alasan") is Obstacle.WRONG_STATE
        if move.papers:
            assert obstacle(agreed, move.name, {role}, "lain", (), "alasan") is Obstacle.PAPER_MISSING
        if move.reason:
            assert obstacle(agreed, move.name, {role}, "lain", given, " ") is Obstacle.REASON_MISSING
        if move.two_persons:
            assert obstacle(agreed, move.name, {role}, "pemohon", given, "a") is Obstacle.SAME_PERSON
            alone = Agreed(agreed.state, True, True)
            assert obstacle(alone, move.name, {role}, "lain", given, "a") is Obstacle.NOBODY_ASKED


def test_kinds_walk_their_own_way() -> None:
    central = Agreed(State.SUBMITTED, False, True)
    assert obstacle(central, "forward", ALL, "x", (Paper.FORWARDING,)) is Obstacle.NOT_FOR_THIS_KIND
    portal = Agreed(State.CONNECTED, True, False)
    assert obstacle(portal, "prove", ALL, "x") is Obstacle.NOT_FOR_THIS_KIND
    assert obstacle(portal, "issue_unproven", ALL, "x", (Paper.ACCOUNT,)) is None
    web_service = Agreed(State.CONNECTED, True, True)
    assert obstacle(web_service, "issue_unproven", ALL, "x", (Paper.ACCOUNT,)) is Obstacle.NOT_FOR_THIS_KIND
    assert obstacle(web_service, "menghilang", ALL, "x") is Obstacle.UNKNOWN_MOVE


def test_auditors_change_nothing_and_every_word_has_its_names() -> None:
    assert not [move.name for move in MOVES if Role.AUDITOR in move.owners]
    assert NAMES.keys() == set(State)
    assert roles.NAMES.keys() == set(Role)
    assert papers.NAMES.keys() == set(Paper)
    assert all(move.text_id and move.text_en and move.owners for move in MOVES)
    assert len(BY_NAME) == len(MOVES)


CHECKLISTS = {
    Applicant(Level.CENTRAL): "application approval mou pks juknis nda sptjm network poc",
    Applicant(
        Level.CENTRAL, legal_entity=True
    ): "application supervisor_letter approval pks juknis nda sptjm network poc",
    Applicant(Level.REGENCY): "application forwarding approval pks juknis nda sptjm network poc",
    Applicant(
        Level.PROVINCE, web_service=False
    ): "application forwarding approval pks juknis nda sptjm network",
}


@pytest.mark.parametrize("applicant", CHECKLISTS)
def test_papers_depend_on_who_applies(applicant: Applicant) -> None:
    assert " ".join(checklist(applicant)) == CHECKLISTS[applicant]


def test_the_diagram_shows_every_move() -> None:
    text = diagram()
    assert all(f": {move.name}\n" in text for move in MOVES)
    assert text.count("-->") == 1 + len(LAST) + sum(len(move.begins) for move in MOVES)
