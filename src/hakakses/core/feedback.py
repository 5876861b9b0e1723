"""Data balikan: what an institution gives back, judged against the fields that its juknis fixes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from hakakses.core import problems
from hakakses.core.nik import Nik, parse_nik
from hakakses.core.problems import Refused
from hakakses.core.rights.addresses import registered
from hakakses.core.rights.callers import Credential
from hakakses.core.rights.right import AccessRight, FeedbackDuty

NIK = "nik"  # whom a record is about
LONGEST_VALUE = 255  # characters
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Reason(StrEnum):
    """Why a row is refused."""

    UNREADABLE = "row_unreadable"
    WRONG_LENGTH = "wrong_number_of_columns"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    FIELD_TWICE = "field_twice"
    INVALID_NIK = "invalid_nik"
    INVALID_VALUE = "invalid_value"


SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.UNREADABLE: ("Baris tidak dapat dibaca.", "The row cannot be read."),
    Reason.WRONG_LENGTH: (
        "Jumlah kolom tidak sama dengan judulnya.",
        "The row does not have the columns of its header.",
    ),
    Reason.MISSING_FIELD: ("Isian wajib tidak ada atau kosong.", "A field is missing or empty."),
    Reason.UNKNOWN_FIELD: ("Ada isian di luar juknis.", "There is a field that the juknis does not name."),
    Reason.FIELD_TWICE: ("Satu isian disebut dua kali.", "A field stands twice."),
    Reason.INVALID_NIK: ("NIK tidak sesuai format.", "The NIK is not well formed."),
    Reason.INVALID_VALUE: (
        "Nilai bukan teks tercetak sampai 255 karakter.",
        "A value is not printable text of at most 255 characters.",
    ),
}


class RowFault(msgspec.Struct, frozen=True):
    """What is wrong with a row.  field: one that the juknis names, never what the sender wrote."""

    reason: Reason
    field: str = ""


class Given(msgspec.Struct, frozen=True):
    """One record about one person.  values: in the order of the schema's fields."""

    nik: str
    values: tuple[str, ...]


class Schema(msgspec.Struct, frozen=True, dict=True):
    """The fields of a record in the juknis's own spelling; senders may write them in any case."""

    fields: tuple[str, ...]

    @cached_property
    def places(self) -> dict[str, int]:
        """Folded name -> place; the NIK's own is -1."""
        return {NIK: -1, **{field.casefold(): place for place, field in enumerate(self.fields)}}

    def name(self, place: int) -> str:
        return self.fields[place] if place >= 0 else NIK


def may_give(
    right: AccessRight, credential: Credential, address: str, day: dt.date
) -> FeedbackDuty | Refused:
    """The duty under which an institution gives data back; day: in Asia/Jakarta.

    Hours and quota bound what is asked, not what is given.
    """
    duty = right.feedback
    if duty is None:
        return Refused(problems.FEEDBACK_NOT_AGREED)
    if not right.valid_from <= day <= right.valid_until:
        return Refused(problems.NOT_IN_FORCE, right.period_clause)
    if not registered(right.networks, address):
        return Refused(problems.OUTSIDE_NETWORK, right.networks_clause)
    if not registered(credential.networks, address):
        return Refused(problems.OUTSIDE_NETWORK, right.networks_clause, "client")
    return duty


def read_row(schema: Schema, pairs: Iterable[tuple[str, Any]]) -> Given | RowFault:
    """A record, or the first thing wrong with the row.  pairs: names and values as the sender wrote them."""
    found: list[Any] = [None] * (len(schema.fields) + 1)  # the NIK comes last, at -1
    for name, value in pairs:
        place = schema.places.get(name.casefold())
        if place is None:
            return RowFault(Reason.UNKNOWN_FIELD)
        if found[place] is not None:
            return RowFault(Reason.FIELD_TWICE, schema.name(place))
        found[place] = "" if value is None else value
    for place in range(-1, len(schema.fields)):
        text = _text(found[place])
        if isinstance(text, Reason):
            return RowFault(text, schema.name(place))
        found[place] = text
    *values, nik = found
    if not isinstance(parse_nik(nik), Nik):
        return RowFault(Reason.INVALID_NIK, NIK)
    return Given(nik, tuple(values))


def _text(value: Any) -> str | Reason:
    """A value as the text that is kept: blanks around it are nobody's.  Programs in the field send numbers too."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**LONGEST_VALUE:
        return str(value)
    if value is None:
        return Reason.MISSING_FIELD
    if not isinstance(value, str):
        return Reason.INVALID_VALUE
    text = value.strip(" ")
    if not text:
        return Reason.MISSING_FIELD
    # Half a surrogate pair is no text: it has no UTF-8.
    if len(text) > LONGEST_VALUE or _CONTROL.search(text) or not _encodable(text):
        return Reason.INVALID_VALUE
    return text


def _encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
