"""Follows a road through time: the greatest non-detection among its finished starts, for each rule.

A *rule* says what is taken as collected: nothing ('in hand'), everything ('latent'), what a package collects.
Non-detection changes only when something changes in what counts, so time is cut at those changes, each row at
its own, and between two of them a curve is read off a running maximum over the starts.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.changes import Epochs, Surveillance
from watchgap.assurance.grid import SAME_TIME
from watchgap.assurance.record import FloatArray
from watchgap.assurance.roads import Cells, Road
from watchgap.detection.lives import IntArray


@dataclass(frozen=True, slots=True)
class CheckFactor:
    """A check: its time [d] in each row, (rows,), and what it misses of each start, (rows, starts) [1]."""

    time: FloatArray
    missed: FloatArray


@dataclass(slots=True)
class Worst:
    """The greatest non-detection [1] among finished starts, and the start [d] that attains it, (rows, times).

    value is 0 and start NaN where no start is finished and allowed; start is None if it was not asked for.
    """

    value: FloatArray
    found: NDArray[np.bool_]
    start: FloatArray | None


@dataclass(frozen=True, slots=True)
class Recent:
    """Starts that finished so lately that part of a transmitted record does not count yet.

    cell: the pair of row and time that each is read at, ascending; position: of the start in its row.
    """

    cell: IntArray
    position: IntArray
    allowed: NDArray[np.bool_]
    cells: Cells


@dataclass(slots=True)
class Track:
    """One scenario through time: its worst start under each rule, and what the posterior needs.

    worst: by what the rule takes as collected. missed: prior probability [1] that it was begun and finished
    by each time, times non-detection with what is in hand, (rows, times).
    """

    worst: dict[frozenset[str], Worst]
    timely: Worst
    missed: FloatArray


Array = TypeVar("Array", FloatArray, IntArray)


def _copied(array: Array | None) -> Array | None:
    return None if array is None else array.copy()


class _Running:
    """The running maximum over the starts, and the start that attains it."""

    def __init__(self, road: Road, shape: tuple[int, int], *, with_starts: bool) -> None:
        self.grid = road.grid
        self.value = np.full(road.grid.starts.shape, -1.0)
        self.position = np.zeros(self.value.shape, dtype=np.int64) if with_starts else None
        start = np.full(shape, np.nan) if with_starts else None
        self.worst = Worst(np.zeros(shape), np.zeros(shape, dtype=np.bool_), start)

    def renew(self, beta: FloatArray, first: int) -> None:
        """Take in new values from a start on."""
        tail = self.value[:, first:]
        tail[:] = beta[:, first:]
        if self.grid.allowed is not None:
            tail[~self.grid.allowed[:, first:]] = -1.0
        before = None if self.position is None else tail.copy()
        if first:
            np.maximum(tail[:, 0], self.value[:, first - 1], out=tail[:, 0])
        np.maximum.accumulate(tail, axis=1, out=tail)
        if self.position is not None and before is not None:
            own = np.where(before >= tail, np.arange(first, self.grid.size), 0)
            if first:
                np.maximum(own[:, 0], self.position[:, first - 1], out=own[:, 0])
            self.position[:, first:] = np.maximum.accumulate(own, axis=1)

    def copy(self) -> "_Running":
        """The same for another scenario of the road."""
        other = copy(self)
        other.value, other.position = self.value.copy(), _copied(self.position)
        other.worst = Worst(self.worst.value.copy(), self.worst.found.copy(), _copied(self.worst.start))
        return other

    def read(self, cells: IntArray, settled: IntArray) -> None:
        """Read the worst of the finished starts; settled: the last one of each cell, among all starts."""
        value = self.value.ravel()[settled]
        found = value >= 0
        self.worst.value.ravel()[cells] = np.where(found, value, 0.0)
        self.worst.found.ravel()[cells] = found
        if self.position is not None and self.worst.start is not None:
            row = settled // self.grid.size
            start = self.grid.starts[row, self.position.ravel()[settled]]
            self.worst.start.ravel()[cells] = np.where(found, start, np.nan)

    def merge(self, recent: "Recent", beta: FloatArray) -> None:
        """Take in the starts that finished so lately that not all of their record counts yet."""
        beta = np.where(recent.allowed, beta, -1.0)
        order = np.lexsort((beta, recent.cell))
        best = order[np.append(np.diff(recent.cell[order]) > 0, True)]
        cell = recent.cell[best]
        value, found = self.worst.value.ravel(), self.worst.found.ravel()
        better = (beta[best] > value[cell]) | (~found[cell] & (beta[best] >= 0))
        cell, best = cell[better], best[better]
        value[cell] = beta[best]
        found[cell] = True
        if self.worst.start is not None:
            self.worst.start.ravel()[cell] = recent.cells.starts[best]


class Sweep:
    """All scenarios of one road while time goes on.

    goal: timeliness of the claim [d], (rows,). checks: for each scenario, what each check misses of it; the
    checks are the same for all.
    """

    def __init__(
        self,
        road: Road,
        times: FloatArray,
        *,
        goal: FloatArray,
        checks: Sequence[Sequence[CheckFactor]],
        with_starts: bool,
    ) -> None:
        self.road = road
        self.times = times
        self.goal = goal
        self.checks = checks
        self.with_starts = with_starts
        rows = len(road.scenarios)
        self.shape = (rows, times.size)
        settled = road.grid.finished_by(times, road.lag)
        self.cell = np.flatnonzero(settled > 0)
        row = self.cell // times.size
        self.settled = row * road.grid.size + settled.ravel()[self.cell] - 1
        self.recent = self._recent(settled) if road.lag.any() else None

    def run(self, rules: Sequence[frozenset[str]], prior: FloatArray) -> list[Track]:
        """Go through all changes under each rule; the rule that collects nothing comes with the rest.

        prior: chance [1] that a start falls between each grid point and the one before it, (rows, starts).
        """
        running, in_hand = self._follow(frozenset(), prior)
        found = {frozenset[str](): running}
        for rule in rules:
            if rule not in found:
                found[rule], _ = self._follow(rule, None)
        return [
            Track(
                worst={rule: each[min(place, len(each) - 1)].worst for rule, each in found.items()},
                timely=in_hand[min(place, len(in_hand) - 1)].timely.worst,
                missed=in_hand[min(place, len(in_hand) - 1)].missed,
            )
            for place in range(len(self.checks))
        ]

    def finished(self, prior: FloatArray) -> FloatArray:
        """Prior probability [1] that a scenario was begun and finished by each time, (rows, times)."""
        finished = np.zeros(self.shape)
        finished.ravel()[self.cell] = np.cumsum(prior, axis=1).ravel()[self.settled]
        if self.recent is not None:
            cells = prior[self.recent.cells.row, self.recent.position]
            finished += np.bincount(self.recent.cell, cells, finished.size).reshape(self.shape)
        return finished

    def _follow(
        self, rule: frozenset[str], prior: FloatArray | None
    ) -> tuple[list["_Running"], list["_InHand"]]:
        """Follow one rule, and what goes with what is in hand if a prior is given.

        Scenarios of one road are alike until a check tells them apart; before that one stands for all.
        """
        surveillance = Surveillance(self.road, rule)
        checks = [check.time[:, None] for check in self.checks[0]]
        changes = [np.full((self.shape[0], 1), -np.inf), *surveillance.changes, *checks]
        epochs = Epochs(np.concatenate(changes, axis=1), self.times)
        ranks = epochs.rank[:, 1:]
        surveillance.rank(ranks, epochs.count)
        of_check = ranks[:, ranks.shape[1] - len(checks) :]
        verified = [np.ones(surveillance.value.shape)]
        running = [_Running(self.road, self.shape, with_starts=self.with_starts)]
        in_hand = [] if prior is None else [_InHand(self, prior, epochs)]
        cells = epochs.cells(epochs.of_time.ravel()[self.cell])
        stale: int | None = 0
        for epoch in range(epochs.count):
            first = surveillance.change(epoch)
            if (of_check == epoch).any():
                if len(running) < len(self.checks):
                    verified = [own.copy() for own in verified * len(self.checks)]
                    running = [one.copy() for one in running * len(self.checks)]
                    in_hand = [one.copy() for one in in_hand * len(self.checks)]
                self._verify(verified, of_check == epoch)
                first = 0
            stale = first if stale is None else stale if first is None else min(stale, first)
            # What is not read before the next change needs no maximum yet.
            if stale is not None and (cells[epoch].size or in_hand):
                betas = [surveillance.value * own for own in verified]
                for one, beta in zip(running, betas, strict=True):
                    one.renew(beta, stale)
                for own, beta, factor in zip(in_hand, betas, verified, strict=bool(in_hand)):
                    own.take(epoch, beta, factor, stale)
                stale = None
            read = self.cell[cells[epoch]], self.settled[cells[epoch]]
            for one in running:
                one.read(*read)
            for own in in_hand:
                own.read(epoch, *read)
        self._add_recent(rule, running, in_hand)
        return running, in_hand

    def _verify(self, verified: list[FloatArray], done: NDArray[np.bool_]) -> None:
        """Take in checks; done: which are carried out now, (rows, checks)."""
        for number in np.flatnonzero(done.any(axis=0)).tolist():
            rows = np.flatnonzero(done[:, number])
            for own, listed in zip(verified, self.checks, strict=True):
                own[rows] *= listed[number].missed[rows]

    def _recent(self, settled: IntArray) -> Recent | None:
        counts = (self.road.grid.finished_by(self.times, np.zeros(self.shape[0])) - settled).ravel()
        if not counts.any():
            return None
        cell = np.repeat(np.arange(counts.size), counts)
        past = np.cumsum(counts)
        position = np.arange(cell.size) - (past - counts)[cell] + settled.ravel()[cell]
        row, at = np.divmod(cell, self.times.size)
        grid = self.road.grid
        allowed = np.ones(cell.shape, np.bool_) if grid.allowed is None else grid.allowed[row, position]
        cells = Cells(row, grid.starts[row, position], self.times[at], self.times[at])
        return Recent(cell, position, allowed, cells)

    def _add_recent(self, rule: frozenset[str], running: list["_Running"], in_hand: list["_InHand"]) -> None:
        """Add the starts of which not all has arrived."""
        recent = self.recent
        if recent is None:
            return
        seen = self.road.surveillance(rule, recent.cells)
        for number, one in enumerate(running):
            beta = seen.copy()
            for check in self.checks[number]:
                done = check.time[recent.cells.row] < recent.cells.times
                beta *= np.where(done, check.missed[recent.cells.row, recent.position], 1.0)
            one.merge(recent, beta)
            if in_hand:
                in_hand[number].add_recent(recent, beta)


class _InHand:
    """What goes with what is in hand: what of it is timely, and what the posterior needs, for a scenario."""

    def __init__(self, sweep: Sweep, prior: FloatArray, epochs: Epochs) -> None:
        self.sweep = sweep
        self.prior = prior
        self.when = epochs.when
        self.finish = sweep.road.grid.finish
        self.by_then = np.ones(self.finish.shape)
        self.timely = _Running(sweep.road, sweep.shape, with_starts=sweep.with_starts)
        self.missed = np.zeros(sweep.shape)
        self._so_far = np.zeros(self.finish.shape)
        self._beta = self.by_then
        self._late_rows = np.flatnonzero(sweep.road.lag > sweep.goal)
        if sweep.recent is not None:
            self._recent_cells = epochs.cells(epochs.of_time.ravel()[sweep.recent.cell])
            self._frozen = np.zeros(sweep.recent.cell.size)
            self._edge = np.zeros(sweep.recent.cell.size)

    def copy(self) -> "_InHand":
        """The same for another scenario of the road."""
        other = copy(self)
        other.timely = self.timely.copy()
        for name in ("by_then", "missed", "_so_far", "_frozen", "_edge"):
            if hasattr(self, name):
                setattr(other, name, getattr(self, name).copy())
        return other

    def take(self, epoch: int, beta: FloatArray, verified: FloatArray, first: int) -> None:
        """What comes into hand is timely only for starts that ended no longer ago than the goal."""
        self._beta = now = beta
        in_time = self.finish >= self.when[:, epoch, None] - self.sweep.goal[:, None] - SAME_TIME
        if self._late_rows.size:
            first = 0
            seen = self._seen_by_then(epoch, in_time)
            now = np.where(np.isnan(seen), beta, seen * verified)
        tail = np.s_[:, first:]
        np.copyto(self.by_then[tail], now[tail], where=in_time[tail])
        self.timely.renew(self.by_then, first)
        middle = beta[tail].copy()
        middle[:, 1:] += beta[:, first:-1]
        middle[:, 1:] /= 2
        if first:
            middle[:, 0] = (beta[:, first] + beta[:, first - 1]) / 2
        middle *= self.prior[tail]
        if first:
            middle[:, 0] += self._so_far[:, first - 1]
        np.cumsum(middle, axis=1, out=self._so_far[tail])

    def _seen_by_then(self, epoch: int, in_time: NDArray[np.bool_]) -> FloatArray:
        """Surveillance with what had arrived when the goal ran out, where a lag is longer than the goal."""
        seen = np.full(in_time.shape, np.nan)
        wanted = np.zeros(in_time.shape, dtype=np.bool_)
        wanted[self._late_rows] = in_time[self._late_rows]
        wanted &= np.isfinite(self.finish) & (self.when[:, epoch, None] < np.inf)
        row, position = np.nonzero(wanted)
        starts = self.sweep.road.grid.starts[row, position]
        after = np.nextafter(self.when[row, epoch], np.inf)
        cells = Cells(row, starts, after, self.finish[row, position] + self.sweep.goal[row])
        seen[row, position] = self.sweep.road.surveillance(frozenset(), cells)
        return seen

    def read(self, epoch: int, cell: IntArray, settled: IntArray) -> None:
        """Read what is timely and what is missed off for the cells of an epoch."""
        self.timely.read(cell, settled)
        self.missed.ravel()[cell] = self._so_far.ravel()[settled]
        recent = self.sweep.recent
        if recent is not None:
            some = self._recent_cells[epoch]
            row, position = recent.cells.row[some], recent.position[some]
            self._frozen[some] = self.by_then[row, position]
            self._edge[some] = self._beta[row, np.maximum(position - 1, 0)]

    def add_recent(self, recent: Recent, beta: FloatArray) -> None:
        """Add recent starts, one run of positions for each cell; beta: their non-detection [1]."""
        row, position = recent.cells.row, recent.position
        # Once the goal has run out nothing more is timely; until then all that is in hand is.
        frozen = self.finish[row, position] + self.sweep.goal[row] < recent.cells.times
        self.timely.merge(recent, np.where(frozen, self._frozen, beta))
        before = np.roll(beta, 1)
        # Before the first of a run stands a start of which all has arrived.
        first = np.flatnonzero(np.diff(recent.cell, prepend=-1))
        before[first] = self._edge[first]
        added = self.prior[row, position] * (before + beta) / 2
        self.missed += np.bincount(recent.cell, added, self.missed.size).reshape(self.missed.shape)
