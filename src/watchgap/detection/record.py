"""What the detection rules work on: responses of measures, lives of devices, what is known of a life."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class ExponentialResponse:
    """A measure that records nothing during a length L of visible activity with probability exp(-rate L).

    rate [1/d]: recognition times visible share over the mean interval of a random-interval camera.
    """

    rate: float


@dataclass(frozen=True, slots=True)
class SteppedResponse:
    """A measure that looks at a fixed spacing and unknown phase; each look recognises with one probability.

    spacing [d of overlap between two looks]; recognition [1] per look. With K = L / spacing and
    k = floor(K), it records nothing with probability (1-p)^k (1 - p (K-k)). A fixed-interval camera has
    spacing D / f; an item monitor has spacing 1 / (q f); imagery has spacing revisit / f.
    """

    spacing: float
    recognition: float


@dataclass(frozen=True, slots=True)
class SealResponse:
    """A seal: its opening is found, when it is next verified, with this probability [1] per attachment."""

    recognition: float


Response = ExponentialResponse | SteppedResponse | SealResponse


@dataclass(frozen=True, slots=True)
class FixedLife:
    """A part that lasts exactly so long [d]."""

    length: float


@dataclass(frozen=True, slots=True)
class ExponentialLife:
    """A part with exponential life of this mean [d]."""

    mean: float


@dataclass(frozen=True, slots=True)
class WeibullLife:
    """A part with survival exp(-(x / scale)^shape): scale [d], shape [1]."""

    scale: float
    shape: float


@dataclass(frozen=True, slots=True)
class LognormalLife:
    """A part whose log life is normal: median [d], sigma [1] the standard deviation of the logarithm."""

    median: float
    sigma: float


@dataclass(frozen=True, slots=True)
class TableLife:
    """A part with a survival table, linear between its ages.

    ages [d] ascend from 0; survival [1] falls from 1. After the last age the survival is 0 if the table ends
    at 0; otherwise the remainder never fails.
    """

    ages: tuple[float, ...]
    survival: tuple[float, ...]


LifePart = FixedLife | ExponentialLife | WeibullLife | LognormalLife | TableLife


@dataclass(frozen=True, slots=True)
class LifeModel:
    """A device that lives as long as its first part to fail; with no parts it never fails by itself."""

    parts: tuple[LifePart, ...] = ()


@dataclass(frozen=True, slots=True)
class LifeKnowledge:
    """What is known of one life: its age at death lies in (alive_until, dead_by] [d].

    Equal bounds mean a death at exactly that age (a last record that was read).
    """

    alive_until: float = 0.0
    dead_by: float = inf


@dataclass(frozen=True, slots=True)
class Instrument:
    """A measuring instrument for items: relative standard deviations [1] and false-alarm probability [1]."""

    random: float
    systematic: float
    false_alarm: float
