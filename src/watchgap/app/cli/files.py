"""Writes answers into a folder: every file is whole or, if anything fails, the older one stays as it was."""

import csv
import io
import os
import shutil
from collections.abc import Callable
from errno import EISDIR
from pathlib import Path
from typing import Any

from watchgap.base.errors import WatchgapError

_OF_A_CASE = ("case.yaml", "events.csv", "sources.csv", "ledger.url", "ledger.db")
_PRECIOUS = {b"SQLite format 3": "a database", b"PRIVATE+KEY+": "a secret key"}

Make = Callable[[Path], tuple[Path, ...]]


def write_whole(folder: Path, make: Make) -> tuple[Path, ...]:
    """Let `make` write files into a temporary folder, and move them into place once all are there.

    A failure or an interrupt leaves what was there before. Returns the paths written. Raises WatchgapError if
    the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Named before it is made, so that an interrupt at any moment still finds what to clear away.
        scratch = folder / f".watchgap-{os.getpid()}"
        try:
            scratch.mkdir()
            made = {path: folder / path.name for path in make(scratch)}
            for target in made.values():
                if target.is_dir():
                    raise IsADirectoryError(EISDIR, f"{target.name} is a folder there")
            return tuple(path.replace(target) for path, target in made.items())
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise WatchgapError(
            f"cannot write into {folder} ({error.strerror or error}); choose another --out"
        ) from error


def require_folder(folder: Path) -> None:
    """Make sure that no file stands where a folder is to be made. Raises WatchgapError, naming it."""
    for place in (folder, *folder.parents):
        try:
            if place.exists() and not place.is_dir():
                raise WatchgapError(f"cannot write into {folder} ('{place}' is a file); choose another --out")
        except OSError as error:
            raise WatchgapError(
                f"cannot write into {folder} ({error.strerror or error}); choose another --out"
            ) from error


def precious(path: Path) -> str:
    """Say what a file is that no output may ever replace; empty if it may."""
    if path.name in _OF_A_CASE and (path.parent / "case.yaml").exists():
        return "part of a case"
    try:
        with path.open("rb") as file:
            begin = file.read(64)
    except OSError:
        return "a file that cannot be read"
    return next((what for mark, what in _PRECIOUS.items() if begin.startswith(mark)), "")


def write_text(path: Path, text: str) -> Path:
    """Write a text as UTF-8 and give its path back."""
    path.write_text(text, encoding="utf-8")
    return path


def as_csv(table: dict[str, list[Any]]) -> str:
    """Write a tidy table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()
