"""OSIA third-party services over real HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.builders import NAMES
from tests.gateway.conftest import until_sealed
from tests.gateway.osia.conftest import DEAD, THIRD, UNKNOWN, Osia, told

from hakakses.core.ledger.entry import leaf_hash

TRANSACTION = {"transactionId": "nasabah-2026-0001"}


def _verify(osia: Osia, nik: str, body: Any, **query: str) -> Any:
    return osia.post(f"{THIRD}/verify/{nik}", body, params={**TRANSACTION, **query})


def test_all_attributes_are_one_verdict(osia: Osia, nik: str) -> None:
    reply = _verify(osia, nik, {"biographicData": NAMES}, verificationProofRequired="false")
    assert (reply.status_code, reply.json()) == (
        200,
        {"verificationCode": 1, "verificationMessage": "SESUAI"},
    )
    wrong = {"biographicData": {**NAMES, "JENIS_KLMIN": "PEREMPUAN"}, "biometricData": []}
    verdict = _verify(osia, nik, wrong, verificationProofRequired="false", identifierType="nik").json()
    assert verdict == {"verificationCode": 0, "verificationMessage": "TIDAK SESUAI"}


@pytest.mark.parametrize("who", [UNKNOWN, DEAD], ids=["unknown", "deceased"])
def test_a_resident_who_cannot_be_answered_for_looks_like_wrong_values(osia: Osia, who: str) -> None:
    reply = _verify(osia, who, {"biographicData": NAMES}, verificationProofRequired="false")
    assert (reply.status_code, reply.json()["verificationCode"]) == (200, 0)
    read = osia.post(f"{THIRD}/attributes/{who}", {"outputBiographicData": ["NAMA_LGKP"]}, params=TRANSACTION)
    assert told(read) == (404, 7001)


def test_the_proof_is_our_receipt_and_leads_to_the_log(osia: Osia, nik: str) -> None:
    reply = _verify(osia, nik, {"biographicData": NAMES})
    proof = msgspec.json.decode(reply.json()["verificationProof"])
    assert proof.keys() == {"seq", "leaf_hash", "nonce", "proof"}
    assert proof["proof"] == f"/v1/receipts/{proof['seq']}"
    receipt = until_sealed(osia.running, osia.token("machine"), proof["seq"]).json()
    assert receipt["leaf_hash"] == proof["leaf_hash"] == leaf_hash(bytes.fromhex(receipt["entry"])).hex()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (None, 400, 1001),
        ({}, 400, 2002),
        ({"biographicData": {}}, 400, 2002),
        ({"biographicData": {"NAMA_LGKP": {"first": "A"}}}, 400, 2001),
        ({"biographicData": NAMES, "more": 1}, 400, 2001),
        ({"biographicData": NAMES, "biometricData": {}}, 400, 2001),
        (b'{"biographicData": {"NO_RT": 7, "NO_RT": 8}}', 400, 2001),
        (b'{"biographicData": {"NO_RT": 7}, "biographicData": {"NO_RT": 7}}', 400, 2001),
        ({"biographicData": {"firstName": "A"}}, 403, 2006),
        ({"biographicData": {"ALAMAT": "A"}}, 403, 4004),
        ({"biographicData": NAMES, "biometricData": [{"biometricType": "FACE"}]}, 403, 4001),
        ({"biographicData": NAMES, "credentialData": [{}]}, 403, 4001),
        ({"biographicData": NAMES, "contactData": {"email": "a"}}, 403, 4001),
        ({"biographicData": NAMES, "encryption": {}}, 403, 4001),
        ({"biographicData": NAMES, "integrity": [{}]}, 403, 4001),
    ],
)
def test_what_cannot_be_verified_is_refused(osia: Osia, nik: str, body: Any, status: int, code: int) -> None:
    reply = _verify(osia, nik, body)
    assert told(reply) == (status, code), reply.text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "transactionId=",
        "transactionId=a&transactionId=b",
        "transactionId=%00",
        f"transactionId={'a' * 129}",
        "transactionId=a&identifierType=token",
        "transactionId=a&verificationProofRequired=maybe",
    ],
)
def test_a_transaction_must_be_named_once_and_the_identifier_be_a_nik(
    osia: Osia, nik: str, query: str
) -> None:
    reply = osia.post(f"{THIRD}/verify/{nik}?{query}", {"biographicData": NAMES})
    assert told(reply) == (400, 2001), reply.text


def test_a_set_of_the_agreement_is_read_for_the_purpose_of_the_set(osia: Osia, nik: str) -> None:
    reply = osia.get(f"{THIRD}/attributes/BACA/{nik}", params=TRANSACTION)
    expected = {"biographicData": {name: NAMES[name] for name in ("NAMA_LGKP", "TGL_LHR")}}
    assert (reply.status_code, reply.json()) == (200, expected)


@pytest.mark.parametrize(
    ("client", "name", "code"),
    [
        ("machine", "KYC", 4002),
        ("machine", "LAIN", 4002),
        ("searcher", "BACA", 4002),
        ("verifier", "BACA", 4002),
    ],
)
def test_a_set_that_is_not_granted_for_reading_is_refused(
    osia: Osia, nik: str, client: str, name: str, code: int
) -> None:
    reply = osia.get(f"{THIRD}/attributes/{name}/{nik}", client=client, params=TRANSACTION)
    assert told(reply) == (403, code), reply.text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"outputBiographicData": ["NAMA_LGKP"], "outputBiometricData": []}, 200, None),
        ({}, 400, 2002),
        ({"outputBiographicData": []}, 400, 2002),
        (
            {"outputBiographicData": ["NAMA_LGKP"], "outputBiometricData": [{"biometricType": "FACE"}]},
            403,
            4001,
        ),
        ({"outputBiographicData": ["NAMA_LGKP"], "outputContactData": ["email"]}, 403, 4001),
        ({"outputBiographicData": ["NAMA_LGKP", "ALAMAT"]}, 403, 4003),
        ({"outputBiographicData": ["firstName"]}, 403, 2006),
        ({"outputBiographicData": "NAMA_LGKP"}, 400, 2001),
    ],
)
def test_named_attributes_are_read_all_or_nothing(
    osia: Osia, nik: str, body: Any, status: int, code: int | None
) -> None:
    reply = osia.post(f"{THIRD}/attributes/{nik}", body, params=TRANSACTION)
    assert told(reply) == (status, code), reply.text
    if code is None:
        assert reply.json() == {"biographicData": {"NAMA_LGKP": NAMES["NAMA_LGKP"]}}
