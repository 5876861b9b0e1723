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
    """Who stands behind an ask.  workstation: where the operator sits, as the client declares it."""

    kind: CallerKind
    operator: str = ""
    workstation: str = ""


class Relation(StrEnum):
    """How a bound is held against the register's value: the operators of OSIA's verifyPersonAttributes."""

    EQUAL = "="
    LESS = "<"
    GREATER = ">"
    AT_MOST = "<="
    AT_LEAST = ">="


class Bound(msgspec.Struct, frozen=True):
    """Whether the register's value of an element stands in this relation to a given one."""

    code: str
    relation: Relation
    value: str


class Ask(msgspec.Struct, frozen=True):
    """What one institution asks about one NIK.

    elements: code -> claimed value when verifying; code -> "" when reading.
    address: the caller's real source address, as text.
    bounds: further conditions to verify, each only where the agreement names its relation.
    threshold: least similarity in percent that the client itself wants, 0 when it wants none.
    scored: whether the door shows how similar a value is.
    """

    method: Method
    mode: Mode
    purpose: str
    nik: str
    elements: dict[str, str]
    caller: Caller
    address: str
    reference: str = ""
    bounds: tuple[Bound, ...] = ()
    threshold: int = 0
    scored: bool = False
