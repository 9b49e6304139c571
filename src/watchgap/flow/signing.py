"""Signs the head of a case's ledger, and never two histories of one ledger with one key."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watchgap.base.errors import LedgerError, ProofError
from watchgap.chain import (
    Checkpoint,
    KeyType,
    Signer,
    Verifier,
    add_signature,
    sign_checkpoint,
    stated_checkpoint,
    stated_signers,
)
from watchgap.flow.keeping import required_place
from watchgap.flow.keyfiles import make_key, read_key, remember_signed, signed_last
from watchgap.store import Store, open_store, verify_store


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that was signed, as the text of its note, and the key with which others check it."""

    note: str
    verifier: Verifier


def sign_ledger(folder: str | Path, key: str | Path) -> Signed:
    """Sign the present head of a case's ledger, keep the checkpoint in the ledger, and give it back.

    The ledger is verified first, and has to contain what this key signed of it before: that stands in a file
    beside the key, `KEY.signed`. The ledger's own key has the ledger's name. The key of a witness adds its
    cosignature, with the time, to a checkpoint that the ledger's key signed.

    Raises LedgerError if there is no ledger, it is empty, does not verify or cannot be written; ProofError if
    the key is of something else, if it signed another history, or if there is nothing to cosign; FaultyInput
    if the key cannot be read.
    """
    key = Path(key)
    signer = read_key(key)
    with open_store(required_place(Path(folder)), write=True) as store, store.writing() as writer:
        _require_key(store, signer)
        verdict = verify_store(store)
        if verdict.findings:
            raise LedgerError(f"the ledger does not verify, and was not signed: {verdict.findings[0]}")
        head = Checkpoint(store.origin, verdict.size, verdict.root)
        if head.size == 0:
            raise LedgerError("the ledger is empty; there is nothing to sign")
        _require_same_history(store, signed_last(key, store.origin), head)
        note = _signed(store, head, signer)
        # First what is remembered, then what is signed: a kill between the two binds the key to nothing new.
        remember_signed(key, head)
        writer.keep_checkpoint(note)
    return Signed(note, signer.verifier)


def sign_with_new_key(
    folder: str | Path, key: str | Path, *, witness: str | None = None, another: bool = False
) -> Signed:
    """Make a key in a new file, and sign the head of a case's ledger with it.

    witness: make the key of a witness of this name, and not that of the ledger. another: make a key for the
    ledger though it was signed with one before, whose holders have to be told.

    Raises what `sign_ledger` and `make_key` raise, and ProofError if the ledger has a key already. Then no
    key is left.
    """
    key = Path(key)
    with open_store(required_place(Path(folder))) as store:
        origin, earlier = store.origin, _own_signers(store)
    if witness is not None and witness in ("", origin):
        raise ProofError("a witness is somebody else than the ledger, and has a name of its own")
    if witness is None and earlier and not another:
        problem = f"the ledger was signed with the key {origin}+{earlier[-1].hex()} before"
        raise ProofError(f"{problem}; sign with that, or say that another is wanted (--another-key)")
    make_key(key, origin if witness is None else witness, cosigns=witness is not None)
    try:
        return sign_ledger(folder, key)
    except BaseException:
        # Nobody was shown what it would check.
        key.unlink(missing_ok=True)
        raise


def _require_key(store: Store, signer: Signer) -> None:
    if signer.type is KeyType.SIGNATURE and signer.name != store.origin:
        problem = f"the key is of the ledger {signer.name}, and this one is {store.origin}"
        raise ProofError(f"{problem}; somebody else signs as a witness (--new-key --witness NAME)")
    if signer.type is KeyType.COSIGNATURE and signer.name == store.origin:
        raise ProofError("the key is a witness's and has the name of the ledger; a witness has its own")


def _require_same_history(store: Store, last: Checkpoint | None, head: Checkpoint) -> None:
    if last is None:
        return
    if last.size > head.size or store.root_at(last.size) != last.root:
        problem = f"this key signed another history of {last.origin}, of {last.size} entries"
        raise ProofError(f"{problem}; find out which one is right before anything is signed")


def _signed(store: Store, head: Checkpoint, signer: Signer) -> str:
    now = int(datetime.now(UTC).timestamp())
    for note in reversed(store.checkpoints()):
        if stated_checkpoint(note) == head and store.origin in [name for name, _ in stated_signers(note)]:
            return add_signature(note, signer, time=now)
    if signer.type is KeyType.COSIGNATURE:
        raise ProofError(f"there is nothing to cosign: {head.origin} has to sign this head first")
    return sign_checkpoint(head, [signer], time=now)


def _own_signers(store: Store) -> list[bytes]:
    """The ids of the keys of the ledger that are said to have signed what it keeps."""
    return [id_ for note in store.checkpoints() for name, id_ in stated_signers(note) if name == store.origin]
