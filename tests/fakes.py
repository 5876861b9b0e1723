"""The register and the ledger in memory, for properties that try thousands of cases.

They keep the promises of ``verification/ports.py`` that tests/verification/test_ports.py asks of the real ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping

from hakakses.core.families import members
from hakakses.core.residents import Resident
from hakakses.core.rights.guessing import WINDOW, allows
from hakakses.store.ledger import SEAT_HELD_FOR
from hakakses.verification import ports


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\0".join(parts)).digest()


class FakeRegister:
    """asked: every NIK that was looked up, in order.  families: every family card that was."""

    def __init__(self, residents: Mapping[str, Resident], as_of: dt.date, newest: dt.date) -> None:
        self.residents, self.as_of, self.newest = residents, as_of, newest
        self.asked: list[str] = []
        self.families: list[str] = []

    async def fetch(self, nik: str) -> ports.Held:
        self.asked.append(nik)
        index, resident = _digest(nik.encode())[:16], self.residents.get(nik)
        as_of = self.newest if resident is None else self.as_of
        return ports.Held(index, resident, as_of, self.newest, _digest(b"log", index))

    async def family(self, no_kk: str) -> tuple[str, ...]:
        self.families.append(no_kk)
        return members(no_kk, self.residents.values())


class FakeLedger:
    """entries: the leaves in the order of their numbers."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self._used: Counter[tuple[str, dt.date]] = Counter()
        self._wrong: dict[tuple[bytes, int], dict[bytes, dt.datetime]] = {}
        self._seats: dict[tuple[str, str], tuple[str, dt.datetime]] = {}
        self._kept: dict[tuple[str, bytes], ports.Earlier] = {}

    async def append(self, record: ports.Record) -> ports.Outcome:
        kept, charge = record.kept, (record.agreement or "", record.day)
        if kept is not None and (kept.client, kept.key) in self._kept:
            return ports.AnsweredBefore()
        seat = record.operator
        if seat is not None and self._elsewhere(seat, record.time):
            return ports.OperatorElsewhere()
        if not all(allows(self._recent(record, guess.element), guess.tag) for guess in record.guesses):
            return ports.GuessesUsedUp()
        if record.agreement is not None:
            if self._used[charge] >= record.quota:
                return ports.QuotaUsedUp()
            self._used[charge] += 1
        self._remember(record)
        if seat is not None:
            self._seats[seat.agreement, seat.operator] = (seat.workstation, record.time)
        self.entries.append(record.entry)
        seq, remaining = len(self.entries) - 1, max(record.quota - self._used[charge], 0)
        if kept is not None:
            self._kept[kept.client, kept.key] = ports.Earlier(kept.request, kept.answer, seq, remaining)
        return ports.Written(seq, remaining)

    def _remember(self, record: ports.Record) -> None:
        """A value is remembered from its first try; one that was forgotten counts anew."""
        for guess in record.guesses:
            if guess.tag is not None and guess.tag not in self._recent(record, guess.element):
                self._wrong.setdefault((record.guess_subject, guess.element), {})[guess.tag] = record.time

    def _elsewhere(self, seat: ports.OperatorUse, now: dt.datetime) -> bool:
        workstation, at = self._seats.get((seat.agreement, seat.operator), (seat.workstation, now))
        return workstation != seat.workstation and at >= now - SEAT_HELD_FOR

    def _recent(self, record: ports.Record, element: int) -> set[bytes]:
        recorded = self._wrong.get((record.guess_subject, element), {})
        return {tag for tag, at in recorded.items() if at >= record.time - WINDOW}

    async def earlier(self, client: str, key: bytes) -> ports.Earlier | None:
        return self._kept.get((client, key))

    def guess_subject(self, institution: str, index: bytes) -> bytes:
        return _digest(institution.encode(), index)[:16]

    def guess_tag(self, subject: bytes, element: int, value: str) -> bytes:
        return _digest(subject, bytes([element]), value.encode())[:8]
