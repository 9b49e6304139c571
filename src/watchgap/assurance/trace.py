"""Takes the non-detection of one start apart again: what each measure and each check has to do with it.

The factors are those that the engine multiplies, from the same functions. Measures whose record lay in a
custody are not independent of one another: they are told outcome by outcome of the custody draws, and are one
factor together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from watchgap.assurance.holding import Counted, counted_part, states_of
from watchgap.assurance.names import IN_HAND, LATENT, TIMELY
from watchgap.assurance.plain import in_time, package_named
from watchgap.assurance.record import Check, FloatArray, PlannedCheck, Scenario, Situation
from watchgap.assurance.roads import Cells, Lived, Road, World
from watchgap.assurance.samples import Samples, items_gone, plan_of, recognition_at
from watchgap.coverage.record import Holding, Life
from watchgap.detection import death_probability


@dataclass(frozen=True, slots=True)
class Overlap:
    """A time [d] in which a step is within a stretch of record that counts; step: its position."""

    step: int
    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class LifeTrace:
    """One life of a measure, of which something counts and is met.

    life: its position in the record. overlaps: in order of step. working: probability [1] that a device
    functioned at the first and at the last of them. missed: that none of its devices shows anything [1].
    """

    life: int
    counted: Counted
    overlaps: tuple[Overlap, ...]
    working: tuple[float, float]
    missed: float


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of record from the time in which a measure could see the scenario, and how far it counts.

    begins, ends: [d]. counts_until: [d], `begins` where nothing of it counts. failed: whether it lay in a
    custody that failed.
    """

    life: int
    begins: float
    ends: float
    holding: Holding
    counts_until: float
    failed: bool


@dataclass(frozen=True, slots=True)
class MeasureTrace:
    """One measure beside the road: missed = blind_spot + (1 - blind_spot) * product over its lives [1].

    count: like devices, whose exponent is in the factor of each life. first, last: when it could see anything
    of the scenario [d]. held: all record of that time, in order.
    """

    measure: str
    blind_spot: float
    count: int
    first: float
    last: float
    lives: tuple[LifeTrace, ...]
    held: tuple[Held, ...]
    missed: float


@dataclass(frozen=True, slots=True)
class WorldTrace:
    """One outcome of the custody draws: the periods that failed, its probability [1], and the measures."""

    failed: tuple[str, ...]
    probability: float
    measures: tuple[MeasureTrace, ...]

    @property
    def missed(self) -> float:
        """Probability that none of the measures shows anything in this outcome [1]."""
        return prod(one.missed for one in self.measures)


@dataclass(frozen=True, slots=True)
class CheckTrace:
    """One check of the scenario's stratum, carried out or planned by a package.

    place: position among the checks of the situation, or of the package. gone: items taken by then.
    recognition: of the scenario's concealment, with or without the evidence it needs [1]. counts: whether it
    was early enough for the curve; missed is 1 if not.
    """

    place: int
    planned: bool
    activity: str
    time: float
    population: int
    sample: int
    gone: int
    recognition: float
    counts: bool
    missed: float


@dataclass(frozen=True, slots=True)
class Trace:
    """The non-detection of one scenario begun at one moment, as the product of its factors.

    start, finish, time, until: [d]; what came into hand before `until` counts. apart: measures that multiply.
    together: outcomes of the custody draws for the others, empty if there is no other.
    """

    scenario: Scenario
    curve: str
    start: float
    time: float
    until: float
    apart: tuple[MeasureTrace, ...]
    together: tuple[WorldTrace, ...]
    checks: tuple[CheckTrace, ...]

    @property
    def joint(self) -> float:
        """Non-detection by the measures whose record lay in a custody, together [1]."""
        return sum(one.probability * one.missed for one in self.together) if self.together else 1.0

    @property
    def nondetection(self) -> float:
        """The product of all factors [1]."""
        return prod((*(one.missed for one in self.apart), self.joint, *(one.missed for one in self.checks)))


def trace(situation: Situation, scenario: Scenario, start: float, time: float, curve: str) -> Trace:
    """Take the non-detection of a scenario begun at a moment apart into its factors.

    start: [d], finished by the time [d]; without meaning for a scenario of the past. curve: as of
    `nondetection`, whose answer the product of the factors is.

    Raises UnknownName if the situation has no such package.
    """
    package = None if curve in (IN_HAND, LATENT, TIMELY) else package_named(situation, curve)
    starts = np.array([scenario.since if scenario.past else start])
    road = Road([situation], [scenario])
    collects = road.measures if curve == LATENT else package.collects if package else frozenset[str]()
    until = float(min(time, in_time(situation, scenario, starts)[0])) if curve == TIMELY else time
    moment = np.array([until])
    look = _Look(situation, road, collects, Cells(np.zeros(1, dtype=np.int64), starts, moment, moment))
    worlds = [look.world(world) for world in road.worlds]
    apart, together = _sorted_out(worlds)
    checks = [
        _check((place, check), scenario, starts, until)
        for place, check in enumerate(situation.checks)
        if check.stratum == scenario.stratum
    ]
    planned = [
        _planned((place, check), scenario, recognition_at(situation, check, time), time)
        for place, check in enumerate(package.checks if package else ())
        if check.stratum == scenario.stratum
    ]
    return Trace(scenario, curve, float(starts[0]), time, until, apart, together, (*checks, *planned))


