"""Processes that share a job's work and end with it, even when it is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing.connection import wait
from threading import Thread
from typing import Self, TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
PROCESSES = 2
_AHEAD = 2  # tasks that wait, for each process


class Workers:
    """One process is this one; more are started with the first task and kept for the next step's tasks."""

    def __init__(self, processes: int) -> None:
        spawned = multiprocessing.get_context("spawn")  # a fork would share connections and locks
        self._processes = processes
        self._pool = ProcessPoolExecutor(processes, spawned, initializer=_end_with_parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def in_order(self, do: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[_Result]:
        """The results in the order of the tasks, of which a few at a time are taken up.

        Raises what a task raises, and BrokenProcessPool when a process dies.
        """
        if self._processes == 1:
            yield from map(do, tasks)
            return
        waiting, under_way = iter(tasks), deque[Future[_Result]]()
        while True:
            free = self._processes * (1 + _AHEAD) - len(under_way)
            under_way.extend(self._pool.submit(do, task) for task in islice(waiting, free))
            if not under_way:
                return
            yield under_way.popleft().result()


def _end_with_parent() -> None:
    """Let the parent alone answer Ctrl-C, and outlive it in no case."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _exit_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
