"""Faults of a planning problem, found before anything is computed."""

from collections import Counter
from math import isfinite

from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.recovery.plan_record import Caps, Offer, PlanProblem, Samples, Threat


def check_problem(problem: PlanProblem) -> None:
    """Refuse a problem with a number out of range, an unknown name, or limits that can never hold.

    Raises
    ------
    OutOfRange : a target outside (0, 1); a probability outside [0, 1]; a false alarm of 1; defective items
        outside 1 to the population; an effort that is negative or not finite; more items offered than there
        are; a name that is there twice; a cap that is negative, on effort below the base effort, or on false
        alarms outside (0, 1); samples that are neither independent nor disjoint.
    UnknownName : a threat or an offer on a stratum without a population; a cap on an activity that is not
        offered.
    """
    if problem.samples not in set(Samples):
        raise OutOfRange(f"samples are '{problem.samples}', not 'independent' or 'disjoint'")
    for stratum, population in problem.populations.items():
        if population < 0:
            raise OutOfRange(f"population of {stratum} is {population}, not 0 or more items")
    _require_once("threat", [threat.name for threat in problem.threats])
    _require_once("offer", [f"{offer.activity} on {offer.stratum}" for offer in problem.offers])
    for threat in problem.threats:
        _check_threat(threat, _population(problem, threat.stratum, f"threat {threat.name}"))
    for offer in problem.offers:
        _check_offer(offer, _population(problem, offer.stratum, f"activity {offer.activity}"))
    _require_effort("base effort", problem.base_effort)
    _check_caps(problem, problem.caps)


def _population(problem: PlanProblem, stratum: str, what: str) -> int:
    if stratum not in problem.populations:
        known = ", ".join(problem.populations) or "none"
        raise UnknownName(f"{what} is on stratum '{stratum}', which has no population; known are {known}")
    return problem.populations[stratum]


def _check_threat(threat: Threat, population: int) -> None:
    if not 0.0 < threat.target < 1.0:
        raise OutOfRange(f"target for {threat.name} is {threat.target}, not in (0, 1)")
    if not 1 <= threat.items <= population:
        raise OutOfRange(
            f"defective items of {threat.name} are {threat.items}, not from 1 to the {population} items of "
            f"{threat.stratum}"
        )
    _require_probability(f"non-detection of {threat.name}", threat.nondetection)
    for activity, chance in threat.recognition.items():
        _require_probability(f"recognition of {threat.name} by {activity}", chance)


def _check_offer(offer: Offer, population: int) -> None:
    what = f"{offer.activity} on {offer.stratum}"
    _require_effort(f"fixed effort of {what}", offer.fixed_effort)
    _require_effort(f"effort per item of {what}", offer.effort_per_item)
    if not 0.0 <= offer.false_alarm < 1.0:
        raise OutOfRange(f"false-alarm probability of {what} is {offer.false_alarm}, not in [0, 1)")
    if not 0 <= offer.most_items <= population:
        raise OutOfRange(
            f"most items of {what} are {offer.most_items}, not from 0 to the population of {population}"
        )


def _check_caps(problem: PlanProblem, caps: Caps) -> None:
    if not caps.effort >= problem.base_effort:
        raise OutOfRange(
            f"cap on effort is {caps.effort} person-days, not at least the base effort of "
            f"{problem.base_effort}"
        )
    offered = {offer.activity for offer in problem.offers}
    for activity, most in caps.items.items():
        if activity not in offered:
            known = ", ".join(sorted(offered)) or "none"
            raise UnknownName(f"cap on items of '{activity}', which is not offered; offered are {known}")
        if most < 0:
            raise OutOfRange(f"cap on items of {activity} is {most}, not 0 or more")
    if caps.false_alarms is not None and not 0.0 < caps.false_alarms < 1.0:
        raise OutOfRange(f"cap on false alarms is {caps.false_alarms}, not in (0, 1)")


def _require_probability(what: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise OutOfRange(f"{what} is {value}, not a probability in [0, 1]")


def _require_effort(what: str, value: float) -> None:
    if not (isfinite(value) and value >= 0.0):
        raise OutOfRange(f"{what} is {value} person-days, not a finite number of 0 or more")


def _require_once(what: str, names: list[str]) -> None:
    name, count = next(iter(Counter(names).most_common(1)), ("", 0))
    if count > 1:
        raise OutOfRange(f"{what} {name} is there {count} times, not once")
