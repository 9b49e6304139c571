"""Holds the numbers and days of a case against each other: what cannot be together."""

from collections.abc import Iterator
from difflib import get_close_matches

from watchgap.base.errors import Fault
from watchgap.case.document import Document, Place
from watchgap.case.names import choose_from
from watchgap.case.numbers import goal_of, items_needed, median, population_of
from watchgap.case.record import Case, Claim, Correlation, Route, Stratum
from watchgap.case.unknowns import number_names
from watchgap.tables import significant_quantities, timeliness_goals

LONGEST_PERIOD = 36_525
"""Days that a case may cover: a century. A longer period is a slip in one of its years."""

Complaint = tuple[Place, str, str]


def check_case(case: Case, document: Document) -> tuple[Fault, ...]:
    """List every fault of a well-formed case that `check_names` does not see, with its line."""
    complaints = [*_period(case), *_strata(case), *_claims(case), *_measures(case), *_packages(case)]
    complaints += [*_perils(case), *_correlations(case)]
    for position, route in enumerate(case.routes):
        complaints += [*_route(route, ("routes", position)), *_goals(case, route, ("routes", position))]
    return tuple(sorted({document.fault(*complaint) for complaint in complaints}))


def _period(case: Case) -> Iterator[Complaint]:
    days = (case.period.last - case.period.first).days + 1
    if days > LONGEST_PERIOD:
        yield ("period", "last"), f"the period has {days} days", f"keep it under {LONGEST_PERIOD} days"


def _strata(case: Case) -> Iterator[Complaint]:
    for position, stratum in enumerate(case.strata):
        for field, name, table in (
            ("material", stratum.material, significant_quantities()),
            ("category", stratum.category, timeliness_goals()),
        ):
            if name not in table:
                remedy = f"use one of {', '.join(table)}"
                yield ("strata", position, field), f"no {field} '{name}' is tabulated", remedy


def _claims(case: Case) -> Iterator[Complaint]:
    for position, claim in enumerate(case.claims):
        place = ("claims", position)
        if not case.period.first <= claim.since <= case.period.last:
            problem = f"the claim begins on {claim.since}, outside the period"
            yield (*place, "since"), problem, f"the period is {case.period.first} to {case.period.last}"
        routes = [route for route in case.routes if claim.id in route.claims]
        if claim.kind != "completeness":
            yield from _answerable(case, claim, routes, place)
        elif routes:
            problem = "a completeness claim cannot be settled at declared strata"
            yield place, f"{problem}, yet route '{routes[0].id}' names it", "take it out of the route"


def _answerable(case: Case, claim: Claim, routes: list[Route], place: Place) -> Iterator[Complaint]:
    form = "hazard" if claim.kind == "gap" else "probability"
    if getattr(claim.prior, form) is None:
        yield (*place, "prior"), f"the prior of a {claim.kind} claim is a {form}", f"give `{form}`"
    if claim.kind == "past" and claim.since != case.period.first:
        problem = f"the claim about the past begins on {claim.since}"
        remedy = f"it is about what was done before the period: write {case.period.first}"
        yield (*place, "since"), problem, remedy
    if not claim.strata:
        yield (*place, "strata"), "the claim is about no stratum", "name at least one"
    declared = {stratum.id for stratum in case.strata}
    for name in claim.strata:
        if name in declared and not any(route.stratum == name for route in routes):
            problem = f"no route takes from stratum '{name}' against this claim"
            yield (*place, "strata"), problem, "declare one: with no route every assurance would be 1"
    for route in routes:
        if route.stratum in declared and route.stratum not in claim.strata:
            problem = f"route '{route.id}' takes from '{route.stratum}', which the claim leaves out"
            yield (*place, "strata"), problem, f"add '{route.stratum}' to the strata of the claim"


def _route(route: Route, place: Place) -> Iterator[Complaint]:
    first = route.steps[0]
    if first.wait is not None:
        yield (*place, "steps", 0, "wait"), "the first step has nothing to wait for", "remove `wait`"
    seen: set[str] = set()
    for position, step in enumerate(route.steps):
        if set(step.rates) != set(first.rates):
            problem = f"step '{step.id}' has the rates {', '.join(step.rates)}"
            remedy = f"name the same as in the first step: {', '.join(first.rates)}"
            yield (*place, "steps", position, "rates"), problem, remedy
        if step.id in seen:
            problem = f"the route has two steps '{step.id}'"
            yield (*place, "steps", position, "id"), problem, "give each step its own id"
        seen.add(step.id)
        points = [glimpse.point for glimpse in step.passes]
        if len(set(points)) < len(points):
            problem = f"step '{step.id}' passes one point twice"
            yield (
                (*place, "steps", position, "passes"),
                problem,
                "name each point once, with all that is visible",
            )
    if route.windows is not None and route.only_while_shut_down:
        problem = "the route has windows and is bound to the shutdown"
        yield (*place, "windows"), problem, "keep `windows` or `only_while_shut_down`"
    for position, window in enumerate(route.windows or ()):
        if window.last < window.first:
            problem = f"the window ends on {window.last}, before it begins"
            yield (*place, "windows", position), problem, "put `last` after `first`"


