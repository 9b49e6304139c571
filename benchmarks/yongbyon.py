"""The engine against the plain reference on one case: the same numbers, and how much sooner."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np

from watchgap.assurance.engine import assess
from watchgap.assurance.record import Assessment, FloatArray, Situation
from watchgap.flow import load, situation_of
from watchgap.testing.reference import reference_assess, reference_starts

AGREEMENT = 1e-6


@dataclass(frozen=True, slots=True)
class Comparison:
    """One situation assessed twice: processor times [s], and the greatest difference of any curve [1].

    evaluations: pairs of a time and a start that is finished by then, over all scenarios.
    """

    evaluations: int
    engine: float
    reference: float
    difference: float

    @property
    def ratio(self) -> float:
        """How many times sooner the engine answers."""
        return self.reference / self.engine


def compare(situation: Situation) -> Comparison:
    """Assess a situation with the engine and with the reference, on the very same times.

    The posterior is part of both times but not compared: with so few times neither takes its mean over start
    dates finely, nor both in the same way.
    """
    engine_time, engine = min((_timed(assess, situation) for _ in range(3)), key=lambda timed: timed[0])
    coarse = partial(reference_assess, step=np.inf)
    reference_time, reference = _timed(coarse, situation)
    return Comparison(
        evaluations=_evaluations(situation),
        engine=engine_time,
        reference=reference_time,
        difference=max(_differences(engine, reference), default=0.0),
    )


def thinned(situation: Situation, count: int) -> Situation:
    """Keep so many of the times, evenly and away from both ends."""
    places = np.linspace(0, len(situation.times) - 1, count + 2).round().astype(int)[1:-1]
    return replace(situation, times=situation.times[places])


def without_checks(situation: Situation) -> Situation:
    """Leave out all samples, and with them SciPy's hypergeometric distribution."""
    packages = tuple(replace(package, checks=()) for package in situation.packages)
    return replace(situation, checks=(), packages=packages)


def report_yongbyon(case: Path, *, few: int, more: int) -> str:
    """Measure, at few times with all that the case has and at more times with surveillance alone."""
    whole = situation_of(load(case))
    found = {
        f"all, at {few} times": compare(thinned(whole, few)),
        f"surveillance alone, at {more} times": compare(without_checks(thinned(whole, more))),
    }
    every_day, _ = _timed(assess, whole)
    said = (
        f"{len(whole.scenarios)} scenarios; a pair is a time and a start finished by then, and is evaluated"
        " for every curve. Surveillance alone leaves out the samples, on which the reference spends most of"
        f" its time. At all {len(whole.times)} days of the case the engine takes {every_day:.2f} s."
    )
    lines = [
        f"## {case.name}: the engine against the plain reference",
        "",
        said,
        "",
        "| what | pairs | reference [s] | engine, best of 3 [s] | ratio | greatest difference of a curve |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(what, one) for what, one in found.items()),
    ]
    return "\n".join(lines)


def _row(what: str, found: Comparison) -> str:
    agreed = "agreed" if found.difference < AGREEMENT else "NOT AGREED"
    times = f"{found.reference:.2f} | {found.engine:.4f} | {found.ratio:.0f}"
    return f"| {what} | {found.evaluations} | {times} | {found.difference:.1e}, {agreed} |"


def _timed(function: Callable[[Situation], Assessment], situation: Situation) -> tuple[float, Assessment]:
    begins = process_time()
    answer = function(situation)
    return process_time() - begins, answer


def _evaluations(situation: Situation) -> int:
    pairs = 0
    for scenario in situation.scenarios:
        ends = np.array(reference_starts(situation, scenario)) + scenario.duration
        pairs += sum(int(np.sum(ends <= time)) for time in situation.times)
    return pairs


def _differences(engine: Assessment, reference: Assessment) -> Iterator[float]:
    for name, claim in reference.claims.items():
        other = engine.claims[name]
        for curve in claim.curves.values():
            yield _difference(curve.value, other.curves[curve.name].value)
        for stratum, curves in claim.by_stratum.items():
            for curve in curves.values():
                yield _difference(curve.value, other.by_stratum[stratum][curve.name].value)


def _difference(one: FloatArray, other: FloatArray) -> float:
    """Greatest difference; infinite where only one of the two is without a number."""
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return float("inf")
    return float(np.max(np.abs(one - other), initial=0.0, where=~np.isnan(one)))
