"""The commands that look ahead: what would restore a claim, by which plan, and what to ask for first."""

from pathlib import Path
from typing import Annotated

import typer

from watchgap.app.cli import terminal
from watchgap.app.cli.options import (
    DRAWS,
    PLAN_DRAWS,
    POINTS,
    SEED,
    AsJson,
    AsOf,
    CaseFolder,
    Claim,
    Draws,
    KnownOn,
    LedgerAt,
    Out,
    Seed,
    Until,
    Workers,
)


def recover(
    case: CaseFolder,
    as_of: AsOf = None,
    until: Until = None,
    known_on: KnownOn = None,
    ledger_at: LedgerAt = None,
    draws: Draws = DRAWS,
    seed: Seed = SEED,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say which access restores each claim, how surely, and until when."""
    from watchgap.app.cli.render_recovery import print_recovery
    from watchgap.flow import recover as run_recover

    day, end = terminal.day("--as-of", as_of), terminal.day("--until", until)
    recorded = terminal.day("--known-on", known_on)
    loaded = terminal.loaded(case, ledger_at)
    with terminal.sampling(draws, seed, workers) as sampling:
        study = run_recover(loaded, as_of=day, until=end, known_on=recorded, sampling=sampling)
    terminal.say_if_interrupted(study.origin.draws, draws)
    written: tuple[Path, ...] = ()
    if out is not None:
        from watchgap.app.cli.outputs import write_recovery

        written = write_recovery(study, out)
    terminal.tell(study, print_recovery, written, as_json=as_json)


def plan(
    case: CaseFolder,
    claim: Annotated[
        list[str] | None,
        typer.Option(metavar="CLAIM", help="A claim to settle; give it again for several. By default all."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The day at whose end it is carried out; by default the period's last."
        ),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            metavar="P", help="Detection probability wanted, inside 0 to 1; by default the claim's own."
        ),
    ] = None,
    access: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A package, or the highest level of access; by default any package."
        ),
    ] = None,
    sure: Annotated[
        float | None,
        typer.Option(
            metavar="P", help="Reach the target in this share of the draws, and not only at medians."
        ),
    ] = None,
    effort: Annotated[
        float | None,
        typer.Option(
            metavar="N", help="The reverse: the best assurance for so many person-days, visit included."
        ),
    ] = None,
    person_days: Annotated[
        float | None, typer.Option(metavar="N", help="At most so many person-days.")
    ] = None,
    team: Annotated[
        int | None, typer.Option(metavar="N", help="Inspectors; with --days another cap.")
    ] = None,
    days: Annotated[
        float | None, typer.Option(metavar="N", help="Days on the spot; caps items by each activity's pace.")
    ] = None,
    most: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ACTIVITY=N", help="At most so many items by an activity; give it again for more."
        ),
    ] = None,
    false_alarms: Annotated[
        float | None, typer.Option(metavar="P", help="Greatest probability of one or more false alarms.")
    ] = None,
    samples: Annotated[
        str, typer.Option(metavar="KIND", help="'independent', or 'disjoint': no item is taken twice.")
    ] = "independent",
    posterior: Annotated[
        float | None,
        typer.Option(metavar="P", help="Say also what brings the probability of diversion down to this."),
    ] = None,
    known_on: KnownOn = None,
    ledger_at: LedgerAt = None,
    draws: Annotated[
        int,
        typer.Option(metavar="N", help="Draws to see how surely the plan does it, a power of 2; 0 for none."),
    ] = PLAN_DRAWS,
    seed: Seed = SEED,
    workers: Workers = None,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the plan as a workbook to carry along.")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Find the inspection of least effort that reaches a target against every scenario, with its proof."""
    from watchgap.app.cli.render_plan import print_plan
    from watchgap.flow import Limits, Wish
    from watchgap.flow import plan as run_plan

    day, recorded = terminal.day("--by", by), terminal.day("--known-on", known_on)
    caps = Limits(person_days, team, days, terminal.counts("--most", most or []), false_alarms)
    terminal.require_places(xlsx, out)
    loaded = terminal.loaded(case, ledger_at)
    wish = Wish(tuple(claim or ()), day, target, access, sure, effort, samples, posterior)
    with terminal.sampling(draws, seed, workers) as sampling:
        study = run_plan(loaded, wish, caps, known_on=recorded, sampling=sampling if draws else None)
    terminal.say_if_interrupted(study.origin.draws, draws)
    written: tuple[Path, ...] = ()
    if xlsx is not None:
        from watchgap.sheets import write_plan

        written = (write_plan(study, xlsx),)
    if out is not None:
        from watchgap.app.cli.outputs import write_plan_files

        written = (*written, *write_plan_files(study, out))
    terminal.tell(study, print_plan, written, as_json=as_json)


def sensitivity(
    case: CaseFolder,
    claim: Claim = None,
    answer: Annotated[
        str | None,
        typer.Option(
            "--of",
            metavar="ANSWER",
            help="A curve, a package, 'posterior', 'exposure' or 'no return: PACKAGE'; by default the "
            "assurance one is least sure of.",
        ),
    ] = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    ledger_at: LedgerAt = None,
    draws: Draws = DRAWS,
    points: Annotated[
        int, typer.Option(metavar="N", help="Points for variance shares, a power of 2; 0 leaves them out.")
    ] = POINTS,
    seed: Seed = SEED,
    workers: Workers = None,
    list_unknowns: Annotated[
        bool, typer.Option("--list", help="List the unknowns by name, for correlations, and stop.")
    ] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say which unknowns move an answer, and which three answers are worth asking for."""
    from watchgap.app.cli.render_inquiry import print_inquiry, print_unknowns
    from watchgap.flow import Inquiry, unknowns_of
    from watchgap.flow import sensitivity as run_sensitivity

    day, recorded = terminal.day("--as-of", as_of), terminal.day("--known-on", known_on)
    if list_unknowns and (as_json or out is not None):
        raise typer.BadParameter(
            "it prints a list and nothing else; leave out --json and --out", param_hint="--list"
        )
    loaded = terminal.loaded(case, ledger_at)
    if list_unknowns:
        print_unknowns(unknowns_of(loaded, as_of=day, known_on=recorded), terminal.console())
        return
    with terminal.sampling(draws, seed, workers) as sampling:
        inquiry = Inquiry(claim, answer, points)
        study = run_sensitivity(loaded, inquiry, as_of=day, known_on=recorded, sampling=sampling)
    terminal.say_if_interrupted(study.origin.draws, draws)
    written: tuple[Path, ...] = ()
    if out is not None:
        from watchgap.app.cli.outputs import write_inquiry

        written = write_inquiry(study, out)
    terminal.tell(study, print_inquiry, written, as_json=as_json)
