"""Starts a case: a folder with a small, commented, invented case that can be checked and changed."""

import json
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from watchgap.base.errors import WatchgapError
from watchgap.case.schema import SCHEMA_FILE, case_schema

STARTER_FILES = ("case.yaml", "events.csv", "sources.csv")


def new_case(folder: Path) -> tuple[Path, ...]:
    """Write the starting case and its schema into a new or empty folder, and give the paths of the files.

    All files are there afterwards, or none: they are written beside their place and then moved into it.

    Raises WatchgapError if the folder holds anything, or if it cannot be written.
    """
    try:
        return _write_all(folder.absolute(), _contents())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        problem = f"cannot start a case in '{folder}' ({reason})"
        raise WatchgapError(f"{problem}; name a folder that can be written") from None


def _contents() -> dict[str, str]:
    starter = files("watchgap.case").joinpath("starter")
    contents = {name: starter.joinpath(name).read_text(encoding="utf-8") for name in STARTER_FILES}
    return contents | {SCHEMA_FILE: json.dumps(case_schema(), indent=1, ensure_ascii=False) + "\n"}


def _write_all(folder: Path, contents: dict[str, str]) -> tuple[Path, ...]:
    if folder.exists() and not folder.is_dir():
        raise WatchgapError(f"'{folder}' is a file; name a new or empty folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise WatchgapError(f"the folder '{folder}' is not empty; name a new or empty folder")
    existed = folder.is_dir()
    # An empty folder is filled and not replaced, because somebody may be standing in it.
    nearby = folder if existed else folder.parent
    nearby.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".watchgap-", dir=nearby) as beside:
        staging = Path(beside) / "case"
        staging.mkdir()
        for name, text in contents.items():
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
        if existed:
            _move_all(staging, folder, tuple(contents))
        else:
            staging.rename(folder)
    return tuple(folder / name for name in contents)


def _move_all(staging: Path, folder: Path, names: tuple[str, ...]) -> None:
    try:
        for name in names:
            (staging / name).rename(folder / name)
    except OSError:
        # The folder was empty, so whatever bears one of these names was moved here.
        for name in names:
            (folder / name).unlink(missing_ok=True)
        raise
