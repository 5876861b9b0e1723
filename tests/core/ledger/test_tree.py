"""The tree gives RFC 6962 roots, and proves what it holds and how it grew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.ledger.vectors import CONSISTENCY, INCLUSION, LEAVES, ROOTS

from hakakses.core.ledger.entry import leaf_hash
from hakakses.core.ledger.tiles import complete_root
from hakakses.core.ledger.tree import (
    EMPTY_ROOT,
    LARGEST_SIZE,
    Frontier,
    ProofError,
    ReadNode,
    consistency_proof,
    frontier_at,
    inclusion_proof,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

SOME_HASH = bytes(range(32))


def _leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(size)]


def _root(leaves: list[bytes]) -> bytes:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _reader(leaves: list[bytes]) -> ReadNode:
    return lambda level, at: complete_root(leaves[at << level : (at + 1) << level])


HASHES = [leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_public_suite(size):
    assert _root(HASHES[:size]) == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_public_suite(index, size, proof):
    verify_inclusion(HASHES[index], index, size, proof, ROOTS[size])
    assert inclusion_proof(index, size, _reader(HASHES)) == proof


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_public_suite(old, new, proof):
    verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])
    assert consistency_proof(old, new, _reader(HASHES)) == proof


def _spoiled(proof: list[bytes], root: bytes) -> Iterator[list[bytes]]:
    """The proof with something added, left out, exchanged, cut short or changed by one bit."""
    yield from ([*proof, b""], [*proof, root], [b"", *proof], [root, *proof], proof[:-1], proof[1:])
    yield proof[::-1]
    for at, node in enumerate(proof):
        changed = bytes([node[0] ^ 8]) + node[1:]
        yield from ([*proof[:at], other, *proof[at + 1 :]] for other in (changed, node[:31], b""))


@pytest.mark.parametrize(("index", "size", "proof"), [one for one in INCLUSION if len(one[2]) > 1])
def test_a_spoiled_inclusion_proof_is_refused(index, size, proof):
    root, leaf = ROOTS[size], HASHES[index]
    cases = [(leaf, index, size, spoiled, root) for spoiled in _spoiled(proof, root)]
    cases += [(leaf, at, size, proof, root) for at in (index - 1, index + 1, index ^ 2, size, -1)]
    cases += [(leaf, index, other, proof, root) for other in (size * 2, size // 2, 0, 2**64)]
    cases += [(SOME_HASH, index, size, proof, root), (leaf, index, size, proof, EMPTY_ROOT)]
    for case in cases:
        with pytest.raises(ProofError):
            verify_inclusion(*case)


@pytest.mark.parametrize(("old", "new", "proof"), [one for one in CONSISTENCY if one[2]])
def test_a_spoiled_consistency_proof_is_refused(old, new, proof):
    before, after = ROOTS[old], ROOTS[new]
    cases = [(old, new, spoiled, before, after) for spoiled in _spoiled(proof, before)]
    cases += [(at, new, proof, before, after) for at in (old - 1, old + 1, old ^ 2, 0, -1, new)]
    cases += [(old, at, proof, before, after) for at in (new * 2, new // 2, old, 0, 2**64)]
    cases += [
        (old, new, proof, after, before),
        (old, new, proof, SOME_HASH, after),
        (old, new, proof, before, SOME_HASH),
    ]
    for case in cases:
        with pytest.raises(ProofError):
            verify_consistency(*case)


@given(st.integers(1, 70), st.data())
def test_every_leaf_and_every_growth_is_proved(size, data):
    leaves = _leaves(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    read, root = _reader(leaves), _root(leaves)
    proof = inclusion_proof(index, size, read)
    verify_inclusion(leaves[index], index, size, proof, root)
    verify_consistency(old, size, consistency_proof(old, size, read), _root(leaves[:old]), root)
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b"another"), index, size, proof, root)


@pytest.mark.parametrize("bad", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_hash_that_is_not_32_bytes_is_refused_wherever_it_stands(bad):
    for leaf, root, proof in ((bad, bad, []), (bad, SOME_HASH, []), (SOME_HASH, bad, [])):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, 0, 1, proof, root)
    for old, new in ((bad, bad), (bad, SOME_HASH), (SOME_HASH, bad)):
        with pytest.raises(ProofError):
            verify_consistency(1, 1, [], old, new)
    with pytest.raises(ProofError):
        verify_consistency(1, 2, [bad], SOME_HASH, SOME_HASH)


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root"),
    [
        (0, 0, EMPTY_ROOT, EMPTY_ROOT),
        (0, 0, SOME_HASH, SOME_HASH),
        (0, 0, EMPTY_ROOT, SOME_HASH),
        (0, 1, EMPTY_ROOT, SOME_HASH),
        (1, 0, SOME_HASH, EMPTY_ROOT),
        (2, 1, SOME_HASH, SOME_HASH),
        (1, 1, SOME_HASH, EMPTY_ROOT),
        (1, 2, SOME_HASH, SOME_HASH),
    ],
)
def test_nothing_is_consistent_with_an_empty_or_a_shorter_tree(old, new, old_root, new_root):
    for proof in ([], [EMPTY_ROOT]):
        with pytest.raises(ProofError):
            verify_consistency(old, new, proof, old_root, new_root)


def test_equal_trees_need_no_proof_and_bear_none():
    verify_consistency(1, 1, [], SOME_HASH, SOME_HASH)
    with pytest.raises(ProofError):
        verify_consistency(1, 1, [SOME_HASH], SOME_HASH, SOME_HASH)


def _by_place(level: int, at: int) -> bytes:
    """A node named by its place: stands for a tree that nobody could hold."""
    return hashlib.sha256(f"{level}/{at}".encode()).digest()


def _climb(leaf: bytes, index: int, low: int, high: int, siblings: list[bytes]) -> bytes:
    """The root by the recursive definition of RFC 6962 §2.1.1.  siblings: from the top."""
    if high - low == 1:
        return leaf
    middle = low + (1 << (high - low - 1).bit_length() - 1)
    if index < middle:
        return node_hash(_climb(leaf, index, low, middle, siblings[1:]), siblings[0])
    return node_hash(siblings[0], _climb(leaf, index, middle, high, siblings[1:]))


@pytest.mark.parametrize("size", [2**63, 2**63 + 1, LARGEST_SIZE])
@pytest.mark.parametrize("index", [0, 1, 2**62 + 5, 2**63 - 1, -2, -1])
def test_inclusion_is_proved_up_to_the_largest_size(index, size):
    index %= size
    proof = inclusion_proof(index, size, _by_place)
    root = _climb(SOME_HASH, index, 0, size, proof[::-1])
    verify_inclusion(SOME_HASH, index, size, proof, root)
    for wrong, within in ((index ^ 1, size), (size, size), (index, LARGEST_SIZE + 1), (index, size ^ 2**63)):
        with pytest.raises(ProofError):
            verify_inclusion(SOME_HASH, wrong, within, proof, root)


@pytest.mark.parametrize("old", [2**63, 2**63 + 2**62, LARGEST_SIZE - 1])
def test_consistency_is_proved_up_to_the_largest_size(old):
    before, after = (frontier_at(size, _by_place).root() for size in (old, LARGEST_SIZE))
    proof = consistency_proof(old, LARGEST_SIZE, _by_place)
    verify_consistency(old, LARGEST_SIZE, proof, before, after)
    for case in (
        (old, LARGEST_SIZE + 1, proof, before, after),
        (LARGEST_SIZE, old, proof, before, after),
        (old, LARGEST_SIZE, proof, after, before),
        (old, LARGEST_SIZE, proof[:-1], before, after),
    ):
        with pytest.raises(ProofError):
            verify_consistency(*case)
