"""The Merkle tree of RFC 6962: roots, and the strict checking of inclusion and consistency proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
LARGEST_SIZE = 2**64 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()
_NODE = b"\x01"


class ProofError(ValueError):
    """A proof does not hold, or is not a proof."""


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


class Frontier:
    """The right edge of a growing tree: one hash per complete subtree, widest first."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ProofError("a frontier holds one hash per set bit of its size")

    def append(self, leaf: bytes) -> None:
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.hashes.pop(), node)
            size >>= 1
        self.hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(left, node)
        return node


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 §2.1.3.2; raises ProofError when the leaf is not at this index of this tree."""
    _check_hashes(leaf, root, *proof)
    if not 0 <= index < size <= LARGEST_SIZE:
        raise ProofError("the index is not within the tree")
    node, at, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    if last or node != root:
        raise ProofError("the proof does not lead to the root")


def verify_consistency(  # noqa: C901 - kept in the shape of the standard's algorithm
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """RFC 9162 §2.1.4.2; raises ProofError when the new tree does not extend the old one."""
    _check_hashes(old_root, new_root, *proof)
    if not 0 < old_size <= new_size <= LARGEST_SIZE:
        raise ProofError("consistency is defined from size 1 to a size no smaller")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofError("trees of one size must be equal, without a proof")
        return
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        raise ProofError("the proof is empty")
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, node)
        at, last = at >> 1, last >> 1
    if last or old != old_root or new != new_root:
        raise ProofError("the proof does not lead from the old root to the new one")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(found) != HASH_BYTES for found in hashes):
        raise ProofError("a hash is not 32 bytes long")


ReadNode = Callable[[int, int], bytes]


def frontier_at(size: int, read: ReadNode) -> Frontier:
    """The right edge of a tree of this size.  read(level, index): root of the index-th 2**level leaves."""
    hashes, at = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            hashes.append(read(level, at >> level))
            at += 1 << level
    return Frontier(size, hashes)


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """RFC 6962 §2.1.1: the siblings that lead from a leaf to the root of a tree of this size."""
    if not 0 <= index < size <= LARGEST_SIZE:
        raise ProofError("the index is not within the tree")
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(_range_root(middle, high, read))
            high = middle
        else:
            proof.append(_range_root(low, middle, read))
            low = middle
    return proof[::-1]


def consistency_proof(old_size: int, new_size: int, read: ReadNode) -> list[bytes]:
    """RFC 6962 §2.1.2: what shows that the tree of the new size extends that of the old size."""
    if not 0 < old_size <= new_size <= LARGEST_SIZE:
        raise ProofError("consistency is defined from size 1 to a size no smaller")
    proof: list[bytes] = []
    low, high = 0, new_size
    while high != old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            proof.append(_range_root(middle, high, read))
            high = middle
        else:
            proof.append(_range_root(low, middle, read))
            low = middle
    if low:
        proof.append(_range_root(low, high, read))
    return proof[::-1]


def _split(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def _range_root(low: int, high: int, read: ReadNode) -> bytes:
    width = high - low
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return read(level, low >> level)
    middle = low + _split(width)
    return node_hash(_range_root(low, middle, read), _range_root(middle, high, read))
