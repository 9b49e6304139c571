"""Signed notes: a text, a blank line, and a line for each signature.

A signature line is an em dash, the name of the key, and base64 of the key's id and the signature, with a
space between each. Signatures of unknown keys are ignored, so that others may add theirs; a bad signature of
a known key spoils the whole note.

References
----------
"Note", C2SP, c2sp.org/signed-note; "Transparency Log Cosignatures", C2SP, c2sp.org/tlog-cosignature.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from watchgap.base.errors import ProofError
from watchgap.chain.keys import KeyType, Signer, Verifier, name_problem
from watchgap.chain.strict import read_base64, read_text, shown, write_base64

MOST_SIGNATURES = 100
"""More on one note are refused; programs must take 16 at least."""

LONGEST_NOTE = 1_000_000
"""Longer notes are refused [bytes]."""

_DASH = "\N{EM DASH}"
_LATEST = 2**63 - 1
_ID_SIZE = 4
_TIME_SIZE = 8


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that holds: by which key, and when, if it says so.

    time: seconds from the beginning of 1970 [s], for cosignatures.
    """

    verifier: Verifier
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A text, and the signatures of known keys on it, all of which hold."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the keys that signed, each once."""
        return tuple(dict.fromkeys(signature.verifier.name for signature in self.signatures))


@dataclass(frozen=True, slots=True)
class _Line:
    """A signature line as it stands: line number, text, name, id of the key, what the key made."""

    number: int
    text: str
    name: str
    id: bytes
    made: bytes


def sign_note(text: str, signers: Sequence[Signer], *, time: int | None = None) -> str:
    """Sign a text.

    Parameters
    ----------
    text:
        One or more lines, the last of which ends with a newline too.
    signers:
        Keys, in the order in which their signatures will stand.
    time:
        Seconds from the beginning of 1970 [s]; cosignatures state it.

    Returns
    -------
    The signed note.

    Raises
    ------
    ProofError if the text cannot be that of a note, or a cosignature has no time.
    """
    if not text.endswith("\n"):
        raise ProofError("the text of a note ends with a newline")
    lines = [_signature_line(text, signer, time) for signer in signers]
    note = f"{text}\n{''.join(lines)}"
    _split(note)
    return note


def add_signature(note: str, signer: Signer, *, time: int | None = None) -> str:
    """Sign a signed note too; an earlier signature of the same key gives way.

    It does not check what others signed: `open_note` does. time: seconds from the beginning of 1970 [s].
    Raises ProofError as `sign_note` does, and if this is no signed note.
    """
    text, lines = _split(note)
    verifier = signer.verifier
    kept = [line.text for line in lines if (line.name, line.id) != (verifier.name, verifier.id)]
    longer = "\n".join((text, *kept, _signature_line(text, signer, time)))
    _split(longer)
    return longer


def open_note(note: str | bytes, verifiers: Sequence[Verifier]) -> Note:
    """Check the signatures of a note, and only then read its text.

    Parameters
    ----------
    note:
        The signed note; bytes are as they lie in a file.
    verifiers:
        The known keys.

    Returns
    -------
    The text, with the signatures of known keys.

    Raises
    ------
    ProofError if this is no signed note, if a signature of a known key does not hold, or if there is none.
    """
    text, lines = _split(note)
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.id), verifier) != verifier:
            raise ProofError(f"two known keys have the name {shown(verifier.name)} and the same id")
    found = [
        _checked(text, line, known[line.name, line.id]) for line in lines if (line.name, line.id) in known
    ]
    if not found:
        signed = ", ".join(f"{shown(line.name)} ({line.id.hex()})" for line in lines[:3])
        raise ProofError(f"none of the {len(known)} known keys signed this note; it is signed by {signed}")
    return Note(text, tuple(dict.fromkeys(found)))


def stated_text(note: str | bytes) -> str:
    """Read the text of a signed note without checking who signed it.

    Raises ProofError if this is no signed note.
    """
    return _split(note)[0]


def stated_signers(note: str | bytes) -> tuple[tuple[str, bytes], ...]:
    """Name the keys that are said to have signed a note, each with its id, without checking a signature.

    Raises ProofError if this is no signed note.
    """
    return tuple((line.name, line.id) for line in _split(note)[1])


def _split(note: str | bytes) -> tuple[str, list[_Line]]:
    whole = read_text(note, LONGEST_NOTE, "the note")
    end = whole.rfind("\n\n")
    if end < 0 or end + 2 == len(whole):
        raise ProofError("the note has no signatures: they stand after a blank line")
    if not whole.endswith("\n"):
        raise ProofError("the last line of the note does not end with a newline")
    text = whole[: end + 1]
    rows = whole[end + 2 : -1].split("\n", MOST_SIGNATURES)
    if len(rows) > MOST_SIGNATURES:
        raise ProofError(f"the note has more than {MOST_SIGNATURES} signatures")
    first = text.count("\n") + 2
    return text, [_read_line(row, number) for number, row in enumerate(rows, first)]


def _read_line(row: str, number: int) -> _Line:
    where = f"the note, line {number}"
    parts = row.split(" ", 3)
    if len(parts) != 3 or parts[0] != _DASH or name_problem(parts[1]):
        raise ProofError(f"{where}: {shown(row)} is no signature: {_DASH} name base64")
    made = read_base64(parts[2], where)
    if len(made) <= _ID_SIZE:
        raise ProofError(f"{where}: the signature of {shown(parts[1])} is empty")
    return _Line(number, row, parts[1], made[:_ID_SIZE], made[_ID_SIZE:])


def _message(text: str, time: int | None) -> bytes:
    stamp = "" if time is None else f"cosignature/v1\ntime {time}\n"
    return (stamp + text).encode("utf-8")


def _signature_line(text: str, signer: Signer, time: int | None) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    stamp = b""
    if signer.type is KeyType.SIGNATURE:
        time = None
    elif time is None or not 0 <= time <= _LATEST:
        raise ProofError(
            f"a cosignature of {shown(signer.name)} needs its time, from 0 to {_LATEST} s, not {time}"
        )
    else:
        stamp = time.to_bytes(_TIME_SIZE, "big")
    read_text(text, LONGEST_NOTE, "the text of the note")
    made = Ed25519PrivateKey.from_private_bytes(signer.seed).sign(_message(text, time))
    return f"{_DASH} {signer.name} {write_base64(signer.verifier.id + stamp + made)}\n"


def _checked(text: str, line: _Line, verifier: Verifier) -> Signature:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    made, time = line.made, None
    if verifier.type is KeyType.COSIGNATURE:
        made, time = made[_TIME_SIZE:], int.from_bytes(made[:_TIME_SIZE], "big")
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(made, _message(text, time))
    except (InvalidSignature, ValueError):
        raise ProofError(
            f"the note, line {line.number}: the signature of {shown(line.name)} ({line.id.hex()}) does not "
            "hold: text or signature was altered"
        ) from None
    if time is not None and time > _LATEST:
        raise ProofError(f"the note, line {line.number}: its time is above {_LATEST} s")
    return Signature(verifier, time)
