"""Chain: what makes a ledger tamper-evident, as pure functions of bytes.

What enters: the leaves of a ledger as bytes, in order, and keys that sign. Entries, dates and databases are
unknown here; random seeds and times are arguments.

What leaves: a tree in which each leaf has its place, and three things to hand to others, who then need
neither the ledger nor this program. A *checkpoint* is the size and the root of the tree, signed: whoever
holds one can tell when anything below it was altered, dropped, reordered or inserted. A *proof of inclusion*
shows that one leaf stands in the tree of a checkpoint, and a *proof of consistency* that the tree of an old
checkpoint is the beginning of that of a new one. The forms are published ones, so programs of others check
them as well.

What none of them proves: that an entry is true; that no key was stolen; that whoever holds the key showed
everybody the same ledger, unless witnesses cosigned it or checkpoints are compared; that no entries after the
last checkpoint that one holds were dropped.

A tree of three leaves, its checkpoint signed by the key of the ledger, and the second leaf proven:

    >>> signer = new_signer("example.org/yongbyon", bytes(32))  # a real seed is drawn at random
    >>> edge, completed = extend(Edge(), [b"first", b"second", b"third"])
    >>> edge.root.hex()[:16]
    'c3651e541714c53d'
    >>> note = sign_checkpoint(Checkpoint("example.org/yongbyon", edge.size, edge.root), [signer])
    >>> def node(level, index):
    ...     return completed[((index + 1) << level) - 1][HASH_SIZE * level :][:HASH_SIZE]
    >>> file = write_inclusion_proof(InclusionProof(1, inclusion_path(node, 1, 3), note, b"second"))
    >>> proven = verify_inclusion_proof(file, [signer.verifier])
    >>> proven.number, proven.checkpoint.size, proven.leaf
    (2, 3, b'second')

Where to look next: `tree` (how it grows), `paths` (what proves), `keys` and `notes` (who signed),
`checkpoints`, `files` (what is handed over). `examples/check_proof.py` checks such a file without this room.
"""

from watchgap.chain.checkpoints import (
    checkpoint_text,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
    stated_checkpoint,
)
from watchgap.chain.files import (
    ConsistencyProof,
    InclusionProof,
    ProvenEntry,
    ProvenGrowth,
    read_consistency_proof,
    read_inclusion_proof,
    verify_consistency_proof,
    verify_inclusion_proof,
    write_consistency_proof,
    write_inclusion_proof,
)
from watchgap.chain.hashes import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash
from watchgap.chain.keys import (
    KeyType,
    Signer,
    Verifier,
    name_problem,
    new_signer,
    read_signer,
    read_verifier,
)
from watchgap.chain.notes import Note, Signature, add_signature, open_note, sign_note, stated_signers
from watchgap.chain.paths import check_consistency, check_inclusion, consistency_path, inclusion_path
from watchgap.chain.record import LARGEST_SIZE, Checkpoint, Edge
from watchgap.chain.tree import Node, edge_at, extend, root_at

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "LARGEST_SIZE",
    "Checkpoint",
    "ConsistencyProof",
    "Edge",
    "InclusionProof",
    "KeyType",
    "Node",
    "Note",
    "ProvenEntry",
    "ProvenGrowth",
    "Signature",
    "Signer",
    "Verifier",
    "add_signature",
    "check_consistency",
    "check_inclusion",
    "checkpoint_text",
    "consistency_path",
    "edge_at",
    "extend",
    "inclusion_path",
    "leaf_hash",
    "name_problem",
    "new_signer",
    "node_hash",
    "open_checkpoint",
    "open_note",
    "read_checkpoint",
    "read_consistency_proof",
    "read_inclusion_proof",
    "read_signer",
    "read_verifier",
    "root_at",
    "sign_checkpoint",
    "sign_note",
    "stated_checkpoint",
    "stated_signers",
    "verify_consistency_proof",
    "verify_inclusion_proof",
    "write_consistency_proof",
    "write_inclusion_proof",
]
