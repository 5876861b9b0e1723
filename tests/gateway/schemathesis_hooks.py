"""What schemathesis must know to ask well: values of the documented formats, a granted purpose, keys of their own."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import Any

import msgspec
import schemathesis
from hypothesis import strategies as st
from tests.builders import OPERATOR, a_nik

from hakakses.gateway import examples
from hakakses.gateway.native import LONGEST_KEY, LONGEST_VALUE, PRINTABLE

# Some in the register, some not: an unknown NIK must look like a wrong value.
_NIKS = [examples.nik(), *(a_nik(serial) for serial in range(1, 6))]
_NOTATIONS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
_KEY = re.compile(f"[!-~]([ -~]{{0,{LONGEST_KEY - 2}}}[!-~])?")
_numbers = itertools.count()
_dates = st.builds(dt.date.strftime, st.dates(min_value=dt.date(1000, 1, 1)), st.sampled_from(_NOTATIONS))
_texts = st.text(st.characters(exclude_categories=("C",)), max_size=40).map(lambda text: f"{text} Budi")
# The lengths around the limit, which drawing at random would hardly ever meet.
_longest = st.sampled_from(range(LONGEST_VALUE - 1, LONGEST_VALUE + 2))

schemathesis.openapi.format("nik", st.sampled_from(_NIKS))
schemathesis.openapi.format(
    "tanggal", _dates | st.builds(str.ljust, _dates, _longest) | st.just("00-00-0000")
)
schemathesis.openapi.format("teks", _texts | st.builds("{:x<{}}".format, _texts, _longest) | st.just(""))


@schemathesis.serializer("text/csv", "application/x-ndjson")
def as_lines(_: Any, value: Any) -> bytes:
    return value.encode("utf-8", "replace") if isinstance(value, str) else msgspec.json.encode(value)


@schemathesis.hook
def before_call(_: schemathesis.HookContext, case: schemathesis.Case, __: dict[str, Any]) -> None:
    """What is well shaped becomes what leads on: a purpose that the agreement names, a key not used before.

    Otherwise nearly every ask would end as a purpose not granted, or a key used for another request.
    """
    body = case.body if isinstance(case.body, dict) else {}
    purpose, caller = body.get("purpose"), body.get("caller")
    if isinstance(purpose, str) and 1 <= len(purpose) <= 64 and re.search(PRINTABLE, purpose):
        case.body = {**case.body, "purpose": examples.PURPOSE}
    operator = caller.get("operator") if isinstance(caller, dict) else None
    if (
        isinstance(operator, str)
        and operator.strip()
        and len(operator) <= 64
        and re.search(PRINTABLE, operator)
    ):
        case.body = {**case.body, "caller": {**case.body["caller"], "operator": OPERATOR}}
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and _KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = f"k{next(_numbers)}"


@schemathesis.check
class EveryOperationAnswers:
    """An operation that only ever refuses has not been tested."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.answered: set[str] = set()

    def after_response(self, _: Any, response: schemathesis.Response, case: schemathesis.Case) -> None:
        self.asked.add(case.operation.label)
        if response.status_code == 200:
            self.answered.add(case.operation.label)

    def after_run(self, _: Any) -> None:
        assert self.answered == self.asked, sorted(self.asked - self.answered)
