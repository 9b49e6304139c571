"""Prints where a number comes from, as a tree: figure, rule, scenario, factors, facts, numbers, sources."""

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from watchgap.app.cli.render import share
from watchgap.study.origin_record import (
    EntryOrigin,
    Explanation,
    FactorOrigin,
    Figure,
    NumberList,
    NumberOrigin,
    PublishedOrigin,
    Rule,
    ScenarioOrigin,
    SourceOrigin,
    Term,
    Unused,
)

DEPTHS = (1, 2, 3, 4)
_FACTORS, _FACTS, _SOURCES = 2, 3, 4
_LONGEST_TEXT = 600
_LISTED = 24
_WIDE = 72


def plain(text: str) -> str:
    """Write a text so that a terminal only shows it: on one line, cut where it is very long."""
    kept, more = text[:_LONGEST_TEXT], len(text) - _LONGEST_TEXT
    shown = "".join(
        c if c.isprintable() else " " if c in "\r\n\t" else c.encode("unicode_escape").decode("ascii")
        for c in kept
    )
    return f"{shown} ... ({more:,} more characters; --json has them)" if more > 0 else shown


def print_numbers(listed: NumberList, console: Console) -> None:
    """Print the names of the numbers of a brief, each with its value."""
    console.print(_heading(listed, "numbers that can be asked for"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    # A name is there to be copied: where there is room the other columns give way.
    table.add_column("number", no_wrap=console.width >= _WIDE, overflow="fold")
    table.add_column("", justify="right", overflow="fold")
    table.add_column("in words", overflow="fold")
    for one in listed.figures:
        table.add_row(Text(plain(one.name)), Text(_value(one)), Text(plain(one.words)))
    console.print(table)
    console.print(
        Text(
            "Ask with `watchgap why CASE NUMBER`. Declared numbers (STRATUM.items), facts by their id and "
            "sources by their key can be asked for too, and CLAIM.state and CLAIM.no-return.PACKAGE of "
            "`recover`.",
            style="dim",
        )
    )


def print_explanation(told: Explanation, console: Console, *, depth: int = _SOURCES) -> None:
    """Print the origin of a number down to a depth: 1 rule, 2 factors, 3 facts and numbers, 4 sources."""
    console.print(_heading(told, f"why {plain(told.asked)}"))
    console.print(_figure(told.figure))
    if told.rule is not None:
        console.print(_section("Rule", _rule(told.rule)))
    console.print(_terms(told.terms))
    if told.notes:
        console.print(_section("Notes", *(Text(plain(note)) for note in told.notes)))
    if depth >= _FACTORS:
        if told.scenario is not None:
            console.print(_section("Scenario", _scenario(told.scenario)))
        if told.factors:
            console.print(_factors(told))
    if depth >= _FACTS:
        _print_tables(told, console, depth)
    origin = told.origin
    console.print(
        Text(
            f"{origin.facts_used} facts used of {origin.ledger_position} on record; {origin.valuation}; "
            f"case {origin.case_digest[:16]}, record {origin.ledger_digest[:16]} of "
            f"{plain(origin.ledger_name)}; Watchgap {origin.version}.",
            style="dim",
        )
    )


def _print_tables(told: Explanation, console: Console, depth: int) -> None:
    if told.entries:
        console.print(_section("Facts", *(_entry(one) for one in told.entries)))
    if told.numbers or told.published:
        declared = (_number(one, depth) for one in told.numbers)
        console.print(_section("Declared numbers", *declared, *(_published(one) for one in told.published)))
    if told.unused:
        console.print(_section("Not used", *_unused(told.unused)))
    if told.sources and depth >= _SOURCES:
        console.print(_section("Sources", *(_source(one) for one in told.sources)))


def _heading(told: Explanation | NumberList, what: str) -> Panel:
    known = f"as recorded by {told.known_on}" if told.known_on else "with every fact that is on record"
    lines = [
        Text(plain(told.title), style="bold"),
        Text(what),
        Text(f"as of the end of {told.as_of}, {known}"),
    ]
    return Panel(Group(*lines), box=box.HEAVY, title="Watchgap: why", title_align="left")


def _section(title: str, *parts: Text | Tree) -> Group:
    indented = (Padding(part, (0, 0, 0, 2)) for part in parts)
    return Group(Text(""), Text(title, style="bold"), *indented)


def _value(figure: Figure) -> str:
    if figure.unit == "1" and figure.value is not None:
        return share(figure.value)
    return plain(figure.text)


def _figure(figure: Figure) -> Text:
    text = Text.assemble((plain(figure.name), "bold"), "  ", (plain(figure.text), "bold cyan"))
    if figure.words:
        text.append(f", {plain(figure.words)}")
    text.append(f"\n{plain(figure.title)}", style="dim")
    if figure.basis:
        text.append(f"; {plain(figure.basis)}", style="dim")
    if figure.interval is not None:
        sure = figure.interval
        text.append(f"\n5, 50 and 95 % of the draws: {sure.low:.4g}, {sure.middle:.4g}, {sure.high:.4g}")
    if figure.binding_share is not None:
        text.append(f"; the same scenario binds in {figure.binding_share:.0%} of them")
    return text


def _rule(rule: Rule) -> Text:
    ids = f"; {', '.join(rule.requirements)}" if rule.requirements else ""
    return Text.assemble(
        f"{rule.sentence}\n",
        (f"{rule.equation}\n", "cyan"),
        (f"{rule.section}{ids}; {rule.function}\n{rule.source}", "dim"),
    )


def _terms(terms: tuple[Term, ...]) -> Group:
    lines = [
        Text.assemble(
            f"{plain(one.title)}",
            (f" = {plain(one.text)}" if one.text else ""),
            (f"  [{plain(one.ask)}]" if one.ask else "", "dim"),
        )
        for one in terms[:_LISTED]
    ]
    if len(terms) > _LISTED:
        lines.append(Text(f"and {len(terms) - _LISTED:,} more; --json has them", style="dim"))
    return _section("From", *lines) if lines else Group()


def _scenario(one: ScenarioOrigin) -> Text:
    text = Text(plain(one.sentence))
    for step in one.steps:
        when = f" from {step.begins} to {step.ends}" if step.begins else ""
        text.append(f"\n{plain(step.id)}{when}: {plain(step.text)}", style="dim")
    text.append_text(_named("facts", one.entries))
    text.append_text(_named("numbers", (*one.numbers, *one.published)))
    return text


def _named(what: str, names: Iterable[str]) -> Text:
    listed = ", ".join(plain(name) for name in names)
    return Text(f"\n{what}: {listed}", style="dim") if listed else Text("")


def _factors(told: Explanation) -> Group:
    number = f"{told.scenario.nondetection:.6g}" if told.scenario else ""
    tree = Tree(Text.assemble((number, "bold cyan"), " is the product of"), guide_style="dim")
    for factor in told.factors:
        _grow(tree, factor)
    return _section("Non-detection", tree)


def _grow(tree: Tree, factor: FactorOrigin) -> None:
    grade = f", grade {factor.grade}" if factor.grade else ""
    name = f" ({plain(factor.about)}{grade})" if factor.kind != "life" and factor.about else ""
    chance = f"with probability {factor.probability:.6g}: " if factor.probability is not None else ""
    label = Text.assemble((f"{factor.nondetection:.6g}", "cyan"), f"  {chance}{plain(factor.title)}")
    label.append(name, style="dim")
    branch = tree.add(label)
    if factor.combined:
        branch.add(Text(f"= {plain(factor.combined)}", style="cyan"))
    for words in factor.why:
        branch.add(Text(plain(words)))
    for part in factor.parts:
        _grow(branch, part)
    if factor.rule is not None:
        branch.add(Text(f"{factor.rule.equation}  ({factor.rule.section})", style="dim"))
    for what, names in (("facts", factor.entries), ("numbers", factor.numbers), ("sources", factor.sources)):
        if names:
            branch.add(Text(f"{what}: {', '.join(plain(one) for one in names)}", style="dim"))


def _place(file: str, line: int) -> str:
    return f"{plain(file)}:{line}" if line else plain(file)


def _entry(one: EntryOrigin) -> Text:
    subjects = ", ".join(plain(name) for name in one.subjects)
    text = Text.assemble((f"{plain(one.id)}  {one.kind} {subjects}, {one.when}", "bold"))
    text.append(f"  {_place(one.file, one.line)}", style="cyan")
    late = " (after the day that is asked about)" if one.recorded_later else ""
    by = f" by {plain(one.recorder)}" if one.recorder else ""
    text.append(f"\n{plain(one.role)}; recorded on {one.recorded}{late}{by}; grade {one.grade}")
    if one.quote:
        text.append(f"\n“{plain(one.quote)}”", style="italic")
    page = f", page {plain(one.page)}" if one.page else ""
    text.append(f"\n{', '.join(plain(key) for key in one.sources)}{page}", style="dim")
    if one.note:
        text.append(f"\n{plain(one.note)}", style="dim")
    for old in one.corrects:
        text.append("\ncorrects ", style="yellow")
        text.append_text(_entry(old))
    return text


def _number(one: NumberOrigin, depth: int) -> Text:
    unit = "" if one.unit == "1" else f" {one.unit}"
    text = Text.assemble((f"{plain(one.name)}  {one.value:.6g}{unit}", "bold"))
    text.append(f"  {_place(one.file, one.line)}", style="cyan")
    form = (
        "" if one.form == "value" else f"{one.form} [{', '.join(f'{each:g}' for each in one.parameters)}]; "
    )
    keys = ", ".join(plain(key) for key in one.sources)
    text.append(f"\n{form}grade {one.grade}; {keys}", style="dim")
    if depth >= _SOURCES:
        if one.rationale:
            text.append(f"\n{plain(one.rationale)}", style="dim")
        for other in one.alternatives:
            text.append(f"\nalso: {plain(other.say)} ({', '.join(map(plain, other.sources))})", style="dim")
    return text


def _published(one: PublishedOrigin) -> Text:
    text = Text.assemble((f"{one.name}  {one.value:g} {one.unit}", "bold"))
    text.append(f"\n{one.source}; holds for {one.range}", style="dim")
    return text


def _source(one: SourceOrigin) -> Text:
    text = Text.assemble((plain(one.key), "bold"), f"  {plain(one.title)}")
    parts = [plain(part) for part in (one.publisher, one.date, one.url) if part]
    if parts:
        text.append(f"\n{', '.join(parts)}", style="dim")
    if one.digest:
        size = f", {plain(one.size)} bytes" if one.size else ""
        attached = f"\nattached: {plain(one.file)} ({plain(one.media)}{size}), SHA-256 {plain(one.digest)}"
        text.append(attached, style="cyan")
    if one.note:
        text.append(f"\n{plain(one.note)}", style="dim")
    return text


def _unused(listed: tuple[Unused, ...]) -> Iterator[Text]:
    for one in listed[:_LISTED]:
        entry = one.entry
        subjects = ", ".join(plain(name) for name in entry.subjects)
        yield Text.assemble(
            (f"{plain(entry.id)}  {entry.kind} {subjects}, {entry.when}", "bold"),
            (f"  {_place(entry.file, entry.line)}", "cyan"),
            f"\n{plain(one.reason)}",
        )
    if len(listed) > _LISTED:
        yield Text(f"and {len(listed) - _LISTED:,} more; --json has them", style="dim")
