"""Runs a case for many draws of its unknowns, in one process or several, with the same numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance import Situation, assess_many, build_situation, curve_names
from watchgap.base.errors import OutOfRange
from watchgap.base.time import end_of
from watchgap.base.version import VERSION
from watchgap.coverage import measure_records
from watchgap.draws import ClaimDraws, Draw, Drawer, Ensemble, Unknowns, normal_copula, sobol_points
from watchgap.draws.unknowns import is_uncertain
from watchgap.flow.blocks import Progress, in_blocks, run_blocks
from watchgap.flow.days import as_day, optional_day
from watchgap.flow.load import LoadedCase, load
from watchgap.ledger import Ledger
from watchgap.study import Origin

FloatArray = NDArray[np.float64]

DRAWS = 1024
SEED = 1993
BLOCK = 128
"""Draws that are computed together; a block is the same work wherever it is done."""


@dataclass(frozen=True)
class Question:
    """What is asked of a case: from the end of which day one looks, how far, and on which record.

    moment: whether only that moment is looked at, and not every day.
    """

    loaded: LoadedCase
    as_of: date
    until: date
    known_on: date | None
    moment: bool = False

    def __reduce__(self) -> tuple[type["Question"], tuple[object, ...]]:
        """Travel to another process as what was asked: what follows from it is found anew there."""
        return Question, (self.loaded, self.as_of, self.until, self.known_on, self.moment)

    @property
    def now(self) -> float:
        """The moment from which one looks [d], the end of a day."""
        return end_of(self.as_of, self.loaded.case.period.first)

    @property
    def times(self) -> FloatArray:
        """The ends of the days looked at, from the first of the period [d]."""
        if self.moment:
            return np.array([self.now])
        return np.arange(1.0, end_of(self.until, self.loaded.case.period.first) + 1.0)

    @property
    def position(self) -> int:
        """Position of the moment in the times."""
        return 0 if self.moment else int(self.now) - 1

    @cached_property
    def ledger(self) -> Ledger:
        """The facts that count: known on the day wanted, and earlier than the moment."""
        return self.loaded.ledger(self.known_on).before(self.now)

    @cached_property
    def drawer(self) -> Drawer:
        """The case as known at the moment, ready to be drawn from."""
        known = self.loaded.ledger(self.known_on)
        earlier = {entry.id for entry in known.before(self.now).entries}
        # What may have happened by the moment has in some draws, though not at its median.
        kept = (one for one in known.entries if one.id in earlier or is_uncertain(one, self.now))
        return Drawer(self.loaded.case, replace(known, entries=tuple(kept)), self.now)

    def points(self, *, draws: int, seed: int) -> FloatArray:
        """Points of the case's unknowns with their dependence, (draws, columns) [1]."""
        unknowns = self.drawer.unknowns
        return normal_copula(unknowns, sobol_points(unknowns.columns, draws=draws, seed=seed))

    def at_medians(self) -> Situation:
        """The case with every number at its median and every fact where it is placed."""
        case = self.loaded.case
        return build_situation(case, self.ledger, measure_records(case, self.ledger), self.times)

    def drawn(self, points: FloatArray, times: FloatArray | None = None) -> Iterator[tuple[Draw, Situation]]:
        """The draw and the situation of each point, (draws, columns), with the dependence in them."""
        case, wanted = self.loaded.case, self.times if times is None else times
        for point in points:
            draw = self.drawer.draw(point)
            records = measure_records(case, draw.ledger, draw.value)
            yield draw, build_situation(case, draw.ledger, records, wanted, draw.value)

    def situations(self, points: FloatArray, times: FloatArray | None = None) -> Iterator[Situation]:
        """The situation of each point, (draws, columns), with the dependence in them."""
        return (situation for _, situation in self.drawn(points, times))


def ask(
    case: str | Path | LoadedCase,
    *,
    as_of: date | str | None = None,
    until: date | str | None = None,
    known_on: date | str | None = None,
    ahead: bool = False,
) -> Question:
    """Say from which day one looks on, and how far.

    until: by default the day itself, or with `ahead` the last of the period.

    Raises CaseError if the folder has faults, and OutOfRange if a day is not one of the case's period or
    `until` comes before `as_of`.
    """
    loaded = case if isinstance(case, LoadedCase) else load(case)
    day = as_day(loaded, as_of, "as of")
    last = as_day(loaded, until, "until") if until is not None or ahead else day
    if last < day:
        raise OutOfRange(f"until {last} comes before the day looked from, {day}; give a later day")
    return Question(loaded, day, last, optional_day(known_on))


def unknowns_of(
    case: str | Path | LoadedCase, *, as_of: date | str | None = None, known_on: date | str | None = None
) -> Unknowns:
    """List what is not known about a case at the end of a day, by name. Raises what `ask` raises."""
    return ask(case, as_of=as_of, known_on=known_on).drawer.unknowns


