"""A right is stored as one text, and its fingerprint stands for what it says."""

from hypothesis import given
from msgspec.structs import replace
from tests.random_agreements import agreements

from hakakses.core.agreements.compiler import compile_agreement, empty_right
from hakakses.core.agreements.difference import difference
from hakakses.core.rights.ask import Mode
from hakakses.core.rights.right import AccessRight, decode, encode, fingerprint


def compiled(agreement):
    right = compile_agreement(agreement)
    assert isinstance(right, AccessRight)
    return right


@given(agreements())
def test_a_stored_right_is_read_back_whole_and_in_one_spelling(agreement):
    for right in (compiled(agreement), empty_right(compiled(agreement))):
        assert decode(encode(right)) == right
        assert encode(decode(encode(right))) == encode(right)
        assert fingerprint(decode(encode(replace(right, number=9)))) == fingerprint(right)


@given(agreements(), agreements())
def test_a_difference_is_told_exactly_when_fingerprints_differ(one, other):
    old, new = compiled(one), compiled(other)
    assert bool(difference(old, new)) is (fingerprint(old) != fingerprint(new))
    assert difference(new, compiled(other)) == ()


@given(agreements())
def test_a_list_points_to_every_clause_of_its_entries_once(agreement):
    right = compiled(agreement)
    for text, entries in (
        (right.methods_clause, agreement.methods),
        (right.callers_clause, agreement.callers),
        (right.purposes_clause, agreement.purposes),
        (right.elements_clause, agreement.elements),
    ):
        assert text.split(", ") == list(dict.fromkeys(entry.clause for entry in entries))
    assert right.period_clause == agreement.period.clause
    for mode in Mode:
        for code, permission in right.permissions(mode).items():
            assert permission.clause == next(g.clause for g in agreement.elements if g.code == code)
