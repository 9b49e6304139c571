"""Prints an inspection plan: what to do, what it proves, what else would do, and how it was proved."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from watchgap.app.cli.render import share, small_print
from watchgap.app.cli.render_recovery import interval
from watchgap.recovery import Status
from watchgap.study import PlanStudy
from watchgap.study.plan_record import AccessPlan

_STYLES = {
    Status.OPTIMAL: "bold blue",
    Status.OPEN: "bold yellow",
    Status.UNREACHABLE: "bold red",
    Status.OVER_A_CAP: "bold red",
}
_SHOWN = 12


def print_plan(study: PlanStudy, console: Console) -> None:
    """Print the plan that was chosen, and what there is beside it."""
    target = (
        "the target of each claim" if study.target is None else f"a detection probability of {study.target:g}"
    )
    asked = f"claims {', '.join(study.claims)}, carried out at the end of {study.by}, {target}"
    lines = [Text(study.title, style="bold"), Text(asked)]
    lines += [Text(f"{what}: {cap}", style="dim") for what, cap in study.caps.items()]
    console.print(Panel(Group(*lines), box=box.HEAVY, title="Watchgap: plan", title_align="left"))
    console.print(_chosen(study))
    if len(study.plans) > 1:
        console.print(_accesses(study))
    if study.rules:
        console.print(_rules(study))
    if len(study.pareto) > 1:
        console.print(_pareto(study))
    if study.reverification:
        console.print(_reverification(study))
    console.print(small_print(study.origin, study.digest))


def _chosen(study: PlanStudy) -> Panel:
    plan = study.plan
    headline = _headline(plan, margin=study.margin is not None and study.margin < 1)
    parts: list[RenderableType] = [
        Text.assemble((plan.status.upper(), _STYLES[Status(plan.status)]), f"  {headline}")
    ]
    if plan.lines:
        parts.append(_lines(plan))
    parts += _shortfalls(plan)
    parts.append(_threats(plan))
    parts += _sureness(study)
    parts.append(Text.assemble(("Proof             ", "bold"), plan.proof))
    title = f"Access: {plan.access_name} ({plan.level})"
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED)


def _headline(plan: AccessPlan, *, margin: bool) -> str:
    words = (
        f"{plan.effort:.1f} person-days, {plan.visit_effort:.1f} of them for the visit; "
        f"no plan{' with its margin' if margin else ''} needs less than {plan.bound:.1f}"
    )
    alarms = f"; one or more false alarms with {share(plan.false_alarm)}" if plan.false_alarm > 0 else ""
    return f"{words}. The least detectable scenario is found with {share(plan.assurance)}{alarms}."


def _lines(plan: AccessPlan) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("activity", overflow="fold", ratio=4)
    table.add_column("stratum", overflow="fold", ratio=3)
    for name in ("items", "of", "person-days"):
        table.add_column(name, justify="right")
    for line in plan.lines:
        label = Text.assemble((line.activity, "bold"), "\n", (line.activity_text, "dim"))
        numbers = (f"{line.sample:,}", f"{line.population:,}", f"{line.effort:.1f}")
        table.add_row(label, line.stratum_name, *numbers)
    return table


def _shortfalls(plan: AccessPlan) -> Iterator[Text]:
    for one in plan.shortfalls:
        words = f"{one.scenario}: at best {share(one.best)} of the {one.target:g} wanted; {one.why}."
        yield Text.assemble(("Out of reach      ", "bold red"), words)
    for words in plan.over:
        yield Text.assemble(("Over a cap        ", "bold red"), f"{words}.")


def _threats(plan: AccessPlan) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("what has to be found", overflow="fold")
    for name in ("items", "noticed before", "after", "wanted"):
        table.add_column(name, justify="right")
    worst = sorted(plan.threats, key=lambda one: one.target - (1 - one.after), reverse=True)
    for one in worst[:_SHOWN]:
        scenario = Text(one.scenario, style="bold" if one.scenario == plan.binding else "")
        table.add_row(
            scenario, f"{one.items:,}", share(1 - one.before), share(1 - one.after), share(one.target)
        )
    if len(worst) > _SHOWN:
        table.add_row(f"and {len(worst) - _SHOWN} more that are found more surely", "", "", "", "")
    return table


def _sureness(study: PlanStudy) -> Iterator[Text]:
    if study.reached is not None and study.effort is not None:
        low, high = f"{study.effort.low:.0f}", f"{study.effort.high:.0f}"
        effort = low if low == high else f"{low} to {high}"
        words = (
            f"it reaches every target in {study.reached:.0%} of the draws of what is not known; assurance "
            f"{interval(study.assurance)}, effort {effort} person-days in 90 % of them."
        )
        yield Text.assemble(("How surely        ", "bold"), words)
    if study.sureness is not None and study.margin is not None:
        wanted = f"{study.sureness:.0%} of the draws were wanted; "
        if study.reached is not None and study.reached < study.sureness:
            words = f"{wanted}no plan that is made with a margin at medians does it in so many."
        elif study.margin == 1:
            words = f"{wanted}the plan of least effort at medians does it without a margin."
        else:
            words = (
                f"{wanted}for that the plan leaves, at medians, {study.margin:.2g} of what may be left "
                "undetected. It takes the least effort for that margin, the widest that does it; another "
                "mixture of activities might do it for less."
            )
        yield Text.assemble(("                  ", "bold"), words)


def _accesses(study: PlanStudy) -> Table:
    table = _titled("By access")
    for name in ("access", "level", "result"):
        table.add_column(name, overflow="fold")
    for name in ("person-days", "at least", "assurance"):
        table.add_column(name, justify="right")
    for number, one in enumerate(study.plans):
        access = Text(one.access, style="bold" if number == study.chosen else "")
        table.add_row(
            access, one.level, one.status, f"{one.effort:.1f}", f"{one.bound:.1f}", share(one.assurance)
        )
    return table


def _rules(study: PlanStudy) -> Table:
    table = _titled("The usual rules, computed exactly")
    table.add_column("rule", overflow="fold")
    table.add_column("samples", overflow="fold")
    for name in ("person-days", "beyond the plan", "finds with"):
        table.add_column(name, justify="right")
    for one in study.rules:
        beyond = "-" if one.difference is None else f"{one.difference:+.1f}"
        found = Text(share(one.detection), style="" if one.reached else "bold red")
        table.add_row(one.rule, one.samples, f"{one.effort:.1f}", beyond, found)
    return table


def _pareto(study: PlanStudy) -> Table:
    table = _titled("Effort against assurance: no plan beats these in both")
    for name in ("person-days", "assurance"):
        table.add_column(name, justify="right")
    table.add_column("samples", overflow="fold")
    step = max(1, len(study.pareto) // _SHOWN)
    shown = [*study.pareto[:-1:step], study.pareto[-1]]
    for one in shown:
        table.add_row(f"{one.effort:.1f}", share(one.assurance), one.samples)
    return table


def _reverification(study: PlanStudy) -> Table:
    after = study.reverification[0].after
    table = _titled(f"To bring the probability of diversion down to {after:g}")
    for name in ("claim", "stratum", "hidden by", "activity"):
        table.add_column(name, overflow="fold")
    for name in ("now", "needed", "sample"):
        table.add_column(name, justify="right")
    for one in study.reverification:
        sample = "none does" if one.sample is None else f"{one.sample:,}"
        names = (one.claim, one.stratum, one.concealment, one.activity)
        table.add_row(*names, share(one.before), share(one.detection), sample)
    return table


def _titled(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