@dataclass(frozen=True, slots=True)
class Sampling:
    """How an ensemble is drawn: number of draws (a power of 2), seed, processes, and whom to tell."""

    draws: int = DRAWS
    seed: int = SEED
    workers: int | None = None
    progress: Progress | None = None

    def of(self, question: Question) -> Ensemble:
        """Draw the ensemble of a question. Raises what `draw_ensemble` raises."""
        return draw_ensemble(
            question, draws=self.draws, seed=self.seed, workers=self.workers, progress=self.progress
        )


def draw_ensemble(
    question: Question,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Assess a case for many draws of its unknowns.

    draws: a power of 2. seed: of the Sobol points; the same seed gives the same numbers with any number of
    workers. workers: processes, by default one for each processor; with 1 everything runs in this one.
    progress: called with the number of draws done and wanted. An interrupt (Ctrl-C) ends the work early: the
    ensemble then holds the draws up to the first block that is missing.

    Raises OutOfRange for a number of draws, seed or workers out of range; KeyboardInterrupt if not even one
    block was done.
    """
    points = question.points(draws=draws, seed=seed)
    blocks = in_blocks(points, BLOCK)
    gathered = _Gathered(draws)
    done = run_blocks(_Assess(question), blocks, workers=workers, progress=progress, take=gathered.take)
    arrays = {key: array[: sum(done)] for key, array in gathered.arrays.items()}
    return _ensemble(question, arrays, seed=seed, wanted=draws)


# What an array of a block is: the claim that it is about, what it holds, and the curve or package.
_Key = tuple[str, str, str]
_Block = dict[_Key, NDArray[Any]]


@dataclass(frozen=True)
class _Assess:
    """The work on one block of points: the answers of every draw, as arrays by what they hold."""

    question: Question

    def __call__(self, points: FloatArray) -> _Block:
        drawn = list(self.question.drawn(points))
        situations = [situation for _, situation in drawn]
        bundle = assess_many(situations)
        block: _Block = {
            ("", "values", ""): np.array([draw.told for draw, _ in drawn]).reshape(len(drawn), -1)
        }
        for place, claim in enumerate(situations[0].claims):
            if claim.kind != "completeness":
                own, name = bundle.claims[claim.name], claim.name
                block[name, "posterior", ""] = own.posterior
                block[name, "target", ""] = np.array([one.claims[place].target for one in situations])
                for curve in curve_names(situations[0], claim):
                    binding = own.binding[curve][:, self.question.position]
                    block[name, "curve", curve] = own.curves[curve]
                    block[name, "binding", curve] = binding.astype(np.int16)
        for place, package in enumerate(situations[0].packages):
            efforts = [one.packages[place].effort for one in situations]
            block["", "effort", package.name] = np.array(efforts)
        return block


class _Gathered:
    """The arrays of all draws, filled block by block, so that no curve is held twice."""

    def __init__(self, draws: int) -> None:
        self.draws = draws
        self.arrays: _Block = {}

    def take(self, number: int, block: _Block) -> int:
        """Put the rows of a block in their place; gives back how many they are."""
        rows = 0
        for key, part in block.items():
            if key not in self.arrays:
                self.arrays[key] = np.empty((self.draws, *part.shape[1:]), part.dtype)
            rows = len(part)
            self.arrays[key][number * BLOCK : number * BLOCK + rows] = part
        return rows


def _ensemble(question: Question, whole: _Block, *, seed: int, wanted: int) -> Ensemble:
    def named(claim: str, kind: str) -> dict[str, NDArray[Any]]:
        return {key[2]: array for key, array in whole.items() if key[:2] == (claim, kind)}

    claims = {
        name: ClaimDraws(
            claim=name,
            curves=named(name, "curve"),
            posterior=whole[name, "posterior", ""],
            target=whole[name, "target", ""],
            binding=named(name, "binding"),
        )
        for name in dict.fromkeys(key[0] for key in whole if key[0])
    }
    return Ensemble(
        unknowns=question.drawer.unknowns,
        values=whole["", "values", ""],
        times=question.times,
        now=question.position,
        claims=claims,
        efforts=named("", "effort"),
        scenarios=tuple(scenario.name for scenario in question.at_medians().scenarios),
        seed=seed,
        wanted=wanted,
    )


def origin_of(question: Question, ensemble: Ensemble | None = None) -> Origin:
    """Say from what the answer to a question was computed."""
    loaded, known = question.loaded, question.loaded.ledger(question.known_on)
    return Origin(
        case_digest=loaded.case_digest,
        ledger_digest=loaded.digest,
        ledger_position=loaded.position,
        facts_known=len(known.entries),
        facts_used=sum(entry.when < question.now for entry in known.entries),
        recorded_later=sum(
            entry.recorded > question.as_of for entry in known.entries if entry.when < question.now
        ),
        known_on=question.known_on,
        valuation=f"each number that is not known {'at its median' if ensemble is None else 'drawn'}",
        version=VERSION,
        draws=0 if ensemble is None else ensemble.draws,
        seed=None if ensemble is None else ensemble.seed,
        ledger_name=loaded.name,
    )
