"""Proofs about a tree: that a leaf stands in it, and that a smaller tree is its beginning.

Both follow one way from the root down. For inclusion it ends at the leaf, for consistency at the first
subtree that ends with the last leaf of the old tree. The proof is the hashes of the subtrees beside the way,
the lowest first; before them, for consistency, comes the subtree at the foot of the way, unless that is the
whole old tree. Whoever checks hashes up along the same way.

References
----------
B. Laurie, A. Langley, E. Kasper, "Certificate Transparency", RFC 6962, sections 2.1.1 and 2.1.2, 2013.
"""

from collections.abc import Sequence
from functools import reduce

from watchgap.base.errors import OutOfRange, ProofError
from watchgap.chain.hashes import EMPTY_ROOT, HASH_SIZE, node_hash
from watchgap.chain.record import LARGEST_SIZE
from watchgap.chain.tree import Node, peaks_of

Span = tuple[int, int]
"""A subtree, as the index of its first leaf and the one after its last."""


def inclusion_path(node: Node, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that a leaf stands in a tree.

    Parameters
    ----------
    node:
        Gives the hashes of complete nodes of the tree or of any later one.
    index:
        Position of the leaf, from 0 on.
    size:
        Number of leaves of the tree.

    Returns
    -------
    Hashes of 32 bytes from the sibling of the leaf upwards; none if the leaf is alone.

    Raises
    ------
    OutOfRange if the tree has no leaf of this index, ProofError if a node is not 32 bytes.
    """
    if problem := _inclusion_problem(index, size):
        raise OutOfRange(problem)
    _, beside = _way(index, size)
    return tuple(_root_of(node, span) for span in beside)


def consistency_path(node: Node, old: int, new: int) -> tuple[bytes, ...]:
    """Prove that a tree is the beginning of a later one.

    Parameters
    ----------
    node:
        Gives the hashes of complete nodes of the later tree or of any after it.
    old, new:
        Number of leaves of the two trees.

    Returns
    -------
    Hashes of 32 bytes, the lowest first; none if the old tree is empty or as large as the new one.

    Raises
    ------
    OutOfRange if the old tree is the larger one, ProofError if a node is not 32 bytes.
    """
    if problem := _consistency_problem(old, new):
        raise OutOfRange(problem)
    if old == 0:
        return ()
    foot, beside = _way(old - 1, new, whole=True)
    spans = beside if foot[0] == 0 else [foot, *beside]
    return tuple(_root_of(node, span) for span in spans)


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check a proof that a leaf stands in a tree.

    Parameters
    ----------
    leaf:
        Hash of the leaf, 32 bytes; see `leaf_hash`.
    index, size:
        Position of the leaf, from 0 on, and number of leaves of the tree.
    path:
        The proof, as `inclusion_path` gives it.
    root:
        Root of the tree, 32 bytes.

    Raises
    ------
    ProofError that says what does not hold.

    Notes
    -----
    Size and root must come from one signed checkpoint: a root alone does not tell how many leaves its tree
    has, and the way to a leaf is often the same in trees of neighbouring sizes.
    """
    if problem := _inclusion_problem(index, size):
        raise ProofError(problem)
    _, beside = _way(index, size)
    _require_hashes(path, len(beside), f"that leaf {index} stands in a tree of {size}")
    _require_hash(leaf)
    for (_, end), sibling in zip(beside, path, strict=True):
        leaf = node_hash(sibling, leaf) if end <= index else node_hash(leaf, sibling)
    _require_root(leaf, root, size)


def check_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check a proof that a tree is the beginning of a later one.

    Parameters
    ----------
    old, new:
        Number of leaves of the two trees.
    path:
        The proof, as `consistency_path` gives it.
    old_root, new_root:
        Roots of the two trees, 32 bytes.

    Raises
    ------
    ProofError that says what does not hold.

    Notes
    -----
    Each size and its root must come from one signed checkpoint, as for `check_inclusion`. The empty tree is
    the beginning of any other: then the path is empty, and only the root of the empty tree is checked.
    """
    if problem := _consistency_problem(old, new):
        raise ProofError(problem)
    what = f"that a tree of {old} is the beginning of one of {new}"
    if old == 0:
        _require_hashes(path, 0, what)
        _require_root(EMPTY_ROOT, old_root, old)
        return
    foot, beside = _way(old - 1, new, whole=True)
    _require_hashes(path, len(beside) + (foot[0] != 0), what)
    hashes = iter(path)
    _require_hash(old_root)
    before = after = old_root if foot[0] == 0 else next(hashes)
    for (_, end), sibling in zip(beside, hashes, strict=True):
        if end < old:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
    _require_root(before, old_root, old)
    _require_root(after, new_root, new)


def _way(index: int, size: int, *, whole: bool = False) -> tuple[Span, list[Span]]:
    """Go down from the root to a leaf; if `whole`, only to the first subtree that ends with this leaf.

    Returns the subtree at the foot of the way, and those beside the way, the lowest first.
    """
    start, end = 0, size
    beside: list[Span] = []
    while end - start > 1 and not (whole and end == index + 1):
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < split:
            beside.append((split, end))
            end = split
        else:
            beside.append((start, split))
            start = split
    return (start, end), beside[::-1]


def _root_of(node: Node, span: Span) -> bytes:
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks_of(node, *span)))


def _inclusion_problem(index: int, size: int) -> str | None:
    if not 0 < size <= LARGEST_SIZE:
        return f"a tree that holds a leaf has from 1 to {LARGEST_SIZE} leaves, not {size}"
    if not 0 <= index < size:
        return f"a tree of {size} leaves has none of index {index}; the first has 0, the last {size - 1}"
    return None


def _consistency_problem(old: int, new: int) -> str | None:
    if not 0 <= new <= LARGEST_SIZE:
        return f"a tree has from 0 to {LARGEST_SIZE} leaves, not {new}"
    if not 0 <= old <= new:
        return f"a tree of {old} leaves cannot be the beginning of one of {new}"
    return None


def _require_hashes(path: Sequence[bytes], number: int, what: str) -> None:
    if len(path) != number:
        raise ProofError(f"a proof {what} has a path of {number} hashes, not {len(path)}")
    for one in path:
        _require_hash(one)


def _require_hash(one: bytes) -> None:
    if len(one) != HASH_SIZE:
        raise ProofError(f"a hash has {HASH_SIZE} bytes, not {len(one)}")


def _require_root(computed: bytes, stated: bytes, size: int) -> None:
    if computed != stated:
        raise ProofError(
            f"the proof gives the tree of {size} leaves the root {computed.hex()}, where {stated.hex()} is "
            "stated: a leaf, a number, the path or the root was altered"
        )
