"""Feedback data at rest: records that nobody finds again without keys kept elsewhere, each held once."""

from __future__ import annotations

import datetime as dt
import hmac
import os
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hakakses.core.feedback import Given
from hakakses.store.keys import KeyName, Keystore
from hakakses.store.line import Line
from hakakses.store.queries import load_queries

_DIGEST_BYTES = 16
_NONCE_BYTES = 12
_SHARDS = 256  # keys of their own, so that no key seals so much that its random nonces could meet
_VERSION = b"\x01"
_SQL = load_queries("feedback")
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(dict[str, str])


class Sealed(msgspec.Struct, frozen=True):
    digest: bytes
    person: bytes
    sealed: bytes


class FeedbackCipher:
    """Seals records under keys of their own: nothing here can be joined to the register without them.

    A sealed text is ``version (1 byte) + nonce (12) + ciphertext and tag`` of AES-256-GCM over the values by field,
    with the digest as associated data, so that no values can be moved to another record.
    """

    def __init__(self, keystore: Keystore) -> None:
        self._person = keystore.derive(KeyName.FEEDBACK, b"person")
        self._digest = keystore.derive(KeyName.FEEDBACK, b"digest")
        self._values = [
            AESGCM(keystore.derive(KeyName.FEEDBACK, b"values" + bytes([shard]))) for shard in range(_SHARDS)
        ]

    def person(self, nik: str) -> bytes:
        """The blind index of a NIK among feedback data."""
        return hmac.digest(self._person, nik.encode(), "sha256")[:_DIGEST_BYTES]

    def seal(self, institution: str, fields: Sequence[str], given: Given) -> Sealed:
        # By name: a new juknis may list its fields in another order, and the record is still the same.
        named = sorted(zip(fields, given.values, strict=True))
        plain = _encoder.encode(dict(named))
        message = _encoder.encode((institution, given.nik, named))
        digest = hmac.digest(self._digest, message, "sha256")[:_DIGEST_BYTES]
        nonce = os.urandom(_NONCE_BYTES)
        text = self._values[digest[0]].encrypt(nonce, plain, digest + _VERSION)
        return Sealed(digest, self.person(given.nik), _VERSION + nonce + text)

    def open(self, digest: bytes, sealed: bytes) -> dict[str, str]:
        """The values of a record; raises cryptography's InvalidTag when it was altered or moved."""
        plain = self._values[digest[0]].decrypt(sealed[1:13], sealed[13:], digest + sealed[:1])
        return _decoder.decode(plain)


class Feedback:
    """Adds records and counts them; raises StoreUnavailable, and then nothing of that batch is kept."""

    def __init__(self, line: Line, keystore: Keystore) -> None:
        self._line = line
        self._cipher = FeedbackCipher(keystore)

    async def give(
        self, institution: str, agreement: str, day: dt.date, fields: Sequence[str], batch: Sequence[Given]
    ) -> int:
        """How many of a batch were not given before.  day: in Asia/Jakarta."""
        rows = [self._cipher.seal(institution, fields, given) for given in batch]
        rows.sort(key=lambda row: row.digest)
        digests, persons = [row.digest for row in rows], [row.person for row in rows]
        sealed = [row.sealed for row in rows]
        found = await self._line.fetch_one(
            _SQL["give_feedback"], institution, agreement, day, digests, persons, sealed
        )
        return int(found["added"]) if found else 0

    async def months(self, agreement: str) -> Mapping[dt.date, int]:
        """First day of each month -> records given in it."""
        rows = await self._line.fetch(_SQL["fetch_feedback_months"], agreement)
        return {row["month"]: row["records"] for row in rows}
