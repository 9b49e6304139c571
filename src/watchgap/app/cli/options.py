"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

CaseFolder = Annotated[
    Path, typer.Argument(metavar="CASE", help="A case folder: case.yaml with its facts and sources.")
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Assess at the end of this day; by default the period's last."),
]
KnownOn = Annotated[
    str | None, typer.Option(metavar="DATE", help="Use only facts that were recorded by the end of this day.")
]
LedgerAt = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help="Use only the first N entries of the case's ledger, as a study names them."
    ),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Look ahead to the end of this day; by default the period's last."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Write figures (PNG and SVG), the answer as JSON and tables as CSV here."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON instead of tables.")]
Draws = Annotated[
    int, typer.Option(metavar="N", help="Draws of what is not known, a power of 2.", show_default=True)
]
Seed = Annotated[
    int, typer.Option(metavar="N", help="Seed of the draws: the same seed gives the same numbers.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Processes to work in; by default one for each processor. The numbers stay."
    ),
]
Claim = Annotated[
    str | None,
    typer.Option(metavar="CLAIM", help="The id of a claim; by default the first that has a number."),
]

By = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", envvar="WATCHGAP_RECORDER", help="Who enters it; by default the name of your account."
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over what was written there before.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything and write nothing.")]
DespiteClock = Annotated[
    bool,
    typer.Option("--despite-clock", help="Enter it though this computer's clock is behind the last entry."),
]

# They stand here, and not where they are used, because a command loads what it runs only when it runs.
DRAWS = 1024
PLAN_DRAWS = 256
SEED = 1993
POINTS = 64
