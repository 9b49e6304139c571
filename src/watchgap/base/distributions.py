"""Distributions of what is not known: each gives its support and its quantiles.

Quantiles, because every use needs nothing else: the median for a single assessment, an interval for a
table, and a draw from a uniform number for an ensemble.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import exp, inf, log, sqrt
from typing import Any


@cache
def _special() -> Any:
    # SciPy takes longer to load than a case takes to check, and most cases are checked without it.
    return import_module("scipy.special")


def _beta_quantile(alpha: float, beta: float, probability: float) -> float:
    # SciPy's quantile can be no number at probabilities from 1e-100 down, which nobody means.
    if probability < 1e-50:
        return 0.0
    return float(_special().betaincinv(alpha, beta, probability))


@dataclass(frozen=True, slots=True)
class Fixed:
    """A number that is taken as known."""

    value: float

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value."""
        return self.value, self.value

    def quantile(self, probability: float) -> float:  # noqa: ARG002 - one signature for every distribution
        """Value that is not exceeded with this probability."""
        return self.value


@dataclass(frozen=True, slots=True)
class Uniform:
    """Equally likely between two bounds."""

    low: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value."""
        return self.low, self.high

    def quantile(self, probability: float) -> float:
        """Value that is not exceeded with this probability."""
        return min(self.low + probability * (self.high - self.low), self.high)


@dataclass(frozen=True, slots=True)
class Triangular:
    """Density rising from `low` to `mode` and falling to `high`."""

    low: float
    mode: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value."""
        return self.low, self.high

    def quantile(self, probability: float) -> float:
        """Value that is not exceeded with this probability."""
        width = self.high - self.low
        if width == 0.0:
            return self.low
        rising = (self.mode - self.low) / width
        if probability <= rising:
            return min(self.low + width * sqrt(probability * rising), self.mode)
        return max(self.high - width * sqrt((1 - probability) * (1 - rising)), self.mode)


@dataclass(frozen=True, slots=True)
class Pert:
    """A beta distribution on [low, high] with mean (low + 4 mode + high) / 6.

    Source: Malcolm, Roseboom, Clark, Fazar, "Application of a technique for research and development
    program evaluation", Operations Research 7 (1959) 646-669.
    """

    low: float
    mode: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value."""
        return self.low, self.high

    def quantile(self, probability: float) -> float:
        """Value that is not exceeded with this probability."""
        width = self.high - self.low
        if width == 0.0:
            return self.low
        alpha = 1 + 4 * ((self.mode - self.low) / width)
        beta = 1 + 4 * ((self.high - self.mode) / width)
        return min(self.low + width * _beta_quantile(alpha, beta, probability), self.high)


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta distribution on [0, 1] with parameters alpha and beta."""

    alpha: float
    beta: float

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value."""
        return 0.0, 1.0

    def quantile(self, probability: float) -> float:
        """Value that is not exceeded with this probability."""
        return _beta_quantile(self.alpha, self.beta, probability)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A positive number whose logarithm is normal, given by its median and its 95 % / 50 % ratio."""

    median: float
    ratio_95: float

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value."""
        return 0.0, inf

    def quantile(self, probability: float) -> float:
        """Value that is not exceeded with this probability."""
        ndtri = _special().ndtri
        sigma = log(self.ratio_95) / float(ndtri(0.95))
        return self.median * exp(sigma * float(ndtri(probability)))


@dataclass(frozen=True, slots=True)
class Empirical:
    """One of several listed values, all equally likely."""

    values: Sequence[float]

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest possible value."""
        return min(self.values), max(self.values)

    def quantile(self, probability: float) -> float:
        """Value that is not exceeded with this probability; the least such listed value."""
        ordered = sorted(self.values)
        for position, value in enumerate(ordered, start=1):
            if position >= probability * len(ordered) - 1e-12:
                return value
        return ordered[-1]


Distribution = Fixed | Uniform | Triangular | Pert | Beta | Lognormal | Empirical
