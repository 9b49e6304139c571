"""Sorts draws of one case by their structure, so that those of like structure are computed together."""

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from watchgap.assurance.record import Scenario, Situation
from watchgap.base.errors import OutOfRange

# Rows that are computed together; a world of custody draws and a record with a lag take the place of several.
_ROWS = 128
_ROWS_FOR_LAG = 8


def batches(situations: Sequence[Situation]) -> Iterator[list[int]]:
    """Positions of the situations that can be computed together.

    Raises OutOfRange if there is none, or if two differ in what all draws of one case have in common.
    """
    if not situations:
        raise OutOfRange("no situation to assess; give at least one")
    for number, other in enumerate(situations):
        _require_like(situations[0], other, number)
    like: dict[Hashable, list[int]] = {}
    for number, situation in enumerate(situations):
        like.setdefault(_structure(situation), []).append(number)
    for numbers in like.values():
        size = _rows_at_once(situations[numbers[0]])
        yield from (numbers[first : first + size] for first in range(0, len(numbers), size))


def _require_like(first: Situation, other: Situation, number: int) -> None:
    if other is first:
        return
    if other.times is not first.times and not np.array_equal(other.times, first.times):
        raise OutOfRange(f"draw {number} has other times than draw 0; all draws need the same")
    for what in ("claims", "packages", "scenarios"):
        names, wanted = ([one.name for one in getattr(each, what)] for each in (other, first))
        if names != wanted:
            odd = sorted(set(names) ^ set(wanted)) or ["their order"]
            raise OutOfRange(
                f"draw {number} has other {what} than draw 0 ({', '.join(odd)}); all draws need the same"
            )


def _structure(situation: Situation) -> Hashable:
    return (
        situation.step,
        tuple((claim.kind, claim.strata) for claim in situation.claims),
        tuple(package.collects for package in situation.packages),
        tuple(_of_scenario(scenario) for scenario in situation.scenarios),
        tuple(sorted(_custodies(situation))),
    )


def _of_scenario(scenario: Scenario) -> Hashable:
    watches = tuple(
        (watch.measure, tuple((one.step, type(one.response), one.handling_only) for one in watch.passes))
        for watch in scenario.watches
    )
    return scenario.claim, scenario.stratum, scenario.past, len(scenario.steps), watches


def _custodies(situation: Situation) -> set[tuple[str, str]]:
    """Which record lay in which custody."""
    return {
        (record.measure, holding.custody)
        for record in situation.records.values()
        for life in record.lives
        for holding in life.holdings
        if holding.custody is not None
    }


def _rows_at_once(situation: Situation) -> int:
    worlds = 1 << len({name for _, name in _custodies(situation)})
    lagging = any(
        holding.lag
        for record in situation.records.values()
        for life in record.lives
        for holding in life.holdings
    )
    return max(1, _ROWS // worlds // (_ROWS_FOR_LAG if lagging else 1))


__all__ = ["batches"]
