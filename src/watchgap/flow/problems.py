"""Poses the problem of an inspection: what it has to find under one access, and what it may do about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from watchgap.assurance import Situation
from watchgap.assurance.record import PlannedCheck
from watchgap.assurance.threats import left_undetected, with_access
from watchgap.base.errors import OutOfRange
from watchgap.case.numbers import Valuation, median
from watchgap.case.record import Activity, Case, Package
from watchgap.flow.wishes import Limits, Wish, allowed_by, caps_for, effort_cap, packages_of
from watchgap.recovery import Offer, PlanProblem, Threat


@dataclass(frozen=True, slots=True)
class Access:
    """One package as an access: with all that lower levels allow, on the strata of the claims.

    pairs: activity and stratum of what may be done.
    """

    package: Package
    collects: frozenset[str]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: the claims, the wish and the limits."""

    claims: tuple[str, ...]
    wish: Wish
    limits: Limits


def accesses_of(case: Case, order: Order) -> list[Access]:
    """The accesses that are allowed and can be afforded; raises OutOfRange if none can."""
    made: list[Access] = []
    cap = effort_cap(order.limits) if order.wish.effort is None else order.wish.effort
    strata = {name for claim in case.claims if claim.id in order.claims for name in claim.strata}
    packages = packages_of(case, order.wish)
    for package in packages:
        allowed = allowed_by(case, package)
        pairs = ((one.activity, one.stratum) for each in allowed for one in each.activities)
        if median(package.visit_effort) <= cap:
            made.append(
                Access(
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


def require_no_anomaly(situation: Situation, claims: Sequence[str]) -> None:
    """Refuse claims that an open anomaly contradicts: raises OutOfRange, naming the anomaly."""
    for one in situation.contradictions:
        touched = one.claims.intersection(claims)
        if touched and one.is_open(situation.times)[-1]:
            raise OutOfRange(
                f"claim '{min(touched)}' has no number on that day: anomaly '{one.anomaly}' contradicts it, "
                "and no sample can resolve that; ask for another day, or resolve the anomaly first"
            )


def problem_of(
    case: Case, situation: Situation, access: Access, order: Order, value: Valuation
) -> PlanProblem:
    """What one access poses: the threats left after it has collected, and what it may do about them."""
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
    access: Access,
    order: Order,
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
