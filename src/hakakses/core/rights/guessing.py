"""The guessing budget: how many different wrong values an institution may try for one resident's element."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

DISTINCT_WRONG_VALUES = 3
WINDOW = dt.timedelta(days=30)


def allows(recorded: Collection[bytes], tag: bytes | None) -> bool:
    """Whether a value may still be answered for, given the wrong values recorded within WINDOW.

    tag: the value's own tag when it is wrong, None when it is right.  Repeating a recorded wrong value is
    free.  Once the budget is gone a right value is refused as well: were only wrong ones refused, the
    refusal itself would be the answer "wrong", and guessing could go on without end.
    """
    return tag in recorded or len(set(recorded)) < DISTINCT_WRONG_VALUES
