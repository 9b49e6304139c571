#!/usr/bin/env python
"""Plays the tutorial through in a temporary folder and rewrites the outputs that it shows.

    python docs/make_tutorial.py

Blocks of the page are played in order, as a reader would:

- `console`: each line that begins with `$ ` is run (`watchgap ...`, and `cp -r FOLDER COPY`), and what it
  prints is put below it. `<!-- show: A ... B; C ... D -->` before the block keeps only the lines from the
  first that holds A to the next that holds B, and so on; `[...]` stands between lines that do not follow one
  another;
- `diff`: below `--- FILE`, lines with `-` are replaced by those with `+` (`@@` stands between two places);
  without any `-` the lines are added at the end of the file;
- `python`: the block is run as a script of its own, and a `text` block that follows at once gets what it
  prints.

Other blocks stay as they are. The tests compare the page with a fresh run.
"""

import io
import os
import re
import runpy
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from watchgap.app.cli import main as watchgap

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
WIDTH = 96
CUT = "[...]"
DONE_OR_REFUSED = (0, 2)

_BLOCK = re.compile(
    r"(?:^<!-- show: (?P<show>[^\n]+?) -->\n)?"
    r"^```(?P<kind>console|diff|python|text)\n(?P<body>.*?)^```\n\n?",
    re.MULTILINE | re.DOTALL,
)
_COLOURS = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "CLICOLOR_FORCE")


class CannotPlay(ValueError):
    """The page asks for something that cannot be done."""


def renewed(page: str) -> str:
    """The text of the page with fresh outputs. Raises CannotPlay if a block cannot be played."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve()
        shutil.copytree(ROOT / "cases", folder / "cases")
        return _Player(folder).play(page)


class _Player:
    """Plays blocks in one folder, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed: str | None = None  # by the Python block just before, if there was one
        self.until = 0

    def play(self, page: str) -> str:
        return _BLOCK.sub(self._block, page)

    def _block(self, found: re.Match[str]) -> str:
        body, printed = found["body"], self.printed
        follows = found.start() == self.until
        self.printed, self.until = None, found.end()
        if found["kind"] == "console":
            return _with_body(found, self._console(body, found["show"]))
        if found["kind"] == "diff":
            change(self.folder, body)
        elif found["kind"] == "python":
            self.printed = self._python(body)
        elif printed is not None and follows:
            return _with_body(found, printed)
        return found[0]

    def _console(self, body: str, show: str | None) -> str:
        commands = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
        if show is not None and len(commands) != 1:
            raise CannotPlay(f"a block of which a part is shown has one command, not {commands}")
        lines = []
        for command in commands:
            output = self._tidy(self._run(command))
            lines += [f"$ {command}", *(excerpt(output, show) if show is not None else output)]
        return "".join(f"{line}\n" for line in lines)

    def _run(self, command: str) -> str:
        name, *words = shlex.split(command)
        if name == "cp" and words[:1] == ["-r"] and len(words) == 3:
            shutil.copytree(self.folder / words[1], self.folder / words[2])
            return ""
        if name != "watchgap":
            raise CannotPlay(f"'{command}' is neither `watchgap ...` nor `cp -r FOLDER COPY`")
        with _reader(self.folder) as printed, patch.object(sys, "argv", [name, *words]):
            try:
                watchgap()
            except SystemExit as end:
                if (end.code or 0) not in DONE_OR_REFUSED:
                    raise CannotPlay(f"'{command}' ended with code {end.code}") from None
        return printed.getvalue()

    def _python(self, body: str) -> str:
        script = self.folder / "block.py"
        script.write_text(body, encoding="utf-8")
        with _reader(self.folder) as printed:
            runpy.run_path(str(script))
        script.unlink()
        return "".join(f"{line}\n" for line in self._tidy(printed.getvalue()))

    def _tidy(self, output: str) -> list[str]:
        """Without spaces at the end of lines, and with paths as they are seen from the folder."""
        lines = [line.rstrip() for line in output.replace(f"{self.folder}{os.sep}", "").splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        return lines


@contextmanager
def _reader(folder: Path) -> Iterator[io.StringIO]:
    """A reader who stands in the folder, before a terminal of a fixed width and without colour."""
    printed = io.StringIO()
    kept = {name: value for name, value in os.environ.items() if name not in _COLOURS}
    terminal = kept | {"COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    with (
        chdir(folder),
        patch.dict(os.environ, terminal, clear=True),
        redirect_stdout(printed),
        redirect_stderr(printed),
    ):
        yield printed


def _with_body(found: re.Match[str], body: str) -> str:
    start, end = (position - found.start() for position in found.span("body"))
    return found[0][:start] + body + found[0][end:]


def excerpt(lines: list[str], show: str) -> list[str]:
    """The lines that `show` asks for, and marks where others were. Raises CannotPlay if one is missing."""
    shown: list[str] = []
    position = 0
    for part in show.split("; "):
        first, _, last = part.partition(" ... ")
        begins = _line(lines, first, position)
        ends = _line(lines, last or first, begins)
        shown += [CUT] * (bool(shown) and begins > position) + lines[begins : ends + 1]
        position = ends + 1
    return shown


def _line(lines: list[str], text: str, position: int) -> int:
    for number in range(position, len(lines)):
        if text in lines[number]:
            return number
    raise CannotPlay(f"no line with '{text}' below line {position} of what was printed")


def change(folder: Path, body: str) -> None:
    """Make changes in files of the folder. Raises CannotPlay unless what is replaced is there just once."""
    path: Path | None = None
    hunk: list[str] = []
    for line in [*body.splitlines(), "@@"]:
        if line.startswith(("--- ", "@@")):
            if path is not None and hunk:
                _replace(path, hunk)
            path, hunk = folder / line[4:] if line.startswith("--- ") else path, []
        elif path is None:
            raise CannotPlay(f"a change begins with `--- FILE`, not with '{line}'")
        else:
            hunk.append(line)


def _replace(path: Path, hunk: list[str]) -> None:
    text = path.read_text(encoding="utf-8")
    old = "".join(f"{line[1:]}\n" for line in hunk if line[:1] in ("-", " "))
    new = "".join(f"{line[1:]}\n" for line in hunk if line[:1] in ("+", " "))
    if not old:
        text += new
    elif text.count(old) == 1:
        text = text.replace(old, new)
    else:
        raise CannotPlay(f"{path.name} holds what is to be replaced {text.count(old)} times:\n{old}")
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Renew the page in place."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(renewed(page), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
