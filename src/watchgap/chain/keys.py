"""Keys that sign notes, in the text forms that other programs read too.

A verifier key is `name+id+base64(type, public key)` and may be shown to anyone; a signer key is
`PRIVATE+KEY+name+id+base64(type, seed)` and must be kept secret. The id is the beginning of a SHA-256 of
name, type and public key, in hexadecimal digits.

References
----------
"Note", C2SP, c2sp.org/signed-note; "Transparency Log Cosignatures", C2SP, c2sp.org/tlog-cosignature.
S. Josefsson, I. Liusvaara, "Edwards-Curve Digital Signature Algorithm (EdDSA)", RFC 8032, 2017.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from watchgap.base.errors import ProofError
from watchgap.chain.strict import read_base64, read_text, shown, write_base64

KEY_SIZE = 32
"""Length of a seed and of a public key [bytes]."""

_PRIVATE = "PRIVATE+KEY+"
_LONGEST_KEY = 2_048
_ID_SIZE = 4


class KeyType(IntEnum):
    """What a key signs: the note itself, or the note and the time at which it was seen."""

    SIGNATURE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key that checks signatures: whose it is, its 32 public bytes, and what it signs.

    Raises ProofError if the name is empty, has a space or a plus sign, or if the key has another length.
    """

    name: str
    key: bytes
    type: KeyType = KeyType.SIGNATURE

    def __post_init__(self) -> None:
        _require_key(self.name, self.key, "public key")

    @property
    def id(self) -> bytes:
        """The 4 bytes that, with the name, say which key signed."""
        return sha256(self.name.encode("utf-8") + b"\n" + bytes([self.type]) + self.key).digest()[:_ID_SIZE]

    @property
    def text(self) -> str:
        """The verifier key as text."""
        return f"{self.name}+{self.id.hex()}+{write_base64(bytes([self.type]) + self.key)}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs: whose it is, its 32 secret bytes, and what it signs.

    Raises ProofError if the name is empty, has a space or a plus sign, or if the seed has another length.
    """

    name: str
    seed: bytes = field(repr=False)
    type: KeyType = KeyType.SIGNATURE

    def __post_init__(self) -> None:
        _require_key(self.name, self.seed, "seed")

    @property
    def verifier(self) -> Verifier:
        """The key that checks what this one signs."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return Verifier(self.name, public, self.type)

    @property
    def text(self) -> str:
        """The signer key as text, which is secret."""
        key = write_base64(bytes([self.type]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{key}"


def new_signer(name: str, seed: bytes, *, cosigns: bool = False) -> Signer:
    """Make a signer from a name and 32 bytes that nobody can guess; the caller draws them.

    The signer of a ledger has the origin of the ledger as its name. One that cosigns states the time at which
    it saw a checkpoint, as witnesses do. Raises ProofError as `Signer` does.
    """
    return Signer(name, seed, KeyType.COSIGNATURE if cosigns else KeyType.SIGNATURE)


def read_verifier(text: str) -> Verifier:
    """Read a verifier key; ProofError if it is none, or if its id is not that of name and key."""
    text = read_text(text, _LONGEST_KEY, "a verifier key")
    if text.startswith(_PRIVATE):
        raise ProofError("this is a signer key, which is secret; its verifier key is meant to be shown")
    name, stated, kind, public = _parts(text, "verifier key name+id+base64")
    verifier = Verifier(name, public, kind)
    if verifier.id.hex() != stated:
        raise ProofError(f"verifier key of {shown(name)}: its id is {verifier.id.hex()}, not {shown(stated)}")
    return verifier


def read_signer(text: str) -> Signer:
    """Read a signer key; ProofError if it is none, or if its id is not that of name and key.

    No message repeats any of it but the name.
    """
    text = read_text(text, _LONGEST_KEY, "a signer key")
    if not text.startswith(_PRIVATE):
        raise ProofError(f"a signer key begins with {_PRIVATE}")
    name, stated, kind, seed = _parts(text.removeprefix(_PRIVATE), f"signer key {_PRIVATE}name+id+base64")
    signer = Signer(name, seed, kind)
    if signer.verifier.id.hex() != stated:
        raise ProofError(f"signer key of {shown(name)}: its id is not that of its name and seed")
    return signer


def name_problem(name: str) -> str | None:
    """Say why a text cannot be the name of a key; None if it can.

    A name is not empty and has neither spaces of any alphabet nor control characters nor plus signs.
    """
    if not name:
        return "the name of a key is empty"
    if any(letter.isspace() or letter < " " or letter == "+" for letter in name):
        return f"the name of a key has a space, a control character or a plus sign: {shown(name)}"
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return f"the name of a key is not text in UTF-8: {shown(name)}"
    return None


def _require_key(name: str, key: bytes, what: str) -> None:
    if problem := name_problem(name):
        raise ProofError(problem)
    if len(key) != KEY_SIZE:
        raise ProofError(f"key of {shown(name)}: its {what} has {len(key)} bytes, not {KEY_SIZE}")


def _parts(text: str, form: str) -> tuple[str, str, KeyType, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise ProofError(f"this is no {form}: it has {len(parts)} parts")
    name, stated, coded = parts
    if problem := name_problem(name):
        raise ProofError(problem)
    try:
        read = read_base64(coded, "")
    except ProofError:
        read = b""
    if len(read) != KEY_SIZE + 1:
        raise ProofError(f"key of {shown(name)}: after the id stands no base64 of {KEY_SIZE + 1} bytes")
    if read[0] not in tuple(KeyType):
        raise ProofError(
            f"key of {shown(name)}: its type is {read[0]}; Ed25519 has {KeyType.SIGNATURE:d}, "
            f"and {KeyType.COSIGNATURE:d} for cosignatures"
        )
    return name, stated, KeyType(read[0]), read[1:]
