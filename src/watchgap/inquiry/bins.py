"""Draws put into groups by the value of one unknown: the common ground of all estimates from given draws."""

from dataclasses import dataclass
from math import cbrt

import numpy as np
from numpy.typing import NDArray

from watchgap.base.errors import OutOfRange
from watchgap.inquiry.record import FloatArray

IntArray = NDArray[np.int64]

FEWEST = 64
"""Draws that a group has at least by default: its worst tenth is then still a mean of several draws."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Groups of draws, ascending by value: the group of each draw, and the size and range of each group.

    labels (draws,); counts, low, high (bins,).
    """

    labels: IntArray
    counts: IntArray
    low: FloatArray
    high: FloatArray


def usual_bins(draws: int) -> int:
    """Usual number of groups: the cube root of the number of draws, each of `FEWEST` draws or more.

    What is lost by the width of a group falls with the square of their number, and the bias of their means
    grows with it over the number of draws: the sum is least near the cube root.
    """
    return max(1, min(round(cbrt(draws)), draws // FEWEST))


def bins_of(values: FloatArray, most: int) -> Bins:
    """Put draws into at most so many groups of equal count, or by value if there are no more values.

    Draws with equal values are never parted: the middle of their ranks decides where they go.

    Parameters
    ----------
    values : of one unknown, (draws,), infinite ones allowed.
    most : greatest number of groups.

    Returns
    -------
    Bins
        The groups, none of them empty.
    """
    distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    group = np.arange(distinct.size)
    if distinct.size > most:
        middle = np.cumsum(counts) - 0.5 * counts
        group = np.unique(np.floor(middle * most / values.size), return_inverse=True)[1]
    labels = group[place]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(starts[1:], distinct.size) - 1
    return Bins(labels, np.bincount(labels), distinct[starts], distinct[ends])


def bin_means(answer: FloatArray, bins: Bins) -> FloatArray:
    """Mean of an answer, (draws,), in each group, (bins,)."""
    return np.asarray(np.bincount(bins.labels, weights=answer) / bins.counts)


def require(holds: bool, message: str) -> None:
    """Raise OutOfRange with the message unless the condition holds."""
    if not holds:
        raise OutOfRange(message)


def require_unknown(name: str, values: FloatArray, draws: int) -> None:
    """Raise OutOfRange unless an unknown has one value, possibly infinite, for each draw."""
    require(
        values.shape == (draws,),
        f"values of '{name}' have the shape {values.shape}, not ({draws},): one for each draw",
    )
    require(not bool(np.isnan(values).any()), f"a value of '{name}' is no number; give one for each draw")


def require_answer(name: str, values: FloatArray) -> None:
    """Raise OutOfRange unless every value of an answer is a finite number."""
    missing = int(np.count_nonzero(~np.isfinite(values)))
    require(
        missing == 0,
        f"{missing} of {values.size} values of {name} are no finite number; give a number for every draw",
    )
