"""The signed paper as data: PKS and juknis, read from TOML with every fault at once."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
import types
import typing
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from hakakses.core.agreements.faults import Fault, fault
from hakakses.core.rights.ask import CallerKind, Method, Mode, Relation
from hakakses.core.rights.right import ScoresShown


class Use(StrEnum):
    """What population data may be used for: art. 58(4) of Law 24/2013."""

    PUBLIC_SERVICE = "public_service"
    DEVELOPMENT_PLANNING = "development_planning"
    BUDGET_ALLOCATION = "budget_allocation"
    DEMOCRACY = "democracy"
    LAW_ENFORCEMENT = "law_enforcement"


class Kind(StrEnum):
    CENTRAL = "central"
    REGIONAL = "regional"


class FirstParty(msgspec.Struct, frozen=True):
    """The population authority."""

    name: str
    signatory: str


class SecondParty(msgspec.Struct, frozen=True):
    """The institution.  region: code of its province, regency or city, regional ones only."""

    id: str
    name: str
    kind: Kind
    sector: str
    signatory: str
    region: str = ""


class Period(msgspec.Struct, frozen=True, rename={"begins": "from"}):
    """Both days included."""

    begins: dt.date
    until: dt.date
    clause: str


class Juknis(msgspec.Struct, frozen=True):
    number: str
    date: dt.date
    version: int


class DeclaredPurpose(msgspec.Struct, frozen=True):
    code: str
    text: str
    use: Use
    clause: str


class MethodGrant(msgspec.Struct, frozen=True):
    name: Method
    clause: str


class CallerGrant(msgspec.Struct, frozen=True):
    kind: CallerKind
    clause: str


class ElementGrant(msgspec.Struct, frozen=True):
    """threshold: percent, None for the default of its comparison.  relations: bounds beside equality."""

    code: str
    modes: tuple[Mode, ...]
    purposes: tuple[str, ...]
    clause: str
    threshold: int | None = None
    legal_basis: str = ""
    relations: tuple[Relation, ...] = ()


class Quota(msgspec.Struct, frozen=True):
    per_day: int
    clause: str


class Networks(msgspec.Struct, frozen=True):
    ranges: tuple[str, ...]
    clause: str


class Window(msgspec.Struct, frozen=True):
    """days: ISO weekdays, 1 is Monday; times in Asia/Jakarta."""

    days: tuple[int, ...]
    opens: dt.time
    closes: dt.time


class OpeningHours(msgspec.Struct, frozen=True):
    clause: str
    windows: tuple[Window, ...]


class Reasons(msgspec.Struct, frozen=True):
    """Whether an answer may say why a resident cannot be answered for."""

    clause: str


class Scores(msgspec.Struct, frozen=True):
    """What an answer tells of a similarity."""

    shown: ScoresShown
    clause: str


class SetGrant(msgspec.Struct, frozen=True):
    """Elements that are asked for together, by name."""

    name: str
    purpose: str
    mode: Mode
    elements: tuple[str, ...]
    clause: str


class ServiceGrant(msgspec.Struct, frozen=True):
    """One address of the Dukcapil wire format.  path: what follows /dukcapil/get_json/."""

    path: str
    profile: str
    set: str
    caller: CallerKind
    clause: str
    family: bool = False


class Dukcapil(msgspec.Struct, frozen=True):
    """The Dukcapil wire format, for as long as the institution's programs need it."""

    until: dt.date
    clause: str
    services: tuple[ServiceGrant, ...]


class Osia(msgspec.Struct, frozen=True):
    """What OSIA's requests do not say.  query: elements to search by without a NIK."""

    purpose: str
    caller: CallerKind
    clause: str
    query: tuple[str, ...] = ()


class Feedback(msgspec.Struct, frozen=True):
    """The fields of a record of data balikan."""

    fields: tuple[str, ...]
    clause: str


class Agreement(msgspec.Struct, frozen=True):
    number: str
    signed: dt.date
    first_party: FirstParty
    second_party: SecondParty
    period: Period
    juknis: Juknis
    purposes: tuple[DeclaredPurpose, ...]
    methods: tuple[MethodGrant, ...]
    callers: tuple[CallerGrant, ...]
    elements: tuple[ElementGrant, ...]
    quota: Quota
    networks: Networks
    hours: OpeningHours | None = None
    reasons: Reasons | None = None
    scores: Scores | None = None
    sets: tuple[SetGrant, ...] = ()
    dukcapil: Dukcapil | None = None
    osia: Osia | None = None
    feedback: Feedback | None = None


_POSITION = re.compile(r"\(at (line \d+, column \d+|end of document)\)$")
_PLAIN = (bool, str, int, dt.date, dt.time)


def read_agreement(toml_text: str) -> Agreement | list[Fault]:
    """The agreement, or all faults of its form; what it says is judged by compile_agreement."""
    try:
        tables = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        place = _POSITION.search(str(error))
        return [fault("toml_syntax", place[1] if place else "TOML")]
    faults = list(_table_faults(Agreement, tables, "", ""))
    return faults or msgspec.convert(tables, Agreement)


def _table_faults(shape: type[msgspec.Struct], table: object, path: str, clause: str) -> Iterator[Fault]:
    if not isinstance(table, dict):
        yield fault("wrong_type", clause or path, path)
        return
    named = table.get("clause")
    here = named if isinstance(named, str) and named.strip() else clause
    hints = typing.get_type_hints(shape)
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    for key in sorted(table.keys() - fields.keys()):
        yield fault("unknown_key", here or _below(path, key), _below(path, key))
    for key, field in fields.items():
        inner = _below(path, key)
        if key in table:
            yield from _value_faults(hints[field.name], table[key], inner, here)
        elif field.required:
            yield fault("missing_key", here or inner, inner)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _value_faults(kind: typing.Any, value: object, path: str, clause: str) -> Iterator[Fault]:
    if isinstance(kind, types.UnionType):
        kind = next(member for member in typing.get_args(kind) if member is not type(None))
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            yield fault("wrong_type", clause or path, path)
            return
        for place, item in enumerate(value, 1):
            yield from _value_faults(typing.get_args(kind)[0], item, f"{path}[{place}]", clause)
    elif issubclass(kind, msgspec.Struct):
        yield from _table_faults(kind, value, path, clause)
    else:
        yield from _plain_faults(kind, value, path, clause)


def _plain_faults(kind: type, value: object, path: str, clause: str) -> Iterator[Fault]:
    """A date with a time is no date and a truth value no number, whatever Python thinks of them."""
    wanted = next(plain for plain in _PLAIN if issubclass(kind, plain))
    if type(value) is not wanted:
        yield fault("wrong_type", clause or path, path)
    elif issubclass(kind, StrEnum) and value not in {member.value for member in kind}:
        yield fault("unknown_word", clause or path, path)
    elif wanted is str and not str(value).strip():
        yield fault("missing_key", clause or path, path)
