"""Proof files: what a third party needs to check an entry, or the growth of a ledger, without the ledger.

That an entry stands in a ledger is written as a `tlog-proof`: its line `extra` is the leaf itself in base64,
which the reader hashes, so that nothing in that line needs to be believed. That a ledger only grew is written
as the request with which witnesses are asked for their cosignature, so that it can be sent to one as it is.
It has no old root: the reader holds an old checkpoint, and takes the root from there.

References
----------
"Transparency Log Proofs", C2SP, c2sp.org/tlog-proof.
"Transparency Log Witnesses", C2SP, c2sp.org/tlog-witness.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from watchgap.base.errors import ProofError
from watchgap.chain.checkpoints import open_checkpoint
from watchgap.chain.hashes import leaf_hash
from watchgap.chain.keys import Verifier
from watchgap.chain.notes import Note
from watchgap.chain.paths import check_consistency, check_inclusion
from watchgap.chain.record import Checkpoint
from watchgap.chain.strict import read_base64, read_hash, read_number, read_text, shown, write_base64

LONGEST_PROOF = 16 * 2**20
"""Longer proof files are refused [bytes]."""

LONGEST_PATH = 63
"""No tree needs more hashes."""

INCLUSION_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That a leaf stands in a ledger, as it lies in a file.

    index: position of the leaf, from 0 on. path: hashes of 32 bytes. checkpoint: the signed note. leaf: its
    bytes, if the file has them.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    leaf: bytes | None = None


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That a ledger of an old size is the beginning of the one in a checkpoint, as it lies in a file.

    old: number of leaves. path: hashes of 32 bytes. checkpoint: the signed note.
    """

    old: int
    path: tuple[bytes, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """What a proof of inclusion proved: this leaf is this entry of the ledger with this checkpoint.

    number: of the entry, from 1 on. note: who signed the checkpoint.
    """

    number: int
    leaf: bytes
    checkpoint: Checkpoint
    note: Note


@dataclass(frozen=True, slots=True)
class ProvenGrowth:
    """What a proof of consistency proved: the ledger of the old checkpoint is the beginning of the new one.

    note: who signed the new checkpoint.
    """

    old: Checkpoint
    new: Checkpoint
    note: Note


def write_inclusion_proof(proof: InclusionProof) -> str:
    """Write the file that proves that a leaf stands in a ledger."""
    extra = [] if proof.leaf is None else [f"extra {write_base64(proof.leaf)}"]
    return _write([INCLUSION_HEADER, *extra, f"index {proof.index}"], proof.path, proof.checkpoint)


def read_inclusion_proof(file: str | bytes) -> InclusionProof:
    """Read the file of a proof of inclusion without checking what it says.

    Raises ProofError that names the line.
    """
    lines, checkpoint = _split(file)
    if lines[0] != INCLUSION_HEADER:
        raise ProofError(f"the proof, line 1: {shown(lines[0])} is not {INCLUSION_HEADER}")
    leaf, at = None, 1
    if lines[at : at + 1] and lines[at].startswith("extra "):
        leaf, at = read_base64(lines[at].removeprefix("extra "), "the proof, line 2"), 2
    index = _read_named(lines, at, "index")
    return InclusionProof(index, _read_path(lines, at + 1), checkpoint, leaf)


def verify_inclusion_proof(
    file: str | bytes, verifiers: Sequence[Verifier], *, leaf: bytes | None = None
) -> ProvenEntry:
    """Check the file of a proof of inclusion.

    Parameters
    ----------
    file:
        The file; bytes are as they lie on a disk.
    verifiers:
        The known keys; one has the origin of the ledger as its name.
    leaf:
        The leaf, if the reader has it from elsewhere; needed if the file has none.

    Returns
    -------
    What is proven. It says nothing of what the ledger holds beside this entry, and nothing of whether the
    entry is true.

    Raises
    ------
    ProofError that says what does not hold.
    """
    proof = read_inclusion_proof(file)
    if leaf is None:
        leaf = proof.leaf
    if leaf is None:
        raise ProofError("the proof has no line 'extra' with its leaf; give the leaf")
    if proof.leaf not in (None, leaf):
        raise ProofError("the proof is of another leaf than the one given")
    checkpoint, note = open_checkpoint(proof.checkpoint, verifiers)
    check_inclusion(leaf_hash(leaf), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return ProvenEntry(proof.index + 1, leaf, checkpoint, note)


def write_consistency_proof(proof: ConsistencyProof) -> str:
    """Write the file that proves that a ledger only grew."""
    return _write([f"old {proof.old}"], proof.path, proof.checkpoint)


def read_consistency_proof(file: str | bytes) -> ConsistencyProof:
    """Read the file of a proof of consistency without checking what it says.

    Raises ProofError that names the line.
    """
    lines, checkpoint = _split(file)
    return ConsistencyProof(_read_named(lines, 0, "old"), _read_path(lines, 1), checkpoint)


def verify_consistency_proof(
    file: str | bytes, verifiers: Sequence[Verifier], *, held: Checkpoint
) -> ProvenGrowth:
    """Check the file of a proof of consistency against an old checkpoint.

    Parameters
    ----------
    file:
        The file; bytes are as they lie on a disk.
    verifiers:
        The known keys; one has the origin of the ledger as its name.
    held:
        The old checkpoint, from a place that the reader trusts; see `open_checkpoint`.

    Returns
    -------
    What is proven. It says nothing of whether others were shown the same ledger.

    Raises
    ------
    ProofError that says what does not hold.
    """
    proof = read_consistency_proof(file)
    new, note = open_checkpoint(proof.checkpoint, verifiers)
    if new.origin != held.origin:
        raise ProofError(f"the proof is of {shown(new.origin)}, the old checkpoint of {shown(held.origin)}")
    if proof.old != held.size:
        raise ProofError(f"the proof begins at {proof.old} entries, where the old checkpoint has {held.size}")
    check_consistency(proof.old, new.size, proof.path, held.root, new.root)
    return ProvenGrowth(held, new, note)


def _write(head: list[str], path: Sequence[bytes], checkpoint: str) -> str:
    lines = "".join(f"{line}\n" for line in (*head, *map(write_base64, path)))
    return f"{lines}\n{checkpoint}"


def _split(file: str | bytes) -> tuple[list[str], str]:
    text = read_text(file, LONGEST_PROOF, "the proof")
    head, blank, checkpoint = text.partition("\n\n")
    if not blank:
        raise ProofError("the proof has no blank line before its checkpoint")
    # Two or three lines stand before the path; one more than there may be is enough to see.
    return head.split("\n", LONGEST_PATH + 4), checkpoint


def _read_named(lines: list[str], at: int, name: str) -> int:
    where = f"the proof, line {at + 1}"
    if at >= len(lines) or not lines[at].startswith(f"{name} "):
        found = shown(lines[at]) if at < len(lines) else "the end"
        raise ProofError(f"{where}: '{name}' and a number are due, not {found}")
    return read_number(lines[at].removeprefix(f"{name} "), where)


def _read_path(lines: list[str], first: int) -> tuple[bytes, ...]:
    if len(lines) - first > LONGEST_PATH:
        raise ProofError(f"the proof has a path of more than {LONGEST_PATH} hashes")
    return tuple(read_hash(line, f"the proof, line {at + 1}") for at, line in enumerate(lines) if at >= first)
