"""What a proxy before the gateway says of a client, and when it is believed.

Anything that reaches the gateway's port could write the headers, a program on the same machine too; so the peer's
address alone is not enough, and the proxy proves itself by a secret.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec

from hakakses.core.rights.addresses import registered
from hakakses.core.thumbprints import base64url
from hakakses.settings import SettingError, Settings

SECRET_HEADER = "x-hakakses-proxy"  # noqa: S105 - a header's name
ADDRESS_HEADER = "x-hakakses-address"
CERTIFICATE_HEADER = "x-hakakses-certificate"
SHORTEST_SECRET = 32  # characters
_OTHERS_MAY = 0o077
_SECRET_FILE = "HAKAKSES_PROXY_SECRET_FILE"  # noqa: S105 - a setting's name


class Seen(msgspec.Struct, frozen=True):
    """A client as a proxy saw it.  certificate: what it proved to own, as escaped PEM; "" for none."""

    address: str
    certificate: str


class Proxies(msgspec.Struct, frozen=True):
    """The proxies that are believed.  networks: CIDR texts."""

    networks: tuple[str, ...]
    secret: bytes

    def seen(self, peer: str, headers: Any) -> Seen | None:
        """What the peer tells, None when it is no proxy of ours."""
        if not registered(self.networks, peer):
            return None
        given = headers.get(SECRET_HEADER) or ""
        if not hmac.compare_digest(given.encode(), self.secret):
            return None
        return Seen(headers.get(ADDRESS_HEADER) or "", headers.get(CERTIFICATE_HEADER) or "")


def trusted_proxies(settings: Settings) -> Proxies | None:
    """The proxies of the settings, None where there are none; raises SettingError when their secret is not one."""
    if not settings.trusted_proxies:
        return None
    return Proxies(settings.trusted_proxies, _read_secret(settings.proxy_secret_file).encode())


def _read_secret(path: Path | None) -> str:
    if path is None:
        raise SettingError(f"{_SECRET_FILE} must be set where HAKAKSES_TRUSTED_PROXIES is")
    try:
        private = not path.stat().st_mode & _OTHERS_MAY
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingError(f"{_SECRET_FILE} must be a file of ASCII text that can be read") from None
    if not private:
        raise SettingError(f"{_SECRET_FILE} must be a file that others cannot read; run chmod 600 on it")
    if len(secret) < SHORTEST_SECRET:
        raise SettingError(f"{_SECRET_FILE} must hold at least {SHORTEST_SECRET} characters")
    return secret


@lru_cache(maxsize=1024)
def certificate_thumbprint(escaped_pem: str) -> str | None:
    """x5t#S256 of RFC 8705 §3.1; None when there is no certificate, or none that can be read."""
    if not escaped_pem:
        return None
    try:
        return base64url(hashlib.sha256(ssl.PEM_cert_to_DER_cert(unquote(escaped_pem))).digest())
    except (ValueError, binascii.Error):
        return None
