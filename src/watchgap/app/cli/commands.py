"""The commands. Each imports what it needs when it runs, so that `watchgap --help` answers at once."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchgap.base.errors import CaseError, WatchgapError

if TYPE_CHECKING:
    from rich.console import Console

    from watchgap.study import Study

UNUSABLE_INPUT = 2

app = typer.Typer(
    name="watchgap",
    help="Nobody was watching for a while: what can still be said, what would settle it, and until when?",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    # Plain help: the rich one loads a Markdown parser and costs half a second.
    rich_markup_mode=None,
)

CaseFolder = Annotated[
    Path, typer.Argument(metavar="CASE", help="A case folder: case.yaml, events.csv, sources.csv.")
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Assess at the end of this day; by default the period's last."),
]
KnownOn = Annotated[
    str | None, typer.Option(metavar="DATE", help="Use only facts that were recorded by the end of this day.")
]


@app.command()
def check(case: CaseFolder) -> None:
    """List every fault of a case at once: where, what is wrong, what would be right."""
    from watchgap.flow import check as check_case

    faults = check_case(case)
    if faults:
        raise CaseError(faults)
    _console().print(f"No fault in {case}.", style="green", soft_wrap=True)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or empty.")],
) -> None:
    """Make a commented starting case that passes `check`."""
    from watchgap.case.new import new_case

    for path in new_case(folder):
        _console().print(f"wrote {path}", soft_wrap=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of case.yaml, for editors that complete and check."""
    import json

    from watchgap.case.schema import case_schema

    _write_json(json.dumps(case_schema(), indent=2) + "\n")


@app.command()
def brief(
    case: CaseFolder,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write figures (PNG and SVG), study.json and curves.csv here."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole study as JSON instead of tables.")
    ] = False,
) -> None:
    """Say what can still be said on a date, what it rests on, and what access would restore."""
    from watchgap.app.cli.render import print_brief
    from watchgap.flow import brief as run_brief
    from watchgap.study import study_json

    study = run_brief(case, as_of=_day("--as-of", as_of), known_on=_day("--known-on", known_on))
    written = _write_study(study, out) if out is not None else ()
    if as_json:
        _write_json(study_json(study))
        return
    console = _console()
    print_brief(study, console)
    for path in written:
        console.print(f"wrote {path}", soft_wrap=True)


@app.command()
def backtest(case: CaseFolder, as_of: AsOf = None, known_on: KnownOn = None) -> None:
    """Lay the computed curves against what officials said at the time."""
    from watchgap.app.cli.render import print_backtest
    from watchgap.flow import backtest as run_backtest

    result = run_backtest(case, as_of=_day("--as-of", as_of), known_on=_day("--known-on", known_on))
    print_backtest(result, _console())


def _write_study(study: "Study", folder: Path) -> tuple[Path, ...]:
    from watchgap.app.cli.files import write_study

    return write_study(study, folder)


def _day(option: str, text: str | None) -> str | None:
    from watchgap.base.time import parse_day

    if text is not None:
        try:
            parse_day(text)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint=option) from None
    return text


def _console() -> "Console":
    from rich.console import Console

    # What a case says is text: `[red]` and `:skull:` in a name are printed as they stand there.
    return Console(markup=False, emoji=False, highlight=False)


def _write_json(text: str) -> None:
    # JSON that goes elsewhere is UTF-8, whatever the terminal would take.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)


def _report(error: WatchgapError) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True)
    if isinstance(error, CaseError):
        for fault in error.faults:
            line = Text(str(fault))
            line.stylize("bold", 0, len(f"{fault.file}:{fault.line}: "))
            console.print(line)
        number = len(error.faults)
        console.print(Text(f"{number} fault{'s' if number != 1 else ''}; nothing was computed or written."))
    else:
        console.print(Text(f"watchgap: {error}", style="red"))


def _guarded(run: Callable[[], None]) -> None:
    """Turn what a person can mend into a message and exit code 2; a program's own fault stays a traceback."""
    try:
        try:
            run()
        finally:
            # Here, so that a reader that went away is noticed while something can be done about it.
            sys.stdout.flush()
    except WatchgapError as error:
        _report(error)
        raise SystemExit(UNUSABLE_INPUT) from None
    except BrokenPipeError:
        # The reader of a pipe went away; writing to it again at exit would only raise once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a sign shows a question mark.
            stream.reconfigure(errors="replace")
    _guarded(app)
