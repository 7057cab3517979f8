"""The Merkle tree of RFC 6962, pure: hashes, roots, proofs, and the range that grows by the leaf.

`nodes` answers "the hash of the complete subtree of 2**level leaves that begins at
index * 2**level"; where those hashes come from (leaves in memory, stored tiles) is not its affair.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Nodes = Callable[[int, int], bytes]


class BadProof(ValueError):
    """The proof does not lead from what is claimed to the root."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


EMPTY_ROOT = hashlib.sha256(b"").digest()


class Range:
    """A tree of which only the right edge is kept: appending a leaf costs O(1), the root O(log n).

    `edge` holds the complete subtrees from the largest to the smallest, as size has bits.
    """

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self.size, self.edge = size, list(edge)
        if len(self.edge) != size.bit_count():
            raise ValueError("an edge has one hash for each bit of the size")

    def append(self, leaf: bytes) -> None:
        """The next leaf's hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            size >>= 1
        self.edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over everything appended so far."""
        if not self.edge:
            return EMPTY_ROOT
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = node_hash(left, root)
        return root


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """Nodes over leaf hashes in memory."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def _subtree(nodes: Nodes, start: int, size: int) -> bytes:
    """The root of `size` leaves from `start`, which is a multiple of every power of two in it."""
    root, end = b"", start + size
    # From the smallest complete subtree on the right to the largest on the left.
    while size:
        level = (size & -size).bit_length() - 1
        end -= 1 << level
        part = nodes(level, end >> level)
        root = node_hash(part, root) if root else part
        size -= 1 << level
    return root


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _subtree(nodes, 0, size) if size else EMPTY_ROOT


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of `size` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof: list[bytes] = []
    start = 0
    while size > 1:
        split = 1 << (size - 1).bit_length() - 1
        if index < split:
            proof.append(_subtree(nodes, start + split, size - split))
            size = split
        else:
            proof.append(_subtree(nodes, start, split))
            start, index, size = start + split, index - split, size - split
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that this proof leads to; BadProof when it has the wrong number of hashes."""
    if not 0 <= index < size:
        raise BadProof("the index lies outside the tree")
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("the proof is too long")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    return found


def consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """The hashes that show the first `old` of `new` leaves unchanged (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"no proof from {old} to {new}")
    proof: list[bytes] = []
    start, whole = 0, True
    while old != new:
        split = 1 << (new - 1).bit_length() - 1
        if old <= split:
            proof.append(_subtree(nodes, start + split, new - split))
            new = split
        else:
            proof.append(_subtree(nodes, start, split))
            start, old, new, whole = start + split, old - split, new - split, False
    if not whole:
        proof.append(_subtree(nodes, start, old))
    return proof[::-1]


def check_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """BadProof unless the tree of `new` leaves begins with that of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        raise BadProof("the sizes make no sense")
    if old == new:
        if proof or old_root != new_root:
            raise BadProof("two roots at one size")
        return
    hashes = list(proof)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise BadProof("the proof is empty")
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise BadProof("the old tree is not the beginning of the new one")
