"""The command line in this process, and a case folder whose texts look like markup."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from watchgap.app.cli import main

STARTER = Path(str(files("watchgap.case").joinpath("starter")))
FILES = ("case.yaml", "events.csv", "sources.csv")


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `watchgap ARGUMENTS` on a terminal of 120 columns without colours, unless told otherwise."""
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")

    def ran(*arguments: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["watchgap", *(str(one) for one in arguments)])
        capsys.readouterr()
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code
        else:
            code = 0
        out, err = capsys.readouterr()
        assert isinstance(code, int)
        return Answer(code, out, err)

    return ran


def copy_of_starter(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_bytes((STARTER / name).read_bytes())
    return folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_of_starter(tmp_path / "case")


@pytest.fixture(scope="session")
def starter() -> Path:
    return STARTER


_MARKUP = (
    ("case.yaml", "Northmere spent fuel store (invented)", "[red]Store[/red] [/] :skull: [link=x]"),
    ("case.yaml", "name: film camera over the pond", 'name: "[/] [bold]camera[/] :smile:"'),
    ("case.yaml", "text: Assemblies are lifted into a cask, and", 'text: "[red]Lifted[/], and'),
    ("case.yaml", "the cask leaves by the gate.", 'the cask [/leaves] by the gate."'),
    ("case.yaml", "name: change of film and battery", 'name: "[/] film [blink]"'),
    ("case.yaml", "say: cannot be concluded", 'say: "[red]nothing[/blue]"'),
    ("case.yaml", "- continuity of knowledge is degrading", '- "[/] less"'),
    ("case.yaml", "text: No assembly has been taken", 'text: "[/claim] No assembly has been taken'),
    ("case.yaml", "from the pond since the beginning of 2021.", 'from the pond since [2021]."'),
    ("events.csv", "rung=continuity of knowledge is degrading", "rung=[/] less"),
)
_FACT = "m1,raised,[red]rods[/],2021-01-15,,at,,claims=as-declared; what=[/] [green]two rods,invented,A,,,,\n"


@pytest.fixture
def marked(case: Path) -> Path:
    """The case with what Rich would take for markup wherever a text can stand."""
    for name, old, new in _MARKUP:
        text = (case / name).read_text(encoding="utf-8")
        assert old in text, old
        (case / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with (case / "events.csv").open("a", encoding="utf-8") as events:
        events.write(_FACT)
    return case
