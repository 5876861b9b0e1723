"""Ways of guessing: each yields tries, is sent what the door let out, and returns the value it believes in.

They see nothing but that, the NIK, and what the guesser learnt elsewhere.  A refusal ends them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Generator, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tests.attack.dictionary import belief_about, dictionary
from tests.attack.doors import Seen, Sight, Try
from tests.attack.population import AS_OF, BORN, clues, learnt

from hakakses.core.elements import SAME
from hakakses.core.rights.ask import Relation
from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES
from hakakses.core.rights.right import ScoresShown

Guessing = Generator[Try, Seen, str | None]
_LETTERS = " AINURSTMEHLDOYKGWPBJFCVZ"
_LONGEST = 24


def by_frequency(code: str, nik: str) -> Guessing:
    """The likeliest values in turn, until one is SESUAI."""
    belief = belief_about(code, nik)
    names = dictionary(code).names
    for at in np.argsort(-belief, kind="stable"):
        seen = yield Try(names[at])
        if seen.refused or seen.sesuai:
            return None if seen.refused else names[at]
    return None


class _Mind(NamedTuple):
    """Names that agree with everything seen, and how likely each is."""

    alive: NDArray[np.int64]
    belief: NDArray[np.float64]

    @property
    def best(self) -> int:
        return int(self.alive[self.belief.argmax()])


def by_elimination(code: str, nik: str, sight: Sight) -> Guessing:
    """The value whose answer leaves the fewest names, then the name that is left.

    Needs no lucky hit: a number tells of every name whether it can be the one.
    """
    history: tuple[tuple[int, int], ...] = ()
    place = _belief_key(code, nik)
    while len(history) < _ENOUGH:
        mind = _mind(code, place, sight, history)
        if not len(mind.alive):
            return _last_known(code, place, sight, history)
        if len(mind.alive) == 1 and history:
            return dictionary(code).names[mind.best]
        probe = _choice(code, place, sight, history)
        seen = yield Try(dictionary(code).names[probe])
        if seen.refused:
            break
        if seen.number == SAME and sight.policy is not ScoresShown.PASS:
            return dictionary(code).names[probe]
        told = int(seen.sesuai) if seen.number is None else seen.number
        history = (*history, (probe, told))
    return _last_known(code, place, sight, history)


_THOUGHT_OF = 1000  # likeliest names that the guesser holds in mind
_ENOUGH = 60  # asks
_Place = tuple[str, bool]
_History = tuple[tuple[int, int], ...]
_representative: dict[tuple[str, _Place], str] = {}


def _belief_key(code: str, nik: str) -> _Place:
    """What of a NIK the belief depends on, so that victims alike are thought through once."""
    found = clues(nik)
    place = (found.province, found.woman)
    _representative.setdefault((code, place), nik)
    return place


@cache
def _mind(code: str, place: _Place, sight: Sight, history: _History) -> _Mind:
    if not history:
        belief = belief_about(code, _representative[code, place])
        alive = np.argsort(-belief, kind="stable")[:_THOUGHT_OF]
        return _Mind(alive, belief[alive])
    before = _mind(code, place, sight, history[:-1])
    probe, told = history[-1]
    scores = dictionary(code).alike(probe, before.alive)
    agrees = sight.told()[scores] == told
    return _Mind(before.alive[agrees], before.belief[agrees])


def _last_known(code: str, place: _Place, sight: Sight, history: _History) -> str | None:
    """The likeliest name of the last time that any was left."""
    while history and not len(_mind(code, place, sight, history).alive):
        history = history[:-1]
    mind = _mind(code, place, sight, history)
    return dictionary(code).names[mind.best] if len(mind.alive) else None


@cache
def _choice(code: str, place: _Place, sight: Sight, history: _History) -> int:
    """The name to try next."""
    known, mind = dictionary(code), _mind(code, place, sight, history)
    likely = mind.alive[np.argsort(-mind.belief, kind="stable")[:_LIKELY]]
    probes = [*known.probes, *(int(at) for at in likely)]
    scores = np.vstack([known.scores[:, mind.alive], *(known.alike(int(at), mind.alive) for at in likely)])
    last = len(history) >= DISTINCT_WRONG_VALUES - 1
    return probes[int(_worth(sight.told()[scores], mind.belief, last=last).argmax())]


_LIKELY = 6


def _worth(told: NDArray[np.int16], belief: NDArray[np.float64], *, last: bool) -> NDArray[np.float64]:
    """Of each try: the chance to know the name after it, or before the last the surprise that it holds."""
    width = SAME + 1
    rows = np.arange(len(told))[:, None] * width + told
    if last:
        best = np.zeros(len(told) * width)
        np.maximum.at(best, rows, np.broadcast_to(belief, told.shape))
        return best.reshape(-1, width).sum(axis=1)
    shares = np.bincount(rows.ravel(), np.broadcast_to(belief, told.shape).ravel(), len(told) * width)
    shares = shares.reshape(-1, width) / belief.sum()
    return -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)


def letter_by_letter(code: str, nik: str) -> Guessing:
    """From the likeliest name upwards by the shown number, one letter changed, dropped or added at a time."""
    known = dictionary(code)
    best = known.names[int(belief_about(code, nik).argmax())]
    seen = yield Try(best)
    while not seen.refused and seen.number is not None and seen.number < SAME:
        reached = seen.number
        for changed in _changes(best):
            seen = yield Try(changed)
            if seen.refused or seen.number is None:
                return best
            if seen.number > reached:
                best = changed
                break
        else:
            return best
    return best


def _changes(name: str) -> Iterator[str]:
    for at in range(len(name) + 1):
        for letter in _LETTERS:
            if len(name) < _LONGEST:
                yield name[:at] + letter + name[at:]
            if at < len(name):
                yield name[:at] + letter + name[at + 1 :]
        if at < len(name):
            yield name[:at] + name[at + 1 :]


def by_moving_limit(code: str, nik: str) -> Guessing:
    """The likeliest name under a rising TRESHOLD: where the verdict turns is its similarity."""
    name = dictionary(code).names[int(belief_about(code, nik).argmax())]
    for threshold in range(SAME // 10, SAME + 1, SAME // 10):
        seen = yield Try(name, threshold)
        if seen.refused:
            return None
    return name


def from_the_nik(code: str, nik: str) -> Guessing:
    """The one or two dates that the NIK leaves; the later century first where it is past."""
    found = clues(nik)
    for century in (2000, 1900):
        try:
            date = dt.date(century + found.year, found.month, found.day)
        except ValueError:
            continue
        if date <= AS_OF:
            seen = yield Try(date.isoformat())
            if seen.refused or seen.sesuai:
                return None if seen.refused else date.isoformat()
    return None


def by_common_dates(code: str, nik: str) -> Guessing:
    """The dates on which most people of another population were born."""
    for date in _common_dates():
        seen = yield Try(date)
        if seen.refused or seen.sesuai:
            return None if seen.refused else date
    return None


@cache
def _common_dates() -> tuple[str, ...]:
    return tuple(date for date, _ in Counter(person.values[BORN] for person in learnt()).most_common())


def by_halves(code: str, nik: str) -> Guessing:
    """Range operators: each answer halves the dates that are left; at the end the middle of them."""
    low, high = _OLDEST, AS_OF
    while low < high:
        middle = low + (high - low) // 2
        seen = yield Try(middle.isoformat(), relation=Relation.AT_MOST)
        if seen.refused:
            return _middle_birth(low, high)
        low, high = (low, middle) if seen.sesuai else (middle + dt.timedelta(1), high)
    return low.isoformat()


_OLDEST = dt.date(1916, 1, 1)


def _middle_birth(low: dt.date, high: dt.date) -> str:
    """The date of most births among those left."""
    first, last = low.isoformat(), high.isoformat()
    return next((date for date in _common_dates() if first <= date <= last), first)
