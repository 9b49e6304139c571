"""Swings: how far each unknown moves an answer, from draws that are there already."""

from collections.abc import Mapping
from math import inf, sqrt

import numpy as np

from watchgap.inquiry.bins import bin_means, bins_of, require, require_answer, require_unknown
from watchgap.inquiry.record import FloatArray, Swing

TENTHS = 10
"""Groups of equal count whose first and last are the ends of a swing: its lowest and its highest tenth."""


def swings(
    answer: FloatArray, unknowns: Mapping[str, FloatArray], *, groups: int = TENTHS
) -> tuple[Swing, ...]:
    """Find the mean answer at the low and the high end of each unknown, the widest swing first.

    Given-data estimate: no further runs. The ends are the lowest and the highest tenth of the draws; of an
    unknown with at most ten values, the draws with its least and with its greatest value.

    Parameters
    ----------
    answer : in any unit, (draws,).
    unknowns : values of each unknown by name, (draws,), infinite ones allowed.
    groups : of equal count into which the draws are put, 2 or more: 10 for tenths.

    Returns
    -------
    tuple of Swing
        By falling distance between the two ends, then by name.

    Raises
    ------
    OutOfRange : a shape that does not fit; an answer or a value that is no number; less than 2 groups.

    Notes
    -----
    The standard error of an end is s / sqrt(m), with s the standard deviation of its m answers. The unknown
    is not held at a value: whatever is correlated with it moves along.
    """
    require(answer.ndim == 1 and answer.size > 0, f"the answer has the shape {answer.shape}, not (draws,)")
    require(groups >= 2, f"groups are {groups}; use 2 or more")
    require_answer("the answer", answer)
    found = [_swing(answer, name, np.asarray(values), groups) for name, values in unknowns.items()]
    return tuple(sorted(found, key=lambda swing: (-abs(swing.high_answer - swing.low_answer), swing.name)))


def given_data_share(answer: FloatArray, values: FloatArray, *, bins: int | None = None) -> float:
    """First-order share of one unknown in the variance of an answer, from draws that are there already.

    Correlation ratio of the answer and the groups of draws with like values of the unknown, less its bias.

    Parameters
    ----------
    answer : in any unit, (draws,).
    values : of the unknown, (draws,), infinite ones allowed.
    bins : most groups; by default the square root of the number of draws: its bias being taken off, the
        share can be resolved finely.

    Returns
    -------
    float
        In [0, 1]; 0 for an answer or an unknown that does not vary. [1]

    Raises
    ------
    OutOfRange : shapes that do not fit; an answer or a value that is no number; less than 1 bin.

    Notes
    -----
    With W the sum of squares within the m groups and T that about the mean of all n draws, the ratio is
    1 - W / T, and without bias 1 - (W / (n - m)) / (T / (n - 1)). It is floored at 0, and somewhat too low
    where the answer changes much within a group.

    References
    ----------
    Plischke, Borgonovo and Smith, Global sensitivity measures from given data, European Journal of
    Operational Research 226 (2013) 536-550; Kelley, An unbiased correlation ratio measure, Proceedings of
    the National Academy of Sciences 21 (1935) 554-559.
    """
    require(answer.ndim == 1 and answer.size > 0, f"the answer has the shape {answer.shape}, not (draws,)")
    require(bins is None or bins >= 1, f"bins are {bins}; use 1 or more")
    require_answer("the answer", answer)
    require_unknown("the unknown", values, answer.size)
    return _share(answer, values, _share_bins(answer.size) if bins is None else bins)


def _share_bins(draws: int) -> int:
    return max(1, round(sqrt(draws)))


def _share(answer: FloatArray, values: FloatArray, most: int) -> float:
    bins = bins_of(values, most)
    centred = answer - answer.mean()
    whole = float(centred @ centred)
    spare = answer.size - bins.counts.size
    # What varies by rounding alone does not vary.
    if bins.counts.size == 1 or spare <= 0 or np.ptp(answer) <= 1e-12 * np.abs(answer).max():
        return 0.0
    inner = centred - bin_means(centred, bins)[bins.labels]
    return max(0.0, 1.0 - float(inner @ inner) / whole * (answer.size - 1) / spare)


def _swing(answer: FloatArray, name: str, values: FloatArray, groups: int) -> Swing:
    require_unknown(name, values, answer.size)
    bins = bins_of(values, groups)
    low, high = bins.labels == 0, bins.labels == bins.counts.size - 1
    return Swing(
        name,
        low_value=_middle(values[low]),
        high_value=_middle(values[high]),
        low_answer=float(answer[low].mean()),
        high_answer=float(answer[high].mean()),
        low_error=_standard_error(answer[low]),
        high_error=_standard_error(answer[high]),
        mean_answer=float(answer.mean()),
        share=_share(answer, values, _share_bins(answer.size)),
    )


def _middle(values: FloatArray) -> float:
    """The lower of the middle values: an infinite one must not be averaged with another."""
    return float(np.sort(values)[(values.size - 1) // 2])


def _standard_error(answers: FloatArray) -> float:
    return float(answers.std(ddof=1)) / sqrt(answers.size) if answers.size > 1 else inf
