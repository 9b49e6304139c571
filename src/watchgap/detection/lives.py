"""Lives of devices: survival, the probability of being dead by an age, and its inverse.

A device lives as long as its first part to fail. With H the sum of the cumulative hazards of its parts the
survival is S(x) = P(X > x) = exp(-H(x)). All differences are taken between hazards and not between survivals,
so that small probabilities of death keep their digits.

At a jump the functions are continuous from the right: a part that lasts exactly c days has S(x) = 1 for
x < c and S(c) = 0. A device serviced at u and collected at v functions on [u, min(u + X, v)], so it still
functions for its last instant, and a jump at c moves no probability of detection.
"""

from dataclasses import dataclass, replace
from functools import partial
from math import inf, isfinite
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from watchgap.base.errors import OutOfRange
from watchgap.detection.ranges import require
from watchgap.detection.record import (
    ExponentialLife,
    FixedLife,
    LifeKnowledge,
    LifeModel,
    LognormalLife,
    TableLife,
    WeibullLife,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Law = type[FixedLife] | type[ExponentialLife] | type[WeibullLife] | type[LognormalLife] | TableLife
"""What the parts of like devices have in common: their kind, or a table, which has no other number."""

# An age that no device reaches [d]; it tells "dies late" from "never dies" without overflow.
_BEYOND_ALL_AGES = 1e300
# A quantile is found to this share of itself, or to this many days.
_QUANTILE_SHARE = 1e-10
_QUANTILE_DAYS = 1e-12

# Exponents for which products take less time than a power does.
_WHOLE_EXPONENTS = (1.0, 2.0, 3.0, 4.0)

_NUMBERS: dict[object, tuple[tuple[str, str, str], ...]] = {
    FixedLife: (("length", "length of a fixed life", " d"),),
    ExponentialLife: (("mean", "mean of an exponential life", " d"),),
    WeibullLife: (("scale", "scale of a Weibull life", " d"), ("shape", "shape of a Weibull life", "")),
    LognormalLife: (
        ("median", "median of a lognormal life", " d"),
        ("sigma", "sigma of a lognormal life", ""),
    ),
}


def laws_of(model: LifeModel) -> tuple[Law, ...]:
    """The laws of the parts of a device: devices of the same laws are computed together."""
    return tuple(part if isinstance(part, TableLife) else type(part) for part in model.parts)


def numbers_of(model: LifeModel) -> tuple[float, ...]:
    """The numbers of the parts of a device, in the order of the parts and of their fields."""
    return tuple(getattr(part, field) for part in model.parts for field, _, _ in _NUMBERS.get(type(part), ()))


@dataclass(frozen=True, slots=True)
class Lives:
    """Many devices whose parts have the same laws, with what is known of each.

    numbers: (numbers of the laws, devices); alive_until, dead_by: the interval (alive_until, dead_by] in
    which each died, (devices,) [d].
    """

    laws: tuple[Law, ...]
    numbers: FloatArray
    alive_until: FloatArray
    dead_by: FloatArray
    certain: NDArray[np.bool_]
    """Devices that are taken to die at alive_until exactly, (devices,)."""
    even: NDArray[np.bool_]
    """Devices that are taken to die at any moment of the interval with the same probability, (devices,)."""
    share: FloatArray
    """Share of those alive at alive_until that are dead at dead_by, by the model, (devices,) [1]."""

    @classmethod
    def of(
        cls, laws: tuple[Law, ...], numbers: FloatArray, alive_until: FloatArray, dead_by: FloatArray
    ) -> Self:
        """Take devices together. Raises OutOfRange if a number or interval describes no life."""
        _check_laws(laws, numbers)
        _check_bounds(alive_until, dead_by)
        bounded = np.isfinite(dead_by)
        before = _hazard(laws, numbers, np.zeros_like(alive_until), alive_until)
        within = _hazard(laws, numbers, alive_until, np.where(bounded, dead_by, alive_until))
        excluded = np.isinf(before) | (bounded & (within == 0.0))
        certain = (alive_until == dead_by) | (excluded & ~bounded)
        share = np.where(bounded & ~excluded, -np.expm1(-within), 1.0)
        return cls(laws, numbers, alive_until, dead_by, certain, excluded & ~certain, share)

    @classmethod
    def alone(cls, model: LifeModel, knowledge: LifeKnowledge) -> Self:
        """Take a single device. Raises OutOfRange as `of`."""
        return cls.of(
            laws_of(model),
            np.array(numbers_of(model), dtype=np.float64)[:, None],
            np.array([knowledge.alive_until], dtype=np.float64),
            np.array([knowledge.dead_by], dtype=np.float64),
        )

    def dead(self, device: IntArray, age: FloatArray) -> FloatArray:
        """Probability that devices are dead by ages [d], (n,) and (n, ages); in ages, (n, ages) [1].

        device: the position of each, (n,).
        """
        lower = self.alive_until[device, None]
        within = np.maximum(age, lower)
        upper = self.dead_by[device, None] if np.isfinite(self.dead_by).any() else None
        if upper is not None:
            np.minimum(within, upper, out=within)
        dead = _hazard(self.laws, self.numbers[:, device], self.alive_until[device], within)
        np.negative(np.expm1(np.negative(dead, out=dead), out=dead), out=dead)
        if upper is not None:
            dead /= self.share[device, None]
            np.minimum(dead, 1.0, out=dead)
            dead[age >= upper] = 1.0
        if self.even.any():
            width = np.where(self.even, self.dead_by - self.alive_until, 1.0)[device, None]
            dead = np.where(self.even[device, None], (within - lower) / width, dead)
        if self.certain.any():
            dead = np.where(self.certain[device, None], np.where(age >= lower, 1.0, 0.0), dead)
        return dead

    @property
    def surely_dead(self) -> FloatArray:
        """Age [d] from which each device is dead without doubt, infinite if there is none, (devices,)."""
        lengths = self.numbers[[number for law, number in _listed(self.laws) if law is FixedLife]]
        by_model = np.where(self.even, inf, np.min(lengths, axis=0, initial=inf))
        return np.where(self.certain, self.alive_until, np.minimum(self.dead_by, by_model))

    @property
    def gradual(self) -> Self:
        """The devices without their fixed parts: the same before the age at which they are surely dead."""
        numbers = [number for law, number in _listed(self.laws) if law is not FixedLife]
        laws = tuple(law for law in self.laws if law is not FixedLife)
        return replace(self, laws=laws, numbers=self.numbers[numbers])

    @property
    def turns(self) -> FloatArray:
        """Ages [d] of the tables, at which the probability of being dead is not smooth, (turns, devices)."""
        ages = sorted({age for law in self.laws if isinstance(law, TableLife) for age in law.ages})
        return np.repeat(np.array(ages)[:, None], self.dead_by.size, axis=1)

    @property
    def never_fail(self) -> bool:
        """Whether no device can die."""
        return not self.laws and bool(np.isinf(self.dead_by).all())


def _listed(laws: tuple[Law, ...]) -> list[tuple[Law, int]]:
    """Each number of the parts by its position, with the law that it belongs to."""
    owners = [law for law in laws for _ in _NUMBERS.get(law, ())]
    return [(law, number) for number, law in enumerate(owners)]


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
    alone = Lives.alone(model, LifeKnowledge())
    age = np.asarray(age, dtype=np.float64)
    later = np.maximum(age, 0.0).reshape(1, -1)
    return np.exp(-_hazard(alone.laws, alone.numbers, np.zeros(1), later)).reshape(age.shape)


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
    age = np.asarray(age, dtype=np.float64)
    alone = np.zeros(1, dtype=np.int64)
    return Lives.alone(model, knowledge).dead(alone, age.reshape(1, -1)).reshape(age.shape)


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
    Lives.alone(model, knowledge)
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


def _hazard(laws: tuple[Law, ...], numbers: FloatArray, since: FloatArray, age: FloatArray) -> FloatArray:
    """Cumulative hazard from one age to ages that are not before it, summed over the parts [1].

    It is log(S(since) / S(age)); since (devices,), age (devices,) or (devices, ages).
    """
    shape = (-1,) + (1,) * (age.ndim - 1)
    total = np.zeros_like(age)
    at = 0
    with np.errstate(divide="ignore", over="ignore", under="ignore", invalid="ignore"):
        for law in laws:
            own = len(_NUMBERS.get(law, ()))
            columns = [number.reshape(shape) for number in numbers[at : at + own]]
            total += _part_hazard(law, columns, since.reshape(shape), age)
            at += own
    return total


def _part_hazard(law: Law, numbers: list[FloatArray], since: FloatArray, age: FloatArray) -> FloatArray:
    if isinstance(law, TableLife):
        failed = 1.0 - np.array(law.survival)
        start, later = np.interp(since, law.ages, failed), np.interp(age, law.ages, failed)
        return np.asarray(np.log1p(-start) - np.log1p(-later))
    if law is FixedLife:
        return np.where(age < numbers[0], 0.0, inf)
    if law is ExponentialLife:
        return (age - since) / numbers[0]
    if law is WeibullLife:
        return _weibull_hazard(numbers[0], numbers[1], since, age)
    median, sigma = numbers
    start = np.log(since / median) / sigma
    return np.asarray(log_ndtr(-start) - log_ndtr(-np.log(age / median) / sigma))


def _weibull_hazard(scale: FloatArray, shape: FloatArray, since: FloatArray, age: FloatArray) -> FloatArray:
    whole = _power(age / scale, shape)
    if not since.any():
        return whole
    start = (since / scale) ** shape
    # Close to the start the difference of two powers would cancel.
    near = age < 2.0 * since
    growth = np.expm1(shape * np.log1p(np.where(near, age - since, 0.0) / np.where(since > 0.0, since, 1.0)))
    return np.where(near, start * growth, whole - start)


def _power(base: FloatArray, exponent: FloatArray) -> FloatArray:
    """Powers of numbers that are not below 0; a small whole exponent that all share takes products alone."""
    one = float(exponent.flat[0]) if exponent.size else 1.0
    if one not in _WHOLE_EXPONENTS or not bool((exponent == one).all()):
        return np.asarray(base**exponent)
    raised = base
    for _ in range(int(one) - 1):
        raised = raised * base
    return raised


def _check_laws(laws: tuple[Law, ...], numbers: FloatArray) -> None:
    at = 0
    for law in laws:
        if isinstance(law, TableLife):
            _check_table(law.ages, law.survival)
        for _, name, unit in _NUMBERS.get(law, ()):
            wrong = numbers[at][~((numbers[at] > 0.0) & (numbers[at] < inf))]
            if wrong.size:
                raise OutOfRange(f"{name} is {float(wrong[0])}{unit}, not a finite number above 0")
            at += 1


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


def _check_bounds(lower: FloatArray, upper: FloatArray) -> None:
    wrong = np.flatnonzero(~((lower >= 0.0) & (lower <= upper) & np.isfinite(lower)))
    if wrong.size:
        bounds = f"({float(lower[wrong[0]])}, {float(upper[wrong[0]])}]"
        raise OutOfRange(
            f"life is known to end in {bounds} d, not in an interval with 0 <= alive_until <= dead_by"
        )
