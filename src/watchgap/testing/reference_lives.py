"""Means over the life of a device, by adaptive quadrature, for the plain reference of the assessment."""

from collections.abc import Callable
from itertools import pairwise
from math import exp, expm1, inf, log, pi, sqrt

import numpy as np
from scipy.integrate import quad
from scipy.special import log_ndtr

from watchgap.detection.record import (
    ExponentialLife,
    FixedLife,
    LifeModel,
    LifePart,
    LognormalLife,
    WeibullLife,
)

Function = Callable[[float], float]


def mean_over_life(
    nothing: Function, model: LifeModel, alive: float, dead: float, knots: list[float]
) -> float:
    """Mean of a falling function of the age at death X, given alive < X <= dead.

    If the model says that no device dies in that interval, what was found wins: the death is uniform on it,
    or at `alive` if the interval has no end.

    Parameters
    ----------
    nothing : the function [1]; after the last knot it no longer changes.
    model : the parts of the device, which fail independently.
    alive, dead : what is known of the age at death [d].
    knots : ascending ages from `alive` to at most `dead` at which the function or the density has a kink [d].

    Returns
    -------
    float
        The mean [1].

    Notes
    -----
    With H the sum of the cumulative hazards of the parts, P(X > x | X > alive) = exp(H(alive) - H(x)).
    Between two knots the function either does not change, and counts with the probability that the life ends
    there, or is integrated over the density.
    """
    spent = _cumulative(model, alive)
    total = _dies_between(model, alive, dead, spent)
    if total <= 0:
        return _mean_if_impossible(nothing, alive, dead, knots)
    mean = nothing(inf) * _dies_between(model, knots[-1], dead, spent)
    for low, high in pairwise([alive, *knots]):
        at_low, at_high = nothing(low), nothing(high)
        if at_low == at_high:
            mean += at_low * _dies_between(model, low, high, spent)
        elif _cumulative(model, low) < inf:
            mean += _integral(nothing, model, (low, high), spent, total)
            mean += at_high * _dies_exactly(model, high, spent)
    return mean / total


def _mean_if_impossible(nothing: Function, alive: float, dead: float, knots: list[float]) -> float:
    if dead == inf:
        return nothing(alive)
    area = nothing(inf) * (dead - knots[-1])
    for low, high in pairwise([alive, *knots]):
        area += float(quad(nothing, low, high, epsabs=1e-11 * (dead - alive), epsrel=1e-10)[0])
    return area / (dead - alive)


def _integral(
    nothing: Function, model: LifeModel, ages: tuple[float, float], spent: float, total: float
) -> float:
    """Integral of the function over h(x) exp(H(alive) - H(x)), the density of the parts that wear out [1]."""

    def integrand(age: float) -> float:
        density = sum(_hazard(part, age) for part in model.parts) * exp(spent - _worn(model, age))
        return nothing(age) * density

    return float(quad(integrand, *ages, epsabs=1e-11 * total, epsrel=1e-10, limit=200)[0])


def _dies_between(model: LifeModel, low: float, high: float, spent: float) -> float:
    """P(low < X <= high | X > alive), `spent` being H(alive); an infinite age has what never dies [1]."""
    first = _cumulative(model, low)
    if first == inf or high <= low:
        return 0.0
    return exp(spent - first) * (1.0 if high == inf else -expm1(first - _cumulative(model, high)))


def _dies_exactly(model: LifeModel, age: float, spent: float) -> float:
    """P(X = age | X > alive), by a part of fixed life [1]."""
    fixed = min((part.length for part in model.parts if isinstance(part, FixedLife)), default=inf)
    return exp(spent - _worn(model, age)) if age == fixed else 0.0


def _cumulative(model: LifeModel, age: float) -> float:
    return sum(_part_cumulative(part, age) for part in model.parts)


def _worn(model: LifeModel, age: float) -> float:
    return sum(_part_cumulative(part, age) for part in model.parts if not isinstance(part, FixedLife))


def _part_cumulative(part: LifePart, age: float) -> float:
    """Cumulative hazard H(x) = -log P(X > x) [1]."""
    if isinstance(part, FixedLife):
        return inf if age >= part.length else 0.0
    if isinstance(part, ExponentialLife):
        return age / part.mean
    if isinstance(part, WeibullLife):
        return float((age / part.scale) ** part.shape)
    if isinstance(part, LognormalLife):
        return -float(log_ndtr(-log(age / part.median) / part.sigma)) if age > 0 else 0.0
    survives = float(np.interp(age, part.ages, part.survival))
    return -log(survives) if survives > 0 else inf


def _hazard(part: LifePart, age: float) -> float:
    """Hazard h(x) = dH/dx of a part that wears out, at an age after 0 [1/d]."""
    if isinstance(part, FixedLife):
        return 0.0
    if isinstance(part, ExponentialLife):
        return 1 / part.mean
    if isinstance(part, WeibullLife):
        return float(part.shape / part.scale * (age / part.scale) ** (part.shape - 1))
    if isinstance(part, LognormalLife):
        z = log(age / part.median) / part.sigma
        return exp(-z * z / 2 - float(log_ndtr(-z))) / (age * part.sigma * sqrt(2 * pi))
    for (low, high), (before, after) in zip(pairwise(part.ages), pairwise(part.survival), strict=True):
        if low <= age < high:
            return (before - after) / (high - low) / float(np.interp(age, part.ages, part.survival))
    return 0.0
