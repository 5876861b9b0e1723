"""Campaigns: one way of guessing against every victim through one door, counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.attack.doors import Door
from tests.attack.population import Person
from tests.attack.strategies import Guessing

MOST_ASKS = 300  # per resident and element, where nothing else stops the guesser


class Score(NamedTuple):
    """Of ``victims``: how many values were known at the end, how many had been SESUAI, after how many asks."""

    victims: int
    known: int
    accepted: int
    asks: int


def attack(people: tuple[Person, ...], code: str, door: Door, how: Callable[[str, str], Guessing]) -> Score:
    known = accepted = asks = 0
    for person in people:
        guess, hit, used = _guess(person, code, door, how(code, person.nik))
        known += person.answers_to(code, guess)
        accepted += hit
        asks += used
    return Score(len(people), known, accepted, asks)


def _guess(person: Person, code: str, door: Door, guessing: Guessing) -> tuple[str | None, bool, int]:
    """The value believed in at the end, whether any was SESUAI, and the asks it took."""
    hit, used = False, 0
    try:
        tried = next(guessing)
        while used < MOST_ASKS:
            seen = door.ask(person.nik, code, tried)
            used += 1
            hit |= seen.sesuai
            tried = guessing.send(seen)
        guessing.close()
    except StopIteration as done:
        return done.value, hit, used
    return None, hit, used
