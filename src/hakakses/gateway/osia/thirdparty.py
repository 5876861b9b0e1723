"""OSIA Third Party Services 1.2.0: verify, and read by the agreement's element sets or by names."""

from __future__ import annotations

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Mode
from hakakses.gateway.exchange import Request
from hakakses.gateway.osia.door import Visit, any_of, asking
from hakakses.gateway.osia.reading import read_attribute_set, read_output_set, read_query, read_transaction
from hakakses.verification.answer import Answer, Result

MATCHES, DIFFERS = 1, 0  # OSIA leaves the numbers to the implementation
_MESSAGES = {Result.SESUAI: (MATCHES, "SESUAI"), Result.TIDAK_SESUAI: (DIFFERS, "TIDAK SESUAI")}
_encode = msgspec.json.Encoder().encode


class VerifyResult(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    verification_code: int
    verification_message: str
    verification_proof: str | None = None


class Proof(msgspec.Struct, frozen=True):
    """What verificationProof holds as JSON: the receipt, and where the log's proof of it is to be had."""

    seq: int
    leaf_hash: str
    nonce: str
    proof: str


class AttributeSet(msgspec.Struct, frozen=True, rename="camel"):
    """What was read."""

    biographic_data: dict[str, str]


def _verify(visit: Visit) -> Ask | Refused:
    transaction = read_transaction(visit.request)
    if isinstance(transaction, Refused):
        return transaction
    claimed = read_attribute_set(visit.request)
    if isinstance(claimed, Refused):
        return claimed
    if not claimed:  # nothing verified is no verification
        return Refused(problems.NO_ELEMENTS, part="biographicData")
    nik = visit.request.names["identifier"]
    return visit.ask(Mode.VERIFY, nik, claimed, reference=transaction.transaction_id)


def _result(visit: Visit, answer: Answer) -> VerifyResult:
    code, message = _MESSAGES[answer.result or Result.TIDAK_SESUAI]
    return VerifyResult(code, message, _proof(answer) if _proof_wanted(visit.request) else None)


def _proof_wanted(request: Request) -> bool:
    """The default is yes."""
    given = read_query(request)
    return isinstance(given, Refused) or given.get("verificationProofRequired") != ["false"]


def _proof(answer: Answer) -> str:
    receipt = answer.receipt
    return _encode(
        Proof(receipt.seq, receipt.leaf_hash, receipt.nonce, f"/v1/receipts/{receipt.seq}")
    ).decode()


def _read_set(visit: Visit) -> Ask | Refused:
    transaction = read_transaction(visit.request)
    if isinstance(transaction, Refused):
        return transaction
    names = visit.request.names
    found = visit.who.client.right.sets.get(names["attributeSetName"])
    if found is None or found.mode is not Mode.READ:
        return Refused(problems.SERVICE_NOT_GRANTED, visit.door.clause, "attributeSetName")
    elements = dict.fromkeys(found.elements, "")
    return visit.ask(
        Mode.READ,
        names["identifier"],
        elements,
        purpose=found.purpose,
        reference=transaction.transaction_id,
    )


def _read(visit: Visit) -> Ask | Refused:
    transaction = read_transaction(visit.request)
    if isinstance(transaction, Refused):
        return transaction
    wanted = read_output_set(visit.request)
    if isinstance(wanted, Refused):
        return wanted
    if not wanted:
        return Refused(problems.NO_ELEMENTS, part="outputBiographicData")
    nik = visit.request.names["identifier"]
    return visit.ask(Mode.READ, nik, dict.fromkeys(wanted, ""), reference=transaction.transaction_id)


def _values(visit: Visit, answer: Answer) -> AttributeSet:
    return AttributeSet(answer.elements)


def _of_the_set(request: Request) -> frozenset[str]:
    return frozenset((f"id.{request.names['attributeSetName']}.read",))


verify = asking(Mode.VERIFY, any_of("id.verify"), _verify, _result)
read_set = asking(Mode.READ, _of_the_set, _read_set, _values)
read = asking(Mode.READ, any_of("id.read"), _read, _values)
