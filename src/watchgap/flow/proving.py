"""Verifies the ledger of a case, signs its head, and proves to others what stands in it."""

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watchgap.base.errors import FaultyInput, LedgerError, OutOfRange, ProofError, UnknownName
from watchgap.case.files import read_raw
from watchgap.chain import (
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    Note,
    ProvenEntry,
    ProvenGrowth,
    Signer,
    Verifier,
    add_signature,
    consistency_path,
    inclusion_path,
    new_signer,
    open_checkpoint,
    read_signer,
    read_verifier,
    sign_checkpoint,
    stated_checkpoint,
    verify_consistency_proof,
    verify_inclusion_proof,
    write_consistency_proof,
    write_inclusion_proof,
)
from watchgap.flow.keeping import required_place
from watchgap.ledger import leaf_of
from watchgap.store import Store, Verdict, open_store, verify_store

_LARGEST_KEY = 10_000
_LARGEST_PROOF = 20_000_000
_PRIVATE_TO_OWNER = 0o600


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found about a ledger.

    place, origin: the ledger; verdict: what its own bytes tell; confirmed: the checkpoints from outside that
    it agrees with, each with the names of those whose signatures were checked.
    """

    place: str
    origin: str
    verdict: Verdict
    confirmed: tuple[tuple[Checkpoint, tuple[str, ...]], ...]

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
    opened = [_opened(_bytes_of(path, _LARGEST_PROOF), verifiers) for path in checkpoints]
    with open_store(place) as store:
        for checkpoint, _ in opened:
            _require_origin(store, checkpoint)
        verdict = verify_store(store, checkpoints=[checkpoint for checkpoint, _ in opened])
        # A verdict without findings has met every checkpoint; one with findings vouches for none.
        return Verification(str(place), store.origin, verdict, tuple(opened) if verdict.holds else ())


def sign_ledger(folder: str | Path, signer: Signer) -> str:
    """Sign the present head of a case's ledger, keep the checkpoint in the ledger, and give it back.

    The ledger is verified first: nothing is signed that does not hold. A signer with another name than the
    ledger's adds its signature to the last checkpoint that is kept, if that is of the same head.

    Raises LedgerError if there is no ledger, it is empty or does not verify, and ProofError if the key is not
    the ledger's and there is nothing to add its signature to.
    """
    place = required_place(Path(folder))
    with open_store(place, write=True) as store, store.writing() as writer:
        verdict = verify_store(store)
        if verdict.findings:
            raise LedgerError(f"the ledger does not verify, and was not signed: {verdict.findings[0]}")
        head = store.head()
        if head.size == 0:
            raise LedgerError("the ledger is empty; there is nothing to sign")
        now = int(datetime.now(UTC).timestamp())
        if signer.name == store.origin:
            note = sign_checkpoint(Checkpoint(store.origin, head.size, head.root), [signer], time=now)
        else:
            note = add_signature(_last_note(store, head.size, signer), signer, time=now)
        writer.keep_checkpoint(note)
        return note


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
        return write_inclusion_proof(InclusionProof(number - 1, path, note, leaf_of(posting)))


def prove_growth(folder: str | Path, since: Path, *, checkpoint: Path | None = None) -> str:
    """Write the proof that a case's ledger only grew since an old checkpoint.

    since: the file of the old checkpoint. checkpoint: the file of the new one; by default the last one that
    the ledger keeps.

    Raises what `prove_entry` raises.
    """
    with open_store(required_place(Path(folder))) as store:
        old = _opened(_bytes_of(since, _LARGEST_PROOF), ())[0]
        _require_origin(store, old)
        note, new = _checkpoint(store, checkpoint)
        if old.size > new.size:
            raise OutOfRange(f"the old checkpoint has {old.size} entries, and the new one only {new.size}")
        if store.root_at(old.size) != old.root:
            raise ProofError(f"the ledger had another root at {old.size} entries: it was rewritten since")
        path = consistency_path(store.node, old.size, new.size)
        return write_consistency_proof(ConsistencyProof(old.size, path, note))


def check_proof(
    proof: Path, verifiers: Sequence[Verifier], *, since: Path | None = None
) -> ProvenEntry | ProvenGrowth:
    """Check the file of a proof with nothing but the keys of those who are believed.

    since: the file of the old checkpoint, for a proof that a ledger only grew.

    Raises ProofError that says what does not hold, and FaultyInput if a file cannot be read.
    """
    raw = _bytes_of(proof, _LARGEST_PROOF)
    if since is None:
        return verify_inclusion_proof(raw, verifiers)
    held, _ = open_checkpoint(_bytes_of(since, _LARGEST_PROOF), verifiers)
    return verify_consistency_proof(raw, verifiers, held=held)


def make_key(path: Path, name: str, *, cosigns: bool = False) -> Signer:
    """Make a key that signs, and keep it in a new file that only its owner may read.

    Raises ProofError if the name cannot be that of a key, and LedgerError if the file cannot be made.
    """
    signer = new_signer(name, secrets.token_bytes(32), cosigns=cosigns)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_TO_OWNER)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{signer.text}\n")
    except FileExistsError:
        raise LedgerError(f"there is a file {path} already; name another for the new key") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise LedgerError(f"cannot write the key to {path} ({reason}); name another file") from None
    return signer


def read_key(path: Path) -> Signer:
    """Read a key that signs. Raises ProofError if the file holds none, FaultyInput if it cannot be read."""
    return read_signer(_text_of(path))


def read_verifiers(given: Iterable[str]) -> tuple[Verifier, ...]:
    """Read verifier keys, each given as text or as the name of a file that holds one.

    Raises ProofError if one is none, and FaultyInput if a file cannot be read.
    """
    return tuple(_verifier(text) for text in given)


def _verifier(text: str) -> Verifier:
    if "+" not in text and not Path(text).exists():
        raise ProofError(
            f"'{text[:80]}' is neither a verifier key, name+id+base64, nor a file that holds one"
        )
    return read_verifier(text if "+" in text else _text_of(Path(text)))


def ledger_origin(folder: str | Path) -> str:
    """Name the ledger of a case. Raises LedgerError if it has none."""
    with open_store(required_place(Path(folder))) as store:
        return store.origin


def _bytes_of(path: Path, largest: int) -> bytes:
    raw, faults = read_raw(path, largest=largest)
    if faults:
        raise FaultyInput(faults)
    return raw


def _text_of(path: Path) -> str:
    try:
        return _bytes_of(path, _LARGEST_KEY).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise ProofError(f"{path} holds no key; it is not even text") from None


def _opened(raw: bytes, verifiers: Sequence[Verifier]) -> tuple[Checkpoint, tuple[str, ...]]:
    """Read a checkpoint, with its signatures checked if there are keys to check them with."""
    if not verifiers:
        return stated_checkpoint(raw), ()
    checkpoint, note = open_checkpoint(raw, verifiers)
    return checkpoint, _names(note)


def _names(note: Note) -> tuple[str, ...]:
    return tuple(note.names)


def _require_origin(store: Store, checkpoint: Checkpoint) -> None:
    if checkpoint.origin != store.origin:
        raise ProofError(
            f"the checkpoint is of the ledger {checkpoint.origin}, and this one is {store.origin}"
        )


def _checkpoint(store: Store, path: Path | None) -> tuple[str, Checkpoint]:
    """The signed head that a proof leads to, as it is written and as it is read."""
    if path is not None:
        raw = _bytes_of(path, _LARGEST_PROOF)
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


def _last_note(store: Store, size: int, signer: Signer) -> str:
    for note in reversed(store.checkpoints()):
        if stated_checkpoint(note).size == size:
            return note
    raise ProofError(
        f"the key is of {signer.name}, and the ledger is {store.origin}, which has to sign this head first"
    )


def _number_of(store: Store, entry: str) -> int:
    size = store.head().size
    if entry.isascii() and entry.isdecimal() and len(entry) <= len("1000000000"):
        if not 1 <= int(entry) <= size:
            raise UnknownName(f"the ledger has no entry {entry}; it has 1 to {size}")
        return int(entry)
    found = (*store.named(entry, "fact"), *store.named(entry, "source"))
    if not found:
        raise UnknownName(f"no fact and no source '{entry[:80]}' is in the ledger {store.origin}")
    return found[-1].number
