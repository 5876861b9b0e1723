"""Calendar dates in the notations that the field uses."""

from __future__ import annotations

import datetime as dt
import re

_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{2})([-/])([0-9]{2})\2([0-9]{4})")
_NO_DATE = frozenset({"", "00-00-0000", "0000-00-00", "00/00/0000"})


class UnreadableDateError(ValueError):
    """The text is no date in an accepted notation."""


def read_date(text: str) -> str:
    """yyyy-mm-dd for yyyy-mm-dd, dd-mm-yyyy or dd/mm/yyyy; "" for a blank or all-zero date."""
    text = text.strip(" ")
    if text in _NO_DATE:
        return ""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.group(1, 2, 3)
    elif found := _DAY_FIRST.fullmatch(text):
        year, month, day = found.group(4, 3, 1)
    else:
        raise UnreadableDateError
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise UnreadableDateError from None
