"""Three methods on one stratum, crude, better and best, against defects of every size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.special import ndtr

from watchgap.base.errors import OutOfRange
from watchgap.detection.plans import disjoint_nondetection
from watchgap.detection.sampling import defects_needed
from watchgap.recovery.plan_record import Offer, Plan, PlanProblem, Samples, Threat
from watchgap.recovery.planner import least_effort

METHODS = ("H", "F", "D")
"""The methods: crude, better, and the best or destructive one."""
_SIZES = ("gross", "partial", "bias")
_STRATUM = "stratum"
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ThreeMethods:
    """A stratum and three methods to measure its items.

    population: [item]. item_mass, goal: [kg]. deviations: relative standard deviation of the difference
    between declared and measured, by method, falling [1]. effort_per_item: by method [person-day/item].
    multiple: an item is called defective if the difference exceeds so many standard deviations [1]. target:
    wanted detection probability [1].
    """

    population: int
    item_mass: float
    goal: float
    deviations: tuple[float, float, float]
    effort_per_item: tuple[float, float, float]
    multiple: float = 3.0
    target: float = 0.9


@dataclass(frozen=True, slots=True)
class Falsification:
    """A way to take the goal: items falsified [item], the share taken of each [1], its non-detection [1]."""

    items: int
    fraction: float
    nondetection: float


def three_method_problem(methods: ThreeMethods) -> PlanProblem:
    """Pose the planning problem of three methods against gross, partial and bias defects.

    Parameters
    ----------
    methods : the stratum and its methods.

    Returns
    -------
    PlanProblem
        Threats of ceil(M / (g x)) items with g = 1, k d_H and k d_F, as far as there are so many items, and
        an offer for each method; no item is taken twice. With r items the share is M / (r x), and method j
        recognises an item with Phi(share / d_j - k).

    Raises
    ------
    OutOfRange : deviations that do not fall, or are not in (0, 1); a goal or mass not above 0; a multiple
        below 0, or with which a deviation gives a share above 1.

    References
    ----------
    After Jaech and Russell, Algorithms to calculate sample sizes for inspection sampling plans, IAEA STR-261,
    Vienna, 1991; recognition: Avenhaus and Canty, Compliance Quantified, Cambridge University Press, 1996.
    """
    _check(methods)
    shares = (1.0, *(methods.multiple * deviation for deviation in methods.deviations[:2]))
    counts = [defects_needed(methods.goal, share, methods.item_mass) for share in shares]
    threats = tuple(
        _threat(methods, name, items)
        for name, items in zip(_SIZES, counts, strict=True)
        if items <= methods.population
    )
    false_alarm = float(ndtr(-methods.multiple))
    offers = tuple(
        Offer(method, _STRATUM, 0.0, effort, false_alarm, methods.population)
        for method, effort in zip(METHODS, methods.effort_per_item, strict=True)
    )
    return PlanProblem({_STRATUM: methods.population}, threats, offers, samples=Samples.DISJOINT)


def worst_falsification(methods: ThreeMethods, samples: Sequence[int]) -> Falsification:
    """Find the number of falsified items, of all that reach the goal, that a plan misses most.

    Parameters
    ----------
    methods : the stratum and its methods.
    samples : items taken by each method, none twice. [item]

    Returns
    -------
    Falsification
        The first of several. Exact, by computing every number of items.

    Raises
    ------
    OutOfRange : as `three_method_problem` and `disjoint_nondetection`; a goal above what all items hold.
    """
    _check(methods)
    first = defects_needed(methods.goal, 1.0, methods.item_mass)
    if first > methods.population:
        raise OutOfRange(
            f"goal of {methods.goal} kg takes {first} items, and the stratum has {methods.population}"
        )
    tried = (_falsified(methods, samples, items) for items in range(first, methods.population + 1))
    return max(tried, key=lambda one: one.nondetection)


def three_method_plan(methods: ThreeMethods) -> tuple[Plan, Falsification]:
    """Find the plan of least effort against defects of every size, and the falsification it misses most.

    Parameters
    ----------
    methods : the stratum and its methods.

    Returns
    -------
    tuple[Plan, Falsification]
        The plan, optimal over every number of falsified items from ceil(M / x) to all, or unreachable.

    Raises
    ------
    OutOfRange : as `three_method_problem` and `worst_falsification`.

    Notes
    -----
    The plan against some numbers of items is the optimum of an easier problem. While another number is missed
    more than the target allows, it is added; a plan that misses none is the optimum against all.
    """
    problem = three_method_problem(methods)
    while True:
        plan = least_effort(problem)
        taken = {line.activity: line.sample for line in plan.lines}
        worst = worst_falsification(methods, [taken.get(method, 0) for method in METHODS])
        known = {threat.items for threat in problem.threats}
        met = worst.nondetection <= (1.0 - methods.target) * (1.0 + _ROUNDING)
        if met or plan.shortfalls or worst.items in known:
            return plan, worst
        added = _threat(methods, f"{worst.items} items", worst.items)
        problem = replace(problem, threats=(*problem.threats, added))


def _threat(methods: ThreeMethods, name: str, items: int) -> Threat:
    chances = dict(zip(METHODS, _recognitions(methods, items), strict=True))
    return Threat(name, _STRATUM, items, 1.0, methods.target, chances)


def _falsified(methods: ThreeMethods, samples: Sequence[int], items: int) -> Falsification:
    left = disjoint_nondetection(methods.population, items, samples, _recognitions(methods, items))
    return Falsification(items, _share(methods, items), left)


def _share(methods: ThreeMethods, items: int) -> float:
    return min(methods.goal / (items * methods.item_mass), 1.0)


def _recognitions(methods: ThreeMethods, items: int) -> tuple[float, ...]:
    share = _share(methods, items)
    return tuple(float(ndtr(share / deviation - methods.multiple)) for deviation in methods.deviations)


def _check(methods: ThreeMethods) -> None:
    crude, better, best = methods.deviations
    if not 1.0 > crude > better > best > 0.0:
        raise OutOfRange(f"deviations are {methods.deviations}, not falling and in (0, 1)")
    if not 0.0 < methods.multiple * crude <= 1.0:
        raise OutOfRange(
            f"{methods.multiple} standard deviations of {crude} are not a share of an item in (0, 1]"
        )
