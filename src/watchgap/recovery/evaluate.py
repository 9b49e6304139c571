"""What given samples achieve, exactly: non-detection of each threat, effort, and false alarms."""

from collections.abc import Mapping
from math import expm1, log1p

from watchgap.recovery.conditions import Defects, StratumTask, left_by
from watchgap.recovery.plan_record import PlanLine, PlanProblem, Samples, Threat

Taken = Mapping[tuple[str, str], int]


def nondetection_of(problem: PlanProblem, samples: Taken) -> dict[str, float]:
    """Non-detection of each threat after samples have been taken.

    Parameters
    ----------
    problem : threats, populations and offers; what samples are drawn from.
    samples : items by activity and stratum. More than there are count as all; where no item is taken twice,
        the activities take theirs in the order of the offers, as long as there are any. [item]

    Returns
    -------
    dict[str, float]
        What was left of the threat before, times what the samples leave, by name. [1]
    """
    return {
        threat.name: threat.nondetection * _left(problem, threat, samples)
        if any(chance > 0.0 for chance in threat.recognition.values())
        else threat.nondetection
        for threat in problem.threats
    }


def _left(problem: PlanProblem, threat: Threat, samples: Taken) -> float:
    offers = [offer for offer in problem.offers if offer.stratum == threat.stratum]
    population, disjoint = problem.populations[threat.stratum], problem.samples == Samples.DISJOINT
    taken, room = [], population
    for offer in offers:
        taken.append(min(samples.get((offer.activity, offer.stratum), 0), room))
        room -= taken[-1] if disjoint else 0
    chances = tuple(threat.recognition.get(offer.activity, 0.0) for offer in offers)
    task = StratumTask(population, (), tuple(offer.most_items for offer in offers), disjoint)
    return left_by(task, Defects(threat.items, 1.0, chances), taken)


def lines_of(problem: PlanProblem, samples: Taken) -> tuple[PlanLine, ...]:
    """The samples above 0 with their efforts [person-day], in the order of the offers."""
    return tuple(
        PlanLine(offer.activity, offer.stratum, sample, offer.fixed_effort + sample * offer.effort_per_item)
        for offer in problem.offers
        if (sample := samples.get((offer.activity, offer.stratum), 0)) > 0
    )


def effort_of(problem: PlanProblem, lines: tuple[PlanLine, ...]) -> float:
    """Effort of a plan with the visit itself [person-day]."""
    return problem.base_effort + sum(line.effort for line in lines)


def false_alarm_of(problem: PlanProblem, samples: Taken) -> float:
    """Probability [1] of one or more false alarms if all items are sound, each item on its own."""
    exponent = sum(
        samples.get((offer.activity, offer.stratum), 0) * log1p(-offer.false_alarm)
        for offer in problem.offers
    )
    return max(0.0, -expm1(exponent))


def worst_of(nondetection: Mapping[str, float]) -> tuple[float, str | None]:
    """The greatest non-detection [1] and its threat, the first of several; 0 and None without threats."""
    if not nondetection:
        return 0.0, None
    name = max(nondetection, key=lambda one: nondetection[one])
    return nondetection[name], name
