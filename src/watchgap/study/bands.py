"""How sure a number is: the 5 %, 50 % and 95 % values over the draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Interval:
    """A number over the draws: its 5 %, 50 % and 95 % values, in the number's own unit."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Band:
    """A curve over the draws: its 5 %, 50 % and 95 % values, each (times,); NaN where there is no number."""

    low: FloatArray
    middle: FloatArray
    high: FloatArray

    def at(self, position: int) -> Interval | None:
        """The interval at one time; None where there is no number."""
        if not np.isfinite(self.middle[position]):
            return None
        return Interval(*(float(part[position]) for part in (self.low, self.middle, self.high)))


def interval_of(values: FloatArray) -> Interval:
    """The interval of a number from its values in the draws, (draws,)."""
    return Interval(*(float(one) for one in np.quantile(values, QUANTILES)))


def band_of(curves: FloatArray) -> Band:
    """The band of a curve from its values in the draws, (draws, times).

    Where some draws have a number and others not (the day of an anomaly is not known), the band is that of
    the draws that have one; where none has, it is NaN.
    """
    known = np.isfinite(curves)
    if known.all():
        return Band(*np.quantile(curves, QUANTILES, axis=0))
    some = known.any(axis=0)
    parts = np.full((len(QUANTILES), curves.shape[1]), np.nan)
    parts[:, some] = np.nanquantile(curves[:, some], QUANTILES, axis=0)
    return Band(*parts)
