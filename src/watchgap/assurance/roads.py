"""Non-detection by all measures beside one road, for all its starts in many draws.

A road is what a measure can see of a scenario; scenarios that differ in nothing else share one. Each
measure has a blind spot that is shared by all of its record, and a record that lay with the operator counts
only if it is complete and authentic, which is one draw for each custody period. Those draws are few, so they
are enumerated: a *world* says which custody periods failed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from watchgap.assurance.factors import LivedStates, Watching
from watchgap.assurance.grid import SAME_TIME, StartGrid, start_grids, step_times
from watchgap.assurance.record import FloatArray, Scenario, Situation
from watchgap.assurance.states import Events, MeasureTable
from watchgap.base.errors import OutOfRange
from watchgap.detection.lives import IntArray
from watchgap.ledger import MOST_CUSTODIES


@dataclass(frozen=True, slots=True)
class World:
    """One outcome of the custody draws: the periods that failed, and its probability, (rows,) [1]."""

    failed: frozenset[str]
    probability: FloatArray


@dataclass(frozen=True, slots=True)
class Factor:
    """Non-detection by one state of a life, (rows, starts) [1], for the starts from `first` on."""

    first: int
    value: FloatArray

    @property
    def last(self) -> int:
        """Past the last of the starts that it touches."""
        return self.first + int(self.value.shape[1])


@dataclass(frozen=True, slots=True)
class Cells:
    """Single starts [d], each with its row, the time until which facts are known [d], and that of assessment.

    All (n,). The time of assessment only matters to a record that counts with a lag.
    """

    row: IntArray
    starts: FloatArray
    known_by: FloatArray
    times: FloatArray


@dataclass(frozen=True, slots=True)
class Met:
    """Single starts that meet states of one life: their columns, and the state of the group each, (n,)."""

    group: LivedStates
    device: IntArray
    columns: IntArray


class Lived:
    """One measure beside a road: the factor of every state of its lives, each computed once."""

    def __init__(self, watching: Watching, table: MeasureTable) -> None:
        self.watching = watching
        self.table = table
        self.factors: dict[tuple[int, int], Factor] = {}
        self.touches = np.zeros(table.group_of.shape, dtype=np.bool_)
        self.reach: list[tuple[int, int]] = []

    def compute(self, grid: StartGrid) -> None:
        """Compute the factors of all states for the starts that they can touch."""
        for group in self.table.groups:
            self._add(group, grid)
        self.reach = [self._reach(life) for life in range(self.table.lives)]

    def in_reach(self, group: LivedStates, state: IntArray, starts: FloatArray) -> IntArray:
        """Positions of the columns in which the road meets what counts of a life."""
        row = group.row[state]
        earliest, latest = self.watching.reach[:, row]
        early = starts + latest >= group.first[0, state]
        return np.flatnonzero(early & (starts + earliest <= group.last[-1, state]))

    def silent(self, events: Events, cells: Cells) -> FloatArray:
        """Probability that no life shows anything of single starts, (n,)."""
        silent = np.ones(cells.row.size)
        for life in range(self.table.lives):
            for met in self.met(life, events, cells):
                columns = met.columns
                silent[columns] *= self.watching.factor(
                    met.group, met.device, cells.starts[columns], cells.times[columns]
                )
        return silent

    def met(self, life: int, events: Events, cells: Cells) -> Iterator[Met]:
        """What counts of a life for single starts whose road meets it, state by state."""
        before = (events.times[cells.row, life] < cells.known_by[:, None]).sum(axis=1)
        state = np.where(before > 0, events.states[cells.row, life, before - 1], -1)
        counts = np.flatnonzero(state >= 0)
        place = (cells.row[counts], life, state[counts])
        of, at = self.table.group_of[place], self.table.place_of[place]
        for number in np.unique(of):
            group = self.table.groups[number]
            mine = of == number
            columns, device = counts[mine], at[mine]
            met = self.in_reach(group, device, cells.starts[columns])
            yield Met(group, device[met], columns[met])

    def _reach(self, life: int) -> tuple[int, int]:
        own = [factor for (number, _), factor in self.factors.items() if number == life]
        return min((one.first for one in own), default=0), max((one.last for one in own), default=0)

    def _add(self, group: LivedStates, grid: StartGrid) -> None:
        earliest, latest = self.watching.reach[:, group.row]
        # What is not finished while a state holds is never read in it.
        finished = group.until - self.watching.duration[group.row] + 2 * SAME_TIME
        begin = grid.below(group.row, group.first[0] - latest, with_equal=False)
        bound = np.minimum(group.last[-1] - earliest, finished)
        width = grid.below(group.row, bound, with_equal=True) - begin
        kept = np.flatnonzero(width > 0)
        if not kept.size:
            return
        begin, width = begin[kept], width[kept]
        row, life, number = group.row[kept], group.life[kept], group.number[kept]
        self.touches[row, life, number] = True
        past = np.cumsum(width)
        position = np.arange(past[-1]) + np.repeat(begin - (past - width), width)
        rows = np.repeat(row, width)
        factor = self.watching.factor(group, np.repeat(kept, width), grid.starts[rows, position])
        cuts = np.flatnonzero(np.diff(life) | np.diff(number)) + 1
        for some in np.split(np.arange(kept.size), cuts):
            columns = slice(past[some[0]] - width[some[0]], past[some[-1]])
            place = int(life[some[0]]), int(number[some[0]])
            extent = int(begin[some].min()), int((begin + width)[some].max())
            dense = self._widened(place, extent, grid.starts.shape[0])
            dense.value[rows[columns], position[columns] - dense.first] = factor[columns]
            self.factors[place] = dense

    def _widened(self, place: tuple[int, int], extent: tuple[int, int], rows: int) -> Factor:
        """The factor of a state with room for more starts; 1 where it is not known."""
        old = self.factors.get(place)
        if old is None:
            return Factor(extent[0], np.ones((rows, extent[1] - extent[0])))
        first, last = min(old.first, extent[0]), max(old.last, extent[1])
        wider = Factor(first, np.ones((rows, last - first)))
        wider.value[:, old.first - first : old.last - first] = old.value
        return wider


class Road:
    """One road in all rows, with the measures beside it."""

    def __init__(
        self,
        situations: Sequence[Situation],
        scenarios: Sequence[Scenario],
        tables: Mapping[str, MeasureTable] | None = None,
    ) -> None:
        self.situations = situations
        self.scenarios = scenarios
        watches = scenarios[0].watches
        known = tables_of(situations, scenarios, [-np.inf] * len(scenarios)) if tables is None else tables
        self.tables = [known[watch.measure] for watch in watches]
        self.measures = frozenset(watch.measure for watch in watches)
        after = step_times(scenarios)
        self.lived = [
            Lived(Watching.of([one.watches[place] for one in scenarios], after), table)
            for place, table in enumerate(self.tables)
        ]
        self.lag = np.max([np.zeros(len(scenarios)), *(table.longest_lag for table in self.tables)], axis=0)
        self.worlds = worlds_of(situations, scenarios[0].name, self.tables)

    @cached_property
    def grid(self) -> StartGrid:
        """The starts of the scenario."""
        return start_grids(self.situations, self.scenarios, self.tables)

    @cached_property
    def computed(self) -> list[Lived]:
        """The measures, with the factors of their lives for all starts."""
        for lived in self.lived:
            lived.compute(self.grid)
        return self.lived

    def serves(self, scenarios: Sequence[Scenario]) -> bool:
        """Say whether all holds for other scenarios too: same steps, watches and windows in every row."""
        return all(_same_road(*pair) for pair in zip(self.scenarios, scenarios, strict=True))

    def events(self, lived: Lived, collects: frozenset[str], world: World) -> Events:
        """When what counts of a measure changes, and to what."""
        return lived.table.events(collected=lived.watching.measure in collects, failed=world.failed)

    def surveillance(self, collects: frozenset[str], cells: Cells) -> FloatArray:
        """Non-detection by surveillance of single starts, the records of `collects` as collected, (n,)."""
        total = np.zeros(cells.row.size)
        for world in self.worlds:
            chance = world.probability[cells.row]
            for lived in self.lived:
                events = self.events(lived, collects, world)
                blind = lived.watching.blind_spot[cells.row]
                chance = chance * (blind + (1 - blind) * lived.silent(events, cells))
            total += chance
        return total


def tables_of(
    situations: Sequence[Situation], scenarios: Sequence[Scenario], since: Sequence[float]
) -> dict[str, MeasureTable]:
    """The tables of all measures beside some scenarios; since: their earliest start in each row [d]."""
    names = dict.fromkeys(watch.measure for scenario in scenarios for watch in scenario.watches)
    return {name: MeasureTable([one.records[name] for one in situations], since) for name in names}


def worlds_of(
    situations: Sequence[Situation], scenario: str, tables: Sequence[MeasureTable]
) -> tuple[World, ...]:
    """Enumerate the outcomes of the custody draws that a scenario can meet.

    Raises OutOfRange if there are more custody periods beside one route than can be enumerated.
    """
    names = sorted(frozenset[str]().union(*(table.custodies for table in tables)))
    if len(names) > MOST_CUSTODIES:
        raise OutOfRange(
            f"scenario '{scenario}' meets {len(names)} custody periods; "
            f"at most {MOST_CUSTODIES} can be enumerated"
        )
    authentic = [np.array([one.custodies[name] for one in situations]) for name in names]
    worlds: list[World] = []
    for outcome in product((False, True), repeat=len(names)):
        failed = frozenset(name for name, fails in zip(names, outcome, strict=True) if fails)
        chance = np.ones(len(situations))
        for share, fails in zip(authentic, outcome, strict=True):
            chance = chance * (1 - share if fails else share)
        if chance.any():
            worlds.append(World(failed, chance))
    return tuple(worlds)


def _same_road(one: Scenario, other: Scenario) -> bool:
    """Whether a measure sees the same of two scenarios."""
    return (
        one.items == other.items
        and (one.since, one.past) == (other.since, other.past)
        and one.steps == other.steps
        and one.windows == other.windows
        and one.watches == other.watches
    )
