"""A client's public key from a file: PEM, or a JWK as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from hakakses.core.thumbprints import thumbprint

MOST = 16 * 1024  # bytes
_MEMBERS = ("kty", "crv", "x", "y")


class KeyFileError(Exception):
    """The file holds no key that can be registered; the message says why."""


def read_public_key(path: Path) -> dict[str, Any]:
    """The key as a JWK of its public members alone."""
    try:
        data = path.read_bytes()[:MOST]
    except OSError:
        raise KeyFileError(f"{path}: tidak dapat dibaca / cannot be read") from None
    try:
        jwk = _from_pem(data) if b"-----BEGIN" in data else _from_json(data)
        thumbprint(jwk)
    except (JoseError, ValueError, TypeError, KeyError, msgspec.MsgspecError):
        raise KeyFileError(
            f"{path}: bukan kunci publik P-256 atau Ed25519 (PEM atau JWK)"
            " / not a public P-256 or Ed25519 key (PEM or JWK)"
        ) from None
    return jwk


def _from_pem(data: bytes) -> dict[str, Any]:
    if b"PRIVATE KEY" in data:
        raise _private()
    key = load_pem_public_key(data)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return dict(ECKey(key, key).as_dict(private=False))
    if isinstance(key, Ed25519PublicKey):
        return dict(OKPKey(key, key).as_dict(private=False))
    raise ValueError("another kind of key")


def _from_json(data: bytes) -> dict[str, Any]:
    jwk = msgspec.json.decode(data, type=dict[str, Any])
    if "d" in jwk:
        raise _private()
    public = {name: jwk[name] for name in _MEMBERS if name in jwk}
    # A point that is not on the curve shows only when the key is made.
    if public.get("kty") == "EC":
        _ = ECKey.import_key(public).public_key
    else:
        _ = OKPKey.import_key(public).public_key
    return public


def _private() -> KeyFileError:
    return KeyFileError(
        "ini kunci privat; serahkan kunci publiknya saja / this is a private key; hand over the public one alone"
    )
