"""Reads a document that is to be attached to a source, and says by its bytes what it is."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

from watchgap.base.errors import FaultyInput
from watchgap.case.files import read_raw

LARGEST_DOCUMENT = 64_000_000
_LONGEST_NAME = 120
_TEXT = "text/plain"

# The first bytes of what may be attached; a name says nothing about what a file holds.
_BEGINNINGS: tuple[tuple[str, str, Callable[[bytes], bool]], ...] = (
    ("application/pdf", "pdf", lambda raw: raw.startswith(b"%PDF-")),
    ("image/png", "png", lambda raw: raw.startswith(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", "jpg", lambda raw: raw.startswith(b"\xff\xd8\xff")),
    ("image/tiff", "tiff", lambda raw: raw.startswith((b"II*\x00", b"MM\x00*"))),
    ("image/gif", "gif", lambda raw: raw.startswith((b"GIF87a", b"GIF89a"))),
    ("image/webp", "webp", lambda raw: raw.startswith(b"RIFF") and raw[8:12] == b"WEBP"),
)
ENDINGS = {media: ending for media, ending, _ in _BEGINNINGS} | {_TEXT: "txt"}
"""The ending of a file's name for each type that can be attached."""


def read_document_file(path: Path) -> tuple[bytes, str]:
    """Read a document and find its type: PDF, PNG, JPEG, TIFF, GIF, WebP or text in UTF-8.

    Raises FaultyInput if it cannot be read, is empty or too large, or is of no type that can be attached.
    """
    raw, faults = read_raw(path, largest=LARGEST_DOCUMENT)
    if faults:
        raise FaultyInput(faults)
    for media, _, fits in _BEGINNINGS:
        if fits(raw):
            return raw, media
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text.strip() or "\0" in text:
        problem = f"the file '{path.name[:_LONGEST_NAME]}' is neither PDF, image nor text in UTF-8"
        raise FaultyInput.of(path.name, problem, "convert it to PDF, and attach that")
    return raw, _TEXT


def plain_name(name: str) -> str:
    """Reduce the name of a document to a name: no folder, no character that steers, and not long."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"/\\|?*')
    return kept.strip(". ")[-_LONGEST_NAME:] or "document"


def carried_name(digest: str, media: str) -> str:
    """Name the file in which an attachment is carried out: by its digest, whatever its own name was."""
    return f"{digest}.{ENDINGS.get(media, 'bin')}"
