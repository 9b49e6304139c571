"""The starts at which scenarios are evaluated in many draws, and which of them are finished when."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.record import FloatArray, Scenario, Situation
from watchgap.assurance.states import MeasureTable, padded
from watchgap.detection.lives import IntArray

# Two times closer than this [d] are the same time: a tenth of a second, less than any record resolves.
SAME_TIME = 1e-6

# How far to each side of a kink [d] a start is put: non-detection can jump there, as at a seal.
_BESIDE = 1e-9


@dataclass(frozen=True, slots=True)
class StartGrid:
    """Starts [d] of one scenario in each row, their ends [d], and which are allowed by its windows.

    Ascending, (rows, starts); rows with fewer starts are filled up with starts at infinity, which never
    finish. allowed is None if all are.
    """

    starts: FloatArray
    finish: FloatArray
    allowed: NDArray[np.bool_] | None

    @property
    def size(self) -> int:
        """Number of starts in a row, those that fill it up among them."""
        return int(self.starts.shape[1])

    def finished_by(self, times: FloatArray, lag: FloatArray) -> IntArray:
        """Number of starts of which all has arrived by each time, (rows, times).

        times [d], (times,); lag [d], (rows,). A scenario that ends at the time is finished.
        """
        reached = np.empty((self.starts.shape[0], times.size), dtype=np.int64)
        for row, finish in enumerate(self.finish):
            reached[row] = np.searchsorted(finish, times - lag[row] + SAME_TIME, side="right")
        return reached

    def below(self, row: IntArray, bound: FloatArray, *, with_equal: bool) -> IntArray:
        """Number of starts of a row that lie below a bound [d], or at it, by bisection, (n,)."""
        bound = np.minimum(bound, np.finfo(np.float64).max)
        low = np.zeros(row.size, dtype=np.int64)
        high = np.full(row.size, self.size)
        for _ in range(self.size.bit_length()):
            middle = (low + high) // 2
            value = self.starts[row, np.minimum(middle, self.size - 1)]
            under = ((value <= bound) if with_equal else (value < bound)) & (middle < high)
            low, high = np.where(under, middle + 1, low), np.where(under, high, middle)
        return low


def step_times(scenarios: Sequence[Scenario]) -> FloatArray:
    """Begin, begin of handling and end of each step after the start, (rows, steps, 3) [d]."""
    return np.array([scenario.step_times() for scenario in scenarios])


def start_grids(
    situations: Sequence[Situation], scenarios: Sequence[Scenario], tables: Sequence[MeasureTable]
) -> StartGrid:
    """Lay out the starts of a scenario: one finishing at each time, regular steps before, and the kinks.

    Kinks are the starts at which a step begins or ends just when something happens to a measure beside the
    route, to its stratum, or to a window: between two kinks the non-detection is smooth. tables: those of
    the measures beside the route.
    """
    since = np.array([scenario.since for scenario in scenarios])[:, None]
    if scenarios[0].past:
        return StartGrid(since, np.full(since.shape, -np.inf), None)
    after = step_times(scenarios)
    duration = after[:, -1, 2, None]
    events = _distinct(
        np.concatenate([*(table.kinks for table in tables), _own_kinks(situations, scenarios)], 1)
    )
    offsets = np.concatenate([np.zeros_like(duration), after.reshape(len(scenarios), -1)], axis=1)
    kinks = (events[:, :, None] - offsets[:, None, :]).reshape(len(scenarios), -1)
    times, step = situations[0].times, situations[0].step
    regular = times[-1] - np.arange(np.floor(max(0.0, times[-1] - since.min()) / step) + 1) * step
    finishing = np.union1d(times, regular) - duration
    starts = np.concatenate([since, kinks - _BESIDE, kinks + _BESIDE, finishing], axis=1)
    kept = (starts >= since) & (starts + duration <= times[-1] + SAME_TIME)
    starts = _distinct(np.where(kept, starts, np.inf))
    return StartGrid(starts, starts + duration, _allowed(scenarios, starts, after[:, 0, 2, None]))


def finished_starts(situation: Situation, scenario: Scenario) -> FloatArray:
    """Starts [d] of one scenario that are allowed and finished by the last time, (starts,)."""
    tables = [
        MeasureTable([situation.records[watch.measure]], [scenario.since]) for watch in scenario.watches
    ]
    grid = start_grids([situation], [scenario], tables)
    last = int(grid.finished_by(situation.times[-1:], np.zeros(1))[0, 0])
    kept = np.ones(last, dtype=np.bool_) if grid.allowed is None else grid.allowed[0, :last]
    return grid.starts[0, :last][kept]


def _own_kinks(situations: Sequence[Situation], scenarios: Sequence[Scenario]) -> FloatArray:
    """Times [d] at which something happens to the stratum of a scenario or to a window, (rows, n)."""
    return padded(
        [
            [
                *(check.time for check in situation.checks if check.stratum == scenario.stratum),
                *(time for window in scenario.windows or () for time in window),
            ]
            for situation, scenario in zip(situations, scenarios, strict=True)
        ]
    )


def _distinct(values: FloatArray) -> FloatArray:
    """The distinct finite values of each row, ascending and filled up with infinity."""
    values = np.sort(np.where(np.isfinite(values), values, np.inf), axis=1)
    kept = values < np.inf
    kept[:, 1:] &= values[:, 1:] > values[:, :-1]
    place = np.cumsum(kept, axis=1)
    laid = np.full((values.shape[0], int(place[:, -1:].max(initial=0))), np.inf)
    row = np.nonzero(kept)[0]
    laid[row, place[kept] - 1] = values[kept]
    return laid


def _allowed(
    scenarios: Sequence[Scenario], starts: FloatArray, first_step: FloatArray
) -> NDArray[np.bool_] | None:
    if all(scenario.windows is None for scenario in scenarios):
        return None
    always = [(-np.inf, np.inf)]
    listed = [always if one.windows is None else one.windows for one in scenarios]
    opens = padded([[window[0] for window in windows] for windows in listed])
    closes = padded([[window[1] for window in windows] for windows in listed], -np.inf)
    allowed = np.zeros(starts.shape, dtype=np.bool_)
    for place in range(opens.shape[1]):
        opened = starts >= opens[:, place, None] - SAME_TIME
        allowed |= opened & (starts + first_step <= closes[:, place, None] + SAME_TIME)
    return allowed
