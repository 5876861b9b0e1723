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
from tests.gateway.schemathesis_checks import EveryOperationAnswers

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
    """What is well shaped becomes what leads on: a granted purpose, one workstation, a key not used before, no scope.

    Otherwise nearly every ask would end as a purpose not granted, a shared operator, or a key used for another
    request, and every token request as one for scopes that the agreement does not give.
    """
    body = case.body if isinstance(case.body, dict) else {}
    if _printable(body.get("purpose"), 1, 64):
        case.body = {**case.body, "purpose": examples.PURPOSE}
    if isinstance(body.get("scope"), str):
        case.body = {**case.body, "scope": ""}
    caller = body.get("caller") if isinstance(body.get("caller"), dict) else {}
    known = {"operator": OPERATOR, "workstation": "loket-1"}
    leading = {name: value for name, value in known.items() if _printable(caller.get(name), 0, 64)}
    if not str(caller.get("operator", "")).strip():
        leading.pop("operator", None)
    if leading:
        case.body = {**case.body, "caller": {**case.body["caller"], **leading}}
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and _KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = f"k{next(_numbers)}"


def _printable(value: object, least: int, most: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= most and bool(re.search(PRINTABLE, value))


schemathesis.check(EveryOperationAnswers)
