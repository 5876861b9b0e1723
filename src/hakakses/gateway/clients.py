"""Who calls: client_credentials with a signed assertion (RFC 7523), or a secret in the sandbox."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any, Protocol, cast

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hakakses.store.rights import Client

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = {"EC": ["ES256"], "OKP": ["EdDSA", "Ed25519"]}
LONGEST_ASSERTION = 300  # seconds
LEEWAY = 30  # seconds
LONGEST_JTI = 128
_SALT_BYTES = 16


class Directory(Protocol):
    def client(self, client_id: str) -> Client | None: ...


class Assertions(Protocol):
    async def use(self, fingerprint: bytes, expires: dt.datetime) -> bool: ...


class TokenRefused(msgspec.Struct, frozen=True):
    """An RFC 6749 error code and why, without values."""

    error: str
    description: str
    status: int = 400


_BAD_CLIENT = TokenRefused("invalid_client", "The client is unknown or its proof is wrong.", 401)


def hash_secret(secret: str) -> str:
    """A salted SHA-256.  Secrets are made by us with 256 random bits, so a slow hash would add nothing."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}${hashlib.sha256(salt + secret.encode()).hexdigest()}"


def secret_matches(secret: str, held: str) -> bool:
    salt, _, digest = held.partition("$")
    found = hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()
    return hmac.compare_digest(found, digest)


async def authenticate(
    form: dict[str, str],
    authorization: str,
    directory: Directory,
    assertions: Assertions,
    audience: str,
    *,
    sandbox: bool,
    now: float,
) -> Client | TokenRefused:
    """The client that a token request proves, by assertion or (sandbox clients alone) by secret."""
    if form.get("grant_type") != "client_credentials":
        return TokenRefused("unsupported_grant_type", "grant_type must be client_credentials.")
    if "client_assertion" in form:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            return TokenRefused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}.")
        return await _by_assertion(form["client_assertion"], directory, assertions, audience, now)
    client_id, secret = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
    client = directory.client(client_id)
    if client is None or client.secret is None or not (sandbox and client.sandbox):
        return _BAD_CLIENT
    return client if secret_matches(secret, client.secret) else _BAD_CLIENT


async def _by_assertion(
    text: str, directory: Directory, assertions: Assertions, audience: str, now: float
) -> Client | TokenRefused:
    try:
        client = directory.client(_claimed_issuer(text))
        if client is None or client.public_keys is None:
            return _BAD_CLIENT
        claims = _signed_claims(text, client.public_keys)
    except (JoseError, ValueError, TypeError, KeyError, IndexError, msgspec.DecodeError):
        return _BAD_CLIENT
    expires = None if claims is None else _expiry(claims, client.id, audience, now)
    if claims is None or expires is None:
        return _BAD_CLIENT
    fingerprint = hashlib.sha256(f"{client.id}\0{claims['jti']}".encode()).digest()
    until = dt.datetime.fromtimestamp(expires + LEEWAY, dt.UTC)
    return client if await assertions.use(fingerprint, until) else _BAD_CLIENT


def _signed_claims(text: str, public_keys: dict[str, Any]) -> dict[str, Any] | None:
    """The claims, when one of the client's keys signed them; the key, not the header, fixes the algorithm."""
    for key in KeySet.import_key_set(cast("Any", public_keys)).keys:
        try:
            return dict(jwt.decode(text, key, algorithms=ALGORITHMS[key.key_type]).claims)
        except JoseError:
            continue
    return None


def _claimed_issuer(text: str) -> str:
    payload = text.split(".")[1]
    claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["iss"])


def _expiry(claims: dict[str, Any], client_id: str, audience: str, now: float) -> int | None:
    """The assertion's expiry in Unix seconds, or None when a claim is not as RFC 7523 §3 wants it."""
    named = claims.get("aud")
    audiences = named if isinstance(named, list) else [named]
    expires, jti = claims.get("exp"), claims.get("jti")
    if claims.get("iss") != client_id or claims.get("sub") != client_id or audience not in audiences:
        return None
    if not isinstance(expires, int | float) or not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI:
        return None
    fresh = now - LEEWAY < expires <= now + LONGEST_ASSERTION + LEEWAY
    begun = not isinstance(claims.get("nbf", 0), int | float) or claims.get("nbf", 0) <= now + LEEWAY
    return int(expires) if fresh and begun else None


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return client_id, secret
