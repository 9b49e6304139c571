"""What changes in time beside a road: which starts, when, and to what non-detection by surveillance."""

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.record import FloatArray
from watchgap.assurance.roads import Lived, Road, World
from watchgap.detection.lives import IntArray


class Epochs:
    """The changes of one rule in order, dense in each row, and the pairs of row and time that lie between.

    when: time [d] of each change, infinite where a row has no more, (rows, changes). The first is minus
    infinity. A change at a time counts from the next time of assessment on.
    """

    def __init__(self, changes: FloatArray, times: FloatArray) -> None:
        rows = changes.shape[0]
        changes = np.where(changes < times[-1], changes, np.inf)
        order = np.argsort(changes, axis=1, kind="stable")
        ascending = np.take_along_axis(changes, order, axis=1)
        new = np.ones(changes.shape, dtype=np.bool_)
        new[:, 1:] = ascending[:, 1:] > ascending[:, :-1]
        dense = np.cumsum(new, axis=1) - 1
        self.rank = np.empty(changes.shape, dtype=np.int64)
        np.put_along_axis(self.rank, order, dense, axis=1)
        self.rank[np.isinf(changes) & (changes > 0)] = -1
        self.count = int(self.rank.max()) + 1
        self.when = np.full((rows, self.count), np.inf)
        row, place = np.nonzero(self.rank >= 0)
        self.when[row, self.rank[row, place]] = changes[row, place]
        begins = np.searchsorted(times, self.when, side="right")
        steps = np.zeros((rows, times.size + 1), dtype=np.int64)
        np.add.at(steps, (np.arange(rows)[:, None], begins), 1)
        self.of_time = np.cumsum(steps[:, :-1], axis=1) - 1

    def cells(self, epoch_of: IntArray) -> list[IntArray]:
        """Positions of cells by their epoch; epoch_of (n,)."""
        order = np.argsort(epoch_of, kind="stable")
        return np.split(order, np.searchsorted(epoch_of[order], np.arange(1, self.count)))


class _Part:
    """One measure in one world: what counts of its lives now, and its non-detection, (rows, starts) [1]."""

    def __init__(self, road: Road, collects: frozenset[str], world: World, lived: Lived) -> None:
        self.lived = lived
        self.blind = lived.watching.blind_spot[:, None]
        self.missed = np.ones(road.grid.starts.shape)
        events = road.events(lived, collects, world)
        self.states = events.states
        self.now = np.full(events.states.shape[:2], -1, dtype=np.int64)
        # A change that touches no start is none.
        before = np.concatenate([np.full((*self.now.shape, 1), -1), self.states[:, :, :-1]], axis=2)
        matters = self._touches(self.states) | self._touches(before)
        self.changes = np.where(matters, events.times, np.inf)

    def _touches(self, states: IntArray) -> NDArray[np.bool_]:
        touches = self.lived.touches
        if touches.shape[2] == 0:
            return np.zeros(states.shape, dtype=np.bool_)
        found = np.take_along_axis(touches, np.maximum(states, 0), axis=2)
        return np.asarray(found & (states >= 0))

    def rank(self, ranks: IntArray, count: int) -> None:
        """Learn which changes belong to which epoch; ranks: of the changes, (rows, lives x changes)."""
        flat = ranks.ravel()
        listed = np.flatnonzero(flat >= 0)
        listed = listed[np.argsort(flat[listed], kind="stable")]
        self.at = np.split(listed, np.searchsorted(flat[listed], np.arange(1, count)))

    def change(self, epoch: int) -> slice | None:
        """Take in the changes of an epoch; the starts that are touched, if any."""
        if not self.at[epoch].size:
            return None
        row, life, place = np.unravel_index(self.at[epoch], self.states.shape)
        self.now[row, life] = self.states[row, life, place]
        touched = [self.lived.reach[number] for number in set(life.tolist())]
        window = slice(min(first for first, _ in touched), max(last for _, last in touched))
        silent = np.ones((len(self.now), window.stop - window.start))
        for number, (first, last) in enumerate(self.lived.reach):
            if first < window.stop and last > window.start:
                self._multiply(silent, number, window)
        self.missed[:, window] = self.blind + (1 - self.blind) * silent
        return window

    def _multiply(self, silent: FloatArray, life: int, window: slice) -> None:
        """Multiply by the factor of a life in the state that it is in."""
        now = self.now[:, life]
        for state in set(now.tolist()) - {-1}:
            factor = self.lived.factors.get((life, state))
            if factor is None:
                continue
            first, last = max(factor.first, window.start), min(factor.last, window.stop)
            if first >= last:
                continue
            into = slice(first - window.start, last - window.start)
            value = factor.value[:, first - factor.first : last - factor.first]
            rows = np.flatnonzero(now == state)
            if rows.size == now.size:
                silent[:, into] *= value
            else:
                silent[rows, into] *= value[rows]


class Surveillance:
    """Non-detection by surveillance of all starts of a road, as what counts changes in time.

    collects: measures whose record is taken as collected at the time of assessment.
    """

    def __init__(self, road: Road, collects: frozenset[str]) -> None:
        self.value = np.ones(road.grid.starts.shape)
        self._worlds = [
            (world.probability, [_Part(road, collects, world, lived) for lived in road.computed])
            for world in road.worlds
        ]
        self._parts = [part for _, parts in self._worlds for part in parts]

    @property
    def changes(self) -> list[FloatArray]:
        """Times [d] of all changes, (rows, changes) of each measure in each world."""
        return [part.changes.reshape(len(self.value), -1) for part in self._parts]

    def rank(self, ranks: IntArray, count: int) -> None:
        """Learn the epochs of the changes, as they are listed."""
        at = 0
        for part in self._parts:
            size = part.changes[0].size
            part.rank(ranks[:, at : at + size], count)
            at += size

    def change(self, epoch: int) -> int | None:
        """Take in the changes of an epoch; the first start that is touched, if any."""
        windows = [window for part in self._parts if (window := part.change(epoch)) is not None]
        if not windows:
            return None
        window = slice(min(one.start for one in windows), max(one.stop for one in windows))
        total = np.zeros((len(self.value), window.stop - window.start))
        for probability, parts in self._worlds:
            chance = np.repeat(probability[:, None], total.shape[1], axis=1)
            for part in parts:
                chance *= part.missed[:, window]
            total += chance
        self.value[:, window] = total
        return int(window.start)
