"""Lives of devices: survival, the probability of being dead by an age, and its inverse.

A device lives as long as its first part to fail. With H the sum of the cumulative hazards of its parts the
survival is S(x) = P(X > x) = exp(-H(x)). All differences are taken between hazards and not between survivals,
so that small probabilities of death keep their digits.

At a jump the functions are continuous from the right: a part that lasts exactly c days has S(x) = 1 for
x < c and S(c) = 0. A device serviced at u and collected at v functions on [u, min(u + X, v)], so it still
functions for its last instant, and a jump at c moves no probability of detection.
"""

from functools import partial
from math import inf, isfinite, isinf, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from watchgap.detection.ranges import require, require_positive
from watchgap.detection.record import (
    ExponentialLife,
    FixedLife,
    LifeKnowledge,
    LifeModel,
    LifePart,
    LognormalLife,
    TableLife,
    WeibullLife,
)

FloatArray = NDArray[np.float64]

# An age that no device reaches [d]; it tells "dies late" from "never dies" without overflow.
_BEYOND_ALL_AGES = 1e300
# A quantile is found to this share of itself, or to this many days.
_QUANTILE_SHARE = 1e-10
_QUANTILE_DAYS = 1e-12


def survival(model: LifeModel, age: FloatArray) -> FloatArray:
    """Probability that a device outlives each age.

    The parts fail independently: their survivals multiply. Continuous from the right.

    Parameters
    ----------
    model : the parts of the device; none of them means that it never fails.
    age : ages since service, any shape; at and before 0 the survival is 1. [d]

    Returns
    -------
    FloatArray
        P(X > age), of the shape of `age`. [1]

    Raises
    ------
    OutOfRange : a part with a length, mean, scale, shape, median, sigma or table that describes no life.
    """
    _check_model(model)
    return np.exp(-_hazard(model, 0.0, np.asarray(age, dtype=np.float64)))


def death_probability(model: LifeModel, knowledge: LifeKnowledge, age: FloatArray) -> FloatArray:
    """Probability that a device is dead by each age, given what is known of its life.

    Parameters
    ----------
    model : the parts of the device.
    knowledge : the interval (alive_until, dead_by] in which it died. [d]
    age : ages since service, any shape. [d]

    Returns
    -------
    FloatArray
        P(X <= age | alive_until < X <= dead_by), of the shape of `age`, never falling with it. [1]

    Raises
    ------
    OutOfRange : a model that describes no life; bounds that are not 0 <= alive_until <= dead_by.

    Notes
    -----
    With lo and hi the bounds, F = (S(lo) - S(age)) / (S(lo) - S(hi)), computed as the quotient of
    1 - exp(-(H(age) - H(lo))) and 1 - exp(-(H(hi) - H(lo))), where S(hi) = 0 if nothing bounds the death
    from above. Equal bounds are a death at exactly that age.

    Facts win over the model. If the model gives the known interval no probability (a film of 80 days that
    was found running after 90, or found at its end after 60), the device functions until alive_until, and
    its death is uniform on (alive_until, dead_by], or at alive_until if dead_by is infinite: nothing is
    credited to a device beyond what was seen of it.
    """
    _check_model(model)
    _check_knowledge(knowledge)
    age = np.asarray(age, dtype=np.float64)
    lower, upper = knowledge.alive_until, knowledge.dead_by
    excluded = _excluded(model, knowledge)
    if lower == upper or (excluded and isinf(upper)):
        return np.where(age >= lower, 1.0, 0.0)
    within = np.clip(age, lower, upper)
    if excluded:
        return (within - lower) / (upper - lower)
    dead = -np.expm1(-_hazard(model, lower, within))
    if isfinite(upper):
        dead = dead / -np.expm1(-_hazard(model, lower, np.asarray(upper)))
    return np.where(age >= upper, 1.0, np.minimum(dead, 1.0))


def breaks(model: LifeModel, knowledge: LifeKnowledge) -> FloatArray:
    """Ages at which the probability of being dead is not smooth.

    They are the bounds of what is known and, between them, the fixed lengths and the ages of tables.

    Parameters
    ----------
    model : the parts of the device.
    knowledge : the interval in which it died. [d]

    Returns
    -------
    FloatArray
        Ascending finite ages, (breaks,); the first is alive_until. [d]

    Raises
    ------
    OutOfRange : as `death_probability`.
    """
    _check_model(model)
    _check_knowledge(knowledge)
    lower, upper = knowledge.alive_until, knowledge.dead_by
    marks = [lower, upper]
    for part in model.parts:
        if isinstance(part, FixedLife):
            marks.append(part.length)
        elif isinstance(part, TableLife):
            marks.extend(part.ages)
    return np.array(sorted({mark for mark in marks if lower <= mark <= upper and isfinite(mark)}))


