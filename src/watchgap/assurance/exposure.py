"""The most material that could be gone by a time with a detection probability below the target."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from watchgap.assurance.grid import finished_starts
from watchgap.assurance.names import IN_HAND
from watchgap.assurance.plain import nondetection
from watchgap.assurance.record import Claim, Exposure, FloatArray, Scenario, Situation

# The joint search over strata works on this many equal parts of the log non-detection that may be spent.
_PARTS = 2_000
_FRONTIER = 24


def exposure(
    situation: Situation, claim: Claim, time: float, *, curve: str = IN_HAND
) -> tuple[Exposure, ...]:
    """Find the exposure of each stratum of a claim at a time, and over all strata together.

    Per stratum: over all scenarios, the most items whose taking, finished by the time [d], stays below the
    target detection probability at its best start. The number of items is found by bisection between one and
    the most that can be taken in the time, so more items are assumed to be no less likely to be noticed.
    Together: strata are taken from at the same time, and detections in different strata are taken as
    independent, so log non-detections add up; the best division is found by dynamic programming over
    frontiers of amount against log non-detection, each the exposure of the stratum and a few amounts
    below it.

    Returns one Exposure for each stratum, then one named 'all strata'.
    """
    at_time = replace(situation, times=np.array([time]))
    each = [_of_stratum(at_time, claim, stratum, curve) for stratum in claim.strata]
    if len(each) == 1:
        return (*each, replace(each[0], stratum="all strata"))
    return (*each, _together(at_time, claim, each, curve))


def _scenarios(situation: Situation, claim: Claim, stratum: str) -> list[Scenario]:
    return [one for one in situation.scenarios if one.claim == claim.name and one.stratum == stratum]


def _amount(claim: Claim, scenario: Scenario, items: int) -> float:
    return scenario.with_items(items).material / claim.significant_quantity[scenario.stratum]


def _of_stratum(situation: Situation, claim: Claim, stratum: str, curve: str) -> Exposure:
    best = Exposure(stratum, 0.0, 0, None)
    for scenario in _scenarios(situation, claim, stratum):
        most = _most_items(situation, scenario)
        least = _items_beyond(claim, scenario, best.amount)
        items = _largest_missed(situation, claim, scenario, curve, range(least, most + 1))
        if items > 0:
            start = _best_start(situation, scenario.with_items(items), curve)[1]
            best = Exposure(stratum, _amount(claim, scenario, items), items, scenario.name, start)
    return best


def _items_beyond(claim: Claim, scenario: Scenario, amount: float) -> int:
    """Fewest items of a scenario that are more than an amount [SQ]."""
    return int(np.floor(amount / _amount(claim, scenario, 1) * (1 + 1e-12))) + 1


def _most_items(situation: Situation, scenario: Scenario) -> int:
    """Most items that a scenario can have taken by the time if it began as early as it could."""
    if scenario.past:
        return scenario.population
    fixed = sum(step.wait + step.setup for step in scenario.steps)
    per_item = sum(1 / step.rate for step in scenario.steps)
    left = situation.times[-1] - scenario.since - fixed
    return int(np.clip(np.floor(left / per_item * (1 + 1e-12)), 0, scenario.population))


def _best_start(situation: Situation, scenario: Scenario, curve: str) -> tuple[float, float]:
    """Greatest non-detection over the finished starts, and the start that has it; -1 if there is none."""
    starts = finished_starts(situation, scenario)
    if starts.size == 0:
        return -1.0, float("nan")
    beta = nondetection(situation, scenario, starts, float(situation.times[-1]), curve)
    best = int(np.argmax(beta))
    return float(beta[best]), float(starts[best])


def _largest_missed(
    situation: Situation, claim: Claim, scenario: Scenario, curve: str, candidates: range
) -> int:
    """Largest number of items in the range that stays below the target, 0 if none does."""

    def missed(items: int) -> bool:
        return 1 - _best_start(situation, scenario.with_items(items), curve)[0] < claim.target

    if not candidates or not missed(candidates[0]):
        return 0
    if missed(candidates[-1]):
        return candidates[-1]
    low, high = candidates[0], candidates[-1]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if missed(middle) else (low, middle)
    return low


def _together(situation: Situation, claim: Claim, each: Sequence[Exposure], curve: str) -> Exposure:
    budget = -np.log1p(-claim.target) if claim.target < 1 else np.inf
    amounts = np.zeros(_PARTS + 1)
    for alone in each:
        frontier = _frontier(situation, claim, alone, curve, budget)
        amounts = np.max([amounts, *(_shifted(amounts, spent, amount) for spent, amount in frontier)], axis=0)
    return Exposure("all strata", float(amounts[-1]), 0, None)


def _shifted(amounts: FloatArray, spent: int, amount: float) -> FloatArray:
    shifted = np.full(amounts.shape, -np.inf)
    shifted[spent:] = amounts[: amounts.size - spent] + amount
    return shifted


def _frontier(
    situation: Situation, claim: Claim, alone: Exposure, curve: str, budget: float
) -> Sequence[tuple[int, float]]:
    """Pairs of log non-detection spent (in parts of the budget, rounded down) and amount gained [SQ]."""
    pairs: list[tuple[int, float]] = []
    for scenario in _scenarios(situation, claim, alone.stratum):
        most = min(_most_items(situation, scenario), int(alone.amount / _amount(claim, scenario, 1)) + 1)
        tried = {round(items) for items in np.geomspace(1, max(most, 1), _FRONTIER)} if most > 0 else set()
        if scenario.name == alone.scenario:
            tried.add(alone.items)
        for items in sorted(tried):
            beta = _best_start(situation, scenario.with_items(items), curve)[0]
            if beta > 1 - claim.target:
                spent = int(np.floor(-np.log(beta) / budget * _PARTS))
                pairs.append((spent, _amount(claim, scenario, items)))
    return pairs
