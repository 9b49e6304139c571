"""The commands. Each imports what it needs when it runs, so that `watchgap --help` answers at once."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchgap.app.cli import audit, forward, ledger, terminal, tracing
from watchgap.app.cli.options import SEED, AsJson, AsOf, CaseFolder, KnownOn, LedgerAt, Out, Seed, Workers
from watchgap.base.errors import CaseError, FaultyInput, WatchgapError

if TYPE_CHECKING:
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


@app.command()
def check(case: CaseFolder) -> None:
    """List every fault of a case at once: where, what is wrong, what would be right."""
    from watchgap.flow import check as check_case

    faults = check_case(case)
    if faults:
        raise CaseError(faults)
    terminal.console().print(f"No fault in {case}.", style="green", soft_wrap=True)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or empty.")],
) -> None:
    """Make a commented starting case that passes `check`."""
    from watchgap.case.new import new_case

    for path in new_case(folder):
        terminal.console().print(f"wrote {path}", soft_wrap=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of case.yaml, for editors that complete and check."""
    import json

    from watchgap.case.schema import case_schema

    terminal.write_json(json.dumps(case_schema(), indent=2) + "\n")


@app.command()
def brief(
    case: CaseFolder,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    ledger_at: LedgerAt = None,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Draws of what is not known, a power of 2; 0 for medians alone.")
    ] = 0,
    seed: Seed = SEED,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say what can still be said on a date, what it rests on, and what access would restore."""
    from watchgap.app.cli.render import print_brief
    from watchgap.flow import brief as run_brief

    day, recorded = terminal.day("--as-of", as_of), terminal.day("--known-on", known_on)
    if draws:
        with terminal.sampling(draws, seed, workers) as sampling:
            study = run_brief(
                terminal.loaded(case, ledger_at), as_of=day, known_on=recorded, sampling=sampling
            )
        terminal.say_if_interrupted(study.origin.draws, draws)
    else:
        study = run_brief(terminal.loaded(case, ledger_at), as_of=day, known_on=recorded)
    written = _write_study(study, out) if out is not None else ()
    terminal.tell(study, print_brief, written, as_json=as_json)


@app.command()
def backtest(
    case: CaseFolder, as_of: AsOf = None, known_on: KnownOn = None, ledger_at: LedgerAt = None
) -> None:
    """Lay the computed curves against what officials said at the time."""
    from watchgap.app.cli.render import print_backtest
    from watchgap.flow import backtest as run_backtest

    day, recorded = terminal.day("--as-of", as_of), terminal.day("--known-on", known_on)
    result = run_backtest(terminal.loaded(case, ledger_at), as_of=day, known_on=recorded)
    print_backtest(result, terminal.console())


ledger_app = typer.Typer(
    name="ledger",
    help="Keep the facts of a case so that they can be trusted: sourced, never erased, provably unaltered.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
ledger_app.command()(ledger.init)
ledger_app.command()(ledger.add)
ledger_app.command()(ledger.source)
ledger_app.command("import")(ledger.import_)
ledger_app.command()(audit.export)
ledger_app.command()(audit.log)
ledger_app.command()(audit.diff)
ledger_app.command()(audit.verify)
ledger_app.command()(audit.sign)
ledger_app.command()(audit.prove)
ledger_app.command()(ledger.trust)
app.add_typer(ledger_app)

app.command()(forward.recover)
app.command()(forward.plan)
app.command()(forward.sensitivity)
app.command()(tracing.why)


def _write_study(study: "Study", folder: Path) -> tuple[Path, ...]:
    from watchgap.app.cli.outputs import write_study

    return write_study(study, folder)


def _report(error: WatchgapError) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True)
    if isinstance(error, FaultyInput):
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
