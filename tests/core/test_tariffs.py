"""PNBP per answer, by method, payer and day."""

import datetime as dt

import pytest

from hakakses.core.rights.ask import Method
from hakakses.core.tariffs import Outcome, Payer, charge

DAY = dt.date
CASES = [
    (Method.WEB_SERVICE, Payer.PROFIT, Outcome.ANSWERED, DAY(2023, 3, 27), 0),
    (Method.WEB_SERVICE, Payer.PROFIT, Outcome.ANSWERED, DAY(2023, 3, 28), 1000),
    (Method.WEB_PORTAL, Payer.PROFIT, Outcome.ANSWERED, DAY(2026, 1, 1), 1000),
    (Method.WEB_SERVICE, Payer.PROFIT, Outcome.NOT_FOUND, DAY(2026, 1, 1), 1000),
    (Method.WEB_SERVICE, Payer.PROFIT, Outcome.REFUSED, DAY(2026, 1, 1), 0),
    (Method.WEB_SERVICE, Payer.GOVERNMENT, Outcome.ANSWERED, DAY(2026, 1, 1), 0),
    (Method.WEB_SERVICE, Payer.MOBILE_OPERATOR, Outcome.ANSWERED, DAY(2025, 3, 27), 500),
    (Method.WEB_SERVICE, Payer.MOBILE_OPERATOR, Outcome.ANSWERED, DAY(2025, 3, 28), 1000),
    (Method.CARD_READER, Payer.PROFIT, Outcome.ANSWERED, DAY(2026, 1, 1), 0),
]


@pytest.mark.parametrize(("method", "payer", "outcome", "day", "rupiah"), CASES)
def test_an_answer_costs_what_the_tariff_of_its_day_says(method, payer, outcome, day, rupiah):
    assert charge(method, payer, outcome, day) == rupiah
