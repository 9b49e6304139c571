"""Many strata under shared limits: the cheapest choice of one vector of samples for each, with proof.

The limits on items and false alarms are linear in the samples. At a price for each limit the strata fall
apart, and the sum of their cheapest vectors, less the worth of the limits, is a lower bound on the cost of
any plan that keeps them (Lagrange). The prices come from the linear programme over the vectors found so far,
to which each round adds the cheapest vector of each stratum (Dantzig and Wolfe, Decomposition principle for
linear programs, Operations Research 8, 1960). A plan of cost U is then the optimum if it is the optimum over
all vectors that cost at most U less the bound more than the cheapest one of their stratum: with any other
vector alone a plan costs more than U. HiGHS solves both kinds of programme.
"""

from dataclasses import dataclass, field
from importlib import import_module
from math import inf
from typing import Any

import numpy as np

from watchgap.base.errors import WatchgapError
from watchgap.recovery.conditions import FloatArray, IntArray
from watchgap.recovery.stratum import Prices, Stratum

# Most vectors over which one integer programme is solved, and most branches of it.
_MOST_VECTORS = 100_000
_MOST_NODES = 100_000
# Costs are the same within this share of themselves; the programme over the vectors known and the bound are
# close within that one, and the first integer programme is solved within the last.
_SHARE, _CLOSE, _ROUGH = 1e-9, 1e-6, 1e-4
# HiGHS lets a row be missed by 1e-6 [1]: a row of this height is missed by 1e-10 of its limit.
_ROW_HEIGHT = 1e4
# What exceeds a limit is charged so many times the cost for each share of the limit, then so many times that.
_PENALTY, _PENALTIES, _NO_EXCESS = 10.0, 8, 1e-7
_NONE_KEEPS = "no choice of samples keeps all caps"
# A range of costs in which nothing was found is widened so many times.
_WIDENING = 4.0
# What SciPy calls the ends of a programme.
_SOLVED, _INFEASIBLE = 0, 2


@dataclass(slots=True)
class Block:
    """Strata that are alike: how many they are, and the vectors of samples that have been found for them.

    usage: what one item of each activity takes of each limit, (limits, activities).
    """

    stratum: Stratum
    prices: Prices
    usage: FloatArray
    count: int
    vectors: list[tuple[int, ...]] = field(default_factory=list)

    def at(self, worth: FloatArray) -> Prices:
        """Prices with what the limits are worth, (limits,) [person-day]."""
        return Prices(self.prices.item + worth @ self.usage, self.prices.first, self.prices.free)


@dataclass(frozen=True, slots=True)
class Choice:
    """Vectors of samples with how often each is used, by block; cost and its lower bound [person-day].

    vectors: None if none was found. settled: whether the search came to its end: then the cost is the bound,
    or, without vectors, nothing keeps the limits. proof: in words.
    """

    vectors: tuple[tuple[tuple[tuple[int, ...], int], ...], ...] | None
    cost: float
    bound: float
    settled: bool
    proof: str


def choose_apart(blocks: list[Block], limits: FloatArray) -> tuple[Choice, bool]:
    """The cheapest vector of each stratum, and whether together they keep the limits, (limits,).

    Adds the vectors to the blocks.
    """
    used, chosen, cost = np.zeros(limits.size), [], 0.0
    for block in blocks:
        vector, own = _cheapest(block, np.zeros(limits.size))
        block.vectors.append(vector)
        chosen.append(((vector, block.count),))
        used += block.count * (block.usage @ np.array(vector))
        cost += block.count * own
    proof = "each stratum at its least effort, found by a complete search within bounds"
    return Choice(tuple(chosen), cost, cost, True, proof), bool(np.all(used <= limits * (1.0 + _SHARE)))


def choose_together(blocks: list[Block], limits: FloatArray, enough: float | None = None) -> Choice:
    """The cheapest vectors that keep the limits, with proof.

    blocks: strata, each with a vector (`choose_apart`). limits: what may be taken of each, (limits,). enough:
    cost [person-day] at which the answer is clear: the search stops once it has a plan that costs no more, or
    a bound above it.
    """
    return _Master(blocks, limits).choose(enough)


def least_usage(blocks: list[Block], limit: int) -> float:
    """The least that any plan takes of one limit, to a thousandth of what an item takes of it."""
    total = 0.0
    for block in blocks:
        own = block.usage[limit]
        if not np.any(own > 0.0):
            continue
        # The effort decides where the limit does not: else all that takes nothing of it would be listed.
        dearest = max(block.stratum.dearest(block.prices), 1.0)
        weight = 1e3 * dearest / float(own[own > 0.0].min())
        prices = Prices(weight * own + block.prices.item, block.prices.first, block.prices.free)
        found = block.stratum.least(prices, block.vectors)
        total += 0.0 if found is None else block.count * float(own @ np.array(found[0]))
    return total


