"""Text read strictly: what could be written in two ways is refused, so that what was signed has one form."""

import re
from base64 import b64decode, b64encode

from watchgap.base.errors import ProofError
from watchgap.chain.hashes import HASH_SIZE
from watchgap.chain.record import LARGEST_SIZE

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SHOWN = 40


def read_text(data: str | bytes, longest: int, what: str) -> str:
    """Read a text in UTF-8 of at most `longest` bytes, without control characters but the newline.

    Raises ProofError that names what was to be read.
    """
    if len(data) > longest:
        raise ProofError(f"{what} is longer than {longest} bytes")
    try:
        raw = data if isinstance(data, bytes) else data.encode("utf-8")
        text = raw.decode("utf-8")
    except UnicodeError:
        raise ProofError(f"{what} is not text in UTF-8") from None
    if len(raw) > longest:
        raise ProofError(f"{what} is longer than {longest} bytes")
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise ProofError(
            f"{what}, line {line}: has the control character {control[0]!r}; lines end with a newline alone"
        )
    return text


def read_number(text: str, what: str) -> int:
    """Read a number from 0 to 2**63 - 1 in decimal digits without leading zeros; ProofError otherwise."""
    if not _NUMBER.fullmatch(text) or (number := int(text)) > LARGEST_SIZE:
        raise ProofError(
            f"{what}: {shown(text)} is not a number from 0 to {LARGEST_SIZE} without leading zeros"
        )
    return number


def read_base64(text: str, what: str) -> bytes:
    """Read bytes from the one base64 text that means them; ProofError otherwise."""
    try:
        read = b64decode(text, validate=True)
    except ValueError:
        read = None
    if read is None or write_base64(read) != text:
        raise ProofError(f"{what}: {shown(text)} is not base64 with its padding and nothing else")
    return read


def read_hash(text: str, what: str) -> bytes:
    """Read a hash of 32 bytes from base64; ProofError otherwise."""
    read = read_base64(text, what)
    if len(read) != HASH_SIZE:
        raise ProofError(f"{what}: {shown(text)} stands for {len(read)} bytes, where a hash has {HASH_SIZE}")
    return read


def write_base64(data: bytes) -> str:
    """Write bytes as base64."""
    return b64encode(data).decode("ascii")


def shown(text: str) -> str:
    """Quote the beginning of a text so that a terminal only shows it."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
