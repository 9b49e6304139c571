"""The starts at which a scenario is evaluated, and which of them are finished when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.factors import fixed_ends
from watchgap.assurance.holding import change_times
from watchgap.assurance.record import FloatArray, Scenario, Situation
from watchgap.coverage.lanes import knowledge_at

# Two times closer than this [d] are the same time: a tenth of a second, less than any record resolves.
SAME_TIME = 1e-6

# How far to each side of a kink [d] a start is put: non-detection can jump there, as at a seal.
_BESIDE = 1e-9


@dataclass(frozen=True, slots=True)
class StartGrid:
    """Starts [d] of one scenario in ascending order, their ends [d], and which are allowed by its windows."""

    starts: FloatArray
    finish: FloatArray
    allowed: NDArray[np.bool_]

    def finished_by(self, times: FloatArray) -> NDArray[np.intp]:
        """Number of starts that are finished by each time; a scenario that ends at the time is finished."""
        return np.searchsorted(self.finish, times + SAME_TIME, side="right")

    def first_finishing_at(self, time: float) -> int:
        """Position of the first start that finishes at a time or later."""
        return int(np.searchsorted(self.finish, time - SAME_TIME, side="left"))


def start_grid(situation: Situation, scenario: Scenario) -> StartGrid:
    """Lay out the starts of a scenario: one finishing at each time, regular steps before, and the kinks.

    Kinks are the starts at which a step begins or ends just when something happens to a measure beside the
    route, to its stratum, or to a window: between two kinks the non-detection is smooth.
    """
    if scenario.past:
        start = np.array([scenario.since])
        return StartGrid(start, np.array([-np.inf]), np.array([True]))
    step_times = scenario.step_times()
    offsets = sorted({0.0, *(time for times in step_times for time in times)})
    events = np.array(sorted(_event_times(situation, scenario)))
    kinks = (events[:, None] - np.array(offsets)[None, :]).ravel()
    kinks = np.concatenate((kinks - _BESIDE, kinks + _BESIDE))
    last = situation.times[-1]
    steps = np.floor(max(0.0, last - scenario.since) / situation.step)
    regular = last - np.arange(steps + 1) * situation.step
    finishing = np.union1d(situation.times, regular) - scenario.duration
    starts = np.concatenate(([scenario.since], kinks, finishing))
    starts = np.unique(starts[(starts >= scenario.since) & np.isfinite(starts)])
    starts = starts[(starts + scenario.duration) <= situation.times[-1] + SAME_TIME]
    return StartGrid(starts, starts + scenario.duration, _allowed(scenario, starts, step_times[0][2]))


def _event_times(situation: Situation, scenario: Scenario) -> set[float]:
    times: set[float] = set()
    for watch in scenario.watches:
        for life in situation.records[watch.measure].lives:
            times.update((life.begins, life.ends), change_times(life))
            times.update(end for holding in life.holdings for end in (holding.begins, holding.ends))
            state = knowledge_at(life, np.inf)
            times.update(life.begins + age for age in fixed_ends(life.model, state))
    times.update(check.time for check in situation.checks if check.stratum == scenario.stratum)
    for window in scenario.windows or ():
        times.update(window)
    return {time for time in times if np.isfinite(time)}


def _allowed(scenario: Scenario, starts: FloatArray, first_step: float) -> NDArray[np.bool_]:
    if scenario.windows is None:
        return np.ones(starts.shape, dtype=np.bool_)
    allowed = np.zeros(starts.shape, dtype=np.bool_)
    for opens, closes in scenario.windows:
        allowed |= (starts >= opens - SAME_TIME) & (starts + first_step <= closes + SAME_TIME)
    return allowed
