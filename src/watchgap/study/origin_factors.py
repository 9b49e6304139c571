"""Says of every factor of a non-detection what it is, why, and which facts and numbers it rests on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from watchgap.assurance.names import package_of
from watchgap.assurance.record import Scenario, Situation
from watchgap.assurance.trace import CheckTrace, Held, LifeTrace, MeasureTrace, Trace, WorldTrace
from watchgap.case.document import Place
from watchgap.case.record import Case, Measure, Route, RouteStep
from watchgap.coverage.record import Life
from watchgap.ledger import Entry
from watchgap.study import origin_rules as rules
from watchgap.study.origin_record import FactorOrigin
from watchgap.study.origin_shelf import Shelf, moment

History = Callable[[str, float, float], tuple[str, ...]]
"""The facts that the record of a measure from one time to another [d] rests on, by id."""

_MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the words rest on: the case, its numbers, the facts behind each check, and each measure's history.

    checks: the fact behind each check of the situation, in its order.
    """

    shelf: Shelf
    situation: Situation
    checks: Sequence[Entry]
    history: History

    @property
    def case(self) -> Case:
        """The case."""
        return self.shelf.case


def factors_of(grounds: Grounds, trace: Trace) -> tuple[FactorOrigin, ...]:
    """Tell the factors whose product is the non-detection of a traced scenario, measures first."""
    writer = _Writer(grounds, trace)
    return (
        *(writer.measure(one) for one in trace.apart),
        *writer.together(trace.together),
        *(writer.check(one) for one in trace.checks),
    )


def passes_of(route: Route, measure: Measure) -> Iterator[tuple[Place, RouteStep]]:
    """The places of the views that a measure has of a route, inside the route, with their steps."""
    for number, step in enumerate(route.steps):
        for place, glimpse in enumerate(step.passes):
            if glimpse.point == measure.point:
                yield ("steps", number, "passes", place), step


