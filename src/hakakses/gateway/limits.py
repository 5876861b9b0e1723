"""How much one worker does at once: what exceeds it is refused at once, not kept waiting."""

from __future__ import annotations

from collections import Counter

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Problem


class Limits(msgspec.Struct, frozen=True):
    """Seconds that a body may take to arrive, and an answer to be made."""

    body_seconds: float
    answer_seconds: float


class Places:
    """Requests in progress; one client's can never fill them all while its limit is the lower one."""

    def __init__(self, most: int, most_per_client: int) -> None:
        self._most, self._most_per_client = most, most_per_client
        self._taken: Counter[str] = Counter()
        self._all = 0

    def take(self, client: str) -> Problem | None:
        """A place for a request, or why there is none.  Whoever gets one must leave it."""
        if self._all >= self._most:
            return problems.OVERLOADED
        if self._taken[client] >= self._most_per_client:
            return problems.CLIENT_AT_LIMIT
        self._all += 1
        self._taken[client] += 1
        return None

    def leave(self, client: str) -> None:
        self._all -= 1
        self._taken[client] -= 1
        if not self._taken[client]:
            del self._taken[client]
