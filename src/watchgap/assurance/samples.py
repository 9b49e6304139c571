"""What the samples of checks and packages miss, each plan computed once for all scenarios and rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from watchgap.assurance.record import Check, FloatArray, Package, PlannedCheck, Scenario, Situation
from watchgap.detection import items_removed_by, sample_nondetection
from watchgap.detection.ladder import ladder_holds, nondetection_ladder
from watchgap.detection.lives import IntArray

Plan = tuple[int, int, float]
"""Items in the stratum, items sampled, and recognition [1]."""

# A ladder climbs from no defective item on: it pays for many plans at once, and not if it is too long.
_FEWEST_PLANS = 16
_MOST_RUNGS = 8_000_000


class Samples:
    """Non-detection by samples for any number of items that are gone.

    wanted: plans and the most items that can be gone under each. A plan that was not announced costs no more
    than time.
    """

    def __init__(self, wanted: Iterable[tuple[Plan, int]]) -> None:
        most: dict[Plan, int] = {}
        for plan, gone in wanted:
            if not _finds_nothing(plan, gone):
                most[plan] = max(gone, most.get(plan, 0))
        self._place: dict[Plan, int] = {}
        if len(most) < _FEWEST_PLANS:
            return
        plans = sorted(most, key=lambda plan: -most[plan])
        population, sample, recognition = np.array(plans, dtype=np.float64).T
        top = np.array([most[plan] for plan in plans], dtype=np.int64)
        holds = np.flatnonzero(ladder_holds(population, sample, recognition, top))
        if not holds.size or holds.size * int(top[holds].max() + 1) > _MOST_RUNGS:
            return
        self._ladder = nondetection_ladder(population[holds], sample[holds], recognition[holds], top[holds])
        self._place = {plans[number]: place for place, number in enumerate(holds)}

    def missed(self, plan: Plan, gone: IntArray) -> FloatArray:
        """Probability that a sample shows none of the items that are gone, of the shape of `gone` [1]."""
        place = self._place.get(plan)
        if _finds_nothing(plan, int(gone.max(initial=0))):
            return np.ones(gone.shape)
        if place is None:
            population, sample, recognition = plan
            return sample_nondetection(population, gone, sample, recognition)
        return np.asarray(self._ladder[place][gone])


def _finds_nothing(plan: Plan, gone: int) -> bool:
    """Whether a sample finds nothing whatever is gone; a plan that describes no sample is left to fail."""
    population, sample, recognition = plan
    return recognition == 0.0 and 0 <= sample <= population and gone <= population


def plans_of(situation: Situation) -> Iterator[tuple[Plan, int]]:
    """All plans that meet a scenario of a situation, and how many items it takes."""
    most: dict[tuple[str, str], int] = {}
    for scenario in situation.scenarios:
        key = scenario.stratum, scenario.concealment
        most[key] = max(scenario.items, most.get(key, 0))
    planned = [check for package in situation.packages for check in package.checks]
    checks: list[Check | PlannedCheck] = [*situation.checks, *planned]
    for (stratum, concealment), items in most.items():
        for check in checks:
            if check.stratum == stratum:
                yield plan_of(check, check.recognition, concealment), items
        for check in planned:
            if check.stratum == stratum and check.needs:
                yield plan_of(check, check.without_evidence, concealment), items


def checks_of(situation: Situation, scenario: Scenario) -> list[Check]:
    """The checks of a scenario's stratum."""
    return [check for check in situation.checks if check.stratum == scenario.stratum]


def items_gone(scenario: Scenario, time: float, starts: FloatArray) -> IntArray:
    """Number of items that a scenario has taken by a time [d], for each start [d]."""
    if scenario.past:
        return np.full(starts.shape, scenario.items)
    first = scenario.steps[0]
    return items_removed_by(scenario.items, first.rate, time - starts - first.wait - first.setup)


def package_factor(
    samples: Samples, situation: Situation, scenario: Scenario, package: Package, time: float
) -> float:
    """Probability that a package's checks, carried out at a time [d], find none of a finished scenario."""
    missed = 1.0
    gone = np.array([scenario.items])
    for planned in package.checks:
        if planned.stratum == scenario.stratum:
            table = recognition_at(situation, planned, time)
            missed *= float(samples.missed(plan_of(planned, table, scenario.concealment), gone)[0])
    return missed


def recognition_at(situation: Situation, planned: PlannedCheck, time: float) -> Mapping[str, float]:
    """Recognition [1] by concealment of a check at a time [d], by whether the evidence it needs is there."""
    there = all(situation.evidence_lost.get(evidence, np.inf) >= time for evidence in planned.needs)
    return planned.recognition if there else planned.without_evidence


def package_factors(
    samples: Samples, situations: Sequence[Situation], scenarios: Sequence[Scenario], package: int
) -> FloatArray | None:
    """Give `package_factor` in all rows at all times, (rows, times or 1); None if it has no check for them.

    package: its position. It changes only when evidence is lost.
    """
    rows = [situation.packages[package] for situation in situations]
    if not any(planned.stratum == scenarios[0].stratum for one in rows for planned in one.checks):
        return None
    times = situations[0].times
    needed = {evidence for one in rows for planned in one.checks for evidence in planned.needs}
    lost = [sorted({one.evidence_lost.get(name, np.inf) for name in needed} - {np.inf}) for one in situations]
    factors = np.empty((len(rows), times.size if any(lost) else 1))
    for row, (situation, scenario, one) in enumerate(zip(situations, scenarios, rows, strict=True)):
        begins = [0, *np.searchsorted(times, lost[row], side="right")]
        for begin, after in zip(begins, (*lost[row], np.inf), strict=True):
            # Until the next loss, and at its very time, nothing changes.
            factors[row, begin:] = package_factor(samples, situation, scenario, one, after)
    return factors


def plan_of(check: Check | PlannedCheck, recognition: Mapping[str, float], concealment: str) -> Plan:
    """The plan of a check against a concealment, with one of its tables of recognition."""
    return check.population, check.sample, recognition.get(concealment, 0.0)
