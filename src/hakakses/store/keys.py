"""The keystore: named root keys in one private file.

The file is JSON, mode 0600, ``{"version": 1, "keys": {name: 64 hex digits}}``.  A PKCS#11 token takes
its place in production; whoever holds this file and a copy of the database can read the register.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hakakses.store.private_files import sync, write_private

KEY_BYTES = 32
_VERSION = 1
_OTHERS_MAY = 0o077


class KeyName(StrEnum):
    """What each root key is for; a key serves one purpose only."""

    INDEX = "index"  # blind index of the NIK
    REGISTER = "register"  # data keys of the register's rows
    SUBJECT = "subject"  # one half of each resident's log key; the other is a salt in the database
    GUESS = "guess"  # tags of wrong values
    TOKEN = "token"  # noqa: S105 - access tokens
    REPLAY = "replay"  # answers kept for a repeated Idempotency-Key
    CHECKPOINT = "checkpoint"  # Ed25519 seed of the log's signature
    FEEDBACK = "feedback"  # feedback data: its persons, its duplicates and its values


# A home made before a key had a purpose gets it from ``complete``.  No other key may ever be made anew: what it
# sealed would be lost without a word.
ADDED_LATER = (KeyName.FEEDBACK,)


class KeystoreError(Exception):
    """The keystore cannot be used; the message says why and what to do."""


class Keystore:
    """Root keys by name, and keys derived from them (HKDF-SHA256, RFC 5869)."""

    def __init__(self, keys: dict[KeyName, bytes]) -> None:
        self._keys = keys

    @property
    def names(self) -> frozenset[KeyName]:
        return frozenset(self._keys)

    def root(self, name: KeyName) -> bytes:
        if name not in self._keys:
            raise KeystoreError(f"the keystore has no key named {name.value}; run hakakses setup")
        return self._keys[name]

    def derive(self, name: KeyName, info: bytes) -> bytes:
        """32 bytes bound to the purpose ``info``."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self.root(name))


def create(path: Path, names: tuple[KeyName, ...]) -> Keystore:
    """Write a new keystore with fresh keys; refuses to touch one that exists."""
    keys = {name: secrets.token_bytes(KEY_BYTES) for name in names}
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(_text(keys))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        raise KeystoreError(f"{path} exists already") from None
    finally:
        draft.unlink()
    return Keystore(keys)


def complete(path: Path) -> Keystore:
    """Load a keystore, first giving it the keys that came to be wanted after it was made; safe to repeat."""
    with _alone(path.parent):
        keystore = load(path)
        missing = {name: secrets.token_bytes(KEY_BYTES) for name in ADDED_LATER if name not in keystore.names}
        if missing:
            write_private(
                path, _text({**{name: keystore.root(name) for name in keystore.names}, **missing}).encode()
            )
            sync(path.parent)
        return load(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time, so that two who add a key do not each make their own."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _text(keys: dict[KeyName, bytes]) -> str:
    return json.dumps({"version": _VERSION, "keys": {name.value: key.hex() for name, key in keys.items()}})


def load(path: Path) -> Keystore:
    """Read a keystore; refuses a file that others may read."""
    try:
        mode = path.stat().st_mode
        held = json.loads(path.read_text())["keys"]
        keys = {KeyName(name): bytes.fromhex(text) for name, text in held.items()}
    except FileNotFoundError:
        raise KeystoreError(f"no keystore at {path}") from None
    except (ValueError, KeyError, TypeError) as fault:
        raise KeystoreError(f"{path} is not a keystore: {type(fault).__name__}") from None
    if mode & _OTHERS_MAY:
        raise KeystoreError(f"{path} may be read by others; run chmod 600 on it")
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise KeystoreError(f"{path} holds a key that is not {KEY_BYTES} bytes")
    return Keystore(keys)
