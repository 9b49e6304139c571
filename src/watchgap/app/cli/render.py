"""Prints a study for a person at a terminal: words first, one number beside each, no wall of digits."""

from collections.abc import Iterator
from datetime import date

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from watchgap.assurance import restorable
from watchgap.base.time import day_at
from watchgap.coverage.lanes import BLIND, NOT_KNOWN, RECORDED, SEEN
from watchgap.coverage.record import Lane
from watchgap.ledger import EVENTS_FILE
from watchgap.study import BackTest, ClaimStudy, Headline, Origin, Study
from watchgap.study.bands import Interval
from watchgap.study.words import CONTRADICTED, NOT_MODELLED

_STYLES = {SEEN: "blue", RECORDED: "cyan", NOT_KNOWN: "yellow", BLIND: "bold red"}
_BAR = 12
# What is smaller than this [1] is a sum of roundings and not a probability.
_ROUNDING = 1e-12


def share(value: float | None) -> str:
    """Write a probability with two digits, and never a certainty that the number does not have."""
    if value is None:
        return "no number"
    if _ROUNDING < value < 0.005:
        return "<0.01"
    if value >= 0.995:
        return ">0.99"
    return f"{max(value, 0.0):.2f}"


def print_brief(study: Study, console: Console) -> None:
    """Print the state of a case on a date."""
    console.print(_heading(study))
    console.print(_lanes(study))
    for claim in study.claims:
        console.print(_claim(study, claim))
    console.print(_anomalies(study))
    console.print(small_print(study.origin, study.digest))


def _heading(study: Study) -> Panel:
    known = f"as recorded by {study.known_on}" if study.known_on else "with every fact that is on record"
    lines = [Text(study.title, style="bold"), Text(f"as of the end of {study.as_of}, {known}")]
    if study.origin.recorded_later and study.known_on is None:
        later = study.origin.recorded_later
        facts, them = ("1 fact used was", "it") if later == 1 else (f"{later} facts used were", "them")
        words = f"{facts} recorded after that day (--known-on leaves {them} out)"
        lines.append(Text(words, style="dim"))
    return Panel(Group(*lines), box=box.HEAVY, title="Watchgap", title_align="left")


def _lanes(study: Study) -> Table:
    table = Table(title="Who could see", title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for name in ("measure", "on this date", "blind since", "record in hand up to"):
        table.add_column(name, overflow="fold")
    for lane in study.lanes:
        last = lane.stretches[-1] if lane.stretches else None
        state = Text(last.state, style=_STYLES[last.state]) if last else Text("no record")
        if last and last.state == NOT_KNOWN:
            state.append(f" (works with probability {share(last.functioning[1])})", style="dim")
        elif last:
            state.append(f" ({last.why})", style="dim")
        table.add_row(lane.name, state, _blind_since(study, lane), _in_hand_until(study, lane))
    return table


def _blind_since(study: Study, lane: Lane) -> str:
    if lane.blind_since is None:
        return "-"
    early, middle, late = (day_at(study.period_first, time) for time in lane.blind_since)
    if early == late:
        return str(middle)
    return f"about {middle}\n(90 %: {early} to {late})"


def _in_hand_until(study: Study, lane: Lane) -> str:
    seen = [one.ends for one in lane.stretches if one.state == SEEN]
    return str(day_at(study.period_first, max(seen))) if seen else "never"


def _claim(study: Study, claim: ClaimStudy) -> Panel:
    title = f"Claim '{claim.id}' ({claim.kind})"
    parts: list[Text | Table] = [Text(claim.text.rstrip(".") + ".", style="italic")]
    if claim.state != "computed":
        words = {
            CONTRADICTED: "CONTRADICTED: an open anomaly touches it, so it has no number.",
            NOT_MODELLED: "Not modelled: nothing at declared items can settle this claim.",
        }
        parts.append(Text(words[claim.state], style="bold red"))
        return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED)
    parts.append(_assurance_table(study, claim))
    parts += [*_bindings(claim), *_exposures(claim), _posterior(claim)]
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED)


def _bindings(claim: ClaimStudy) -> Iterator[Text]:
    """The scenario that sets what is in hand, and the one that sets what is latent if it is another."""
    in_hand, latent = claim.in_hand.binding, claim.latent.binding
    if in_hand is not None:
        yield Text.assemble(("Binds in hand     ", "bold"), in_hand.sentence, _binds_in(claim.in_hand))
    if latent is not None and in_hand is not None:
        other = (latent.scenario, latent.begins) != (in_hand.scenario, in_hand.begins)
        yield Text.assemble(("Binds latent      ", "bold"), latent.sentence if other else "the same.")


def _binds_in(headline: Headline) -> str:
    part = headline.binding_share
    return "" if part is None else f" It binds in {part:.0%} of the draws."


def _exposures(claim: ClaimStudy) -> Iterator[Text]:
    """Exposure of each stratum where there are several, and in total."""
    lines = claim.exposures if len(claim.exposures) > 2 else claim.exposures[-1:]
    chance = f"with less than {claim.target:.0%} chance of notice"
    for line in lines:
        label = "Exposure          " if line is lines[0] else "                  "
        where = f" of {line.stratum}" if len(lines) > 1 else ""
        if line.amount is None:
            words = f"no number{where}: {line.sentence}."
        elif line.amount == 0:
            words = f"no amount{where} could be gone {chance}."
        else:
            sure = line.interval
            between = f" (5 to 95 %: {sure.low:.1f} to {sure.high:.1f})" if sure else ""
            words = f"{line.amount:.1f} SQ{between}{where} could be gone {chance}."
        yield Text.assemble((label, "bold"), words)


