"""What the samples of one stratum have to do, as conditions on a sum over its activities.

A vector of samples, one for each activity, is feasible if it leaves of no threat more undetected than it may.
With L_ta(n) = -log P(activity a finds nothing of threat t in n items) the samples of independent activities
add up: sum_a L_ta(n_a) >= need_t for every threat. Samples without a common item do not add up, but lie
between two linear conditions, of which the necessary one takes the place of the sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import expm1, log

import numpy as np
from numpy.typing import NDArray

from watchgap.detection.plans import disjoint_nondetection
from watchgap.detection.sampling import sample_nondetection, smallest_sample

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# A goal met within rounding is met, as in `detection.sampling`: 54 of 60 items leave one defect unseen with
# probability 0.1 exactly.
TIE = 1e-11
# exp(-750) is no floating-point number any more: so much is what nothing left undetected needs.
_ALL = 750.0


@dataclass(frozen=True, slots=True)
class Defects:
    """One threat of a stratum.

    items: defective items r [item]. allowed: non-detection that the samples may leave [1]. recognition: of a
    defective item by each activity of the stratum, in its order [1].
    """

    items: int
    allowed: float
    recognition: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StratumTask:
    """What the samples of one stratum have to do: most is the greatest sample of each activity [item]."""

    population: int
    threats: tuple[Defects, ...]
    most: tuple[int, ...]
    disjoint: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions on the samples of a stratum.

    tables: for each activity what its samples give of each threat, (threats, samples), rising from 0, as far
    as a sample is of use. needs: what the sum over the activities must reach for each threat, (threats,).
    enough: what is certainly enough, (threats,); the needs themselves where samples are independent.
    """

    tables: tuple[FloatArray, ...]
    needs: FloatArray
    enough: FloatArray


def left_by(task: StratumTask, threat: Defects, samples: Sequence[int]) -> float:
    """Non-detection [1] that a vector of samples leaves of a threat, exactly."""
    if task.disjoint:
        return disjoint_nondetection(task.population, threat.items, samples, threat.recognition)
    items, left = np.array(threat.items), 1.0
    for sample, chance in zip(samples, threat.recognition, strict=True):
        if sample == task.population:
            left *= (1.0 - chance) ** threat.items
        elif sample and chance:
            left *= float(sample_nondetection(task.population, items, sample, chance))
    return left


def meets(task: StratumTask, threat: Defects, samples: Sequence[int]) -> bool:
    """Whether a vector of samples leaves no more of a threat than it may, but for rounding."""
    return left_by(task, threat, samples) <= threat.allowed * (1.0 + TIE)


def best_left(task: StratumTask, threat: Defects) -> float:
    """Least non-detection [1] of one threat that any samples leave: all that may be, the best first."""
    samples, room = [0] * len(task.most), task.population
    for activity in sorted(range(len(task.most)), key=lambda at: -threat.recognition[at]):
        samples[activity] = min(task.most[activity], room)
        room -= samples[activity] if task.disjoint else 0
    return left_by(task, threat, samples)


class LogTables:
    """L(n) of threats and activities, each computed once and as far as it was ever needed."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int, float], FloatArray] = {}

    def conditions(self, task: StratumTask, threats: tuple[Defects, ...]) -> Conditions:
        """L_ta(n) as far as a sample is of use, and the needs, which are also enough."""
        needs = np.array([min(-log(one.allowed), _ALL) if one.allowed > 0.0 else _ALL for one in threats])
        tables = []
        for activity, most in enumerate(task.most):
            rows = [
                self._row((task.population, one.items, one.recognition[activity]), most, float(need))
                for one, need in zip(threats, needs, strict=True)
            ]
            width = max((row.size for row in rows), default=1)
            padded = [np.pad(row, (0, width - row.size), mode="edge") for row in rows]
            tables.append(np.array(padded).reshape(-1, width))
        return Conditions(tuple(tables), needs, needs)

    def _row(self, key: tuple[int, int, float], most: int, need: float) -> FloatArray:
        """L(n) from n = 0 to the first sample that meets the need alone, or to the most."""
        population, items, chance = key
        if chance == 0.0:
            return np.zeros(1)
        gained = self._rows.get(key, np.zeros(1))
        # The binomial size is hardly ever too small, and is reached in one call.
        size = int(population * -expm1(-need / items) / chance) + 2
        while gained.size <= most and gained[-1] < need - TIE:
            counts = np.arange(gained.size, min(max(size, 2 * gained.size), population) + 1)
            # Sample and defectives may change places: one call gives a whole range of samples.
            with np.errstate(divide="ignore"):
                more = -np.log(sample_nondetection(population, counts, items, chance))
            gained = np.maximum.accumulate(np.concatenate([gained, more]))
        self._rows[key] = gained
        useful = np.minimum(gained[: most + 1], need)
        return np.asarray(useful[: int(np.searchsorted(useful, need - TIE)) + 1])


def linear_conditions(task: StratumTask, threats: tuple[Defects, ...]) -> Conditions:
    """p_ta n of each activity, (threats, samples); what the sum must reach, and what is certainly enough.

    With q_i = 1 - p for an item that an activity with recognition p takes, and 1 for the others, what is left
    is e_r(q) / C(N, r), e_r the elementary symmetric polynomial. At a given sum of p n it is least where the
    best activity takes all (e_r is Schur-concave), so that the sum must exceed p_max (n - 1), with n the
    least sample by which that activity alone meets the need; and it is at most (1 - sum p n / N)^r
    (Maclaurin's inequality).
    Source: Marshall, Olkin, Arnold, Inequalities: Theory of Majorization, Springer, 2011, chapter 3.
    """
    needs = np.array([_least_weight(task.population, one) for one in threats])
    enough = np.array(
        [task.population * (1.0 - one.allowed ** (1.0 / one.items)) * (1.0 + TIE) for one in threats]
    )
    chances = np.array([one.recognition for one in threats]).reshape(len(threats), len(task.most))
    tables = tuple(
        chances[:, at : at + 1] * np.arange((most if np.any(chances[:, at] > 0.0) else 0) + 1.0)
        for at, most in enumerate(task.most)
    )
    return Conditions(tables, needs, np.maximum(enough, needs))


def _least_weight(population: int, threat: Defects) -> float:
    best = max(threat.recognition, default=0.0)
    least: int | None = population
    if best > 0.0 and threat.allowed > 0.0:
        least = smallest_sample(population, threat.items, threat.allowed, best)
    elif best > 0.0:
        least = population - threat.items + 1
    one_item = min((chance for chance in threat.recognition if chance > 0.0), default=1.0)
    return max(best * ((population if least is None else least) - 1), one_item)
