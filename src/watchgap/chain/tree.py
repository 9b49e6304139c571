"""The tree over the leaves of a ledger: how it grows, and its root at any size it ever had.

A node has a level, 0 for the leaves, and an index in it from 0 on: node (level, index) stands over the leaves
from index * 2**level on. Only complete nodes are ever kept, those with 2**level leaves, because no later leaf
changes them. Leaf number n, counted from 1, completes its own node and one for each trailing binary zero of
n; whoever keeps these hashes beside the leaf has the whole tree and writes nothing twice.

References
----------
B. Laurie, A. Langley, E. Kasper, "Certificate Transparency", RFC 6962, section 2.1, 2013.
S. A. Crosby, D. S. Wallach, "Efficient Data Structures for Tamper-Evident Logging", USENIX Security, 2009.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256

from watchgap.base.errors import OutOfRange, ProofError
from watchgap.chain.hashes import HASH_SIZE, LEAF, NODE
from watchgap.chain.record import LARGEST_SIZE, Edge

Node = Callable[[int, int], bytes]
"""Gives the hash of the complete node (level, index)."""


def extend(edge: Edge, leaves: Iterable[bytes]) -> tuple[Edge, list[bytes]]:
    """Let a tree grow by leaves.

    Parameters
    ----------
    edge:
        The tree so far; `Edge()` is the empty one.
    leaves:
        The bytes of each new leaf, in order.

    Returns
    -------
    The edge of the grown tree, and for each leaf the hashes that it completes, joined: its own, then those of
    the nodes above it, lowest first, 32 bytes each.
    """
    size, peaks = edge.size, list(edge.peaks)
    # The hashes of `leaf_hash` and `node_hash`, written out: this is a sixth of a bulk append.
    completed = [sha256(LEAF + leaf).digest() for leaf in leaves]
    for at, own in enumerate(completed):
        size += 1
        top, above = own, size
        while not above & 1:
            top = sha256(NODE + peaks.pop() + top).digest()
            completed[at] += top
            above >>= 1
        peaks.append(top)
    return Edge(size, tuple(peaks)), completed


def edge_at(node: Node, size: int) -> Edge:
    """Find the edge that a tree had at some size, from its complete nodes.

    Raises OutOfRange if there is no tree of this size, and ProofError if a node is not 32 bytes.
    """
    if not 0 <= size <= LARGEST_SIZE:
        raise OutOfRange(f"a tree has from 0 to {LARGEST_SIZE} leaves, not {size}")
    return Edge(size, peaks_of(node, 0, size))


def root_at(node: Node, size: int) -> bytes:
    """Find the root that a tree had at some size, from its complete nodes.

    Raises OutOfRange if there is no tree of this size, and ProofError if a node is not 32 bytes.
    """
    return edge_at(node, size).root


def peaks_of(node: Node, start: int, end: int) -> tuple[bytes, ...]:
    """Find the complete nodes, largest first, that together stand over the leaves from start to before end.

    start must be a multiple of a power of two that is at least end - start, as it is for every subtree.
    Raises ProofError if a node is not 32 bytes.
    """
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        index = start >> level
        peak = node(level, index)
        if len(peak) != HASH_SIZE:
            raise ProofError(
                f"node {index} of level {level} has {len(peak)} bytes, where a hash has {HASH_SIZE}"
            )
        peaks.append(peak)
        start += 1 << level
    return tuple(peaks)
