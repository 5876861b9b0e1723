"""Addresses: words may be misspelled, numbers may not.

An address is read as words and numbers.  A number is digits with at most one letter after them (12A), or a
Roman numeral; after RT, RW or BLOK it belongs to that label, and a single letter before a number is a block.
Per label the numbers of one address must appear, in order, among those of the other: then each number that one
side lacks costs MISSING points of the words' score.  Otherwise the two name different houses, and the score is
at most DIFFERENT, below every threshold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hakakses.core.elements import LOWEST_THRESHOLD, SAME
from hakakses.core.names import is_blank, score_words

MISSING = 5
DIFFERENT = LOWEST_THRESHOLD - 1
BLOCK = "BLOK"
_LABELS = (BLOCK, "RT", "RW")
_LONGEST_BLOCK = 2  # letters: BLOK AA
_HOUSE = ""  # numbers without a label: of the house, of a lane
SPELLINGS = {
    "JLN": "JL",
    "JALAN": "JL",
    "GANG": "GG",
    "KAMPUNG": "KP",
    "KPG": "KP",
    "PERUMAHAN": "PERUM",
    "KOMPLEK": "KOMP",
    "KOMPLEKS": "KOMP",
    "BLK": BLOCK,
    "DSN": "DUSUN",
}
_SILENT = frozenset({"NO", "NOMOR", "NOMER", "NMR"})  # NO. 12 and 12 are one
_RT_RW = re.compile(r"\bRT[^A-Z0-9]*(?:RW[^A-Z0-9]*)?([0-9]+)\s*[/-]\s*(?:RW[^A-Z0-9]*)?([0-9]+)")
_SIGN = re.compile(r"[0-9]+|[A-Z]+")
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_DIGITS = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}

Numbers = dict[str, list[str]]


def fold_address(text: str) -> str:
    """The words, then the numbers by label; nothing when no word or number is left."""
    words, numbers = read_address(text)
    labelled = (f"{label} {number}".lstrip() for label in (_HOUSE, *_LABELS) for number in numbers[label])
    return " ".join((*words, *labelled))


def score_addresses(claimed: str, held: str) -> int:
    """Similarity of two addresses in percent."""
    if claimed == held:
        return SAME
    if fold_address(claimed) == fold_address(held):
        return SAME if fold_address(claimed) or (is_blank(claimed) and is_blank(held)) else 0
    (words, numbers), (other_words, other_numbers) = read_address(claimed), read_address(held)
    missing = 0
    for label in (_HOUSE, *_LABELS):
        few, many = sorted((numbers[label], other_numbers[label]), key=len)
        if not _within(few, many):
            return min(_score(words, other_words), DIFFERENT)
        missing += len(many) - len(few)
    return max(min(_score(words, other_words), SAME - 1) - MISSING * missing, 0)


def read_address(text: str) -> tuple[list[str], Numbers]:
    """The words of an address in order, and its numbers by label, unpadded."""
    words: list[str] = []
    numbers: Numbers = {label: [] for label in (_HOUSE, *_LABELS)}
    for label, sign in _labelled(_signs(text)):
        if label is None:
            words.append(sign)
        elif label not in ("RT", "RW") or sign != "0":  # RT 000 says that there is none
            numbers[label].append(sign)
    return words, numbers


def _signs(text: str) -> list[str]:
    spelled = _RT_RW.sub(r"RT \1 RW \2 ", text.upper())
    signs = (SPELLINGS.get(sign, sign) for sign in _SIGN.findall(spelled))
    return [unpadded(sign) for sign in signs if sign not in _SILENT]


def unpadded(sign: str) -> str:
    """Digits without leading zeros; int() refuses thousands of them."""
    return sign.lstrip("0") or "0" if sign.isdigit() else sign


def _labelled(signs: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Each word with None, each number with its label; a label that labels nothing is left out."""
    label, at = _HOUSE, 0
    while at < len(signs):
        sign, after = signs[at], signs[at + 1] if at + 1 < len(signs) else ""
        at += 1
        if sign in _LABELS:
            label = sign
            continue
        number = _arabic(sign)
        if number.isdigit():
            if sign.isdigit() and len(after) == 1 and after.isalpha():
                number, at = number + after, at + 1
            yield label, number
        elif (label == BLOCK and len(sign) <= _LONGEST_BLOCK) or (len(sign) == 1 and after.isdigit()):
            yield BLOCK, sign
        else:
            yield None, sign
        label = _HOUSE


def _arabic(sign: str) -> str:
    found = _ROMAN.fullmatch(sign)
    return str(10 * len(found[1]) + _ROMAN_DIGITS[found[2]]) if found else sign


def _within(few: list[str], many: list[str]) -> bool:
    """Whether the few stand among the many in their order."""
    rest = iter(many)
    return all(number in rest for number in few)


def _score(one: list[str], other: list[str]) -> int:
    if "".join(one) == "".join(other):
        return SAME
    return score_words(one, other)
