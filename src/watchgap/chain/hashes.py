"""The two hashes of the tree: of a leaf and of a node, kept apart by their first byte.

References
----------
B. Laurie, A. Langley, E. Kasper, "Certificate Transparency", RFC 6962, section 2.1, 2013.
"""

from hashlib import sha256

HASH_SIZE = 32
"""Length of every hash of the tree [bytes]."""

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves."""

LEAF, NODE = b"\x00", b"\x01"
"""What comes before the bytes of a leaf, and before the two hashes of a node."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf: SHA-256 of a zero byte and the leaf."""
    return sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash a node: SHA-256 of a byte one and the hashes of its two children."""
    return sha256(NODE + left + right).digest()
