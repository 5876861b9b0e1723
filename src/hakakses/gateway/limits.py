"""How much one worker does at once: what exceeds it is refused at once, not kept waiting."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable
from typing import Any, TypeVar

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Problem

Result = TypeVar("Result")
LOOK_EVERY = 0.25  # seconds


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


class Deadlines:
    """Ends what takes too long.  One look around now and then costs a sixth of a timer for every request."""

    def __init__(self) -> None:
        self._until: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()

    async def within(self, seconds: float, work: Awaitable[Result]) -> Result:
        """What the work gives; TimeoutError when it had to be ended, at most LOOK_EVERY late."""
        task = asyncio.current_task()
        assert task is not None
        self._until[task] = time.monotonic() + seconds
        try:
            return await work
        except asyncio.CancelledError:
            if task not in self._ended:
                raise
            task.uncancel()
            raise TimeoutError from None
        finally:
            self._until.pop(task, None)
            self._ended.discard(task)

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            now = time.monotonic()
            for task in [task for task, until in self._until.items() if until <= now]:
                del self._until[task]
                self._ended.add(task)
                task.cancel()
