"""Builds the numbers of an assessment from a case, its facts and the records of its measures."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from watchgap.assurance.record import (
    Check,
    Claim,
    Contradiction,
    FloatArray,
    Package,
    Pass,
    PlannedCheck,
    Prior,
    Scenario,
    Situation,
    Step,
    Watch,
)
from watchgap.base.time import days_since, midnight
from watchgap.case.numbers import Valuation, items_needed, median, population_of, timeliness_of
from watchgap.case.record import Activity, Camera, Case, Imagery, ItemMonitor, Measure, Route, RouteStep, Seal
from watchgap.case.record import Claim as StatedClaim
from watchgap.coverage import NEVER, MeasureRecord
from watchgap.detection import recognition
from watchgap.detection.record import ExponentialResponse, Instrument, Response, SealResponse, SteppedResponse
from watchgap.ledger import Entry, Ledger
from watchgap.tables import significant_quantity


def build_situation(
    case: Case,
    ledger: Ledger,
    records: dict[str, MeasureRecord],
    times: FloatArray,
    value: Valuation = median,
) -> Situation:
    """Give every number of a case its value and every fact its place.

    times [d], ascending, shape (times,). value gives each uncertain number its value, by default the median.
    """
    builder = _Builder(case, ledger, value)
    lost = {item.id: time for item in case.evidence if (time := builder.lost_at(item.id)) < NEVER}
    return Situation(
        times=np.asarray(times, dtype=np.float64),
        claims=tuple(builder.claim(claim) for claim in case.claims),
        scenarios=tuple(builder.scenarios()),
        records=records,
        checks=tuple(builder.checks()),
        packages=tuple(builder.packages()),
        custodies={custody.id: value(custody.authentic) for custody in case.custodies},
        evidence_lost=lost,
        contradictions=tuple(builder.contradictions()),
    )


class _Builder:
    def __init__(self, case: Case, ledger: Ledger, value: Valuation) -> None:
        self.case = case
        self.ledger = ledger
        self.value = value
        self.strata = {stratum.id: stratum for stratum in case.strata}
        self.activities = {activity.id: activity for activity in case.activities}
        self.concealments = {concealment.id: concealment for concealment in case.concealments}

    def claim(self, claim: StatedClaim) -> Claim:
        strata = [self.strata[name] for name in claim.strata]
        prior = claim.prior
        return Claim(
            name=claim.id,
            kind=claim.kind,
            since=days_since(self.case.period.first, midnight(claim.since)),
            strata=claim.strata,
            target=self.value(claim.target),
            prior=Prior(
                0.0 if prior.hazard is None else self.value(prior.hazard),
                0.0 if prior.probability is None else self.value(prior.probability),
            ),
            significant_quantity={one.id: significant_quantity(one.material).value for one in strata},
            timeliness={one.id: timeliness_of(one, self.value) for one in strata},
        )

    def scenarios(self) -> Iterator[Scenario]:
        for claim in self.case.claims:
            for route in self.case.routes:
                if claim.id not in route.claims:
                    continue
                for rate in route.steps[0].rates:
                    for concealment in route.concealments:
                        yield self.scenario(claim, route, rate, concealment)

    def scenario(self, claim: StatedClaim, route: Route, rate: str, concealment: str) -> Scenario:
        stratum = self.strata[route.stratum]
        past = claim.kind == "past"
        steps = tuple(self.step(step, rate) for step in route.steps)
        return Scenario(
            name=f"{claim.id}/{route.id}/{rate}/{concealment}",
            claim=claim.id,
            stratum=stratum.id,
            route=route.id,
            rate=rate,
            concealment=concealment,
            population=population_of(stratum, self.value),
            item_mass=self.value(stratum.item_mass),
            fraction=self.value(self.concealments[concealment].defect_fraction),
            # A case has enough items at medians; a draw that has fewer lets all of them be taken.
            items=min(
                items_needed(claim, stratum, self.concealments[concealment], self.value),
                population_of(stratum, self.value),
            ),
            steps=steps,
            watches=() if past else tuple(self.watches(route, rate)),
            since=days_since(self.case.period.first, midnight(claim.since)),
            windows=None if past else self.windows(route),
            past=past,
            weight=1.0 if route.weight is None else self.value(route.weight),
        )

    def step(self, step: RouteStep, rate: str) -> Step:
        wait = 0.0 if step.wait is None else self.value(step.wait)
        return Step(step.id, self.value(step.setup), self.value(step.rates[rate]), wait)

    def watches(self, route: Route, rate: str) -> Iterator[Watch]:
        for measure in self.case.measures:
            passes = tuple(
                Pass(
                    number,
                    self.response(measure, visible, self.value(step.rates[rate])),
                    measure.kind == "item-monitor",
                )
                for number, step in enumerate(route.steps)
                for glimpse in step.passes
                if glimpse.point == measure.point and (visible := self.value(glimpse.visible)) > 0
            )
            if passes:
                blind = 0.0 if measure.blind_spot is None else self.value(measure.blind_spot)
                count = 1 if measure.count is None else round(self.value(measure.count))
                yield Watch(measure.id, blind, count, passes)

    def response(self, measure: Measure, visible: float, rate: float) -> Response:
        recognised = self.value(measure.recognition)
        match measure:
            case Camera(kind="random-camera"):
                return ExponentialResponse(recognised * visible / self.value(measure.interval))
            case Camera():
                return SteppedResponse(self.value(measure.interval) / visible, recognised)
            case ItemMonitor():
                return SteppedResponse(1 / (rate * visible), recognised)
            case Imagery():
                return SteppedResponse(self.value(measure.revisit) / visible, recognised)
            case Seal():
                return SealResponse(recognised)

    def windows(self, route: Route) -> tuple[tuple[float, float], ...] | None:
        origin = self.case.period.first
        if route.windows is not None:
            return tuple(
                (days_since(origin, midnight(window.first)), days_since(origin, midnight(window.last)) + 1.0)
                for window in route.windows
            )
        if not route.only_while_shut_down:
            return None
        facts = self.ledger.about(route.steps[0].facility, "shutdown", "started")
        turns: list[tuple[float, str]] = []
        for fact in facts:
            # A second report of the same shutdown does not interrupt it.
            if not turns or turns[-1][1] != fact.kind:
                turns.append((fact.when, fact.kind))
        if turns and turns[0][1] == "started":
            # What is started was shut down before.
            turns.insert(0, (0.0, "shutdown"))
        turns.append((NEVER, "started"))
        return tuple((begin, end) for (begin, kind), (end, _) in pairwise(turns) if kind == "shutdown")

    def lost_at(self, evidence: str) -> float:
        return min((fact.when for fact in self.ledger.about(evidence, "lost")), default=NEVER)

    def detection(self, activity: Activity) -> dict[str, float]:
        if activity.detection is not None:
            return {name: self.value(chance) for name, chance in activity.detection.items()}
        instrument = next(one for one in self.case.instruments if one.id == activity.instrument)
        numbers = Instrument(
            self.value(instrument.random),
            self.value(instrument.systematic),
            self.value(instrument.false_alarm),
        )
        return {
            name: recognition(numbers, self.value(concealment.defect_fraction))
            for name, concealment in self.concealments.items()
        }

    def without(self, activity: Activity) -> dict[str, float]:
        return {name: self.value(chance) for name, chance in activity.without.items()}

    def checks(self) -> Iterator[Check]:
        """Checks that found all as declared; what another one found is an anomaly, and a fact of its own."""
        for entry in self.ledger.of_kind("checked"):
            if entry.detail.get("result", "as declared") == "as declared":
                for name in entry.subjects:
                    yield self.check(entry, name)

    def check(self, entry: Entry, name: str) -> Check:
        activity = self.activities[entry.detail["activity"]]
        stratum = self.strata[name]
        there = all(not self.lost_at(evidence) < entry.when for evidence in activity.needs)
        return Check(
            time=entry.when,
            stratum=stratum.id,
            activity=activity.id,
            population=population_of(stratum, self.value),
            sample=min(int(entry.detail["sample"]), population_of(stratum, self.value)),
            recognition=self.detection(activity) if there else self.without(activity),
        )

    def packages(self) -> Iterator[Package]:
        for package in self.case.packages:
            effort = self.value(package.visit_effort)
            checks: list[PlannedCheck] = []
            for planned in package.activities:
                activity = self.activities[planned.activity]
                stratum = self.strata[planned.stratum]
                sample = round(self.value(planned.sample))
                effort += self.value(activity.fixed_effort) + sample * self.value(activity.effort_per_item)
                checks.append(
                    PlannedCheck(
                        stratum=stratum.id,
                        activity=activity.id,
                        population=population_of(stratum, self.value),
                        sample=min(sample, population_of(stratum, self.value)),
                        recognition=self.detection(activity),
                        without_evidence=self.without(activity),
                        needs=activity.needs,
                    )
                )
            yield Package(package.id, package.level, frozenset(package.collects), tuple(checks), effort)

    def contradictions(self) -> Iterator[Contradiction]:
        for fact in self.ledger.of_kind("raised"):
            for anomaly in fact.subjects:
                yield self.contradiction(fact, anomaly)

    def contradiction(self, fact: Entry, anomaly: str) -> Contradiction:
        later = [one.when for one in self.ledger.about(anomaly, "resolved") if one.when >= fact.when]
        strata, claims = frozenset(fact.listed("strata")), frozenset(fact.listed("claims"))
        touched = [claim for claim in self.case.claims if not claims or claim.id in claims]
        touched = [claim for claim in touched if not strata or strata & set(claim.strata)]
        return Contradiction(
            anomaly=anomaly,
            raised=fact.when,
            resolved=min(later, default=NEVER),
            strata=strata or frozenset(name for claim in touched for name in claim.strata),
            claims=frozenset(claim.id for claim in touched),
        )


__all__ = ["build_situation"]
