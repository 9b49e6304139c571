"""The distribution of the date of no return, from the assurance of many draws along time."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from watchgap.base.errors import OutOfRange
from watchgap.recovery.record import SURENESS, FloatArray, NoReturn, State

# A target is reached but for rounding: 0.9 as 1 - 0.1 is 0.9 to 2e-16.
_ROUNDING = 1e-9


def reaches(assurance: FloatArray, target: FloatArray) -> NDArray[np.bool_]:
    """Say where assurance reaches a target, of any shapes that fit [1]; where there is no number, not."""
    return np.asarray(assurance >= target - _ROUNDING)


def possible_by(in_hand: FloatArray) -> NDArray[np.bool_]:
    """Say whether any scenario could be over by each time, (draws, times): until then assurance is 1.

    in_hand: assurance in hand [1]. A draw in which it is never below 1 misses nothing: all its times count.
    """
    begun = np.logical_or.accumulate(in_hand < 1.0, axis=1)
    return np.asarray(begun | ~begun[:, -1:])


def no_return(
    package: str,
    times: FloatArray,
    assurance: FloatArray,
    target: FloatArray,
    possible: NDArray[np.bool_] | None = None,
) -> NoReturn:
    """Find the distribution of the last time at which a package still reaches the target.

    Parameters
    ----------
    package : its name.
    times : ascending, (times,). [d]
    assurance : restorable by the package, (draws, times); NaN where there is no number. [1]
    target : wanted assurance of each draw, (draws,). [1]
    possible : whether any scenario could be over by then, (draws, times); a target that is reached for want
        of a scenario is no date. By default everywhere.

    Returns
    -------
    NoReturn
        R_P(t), the last time of each draw, and the dates of SURENESS.

    Raises
    ------
    OutOfRange : shapes that do not fit.

    Notes
    -----
    R_P(t) = P(A_P(t) >= target). The date of no return of a draw is D = max{t : A_P(t) >= target}. The date
    for a probability s is the last t with P(D >= t) >= s. Where A_P only falls both say the same,
    P(D >= t) = R_P(t); where a later visit restores what had been lost, D counts the whole of it.
    """
    if assurance.ndim != 2 or assurance.shape != (target.size, times.size):
        raise OutOfRange(
            f"assurance has the shape {assurance.shape}, not ({target.size}, {times.size}) for "
            f"{target.size} draws at {times.size} times"
        )
    reached = reaches(assurance, target[:, None])
    counts = reached if possible is None else reached & possible
    later = counts[:, ::-1].argmax(axis=1)
    last = times[times.size - 1 - later].astype(np.float64)
    last = np.where(counts[:, -1], np.inf, last)
    last = np.where(counts.any(axis=1), last, -np.inf)
    return NoReturn(package, reached.mean(axis=0), last, {share: date_for(last, share) for share in SURENESS})


def date_for(last: FloatArray, sureness: float) -> float:
    """The last time [d] t with P(D >= t) at least `sureness` [1], from the dates D of the draws, (draws,)."""
    ordered = np.sort(last)[::-1]
    return float(ordered[max(int(np.ceil(sureness * ordered.size - 1e-9)), 1) - 1])


def states_of(
    in_hand: FloatArray, collected: FloatArray, verified: FloatArray, target: FloatArray
) -> Mapping[State, FloatArray]:
    """Say with which probability a claim stands, can be restored, or is beyond recall, along time.

    Parameters
    ----------
    in_hand : assurance in hand, (draws, times); NaN where there is no number. [1]
    collected : with every record that exists and that some access could collect, same shape. [1]
    verified : the most that any package restores, same shape. [1]
    target : wanted assurance of each draw, (draws,). [1]

    Returns
    -------
    Mapping[State, FloatArray]
        Probability of each state at each time, (times,); all 0 where no draw has a number. [1]
    """
    wanted = target[:, None]
    known = np.isfinite(in_hand)
    stands = reaches(in_hand, wanted)
    restorable = ~stands & reaches(collected, wanted)
    at_a_cost = ~stands & ~restorable & reaches(verified, wanted)
    lost = known & ~(stands | restorable | at_a_cost)
    return {
        State.STANDS: stands.mean(axis=0),
        State.RESTORABLE: restorable.mean(axis=0),
        State.AT_A_COST: at_a_cost.mean(axis=0),
        State.IRRETRIEVABLE: lost.mean(axis=0),
    }
