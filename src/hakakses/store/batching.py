"""Requests that arrive while a batch is under way gather into the next one.

There is no timer: an idle store answers at once, a busy one answers many together.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Overloaded(Exception):
    """More is waiting than the store can work off in time; nothing was done for this item."""


class Batcher(Generic[Item, Result]):
    """Hands items to ``run`` in batches.

    run: answers with one result per item, in order; if it raises, every item of the batch gets that error.
    turn: held while a batch is under way; what shares it goes in turns, and items gather until theirs comes.
    most: items in a batch.  waiting: items that may wait before Overloaded.
    apart: keys that an item must not share with another item of its batch.  observe: told each batch's size.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Awaitable[Sequence[Result]]],
        turn: asyncio.Lock,
        *,
        most: int,
        waiting: int,
        apart: Callable[[Item], Sequence[Hashable]] | None = None,
        observe: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._run = run
        self._most = most
        self._turn = turn
        self._work_under_way: asyncio.Task[None] | None = None
        self._waiting = waiting
        self._apart = apart
        self._queue: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._observe = observe

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """A future of the item's result."""
        if len(self._queue) >= self._waiting:
            raise Overloaded
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        if self._work_under_way is None:
            self._work_under_way = asyncio.create_task(self._work())
        return future

    async def _work(self) -> None:
        try:
            while self._queue:
                async with self._turn:
                    batch = self._take()
                    if batch:
                        self._observe(len(batch))
                        await self._answer([item for item, _ in batch], [future for _, future in batch])
        finally:
            self._work_under_way = None

    async def _answer(self, items: list[Item], futures: list[asyncio.Future[Result]]) -> None:
        try:
            results = await self._run(items)
        except Exception as fault:  # noqa: BLE001 - handed to every waiter, never swallowed
            for future in futures:
                if not future.done():
                    future.set_exception(fault)
            return
        for future, result in zip(futures, results, strict=True):
            if not future.done():
                future.set_result(result)

    def _take(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        """The next batch, without items whose askers have given up waiting: for those nothing is done."""
        queue = self._queue
        if self._apart is None:
            first = [queue.popleft() for _ in range(min(self._most, len(queue)))]
            return [entry for entry in first if not entry[1].cancelled()]
        taken: list[tuple[Item, asyncio.Future[Result]]] = []
        left: list[tuple[Item, asyncio.Future[Result]]] = []
        seen: set[Hashable] = set()
        while queue and len(taken) < self._most:
            entry = queue.popleft()
            if entry[1].cancelled():
                continue
            keys = self._apart(entry[0])
            if seen.isdisjoint(keys):
                seen.update(keys)
                taken.append(entry)
            else:
                left.append(entry)
        queue.extendleft(reversed(left))
        return taken
