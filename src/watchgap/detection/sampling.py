"""Sampling plans for items: how many defects a goal takes, and what a sample of the items finds.

Non-detection is exact (hypergeometric); the approximations in use are here under their names, to be compared
with it and not to replace it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from watchgap.base.counts import WHOLE, least_count
from watchgap.base.errors import OutOfRange
from watchgap.detection.lives import FloatArray
from watchgap.detection.ranges import require_positive, require_recognition

IntArray = NDArray[np.int64]

# A goal met within rounding is met: 54 of 60 items leave one defect unseen with probability 0.1 exactly.
_TIE = 1e-11
# Half-width of the range of defects found that is summed, in root means and in items: what lies outside it is
# below 1e-18 of the sum (Bernstein's inequality for a sum of independent indicators).
_ROOTS_KEPT = 12.0
_ITEMS_KEPT = 30.0
_TERMS_AT_ONCE = 1_000_000


def defects_needed(goal: float, fraction: float, item_mass: float) -> int:
    """Number of items that must be falsified to gain a goal quantity.

    Parameters
    ----------
    goal : goal quantity, above 0. [kg]
    fraction : share of an item's material that is gone, in (0, 1]. [1]
    item_mass : material in an item, above 0, of the element or isotope that the goal counts. [kg]

    Returns
    -------
    int
        ceil(goal / (fraction item_mass)), at least 1; a quotient within 1e-9 of a whole number is that
        number.

    Raises
    ------
    OutOfRange : a goal or item mass that is not finite and above 0; a fraction outside (0, 1].
    """
    require_positive("goal quantity", goal, "kg")
    require_positive("item mass", item_mass, "kg")
    if not 0.0 < fraction <= 1.0:
        raise OutOfRange(f"defect fraction is {fraction}, not in (0, 1]")
    return max(1, least_count(goal / (fraction * item_mass)))


def items_removed_by(items: int, rate: float, elapsed: FloatArray) -> IntArray:
    """Number of items that a route has handled after each time.

    Parameters
    ----------
    items : items that it handles in all. [1]
    rate : items handled in a day, above 0. [1/d]
    elapsed : time since the first item was begun, any shape; none are handled before 0. [d]

    Returns
    -------
    IntArray
        clamp(floor(rate elapsed), 0, items), of the shape of `elapsed`; a product within 1e-9 of a whole
        number is that number, so that three items in three days at one a day are three. [1]

    Raises
    ------
    OutOfRange : items below 0; a rate that is not finite and above 0; an elapsed time that is not a number.
    """
    if items < 0:
        raise OutOfRange(f"items to be handled are {items}, not 0 or more")
    require_positive("handling rate", rate, "items/d")
    elapsed = np.asarray(elapsed, dtype=np.float64)
    if np.any(np.isnan(elapsed)):
        raise OutOfRange("an elapsed time is not a number of days")
    handled = np.clip(rate * elapsed, 0.0, float(items))
    return np.minimum(np.floor(handled + WHOLE * np.maximum(handled, 1.0)), items).astype(np.int64)


def sample_nondetection(population: int, defectives: IntArray, sample: int, recognition: float) -> FloatArray:
    """Probability that a random sample of items shows no defect.

    Parameters
    ----------
    population : items in the stratum, N. [1]
    defectives : defective items among them, D, any shape. [1]
    sample : items taken without replacement, n. [1]
    recognition : probability that a defective item in the sample is recognised, p. [1]

    Returns
    -------
    FloatArray
        The non-detection for each number of defectives, of the shape of `defectives`. [1]

    Raises
    ------
    OutOfRange : a population below 0; defectives or a sample outside 0 to population, or not whole; a
        recognition outside [0, 1].

    Notes
    -----
    sum_k H(k; N, D, n) (1-p)^k with H hypergeometric. The ratios H(k+1) / H(k) are exact in floating point;
    the weights built from them are summed with and without the factor (1-p)^k, and the quotient of the two
    sums needs no factorial. Relative error below 1e-10 for N up to 1e6 and n up to 1e4.

    References
    ----------
    Sum over the number found: Kim, A comparison of sample size calculation algorithms, KAERI; Jaech and
    Russell, Algorithms to calculate sample sizes for inspection sampling plans, IAEA STR-261, Vienna, 1991.
    """
    defectives = np.asarray(defectives)
    _check_sampling(population, defectives, sample, recognition)
    distinct, place = np.unique(defectives.astype(np.int64), return_inverse=True)
    first, last = _range_that_matters(population, distinct, sample, recognition)
    missed = np.empty(distinct.size)
    at = 0
    while at < distinct.size:
        # Neighbours in D need like ranges; a group is as long as its widest range allows.
        widths = np.maximum.accumulate((last - first)[at:] + 1)
        rows = np.arange(1, widths.size + 1)
        taken = slice(at, at + max(1, int(np.count_nonzero(widths * rows <= _TERMS_AT_ONCE))))
        missed[taken] = _tilted_sum(
            population, distinct[taken], sample, recognition, span=(first[taken], last[taken])
        )
        at = taken.stop
    return missed[place].reshape(defectives.shape)


def smallest_sample(
    population: int, defectives: int, goal_nondetection: float, recognition: float = 1.0
) -> int | None:
    """Least number of items to sample for a goal.

    Exact, by bisection: non-detection never rises with the sample.

    Parameters
    ----------
    population : items in the stratum. [1]
    defectives : defective items among them. [1]
    goal_nondetection : non-detection that may not be exceeded, in (0, 1]. [1]
    recognition : probability that a defective item in the sample is recognised. [1]

    Returns
    -------
    int or None
        The least sample, or None if verifying every item still leaves more than the goal: the floor
        (1 - recognition)^defectives. A goal missed by 1e-11 of itself, which is rounding, counts as met.

    Raises
    ------
    OutOfRange : a goal outside (0, 1]; otherwise as `sample_nondetection`.
    """
    _check_goal(goal_nondetection)
    count = np.array(defectives)

    def reached(sample: int) -> bool:
        missed = sample_nondetection(population, count, sample, recognition)
        return bool(missed <= goal_nondetection * (1.0 + _TIE))

    if not reached(population):
        return None
    low, high = -1, population
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def sample_size_power(population: int, defectives: int, goal_nondetection: float) -> int:
    """Sample size by the formula in use, N (1 - beta^(1/r)).

    Never below the exact size and at most three above it, for all N up to 400.

    Parameters
    ----------
    population, defectives : items in the stratum, N, and defective items among them, r. [1]
    goal_nondetection : non-detection aimed at, beta, in (0, 1]. [1]

    Returns
    -------
    int
        The size, rounded up; within 1e-9 of a whole number it is that number. Recognition is certain.

    Raises
    ------
    OutOfRange : a goal outside (0, 1]; defectives outside 1 to population.

    References
    ----------
    IAEA Safeguards Glossary, 2001 edition, Vienna, 2002. Its accuracy: Accuracy of the IAEA sample size
    formula, J. Nucl. Mater. Manage. 44(3).
    """
    _check_plan(population, defectives, goal_nondetection)
    return least_count(population * _caught_share(defectives, goal_nondetection))


def sample_size_jaech(population: int, defectives: int, goal_nondetection: float) -> int:
    """Sample size by Jaech's improved binomial, (1 - beta^(1/r)) (N - (r-1)/2).

    Exact or one too many, never too few, for all N up to 400.

    Parameters
    ----------
    population, defectives : items in the stratum, N, and defective items among them, r. [1]
    goal_nondetection : non-detection aimed at, beta, in (0, 1]. [1]

    Returns
    -------
    int
        The size, rounded up; within 1e-9 of a whole number it is that number. Recognition is certain.

    Raises
    ------
    OutOfRange : a goal outside (0, 1]; defectives outside 1 to population.

    Notes
    -----
    It must not be extended to a recognition below 1, where it promises more detection than there is.

    References
    ----------
    Kim, A comparison of sample size calculation algorithms, KAERI.
    """
    _check_plan(population, defectives, goal_nondetection)
    return least_count(_caught_share(defectives, goal_nondetection) * (population - (defectives - 1) / 2.0))


def _caught_share(defectives: int, goal_nondetection: float) -> float:
    """1 - beta^(1/r) without cancellation."""
    return float(-np.expm1(np.log(goal_nondetection) / defectives))


def _range_that_matters(
    population: int, defectives: IntArray, sample: int, recognition: float
) -> tuple[IntArray, IntArray]:
    """Least and greatest number of defects found that either sum of `sample_nondetection` can feel."""
    least = np.maximum(0, sample + defectives - population)
    most = np.minimum(sample, defectives)
    low = _mode(population, defectives, sample, 1.0 - recognition)
    high = _mode(population, defectives, sample, 1.0)
    first = np.floor(low - _ROOTS_KEPT * np.sqrt(low + 1.0) - _ITEMS_KEPT)
    last = np.ceil(high + _ROOTS_KEPT * np.sqrt(high + 1.0) + _ITEMS_KEPT)
    return np.maximum(least, first).astype(np.int64), np.minimum(most, last).astype(np.int64)


def _mode(population: int, defectives: IntArray, sample: int, missed: float) -> FloatArray:
    """Number k near which H(k) missed^k is greatest, where (D-k)(n-k) missed = k (N-D-n+k)."""
    square = 1.0 - missed
    linear = (population - defectives - sample) + missed * (defectives + sample)
    constant = missed * defectives.astype(np.float64) * sample
    # The root in the form that keeps its digits as the quadratic term vanishes.
    root = np.sqrt(np.maximum(linear * linear + 4.0 * square * constant, 0.0))
    if missed == 0.0:
        return np.maximum(0, sample + defectives - population).astype(np.float64)
    upward = linear + root
    return np.where(
        linear >= 0.0,
        2.0 * constant / np.where(upward > 0.0, upward, 1.0),
        (root - linear) / (2.0 * square if square > 0.0 else 1.0),
    )


def _tilted_sum(
    population: int, defectives: IntArray, sample: int, recognition: float, *, span: tuple[IntArray, IntArray]
) -> FloatArray:
    """sum_k H(k) (1-p)^k over sum_k H(k), k in the span, for each number of defectives."""
    first, last = span
    found = (first[:, None] + np.arange(int(np.max(last - first)) + 1)).astype(np.float64)
    rest = np.maximum(defectives[:, None] - found, 0.0) * np.maximum(sample - found, 0.0)
    ratio = rest / ((found + 1.0) * (population - defectives[:, None] - sample + found + 1.0))
    logs = np.zeros_like(found)
    with np.errstate(divide="ignore"):
        np.cumsum(np.log(ratio[:, :-1]), axis=1, out=logs[:, 1:])
    tilted = logs + xlogy(found, 1.0 - recognition)
    top, tilted_top = logs.max(axis=1), tilted.max(axis=1)
    # Where every defect found is recognised and some must be found, nothing is left to sum.
    possible = np.where(np.isfinite(tilted_top), tilted_top, 0.0)
    whole = np.exp(logs - top[:, None]).sum(axis=1)
    part = np.exp(tilted - possible[:, None]).sum(axis=1)
    return np.asarray(np.minimum(np.exp(possible - top) * part / whole, 1.0))


def _check_goal(goal_nondetection: float) -> None:
    if not 0.0 < goal_nondetection <= 1.0:
        raise OutOfRange(f"goal for the non-detection is {goal_nondetection}, not in (0, 1]")


def _check_plan(population: int, defectives: int, goal_nondetection: float) -> None:
    _check_goal(goal_nondetection)
    if not 1 <= defectives <= population:
        raise OutOfRange(f"defectives are {defectives}, not from 1 to the population of {population}")


def _check_sampling(
    population: int, defectives: NDArray[np.generic], sample: int, recognition: float
) -> None:
    if population < 0:
        raise OutOfRange(f"population is {population} items, not 0 or more")
    if defectives.dtype.kind not in "iu":
        raise OutOfRange(f"defectives are of type {defectives.dtype}, not whole numbers")
    if defectives.size and (defectives.min() < 0 or defectives.max() > population):
        raise OutOfRange(
            f"defectives run from {defectives.min()} to {defectives.max()}, "
            f"not from 0 to the population of {population}"
        )
    if not 0 <= sample <= population:
        raise OutOfRange(f"sample is {sample} items, not from 0 to the population of {population}")
    require_recognition(recognition)
