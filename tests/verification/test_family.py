"""Reading a family card: every member is an ask of its own, and nobody is looked up before the first is answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.builders import NOON, OPERATOR, a_card, a_nik, a_right, an_ask, an_asker
from tests.fakes import FakeLedger, FakeRegister
from tests.random_agreements import agreements, asks, granted
from tests.verification.world import ALONE, AS_OF, BLOCKED, DEAD, FAMILY, NEWEST, RESIDENTS, UNKNOWN, WIFE

from hakakses.core import problems
from hakakses.core.agreements.agreement import Agreement, ElementGrant
from hakakses.core.agreements.compiler import compile_agreement
from hakakses.core.elements import BY_CODE
from hakakses.core.ledger.entry import decode_entry
from hakakses.core.problems import Problem, Refused
from hakakses.core.residents import Resident
from hakakses.core.rights.ask import Ask, Caller, CallerKind, Mode
from hakakses.core.rights.right import AccessRight, Permission, Purpose
from hakakses.verification.answer import Answer
from hakakses.verification.family import read_family
from hakakses.verification.verify import Stores

SHOWN = frozenset({"NIK", "STAT_HBKEL"})
ANSWERED = [nik for nik in FAMILY if nik not in (DEAD, BLOCKED)]


def _right(
    read: frozenset[str] = SHOWN | {"NO_KK"}, for_purpose: frozenset[str] | None = None, **changes: Any
) -> AccessRight:
    purpose = Purpose(
        "Bantuan keluarga", "Pasal 2", frozenset(), read if for_purpose is None else for_purpose
    )
    return a_right(
        read={code: Permission("Pasal 5") for code in sorted(read)}, purposes={"BANSOS": purpose}, **changes
    )


def _ask(nik: str = FAMILY[0], **changes: Any) -> Ask:
    return an_ask(
        mode=Mode.READ, purpose="BANSOS", nik=nik, elements=dict.fromkeys(sorted(SHOWN), ""), **changes
    )


def _decisions(ledger: FakeLedger) -> list[str]:
    return [decode_entry(entry).decision for entry in ledger.entries]


def _fakes(residents: dict[str, Resident] | None = None) -> tuple[Stores, FakeRegister, FakeLedger]:
    register, ledger = (
        FakeRegister(RESIDENTS if residents is None else residents, AS_OF, NEWEST),
        FakeLedger(),
    )
    return Stores(register, ledger), register, ledger


@pytest.mark.parametrize("asked", ANSWERED, ids=["the head", "the wife"])
async def test_all_who_may_be_answered_for_are_told_in_the_cards_order(stores: Stores, asked: str) -> None:
    answers = await read_family(_ask(asked), an_asker(_right()), stores, NOON)
    assert isinstance(answers, dict)
    assert list(answers) == ANSWERED
    assert [answer.elements["NIK"] for answer in answers.values()] == ANSWERED
    assert all(answer.elements.keys() == SHOWN for answer in answers.values())


async def test_every_member_has_an_entry_and_a_charge_of_its_own() -> None:
    stores, register, ledger = _fakes()
    await read_family(_ask(WIFE), an_asker(_right()), stores, NOON)
    assert Counter(_decisions(ledger)) == {"READ": 2, problems.RESIDENT_NOT_ANSWERED.code: 2}
    assert Counter(register.asked) == Counter((*FAMILY, WIFE)), (
        "the one asked is fetched once more for the card"
    )
    nonces = {decode_entry(entry).nonce for entry in ledger.entries}
    assert len(nonces) == len(FAMILY)
    last = await read_family(_ask(ALONE), an_asker(_right()), stores, NOON)
    assert isinstance(last, dict)
    assert [answer.quota_remaining for answer in last.values()] == [1000 - 5]


async def test_who_has_no_card_is_answered_alone() -> None:
    stores, _, ledger = _fakes()
    answers = await read_family(_ask(ALONE), an_asker(_right()), stores, NOON)
    assert isinstance(answers, dict)
    assert list(answers) == [ALONE]
    assert _decisions(ledger) == ["READ"]


@pytest.mark.parametrize("quota", range(len(FAMILY)))
async def test_a_quota_that_ends_in_the_middle_refuses_and_what_was_answered_stays_logged(quota: int) -> None:
    stores, _, ledger = _fakes()
    refused = await read_family(_ask(), an_asker(_right(quota_per_day=quota)), stores, NOON)
    assert isinstance(refused, Refused)
    assert refused.problem is problems.QUOTA_EXHAUSTED
    assert _decisions(ledger)[-1] == problems.QUOTA_EXHAUSTED.code
    assert len(ledger.entries) == quota + 1


UNREGISTERED = Caller(CallerKind.OPERATOR, "nobody")
# What is not granted, and the refusal: nothing at all may be fetched then.
NOT_GRANTED: dict[str, tuple[Ask, AccessRight, Problem]] = {
    "the card's number": (_ask(), _right(SHOWN), problems.ELEMENT_NOT_GRANTED),
    "the card's number for this purpose": (_ask(), _right(for_purpose=SHOWN), problems.ELEMENT_NOT_FOR_PURPOSE),
    "an element": (_ask(), _right(frozenset({"NO_KK", "NIK"})), problems.ELEMENT_NOT_GRANTED),
    "no element asked": (replace(_ask(), elements={}), _right(), problems.NO_ELEMENTS),
    "the purpose": (replace(_ask(), purpose="LAIN"), _right(), problems.PURPOSE_NOT_GRANTED),
    "the operator": (replace(_ask(), caller=UNREGISTERED), _right(), problems.OPERATOR_UNKNOWN),
    "the network": (replace(_ask(), address="10.9.9.9"), _right(), problems.OUTSIDE_NETWORK),
    "a number that is none": (_ask("0" * 16), _right(), problems.INVALID_NIK),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_GRANTED)
async def test_nobody_is_looked_up_for_what_is_not_granted(case: str) -> None:
    ask, right, problem = NOT_GRANTED[case]
    stores, register, ledger = _fakes()
    refused = await read_family(ask, an_asker(right), stores, NOON)
    assert isinstance(refused, Refused)
    assert refused.problem is problem
    assert register.asked == register.families == []
    assert _decisions(ledger) == [problem.code]


@pytest.mark.parametrize("nik", [UNKNOWN, DEAD, BLOCKED], ids=["unknown", "dead", "blocked"])
async def test_no_family_is_looked_up_through_who_may_not_be_answered_for(nik: str) -> None:
    stores, register, ledger = _fakes()
    refused = await read_family(_ask(nik), an_asker(_right()), stores, NOON)
    assert isinstance(refused, Refused)
    assert refused.problem is problems.RESIDENT_NOT_ANSWERED
    assert (register.asked, register.families, len(ledger.entries)) == ([nik], [], 1)


async def test_an_operator_reads_a_family_from_one_seat() -> None:
    stores, _, _ = _fakes()
    sitting = replace(_ask(), caller=Caller(CallerKind.OPERATOR, OPERATOR, "loket-1"))
    answers = await read_family(sitting, an_asker(_right()), stores, NOON)
    assert isinstance(answers, dict)
    assert len(answers) == len(ANSWERED)
    moved = replace(sitting, caller=Caller(CallerKind.OPERATOR, OPERATOR, "loket-2"))
    refused = await read_family(moved, an_asker(_right()), stores, NOON)
    assert isinstance(refused, Refused)
    assert refused.problem is problems.OPERATOR_SHARED


async def test_a_family_is_never_verified() -> None:
    stores, register, _ = _fakes()
    with pytest.raises(ValueError, match="read"):
        await read_family(an_ask(), an_asker(), stores, NOON)
    assert register.asked == []


async def test_a_member_whose_row_went_meanwhile_is_left_out() -> None:
    """A publication may come between two look-ups; the answer is then about those who are held."""
    residents = dict(RESIDENTS)
    stores, register, _ = _fakes(residents)
    family = register.family

    async def and_gone(no_kk: str) -> tuple[str, ...]:
        found = await family(no_kk)
        del residents[WIFE]
        return found

    register.family = and_gone  # type: ignore[method-assign]
    answers = await read_family(_ask(), an_asker(_right()), stores, NOON)
    assert isinstance(answers, dict)
    assert list(answers) == [a_nik()]
    assert register.families == [a_card()]
    assert all(isinstance(answer, Answer) for answer in answers.values())


@st.composite
def _papers(draw: st.DrawFn) -> Agreement:
    """A random agreement that may grant the card's number too: for reading or verifying, for some purposes."""
    agreement = draw(agreements())
    modes = draw(st.sampled_from([(), (Mode.VERIFY,), (Mode.READ,), (Mode.READ,), tuple(Mode)]))
    used = [purpose.code for purpose in agreement.purposes]
    purposes = draw(st.lists(st.sampled_from(used), min_size=1, unique=True))
    if not modes:
        return agreement
    elements = [grant for grant in agreement.elements if grant.code != "NO_KK"]
    card = ElementGrant("NO_KK", modes, tuple(purposes), clause="Juknis butir 3.99")
    return replace(agreement, elements=(*elements, card))


