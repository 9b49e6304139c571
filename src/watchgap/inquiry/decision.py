"""What a decision costs and what can be stated surely: the two currencies in which an answer has a worth."""

import numpy as np

from watchgap.inquiry.bins import IntArray, require, require_answer
from watchgap.inquiry.record import TAIL, Decision, FloatArray

REACHED = 1e-9
"""A target is reached but for rounding, and probabilities sum to 1: 0.9 as 1 - 0.1 is 0.9 to 2e-16."""

# Differences of sums that are no more than this share of what was summed are rounding.
_ROUNDING = 1e-12


def losses(decision: Decision) -> FloatArray:
    """Effort that asking for each package leads to in each draw, so that all of them are compared fairly.

    Parameters
    ----------
    decision : packages with assurance [1] and effort [person-day] in each draw.

    Returns
    -------
    FloatArray
        (packages, draws). [person-day]

    Raises
    ------
    OutOfRange : shapes that do not fit; an assurance or effort that is no finite number, or an effort below
        0.

    Notes
    -----
    If package P reaches the target, its loss is its effort e_P. If not, a second visit is needed: the loss
    is e_P and the least effort of the packages that do reach it in that draw. If none does, it is e_P and
    the greatest effort of all packages, so that no choice is rewarded there except for its own effort.

    After the first visit it is taken as known what would have done. A package without any effort would
    therefore always be asked for first: only what costs a visit belongs among the packages.
    """
    assurance, effort = _checked(decision)
    reached = assurance >= np.asarray(decision.target) - REACHED
    least = np.where(reached, effort, np.inf).min(axis=0, initial=np.inf)
    second = np.where(np.isinf(least), effort.max(axis=0, initial=0.0), least)
    return np.where(reached, effort, effort + second)


def tail_mean(values: FloatArray, *, tail: float = TAIL, weights: FloatArray | None = None) -> float:
    """Mean of the worst draws: what can be stated surely.

    Parameters
    ----------
    values : in any unit, (draws,).
    tail : share of the weight that counts as worst, above 0 and at most 1. [1]
    weights : of the draws, (draws,), not below 0 and not all 0; equal if not given. [1]

    Returns
    -------
    float
        In the unit of the values.

    Raises
    ------
    OutOfRange : a shape that does not fit; values that are no numbers; tail or weights out of range.

    Notes
    -----
    The lower expected shortfall: the draw on the edge of the tail counts with the part of its weight that
    lies inside. It is the least mean under any weights of at most 1 / tail times those given, so it never
    falls on average when the draws are parted by what is learned: the gain is never negative.

    References
    ----------
    Acerbi and Tasche, On the coherence of expected shortfall, Journal of Banking and Finance 26 (2002)
    1487-1503.
    """
    check_tail(tail)
    require(values.ndim == 1 and values.size > 0, f"values have the shape {values.shape}, not (draws,)")
    require_answer("the curve", values)
    if weights is None:
        weights = np.ones(values.size)
    require(
        weights.shape == values.shape
        and bool(np.all(weights >= 0.0))
        and 0.0 < float(weights.sum()) < np.inf,
        "weights are not one for each draw, at least 0, and not all 0",
    )
    return weighted_tail_mean(values, weights, tail)


def effort_saved(parts: FloatArray) -> float:
    """Effort saved by answers [person-day]; parts: what each adds to each loss, (packages, answers)."""
    if parts.shape[0] == 0:
        return 0.0
    spent = float(parts.sum(axis=1).min())
    return above_rounding(spent - float(parts.min(axis=0).sum()), spent)


def assurance_gained(tails: FloatArray, whole: FloatArray) -> tuple[float, float]:
    """Gain of the stated curve, and gain by choice of package [1]; neither below 0.

    tails: tail mean of each package's curve and, last, of the stated curve, times the probability of each
    answer, (packages + 1, answers). whole: tail mean of each curve without any answer, (packages + 1,).
    """
    stated = float(tails[-1].sum() - whole[-1])
    if whole.size == 1:
        return above_rounding(stated, 1.0), 0.0
    choice = float(tails[:-1].max(axis=0).sum() - whole[:-1].max())
    return above_rounding(stated, 1.0), above_rounding(choice, 1.0)


def best_of(spent: FloatArray) -> int | None:
    """Position of the package of least expected loss, (packages,) [person-day]; None if there is no package.

    The first of those that differ by rounding alone: which of two equals is named must not hang on the order
    in which a machine adds.
    """
    if spent.size == 0:
        return None
    least = float(spent.min())
    return int(np.argmax(spent <= least + _ROUNDING * least))


def above_rounding(gain: float, scale: float) -> float:
    """Give a gain, or 0 if it is below 0 or no more than the rounding of numbers of this size."""
    return gain if gain > _ROUNDING * scale else 0.0


def weighted_tail_mean(values: FloatArray, weights: FloatArray, tail: float) -> float:
    """Tail mean of values with weights, 0 where no weight is."""
    if not float(weights.sum()) > 0.0:
        return 0.0
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    edge = tail * reached[-1]
    inside = np.diff(np.minimum(reached, edge), prepend=0.0)
    return float(values[order] @ inside / edge)


def tail_weights(counts: IntArray, tail: float) -> FloatArray:
    """Weight of each draw, group by group and in each from worst to best [1].

    Values times weights sum over a group to its tail mean times its share of all draws.
    """
    size = np.repeat(counts, counts)
    position = np.arange(size.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(np.clip(tail * size - position, 0.0, 1.0) / (tail * size.size))


def stated_curve(stated: FloatArray | None, curves: FloatArray, before: int | None) -> FloatArray:
    """The curve whose gain is wanted: the given one, or that of the package asked for without learning."""
    if stated is None:
        require(before is not None, "there is neither a package nor a stated curve; give one of them")
        return np.asarray(curves[before])
    require(
        stated.shape == curves.shape[1:],
        f"the stated curve has the shape {stated.shape}, not {curves.shape[1:]}",
    )
    require_answer("the stated curve", stated)
    return stated


def check_tail(tail: float) -> None:
    """Raise OutOfRange unless a tail is a share of the draws [1]."""
    require(0.0 < tail <= 1.0, f"the tail is {tail}, not a share above 0 and at most 1")


def _checked(decision: Decision) -> tuple[FloatArray, FloatArray]:
    """Assurance [1] and effort [person-day] of a decision that can be computed with."""
    assurance, effort, packages = decision.assurance, decision.effort, len(decision.packages)
    require(
        assurance.ndim == 2 and assurance.shape[0] == packages and assurance.shape[1] > 0,
        f"assurance has the shape {assurance.shape}, not ({packages}, draws) for {packages} packages",
    )
    require(
        effort.shape == assurance.shape,
        f"effort has the shape {effort.shape}, not that of assurance, {assurance.shape}",
    )
    require(
        np.shape(decision.target) in ((), assurance.shape[1:]),
        f"the target has the shape {np.shape(decision.target)}, not one number or one for each draw",
    )
    require_answer("assurance", assurance)
    require_answer("effort", effort)
    require_answer("the target", np.asarray(decision.target))
    require(bool(np.all(effort >= 0.0)), f"an effort is {effort.min(initial=0.0)} person-days; use 0 or more")
    return assurance, effort
