"""What the commands share at the terminal: days, consoles, JSON, and the bar of a long piece of work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from watchgap.base.errors import WatchgapError

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from watchgap.flow import LoadedCase, Sampling
    from watchgap.study import InquiryStudy, PlanStudy, RecoveryStudy, Study

Told = TypeVar("Told", "Study", "RecoveryStudy", "PlanStudy", "InquiryStudy")


def day(option: str, text: str | None) -> str | None:
    """Check how a day is written before anything is computed."""
    from watchgap.base.time import parse_day

    if text is not None:
        try:
            parse_day(text)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint=option) from None
    return text


def as_date(option: str, text: str | None) -> "date | None":
    """Read a day that may be left out."""
    from watchgap.base.time import parse_day

    return None if text is None else parse_day(str(day(option, text)))


def today() -> str:
    """Name the day on which an entry is made, as its author's calendar has it."""
    from datetime import datetime

    return datetime.now().astimezone().date().isoformat()


def recorder(name: str | None) -> str:
    """Say who makes an entry: the name given, or that of the account.

    Raises BadParameter if there is none.
    """
    from getpass import getuser

    if name is not None:
        return name
    try:
        return getuser()
    except (KeyError, OSError):
        raise typer.BadParameter("this account has no name; say who enters it", param_hint="--by") from None


def require_free(*paths: Path | None, replace: bool) -> None:
    """Make sure that nothing is lost where files are to be written.

    replace: whether files may be written over; never a ledger, a secret key, or what a case consists of.

    Raises WatchgapError, naming what stands in the way.
    """
    from watchgap.app.cli.files import precious

    for path in paths:
        if path is None or not path.is_file():
            continue
        if what := precious(path):
            raise WatchgapError(f"'{path}' is {what}; name another file")
        if not replace:
            raise WatchgapError(f"there is a file '{path}' already; name another, or add --replace")


def write_file(path: Path, text: str) -> None:
    """Write a file whole, or leave what was there. Raises LedgerError if it cannot be written."""
    from watchgap.exchange import drafts

    with drafts((path,)) as (draft,):
        draft.write_text(text, encoding="utf-8")


def loaded(case: Path, ledger_at: int | None) -> "LoadedCase":
    """Load the case of a command, as its ledger stood after so many entries."""
    from watchgap.flow import load

    return load(case, ledger_at=ledger_at)


def require_places(workbook: Path | None, folder: Path | None) -> None:
    """Make sure that a workbook and a folder of files can both be made, so that neither is without the other.

    Raises WatchgapError, naming what stands in the way.
    """
    if workbook is not None:
        from watchgap.sheets import require_place

        require_place(workbook)
    if folder is not None:
        from watchgap.app.cli.files import require_folder

        require_folder(folder)


def counts(option: str, texts: list[str]) -> dict[str, int]:
    """Read counts by name, each written as NAME=N."""
    read: dict[str, int] = {}
    for text in texts:
        name, equals, number = text.partition("=")
        if not equals or not name or not (number.isascii() and number.isdigit()):
            message = f"'{text[:60]}' is not a count; write it as ACTIVITY=N, such as rod-verification=40"
            raise typer.BadParameter(message, param_hint=option)
        if name in read:
            raise typer.BadParameter(f"'{name}' has two counts; give it one", param_hint=option)
        read[name] = int(number)
    return read


def console() -> "Console":
    """Make the console on which answers are printed."""
    from rich.console import Console

    # What a case says is text: `[red]` and `:skull:` in a name are printed as they stand there.
    return Console(markup=False, emoji=False, highlight=False)


def write_json(text: str) -> None:
    """Print JSON as UTF-8, whatever the terminal would take."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)


@contextmanager
def sampling(draws: int, seed: int, workers: int | None) -> Iterator["Sampling"]:
    """Give the sampling of a command, with a bar and the time left on a terminal's error stream."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from watchgap.flow import Sampling

    shown = Console(stderr=True)
    columns = (TextColumn("draws"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown, disable=not shown.is_terminal, transient=True) as progress:
        task = progress.add_task("draws", total=None)

        def tell(done: int, wanted: int) -> None:
            progress.update(task, completed=done, total=wanted)

        yield Sampling(draws=draws, seed=seed, workers=workers, progress=tell)


def say_if_interrupted(done: int, wanted: int) -> None:
    """Tell on the error stream that an interrupt left fewer draws than were asked for."""
    if done < wanted:
        sys.stderr.write(f"watchgap: interrupted; the answer rests on {done:,} of {wanted:,} draws\n")


def tell(
    study: Told, show: "Callable[[Told, Console], None]", written: tuple[Path, ...], *, as_json: bool
) -> None:
    """Print an answer and the files that were written of it, or the whole answer as JSON and nothing else."""
    from watchgap.study import study_json

    if as_json:
        write_json(study_json(study))
        return
    shown = console()
    show(study, shown)
    for path in written:
        shown.print(f"wrote {path}", soft_wrap=True)
