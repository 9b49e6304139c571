"""Non-detection by single lives of one measure beside a road, for many lives and starts at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchgap.assurance.holding import Counted
from watchgap.assurance.record import FloatArray, Pass, Watch
from watchgap.coverage.record import Life
from watchgap.detection.lives import IntArray, Law, Lives, laws_of, numbers_of
from watchgap.detection.record import FixedLife, LifeKnowledge, LifeModel, SealResponse
from watchgap.detection.surveillance import Behaviours, expected_nondetections, numbers_of_response

# Columns are worked on in groups of about this many, which bounds the memory.
_COLUMNS_AT_ONCE = 32768


@dataclass(frozen=True, slots=True)
class LivedStates:
    """Like states of lives of one measure: parts of the same laws, and as many stretches that count.

    row, life, number: the draw, the life and the state of it that each one is, (states,). until: the latest
    time [d] at which it holds; begins, ends: of the life [d], (states,). lives: the devices. first, last,
    lag: the stretches, (stretches, states) [d].
    """

    row: IntArray
    life: IntArray
    number: IntArray
    until: FloatArray
    begins: FloatArray
    ends: FloatArray
    lives: Lives
    first: FloatArray
    last: FloatArray
    lag: FloatArray


class States:
    """Gathers states of lives and groups those that are alike."""

    def __init__(self) -> None:
        self._found: dict[
            tuple[tuple[Law, ...], bool, int], list[tuple[tuple[int, ...], tuple[float, ...]]]
        ] = {}

    def add(self, place: tuple[int, int, int], life: Life, state: Counted, until: float) -> None:
        """Take in one state: its row, life and number, what it is, and until when [d]."""
        model, knowledge = _model(life, state)
        numbers = [until, life.begins, life.ends, knowledge.alive_until, knowledge.dead_by]
        for stretch in state.stretches:
            numbers += (stretch.begins, stretch.ends, stretch.lag)
        key = laws_of(model), knowledge.dead_by == np.inf, len(state.stretches)
        self._found.setdefault(key, []).append(
            ((place[1], place[2], place[0]), (*numbers, *numbers_of(model)))
        )

    def grouped(self) -> list[LivedStates]:
        """The states in groups, in order of life, state and row."""
        groups: list[LivedStates] = []
        for (laws, _, stretches), listed in self._found.items():
            listed.sort()
            places = np.array([place for place, _ in listed], dtype=np.int64).T
            numbers = np.array([numbers for _, numbers in listed]).T
            cut = 5 + 3 * stretches
            groups.append(
                LivedStates(
                    row=places[2],
                    life=places[0],
                    number=places[1],
                    until=numbers[0],
                    begins=numbers[1],
                    ends=numbers[2],
                    lives=Lives.of(laws, numbers[cut:], numbers[3], numbers[4]),
                    first=numbers[5:cut:3],
                    last=numbers[6:cut:3],
                    lag=numbers[7:cut:3],
                )
            )
        return groups


@dataclass(frozen=True, slots=True)
class Watching:
    """One measure beside one road, in all rows.

    passes: the steps that it looks at, in order. enters, leaves: when each is entered and left after the
    start, (passes, rows) [d]; behaviours: how it responds to each. reach: first and last moment [d] after the
    start at which it can see anything, (2, rows). duration: of the road, (rows,) [d]. blind_spot, count:
    (rows,) [1].
    """

    measure: str
    passes: tuple[Pass, ...]
    enters: FloatArray
    leaves: FloatArray
    behaviours: tuple[Behaviours, ...]
    reach: FloatArray
    duration: FloatArray
    blind_spot: FloatArray
    count: FloatArray

    @classmethod
    def of(cls, watches: Sequence[Watch], step_times: FloatArray) -> "Watching":
        """Lay out a watch in all rows; step_times: as of a scenario, (rows, steps, 3) [d]."""
        each = [sorted(watch.passes, key=lambda one: one.step) for watch in watches]
        passes = each[0]
        entered = [step_times[:, one.step, 1 if one.handling_only else 0] for one in passes]
        left = [step_times[:, one.step, 2] for one in passes]
        behaviours = [
            Behaviours.of(
                type(one.response),
                np.array([numbers_of_response(row[place].response) for row in each]).T,
            )
            for place, one in enumerate(passes)
        ]
        first = np.min([step_times[:, one.step, 0] for one in passes], axis=0)
        return cls(
            watches[0].measure,
            tuple(passes),
            np.array(entered),
            np.array(left),
            tuple(behaviours),
            np.array([first, np.max(left, axis=0)]),
            step_times[:, -1, 2],
            np.array([watch.blind_spot for watch in watches]),
            np.array([watch.count for watch in watches], dtype=np.float64),
        )

    def factor(
        self, states: LivedStates, state: IntArray, starts: FloatArray, times: FloatArray | None = None
    ) -> FloatArray:
        """Probability that a life shows nothing of the road, for each column.

        state: position of what counts of the life, starts [d], and times of assessment [d], which only matter
        to a record that counts with a lag, (columns,).
        """
        missed = np.empty(starts.size)
        for first in range(0, starts.size, _COLUMNS_AT_ONCE):
            some = slice(first, first + _COLUMNS_AT_ONCE)
            at = None if times is None else times[some]
            missed[some] = self._factor(states, state[some], starts[some], at)
        return missed

    def _factor(
        self, states: LivedStates, state: IntArray, starts: FloatArray, times: FloatArray | None
    ) -> FloatArray:
        row = states.row[state]
        begins, ends = self.pieces(states, state, starts, times)
        count = self.count[row]
        first = self.behaviours[0]
        if first.kind is SealResponse:
            touched = (ends > begins).any(axis=0)
            return np.where(touched, (1.0 - first.numbers[0, row]) ** count, 1.0)
        stretches = states.first.shape[0]
        behaviours = [one.chosen(states.row) for one in self.behaviours for _ in range(stretches)]
        one_device = expected_nondetections(states.lives, behaviours, state, begins, ends)
        # The devices of the watch have independent lives, so their number is an exponent.
        return np.asarray(one_device**count)

    def pieces(
        self, states: LivedStates, state: IntArray, starts: FloatArray, times: FloatArray | None
    ) -> tuple[FloatArray, FloatArray]:
        """Ages [d] between which each step is within each stretch that counts, (pieces, columns)."""
        row = states.row[state]
        stretches = states.first.shape[0]
        born, died = states.begins[state], states.ends[state]
        begins = np.empty((len(self.passes) * stretches, starts.size))
        ends = np.empty_like(begins)
        for step in range(len(self.passes)):
            enters = starts + self.enters[step, row]
            leaves = np.minimum(starts + self.leaves[step, row], died)
            for number in range(stretches):
                lower = np.maximum(enters, states.first[number, state])
                upper = np.minimum(leaves, states.last[number, state])
                if times is not None:
                    lag = states.lag[number, state]
                    upper = np.where(lag > 0.0, np.minimum(upper, times - lag), upper)
                ends[step * stretches + number] = np.maximum(upper, lower) - born
                begins[step * stretches + number] = lower - born
        return begins, ends


def _model(life: Life, state: Counted) -> tuple[LifeModel, LifeKnowledge]:
    """The model of a life and what is known of it; one that worked to its end is as one that cannot fail."""
    if state.knowledge.alive_until >= life.ends - life.begins:
        return LifeModel(), LifeKnowledge()
    return life.model, state.knowledge


def fixed_ends(model: LifeModel, knowledge: LifeKnowledge) -> tuple[float, ...]:
    """Ages [d] at which a life can end at once: fixed parts, and the bounds of what is known."""
    lengths = [part.length for part in model.parts if isinstance(part, FixedLife)]
    bounds = [knowledge.alive_until, knowledge.dead_by]
    return tuple(age for age in (*lengths, *bounds) if 0 < age < np.inf)
