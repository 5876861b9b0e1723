"""Access tokens: JWT (RFC 9068) under a key of our own, checked without a database.

A token is believed only while the directory holds its client in its generation and the key that proved the client,
so disabling a client or retiring a key ends its tokens.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

LIFETIME = 300  # seconds
TYPE = "at+jwt"
_ALGORITHMS = ["HS256"]
_CACHED = 4096


class Confirmation(msgspec.Struct, frozen=True, omit_defaults=True):
    """To what a token is bound (``cnf``, RFC 7800).  certificate: RFC 8705.  key: RFC 9449."""

    certificate: str = msgspec.field(default="", name="x5t#S256")
    key: str = msgspec.field(default="", name="jkt")


class Token(msgspec.Struct, frozen=True):
    """What a token says.  expires: Unix seconds.  key_id: of the key that proved the client, "" for a secret.

    confirmation: None where whoever holds the token may use it.
    """

    tenant: str
    client: str = msgspec.field(name="client_id")
    generation: int = msgspec.field(name="gen")
    expires: int = msgspec.field(name="exp")
    key_id: str = msgspec.field(name="kid")
    scope: str = ""
    confirmation: Confirmation | None = msgspec.field(default=None, name="cnf")


class Known(msgspec.Struct, frozen=True):
    """A token that was checked, with its scopes apart."""

    token: Token
    scopes: frozenset[str]


class Tokens:
    """Issues and reads tokens under one key; shared by all workers through the keystore.

    issuer: the gateway's public address; it alone also takes the tokens.
    """

    def __init__(self, key: bytes, issuer: str) -> None:
        self._key = OctKey.import_key(key)
        self._issuer = issuer
        self._seen: dict[str, Known] = {}

    def issue(
        self,
        tenant: str,
        client: str,
        generation: int,
        key_id: str,
        scopes: Iterable[str],
        confirmation: Confirmation | None,
        now: float,
    ) -> str:
        scope = " ".join(sorted(scopes))
        token = Token(tenant, client, generation, int(now) + LIFETIME, key_id, scope, confirmation)
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": client,
            "iat": int(now),
            "jti": uuid.uuid4().hex,
            **{name: value for name, value in msgspec.to_builtins(token).items() if value not in ("", None)},
            "kid": key_id,
        }
        return jwt.encode({"alg": _ALGORITHMS[0], "typ": TYPE}, claims, self._key, algorithms=_ALGORITHMS)

    def read(self, text: str, now: float) -> Known | None:
        """The token, or None when it is forged, garbled or expired."""
        known = self._seen.get(text) or self._check(text)
        return known if known is not None and known.token.expires > now else None

    def _check(self, text: str) -> Known | None:
        try:
            found = jwt.decode(text, self._key, algorithms=_ALGORITHMS)
            token = msgspec.convert(found.claims, Token)
        except (JoseError, ValueError, TypeError, RecursionError, msgspec.ValidationError):
            return None
        if found.header.get("typ") != TYPE or found.claims.get("aud") != self._issuer:
            return None
        known = Known(token, frozenset(token.scope.split()))
        if len(self._seen) >= _CACHED:
            self._seen.clear()
        self._seen[text] = known
        return known
