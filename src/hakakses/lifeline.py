"""A process that another one started must not outlive it: an orphan would hold the port, or the log.

Linux can kill a child with its parent, but means the parent's thread, and servers restart their workers from
threads that end; so the child looks for itself.
"""

from __future__ import annotations

import os
import threading
import time

LOOK_EVERY = 0.5  # seconds


def end_with_parent() -> None:
    """End this process at once when the one that started it is gone."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)
