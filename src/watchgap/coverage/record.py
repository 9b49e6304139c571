"""What is known of each measure's record: its lives, what was found of them, and where the record lies."""

from dataclasses import dataclass, field
from math import inf

from watchgap.detection.record import LifeModel

NEVER = inf


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that became known about one life of a device.

    known: time [d] at which it became known; alive_until, dead_by: bounds on the time [d] of death.
    """

    known: float
    alive_until: float
    dead_by: float


@dataclass(frozen=True, slots=True)
class Holding:
    """A stretch of one life's record, and where it is.

    begins, ends: the stretch [d], `ends` infinite while the device is still in place.
    in_hand: time [d] at which all of it came into hand; NEVER while it has not.
    lost: time [d] at which it was taken away or destroyed; NEVER if it was not.
    lag: for a record that is transmitted, the days after which each instant of it counts; then `in_hand`
    is not used. None for a record that has to be collected.
    custody: the custody period of the operator in which it lay, or None.
    """

    begins: float
    ends: float
    in_hand: float = NEVER
    lost: float = NEVER
    lag: float | None = None
    custody: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One life of a device, from a service or installation to the next service or removal.

    begins, ends: [d], `ends` infinite while it is in place; the device functions on [begins, min(begins +
    X, ends)]. holdings are in order of time and do not overlap.
    """

    begins: float
    ends: float
    model: LifeModel
    findings: tuple[Finding, ...] = ()
    holdings: tuple[Holding, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    """All that is known of one measure.

    For a seal each life is one attachment period, with a life model that has no parts.
    """

    measure: str
    kind: str
    lives: tuple[Life, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a measure's timeline that has one state, as known at the time of assessment.

    state: 'seen' (functioned, record in hand), 'recorded' (functioned, record not in hand),
    'blind' (could not observe, or the record is lost) or 'not known'.
    functioning: probability [1] that it functioned, at the beginning and at the end of the stretch.
    why: a few words with the facts behind the state.
    """

    begins: float
    ends: float
    state: str
    functioning: tuple[float, float]
    why: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The timeline of one measure at a time of assessment.

    blind_since: (5 %, 50 %, 95 %) times [d] at which the present blindness began, None if it is not blind;
    the three are equal when the time is known.
    """

    measure: str
    name: str
    point: str
    stretches: tuple[Stretch, ...]
    blind_since: tuple[float, float, float] | None = field(default=None)
