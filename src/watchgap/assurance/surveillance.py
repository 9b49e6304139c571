"""Non-detection of one scenario by all measures beside its route, for all its starts.

Each measure has a blind spot that is shared by all of its record, and a record that lay with the operator
counts only if it is complete and authentic, which is one draw for each custody period. The draws are few, so
they are enumerated: a *world* says which custody periods failed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from watchgap.assurance.factors import Look, life_factor, reach
from watchgap.assurance.holding import Counted, counted
from watchgap.assurance.record import FloatArray, Scenario, Situation, Watch
from watchgap.base.errors import OutOfRange

MOST_CUSTODIES = 10


@dataclass(frozen=True, slots=True)
class World:
    """One outcome of the custody draws: its probability, and the custody periods that failed."""

    probability: float
    failed: frozenset[str]


def worlds_of(situation: Situation, scenario: Scenario) -> tuple[World, ...]:
    """Enumerate the outcomes of the custody draws that a scenario can meet.

    Raises OutOfRange if there are more custody periods beside one route than can be enumerated.
    """
    authentic = situation.custodies or {}
    names = sorted(
        {
            holding.custody
            for watch in scenario.watches
            for life in situation.records[watch.measure].lives
            for holding in life.holdings
            if holding.custody is not None
        }
    )
    if len(names) > MOST_CUSTODIES:
        raise OutOfRange(
            f"scenario '{scenario.name}' meets {len(names)} custody periods; "
            f"at most {MOST_CUSTODIES} can be enumerated"
        )
    worlds: list[World] = []
    for outcome in product((False, True), repeat=len(names)):
        failed = frozenset(name for name, fails in zip(names, outcome, strict=True) if fails)
        chance = np.prod([1 - authentic[name] if name in failed else authentic[name] for name in names])
        if chance > 0:
            worlds.append(World(float(chance), failed))
    return tuple(worlds)


@dataclass(slots=True)
class _WatchProduct:
    """The product over a measure's lives, kept for all starts and mended only where a life has changed."""

    watch: Watch
    value: FloatArray
    states: dict[int, Counted | None] = field(default_factory=dict)


class LifeFactors:
    """The factors of single lives for all starts of a scenario, each computed once and kept.

    Scenarios that differ in nothing that a measure could see can share one.
    """

    def __init__(self, situation: Situation, scenario: Scenario, starts: FloatArray) -> None:
        self.situation = situation
        self.scenario = scenario
        self.starts = starts
        self._kept: dict[tuple[str, int, Counted], tuple[slice, FloatArray]] = {}

    def serve(self, scenario: Scenario, starts: FloatArray) -> bool:
        """Say whether the factors hold for another scenario too: same road, same watches, same starts."""
        mine = self.scenario
        same_road = (mine.steps, mine.items, mine.past) == (scenario.steps, scenario.items, scenario.past)
        return same_road and mine.watches == scenario.watches and np.array_equal(self.starts, starts)

    def of(self, watch: Watch, number: int, state: Counted) -> tuple[slice, FloatArray]:
        """The starts that a life can touch, and its non-detection for them."""
        key = (watch.measure, number, state)
        if key not in self._kept:
            look = Look(watch, self.situation.records[watch.measure].lives[number], state)
            earliest, latest = reach(self.scenario, look)
            begin = int(np.searchsorted(self.starts, earliest, side="left"))
            end = int(np.searchsorted(self.starts, latest, side="right"))
            window = slice(begin, max(begin, end))
            self._kept[key] = (window, life_factor(self.scenario, look, self.starts[window]))
        return self._kept[key]


class SurveillanceFactor:
    """Non-detection by surveillance for all starts of a scenario, as what counts changes in time.

    collects: measures whose record is taken as collected at the time of assessment. The value is recomputed
    only for starts that a changed life can touch.
    """

    def __init__(self, factors: LifeFactors, collects: frozenset[str]) -> None:
        self.factors = factors
        self.records = factors.situation.records
        self.collects = collects
        self.worlds = worlds_of(factors.situation, factors.scenario)
        self.value = np.ones(factors.starts.shape)
        self._products = [
            [_WatchProduct(watch, np.ones(factors.starts.shape)) for watch in factors.scenario.watches]
            for _ in self.worlds
        ]

    def update(self, time: float) -> bool:
        """Bring the value to a time [d]; True if anything changed."""
        windows = [
            window for world, products in self._by_world() for window in self._update(world, products, time)
        ]
        if not windows:
            return False
        window = slice(min(w.start for w in windows), max(w.stop for w in windows))
        mixture = np.zeros(window.stop - window.start)
        for world, products in self._by_world():
            chance = np.full(mixture.shape, world.probability)
            for one in products:
                blind = one.watch.blind_spot
                chance *= blind + (1 - blind) * one.value[window]
            mixture += chance
        self.value[window] = mixture
        return True

    def _by_world(self) -> Iterator[tuple[World, list[_WatchProduct]]]:
        return zip(self.worlds, self._products, strict=True)

    def _update(self, world: World, products: list[_WatchProduct], time: float) -> Iterator[slice]:
        for one in products:
            lives = self.records[one.watch.measure].lives
            collected = one.watch.measure in self.collects
            for number, life in enumerate(lives):
                state = counted(life, time, collected=collected, failed=world.failed)
                before = one.states.get(number)
                if state == before:
                    continue
                one.states[number] = state
                windows = [
                    self.factors.of(one.watch, number, each)[0]
                    for each in (before, state)
                    if each is not None
                ]
                window = slice(min(w.start for w in windows), max(w.stop for w in windows))
                if window.start < window.stop:
                    self._rebuild(one, window)
                    yield window

    def _rebuild(self, one: _WatchProduct, window: slice) -> None:
        value = np.ones(window.stop - window.start)
        for number, state in one.states.items():
            if state is None:
                continue
            where, factor = self.factors.of(one.watch, number, state)
            begin, end = max(where.start, window.start), min(where.stop, window.stop)
            if begin < end:
                value[begin - window.start : end - window.start] *= factor[
                    begin - where.start : end - where.start
                ]
        one.value[window] = value


@dataclass(frozen=True, slots=True)
class View:
    """What is taken as known and collected: facts earlier than `known_by` [d], records of `collects`."""

    known_by: float
    collects: frozenset[str] = frozenset()


def surveillance_at(
    situation: Situation, scenario: Scenario, view: View, starts: FloatArray, times: FloatArray
) -> FloatArray:
    """Non-detection by surveillance for pairs of start and time of assessment [d], both of shape (n,).

    What counts is taken as the view has it; the times only matter to records that count with a lag. This is
    the plain form of SurveillanceFactor, without its memory.
    """
    total = np.zeros(starts.shape)
    for world in worlds_of(situation, scenario):
        chance = np.full(starts.shape, world.probability)
        for watch in scenario.watches:
            collected = watch.measure in view.collects
            silent = np.ones(starts.shape)
            for life in situation.records[watch.measure].lives:
                state = counted(life, view.known_by, collected=collected, failed=world.failed)
                if state is not None:
                    silent *= life_factor(scenario, Look(watch, life, state), starts, times)
            chance *= watch.blind_spot + (1 - watch.blind_spot) * silent
        total += chance
    return total


def longest_lag(situation: Situation, scenario: Scenario) -> float:
    """Longest time [d] that a transmitted record beside a route takes to count."""
    lags = [
        holding.lag or 0.0
        for watch in scenario.watches
        for life in situation.records[watch.measure].lives
        for holding in life.holdings
    ]
    return max(lags, default=0.0)
