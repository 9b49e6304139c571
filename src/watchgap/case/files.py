"""Reads a file of a case folder, whatever lies there under its name, within bounds."""

import re
import stat
from pathlib import Path

from watchgap.base.errors import Fault

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no text of a case may hold: characters that steer a terminal, and halves of characters."""


def read_raw(path: Path, *, largest: int) -> tuple[bytes, tuple[Fault, ...]]:
    """Read the bytes of a file of at most so many bytes, or say why it cannot be read."""
    name = path.name
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return b"", (Fault(name, 1, "this is not a file", f"put a file {name} in its place"),)
        with path.open("rb") as file:
            raw = file.read(status.st_size + 1) if status.st_size <= largest else b""
            # A file can grow after its size was asked for, and some files of a system say that theirs is 0.
            if len(raw) > status.st_size:
                raw += file.read(largest + 1 - len(raw))
    except FileNotFoundError:
        return b"", (Fault(name, 1, "the file is not there", f"put a {name} into {path.parent}"),)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return b"", (Fault(name, 1, f"the file cannot be read ({reason})", "make it readable"),)
    size = max(status.st_size, len(raw))
    if size > largest:
        return b"", (Fault(name, 1, f"the file has {size} bytes", f"keep it under {largest} bytes"),)
    return raw, ()


def decode(raw: bytes, name: str) -> tuple[str, tuple[Fault, ...]]:
    """Decode the bytes of a file, or say where they are no text; a byte order mark is dropped."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.object[error.start]:#04x} is not UTF-8"
        return "", (Fault(name, line, problem, "save the file as UTF-8"),)
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        problem = f"the control character {ord(found[0]):#04x} stands here"
        return "", (Fault(name, line, problem, "remove it, and save the file as UTF-8"),)
    if not text.strip():
        return "", (Fault(name, 1, "the file is empty", "start from `watchgap new`"),)
    return text, ()
