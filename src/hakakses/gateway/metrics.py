"""Counts for operators: never a client's value, and never a NIK.

Each worker counts in files of a directory that all share, so that any worker tells of all of them.  Writing there
for each ask took a tenth of a worker's time, so a worker tallies in memory and writes once a second.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Tallied
from collections.abc import Callable
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)  # seconds

_ASKS = Counter("hakakses_asks_total", "Asks by mode and outcome", ["mode", "outcome"])
_SECONDS = Counter(
    "hakakses_ask_seconds_total", "Seconds from request to durable answer, of all asks together"
)
# As a histogram's buckets: histogram_quantile reads them by their label.
_WITHIN = Counter("hakakses_asks_within_total", "Asks answered within so many seconds", ["le"])
_TRIPS = Counter("hakakses_batches_total", "Trips to a store", ["store"])
_SHED = Counter("hakakses_shed_total", "Requests that a limit of time or number refused", ["code"])
_ITEMS = Counter("hakakses_batched_total", "Look-ups or entries in them", ["store"])
_RAISED = Counter(
    "hakakses_thresholds_raised_total", "Asks whose own limit was below the agreement's and was raised to it"
)


class Tally:
    """What one worker counted since it last wrote."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._asks: Tallied[tuple[str, str]] = Tallied()
        self._within = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self._trips: Tallied[str] = Tallied()
        self._items: Tallied[str] = Tallied()
        self._shed: Tallied[str] = Tallied()
        self._raised = 0

    def ask(self, mode: str, outcome: str, seconds: float) -> None:
        """Count an ask.  outcome: a problem's code, or "answered"."""
        self._asks[mode, outcome] += 1
        self._within[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def shed(self, code: str) -> None:
        """Count a request that a limit refused.  code: the problem's."""
        self._shed[code] += 1

    def raised_threshold(self) -> None:
        """Count an ask whose own limit did not hold; which one it was is in the sealed detail of its entry."""
        self._raised += 1

    def trips_to(self, store: str) -> Callable[[int], None]:
        """A function that counts one trip to a store with this many items."""

        def count(size: int) -> None:
            self._trips[store] += 1
            self._items[store] += size

        return count

    def write(self) -> None:
        """Add what was counted to the files, and begin anew."""
        for (mode, outcome), number in self._asks.items():
            _ASKS.labels(mode, outcome).inc(number)
        for bound, number in zip((*map(str, BOUNDS), "+Inf"), accumulate(self._within), strict=True):
            _WITHIN.labels(bound).inc(number)
        _SECONDS.inc(self._seconds)
        for code, number in self._shed.items():
            _SHED.labels(code).inc(number)
        _RAISED.inc(self._raised)
        for counter, numbers in ((_TRIPS, self._trips), (_ITEMS, self._items)):
            for store, number in numbers.items():
                counter.labels(store).inc(number)
        self._start()


def exposition() -> bytes:
    """Metrics of all workers in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
