"""A log entry: the leaf that everyone may see the hash of, and the cryptography that hides its subject."""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 16
HASH_BYTES = 32
LONGEST_ENTRY = 65_535
_LEAF = b"\x00"
_FIRST_BLOCK = b"\x01"
# A record key seals one detail only, so a constant initialisation vector is never used twice under a key.
_ONLY_VECTOR = bytes(12)


class EntryKind(StrEnum):
    ANSWER = "answer"
    REFUSAL = "refusal"
    ACT = "act"


class EntryError(ValueError):
    """The bytes are not a canonical entry."""


class Entry(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """One leaf of the log.

    time_ms: Unix milliseconds.  right: number of the access right.  elements: bitmap of core.elements.
    decision: SESUAI, TIDAK_SESUAI, READ, or a problem's code.  subject: HMAC commitment to the NIK, or empty.
    detail: SHA-256 of the sealed particulars, or empty.
    """

    version: int
    time_ms: int
    kind: EntryKind
    institution: str
    agreement: str
    right: int
    client: str
    method: str
    mode: str
    purpose: str
    caller: str
    elements: int
    decision: str
    nonce: bytes
    subject: bytes
    detail: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)
encode_entry = _encoder.encode


def decode_entry(data: bytes) -> Entry:
    """The entry; refuses any other spelling of the same entry, so that one entry has one hash."""
    try:
        entry = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise EntryError("the entry cannot be read") from fault
    if _encoder.encode(entry) != data or entry.version != 1:
        raise EntryError("the entry is not in canonical form")
    if len(entry.nonce) != NONCE_BYTES or {len(entry.subject), len(entry.detail)} - {0, HASH_BYTES}:
        raise EntryError("a field of the entry has the wrong length")
    if min(entry.time_ms, entry.right, entry.elements) < 0 or len(data) > LONGEST_ENTRY:
        raise EntryError("a field of the entry is out of its range")
    return entry


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 §2.1: SHA-256(0x00 || entry)."""
    return hashlib.sha256(_LEAF + data).digest()


def record_key(resident_key: bytes, nonce: bytes) -> bytes:
    """HKDF-Expand (RFC 5869) of one block: a key for this record alone."""
    return hmac.digest(resident_key, nonce + _FIRST_BLOCK, "sha256")


def subject_commitment(key: bytes, nik: str) -> bytes:
    """What binds the entry to a resident without telling whom: HMAC-SHA256 under the record key."""
    return hmac.digest(key, nik.encode(), "sha256")


def seal_detail(key: bytes, plain: bytes) -> bytes:
    return AESGCM(key).encrypt(_ONLY_VECTOR, plain, None)


def open_detail(key: bytes, sealed: bytes) -> bytes:
    """The particulars; raises EntryError when the key is not this record's or the text was altered."""
    try:
        return AESGCM(key).decrypt(_ONLY_VECTOR, sealed, None)
    except InvalidTag:
        raise EntryError("the detail does not open under this key") from None
