"""Runs a case for the inspection that settles its claims at least effort."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import exp, inf, log
from pathlib import Path

import numpy as np

from watchgap.assurance import Situation, assess
from watchgap.base.errors import OutOfRange
from watchgap.case.numbers import median
from watchgap.flow.blocks import FloatArray, in_blocks, run_blocks
from watchgap.flow.days import as_day
from watchgap.flow.ensemble import Question, Sampling, ask, origin_of
from watchgap.flow.load import LoadedCase, load
from watchgap.flow.problems import Access, Order, accesses_of, problem_of, require_no_anomaly
from watchgap.flow.wishes import Limits, Wish, check_wish, claims_of, words_of
from watchgap.recovery import (
    RULES,
    Plan,
    PlanProblem,
    Status,
    approximate_plan,
    best_assurance,
    check_problem,
    effort_of,
    least_effort,
    lines_of,
    nondetection_of,
    pareto,
    reaches,
    required_detection,
    required_sample,
)
from watchgap.study import (
    Commission,
    Drawn,
    PlanFindings,
    PlanStudy,
    ReverificationLine,
    SolvedAccess,
    gather_plan,
    with_digest,
)

_BLOCK = 16
# A plan that is to do it surely is sought among those that leave this share, or more, of what may be left.
_LEAST_MARGIN = 1e-9
_HALVINGS = 20


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
    not have; OutOfRange for a day outside the period, a claim that an open anomaly contradicts on it, a wish
    to be sure without draws, and numbers that are out of range or contradict one another.
    """
    wish, limits = wish or Wish(), limits or Limits()
    loaded = case if isinstance(case, LoadedCase) else load(case)
    day = as_day(loaded, wish.by, "by")
    question = replace(ask(loaded, as_of=day, known_on=known_on), moment=True)
    stated = question.loaded.case
    order = Order(claims_of(stated, wish), wish, limits)
    check_wish(stated, wish, limits)
    if wish.sureness is not None and sampling is None:
        raise OutOfRange("a plan cannot be sure without draws of what is not known; ask for some")
    accesses = accesses_of(stated, order)
    situation = question.at_medians()
    require_no_anomaly(situation, order.claims)
    problems = [problem_of(stated, situation, one, order, median) for one in accesses]
    for problem in problems:
        check_problem(problem)
    plans = [_solved(problem, wish) for problem in problems]
    chosen = _chosen(plans, problems, wish)
    margin: float | None = None
    if sampling is not None and wish.sureness is not None:
        pose = [_Pose(question, access, order) for access in accesses]
        chosen, drawn, margin = _surest(problems, plans, pose, (wish.sureness, sampling))
    else:
        drawn = [] if sampling is None else _posed(_Pose(question, accesses[chosen], order), sampling)
    findings = PlanFindings(
        situation=situation,
        accesses=[
            SolvedAccess(one.package, problem, solved)
            for one, problem, solved in zip(accesses, problems, plans, strict=True)
        ],
        chosen=chosen,
        pareto=pareto(problems[chosen]),
        rules=[approximate_plan(problems[chosen], rule, plans[chosen]) for rule in RULES],
        reverification=tuple(_reverification(situation, problems[chosen], order)),
        drawn=_carried_out(plans[chosen], drawn) if drawn else None,
        margin=margin,
    )
    commission = Commission(
        claims=order.claims,
        by=question.as_of,
        target=wish.target,
        sureness=wish.sureness,
        samples=wish.samples,
        caps=words_of(wish, limits, problems[chosen].caps),
    )
    origin = origin_of(question)
    if sampling is not None:
        origin = replace(origin, draws=len(drawn), seed=sampling.seed)
    return with_digest(gather_plan(stated, findings, commission, origin))


def _solved(problem: PlanProblem, wish: Wish) -> Plan:
    return least_effort(problem) if wish.effort is None else best_assurance(problem, wish.effort)


def _chosen(plans: Sequence[Plan], problems: Sequence[PlanProblem], wish: Wish) -> int:
    """The plan of least effort that does it; if none does, the one that comes nearest."""

    def rank(number: int) -> tuple[float, ...]:
        one = plans[number]
        if wish.effort is None and _does(one):
            return (0.0, one.effort, -one.assurance)
        # Of accesses that come equally near, the one that allows most says best what is missing.
        return (1.0, -one.assurance, -len(problems[number].offers))

    return min(range(len(plans)), key=rank)


