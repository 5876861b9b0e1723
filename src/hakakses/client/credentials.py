"""How an institution proves itself when it asks for a token."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Protocol

import msgspec
from joserfc import jwt
from joserfc.errors import InvalidKeyTypeError
from joserfc.jwk import ECKey, OKPKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME = 60  # seconds
_GRANT = {"grant_type": "client_credentials"}


class Credential(Protocol):
    def form(self, token_url: str) -> dict[str, str]:
        """The fields of one token request; each is used once."""


class Secret(msgspec.Struct, frozen=True):
    """For the sandbox alone."""

    client_id: str
    secret: str

    def form(self, token_url: str) -> dict[str, str]:  # noqa: ARG002 - a secret is the same wherever it is sent
        return {**_GRANT, "client_id": self.client_id, "client_secret": self.secret}

    def __repr__(self) -> str:
        return f"Secret({self.client_id!r})"


class SigningKey:
    """private_key_jwt (RFC 7523) with a P-256 or Ed25519 key, which never leaves the institution."""

    def __init__(self, client_id: str, pem: bytes) -> None:
        self._client_id = client_id
        try:
            self._key: ECKey | OKPKey = ECKey.import_key(pem)
            self._algorithm = "ES256"
        except InvalidKeyTypeError:
            self._key = OKPKey.import_key(pem)
            self._algorithm = "Ed25519"

    @classmethod
    def from_file(cls, client_id: str, path: Path | str) -> SigningKey:
        return cls(client_id, Path(path).read_bytes())

    def form(self, token_url: str) -> dict[str, str]:
        now, one_use = int(time.time()), uuid.uuid4().hex
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": token_url,
            "iat": now,
            "exp": now + _LIFETIME,
            "jti": one_use,
        }
        signed = jwt.encode({"alg": self._algorithm}, claims, self._key, algorithms=[self._algorithm])
        return {**_GRANT, "client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
