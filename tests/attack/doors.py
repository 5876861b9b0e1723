"""What a door lets through, as a guesser sees it: tries in, verdicts, numbers and refusals out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Coroutine
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from tests.attack.population import BORN, MOTHER, NAME, Person, registered
from tests.builders import NOON, a_right, an_ask, an_asker
from tests.fakes import FakeLedger, FakeRegister
from tests.verification.world import AS_OF, NEWEST

from hakakses.core.elements import SAME
from hakakses.core.matching.shown import shown
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Bound, Relation
from hakakses.core.rights.right import AccessRight, Permission, ScoresShown
from hakakses.verification.answer import Result
from hakakses.verification.ports import Outcome, Record
from hakakses.verification.verify import Stores, verify

FLOOR = 85  # of names, the default
Given = TypeVar("Given")


class Try(NamedTuple):
    """One value.  threshold: TRESHOLD, 0 where none is sent.  relation: beside equality for bounds."""

    value: str
    threshold: int = 0
    relation: Relation = Relation.EQUAL


class Seen(NamedTuple):
    """What came back.  refused: the refusal's code, "" for an answer.  number: None where the door shows none."""

    refused: str
    sesuai: bool = False
    number: int | None = None


class Door(Protocol):
    def ask(self, nik: str, code: str, tried: Try) -> Seen: ...

    def begin(self) -> None: ...

    def wait(self, time: dt.timedelta) -> None: ...


class Sight(NamedTuple):
    """What a door lets see.  policy: how it shows numbers, None where it shows none.  floor: of the agreement."""

    policy: ScoresShown | None = None
    floor: int = FLOOR

    def told(self) -> NDArray[np.int16]:
        """Score -> what an answer lets a guesser tell apart."""
        scores = range(SAME + 1)
        if self.policy is None:
            return np.array([score >= self.floor for score in scores], dtype=np.int16)
        return np.array([shown(score, self.floor, self.policy) for score in scores], dtype=np.int16)


_BLIND = Sight()  # of numbers, as the native door and OSIA's are


class CarelessLedger(FakeLedger):
    """The guard off: no value counts as a guess."""

    async def append(self, record: Record) -> Outcome:
        return await super().append(msgspec.structs.replace(record, guesses=()))


def stores_of(people: tuple[Person, ...], *, guarded: bool) -> Stores:
    ledger = FakeLedger() if guarded else CarelessLedger()
    return Stores(FakeRegister(registered(people), AS_OF, NEWEST), ledger)


class CoreDoor:
    """Any door, without its wire: the one function that answers."""

    def __init__(self, stores: Stores, sight: Sight = _BLIND) -> None:
        self._scored, self._now = sight.policy is not None, NOON
        self._stores, self._asker = stores, an_asker(_right(sight))

    def ask(self, nik: str, code: str, tried: Try) -> Seen:
        return self.ask_together(nik, {code: tried})[code]

    def ask_together(self, nik: str, tries: dict[str, Try]) -> dict[str, Seen]:
        """Several elements in one ask."""
        equal = {code: one.value for code, one in tries.items() if one.relation is Relation.EQUAL}
        bounds = tuple(
            Bound(code, one.relation, one.value)
            for code, one in tries.items()
            if one.relation is not Relation.EQUAL
        )
        threshold = max(one.threshold for one in tries.values())
        ask = an_ask(nik=nik, elements=equal, bounds=bounds, threshold=threshold, scored=self._scored)
        answer = at_once(verify(ask, self._asker, self._stores, self._now))
        if isinstance(answer, Refused):
            return dict.fromkeys(tries, Seen(answer.problem.code))
        told = {code: verdict == Result.SESUAI for code, verdict in answer.elements.items()}
        met = answer.result is Result.SESUAI
        return {code: Seen("", told.get(code, met), answer.scores.get(code)) for code in tries}

    def begin(self) -> None:
        """Another resident, of whom nothing was asked yet: the clock starts anew."""
        self._now = NOON

    def wait(self, time: dt.timedelta) -> None:
        self._now += time


def _right(sight: Sight) -> AccessRight:
    ranges = tuple(relation for relation in Relation if relation is not Relation.EQUAL)
    names = {code: Permission("Pasal 4", sight.floor) for code in (NAME, MOTHER)}
    return a_right(
        valid_until=dt.date(2099, 12, 31),
        verify={**a_right().verify, **names, BORN: Permission("Pasal 4", relations=ranges)},
        quota_per_day=10**9,
        scores_shown=sight.policy or ScoresShown.BAND,
    )


def at_once(answering: Coroutine[Any, Any, Given]) -> Given:
    """The result of a coroutine that waits for nothing: the stores of tests are in memory."""
    try:
        answering.send(None)
    except StopIteration as done:
        given: Given = done.value
        return given
    raise AssertionError("a store in memory waited")
