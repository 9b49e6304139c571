"""Measuring instruments: the probability that an item with a defect is recognised as defective."""

from math import hypot, inf

from scipy.special import ndtr, ndtri

from watchgap.base.errors import OutOfRange
from watchgap.detection.record import Instrument


def recognition(instrument: Instrument, fraction: float) -> float:
    """Probability that an instrument recognises an item from which a fraction is gone.

    The item is called defective if the relative difference, declared less measured over declared, exceeds
    the threshold that a sound item exceeds with the false-alarm probability.

    Parameters
    ----------
    instrument : relative standard deviations of the difference and false-alarm probability. [1]
    fraction : share of the item's declared material that is gone, g, in (0, 1]. [1]

    Returns
    -------
    float
        p = Phi(g / s - z), with s the root of the sum of the squared deviations and z the normal quantile
        of 1 - false alarm. [1]

    Raises
    ------
    OutOfRange : a deviation that is not finite or below 0, or both 0; a false alarm outside (0, 1); a
        fraction outside (0, 1].

    Notes
    -----
    One-sided. The deviations are relative to the *declared* amount and are the same however much is gone.
    The other form in use, p = Phi((g - z s) / (s (1 - g))), lets the error shrink with what is left; it
    gives higher recognition above the threshold (g = 0.4, s = 0.1, z = 3: 0.952 instead of 0.841). The form
    here is the more cautious of the two there, and holds for g = 1. For a threshold of k standard deviations
    use the false alarm Phi(-k): 0.00135 for three.
    The systematic error is drawn anew for each item here; shared by several items it makes their outcomes
    dependent, which a product of their non-detections leaves out.

    References
    ----------
    Avenhaus and Canty, Compliance Quantified, Cambridge University Press, 1996 (variables sampling).
    """
    deviations = (instrument.random, instrument.systematic)
    spread = hypot(*deviations)
    if not (min(deviations) >= 0.0 and 0.0 < spread < inf):
        raise OutOfRange(
            f"relative standard deviations are {instrument.random} (random) and {instrument.systematic} "
            "(systematic), not finite, at least 0 and not both 0"
        )
    if not 0.0 < instrument.false_alarm < 1.0:
        raise OutOfRange(f"false-alarm probability is {instrument.false_alarm}, not in (0, 1)")
    if not 0.0 < fraction <= 1.0:
        raise OutOfRange(f"defect fraction is {fraction}, not in (0, 1]")
    # z of 1 - alpha as -z of alpha, which keeps the digits of a small alpha.
    return float(ndtr(fraction / spread + ndtri(instrument.false_alarm)))
