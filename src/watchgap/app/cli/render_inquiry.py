"""Prints what moves an answer, and the answers worth asking for."""

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from watchgap.app.cli.render import small_print
from watchgap.draws import Unknowns
from watchgap.study import InquiryStudy
from watchgap.study.bands import Interval

_SHOWN = 12


def print_inquiry(study: InquiryStudy, console: Console) -> None:
    """Print the answers worth asking for, and what moves the number."""
    told = study.written
    lines = [
        Text(study.title, style="bold"),
        Text(f"claim '{study.claim}', {study.answer}, at the end of {study.as_of}"),
        Text(
            f"{told(study.value)} at medians; {told(study.interval.middle)} in the middle of the draws, "
            f"{told(study.interval.low)} to {told(study.interval.high)} in 90 % of them"
        ),
    ]
    console.print(Panel(Group(*lines), box=box.HEAVY, title="Watchgap: sensitivity", title_align="left"))
    console.print(_asked(study))
    if study.swings:
        console.print(_swings(study))
    else:
        console.print(
            Text(f"What moves it: nothing that is not known moves '{study.answer}' more than chance.")
        )
    if study.factors:
        console.print(_factors(study))
    console.print(small_print(study.origin, study.digest))


def _asked(study: InquiryStudy) -> Panel:
    parts: list[Text] = []
    asked = study.questions[: study.worth_asking]
    for number, one in enumerate(asked, start=1):
        parts.append(Text.assemble((f"{number}. {one.name}", "bold"), f"  {one.words}"))
        parts.append(Text(f"   {one.sentence}"))
        parts += [Text(f"     {line}", style="dim") for line in one.then]
    if not parts:
        words = "No single answer would change what to ask for, or raise what can be stated surely."
        parts.append(Text(words))
    title = f"The {_COUNTED[len(asked)]} worth asking for" if asked else "Nothing worth asking for"
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED)


_COUNTED = ("", "one answer", "two answers", "three answers")


def _swings(study: InquiryStudy) -> Table:
    title = f"What moves it: the mean of '{study.answer}' with one unknown low, and high"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("unknown", "low", "high"):
        table.add_column(name, overflow="fold")
    table.add_column("at low", justify="right")
    table.add_column("at high", justify="right")
    for one in study.swings[:_SHOWN]:
        table.add_row(
            one.name,
            one.low_value,
            one.high_value,
            study.written(one.low_answer),
            study.written(one.high_answer),
        )
    return table


def _factors(study: InquiryStudy) -> Table:
    title = "Shares of its variance (90 % intervals): first order, and total"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("factor", overflow="fold")
    table.add_column("first", justify="right")
    table.add_column("total", justify="right")
    for one in study.factors[:_SHOWN]:
        table.add_row(one.name, _share(one.first), _share(one.total))
    return table


def _share(numbers: Interval) -> str:
    return f"{numbers.middle:.2f} ({numbers.low:.2f} to {numbers.high:.2f})"


def print_unknowns(unknowns: Unknowns, console: Console) -> None:
    """Print every unknown of a case with its name, what it is, and the correlation it is in."""
    joined = {column: one.name for one in unknowns.factors if len(one.columns) > 1 for column in one.columns}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("unknown", "what is known of it", "correlation"):
        table.add_column(name, overflow="fold")
    for one in unknowns.all:
        table.add_row(one.name, one.words, joined.get(one.column, ""))
    console.print(table)
