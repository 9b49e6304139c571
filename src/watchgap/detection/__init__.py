"""Detection: what a measure would have noticed, as pure functions of numbers.

What enters: how a measure responds to activity (`ExponentialResponse`, `SteppedResponse`, `SealResponse`),
how long the device that carries it may have lived (`LifeModel`) and what is known of that life
(`LifeKnowledge`); for verification, the items, the defects and the sample, and the `Instrument` that looks at
them. Ages and lengths are in days, masses in kilograms; no dates, no names, no case.

What leaves: probabilities of non-detection, in arrays of the shape of what varied, and numbers of items. They
multiply where measures are independent; which ones are is said by the rooms that use these rules.

A camera with a picture every 20 minutes on average, a film of 100 days and electronics that fail once in two
years on average, watching an act of two hours 80 days after service:

    >>> import numpy as np
    >>> film_and_electronics = LifeModel((FixedLife(100.0), ExponentialLife(730.0)))
    >>> camera, act = ExponentialResponse(72.0), np.array([[80.0]])
    >>> expected_nondetection(film_and_electronics, LifeKnowledge(), [camera], act, act + 2 / 24).round(4)
    array([0.106])

Found running at its collection after 90 days, it leaves less room for doubt:

    >>> expected_nondetection(film_and_electronics, LifeKnowledge(90.0), [camera], act, act + 2 / 24).round(4)
    array([0.0025])

Where to look next: `lives` (survival, death, quantiles), `surveillance` (measures that watch), `quadrature`
(the integral between these two), `sampling` (items verified), `instruments` (items measured).
"""

from watchgap.detection.instruments import recognition
from watchgap.detection.lives import breaks, death_probability, life_quantile, survival
from watchgap.detection.record import (
    ExponentialLife,
    ExponentialResponse,
    FixedLife,
    Instrument,
    LifeKnowledge,
    LifeModel,
    LifePart,
    LognormalLife,
    Response,
    SealResponse,
    SteppedResponse,
    TableLife,
    WeibullLife,
)
from watchgap.detection.sampling import (
    defects_needed,
    items_removed_by,
    sample_nondetection,
    sample_size_jaech,
    sample_size_power,
    smallest_sample,
)
from watchgap.detection.surveillance import expected_nondetection, nondetection

__all__ = [
    "ExponentialLife",
    "ExponentialResponse",
    "FixedLife",
    "Instrument",
    "LifeKnowledge",
    "LifeModel",
    "LifePart",
    "LognormalLife",
    "Response",
    "SealResponse",
    "SteppedResponse",
    "TableLife",
    "WeibullLife",
    "breaks",
    "death_probability",
    "defects_needed",
    "expected_nondetection",
    "items_removed_by",
    "life_quantile",
    "nondetection",
    "recognition",
    "sample_nondetection",
    "sample_size_jaech",
    "sample_size_power",
    "smallest_sample",
    "survival",
]
