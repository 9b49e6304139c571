"""Prints what would restore each claim, and until when."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from watchgap.app.cli.render import share, small_print
from watchgap.recovery import State
from watchgap.study import ClaimRecovery, PackageRecovery, RecoveryStudy
from watchgap.study.bands import Interval

_STYLES = {
    State.STANDS: "bold blue",
    State.RESTORABLE: "bold cyan",
    State.AT_A_COST: "bold yellow",
    State.IRRETRIEVABLE: "bold red",
}


def interval(numbers: Interval | None) -> str:
    """Write a probability with its interval: the median, and 5 to 95 % of the draws."""
    if numbers is None:
        return "no number"
    if share(numbers.low) == share(numbers.high):
        return share(numbers.middle)
    return f"{share(numbers.middle)} ({share(numbers.low)} to {share(numbers.high)})"


def print_recovery(study: RecoveryStudy, console: Console) -> None:
    """Print the outlook of every claim."""
    known = f"as recorded by {study.known_on}" if study.known_on else "with every fact that is on record"
    ahead = f"at the end of {study.as_of}, {known}"
    if study.until > study.as_of:
        ahead = f"looked from the end of {study.as_of} to {study.until}, {known}"
    lines = [Text(study.title, style="bold"), Text(ahead)]
    if study.until > study.as_of:
        words = "Nothing is assumed to happen on the way but the ends of lives and the perils of the case."
        lines.append(Text(words, style="dim"))
    console.print(Panel(Group(*lines), box=box.HEAVY, title="Watchgap: recovery", title_align="left"))
    for claim in study.claims:
        console.print(_claim(study, claim))
    console.print(small_print(study.origin, study.digest))


def _claim(study: RecoveryStudy, claim: ClaimRecovery) -> Panel:
    parts: list[Text | Table] = [Text(claim.text.rstrip(".") + ".", style="italic")]
    style = _STYLES[State(claim.state)] if claim.state in list(State) else "bold red"
    parts.append(Text.assemble((claim.state.upper(), style), f"  {claim.sentence}"))
    if claim.packages:
        parts.append(_packages(study, claim))
    parts += _states(claim)
    parts += _losses(claim)
    title = f"Claim '{claim.id}' ({claim.kind}), target {share(claim.target)}"
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED)


def _packages(study: RecoveryStudy, claim: ClaimRecovery) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(f"if done on {study.as_of}", overflow="fold")
    table.add_column("assurance")
    table.add_column("does it in", justify="right")
    # On a narrow terminal the other columns give way: a date that is cut is no date.
    table.add_column("until, with a\nprobability of", no_wrap=True)
    for package in claim.packages:
        note = f"{package.level}, {_effort(package)}"
        label = Text.assemble((package.name, "bold"), "\n", (note, "dim"))
        table.add_row(
            label, interval(package.now), f"{package.probability_now:.0%} of draws", _dates(package)
        )
    return table


def _effort(package: PackageRecovery) -> str:
    low, middle, high = (
        f"{one:.0f}" for one in (package.effort.low, package.effort.middle, package.effort.high)
    )
    return f"{middle} person-days" if low == high else f"{middle} ({low} to {high}) person-days"


def _dates(package: PackageRecovery) -> Text:
    """The dates of no return, one line for each probability, and one line where they are all alike."""
    words = [one.words for one in package.dates]
    if len(set(words)) == 1:
        return Text(words[0], style="dim")
    lines = [f"{one.sureness:>4.0%}  {one.words}" for one in package.dates]
    return Text("\n".join(lines))


def _states(claim: ClaimRecovery) -> Iterator[Text]:
    if claim.states_now:
        told = ", ".join(
            f"{name} {share_of:.0%}" for name, share_of in claim.states_now.items() if share_of > 0
        )
        yield Text.assemble(("On this day         ", "bold"), told)


def _losses(claim: ClaimRecovery) -> Iterator[Text]:
    for number, loss in enumerate(claim.losses):
        label = "What takes evidence" if number == 0 else "                   "
        ahead = "" if loss.happened else f" It has happened by then in {loss.probability:.0%} of the draws."
        yield Text.assemble((f"{label} ", "bold"), loss.sentence, ahead, (f" [{loss.entry}]", "dim"))
