"""Every setting: its name, type, default and why it exists.  A bad value stops the start."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

LONGEST_SCHEMA = 32


class SettingError(Exception):
    """A setting has a value that cannot be used; the message names it and says what is wanted."""


class Setting(msgspec.Struct, frozen=True):
    """One setting.  read: turns the variable's text into a value, or raises ValueError with what is wanted."""

    variable: str
    read: Callable[[str], Any]
    default: str
    why: str


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def _schema(text: str) -> str:
    if not (text.isascii() and text.isidentifier() and text.islower() and len(text) <= LONGEST_SCHEMA):
        raise ValueError("a short lower-case name")
    return text


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _networks(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        for network in found:
            ipaddress.ip_network(network)
    except ValueError:
        raise ValueError("networks in CIDR notation with commas between them") from None
    return found


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise ValueError("an address like https://name")
    return text.rstrip("/")


def _file(text: str) -> Path | None:
    return _path(text) if text else None


def _default_home() -> str:
    if os.geteuid() == 0:
        return "/var/lib/hakakses"
    return str(Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "hakakses")


SETTINGS: dict[str, Setting] = {
    "home": Setting("HAKAKSES_HOME", _path, "", "where keys, log, warehouse and database are kept"),
    "host": Setting("HAKAKSES_HOST", str, "127.0.0.1", "the address that the gateway listens on"),
    "port": Setting("PORT", _number(1, 65535), "8080", "the port that the gateway listens on"),
    "public_url": Setting(
        "HAKAKSES_PUBLIC_URL",
        _public_url,
        "",
        "the gateway's address as clients write it; empty is http://HOST:PORT",
    ),
    "trusted_proxies": Setting(
        "HAKAKSES_TRUSTED_PROXIES",
        _networks,
        "",
        "networks whose proxy is believed about a client's address and certificate, with the secret",
    ),
    "proxy_secret_file": Setting(
        "HAKAKSES_PROXY_SECRET_FILE", _file, "", "private file of the secret that the trusted proxy sends"
    ),
    "dsn": Setting("HAKAKSES_DSN", str, "", "PostgreSQL to use; empty starts a private cluster"),
    "schema": Setting("HAKAKSES_SCHEMA", _schema, "live", "the tenant's schema in the database"),
    "gateway_workers": Setting(
        "HAKAKSES_GATEWAY_WORKERS",
        _number(0, 64),
        "0",
        "gateway processes; 0 is one for every two cores, at least 2",
    ),
    "sandbox": Setting("HAKAKSES_SANDBOX", _yes_no, "no", "admit clients that prove themselves by a secret"),
    "demo_residents": Setting(
        "HAKAKSES_DEMO_RESIDENTS", _number(60, 50_000_000), "100000", "synthetic residents in the demo"
    ),
    "pg_bin": Setting("HAKAKSES_PG_BIN", str, "", "PostgreSQL's programs; empty takes those of the wheel"),
    "pg_user": Setting("HAKAKSES_PG_USER", str, "", "account that runs PostgreSQL when started as root"),
}


class Settings(msgspec.Struct, frozen=True):
    """The values in force."""

    home: Path
    host: str
    port: int
    public_url: str
    trusted_proxies: tuple[str, ...]
    proxy_secret_file: Path | None
    dsn: str
    schema: str
    gateway_workers: int
    sandbox: bool
    demo_residents: int
    pg_bin: str
    pg_user: str

    @property
    def issuer(self) -> str:
        """The gateway's address as clients write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def ledger_dir(self) -> Path:
        return self.home / "ledger"

    @property
    def warehouse_dir(self) -> Path:
        return self.home / "warehouse"

    @property
    def keys_dir(self) -> Path:
        return self.home / "keys"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment; raises SettingError naming the first bad variable."""
    given = os.environ if environment is None else environment
    return Settings(**{name: _value(name, setting, given) for name, setting in SETTINGS.items()})


def _value(name: str, setting: Setting, given: Mapping[str, str]) -> Any:
    text = given.get(setting.variable) or setting.default or (_default_home() if name == "home" else "")
    try:
        return setting.read(text)
    except ValueError as wanted:
        raise SettingError(f"{setting.variable} must be {wanted}") from None
