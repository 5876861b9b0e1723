"""Refusals as RFC 9457 problem details: the one place where a family becomes a status."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Family, Problem, Refused

STATUS: dict[Family, int] = {
    Family.MALFORMED: 400,
    Family.INVALID: 422,
    Family.UNAUTHENTICATED: 401,
    Family.NOT_GRANTED: 403,
    Family.EXHAUSTED: 429,
    Family.CONFLICT: 409,
    Family.NOT_FOUND: 404,
    Family.UNAVAILABLE: 503,
}
OWN_STATUS: dict[str, int] = {
    "internal_error": 500,
    "method_not_allowed": 405,
    "request_too_slow": 408,
    "too_large": 413,
    "upload_too_large": 413,
}
UNAVAILABLE = STATUS[Family.UNAVAILABLE]
RETRY_AFTER = "1"  # seconds
DPOP_PART = "DPoP"  # of a request whose token is bound to a key
_BEARER = 'Bearer realm="hakakses"'
_DPOP = 'DPoP realm="hakakses", algs="ES256 EdDSA"'

Code = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(problems.ALL)})]


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every refusal.

    code: stable, for programs.  title: Indonesian.  title_en: English.  final: whether the same request will be
    refused again; if not, it may be sent again, after Retry-After where there is one.  clause: of the agreement.
    part: which part of the request, never its value.
    """

    type: str
    status: int
    code: Code
    title: str
    title_en: str
    final: bool
    clause: str = ""
    part: str = ""


def status_of(problem: Problem) -> int:
    return OWN_STATUS.get(problem.code, STATUS[problem.family])


def details(refused: Refused) -> ProblemDetails:
    problem = refused.problem
    return ProblemDetails(
        type=f"urn:hakakses:problem:{problem.code}",
        status=status_of(problem),
        code=problem.code,
        title=problem.sentence_id,
        title_en=problem.sentence_en,
        final=problem.final,
        clause=refused.clause,
        part=refused.part,
    )


def extra_headers(refused: Refused, now: dt.datetime) -> list[tuple[str, str]]:
    """Headers that a refusal needs besides the content type.  now: in the zone whose days quotas count."""
    problem = refused.problem
    if problem.family is Family.UNAUTHENTICATED:
        return [("www-authenticate", _challenge(refused))]
    if problem is problems.QUOTA_EXHAUSTED:
        return [("retry-after", str(_until_midnight(now)))]
    soon = status_of(problem) == UNAVAILABLE or problem is problems.CLIENT_AT_LIMIT
    return [("retry-after", RETRY_AFTER)] if soon else []


def _challenge(refused: Refused) -> str:
    """How to prove oneself (RFC 6750 §3, RFC 9449 §7.1)."""
    if refused.problem is problems.INVALID_DPOP_PROOF:
        return f'{_DPOP}, error="invalid_dpop_proof"'
    if refused.problem is problems.TOKEN_BOUND:
        scheme = _DPOP if refused.part == DPOP_PART else _BEARER
        return f'{scheme}, error="invalid_token"'
    return _BEARER


def _until_midnight(now: dt.datetime) -> int:
    """Seconds, rounded up."""
    tomorrow = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), now.tzinfo)
    return int((tomorrow - now).total_seconds()) + 1
