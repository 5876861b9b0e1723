"""Ways around the guessing budget that were found by trying, and stay closed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.builders import NOON, a_resident, a_right, an_ask, an_asker
from tests.fakes import FakeLedger, FakeRegister
from tests.verification.world import AS_OF, NEWEST, fake_stores

from hakakses.core import problems
from hakakses.core.problems import Problem, Refused
from hakakses.core.rights.ask import Ask, Bound, Relation
from hakakses.core.rights.right import AccessRight, Permission
from hakakses.verification.answer import Answer, Result
from hakakses.verification.verify import Stores, verify

MOTHER, BORN = "NAMA_LGKP_IBU", "TGL_LHR"
RANGES = a_right(verify={**a_right().verify, BORN: Permission("Pasal 4", relations=(Relation.AT_LEAST,))})


async def _told(ask: Ask, stores: Stores, right: AccessRight | None = None) -> Problem | Result | None:
    outcome = await verify(ask, an_asker(right), stores, NOON)
    return outcome.problem if isinstance(outcome, Refused) else outcome.result


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u202e", "\u2060", "\ufeff", "\u0085"])
@pytest.mark.parametrize("code", ["NAMA_LGKP", "JENIS_KLMIN", MOTHER])
async def test_an_unseen_sign_in_a_value_does_not_make_wrong_ones_free(code: str, sign: str) -> None:
    """Folding drops such signs, so a right value used to be SESUAI and a wrong one a refusal without a count."""
    values = {"NAMA_LGKP": "BUDI SANTOSO", "JENIS_KLMIN": "LAKI-LAKI", MOTHER: "SITI AMINAH"}
    stores = fake_stores()
    outcomes = [
        await _told(an_ask(elements={code: f"{value}{sign}"}), stores)
        for value in (values[code], "SALAH SEKALI")
    ]
    assert outcomes == [problems.INVALID_VALUE] * 2


async def test_a_held_value_that_cannot_be_read_is_no_oracle_for_others() -> None:
    held = a_resident(NAMA_LGKP="李明")
    stores = Stores(FakeRegister({an_ask().nik: held}, AS_OF, NEWEST), FakeLedger())
    outcomes = [await _told(an_ask(elements={"NAMA_LGKP": name}), stores) for name in ("李明", "王明")]
    assert outcomes == [problems.INVALID_VALUE] * 2


def _with_bound(claim: str | None, code: str, relation: Relation, value: str) -> Ask:
    elements = {} if claim is None else {code: claim}
    return an_ask(elements=elements, bounds=(Bound(code, relation, value),))


async def test_a_bound_asked_before_does_not_free_the_right_value_beside_it() -> None:
    stores = fake_stores()
    dates = ("1990-08-14", "1990-08-15", "1990-08-16", "1990-08-17")
    asks = [_with_bound(claim, BORN, Relation.AT_LEAST, "1900-01-01") for claim in (None, *dates)]
    told = [await _told(ask, stores, RANGES) for ask in asks]
    assert told == [Result.SESUAI, *[Result.TIDAK_SESUAI] * 2, *[problems.GUESSES_EXHAUSTED] * 2]


async def test_a_blank_claim_does_not_stand_for_the_right_one_beside_an_equality() -> None:
    stores = fake_stores()
    claims = ("", "RAMLAH", "NURLELA", "SITI AMINAH")
    asks = [_with_bound(claim, MOTHER, Relation.EQUAL, "SITI AMINAH") for claim in claims]
    told = [await _told(ask, stores) for ask in asks]
    assert told == [*[Result.TIDAK_SESUAI] * 3, problems.GUESSES_EXHAUSTED]


@pytest.mark.parametrize(("floor", "result"), [(85, Result.SESUAI), (100, Result.TIDAK_SESUAI)])
async def test_the_agreements_floor_holds_for_an_equality_among_bounds(floor: int, result: Result) -> None:
    right = a_right(verify={**a_right().verify, MOTHER: Permission("Pasal 4", floor)})
    asked = an_ask(elements={}, bounds=(Bound(MOTHER, Relation.EQUAL, "SITI AMINA"),))
    assert await _told(asked, fake_stores(), right) is result


SPELLINGS: dict[str, tuple[str, ...]] = {
    "one name": ("RAMLAH YUSUF", "Ramlah  Yusuf", "HJ. RAMLAH YUSUF", "RAMLAH YOESOEF", "RAMLAH YUSUF, S.E"),
    "a blank": ("", " ", "-", "..."),
}


@pytest.mark.parametrize("kind", SPELLINGS)
async def test_spellings_of_one_value_are_one_try_and_tell_one_thing(kind: str) -> None:
    stores = fake_stores()
    asker = an_asker()
    answers: list[Any] = [
        await verify(an_ask(elements={MOTHER: text}, scored=True), asker, stores, NOON)
        for text in SPELLINGS[kind]
    ]
    assert len({(answer.result, answer.scores[MOTHER]) for answer in answers}) == 1
    others = [await _told(an_ask(elements={MOTHER: name}), stores) for name in ("WATI", "YATI", "SUSI")]
    assert others == [*[Result.TIDAK_SESUAI] * 2, problems.GUESSES_EXHAUSTED]


async def test_a_near_value_that_is_sesuai_counts_at_a_door_without_numbers_too() -> None:
    stores = fake_stores()
    names = ("SITI AMINA", "SITI AMINAHH", "SITI AMINNAH", "SITI AMINAH", "SITI AMINA")
    told = [await _told(an_ask(elements={MOTHER: name}), stores) for name in names]
    assert told == [*[Result.SESUAI] * 3, problems.GUESSES_EXHAUSTED, Result.SESUAI]


async def test_all_clients_and_agreements_of_one_institution_share_its_tries() -> None:
    stores = fake_stores()
    askers = [an_asker(a_right(agreement=f"PKS/{n}"), client=f"client-{n}") for n in range(4)]
    outcomes = [
        await verify(an_ask(elements={MOTHER: name}), asker, stores, NOON)
        for asker, name in zip(askers, ("WATI", "YATI", "SUSI", "SITI AMINAH"), strict=True)
    ]
    assert all(isinstance(outcome, Answer) for outcome in outcomes[:3])
    assert outcomes[3] == Refused(problems.GUESSES_EXHAUSTED)