def _reverification(situation: Situation, problem: PlanProblem, order: Order) -> Iterator[ReverificationLine]:
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
                yield ReverificationLine(*key, before, after, needed, sample, words)


@dataclass(frozen=True)
class _Pose:
    """The work on one block of points: the problem that an access poses in every draw."""

    question: Question
    access: Access
    order: Order

    def __call__(self, points: FloatArray) -> list[PlanProblem]:
        """One problem for each point."""
        case = self.question.loaded.case
        return [
            problem_of(case, situation, self.access, self.order, draw.value)
            for draw, situation in self.question.drawn(points)
        ]


def _posed(work: _Pose, sampling: Sampling) -> list[PlanProblem]:
    points = work.question.points(draws=sampling.draws, seed=sampling.seed)
    blocks = in_blocks(points, _BLOCK)
    done = run_blocks(work, blocks, workers=sampling.workers, progress=sampling.progress)
    return [problem for block in done for problem in block]


def _carried_out(plan: Plan, drawn: Sequence[PlanProblem]) -> Drawn:
    """What a plan does in every draw: assurance, effort, and whether it reaches every target."""
    assurance, effort, reached = [], [], []
    for problem in drawn:
        # In a draw a stratum may hold fewer items than the plan was made for: all of them are then taken.
        samples = {
            (line.activity, line.stratum): min(line.sample, problem.populations[line.stratum])
            for line in plan.lines
        }
        missed = nondetection_of(problem, samples)
        assurance.append(1.0 - max(missed.values(), default=0.0))
        effort.append(effort_of(problem, lines_of(problem, samples)))
        left = np.array([missed[one.name] for one in problem.threats])
        target = np.array([one.target for one in problem.threats])
        reached.append(bool(reaches(1.0 - left, target).all()))
    return Drawn(np.array(assurance), np.array(effort), float(np.mean(reached)))


def _surest(
    problems: Sequence[PlanProblem],
    plans: list[Plan],
    poses: Sequence[_Pose],
    wanted: tuple[float, Sampling],
) -> tuple[int, list[PlanProblem], float]:
    """The access whose sure plan takes the least effort, its problems in the draws, the margin of the plan.

    The plan is put in place of the one at medians. Accesses are tried from the least effort at medians up, as
    long as one could still take less than the best that was found; a margin only adds to the effort.
    """
    sureness, sampling = wanted
    effort = [plan.effort if _does(plan) else inf for plan in plans]
    found: list[tuple[bool, float, int, list[PlanProblem], float]] = []
    for number in sorted(range(len(plans)), key=lambda number: (effort[number], -plans[number].assurance)):
        if found and (effort[number] == inf or min(one[:2] for one in found) <= (False, effort[number])):
            break
        drawn = _posed(poses[number], sampling)
        plans[number], margin = _surely(problems[number], drawn, sureness)
        missed = not _does(plans[number]) or _carried_out(plans[number], drawn).reached < sureness
        found.append((missed, plans[number].effort, number, drawn, margin))
    best = min(found, key=lambda one: one[:3])
    return best[2], best[3], best[4]


def _does(plan: Plan) -> bool:
    """Whether a plan reaches every target within every cap."""
    return plan.status in (Status.OPTIMAL, Status.OPEN)


def _surely(problem: PlanProblem, drawn: Sequence[PlanProblem], sureness: float) -> tuple[Plan, float]:
    """The plan for the least margin with which it reaches every target in so many of the draws.

    A margin is a share by which the non-detection that is allowed at medians is lowered. Returns the plan and
    the margin; the plan for the greatest margin if none suffices.
    """

    def at(margin: float) -> Plan:
        threats = (replace(one, target=1 - (1 - one.target) * margin) for one in problem.threats)
        return least_effort(replace(problem, threats=tuple(threats)))

    def does(plan: Plan) -> bool:
        return _does(plan) and _carried_out(plan, drawn).reached >= sureness

    best, low, high = at(1.0), log(_LEAST_MARGIN), 0.0
    if does(best):
        return best, 1.0
    best = at(_LEAST_MARGIN)
    if not does(best):
        return best, _LEAST_MARGIN
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        tried = at(exp(middle))
        if does(tried):
            best, low = tried, middle
        else:
            high = middle
    return best, exp(low)
