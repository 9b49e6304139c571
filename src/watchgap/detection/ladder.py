"""What many sampling plans miss of every number of defective items, climbed from none upwards.

`watchgap.detection.sampling` computes the same for one plan and any number of defective items.
"""

import numpy as np
from numpy.typing import NDArray

from watchgap.base.errors import OutOfRange
from watchgap.detection.lives import FloatArray, IntArray


def ladder_holds(
    population: FloatArray, sample: FloatArray, recognition: FloatArray, most: IntArray
) -> NDArray[np.bool_]:
    """Say for which plans every step up to so many defective items adds up terms of one sign.

    That is so while D (2 - p) <= N - n p; a plan that describes no sample is not one of them. All (plans,).
    """
    described = (sample >= 0) & (sample <= population) & (recognition >= 0.0) & (recognition <= 1.0)
    positive = (most - 1) * (2.0 - recognition) <= population - sample * recognition
    return np.asarray(described & (most >= 0) & (most <= population) & positive)


def nondetection_ladder(
    population: FloatArray, sample: FloatArray, recognition: FloatArray, most: IntArray
) -> FloatArray:
    """Probability that each of many random samples shows no defect, for every number of defective items.

    Parameters
    ----------
    population : items in the stratum of each plan, N, (plans,). [1]
    sample : items taken without replacement, n, (plans,). [1]
    recognition : probability that a defective item in the sample is recognised, p, (plans,). [1]
    most : greatest number of defective items, D, (plans,). [1]

    Returns
    -------
    FloatArray
        The non-detection for 0, 1, .. max(most) defective items, (plans, max(most) + 1); without
        meaning above the `most` of the plan. [1]

    Raises
    ------
    OutOfRange : a plan for which `ladder_holds` does not.

    Notes
    -----
    The sum over the number found is the hypergeometric function F(-D, -n; -N; p), and the relation between
    three neighbours in D is

        (N - D) f(D+1) = (N - n p - D (2 - p)) f(D) + D (1 - p) f(D-1),   f(0) = 1.

    No term is negative, so the relative error grows only with the number of steps.

    References
    ----------
    Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 15.2.11 (Gauss' relations).
    """
    if not bool(ladder_holds(population, sample, recognition, most).all()):
        raise OutOfRange("a sampling plan lies outside the range in which its ladder can be climbed")
    top = int(most.max(initial=0))
    ladder = np.full((top + 1, population.size), np.nan)
    ladder[0] = 1.0
    none, both, unseen = population - sample * recognition, 2.0 - recognition, 1.0 - recognition
    # Plans of many defective items first spare the rungs above the others.
    wanted = np.zeros(top, dtype=np.int64)
    for plan, gone in enumerate(most.tolist()):
        wanted[:gone] = plan + 1
    for found, some in enumerate(wanted.tolist()):
        step = (none[:some] - found * both[:some]) * ladder[found, :some]
        if found:
            step += (found * unseen[:some]) * ladder[found - 1, :some]
        # Above the greatest number of a plan its rungs mean nothing; they only have to stay finite.
        ladder[found + 1, :some] = step / np.maximum(population[:some] - found, 1.0)
    return ladder.T


__all__ = ["ladder_holds", "nondetection_ladder"]
