"""What schemathesis must know to ask OSIA's questions well: attributes that the agreement grants, values they can have."""

from __future__ import annotations

import hashlib
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from tests.builders import NAMES
from tests.gateway.osia.conftest import FUZZED, READ, RELATIONS
from tests.gateway.schemathesis_checks import EveryOperationAnswers

# One right and one wrong value each: more wrong ones would soon use up the guesses of every resident.
_VALUES = {
    code: (value, other) for (code, value), other in zip(NAMES.items(), ("X", "1991-01-01", "P"), strict=True)
}
_CODES, _READABLE = sorted(_VALUES), sorted(READ)

schemathesis.openapi.format("nik", st.sampled_from(FUZZED))


def _drawn(text: object, among: Any) -> Any:
    """Always the same one for the same text."""
    return among[hashlib.sha256(repr(text).encode()).digest()[0] % len(among)]


def _plain(value: object) -> bool:
    return isinstance(value, str | bool) or (isinstance(value, float) and not value.is_integer())


def _claims(body: dict[str, Any]) -> dict[str, str]:
    codes = {name: _drawn(name, _CODES) for name in body}
    return {code: _drawn(body[name], _VALUES[code]) for name, code in codes.items()}


def _expression(one: dict[str, Any]) -> dict[str, Any]:
    if one["operator"] == "=":
        code = _drawn(one["attributeName"], _CODES)
        return {**one, "attributeName": code, "value": _drawn(one["value"], _VALUES[code])}
    operator = _drawn(one["operator"], [str(relation) for relation in RELATIONS])
    return {"attributeName": "TGL_LHR", "operator": operator, "value": NAMES["TGL_LHR"]}


def _is_expression(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.keys() == {"attributeName", "operator", "value"}
        and isinstance(one["attributeName"], str)
        and one["operator"] in ["<", ">", "=", ">=", "<="]
        and _plain(one["value"])
    )


def _parts(body: Any) -> Any:
    """The body without, as a draw says, those parts that no agreement grants."""
    if not isinstance(body, dict):
        return body
    granted = {
        name: part for name, part in body.items() if name in ("biographicData", "outputBiographicData")
    }
    return _drawn(body, [granted, body]) if granted else body


def _led_on(name: str, body: Any) -> Any:
    """A well-shaped body about granted attributes; one that is not well-shaped as it is."""
    if name == "verifyPersonAttributes":
        good = isinstance(body, list) and 0 < len(body) <= 64 and all(map(_is_expression, body))
        return [_expression(one) for one in body] if good else body
    if not isinstance(body, dict):
        return body
    if name == "matchPersonAttributes":
        good = 0 < len(body) <= 64 and all(map(_plain, body.values()))
        return _claims(body) if good else body
    if name == "verify" and isinstance(body.get("biographicData"), dict) and body["biographicData"]:
        return {**body, "biographicData": _claims(body["biographicData"])}
    wanted = body.get("outputBiographicData")
    if name == "readAttributes" and isinstance(wanted, list) and all(isinstance(one, str) for one in wanted):
        return {**body, "outputBiographicData": [_drawn(one, _READABLE) for one in wanted]}
    return body


@schemathesis.hook
def before_call(_: schemathesis.HookContext, case: schemathesis.Case, __: dict[str, Any]) -> None:
    """Otherwise every ask would end as an attribute not granted."""
    name = case.operation.definition.raw["operationId"]
    case.body = _led_on(name, case.body)
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
        case.body = _parts(case.body)
    wanted = case.query.get("attributeNames")
    if isinstance(wanted, list) and wanted and all(isinstance(one, str) for one in wanted):
        case.query["attributeNames"] = [_drawn(one, _READABLE) for one in wanted]


schemathesis.check(EveryOperationAnswers)
