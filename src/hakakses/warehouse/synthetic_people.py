"""The names, numbers and other data of one block of invented people."""

# ruff: noqa: PLR2004 - the numbers are shares and ages of an invented population

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hakakses.warehouse.synthetic_families import CHILD, ELDER, HEAD, NOBODY, YEAR, Flags, Ints
from hakakses.warehouse.synthetic_names import (
    CUSTOMS,
    MUHAMMAD_FORMS,
    OTHER_PROVINCES,
    PROVINCE_CUSTOM,
    TITLES_AFTER,
    TITLES_BEFORE,
)

Texts = pa.StringArray
ISLAM = "ISLAM"


def rows(numbers: npt.NDArray[np.integer]) -> pa.Int64Array:
    """Row numbers for Arrow."""
    found: pa.Int64Array = pa.array(numbers.astype(np.int64), pa.int64())
    return found


def pick(words: Sequence[str], numbers: npt.NDArray[np.integer]) -> Texts:
    """One word of a list per number."""
    return pa.array(words, pa.string()).take(rows(numbers))


def choose(flags: Flags, yes: Texts | str, no: Texts | str) -> Texts:
    chosen: Texts = pc.if_else(pa.array(flags), yes, no)
    return chosen


def join(*parts: Texts | str) -> Texts:
    columns: tuple[Any, ...] = parts
    joined: Texts = pc.binary_join_element_wise(*columns, "")
    return joined


def digits(numbers: Ints, width: int) -> Texts:
    """Numbers as text of a fixed width, with leading zeros."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    matrix = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    offsets = np.arange(0, (len(numbers) + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets.tobytes()), pa.py_buffer(matrix.tobytes())
    )


def days(dates: npt.NDArray[np.datetime64], present: Flags | None = None) -> Texts:
    """Dates as yyyy-mm-dd, empty where not present."""
    texts = pc.cast(pa.array(dates.astype("datetime64[D]")), pa.string())
    return texts if present is None else choose(present, texts, "")


class _Pool:
    """One kind of name part of all customs, laid end to end."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        sizes = np.array([len(words) for words in lists])
        self._first = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self._sizes = sizes
        flat = [word.replace("NI-", "NI ").replace("HJ-", "HJ. ") for words in lists for word in words]
        self._words = pa.array([*flat, ""], pa.string())

    def draw(self, rng: np.random.Generator, custom: Ints) -> Texts:
        drawn = self._first[custom] + (rng.random(len(custom)) * self._sizes[custom]).astype(np.int64)
        return self._words.take(rows(np.where(self._sizes[custom] > 0, drawn, len(self._words) - 1)))


_MEN = _Pool([custom.men for custom in CUSTOMS])
_WOMEN = _Pool([custom.women for custom in CUSTOMS])
_SECOND_MEN = _Pool([custom.second_men for custom in CUSTOMS])
_SECOND_WOMEN = _Pool([custom.second_women for custom in CUSTOMS])
_FAMILY = _Pool([custom.family for custom in CUSTOMS])
_RELIGION = _Pool([[word for word, weight in custom.religions for _ in range(weight)] for custom in CUSTOMS])


def customs(rng: np.random.Generator, provinces: Sequence[str]) -> Ints:
    """The naming custom of each family, by where it lives."""
    leading = np.array([PROVINCE_CUSTOM.get(province, OTHER_PROVINCES) for province in provinces])
    return np.where(rng.random(len(leading)) < 0.75, leading, rng.integers(0, len(CUSTOMS), len(leading)))


def religions(rng: np.random.Generator, custom: Ints) -> Texts:
    return _RELIGION.draw(rng, custom)


def names(
    rng: np.random.Generator, custom: Ints, woman: Flags, family_name: Texts, age: Ints, showcase: Ints
) -> Texts:
    """Full names.  showcase: first rows of the file that must show a single word, or a MUHAMMAD form."""
    size = len(custom)
    first = choose(woman, _WOMEN.draw(rng, custom), _MEN.draw(rng, custom))
    second = choose(woman, _SECOND_WOMEN.draw(rng, custom), _SECOND_MEN.draw(rng, custom))
    draw = rng.random(size)
    single = (draw < np.where(age > 50 * YEAR, 0.22, 0.06)) | (showcase == 1)
    prophet = ((draw > 0.9) & np.isin(custom, (0, 1, 3, 5)) & ~woman) | (showcase == 2)
    form = pick(
        MUHAMMAD_FORMS,
        np.where(showcase == 2, np.arange(size) % len(MUHAMMAD_FORMS), rng.integers(0, 6, size)),
    )
    first = choose(prophet, join(form, " ", second), first)
    given = choose(single | prophet, first, join(first, " ", second))
    full = pc.utf8_trim_whitespace(join(given, " ", choose(single & (showcase == 1), "", family_name)))
    return _titled(rng, full, woman, age, showcase)


