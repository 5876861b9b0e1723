"""Every setting: its name, type, default and why it exists.  A bad value stops the start."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

LONGEST_SCHEMA = 32
NO_SANDBOX = "none"


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


def _schema_or_none(text: str) -> str:
    return "" if text == NO_SANDBOX else _schema(text)


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
    "sandbox_schema": Setting(
        "HAKAKSES_SANDBOX_SCHEMA",
        _schema_or_none,
        "sandbox",
        f"the schema of the sandbox, where institutions prove their programs; `{NO_SANDBOX}` for no sandbox",
    ),
    "gateway_workers": Setting(
        "HAKAKSES_GATEWAY_WORKERS",
        _number(0, 64),
        "0",
        "gateway processes; 0 is one for every two cores, at least 2",
    ),
    "gateway_requests": Setting(
        "HAKAKSES_GATEWAY_REQUESTS",
        _number(1, 65536),
        "1024",
        "requests in progress in one worker; one more is refused with 503 at once",
    ),
    "client_requests": Setting(
        "HAKAKSES_CLIENT_REQUESTS",
        _number(1, 65536),
        "512",
        "of them for one client; one more is refused with 429 at once",
    ),
    "body_seconds": Setting(
        "HAKAKSES_BODY_SECONDS", _number(1, 600), "10", "how long a request's body may take to arrive"
    ),
    "answer_seconds": Setting(
        "HAKAKSES_ANSWER_SECONDS",
        _number(1, 600),
        "5",
        "how long an answer may take before it is refused with 503",
    ),
    "sandbox": Setting(
        "HAKAKSES_SANDBOX",
        _yes_no,
        "no",
        "admit clients that prove themselves by a secret to the live tenant too, as the sandbox always does",
    ),
    "demo_residents": Setting(
        "HAKAKSES_DEMO_RESIDENTS", _number(60, 50_000_000), "100000", "synthetic residents in the demo"
    ),
    "pg_bin": Setting("HAKAKSES_PG_BIN", str, "", "PostgreSQL's programs; empty takes those of the wheel"),
    "pg_user": Setting("HAKAKSES_PG_USER", str, "", "account that runs PostgreSQL when started as root"),
}


class TenantKind(StrEnum):
    """Whom a tenant's register is about: the country's residents, or invented ones to rehearse with."""

    LIVE = "live"
    SANDBOX = "sandbox"


class TenantPlace(msgspec.Struct, frozen=True):
    """Where one tenant keeps what is its own.

    checkpoint_key and sealer_dir are the sealer's alone.
    """

    kind: TenantKind
    schema: str
    keystore: Path
    checkpoint_key: Path
    sealer_dir: Path
    ledger_dir: Path
    warehouse_dir: Path


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
    sandbox_schema: str
    gateway_workers: int
    gateway_requests: int
    client_requests: int
    body_seconds: int
    answer_seconds: int
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
    def live(self) -> TenantPlace:
        return TenantPlace(
            kind=TenantKind.LIVE,
            schema=self.schema,
            keystore=self.keys_dir / "register.json",
            checkpoint_key=self.keys_dir / "checkpoint.json",
            sealer_dir=self.home / "sealer",
            ledger_dir=self.ledger_dir,
            warehouse_dir=self.warehouse_dir,
        )

    @property
    def rehearsal(self) -> TenantPlace | None:
        """The sandbox's place; None where there is no sandbox."""
        if not self.sandbox_schema:
            return None
        return TenantPlace(
            kind=TenantKind.SANDBOX,
            schema=self.sandbox_schema,
            keystore=self.keys_dir / "sandbox.json",
            checkpoint_key=self.keys_dir / "checkpoint-sandbox.json",
            sealer_dir=self.home / "sealer-sandbox",
            ledger_dir=self.home / "ledger-sandbox",
            warehouse_dir=self.home / "warehouse-sandbox",
        )

    @property
    def tenants(self) -> tuple[TenantPlace, ...]:
        """The one that answers for the country first."""
        return (self.live,) if self.rehearsal is None else (self.live, self.rehearsal)

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
    settings = Settings(**{name: _value(name, setting, given) for name, setting in SETTINGS.items()})
    if settings.sandbox_schema == settings.schema:
        raise SettingError("HAKAKSES_SANDBOX_SCHEMA must be another name than HAKAKSES_SCHEMA")
    return settings


def _value(name: str, setting: Setting, given: Mapping[str, str]) -> Any:
    text = given.get(setting.variable) or setting.default or (_default_home() if name == "home" else "")
    try:
        return setting.read(text)
    except ValueError as wanted:
        raise SettingError(f"{setting.variable} must be {wanted}") from None
