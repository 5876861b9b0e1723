"""The way through the OSIA door: who may come in, how it refuses, what it writes down."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import pytest
from tests.builders import NAMES
from tests.gateway.osia import test_dataaccess
from tests.gateway.osia.broken import HEADER
from tests.gateway.osia.conftest import DEAD, PERSONS, ROOT, UNKNOWN, Osia, told

from hakakses.core import problems
from hakakses.core.ledger.entry import decode_entry
from hakakses.core.problems import Family, Refused
from hakakses.gateway.osia import errors
from hakakses.gateway.osia.routes import ROUTES

BODIES: dict[str, Any] = {
    "matchPersonAttributes": NAMES,
    "verifyPersonAttributes": [{"attributeName": "TGL_LHR", "operator": "<", "value": "1995-01-01"}],
    "verify": {"biographicData": NAMES},
    "readAttributes": {"outputBiographicData": ["NAMA_LGKP"]},
}
QUERIES = {
    "queryPersonList": f"NO_KK={'1' * 16}",
    "readPersonAttributes": "attributeNames=NAMA_LGKP",
    "readDocument": "doctype=marriage&format=pdf",
}
NEVER = {"readDocument", "identify", "readIdentifyResult"}
READING = {"queryPersonList", "readPersonAttributes", "readAttributeSet", "readAttributes"}


def _address(route: Any, nik: str) -> str:
    open_segments = {"uin": nik, "identifier": nik, "attributeSetName": "BACA", "taskID": "1"}
    query = QUERIES.get(route.name, "transactionId=t-1")
    return f"{route.template.format(**open_segments)}?{query}"


def _send(osia: Osia, route: Any, nik: str, client: str, **more: Any) -> Any:
    return osia.send(route.method, _address(route, nik), BODIES.get(route.name), client, **more)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_operation_wants_a_token_a_door_and_a_scope(osia: Osia, nik: str, route: Any) -> None:
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic x"}):
        reply = _send(osia, route, nik, "nobody", headers=headers)
        assert told(reply) == (401, 3001)
        assert reply.headers["www-authenticate"].startswith("Bearer")
    closed = _send(osia, route, nik, "native")
    assert told(closed) == (403, 4001)
    if route.name in READING:
        lacking = _send(osia, route, nik, "verifier")
        assert told(lacking) == (403, 4002)


@pytest.mark.parametrize("route", [one for one in ROUTES if one.name in NEVER], ids=lambda route: route.name)
def test_what_no_agreement_grants_is_refused_and_logged(osia: Osia, nik: str, route: Any) -> None:
    reply = _send(osia, route, nik, "machine")
    assert told(reply) == (403, 4001)
    with psycopg.connect(osia.running.database.dsn) as connection:
        row = connection.execute("SELECT entry FROM live.ledger_entry ORDER BY seq DESC LIMIT 1").fetchone()
    assert row is not None
    assert decode_entry(row[0]).decision == "service_not_granted"


def test_a_used_up_quota_is_a_thing_not_allowed(osia: Osia, nik: str) -> None:
    path = f"{PERSONS}/{nik}/match"
    assert osia.post(path, NAMES, client="once").json() == []
    reply = osia.post(path, NAMES, client="once")
    assert told(reply) == (403, 5001)
    assert 0 < int(reply.headers["retry-after"]) <= 86_400


def test_another_method_is_refused_in_the_doors_own_shape(osia: Osia, nik: str) -> None:
    reply = osia.send("PUT", f"{PERSONS}/{nik}/match", NAMES)
    assert (reply.status_code, reply.json()["code"], reply.headers["allow"]) == (405, 1003, "POST, OPTIONS")


def test_every_problem_has_a_status_that_osia_declares_and_a_number_of_its_family() -> None:
    numbers = Counter(errors.NUMBERS.values())
    assert numbers.most_common(1)[0][1] == 1
    assert errors.NUMBERS.keys() <= problems.ALL.keys()
    assert errors.STATUS.keys() == errors.THOUSANDS.keys() == set(Family)
    for problem in problems.ALL.values():
        assert errors.number_of(problem) // 1000 * 1000 == errors.THOUSANDS[problem.family]
        assert (
            errors.status_of(problem) in {400, 401, 403, 404, 500} or problem is problems.METHOD_NOT_ALLOWED
        )


def test_the_guide_lists_every_number() -> None:
    guide = (ROOT / "docs" / "how-to" / "osia.md").read_text(encoding="utf-8")
    for code, number in errors.NUMBERS.items():
        assert f"| {number} | `{code}` | {errors.status_of(problems.ALL[code])} |" in guide


@pytest.mark.parametrize(
    "problem", [problems.LOG_UNAVAILABLE, problems.RIGHTS_UNAVAILABLE, problems.OVERLOADED]
)
def test_a_store_that_is_away_says_when_to_try_again(problem: problems.Problem) -> None:
    reply = errors.refusal(Refused(problem))
    assert reply.status == 500
    assert ("retry-after", "1") in reply.headers


def test_a_refusal_says_why_in_two_languages_with_part_and_clause() -> None:
    body = errors.refusal(Refused(problems.ELEMENT_NOT_GRANTED, "Pasal 4", "ALAMAT")).body.decode()
    problem = problems.ELEMENT_NOT_GRANTED
    assert f"{problem.sentence_id} / {problem.sentence_en} [element_not_granted; ALAMAT; Pasal 4]" in body


def _everything(osia: Osia, nik: str) -> None:
    for route, client in itertools.product(ROUTES, ("machine", "operator", "searcher", "once", "nobody")):
        _send(osia, route, nik, client)


def test_no_number_from_a_path_is_printed(osia: Osia, nik: str) -> None:
    """Whether it can be a NIK or not: what stands in an address is what a server likes to print."""
    serial = f"{nik[:12]}9999"
    impossible = [
        f"{nik}0",
        f"{nik[:15]}x",
        f"{'9' * 6}{nik[6:]}",
        f"{nik[:6]}991399{nik[12:]}",
        f"%3{nik[0]}{nik[1:]}",
    ]
    for number in (nik, serial, DEAD, UNKNOWN, *impossible):
        _everything(osia, number)
    printed = osia.running.log.read_text(encoding="utf-8") + osia.running.http.get("/metrics").text
    assert not [number for number in (nik, serial, DEAD, UNKNOWN, *impossible) if number[3:15] in printed]


def test_a_fault_is_told_in_the_doors_own_shape_and_prints_no_number(broken: Osia, nik: str) -> None:
    for route in ROUTES:
        reply = _send(broken, route, nik, "machine", headers={HEADER: "a fault"})
        if route.name in {"matchPersonAttributes", "readAttributes", "readAttributeSet"}:
            assert told(reply) == (500, 8004)
    printed = broken.running.log.read_text(encoding="utf-8")
    assert "internal_error" in printed
    assert nik[3:15] not in printed


# name of a fault -> the test of a promise that finds it
FOUND: dict[str, Callable[[Osia, str], None]] = {
    "nothing asked is all matched": lambda osia, nik: test_dataaccess.test_what_cannot_be_asked_is_refused(
        osia, nik, "match", {}, 400, 2002
    ),
    "an unknown resident is told": lambda osia, _: _looks_alike(osia, UNKNOWN),
    "an unknown resident has no attributes": lambda osia, _: _looks_alike(osia, DEAD),
    "every relation": lambda osia, nik: test_dataaccess.test_what_cannot_be_asked_is_refused(
        osia, nik, "verify", [test_dataaccess.expression(">", "1990-08-17")], 403, 4005
    ),
    "every scope": lambda osia, nik: test_every_operation_wants_a_token_a_door_and_a_scope(
        osia, nik, ROUTES[1]
    ),
    "guessing without end": test_dataaccess.test_a_birth_date_cannot_be_found_by_halving,
}
_looks_alike = test_dataaccess.test_a_resident_who_cannot_be_answered_for_looks_like_wrong_values


@pytest.mark.parametrize("fault", FOUND)
def test_a_door_that_breaks_a_promise_is_found_out(
    broken: Osia, another: Callable[[], str], fault: str
) -> None:
    """Faults that a document cannot know of: the test of the promise itself fails, and does not without the fault."""
    FOUND[fault](broken, another())
    with pytest.raises(AssertionError):
        FOUND[fault](msgspec.structs.replace(broken, always={HEADER: fault}), another())
