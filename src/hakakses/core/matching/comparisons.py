"""The only comparisons there are: one function per kind, each giving 0 to 100."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from hakakses.core.dates import UnreadableDateError, read_date
from hakakses.core.elements import SAME, Comparison
from hakakses.core.matching.addresses import SPELLINGS, fold_address, score_addresses, unpadded
from hakakses.core.matching.region_names import fold_regency, fold_region, same_regency
from hakakses.core.names import fold_name, is_blank, score_names, score_words

LONGEST_VALUE = 255
_NUMBER = re.compile(r"[0-9]{16}")
_CODE = re.compile(r"[0-9]{1,10}")
_APART = re.compile(r"[^A-Z0-9]+")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9]) *[^A-Z0-9 ][^A-Z0-9]*(?=[0-9])")
_BLOOD_WITH_RHESUS = re.compile(r"(?:A|B|AB|O)[+-]")
_DIGITS_APART = re.compile(r"(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")
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


def fold_place(text: str) -> str:
    """A birth place in plain words, numbers unpadded."""
    spaced = _DIGITS_APART.sub(" ", text.upper())
    return " ".join(unpadded(SPELLINGS.get(word, word)) for word in _APART.split(spaced) if word)


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


def _exact(
    fold: Callable[[str], str], same: Callable[[str, str], bool] = operator.eq
) -> Callable[[str, str], int]:
    """Nothing between the same and not the same.  same: judges two folded texts."""

    def compare(claimed: str, held: str) -> int:
        try:
            return SAME if same(fold(claimed), fold(held)) else 0
        except UnreadableError:
            return 0

    return compare


def _never(claimed: str, held: str) -> int:
    return 0


FOLD: dict[Comparison, Callable[[str], str]] = {
    Comparison.NUMBER: fold_number,
    Comparison.NAME: _legible(fold_name),
    Comparison.PLACE: _legible(fold_place),
    Comparison.ADDRESS: _legible(fold_address),
    Comparison.DATE: fold_date,
    Comparison.CODE: fold_code,
    Comparison.REGION: _legible(fold_region),
    Comparison.REGENCY: _legible(fold_regency),
    Comparison.WORD: _legible(fold_word),
    Comparison.NEVER: _legible(fold_word),
}

COMPARE: dict[Comparison, Callable[[str, str], int]] = {
    Comparison.NUMBER: _exact(fold_number),
    Comparison.NAME: score_names,
    Comparison.PLACE: _score_place,
    Comparison.ADDRESS: score_addresses,
    Comparison.DATE: _exact(fold_date),
    Comparison.CODE: _exact(fold_code),
    Comparison.REGION: _exact(_legible(fold_region)),
    Comparison.REGENCY: _exact(_legible(fold_regency), same_regency),
    Comparison.WORD: _exact(_legible(fold_word)),
    Comparison.NEVER: _never,
}
