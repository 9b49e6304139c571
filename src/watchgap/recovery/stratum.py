"""The exact choice of sample sizes on one stratum, at any price of an item.

The search runs through the activities, the dearest first, and keeps every partial vector that can still lead
to a cheaper whole. What the rest must cost is bounded below by the linear programme in which what a sample
gives is replaced by the steepest line through the origin that touches it; its dual bounds are enumerated once
for each set of activities, as they depend on prices only by a multiplication. The last activity takes the
least sample that meets what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import inf

import numpy as np
from numpy.typing import NDArray

from watchgap.recovery.conditions import (
    TIE,
    FloatArray,
    IntArray,
    LogTables,
    StratumTask,
    linear_conditions,
    meets,
)

# Costs that differ by less are the same [person-day].
SAME_COST = 1e-9
# Partial vectors that are continued together: few until a first whole vector is found, then many.
_ROWS_AT_FIRST = 8
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Cost of each item, and of the first item of each activity in addition, (activities,), 0 or more.

    free: activities whose items cost nothing at any price of a limit; of them a vector may take all.
    """

    item: FloatArray
    first: FloatArray
    free: NDArray[np.bool_]

    def of(self, samples: IntArray) -> FloatArray:
        """Cost of each vector of samples, (vectors, activities) to (vectors,)."""
        return np.asarray(samples @ self.item + (samples > 0) @ self.first, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Front:
    """Partial vectors: samples of the first activities, (rows, activities), and their cost, (rows,).

    bound: on the cost of the whole, (rows,). needs: what each threat still needs, (threats, rows).
    """

    samples: IntArray
    cost: FloatArray
    needs: FloatArray
    bound: FloatArray

    @staticmethod
    def start(needs: FloatArray) -> "_Front":
        """The one vector of no activity."""
        return _Front(np.zeros((1, 0), dtype=np.int64), np.zeros(1), needs[:, None], np.zeros(1))

    def keep(self, rows: IntArray | NDArray[np.bool_]) -> "_Front":
        return _Front(self.samples[rows], self.cost[rows], self.needs[:, rows], self.bound[rows])


class Stratum:
    """The feasible samples of one stratum, searched for the cheapest ones at given prices.

    task: what they have to do; each threat alone must be within reach (`best_left`). logs: shared by strata,
    it spares them the same work.
    """

    def __init__(self, task: StratumTask, logs: LogTables) -> None:
        self.task = task
        threats = tuple(threat for threat in task.threats if threat.allowed < 1.0)
        conditions = linear_conditions(task, threats) if task.disjoint else logs.conditions(task, threats)
        # The linear conditions of one threat may cover those of another where the exact ones do not.
        every = list(range(len(threats)))
        kept = every if task.disjoint else _hardest(conditions.tables, conditions.needs)
        self.used = [at for at, table in enumerate(conditions.tables) if table.shape[1] > 1]
        self.tables = [np.ascontiguousarray(conditions.tables[at][kept]) for at in self.used]
        self.needs = conditions.needs[kept]
        self.spare = (conditions.enough - conditions.needs)[kept]
        self.threats, self.enough = threats, conditions.enough
        self._bounds: dict[tuple[int, ...], _DualBounds] = {}
        self._exact: dict[tuple[int, ...], bool] = {}

    def least(
        self, prices: Prices, known: Sequence[tuple[int, ...]] = ()
    ) -> tuple[tuple[int, ...], float] | None:
        """Vector of least cost, the first of several in order, and its cost; None if none is feasible.

        known: feasible vectors from which the search starts.
        """
        start = np.array(known, dtype=np.int64).reshape(len(known), len(self.task.most))
        found = self._search(prices, float(prices.of(start).min(initial=inf)), None)
        found = start if found is None else np.concatenate([start, found])
        if not len(found):
            return None
        costs = prices.of(found)
        cheapest = found[costs <= costs.min() + SAME_COST]
        best = min(tuple(vector) for vector in cheapest.tolist())
        return best, float(prices.of(np.array([best]))[0])

    def near(self, prices: Prices, limit: float, most: int) -> IntArray | None:
        """Every vector of cost at most `limit` that does not become cheaper by leaving out an item.

        Returns (vectors, activities), with others that are feasible among them; None if there are more than
        `most` before those from which an item can be left out are taken away.
        """
        found = self._search(prices, limit, most)
        if found is None or self.task.disjoint or not self.needs.size:
            return found
        return found[self._minimal(found, prices.free)]

    def dearest(self, prices: Prices) -> float:
        """A cost that no vector exceeds from which no item can be left out."""
        ends = np.array([table.shape[1] - 1 for table in self.tables], dtype=np.float64)
        return float(ends @ prices.item[self.used] + prices.first[self.used].sum())

    def bounds(self, activities: tuple[int, ...]) -> "_DualBounds":
        """Bounds on what is still needed of some of the activities in use, by their positions."""
        if activities not in self._bounds:
            self._bounds[activities] = _DualBounds([self.tables[at] for at in activities])
        return self._bounds[activities]

    def holds(self, samples: tuple[int, ...]) -> bool:
        """Whether a vector meets all threats, exactly."""
        if samples not in self._exact:
            self._exact[samples] = all(
                (self.task.disjoint and float(np.dot(threat.recognition, samples)) >= enough)
                or meets(self.task, threat, samples)
                for threat, enough in zip(self.threats, self.enough, strict=True)
            )
        return self._exact[samples]

    def _search(self, prices: Prices, limit: float, most: int | None) -> IntArray | None:
        if not self.needs.size:
            return np.zeros((1, len(self.task.most)), dtype=np.int64)
        return _Search(self, prices, only_best=most is None).run(limit, most) if self.used else None

    def _minimal(self, found: IntArray, free: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which vectors are feasible no longer when any one item that is not free is left out."""
        own = found[:, self.used]
        gains = [table[:, own[:, at]] for at, table in enumerate(self.tables)]
        spare = np.sum(gains, axis=0) - self.needs[:, None]
        minimal = np.ones(len(own), dtype=np.bool_)
        for at, table in enumerate(self.tables):
            loss = gains[at] - table[:, np.maximum(own[:, at] - 1, 0)]
            minimal &= free[self.used[at]] | (own[:, at] == 0) | np.any(loss > spare + TIE, axis=0)
        return minimal


class _Search:
    """One search through a stratum: for the best vector, or for all up to a limit of cost."""

    def __init__(self, stratum: Stratum, prices: Prices, *, only_best: bool) -> None:
        self.stratum, self.only_best = stratum, only_best
        item, first = prices.item[stratum.used], prices.first[stratum.used]
        lengths = np.array([table.shape[1] - 1 for table in stratum.tables])
        # What is dear over its range comes first, so that cheap long ranges are searched and not listed.
        self.order = [int(at) for at in np.argsort(-item * lengths, kind="stable")]
        self.item, self.first = item[self.order], first[self.order]
        free = (prices.item == 0.0 if only_best else prices.free)[stratum.used]
        # Where no item is taken twice, even one that costs nothing takes the room of another.
        self.free = free[self.order] & (not stratum.task.disjoint)
        self.tables = [stratum.tables[at] for at in self.order]
        self.reach = [
            np.sum([table[:, -1] for table in self.tables[at:]], axis=0) for at in range(len(self.order))
        ]
        self.duals: list[FloatArray | None] = [None]
        for at in range(1, len(self.order)):
            rest = tuple(sorted(self.order[at:]))
            here = list(rest)
            self.duals.append(stratum.bounds(rest).at(item[here], first[here]))

    def run(self, limit: float, most: int | None) -> IntArray | None:
        """The vectors found, in the order of all activities; None if there are more than `most`."""
        stack, count = [_Front.start(self.stratum.needs)], 0
        found: list[IntArray] = []
        while stack:
            front = stack.pop()
            front = front.keep(front.bound <= limit + SAME_COST)
            at = front.samples.shape[1]
            if not front.cost.size:
                continue
            if at < len(self.order) - 1:
                dive = self.only_best and not found
                now, later = _split(
                    front, _ROWS_AT_FIRST if dive else _ROWS_AT_ONCE // self.tables[at].shape[1]
                )
                stack += [*later, self._expand(now, limit)]
                continue
            done = self._finish(front, limit)
            limit = min(limit, float(done.cost.min(initial=inf))) if self.only_best else limit
            found.append(done.samples)
            count += done.cost.size
            if most is not None and count > most:
                return None
        none = np.zeros((0, len(self.order)), dtype=np.int64)
        return self._placed(np.concatenate([none, *found]))

    def _placed(self, own: IntArray) -> IntArray:
        """Put the samples of the activities in the order of the search in their places among all."""
        whole = np.zeros((len(own), len(self.stratum.task.most)), dtype=np.int64)
        whole[:, [self.stratum.used[at] for at in self.order]] = own
        return whole

    def _expand(self, front: _Front, limit: float) -> _Front:
        """Give the next activity every sample that can still be of use; if it is free, none or all of use."""
        at = front.samples.shape[1]
        table, item, last = self.tables[at], self.item[at], at == len(self.order) - 2
        most = _last_of_use(table, front.needs + self.stratum.spare[:, None])
        if limit < inf and item > 0.0:
            affordable = np.maximum((limit + SAME_COST - front.cost) / item, 0.0)
            most = np.minimum(most, np.minimum(affordable, table.shape[1]).astype(np.int64))
        counts = np.minimum(most, 1) + 1 if self.free[at] else most + 1
        rows = np.repeat(np.arange(most.size), counts)
        taken = np.arange(rows.size) - np.repeat(np.cumsum(counts) - counts, counts)
        taken = taken * most[rows] if self.free[at] else taken
        needs = front.needs[:, rows] - table[:, taken]
        cost = front.cost[rows] + item * taken + self.first[at] * (taken > 0)
        possible = np.all(needs <= self.reach[at + 1][:, None] + TIE, axis=0) & (cost <= limit + SAME_COST)
        if self.stratum.task.disjoint:
            possible &= front.samples.sum(axis=1)[rows] + taken <= self.stratum.task.population
        rows, taken, needs, cost = rows[possible], taken[possible], needs[:, possible], cost[possible]
        duals = None if last else self.duals[at + 1]
        bound = cost if duals is None else cost + (duals @ np.maximum(needs, 0.0)).max(axis=0)
        samples = np.concatenate([front.samples[rows], taken[:, None]], axis=1)
        return _Front(samples, cost, needs, bound).keep(bound <= limit + SAME_COST)

    def _finish(self, front: _Front, limit: float) -> _Front:
        """Give the last activity the least sample that meets what is left."""
        taken = _least_index(self.tables[-1], front.needs)
        cost = front.cost + self.item[-1] * taken + self.first[-1] * (taken > 0)
        samples = np.concatenate([front.samples, taken[:, None]], axis=1)
        possible = (taken < self.tables[-1].shape[1]) & (cost <= limit + SAME_COST)
        done = _Front(samples, cost, front.needs, cost).keep(possible)
        if self.stratum.task.disjoint:
            return self._made_exact(done, limit)
        return done.keep(np.argsort(done.cost, kind="stable")[:1]) if self.only_best else done

    def _made_exact(self, done: _Front, limit: float) -> _Front:
        """Raise the last sample until the exact condition holds, cheapest vectors first."""
        rows, costs = [], []
        for row in np.argsort(done.cost, kind="stable"):
            if done.cost[row] > limit + SAME_COST:
                break
            before = int(done.samples[row, -1])
            last = self._least_last(done.samples[row])
            if last is None:
                continue
            cost = float(
                done.cost[row] + self.item[-1] * (last - before) + self.first[-1] * (before == 0 < last)
            )
            if cost <= limit + SAME_COST:
                done.samples[row, -1] = last
                rows.append(int(row))
                costs.append(cost)
                limit = min(limit, cost) if self.only_best else limit
        kept = done.keep(np.array(rows, dtype=np.int64))
        exact = np.array(costs, dtype=np.float64)
        return _Front(kept.samples, exact, kept.needs, exact)

    def _least_last(self, own: IntArray) -> int | None:
        """Least last sample, from that of the vector on, with which the exact condition holds."""
        room = self.stratum.task.population - int(own[:-1].sum())
        low, high = int(own[-1]), min(int(self.tables[-1].shape[1]) - 1, room)
        if high < low or not self._holds(own, high):
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._holds(own, middle) else (middle + 1, high)
        return high

    def _holds(self, own: IntArray, last: int) -> bool:
        whole = self._placed(np.append(own[:-1], last)[None, :])
        return self.stratum.holds(tuple(whole[0].tolist()))


class _DualBounds:
    """Lower bounds on the cost of what is still needed, for the last activities of a stratum.

    For any y >= 0 with y . slope_a <= price_a for every activity, y . needs is such a bound. The candidates
    are the basic solutions: for each choice of as many threats as activities, the y at which these activities
    are worth their price. They are linear in the prices, and scaling makes any of them hold for all others.
    """

    def __init__(self, tables: list[FloatArray]) -> None:
        self._ranges = np.array([table.shape[1] - 1 for table in tables])
        self._slopes = np.stack(
            [(table[:, 1:] / np.arange(1, table.shape[1])).max(axis=1) for table in tables], axis=1
        )
        threats, activities = self._slopes.shape
        sizes = range(1, min(threats, activities) + 1)
        none = np.zeros((1, threats, activities))
        self._maps = np.concatenate([none, *(self._basic(size) for size in sizes)])

    def _basic(self, size: int) -> FloatArray:
        """The maps from prices to y for all choices of `size` threats and activities that have one."""
        threats, activities = self._slopes.shape
        pairs = list(product(combinations(range(threats), size), combinations(range(activities), size)))
        rows, columns = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs])
        squares = self._slopes[rows[:, None, :], columns[:, :, None]]
        scale = np.maximum(np.abs(squares).max(axis=(1, 2)), 1e-300)
        regular = np.abs(np.linalg.det(squares / scale[:, None, None])) > 1e-9
        rows, columns, squares = rows[regular], columns[regular], squares[regular]
        maps = np.zeros((len(squares), threats, activities))
        which = np.arange(len(squares))[:, None, None]
        maps[which, rows[:, :, None], columns[:, None, :]] = np.linalg.inv(squares)
        return maps

    def at(self, item: FloatArray, first: FloatArray) -> FloatArray:
        """The y of each candidate at these prices, (candidates, threats)."""
        price = item + first / self._ranges
        duals = np.maximum(self._maps @ price, 0.0)
        worth = duals @ self._slopes
        share = np.where(worth > price, price / np.where(worth > 0.0, worth, 1.0), 1.0).min(axis=1)
        # A bound that rounding has raised would cut off the optimum.
        return np.asarray(duals * (share * (1.0 - 1e-13))[:, None])


def _split(front: _Front, most: int) -> tuple[_Front, list[_Front]]:
    """The rows of least bound, at most so many, and the others."""
    size = max(most, 1)
    if front.cost.size <= size:
        return front, []
    order = np.argsort(front.bound, kind="stable")
    return front.keep(order[:size]), [front.keep(order[size:])]


def _least_index(table: FloatArray, needs: FloatArray) -> IntArray:
    """Least sample of one activity that meets all that each row needs; past the table if none does.

    table: (threats, samples), rising from 0. needs: (threats, rows). A row that needs nothing takes no item.
    """
    least = np.zeros(needs.shape[1], dtype=np.int64)
    for gained, needed in zip(table, needs, strict=True):
        np.maximum(least, np.searchsorted(gained, needed - TIE), out=least)
    return least


def _last_of_use(table: FloatArray, needs: FloatArray) -> IntArray:
    """Greatest sample of one activity of which each row can make use: no threat gains from one item more."""
    last = np.zeros(needs.shape[1], dtype=np.int64)
    for gained, needed in zip(table, needs, strict=True):
        useful = np.searchsorted(gained, np.minimum(needed - TIE, gained[-1]))
        np.maximum(last, useful, out=last)
    return last


def _hardest(tables: Sequence[FloatArray], needs: FloatArray) -> list[int]:
    """Positions of the threats that no other one covers: needing as much, and given no more by any sample."""
    kept: list[int] = []
    for one in sorted(range(needs.size), key=lambda at: -needs[at]):
        # A row ends at the need of its threat, and is compared below that.
        covered = any(
            all(bool(np.all(np.minimum(table[other], needs[one]) <= table[one])) for table in tables)
            for other in kept
        )
        if not covered and needs[one] > TIE:
            kept.append(one)
    return sorted(kept)
