"""OSIA data access over real HTTP: what each operation answers, and that nothing asked is never a yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.builders import NAMES, OPERATOR, a_card
from tests.gateway.osia.conftest import DEAD, FAMILY, PERSONS, UNKNOWN, Osia, told

ALL_DIFFER = [{"attributeName": code, "errorCode": 1} for code in NAMES]
Another = Callable[[], str]


def expression(operator: str, value: object, attribute: str = "TGL_LHR") -> dict[str, object]:
    return {"attributeName": attribute, "operator": operator, "value": value}


BORN = NAMES["TGL_LHR"]
TRUE = [expression("=", NAMES["NAMA_LGKP"], "NAMA_LGKP"), expression("<", "1995-01-01")]


def test_matching_attributes_give_an_empty_list(osia: Osia, nik: str) -> None:
    reply = osia.post(f"{PERSONS}/{nik}/match", NAMES)
    assert (reply.status_code, reply.json()) == (200, [])
    assert osia.post(f"{PERSONS}/{nik}/match", {"NO_RT": 7}).json() == [], "a code may come as a number"


def test_an_attribute_that_differs_is_named(osia: Osia, nik: str) -> None:
    reply = osia.post(f"{PERSONS}/{nik}/match", {**NAMES, "NAMA_LGKP": "ORANG LAIN"})
    assert reply.json() == [{"attributeName": "NAMA_LGKP", "errorCode": 1}]


@pytest.mark.parametrize("who", [UNKNOWN, DEAD], ids=["unknown", "deceased"])
def test_a_resident_who_cannot_be_answered_for_looks_like_wrong_values(osia: Osia, who: str) -> None:
    matched = osia.post(f"{PERSONS}/{who}/match", NAMES)
    assert (matched.status_code, matched.json()) == (200, ALL_DIFFER)
    verified = osia.post(f"{PERSONS}/{who}/verify", TRUE)
    assert (verified.status_code, verified.json()) == (200, False)
    read = osia.get(f"{PERSONS}/{who}", params={"attributeNames": "NAMA_LGKP"})
    assert told(read) == (404, 7001)


@pytest.mark.parametrize(
    ("operation", "body", "status", "code"),
    [
        ("match", None, 400, 1001),
        ("match", b"", 400, 1001),
        ("match", {}, 400, 2002),
        ("match", [], 400, 2001),
        ("match", b"null", 400, 2001),
        ("match", b'{"NAMA_LGKP": null}', 400, 2001),
        ("match", b'{"NAMA_LGKP": "A", "NAMA_LGKP": "B"}', 400, 2001),
        ("match", {"NAMA_LGKP": True}, 400, 2004),
        ("match", {"NAMA_LGKP": 1.5}, 400, 2004),
        ("match", {"TGL_LHR": "kemarin"}, 400, 2004),
        ("match", {"NAMA_LGKP": "A" * 256}, 400, 2001),
        ("match", {"NAMA_LGKP": "A" * 20_000}, 400, 1002),
        ("match", {"firstName": "Budi"}, 403, 2006),
        ("match", {"firstName": 1.5}, 403, 2006),
        ("match", {"NIK": UNKNOWN}, 403, 4003),
        ("match", {"ALAMAT": "JL. MERDEKA 1"}, 403, 4004),
        ("verify", None, 400, 1001),
        ("verify", [], 400, 2002),
        ("verify", {}, 400, 2001),
        ("verify", [{"attributeName": "TGL_LHR", "operator": "<"}], 400, 2001),
        ("verify", [{**expression("<", BORN), "more": 1}], 400, 2001),
        ("verify", [expression("!=", BORN)], 400, 2001),
        ("verify", [expression("<", "kemarin")], 400, 2004),
        ("verify", [expression("<", True)], 400, 2004),
        ("verify", [expression(">", BORN)], 403, 4005),
        ("verify", [expression("<=", BORN)], 403, 4005),
        ("verify", [expression("<", "A", "NAMA_LGKP")], 403, 4005),
        ("verify", [expression("=", "A", "firstName")], 403, 2006),
        ("verify", [expression(">", "A", "ALAMAT")], 403, 4004),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(
    osia: Osia, nik: str, operation: str, body: Any, status: int, code: int
) -> None:
    reply = osia.post(f"{PERSONS}/{nik}/{operation}", body)
    assert told(reply) == (status, code), reply.text
    assert reply.json().keys() == {"code", "message"}


def test_expressions_are_true_together_or_false(osia: Osia, nik: str) -> None:
    path = f"{PERSONS}/{nik}/verify"
    assert osia.post(path, TRUE).json() is True
    assert osia.post(path, [*TRUE, expression("=", "PEREMPUAN", "JENIS_KLMIN")]).json() is False
    assert osia.post(path, [expression(">=", BORN)]).json() is True


def test_of_equalities_about_one_attribute_all_count(osia: Osia, nik: str) -> None:
    both = [expression("=", BORN), expression("=", "1990-08-18")]
    assert osia.post(f"{PERSONS}/{nik}/verify", both).json() is False
    assert osia.post(f"{PERSONS}/{nik}/verify", both[:1] * 2).json() is True


def test_a_birth_date_cannot_be_found_by_halving(osia: Osia, nik: str) -> None:
    path = f"{PERSONS}/{nik}/verify"
    for year in (1980, 1985, 1988):
        assert osia.post(path, [expression("<", f"{year}-01-01")]).status_code == 200
    fourth = osia.post(path, [expression("<", "1989-01-01")])
    assert told(fourth) == (403, 5002)
    assert osia.post(path, [expression("<", "1980-01-01")]).json() is False, "a repetition is free"


def test_a_fourth_wrong_value_is_refused_and_so_is_a_right_one(osia: Osia, nik: str) -> None:
    path = f"{PERSONS}/{nik}/match"
    for name in ("SATU", "DUA", "TIGA"):
        assert osia.post(path, {"NAMA_LGKP": name}).status_code == 200
    for name in ("EMPAT", NAMES["NAMA_LGKP"]):
        assert osia.post(path, {"NAMA_LGKP": name}).json()["code"] == 5002


def test_granted_attributes_are_read(osia: Osia, nik: str) -> None:
    path = f"{PERSONS}/{nik}?attributeNames=NAMA_LGKP&attributeNames=TGL_LHR"
    reply = osia.get(path)
    assert (reply.status_code, reply.json()) == (
        200,
        {name: NAMES[name] for name in ("NAMA_LGKP", "TGL_LHR")},
    )


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, 2002),
        ("attributeNames=", 403, 2006),
        ("attributeNames=dob", 403, 2006),
        ("attributeNames=NAMA_LGKP&attributeNames=JENIS_KLMIN", 403, 4003),
        ("attributeNames=NAMA_LGKP&" + "a=1&" * 200, 400, 2001),
    ],
)
def test_a_reading_names_what_it_wants_and_gets_all_or_nothing(
    osia: Osia, nik: str, query: str, status: int, code: int
) -> None:
    reply = osia.get(f"{PERSONS}/{nik}?{query}")
    assert told(reply) == (status, code), reply.text


@pytest.mark.parametrize(
    ("client", "query", "code"),
    [
        ("machine", "NO_KK=1", 4003),
        ("machine", "firstName=Budi", 4003),
        ("machine", "", 2002),
        ("verifier", "NO_KK=1", 4002),
        ("searcher", "NAMA_LGKP=BUDI", 4003),
        ("searcher", "NO_KK=1", 2004),
        ("searcher", f"NO_KK={'1' * 16}&NO_KK={'2' * 16}", 2001),
        ("searcher", f"NO_KK={'1' * 16}&limit=many", 2001),
        ("searcher", f"NO_KK={'1' * 16}&names=ALAMAT", 4003),
    ],
)
def test_a_search_is_refused_but_by_what_the_agreement_names(
    osia: Osia, client: str, query: str, code: int
) -> None:
    reply = osia.get(f"{PERSONS}?{query}", client=client)
    assert reply.json()["code"] == code, reply.text


def test_a_search_gives_the_members_of_a_family_card_who_may_be_told(osia: Osia) -> None:
    path = f"{PERSONS}?NO_KK={a_card()}"
    assert osia.get(path, client="searcher").json() == FAMILY
    assert osia.get(f"{path}&offset=1&limit=1", client="searcher").json() == FAMILY[:1]
    read = osia.get(f"{path}&names=NAMA_LGKP", client="searcher").json()
    assert read == [{"NAMA_LGKP": "BUDI SANTOSO"}] * 2
    nobody = osia.get(f"{PERSONS}?NO_KK={a_card(2)}", client="searcher")
    assert nobody.status_code == 404


def test_an_operator_is_named_by_a_header(osia: Osia, another: Another) -> None:
    path = f"{PERSONS}/{another()}/match"
    assert osia.post(path, NAMES, client="operator").json()["code"] == 2005
    for operator, code in ((OPERATOR, None), ("orang-lain", 4010), ("", 2005)):
        reply = osia.post(path, NAMES, client="operator", headers={"x-operator": operator})
        assert (reply.json() == []) if code is None else (reply.json()["code"] == code), reply.text
