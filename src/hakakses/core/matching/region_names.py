"""Names of provinces, regencies, districts and villages in the spellings of the field.

A regency and a city may share a name: Kabupaten Bandung is not Kota Bandung.  Where two texts name a kind
and the kinds differ they are not one; where either names none, the name alone counts.  Only regencies and
cities have a kind: a district called Kota Agung keeps its KOTA.
"""

from __future__ import annotations

import re

_APART = re.compile(r"[^A-Z0-9]+")
_REGENCY = re.compile(r"(KABUPATEN|KAB|KOTAMADYA|KODYA|KOTA)(?: ADMINISTRASI| ADM)? (.+)")
_KINDS = {"KABUPATEN": "KAB", "KOTAMADYA": "KOTA", "KODYA": "KOTA"}
_WORDS = {"KEP": "KEPULAUAN"}
_BEGINNINGS = (("DAERAH ISTIMEWA ", "DI "), ("DAERAH KHUSUS IBUKOTA ", "DKI "), ("D I ", "DI "))


def fold_region(text: str) -> str:
    """A region's name in one spelling: DI and DAERAH ISTIMEWA, KEP. and KEPULAUAN are one."""
    return _name(_plain(text))


def fold_regency(text: str) -> str:
    """As fold_region, after ``KAB`` or ``KOTA`` and a blank where the text names a kind."""
    plain = _plain(text)
    found = _REGENCY.fullmatch(plain)
    return f"{_KINDS.get(found[1], found[1])} {_name(found[2])}" if found else _name(plain)


def same_regency(one: str, other: str) -> bool:
    """Whether two folded texts may mean one regency or city; symmetric, but KAB X = X = KOTA X is no chain."""
    return any(_agree(a, b) for a in _readings(one) for b in _readings(other))


def _readings(folded: str) -> list[tuple[str, str]]:
    """Kind and name; KOTA BARU may also be the name Kotabaru written apart."""
    kind, _, name = folded.rpartition(" ")
    return [(kind, name), ("", kind + name)] if kind == "KOTA" else [(kind, name)]


def _agree(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[1] == other[1] and (one[0] == other[0] or "" in (one[0], other[0]))


def _plain(text: str) -> str:
    return " ".join(_WORDS.get(word, word) for word in _APART.split(text.upper()) if word)


def _name(plain: str) -> str:
    for long, short in _BEGINNINGS:
        if plain.startswith(long):
            plain = short + plain.removeprefix(long)
    return plain.replace(" ", "")
