"""Families of one block: who lives with whom, how old, how related.  Everything is an array over members."""

# ruff: noqa: PLR2004 - the numbers are shares and ages of an invented population

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

YEAR = 365.25
HEAD, WIFE, ELDER, CHILD = 0, 1, 2, 3
NOBODY = -1
_MOST_CHILDREN = 5
_MEMBERS_A_FAMILY = 2.4  # fewer than the mean, so that one draw of families is enough for a block


class Families(msgspec.Struct, frozen=True):
    """Members in file order.  Ages in days; mother, father: row of the parent or NOBODY; role: HEAD … CHILD."""

    family: Ints
    role: Ints
    age: Ints
    woman: Flags
    mother: Ints
    father: Ints
    married_for: Ints  # days since the wedding of head and wife, NOBODY where there was none
    divorced: Flags
    widowed: Flags


def invent_families(rng: np.random.Generator, wanted: int) -> Families:
    """Exactly ``wanted`` members; the last family may be cut short, children first."""
    count = int(wanted / _MEMBERS_A_FAMILY) + 60
    head_age = (rng.beta(2.0, 3.0, count) * 62 * YEAR + 23 * YEAR).astype(np.int64)
    couple = rng.random(count) < np.where(head_age < 28 * YEAR, 0.45, 0.82)
    head_woman = ~couple & (rng.random(count) < 0.6)
    was_married = couple | (rng.random(count) < np.clip(head_age / YEAR - 26, 0, 40) / 44)
    divorced = was_married & ~couple & (rng.random(count) < 0.35)
    wife_age = np.maximum(head_age - rng.integers(0, int(7 * YEAR), count), int(21.5 * YEAR))
    younger = np.where(couple, wife_age, head_age)
    room = np.minimum(younger - int(19 * YEAR), int(9 * YEAR))
    married_for = younger - int(19 * YEAR) - (rng.random(count) * room * 0.8).astype(np.int64)
    married_for = np.where(was_married, np.maximum(married_for, 30), NOBODY)
    return _members(rng, wanted, head_age, couple, head_woman, wife_age, married_for, divorced)


def _members(
    rng: np.random.Generator, wanted: int, head_age: Ints, couple: Flags, head_woman: Flags, wife_age: Ints,
    married_for: Ints, divorced: Flags,
) -> Families:  # fmt: skip
    count = len(head_age)
    slots = CHILD + _MOST_CHILDREN
    age = np.zeros((count, slots), dtype=np.int64)
    here = np.zeros((count, slots), dtype=np.bool_)
    age[:, HEAD], here[:, HEAD] = head_age, True
    age[:, WIFE], here[:, WIFE] = wife_age, couple
    age[:, ELDER] = np.minimum(
        head_age + rng.integers(int(19 * YEAR), int(32 * YEAR), count), int(101 * YEAR)
    )
    here[:, ELDER] = (rng.random(count) < 0.12) & (age[:, ELDER] > head_age + 18 * YEAR)
    age[:, CHILD:], here[:, CHILD:] = _children(rng, married_for)
    woman = rng.random((count, slots)) < 0.49
    woman[:, HEAD], woman[:, WIFE], woman[:, ELDER] = head_woman, True, True
    family, role = np.nonzero(here)
    row = np.full((count, slots), NOBODY, dtype=np.int64)
    row[here] = np.arange(len(family))
    if len(family) < wanted:
        raise ValueError("too few families were drawn")
    family, role = family[:wanted], role[:wanted]
    child = role >= CHILD
    mother_slot = np.where(couple[family], row[family, WIFE], row[family, HEAD])
    mother = np.where(child & (couple | head_woman)[family], mother_slot, NOBODY)
    mother = np.where(role == HEAD, row[family, ELDER], mother)
    father = np.where(child & ~head_woman[family], row[family, HEAD], NOBODY)
    return Families(
        family=family, role=np.minimum(role, CHILD), age=age[family, role], woman=woman[family, role],
        mother=np.where(mother < wanted, mother, NOBODY), father=father, married_for=married_for[family],
        divorced=divorced[family], widowed=((married_for >= 0) & ~couple & ~divorced)[family],
    )  # fmt: skip


def _children(rng: np.random.Generator, married_for: Ints) -> tuple[Ints, Flags]:
    """Ages by birth order, and who of them is born and still at home."""
    shape = (len(married_for), _MOST_CHILDREN)
    gaps = rng.integers(int(1.2 * YEAR), int(5 * YEAR), shape)
    gaps[:, 0] = rng.integers(280, int(3 * YEAR), shape[0])
    ages = married_for[:, None] - np.cumsum(gaps, axis=1)
    wanted = rng.choice(6, shape[0], p=[0.08, 0.2, 0.35, 0.22, 0.1, 0.05])
    born = (np.arange(_MOST_CHILDREN)[None, :] < wanted[:, None]) & (ages > 0)
    return ages, born & ((ages < 24 * YEAR) | (rng.random(shape) < 0.25))
