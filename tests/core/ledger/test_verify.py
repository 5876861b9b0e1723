"""A copy of the log is accepted whole, and refused after any change, at the place of the change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.ledger.logs import KEY, a_log, a_note, an_entry, some_entries

from hakakses.core.ledger.entry import leaf_hash
from hakakses.core.ledger.verify import Outcome, Receipt, verify_log


def _outcome(files, **given):
    return verify_log(files.get, KEY.verifier.text, **given).outcome


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 600, 65_537])
def test_a_whole_log_is_accepted(size):
    assert _outcome(a_log(size)) is Outcome.OK


SMALL = {size: a_log(size) for size in (1, 3, 256, 300, 600)}


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
    entries = some_entries(old)
    assert _outcome(SMALL[600], old_checkpoint=a_note(entries)) is Outcome.OK
    forked = [*entries[:-1], an_entry(9999)]
    assert _outcome(SMALL[600], old_checkpoint=a_note(forked)) is Outcome.TAMPERED


@pytest.mark.parametrize(
    ("seq", "fault", "outcome"),
    [(5, "", Outcome.OK), (599, "", Outcome.OK), (600, "", Outcome.INCOMPLETE), (5, "00", Outcome.TAMPERED)],
)
def test_a_receipt_is_held_against_its_entry(seq, fault, outcome):
    leaf = leaf_hash(some_entries(seq + 1)[seq]).hex()
    assert _outcome(SMALL[600], receipt=Receipt(seq, leaf + fault, bytes(16).hex())) is outcome


def test_a_verifier_key_that_cannot_be_read_is_bad_input():
    assert verify_log(SMALL[1].get, "nothing").outcome is Outcome.BAD_INPUT


def test_a_log_longer_than_before_may_not_shrink():
    assert _outcome(SMALL[3], old_checkpoint=a_note(some_entries(4))) is Outcome.TAMPERED
