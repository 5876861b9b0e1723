"""Honest askers: clerks who type what a resident's papers say, and mistype it now and then.

How often they do is assumed, not measured in any office; the figures are therefore given for several rates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from tests.attack.doors import CoreDoor, Try
from tests.attack.population import BORN, MOTHER, NAME, Person

Chance = np.random.Generator
ASKED = (NAME, BORN, MOTHER)
_LETTERS = "AEIOUNRSTKLM"
_TRIES = 3
_RECURS = 0.1  # the second typing of a value that was mistyped goes wrong more often than the first


def _transposed(text: str, at: int, chance: Chance) -> str:
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def _dropped(text: str, at: int, chance: Chance) -> str:
    return text[:at] + text[at + 1 :]


def _replaced(text: str, at: int, chance: Chance) -> str:
    return text[:at] + _LETTERS[chance.integers(len(_LETTERS))] + text[at + 1 :]


def _in_letters(change: Callable[[str, int, Chance], str]) -> Callable[[str, Chance], str]:
    return lambda text, chance: change(text, int(chance.integers(max(len(text) - 1, 1))), chance)


def _word_left_out(text: str, chance: Chance) -> str:
    words = text.split()
    return " ".join(words[:-1]) if len(words) > 1 else text


def _abbreviated(text: str, chance: Chance) -> str:
    first, _, rest = text.partition(" ")
    return f"{first[0]}. {rest}" if rest else text


def _wrong_digit(date: str, chance: Chance) -> str:
    day = (int(date[8:]) + int(chance.integers(1, 27))) % 28 + 1
    return f"{date[:8]}{day:02d}"


def _swapped(date: str, chance: Chance) -> str:
    return f"{date[:5]}{date[8:]}-{date[5:7]}" if int(date[8:]) <= 12 else _wrong_digit(date, chance)


Mistake = Callable[[str, Chance], str]
IN_NAMES: dict[str, Mistake] = {
    "two letters transposed": _in_letters(_transposed),
    "a letter left out": _in_letters(_dropped),
    "a wrong letter": _in_letters(_replaced),
    "the last word left out": _word_left_out,
    "the first name abbreviated": _abbreviated,
}
IN_DATES: dict[str, Mistake] = {"a wrong day": _wrong_digit, "day and month swapped": _swapped}
# Other ways to write a right value: these should be SESUAI.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "a title in front": lambda text: f"Hj. {text}",
    "a title behind": lambda text: f"{text}, S.E.",
    "small letters": str.lower,
    "two words joined": lambda text: text.replace(" ", "", 1),
    "old spelling": lambda text: text.replace("U", "OE").replace("J", "DJ"),
    "MUHAMMAD as M.": lambda text: text.replace("MUHAMMAD", "M.", 1),
}


class Refusals(NamedTuple):
    """asks: what clerks sent.  refused: of these, by the budget.  residents: hit at least once."""

    asks: int
    refused: int
    residents: int


def work(people: tuple[Person, ...], door: CoreDoor, rate: float, branches: int, seed: int = 5) -> Refusals:
    """Each branch asks once about each resident within the month, again until all is SESUAI.

    rate: share of values mistyped at the first typing.
    """
    chance = np.random.default_rng(seed)
    asks = refused = hit = 0
    for person in people:
        before = refused
        for _ in range(branches):
            sent, lost = _visit(person, door, rate, chance)
            asks += sent
            refused += lost
        hit += refused > before
    return Refusals(asks, refused, hit)


def _visit(person: Person, door: CoreDoor, rate: float, chance: Chance) -> tuple[int, int]:
    """Asks sent at one counter, and whether the last was refused."""
    wrong = ASKED
    for attempt in range(1, _TRIES + 1):
        often = rate if attempt == 1 else max(rate, _RECURS)
        typed = {code: Try(_typed(person.values[code], code, often, chance)) for code in wrong}
        seen = door.ask_together(person.nik, typed)
        if any(one.refused for one in seen.values()):
            return attempt, 1
        wrong = tuple(code for code, one in seen.items() if not one.sesuai)
        if not wrong:
            return attempt, 0
    return _TRIES, 0


def _typed(value: str, code: str, rate: float, chance: Chance) -> str:
    if chance.random() >= rate:
        return value
    mistakes = tuple((IN_DATES if code == BORN else IN_NAMES).values())
    return mistakes[chance.integers(len(mistakes))](value, chance)


def passed(
    people: tuple[Person, ...], door: CoreDoor, code: str, change: Mistake, seed: int = 6
) -> tuple[int, int]:
    """How many values were really changed, and how many of these were SESUAI.  door: with the guard off."""
    chance = np.random.default_rng(seed)
    changed = sesuai = 0
    for person in people:
        text = change(person.values[code], chance)
        if text == person.values[code] or not _date_or_name(code, text):
            continue
        changed += 1
        sesuai += door.ask(person.nik, code, Try(text)).sesuai
    return changed, sesuai


def _date_or_name(code: str, text: str) -> bool:
    if code != BORN:
        return True
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
