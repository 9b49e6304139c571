"""Runs a case for the inspection that settles its claims at least effort."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from pathlib import Path

import numpy as np

from watchgap.assurance import Situation, assess
from watchgap.assurance.record import PlannedCheck
from watchgap.assurance.threats import left_undetected, with_access
from watchgap.base.errors import OutOfRange
from watchgap.case.numbers import Valuation, median
from watchgap.case.record import Activity, Case, Package
from watchgap.flow.blocks import FloatArray, run_blocks
from watchgap.flow.ensemble import Question, Sampling, ask, origin_of
from watchgap.flow.load import LoadedCase
from watchgap.flow.wishes import (
    Limits,
    Wish,
    allowed_by,
    caps_for,
    check_wish,
    claims_of,
    effort_cap,
    packages_of,
    words_of,
)
from watchgap.recovery import (
    RULES,
    Offer,
    Plan,
    PlanProblem,
    Status,
    Threat,
    approximate_plan,
    best_assurance,
    check_problem,
    least_effort,
    nondetection_of,
    pareto,
    required_detection,
    required_sample,
)
from watchgap.study import (
    Access,
    Commission,
    PlanFindings,
    PlanStudy,
    Reverification,
    gather_plan,
    with_digest,
)

_BLOCK = 16


@dataclass(frozen=True, slots=True)
class _Access:
    """One package as an access: with all that lower levels allow, on the strata of the claims.

    pairs: activity and stratum of what may be done.
    """

    package: Package
    collects: frozenset[str]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Order:
    """What is wanted: the claims, the wish and the limits."""

    claims: tuple[str, ...]
    wish: Wish
    limits: Limits


def plan(
    case: str | Path | LoadedCase,
    wish: Wish | None = None,
    limits: Limits | None = None,
    *,
    known_on: date | str | None = None,
    sampling: Sampling | None = None,
) -> PlanStudy:
    """Find the activities and sample sizes that settle claims at least effort, with a proof.

    wish: what the inspection is to do, and when. limits: what it may take. sampling: draw what is not known
    so often, and say how surely the plan reaches the target; None leaves that out, and the plan is for
    medians alone.

    Raises CaseError if the folder has faults; UnknownName for a claim, access or activity that the case does
    not have; OutOfRange for a day outside the period, a claim that an open anomaly contradicts on it, and
    numbers that are out of range or contradict one another.
    """
    wish, limits = wish or Wish(), limits or Limits()
    question = replace(ask(case, as_of=wish.by, known_on=known_on), moment=True)
    stated = question.loaded.case
    order = _Order(claims_of(stated, wish), wish, limits)
    check_wish(stated, wish, limits)
    accesses = _accesses(stated, order)
    situation = question.at_medians()
    _require_no_anomaly(situation, order.claims)
    problems = [_problem(question, situation, one, order, median) for one in accesses]
    for problem in problems:
        check_problem(problem)
    plans = [_solved(problem, wish) for problem in problems]
    chosen = _chosen(plans, problems, wish)
    findings = PlanFindings(
        situation=situation,
        accesses=[
            Access(one.package, problem, plan)
            for one, problem, plan in zip(accesses, problems, plans, strict=True)
        ],
        chosen=chosen,
        pareto=pareto(problems[chosen]),
        rules=[approximate_plan(problems[chosen], rule, plans[chosen]) for rule in RULES],
        reverification=tuple(_reverification(situation, problems[chosen], order)),
        drawn=None
        if sampling is None
        else _drawn(_Carry(question, accesses[chosen], order, plans[chosen]), sampling),
    )
    caps = words_of(wish, limits, problems[chosen].caps)
    commission = Commission(order.claims, question.as_of, wish.target, wish.samples, caps)
    origin = origin_of(question)
    if sampling is not None and findings.drawn is not None:
        origin = replace(origin, draws=findings.drawn[0].size, seed=sampling.seed)
    return with_digest(gather_plan(stated, findings, commission, origin))


def _accesses(case: Case, order: _Order) -> list[_Access]:
    """The accesses that are allowed and can be afforded at all."""
    made: list[_Access] = []
    cap = effort_cap(order.limits) if order.wish.effort is None else order.wish.effort
    strata = {name for claim in case.claims if claim.id in order.claims for name in claim.strata}
    packages = packages_of(case, order.wish)
    for package in packages:
        allowed = allowed_by(case, package)
        pairs = ((one.activity, one.stratum) for each in allowed for one in each.activities)
        if median(package.visit_effort) <= cap:
            made.append(
                _Access(
                    package,
                    frozenset(name for each in allowed for name in each.collects),
                    tuple(dict.fromkeys(pair for pair in pairs if pair[1] in strata)),
                )
            )
    if not made:
        cheapest = min(median(package.visit_effort) for package in packages)
        raise OutOfRange(
            f"the cap of {cap:g} person-days is below what the visit alone takes, {cheapest:g} at least; "
            "raise the cap or allow another access"
        )
    return made


def _require_no_anomaly(situation: Situation, claims: Sequence[str]) -> None:
    for one in situation.contradictions:
        touched = one.claims.intersection(claims)
        if touched and one.is_open(situation.times)[-1]:
            raise OutOfRange(
                f"claim '{min(touched)}' has no number on that day: anomaly '{one.anomaly}' contradicts it, "
                "and no sample can resolve that; ask for another day, or resolve the anomaly first"
            )


def _problem(
    question: Question, situation: Situation, access: _Access, order: _Order, value: Valuation
) -> PlanProblem:
    """What one access poses: the threats left after it has collected, and what it may do about them."""
    case = question.loaded.case
    activities = {one.id: one for one in case.activities}
    wanted = {claim.name: claim.target for claim in situation.claims}
    planned = {
        (check.activity, check.stratum): check for package in situation.packages for check in package.checks
    }
    populations = {one.stratum: one.population for one in planned.values()}
    populations |= {one.stratum: one.population for one in situation.scenarios if one.claim in order.claims}
    offered = [(activities[activity], stratum) for activity, stratum in access.pairs]
    recognised = {
        pair: _recognition(situation, planned[pair]) for pair in access.pairs if planned[pair].population > 0
    }
    return PlanProblem(
        populations=populations,
        threats=tuple(_threats(situation, access, order, wanted, recognised)),
        offers=tuple(_offer(case, one, stratum, populations[stratum], value) for one, stratum in offered),
        base_effort=value(access.package.visit_effort),
        caps=caps_for(order.limits, {one.id: one for one, _ in offered}),
        samples=order.wish.samples,
    )


def _recognition(situation: Situation, check: PlannedCheck) -> Mapping[str, float]:
    """Recognition by concealment, by whether the evidence that the activity needs is still there."""
    now = float(situation.times[-1])
    there = all(not situation.evidence_lost.get(one, inf) < now for one in check.needs)
    return check.recognition if there else check.without_evidence


def _threats(
    situation: Situation,
    access: _Access,
    order: _Order,
    wanted: Mapping[str, float],
    recognised: Mapping[tuple[str, str], Mapping[str, float]],
) -> Iterator[Threat]:
    collected = with_access(situation, access.collects, access.package.level)
    for scenario in collected.scenarios:
        if scenario.claim not in order.claims:
            continue
        left = left_undetected(collected, scenario)
        if left is not None:
            yield Threat(
                name=scenario.name,
                stratum=scenario.stratum,
                items=scenario.items,
                nondetection=left,
                target=order.wish.target or wanted[scenario.claim],
                recognition={
                    activity: table.get(scenario.concealment, 0.0)
                    for (activity, stratum), table in recognised.items()
                    if stratum == scenario.stratum
                },
            )


def _offer(case: Case, activity: Activity, stratum: str, population: int, value: Valuation) -> Offer:
    if activity.instrument is not None:
        false_alarm = value(
            next(one for one in case.instruments if one.id == activity.instrument).false_alarm
        )
    else:
        false_alarm = 0.0 if activity.false_alarm is None else value(activity.false_alarm)
    return Offer(
        activity=activity.id,
        stratum=stratum,
        fixed_effort=value(activity.fixed_effort),
        effort_per_item=value(activity.effort_per_item),
        false_alarm=false_alarm,
        most_items=population,
    )


def _solved(problem: PlanProblem, wish: Wish) -> Plan:
    return least_effort(problem) if wish.effort is None else best_assurance(problem, wish.effort)


def _chosen(plans: Sequence[Plan], problems: Sequence[PlanProblem], wish: Wish) -> int:
    """The plan of least effort that does it; if none does, the one that comes nearest."""

    def rank(number: int) -> tuple[float, ...]:
        one = plans[number]
        if wish.effort is None and one.status in (Status.OPTIMAL, Status.OPEN):
            return (0.0, one.effort, -one.assurance)
        # Of accesses that come equally near, the one that allows most says best what is missing.
        return (1.0, -one.assurance, -len(problems[number].offers))

    return min(range(len(plans)), key=rank)


def _reverification(situation: Situation, problem: PlanProblem, order: _Order) -> Iterator[Reverification]:
    """What brings the posterior of each claim down to what is wanted, by each activity alone."""
    if order.wish.posterior is None:
        return
    after = order.wish.posterior
    assessed = assess(situation).claims
    scenarios = {one.name: one for one in situation.scenarios}
    told: set[tuple[str, str, str, str]] = set()
    for threat in problem.threats:
        scenario = scenarios[threat.name]
        before = float(assessed[scenario.claim].posterior[-1])
        needed = required_detection(before, after)
        for activity, chance in threat.recognition.items():
            # Routes and rates make no difference to what a sample finds of a scenario that is over.
            key = scenario.claim, threat.stratum, scenario.concealment, activity
            if chance > 0 and key not in told:
                told.add(key)
                population = problem.populations[threat.stratum]
                sample, words = required_sample(population, threat.items, chance, needed)
                yield Reverification(*key, before, after, needed, sample, words)


@dataclass(frozen=True)
class _Carry:
    """The work on one block: in every draw the plan's assurance, its effort, and whether it does it."""

    question: Question
    access: _Access
    order: _Order
    plan: Plan

    def __call__(self, points: FloatArray) -> FloatArray:
        return np.array([self.of(point) for point in points])

    def of(self, point: FloatArray) -> tuple[float, float, float]:
        situation = next(self.question.situations(point[None]))
        value, _ = self.question.drawer.draw(point)
        problem = _problem(self.question, situation, self.access, self.order, value)
        samples = {
            (line.activity, line.stratum): min(line.sample, problem.populations[line.stratum])
            for line in self.plan.lines
        }
        missed = nondetection_of(problem, samples)
        reached = all(missed[one.name] <= 1 - one.target + 1e-9 for one in problem.threats)
        each = {(one.activity, one.stratum): one for one in problem.offers}
        effort = problem.base_effort + sum(
            each[pair].fixed_effort + count * each[pair].effort_per_item for pair, count in samples.items()
        )
        return 1.0 - max(missed.values(), default=0.0), effort, float(reached)


def _drawn(work: _Carry, sampling: Sampling) -> tuple[FloatArray, FloatArray, float]:
    points = work.question.points(draws=sampling.draws, seed=sampling.seed)
    blocks = [points[first : first + _BLOCK] for first in range(0, len(points), _BLOCK)]
    done = np.concatenate(run_blocks(work, blocks, workers=sampling.workers, progress=sampling.progress))
    return done[:, 0], done[:, 1], float(done[:, 2].mean())
