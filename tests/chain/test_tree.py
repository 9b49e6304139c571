"""The tree and its proofs, against published vectors and the definitions of RFC 6962 read as they stand."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import OutOfRange, ProofError
from watchgap.chain import (
    EMPTY_ROOT,
    LARGEST_SIZE,
    Edge,
    check_consistency,
    check_inclusion,
    consistency_path,
    edge_at,
    extend,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_at,
)
from watchgap.testing.strategies import examples

# The vectors of Certificate Transparency, as published in github.com/transparency-dev/merkle:
# testonly/constants.go (leaves, nodes, roots) and proof/verify_test.go (paths; its leaves count from 1).
PUBLISHED_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
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
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PUBLISHED_NODES = {
    (0, 0): "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    (0, 1): "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    (0, 2): "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    (0, 3): "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    (0, 4): "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    (0, 5): "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    (0, 6): "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    (0, 7): "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
    (1, 0): "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    (1, 1): "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    (1, 2): "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    (1, 3): "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    (2, 0): "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    (2, 1): "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    (3, 0): "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
PUBLISHED_INCLUSIONS = [  # index, size, nodes of the path
    (0, 1, []),
    (0, 8, [(0, 1), (1, 1), (2, 1)]),
    (5, 8, [(0, 4), (1, 3), (2, 0)]),
    (2, 3, [(1, 0)]),
    (1, 5, [(0, 0), (1, 1), (0, 4)]),
]
PUBLISHED_CONSISTENCIES = [  # old, new, nodes of the path
    (1, 1, []),
    (1, 8, [(0, 1), (1, 1), (2, 1)]),
    (6, 8, [(1, 2), (1, 3), (2, 0)]),
    (2, 5, [(1, 1), (0, 4)]),
    (6, 7, [(1, 2), (0, 6), (2, 0)]),
]


def published(level, index):
    return bytes.fromhex(PUBLISHED_NODES[level, index])


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size):
    edge, _ = extend(Edge(), PUBLISHED_LEAVES[:size])
    assert edge.root.hex() == PUBLISHED_ROOTS[size]
    assert root_at(published, size).hex() == PUBLISHED_ROOTS[size]
    assert edge_at(published, size) == edge


def test_published_nodes_are_those_completed(book_of):
    node = book_of(PUBLISHED_LEAVES).node
    assert {key: node(*key).hex() for key in PUBLISHED_NODES} == PUBLISHED_NODES


@pytest.mark.parametrize(("index", "size", "nodes"), PUBLISHED_INCLUSIONS)
def test_published_inclusion_paths(index, size, nodes):
    path = tuple(published(*node) for node in nodes)
    assert inclusion_path(published, index, size) == path
    root = bytes.fromhex(PUBLISHED_ROOTS[size])
    check_inclusion(leaf_hash(PUBLISHED_LEAVES[index]), index, size, path, root)


@pytest.mark.parametrize(("old", "new", "nodes"), PUBLISHED_CONSISTENCIES)
def test_published_consistency_paths(old, new, nodes):
    path = tuple(published(*node) for node in nodes)
    assert consistency_path(published, old, new) == path
    check_consistency(
        old, new, path, bytes.fromhex(PUBLISHED_ROOTS[old]), bytes.fromhex(PUBLISHED_ROOTS[new])
    )


class Defined:
    """RFC 6962, section 2.1, word for word: D[start:end] with k the largest power of two below its length."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.root = cache(self.root)

    @staticmethod
    def split(start, end):
        k = 1
        while 2 * k < end - start:
            k *= 2
        return start + k

    def root(self, start, end):
        if start == end:
            return sha256(b"").digest()
        if end - start == 1:
            return sha256(b"\x00" + self.leaves[start]).digest()
        k = self.split(start, end)
        return sha256(b"\x01" + self.root(start, k) + self.root(k, end)).digest()

    def path(self, index, start, end):
        if end - start == 1:
            return []
        k = self.split(start, end)
        if index < k:
            return [*self.path(index, start, k), self.root(k, end)]
        return [*self.path(index, k, end), self.root(start, k)]

    def proof(self, old, start, end, whole=True):
        if old == end:
            return [] if whole else [self.root(start, end)]
        k = self.split(start, end)
        if old <= k:
            return [*self.proof(old, start, k, whole), self.root(k, end)]
        return [*self.proof(old, k, end, False), self.root(start, k)]


