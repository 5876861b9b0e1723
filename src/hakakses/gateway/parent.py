"""A worker must not outlive the process that started it: an orphan would hold the port with old settings.

Linux can kill a child with its parent, but means the parent's thread, and Granian restarts workers from a
thread that ends; so the worker looks for itself.
"""

from __future__ import annotations

import asyncio
import os

LOOK_EVERY = 0.5  # seconds


async def end_with_parent() -> None:
    """End this process at once when its parent is gone."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - no event tells of a parent's end
        await asyncio.sleep(LOOK_EVERY)
    os._exit(1)
