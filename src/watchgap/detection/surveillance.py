"""What a record of surveillance shows: the probability that a measure notices nothing.

A piece is a stretch of visible activity within the life of one device. The device sees the piece until it
dies; all pieces in one life share that one death, so they are joined inside one expectation.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy.special import xlog1py

from watchgap.base.errors import OutOfRange
from watchgap.detection.lives import FloatArray, breaks, death_probability
from watchgap.detection.quadrature import Density, Spans, integrate, panels_over
from watchgap.detection.ranges import require_recognition
from watchgap.detection.record import (
    ExponentialResponse,
    LifeKnowledge,
    LifeModel,
    Response,
    SealResponse,
    SteppedResponse,
)

# Sixteenth of a mean detection time: the exponential is flat enough in it for the lower rule.
_UNITS_PER_MEAN = 16
# (1-p)^k is 0 beyond this exponent; it stands for the infinite decay of a certain look.
_CERTAIN_DECAY = 800.0
# Ages come from differences of days; this much disorder is rounding [d].
_ROUNDING = 1e-9
# Non-detection below this no longer changes an expectation that is accurate to 1e-14.
_NEGLIGIBLE = 1e-17
_STEADY_SHARE = 1e-12
# Columns are worked on in groups of about this many smooth stretches, which bounds the memory.
_STRETCHES_AT_ONCE = 8192


def nondetection(response: Response, length: FloatArray) -> FloatArray:
    """Probability that a measure records nothing of activity of each length.

    Parameters
    ----------
    response : what the measure is.
    length : visible activity while it functions, any shape; less than 0 counts as 0. [d]

    Returns
    -------
    FloatArray
        phi(length), of the shape of `length`; 1 at length 0, never rising. [1]

    Raises
    ------
    OutOfRange : a rate, spacing or recognition that describes no measure; a length that is not finite.

    Notes
    -----
    Exponential: phi(L) = exp(-rate L). Stepped, with K = L / spacing and k = floor(K):
    phi(L) = (1-p)^k (1 - p (K-k)), the mean over a phase that is unknown. Seal: 1-p for each length above 0.
    """
    return np.exp(_log_nondetection(response, np.asarray(length, dtype=np.float64)))


def expected_nondetection(
    model: LifeModel,
    knowledge: LifeKnowledge,
    responses: Sequence[Response],
    begins: FloatArray,
    ends: FloatArray,
) -> FloatArray:
    """Probability that a device notices nothing of several pieces, over all that its life may have been.

    Quadrature to 1e-9 of the result or 1e-14, whichever is more. Pieces that the device certainly outlives,
    or certainly does not see, need none.

    Parameters
    ----------
    model : the parts of the device.
    knowledge : what is known of its life. [d]
    responses : how it responds in each piece, (pieces,); exponential or stepped.
    begins, ends : ages at which each piece begins and ends, (pieces, columns); in each column the pieces
        follow one another and do not overlap; an empty piece begins where it ends. [d]

    Returns
    -------
    FloatArray
        E[prod_j phi_j(clamp(X - begin_j, 0, end_j - begin_j))], (columns,). [1]

    Raises
    ------
    OutOfRange : a seal among the responses; shapes that do not fit; ages that are negative, not finite or
        out of order; a model, knowledge or response that is out of range.

    Notes
    -----
    With L_j the lengths and F the probability of being dead by an age, integration by parts gives

        E = prod_j phi_j(L_j) + sum_j (prod_{i<j} phi_i(L_i)) int_0^{L_j} F(begin_j + y) (-phi_j'(y)) dy.

    No term is negative, so nothing cancels however small the result. The integrals are cut where F is not
    smooth; see `watchgap.detection.quadrature`.
    """
    begins, ends = _pieces(responses, begins, ends)
    lengths = np.maximum(ends - begins, 0.0)
    logs = [_log_nondetection(response, length) for response, length in zip(responses, lengths, strict=True)]
    before = np.zeros(begins.shape[1])
    expected = np.exp(np.sum(logs, axis=0)) if logs else np.ones(begins.shape[1])
    marks = breaks(model, knowledge)
    group = max(1, _STRETCHES_AT_ONCE // (marks.size + 1))
    for j, response in enumerate(responses):
        scale = np.exp(before)
        for first in range(0, begins.shape[1], group):
            columns = slice(first, first + group)
            expected[columns] += _missed_by_death(
                partial(death_probability, model, knowledge),
                response,
                _spans(marks, begins[j, columns], ends[j, columns], scale[columns]),
                known=expected[columns],
            )
        before = before + logs[j]
    return np.minimum(expected, 1.0)


def _pieces(
    responses: Sequence[Response], begins: FloatArray, ends: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The ages of the pieces as arrays, once they are known to be in order."""
    begins, ends = np.asarray(begins, dtype=np.float64), np.asarray(ends, dtype=np.float64)
    for j, response in enumerate(responses):
        if isinstance(response, SealResponse):
            raise OutOfRange(f"response {j} is a seal, not exponential or stepped: a seal has no life")
    if begins.ndim != 2 or begins.shape != ends.shape or begins.shape[0] != len(responses):
        raise OutOfRange(
            f"begins and ends have shapes {begins.shape} and {ends.shape}, "
            f"not ({len(responses)}, columns) for {len(responses)} responses"
        )
    if not (np.all(np.isfinite(begins)) and np.all(np.isfinite(ends)) and np.all(begins >= -_ROUNDING)):
        raise OutOfRange("a piece begins or ends at an age that is not finite and at least 0 d")
    if np.any(ends < begins - _ROUNDING):
        raise OutOfRange("a piece ends before it begins; an empty piece begins where it ends")
    real = ends > begins
    latest = np.maximum.accumulate(np.where(real, ends, 0.0), axis=0)
    if np.any(real[1:] & (begins[1:] < latest[:-1] - _ROUNDING)):
        raise OutOfRange("a piece begins before the one before it ends; pieces must follow one another")
    return begins, ends


def _log_nondetection(response: Response, length: FloatArray) -> FloatArray:
    """Logarithm of `nondetection`."""
    if not np.all(np.isfinite(length)):
        raise OutOfRange("a length of activity is not a finite number of days")
    length = np.maximum(length, 0.0)
    match response:
        case ExponentialResponse(rate):
            if not 0.0 <= rate < np.inf:
                raise OutOfRange(f"rate of a response is {rate} /d, not a finite number of at least 0")
            return -rate * length
        case SteppedResponse(spacing, recognition):
            require_recognition(recognition)
            if not spacing > 0.0:
                raise OutOfRange(f"spacing of looks is {spacing} d, not a number above 0")
            looks = length / spacing
            whole = np.floor(looks)
            with np.errstate(divide="ignore"):
                return np.asarray(xlog1py(whole, -recognition) + np.log1p(-recognition * (looks - whole)))
        case SealResponse(recognition):
            require_recognition(recognition)
            with np.errstate(divide="ignore"):
                return np.where(length > 0.0, np.log1p(-recognition), 0.0)


def _spans(marks: FloatArray, begin: FloatArray, end: FloatArray, scale: FloatArray) -> Spans:
    """The stretches of one piece between the ages where the distribution is not smooth."""
    edges = np.vstack([begin, np.clip(marks[:, None], begin, np.maximum(begin, end)), np.maximum(begin, end)])
    _, owner = kept = np.nonzero(edges[1:] > edges[:-1])
    return Spans(
        owner=owner,
        begin=begin[owner],
        start=edges[:-1][kept] - begin[owner],
        stop=edges[1:][kept] - begin[owner],
        scale=scale[owner],
    )


def _missed_by_death(
    death: partial[FloatArray], response: Response, spans: Spans, *, known: FloatArray
) -> FloatArray:
    """What dying early adds to the non-detection of one piece: scale times int F(begin + y) (-phi'(y)) dy."""
    start_log = _log_nondetection(response, spans.start)
    weight = spans.scale * np.exp(start_log)
    matter = weight > _NEGLIGIBLE
    spans, start_log, weight = _chosen(spans, matter), start_log[matter], weight[matter]
    weight = weight * -np.expm1(_log_nondetection(response, spans.stop) - start_log)
    opening = death(spans.begin + spans.start)
    # The value just before the stop: at the stop itself a part of fixed length may already be dead.
    closing = death(np.nextafter(spans.begin + spans.stop, 0.0))
    # F lies between its two ends, so a steady stretch needs no quadrature.
    doubt = (closing - opening) * weight
    steady = doubt <= _STEADY_SHARE * (known[spans.owner] + opening * weight) + _NEGLIGIBLE
    middle = 0.5 * (opening + np.maximum(opening, closing)) * weight
    added = np.bincount(spans.owner[steady], middle[steady], known.size).astype(np.float64)
    if np.all(steady):
        return added
    density = _density(response)
    panels = panels_over(density, _chosen(spans, ~steady))
    return added + integrate(panels, density, probability=death, known=known + added)


def _chosen(spans: Spans, which: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Spans:
    return Spans(
        spans.owner[which], spans.begin[which], spans.start[which], spans.stop[which], spans.scale[which]
    )


def _density(response: Response) -> Density:
    """The density -phi' of a response that can notice something."""
    match response:
        case ExponentialResponse(rate):
            return Density(1.0 / (_UNITS_PER_MEAN * rate), 1.0 / _UNITS_PER_MEAN, rate, smooth=True)
        case SteppedResponse(spacing, recognition):
            decay = _CERTAIN_DECAY if recognition == 1.0 else -float(np.log1p(-recognition))
            return Density(spacing, decay, recognition / spacing, smooth=False)
        case SealResponse():
            raise OutOfRange("a seal detects at once; it has no density")
