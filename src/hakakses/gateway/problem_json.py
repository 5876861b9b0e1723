"""Refusals as RFC 9457 problem details: the one place where a family becomes a status."""

from __future__ import annotations

import msgspec

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
OWN_STATUS: dict[str, int] = {"too_large": 413, "method_not_allowed": 405}
RETRY_AFTER = "1"


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every refusal.

    code: stable, for programs.  title: Indonesian.  title_en: English.  clause: of the agreement.
    part: which part of the request, never its value.
    """

    type: str
    status: int
    code: str
    title: str
    title_en: str
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
        clause=refused.clause,
        part=refused.part,
    )


def extra_headers(problem: Problem) -> list[tuple[str, str]]:
    """Headers that a family asks for besides the content type."""
    if problem.family is Family.UNAUTHENTICATED:
        return [("www-authenticate", 'Bearer realm="hakakses"')]
    if problem.family in (Family.UNAVAILABLE, Family.EXHAUSTED):
        return [("retry-after", RETRY_AFTER)]
    return []
