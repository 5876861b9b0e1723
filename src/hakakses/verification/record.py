"""What one ask leaves in the log: a leaf without a NIK, and sealed particulars."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Mapping

import msgspec

from hakakses.core.elements import BY_CODE, bitmap
from hakakses.core.ledger.entry import (
    NONCE_BYTES,
    Entry,
    EntryKind,
    encode_entry,
    leaf_hash,
    record_key,
    seal_detail,
    subject_commitment,
)
from hakakses.core.rights.ask import Ask
from hakakses.core.rights.right import AccessRight

_detail_encoder = msgspec.msgpack.Encoder()


class Leaf(msgspec.Struct, frozen=True):
    """An entry ready to be appended."""

    entry: bytes
    hash: bytes
    detail: bytes
    nonce: bytes


def answer_leaf(
    ask: Ask,
    right: AccessRight,
    client: str,
    now: dt.datetime,
    decision: str,
    log_key: bytes,
    limits: Mapping[str, int] = {},
) -> Leaf:
    """The leaf of an answer: commits to the subject, and to particulars sealed under this record's key.

    limits: code -> least score that decided; with the client's own they tell where a low one was raised.
    """
    nonce = os.urandom(NONCE_BYTES)
    key = record_key(log_key, nonce)
    particulars = (
        ask.nik,
        ask.caller.operator,
        ask.reference,
        ask.address,
        ask.elements,
        decision,
        ask.caller.workstation,
        ask.bounds,
        ask.threshold,
        limits if ask.threshold else {},
    )
    detail = seal_detail(key, _detail_encoder.encode(particulars))
    entry = encode_entry(
        _entry(
            ask,
            right,
            client,
            now,
            EntryKind.ANSWER,
            decision,
            nonce,
            subject_commitment(key, ask.nik),
            hashlib.sha256(detail).digest(),
        )
    )
    return Leaf(entry, leaf_hash(entry), detail, nonce)


def refusal_leaf(ask: Ask, right: AccessRight, client: str, now: dt.datetime, code: str) -> Leaf:
    """The leaf of a refusal: says which rule, and nothing of the subject or the values."""
    nonce = os.urandom(NONCE_BYTES)
    entry = encode_entry(_entry(ask, right, client, now, EntryKind.REFUSAL, code, nonce, b"", b""))
    return Leaf(entry, leaf_hash(entry), b"", nonce)


def _asked(ask: Ask) -> Iterator[str]:
    yield from (code for code in ask.elements if code in BY_CODE)
    yield from (bound.code for bound in ask.bounds if bound.code in BY_CODE)


def _entry(
    ask: Ask,
    right: AccessRight,
    client: str,
    now: dt.datetime,
    kind: EntryKind,
    decision: str,
    nonce: bytes,
    subject: bytes,
    detail: bytes,
) -> Entry:
    return Entry(
        version=1,
        time_ms=int(now.timestamp() * 1000),
        kind=kind,
        institution=right.institution.id,
        agreement=right.agreement,
        right=right.number,
        client=client,
        method=ask.method,
        mode=ask.mode,
        purpose=ask.purpose if ask.purpose in right.purposes else "",
        caller=ask.caller.kind,
        elements=bitmap(_asked(ask)),
        decision=decision,
        nonce=nonce,
        subject=subject,
        detail=detail,
    )
