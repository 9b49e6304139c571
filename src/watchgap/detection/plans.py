"""What several activities find together when no item is taken by two of them."""

from collections.abc import Sequence
from math import exp, log, log1p, sqrt

import numpy as np

from watchgap.detection.lives import FloatArray
from watchgap.detection.ranges import require, require_recognition

# Half-width of the range of each binomial that is kept, in standard deviations and in items: what lies
# outside is below 1e-18 of the whole (Bernstein's inequality).
_DEVIATIONS_KEPT = 12.0
_ITEMS_KEPT = 40.0
# The tilt that centres the sum on the defectives is sought between these bounds [1], by so many halvings of
# their logarithms: it need not be exact.
_TILT_STEPS = 30
_LEAST_TILT, _GREATEST_TILT = 1e-14, 1e14


def disjoint_nondetection(
    population: int, defectives: int, samples: Sequence[int], recognition: Sequence[float]
) -> float:
    """Probability that several samples without a common item show no defect.

    Parameters
    ----------
    population : items in the stratum, N. [1]
    defectives : defective items among them, r. [1]
    samples : items taken for each activity, n_j; together at most the population. [1]
    recognition : probability that each activity recognises a defective item in its sample, p_j. [1]

    Returns
    -------
    float
        [z^r] (1+z)^(N - sum n) prod_j (1 + (1-p_j) z)^(n_j) / C(N, r). [1]

    Raises
    ------
    OutOfRange : defectives outside 0 to population; samples below 0, or more than the population together; a
        recognition outside [0, 1]; not one recognition for each sample.

    Notes
    -----
    All coefficients are positive, so nothing cancels. With z scaled by a tilt, each factor is the generating
    function of a binomial number; the tilt is chosen such that the sum of these numbers is r on average, and
    the coefficient is the probability that the sum is r. C(N, r) is found in the same way. Relative error
    below 1e-10 for N up to 1e5.

    References
    ----------
    The generating function: derived from the multivariate hypergeometric distribution; for the three methods
    of attribute inspection see Jaech and Russell, Algorithms to calculate sample sizes for inspection
    sampling plans, IAEA STR-261, Vienna, 1991.
    """
    _check(population, defectives, samples, recognition)
    rest = population - sum(samples)
    groups = [(rest, 1.0), *((n, 1.0 - p) for n, p in zip(samples, recognition, strict=True))]
    groups = [(n, weight) for n, weight in groups if n > 0 and weight > 0.0]
    if defectives > sum(n for n, _ in groups):
        return 0.0
    if defectives == 0:
        return 1.0
    part = _log_coefficient(groups, defectives)
    whole = _log_coefficient([(population, 1.0)], defectives)
    return min(exp(part - whole), 1.0)


def _log_coefficient(groups: Sequence[tuple[int, float]], power: int) -> float:
    """Logarithm of [z^power] prod (1 + weight z)^n over groups of n items with a weight above 0."""
    tilt = _centring_tilt(groups, power)
    total, first = np.ones(1), 0
    for n, weight in groups:
        chances, start = _binomial(n, weight * tilt)
        total, first = np.convolve(total, chances), first + start
    here = power - first
    scale = sum(n * log1p(weight * tilt) for n, weight in groups)
    return scale - power * log(tilt) + log(float(total[here]))


def _centring_tilt(groups: Sequence[tuple[int, float]], power: int) -> float:
    """Tilt at which the mean of the sum of the binomial numbers is `power`, or the nearest bound of tilts."""
    if len(groups) == 1 and power < groups[0][0]:
        n, weight = groups[0]
        return power / (n - power) / weight
    low, high = log(_LEAST_TILT), log(_GREATEST_TILT)
    for _ in range(_TILT_STEPS):
        middle = 0.5 * (low + high)
        tilt = exp(middle)
        mean = sum(n * (weight * tilt / (1.0 + weight * tilt)) for n, weight in groups)
        low, high = (middle, high) if mean < power else (low, middle)
    return exp(0.5 * (low + high))


def _binomial(n: int, odds: float) -> tuple[FloatArray, int]:
    """Probabilities of a binomial number of n trials around its mean, and where they begin; odds above 0."""
    share = odds / (1.0 + odds)
    mean, deviation = n * share, sqrt(n * share / (1.0 + odds))
    first = max(int(mean - _DEVIATIONS_KEPT * deviation - _ITEMS_KEPT), 0)
    last = min(int(mean + _DEVIATIONS_KEPT * deviation + _ITEMS_KEPT) + 1, n)
    found = np.arange(first, last, dtype=np.float64)
    logs = np.zeros(last - first + 1)
    np.cumsum(np.log((n - found) / (found + 1.0) * odds), out=logs[1:])
    chances = np.exp(logs - logs.max())
    return chances / chances.sum(), first


def _check(population: int, defectives: int, samples: Sequence[int], recognition: Sequence[float]) -> None:
    require(
        0 <= defectives <= population,
        f"defectives are {defectives}, not from 0 to the population of {population}",
    )
    require(
        len(samples) == len(recognition),
        f"there are {len(samples)} samples and {len(recognition)} recognitions, not one for each sample",
    )
    require(
        min(samples, default=0) >= 0 and sum(samples) <= population,
        f"samples are {tuple(samples)}, not 0 or more and together at most the population of {population}",
    )
    for chance in recognition:
        require_recognition(chance)
