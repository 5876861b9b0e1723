"""The OpenAPI 3.1 document of a table of routes: schemas from the structs, refusals from the problems."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

from hakakses import __version__
from hakakses.core import problems
from hakakses.core.problems import Problem, Refused
from hakakses.gateway import examples
from hakakses.gateway.clients import TokenForm
from hakakses.gateway.element_schemas import FORMATS, REF, claims, element_components
from hakakses.gateway.native import LONGEST_KEY, MOST_BODY
from hakakses.gateway.problem_json import ProblemDetails, details, status_of
from hakakses.gateway.routing import Body, Route
from hakakses.verification.answer import Answer

LARGEST_NUMBER = 10**18 - 1  # of an entry, as the path takes it
_EVERYWHERE = (problems.METHOD_NOT_ALLOWED, problems.INTERNAL_ERROR)
# One credential, named twice: how to get it, for clients, and how it is sent, for tools that are given one.
_SECURITY: list[dict[str, list[str]]] = [{"oauth2": []}, {"bearer": []}]
_ABOUT = f"""\
Lembaga tidak menerima data penduduk; lembaga mendapat hak untuk bertanya, dan setiap jawaban tercatat.
/ Institutions do not get population data; they get a right to ask, and every answer is logged.

* Isi permintaan, selain kiriman data balikan, dibaca sebagai JSON apa pun Content-Type-nya, karena program di
  lapangan sering keliru menyebutnya; paling besar {MOST_BODY // 1024} KiB, UTF-8 tanpa BOM, tanpa nama ganda dalam satu objek.
  / Bodies, but for feedback data, are read as JSON whatever their Content-Type, since programs in the field often
  mislabel them;
  at most {MOST_BODY // 1024} KiB, UTF-8 without BOM, no name twice in one object (RFC 7493).
* Accept diabaikan: jawaban selalu JSON. / Accept is ignored: replies are always JSON.
* HEAD berlaku di mana GET berlaku; OPTIONS menyebut metode sebuah alamat.
  / HEAD works where GET does; OPTIONS names the methods of a path.
* Setiap penolakan berisi problem+json (RFC 9457); kecuali permintaan yang bukan HTTP yang sah: 400, 414,
  atau 431 tanpa isi. / Every refusal is problem+json (RFC 9457), except that what is not valid HTTP gets a
  bare 400, 414 or 431.
"""
# component, a field of it that is an object, what that object's names are
_KEYS = (
    ("Answer", "elements", "ElementCode"),
    ("AccessRight", "methods", "Method"),
    ("AccessRight", "callers", "CallerKind"),
    ("AccessRight", "verify", "ElementCode"),
    ("AccessRight", "read", "ElementCode"),
)
_HEADERS: dict[int, tuple[str, bool, dict[str, Any]]] = {
    401: ("WWW-Authenticate", True, {"type": "string"}),
    405: ("Allow", True, {"type": "string"}),
    429: ("Retry-After", False, {"type": "integer", "minimum": 1}),
    503: ("Retry-After", True, {"type": "integer", "minimum": 1}),
}


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """The document; whatever a route does not say stands in the structs that it names."""
    types = [ProblemDetails, *(kind for route in routes for kind in _types(route))]
    schemas, components = msgspec.json.schema_components(types, ref_template=REF + "{name}")
    found = dict(zip(types, schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.template, {})[route.method.lower()] = _operation(route, found)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hakakses",
            "version": __version__,
            "description": _ABOUT + _formats(),
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**_refined(components), **element_components()},
            "securitySchemes": _schemes(),
        },
    }


def _types(route: Route) -> list[type]:
    body = [] if route.body is None else [route.body]
    return [route.success, *body, *route.others.values()]


def _formats() -> str:
    lines = (
        f"* Format `{name}`: {indonesian}. / {english}.\n" for name, (indonesian, english) in FORMATS.items()
    )
    return "".join(lines)


def _schemes() -> dict[str, Any]:
    return {
        "oauth2": {
            "type": "oauth2",
            "description": "private_key_jwt (RFC 7523) untuk produksi, rahasia hanya untuk sandbox."
            " / private_key_jwt (RFC 7523) in production, a secret in the sandbox alone.",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": {}}},
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "Token dari /oauth2/token. Token yang terikat pada sertifikat (RFC 8705) berlaku hanya"
            " bersama sertifikat itu; yang terikat pada kunci (RFC 9449) dikirim sebagai `Authorization: DPoP` bersama"
            " bukti di header DPoP. / The token that /oauth2/token gave. One bound to a certificate (RFC 8705) is"
            " good with that certificate alone; one bound to a key (RFC 9449) is sent as `Authorization: DPoP` with"
            " a proof in the DPoP header.",
        },
    }


def _refined(components: dict[str, Any]) -> dict[str, Any]:
    """What the types of the bodies cannot say themselves."""
    for name in ("VerificationBody", "ReadBody"):
        components[name]["properties"]["nik"]["format"] = "nik"
    components["VerificationBody"]["properties"]["elements"] = claims()
    components["ReadBody"]["properties"]["elements"].update(items={"$ref": f"{REF}ElementCode"}, minItems=1)
    components["CallerBody"] = _callers(components["CallerBody"])
    for name, field, key in _KEYS:
        components[name]["properties"][field]["propertyNames"] = {"$ref": REF + key}
    _never_null(components["Answer"])
    for component in components.values():
        if "description" in component:
            component["description"] = inspect.cleandoc(component["description"])
    return components


def _callers(caller: dict[str, Any]) -> dict[str, Any]:
    """A machine, or an operator who must be named."""
    operator = caller["properties"]["operator"]
    named = {key: value for key, value in operator.items() if key != "default"}
    return {
        "description": caller["description"],
        "oneOf": [
            {
                **caller,
                "title": "Machine",
                "properties": {**caller["properties"], "kind": {"const": "machine"}},
            },
            {
                **caller,
                "title": "Operator",
                "properties": {
                    **caller["properties"],
                    "kind": {"const": "operator"},
                    "operator": {**named, "allOf": [{"pattern": r"\S"}]},
                },
                "required": ["kind", "operator"],
            },
        ],
    }


def _never_null(component: dict[str, Any]) -> None:
    """An optional field without a value is left out."""
    for name, schema in component["properties"].items():
        if {"type": "null"} in schema.get("anyOf", ()):
            component["properties"][name] = schema["anyOf"][0]


def _operation(route: Route, found: dict[type, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": f"{route.summary_id} / {route.summary_en}",
        "responses": {"200": _success(route, found[route.success]), **_refusals(route, found)},
    }
    if parameters := _parameters(route):
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = _request(route, found[route.body])
    if route.upload is not None:
        operation["requestBody"] = _uploaded(route.upload)
    if route.secured:
        operation["security"] = _SECURITY
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    found = []
    if "{seq}" in route.template:
        number = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
        found.append(
            {
                "name": "seq",
                "in": "path",
                "required": True,
                "description": "Nomor entri pada tanda terima. / The receipt's entry number.",
                "schema": number,
                "example": examples.NUMBER,
            }
        )
    if problems.INVALID_KEY in route.problems:
        found.append({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Permintaan yang sama dengan kunci yang sama dijawab sama dan tidak memakai kuota lagi,"
            " selama 24 jam. / The same request under the same key gets the same answer and spends no quota again,"
            " for 24 hours.",
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_KEY,
                "pattern": "^[!-~]([ -~]*[!-~])?$",
            },
        })  # fmt: skip
    return found


def _request(route: Route, schema: dict[str, Any]) -> dict[str, Any]:
    form = route.body is TokenForm
    example = msgspec.to_builtins(examples.bodies()[route.name])
    shown = {name: value for name, value in example.items() if value}
    media = "application/x-www-form-urlencoded" if form else "application/json"
    return {"required": True, "content": {media: {"schema": schema, "example": shown}}}


def _uploaded(upload: Body) -> dict[str, Any]:
    """A text that no schema describes: what its columns are, the agreement says."""
    shown = examples.uploads()
    content = {kind: {"schema": {"type": "string"}, "example": shown[kind]} for kind in upload.media}
    return {
        "required": True,
        "description": f"Baris demi baris, UTF-8, paling besar {upload.most // 1024**2} MiB; bentuknya dikenali dari"
        " huruf pertamanya, apa pun Content-Type-nya. Baris yang baik disimpan walaupun ada yang ditolak."
        f" / Row by row, UTF-8, at most {upload.most // 1024**2} MiB; the first character tells which it is, whatever"
        " the Content-Type. Good rows are kept even where others are refused.",
        "content": content,
    }


def _success(route: Route, schema: dict[str, Any]) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": {**schema, **route.narrower}}
    if example := examples.successes().get(route.name):
        media["example"] = msgspec.json.decode(msgspec.json.encode(example))
    kind = "text/plain" if route.success is str else "application/json"
    reply: dict[str, Any] = {"description": "Jawaban. / The answer.", "content": {kind: media}}
    if route.success is Answer:
        reply["links"] = {
            "proof": {"operationId": "proveReceipt", "parameters": {"seq": "$response.body#/receipt/seq"}}
        }
    return reply


def _refusals(route: Route, found: dict[type, Any]) -> dict[str, Any]:
    """Status -> response, in the order of statuses."""
    given: dict[int, list[Problem]] = {}
    for problem in dict.fromkeys((*route.problems, *_EVERYWHERE, *_limiting(route))):
        given.setdefault(status_of(problem), []).append(problem)
    replies = {status: _problems(status, of_status, found) for status, of_status in given.items()}
    for status, kind in route.others.items():
        replies[status] = {
            "description": "Penolakan menurut RFC 6749 §5.2. / A refusal as RFC 6749 §5.2 has it.",
            "content": {"application/json": {"schema": found[kind]}},
        }
    for status in replies.keys() & _HEADERS.keys():
        name, required, schema = _HEADERS[status]
        replies[status]["headers"] = {name: {"required": required, "schema": schema}}
    return {str(status): replies[status] for status in sorted(replies)}


def _limiting(route: Route) -> tuple[Problem, ...]:
    slow = () if route.body is None else (problems.REQUEST_TOO_SLOW,)
    if route.unlimited:
        return slow
    return (*slow, problems.CLIENT_AT_LIMIT, problems.OVERLOADED, problems.ANSWER_TIMED_OUT)


def _problems(status: int, of_status: list[Problem], found: dict[type, Any]) -> dict[str, Any]:
    codes = [problem.code for problem in of_status]
    narrowed = {"properties": {"status": {"const": status}, "code": {"enum": codes}}}
    shown = {problem.code: {"value": msgspec.to_builtins(details(Refused(problem)))} for problem in of_status}
    lines = (f"* `{one.code}`: {one.sentence_id} / {one.sentence_en}\n" for one in of_status)
    media = {"schema": {**found[ProblemDetails], **narrowed}, "examples": shown}
    return {"description": "".join(lines), "content": {"application/problem+json": media}}
