"""Follows one scenario through time: the greatest non-detection among its finished starts, for each rule.

A *rule* says what is taken as collected: nothing ('in hand'), everything ('latent'), what a package collects.
Non-detection changes only when something changes in what counts, so time is cut at those changes, and between
two of them a curve is read off a running maximum over the starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.factors import check_factor, package_factor
from watchgap.assurance.grid import StartGrid, start_grid
from watchgap.assurance.holding import change_times
from watchgap.assurance.names import IN_HAND, LATENT, TIMELY, restorable
from watchgap.assurance.record import Claim, FloatArray, Scenario, Situation
from watchgap.assurance.surveillance import (
    LifeFactors,
    SurveillanceFactor,
    View,
    longest_lag,
    surveillance_at,
)


@dataclass(slots=True)
class Worst:
    """The greatest non-detection [1] among finished starts at each time, and the start [d] that attains it.

    value is 0 and start NaN where no start is finished.
    """

    value: FloatArray
    start: FloatArray


@dataclass(slots=True)
class Track:
    """One scenario through time: its worst start under each curve, and what the posterior needs.

    finished: prior probability [1], by the hazard of its claim, that it was begun and finished by each time;
    missed: the same times non-detection with what is in hand.
    """

    worst: Mapping[str, Worst]
    finished: FloatArray
    missed: FloatArray


class Sweep:
    """The state of one scenario while time goes on.

    factors: those of another scenario, used if they hold for this one too.
    """

    def __init__(
        self, situation: Situation, claim: Claim, scenario: Scenario, factors: LifeFactors | None = None
    ) -> None:
        self.situation = situation
        self.claim = claim
        self.scenario = scenario
        self.grid: StartGrid = start_grid(situation, scenario)
        self.lag = longest_lag(situation, scenario)
        self.checks = [check for check in situation.checks if check.stratum == scenario.stratum]
        self.verification = np.ones(self.grid.starts.shape)
        shared = factors is not None and factors.serve(scenario, self.grid.starts)
        self.life_factors = (
            factors if factors and shared else LifeFactors(situation, scenario, self.grid.starts)
        )
        watched = frozenset(watch.measure for watch in scenario.watches)
        self.rules = {IN_HAND: frozenset[str](), LATENT: watched}
        self.rules |= {restorable(package.name): package.collects & watched for package in situation.packages}
        self.factors = {
            rule: SurveillanceFactor(self.life_factors, rule) for rule in set(self.rules.values())
        }
        self._planned_factors: dict[tuple[str, frozenset[str]], float] = {}
        self.timely = np.ones(self.grid.starts.shape)
        shape = situation.times.shape
        names = (*self.rules, TIMELY)
        self.worst = {name: Worst(np.zeros(shape), np.full(shape, np.nan)) for name in names}
        self._cells = self._prior_of_cells()
        self.finished = np.zeros(shape)
        self.missed = np.zeros(shape)

    def run(self) -> Track:
        """Go through all changes in order, reading the curves off between them."""
        times = self.situation.times
        changes = self._changes()
        ends = [*np.searchsorted(times, changes, side="right"), len(times)]
        self._read(slice(0, int(ends[0])))
        for number, change in enumerate(changes):
            self._apply(change)
            self._read(slice(int(ends[number]), int(ends[number + 1])))
        return Track(self.worst, self.finished, self.missed)

    def _changes(self) -> list[float]:
        """Times at which what counts changes; the first stands before everything."""
        times = {-np.inf}
        for watch in self.scenario.watches:
            for life in self.situation.records[watch.measure].lives:
                times.update(change_times(life))
        times.update(check.time for check in self.checks)
        times.update(self.situation.evidence_lost.values())
        latest = self.situation.times[-1]
        return sorted(time for time in times if time < latest)

    def _apply(self, change: float) -> None:
        after = np.nextafter(change, np.inf)
        changed = [factor.change(change) for factor in self.factors.values()]
        for check in self.checks:
            if check.time == change:
                self.verification *= check_factor(self.scenario, check, self.grid.starts)
                changed.append(True)
        if any(changed):
            self._keep_timely(change, after)

    def _keep_timely(self, change: float, after: float) -> None:
        """What comes into hand counts as timely only for starts that ended no longer ago than the goal."""
        goal = self._goal()
        since = self.grid.first_finishing_at(change - goal)
        now = self.factors[frozenset()].value[since:] * self.verification[since:]
        if self.lag > goal:
            starts, times = self.grid.starts[since:], self.grid.finish[since:] + goal
            by_then = surveillance_at(self.situation, self.scenario, View(after), starts, times)
            now = by_then * self.verification[since:]
        self.timely[since:] = now

    def _read(self, span: slice) -> None:
        """Read all curves for the times of one span, in which nothing changes but what is finished."""
        if span.start >= span.stop:
            return
        times = self.situation.times[span]
        settled = self.grid.finished_by(times - self.lag)
        reach = int(self.grid.finished_by(times[-1:])[0])
        for name, collects in self.rules.items():
            beta = self.factors[collects].value[:reach] * self.verification[:reach]
            if name not in (IN_HAND, LATENT):
                beta = beta * self._planned(name, times[0])
            self._worst(name, span, beta, settled)
            if name == IN_HAND:
                self._prior_mean(span, beta, settled)
        self._worst(TIMELY, span, self.timely[:reach], settled)
        if self.lag:
            self._read_recent(span, settled)

    def _planned(self, name: str, time: float) -> float:
        lost = frozenset(one for one, when in self.situation.evidence_lost.items() if when < time)
        if (name, lost) not in self._planned_factors:
            package = next(one for one in self.situation.packages if restorable(one.name) == name)
            self._planned_factors[name, lost] = package_factor(self.situation, self.scenario, package, time)
        return self._planned_factors[name, lost]

    def _worst(self, name: str, span: slice, beta: FloatArray, finished: NDArray[np.intp]) -> None:
        if beta.size == 0:
            return
        beta = np.where(self.grid.allowed[: beta.size], beta, -1.0)
        running = np.maximum.accumulate(beta)
        position = np.maximum.accumulate(np.where(beta >= running, np.arange(beta.size), 0))
        last = finished - 1
        found = (last >= 0) & (running[np.maximum(last, 0)] >= 0)
        worst = self.worst[name]
        worst.value[span] = np.where(found, running[last], 0.0)
        worst.start[span] = np.where(found, self.grid.starts[position[last]], np.nan)

    def _prior_of_cells(self) -> FloatArray:
        """Prior probability of a start between each grid point and the one before it."""
        hazard = self.claim.prior.hazard
        chance = -np.expm1(-hazard * (self.grid.starts - self.claim.since))
        both = self.grid.allowed[1:] & self.grid.allowed[:-1]
        return np.concatenate(([0.0], np.where(both, np.diff(chance), 0.0)))

    def _prior_mean(self, span: slice, beta: FloatArray, finished: NDArray[np.intp]) -> None:
        if self.scenario.past:
            self.finished[span] = 1.0
            self.missed[span] = beta[0]
            return
        if beta.size == 0:
            return
        cells = self._cells[: beta.size]
        middle = np.concatenate(([beta[0]], (beta[1:] + beta[:-1]) / 2))
        last = finished - 1
        started = last >= 0
        self.finished[span] = np.where(started, np.cumsum(cells)[last], 0.0)
        self.missed[span] = np.where(started, np.cumsum(cells * middle)[last], 0.0)

    def _read_recent(self, span: slice, settled: NDArray[np.intp]) -> None:
        """Add the starts that finished so lately that part of a transmitted record does not count yet."""
        times = self.situation.times[span]
        finished = self.grid.finished_by(times)
        counts = finished - settled
        if not counts.any():
            return
        which = np.repeat(np.arange(times.size), counts)
        first = np.repeat(settled - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        position = first + np.arange(which.size)
        starts, at = self.grid.starts[position], times[which]
        allowed = self.grid.allowed[position]
        for name, collects in self.rules.items():
            beta = surveillance_at(self.situation, self.scenario, View(times[0], collects), starts, at)
            beta = beta * self.verification[position]
            if name not in (IN_HAND, LATENT):
                beta = beta * self._planned(name, times[0])
            self._merge(name, span, which, np.where(allowed, beta, -1.0), starts)
            if name == IN_HAND:
                self._add_to_mean(span, which, position, beta)
                # Once the goal has run out nothing more is timely; until then all that is in hand is.
                frozen = self.grid.finish[position] + self._goal() < at
                timely = np.where(frozen, self.timely[position], beta)
                self._merge(TIMELY, span, which, np.where(allowed, timely, -1.0), starts)

    def _add_to_mean(
        self, span: slice, which: NDArray[np.intp], position: NDArray[np.intp], beta: FloatArray
    ) -> None:
        """Add recent starts, one run of positions for each time, to the prior and what is missed of it."""
        before = np.roll(beta, 1)
        # Before the first of a run stands a start of which all has arrived.
        first = np.flatnonzero(np.diff(which, prepend=-1))
        earlier = np.maximum(position[first] - 1, 0)
        before[first] = self.factors[frozenset()].value[earlier] * self.verification[earlier]
        cells = self._cells[position]
        self.finished[span] += np.bincount(which, cells, span.stop - span.start)
        self.missed[span] += np.bincount(which, cells * (before + beta) / 2, span.stop - span.start)

    def _goal(self) -> float:
        return self.claim.timeliness[self.scenario.stratum]

    def _merge(
        self, name: str, span: slice, which: NDArray[np.intp], beta: FloatArray, starts: FloatArray
    ) -> None:
        worst = self.worst[name]
        value, start = worst.value[span], worst.start[span]
        order = np.lexsort((beta, which))
        last = np.flatnonzero(np.append(np.diff(which[order]) > 0, True))
        at, best = which[order][last], beta[order][last]
        better = (best > value[at]) | (np.isnan(start[at]) & (best >= 0))
        value[at[better]] = best[better]
        start[at[better]] = starts[order][last][better]
