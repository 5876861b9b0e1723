"""How a register row is sealed and a resident's log key is made, under keys kept elsewhere.

A sealed text is ``version (1 byte) + nonce (12) + ciphertext and tag`` of AES-256-GCM; the blind index and the
version are its associated data, so that no row can be moved to another resident.  The plain text is the
resident's status and values with U+001F between them: a control character, which no loaded value has.

A row's family tag is an HMAC of the family card number and of the row's shard.  Members of one family mostly have
different tags, so that the tags of a stolen copy do not tell who lives with whom; who knows the number tries all shards.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hakakses.core.residents import ELEMENT_COUNT, Resident, ResidentStatus
from hakakses.store.keys import KeyName, Keystore

INDEX_BYTES = 16
SALT_BYTES = 32
NO_SALT = b""
TAG_BYTES = 8
SHARDS = 256
SEPARATOR = "\x1f"
_VERSION = b"\x01"
_NONCE_BYTES = 12
_HASH_BLOCK = 64
_STATUSES = {str(status.value): status for status in ResidentStatus}


class RegisterCipher:
    """Seals and opens what the register holds.  One object per process: making key objects is slow."""

    def __init__(self, keystore: Keystore) -> None:
        self._index = _Hmac(keystore.root(KeyName.INDEX))
        self._family = _Hmac(keystore.derive(KeyName.REGISTER, b"family"))
        self._log_key = _Hmac(keystore.derive(KeyName.SUBJECT, b"log key"))
        self._rows = [
            AESGCM(keystore.derive(KeyName.REGISTER, b"shard" + bytes([shard]))) for shard in range(SHARDS)
        ]

    def index(self, nik: str) -> bytes:
        """The blind index of a NIK: HMAC-SHA256 cut to 16 bytes; its first byte is the shard."""
        return self._index.digest(nik.encode())[:INDEX_BYTES]

    def family_tag(self, no_kk: bytes, index: bytes) -> bytes:
        """The tag of a family card number on the row of this index: a signed 64-bit integer, big-endian."""
        return self._family.digest(no_kk + index[:1])[:TAG_BYTES]

    def family_tags(self, no_kk: str) -> list[int]:
        """The tags that members of a family may have, by shard."""
        number = no_kk.encode()
        tags = (self.family_tag(number, bytes([shard])) for shard in range(SHARDS))
        return [int.from_bytes(tag, "big", signed=True) for tag in tags]

    def seal(self, index: bytes, resident: Resident) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._rows[index[0]].encrypt(nonce, plain_text(resident), index + _VERSION)

    def seal_all(self, niks: Sequence[bytes], plain_texts: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Index and sealed text of many residents, as ``index`` and ``seal`` give them, for half the price."""
        nonces = os.urandom(_NONCE_BYTES * len(niks))
        digest, rows, at = self._index.digest, self._rows, 0
        for nik, plain in zip(niks, plain_texts, strict=True):
            index, nonce = digest(nik)[:INDEX_BYTES], nonces[at : at + _NONCE_BYTES]
            at += _NONCE_BYTES
            yield index, _VERSION + nonce + rows[index[0]].encrypt(nonce, plain, index + _VERSION)

    def open(self, index: bytes, sealed: bytes) -> Resident:
        """The resident of a row; raises cryptography's InvalidTag when the row was altered or moved."""
        plain = self._rows[index[0]].decrypt(sealed[1:13], sealed[13:], index + sealed[:1])
        status, *values = plain.decode().split(SEPARATOR)
        return Resident(_STATUSES[status], tuple(values))

    def log_key(self, index: bytes, salt: bytes) -> bytes:
        """What seals the log details of a resident: 32 bytes, lost for good when the salt is destroyed.

        Who is not in the register has NO_SALT, so that unknown NIKs create no rows; the index has a fixed
        length, so that no salt is taken for a part of it.
        """
        return self._log_key.digest(index + salt)


def plain_text(resident: Resident) -> bytes:
    """What is sealed of a resident; raises ValueError for values that could not be told apart again."""
    text = SEPARATOR.join((str(resident.status.value), *resident.values))
    if text.count(SEPARATOR) != ELEMENT_COUNT:
        raise ValueError("a resident has one value per element, without control characters")
    return text.encode()


class _Hmac:
    """HMAC-SHA256 (RFC 2104) whose key is hashed in once: less than half the time of hmac.digest."""

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(_HASH_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def digest(self, text: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()
