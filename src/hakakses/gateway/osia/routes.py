"""Every operation of OSIA 7.1's data access and third-party services, each service under its own prefix."""

from __future__ import annotations

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.gateway.exchange import Handler
from hakakses.gateway.osia import dataaccess, thirdparty
from hakakses.gateway.osia.door import refusing
from hakakses.gateway.osia.errors import refusal
from hakakses.gateway.routing import Route

DATA_ACCESS, THIRD_PARTY = "/osia/dataaccess", "/osia/thirdparty"
_PERSON = f"{DATA_ACCESS}/v1/persons/{{uin}}"
_NEVER = refusing(Refused(problems.SERVICE_NOT_GRANTED))


def _route(
    method: str, template: str, name: str, handler: Handler, sentence_id: str, sentence_en: str
) -> Route:
    """OSIA's own documents describe the bodies."""
    return Route(
        method, template, name, handler, sentence_id, sentence_en, dict, (), secured=True, refusal=refusal
    )


ROUTES = (
    _route(
        "GET",
        f"{DATA_ACCESS}/v1/persons",
        "queryPersonList",
        dataaccess.query,
        "Cari penduduk tanpa NIK",
        "Search residents without a NIK",
    ),
    _route(
        "GET",
        _PERSON,
        "readPersonAttributes",
        dataaccess.read,
        "Baca nilai elemen",
        "Read values of elements",
    ),
    _route(
        "POST",
        f"{_PERSON}/match",
        "matchPersonAttributes",
        dataaccess.match,
        "Sebut elemen yang tidak sesuai",
        "Name the elements that do not match",
    ),
    _route(
        "POST",
        f"{_PERSON}/verify",
        "verifyPersonAttributes",
        dataaccess.verify,
        "Periksa pernyataan tentang penduduk",
        "Verify expressions about a resident",
    ),
    _route("GET", f"{_PERSON}/document", "readDocument", _NEVER, "Tidak pernah diberikan", "Never granted"),
    _route(
        "POST",
        f"{THIRD_PARTY}/v1/verify/{{identifier}}",
        "verify",
        thirdparty.verify,
        "Periksa seluruh elemen, dengan bukti",
        "Verify all elements, with proof",
    ),
    _route(
        "GET",
        f"{THIRD_PARTY}/v1/attributes/{{attributeSetName}}/{{identifier}}",
        "readAttributeSet",
        thirdparty.read_set,
        "Baca satu kelompok elemen perjanjian",
        "Read one of the agreement's element sets",
    ),
    _route(
        "POST",
        f"{THIRD_PARTY}/v1/attributes/{{identifier}}",
        "readAttributes",
        thirdparty.read,
        "Baca elemen yang disebut",
        "Read the elements that are named",
    ),
    _route(
        "POST", f"{THIRD_PARTY}/v1/identify", "identify", _NEVER, "Tidak pernah diberikan", "Never granted"
    ),
    _route(
        "GET",
        f"{THIRD_PARTY}/v1/identify/{{taskID}}",
        "readIdentifyResult",
        _NEVER,
        "Tidak pernah diberikan",
        "Never granted",
    ),
)
