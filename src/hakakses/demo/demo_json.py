"""demo.json: what a running demonstration tells programs.  Fields are added to it, never changed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hakakses.store.private_files import write_private

FILE = "demo.json"


class DemoClient(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Who may ask.  operators: those registered, for asks of the kind operator.  purpose and elements: one purpose, and what may be verified for it.

    secret or key_file: its proof.  purposes: every purpose -> mode -> elements.  callers: kinds it may name.
    """

    id: str
    institution: str
    agreement: str
    secret: str | None = None
    key_file: str | None = None
    purpose: str
    modes: list[str]
    elements: list[str]
    callers: list[str]
    operators: list[str]
    purposes: dict[str, dict[str, list[str]]]


class DemoService(msgspec.Struct):
    """One address of the Dukcapil wire format, with its credential.  elements: what may be asked, or is read."""

    profile: str
    service: str
    url: str
    user_id: str
    password: str
    ip_user: str
    elements: list[str]


class DemoOsia(msgspec.Struct):
    """The OSIA doors.  token_command: for a shell, prints a bearer token of ``client``.

    nik: a known resident.  attributes: values of theirs that match.  sets: names to read attribute sets by.
    """

    dataaccess_url: str
    thirdparty_url: str
    client: str
    token_command: str
    nik: str
    attributes: dict[str, str]
    sets: list[str]


class Sandbox(msgspec.Struct):
    """Where programs rehearse, on residents of its own; fields as in Demo."""

    base_url: str
    token_url: str
    ledger_dir: str
    clients: list[DemoClient]
    residents: list[dict[str, str]]


class Demo(msgspec.Struct):
    """residents: ``outcome`` and the values to ask with, under their wire codes."""

    base_url: str
    token_url: str
    ledger_dir: str
    clients: list[DemoClient]
    residents: list[dict[str, str]]
    dukcapil: list[DemoService] = []
    osia: DemoOsia | None = None
    sandbox: Sandbox | None = None


def read(home: Path) -> Demo | None:
    """What an earlier start wrote; None when there is nothing that can be read."""
    try:
        return msgspec.json.decode((home / FILE).read_bytes(), type=Demo)
    except (OSError, msgspec.MsgspecError):
        return None


def write(home: Path, demo: Demo) -> Path:
    """Keep it private: it holds secrets."""
    path = home / FILE
    write_private(path, msgspec.json.format(msgspec.json.encode(demo)))
    return path
