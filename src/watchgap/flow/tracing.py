"""Traces the numbers of a brief back to what they were computed from, each computed once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from watchgap.assurance import (
    IN_HAND,
    TIMELY,
    Assessment,
    Claim,
    ClaimAssessment,
    Curve,
    Exposure,
    Scenario,
    Situation,
    assess,
    exposure,
)
from watchgap.assurance.trace import Trace, trace
from watchgap.case.record import Measure
from watchgap.flow.ensemble import Question, Sampling
from watchgap.flow.provenance import Provenance
from watchgap.flow.run import brief, situation_of
from watchgap.ledger import Entry
from watchgap.study import Study
from watchgap.study import origin_names as names
from watchgap.study import origin_rules as rules
from watchgap.study.origin import Found, published_for, scenario_origin, window_facts
from watchgap.study.origin_factors import Grounds, factors_of
from watchgap.study.origin_figures import exposure_line, figure_of, written
from watchgap.study.origin_names import FigureName
from watchgap.study.origin_record import Figure, Term
from watchgap.study.origin_shelf import LineOf, Shelf, moment

# The last stretches of a timeline are told; the whole of it stands in the brief.
_STRETCHES = 5
_CONTRADICTED_NOTE = (
    "An anomaly that is open touches it: until it is resolved there is no number, high or low."
)
_COMPLETENESS_NOTE = "Nothing at declared items can settle a claim of completeness, so it is not modelled."
_NOTHING_NOTE = "No scenario could be over yet, so there is nothing that could have been noticed or missed."
_NOT_BEGUN_NOTE = "The claim has not begun on this day."
_TOGETHER_NOTE = (
    "Found by a division of the log non-detection that may be spent over the strata; each stratum alone is "
    "asked for by its own name."
)
_BELIEF_NOTE = (
    "Every scenario counts here by its weight, and every start by its chance under the prior: the facts "
    "named are those behind all measures beside all routes of the claim."
)


class Traced:
    """A question about a case, with all that its numbers are traced back to."""

    def __init__(self, question: Question, line_of: LineOf, sampling: Sampling | None) -> None:
        self.question = question
        self.sampling = sampling
        loaded = question.loaded
        self.case = loaded.case
        self.now = question.now
        self.shelf = Shelf(loaded.case, loaded.entries, question.ledger, line_of, question.as_of)
        self._alone: dict[str, list[tuple[Scenario, ClaimAssessment]]] = {}
        self.provenance = Provenance(loaded.case, question.ledger)

    @cached_property
    def correcting(self) -> dict[str, list[Entry]]:
        """The facts that correct a fact, by its id, known or not."""
        found: dict[str, list[Entry]] = {}
        for fact in self.question.loaded.entries:
            if fact.supersedes:
                found.setdefault(fact.supersedes, []).append(fact)
        return found

    @cached_property
    def study(self) -> Study:
        """The brief of the day."""
        question = self.question
        return brief(
            question.loaded, as_of=question.as_of, known_on=question.known_on, sampling=self.sampling
        )

    @cached_property
    def computed(self) -> Situation:
        """The numbers that the brief was computed from."""
        question = self.question
        return situation_of(question.loaded, as_of=question.as_of, known_on=question.known_on)

    @cached_property
    def assessment(self) -> Assessment:
        """The assessment that the brief tells of, with the start of each binding scenario."""
        return assess(self.computed)

    @cached_property
    def situation(self) -> Situation:
        """The same numbers from the facts that count by now alone: what comes later changes none of them."""
        return self.question.at_medians()

    @cached_property
    def grounds(self) -> Grounds:
        """What the words about factors rest on."""
        return Grounds(self.shelf, self.situation, tuple(self._check_facts()), self.provenance)

    def _check_facts(self) -> Iterator[Entry]:
        for fact in self.question.ledger.of_kind("checked"):
            if fact.detail.get("result", "as declared") == "as declared":
                yield from (fact for _ in fact.subjects)

    def claim(self, name: str) -> Claim:
        """A claim by its id."""
        return next(one for one in self.situation.claims if one.name == name)

    # ------------------------------------------------------------ assurance

    def curve(self, name: FigureName) -> Found:
        """Trace a number of assurance, of a claim or of one of its strata."""
        figure = figure_of(self.study, name)
        claim = self.claim(name.claim)
        if claim.kind == "completeness" or figure.value is None:
            return self.without_number(figure, claim)
        assessed = self.assessment.claims[claim.name]
        curves = assessed.by_stratum[name.stratum] if name.stratum else assessed.curves
        curve: Curve = curves[name.curve]
        if curve.binding[-1] < 0:
            return Found(figure, rules.rule_of_curve(name.curve), notes=(_NOTHING_NOTE,))
        scenario = self.situation.scenarios[int(curve.binding[-1])]
        traced = trace(self.situation, scenario, float(curve.start[-1]), self.now, name.curve)
        terms = tuple(self._worst(claim, name))
        return replace(
            self._of_trace(figure, claim, traced), rule=rules.rule_of_curve(name.curve), terms=terms
        )

    def _worst(self, claim: Claim, name: FigureName) -> Iterator[Term]:
        """The greatest non-detection of every scenario that could be over, worst first."""
        found = [
            (1.0 - float(one.curves[name.curve].value[-1]), scenario.name)
            for scenario, one in self.alone(claim)
            if name.stratum in ("", scenario.stratum) and one.curves[name.curve].binding[-1] >= 0
        ]
        for missed, scenario in sorted(found, key=lambda pair: -pair[0]):
            yield Term(f"greatest non-detection of {scenario}", missed, "1", written(missed, "1"))

    def alone(self, claim: Claim) -> list[tuple[Scenario, ClaimAssessment]]:
        """Every scenario of a claim with what would be said of the claim if it were the only one."""
        if claim.name not in self._alone:
            now = replace(self.computed, times=np.array([self.now]), claims=(claim,), contradictions=())
            self._alone[claim.name] = [
                (one, assess(replace(now, scenarios=(one,))).claims[claim.name])
                for one in self.computed.scenarios
                if one.claim == claim.name
            ]
        return self._alone[claim.name]

    def _of_trace(self, figure: Figure, claim: Claim, traced: Trace) -> Found:
        timely = traced.curve == TIMELY
        return Found(
            figure=figure,
            scenario=scenario_origin(self.shelf, claim, traced),
            factors=factors_of(self.grounds, traced),
            published=tuple(published_for(self.case, traced.scenario, timely=timely)),
        )

    def without_number(self, figure: Figure, claim: Claim) -> Found:
        """Say why there is no number, with the facts of the anomalies that are open."""
        touching = [
            one
            for one in self.situation.contradictions
            if claim.name in one.claims and one.is_open(np.array([self.now]))[0]
        ]
        if touching:
            open_now = {one.anomaly for one in touching}
            facts = [
                fact.id
                for fact in self.question.ledger.of_kind("raised", "resolved")
                if open_now.intersection(fact.subjects)
            ]
            return Found(figure, rules.CONTRADICTED, notes=(_CONTRADICTED_NOTE,), entries=tuple(facts))
        if claim.kind == "completeness":
            return Found(figure, notes=(_COMPLETENESS_NOTE,))
        return Found(figure, notes=(_NOT_BEGUN_NOTE if claim.since >= self.now else _NOTHING_NOTE,))

    # ------------------------------------------------------------ exposure

    def exposure(self, name: FigureName) -> Found:
        """Trace an exposure: the scenario that attains it, with as many items, and its factors."""
        figure = figure_of(self.study, name)
        claim = self.claim(name.claim)
        if figure.value is None:
            return self.without_number(figure, claim)
        found = {one.stratum: one for one in exposure(self.computed, claim, self.now)}
        stratum = name.stratum or (claim.strata[0] if len(claim.strata) == 1 else "")
        target = self.shelf.under(self.shelf.place(claim.name, "target"))
        if not stratum:
            terms = tuple(self._exposure_term(claim, found[one]) for one in claim.strata)
            return Found(
                figure, rules.EXPOSURE_TOGETHER, terms=terms, notes=(_TOGETHER_NOTE,), numbers=target
            )
        line = found[stratum]
        if line.scenario is None:
            note = exposure_line(self.study.claim(claim.name), name).sentence
            return Found(figure, rules.EXPOSURE, notes=(note,), numbers=target)
        scenario = next(one for one in self.situation.scenarios if one.name == line.scenario)
        traced = trace(self.situation, scenario.with_items(line.items), line.start, self.now, IN_HAND)
        terms = (
            Term("items", float(line.items), "item", written(float(line.items), "item")),
            Term("chance of notice", 1 - traced.nondetection, "1", written(1 - traced.nondetection, "1")),
            Term("target", claim.target, "1", written(claim.target, "1"), f"{claim.name}.target"),
        )
        return replace(
            self._of_trace(figure, claim, traced), rule=rules.EXPOSURE, terms=terms, numbers=target
        )

    def _exposure_term(self, claim: Claim, line: Exposure) -> Term:
        ask = f"{claim.name}.exposure.{line.stratum}"
        return Term(f"stratum '{line.stratum}' alone", line.amount, "SQ", written(line.amount, "SQ"), ask)

    # ------------------------------------------------------------ belief

    def belief(self, name: FigureName) -> Found:
        """Trace a posterior or its prior to every scenario with its weight."""
        figure = figure_of(self.study, name)
        claim = self.claim(name.claim)
        posterior = name.kind == names.POSTERIOR
        if figure.value is None:
            return self.without_number(figure, claim)
        parts = list(self._believed(claim))
        prior = sum(weight * chance for _, weight, chance, _ in parts)
        terms = [term for part in parts for term in _terms_of(*part, missed=posterior)]
        if posterior:
            terms.insert(0, Term("prior", prior, "1", written(prior, "1"), f"{claim.name}.prior"))
        routes = [one for one in self.case.routes if claim.name in one.claims]
        places = [self.shelf.place(claim.name, "prior")]
        places += [self.shelf.place(route.id, "weight") for route in routes]
        return Found(
            figure,
            rules.POSTERIOR if posterior else rules.PRIOR,
            terms=tuple(terms),
            notes=(_BELIEF_NOTE,) if posterior else (),
            entries=tuple(self.facts_of(claim)) if posterior else tuple(self.window_facts_of(claim)),
            numbers=self.shelf.under(*places),
            sources=tuple(key for route in routes for key in route.source),
        )

    def _believed(self, claim: Claim) -> Iterator[tuple[Scenario, float, float, float]]:
        """Each scenario with its weight, the chance that it is over, and its mean non-detection, all [1]."""
        alone = self.alone(claim)
        total = sum(scenario.weight for scenario, _ in alone)
        for scenario, assessed in alone:
            chance = float(assessed.prior[-1])
            yield scenario, scenario.weight / total, chance, _mean_missed(claim, assessed)

    def measures_beside(self, claim: Claim) -> list[Measure]:
        """The measures beside the routes of a claim; none beside those of the past."""
        if claim.kind == "past":
            return []
        routes = [one for one in self.case.routes if claim.name in one.claims]
        points = {glimpse.point for route in routes for step in route.steps for glimpse in step.passes}
        return [one for one in self.case.measures if one.point in points]

    def facts_of(self, claim: Claim) -> Iterator[str]:
        """The facts behind all measures beside the routes of a claim, and its checks."""
        for measure in self.measures_beside(claim):
            yield from self.provenance(measure.id, claim.since, self.now)
        for fact in self.question.ledger.of_kind("checked"):
            if set(fact.subjects).intersection(claim.strata):
                yield fact.id
        yield from self.window_facts_of(claim)

    def window_facts_of(self, claim: Claim) -> Iterator[str]:
        """The facts that open and close the windows of a claim's scenarios."""
        for scenario in self.situation.scenarios:
            if scenario.claim == claim.name:
                yield from (fact.id for fact in window_facts(self.shelf, scenario))

    # ------------------------------------------------------------ packages and timelines

    def effort(self, name: FigureName) -> Found:
        """Trace the effort of a package to its visit and its activities."""
        package = next(one for one in self.case.packages if one.id == name.package)
        parts = [(f"{package.id}.visit_effort", 1.0, package.visit_effort.at(0.5), "visit")]
        activities = {one.id: one for one in self.case.activities}
        places = [self.shelf.place(package.id)]
        for planned in package.activities:
            activity, sample = activities[planned.activity], round(planned.sample.at(0.5))
            places.append(self.shelf.place(activity.id, "fixed_effort"))
            places.append(self.shelf.place(activity.id, "effort_per_item"))
            fixed, each = activity.fixed_effort.at(0.5), activity.effort_per_item.at(0.5)
            parts.append((f"{activity.id}.fixed_effort", 1.0, fixed, f"'{activity.id}'"))
            words = f"'{activity.id}', {sample} items"
            parts.append((f"{activity.id}.effort_per_item", float(sample), each, words))
        offers = self.question.ledger.about(package.id, "offered", "withdrawn")
        return Found(
            figure_of(self.study, name),
            rules.EFFORT,
            terms=tuple(
                Term(words, times * value, "person-day", written(times * value, "person-day"), ask)
                for ask, times, value, words in parts
            ),
            entries=tuple(fact.id for fact in offers),
            numbers=self.shelf.under(*places),
            sources=package.source,
        )

    def lane(self, name: FigureName) -> Found:
        """Trace what the timeline of a measure says of today to its history."""
        measure = next(one for one in self.case.measures if one.id == name.measure)
        lane = next(one for one in self.study.lanes if one.measure == measure.id)
        last, first = lane.stretches[-_STRETCHES:], self.case.period.first
        return Found(
            figure_of(self.study, name),
            rules.LANE,
            terms=tuple(
                Term(
                    f"{moment(first, one.begins)} to {moment(first, one.ends)}: {one.state} ({one.why})",
                    one.functioning[1],
                    "1",
                    written(one.functioning[1], "1"),
                )
                for one in last
            ),
            entries=self.provenance(measure.id, -np.inf, self.now),
            numbers=self.shelf.under(self.shelf.place(measure.id)),
            sources=measure.source,
        )


def _mean_missed(claim: Claim, assessed: ClaimAssessment) -> float:
    """Mean non-detection of the one scenario that a claim was assessed with, over its finished starts [1]."""
    if claim.kind == "past":
        return 1.0 - float(assessed.curves[IN_HAND].value[-1])
    before, after = float(assessed.prior[-1]), float(assessed.posterior[-1])
    # The odds of the posterior are those of the prior times this mean.
    return after / (1 - after) * (1 - before) / before if before > 0 else 1.0


def _terms_of(
    scenario: Scenario, weight: float, chance: float, missed_mean: float, *, missed: bool
) -> Sequence[Term]:
    name = scenario.name
    terms = [
        Term(f"weight of {name}", weight, "1", written(weight, "1")),
        Term(f"chance that {name} is over, if it is the one", chance, "1", written(chance, "1")),
    ]
    if missed:
        terms.append(Term(f"mean non-detection of {name}", missed_mean, "1", written(missed_mean, "1")))
    return terms
