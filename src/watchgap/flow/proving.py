"""Verifies the ledger of a case, and proves to others what stands in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchgap.base.errors import OutOfRange, ProofError, UnknownName
from watchgap.chain import (
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    ProvenEntry,
    ProvenGrowth,
    Verifier,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    open_checkpoint,
    stated_checkpoint,
    verify_consistency_proof,
    verify_inclusion_proof,
    write_consistency_proof,
    write_inclusion_proof,
)
from watchgap.flow.keeping import required_place
from watchgap.flow.keyfiles import bytes_of
from watchgap.ledger import leaf_of
from watchgap.store import Store, Verdict, open_store, verify_store

_LARGEST_PROOF = 20_000_000
_GROWTH = b"old "


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found about a ledger.

    place, origin: the ledger; verdict: what its own bytes tell; confirmed: the checkpoints from outside that
    it agrees with, each with the names of those whose signatures were checked. heads, kept, documents: how
    many commits, checkpoints and attachments it keeps; signed: how many of the checkpoints the given keys
    signed.
    """

    place: str
    origin: str
    verdict: Verdict
    confirmed: tuple[tuple[Checkpoint, tuple[str, ...]], ...]
    heads: int = 0
    kept: int = 0
    documents: int = 0
    signed: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the ledger."""
        return self.verdict.holds


def verify_ledger(
    folder: str | Path, *, checkpoints: Iterable[Path] = (), verifiers: Sequence[Verifier] = ()
) -> Verification:
    """Hold the ledger of a case against its own tree and heads, and against checkpoints kept elsewhere.

    checkpoints: files of signed heads. verifiers: known keys; with them the signatures of the checkpoints are
    checked, and without them only what the checkpoints say.

    Raises LedgerError if there is no ledger or it cannot be opened, and ProofError or FaultyInput if a
    checkpoint cannot be used.
    """
    place = required_place(Path(folder))
    opened = [_opened(bytes_of(path, largest=_LARGEST_PROOF), verifiers) for path in checkpoints]
    with open_store(place) as store:
        for checkpoint, _ in opened:
            _require_origin(store, checkpoint)
        verdict = verify_store(store, checkpoints=[checkpoint for checkpoint, _ in opened])
        if not verdict.holds:
            return Verification(str(place), store.origin, verdict, ())
        # A verdict without findings has met every checkpoint; one with findings vouches for none.
        notes = store.checkpoints()
        return Verification(
            str(place),
            store.origin,
            verdict,
            tuple(opened),
            heads=sum(1 for _ in store.heads()),
            kept=len(notes),
            documents=len(store.attachments()),
            signed=sum(_is_signed(note, verifiers) for note in notes),
        )


def prove_entry(folder: str | Path, entry: str, *, checkpoint: Path | None = None) -> str:
    """Write the proof that an entry stands in a case's ledger, for a third party who has not the ledger.

    entry: its number, or the id of a fact or key of a source. checkpoint: the file of the signed head that
    the proof is to lead to; by default the last one that the ledger keeps.

    Raises LedgerError if there is no ledger, UnknownName if it has no such entry, ProofError if the
    checkpoint is not of this ledger, and OutOfRange if no checkpoint covers the entry.
    """
    with open_store(required_place(Path(folder))) as store:
        number = _number_of(store, entry)
        note, head = _checkpoint(store, checkpoint)
        if number > head.size:
            problem = f"entry {number} came after the checkpoint, which has {head.size} entries"
            raise OutOfRange(f"{problem}; sign the ledger again with `watchgap ledger sign`")
        posting = next(store.postings(number, number))
        path = inclusion_path(store.node, number - 1, head.size)
        # A ledger that was tampered with proves nothing; better to say so here than to whom it is shown.
        check_inclusion(leaf_hash(leaf_of(posting)), number - 1, head.size, path, head.root)
        return write_inclusion_proof(InclusionProof(number - 1, path, note, leaf_of(posting)))


def prove_growth(folder: str | Path, since: Path, *, checkpoint: Path | None = None) -> str:
    """Write the proof that a case's ledger only grew since an old checkpoint.

    since: the file of the old checkpoint. checkpoint: the file of the new one; by default the last one that
    the ledger keeps.

    Raises what `prove_entry` raises.
    """
    with open_store(required_place(Path(folder))) as store:
        old = _opened(bytes_of(since, largest=_LARGEST_PROOF), ())[0]
        _require_origin(store, old)
        note, new = _checkpoint(store, checkpoint)
        if old.size > new.size:
            raise OutOfRange(f"the old checkpoint has {old.size} entries, and the new one only {new.size}")
        if store.root_at(old.size) != old.root:
            raise ProofError(f"the ledger had another root at {old.size} entries: it was rewritten since")
        path = consistency_path(store.node, old.size, new.size)
        check_consistency(old.size, new.size, path, old.root, new.root)
        return write_consistency_proof(ConsistencyProof(old.size, path, note))


def check_proof(
    proof: Path, verifiers: Sequence[Verifier], *, since: Path | None = None
) -> ProvenEntry | ProvenGrowth:
    """Check the file of a proof with nothing but the keys of those who are believed.

    since: the file of the old checkpoint, for a proof that a ledger only grew.

    Raises ProofError that says what does not hold, and FaultyInput if a file cannot be read.
    """
    raw = bytes_of(proof, largest=_LARGEST_PROOF)
    grows = raw.startswith(_GROWTH)
    if grows and since is None:
        raise ProofError("this proves that a ledger only grew; give the old checkpoint too (--checkpoint)")
    if since is None or not grows:
        return verify_inclusion_proof(raw, verifiers)
    held, _ = open_checkpoint(bytes_of(since, largest=_LARGEST_PROOF), verifiers)
    return verify_consistency_proof(raw, verifiers, held=held)


def _opened(raw: bytes, verifiers: Sequence[Verifier]) -> tuple[Checkpoint, tuple[str, ...]]:
    """Read a checkpoint, with its signatures checked if there are keys to check them with."""
    if not verifiers:
        return stated_checkpoint(raw), ()
    checkpoint, note = open_checkpoint(raw, verifiers)
    return checkpoint, tuple(note.names)


def _is_signed(note: str, verifiers: Sequence[Verifier]) -> bool:
    """Whether a known key of the ledger signed a checkpoint that it keeps, and its signature holds."""
    try:
        open_checkpoint(note, verifiers)
    except ProofError:
        return False
    return True


def _require_origin(store: Store, checkpoint: Checkpoint) -> None:
    if checkpoint.origin != store.origin:
        raise ProofError(
            f"the checkpoint is of the ledger {checkpoint.origin}, and this one is {store.origin}"
        )


def _checkpoint(store: Store, path: Path | None) -> tuple[str, Checkpoint]:
    """The signed head that a proof leads to, as it is written and as it is read."""
    if path is not None:
        raw = bytes_of(path, largest=_LARGEST_PROOF)
        read = stated_checkpoint(raw)
        _require_origin(store, read)
        if read.size > store.head().size or store.root_at(read.size) != read.root:
            raise ProofError("the checkpoint is of another ledger of this name: their entries differ")
        return raw.decode("utf-8"), read
    kept = store.checkpoints()
    if not kept:
        raise OutOfRange(
            "the ledger has no checkpoint to prove anything to; sign it with `watchgap ledger sign`"
        )
    return kept[-1], stated_checkpoint(kept[-1])


def _number_of(store: Store, entry: str) -> int:
    size = store.head().size
    if entry.isascii() and entry.isdecimal() and len(entry) <= len("1000000000"):
        if not 1 <= int(entry) <= size:
            raise UnknownName(f"the ledger has no entry {entry}; it has 1 to {size}")
        return int(entry)
    facts, sources = store.named(entry, "fact"), store.named(entry, "source")
    if facts and sources:
        numbers = f"{facts[-1].number} and {sources[-1].number}"
        raise UnknownName(f"'{entry[:80]}' is a fact and a source; give the number of the entry, {numbers}")
    if not facts and not sources:
        raise UnknownName(f"no fact and no source '{entry[:80]}' is in the ledger {store.origin}")
    return (*facts, *sources)[-1].number
