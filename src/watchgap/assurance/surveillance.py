"""Non-detection of one scenario by all measures beside its route, for all its starts.

Each measure has a blind spot that is shared by all of its record, and a record that lay with the operator
counts only if it is complete and authentic, which is one draw for each custody period. The draws are few, so
they are enumerated: a *world* says which custody periods failed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from watchgap.assurance.factors import CountedLife, life_factor, life_factors, reach
from watchgap.assurance.holding import Counted, counted, states_of
from watchgap.assurance.record import FloatArray, Scenario, Situation, Watch
from watchgap.base.errors import OutOfRange
from watchgap.coverage.record import Life
from watchgap.ledger import MOST_CUSTODIES


@dataclass(frozen=True, slots=True)
class World:
    """One outcome of the custody draws: its probability, and the custody periods that failed."""

    probability: float
    failed: frozenset[str]


def worlds_of(situation: Situation, scenario: Scenario) -> tuple[World, ...]:
    """Enumerate the outcomes of the custody draws that a scenario can meet.

    Raises OutOfRange if there are more custody periods beside one route than can be enumerated.
    """
    authentic = situation.custodies
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


LifeState = tuple[int, int, Counted]
"""A watch by its position in the scenario, a life of its measure by its number, and what counts of it."""


class LifeFactors:
    """The factors of single lives for all starts of a scenario, each computed once and kept.

    Scenarios that differ in nothing that a measure could see can share one.
    """

    def __init__(self, situation: Situation, scenario: Scenario, starts: FloatArray) -> None:
        self.situation = situation
        self.scenario = scenario
        self.starts = starts
        self._kept: dict[LifeState, tuple[slice, FloatArray]] = {}

    def serve(self, scenario: Scenario, starts: FloatArray) -> bool:
        """Say whether the factors hold for another scenario too: same road, same watches, same starts."""
        mine = self.scenario
        same_road = (mine.steps, mine.items, mine.past) == (scenario.steps, scenario.items, scenario.past)
        return same_road and mine.watches == scenario.watches and np.array_equal(self.starts, starts)

    def prepare(self, states: Iterable[LifeState]) -> None:
        """Compute what is not yet there, many lives at once."""
        wanted = [state for state in dict.fromkeys(states) if state not in self._kept]
        lives = [self._lived(state) for state in wanted]
        windows = [self._window(lived) for lived in lives]
        factors = life_factors(self.scenario, lives, [self.starts[window] for window in windows])
        self._kept.update(zip(wanted, zip(windows, factors, strict=True), strict=True))

    def of(self, state: LifeState) -> tuple[slice, FloatArray]:
        """The starts that a life can touch, and its non-detection for them; it has to be prepared."""
        return self._kept[state]

    def _lived(self, state: LifeState) -> CountedLife:
        watch = self.scenario.watches[state[0]]
        return CountedLife(watch, self.situation.records[watch.measure].lives[state[1]], state[2])

    def _window(self, lived: CountedLife) -> slice:
        earliest, latest = reach(self.scenario, lived)
        begin = int(np.searchsorted(self.starts, earliest, side="left"))
        end = int(np.searchsorted(self.starts, latest, side="right"))
        return slice(begin, max(begin, end))


class _WorldState:
    """One world through time: for each watch the product over its lives, mended where one has changed."""

    def __init__(self, factors: LifeFactors, world: World, collects: frozenset[str]) -> None:
        self.factors = factors
        self.probability = world.probability
        self.watches = factors.scenario.watches
        self.products = [np.ones(factors.starts.shape) for _ in self.watches]
        records = factors.situation.records
        self.count = [len(records[watch.measure].lives) for watch in self.watches]
        self.held: list[dict[int, tuple[slice, FloatArray]]] = [{} for _ in self.watches]
        self.changes: dict[float, list[tuple[int, int, Counted | None]]] = {}
        for place, watch in enumerate(self.watches):
            collected = watch.measure in collects
            for number, life in enumerate(records[watch.measure].lives):
                for time, state in states_of(life, collected=collected, failed=world.failed):
                    self.changes.setdefault(time, []).append((place, number, state))
        listed = (change for changes in self.changes.values() for change in changes)
        factors.prepare((place, number, state) for place, number, state in listed if state is not None)

    def change(self, time: float) -> Iterator[slice]:
        """Take in what changes at a time [d]; yields the starts that it touches."""
        for place, number, state in self.changes.get(time, ()):
            held = self.held[place]
            touched = [held.pop(number)] if number in held else []
            if state is not None:
                held[number] = self.factors.of((place, number, state))
                touched.append(held[number])
            if touched:
                begins = min(where.start for where, _ in touched)
                ends = max(where.stop for where, _ in touched)
                window = slice(begins, ends)
                self._mend(place, number, window)
                yield window

    def _mend(self, place: int, number: int, window: slice) -> None:
        """Multiply anew, for a window of starts, the factors of a life and of neighbours that reach it."""
        value = self.products[place]
        value[window] = 1.0
        # Lives follow one another in time, and so do the starts they can touch: stop at one out of reach.
        for neighbours in ((number,), range(number - 1, -1, -1), range(number + 1, self.count[place])):
            for one in neighbours:
                where, factor = self.held[place].get(one, (window, None))
                first, last = max(where.start, window.start), min(where.stop, window.stop)
                if first >= last:
                    break
                if factor is not None:
                    value[first:last] *= factor[first - where.start : last - where.start]

    def chance(self, window: slice) -> FloatArray:
        """Probability of the world and of silence in it, for a window of starts."""
        chance = np.full(window.stop - window.start, self.probability)
        for watch, product_of_lives in zip(self.watches, self.products, strict=True):
            chance *= watch.blind_spot + (1 - watch.blind_spot) * product_of_lives[window]
        return chance


class SurveillanceFactor:
    """Non-detection by surveillance for all starts of a scenario, as what counts changes in time.

    collects: measures whose record is taken as collected at the time of assessment. The value is recomputed
    only for starts that a changed life can touch. The first change, at minus infinity, sets everything up.
    """

    def __init__(self, factors: LifeFactors, collects: frozenset[str]) -> None:
        worlds = worlds_of(factors.situation, factors.scenario)
        self.worlds = [_WorldState(factors, world, collects) for world in worlds]
        self.value = np.ones(factors.starts.shape)

    def change(self, time: float) -> bool:
        """Take in what changes at a time [d]; True if anything did."""
        windows = [window for world in self.worlds for window in world.change(time)]
        windows = [window for window in windows if window.start < window.stop]
        if not windows:
            return False
        window = slice(min(one.start for one in windows), max(one.stop for one in windows))
        self.value[window] = sum(world.chance(window) for world in self.worlds)
        return True


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
            for life in _within_reach(situation, scenario, watch, starts):
                state = counted(life, view.known_by, collected=collected, failed=world.failed)
                if state is not None:
                    silent *= life_factor(scenario, CountedLife(watch, life, state), starts, times)
            chance *= watch.blind_spot + (1 - watch.blind_spot) * silent
        total += chance
    return total


def _within_reach(
    situation: Situation, scenario: Scenario, watch: Watch, starts: FloatArray
) -> Iterator[Life]:
    """The lives of a measure that a scenario can touch if it begins at one of the starts."""
    step_times = scenario.step_times()
    enters = float(starts.min(initial=np.inf)) + min(step_times[one.step][0] for one in watch.passes)
    leaves = float(starts.max(initial=-np.inf)) + max(step_times[one.step][2] for one in watch.passes)
    for life in situation.records[watch.measure].lives:
        if life.begins <= leaves and life.ends >= enters:
            yield life


def longest_lag(situation: Situation, scenario: Scenario) -> float:
    """Longest time [d] that a transmitted record beside a route takes to count."""
    lags = [
        holding.lag or 0.0
        for watch in scenario.watches
        for life in situation.records[watch.measure].lives
        for holding in life.holdings
    ]
    return max(lags, default=0.0)
