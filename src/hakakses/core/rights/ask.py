"""One ask as a door hands it in: who, by which method, for what, about whom."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Method(StrEnum):
    """The ways in which an access right is used."""

    WEB_SERVICE = "web_service"
    CARD_READER = "card_reader"
    WEB_PORTAL = "web_portal"
    BULK = "bulk"


class Mode(StrEnum):
    VERIFY = "verify"  # the answer is SESUAI or TIDAK_SESUAI per element
    READ = "read"  # the answer is the values; the exception


class CallerKind(StrEnum):
    MACHINE = "machine"
    OPERATOR = "operator"


class Caller(msgspec.Struct, frozen=True):
    kind: CallerKind
    operator: str = ""


class Ask(msgspec.Struct, frozen=True):
    """What one institution asks about one NIK.

    elements: code -> claimed value when verifying; code -> "" when reading.
    address: the caller's real source address, as text.
    """

    method: Method
    mode: Mode
    purpose: str
    nik: str
    elements: dict[str, str]
    caller: Caller
    address: str
    reference: str = ""
