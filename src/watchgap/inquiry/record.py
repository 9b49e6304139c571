"""What an inquiry is asked and what it answers: designs, shares, swings, decisions, worths."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

TAIL = 0.1
"""Share of the draws, the worst ones, whose mean assurance can be stated surely [1]."""


@dataclass(frozen=True, slots=True)
class Design:
    """Points at which an answer has to be computed before its variance can be shared out.

    factors: names. blocks: for each factor the columns of a point that are swapped as one. points: n, the
    points of each part. seed: of the points, and of the intervals of the shares. uniforms:
    ((factors + 2) n, columns), inside the open unit cube [1]: n rows A, n rows B, then for each factor n rows
    of A with the columns of that factor from B.
    """

    factors: tuple[str, ...]
    blocks: tuple[tuple[int, ...], ...]
    points: int
    seed: int
    uniforms: FloatArray


@dataclass(frozen=True, slots=True)
class Shares:
    """What part of the variance of one answer is due to each factor, by position in `factors`.

    first [1]: the share that goes on average if the factor alone is learned. total [1]: the share that stays
    on average if all others are learned. Each with the bounds of its 90 % interval. variance: of the answer,
    in its unit squared. constant: the answer is the same everywhere; all shares are then 0.
    """

    factors: tuple[str, ...]
    first: tuple[float, ...]
    first_low: tuple[float, ...]
    first_high: tuple[float, ...]
    total: tuple[float, ...]
    total_low: tuple[float, ...]
    total_high: tuple[float, ...]
    variance: float
    constant: bool


@dataclass(frozen=True, slots=True)
class Swing:
    """How far an answer goes from the low to the high end of one unknown, all others varying as they do.

    low_value, high_value: the middle value of the unknown at each end, in its own unit. low_answer,
    high_answer: the mean answer there; low_error, high_error: their standard errors, infinite where the end
    is a single draw. mean_answer: over all draws. share: given-data estimate of the first-order share [1].
    """

    name: str
    low_value: float
    high_value: float
    low_answer: float
    high_answer: float
    low_error: float
    high_error: float
    mean_answer: float
    share: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Which package to ask for, to reach a target.

    packages: names. assurance [1] and effort [person-day] of each package in each draw, (packages, draws).
    target: wanted assurance [1], one number or one for each draw.
    """

    packages: tuple[str, ...]
    assurance: FloatArray
    effort: FloatArray
    target: float | FloatArray


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of the ways in which a matter of chance can turn out, and the decision if it does.

    probability [1]: in each draw, (draws,).
    """

    name: str
    probability: FloatArray
    decision: Decision


@dataclass(frozen=True, slots=True)
class Estimation:
    """How what there is to learn is estimated from draws.

    bins: most groups into which the draws are put by the unknown; None for the usual number. tail: share of
    the worst draws whose mean can be stated surely [1]. permutations: of the unknown, to measure the noise;
    with none, the values are taken as they come out of the groups. seed: of the permutations.
    """

    bins: int | None = None
    tail: float = TAIL
    permutations: int = 40
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The package that one would ask for after learning something.

    bounds: least and greatest value of the unknown for which it holds, in its own unit; None for an outcome
    of chance. outcome: the name of that outcome; None for an unknown.
    """

    package: str
    bounds: tuple[float, float] | None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What it is worth to learn one thing before a package is asked for.

    saved_effort [person-day]: expected effort that need not be spent, and effort_before: expected effort of
    the package asked for without learning. assurance_gain [1]: by how much more can be stated surely, of the
    curve in question, and assurance_before: what can be stated surely now. choice_gain [1]: the same where
    the package too may be chosen by what was learned, for assurance alone. Each with its noise: a value that
    is not above it cannot be told from nothing. best_before: the package asked for without learning, None if
    there is none to choose. best_after: the packages asked for after learning, in the order of what is
    learned.
    """

    name: str
    saved_effort: float
    saved_effort_noise: float
    effort_before: float
    assurance_gain: float
    assurance_gain_noise: float
    assurance_before: float
    choice_gain: float
    choice_gain_noise: float
    best_before: str | None
    best_after: tuple[Choice, ...] = ()
