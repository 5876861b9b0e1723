"""What an institution gets for an ask."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec


class Result(StrEnum):
    SESUAI = "SESUAI"
    TIDAK_SESUAI = "TIDAK_SESUAI"


class Reason(StrEnum):
    """Why a resident is not answered for; told only where the agreement grants reasons."""

    TIDAK_DITEMUKAN = "TIDAK_DITEMUKAN"
    MENINGGAL = "MENINGGAL"
    GANDA = "GANDA"
    NONAKTIF = "NONAKTIF"


class Receipt(msgspec.Struct, frozen=True):
    """What the institution keeps as proof: entry number, leaf hash and nonce in hex."""

    seq: int
    leaf_hash: str
    nonce: str


class Verdicts(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of an answer that does not depend on the log.

    elements: code -> verdict, or value read.  scores: code -> the similarity that may be told, of scored
    elements, where the ask wanted it.
    """

    id: str
    elements: dict[str, str]
    as_of: dt.date
    leaf_hash: str
    nonce: str
    result: Result | None = None
    reason: Reason | None = None
    scores: dict[str, int] = {}


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer as every door renders it; result is None for a reading."""

    id: str
    elements: dict[str, str]
    as_of: dt.date
    quota_remaining: int
    receipt: Receipt
    result: Result | None = None
    reason: Reason | None = None
    scores: dict[str, int] = {}


def complete(verdicts: Verdicts, seq: int, quota_remaining: int) -> Answer:
    """The answer once the log has given its number."""
    return Answer(
        id=verdicts.id,
        elements=verdicts.elements,
        as_of=verdicts.as_of,
        quota_remaining=quota_remaining,
        receipt=Receipt(seq, verdicts.leaf_hash, verdicts.nonce),
        result=verdicts.result,
        reason=verdicts.reason,
        scores=verdicts.scores,
    )