def _goals(case: Case, route: Route, place: Place) -> Iterator[Complaint]:
    for stratum in case.strata:
        if stratum.id != route.stratum or stratum.material not in significant_quantities():
            continue
        for claim in (claim for claim in case.claims if claim.id in route.claims):
            yield from _unreachable(case, route, claim, stratum, place)


def _unreachable(
    case: Case, route: Route, claim: Claim, stratum: Stratum, place: Place
) -> Iterator[Complaint]:
    population = population_of(stratum)
    for concealment in case.concealments:
        needed = items_needed(claim, stratum, concealment)
        if concealment.id in route.concealments and needed > population:
            problem = (
                f"claim '{claim.id}' asks for {goal_of(claim, stratum):g} kg, which is {needed} items of "
                f"'{stratum.id}' under '{concealment.id}', and it has {population}"
            )
            yield place, problem, "lower the goal of the claim, or leave the concealment out"
        elif concealment.id in route.concealments and route.windows and claim.kind == "gap":
            yield from _too_narrow(route, needed, place)


def _too_narrow(route: Route, items: int, place: Place) -> Iterator[Complaint]:
    """Rates at which the first step fits into no window: such a scenario could never be."""
    widths = [(window.last - window.first).days + 1 for window in route.windows or ()]
    first = route.steps[0]
    if min(widths) < 1 or route.only_while_shut_down:
        return
    for name, rate in first.rates.items():
        if median(first.setup) + items / median(rate) > max(widths):
            problem = f"at the {name} rate the first step fits into no window"
            yield (*place, "windows"), problem, "widen a window, or leave the rate out"


def _measures(case: Case) -> Iterator[Complaint]:
    for position, measure in enumerate(case.measures):
        for number, part in enumerate(getattr(measure, "life", ())):
            if part.kind == "film" and measure.kind == "item-monitor":
                place = ("measures", position, "life", number)
                yield place, "an item monitor takes no pictures", "describe the part by kind 'fixed'"


def _packages(case: Case) -> Iterator[Complaint]:
    populations = {stratum.id: population_of(stratum) for stratum in case.strata}
    for position, package in enumerate(case.packages):
        for number, planned in enumerate(package.activities):
            sample = round(planned.sample.at(0.5))
            population = populations.get(planned.stratum, sample)
            if sample > population:
                problem = f"the sample of {sample} is larger than stratum '{planned.stratum}'"
                place = ("packages", position, "activities", number, "sample")
                yield place, problem, f"it has {population} items"


def _perils(case: Case) -> Iterator[Complaint]:
    kinds = {measure.id: measure.kind for measure in case.measures}
    for position, peril in enumerate(case.perils):
        place = ("perils", position)
        for name in peril.loses:
            if kinds.get(name) == "imagery":
                problem = f"imagery '{name}' is sent at once, and no peril at its place can lose it"
                yield (*place, "loses"), problem, "name measures whose record lies at the place"
        if peril.day is not None:
            if max(peril.day.days) < case.period.first:
                problem = "all days of the peril are before the period, so it cannot happen any more"
                remedy = "state what was lost as a fact, or leave the peril out"
                yield (*place, "day"), problem, remedy
            for day in peril.day.days:
                if abs((day - case.period.first).days) > LONGEST_PERIOD:
                    problem = f"the day {day} is more than a century from the period"
                    yield (*place, "day"), problem, "correct the year"


def _correlations(case: Case) -> Iterator[Complaint]:
    # A number that somebody has come to know drops out of its correlation; the case need not be mended.
    known = number_names(case) if case.correlations else frozenset[str]()
    taken: dict[str, str] = {}
    for position, one in enumerate(case.correlations):
        place = ("correlations", position)
        for number, name in enumerate(one.unknowns):
            if name not in known:
                near = get_close_matches(name, known, n=3, cutoff=0.4)
                remedy = f"did you mean {' or '.join(near)}" if near else choose_from(known, "leave it out")
                problem = f"'{name}' is no number of this case"
                yield (*place, "unknowns", number), problem, remedy
            elif name in taken:
                problem = f"the unknown '{name}' is already in correlation '{taken[name]}'"
                yield (
                    (*place, "unknowns", number),
                    problem,
                    "put all that depend on one another in one matrix",
                )
            taken.setdefault(name, one.id)
        yield from _possible(one, place)


def _possible(one: Correlation, place: Place) -> Iterator[Complaint]:
    # Few cases have correlations, and only they need the numerics.
    from watchgap.base.correlation import ROUNDING, least_eigenvalue, normal_correlation

    least = least_eigenvalue(normal_correlation(one.rows))
    if least < -ROUNDING * len(one.unknowns):
        problem = (
            f"the correlations contradict one another (not positive semidefinite, eigenvalue {least:.3g})"
        )
        field = "rank" if one.matrix is None else "matrix"
        yield (*place, field), problem, "bring them nearer to 0 until no three of them exclude each other"
