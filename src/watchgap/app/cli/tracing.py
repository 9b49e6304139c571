"""The command that goes from a number to the quotation that it rests on."""

from pathlib import Path
from typing import Annotated

import typer

from watchgap.app.cli import terminal
from watchgap.app.cli.options import SEED, AsJson, AsOf, CaseFolder, KnownOn, LedgerAt, Seed, Workers

_DEEPEST = 4


def names_of(ctx: typer.Context, incomplete: str) -> list[str]:
    """What the shell offers for NUMBER; a case that cannot be used offers nothing."""
    from watchgap.base.errors import WatchgapError
    from watchgap.flow import load
    from watchgap.study.origin_names import Names

    try:
        loaded = load(Path(str(ctx.params.get("case") or ".")))
    except (WatchgapError, OSError):
        return []
    names = Names.of(loaded.case, loaded.entries, loaded.sources)
    return [one for one in names.all() if one.startswith(incomplete)]


def why(
    case: CaseFolder,
    number: Annotated[
        str | None,
        typer.Argument(
            metavar="NUMBER",
            help="Such as gap.in-hand, core.items, or the id of a fact; without it the numbers are listed.",
            autocompletion=names_of,
        ),
    ] = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    ledger_at: LedgerAt = None,
    depth: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            max=_DEEPEST,
            help="How far down: 1 rule, 2 factors, 3 facts and numbers, 4 sources and reasons.",
        ),
    ] = _DEEPEST,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Draws of what is not known, a power of 2; 0 for medians alone.")
    ] = 0,
    seed: Seed = SEED,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Say where a number comes from: its rule, its factors, the facts and numbers, and their sources."""
    from watchgap.app.cli.render_why import print_explanation, print_numbers
    from watchgap.flow.origins import numbers
    from watchgap.flow.origins import why as explain
    from watchgap.study.origin import explanation_json

    day, recorded = terminal.day("--as-of", as_of), terminal.day("--known-on", known_on)
    # As a folder it has the lines of its declared numbers told.
    asked = case if ledger_at is None else terminal.loaded(case, ledger_at)
    with terminal.sampling(draws, seed, workers) as sampling:
        drawn = sampling if draws else None
        if number is None:
            listed = numbers(asked, as_of=day, known_on=recorded, sampling=drawn)
        else:
            told = explain(asked, number, as_of=day, known_on=recorded, sampling=drawn)
    if as_json:
        terminal.write_json(explanation_json(listed if number is None else told))
    elif number is None:
        print_numbers(listed, terminal.console())
    else:
        print_explanation(told, terminal.console(), depth=depth)
