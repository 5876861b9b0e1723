"""Notes, keys and checkpoints are read in one spelling only, and opened by their own key only."""

from __future__ import annotations

import base64

import pytest
from tests.core.ledger.logs import KEY
from tests.core.ledger.vectors import NOTE, NOTE_BODY, NOTE_KEY, NOTE_SIGNER

from hakakses.core.ledger.checkpoint import (
    Checkpoint,
    CheckpointError,
    SigningKey,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_vkey,
    sign_checkpoint,
    sign_note,
)
from hakakses.core.ledger.tree import EMPTY_ROOT, LARGEST_SIZE

ROOT = bytes(range(32))
SIGNED = sign_checkpoint(Checkpoint(KEY.name, 5, ROOT), KEY)


def test_the_published_note_opens_and_is_signed_again_to_the_byte():
    key = parse_vkey(NOTE_KEY)
    assert open_note(NOTE, key) == NOTE_BODY
    *_, name, key_id, secret = NOTE_SIGNER.split("+", 4)
    signer = SigningKey(name, base64.b64decode(secret)[1:])
    assert (signer.verifier, key.key_id.hex()) == (key, key_id)
    assert sign_note(NOTE_BODY, signer) == NOTE


def test_any_other_spelling_of_the_published_key_is_refused():
    pieces = {NOTE_KEY[i:j] for i in range(len(NOTE_KEY)) for j in range(i + 1, len(NOTE_KEY) + 1)} - {
        NOTE_KEY
    }
    changed = {NOTE_KEY[:at] + chr(ord(sign) + 1) + NOTE_KEY[at + 1 :] for at, sign in enumerate(NOTE_KEY)}
    for text in pieces | changed:
        with pytest.raises(CheckpointError):
            parse_vkey(text)


@pytest.mark.parametrize("old", ["cryptography", "PeterNeumann", "x08go", "—", "\n\n"])
def test_a_changed_note_is_refused(old):
    with pytest.raises(CheckpointError):
        open_note(NOTE.replace(old, old.swapcase() if old.swapcase() != old else ""), parse_vkey(NOTE_KEY))


def test_signatures_of_others_are_passed_over_and_ours_counts_once():
    other = sign_note(NOTE_BODY, SigningKey("witness", bytes(32))).removeprefix(f"{NOTE_BODY}\n")
    key = parse_vkey(NOTE_KEY)
    assert open_note(NOTE + other, key) == NOTE_BODY
    with pytest.raises(CheckpointError):
        open_note(f"{NOTE_BODY}\n{other}", key)
    with pytest.raises(CheckpointError):
        open_note(NOTE + NOTE.removeprefix(f"{NOTE_BODY}\n"), key)


def test_a_checkpoint_of_another_log_is_not_opened_by_this_key():
    with pytest.raises(CheckpointError):
        open_checkpoint(sign_checkpoint(Checkpoint("elsewhere", 5, ROOT), KEY), KEY.verifier)


@pytest.mark.parametrize("size", [1, 2**63, LARGEST_SIZE])
def test_sizes_are_unsigned_64_bit_numbers(size):
    signed = sign_checkpoint(Checkpoint(KEY.name, size, ROOT), KEY)
    assert (
        open_checkpoint(signed, KEY.verifier) == parse_checkpoint(signed) == Checkpoint(KEY.name, size, ROOT)
    )


@pytest.mark.parametrize(
    "body",
    [
        Checkpoint(KEY.name, LARGEST_SIZE + 1, ROOT).body,
        Checkpoint(KEY.name, 0, ROOT).body,
        Checkpoint(KEY.name, 1, b"").body,
        Checkpoint(KEY.name, 1, ROOT[:31]).body,
        Checkpoint(KEY.name, 1, ROOT + b"\0").body,
        SIGNED.partition("\n\n")[0].replace("\n5\n", "\n05\n") + "\n",
        SIGNED.partition("\n\n")[0].replace("\n5\n", "\n+5\n") + "\n",
        SIGNED.partition("\n\n")[0].replace("\n5\n", "\n٥\n") + "\n",
        SIGNED.partition("\n\n")[0] + "\nmore\n",
    ],
)
def test_a_signed_body_in_another_form_is_refused(body):
    with pytest.raises(CheckpointError):
        open_checkpoint(sign_note(body, KEY), KEY.verifier)


def test_an_empty_log_has_the_empty_root():
    empty = Checkpoint(KEY.name, 0, EMPTY_ROOT)
    assert open_checkpoint(sign_checkpoint(empty, KEY), KEY.verifier) == empty


def _loose(text: str) -> str:
    """The same bytes in base64 whose last sign carries bits that are thrown away."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text.rstrip("=")) - 1
    loose = text[:at] + letters[letters.index(text[at]) + 1] + text[at + 1 :]
    assert base64.b64decode(loose) == base64.b64decode(text)
    return loose


def test_base64_has_one_spelling():
    root = base64.b64encode(ROOT).decode()
    body = Checkpoint(KEY.name, 5, ROOT).body
    for spelled in (
        _loose(root),
        root.rstrip("="),
        root + "=",
        f"{root[:4]} {root[4:]}",
        root.replace("/", "_") + "-",
    ):
        with pytest.raises(CheckpointError):
            open_checkpoint(sign_note(body.replace(root, spelled), KEY), KEY.verifier)
    blob = SIGNED.rstrip("\n").rpartition(" ")[2]
    for spelled in (_loose(blob), blob.rstrip("="), f"{blob}="):
        with pytest.raises(CheckpointError):
            open_checkpoint(SIGNED.replace(blob, spelled), KEY.verifier)
