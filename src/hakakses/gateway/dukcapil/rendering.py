"""Replies in the Dukcapil wire format: a page of a list, as Spring Data writes it, always with status 200."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hakakses.core.dates import UnreadableDateError, read_date
from hakakses.core.elements import BY_CODE, Comparison
from hakakses.core.rights.right import ElementSet
from hakakses.gateway.dukcapil.codes import FOUND
from hakakses.gateway.dukcapil.profiles import Nik, Numbers, Part, Profile
from hakakses.verification.answer import Answer, Result

_SESUAI, _TIDAK_SESUAI = "Sesuai", "Tidak Sesuai"
_WIDTHS = {"NO_PROP": 2, "NO_KAB": 2, "NO_KEC": 2, "NO_KEL": 4, "NO_RT": 3, "NO_RW": 3}
_NIK = "NIK"

Row = dict[str, str]


class Page(msgspec.Struct, frozen=True):
    """The envelope."""

    content: Sequence[Row]
    lastPage: bool  # noqa: N815 - as the wire has it
    firstPage: bool  # noqa: N815
    numberOfElements: int  # noqa: N815
    totalElements: int  # noqa: N815
    number: int
    size: int
    sort: None


class LimitedPage(Page, frozen=True):
    """The envelope of newer programs.  quotaLimiter: what is left of today's quota."""

    quotaLimiter: int  # noqa: N815


def page(rows: Sequence[Row], profile: Profile, quota_remaining: int | None) -> Page:
    size = len(rows)
    envelope = (rows, True, True, size, size, 0, max(size, 1), None)
    if profile.quota and quota_remaining is not None:
        return LimitedPage(*envelope, quota_remaining)
    return Page(*envelope)


def error_row(code: str, profile: Profile) -> Row:
    return _filled(profile.error, code, profile)


def verdict_row(nik: str, answer: Answer, profile: Profile, *, known: bool) -> Row:
    """Element -> 'Sesuai' or 'Tidak Sesuai', with the number that may be told where the element is scored.

    known: whether the agreement grants reasons, and so has let the resident's existence be told.
    """
    success = profile.success
    row = _filled(success.added, FOUND, profile)
    if success.nik is Nik.ECHOED:
        row[_NIK] = nik
    elif success.nik is Nik.JUDGED:
        # Else a NIK is known by its values alone: judged by itself it would tell which numbers exist.
        found = known or Result.SESUAI.value in answer.elements.values()
        row[_NIK] = _SESUAI if found else _TIDAK_SESUAI
    for code, verdict in answer.elements.items():
        row[success.spelling.get(code, code)] = _verdict(verdict, answer.scores.get(code), success.numbers)
    return row


def _verdict(verdict: str, score: int | None, numbers: Numbers) -> str:
    matched = verdict == Result.SESUAI.value
    word = _SESUAI if matched else _TIDAK_SESUAI
    if score is None or (numbers is Numbers.SESUAI and not matched):
        return word
    return f"{word} ({score})"


def data_row(nik: str, answer: Answer, chosen: ElementSet, profile: Profile) -> Row:
    """Element -> value, of the service's set; a key of the profile that the set does not hold stays empty."""
    success = profile.success
    row = _filled(success.added, FOUND, profile)
    held = {_NIK: nik, **answer.elements}
    for code in success.keys or (_NIK, *chosen.elements):
        row[success.spelling.get(code, code)] = _value(code, held.get(code, ""), padded=success.padded)
    return row


def _value(code: str, value: str, *, padded: bool) -> str:
    """Dates as yyyy-mm-dd; codes bare ("1") or padded ("001")."""
    comparison = BY_CODE[code].comparison
    if comparison is Comparison.DATE:
        try:
            return read_date(value)
        except UnreadableDateError:
            return value
    if comparison is Comparison.CODE and value.isdecimal():
        return value.zfill(_WIDTHS.get(code, 0)) if padded else str(int(value))
    return value


def _filled(keys: Mapping[str, Part], code: str, profile: Profile) -> Row:
    return {key: code if part is Part.CODE else profile.text(code) for key, part in keys.items()}