def _cheapest(block: Block, worth: FloatArray) -> tuple[tuple[int, ...], float]:
    found = block.stratum.least(block.at(worth), block.vectors)
    if found is None:
        raise WatchgapError("a stratum whose targets cannot be reached together was put among those that can")
    return found


@dataclass(frozen=True, slots=True)
class _Solution:
    """Vectors with how often each is used, by block; cost, and a bound over the same vectors [person-day]."""

    vectors: tuple[tuple[tuple[tuple[int, ...], int], ...], ...]
    cost: float
    bound: float


class _Master:
    def __init__(self, blocks: list[Block], limits: FloatArray) -> None:
        self.blocks = blocks
        # Rows are in shares of their limit; a limit of 0 stays what it is.
        self.scale = np.where(limits > 0.0, limits, 1.0)
        self.limits = limits / self.scale
        self.counts = np.array([block.count for block in blocks], dtype=np.float64)
        self.worth = np.zeros(limits.size)
        self.bound = -inf
        self.least = np.zeros(len(blocks))
        self.most_cost = sum(block.count * block.stratum.dearest(block.prices) for block in blocks)

    def choose(self, enough: float | None) -> Choice:
        if not self._raise_bound():
            return Choice(None, inf, inf, True, f"{_NONE_KEEPS}: Lagrange bound, linear programme by HiGHS")
        if enough is not None and self.bound > enough * (1.0 + _SHARE):
            return Choice(None, inf, self.bound, False, "the bound is above the effort asked for")
        best, _ = self._solve([np.array(block.vectors) for block in self.blocks], gap=_ROUGH)
        if enough is not None and best is not None and best.cost <= enough * (1.0 + _SHARE):
            return Choice(best.vectors, best.cost, self.bound, False, "a plan within the effort asked for")
        return self._close(best)

    def _raise_bound(self) -> bool:
        """Add vectors until the linear programme over them is that over all; False if it has no solution."""
        known = [float(block.prices.of(np.array(block.vectors)).min()) for block in self.blocks]
        penalty = _PENALTY * max(float(self.counts @ known), 1.0)
        for _ in range(_PENALTIES):
            excess = self._generate(penalty)
            if excess <= _NO_EXCESS:
                return True
            if self.bound > self.most_cost * (1.0 + _SHARE):
                return False
            penalty *= _PENALTY
        return True

    def _generate(self, penalty: float) -> float:
        """Add vectors at one penalty for what exceeds a limit; what exceeds them in the end, in shares."""
        while True:
            value, worth, prices, excess = self._linear(penalty)
            bound, least, new = -float(worth @ self.limits), [], False
            for at, block in enumerate(self.blocks):
                vector, cost = _cheapest(block, worth / self.scale)
                bound += block.count * cost
                least.append(cost)
                if cost < prices[at] - _SHARE * max(1.0, abs(cost)) and vector not in block.vectors:
                    block.vectors.append(vector)
                    new = True
            if bound > self.bound:
                self.bound, self.worth, self.least = bound, worth, np.array(least)
            if not new or value - self.bound <= _CLOSE * max(1.0, abs(value)):
                return excess

    def _linear(self, penalty: float) -> tuple[float, FloatArray, FloatArray, float]:
        """Value, worth of limits, prices of blocks and excess of the programme over the vectors known."""
        vectors = [np.array(block.vectors) for block in self.blocks]
        cost, usage, choice = self._columns(vectors)
        sparse, optimize = import_module("scipy.sparse"), import_module("scipy.optimize")
        limits = self.limits.size
        solved = optimize.linprog(
            np.concatenate([cost, np.full(limits, penalty)]),
            A_ub=sparse.hstack([sparse.csr_array(usage), -sparse.eye_array(limits)]),
            b_ub=self.limits,
            A_eq=sparse.hstack([choice, sparse.csr_array((len(self.blocks), limits))]),
            b_eq=self.counts,
            method="highs",
        )
        worth = np.maximum(-np.asarray(solved.ineqlin.marginals), 0.0)
        excess = float(solved.x[cost.size :].sum())
        return float(solved.fun), worth, np.asarray(solved.eqlin.marginals), excess

    def _columns(self, vectors: list[IntArray]) -> tuple[FloatArray, FloatArray, Any]:
        """Cost of each vector, its usage of each limit in shares, and which block it belongs to."""
        cost = np.concatenate([block.prices.of(own) for block, own in zip(self.blocks, vectors, strict=True)])
        usage = np.concatenate(
            [own @ block.usage.T for block, own in zip(self.blocks, vectors, strict=True)]
        ).T
        sizes = [len(own) for own in vectors]
        rows = np.repeat(np.arange(len(sizes)), sizes)
        sparse = import_module("scipy.sparse")
        choice = sparse.csr_array((np.ones(rows.size), (rows, np.arange(rows.size))))
        return cost, usage / self.scale[:, None], choice

    def _close(self, best: _Solution | None) -> Choice:
        """Widen the range of costs until the optimum over the vectors in it is the optimum over all."""
        small = max(_SHARE * abs(self.bound), 1e-7)
        # The first plan is often far from the best: a narrow range finds a better one, and what it has to be
        # proved against is then narrow too.
        width = (self.most_cost - self.bound) / 1024 if best is None else (best.cost - self.bound) / 16
        while True:
            width = max(width, 0.0) + small
            vectors = self._within(width)
            solved, finished = (None, False) if vectors is None else self._solve(vectors, gap=0.0)
            if solved is not None and (best is None or solved.cost <= best.cost):
                best = solved
            whole = best is not None and best.cost <= self.bound + width
            # The best plan is among the vectors of the whole range: to find none there is a fault of numbers.
            if not finished or (whole and solved is None):
                return self._given_up(best)
            if best is not None and solved is not None and best.cost <= self.bound + width:
                return self._proved(best, min(solved.bound, best.cost), sum(map(len, vectors or [])))
            if best is None and self.bound + width > self.most_cost:
                return Choice(None, inf, inf, True, f"{_NONE_KEEPS}: integer programme by HiGHS")
            width = width * _WIDENING if best is None else min(width * _WIDENING, best.cost - self.bound)

    def _said(self) -> str:
        return f"Lagrange bound {self.bound:.6f} person-days besides the visit, by column generation"

    def _proved(self, best: _Solution, bound: float, vectors: int) -> Choice:
        proof = (
            f"{self._said()}; all {vectors} sample vectors that "
            "could beat the plan in one integer programme by HiGHS, solved to a gap of "
            f"{best.cost - bound:.1e}"
        )
        return Choice(best.vectors, best.cost, bound, True, proof)

    def _given_up(self, best: _Solution | None) -> Choice:
        proof = (
            f"{self._said()}; the search was given up with more than "
            f"{_MOST_VECTORS} sample vectors or {_MOST_NODES} branches"
        )
        if best is None:
            return Choice(None, inf, self.bound, False, proof)
        return Choice(best.vectors, best.cost, min(self.bound, best.cost), False, proof)

    def _within(self, width: float) -> list[IntArray] | None:
        """All vectors that cost up to `width` more than the cheapest of their block, limits paid for."""
        found, total = [], 0
        worth = self.worth / self.scale
        for block, least in zip(self.blocks, self.least, strict=True):
            own = block.stratum.near(block.at(worth), float(least) + width, _MOST_VECTORS - total)
            if own is None:
                return None
            found.append(own)
            total += len(own)
        return found

    def _solve(self, vectors: list[IntArray], *, gap: float) -> tuple[_Solution | None, bool]:
        """The cheapest choice among these vectors that keeps the limits, and whether that is all there is."""
        cost, usage, choice = self._columns(vectors)
        optimize = import_module("scipy.optimize")
        solved = optimize.milp(
            cost,
            integrality=np.ones(cost.size),
            bounds=optimize.Bounds(0.0, np.repeat(self.counts, [len(own) for own in vectors])),
            constraints=[
                optimize.LinearConstraint(choice, self.counts, self.counts),
                optimize.LinearConstraint(usage * _ROW_HEIGHT, -inf, self.limits * _ROW_HEIGHT),
            ],
            options={"mip_rel_gap": gap, "node_limit": _MOST_NODES},
        )
        finished = solved.status in {_SOLVED, _INFEASIBLE}
        if solved.x is None:
            return None, finished
        often = np.rint(solved.x).astype(np.int64)
        parts = np.split(often, np.cumsum([len(own) for own in vectors])[:-1])
        chosen = tuple(
            tuple((tuple(own[row].tolist()), int(times[row])) for row in np.flatnonzero(times))
            for own, times in zip(vectors, parts, strict=True)
        )
        return _Solution(chosen, float(cost @ often), float(solved.mip_dual_bound)), finished
