"""The access right (hak akses): what the compiler makes of an agreement in force.

Immutable, numbered, fingerprinted; each permission names the clause it comes from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from hakakses.core.rights.ask import CallerKind, Method, Mode, Relation


class Institution(msgspec.Struct, frozen=True):
    """A lembaga pengguna: central (pusat), or regional (an OPD of the region named by its code)."""

    id: str
    name: str
    kind: str
    sector: str
    region: str = ""


class Granted(msgspec.Struct, frozen=True):
    """Anything granted by nothing but a clause."""

    clause: str


class Purpose(msgspec.Struct, frozen=True):
    """A purpose and the elements that may be asked for it, per mode."""

    text: str
    clause: str
    verify: frozenset[str]
    read: frozenset[str]


class Permission(msgspec.Struct, frozen=True):
    """One element in one mode.

    threshold: least similarity in percent that counts as SESUAI; 0 for unscored elements.
    legal_basis: named law for a protected element, else "".
    relations: bounds that may be verified beside equality.
    """

    clause: str
    threshold: int = 0
    legal_basis: str = ""
    relations: tuple[Relation, ...] = ()


class ScoresShown(StrEnum):
    """What an answer tells of a similarity, where its door shows one at all."""

    EXACT = "exact"
    BAND = "band"  # tens
    PASS = "pass"  # 100 or 0  # noqa: S105 - a verdict, no secret


class ElementSet(msgspec.Struct, frozen=True):
    """Elements that are asked for together, by name: for one purpose, in one mode."""

    purpose: str
    mode: Mode
    elements: tuple[str, ...]
    clause: str


class Service(msgspec.Struct, frozen=True):
    """One address of the Dukcapil wire format.

    profile: the shape of its replies.  family: whether a reading gives all members of the NIK's family card.
    """

    set: str
    profile: str
    caller: CallerKind
    clause: str
    family: bool = False


class DukcapilDoor(msgspec.Struct, frozen=True):
    """The Dukcapil wire format as a dated exception.

    until: the last day.  services: folded path below /dukcapil/get_json/ -> service.
    """

    until: dt.date
    services: dict[str, Service]
    clause: str


class OsiaDoor(msgspec.Struct, frozen=True):
    """What OSIA's requests do not say: for which purpose and by whom they ask.

    query: elements by which residents may be searched without a NIK.
    """

    purpose: str
    caller: CallerKind
    clause: str
    query: tuple[str, ...] = ()


class FeedbackDuty(msgspec.Struct, frozen=True):
    """Data that the institution gives back (data balikan): the fields of each record."""

    fields: tuple[str, ...]
    clause: str


class Hours(msgspec.Struct, frozen=True):
    """A daily window in Asia/Jakarta, ``opens`` included, ``closes`` excluded; ISO weekdays 1-7."""

    days: tuple[int, ...]
    opens: dt.time
    closes: dt.time


class AccessRight(msgspec.Struct, frozen=True):
    """number: the right's own, increasing with every publication; 0 until it is published.

    hours empty: at any time.  networks: CIDR texts, never empty once compiled.
    The clauses of a list name every clause of its entries once, in the paper's order: a refusal of what the
    list does not hold points there.  elements_clause: of all elements, in either mode.
    """

    agreement: str
    version: int
    institution: Institution
    valid_from: dt.date
    valid_until: dt.date
    methods: dict[Method, Granted]
    callers: dict[CallerKind, Granted]
    purposes: dict[str, Purpose]
    verify: dict[str, Permission]
    read: dict[str, Permission]
    quota_per_day: int
    quota_clause: str
    hours: tuple[Hours, ...]
    hours_clause: str
    networks: tuple[str, ...]
    networks_clause: str
    reasons_clause: str = ""
    period_clause: str = ""
    methods_clause: str = ""
    callers_clause: str = ""
    purposes_clause: str = ""
    elements_clause: str = ""
    scores_shown: ScoresShown = ScoresShown.BAND
    scores_clause: str = ""
    sets: dict[str, ElementSet] = {}
    dukcapil: DukcapilDoor | None = None
    osia: OsiaDoor | None = None
    feedback: FeedbackDuty | None = None
    number: int = 0

    def permissions(self, mode: Mode) -> dict[str, Permission]:
        return self.verify if mode is Mode.VERIFY else self.read

    @property
    def reasons_granted(self) -> bool:
        """Whether an answer may say why a resident cannot be answered for."""
        return bool(self.reasons_clause)


def joined(clauses: Iterable[str]) -> str:
    """Clauses as one text: each once, in the order given."""
    return ", ".join(dict.fromkeys(clause for clause in clauses if clause))


def encode(right: AccessRight) -> bytes:
    """The right as canonical JSON: sorted keys and sets, no white space."""
    return msgspec.json.encode(right, order="deterministic")


def decode(text: bytes) -> AccessRight:
    return msgspec.json.decode(text, type=AccessRight)


def fingerprint(right: AccessRight) -> str:
    """SHA-256, in hex, of what the right says, whatever its number."""
    return hashlib.sha256(encode(msgspec.structs.replace(right, number=0))).hexdigest()
