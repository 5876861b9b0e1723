"""What a guesser knows before the first try: which names there are, how often, and how alike any two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist
from tests.attack.population import MOTHER, NAME, clues, learnt

from hakakses.core.names import fold_name

Weights = NDArray[np.float64]
_MOST_WORDS = 4
_PROBES = 240
_TIE = 1e-9  # between two pairs of words that are equally alike the first in the alphabet is taken
_TAKEN = -0.5
_OF_THE_PROVINCE = 0.9  # of the belief; the rest is the whole country's


class Dictionary:
    """names: folded, the most frequent first.  scores: similarity of each probe to each name, probes first."""

    def __init__(self, texts: Sequence[str], groups: Sequence[tuple[str, bool]]) -> None:
        folded = [fold_name(text) for text in texts]
        self.names = [name for name, _ in Counter(folded).most_common()]
        self.at = {name: n for n, name in enumerate(self.names)}
        self._beliefs = _beliefs([self.at[name] for name in folded], groups, len(self.names))
        self._likeness = _Likeness(self.names)
        self.probes = _probes(self._beliefs)
        self.scores = np.stack([self._likeness.of(probe) for probe in self.probes])

    def belief(self, province: str, *, woman: bool) -> Weights:
        """How likely each name is for who is known by a NIK alone."""
        country = self._beliefs["", woman]
        return self._beliefs.get((province, woman), country)

    def alike(self, name: int, among: NDArray[np.int64]) -> NDArray[np.int16]:
        """Similarity of one name to some others."""
        return self._likeness.of(name, among)


@cache
def dictionary(code: str) -> Dictionary:
    people = learnt()
    groups = [(found.province, found.woman) for found in (clues(person.nik) for person in people)]
    if code == MOTHER:  # a mother's name says nothing of the child's sex
        groups = [(province, False) for province, _ in groups]
    return Dictionary([person.values[code] for person in people], groups)


def belief_about(code: str, nik: str) -> Weights:
    found = clues(nik)
    return dictionary(code).belief(found.province, woman=found.woman and code == NAME)


def _beliefs(
    places: list[int], groups: Sequence[tuple[str, bool]], size: int
) -> dict[tuple[str, bool], Weights]:
    counts: dict[tuple[str, bool], Weights] = {}
    for place, (province, woman) in zip(places, groups, strict=True):
        for group in ((province, woman), ("", woman)):
            counts.setdefault(group, np.zeros(size))[place] += 1
    shares = {group: found / found.sum() for group, found in counts.items()}
    return {
        (province, woman): _OF_THE_PROVINCE * share + (1 - _OF_THE_PROVINCE) * shares["", woman]
        for (province, woman), share in shares.items()
    }


def _probes(beliefs: dict[tuple[str, bool], Weights]) -> list[int]:
    """The likeliest names of every group, as values worth trying."""
    each = max(_PROBES // len(beliefs), 4)
    chosen: dict[int, None] = {}
    for group in sorted(beliefs):
        chosen.update(dict.fromkeys(np.argsort(-beliefs[group], kind="stable")[:each].tolist()))
    return list(chosen)


class _Likeness:
    """``core.names.score_names`` for one name against all others at once; the guesser knows how names are scored."""

    def __init__(self, names: Sequence[str]) -> None:
        split = [name.split()[:_MOST_WORDS] for name in names]
        words = sorted({word for name in split for word in name})
        place = {word: n for n, word in enumerate(words)}
        self._alike = cdist(words, words, scorer=JaroWinkler.similarity, dtype=np.float64)
        one, other = np.indices(self._alike.shape)
        later = np.minimum(one, other) * len(words) + np.maximum(one, other)
        self._order = self._alike - later * (_TIE / later.max())
        self._words = np.full((len(names), _MOST_WORDS), -1)
        for n, name in enumerate(split):
            self._words[n, : len(name)] = [place[word] for word in name]
        self._lengths = np.array([*map(len, words), 0])[self._words]
        joined = ["".join(name) for name in split]
        self._joined = np.unique(np.array(joined), return_inverse=True)[1]

    def of(self, name: int, among: Any = slice(None)) -> NDArray[np.int16]:
        own, others = self._words[name][self._words[name] >= 0], self._words[among]
        pairs = own[:, None], others[:, None, :]
        order = np.where(others[:, None, :] >= 0, self._order[pairs], -1.0)
        alike: Any = self._alike[pairs].reshape(len(order), -1)
        letters = self._lengths[name][: len(own), None] + self._lengths[among][:, None, :]
        matched = np.zeros(len(order))
        everyone = np.arange(len(order))
        flat: Any = order.reshape(len(order), -1)
        for _ in range(len(own)):
            best = flat.argmax(axis=1)
            row, column = np.divmod(best, _MOST_WORDS)
            paired = flat[everyone, best] > _TAKEN
            matched += np.where(paired, alike[everyone, best] * letters[everyone, row, column], 0)
            order[everyone, row, :] = -1
            order[everyone, :, column] = -1
        total = self._lengths[among].sum(axis=1) + self._lengths[name].sum()
        score = np.minimum(np.rint(100 * matched / total), 99)
        return np.where(self._joined[among] == self._joined[name], 100, score).astype(np.int16)
