"""The tree is that of RFC 6962: the published vectors, and another way to the same hashes."""

import hashlib
from functools import cache

import pytest

from ledger import tiles, tree

# The leaves and roots of the Certificate Transparency reference implementation.
CT_LEAVES = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


# ------------------------------------------- the definition of RFC 6962 2.1, word for word
# D[start:end] of the standard is (start, end) of DATA here, so that a hash is worked out once.


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def mth(start: int, end: int) -> bytes:
    n = end - start
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return hashlib.sha256(b"\0" + DATA[start]).digest()
    k = split(n)
    return hashlib.sha256(b"\1" + mth(start, start + k) + mth(start + k, end)).digest()


def path(m: int, start: int, end: int) -> list[bytes]:
    n = end - start
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def subproof(m: int, start: int, end: int, whole: bool) -> list[bytes]:
    n = end - start
    if m == n:
        return [] if whole else [mth(start, end)]
    k = split(n)
    if m <= k:
        return [*subproof(m, start, start + k, whole), mth(start + k, end)]
    return [*subproof(m - k, start + k, end, False), mth(start, start + k)]


DATA = [b"entry %d" % n for n in range(256)]
LEAVES = [tree.leaf_hash(d) for d in DATA]
NODES = cache(tree.nodes_of(LEAVES))


def test_the_published_roots() -> None:
    growing = tree.Range()
    for size, (leaf, expected) in enumerate(zip(CT_LEAVES, CT_ROOTS, strict=True), start=1):
        growing.append(tree.leaf_hash(leaf))
        nodes = tree.nodes_of([tree.leaf_hash(d) for d in CT_LEAVES[:size]])

        assert growing.root().hex() == expected
        assert tree.root(nodes, size).hex() == expected


def test_the_published_proofs() -> None:
    nodes = tree.nodes_of([tree.leaf_hash(d) for d in CT_LEAVES])

    assert [h.hex() for h in tree.inclusion(nodes, 0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [h.hex() for h in tree.consistency(nodes, 1, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert tree.consistency(nodes, 8, 8) == []


def test_the_definition_gives_the_published_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "DATA", CT_LEAVES)
    mth.cache_clear()

    found = [mth(0, size).hex() for size in range(1, 9)]

    mth.cache_clear()
    assert found == CT_ROOTS


def test_roots_of_all_sizes_agree_with_the_definition() -> None:
    growing = tree.Range()
    assert growing.root() == mth(0, 0)
    for size in range(1, 257):
        growing.append(LEAVES[size - 1])
        expected = mth(0, size)

        assert growing.root() == expected
        assert tree.root(NODES, size) == expected


def test_inclusion_of_every_entry_in_every_size_agrees_with_the_definition() -> None:
    for size in range(1, 257):
        root = mth(0, size)
        for index in range(size):
            proof = tree.inclusion(NODES, index, size)

            assert proof == path(index, 0, size), (index, size)
            assert tree.root_from_inclusion(LEAVES[index], index, size, proof) == root


def test_consistency_of_every_two_sizes_agrees_with_the_definition() -> None:
    for new in range(1, 257):
        root = mth(0, new)
        for old in range(1, new + 1):
            proof = tree.consistency(NODES, old, new)

            assert proof == subproof(old, 0, new, True), (old, new)
            tree.check_consistency(old, new, mth(0, old), root, proof)


def test_a_changed_proof_leads_nowhere() -> None:
    for size in (2, 3, 7, 8, 100):
        root = mth(0, size)
        for index in range(min(size, 9)):
            proof = tree.inclusion(NODES, index, size)
            wrong = [proof[:-1], proof + [b"\0" * 32], [b"\0" * 32, *proof[1:]]]
            for bad in wrong:
                with pytest.raises((tree.BadProof, AssertionError)):
                    assert tree.root_from_inclusion(LEAVES[index], index, size, bad) == root


def test_an_old_tree_that_is_no_beginning_is_refused() -> None:
    other = [tree.leaf_hash(b"other"), *LEAVES[1:]]
    for old, new in ((1, 2), (3, 7), (64, 100), (99, 100)):
        proof = tree.consistency(NODES, old, new)
        forged = tree.root(tree.nodes_of(other), old)
        with pytest.raises(tree.BadProof):
            tree.check_consistency(old, new, forged, mth(0, new), proof)
        with pytest.raises(tree.BadProof):
            tree.check_consistency(old, new, mth(0, old), mth(0, new), proof[:-1])


def test_tiles_give_the_same_nodes_as_leaves() -> None:
    leaves = [hashlib.sha256(b"%d" % n).digest() for n in range(70_000)]
    first = {i: leaves[i * 256 : i * 256 + 256] for i in range(70_000 // 256)}
    roots = [tiles.reduce(first[i]) for i in range(len(first))]
    asked: list[tuple[int, int]] = []

    def stored(level: int, index: int) -> bytes:
        asked.append((level, index))
        rows = first[index] if level == 0 else roots[index * 256 : index * 256 + 256]
        assert len(rows) == 256
        return b"".join(rows)

    store = tiles.Store(stored, lambda start, n: leaves[start : start + n], len(leaves))
    growing = tree.Range()
    for leaf in leaves:
        growing.append(leaf)

    assert tree.root(store.nodes, len(leaves)) == growing.root()
    asked.clear()
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        proof = tree.inclusion(store.nodes, index, len(leaves))
        assert tree.root_from_inclusion(leaves[index], index, 70_000, proof) == growing.root()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((0, 0, 256), "tile/0/000"),
        ((0, 1_234_067, 256), "tile/0/x001/x234/067"),
        ((1, 5, 70), "tile/1/005.p/70"),
    ],
)
def test_a_tile_has_one_path(place: tuple[int, int, int], expected: str) -> None:
    assert tiles.path(*place) == expected
    assert tiles.parse_path(expected.removeprefix("tile/")) == place


@pytest.mark.parametrize(
    "wrong", ["0/0", "0/x000/001", "00/001", "0/001.p/256", "0/001.p/0", "9/1"]
)
def test_other_paths_are_no_tiles(wrong: str) -> None:
    assert tiles.parse_path(wrong) is None
