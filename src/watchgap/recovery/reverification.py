"""Re-verification: what a check that finds nothing must be able to find to bring a probability down."""

import numpy as np

from watchgap.base.errors import OutOfRange
from watchgap.detection.sampling import sample_nondetection, smallest_sample


def required_detection(before: float, after: float) -> float:
    """Detection probability of a check that, finding nothing, brings a probability of diversion down.

    Parameters
    ----------
    before : probability that there was a diversion, before the check, in [0, 1]. [1]
    after : what it shall be once the check has found nothing, in (0, 1). [1]

    Returns
    -------
    float
        max(0, 1 - after/(1-after) (1-before)/before); 0 if nothing is needed. [1]

    Raises
    ------
    OutOfRange : a probability outside its range.

    Notes
    -----
    A silent check multiplies the odds by its non-detection. False alarms are not in it: a check that gives
    some, and gave none, says a little more.

    References
    ----------
    Bayes' rule in the form of odds, any textbook.
    """
    if not 0.0 <= before <= 1.0:
        raise OutOfRange(f"probability before the check is {before}, not in [0, 1]")
    if not 0.0 < after < 1.0:
        raise OutOfRange(f"probability after the check is {after}, not in (0, 1)")
    if before <= after:
        return 0.0
    return 1.0 - after * (1.0 - before) / ((1.0 - after) * before)


def required_sample(
    population: int, items: int, recognition: float, detection: float
) -> tuple[int | None, str]:
    """Least sample that finds defective items with a probability, or why none does.

    Parameters
    ----------
    population : items in the stratum. [item]
    items : defective items among them. [item]
    recognition : probability that a defective item in the sample is recognised, in [0, 1]. [1]
    detection : wanted detection probability, in [0, 1]. [1]

    Returns
    -------
    tuple[int | None, str]
        The sample and what it achieves; None if all items do not suffice, with what they achieve. [item]

    Raises
    ------
    OutOfRange : a detection outside [0, 1]; otherwise as `sample_nondetection`.
    """
    if not 0.0 <= detection <= 1.0:
        raise OutOfRange(f"wanted detection is {detection}, not in [0, 1]")
    if detection == 0.0:
        return 0, "nothing has to be detected"
    if detection < 1.0:
        sample = smallest_sample(population, items, 1.0 - detection, recognition)
    else:
        # Only a sample that must meet a defective item, and never misses it, leaves nothing.
        sample = population - items + 1 if recognition == 1.0 and items > 0 else None
    taken = population if sample is None else sample
    found = 1.0 - float(sample_nondetection(population, np.array(items), taken, recognition))
    if sample is None:
        return None, (
            f"all {population} items, each recognised with {recognition:.4g}, find {items} defective with "
            f"{found:.4g} only; {detection:.4g} is needed"
        )
    return sample, f"{sample} of {population} items find {items} defective with {found:.4g}"
