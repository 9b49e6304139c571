"""What a record of surveillance shows: the probability that a measure notices nothing.

A piece is a stretch of visible activity within the life of one device. The device sees the piece until it
dies; all pieces in one life share that one death, so they are joined inside one expectation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlog1py

from watchgap.base.errors import OutOfRange
from watchgap.detection.lives import FloatArray, IntArray, Lives
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
# Logarithm of a non-detection that no later part of a record can change by anything that counts.
_OVER = -45.0
# Columns are worked on in groups of this many, which bounds the memory.
_COLUMNS_AT_ONCE = 16384

_RATE = "rate of a response is {} /d, not a finite number of at least 0"
_SPACING = "spacing of looks is {} d, not a number above 0"


@dataclass(frozen=True, slots=True)
class Behaviours:
    """How many devices respond to one piece of a record: responses of one kind.

    numbers: the fields of the response, (fields, devices).
    """

    kind: type[Response]
    numbers: FloatArray

    @classmethod
    def of(cls, kind: type[Response], numbers: FloatArray) -> Self:
        """Take responses together. Raises OutOfRange if a number describes no measure."""
        if kind is ExponentialResponse:
            _refuse(numbers[0], ~((numbers[0] >= 0.0) & (numbers[0] < np.inf)), _RATE)
        else:
            for recognition in numbers[-1][~((numbers[-1] >= 0.0) & (numbers[-1] <= 1.0))]:
                require_recognition(float(recognition))
            if kind is SteppedResponse:
                _refuse(numbers[0], ~(numbers[0] > 0.0), _SPACING)
        return cls(kind, numbers)

    def chosen(self, device: IntArray) -> Self:
        """The devices of these positions; one may be wanted many times."""
        return type(self)(self.kind, self.numbers[:, device])


def numbers_of_response(response: Response) -> FloatArray:
    """The numbers of a response in the order of its fields, (fields,)."""
    match response:
        case ExponentialResponse(rate):
            return np.array([rate], dtype=np.float64)
        case SteppedResponse(spacing, recognition):
            return np.array([spacing, recognition], dtype=np.float64)
        case SealResponse(recognition):
            return np.array([recognition], dtype=np.float64)


def _refuse(numbers: FloatArray, wrong: NDArray[np.bool_], message: str) -> None:
    if wrong.any():
        raise OutOfRange(message.format(float(numbers[wrong][0])))


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
    behaviours = Behaviours.of(type(response), numbers_of_response(response)[:, None])
    length = np.asarray(length, dtype=np.float64)
    return np.exp(_log_nondetection(behaviours, length.reshape(-1))).reshape(length.shape)


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
    behaviours = [Behaviours.of(type(one), numbers_of_response(one)[:, None]) for one in responses]
    alone = Lives.alone(model, knowledge)
    return expected_nondetections(alone, behaviours, np.zeros(begins.shape[1], dtype=np.int64), begins, ends)


def expected_nondetections(
    lives: Lives, behaviours: Sequence[Behaviours], device: IntArray, begins: FloatArray, ends: FloatArray
) -> FloatArray:
    """Probability that each of many devices notices nothing of several pieces.

    Parameters
    ----------
    lives : the devices, all with parts of the same laws, and what is known of their lives. [d]
    behaviours : how they respond in each piece, (pieces,); exponential or stepped.
    device : the device of each column, (columns,).
    begins, ends : as of `expected_nondetection`, taken as they are, (pieces, columns). [d]

    Returns
    -------
    FloatArray
        As of `expected_nondetection`, (columns,). [1]

    Notes
    -----
    The rule of `expected_nondetection`, which is this for one device.
    """
    new = _distinct(behaviours, device, begins, ends)
    if new.size < device.size:
        kept = np.searchsorted(new, np.arange(device.size), side="right") - 1
        return expected_nondetections(lives, behaviours, device[new], begins[:, new], ends[:, new])[kept]
    ends = np.maximum(ends, begins)
    own = [one.chosen(device) for one in behaviours]
    logs = [_log(one, end - begin) for one, begin, end in zip(own, begins, ends, strict=True)]
    before = np.zeros(device.size)
    expected = np.exp(np.sum(logs, axis=0)) if logs else np.ones(device.size)
    if lives.never_fail:
        return expected
    dying = _Dying(lives, lives.gradual, lives.surely_dead, lives.turns)
    for piece, behaviour in enumerate(own):
        scale = np.exp(before)
        for first in range(0, device.size, _COLUMNS_AT_ONCE):
            some = slice(first, first + _COLUMNS_AT_ONCE)
            expected[some] += _missed_by_death(
                dying,
                device[some],
                Behaviours(behaviour.kind, behaviour.numbers[:, some]),
                _Piece(begins[piece, some], ends[piece, some], scale[some], logs[piece][some]),
                known=expected[some],
            )
        before = before + logs[piece]
    return np.minimum(expected, 1.0)


def _distinct(
    behaviours: Sequence[Behaviours], device: IntArray, begins: FloatArray, ends: FloatArray
) -> IntArray:
    """Columns that do not have the value of the one before: same device and age, and no end to be seen.

    Every start before the beginning of a life meets it at the same age, and what begins long enough before
    its end has been noticed by then if it ever will be.
    """
    new = np.ones(device.size, dtype=np.bool_)
    if behaviours:
        log = _log(behaviours[0].chosen(device), np.maximum(ends[0] - begins[0], 0.0))
        over = log < _OVER
        same = (device[1:] == device[:-1]) & (begins[0, 1:] == begins[0, :-1])
        new[1:] = ~(same & over[1:] & over[:-1])
    return np.flatnonzero(new)


@dataclass(frozen=True, slots=True)
class _Dying:
    """Devices, the same without fixed parts, when they are surely dead, and the turns of tables [d]."""

    lives: Lives
    gradual: Lives
    surely_dead: FloatArray
    turns: FloatArray


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece in each column: its ages [d], the factor of all before it [1], its log non-detection."""

    begin: FloatArray
    end: FloatArray
    scale: FloatArray
    log: FloatArray


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


