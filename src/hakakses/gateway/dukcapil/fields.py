"""A request in the Dukcapil wire format, however the program that sent it spells and wraps it.

Programs in the field name one field in several ways and cases, label JSON as a form, send a form or leave the
body empty and put all into the query string of a POST.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from hakakses.core import problems
from hakakses.core.elements import CATALOGUE
from hakakses.core.problems import Refused
from hakakses.gateway.native import LONGEST_VALUE

NIK, USER_ID, PASSWORD, IP_USER = "NIK", "USER_ID", "PASSWORD", "IP_USER"
THRESHOLD, REFERENCE, OPERATOR = (
    "TRESHOLD",
    "transactionId",
    "OPERATOR",
)  # the first as the field misspells it
_SPELLINGS: dict[str, tuple[str, ...]] = {
    USER_ID: ("userid",),
    PASSWORD: ("password",),
    IP_USER: ("ipuser", "ipusers", "ipaddress"),
    THRESHOLD: ("treshold", "threshold"),
    REFERENCE: ("transactionid",),
    OPERATOR: ("operator",),
    "GOL_DARAH": ("goldarah", "goldrh"),
    "STATUS_KAWIN": ("statuskawin", "statkwn"),
}
_ALLOWED_THRESHOLDS = range(101)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "").strip()


_CODES: dict[str, str] = {_folded(element.code): element.code for element in CATALOGUE}
_NAMES: dict[str, str] = _CODES | {
    spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings
}
# As most programs write them, found without folding.
_AS_WRITTEN: dict[str, str] = {
    written: name for name in _NAMES.values() for written in (name, name.lower(), name.capitalize())
}
_decode = msgspec.json.Decoder().decode


class Fields(msgspec.Struct, frozen=True):
    """The request's fields under their own names.

    claims: element code -> value, the NIK not among them.  threshold: percent, 0 when none is wanted.
    """

    nik: str
    user_id: str
    password: str
    ip_user: str
    threshold: int
    reference: str
    operator: str
    claims: dict[str, str]


def read_fields(body: bytes | None, query: str) -> Fields | Refused:
    """The fields of body and query string together, or WRONG_SHAPE naming the field that is wrong."""
    if body is None:
        return Refused(problems.TOO_LARGE)
    pairs = _pairs(body, query)
    if pairs is None:
        return Refused(problems.WRONG_SHAPE)
    found: dict[str, str] = {}
    for written, value in pairs:
        name = _AS_WRITTEN.get(written) or _NAMES.get(_folded(written))
        if name is None:
            continue
        text = _text(value)
        if text is None or len(text) > LONGEST_VALUE or found.setdefault(name, text) != text:
            return Refused(problems.WRONG_SHAPE, part=name)
    return _fields(found)


def _fields(found: dict[str, str]) -> Fields | Refused:
    wanted = found.pop(THRESHOLD, "").strip()
    if wanted and not (wanted.isascii() and wanted.isdecimal() and int(wanted) in _ALLOWED_THRESHOLDS):
        return Refused(problems.WRONG_SHAPE, part=THRESHOLD)
    reference = found.pop(REFERENCE, "").strip()
    if not reference.isprintable():
        return Refused(problems.WRONG_SHAPE, part=REFERENCE)
    return Fields(
        nik=found.pop(NIK, "").strip(),
        user_id=found.pop(USER_ID, "").strip(),
        password=found.pop(PASSWORD, ""),
        ip_user=found.pop(IP_USER, "").strip(),
        threshold=int(wanted or 0),
        reference=reference,
        operator=found.pop(OPERATOR, "").strip(),
        claims=found,
    )


def _pairs(body: bytes, query: str) -> Iterable[tuple[str, Any]] | None:
    """Names and values of the body, then of the query string; None when the body is neither JSON nor a form."""
    asked = parse_qsl(query, keep_blank_values=True) if query else []
    if not body.strip():
        return asked
    if body.lstrip()[:1] == b"{":
        try:
            return [*_decode(body).items(), *asked]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
    if b"=" not in body:
        return None
    return [*parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True), *asked]


def _text(value: object) -> str | None:
    """A JSON value as text; None for what no field holds."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
