"""Who calls: client_credentials with a signed assertion (RFC 7523), or a secret in the sandbox."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Collection
from typing import Any, Literal, Protocol, cast
from urllib.parse import parse_qsl

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hakakses.core.thumbprints import thumbprint
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


class TokenForm(msgspec.Struct, frozen=True):
    """Body of POST /oauth2/token, as a form (RFC 6749 §4.4, RFC 7523 §2.2).

    Either a client_assertion with its type, or (sandbox clients alone) client_id and client_secret.
    scope: of those that the agreement gives; all of them when it is left out.
    """

    grant_type: Literal["client_credentials"]
    client_id: str = ""
    client_secret: str = ""
    client_assertion_type: Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer", ""] = ""
    client_assertion: str = ""
    scope: str = ""


class TokenRefused(msgspec.Struct, frozen=True):
    """An RFC 6749 error code (RFC 9449 adds invalid_dpop_proof) and why, without values."""

    error: Literal[
        "invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope", "invalid_dpop_proof"
    ]
    error_description: str


class Proven(msgspec.Struct, frozen=True):
    """A client that proved itself.  key_id: of the key that did, "" for a secret."""

    client: Client
    key_id: str


BAD_CLIENT = TokenRefused("invalid_client", "The client is unknown or its proof is wrong.")


def hash_secret(secret: str) -> str:
    """A salted SHA-256.  Secrets are made by us with 256 random bits, so a slow hash would add nothing."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}${hashlib.sha256(salt + secret.encode()).hexdigest()}"


def secret_matches(secret: str, held: str) -> bool:
    salt, _, digest = held.partition("$")
    found = hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()
    return hmac.compare_digest(found, digest)


def read_form(body: bytes) -> TokenForm | TokenRefused:
    """The fields of a token request; as RFC 6749 §3.2 says, empty ones are omitted and unknown ones ignored."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    form = {name: value for name, value in pairs if value}
    if len(dict(pairs)) != len(pairs):
        return TokenRefused("invalid_request", "A parameter is given twice.")
    if form.get("grant_type") != "client_credentials":
        return TokenRefused("unsupported_grant_type", "grant_type must be client_credentials.")
    try:
        return msgspec.convert(form, TokenForm)
    except msgspec.ValidationError:
        return TokenRefused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}.")


async def authenticate(
    form: TokenForm,
    authorization: str,
    directory: Directory,
    assertions: Assertions,
    audiences: Collection[str],
    *,
    sandbox: bool,
    now: float,
) -> Proven | TokenRefused:
    """The client that a token request proves, by assertion or (sandbox clients alone) by secret."""
    if form.client_assertion:
        if not form.client_assertion_type:
            return TokenRefused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}.")
        return await _by_assertion(form.client_assertion, directory, assertions, audiences, now)
    client_id, secret = _basic(authorization) or (form.client_id, form.client_secret)
    client = directory.client(client_id)
    if client is None or client.secret is None or not (sandbox and client.sandbox):
        return BAD_CLIENT
    return Proven(client, "") if secret_matches(secret, client.secret) else BAD_CLIENT


async def _by_assertion(
    text: str, directory: Directory, assertions: Assertions, audiences: Collection[str], now: float
) -> Proven | TokenRefused:
    try:
        client = directory.client(_claimed_issuer(text))
        if client is None or client.public_keys is None:
            return BAD_CLIENT
        signed = _signed(text, client.public_keys)
    except (JoseError, ValueError, TypeError, KeyError, IndexError, RecursionError, msgspec.DecodeError):
        return BAD_CLIENT
    if signed is None:
        return BAD_CLIENT
    claims, key_id = signed
    expires = _expiry(claims, client.id, audiences, now)
    if expires is None:
        return BAD_CLIENT
    fingerprint = hashlib.sha256(f"{client.id}\0{claims['jti']}".encode()).digest()
    until = dt.datetime.fromtimestamp(expires + LEEWAY, dt.UTC)
    return Proven(client, key_id) if await assertions.use(fingerprint, until) else BAD_CLIENT


def claimed_client(form: TokenForm, authorization: str) -> str:
    """In whose name a token was asked for, proven or not; "" when it cannot be read."""
    if not form.client_assertion:
        return (_basic(authorization) or (form.client_id,))[0]
    try:
        return _claimed_issuer(form.client_assertion)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, msgspec.DecodeError):
        return ""


def _signed(text: str, public_keys: dict[str, Any]) -> tuple[dict[str, Any], str] | None:
    """The claims and the name of the key, when one of the client's signed them; the key fixes the algorithm."""
    for key in KeySet.import_key_set(cast("Any", public_keys)).keys:
        try:
            claims = dict(jwt.decode(text, key, algorithms=ALGORITHMS[key.key_type]).claims)
        except JoseError:
            continue
        return claims, thumbprint(key.as_dict(private=False))
    return None


def _claimed_issuer(text: str) -> str:
    payload = text.split(".")[1]
    claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["iss"])


def _expiry(claims: dict[str, Any], client_id: str, audiences: Collection[str], now: float) -> int | None:
    """The assertion's expiry in Unix seconds, or None when a claim is not as RFC 7523 §3 wants it."""
    aud = claims.get("aud")
    named = aud if isinstance(aud, list) else [aud]
    expires, jti = claims.get("exp"), claims.get("jti")
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return None
    if not any(one in audiences for one in named):
        return None
    begins = claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        return None
    if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI or not jti.isprintable():
        return None
    fresh = now - LEEWAY < expires <= now + LONGEST_ASSERTION + LEEWAY
    return int(expires) if fresh and begins <= now + LEEWAY else None


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return client_id, secret
