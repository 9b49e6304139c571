"""Plans by the rules in use, held against the exact ones."""

import numpy as np

from watchgap.base.counts import least_count
from watchgap.base.errors import UnknownName
from watchgap.detection.sampling import sample_size_jaech, sample_size_power
from watchgap.recovery.evaluate import effort_of, lines_of, nondetection_of, worst_of
from watchgap.recovery.plan_check import check_problem
from watchgap.recovery.plan_record import Offer, Plan, PlanProblem, RulePlan, Threat

POWER, JAECH, BINOMIAL, CUMULATIVE = "power", "Jaech", "improved binomial", "cumulative three-method"
RULES = (POWER, JAECH, BINOMIAL, CUMULATIVE)
"""The rules: N (1 - beta^(1/r)); Jaech's (1 - beta^(1/r)) (N - (r-1)/2); that over the recognition; and the
first one for defects of each size, with what a better method takes counted to the cruder ones."""

# An activity is taken for a threat if it recognises it as surely as this, or more surely than any other [1].
_SURE = 0.9
_ROUNDING = 1e-9


def approximate_plan(problem: PlanProblem, rule: str, best: Plan) -> RulePlan:
    """Plan by one of the rules in use, and compute exactly what the plan achieves.

    Parameters
    ----------
    problem : threats, offers; caps are left out of account.
    rule : one of RULES.
    best : plan of least effort, to compare with.

    Returns
    -------
    RulePlan
        Lines, effort, and exact non-detections.

    Raises
    ------
    OutOfRange, UnknownName : as `check_problem`; a rule that is not in RULES.

    Notes
    -----
    Each threat is left to the cheapest activity, by item, that recognises it with 0.9 or more, or else to the
    one that does so best; which one that is, the rules do not say. The size for a threat aims at what its
    target leaves of what was undetected before. By the first three rules an activity takes the greatest size
    of its threats. By the cumulative rule activities are put in the order of the number of defects that they
    are for, sizes are made to fall in that order, and each activity takes what its size is above the next:
    the better method counts for the cruder one. The improved binomial promises too much where recognition is
    below 1; the exact non-detections show it.

    References
    ----------
    Power: IAEA Safeguards Glossary, 2001 edition, Vienna, 2002. Improved binomial: Kim, A comparison of
    sample size calculation algorithms, KAERI. Cumulative: after Jaech and Russell, Algorithms to calculate
    sample sizes for inspection sampling plans, IAEA STR-261, Vienna, 1991.
    """
    check_problem(problem)
    if rule not in RULES:
        raise UnknownName(f"rule '{rule}' is not known; known are {', '.join(RULES)}")
    samples: dict[tuple[str, str], int] = {}
    for stratum in problem.populations:
        samples.update(_samples(problem, stratum, rule))
    lines, nondetection = lines_of(problem, samples), nondetection_of(problem, samples)
    worst, binding = worst_of(nondetection)
    effort = effort_of(problem, lines)
    reached = all(
        nondetection[threat.name] <= (1.0 - threat.target) * (1.0 + _ROUNDING) for threat in problem.threats
    )
    return RulePlan(rule, lines, effort, nondetection, 1.0 - worst, binding, reached, effort - best.effort)


def _samples(problem: PlanProblem, stratum: str, rule: str) -> dict[tuple[str, str], int]:
    """The sizes of one stratum by a rule, by activity and stratum."""
    offers = {offer.activity: offer for offer in problem.offers if offer.stratum == stratum}
    sizes: dict[str, int] = {}
    defects: dict[str, int] = {}
    for threat in problem.threats:
        goal = (1.0 - threat.target) / max(threat.nondetection, 1.0 - threat.target)
        offer = _activity_for(threat, offers) if threat.stratum == stratum and goal < 1.0 else None
        if offer is not None:
            name = offer.activity
            chance = threat.recognition[name]
            size = _size(rule, (problem.populations[stratum], threat.items), goal, chance)
            sizes[name] = max(sizes.get(name, 0), size)
            defects[name] = max(defects.get(name, 0), threat.items)
    if rule == CUMULATIVE:
        sizes = _counted_once(sizes, defects)
    return {(name, stratum): min(size, offers[name].most_items) for name, size in sizes.items()}


def _activity_for(threat: Threat, offers: dict[str, Offer]) -> Offer | None:
    """The activity that a rule would use against a threat; None if none recognises it."""
    able = [offer for name, offer in offers.items() if threat.recognition.get(name, 0.0) > 0.0]
    sure = [offer for offer in able if threat.recognition[offer.activity] >= _SURE]
    if sure:
        return min(sure, key=lambda offer: offer.effort_per_item)
    return max(able, key=lambda offer: threat.recognition[offer.activity], default=None)


def _size(rule: str, stratum: tuple[int, int], goal: float, recognition: float) -> int:
    """Sample by a rule; stratum: items, and defective items among them."""
    population, items = stratum
    if rule == JAECH:
        return sample_size_jaech(population, items, goal)
    if rule == BINOMIAL:
        caught = float(-np.expm1(np.log(goal) / items))
        return min(least_count(caught * (population - (items - 1) / 2.0) / recognition), population)
    return sample_size_power(population, items, goal)


def _counted_once(sizes: dict[str, int], defects: dict[str, int]) -> dict[str, int]:
    """From cumulative sizes to those of each activity; the one for the most, smallest defects comes first."""
    own: dict[str, int] = {}
    below = 0
    for name in sorted(sizes, key=lambda name: -defects[name]):
        own[name] = max(sizes[name] - below, 0)
        below = max(below, sizes[name])
    return own
