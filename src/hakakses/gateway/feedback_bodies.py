"""The replies about feedback data."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hakakses.core.feedback import Reason

MOST_TOLD = 100  # refused rows that a result names
Count = Annotated[int, msgspec.Meta(ge=0)]


class RefusedRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row that was not kept.

    row: its line in the upload, from 1.  field: of the juknis, where one is to blame; never a value.
    """

    row: Annotated[int, msgspec.Meta(ge=1)]
    reason: Reason
    title: str
    title_en: str
    field: str = ""


class FeedbackTaken(msgspec.Struct, frozen=True):
    """Body of POST /v1/feedback.  duplicate: rows given before.  rows: the first refused ones."""

    accepted: Count
    duplicate: Count
    refused: Count
    rows: Annotated[list[RefusedRow], msgspec.Meta(max_length=MOST_TOLD)]


class FeedbackMonth(msgspec.Struct, frozen=True):
    """month: yyyy-mm, in Asia/Jakarta."""

    month: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}$")]
    records: Annotated[int, msgspec.Meta(ge=1)]


class FeedbackGiven(msgspec.Struct, frozen=True):
    """Body of GET /v1/feedback: what counts towards the duty, the fields that it wants and its clause."""

    agreement: str
    clause: str
    fields: tuple[str, ...]
    months: list[FeedbackMonth]
    total: Count


class Message(msgspec.Struct, frozen=True):
    """Every reply of the Data Balikan wire format."""

    message: str
