"""Reads the checkpoint of a signed note that is kept in a ledger, whoever signed it."""

from watchgap.base.errors import ProofError
from watchgap.chain import Checkpoint, read_checkpoint


def checkpoint_in(note: str) -> Checkpoint:
    """Read the checkpoint that a note signs, without checking its signatures: their keys are not known here.

    Raises ProofError if it is no signed checkpoint.
    """
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures:
        raise ProofError("this is no signed checkpoint: after a blank line there are no signatures")
    return read_checkpoint(f"{text}\n")
