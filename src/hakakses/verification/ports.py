"""What giving an answer needs from a store, and nothing of how a store does it."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

import msgspec

from hakakses.core.residents import Resident


class StoreUnavailable(Exception):
    """The store did not do what was asked; nothing may be answered."""


class Held(msgspec.Struct, frozen=True):
    """What the register holds under one NIK.

    resident: None when there is none.  as_of: the resident's own date, or the register's newest.
    newest: the date of the newest publication.  log_key: 32 bytes that seal this subject's log details.
    """

    index: bytes
    resident: Resident | None
    as_of: dt.date
    newest: dt.date
    log_key: bytes


class Kept(msgspec.Struct, frozen=True):
    """An answer to keep for a repeated Idempotency-Key.

    key: digest of the client's key.  request: digest of the request.  answer: what to repeat.
    """

    client: str
    key: bytes
    request: bytes
    answer: bytes


class Guess(msgspec.Struct, frozen=True):
    """A claimed value of one element: its keyed tag when it is not the held one, None when it is."""

    element: int
    tag: bytes | None


class OperatorUse(msgspec.Struct, frozen=True):
    """Who asked, and from which workstation."""

    agreement: str
    operator: str
    workstation: str


class Record(msgspec.Struct, frozen=True):
    """One entry to append, with all that must be counted in the same transaction.

    agreement: whose quota it spends, None when it spends none.  day: the quota's day in Asia/Jakarta.
    guess_subject: who guesses about whom, or b"" when there is nothing to count.
    """

    entry: bytes
    leaf_hash: bytes
    detail: bytes
    time: dt.datetime
    agreement: str | None = None
    quota: int = 0
    day: dt.date = dt.date.min
    guess_subject: bytes = b""
    guesses: tuple[Guess, ...] = ()
    kept: Kept | None = None
    operator: OperatorUse | None = None


class Written(msgspec.Struct, frozen=True):
    """The entry is durable under this number."""

    seq: int
    quota_remaining: int


class QuotaUsedUp(msgspec.Struct, frozen=True):
    pass


class GuessesUsedUp(msgspec.Struct, frozen=True):
    pass


class OperatorElsewhere(msgspec.Struct, frozen=True):
    """The operator asked from another workstation shortly before."""


class AnsweredBefore(msgspec.Struct, frozen=True):
    """The Idempotency-Key was used; the earlier answer stands."""


Outcome = Written | QuotaUsedUp | GuessesUsedUp | AnsweredBefore | OperatorElsewhere


class Earlier(msgspec.Struct, frozen=True):
    """An answer kept earlier."""

    request: bytes
    answer: bytes
    seq: int
    quota_remaining: int


class RegisterPort(Protocol):
    async def fetch(self, nik: str) -> Held: ...

    async def family(self, no_kk: str) -> tuple[str, ...]:
        """The NIKs on a family card, whatever their state, as core.families.members orders and bounds them."""
        ...


class LedgerPort(Protocol):
    async def append(self, record: Record) -> Outcome: ...

    async def earlier(self, client: str, key: bytes) -> Earlier | None: ...

    def guess_subject(self, institution: str, index: bytes) -> bytes: ...

    def guess_tag(self, subject: bytes, element: int, value: str) -> bytes: ...
