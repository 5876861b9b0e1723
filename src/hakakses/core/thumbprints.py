"""The name of a public key, computed from the key itself (RFC 7638), so that nobody can choose another's."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

# Members that make the key, by its type; the types that clients may sign with.
_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """base64url of SHA-256 over the required members; ValueError for what is no P-256 or Ed25519 key."""
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in _MEMBERS or jwk.get("crv") != _CURVES[kind]:
        raise ValueError("not a P-256 or Ed25519 key")
    members = {name: jwk.get(name) for name in _MEMBERS[kind]}
    if not all(isinstance(value, str) for value in members.values()):
        raise ValueError("a member of the key is missing")
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return base64url(hashlib.sha256(canonical).digest())


def base64url(data: bytes) -> str:
    """Without padding, as JOSE writes it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
