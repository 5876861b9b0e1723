"""The tables of operations: the router follows all of them, the OpenAPI document describes the native API's."""

from __future__ import annotations

from functools import cache
from typing import Any

from hakakses.core import problems
from hakakses.gateway import feedback, issuing, operations, poc
from hakakses.gateway.clients import TokenForm, TokenRefused
from hakakses.gateway.dukcapil import routes as dukcapil
from hakakses.gateway.exchange import Reply, Request, json_reply
from hakakses.gateway.native import (
    OperatorsBody,
    ReadBody,
    ReceiptBody,
    RightBody,
    StateBody,
    TokenBody,
    VerificationBody,
)
from hakakses.gateway.openapi import document
from hakakses.gateway.osia import routes as osia
from hakakses.gateway.parts import Parts
from hakakses.gateway.routing import Route
from hakakses.verification.answer import Answer

_READING = (
    problems.NOT_JSON,
    problems.TOO_LARGE,
    problems.WRONG_SHAPE,
    problems.NO_ELEMENTS,
    problems.UNKNOWN_ELEMENT,
    problems.OPERATOR_MISSING,
    problems.INVALID_KEY,
    problems.INVALID_NIK,
)
_PROVING = (problems.NOT_AUTHENTICATED, problems.TOKEN_BOUND, problems.INVALID_DPOP_PROOF)
_DECIDING = (
    *_PROVING,
    problems.NOT_IN_FORCE,
    problems.OUTSIDE_NETWORK,
    problems.OUTSIDE_HOURS,
    problems.METHOD_NOT_GRANTED,
    problems.CALLER_NOT_GRANTED,
    problems.OPERATOR_UNKNOWN,
    problems.OPERATOR_DISABLED,
    problems.OPERATOR_SHARED,
    problems.MODE_NOT_GRANTED,
    problems.PURPOSE_NOT_GRANTED,
    problems.ELEMENT_NOT_GRANTED,
    problems.ELEMENT_NOT_FOR_PURPOSE,
    problems.IDEMPOTENCY_MISMATCH,
    problems.QUOTA_EXHAUSTED,
)
_STORES = (problems.LOG_UNAVAILABLE, problems.RIGHTS_UNAVAILABLE, problems.OVERLOADED)
_LOOKING = (*_PROVING, problems.LOG_UNAVAILABLE, problems.RIGHTS_UNAVAILABLE)


async def _openapi(request: Request, parts: Parts) -> Reply:
    return json_reply(described())


ROUTES = (
    Route(
        "POST",
        "/oauth2/token",
        "issueToken",
        issuing.token,
        "Minta token akses",
        "Ask for an access token",
        TokenBody,
        (problems.TOO_LARGE, problems.LOG_UNAVAILABLE, problems.RIGHTS_UNAVAILABLE),
        body=TokenForm,
        others={400: TokenRefused, 401: TokenRefused},
    ),
    Route(
        "POST",
        "/v1/verifications",
        "verify",
        operations.verifications,
        "Periksa apakah nilai sesuai dengan data penduduk",
        "Verify whether values match a resident's data",
        Answer,
        (*_READING, problems.INVALID_VALUE, *_DECIDING, problems.GUESSES_EXHAUSTED, *_STORES),
        body=VerificationBody,
        secured=True,
        narrower={
            "required": ["result"],
            "properties": {"elements": {"additionalProperties": {"$ref": "#/components/schemas/Result"}}},
        },
    ),
    Route(
        "POST",
        "/v1/reads",
        "read",
        operations.reads,
        "Baca nilai elemen yang diberikan perjanjian",
        "Read the values of elements that the agreement grants",
        Answer,
        (*_READING, *_DECIDING, problems.RESIDENT_NOT_ANSWERED, *_STORES),
        body=ReadBody,
        secured=True,
    ),
    Route(
        "GET",
        "/v1/right",
        "showRight",
        operations.right,
        "Lihat hak akses sendiri dan sisa kuota hari ini",
        "Show one's own access right and what is left of today's quota",
        RightBody,
        _LOOKING,
        secured=True,
    ),
    Route(
        "GET",
        "/v1/operators",
        "listOperators",
        operations.operators,
        "Lihat operator sendiri dan jumlah jawaban untuk masing-masing hari ini",
        "List one's own operators and today's answers to each",
        OperatorsBody,
        _LOOKING,
        secured=True,
    ),
    Route(
        "GET",
        "/v1/receipts/{seq}",
        "proveReceipt",
        operations.receipt,
        "Ambil bukti bahwa sebuah jawaban tercatat",
        "Get the proof that an answer is in the log",
        ReceiptBody,
        (*_LOOKING, problems.RECEIPT_NOT_FOUND, problems.RECEIPT_NOT_SEALED),
        secured=True,
    ),
    Route(
        "GET",
        "/v1/poc",
        "showPoc",
        poc.show,
        "Lihat kemajuan uji konsep sendiri di ruang uji",
        "Show how far one's own proof of concept in the sandbox has come",
        poc.PocBody,
        (*_LOOKING, problems.NOT_IN_SANDBOX),
        secured=True,
    ),
    Route(
        "GET",
        "/healthz",
        "showHealth",
        operations.healthz,
        "Apakah proses hidup",
        "Whether the process lives",
        StateBody,
        (),
        unlimited=True,
    ),
    Route(
        "GET",
        "/readyz",
        "showReadiness",
        operations.readyz,
        "Apakah layanan siap menjawab",
        "Whether the service is ready to answer",
        StateBody,
        (problems.RIGHTS_UNAVAILABLE,),
        unlimited=True,
    ),
    Route(
        "GET",
        "/metrics",
        "showMetrics",
        operations.metrics,
        "Hitungan untuk pengelola, dalam format Prometheus",
        "Counts for operators, in Prometheus' text format",
        str,
        (),
        unlimited=True,
    ),
    Route(
        "GET",
        "/openapi.json",
        "describe",
        _openapi,
        "Dokumen ini",
        "This document",
        dict,
        (),
        unlimited=True,
    ),
    *feedback.ROUTES,
)

# The doors after the first speak somebody else's language: their documents are elsewhere.
OPERATIONS = (*ROUTES, *feedback.DATABALIKAN, *dukcapil.ROUTES, *osia.ROUTES)


@cache
def described() -> dict[str, Any]:
    """The OpenAPI document of the native API."""
    return document(ROUTES)
