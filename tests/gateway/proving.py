"""How a client proves itself: assertions, DPoP proofs and certificates, right or wrong in one point."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ssl
import time
import uuid
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc import jwt

from hakakses.gateway.clients import ASSERTION_TYPE

_ANY = ["ES256", "EdDSA", "Ed25519", "HS256"]


def assertion(key: Any, algorithm: str, audience: str, client: str = "key-client", **changes: Any) -> str:
    claims = {
        "iss": client,
        "sub": client,
        "aud": audience,
        "exp": int(time.time()) + 60,
        "jti": str(uuid.uuid4()),
        **changes,
    }
    return jwt.encode({"alg": algorithm}, claims, key, algorithms=_ANY)


def token_form(key: Any, algorithm: str, audience: str, client: str, **more: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(key, algorithm, audience, client),
        **more,
    }


def proof(key: Any, method: str, url: str, token: str = "", **changes: Any) -> str:
    """A DPoP proof.  Changes under the names of header members go there, others into the claims."""
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    claims = {"jti": str(uuid.uuid4()), "htm": method, "htu": url, "iat": time.time()}
    if token:
        digest = hashlib.sha256(token.encode()).digest()
        claims["ath"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    for name, value in changes.items():
        (header if name in header else claims)[name] = value
    signing = {name: value for name, value in header.items() if name != "jwk"}
    return jwt.encode({**signing, "jwk": header["jwk"]}, claims, key, algorithms=_ANY)


def a_certificate(folder: Path, name: str, *, days: int = 1) -> tuple[Path, Path]:
    """Files of a self-signed certificate for localhost and of its key.  days: until it ends."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=9))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


def trusting(server: Path, client: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    """TLS of a client that trusts one server, with its own certificate or none."""
    context = ssl.create_default_context(cafile=str(server))
    if client is not None:
        context.load_cert_chain(*client)
    return context
