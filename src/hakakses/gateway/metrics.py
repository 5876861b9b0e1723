"""Counts for operators: never a client's value, and never a NIK.

Each worker counts in files of a directory that all share, so that any worker tells of all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_ASKS = Counter("hakakses_asks_total", "Asks by mode and outcome", ["mode", "outcome"])
SECONDS = Histogram(
    "hakakses_ask_seconds",
    "Seconds from request to durable answer",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
BATCHES = Counter("hakakses_batches_total", "Trips to a store", ["store"])
BATCHED = Counter("hakakses_batched_total", "Look-ups or entries in them", ["store"])


@cache
def asks(mode: str, outcome: str) -> Counter:
    """The count of asks of one mode with one outcome: a problem's code, or "answered"."""
    return _ASKS.labels(mode, outcome)


def counting_batches(store: str) -> Callable[[int], None]:
    """A function that counts one trip with this many items."""
    trips, items = BATCHES.labels(store), BATCHED.labels(store)

    def count(size: int) -> None:
        trips.inc()
        items.inc(size)

    return count


def exposition() -> bytes:
    """Metrics of all workers in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
