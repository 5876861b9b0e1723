"""The tree gives RFC 6962 roots, and proves what it holds and how it grew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hakakses.core.ledger.entry import leaf_hash
from hakakses.core.ledger.tiles import complete_root
from hakakses.core.ledger.tree import (
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves of the Certificate Transparency test suite and the roots of its first trees.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def _leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(size)]


def _root(leaves: list[bytes]) -> bytes:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_roots_are_those_of_the_public_suite(size, root):
    assert _root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == root


@given(st.integers(1, 70), st.data())
def test_every_leaf_and_every_growth_is_proved(size, data):
    leaves = _leaves(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))

    def read(level: int, at: int) -> bytes:
        return complete_root(leaves[at << level : (at + 1) << level])

    root = _root(leaves)
    proof = inclusion_proof(index, size, read)
    verify_inclusion(leaves[index], index, size, proof, root)
    verify_consistency(old, size, consistency_proof(old, size, read), _root(leaves[:old]), root)
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b"another"), index, size, proof, root)


@pytest.mark.parametrize("bad", [b"", bytes(31), bytes(33)])
def test_hashes_of_another_length_are_refused(bad):
    with pytest.raises(ProofError):
        verify_inclusion(bad, 0, 1, [], bad)


def test_consistency_from_nothing_is_an_error():
    with pytest.raises(ProofError):
        verify_consistency(0, 1, [], _root([]), _root(_leaves(1)))
