"""A body that is handed over as it arrives: bounded, watched for being cut off, and never held whole."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from hakakses.store.batching import Overloaded

# What is refused early is read on to here, so that its sender, still writing, gets the refusal.
MOST_DRAINED = 1024 * 1024  # bytes
STALLED_AFTER = 30.0  # seconds without a byte
PAUSED_AFTER = 1.0  # seconds without a byte from a sender that has its refusal coming
PIECE = 16 * 1024  # bytes; the server hands over several hundred KiB at once, too long a time for one turn

# Large uploads at once in one worker, of all institutions and of one.
MOST_LARGE, MOST_LARGE_OF_ONE = 16, 8
SMALL = 64 * 1024  # bytes


class CutOff(Exception):
    """The body ended before its end."""


class TooMuch(Exception):
    """The body is larger than its route allows."""


class Upload:
    """One body.  declared: its Content-Length; without one (chunked) the server does not tell an end from a break."""

    def __init__(self, protocol: Any, declared: str | None, most: int) -> None:
        self._source = aiter(protocol)
        self._most = most
        self._seen = 0
        self._ended = False
        self.declared = int(declared) if declared is not None and declared.isdecimal() else None

    @property
    def small(self) -> bool:
        return self.declared is not None and self.declared <= SMALL

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, with a turn for other requests between its pieces.  Raises CutOff and TooMuch."""
        if self.declared is not None and self.declared > self._most:
            raise TooMuch
        while (chunk := await self._next(STALLED_AFTER)) is not None:
            if self._seen > self._most:
                raise TooMuch
            for begin in range(0, len(chunk), PIECE):
                yield chunk[begin : begin + PIECE]
                await asyncio.sleep(0)
        if self.declared is not None and self.declared != self._seen:
            raise CutOff

    async def drain(self) -> None:
        """Read what is left of a body that was answered early, as far as is fair."""
        already = self._seen
        try:
            while self._seen - already <= MOST_DRAINED and await self._next(PAUSED_AFTER) is not None:
                pass
        except CutOff:
            return

    async def _next(self, within: float) -> bytes | None:
        if self._ended:
            return None
        try:
            async with asyncio.timeout(within):
                chunk: bytes = await anext(self._source)
        except StopAsyncIteration:
            self._ended = True
            return None
        except (ProtocolClosed, TimeoutError):
            self._ended = True
            raise CutOff from None
        self._seen += len(chunk)
        return chunk


class Seats:
    """The large uploads under way in one worker.  No institution keeps the others out."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def seat(self, institution: str, upload: Upload) -> Iterator[None]:
        """Held while an upload is under way; raises Overloaded when there is none.  Small ones need none."""
        if upload.small:
            yield
            return
        if self._taken.total() >= MOST_LARGE or self._taken[institution] >= MOST_LARGE_OF_ONE:
            raise Overloaded
        self._taken[institution] += 1
        try:
            yield
        finally:
            self._taken[institution] -= 1
