"""The commands that write into a ledger: start it, add a fact or a source, import a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchgap.app.cli import completion, terminal
from watchgap.app.cli.options import By, CaseFolder, DespiteClock, DryRun, Replace

if TYPE_CHECKING:
    from watchgap.flow import Entering, Kept


def init(
    case: CaseFolder,
    origin: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The ledger's name in checkpoints, such as example.org/site; made if left out.",
        ),
    ] = None,
    postgres: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Share it in PostgreSQL: postgresql://user@host:port/database#schema. By default a file.",
        ),
    ] = None,
    restore: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Take over the entries of an export (JSON Lines) exactly as they are."
        ),
    ] = None,
    by: By = None,
) -> None:
    """Start the ledger of a case with the facts and sources of its two files."""
    from watchgap.app.cli.render_ledger import print_kept
    from watchgap.flow import start_ledger

    kept = start_ledger(
        case, recorder=terminal.recorder(by), origin=origin, address=postgres, restore=restore
    )
    print_kept(kept, terminal.console())


def add(
    case: CaseFolder,
    kind: Annotated[str, typer.Argument(metavar="KIND", autocompletion=completion.kinds)],
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="What the fact is about; several with ';' between them.",
            autocompletion=completion.subjects,
        ),
    ],
    on: Annotated[str, typer.Option(metavar="DATE", help="When it was, or from when on.")],
    source: Annotated[
        list[str],
        typer.Option(
            metavar="KEY",
            help="The source that says so; give it again for more.",
            autocompletion=completion.sources,
        ),
    ],
    grade: Annotated[
        str, typer.Option(metavar="GRADE", help="A, B, C or D.", autocompletion=completion.grades)
    ],
    to: Annotated[str, typer.Option(metavar="DATE", help="Until when.")] = "",
    timing: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help="With --to: 'during' (it lasted) or 'between' (at an unknown time).",
            autocompletion=completion.timings,
        ),
    ] = "",
    detail: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A detail of it.", autocompletion=completion.details),
    ] = None,
    page: Annotated[str, typer.Option(metavar="TEXT", help="The page of the first source.")] = "",
    quote: Annotated[str, typer.Option(metavar="TEXT", help="What the source says, word for word.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What else there is to say.")] = "",
    read: Annotated[str, typer.Option(metavar="TEXT", help="How the source was read, such as 'read'.")] = "",
    recorded: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it became known; by default today.")
    ] = None,
    supersedes: Annotated[
        str,
        typer.Option(metavar="ID", help="The fact that this one corrects.", autocompletion=completion.facts),
    ] = "",
    name: Annotated[
        str, typer.Option("--id", metavar="ID", help="Its id; by default F and its number in the ledger.")
    ] = "",
    by: By = None,
    dry_run: DryRun = False,
    despite_clock: DespiteClock = False,
) -> None:
    """Add a fact to the ledger of a case, once it has been checked against the case."""
    from watchgap.flow import Additions, add_entries

    cells = {
        "id": name,
        "kind": kind,
        "subject": subject,
        "from": on,
        "to": to,
        "timing": timing,
        "recorded": terminal.today() if recorded is None else recorded,
        "detail": "; ".join(detail or ()),
        "sources": "; ".join(source),
        "grade": grade,
        "read": read,
        "quote": quote,
        "note": note,
        "supersedes": supersedes,
        "page": page,
    }
    row = {column: cell.strip() for column, cell in cells.items()}
    additions = Additions("the new fact", facts=((1, row),), by_hand=True)
    _tell(add_entries(case, additions, _entering(by, dry_run=dry_run, despite_clock=despite_clock)))


def source(
    case: CaseFolder,
    key: Annotated[str, typer.Argument(metavar="KEY", autocompletion=completion.sources)],
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Needed for a new source.")] = None,
    publisher: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    date: Annotated[str | None, typer.Option(metavar="TEXT", help="When it was published.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL")] = None,
    read: Annotated[str | None, typer.Option(metavar="TEXT", help="How it was read.")] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Attach this document: PDF, image or text.")
    ] = None,
    by: By = None,
    dry_run: DryRun = False,
    despite_clock: DespiteClock = False,
) -> None:
    """Add a source to the ledger of a case, say more about one, or attach its document."""
    from watchgap.flow import add_source

    given = {"title": title, "publisher": publisher, "date": date, "url": url, "read": read, "note": note}
    cells = {"key": key} | {column: text for column, text in given.items() if text is not None}
    entering = _entering(by, dry_run=dry_run, despite_clock=despite_clock)
    _tell(add_source(case, cells, entering, document=file))


def import_(
    case: CaseFolder,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CSV, XLSX, Parquet or JSON Lines; a log or list with --mapping; accounting reports with "
            "--reports and --mapping.",
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A YAML file: what the columns of a log, or the areas of reports, are."
        ),
    ] = None,
    reports: Annotated[
        str | None,
        typer.Option(metavar="DIALECT", help="Accounting reports: uk, code10-labelled or code10-fixed."),
    ] = None,
    layout: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The table of labels or columns of a State's own Code 10."),
    ] = None,
    strata: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the strata of the last listings here, for case.yaml."),
    ] = None,
    replace: Replace = False,
    by: By = None,
    dry_run: DryRun = False,
    despite_clock: DespiteClock = False,
) -> None:
    """Import facts and sources from a file: all of them, or none if any has a fault."""
    from watchgap.flow import Reading, import_file, import_reports, strata_of_reports

    entering = _entering(by, dry_run=dry_run, despite_clock=despite_clock)
    if reports is None:
        for option, value in (("--layout", layout), ("--strata", strata)):
            if value is not None:
                raise typer.BadParameter("it goes with --reports", param_hint=option)
        if len(files) > 1:
            raise typer.BadParameter("only accounting reports are read together", param_hint="FILE")
        _tell(import_file(case, files[0], entering, mapping=mapping))
        return
    if mapping is None:
        raise typer.BadParameter("--reports needs a mapping of their areas", param_hint="--mapping")
    terminal.require_free(strata, replace=replace)
    reading = Reading(reports, mapping, layout)
    proposed = strata_of_reports(files, reading) if strata is not None else ""
    _tell(import_reports(case, files, entering, reading))
    if strata is not None and not dry_run:
        terminal.write_file(strata, proposed)
        terminal.console().print(f"wrote {strata}", soft_wrap=True)


def trust(case: CaseFolder) -> None:
    """Trust the server of a case's shared ledger, which is asked for nothing before."""
    from watchgap.flow import trust_ledger

    terminal.console().print(f"{trust_ledger(case)} is trusted from now on.", soft_wrap=True)


def _entering(by: str | None, *, dry_run: bool, despite_clock: bool) -> "Entering":
    from watchgap.flow import Entering

    return Entering(terminal.recorder(by), dry_run=dry_run, despite_clock=despite_clock)


def _tell(kept: "Kept") -> None:
    from watchgap.app.cli.render_ledger import print_kept

    print_kept(kept, terminal.console())
