"""The inspection of least effort, the best one for an effort, and the curve between, each with its proof."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf

import numpy as np

from watchgap.base.errors import OutOfRange
from watchgap.recovery.blocks import FALSE_ALARMS, Builder, Built, lowest_level
from watchgap.recovery.conditions import TIE
from watchgap.recovery.evaluate import effort_of, false_alarm_of, lines_of, nondetection_of, worst_of
from watchgap.recovery.master import Choice, choose_apart, choose_together, least_usage
from watchgap.recovery.plan_check import check_problem
from watchgap.recovery.plan_record import (
    Excess,
    ParetoPoint,
    Plan,
    PlanProblem,
    Shortfall,
    Status,
    Threat,
)

# Efforts are the same within this share of themselves, a limit is kept within it, and the next better
# non-detection is better by more than it.
_SHARE = 1e-9
# A plan is optimal if its effort is this close to the bound [person-day].
_GAP = 1e-6
# Share of the greatest non-detection down to which the points of a curve are spread [1].
_SPAN = 1e-3
EFFORT = "effort"
_NOTHING_NEEDED = "no sample is needed: nothing is left undetected beyond what may be"


def least_effort(problem: PlanProblem) -> Plan:
    """Find the activities and sample sizes that reach every target at least effort, and prove it.

    Parameters
    ----------
    problem : threats with their targets, offers, caps.

    Returns
    -------
    Plan
        OPTIMAL with a bound equal to the effort; UNREACHABLE with the threats that make it so, and the plan
        of least effort that does the best for them and reaches the targets of all others; OVER_A_CAP with
        the plan of least effort without caps and what it takes of each; OPEN with a gap if the search was
        given up.

    Raises
    ------
    OutOfRange, UnknownName : as `check_problem`.

    Notes
    -----
    Threats belong to one stratum each. On one stratum the integer optimum is found by a search with linear
    bounds (`watchgap.recovery.stratum`). Without caps that bind over several strata that is all. With them
    the strata are put together by column generation and one integer programme over all sample vectors that
    could beat the best plan (`watchgap.recovery.master`); its solver is HiGHS (Huangfu and Hall,
    Parallelizing the dual revised simplex method, Mathematical Programming Computation 10, 2018). A target
    missed by 1e-11 of its non-detection counts as reached, as everywhere.
    """
    check_problem(problem)
    builder = Builder(problem)
    allowed, shortfalls = _within_reach(builder)
    plan = _plan_for(builder, allowed)
    if shortfalls:
        proof = f"the best that can be had in place of targets out of reach; {plan.proof}"
        return replace(plan, status=Status.UNREACHABLE, shortfalls=tuple(shortfalls), proof=proof)
    return plan


def best_assurance(problem: PlanProblem, effort: float = inf) -> Plan:
    """Find the greatest assurance that an effort can give, and the least effort that gives it.

    The targets of the threats are left out of account: the assurance is 1 less the greatest non-detection
    over all threats after the plan.

    Parameters
    ----------
    problem : threats, offers, caps.
    effort : what may be spent, with the base effort; the cap on effort holds too. [person-day]

    Returns
    -------
    Plan
        The plan; its bound is the proved lower bound on the effort of its assurance.

    Raises
    ------
    OutOfRange, UnknownName : as `check_problem`; an effort below the base effort.

    Notes
    -----
    The least effort for a non-detection is a step function of it. The search runs over the non-detections
    that plans really leave, and ends when leaving less, by 1e-9 of it or more, is proved to need more than
    the effort or to be impossible within the caps. Non-detections below 1e-12 count as the same.
    """
    check_problem(problem)
    if not effort >= problem.base_effort:
        raise OutOfRange(
            f"effort is {effort} person-days, not at least the base effort of {problem.base_effort}"
        )
    return _best(Builder(problem), min(effort, problem.caps.effort))


def pareto(problem: PlanProblem, points: int = 12) -> tuple[ParetoPoint, ...]:
    """Find plans between no effort and the best assurance that can be had, none of which another one beats.

    Parameters
    ----------
    problem : threats, offers, caps; the targets are left out of account.
    points : greatest number of points, at least 2. [1]

    Returns
    -------
    tuple[ParetoPoint, ...]
        Ascending in effort and in assurance.

    Raises
    ------
    OutOfRange, UnknownName : as `check_problem`; fewer than 2 points.

    Notes
    -----
    The first point takes the base effort alone, the last the best assurance within the caps at its least
    effort. Between them non-detections are set at equal ratios, as effort rises about in proportion to their
    logarithm, down to the last or to a thousandth of the first. For each the least effort is found, and then
    the best assurance that this effort gives: both exact, so that no plan has more assurance for the same
    effort or less effort for the same assurance. Where several of these are one point, the steps of the curve
    next to its points are added, until all are there or the number is reached.
    """
    check_problem(problem)
    if points < 2:
        raise OutOfRange(f"points are {points}, not 2 or more")
    builder = Builder(problem)
    found = [_best(builder, problem.base_effort)]
    end, high = _best(builder, problem.caps.effort), _left(found[0])
    if _left(end) < high * (1.0 - _SHARE):
        found.append(end)
        low = max(_left(end), _SPAN * high)
        for step in range(1, points - 1):
            _insert(found, builder, high * (low / high) ** (step / (points - 1)))
    at = 0
    while at + 1 < len(found) < points:
        _insert(found, builder, _left(found[at]) * (1.0 - _SHARE))
        at += 1
    return tuple(ParetoPoint(plan.effort, plan.assurance, plan.lines) for plan in found)


def _left(plan: Plan) -> float:
    """Greatest non-detection [1] after a plan, which is 1 less the assurance without its rounding."""
    return worst_of(plan.nondetection)[0]


def _insert(found: list[Plan], builder: Builder, level: float) -> None:
    """Add the point at or next below a non-detection, unless it is there."""
    at = next((at for at, plan in enumerate(found) if _left(plan) <= level), 0)
    if at == 0:
        return
    plan = _plan_for(builder, builder.even(level))
    # A plan with the effort of a neighbour is that neighbour, which has the best assurance for its effort.
    if found[at - 1].effort * (1.0 + _SHARE) < plan.effort < found[at].effort * (1.0 - _SHARE):
        found.insert(at, _best(builder, plan.effort, known=_left(plan)))


def _best(builder: Builder, effort: float, known: float = 1.0) -> Plan:
    """The greatest assurance within an effort [person-day]; known: a non-detection that it attains."""
    problem = builder.problem
    budget, limits = effort - problem.base_effort, builder.limit_values
    before = max((threat.nondetection for threat in problem.threats), default=0.0)

    def attempt(level: float) -> tuple[float | None, float]:
        allowed = builder.even(level)
        if builder.together(allowed)[1]:
            return None, inf
        built = builder.build(allowed)
        choice, keeps = choose_apart(built.blocks, limits)
        if choice.cost <= budget * (1.0 + _SHARE) and not keeps:
            choice = choose_together(built.blocks, limits, budget)
        if choice.vectors is None or choice.cost > budget * (1.0 + _SHARE):
            return None, choice.bound
        left, _ = worst_of(nondetection_of(problem, builder.samples(built, choice)))
        return min(left, level), choice.cost

    least = max(builder.best().values(), default=0.0)
    level = lowest_level(attempt, least, min(before, known), budget) if before > 0.0 else 0.0
    plan = _plan_for(builder, builder.even(level))
    within = "at any effort" if effort == inf else f"with {effort:g} person-days"
    return replace(plan, proof=f"{plan.proof}; no plan leaves less undetected {within}")


def _plan_for(builder: Builder, allowed: Mapping[str, float]) -> Plan:
    """The plan of least effort that leaves no threat with more than it is allowed [1], if within reach."""
    built, limits = builder.build(allowed), builder.limit_values
    apart, keeps = choose_apart(built.blocks, limits)
    if keeps:
        words = "; together they keep all caps" if limits.size else ""
        return _made(builder, built, replace(apart, proof=apart.proof + words))
    together = choose_together(built.blocks, limits)
    if together.vectors is not None:
        return _made(builder, built, together)
    proof = f"without caps {apart.proof}; with them {together.proof}"
    plan = _made(builder, built, replace(apart, proof=proof))
    excesses = tuple(_excesses(builder, built, plan)) + plan.excesses
    return replace(plan, status=Status.OVER_A_CAP if together.settled else Status.OPEN, excesses=excesses)


def _made(builder: Builder, built: Built, choice: Choice) -> Plan:
    problem, samples = builder.problem, builder.samples(built, choice)
    lines, nondetection = lines_of(problem, samples), nondetection_of(problem, samples)
    effort, (worst, binding) = effort_of(problem, lines), worst_of(nondetection)
    bound = min(problem.base_effort + choice.bound, effort)
    plan = Plan(
        status=Status.OPTIMAL if choice.settled and effort - bound <= _GAP else Status.OPEN,
        lines=lines,
        effort=effort,
        bound=bound,
        assurance=1.0 - worst,
        binding=binding,
        nondetection=nondetection,
        false_alarm=false_alarm_of(problem, samples),
        proof=choice.proof if lines else _NOTHING_NEEDED,
    )
    most = problem.caps.effort
    if effort <= most * (1.0 + _SHARE):
        return plan
    over = Excess(EFFORT, most, effort, bound)
    status = Status.OVER_A_CAP if bound > most * (1.0 + _SHARE) else Status.OPEN
    return replace(plan, status=status, excesses=(over,))


def _excesses(builder: Builder, built: Built, plan: Plan) -> Iterator[Excess]:
    """The caps that the plan of least effort breaks, with the least that any plan takes of each."""
    used = builder.used({(line.activity, line.stratum): line.sample for line in plan.lines})
    for at, (name, limit) in enumerate(builder.limits.items()):
        if used[at] > limit * (1.0 + _SHARE):
            numbers = np.array([limit, used[at], least_usage(built.blocks, at)])
            allowed, needed, least = -np.expm1(-numbers) if name == FALSE_ALARMS else numbers
            yield Excess(name, float(allowed), float(needed), float(least))


def _within_reach(builder: Builder) -> tuple[dict[str, float], list[Shortfall]]:
    """What each threat may be left with: its target, or the least that can be had if that is more."""
    allowed, shortfalls, best = {}, [], builder.best()
    for threat in builder.problem.threats:
        wanted = 1.0 - threat.target
        allowed[threat.name] = wanted
        if best[threat.name] > wanted * (1.0 + TIE):
            allowed[threat.name] = best[threat.name]
            why = _why_not(builder, threat, best[threat.name])
            shortfalls.append(Shortfall(threat.name, 1.0 - best[threat.name], threat.target, why))
    eased, crowded = builder.together(allowed)
    return eased, shortfalls + crowded


def _why_not(builder: Builder, threat: Threat, best: float) -> str:
    offers = [
        offer
        for offer in builder.offers[threat.stratum]
        if threat.recognition.get(offer.activity, 0.0) > 0.0 and offer.most_items > 0
    ]
    if not offers:
        return f"no activity that may be carried out on {threat.stratum} recognises it"
    population = builder.problem.populations[threat.stratum]
    all_taken = ", ".join(
        f"{offer.activity} of {offer.most_items} of {population} items (recognition "
        f"{threat.recognition[offer.activity]:.4g})"
        for offer in offers
    )
    return (
        f"with {threat.items} defective, all that may be done still leaves a probability of {best:.4g} that "
        f"nothing is found, where {1.0 - threat.target:.4g} is wanted: {all_taken}"
    )
