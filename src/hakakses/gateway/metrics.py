"""Counts for operators: never a client's value, and never a NIK."""

from __future__ import annotations

from prometheus_client import REGISTRY, Counter, Histogram, generate_latest

ASKS = Counter("hakakses_asks_total", "Asks by mode and outcome", ["mode", "outcome"])
SECONDS = Histogram(
    "hakakses_ask_seconds",
    "Seconds from request to durable answer",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)


def exposition() -> bytes:
    """Metrics of one worker in Prometheus' text format."""
    return generate_latest(REGISTRY)
