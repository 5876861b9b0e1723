"""Whom the guesser attacks, and the other population that it learnt from."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import NamedTuple

import numpy as np

from hakakses.core.elements import CATALOGUE
from hakakses.core.names import fold_name
from hakakses.core.residents import Resident, ResidentStatus
from hakakses.warehouse.snapshots import STATUS_COLUMN
from hakakses.warehouse.synthetic import BLOCK, Plan, make_block

NAME, MOTHER, BORN = "NAMA_LGKP", "NAMA_LGKP_IBU", "TGL_LHR"
AS_OF = dt.date(2026, 6, 30)
_VICTIMS_SEED, _LEARNT_SEED, _CHOICE_SEED = 2026, 17, 4
_LEARNT_BLOCKS = 2


class Person(NamedTuple):
    nik: str
    values: dict[str, str]

    @property
    def resident(self) -> Resident:
        held = {**self.values, "NIK": self.nik}
        return Resident(ResidentStatus.AKTIF, tuple(held.get(element.code, "") for element in CATALOGUE))

    def answers_to(self, code: str, guess: str | None) -> bool:
        """Whether a guess is the held value, whatever its spelling."""
        held = self.values[code]
        if guess is None or code == BORN:
            return guess == held
        return fold_name(guess).replace(" ", "") == fold_name(held).replace(" ", "")


class Clues(NamedTuple):
    """What the NIK alone says: the province that gave it, the sex, the birth date without its century."""

    province: str
    woman: bool
    day: int
    month: int
    year: int


def clues(nik: str) -> Clues:
    day = int(nik[6:8])
    return Clues(nik[:2], day > 40, day % 40, int(nik[8:10]), int(nik[10:12]))


@cache
def everybody(seed: int, blocks: int = 1) -> tuple[Person, ...]:
    """All residents in force of a population, with their mothers' names."""
    plan = Plan(blocks * BLOCK, seed, AS_OF)
    rows = (row for number in range(blocks) for row in make_block(plan, number).to_pylist())
    return tuple(
        Person(row["NIK"], row)
        for row in rows
        if row[STATUS_COLUMN] == ResidentStatus.AKTIF.name and row[MOTHER]
    )


def learnt() -> tuple[Person, ...]:
    return everybody(_LEARNT_SEED, _LEARNT_BLOCKS)


@cache
def victims(count: int) -> tuple[Person, ...]:
    rng = np.random.default_rng(_CHOICE_SEED)
    people = everybody(_VICTIMS_SEED)
    return tuple(people[at] for at in rng.choice(len(people), count, replace=False))


@cache
def misnumbered(count: int) -> tuple[Person, ...]:
    """The same people, each with the birth date of another: their NIKs tell nothing of it."""
    people = victims(count)
    return tuple(
        Person(one.nik, {**one.values, BORN: other.values[BORN]})
        for one, other in zip(people, people[1:] + people[:1], strict=True)
    )


@cache
def siblings(count: int) -> tuple[tuple[Person, ...], ...]:
    """Families of which several members have one mother, as one family card shows them."""
    families: dict[tuple[str, str], list[Person]] = {}
    for person in everybody(_VICTIMS_SEED):
        families.setdefault((person.values["NO_KK"], person.values[MOTHER]), []).append(person)
    return tuple(tuple(family) for family in families.values() if len(family) > 1)[:count]


def registered(people: tuple[Person, ...]) -> dict[str, Resident]:
    return {person.nik: person.resident for person in people}
