"""What an answer costs (PNBP): PP 10/2023, in force from 28 March 2023, in whole rupiah.

Profit-seeking users pay in advance.  Ministries, regions, BPJS and regional hospitals pay nothing; mobile operators
paid half for two years.  Which outcomes are charged is no rule of the law that is known; it is a policy and printed.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from hakakses.core.rights.ask import Method

IN_FORCE_FROM = dt.date(2023, 3, 28)
_HALF_UNTIL = dt.date(2025, 3, 27)


class Payer(StrEnum):
    GOVERNMENT = "government"
    PROFIT = "profit"
    MOBILE_OPERATOR = "mobile_operator"


class Outcome(StrEnum):
    """Kinds of answers, as far as they may be charged apart."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    REFUSED = "refused"


class Tariff(msgspec.Struct, frozen=True):
    """rupiah: for one NIK.  begins, ends: both days included, None while it stands."""

    method: Method
    rupiah: int
    begins: dt.date
    ends: dt.date | None = None


TARIFFS: tuple[Tariff, ...] = (
    Tariff(Method.WEB_SERVICE, 1000, IN_FORCE_FROM),
    Tariff(Method.WEB_PORTAL, 1000, IN_FORCE_FROM),
)
CHARGED = frozenset({Outcome.ANSWERED, Outcome.NOT_FOUND})


def price(method: Method, payer: Payer, day: dt.date) -> int:
    """Rupiah for one answer on a day; 0 where no tariff stands."""
    full = next((one.rupiah for one in TARIFFS if one.method is method and _stands(one, day)), 0)
    if payer is Payer.GOVERNMENT:
        return 0
    if payer is Payer.MOBILE_OPERATOR and day <= _HALF_UNTIL:
        return full // 2
    return full


def _stands(tariff: Tariff, day: dt.date) -> bool:
    return tariff.begins <= day and (tariff.ends is None or day <= tariff.ends)


def charge(method: Method, payer: Payer, outcome: Outcome, day: dt.date) -> int:
    return price(method, payer, day) if outcome in CHARGED else 0
