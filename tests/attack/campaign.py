"""Campaigns: one way of guessing against every victim through one door, counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.attack.doors import Door
from tests.attack.population import Person
from tests.attack.strategies import Guessing

from hakakses.core.rights.guessing import WINDOW

MONTH = WINDOW + dt.timedelta(minutes=1)
MOST_ASKS = 300  # per resident and element, where nothing else stops the guesser


class Score(NamedTuple):
    """Of ``victims``: how many values were known at the end, how many had been SESUAI, after how many asks."""

    victims: int
    known: int
    accepted: int
    asks: int


def attack(
    people: Sequence[Person], code: str, door: Door, how: Callable[[str, str], Guessing], months: int = 0
) -> Score:
    """months: how often the guesser waits until the budget is his again."""
    return attack_families([(person,) for person in people], code, door, how, months)


def attack_families(
    families: Sequence[tuple[Person, ...]],
    code: str,
    door: Door,
    how: Callable[[str, str], Guessing],
    months: int = 0,
) -> Score:
    """One value that several residents share: refused for one, the guesser goes on with the next."""
    known = accepted = asks = 0
    for family in families:
        door.begin()
        guess, hit, used = _guess([*family, *[None, *family] * months], code, door, how(code, family[0].nik))
        known += family[0].answers_to(code, guess)
        accepted += hit
        asks += used
    return Score(len(families), known, accepted, asks)


def _guess(
    ways: Sequence[Person | None], code: str, door: Door, guessing: Guessing
) -> tuple[str | None, bool, int]:
    """The value believed in at the end, whether any was SESUAI, and the asks it took.  ways: None is a month."""
    hit, used, at = False, 0, 0
    try:
        tried = next(guessing)
        while used < MOST_ASKS:
            way = ways[at]
            if way is None:
                door.wait(MONTH)
                at += 1
                continue
            seen = door.ask(way.nik, code, tried)
            used += 1
            if seen.refused and at < len(ways) - 1:
                at += 1
                continue
            hit |= seen.sesuai
            tried = guessing.send(seen)
        guessing.close()
    except StopIteration as done:
        return done.value, hit, used
    return None, hit, used