def _log_nondetection(behaviours: Behaviours, length: FloatArray) -> FloatArray:
    """Logarithm of `nondetection`; length (devices,) or of a shape that broadcasts with it."""
    if not np.all(np.isfinite(length)):
        raise OutOfRange("a length of activity is not a finite number of days")
    return _log(behaviours, np.maximum(length, 0.0))


def _log(behaviours: Behaviours, length: FloatArray) -> FloatArray:
    """Logarithm of `nondetection` for lengths that are not below 0."""
    if behaviours.kind is ExponentialResponse:
        return np.asarray(-behaviours.numbers[0] * length)
    with np.errstate(divide="ignore"):
        if behaviours.kind is SealResponse:
            return np.where(length > 0.0, np.log1p(-behaviours.numbers[0]), 0.0)
        spacing, recognition = behaviours.numbers
        looks = length / spacing
        whole = np.floor(looks)
        return np.asarray(xlog1py(whole, -recognition) + np.log1p(-recognition * (looks - whole)))


def _missed_by_death(
    dying: _Dying, device: IntArray, behaviours: Behaviours, piece: _Piece, *, known: FloatArray
) -> FloatArray:
    """What dying early adds to the non-detection of one piece: scale times int F(begin + y) (-phi'(y)) dy.

    Before what is known to have been survived F is 0, and from where the device is surely dead on it is 1.
    """
    added = np.zeros(device.size)
    gone = np.clip(dying.surely_dead[device], piece.begin, piece.end)
    certain = np.flatnonzero(gone < piece.end)
    log = _log(behaviours.chosen(certain), gone[certain] - piece.begin[certain])
    weight = piece.scale[certain] * np.exp(log)
    matter = np.flatnonzero(weight > _NEGLIGIBLE)
    certain = certain[matter]
    added[certain] = weight[matter] * -np.expm1(piece.log[certain] - log[matter])
    spans = _spans(dying, device, piece, gone)
    return added + _in_doubt(dying.gradual, device, behaviours, spans, known=known + added)


