"""Every setting: its name, type, default and why it exists.  A bad value stops the start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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


def _default_home() -> str:
    if os.geteuid() == 0:
        return "/var/lib/hakakses"
    return str(Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "hakakses")


SETTINGS: dict[str, Setting] = {
    "home": Setting("HAKAKSES_HOME", _path, "", "where keys, log, warehouse and database are kept"),
    "host": Setting("HAKAKSES_HOST", str, "127.0.0.1", "the address that the gateway listens on"),
    "port": Setting("PORT", _number(1, 65535), "8080", "the port that the gateway listens on"),
    "dsn": Setting("HAKAKSES_DSN", str, "", "PostgreSQL to use; empty starts a private cluster"),
    "schema": Setting("HAKAKSES_SCHEMA", _schema, "live", "the tenant's schema in the database"),
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
    dsn: str
    schema: str
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
