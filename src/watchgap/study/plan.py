"""Gathers an inspection plan, its proof and what surrounds it into one record with its words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from watchgap.assurance import Scenario, Situation
from watchgap.case.record import Case, Package
from watchgap.recovery import ParetoPoint, Plan, PlanLine, PlanProblem, RulePlan
from watchgap.study.bands import FloatArray, interval_of
from watchgap.study.plan_record import (
    AccessPlan,
    ActivityLine,
    ParetoLine,
    PlanStudy,
    ReverificationLine,
    RuleLine,
    Shortfall,
    ThreatLine,
)
from watchgap.study.record import Origin
from watchgap.study.words import scenario_sentence


@dataclass(frozen=True, slots=True)
class SolvedAccess:
    """One package as an access, the problem that it poses, and the plan that solves it."""

    package: Package
    problem: PlanProblem
    plan: Plan


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan carried out in every draw.

    assurance: after the plan [1], and effort [person-day], (draws,). reached: share of the draws in which
    every target is reached [1].
    """

    assurance: FloatArray
    effort: FloatArray
    reached: float


@dataclass(frozen=True, slots=True)
class PlanFindings:
    """All that was computed for one plan.

    drawn: None without draws. margin: the share of what may be left undetected that the plan was made for at
    medians, so that it does it surely [1]; None if that was not asked for.
    """

    situation: Situation
    accesses: Sequence[SolvedAccess]
    chosen: int
    pareto: Sequence[ParetoPoint]
    rules: Sequence[RulePlan]
    reverification: Sequence[ReverificationLine]
    drawn: Drawn | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Commission:
    """What the plan was asked to do, as it is repeated in the record."""

    claims: tuple[str, ...]
    by: date
    target: float | None
    sureness: float | None
    samples: str
    caps: Mapping[str, str]


def gather_plan(case: Case, findings: PlanFindings, commission: Commission, origin: Origin) -> PlanStudy:
    """Put a plan with everything around it into one record."""
    writer = _Writer(case, findings)
    drawn = findings.drawn
    return PlanStudy(
        case=case.id,
        title=case.title,
        period_first=case.period.first,
        by=commission.by,
        known_on=origin.known_on,
        claims=commission.claims,
        target=commission.target,
        samples=commission.samples,
        caps=commission.caps,
        plans=tuple(writer.access(one) for one in findings.accesses),
        chosen=findings.chosen,
        pareto=tuple(
            ParetoLine(point.effort, point.assurance, writer.samples(point.lines))
            for point in findings.pareto
        ),
        rules=tuple(writer.rule(one) for one in findings.rules),
        reverification=tuple(findings.reverification),
        assurance=None if drawn is None else interval_of(drawn.assurance),
        reached=None if drawn is None else drawn.reached,
        origin=origin,
        effort=None if drawn is None else interval_of(drawn.effort),
        sureness=commission.sureness,
        margin=findings.margin,
    )


class _Writer:
    def __init__(self, case: Case, findings: PlanFindings) -> None:
        self.case = case
        self.situation = findings.situation
        self.scenarios = {one.name: one for one in findings.situation.scenarios}
        self.goals = {claim.name: claim.significant_quantity for claim in findings.situation.claims}
        self.texts = {one.id: one.text for one in case.activities}
        self.names = {one.id: one.name for one in case.strata}

    def access(self, access: SolvedAccess) -> AccessPlan:
        package, problem, plan = access.package, access.problem, access.plan
        return AccessPlan(
            access=package.id,
            access_name=package.name,
            level=package.level,
            status=str(plan.status),
            visit_effort=problem.base_effort,
            effort=plan.effort,
            bound=plan.bound,
            assurance=plan.assurance,
            binding=plan.binding,
            false_alarm=plan.false_alarm,
            lines=tuple(self.line(line, problem) for line in plan.lines),
            threats=tuple(self.threats(problem, plan)),
            shortfalls=tuple(
                Shortfall(one.threat, one.best, one.target, f"{one.why}{self.lacking(one.threat, problem)}")
                for one in plan.shortfalls
            ),
            over=tuple(
                f"{one.cap}: at most {one.allowed:g}, and the plan of least effort takes {one.needed:g}"
                for one in plan.excesses
            ),
            proof=plan.proof,
        )

    def lacking(self, threat: str, problem: PlanProblem) -> str:
        """What activities that are allowed could have done, had the evidence that they need not been lost."""
        scenario = self.scenarios[threat]
        allowed = {offer.activity for offer in problem.offers if offer.stratum == scenario.stratum}
        lost = {
            name for name, time in self.situation.evidence_lost.items() if time < self.situation.times[-1]
        }
        words = [
            f"; {activity.id} lacks '{evidence.name}', which is lost"
            for activity in self.case.activities
            for evidence in self.case.evidence
            if activity.id in allowed and evidence.id in lost and evidence.id in activity.needs
        ]
        return "".join(words)

    def line(self, line: PlanLine, problem: PlanProblem) -> ActivityLine:
        return ActivityLine(
            activity=line.activity,
            activity_text=self.texts[line.activity],
            stratum=line.stratum,
            stratum_name=self.names[line.stratum],
            population=problem.populations[line.stratum],
            sample=line.sample,
            effort=line.effort,
        )

    def threats(self, problem: PlanProblem, plan: Plan) -> Iterator[ThreatLine]:
        for threat in problem.threats:
            scenario: Scenario = self.scenarios[threat.name]
            amount = scenario.material / self.goals[scenario.claim][scenario.stratum]
            yield ThreatLine(
                scenario=threat.name,
                claim=scenario.claim,
                stratum=threat.stratum,
                items=threat.items,
                before=threat.nondetection,
                after=plan.nondetection[threat.name],
                target=threat.target,
                sentence=scenario_sentence(self.case, scenario, None, None, amount),
            )

    def samples(self, lines: Sequence[PlanLine]) -> str:
        """Sample sizes in a few words, such as 'scanning 34 of assemblies'."""
        return ", ".join(f"{line.activity} {line.sample} of {line.stratum}" for line in lines) or "nothing"

    def rule(self, rule: RulePlan) -> RuleLine:
        return RuleLine(
            rule=rule.rule,
            effort=rule.effort,
            detection=rule.assurance,
            reached=rule.reached,
            difference=rule.difference,
            samples=self.samples(rule.lines),
        )
