"""What a tree is known by: its edge, which it grows from, and the checkpoint that others are shown."""

from dataclasses import dataclass
from functools import reduce

from watchgap.base.errors import ProofError
from watchgap.chain.hashes import EMPTY_ROOT, HASH_SIZE, node_hash

LARGEST_SIZE = 2**63 - 1
"""No tree is larger: sizes are read by others into signed numbers of 64 bits."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A tree of some size, as the roots of the complete subtrees along its right edge.

    size: number of leaves. peaks: one hash of 32 bytes for each binary digit 1 of the size, that of the
    largest subtree first. It is all that a tree must remember to grow and to have a root.

    Raises ProofError if the peaks are not those of a tree of this size.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= LARGEST_SIZE:
            raise ProofError(f"a tree has from 0 to {LARGEST_SIZE} leaves, not {self.size}")
        if len(self.peaks) != self.size.bit_count():
            raise ProofError(
                f"a tree of {self.size} leaves has {self.size.bit_count()} peaks, not {len(self.peaks)}"
            )
        if any(len(peak) != HASH_SIZE for peak in self.peaks):
            raise ProofError(f"each peak of a tree has {HASH_SIZE} bytes")

    @property
    def root(self) -> bytes:
        """Root of the tree: 32 bytes."""
        if not self.peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self.peaks))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a ledger, as it is signed and shown to others.

    origin: name of the ledger. size: number of leaves. root: 32 bytes. extensions: further lines, which
    nobody checks; better none.

    Raises ProofError if origin or an extension is empty or more than one line, or if there is no tree of this
    size with such a root.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in line):
                raise ProofError(
                    f"the origin and each extension of a checkpoint is one line of text, not {line[:40]!r}"
                )
        if not 0 <= self.size <= LARGEST_SIZE:
            raise ProofError(f"a tree has from 0 to {LARGEST_SIZE} leaves, not {self.size}")
        if len(self.root) != HASH_SIZE:
            raise ProofError(f"the root of a checkpoint has {HASH_SIZE} bytes, not {len(self.root)}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise ProofError(f"the root of an empty tree is {EMPTY_ROOT.hex()}, not {self.root.hex()}")
