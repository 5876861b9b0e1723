"""What OSIA's requests hold: bodies and queries as their documents declare them, bounded, no name twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qs

import msgspec

from hakakses.core import problems
from hakakses.core.elements import BY_CODE
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Bound, Relation
from hakakses.gateway.exchange import Request
from hakakses.gateway.json_names import given_twice
from hakakses.gateway.native import MOST_ELEMENTS, PRINTABLE, Value

MOST_PARAMETERS = 2 * MOST_ELEMENTS
LONGEST_QUERY = 8 * 1024  # characters
OF_A_NIK = frozenset({"uin", "nik"})  # identifierType

Scalar = Value | int | float | bool
Attributes = Annotated[dict[str, Scalar], msgspec.Meta(max_length=MOST_ELEMENTS)]
Names = Annotated[list[str], msgspec.Meta(max_length=MOST_ELEMENTS)]
Parsed = TypeVar("Parsed")


class Expression(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    attribute_name: str
    operator: Relation
    value: Scalar


class AttributeSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What a third party wants verified; only biographic data is held against the register."""

    biographic_data: Attributes = {}
    biometric_data: list[Any] = []
    credential_data: list[Any] = []
    contact_data: dict[str, Any] = {}
    encryption: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    integrity: list[Any] = []


class OutputAttributeSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    output_biographic_data: Names = []
    output_biometric_data: list[Any] = []
    output_credential_data: list[Any] = []
    output_contact_data: list[Any] = []


class Transaction(msgspec.Struct, frozen=True, rename="camel"):
    """The query of every third-party operation."""

    transaction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=PRINTABLE)]
    identifier_type: str = "uin"
    verification_proof_required: Literal["true", "false"] = "true"


_attributes = msgspec.json.Decoder(Attributes)
_expressions = msgspec.json.Decoder(Annotated[list[Expression], msgspec.Meta(max_length=MOST_ELEMENTS)])
_attribute_set = msgspec.json.Decoder(AttributeSet)
_output_set = msgspec.json.Decoder(OutputAttributeSet)


def read_attributes(request: Request) -> dict[str, str] | Refused:
    """Attribute -> claimed value, from a flat object."""
    found = _decoded(_attributes, request)
    if isinstance(found, Refused):
        return found
    return _whole(request, _strings(found)) or claims(found)


def read_expressions(request: Request) -> tuple[dict[str, str], tuple[Bound, ...]] | Refused:
    """The first equality of each attribute as a claimed value; all else as bounds."""
    found = _decoded(_expressions, request)
    if isinstance(found, Refused):
        return found
    texts = sum(isinstance(one.value, str) for one in found)
    return _whole(request, 5 * len(found) + texts) or _sorted_out(found)


def read_attribute_set(request: Request) -> dict[str, str] | Refused:
    """Attribute -> claimed value, from the biographic part."""
    found = _decoded(_attribute_set, request)
    if isinstance(found, Refused):
        return found
    if refused := _only_biographic(found, "biographic_data"):
        return refused
    return _whole(request, 1 + _strings(found.biographic_data)) or claims(found.biographic_data)


def read_output_set(request: Request) -> list[str] | Refused:
    """The attributes to read, from the biographic part."""
    found = _decoded(_output_set, request)
    if isinstance(found, Refused):
        return found
    if refused := _only_biographic(found, "output_biographic_data"):
        return refused
    return _whole(request, 1 + len(found.output_biographic_data)) or found.output_biographic_data


def read_transaction(request: Request) -> Transaction | Refused:
    given = read_query(request)
    if isinstance(given, Refused):
        return given
    found = single(given, Transaction.__struct_encode_fields__)
    if isinstance(found, Refused):
        return found
    try:
        transaction = msgspec.convert(found, Transaction)
    except msgspec.ValidationError:
        return Refused(problems.WRONG_SHAPE, part="query")
    if transaction.identifier_type.casefold() not in OF_A_NIK:
        return Refused(problems.WRONG_SHAPE, part="identifierType")
    return transaction


def read_query(request: Request) -> dict[str, list[str]] | Refused:
    """Parameter -> its values."""
    if len(request.query) > LONGEST_QUERY:
        return Refused(problems.WRONG_SHAPE, part="query")
    try:
        return parse_qs(request.query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return Refused(problems.WRONG_SHAPE, part="query")


def single(given: Mapping[str, list[str]], names: Iterable[str]) -> dict[str, str] | Refused:
    """Those of these parameters that are there; refused when one is there twice."""
    found = {}
    for name in names:
        values = given.get(name, ())
        if len(values) > 1:
            return Refused(problems.WRONG_SHAPE, part=name)
        if values:
            found[name] = values[0]
    return found


def claims(attributes: Mapping[str, Scalar]) -> dict[str, str] | Refused:
    """Attribute -> value as the register writes values: as texts."""
    found = {}
    for name, value in attributes.items():
        text = value if isinstance(value, str) else _text(value)
        if text is None and name in BY_CODE:
            return Refused(problems.INVALID_VALUE, part=name)
        found[name] = text or ""  # of an unknown attribute the value is of no account
    return found


def _text(value: float) -> str | None:
    """A whole number is a code without its leading zeros; the register holds neither fractions nor truth values."""
    return str(value) if type(value) is int else None


def _sorted_out(expressions: Iterable[Expression]) -> tuple[dict[str, str], tuple[Bound, ...]] | Refused:
    elements: dict[str, str] = {}
    bounds: list[Bound] = []
    for one in expressions:
        found = claims({one.attribute_name: one.value})
        if isinstance(found, Refused):
            return found
        if one.operator is Relation.EQUAL and one.attribute_name not in elements:
            elements.update(found)
        else:
            bounds.append(Bound(one.attribute_name, one.operator, found[one.attribute_name]))
    return elements, tuple(bounds)


def _decoded(decoder: msgspec.json.Decoder[Parsed], request: Request) -> Parsed | Refused:
    if request.body is None:
        return Refused(problems.TOO_LARGE)
    try:
        return decoder.decode(request.body)
    except msgspec.ValidationError:  # its message could hold a value
        return Refused(problems.WRONG_SHAPE, part="body")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refused(problems.NOT_JSON)


def _strings(attributes: Mapping[str, Scalar]) -> int:
    return len(attributes) + sum(isinstance(value, str) for value in attributes.values())


def _whole(request: Request, strings: int) -> Refused | None:
    """Refused when a name stands twice.  strings: JSON strings in the body."""
    twice = given_twice(request.body or b"", strings)
    if twice is None:
        return None
    return Refused(problems.WRONG_SHAPE, part=twice if twice in BY_CODE else "body")


def _only_biographic(found: AttributeSet | OutputAttributeSet, name: str) -> Refused | None:
    """No agreement grants the other parts, and what is encrypted or to be checked must not be passed over."""
    for field, encoded in zip(found.__struct_fields__, found.__struct_encode_fields__, strict=True):
        part = getattr(found, field)
        if field != name and part is not msgspec.UNSET and (part or field == "encryption"):
            return Refused(problems.SERVICE_NOT_GRANTED, part=encoded)
    return None
