"""What the service answers, as it is on the wire.  Fields that a later version adds are passed over."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import msgspec


class Result(StrEnum):
    SESUAI = "SESUAI"
    TIDAK_SESUAI = "TIDAK_SESUAI"


class Receipt(msgspec.Struct, frozen=True):
    """Keep it: it proves what was answered.  seq: the entry's number.  leaf_hash and nonce in hex."""

    seq: int
    leaf_hash: str
    nonce: str


class Answer(msgspec.Struct, frozen=True):
    """elements: code -> verdict, or value read.  result: None for a reading.

    reason and scores stay empty unless the agreement grants them.
    """

    id: str
    elements: dict[str, str]
    as_of: dt.date
    quota_remaining: int
    receipt: Receipt
    result: Result | None = None
    reason: str = ""
    scores: dict[str, int] = {}


class Quota(msgspec.Struct, frozen=True):
    limit: int
    used: int
    remaining: int
    day: dt.date


class Right(msgspec.Struct, frozen=True):
    """right: the access right with the clauses it stands on.  fingerprint: changes when anything in it does."""

    right: dict[str, Any]
    fingerprint: str
    quota: Quota


class Proof(msgspec.Struct, frozen=True):
    """An RFC 6962 inclusion proof of one entry under a signed checkpoint; hashes in hex, from the leaf upwards."""

    seq: int
    leaf_hash: str
    entry: str
    tree_size: int
    proof: list[str]
    checkpoint: str
