"""Proofs that do not hold are refused, and so is every proof that another algorithm refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import ProofError
from watchgap.chain import (
    EMPTY_ROOT,
    LARGEST_SIZE,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
)
from watchgap.testing.strategies import examples


def flips(hash_):
    """The hash with each single bit flipped."""
    for bit in range(8 * len(hash_)):
        yield (int.from_bytes(hash_, "big") ^ (1 << bit)).to_bytes(len(hash_), "big")


def holds(check, *arguments):
    try:
        check(*arguments)
    except ProofError:
        return False
    return True


@pytest.mark.parametrize(("index", "size"), [(0, 1), (4, 11), (10, 11), (6, 8), (32, 33)])
def test_no_bit_of_an_inclusion_can_flip(book, index, size):
    leaf, root = leaf_hash(book.leaves[index]), book.root(size)
    path = list(inclusion_path(book.node, index, size))
    assert holds(check_inclusion, leaf, index, size, path, root)
    assert not any(holds(check_inclusion, other, index, size, path, root) for other in flips(leaf))
    assert not any(holds(check_inclusion, leaf, index, size, path, other) for other in flips(root))
    assert not any(holds(check_inclusion, leaf, index ^ 1 << bit, size, path, root) for bit in range(64))
    for place, one in enumerate(path):
        for other in flips(one):
            bent = [*path[:place], other, *path[place + 1 :]]
            assert not holds(check_inclusion, leaf, index, size, bent, root)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (4, 11), (10, 11), (6, 8), (11, 11), (0, 5)])
def test_no_bit_of_a_consistency_can_flip(book, old, new):
    old_root, new_root = book.root(old), book.root(new)
    path = list(consistency_path(book.node, old, new))
    assert holds(check_consistency, old, new, path, old_root, new_root)
    assert not any(holds(check_consistency, old, new, path, other, new_root) for other in flips(old_root))
    for other in flips(new_root):
        # That nothing is the beginning of anything needs no proof, whatever the later root.
        assert holds(check_consistency, old, new, path, old_root, other) == (old == 0)
    for place, one in enumerate(path):
        for other in flips(one):
            bent = [*path[:place], other, *path[place + 1 :]]
            assert not holds(check_consistency, old, new, bent, old_root, new_root)


@pytest.mark.parametrize("cut", ["first", "last", "more", "root", "short hash", "long hash"])
def test_paths_of_another_length(book, cut):
    def bend(path):
        return {
            "first": path[1:],
            "last": path[:-1],
            "more": (*path, bytes(32)),
            "root": (*path, book.root(11)),
            "short hash": (path[0][:31], *path[1:]),
            "long hash": (path[0] + b"\x00", *path[1:]),
        }[cut]

    with pytest.raises(ProofError, match=r"has a path of|32 bytes"):
        check_inclusion(
            leaf_hash(book.leaves[3]), 3, 11, bend(inclusion_path(book.node, 3, 11)), book.root(11)
        )
    with pytest.raises(ProofError, match=r"has a path of|32 bytes"):
        check_consistency(6, 11, bend(consistency_path(book.node, 6, 11)), book.root(6), book.root(11))


@pytest.mark.parametrize(
    ("index", "size", "problem"),
    [
        (0, 0, "from 1 to"),
        (5, 5, "none of index 5; the first has 0, the last 4"),
        (-1, 5, "none of index -1"),
        (0, -5, "not -5"),
        (0, LARGEST_SIZE + 1, "from 1 to"),
    ],
)
def test_leaves_that_a_tree_cannot_have(index, size, problem):
    with pytest.raises(ProofError, match=problem):
        check_inclusion(bytes(32), index, size, (), bytes(32))


@pytest.mark.parametrize(
    ("old", "new"), [(3, 2), (-1, 2), (0, LARGEST_SIZE + 1), (LARGEST_SIZE + 1, LARGEST_SIZE + 2)]
)
def test_sizes_that_no_tree_grows_from_or_to(old, new):
    with pytest.raises(ProofError, match=r"cannot be the beginning|from 0 to"):
        check_consistency(old, new, (), bytes(32), bytes(32))


def test_two_trees_of_one_size_with_different_roots(book):
    with pytest.raises(ProofError, match="the tree of 7 leaves the root"):
        check_consistency(7, 7, (), book.root(7), book.root(6))


def test_the_beginning_of_everything_has_the_empty_root(book):
    check_consistency(0, 7, (), EMPTY_ROOT, book.root(7))
    with pytest.raises(ProofError, match="the tree of 0 leaves"):
        check_consistency(0, 7, (), book.root(1), book.root(7))
    with pytest.raises(ProofError, match="path of 0 hashes, not 1"):
        check_consistency(0, 7, (bytes(32),), EMPTY_ROOT, book.root(7))


def test_what_is_no_hash_is_never_equal_to_another():
    with pytest.raises(ProofError, match="32 bytes, not 3"):
        check_inclusion(b"abc", 0, 1, (), b"abc")
    with pytest.raises(ProofError, match="32 bytes, not 3"):
        check_consistency(1, 1, (), b"abc", b"abc")


def test_reordered_dropped_and_inserted_leaves(book, book_of):
    leaves = book.leaves[:9]
    swapped = [*leaves[:3], leaves[4], leaves[3], *leaves[5:]]
    others = [swapped, [*leaves[:4], *leaves[5:], b"new"], [*leaves[:4], b"new", *leaves[4:8]]]
    for other in map(book_of, others):
        path = consistency_path(other.node, 6, 9)
        assert not holds(check_consistency, 6, 9, path, book.root(6), other.root(9))
        assert not holds(
            check_inclusion,
            leaf_hash(leaves[4]),
            4,
            9,
            inclusion_path(other.node, 4, 9),
            other.root(9),
        )


@pytest.mark.requirement("R19")
def test_the_example_agrees_on_every_proof_presented_as_another(book, example):
    """RFC 9162 checks along the bits of two numbers; here along the way down. Both must say the same."""

    def says(index, size, path, at):
        try:
            example.check_inclusion(book.leaves[index], at, size, list(path), book.root(size))
        except ValueError:
            return False
        return True

    agreed = 0
    for made in range(1, 14):
        for index in range(made):
            path = inclusion_path(book.node, index, made)
            for size in range(1, 14):
                for at in range(14):
                    ours = holds(
                        check_inclusion, leaf_hash(book.leaves[index]), at, size, path, book.root(size)
                    )
                    assert ours == says(index, size, path, at)
                    assert ours == (index == at and made == size)
                    agreed += ours
    assert agreed == 13 * 14 // 2


@examples(200)
@given(st.data())
def test_the_example_agrees_on_paths_of_any_make(book, example, data):
    new = data.draw(st.integers(1, 20))
    old = data.draw(st.integers(1, new))
    pieces = [book.node(level, index) for level in range(4) for index in range(20 >> level)]
    right = list(consistency_path(book.node, old, new))
    path = data.draw(st.lists(st.sampled_from(pieces), max_size=6) | st.permutations(right) | st.just(right))
    roots = st.sampled_from([book.root(old), book.root(new), book.root(data.draw(st.integers(1, 20)))])
    given_roots = (data.draw(roots), data.draw(roots))
    try:
        example.check_consistency(old, new, path, *given_roots)
    except ValueError:
        theirs = False
    else:
        theirs = True
    assert holds(check_consistency, old, new, path, *given_roots) == theirs
