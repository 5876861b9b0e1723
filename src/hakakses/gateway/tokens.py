"""Access tokens: opaque to their holder, checked without a database.

A token is base64url of ``tenant, client id, generation, expiry, scopes`` and an HMAC over them.  It is believed only while
the directory holds that client in that generation, so disabling or rotating a client ends its tokens.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Iterable

import msgspec

LIFETIME = 300  # seconds
_TAG_BYTES = 32
_CACHED = 4096


class Token(msgspec.Struct, array_like=True, frozen=True):
    """What a token says.  expires: Unix seconds."""

    tenant: str
    client: str
    generation: int
    expires: int
    scopes: tuple[str, ...]
    salt: bytes


class Tokens:
    """Issues and reads tokens under one key; shared by all workers through the keystore."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Token)
        self._seen: dict[str, Token] = {}

    def issue(self, tenant: str, client: str, generation: int, scopes: Iterable[str], now: float) -> str:
        expires = int(now) + LIFETIME
        body = self._encoder.encode(
            Token(tenant, client, generation, expires, tuple(sorted(scopes)), os.urandom(9))
        )
        tag = hmac.digest(self._key, body, "sha256")
        return base64.urlsafe_b64encode(tag + body).decode().rstrip("=")

    def read(self, text: str, now: float) -> Token | None:
        """The token, or None when it is forged, garbled or expired."""
        token = self._seen.get(text) or self._check(text)
        return token if token is not None and token.expires > now else None

    def _check(self, text: str) -> Token | None:
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not hmac.compare_digest(tag, hmac.digest(self._key, body, "sha256")):
            return None
        token = self._decoder.decode(body)
        if len(self._seen) >= _CACHED:
            self._seen.clear()
        self._seen[text] = token
        return token
