"""Reads and makes the files of keys, and remembers beside a key what it signed last."""

import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path

from watchgap.base.errors import FaultyInput, LedgerError, ProofError
from watchgap.case.files import read_raw
from watchgap.chain import Checkpoint, Signer, Verifier, new_signer, read_signer, read_verifier
from watchgap.exchange import drafts

_LARGEST_KEY = 10_000
_LARGEST_MEMORY = 1_000_000
_PRIVATE_TO_OWNER = 0o600
_MEMORY = ".signed"


def make_key(path: Path, name: str, *, cosigns: bool = False) -> Signer:
    """Make a key that signs, and keep it in a new file that only its owner may read.

    cosigns: whether it is a witness's, which states the time at which it saw a checkpoint.

    Raises ProofError if the name cannot be that of a key, and LedgerError if the file cannot be made.
    """
    signer = new_signer(name, secrets.token_bytes(32), cosigns=cosigns)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_TO_OWNER)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{signer.text}\n")
            file.flush()
            os.fsync(file.fileno())
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


def bytes_of(path: Path, *, largest: int) -> bytes:
    """Read a file that a person named. Raises FaultyInput if it is not there or cannot be read."""
    raw, faults = read_raw(path, largest=largest)
    if faults:
        raise FaultyInput.of(str(path), faults[0].problem, "name a file that is there and can be read")
    return raw


def signed_last(key: Path, origin: str) -> Checkpoint | None:
    """Say what a key signed last of a ledger, as far as the file beside it knows.

    Raises ProofError if that file cannot be read: without it a key must not sign.
    """
    return _memory(key).get(origin)


def remember_signed(key: Path, checkpoint: Checkpoint) -> None:
    """Write down what a key is about to sign, on the disk before the signature leaves.

    Raises LedgerError if that cannot be written, and ProofError if what is there cannot be read.
    """
    memory = _memory(key) | {checkpoint.origin: checkpoint}
    lines = [f"{one.origin} {one.size} {b64encode(one.root).decode()}\n" for one in memory.values()]
    with drafts((_memory_of(key),)) as (draft,):
        draft.write_text("".join(lines), encoding="utf-8")


def _memory_of(key: Path) -> Path:
    return key.with_name(f"{key.name}{_MEMORY}")


def _memory(key: Path) -> dict[str, Checkpoint]:
    path = _memory_of(key)
    if not os.path.lexists(path):
        return {}
    try:
        lines = bytes_of(path, largest=_LARGEST_MEMORY).decode("utf-8").splitlines()
        read = [line.split(" ") for line in lines]
        return {origin: Checkpoint(origin, int(size), b64decode(root)) for origin, size, root in read}
    except (FaultyInput, ValueError) as error:
        problem = f"{path}, which remembers what the key signed, cannot be read ({error})"
        raise ProofError(f"{problem}; put it back as it was") from None


def _verifier(text: str) -> Verifier:
    if "+" in text:
        return read_verifier(text)
    if not Path(text[:1000]).exists():
        problem = f"'{text[:80]}' is neither a verifier key nor a file that holds one"
        raise ProofError(f"{problem}; a key is written name+id+base64")
    return read_verifier(_text_of(Path(text)))


def _text_of(path: Path) -> str:
    try:
        return bytes_of(path, largest=_LARGEST_KEY).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise ProofError(f"{path} holds no key; it is not even text") from None
