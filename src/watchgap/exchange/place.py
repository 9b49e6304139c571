"""Puts files in their place when they are whole, or leaves what was there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from watchgap.base.errors import LedgerError


@contextmanager
def drafts(places: tuple[Path, ...]) -> Iterator[tuple[Path, ...]]:
    """Give the path of a draft beside each place, and move the drafts there when all went well.

    Several files are moved one after the other, after all of them are whole on the disk.

    Raises LedgerError if a file cannot be written; then no place has changed, and no draft is left.
    """
    for place in places:
        _require(place)
    mark = secrets.token_hex(4)
    parts = tuple(place.with_name(f".{place.name}.{mark}.part") for place in places)
    try:
        yield parts
        for part in parts:
            _settle(part)
        for part, place in zip(parts, places, strict=True):
            part.replace(place)
    except OSError as error:
        raise _refused(places[0], error.strerror or str(error)) from error
    finally:
        for part in parts:
            # Where nothing could be made, nothing can be removed either; the error that came first is told.
            with suppress(OSError):
                part.unlink()


def _settle(part: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _require(place: Path) -> None:
    try:
        taken, housed = place.is_dir(), place.parent.is_dir()
        odd = os.path.lexists(place) and not place.is_file()
    except (OSError, ValueError) as error:
        raise _refused(place, str(error)) from error
    if taken:
        raise _refused(place, "a folder is there")
    if odd:
        # A device, or a link to nowhere: to put a file in its place would take it away from everybody.
        raise _refused(place, "what is there is no ordinary file")
    if not housed:
        raise _refused(place, f"there is no folder '{place.parent}'")


def _refused(place: Path, reason: str) -> LedgerError:
    return LedgerError(f"cannot write '{place}' ({reason}); name a file in a folder that is there")