class _Writer:
    def __init__(self, grounds: Grounds, trace: Trace) -> None:
        self.grounds = grounds
        self.shelf = grounds.shelf
        self.case = grounds.case
        self.trace = trace
        self.scenario: Scenario = trace.scenario
        self.route = next(one for one in self.case.routes if one.id == self.scenario.route)
        self.measures = {one.id: one for one in self.case.measures}
        self.activities = {one.id: one for one in self.case.activities}

    def day(self, time: float) -> str:
        return moment(self.shelf.first, time)

    # ------------------------------------------------------------ measures

    def measure(self, one: MeasureTrace) -> FactorOrigin:
        """One measure: its blind spot, its lives, and what of its record counts."""
        stated = self.measures[one.measure]
        parts = tuple(self.life(one, life) for life in one.lives)
        silent = 1.0
        for part in parts:
            silent *= part.nondetection
        return FactorOrigin(
            kind="measure",
            about=one.measure,
            title=stated.name,
            nondetection=one.missed,
            rule=rules.MEASURES[stated.kind],
            combined=f"{one.blind_spot:.6g} + {1 - one.blind_spot:.6g} x {silent:.6g}",
            why=tuple(self.why(one, stated)),
            entries=self.grounds.history(one.measure, one.first, one.last),
            numbers=self.numbers_of(stated),
            sources=stated.source,
            grade=stated.grade,
            parts=parts,
        )

    def numbers_of(self, measure: Measure) -> tuple[str, ...]:
        """The declared numbers of a measure beside the route: its own, and what is visible to it."""
        views = list(passes_of(self.route, measure))
        visible = [self.shelf.place(self.route.id, *place) for place, _ in views]
        rates: list[Place] = []
        if measure.kind == "item-monitor":
            rates = [
                self.shelf.place(self.route.id, "steps", place[1], "rates", self.scenario.rate)
                for place, _ in views
            ]
        return self.shelf.under(self.shelf.place(measure.id), *visible, *rates)

    def why(self, one: MeasureTrace, stated: Measure) -> Iterator[str]:
        steps = ", ".join(f"'{step.id}'" for _, step in passes_of(self.route, stated))
        yield (
            f"It could see {steps or 'the route'} from {self.day(one.first)} to {self.day(one.last)} "
            f"({_days(one.last - one.first)})."
        )
        if not one.lives:
            yield "Nothing of its record counts for that time, so it could not have shown anything."
        yield from self.uncounted(one)
        if one.blind_spot > 0:
            yield f"With probability {one.blind_spot:.4g} it is of no use against this route at all."

    def uncounted(self, one: MeasureTrace) -> Iterator[str]:
        """What is missing of its record: stretches that do not count, and times with nothing in place."""
        found = [self.missing(held) for held in one.held if held.counts_until < held.ends]
        lives = self.grounds.situation.records[one.measure].lives
        found += [
            f"From {self.day(begin)} to {self.day(end)} nothing was in place."
            for begin, end in _gaps(lives, one.first, one.last)
        ]
        yield from found[:_MOST_TOLD]
        if len(found) > _MOST_TOLD:
            yield f"{len(found) - _MOST_TOLD} more stretches do not count."

    def missing(self, held: Held) -> str:
        begins = max(held.begins, held.counts_until)
        stretch = f"Its record from {self.day(begins)} to {self.day(held.ends)} does not count"
        holding, until = held.holding, self.trace.until
        if held.failed:
            return f"{stretch}: in this outcome custody '{holding.custody}' was not complete and authentic."
        if holding.lost < until:
            return f"{stretch}: it was lost at {self.day(holding.lost)}, before it was in hand."
        if holding.lag is not None:
            return f"{stretch}: it arrives {_days(holding.lag)} later, and had not by {self.day(until)}."
        if holding.in_hand < inf:
            return f"{stretch}: it came into hand, with its review, at {self.day(holding.in_hand)} only."
        return f"{stretch}: nobody had collected it by {self.day(until)}."

    def life(self, one: MeasureTrace, life: LifeTrace) -> FactorOrigin:
        lived = self.grounds.situation.records[one.measure].lives[life.life]
        seal = self.measures[one.measure].kind == "seal"
        end = "now" if lived.ends >= self.trace.time else self.day(lived.ends)
        count = f", {one.count} devices" if one.count > 1 else ""
        what = "attachment period" if seal else "life"
        return FactorOrigin(
            kind="life",
            about=one.measure,
            title=f"{what} from {self.day(lived.begins)} to {end}{count}",
            nondetection=life.missed,
            rule=None,
            combined="",
            why=tuple(self.seen(life, lived)) if not seal else tuple(self.touched(life)),
            entries=(),
            numbers=(),
            sources=(),
        )

    def touched(self, life: LifeTrace) -> Iterator[str]:
        yield f"{_joined(self.steps(life))} would have opened it; what it shows counts."

    def seen(self, life: LifeTrace, lived: Life) -> Iterator[str]:
        for overlap in life.overlaps[:_MOST_TOLD]:
            step = self.scenario.steps[overlap.step].name
            length = _days(overlap.ends - overlap.begins)
            span = f"{self.day(overlap.begins)} to {self.day(overlap.ends)}"
            yield f"Its record of '{step}' from {span} counts ({length})."
        yield f"{self.known(life, lived)}{_worked(life.working)}."

    def known(self, life: LifeTrace, lived: Life) -> str:
        """What is known of the end of a life, in words."""
        known = life.counted.knowledge
        alive, dead = self.day(lived.begins + known.alive_until), self.day(lived.begins + known.dead_by)
        if known.alive_until >= lived.ends - lived.begins:
            return "It is known to have worked to the end of this life: "
        if known.alive_until == known.dead_by:
            return f"It is known to have stopped at {dead}: "
        if known.dead_by < inf:
            since = f"it still worked at {alive}, and " if known.alive_until > 0 else ""
            return f"It is known that {since}it had stopped by {dead}: "
        if known.alive_until > 0:
            return f"It is known to have worked until {alive}: "
        return "Nothing was found of its end: "

    def steps(self, life: LifeTrace) -> list[str]:
        return list(dict.fromkeys(f"'{self.scenario.steps[one.step].name}'" for one in life.overlaps))

    # ------------------------------------------------------------ custody

    def together(self, worlds: Sequence[WorldTrace]) -> Iterator[FactorOrigin]:
        """The measures whose record lay in a custody, as one factor with an outcome of the draws a part."""
        if not worlds:
            return
        names = [one.measure for one in worlds[0].measures]
        custodies = sorted({name for world in worlds for name in world.failed})
        terms = " + ".join(f"{world.probability:.6g} x {world.missed:.6g}" for world in worlds)
        yield FactorOrigin(
            kind="custody",
            about=", ".join(custodies),
            title=f"{_joined([self.measures[name].name for name in names])}, together",
            nondetection=self.trace.joint,
            rule=rules.CUSTODY,
            combined=terms,
            why=tuple(
                f"Custody '{one.id}' is complete and authentic with probability "
                f"{self.authentic(one.id):.4g}: {one.text}"
                for one in self.case.custodies
                if one.id in custodies
            ),
            entries=(),
            numbers=self.shelf.under(*(self.shelf.place(name, "authentic") for name in custodies)),
            sources=(),
            parts=tuple(self.outcome(world) for world in worlds),
        )

    def authentic(self, custody: str) -> float:
        return float(self.grounds.situation.custodies[custody])

    def outcome(self, world: WorldTrace) -> FactorOrigin:
        failed = _joined([f"'{name}'" for name in world.failed])
        parts = tuple(self.measure(one) for one in world.measures)
        return FactorOrigin(
            kind="outcome",
            about=", ".join(world.failed),
            title=f"if {failed} is not authentic" if world.failed else "if every custody is authentic",
            nondetection=world.missed,
            rule=None,
            combined=" x ".join(f"{one.nondetection:.6g}" for one in parts),
            why=(),
            entries=(),
            numbers=(),
            sources=(),
            probability=world.probability,
            parts=parts,
        )

    # ------------------------------------------------------------ checks

    def check(self, one: CheckTrace) -> FactorOrigin:
        """A check that was carried out, or that a package would carry out."""
        activity = self.activities[one.activity]
        fact = None if one.planned else self.grounds.checks[one.place]
        missing = self.missing_evidence(one)
        return FactorOrigin(
            kind="planned check" if one.planned else "check",
            about=one.activity,
            title=activity.text,
            nondetection=one.missed,
            rule=rules.PLANNED if one.planned else rules.CHECK,
            combined=f"N = {one.population}, n = {one.sample}, D = {one.gone}, p = {one.recognition:.6g}",
            why=tuple(self.why_check(one, missing)),
            entries=(*((fact.id,) if fact else ()), *self.losses(missing)),
            numbers=self.shelf.under(*self.check_places(one, lost=bool(missing))),
            sources=activity.source,
        )

    def missing_evidence(self, one: CheckTrace) -> tuple[str, ...]:
        lost = self.grounds.situation.evidence_lost
        return tuple(name for name in self.activities[one.activity].needs if lost.get(name, inf) < one.time)

    def losses(self, evidence: Sequence[str]) -> tuple[str, ...]:
        """The fact by which each evidence was lost: the first."""
        return tuple(
            min(facts, key=lambda fact: fact.when).id
            for name in evidence
            if (facts := [one for one in self.shelf.used if one.kind == "lost" and name in one.subjects])
        )

    def why_check(self, one: CheckTrace, missing: Sequence[str]) -> Iterator[str]:
        when = "It would be carried out now" if one.planned else f"It was carried out at {self.day(one.time)}"
        yield f"{when}, on {one.sample} of {one.population} items; {one.gone} of them were gone by then."
        if not one.counts:
            yield f"It does not count: it came after {self.day(self.trace.until)}."
        for name in missing:
            yield f"'{name}', which it needs, was lost by then."
        if one.recognition > 0:
            yield f"One that is gone is recognised with probability {one.recognition:.4g}."
        else:
            yield f"It recognises nothing that is hidden by '{self.scenario.concealment}'."

    def check_places(self, one: CheckTrace, *, lost: bool) -> Iterator[Place]:
        activity, concealment = self.activities[one.activity], self.scenario.concealment
        if lost:
            yield self.shelf.place(activity.id, "without", concealment)
        elif activity.instrument is not None:
            yield self.shelf.place(activity.instrument)
            yield self.shelf.place(concealment, "defect_fraction")
        else:
            yield self.shelf.place(activity.id, "detection", concealment)
        yield self.shelf.place(self.scenario.stratum, "items")
        if one.planned:
            package = package_of(self.trace.curve) or self.trace.curve
            yield self.shelf.place(package, "activities", one.place, "sample")


def _gaps(lives: Sequence[Life], first: float, last: float) -> Iterator[tuple[float, float]]:
    """The parts of a time [d] in which no life runs."""
    edges = [first, *(edge for one in lives for edge in (one.begins, one.ends)), last]
    clipped = [min(max(edge, first), last) for edge in edges]
    for number, (begin, end) in enumerate(pairwise(clipped)):
        # Between the ends of a life nothing is missing; after each and before the next there may be a gap.
        if number % 2 == 0 and end > begin:
            yield begin, end


def _worked(working: tuple[float, float]) -> str:
    first, last = (f"{one:.4g}" for one in working)
    if first == last:
        return f"it functioned with probability {first} throughout"
    return f"it functioned with probability {first} at the first of these moments, {last} at the last"


def _days(days: float) -> str:
    return f"{days:.1f} days"


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)
