"""Proof of possession with each request (DPoP, RFC 9449): a token bound to a key is of use to the key's holder alone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from hakakses.core.thumbprints import base64url, thumbprint
from hakakses.gateway.clients import ALGORITHMS, LONGEST_JTI

TYPE = "dpop+jwt"
FRESH = 60  # seconds between a proof's date and ours, either way
LONGEST_PROOF = 4096  # characters
_KEYS: dict[str, type[ECKey | OKPKey]] = {"EC": ECKey, "OKP": OKPKey}
_PRIVATE = "d"
_BROKEN = (JoseError, ValueError, TypeError, KeyError, RecursionError, msgspec.MsgspecError)


class Assertions(Protocol):
    async def use(self, fingerprint: bytes, expires: dt.datetime) -> bool: ...


class Proof(msgspec.Struct, frozen=True):
    """A proof whose signature, request and date are right.  key: the signer's name (``jkt``)."""

    key: str
    jti: str
    issued: float
    token_hash: str


class ProofFault(msgspec.Struct, frozen=True):
    """part: of the proof, that is missing or wrong."""

    part: str


class _Header(msgspec.Struct, frozen=True):
    typ: str
    jwk: msgspec.Raw


class _Key(msgspec.Struct, frozen=True):
    key: ECKey | OKPKey
    name: str
    algorithms: list[str]


class Target(msgspec.Struct, frozen=True):
    """What a request is for.  base: our address as clients write it.  path: below it, decoded once."""

    method: str
    base: str
    path: str


def read_proof(texts: list[str], target: Target, now: float) -> Proof | ProofFault:
    """The proof of a request's DPoP headers."""
    if len(texts) != 1 or len(texts[0]) > LONGEST_PROOF:
        return ProofFault("DPoP")
    try:
        header = _header(texts[0])
        if header.typ != TYPE:
            return ProofFault("DPoP.typ")
        signer = _signer(bytes(header.jwk))
        claims = jwt.decode(texts[0], signer.key, algorithms=signer.algorithms).claims
        return _checked(claims, signer.name, target, now)
    except _BROKEN:
        return ProofFault("DPoP")


def _header(text: str) -> _Header:
    part = text.partition(".")[0]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=_Header)


@lru_cache(maxsize=1024)
def _signer(jwk: bytes) -> _Key:
    """The key that a proof names; its type, not the header, fixes the algorithm."""
    members = msgspec.json.decode(jwk, type=dict[str, Any])
    if _PRIVATE in members:
        raise ValueError("a private key")
    name, kind = thumbprint(members), members["kty"]
    return _Key(_KEYS[kind].import_key(members), name, ALGORITHMS[kind])


def _checked(claims: dict[str, Any], key: str, target: Target, now: float) -> Proof | ProofFault:
    jti, issued, named = claims.get("jti"), claims.get("iat"), claims.get("htu")
    if claims.get("htm") != target.method:
        return ProofFault("DPoP.htm")
    if not isinstance(named, str) or not _names(named, target):
        return ProofFault("DPoP.htu")
    if not isinstance(issued, int | float) or not now - FRESH <= issued <= now + FRESH:
        return ProofFault("DPoP.iat")
    if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI or not jti.isprintable():
        return ProofFault("DPoP.jti")
    return Proof(key, jti, float(issued), str(claims.get("ath", "")))


def _names(url: str, target: Target) -> bool:
    """Whether an address is the target's as RFC 9449 §4.3 compares: without query and fragment, normalised."""
    named, base = urlsplit(url), urlsplit(target.base)
    same_place = (named.scheme, _host(named)) == (base.scheme, _host(base))
    return same_place and unquote(named.path) == base.path + target.path


def _host(parts: SplitResult) -> str:
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.lower().removesuffix(usual)


def token_hash(token: str) -> str:
    """``ath``: what a proof says of the token that it goes with."""
    return base64url(hashlib.sha256(token.encode()).digest())


async def used_first(proof: Proof, assertions: Assertions) -> bool:
    """Whether this proof is used for the first time, on whichever worker."""
    # No client's id begins so: a proof and an assertion never share a place.
    place = hashlib.sha256(f"\0dpop\0{proof.key}\0{proof.jti}".encode()).digest()
    return await assertions.use(place, dt.datetime.fromtimestamp(proof.issued + 2 * FRESH, dt.UTC))
