"""What counts of the lives of one measure, in many draws at once.

A *state* is what counts of one life in one draw from one moment to another. A draw is a row of every array.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from watchgap.assurance.factors import LivedStates, States, fixed_ends
from watchgap.assurance.holding import Counted, change_times, states_of
from watchgap.assurance.record import FloatArray
from watchgap.coverage.lanes import knowledge_at
from watchgap.coverage.record import Life, MeasureRecord
from watchgap.detection.lives import IntArray

Key = tuple[bool, frozenset[str]]
"""Whether the record is taken as collected, and the custody periods that failed."""


@dataclass(frozen=True, slots=True)
class Events:
    """When the state of each life changes [d], and to what: (rows, lives, changes).

    The first change stands at minus infinity; what is missing stands at infinity. A state is -1 where nothing
    counts.
    """

    times: FloatArray
    states: IntArray


class MeasureTable:
    """All states of one measure in all rows, and the changes that lead from one to the next.

    since: earliest start [d] of what is beside the measure, for each row; a life that was over by then is
    touched by nothing, and its states are left out.
    """

    def __init__(self, records: Sequence[MeasureRecord], since: Sequence[float]) -> None:
        self.lives = max((len(record.lives) for record in records), default=0)
        self.custodies = frozenset(
            holding.custody
            for record in records
            for life in record.lives
            for holding in life.holdings
            if holding.custody is not None
        )
        self.longest_lag = np.array([_longest_lag(record) for record in records])
        self.kinks = padded([sorted(_kinks(record)) for record in records])
        self._read(records, since)

    def events(self, *, collected: bool, failed: frozenset[str]) -> Events:
        """The changes under one rule and one outcome of the custody draws."""
        return self._events[collected, failed & self.custodies]

    def _read(self, records: Sequence[MeasureRecord], since: Sequence[float]) -> None:
        keys = [(collected, failed) for failed in _subsets(self.custodies) for collected in (False, True)]
        changes: dict[Key, list[tuple[int, int, int, float, int]]] = {key: [] for key in keys}
        found = States()
        most = 0
        for row, record in enumerate(records):
            for number, life in enumerate(record.lives):
                if life.ends < since[row]:
                    continue
                distinct: dict[Counted, tuple[int, float]] = {}
                for key, listed in _by_key(life, keys):
                    ends = (*(time for time, _ in listed[1:]), np.inf)
                    for place, ((time, state), end) in enumerate(zip(listed, ends, strict=True)):
                        which = -1
                        if state is not None:
                            which, until = distinct.get(state, (len(distinct), end))
                            distinct[state] = which, max(until, end)
                        changes[key].append((row, number, place, time, which))
                for state, (which, until) in distinct.items():
                    found.add((row, number, which), life, state, until)
                most = max(most, len(distinct))
        self._events = {key: self._laid_out(listed, len(records)) for key, listed in changes.items()}
        self.groups: list[LivedStates] = found.grouped()
        shape = (len(records), self.lives, most)
        self.group_of = np.full(shape, -1, dtype=np.int64)
        self.place_of = np.full(shape, -1, dtype=np.int64)
        for number, group in enumerate(self.groups):
            self.group_of[group.row, group.life, group.number] = number
            self.place_of[group.row, group.life, group.number] = np.arange(group.row.size)

    def _laid_out(self, changes: list[tuple[int, int, int, float, int]], rows: int) -> Events:
        row, life, place, when, state = zip(*changes, strict=True) if changes else ((),) * 5
        shape = (rows, self.lives, max(place, default=0) + 1)
        times, states = np.full(shape, np.inf), np.full(shape, -1, dtype=np.int64)
        times[row, life, place] = when
        states[row, life, place] = state
        return Events(times, states)


def padded(rows: Sequence[Sequence[float]], fill: float = np.inf) -> FloatArray:
    """Lay rows of different lengths out as one array, filled up at their ends."""
    laid = np.full((len(rows), max((len(row) for row in rows), default=0)), fill)
    for number, row in enumerate(rows):
        laid[number, : len(row)] = row
    return laid


def _by_key(
    life: Life, keys: Iterable[Key]
) -> Iterator[tuple[Key, tuple[tuple[float, Counted | None], ...]]]:
    own = {holding.custody for holding in life.holdings}
    known: dict[Key, tuple[tuple[float, Counted | None], ...]] = {}
    for collected, failed in keys:
        matter = collected, failed & own
        if matter not in known:
            known[matter] = states_of(life, collected=collected, failed=failed)
        yield (collected, failed), known[matter]


def _subsets(names: frozenset[str]) -> list[frozenset[str]]:
    listed = sorted(names)
    return [frozenset(some) for size in range(len(listed) + 1) for some in combinations(listed, size)]


def _longest_lag(record: MeasureRecord) -> float:
    return max((holding.lag or 0.0 for life in record.lives for holding in life.holdings), default=0.0)


def _kinks(record: MeasureRecord) -> set[float]:
    """Times [d] at which something happens to a measure."""
    times: set[float] = set()
    for life in record.lives:
        times.update((life.begins, life.ends), change_times(life))
        for holding in life.holdings:
            times.update((holding.begins, holding.ends))
        times.update(life.begins + age for age in fixed_ends(life.model, knowledge_at(life, np.inf)))
    times -= {np.inf, -np.inf}
    return times
