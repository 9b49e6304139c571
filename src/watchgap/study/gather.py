"""Gathers an assessment, the timelines and the facts into one study."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from watchgap.assurance import (
    IN_HAND,
    LATENT,
    TIMELY,
    Assessment,
    Claim,
    ClaimAssessment,
    Curve,
    Exposure,
    Scenario,
    Situation,
    curve_names,
)
from watchgap.assurance.grid import SAME_TIME
from watchgap.base.time import day_at, last_day_before
from watchgap.case.record import Case, Evidence, Facility
from watchgap.coverage.record import Lane
from watchgap.ledger import Entry, Ledger
from watchgap.study.record import (
    Anomaly,
    Binding,
    ClaimStudy,
    ExposureLine,
    Headline,
    Mark,
    Origin,
    PackageLine,
    Study,
)
from watchgap.study.words import (
    CONTRADICTED,
    NOT_BEGUN,
    NOT_MODELLED,
    NOTHING_POSSIBLE,
    scenario_sentence,
    words_for,
)

_BASIS = {
    IN_HAND: "collected and verified by this date",
    TIMELY: "came into hand within the timeliness goal of each scenario",
    LATENT: "as if every record were collected today",
}

_MARKS = {
    "installed": "service",
    "attached": "service",
    "serviced": "service",
    "collected": "service",
    "verified": "service",
    "denied": "refusal",
    "checked": "check",
    "lost": "loss",
    "raised": "anomaly",
}


@dataclass(frozen=True, slots=True)
class Results:
    """What the rooms above computed for one study."""

    situation: Situation
    assessment: Assessment
    lanes: tuple[Lane, ...]
    exposures: dict[str, tuple[Exposure, ...]]


def gather(case: Case, ledger: Ledger, results: Results, *, as_of: date, origin: Origin) -> Study:
    """Put the results of a case at the end of a day into one record with its words."""
    writer = _Writer(case, ledger, results)
    days = tuple(last_day_before(case.period.first, time) for time in results.situation.times)
    return Study(
        case=case.id,
        title=case.title,
        period_first=case.period.first,
        as_of=as_of,
        known_on=origin.known_on,
        times=results.situation.times,
        days=days,
        lanes=results.lanes,
        claims=tuple(writer.claim(claim) for claim in results.situation.claims),
        packages=tuple(writer.packages()),
        anomalies=tuple(writer.anomalies()),
        marks=tuple(writer.marks()),
        scale={
            name: tuple((rung.at_least, rung.say) for rung in ladder)
            for name, ladder in (("assurance", case.scale.assurance), ("posterior", case.scale.posterior))
        },
        origin=origin,
    )


def scenario_days(first: date, scenario: Scenario, start: float) -> tuple[date | None, date | None]:
    """The day on which a scenario begins and the one at whose end it is over; None for the past.

    first: of the case's period; start: [d] after it.
    """
    if scenario.past:
        return None, None
    begins = day_at(first, start + SAME_TIME)
    return begins, max(begins, last_day_before(first, start + scenario.duration + SAME_TIME))


class _Writer:
    def __init__(self, case: Case, ledger: Ledger, results: Results) -> None:
        self.case = case
        self.ledger = ledger
        self.situation = results.situation
        self.results = results
        self.now = float(results.situation.times[-1])
        self.first = case.period.first

    def claim(self, claim: Claim) -> ClaimStudy:
        stated = next(one for one in self.case.claims if one.id == claim.name)
        assessed = self.results.assessment.claims[claim.name]
        state = self.state(claim, assessed)
        return ClaimStudy(
            id=claim.name,
            kind=claim.kind,
            text=stated.text,
            since=stated.since,
            target=claim.target,
            state=state,
            headlines={
                name: self.headline(claim, assessed.curves[name], state)
                for name in curve_names(self.situation, claim)
            },
            posterior_headline=self.posterior(assessed, state),
            exposures=tuple(self.exposures(claim, assessed, state)),
            curves={name: curve.value for name, curve in assessed.curves.items()},
            by_stratum={
                stratum: {name: curve.value for name, curve in curves.items()}
                for stratum, curves in assessed.by_stratum.items()
            },
            posterior=assessed.posterior,
            prior=assessed.prior,
        )

    def state(self, claim: Claim, assessed: ClaimAssessment) -> str:
        if assessed.contradicted[-1]:
            return CONTRADICTED
        return NOT_MODELLED if claim.kind == "completeness" else "computed"

    def headline(self, claim: Claim, curve: Curve, state: str) -> Headline:
        basis = _BASIS.get(curve.name, "as if this package were carried out today")
        if state != "computed":
            return Headline(curve.name, None, state, basis)
        if claim.since >= self.now:
            return Headline(curve.name, None, NOT_BEGUN, basis)
        value = float(curve.value[-1])
        binding = self.binding(claim, curve)
        # With no scenario that could be over by now there is nothing that could have been noticed or missed.
        words = NOTHING_POSSIBLE if binding is None else words_for(value, self.case.scale.assurance)
        return Headline(curve.name, value if binding else None, words, basis, binding)

    def binding(self, claim: Claim, curve: Curve) -> Binding | None:
        number = int(curve.binding[-1])
        if number < 0:
            return None
        scenario = self.situation.scenarios[number]
        start = float(curve.start[-1])
        begins, ends = self.days(scenario, start)
        amount = scenario.material / claim.significant_quantity[scenario.stratum]
        return Binding(
            scenario=scenario.name,
            stratum=scenario.stratum,
            begins=begins,
            ends=ends,
            items=scenario.items,
            amount=amount,
            nondetection=1.0 - float(curve.value[-1]),
            sentence=scenario_sentence(self.case, scenario, begins, ends, amount),
        )

    def days(self, scenario: Scenario, start: float) -> tuple[date | None, date | None]:
        return scenario_days(self.first, scenario, start)

    def posterior(self, assessed: ClaimAssessment, state: str) -> Headline:
        basis = "degree of belief under the case's prior, given that nothing was found in what is in hand"
        if state != "computed":
            return Headline("posterior", None, state, basis)
        value = float(assessed.posterior[-1])
        return Headline("posterior", value, words_for(value, self.case.scale.posterior), basis)

    def exposures(self, claim: Claim, assessed: ClaimAssessment, state: str) -> Iterator[ExposureLine]:
        for one in self.results.exposures.get(claim.name, ()):
            # An anomaly takes the number from the strata that it touches, and from what is said of all.
            curves = assessed.by_stratum.get(one.stratum, assessed.curves)
            if np.isnan(curves[IN_HAND].value[-1]):
                yield ExposureLine(one.stratum, None, 0, state)
            elif one.scenario is None:
                sentence = (
                    "taken from the strata together, with detection in each taken as independent"
                    if one.amount
                    else "no amount could be gone with a detection probability below the target"
                )
                yield ExposureLine(one.stratum, one.amount, one.items, sentence)
            else:
                scenario = next(item for item in self.situation.scenarios if item.name == one.scenario)
                scenario = scenario.with_items(one.items)
                begins, ends = self.days(scenario, one.start)
                sentence = scenario_sentence(self.case, scenario, begins, ends, one.amount)
                yield ExposureLine(one.stratum, one.amount, one.items, sentence)

    def packages(self) -> Iterator[PackageLine]:
        for package in self.situation.packages:
            stated = next(one for one in self.case.packages if one.id == package.name)
            offered: date | None = None
            for fact in self.ledger.about(package.name, "offered", "withdrawn"):
                if fact.when < self.now:
                    since = offered or day_at(self.first, fact.when)
                    offered = since if fact.kind == "offered" else None
            yield PackageLine(package.name, stated.name, package.level, package.effort, offered)

    def anomalies(self) -> Iterator[Anomaly]:
        for one in self.situation.contradictions:
            if one.is_open(self.situation.times)[-1]:
                raises = self.ledger.about(one.anomaly, "raised")
                fact = next(fact for fact in raises if fact.when == one.raised)
                raised = day_at(self.first, one.raised)
                yield Anomaly(
                    one.anomaly, fact.detail["what"], raised, tuple(sorted(one.claims)), fact.sources
                )

    def marks(self) -> Iterator[Mark]:
        seen: set[tuple[date, str]] = set()
        for fact in self.ledger.entries:
            kind = _MARKS.get(fact.kind)
            if kind is None or not 0 <= fact.when < self.now:
                continue
            day = day_at(self.first, fact.when)
            # A service of five cameras on one day is one thing that happened.
            if kind == "service" and (day, kind) in seen:
                continue
            seen.add((day, kind))
            yield Mark(day, fact.when, kind, self.label(fact), fact.id)

    def label(self, fact: Entry) -> str:
        """A few words for a picture; what a fact rests on stands in the ledger."""
        named: tuple[Facility | Evidence, ...] = (*self.case.facilities, *self.case.evidence)
        names = {part.id: part.name for part in named}
        subject = ", ".join(names.get(name, name) for name in fact.subjects)
        match fact.kind:
            case "denied":
                return f"refused: {fact.detail.get('asked', subject)}"
            case "checked":
                return f"checked: {fact.detail['sample']} items of {subject}"
            case "lost":
                return f"lost: {subject}"
            case "raised":
                return f"anomaly: {fact.subjects[0]}"
            case _:
                return "service"