@pytest.fixture(scope="module")
def defined(book):
    return Defined(book.leaves)


def test_every_root_up_to_seventy_leaves(book, defined):
    assert [book.root(size) for size in range(72)] == [defined.root(0, size) for size in range(72)]


def test_every_inclusion_up_to_seventy_leaves(book, defined):
    for size in range(1, 72):
        for index in range(size):
            path = inclusion_path(book.node, index, size)
            assert list(path) == defined.path(index, 0, size)
            check_inclusion(leaf_hash(book.leaves[index]), index, size, path, defined.root(0, size))


def test_every_consistency_up_to_seventy_leaves(book, defined):
    for new in range(72):
        for old in range(new + 1):
            path = consistency_path(book.node, old, new)
            assert list(path) == (defined.proof(old, 0, new) if old else [])
            check_consistency(old, new, path, defined.root(0, old), defined.root(0, new))


@examples(10)
@given(st.data())
def test_larger_trees(book_of, data):
    leaves = [b"%d" % number for number in range(data.draw(st.integers(71, 2000)))]
    book, defined = book_of(leaves), Defined(leaves)
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, new))
    assert book.root(new) == defined.root(0, new)
    assert list(inclusion_path(book.node, old - 1, new)) == defined.path(old - 1, 0, new)
    assert list(consistency_path(book.node, old, new)) == defined.proof(old, 0, new)


@examples(30)
@given(st.lists(st.binary(max_size=40), max_size=40), st.integers(0, 40))
def test_growing_in_two_steps_is_growing_in_one(leaves, cut):
    edge, completed = extend(Edge(), leaves)
    half, first = extend(Edge(), leaves[:cut])
    assert extend(half, iter(leaves[cut:])) == (edge, completed[cut:])
    assert first == completed[:cut]


def test_a_leaf_completes_a_node_for_each_trailing_zero_of_its_number(book):
    sizes = [len(kept) // 32 for kept in book.completed]
    assert sizes == [1 + (number & -number).bit_length() - 1 for number in range(1, 72)]


def test_a_node_is_no_leaf():
    # Without the first byte, a node's two hashes could be passed off as one leaf (RFC 6962, section 2.1).
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert node_hash(left, right) != leaf_hash(left + right)


def test_the_empty_tree():
    assert Edge().root == EMPTY_ROOT
    assert extend(Edge(), []) == (Edge(), [])


@pytest.mark.parametrize(
    ("size", "peaks", "problem"),
    [
        (-1, (), "from 0 to"),
        (LARGEST_SIZE + 1, (bytes(32),), "from 0 to"),
        (3, (bytes(32),), "3 leaves has 2 peaks, not 1"),
        (0, (bytes(32),), "0 leaves has 0 peaks, not 1"),
        (1, (bytes(31),), "32 bytes"),
    ],
)
def test_no_edge_that_no_tree_has(size, peaks, problem):
    with pytest.raises(ProofError, match=problem):
        Edge(size, peaks)


@pytest.mark.parametrize("size", [-1, LARGEST_SIZE + 1])
def test_no_tree_of_such_a_size(size):
    with pytest.raises(OutOfRange, match=str(size)):
        root_at(lambda _level, _index: bytes(32), size)


def test_a_node_that_is_no_hash_is_named():
    with pytest.raises(ProofError, match="node 2 of level 1 has 31 bytes"):
        root_at(lambda level, _index: bytes(31 if level == 1 else 32), 6)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (5, 5), (-1, 4), (0, LARGEST_SIZE + 1)])
def test_no_path_to_a_leaf_that_is_not_there(book, index, size):
    with pytest.raises(OutOfRange):
        inclusion_path(book.node, index, size)


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 3), (0, -1), (1, LARGEST_SIZE + 1)])
def test_no_path_from_a_larger_tree_to_a_smaller(book, old, new):
    with pytest.raises(OutOfRange):
        consistency_path(book.node, old, new)


def test_the_largest_tree_needs_63_hashes():
    assert len(inclusion_path(lambda _level, _index: bytes(32), 0, LARGEST_SIZE)) == 63
    assert len(consistency_path(lambda _level, _index: bytes(32), LARGEST_SIZE - 1, LARGEST_SIZE)) <= 63
