"""The record of an inspection plan: what to do where, what it achieves and costs, and the proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from watchgap.study.bands import Interval
from watchgap.study.record import Origin


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One activity on a sample of one stratum: sample and population [item], effort [person-day]."""

    activity: str
    activity_text: str
    stratum: str
    stratum_name: str
    population: int
    sample: int
    effort: float


@dataclass(frozen=True, slots=True)
class ThreatLine:
    """One scenario that the plan has to find, with its non-detection before and after the plan [1]."""

    scenario: str
    claim: str
    stratum: str
    items: int
    before: float
    after: float
    target: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A scenario that no plan can find with the wanted probability: the best that can be had [1], and why."""

    scenario: str
    best: float
    target: float
    why: str


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """The best plan under one access: that of a package, with all that lower levels allow.

    status: 'optimal', 'unreachable', 'over a cap', or 'open' if the proof was not finished. visit_effort,
    effort, bound: [person-day]; bound is proved: no plan needs less. assurance: 1 less the greatest
    non-detection after the plan [1]. false_alarm: probability of one or more false alarms [1]. proof: in
    words.
    """

    access: str
    access_name: str
    level: str
    status: str
    visit_effort: float
    effort: float
    bound: float
    assurance: float
    binding: str | None
    false_alarm: float
    lines: tuple[ActivityLine, ...]
    threats: tuple[ThreatLine, ...]
    shortfalls: tuple[Shortfall, ...]
    over: tuple[str, ...]
    proof: str


@dataclass(frozen=True, slots=True)
class ParetoLine:
    """One plan that no other beats in both: effort [person-day], assurance [1], its sample sizes in words."""

    effort: float
    assurance: float
    samples: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A plan by one of the usual rules, held against the exact one.

    rule: its name. effort: [person-day]. detection: the least over the scenarios, computed exactly [1];
    reached: whether that is the target. difference: effort beyond the exact plan [person-day], None if there
    is none.
    """

    rule: str
    effort: float
    detection: float
    reached: bool
    difference: float | None
    samples: str


@dataclass(frozen=True, slots=True)
class ReverificationLine:
    """What brings the posterior from one value to another: the detection needed and the samples that give it.

    before, after, detection: [1]. sample: the least sample [item]; None if none suffices, and `words` says
    why.
    """

    claim: str
    stratum: str
    concealment: str
    activity: str
    before: float
    after: float
    detection: float
    sample: int | None
    words: str


@dataclass(frozen=True, slots=True)
class PlanStudy:
    """An inspection plan for one day, for one claim or several.

    by: the day at whose end it is carried out. target: wanted by the user, None for that of each claim.
    chosen: position of the plan of least effort that reaches the target, or of the best there is. assurance:
    of the chosen plan over the draws of what is not known, and reached: the share of the draws in which it
    reaches every target; effort: what it takes in them [person-day]; None without draws. sureness: the share
    of draws that was wanted; margin: the share of what may be left undetected that the plan was made for at
    medians, to be so sure [1]; None if that was not asked for.
    """

    case: str
    title: str
    period_first: date
    by: date
    known_on: date | None
    claims: tuple[str, ...]
    target: float | None
    samples: str
    caps: Mapping[str, str]
    plans: tuple[AccessPlan, ...]
    chosen: int
    pareto: tuple[ParetoLine, ...]
    rules: tuple[RuleLine, ...]
    reverification: tuple[ReverificationLine, ...]
    assurance: Interval | None
    reached: float | None
    origin: Origin
    effort: Interval | None = None
    sureness: float | None = None
    margin: float | None = None
    digest: str = ""

    @property
    def plan(self) -> AccessPlan:
        """The plan that was chosen."""
        return self.plans[self.chosen]
