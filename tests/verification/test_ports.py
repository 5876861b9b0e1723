"""What every register and every ledger promises; the fakes of the tests are held to it like the real ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.builders import NOON, OPERATOR, a_card, a_nik
from tests.verification.world import AS_OF, FAMILY, NEWEST, RESIDENTS, UNKNOWN

from hakakses.core.ledger.entry import leaf_hash
from hakakses.core.rights.guessing import WINDOW
from hakakses.store.ledger import SEAT_HELD_FOR
from hakakses.verification.ports import (
    AnsweredBefore,
    Earlier,
    Guess,
    GuessesUsedUp,
    Kept,
    OperatorElsewhere,
    OperatorUse,
    Outcome,
    QuotaUsedUp,
    Record,
    Written,
)
from hakakses.verification.verify import Stores

DAY = dt.date(2026, 11, 24)


def _record(text: str = "entry", **changes: Any) -> Record:
    return Record(text.encode(), leaf_hash(text.encode()), b"", changes.pop("time", NOON), **changes)


def _charged(quota: int, **changes: Any) -> Record:
    return _record(agreement="PKS/1", quota=quota, day=changes.pop("day", DAY), **changes)


async def test_a_resident_is_found_by_the_whole_number_alone(stores: Stores) -> None:
    held = await stores.register.fetch(a_nik())
    assert (held.resident, held.as_of, held.newest) == (RESIDENTS[a_nik()], AS_OF, NEWEST)
    nobody = await stores.register.fetch(UNKNOWN)
    assert (nobody.resident, nobody.as_of, nobody.newest) == (None, NEWEST, NEWEST)
    assert len({held.index, nobody.index}) == len({held.log_key, nobody.log_key}) == 2
    assert (len(held.index), len(held.log_key), len(nobody.log_key)) == (16, 32, 32)
    again = await stores.register.fetch(UNKNOWN)
    assert (again.index, again.log_key) == (nobody.index, nobody.log_key)


async def test_a_family_is_all_who_share_the_card_its_head_first(stores: Stores) -> None:
    assert await stores.register.family(a_card()) == FAMILY
    for nobodys in (a_card(2), "", a_card()[:-1], a_nik()):
        assert await stores.register.family(nobodys) == ()


async def test_entries_are_numbered_densely_and_refused_ones_not_at_all(stores: Stores) -> None:
    outcomes = [await stores.ledger.append(record) for record in (_record(), _charged(0), _record("next"))]
    assert outcomes == [Written(0, 0), QuotaUsedUp(), Written(1, 0)]


async def test_the_quota_is_counted_per_day(stores: Stores) -> None:
    outcomes = [await stores.ledger.append(_charged(2)) for _ in range(3)]
    assert outcomes == [Written(0, 1), Written(1, 0), QuotaUsedUp()]
    tomorrow = _charged(2, day=DAY + dt.timedelta(days=1))
    assert await stores.ledger.append(tomorrow) == Written(2, 1)


async def test_a_fourth_wrong_value_is_refused_until_the_window_has_passed(stores: Stores) -> None:
    def guess(tag: bytes | None, element: int = 2, time: dt.datetime = NOON) -> Record:
        subject = stores.ledger.guess_subject("bank", b"i" * 16)
        return _charged(99, guess_subject=subject, guesses=(Guess(element, tag),), time=time)

    for tag in (b"a", b"b", b"a", b"c", b"a"):
        assert isinstance(await stores.ledger.append(guess(tag)), Written)
    for tag in (b"d", None):
        assert await stores.ledger.append(guess(tag)) == GuessesUsedUp()
    assert isinstance(await stores.ledger.append(guess(b"d", element=3)), Written)
    later = NOON + WINDOW + dt.timedelta(seconds=1)
    assert isinstance(await stores.ledger.append(guess(b"d", time=later)), Written)


MOMENT = dt.timedelta(seconds=1)
# Who asks, from where and how long after OPERATOR was answered at loket-1, and whether an answer is written.
SEATS = {
    "the same seat": (OPERATOR, "loket-1", MOMENT, True),
    "another seat": (OPERATOR, "loket-2", MOMENT, False),
    "another seat within the time": (OPERATOR, "loket-2", SEAT_HELD_FOR, False),
    "another seat later": (OPERATOR, "loket-2", SEAT_HELD_FOR + MOMENT, True),
    "the seat in another spelling": (OPERATOR, "Loket-1", MOMENT, False),
    "another operator at the seat": ("petugas-08", "loket-1", MOMENT, True),
    "another operator elsewhere": ("petugas-08", "loket-2", MOMENT, True),
}


def _seated(operator: str, workstation: str, time: dt.datetime = NOON, **changes: Any) -> Record:
    use = OperatorUse(changes.pop("agreement", "PKS/1"), operator, workstation)
    return _record(agreement=use.agreement, quota=9, day=DAY, operator=use, time=time, **changes)


@pytest.mark.parametrize("case", SEATS)
async def test_an_operator_sits_at_one_workstation_at_a_time(stores: Stores, case: str) -> None:
    operator, workstation, after, written = SEATS[case]
    assert await stores.ledger.append(_seated(OPERATOR, "loket-1")) == Written(0, 8)
    outcome = await stores.ledger.append(_seated(operator, workstation, NOON + after))
    assert outcome == (Written(1, 7) if written else OperatorElsewhere())


async def test_an_operators_name_under_another_agreement_is_another_person(stores: Stores) -> None:
    await stores.ledger.append(_seated(OPERATOR, "loket-1"))
    assert await stores.ledger.append(_seated(OPERATOR, "loket-2", agreement="PKS/2")) == Written(1, 8)


async def test_an_answer_takes_and_holds_a_seat_and_a_refusal_does_not(stores: Stores) -> None:
    async def ask(workstation: str, after: dt.timedelta, **changes: Any) -> Outcome:
        return await stores.ledger.append(_seated(OPERATOR, workstation, NOON + after, **changes))

    assert isinstance(await ask("loket-1", dt.timedelta()), Written)
    assert await ask("loket-2", MOMENT) == OperatorElsewhere()
    assert isinstance(await ask("loket-1", 2 * MOMENT), Written), "the refusal took no seat"
    assert await ask("loket-2", 2 * MOMENT + SEAT_HELD_FOR) == OperatorElsewhere(), "the answer held it anew"
    assert isinstance(await ask("loket-2", 3 * MOMENT + SEAT_HELD_FOR), Written)
    assert await ask("loket-1", 4 * MOMENT + SEAT_HELD_FOR) == OperatorElsewhere(), "the seat went over"


async def test_guess_tags_tell_their_subject_element_and_value_apart(stores: Stores) -> None:
    ledger = stores.ledger
    subjects = [ledger.guess_subject(who, about) for who in ("bank", "bpjs") for about in (b"i", b"j")]
    tags = [ledger.guess_tag(subject, n, v) for subject in subjects for n in (1, 2) for v in ("A", "B")]
    assert len(set(tags)) == len(tags) == 16
    assert ledger.guess_tag(subjects[0], 1, "A") == tags[0]


async def test_an_answer_is_kept_once_under_its_key(stores: Stores) -> None:
    now = dt.datetime.now(dt.UTC)  # kept answers are forgotten after a day
    kept = Kept("client", b"k" * 32, b"r" * 32, b"answer")
    assert await stores.ledger.append(_charged(5, kept=kept, time=now)) == Written(0, 4)
    assert await stores.ledger.append(_charged(5, kept=kept, time=now)) == AnsweredBefore()
    assert await stores.ledger.earlier("client", kept.key) == Earlier(kept.request, b"answer", 0, 4)
    assert await stores.ledger.earlier("another", kept.key) is None
    assert await stores.ledger.append(_charged(5, time=now)) == Written(1, 3)
