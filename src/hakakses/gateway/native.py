"""The native API's requests and answers: parse, call once, render."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Annotated, Any, Literal

import msgspec

from hakakses.core import problems
from hakakses.core.elements import BY_CODE
from hakakses.core.problems import Problem, Refused
from hakakses.core.rights.ask import Ask, Caller, CallerKind, Method, Mode
from hakakses.core.rights.right import AccessRight
from hakakses.gateway.json_names import given_twice
from hakakses.verification.verify import Repeat

MOST_BODY = 16 * 1024  # bytes
LONGEST_VALUE = 255  # characters
MOST_ELEMENTS = 64
LONGEST_KEY = 128  # characters of an Idempotency-Key
_STRINGS = 8  # in the shortest body: five names and three values

# Control characters (C0, DEL, C1) are refused by shape, before any rule looks at a value.  The last group is
# for Python alone, whose $ also matches before a last newline.
PRINTABLE = r"^[^\u0000-\u001f\u007f-\u009f]*$(?!\n)"
NikText = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{16}$", min_length=16, max_length=16)]
Value = Annotated[str, msgspec.Meta(max_length=LONGEST_VALUE, pattern=PRINTABLE)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=PRINTABLE)]


class CallerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who stands behind the ask: a program, or a named operator.

    workstation: where the operator sits; left out, it is the address that the ask comes from.
    """

    kind: CallerKind
    operator: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)] = ""
    workstation: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)] = ""


class VerificationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST /v1/verifications.  elements: wire code -> claimed value."""

    nik: NikText
    purpose: Code
    elements: Annotated[dict[str, Value], msgspec.Meta(max_length=MOST_ELEMENTS)]
    caller: CallerBody
    reference: Annotated[str, msgspec.Meta(max_length=128, pattern=PRINTABLE)] = ""


class ReadBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of POST /v1/reads.  elements: the wire codes to read."""

    nik: NikText
    purpose: Code
    elements: Annotated[list[Code], msgspec.Meta(max_length=MOST_ELEMENTS)]
    caller: CallerBody
    reference: Annotated[str, msgspec.Meta(max_length=128, pattern=PRINTABLE)] = ""


_verification_decoder = msgspec.json.Decoder(VerificationBody)
_read_decoder = msgspec.json.Decoder(ReadBody)


def parse_verification(body: bytes, address: str) -> Ask | Refused:
    parsed = _parse(_verification_decoder, body, 2)
    if isinstance(parsed, Refused):
        return parsed
    return _ask(parsed, parsed.elements, Mode.VERIFY, address)


def parse_read(body: bytes, address: str) -> Ask | Refused:
    parsed = _parse(_read_decoder, body, 1)
    if isinstance(parsed, Refused):
        return parsed
    return _ask(parsed, dict.fromkeys(parsed.elements, ""), Mode.READ, address)


def _parse(decoder: msgspec.json.Decoder[Any], body: bytes, per_element: int) -> Any:
    """The body as a struct.  per_element: JSON strings that one element takes."""
    try:
        parsed = decoder.decode(body)
    except msgspec.ValidationError as fault:
        return Refused(problems.WRONG_SHAPE, part=_place(str(fault)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refused(problems.NOT_JSON)
    caller = parsed.caller
    optional = bool(caller.operator) + bool(caller.workstation) + bool(parsed.reference)
    strings = _STRINGS + per_element * len(parsed.elements) + 2 * optional
    if (twice := given_twice(body, strings)) is not None:
        return Refused(problems.WRONG_SHAPE, part=twice if twice in BY_CODE or twice in _FIELDS else "")
    return parsed


_FIELDS = frozenset(VerificationBody.__struct_fields__ + CallerBody.__struct_fields__)
_PLACE = re.compile(rf"(?:\.?(?:{'|'.join(sorted(_FIELDS))})|\[(?:\.\.\.|[0-9]+)\])*")
_MISSING = "Object missing required field `"


def _place(message: str) -> str:
    """The field that msgspec complains of; the rest of its message, an unknown field's name too, could be a value."""
    reason, _, path = message.rpartition(" - at `$")
    place = path.removesuffix("`").lstrip(".") if reason else ""
    if _PLACE.fullmatch(place) is None:
        return ""
    if message.startswith(_MISSING):
        field = message.removeprefix(_MISSING).partition("`")[0]
        return f"{place}.{field}" if place else field
    return place


def _ask(
    parsed: VerificationBody | ReadBody, elements: dict[str, str], mode: Mode, address: str
) -> Ask | Refused:
    if not elements:
        return Refused(problems.NO_ELEMENTS, part="elements")
    if any(code not in BY_CODE for code in elements):
        return Refused(problems.UNKNOWN_ELEMENT, part="elements")
    if parsed.caller.kind is CallerKind.OPERATOR and not parsed.caller.operator.strip():
        return Refused(problems.OPERATOR_MISSING, part="caller.operator")
    return Ask(
        method=Method.WEB_SERVICE,
        mode=mode,
        purpose=parsed.purpose,
        nik=parsed.nik,
        elements=elements,
        caller=Caller(parsed.caller.kind, parsed.caller.operator, parsed.caller.workstation),
        address=address,
        reference=parsed.reference,
    )


def unreadable_ask(mode: Mode, address: str) -> Ask:
    """What the log says of an ask whose body could not be read: who and how, nothing of its content."""
    return Ask(Method.WEB_SERVICE, mode, "", "", {}, Caller(CallerKind.MACHINE), address)


def repeat_of(key: str | None, path: str, body: bytes) -> Repeat | Problem | None:
    """The Idempotency-Key and the request as digests."""
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        return problems.INVALID_KEY
    request = hashlib.sha256(path.encode() + b"\0" + _as_meant(body)).digest()
    return Repeat(hashlib.sha256(key.encode()).digest(), request)


def _as_meant(body: bytes) -> bytes:
    """A body however its program writes JSON: spaces, escapes and the order of names make no other request."""
    try:
        return _canonical.encode(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body


_canonical = msgspec.json.Encoder(order="sorted")
Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Hex = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})+$")]


class QuotaBody(msgspec.Struct, frozen=True):
    limit: int
    used: int
    remaining: int
    day: dt.date


class RightBody(msgspec.Struct, frozen=True):
    """Body of GET /v1/right: the caller's own right with its clauses, and today's quota."""

    right: AccessRight
    fingerprint: Hash
    quota: QuotaBody


class ReceiptBody(msgspec.Struct, frozen=True):
    """Body of GET /v1/receipts/{seq}: an RFC 6962 inclusion proof under a signed checkpoint.

    Hashes and entry in hex; proof from the leaf upwards.
    """

    seq: int
    leaf_hash: Hash
    entry: Hex
    tree_size: int
    proof: list[Hash]
    checkpoint: str


class OperatorBody(msgspec.Struct, frozen=True):
    """asks: answers given to the operator today."""

    id: str
    active: bool
    asks: int


class OperatorsBody(msgspec.Struct, frozen=True):
    """Body of GET /v1/operators: the registered operators of the caller's own agreement.  day: in Asia/Jakarta."""

    day: dt.date
    operators: list[OperatorBody]


class TokenBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """Body of POST /oauth2/token (RFC 6749 §5.1).

    token_type: DPoP when the token is bound to the key of a DPoP proof.  scope: left out when there is none.
    """

    access_token: str
    token_type: Literal["Bearer", "DPoP"]
    expires_in: int
    scope: str = ""


class StateBody(msgspec.Struct, frozen=True):
    """Body of GET /healthz and GET /readyz."""

    status: Literal["ok", "ready"]