class _Look:
    """One start beside one road under one rule."""

    def __init__(self, situation: Situation, road: Road, collects: frozenset[str], cells: Cells) -> None:
        self.situation = situation
        self.road = road
        self.collects = collects
        self.cells = cells

    def world(self, world: World) -> WorldTrace:
        measures = tuple(self.measure(lived, world) for lived in self.road.lived)
        return WorldTrace(tuple(sorted(world.failed)), float(world.probability[0]), measures)

    def measure(self, lived: Lived, world: World) -> MeasureTrace:
        watching, start = lived.watching, float(self.cells.starts[0])
        blind = float(watching.blind_spot[0])
        first, last = start + float(watching.reach[0, 0]), start + float(watching.reach[1, 0])
        lives = tuple(self.lives(lived, world))
        silent = float(lived.silent(self.road.events(lived, self.collects, world), self.cells)[0])
        return MeasureTrace(
            measure=watching.measure,
            blind_spot=blind,
            count=int(watching.count[0]),
            first=first,
            last=last,
            lives=lives,
            held=tuple(self.held(watching.measure, world, first, last)),
            missed=blind + (1 - blind) * silent,
        )

    def lives(self, lived: Lived, world: World) -> Iterator[LifeTrace]:
        events = self.road.events(lived, self.collects, world)
        record = self.situation.records[lived.watching.measure]
        cells = self.cells
        for number in range(lived.table.lives):
            for met in lived.met(number, events, cells):
                starts, times = cells.starts[met.columns], cells.times[met.columns]
                pieces = lived.watching.pieces(met.group, met.device, starts, times)
                life = record.lives[number]
                overlaps = _overlaps(lived, life, *pieces)
                counted = self.counted(lived, life, world)
                if overlaps and counted is not None:
                    missed = lived.watching.factor(met.group, met.device, starts, times)
                    working = _working(life, counted, overlaps)
                    yield LifeTrace(number, counted, overlaps, working, float(missed[0]))

    def held(self, measure: str, world: World, first: float, last: float) -> Iterator[Held]:
        """All record of a measure from a time [d], and how far each stretch of it counts."""
        until = float(self.cells.known_by[0])
        for number, life in enumerate(self.situation.records[measure].lives):
            for holding in life.holdings:
                begins, ends = max(holding.begins, first), min(holding.ends, life.ends, last)
                if begins >= ends:
                    continue
                failed = holding.custody in world.failed
                part = counted_part(holding, until, collected=measure in self.collects)
                reached = begins
                if part is not None and not failed:
                    arrived = until - part[2] if part[2] > 0 else np.inf
                    reached = max(begins, min(ends, part[1], float(arrived)))
                yield Held(number, begins, ends, holding, reached, failed)

    def counted(self, lived: Lived, life: Life, world: World) -> Counted | None:
        """What counts of a life at the time: the last state that it changed to before it."""
        collected = lived.watching.measure in self.collects
        states = states_of(life, collected=collected, failed=world.failed)
        return [state for since, state in states if since < self.cells.known_by[0]][-1]


def _overlaps(lived: Lived, life: Life, begins: FloatArray, ends: FloatArray) -> tuple[Overlap, ...]:
    steps = [one.step for one in lived.watching.passes]
    if not begins.size:
        return ()
    stretches = len(begins) // len(steps)
    return tuple(
        Overlap(steps[place // stretches], life.begins + float(first[0]), life.begins + float(last[0]))
        for place, (first, last) in enumerate(zip(begins, ends, strict=True))
        if last[0] > first[0]
    )


def _working(life: Life, counted: Counted, overlaps: tuple[Overlap, ...]) -> tuple[float, float]:
    known = counted.knowledge
    if known.alive_until >= life.ends - life.begins:
        return 1.0, 1.0
    ages = np.array([min(one.begins for one in overlaps), max(one.ends for one in overlaps)]) - life.begins
    dead = death_probability(life.model, known, np.nextafter(ages, [np.inf, 0.0]))
    return float(1 - dead[0]), float(1 - dead[1])


def _sorted_out(worlds: list[WorldTrace]) -> tuple[tuple[MeasureTrace, ...], tuple[WorldTrace, ...]]:
    """Tell measures that no custody draw matters to from those that it does."""
    columns = list(zip(*(world.measures for world in worlds), strict=True))
    alike = [all(one.missed == column[0].missed for one in column) for column in columns]
    apart = tuple(column[0] for column, same in zip(columns, alike, strict=True) if same)
    if all(alike):
        return apart, ()
    return apart, tuple(
        WorldTrace(
            world.failed,
            world.probability,
            tuple(one for one, same in zip(world.measures, alike, strict=True) if not same),
        )
        for world in worlds
    )


def _check(placed: tuple[int, Check], scenario: Scenario, starts: FloatArray, until: float) -> CheckTrace:
    place, check = placed
    gone = items_gone(scenario, check.time, starts)
    plan = plan_of(check, check.recognition, scenario.concealment)
    counts = check.time < until
    missed = float(Samples(()).missed(plan, gone)[0]) if counts else 1.0
    return CheckTrace(
        place, False, check.activity, check.time, *plan[:2], int(gone[0]), plan[2], counts, missed
    )


def _planned(
    placed: tuple[int, PlannedCheck], scenario: Scenario, recognition: Mapping[str, float], time: float
) -> CheckTrace:
    place, check = placed
    plan = plan_of(check, recognition, scenario.concealment)
    missed = float(Samples(()).missed(plan, np.array([scenario.items]))[0])
    return CheckTrace(place, True, check.activity, time, *plan[:2], scenario.items, plan[2], True, missed)


__all__ = ["CheckTrace", "Held", "LifeTrace", "MeasureTrace", "Overlap", "Trace", "WorldTrace", "trace"]
