"""Personal names: folded to one spelling, and scored from 0 to 100.

Folding: upper case, compatibility composition without accents, titles away, abbreviations written out, old
spelling (OE, TJ, DJ) to new.  The score is a word-aligned Jaro-Winkler: each word is paired with its closest
word on the other side, each word once, weighted by length; unpaired words count nothing.  It is deterministic
and symmetric, and two names that differ only in where words are joined score 100.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import JaroWinkler

TITLES_BEFORE = frozenset(
    "H HJ IR DR DRS DRA PROF KH TGK USTADZ R RA RR RADEN NY TN SDR SDRI ALM ALMH LETKOL KOL MAYOR".split()  # noqa: SIM905
)
TITLES_AFTER = frozenset(
    "SE SH ST SP SSI SPD SKOM SSOS SAG SKM SPSI SIP MM MH MT MSI MPD MKOM MA MSC MKES MBA PHD AMD AMK SKED"  # noqa: SIM905
    " SFARM SKEP SPDI MPDI BSC".split()
)
ABBREVIATIONS = {
    "MUH": "MUHAMMAD",
    "MOH": "MUHAMMAD",
    "MOCH": "MUHAMMAD",
    "MHD": "MUHAMMAD",
    "MUHD": "MUHAMMAD",
    "MUHAMAD": "MUHAMMAD",
    "MOHAMAD": "MUHAMMAD",
    "MOHAMMAD": "MUHAMMAD",
    "MOCHAMAD": "MUHAMMAD",
    "MOCHAMMAD": "MUHAMMAD",
    "ABD": "ABDUL",
    "ACH": "ACHMAD",
    "AHMAD": "ACHMAD",
    "ST": "SITI",
}
_OLD_SPELLING = (("OE", "U"), ("TJ", "C"), ("DJ", "J"))
_APOSTROPHES = re.compile("[`'´‘’ʼ]")
_APART = re.compile(r"[^A-Z0-9]+")
_DOTTED_TITLE = re.compile(r"\b((?:[A-Z]{1,4}\.){2,})(?=[\s,]|$)|\b([SMA]\.[A-Z]{1,5}(?:\.I)?)\b\.?")
_ACCEPTED = 100


def fold_name(text: str) -> str:
    """The comparison form of a name; single-word names are names, and no name folds to nothing."""
    plain = _plain(text)
    words = [word for word in _APART.split(_join_titles(plain)) if word]
    kept = _without_titles(words)
    spelled = (_spell(word) for word in _first_m(kept))
    return " ".join(ABBREVIATIONS.get(word, word) for word in spelled)


def score_names(claimed: str, held: str) -> int:
    """Similarity of two names in percent."""
    if claimed == held:
        return _ACCEPTED
    one, other = fold_name(claimed), fold_name(held)
    if not one or not other:
        return _ACCEPTED if is_blank(claimed) and is_blank(held) else 0
    if one.replace(" ", "") == other.replace(" ", ""):
        return _ACCEPTED
    return min(score_words(one.split(), other.split()), _ACCEPTED - 1)


def score_words(one: list[str], other: list[str]) -> int:
    """The word-aligned score of two lists of words: 0-100, symmetric."""
    pairs = sorted(
        (
            (-JaroWinkler.similarity(a, b), min(a, b), max(a, b), i, j)
            for i, a in enumerate(one)
            for j, b in enumerate(other)
        ),
    )
    used_one: set[int] = set()
    used_other: set[int] = set()
    matched = 0.0
    for negative, _, _, i, j in pairs:
        if i in used_one or j in used_other:
            continue
        used_one.add(i)
        used_other.add(j)
        matched -= negative * (len(one[i]) + len(other[j]))
    return round(100 * matched / sum(len(word) for word in (*one, *other)))


def is_blank(text: str) -> bool:
    """Whether a text says nothing: no letter or digit of any script."""
    return not any(sign.isalnum() for sign in text)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).upper()


def _join_titles(text: str) -> str:
    """S.KOM and M.M. become one word each; M.ALI and H.M. are initials and stay apart."""
    return _DOTTED_TITLE.sub(_joined_if_title, text)


def _joined_if_title(found: re.Match[str]) -> str:
    joined = found.group(0).replace(".", "")
    return f" {joined} " if joined in TITLES_AFTER else found.group(0)


def _without_titles(words: list[str]) -> list[str]:
    begin, end = 0, len(words)
    while end - begin > 1 and words[begin] in TITLES_BEFORE:
        begin += 1
    while end - begin > 1 and words[end - 1] in TITLES_AFTER:
        end -= 1
    return words[begin:end]


def _first_m(words: list[str]) -> list[str]:
    """A leading M stands for MUHAMMAD; elsewhere it is an initial."""
    return ["MUHAMMAD", *words[1:]] if len(words) > 1 and words[0] == "M" else words


def _spell(word: str) -> str:
    for old, new in _OLD_SPELLING:
        word = word.replace(old, new)
    return word
