"""Operator or machine, at the door: who may ask, from where, and how many answers each operator had."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.builders import OPERATOR
from tests.gateway.conftest import BODY, Running
from tests.gateway.credentials.conftest import DISABLED, Door

ELSEWHERE = f"{OPERATOR}-lain"  # of another agreement


def _as_operator(operator: str, workstation: str = "", **more: Any) -> dict[str, Any]:
    caller = {
        "kind": "operator",
        "operator": operator,
        **({"workstation": workstation} if workstation else {}),
    }
    return {**BODY, "caller": caller, **more}


def _refusal(reply: httpx.Response) -> tuple[int, str, str]:
    return reply.status_code, reply.json()["code"], reply.json()["part"]


@pytest.mark.parametrize(
    ("operator", "code"),
    [
        ("siapa", "operator_unknown"),
        (ELSEWHERE, "operator_unknown"),
        (OPERATOR.upper(), "operator_unknown"),
        (f"{OPERATOR} ", "operator_unknown"),
        (DISABLED, "operator_disabled"),
    ],
)
def test_an_operator_who_is_not_registered_and_active_is_refused(
    door: Door, operator: str, code: str
) -> None:
    running = door.running
    refused = running.ask(running.token(), _as_operator(operator))
    assert _refusal(refused) == (403, code, "caller.operator")


def test_an_operator_at_two_workstations_is_refused(running: Running) -> None:
    token = running.token()
    assert running.ask(token, _as_operator(OPERATOR, "loket-1")).status_code == 200
    for body in (_as_operator(OPERATOR, "loket-2"), _as_operator(OPERATOR)):
        assert _refusal(running.ask(token, body)) == (403, "operator_shared", "caller.operator")
    reading = {**_as_operator(OPERATOR, "loket-2"), "elements": ["NAMA_LGKP"]}
    assert running.ask(token, reading, "/v1/reads").json()["code"] == "operator_shared"
    assert running.ask(token, _as_operator(OPERATOR, "loket-1")).status_code == 200


def test_a_machine_outside_the_credentials_networks_is_refused(door: Door) -> None:
    """The agreement's networks are wider: every address of 127.0.0.0/8."""
    running = door.running
    token = running.http.post("/oauth2/token", data=door.form("desk-client")).json()["access_token"]
    for address, status in (("127.0.0.7", 200), ("127.0.0.8", 403)):
        with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as http:
            headers = {"authorization": f"Bearer {token}"}
            reply = http.post(f"{running.base_url}/v1/verifications", json=BODY, headers=headers)
            assert reply.status_code == status, reply.text
    assert _refusal(reply) == (403, "outside_network", "client")


def test_answers_are_counted_for_each_operator(running: Running) -> None:
    """Exactly, over both workers: answers alone, neither refusals, repeats nor machines' asks."""
    token = running.token()
    headers = {"authorization": f"Bearer {token}"}
    bodies = [_as_operator(OPERATOR, reference=str(number)) for number in range(40)]

    def ask(body: dict[str, Any]) -> str:
        reply = httpx.post(f"{running.base_url}/v1/verifications", json=body, headers=headers)
        if reply.status_code == 503:  # a worker that just started: nothing was answered, so ask again
            time.sleep(0.1)
            return ask(body)
        found: str = reply.json().get("code") or reply.json()["result"]
        return found

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(ask, [*bodies, _as_operator("siapa"), BODY]))
    assert outcomes == {"SESUAI": 41, "operator_unknown": 1}
    for _ in range(2):
        assert running.ask(token, _as_operator(OPERATOR), **{"idempotency-key": "k"}).status_code == 200
    told = running.http.get("/v1/operators", headers=headers)
    assert told.json()["operators"] == [{"id": OPERATOR, "active": True, "asks": 41}]


def test_an_institution_sees_its_own_operators_alone(door: Door) -> None:
    token = door.running.token()
    told = door.running.http.get("/v1/operators", headers={"authorization": f"Bearer {token}"}).json()
    states = {one["id"]: one["active"] for one in told["operators"]}
    assert (states[OPERATOR], states[DISABLED], ELSEWHERE in states) == (True, False, False)
    assert door.running.http.get("/v1/operators").status_code == 401
