"""A receipt can be proved by its owner, and by nobody else, once its entry is sealed."""

from __future__ import annotations

import signal

from tests.gateway.conftest import SECRET, Running, until_sealed

from hakakses.core.ledger.checkpoint import open_checkpoint, parse_vkey
from hakakses.core.ledger.entry import decode_entry, leaf_hash
from hakakses.core.ledger.tree import verify_inclusion


def test_a_sealed_entry_is_proved_under_a_signed_checkpoint(service: Running) -> None:
    token = service.token()
    receipt = service.ask(token).json()["receipt"]
    proof = until_sealed(service, token, receipt["seq"]).json()
    entry = bytes.fromhex(proof["entry"])
    key = parse_vkey((service.database.settings.ledger_dir / "log.vkey").read_text(encoding="utf-8"))
    checkpoint = open_checkpoint(proof["checkpoint"], key)
    assert proof["leaf_hash"] == receipt["leaf_hash"] == leaf_hash(entry).hex()
    assert decode_entry(entry).nonce.hex() == receipt["nonce"]
    assert proof["tree_size"] == checkpoint.size
    nodes = [bytes.fromhex(node) for node in proof["proof"]]
    verify_inclusion(leaf_hash(entry), proof["seq"], checkpoint.size, nodes, checkpoint.root)


def test_an_entry_of_another_institution_is_as_unknown_as_none_at_all(service: Running) -> None:
    own, other = service.token(), service.token("other-client", SECRET)
    seq = service.ask(own).json()["receipt"]["seq"]
    assert until_sealed(service, own, seq).status_code == 200
    for token, number in ((other, seq), (own, 10**17), (own, 10**30), (own, -1), (own, "x"), (own, "1.0")):
        reply = service.receipt(token, number)
        assert (reply.status_code, reply.json()["code"]) == (404, "receipt_not_found")


def test_an_entry_that_is_not_sealed_yet_is_worth_asking_for_again(service: Running) -> None:
    token = service.token()
    assert service.sealer is not None
    service.sealer.send_signal(signal.SIGSTOP)
    try:
        seq = service.ask(token).json()["receipt"]["seq"]
        early = service.receipt(token, seq)
    finally:
        service.sealer.send_signal(signal.SIGCONT)
    assert (early.status_code, early.json()["code"]) == (503, "receipt_not_sealed")
    assert int(early.headers["retry-after"]) > 0
    assert until_sealed(service, token, seq).status_code == 200
