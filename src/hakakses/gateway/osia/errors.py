"""Refusals in OSIA's shape: the one place where a family becomes a status and a problem a number."""

from __future__ import annotations

import datetime as dt

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Family, Problem, Refused
from hakakses.core.rights.decision import ZONE
from hakakses.gateway.exchange import Reply, json_reply
from hakakses.gateway.problem_json import extra_headers

# OSIA's documents declare no others: a quota that is used up is a thing not allowed, a store that is away an error.
STATUS: dict[Family, int] = {
    Family.MALFORMED: 400,
    Family.INVALID: 400,
    Family.UNAUTHENTICATED: 401,
    Family.NOT_GRANTED: 403,
    Family.EXHAUSTED: 403,
    Family.CONFLICT: 400,
    Family.NOT_FOUND: 404,
    Family.UNAVAILABLE: 500,
}
# To OSIA an attribute is any name; one that no catalogue holds is one that no agreement grants.
OWN_STATUS: dict[str, int] = {problems.UNKNOWN_ELEMENT.code: 403, problems.METHOD_NOT_ALLOWED.code: 405}
# A thousand per family, the thousand itself for what has no number of its own.  Numbers are never used again.
THOUSANDS: dict[Family, int] = {
    Family.MALFORMED: 1000,
    Family.INVALID: 2000,
    Family.UNAUTHENTICATED: 3000,
    Family.NOT_GRANTED: 4000,
    Family.EXHAUSTED: 5000,
    Family.CONFLICT: 6000,
    Family.NOT_FOUND: 7000,
    Family.UNAVAILABLE: 8000,
}
NUMBERS: dict[str, int] = {
    problem.code: number
    for number, problem in (
        (1001, problems.NOT_JSON),
        (1002, problems.TOO_LARGE),
        (1003, problems.METHOD_NOT_ALLOWED),
        (2001, problems.WRONG_SHAPE),
        (2002, problems.NO_ELEMENTS),
        (2003, problems.INVALID_NIK),
        (2004, problems.INVALID_VALUE),
        (2005, problems.OPERATOR_MISSING),
        (2006, problems.UNKNOWN_ELEMENT),
        (3001, problems.NOT_AUTHENTICATED),
        (3002, problems.TOKEN_BOUND),
        (3003, problems.INVALID_DPOP_PROOF),
        (4001, problems.SERVICE_NOT_GRANTED),
        (4002, problems.SCOPE_NOT_GRANTED),
        (4003, problems.ELEMENT_NOT_GRANTED),
        (4004, problems.ELEMENT_NOT_FOR_PURPOSE),
        (4005, problems.RELATION_NOT_GRANTED),
        (4006, problems.MODE_NOT_GRANTED),
        (4007, problems.PURPOSE_NOT_GRANTED),
        (4008, problems.METHOD_NOT_GRANTED),
        (4009, problems.CALLER_NOT_GRANTED),
        (4010, problems.OPERATOR_UNKNOWN),
        (4011, problems.OPERATOR_DISABLED),
        (4012, problems.OPERATOR_SHARED),
        (4013, problems.NOT_IN_FORCE),
        (4014, problems.OUTSIDE_HOURS),
        (4015, problems.OUTSIDE_NETWORK),
        (5001, problems.QUOTA_EXHAUSTED),
        (5002, problems.GUESSES_EXHAUSTED),
        (7001, problems.RESIDENT_NOT_ANSWERED),
        (8001, problems.LOG_UNAVAILABLE),
        (8002, problems.RIGHTS_UNAVAILABLE),
        (8003, problems.OVERLOADED),
        (8004, problems.INTERNAL_ERROR),
    )
}


class Error(msgspec.Struct, frozen=True):
    """OSIA's body of a refusal.

    message: Indonesian, English, and in brackets our stable code, the part of the request and the clause.
    """

    code: int
    message: str


def status_of(problem: Problem) -> int:
    return OWN_STATUS.get(problem.code, STATUS[problem.family])


def number_of(problem: Problem) -> int:
    return NUMBERS.get(problem.code, THOUSANDS[problem.family])


def refusal(refused: Refused) -> Reply:
    problem = refused.problem
    where = "; ".join(filter(None, (problem.code, refused.part, refused.clause)))
    message = f"{problem.sentence_id} / {problem.sentence_en} [{where}]"
    reply = json_reply(Error(number_of(problem), message), status_of(problem))
    further = extra_headers(refused, dt.datetime.now(ZONE))
    return Reply(reply.status, [*reply.headers, *further], reply.body)
