"""How a register row and a resident's log key are sealed: AES-256-GCM under keys kept elsewhere.

A sealed text is ``version (1 byte) + nonce (12) + ciphertext and tag``; the blind index and the version
are its associated data, so that no row can be moved to another resident.
"""

from __future__ import annotations

import hmac
import os

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hakakses.core.residents import Resident
from hakakses.store.keys import KeyName, Keystore

INDEX_BYTES = 16
SUBJECT_KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE = slice(1, 13)
_SHARDS = 256


class RegisterCipher:
    """Seals and opens what the register holds.  One object per process: making key objects is slow."""

    def __init__(self, keystore: Keystore) -> None:
        self._index_key = keystore.root(KeyName.INDEX)
        self._rows = _shard_keys(keystore, KeyName.REGISTER)
        self._subjects = _shard_keys(keystore, KeyName.SUBJECT)
        self._decoder = msgspec.msgpack.Decoder(Resident)
        self._encoder = msgspec.msgpack.Encoder()

    def index(self, nik: str) -> bytes:
        """The blind index of a NIK: HMAC-SHA256 cut to 16 bytes; its first byte is the shard."""
        return hmac.digest(self._index_key, nik.encode(), "sha256")[:INDEX_BYTES]

    def seal(self, index: bytes, resident: Resident) -> bytes:
        return _seal(self._rows[index[0]], index, self._encoder.encode(resident))

    def open(self, index: bytes, sealed: bytes) -> Resident:
        """The resident of a row; raises cryptography's InvalidTag when the row was altered or moved."""
        return self._decoder.decode(_open(self._rows[index[0]], index, sealed))

    def new_subject_key(self, index: bytes) -> bytes:
        """A fresh, sealed log key for a resident who has none yet."""
        return _seal(self._subjects[index[0]], index, os.urandom(SUBJECT_KEY_BYTES))

    def open_subject_key(self, index: bytes, sealed: bytes) -> bytes:
        return _open(self._subjects[index[0]], index, sealed)


def _shard_keys(keystore: Keystore, name: KeyName) -> list[AESGCM]:
    return [AESGCM(keystore.derive(name, b"shard" + bytes([shard]))) for shard in range(_SHARDS)]


def _seal(key: AESGCM, index: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(12)
    return _VERSION + nonce + key.encrypt(nonce, plain, index + _VERSION)


def _open(key: AESGCM, index: bytes, sealed: bytes) -> bytes:
    return key.decrypt(sealed[_NONCE], sealed[13:], index + sealed[:1])
