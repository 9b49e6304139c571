"""The engine against the plain reference on one case: the same numbers, and how much sooner."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import numpy as np

from watchgap.assurance.engine import assess
from watchgap.assurance.record import Assessment, Situation
from watchgap.flow import load, situation_of
from watchgap.testing.reference import reference_assess, reference_starts

AGREEMENT = 1e-6


@dataclass(frozen=True, slots=True)
class Comparison:
    """One situation assessed twice: processor times [s], and the greatest difference of any curve [1].

    evaluations: pairs of a time and a start that is finished by then, over all scenarios.
    """

    times: int
    scenarios: int
    evaluations: int
    engine: float
    reference: float
    curves: float
    posterior: float

    @property
    def ratio(self) -> float:
        """How many times sooner the engine answers."""
        return self.reference / self.engine


def compare(situation: Situation) -> Comparison:
    """Assess a situation with the engine and with the reference, on the very same times."""
    engine_time, engine = min((_timed(assess, situation) for _ in range(3)), key=lambda timed: timed[0])
    reference_time, reference = _timed(reference_assess, situation)
    return Comparison(
        times=len(situation.times),
        scenarios=len(situation.scenarios),
        evaluations=_evaluations(situation),
        engine=engine_time,
        reference=reference_time,
        curves=max(_curve_differences(engine, reference), default=0.0),
        posterior=max(_posterior_differences(engine, reference), default=0.0),
    )


def thinned(situation: Situation, seconds: float) -> Situation:
    """Keep as many times, evenly and with the last, as the reference can assess in about so many seconds."""
    last = replace(situation, times=situation.times[-1:])
    each, _ = _timed(reference_assess, last)
    # fewer starts are finished by the earlier times: on the average about half of those at the last
    count = min(max(round(2 * seconds / each), 2), len(situation.times))
    places = np.unique(np.linspace(0, len(situation.times) - 1, count + 1).round().astype(int)[1:])
    return replace(situation, times=situation.times[places])


def report_yongbyon(case: Path, seconds: float) -> str:
    """Measure, and write the section of the report."""
    found = compare(thinned(situation_of(load(case)), seconds))
    verdict = "agree" if found.curves < AGREEMENT else "DO NOT AGREE"
    said = (
        f"{found.scenarios} scenarios at {found.times} times of the case's period; {found.evaluations} pairs"
        " of a time and a finished start, each for every curve."
    )
    compared = (
        f"They {verdict}: the curves differ by {found.curves:.1e} at most (wanted below {AGREEMENT:.0e}), the"
        f" posterior, whose mean over start dates each takes in its own way, by {found.posterior:.1e}."
    )
    lines = [
        f"## {case.name}: the engine against the plain reference",
        "",
        said,
        "",
        "| | processor time [s] | per pair [us] |",
        "| --- | --- | --- |",
        f"| reference | {found.reference:.2f} | {1e6 * found.reference / found.evaluations:.1f} |",
        f"| engine (best of 3) | {found.engine:.4f} | {1e6 * found.engine / found.evaluations:.2f} |",
        f"| ratio | {found.ratio:.0f} | |",
        "",
        compared,
    ]
    return "\n".join(lines)


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


def _curve_differences(engine: Assessment, reference: Assessment) -> Iterator[float]:
    for name, claim in reference.claims.items():
        other = engine.claims[name]
        for curve in claim.curves.values():
            yield _difference(curve.value, other.curves[curve.name].value)
        for stratum, curves in claim.by_stratum.items():
            for curve in curves.values():
                yield _difference(curve.value, other.by_stratum[stratum][curve.name].value)


def _posterior_differences(engine: Assessment, reference: Assessment) -> Iterator[float]:
    for name, claim in reference.claims.items():
        yield _difference(claim.posterior, engine.claims[name].posterior)


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    """Greatest difference; infinite where only one of the two is without a number."""
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return float("inf")
    return float(np.max(np.abs(one - other), initial=0.0, where=~np.isnan(one)))