def _spans(dying: _Dying, device: IntArray, piece: _Piece, gone: FloatArray) -> Spans:
    """The stretches in which a device may have died, between the turns of its tables; gone: their end [d]."""
    alive = np.clip(dying.lives.alive_until[device], piece.begin, piece.end)
    which = np.flatnonzero(gone > alive)
    turns = np.clip(dying.turns[:, device[which]], alive[which], gone[which])
    edges = np.vstack([alive[which], turns, gone[which]])
    place, column = np.nonzero(edges[1:] > edges[:-1])
    owner = which[column]
    begin = piece.begin[owner]
    return Spans(
        owner=owner,
        begin=begin,
        start=edges[place, column] - begin,
        stop=edges[place + 1, column] - begin,
        scale=piece.scale[owner],
    )


def _in_doubt(
    lives: Lives, device: IntArray, behaviours: Behaviours, spans: Spans, *, known: FloatArray
) -> FloatArray:
    """What dying adds in stretches in which it is smooth and neither certain nor excluded."""
    own = behaviours.chosen(spans.owner)
    start_log = _log(own, spans.start)
    weight = spans.scale * np.exp(start_log)
    matter = np.flatnonzero(weight > _NEGLIGIBLE)
    if not matter.size:
        return np.zeros(known.size)
    spans, own, start_log = _chosen(spans, matter), own.chosen(matter), start_log[matter]
    weight = weight[matter] * -np.expm1(_log(own, spans.stop) - start_log)
    # The value just before the stop: at the stop itself the device may already be dead.
    ages = np.stack([spans.begin + spans.start, np.nextafter(spans.begin + spans.stop, 0.0)], axis=1)
    opening, closing = lives.dead(device[spans.owner], ages).T
    # F lies between its two ends, so a steady stretch needs no quadrature.
    doubt = (closing - opening) * weight
    steady = doubt <= _STEADY_SHARE * (known[spans.owner] + opening * weight) + _NEGLIGIBLE
    middle = 0.5 * (opening + np.maximum(opening, closing)) * weight
    added = np.bincount(spans.owner[steady], middle[steady], known.size).astype(np.float64)
    left = np.flatnonzero(~steady)

    def dead(owner: IntArray, age: FloatArray) -> FloatArray:
        return lives.dead(device[owner], age)

    for recognition in _recognitions(own, left):
        like = left if recognition is None else left[own.numbers[1][left] == recognition]
        density = _density(behaviours, recognition)
        panels = panels_over(density, _chosen(spans, like))
        added += integrate(panels, density, probability=dead, known=known + added)
    return added


def _recognitions(behaviours: Behaviours, which: IntArray) -> Sequence[float | None]:
    """The recognitions of looks, each of which needs rules of its own; one rule serves all exponentials."""
    if not which.size:
        return ()
    if behaviours.kind is ExponentialResponse:
        return (None,)
    return [float(one) for one in np.unique(behaviours.numbers[1][which])]


def _chosen(spans: Spans, which: IntArray) -> Spans:
    return Spans(
        spans.owner[which], spans.begin[which], spans.start[which], spans.stop[which], spans.scale[which]
    )


def _density(behaviours: Behaviours, recognition: float | None) -> Density:
    """The density -phi' of responses that can notice something; looks all have one recognition."""
    if recognition is None:
        rate = behaviours.numbers[0]
        # A rate of 0 has no density and no span that needs one.
        unit = 1.0 / (_UNITS_PER_MEAN * np.where(rate > 0.0, rate, 1.0))
        return Density(unit, 1.0 / _UNITS_PER_MEAN, rate, smooth=True)
    spacing = behaviours.numbers[0]
    decay = _CERTAIN_DECAY if recognition == 1.0 else -float(np.log1p(-recognition))
    return Density(spacing, decay, recognition / spacing, smooth=False)
