"""The only comparisons there are: one function per kind, each giving 0 to 100."""

from __future__ import annotations

import re
from collections.abc import Callable

from hakakses.core.dates import UnreadableDateError, read_date
from hakakses.core.elements import Comparison
from hakakses.core.names import fold_name, is_blank, score_names, score_words

SAME = 100
LONGEST_VALUE = 255
_NUMBER = re.compile(r"[0-9]{16}")
_CODE = re.compile(r"[0-9]{1,10}")
_APART = re.compile(r"[^A-Z0-9]+")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9]) *[^A-Z0-9 ][^A-Z0-9]*(?=[0-9])")
_BLOOD_WITH_RHESUS = re.compile(r"(?:A|B|AB|O)[+-]")
_DIGITS_APART = re.compile(r"(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")
_ADDRESS_WORDS = {
    "JLN": "JL",
    "JALAN": "JL",
    "GANG": "GG",
    "NOMOR": "NO",
    "NOMER": "NO",
    "KAMPUNG": "KP",
    "KPG": "KP",
    "PERUMAHAN": "PERUM",
    "KOMPLEK": "KOMP",
    "KOMPLEKS": "KOMP",
    "BLK": "BLOK",
    "DSN": "DUSUN",
}
_REGION_KINDS = (
    "KABUPATEN ADMINISTRASI ",
    "KOTA ADMINISTRASI ",
    "KABUPATEN ",
    "KAB ADM ",
    "KOTA ADM ",
    "KOTA ",
    "KAB ",
)
_REGION_WORDS = (("DAERAH ISTIMEWA ", "DI "), ("DAERAH KHUSUS IBUKOTA ", "DKI "), ("D I ", "DI "))
_SEXES = {"L": "LAKILAKI", "LK": "LAKILAKI", "P": "PEREMPUAN", "PR": "PEREMPUAN"}


class UnreadableError(ValueError):
    """The claimed text cannot be a value of its element."""


def fold_number(text: str) -> str:
    text = text.strip(" ")
    if text and _NUMBER.fullmatch(text) is None:
        raise UnreadableError
    return text


def fold_code(text: str) -> str:
    """A code as an integer, so that 072 and 72 are one."""
    text = text.strip(" ")
    if text and _CODE.fullmatch(text) is None:
        raise UnreadableError
    return str(int(text)) if text else ""


def fold_date(text: str) -> str:
    try:
        return read_date(text)
    except UnreadableDateError:
        raise UnreadableError from None


def fold_word(text: str) -> str:
    """A word of a closed list without case, spaces or punctuation.

    Two marks carry meaning and stay: the rhesus sign of a blood type, and a separator between two digits
    (certificate 12/31 is not 1/231).
    """
    upper = text.upper()
    blood = upper.replace(" ", "")
    if _BLOOD_WITH_RHESUS.fullmatch(blood):
        return blood
    word = "/".join(_APART.sub("", piece) for piece in _BETWEEN_DIGITS.split(upper))
    return _SEXES.get(word, word)


def fold_region(text: str) -> str:
    """A region's name without its kind: KAB. SLEMAN and SLEMAN are one, DI and DAERAH ISTIMEWA too."""
    name = " ".join(part for part in _APART.split(text.upper()) if part)
    for kind in _REGION_KINDS:
        if name.startswith(kind) and len(name) > len(kind):
            name = name.removeprefix(kind)
            break
    for long, short in _REGION_WORDS:
        if name.startswith(long):
            name = short + name.removeprefix(long)
    return name.replace(" ", "")


def fold_place(text: str) -> str:
    """An address or a birth place in plain words, numbers unpadded."""
    spaced = _DIGITS_APART.sub(" ", text.upper())
    words = (_ADDRESS_WORDS.get(word, word) for word in _APART.split(spaced) if word)
    return " ".join(str(int(word)) if word.isdecimal() and word.isascii() else word for word in words)


def _score_place(claimed: str, held: str) -> int:
    one, other = fold_place(claimed), fold_place(held)
    if not one or not other:
        return SAME if is_blank(claimed) and is_blank(held) else 0
    if one == other:
        return SAME
    return min(score_words(one.split(), other.split()), SAME - 1)


def _legible(fold: Callable[[str], str]) -> Callable[[str], str]:
    """The same folding, but letters that none of it can read are unreadable and not a blank."""

    def fold_legible(text: str) -> str:
        folded = fold(text)
        if not folded and not is_blank(text):
            raise UnreadableError
        return folded

    return fold_legible


def _exact(fold: Callable[[str], str]) -> Callable[[str, str], int]:
    def compare(claimed: str, held: str) -> int:
        try:
            return SAME if fold(claimed) == fold(held) else 0
        except UnreadableError:
            return 0

    return compare


def _never(claimed: str, held: str) -> int:
    return 0


FOLD: dict[Comparison, Callable[[str], str]] = {
    Comparison.NUMBER: fold_number,
    Comparison.NAME: _legible(fold_name),
    Comparison.PLACE: _legible(fold_place),
    Comparison.DATE: fold_date,
    Comparison.CODE: fold_code,
    Comparison.REGION: _legible(fold_region),
    Comparison.WORD: _legible(fold_word),
    Comparison.NEVER: _legible(fold_word),
}

COMPARE: dict[Comparison, Callable[[str, str], int]] = {
    Comparison.NUMBER: _exact(fold_number),
    Comparison.NAME: score_names,
    Comparison.PLACE: _score_place,
    Comparison.DATE: _exact(fold_date),
    Comparison.CODE: _exact(fold_code),
    Comparison.REGION: _exact(_legible(fold_region)),
    Comparison.WORD: _exact(_legible(fold_word)),
    Comparison.NEVER: _never,
}