def family_names(rng: np.random.Generator, custom: Ints) -> Texts:
    return _FAMILY.draw(rng, custom)


def _titled(rng: np.random.Generator, full: Texts, woman: Flags, age: Ints, showcase: Ints) -> Texts:
    draw, size = rng.random(len(full)), len(full)
    grown = (age > 30 * YEAR) & (showcase == 0)
    before = pick(TITLES_BEFORE, np.where(draw < 0.02, woman.astype(int), rng.integers(2, 5, size)))
    full = choose(grown & (draw < 0.03), join(before, full), full)
    return choose(grown & (draw > 0.96), join(full, pick(TITLES_AFTER, rng.integers(0, 6, size))), full)


_SCHOOL = (
    "TIDAK/BELUM SEKOLAH", "BELUM TAMAT SD/SEDERAJAT", "TAMAT SD/SEDERAJAT", "SLTP/SEDERAJAT", "SLTA/SEDERAJAT",
    "DIPLOMA III", "DIPLOMA IV/STRATA I", "STRATA II",
)  # fmt: skip
_SCHOOL_AGE = (0, 7, 13, 16, 19, 22, 23, 27)
_WORK = (
    "PETANI/PEKEBUN", "BURUH HARIAN LEPAS", "KARYAWAN SWASTA", "WIRASWASTA", "PEDAGANG", "NELAYAN/PERIKANAN",
    "GURU", "PEGAWAI NEGERI SIPIL", "SOPIR", "BURUH TANI/PERKEBUNAN", "TUKANG KAYU", "PERAWAT",
)  # fmt: skip


def schooling(rng: np.random.Generator, age: Ints) -> Texts:
    """Last education: what was aimed at, as far as age allows."""
    reached = np.searchsorted(np.array(_SCHOOL_AGE), age / YEAR, side="right") - 1
    aimed = rng.choice(8, len(age), p=[0.04, 0.06, 0.22, 0.17, 0.34, 0.05, 0.1, 0.02])
    return pick(_SCHOOL, np.minimum(np.maximum(aimed, np.where(age < 15 * YEAR, reached, 0)), reached))


def work(rng: np.random.Generator, age: Ints, woman: Flags, role: Ints) -> Texts:
    years = age / YEAR
    idle = choose(years < 6, "BELUM/TIDAK BEKERJA", "PELAJAR/MAHASISWA")
    working = pick(
        _WORK,
        rng.choice(12, len(age), p=[0.22, 0.14, 0.2, 0.16, 0.07, 0.04, 0.04, 0.04, 0.03, 0.03, 0.02, 0.01]),
    )
    home = woman & (role != CHILD) & (rng.random(len(age)) < 0.62)
    grown = choose(home, "MENGURUS RUMAH TANGGA", working)
    grown = choose((years > 62) & (rng.random(len(age)) < 0.3), "PENSIUNAN", grown)
    return choose(years < 19, idle, grown)


def marital(role: Ints, married: Flags, divorced: Flags, widowed: Flags) -> Texts:
    alone = choose(divorced, "CERAI HIDUP", choose(widowed, "CERAI MATI", "BELUM KAWIN"))
    own = choose(married, "KAWIN", alone)
    return choose(role == CHILD, "BELUM KAWIN", choose(role == ELDER, "CERAI MATI", own))


def relation(role: Ints) -> Texts:
    return pick(("KEPALA KELUARGA", "ISTRI", "ORANG TUA", "ANAK"), role)


def parent_values(own: Texts, parent: Ints, otherwise: Texts | str) -> Texts:
    """The parent's value where the parent is in the block, else the other."""
    known = parent != NOBODY
    return choose(known, own.take(rows(np.where(known, parent, HEAD))), otherwise)
