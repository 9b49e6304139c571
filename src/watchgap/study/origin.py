"""Gathers what was found of a number into one record of its origin, and writes it as JSON."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from watchgap.assurance.names import TIMELY
from watchgap.assurance.record import Claim, Scenario
from watchgap.assurance.trace import Trace
from watchgap.case.document import Place
from watchgap.case.record import Case
from watchgap.ledger import Entry
from watchgap.study.export import to_plain
from watchgap.study.gather import scenario_days
from watchgap.study.origin_record import (
    EntryOrigin,
    Explanation,
    FactorOrigin,
    Figure,
    NumberList,
    PublishedOrigin,
    Rule,
    ScenarioOrigin,
    StepOrigin,
    Term,
    Unused,
)
from watchgap.study.origin_shelf import Shelf, moment, published
from watchgap.study.record import Origin
from watchgap.study.words import scenario_sentence
from watchgap.tables import significant_quantity, timeliness_goal

_FORMATS = {Explanation: "watchgap-why-1", NumberList: "watchgap-numbers-1"}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one number, with facts, declared numbers and sources by their names."""

    figure: Figure
    rule: Rule | None = None
    scenario: ScenarioOrigin | None = None
    factors: tuple[FactorOrigin, ...] = ()
    terms: tuple[Term, ...] = ()
    notes: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    published: tuple[PublishedOrigin, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the name, as of which day, and on which record."""

    name: str
    as_of: date
    known_on: date | None


def gather_explanation(
    shelf: Shelf, asked: Asked, found: Found, unused: tuple[Unused, ...], origin: Origin
) -> Explanation:
    """Put everything that is named somewhere in what was found into tables of its own."""
    factors = [part for factor in found.factors for part in parts_of(factor)]
    scenario = found.scenario
    entries = _once(found.entries, scenario.entries if scenario else (), *(one.entries for one in factors))
    numbers = _once(found.numbers, scenario.numbers if scenario else (), *(one.numbers for one in factors))
    told = sorted((shelf.entry(name) for name in entries), key=lambda one: (one.last, one.line))
    declared = tuple(shelf.number(name) for name in numbers)
    cited = [
        found.sources,
        *(key for one in told for key in _cited_by(one)),
        *(one.sources for one in declared),
        *(other.sources for one in declared for other in one.alternatives),
        scenario.sources if scenario else (),
        *(one.sources for one in factors),
        *(key for one in unused for key in _cited_by(one.entry)),
    ]
    return Explanation(
        case=shelf.case.id,
        title=shelf.case.title,
        asked=asked.name,
        as_of=asked.as_of,
        known_on=asked.known_on,
        figure=found.figure,
        rule=found.rule,
        scenario=scenario,
        factors=found.factors,
        terms=found.terms,
        notes=found.notes,
        entries=tuple(told),
        numbers=declared,
        published=found.published,
        sources=shelf.sources_of(*cited),
        unused=unused,
        origin=origin,
    )


def parts_of(factor: FactorOrigin) -> Iterator[FactorOrigin]:
    """A factor and all its parts."""
    yield factor
    for part in factor.parts:
        yield from parts_of(part)


def scenario_origin(shelf: Shelf, claim: Claim, trace: Trace) -> ScenarioOrigin:
    """Tell the scenario of a trace: in words with its days, its steps, and what it is declared with."""
    scenario, first = trace.scenario, shelf.first
    begins, ends = scenario_days(first, scenario, trace.start)
    amount = scenario.material / claim.significant_quantity[scenario.stratum]
    route = next(one for one in shelf.case.routes if one.id == scenario.route)
    times = [None if scenario.past else trace.start + begin for begin, _, _ in scenario.step_times()]
    over = [None if scenario.past else trace.start + end for _, _, end in scenario.step_times()]
    return ScenarioOrigin(
        name=scenario.name,
        sentence=scenario_sentence(shelf.case, scenario, begins, ends, amount),
        stratum=scenario.stratum,
        items=scenario.items,
        population=scenario.population,
        material=scenario.material,
        amount=amount,
        begins=begins,
        ends=ends,
        start=None if scenario.past else trace.start,
        nondetection=trace.nondetection,
        steps=tuple(
            StepOrigin(
                step.id,
                step.text,
                step.facility,
                None if begin is None else moment(first, begin),
                None if end is None else moment(first, end),
            )
            for step, begin, end in zip(route.steps, times, over, strict=True)
        ),
        entries=tuple(fact.id for fact in window_facts(shelf, scenario)),
        numbers=shelf.under(*declared_places(shelf, scenario, timely=trace.curve == TIMELY)),
        published=tuple(
            one.name for one in published_for(shelf.case, scenario, timely=trace.curve == TIMELY)
        ),
        sources=route.source,
    )


def window_facts(shelf: Shelf, scenario: Scenario) -> Iterator[Entry]:
    """The facts that open and close the windows of a scenario, where it is bound to the shutdown."""
    route = next(one for one in shelf.case.routes if one.id == scenario.route)
    if route.only_while_shut_down and route.windows is None:
        facility = route.steps[0].facility
        for fact in shelf.used:
            if fact.kind in ("shutdown", "started") and facility in fact.subjects:
                yield fact


def declared_places(shelf: Shelf, scenario: Scenario, *, timely: bool) -> Iterator[Place]:
    """The places of the declared numbers that make a scenario what it is."""
    claim = next(one for one in shelf.case.claims if one.id == scenario.claim)
    route = next(one for one in shelf.case.routes if one.id == scenario.route)
    yield shelf.place(scenario.stratum, "items")
    yield shelf.place(scenario.stratum, "item_mass")
    if timely:
        yield shelf.place(scenario.stratum, "timeliness_goal")
    yield shelf.place(scenario.concealment, "defect_fraction")
    yield shelf.place(claim.id, "goal")
    for number in range(len(route.steps)):
        for part in ("wait", "setup"):
            yield shelf.place(route.id, "steps", number, part)
        yield shelf.place(route.id, "steps", number, "rates", scenario.rate)


def published_for(case: Case, scenario: Scenario, *, timely: bool) -> Iterator[PublishedOrigin]:
    """The published numbers that a scenario is measured by."""
    stratum = next(one for one in case.strata if one.id == scenario.stratum)
    # An amount is told in significant quantities even where the claim has a goal of its own.
    yield published("significant quantity", significant_quantity(stratum.material), "kg")
    if timely and stratum.timeliness_goal is None:
        yield published("timeliness goal", timeliness_goal(stratum.category), "d")


def explanation_json(told: Explanation | NumberList) -> str:
    """Write an explanation, or the list of numbers, as JSON text that no terminal takes for commands."""
    text = json.dumps(
        {"format": _FORMATS[type(told)], **to_plain(told)}, ensure_ascii=False, indent=1, allow_nan=False
    )
    # JSON escapes some control characters only; all that is not printable stands inside of texts.
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text) + "\n"


def _cited_by(entry: EntryOrigin) -> Iterator[tuple[str, ...]]:
    yield entry.sources
    for one in entry.corrects:
        yield from _cited_by(one)


def _once(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))
