"""What an inspection has to find, what it may use, and the plan that comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf


class Samples(StrEnum):
    """How the samples of several activities on one stratum are drawn.

    INDEPENDENT: each activity draws from all items, and non-detections multiply. DISJOINT: no item is taken
    by two activities.
    """

    INDEPENDENT = "independent"
    DISJOINT = "disjoint"


class Status(StrEnum):
    """What is known of a plan.

    OPTIMAL: it reaches every target within the caps, and no plan does so with less effort. UNREACHABLE: no
    plan reaches every target, even without caps. OVER_A_CAP: no plan reaches every target within the caps.
    OPEN: the search was given up; the plan holds, and the optimum lies between the bound and its effort.
    """

    OPTIMAL = "optimal"
    UNREACHABLE = "unreachable"
    OVER_A_CAP = "over a cap"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Threat:
    """A scenario that the inspection has to find, once it is over.

    items: defective items [item]. nondetection: what is left undetected without the activities of the plan
    [1]. target: wanted detection probability, in (0, 1) [1]. recognition: probability that an activity
    recognises a defective item in its sample [1]; an activity that is missing recognises none.
    """

    name: str
    stratum: str
    items: int
    nondetection: float
    target: float
    recognition: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity that may be carried out on a sample of a stratum.

    fixed_effort: [person-day], once if any item is taken. effort_per_item: [person-day/item]. false_alarm:
    probability that a sound item in the sample gives an alarm [1]. most_items: the most that access, or the
    population, allows [item].
    """

    activity: str
    stratum: str
    fixed_effort: float
    effort_per_item: float
    false_alarm: float
    most_items: int


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits on a whole plan.

    effort: [person-day], with the base effort. items: by activity, over all strata [item]. false_alarms:
    greatest probability of one or more false alarms [1], None for no limit.
    """

    effort: float = inf
    items: Mapping[str, int] = field(default_factory=dict)
    false_alarms: float | None = None


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """What is wanted of an inspection.

    populations: items by stratum [item]. base_effort: of the visit itself [person-day].
    """

    populations: Mapping[str, int]
    threats: tuple[Threat, ...]
    offers: tuple[Offer, ...]
    base_effort: float = 0.0
    caps: Caps = field(default_factory=Caps)
    samples: str = Samples.INDEPENDENT


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One activity on a sample of one stratum: sample [item], effort with the fixed part [person-day]."""

    activity: str
    stratum: str
    sample: int
    effort: float


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A threat that no plan finds with the wanted probability: the best that can be had [1], and why."""

    threat: str
    best: float
    target: float
    why: str


@dataclass(frozen=True, slots=True)
class Excess:
    """A cap that the plan does not keep.

    cap: 'effort', 'false alarms' or the name of an activity. allowed: by the cap. needed: by the plan, which
    takes the least effort. least: what no plan that reaches the targets can do without, whatever else it
    does. [person-day], [1] or [item].
    """

    cap: str
    allowed: float
    needed: float
    least: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Sample sizes, what they achieve, and the proof that less effort does not.

    lines: samples above 0, in the order of the offers. effort: with the base effort; bound: no plan that does
    the same needs less; gap: the one less the other [person-day]. assurance: 1 less the greatest
    non-detection after the plan over all threats [1]; binding: the threat that attains it, None without
    threats. nondetection: by threat [1]. false_alarm: probability of one or more false alarms [1].
    shortfalls: of an unreachable plan, which does its best for these threats and reaches the target of all
    others. excesses: the caps that the plan breaks; it is then the plan of least effort without caps. proof:
    in words.
    """

    status: Status
    lines: tuple[PlanLine, ...]
    effort: float
    bound: float
    assurance: float
    binding: str | None
    nondetection: Mapping[str, float]
    false_alarm: float
    proof: str
    shortfalls: tuple[Shortfall, ...] = ()
    excesses: tuple[Excess, ...] = ()

    @property
    def gap(self) -> float:
        """Effort less its proved lower bound [person-day]."""
        return self.effort - self.bound


@dataclass(frozen=True, slots=True)
class ParetoPoint:
    """A plan that no other beats: more assurance [1] takes more effort [person-day], less gives less."""

    effort: float
    assurance: float
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A plan by a rule in use, with what it achieves exactly.

    effort: with the base effort [person-day]. nondetection: exact, by threat [1]. assurance: [1]. reached:
    whether every target is reached. difference: effort beyond the least [person-day].
    """

    rule: str
    lines: tuple[PlanLine, ...]
    effort: float
    nondetection: Mapping[str, float]
    assurance: float
    binding: str | None
    reached: bool
    difference: float