def life_quantile(model: LifeModel, knowledge: LifeKnowledge, probability: FloatArray) -> FloatArray:
    """Age by which a device is dead with each probability.

    Bisection between the breaks of the distribution, so that a jump is returned exactly.

    Parameters
    ----------
    model : the parts of the device.
    knowledge : the interval in which it died. [d]
    probability : any shape, in [0, 1]. [1]

    Returns
    -------
    FloatArray
        The least age with F(age) >= probability, to 1e-10 of itself or 1e-12 d: alive_until for
        probability 0, infinite where the device never dies with that probability. [d]

    Raises
    ------
    OutOfRange : as `death_probability`; a probability outside [0, 1].
    """
    probability = np.asarray(probability, dtype=np.float64)
    require(bool(np.all((probability >= 0.0) & (probability <= 1.0))), "a probability lies outside [0, 1]")
    death = partial(death_probability, model, knowledge)
    marks = breaks(model, knowledge)
    index = np.searchsorted(death(marks), probability, side="left")
    # Beyond the last break only a limit can reach 1; and a device that may never fail has no such age.
    at_last = death(np.asarray(_BEYOND_ALL_AGES))
    never = (index == marks.size) & ((at_last < probability) | (probability == 1.0))
    sought = np.where(never, 0.0, probability)
    edges = np.append(marks, _age_beyond(model, knowledge, float(np.max(sought, initial=0.0))))
    high = edges[np.minimum(index, marks.size)]
    low = edges[np.maximum(index - 1, 0)]
    while np.any(high - low > np.maximum(_QUANTILE_SHARE * high, _QUANTILE_DAYS)):
        middle = 0.5 * (low + high)
        dead = death(middle) >= sought
        low, high = np.where(dead, low, middle), np.where(dead, middle, high)
    return np.where(never, inf, high)


def _age_beyond(model: LifeModel, knowledge: LifeKnowledge, probability: float) -> float:
    """An age past the last break by which the device is dead with this attainable probability [d]."""
    age = max(1.0, 2.0 * float(breaks(model, knowledge)[-1]))
    while age < _BEYOND_ALL_AGES and death_probability(model, knowledge, np.asarray(age)) < probability:
        age *= 2.0
    return age


def _excluded(model: LifeModel, knowledge: LifeKnowledge) -> bool:
    """Whether the model gives the known interval no probability."""
    lower, upper = knowledge.alive_until, knowledge.dead_by
    if np.isinf(_hazard(model, 0.0, np.asarray(lower))):
        return True
    return isfinite(upper) and bool(_hazard(model, lower, np.asarray(upper)) == 0.0)


def _hazard(model: LifeModel, since: float, age: FloatArray) -> FloatArray:
    """Cumulative hazard from one age to later ages, summed over the parts: log(S(since) / S(age)) [1]."""
    later = np.maximum(age, since)
    total = np.zeros_like(later)
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        for part in model.parts:
            total = total + _part_hazard(part, since, later)
    return total


def _part_hazard(part: LifePart, since: float, age: FloatArray) -> FloatArray:
    match part:
        case FixedLife(length):
            return np.where(age < length, 0.0, inf)
        case ExponentialLife(mean):
            return (age - since) / mean
        case WeibullLife(scale, shape):
            return _weibull_hazard(scale, shape, since, age)
        case LognormalLife(median, sigma):
            start = log(since / median) / sigma if since > 0.0 else -inf
            return np.asarray(log_ndtr(-start) - log_ndtr(-np.log(age / median) / sigma))
        case TableLife(ages, survivals):
            failed = 1.0 - np.array(survivals)
            start, later = np.interp(since, ages, failed), np.interp(age, ages, failed)
            return np.asarray(np.log1p(-start) - np.log1p(-later))


def _weibull_hazard(scale: float, shape: float, since: float, age: FloatArray) -> FloatArray:
    whole = (age / scale) ** shape
    if since == 0.0:
        return whole
    start = np.float64(since / scale) ** shape
    # Close to the start the difference of two powers would cancel.
    near = age < 2.0 * since
    growth = np.expm1(shape * np.log1p(np.where(near, age - since, 0.0) / since))
    return np.where(near, start * growth, whole - start)


def _check_model(model: LifeModel) -> None:
    for part in model.parts:
        match part:
            case FixedLife(length):
                require_positive("length of a fixed life", length, "d")
            case ExponentialLife(mean):
                require_positive("mean of an exponential life", mean, "d")
            case WeibullLife(scale, shape):
                require_positive("scale of a Weibull life", scale, "d")
                require_positive("shape of a Weibull life", shape)
            case LognormalLife(median, sigma):
                require_positive("median of a lognormal life", median, "d")
                require_positive("sigma of a lognormal life", sigma)
            case TableLife(ages, survivals):
                _check_table(ages, survivals)


def _check_table(ages: tuple[float, ...], survivals: tuple[float, ...]) -> None:
    require(
        len(ages) == len(survivals) > 0,
        f"life table has {len(ages)} ages and {len(survivals)} survivals, not one survival for each age",
    )
    require(
        ages[0] == 0.0 and bool(np.all(np.diff(ages) > 0.0)) and isfinite(ages[-1]),
        f"ages of a life table are {ages} d, not finite and ascending from 0",
    )
    require(
        survivals[0] == 1.0 and bool(np.all(np.diff(survivals) <= 0.0)) and survivals[-1] >= 0.0,
        f"survivals of a life table are {survivals}, not falling from 1 towards 0",
    )


def _check_knowledge(knowledge: LifeKnowledge) -> None:
    lower, upper = knowledge.alive_until, knowledge.dead_by
    require(
        0.0 <= lower <= upper and isfinite(lower),
        f"life is known to end in ({lower}, {upper}] d, not in an interval with 0 <= alive_until <= dead_by",
    )