@settings(max_examples=300)
@given(_papers(), st.data())
def test_a_family_tells_what_the_paper_grants_and_nothing_else(
    agreement: Agreement, data: st.DataObject
) -> None:
    drawn = data.draw(asks(agreement, FAMILY[0]))
    reading = replace(drawn, mode=Mode.READ, elements=dict.fromkeys(drawn.elements, ""))
    usual = sorted(granted(agreement, reading, NOON.isoweekday()))
    codes = data.draw(st.lists(st.sampled_from(usual), min_size=1, unique=True) if usual else st.just([]))
    ask = data.draw(st.sampled_from([reading, *[replace(reading, elements=dict.fromkeys(codes, ""))] * 3]))
    right = compile_agreement(agreement)
    assume(isinstance(right, AccessRight))
    assert isinstance(right, AccessRight)
    stores, register, ledger = _fakes()
    told = asyncio.run(
        read_family(ask, an_asker(right, operators={OPERATOR: True, "op": True}), stores, NOON)
    )
    allowed = granted(agreement, ask, NOON.isoweekday())
    permitted = bool(ask.elements) and ask.elements.keys() | {"NO_KK"} <= allowed
    event(f"permitted: {permitted}")
    assert bool(register.asked or register.families) is permitted
    assert len(ledger.entries) == (len(FAMILY) if permitted else 1)
    assert isinstance(told, dict) is permitted
    if isinstance(told, dict):
        held = [RESIDENTS[nik].values for nik in ANSWERED]
        assert [one.elements for one in told.values()] == [
            {code: values[BY_CODE[code].position] for code in ask.elements} for values in held
        ]
