"""A date is read in the field's notations, is blank, or is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hakakses.core.dates import UnreadableDateError, read_date


@given(st.dates(dt.date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]))
def test_every_accepted_notation_gives_the_same_date(day: dt.date, notation: str) -> None:
    assert read_date(f" {day.strftime(notation)} ") == day.isoformat()


@pytest.mark.parametrize("text", ["", " ", "00-00-0000", "0000-00-00", "00/00/0000"])
def test_no_date_is_blank(text: str) -> None:
    assert read_date(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "1990",
        "31-02-1990",
        "29-02-1991",
        "1990-13-01",
        "17-08/1990",
        "17 08 1990",
        "1990/08/17",
        "17-8-1990",
        "1990-08-17\n",
        "\u0661\u0667-\u0660\u0668-\u0661\u0669\u0669\u0660",
        "00-08-1990",
        "00-00-1990",
        "17-00-1990",
        "32-01-1990",
        "29-02-1900",
        "1990-02-30",
        "17-08-90",
        "17-08-1990 00:00:00",
        "1990-08-17T00:00:00",
        "\t17-08-1990",
        "17-08-\uff11990",
        "00-00/0000",
        "-",
    ],
)
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableDateError):
        read_date(text)
