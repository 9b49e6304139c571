"""A planning problem as blocks of like strata under shared limits, and the way back to samples by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log1p

import numpy as np

from watchgap.recovery.conditions import (
    TIE,
    Defects,
    FloatArray,
    LogTables,
    StratumTask,
    best_left,
    left_by,
)
from watchgap.recovery.master import Block, Choice
from watchgap.recovery.plan_record import Offer, PlanProblem, Samples, Shortfall, Threat
from watchgap.recovery.stratum import Prices, Stratum

FALSE_ALARMS = "false alarms"
# Non-detections are the same within this share of themselves, and certain detection below this one [1].
_SAME_LEVEL = 1e-9
_CERTAIN = 1e-12
# Where between the best and the impossible to look by turns, if the costs of both do not say.
_SHARES = (0.5, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Built:
    """Blocks, with the strata of each."""

    blocks: list[Block]
    strata: tuple[tuple[str, ...], ...]


class Builder:
    """Builds the blocks of one problem, at any non-detection that its threats may be left with."""

    def __init__(self, problem: PlanProblem) -> None:
        self.problem = problem
        self.offers: dict[str, list[Offer]] = {stratum: [] for stratum in problem.populations}
        self.threats: dict[str, list[Threat]] = {stratum: [] for stratum in problem.populations}
        for offer in problem.offers:
            self.offers[offer.stratum].append(offer)
        for threat in problem.threats:
            self.threats[threat.stratum].append(threat)
        caps = problem.caps
        self.limits = {activity: float(most) for activity, most in caps.items.items()}
        if caps.false_alarms is not None:
            self.limits[FALSE_ALARMS] = -log1p(-caps.false_alarms)
        self._logs = LogTables()

    @property
    def limit_values(self) -> FloatArray:
        """What may be taken of each limit, (limits,): items, and the exponent of false alarms."""
        return np.array(list(self.limits.values()), dtype=np.float64)

    def best(self) -> dict[str, float]:
        """Least non-detection [1] of each threat that any plan leaves if it looks at nothing else."""
        left = {}
        for threat in self.problem.threats:
            task = self._task(threat.stratum, {})
            left[threat.name] = threat.nondetection * best_left(task, self._defects(threat, 1.0))
        return left

    def even(self, level: float) -> dict[str, float]:
        """The same non-detection [1] allowed for every threat."""
        return {threat.name: level for threat in self.problem.threats}

    def build(self, allowed: Mapping[str, float]) -> Built:
        """Blocks in which no threat may be left with more than it is allowed [1]; like strata share one."""
        made: dict[tuple[object, ...], tuple[Block, list[str]]] = {}
        for stratum in self.problem.populations:
            if not self.threats[stratum]:
                continue
            task, prices, usage = self._task(stratum, allowed), self._prices(stratum), self._usage(stratum)
            key = (task, tuple(prices.item), tuple(prices.first), usage.tobytes())
            if key not in made:
                made[key] = (Block(Stratum(task, self._logs), prices, usage, 0), [])
            made[key][0].count += 1
            made[key][1].append(stratum)
        return Built([block for block, _ in made.values()], tuple(tuple(names) for _, names in made.values()))

    def together(self, allowed: Mapping[str, float]) -> tuple[dict[str, float], list[Shortfall]]:
        """What threats may be left with if samples without a common item cannot meet all at once.

        Each is within reach alone. In the order of the problem, a threat that cannot be met beside those
        before it is allowed the least that can be had beside them.
        """
        eased: dict[str, float] = dict(allowed)
        shortfalls: list[Shortfall] = []
        if self.problem.samples != Samples.DISJOINT:
            return eased, shortfalls
        for stratum, threats in self.threats.items():
            prices = self._prices(stratum)
            if len(threats) < 2 or self._cheapest(stratum, threats, eased, prices) is not None:
                continue
            before: list[Threat] = []
            for threat in threats:
                before.append(threat)
                if self._cheapest(stratum, before, eased, prices) is None:
                    eased[threat.name] = self._eased(stratum, before, eased, prices)
                    shortfalls.append(_crowded(threat, eased[threat.name], self.problem))
        return eased, shortfalls

    def samples(self, built: Built, choice: Choice) -> dict[tuple[str, str], int]:
        """Samples by activity and stratum."""
        taken: dict[tuple[str, str], int] = {}
        for strata, block, vectors in zip(built.strata, built.blocks, choice.vectors or (), strict=True):
            each = [self._trimmed(block, vector) for vector, often in vectors for _ in range(often)]
            for stratum, vector in zip(strata, each, strict=True):
                for offer, sample in zip(self.offers[stratum], vector, strict=True):
                    taken[offer.activity, stratum] = sample
        return taken

    def used(self, samples: Mapping[tuple[str, str], int]) -> FloatArray:
        """What samples take of each limit, (limits,)."""
        used = np.zeros(len(self.limits))
        for stratum, offers in self.offers.items():
            vector = np.array(
                [samples.get((offer.activity, stratum), 0) for offer in offers], dtype=np.float64
            )
            used += self._usage(stratum) @ vector
        return used

    def _cheapest(
        self, stratum: str, threats: list[Threat], allowed: Mapping[str, float], prices: Prices
    ) -> tuple[int, ...] | None:
        task = self._task(stratum, allowed, threats)
        found = Stratum(task, self._logs).least(prices)
        return None if found is None else found[0]

    def _eased(
        self, stratum: str, threats: list[Threat], allowed: Mapping[str, float], prices: Prices
    ) -> float:
        """Least non-detection of the last threat while those before it are met."""
        last = threats[-1]

        def attempt(level: float) -> tuple[float | None, float]:
            vector = self._cheapest(stratum, threats, {**allowed, last.name: level}, prices)
            if vector is None:
                return None, inf
            task = self._task(stratum, {})
            return last.nondetection * left_by(task, self._defects(last, 1.0), vector), 0.0

        return lowest_level(attempt, allowed[last.name], last.nondetection)

    def _trimmed(self, block: Block, vector: tuple[int, ...]) -> tuple[int, ...]:
        """Leave out what costs nothing and is not needed."""
        best = list(vector)
        for activity in np.flatnonzero(block.prices.free):
            low, high = 0, best[activity]
            while low < high:
                best[activity] = (low + high) // 2
                enough = block.stratum.holds(tuple(best))
                low, high = (low, best[activity]) if enough else (best[activity] + 1, high)
            best[activity] = high
        return tuple(best)

    def _defects(self, threat: Threat, allowed: float) -> Defects:
        chances = tuple(threat.recognition.get(offer.activity, 0.0) for offer in self.offers[threat.stratum])
        return Defects(threat.items, allowed, chances)

    def _task(
        self, stratum: str, allowed: Mapping[str, float], threats: list[Threat] | None = None
    ) -> StratumTask:
        kept = []
        for threat in self.threats[stratum] if threats is None else threats:
            wanted = allowed.get(threat.name, 1.0)
            share = wanted / threat.nondetection if threat.nondetection > 0.0 else inf
            if share * (1.0 + TIE) < 1.0:
                kept.append(self._defects(threat, share))
        most = tuple(offer.most_items for offer in self.offers[stratum])
        return StratumTask(
            self.problem.populations[stratum], tuple(kept), most, self.problem.samples == Samples.DISJOINT
        )

    def _prices(self, stratum: str) -> Prices:
        offers = self.offers[stratum]
        item = np.array([offer.effort_per_item for offer in offers], dtype=np.float64)
        first = np.array([offer.fixed_effort for offer in offers], dtype=np.float64)
        return Prices(item, first, (item == 0.0) & np.all(self._usage(stratum) == 0.0, axis=0))

    def _usage(self, stratum: str) -> FloatArray:
        offers = self.offers[stratum]
        rows = [
            [
                -log1p(-offer.false_alarm) if limit == FALSE_ALARMS else float(offer.activity == limit)
                for offer in offers
            ]
            for limit in self.limits
        ]
        return np.array(rows, dtype=np.float64).reshape(len(self.limits), len(offers))


def lowest_level(
    attempt: Callable[[float], tuple[float | None, float]], low: float, high: float, budget: float = inf
) -> float:
    """The least non-detection [1] that can be attained, where it changes in steps.

    attempt: for a non-detection that may be left, the one that is then left, None if that is impossible, and
    the cost of it or a bound on that. low: none is less; high: attained. budget: cost up to which attempts
    are possible; it guides the search and changes nothing.

    It looks between the best so far and what is known to be impossible; after each failure it tries to leave
    just less than the best so far, and if that fails too the search is over.
    """
    low = max(low, _CERTAIN)
    if budget == inf and low < high:
        left, _ = attempt(low)
        if left is not None:
            return left
    cost_low, cost_high, turn, failed = inf, -inf, 0, True
    while high > low * (1.0 + _SAME_LEVEL):
        goal = high * (1.0 - _SAME_LEVEL)
        if not failed:
            turn += 1
            # The logarithm of what is left falls nearly in proportion to the cost.
            known = turn % 3 > 0 and cost_high < budget < cost_low < inf
            share = (budget - cost_high) / (cost_low - cost_high) if known else _SHARES[turn % 3]
            goal = min(goal, high * (low / high) ** share)
        left, cost = attempt(goal)
        if left is None and failed:
            return high
        if left is None:
            low, cost_low = goal, cost
        else:
            high, cost_high = left, cost
        failed = left is None
    return high


def _crowded(threat: Threat, best: float, problem: PlanProblem) -> Shortfall:
    population = problem.populations[threat.stratum]
    why = (
        f"no item is taken twice, and the {population} items of {threat.stratum} are not enough for this and "
        "for the threats before it"
    )
    return Shortfall(threat.name, 1.0 - best, threat.target, why)
