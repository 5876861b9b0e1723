"""How long to go on trying, and how long to pause in between."""

from __future__ import annotations

from random import SystemRandom

import msgspec

_dice = SystemRandom()


class Patience(msgspec.Struct, frozen=True):
    """Seconds.  within: from the first try to the last.  first: upper bound of the first pause, doubled each time.

    longest: of a pause; a service that asks for more is left alone.
    """

    within: float = 20.0
    first: float = 0.2
    longest: float = 5.0

    def pause(self, attempt: int, asked: int | None, left: float) -> float | None:
        """The pause before another try; None to give up.

        attempt: tries made.  asked: what the service wants to be waited for.  The rest is chance, so that many
        callers do not come back together.
        """
        if asked is not None and asked > self.longest:
            return None
        doubled = self.first * 2.0 ** min(attempt - 1, 16)
        pause = (asked or 0) + _dice.uniform(0, min(doubled, self.longest))
        return pause if pause < left else None