def _assurance_table(study: Study, claim: ClaimStudy) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("assurance", ratio=5, overflow="fold")
    table.add_column("in the words of the case", ratio=3, overflow="fold")
    table.add_column("", no_wrap=True, min_width=_BAR)
    table.add_column("", no_wrap=True, justify="right")
    if claim.bands:
        table.add_column("5 to 95 %", no_wrap=True)
    packages = {restorable(package.id): package for package in study.packages}
    for name in claim.headlines:
        headline = claim.headlines[name]
        package = packages.get(name)
        if package is None:
            label = Text.assemble((name, "bold"), "\n", (headline.basis, "dim"))
        else:
            note = f"{package.level}, {package.effort:.0f} person-days, {_offer(package.offered)}"
            label = Text.assemble("if done today: ", (package.name, "bold"), "\n", (note, "dim"))
        sureness = (_between(headline.interval),) if claim.bands else ()
        table.add_row(label, headline.words, _bar(headline.value), share(headline.value), *sureness)
    return table


def _between(interval: Interval | None) -> str:
    return "" if interval is None else f"{share(interval.low)} to {share(interval.high)}"


def _offer(offered: date | None) -> str:
    return f"on offer since {offered}" if offered else "not on offer"


def _bar(value: float | None) -> Text:
    filled = 0 if value is None else round(value * _BAR)
    return Text.assemble(("━" * filled, "blue"), ("╌" * (_BAR - filled), "dim"))


def _posterior(claim: ClaimStudy) -> Text:
    headline: Headline = claim.posterior_headline
    prior = float(claim.prior[-1])
    sure = headline.interval
    between = f" (5 to 95 %: {_between(sure)})" if sure else ""
    return Text.assemble(
        ("Posterior         ", "bold"),
        f"{share(headline.value)}{between}, {headline.words} (prior {share(prior)}): a degree of belief that "
        "the claim is false by a scenario over by now; another question than assurance.",
    )


def _anomalies(study: Study) -> Table | Text:
    if not study.anomalies:
        return Text("No open anomaly.")
    table = Table(title="Open anomalies", title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for name in ("anomaly", "raised", "touches", "what", "sources"):
        table.add_column(name, overflow="fold")
    for one in study.anomalies:
        table.add_row(one.id, str(one.raised), ", ".join(one.claims), one.what, ", ".join(one.sources))
    return table


def small_print(origin: Origin, digest: str) -> Text:
    """Say under an answer what assurance means, and from what the answer was computed."""
    with_draws = ""
    if origin.draws and origin.valuation.endswith("drawn"):
        with_draws = f" {origin.draws:,} times, seed {origin.seed}"
    elif origin.draws:
        with_draws = f"; intervals from {origin.draws:,} draws of it, seed {origin.seed}"
    on_record = f"{origin.ledger_position} on record"
    if origin.ledger_name != EVENTS_FILE:
        on_record = f"{origin.facts_known} known at entry {origin.ledger_position} of {origin.ledger_name}"
    return Text(
        "Assurance is the chance that the least detectable scenario would have been noticed; it is not the "
        "probability that nothing happened.\n"
        f"{origin.facts_used} facts used of {on_record}; computed with "
        f"{origin.valuation}{with_draws}; Watchgap {origin.version}; study {digest[:16]}.",
        style="dim",
    )


def print_backtest(result: BackTest, console: Console) -> None:
    """Print official statements beside the curves on their day, and how well each curve orders them."""
    if not result.statements:
        console.print("No official statement about a claim was made by then.")
    for claim in dict.fromkeys(one.claim for one in result.statements):
        console.print(_statements(result, claim))
        console.print(_ranks(result, claim))
    for verdict in result.verdicts:
        console.print(Text(verdict))


def _statements(result: BackTest, claim: str) -> Table:
    curves = [one.curve for one in result.agreements if one.claim == claim]
    title = f"Claim '{claim}': what was said, and what the curves say of that day"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("day", no_wrap=True)
    table.add_column("official rung", min_width=14)
    for name in curves:
        table.add_column(name.replace("restorable: ", ""), justify="right", width=7, overflow="fold")
    for one in result.statements:
        if one.claim == claim:
            values = ("-" if one.values[name] is None else share(one.values[name]) for name in curves)
            table.add_row(str(one.day), one.rung, *values)
    return table


def _ranks(result: BackTest, claim: str) -> Table:
    table = Table(
        title="How each curve orders them", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    table.add_column("curve")
    for name in ("statements", "tau-b", "rho", "left the highest rung"):
        table.add_column(name, justify="right")
    for one in result.agreements:
        if one.claim == claim:
            tau, rho = ("-" if number is None else f"{number:+.2f}" for number in (one.tau, one.rho))
            left = str(one.left_top) if one.left_top else "never"
            table.add_row(one.curve, str(one.count), tau, rho, left)
    return table
