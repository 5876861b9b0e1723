"""A copy of the log is accepted whole, and refused after any change, at the place of the change."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hakakses.core.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint
from hakakses.core.ledger.entry import Entry, EntryKind, encode_entry, leaf_hash
from hakakses.core.ledger.tiles import ENTRIES, TILE_BITS, complete_root, encode_bundle, tiles_between
from hakakses.core.ledger.tree import Frontier
from hakakses.core.ledger.verify import Outcome, Receipt, verify_log

KEY = SigningKey("hakakses.id/ledger/test", bytes(range(32)))
BLANK = Entry(1, 0, EntryKind.ANSWER, "i", "a", 1, "c", "web_service", "verify", "p", "machine", 4,
              "SESUAI", bytes(16), bytes(32), b"")  # fmt: skip


def _entries(size: int) -> list[bytes]:
    return [encode_entry(msgspec.structs.replace(BLANK, time_ms=n)) for n in range(size)]


def _note(entries: list[bytes]) -> str:
    frontier = Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    return sign_checkpoint(Checkpoint(KEY.name, len(entries), frontier.root()), KEY)


def _log(size: int) -> dict[str, bytes]:
    entries = _entries(size)
    leaves = [leaf_hash(entry) for entry in entries]
    files = {"checkpoint": _note(entries).encode()}
    for tile in tiles_between(0, size):
        span = range(tile.index * 256, tile.index * 256 + tile.width)
        if tile.level == ENTRIES:
            files[tile.path] = encode_bundle([entries[n] for n in span])
        else:
            width = TILE_BITS * tile.level
            files[tile.path] = b"".join(complete_root(leaves[n << width : (n + 1) << width]) for n in span)
    return files


def _outcome(files, **given):
    return verify_log(files.get, KEY.verifier.text, **given).outcome


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 600, 65_537])
def test_a_whole_log_is_accepted(size):
    assert _outcome(_log(size)) is Outcome.OK


SMALL = {size: _log(size) for size in (1, 3, 256, 300, 600)}


@settings(max_examples=300)
@given(st.sampled_from(sorted(SMALL)), st.data())
def test_any_changed_byte_of_any_file_is_refused(size, data):
    files = dict(SMALL[size])
    path = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[path]) - 1))
    changed = bytearray(files[path])
    changed[at] ^= data.draw(st.integers(1, 255))
    assert _outcome(files | {path: bytes(changed)}) is Outcome.TAMPERED


@pytest.mark.parametrize("path", sorted(SMALL[600]))
def test_a_missing_file_is_incomplete(path):
    assert _outcome({name: data for name, data in SMALL[600].items() if name != path}) is Outcome.INCOMPLETE


@pytest.mark.parametrize("old", [1, 255, 256, 257, 512, 600])
def test_an_old_checkpoint_is_extended_or_the_fork_is_named(old):
    entries = _entries(old)
    assert _outcome(SMALL[600], old_checkpoint=_note(entries)) is Outcome.OK
    forked = [*entries[:-1], encode_entry(msgspec.structs.replace(BLANK, time_ms=9999))]
    assert _outcome(SMALL[600], old_checkpoint=_note(forked)) is Outcome.TAMPERED


@pytest.mark.parametrize(
    ("seq", "fault", "outcome"),
    [(5, "", Outcome.OK), (599, "", Outcome.OK), (600, "", Outcome.INCOMPLETE), (5, "00", Outcome.TAMPERED)],
)
def test_a_receipt_is_held_against_its_entry(seq, fault, outcome):
    leaf = leaf_hash(_entries(seq + 1)[seq]).hex()
    assert _outcome(SMALL[600], receipt=Receipt(seq, leaf + fault, bytes(16).hex())) is outcome


def test_a_verifier_key_that_cannot_be_read_is_bad_input():
    assert verify_log(SMALL[1].get, "nothing").outcome is Outcome.BAD_INPUT


def test_a_log_longer_than_before_may_not_shrink():
    assert _outcome(SMALL[3], old_checkpoint=_note(_entries(4))) is Outcome.TAMPERED
