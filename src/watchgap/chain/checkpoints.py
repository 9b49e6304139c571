"""Checkpoints: the head of a ledger as the text of a note, so that any reader of such notes can check it.

References
----------
"Transparency Log Checkpoints", C2SP, c2sp.org/tlog-checkpoint.
"""

from collections.abc import Sequence

from watchgap.base.errors import ProofError
from watchgap.chain.keys import KeyType, Signer, Verifier
from watchgap.chain.notes import LONGEST_NOTE, Note, open_note, sign_note, stated_text
from watchgap.chain.record import Checkpoint
from watchgap.chain.strict import read_hash, read_number, read_text, shown, write_base64


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Write a checkpoint as text: origin, size, root in base64 and the extensions, a line each."""
    lines = (checkpoint.origin, str(checkpoint.size), write_base64(checkpoint.root), *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str | bytes) -> Checkpoint:
    """Read a checkpoint from the text of a note, without its signatures.

    Raises ProofError that names the line.
    """
    read = read_text(text, LONGEST_NOTE, "the checkpoint")
    if not read.endswith("\n"):
        raise ProofError("the checkpoint does not end with a newline")
    lines = read[:-1].split("\n")
    if len(lines) < 3:
        raise ProofError(f"the checkpoint has {len(lines)} lines; it needs origin, size and root")
    origin, size, root, *extensions = lines
    return Checkpoint(
        origin,
        read_number(size, "the checkpoint, line 2"),
        read_hash(root, "the checkpoint, line 3"),
        tuple(extensions),
    )


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer], *, time: int | None = None) -> str:
    """Sign a checkpoint; time as for `sign_note` [s].

    Raises ProofError as `sign_note` does.
    """
    return sign_note(checkpoint_text(checkpoint), signers, time=time)


def open_checkpoint(note: str | bytes, verifiers: Sequence[Verifier]) -> tuple[Checkpoint, Note]:
    """Check the signatures of a signed checkpoint and read it.

    A known key that has the origin as its name must have signed it: a cosignature says what a witness saw,
    and does not stand for the ledger. Raises ProofError if none did, and as `open_note` and
    `read_checkpoint` do.
    """
    opened = open_note(note, verifiers)
    checkpoint = read_checkpoint(opened.text)
    signers = [signature.verifier for signature in opened.signatures]
    if not any(key.name == checkpoint.origin and key.type is KeyType.SIGNATURE for key in signers):
        raise ProofError(
            f"the checkpoint is not signed by a known key of its ledger {shown(checkpoint.origin)}, only by "
            f"{', '.join(shown(name) for name in opened.names)}"
        )
    return checkpoint, opened


def stated_checkpoint(note: str | bytes) -> Checkpoint:
    """Read what a signed checkpoint states without checking its signatures, where their keys are not known.

    Raises ProofError if it is no signed checkpoint.
    """
    return read_checkpoint(stated_text(note))
