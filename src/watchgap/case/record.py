"""The case file: what is declared, what watches it, what could be done instead, and in which words."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from watchgap.base.time import parse_day
from watchgap.case.quantity import (
    Alternative,
    Count,
    Deviation,
    Duration,
    Effort,
    EffortPerItem,
    Grade,
    HandlingRate,
    Hazard,
    Name,
    PositiveDuration,
    PositiveMass,
    Probability,
    Ratio,
    SampleSize,
    Sentence,
    Share,
    SomeOf,
    Sources,
    Strict,
    TupleOf,
    fault,
)

FORMAT = 1
LEVELS = ("none", "maintenance", "some sites", "full range at declared sites", "special")
Level = Literal["none", "maintenance", "some sites", "full range at declared sites", "special"]


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_day(value)
    except ValueError as error:
        problem, _, remedy = str(error).rpartition("; ")
        raise fault(problem, remedy) from None


Day = Annotated[date, BeforeValidator(_day)]
Names = TupleOf[Name]
SomeNames = SomeOf[Name]


def _format(value: object) -> object:
    if type(value) is not int or value != FORMAT:
        remedy = f"write {FORMAT}, and see `watchgap schema`"
        raise fault(f"the format {str(value)[:40]} is not known", remedy)
    return value


class Period(Strict):
    """The days that the case covers; time is counted from 00:00 UTC of the first."""

    first: Day
    last: Day

    @model_validator(mode="after")
    def _is_forward(self) -> "Period":
        if self.last <= self.first:
            problem = f"the period ends on {self.last}, before or when it begins"
            raise fault(problem, "put `last` after `first`")
        return self


class Rung(Strict):
    """One rung of a wording scale: the words for values of `at_least` and more."""

    at_least: Annotated[float, Field(ge=0, le=1)]
    say: Sentence


Ladder = SomeOf[Rung]


class Scale(Strict):
    """The words of the case: for assurance, for the posterior, and for official statements, best first."""

    assurance: Ladder
    posterior: Ladder
    statements: TupleOf[Sentence] = ()
    source: Sources

    @model_validator(mode="after")
    def _descend_to_zero(self) -> "Scale":
        for name, ladder in (("assurance", self.assurance), ("posterior", self.posterior)):
            marks = [rung.at_least for rung in ladder]
            if marks != sorted(set(marks), reverse=True) or marks[-1] != 0:
                remedy = "list them from the highest to the lowest, the last at 0"
                raise fault(f"the {name} rungs begin at {marks}", remedy)
        return self


class Facility(Strict):
    """A place that is declared, or at which something is claimed."""

    id: Name
    name: Sentence
    declared: bool = True
    source: Sources
    grade: Grade
    note: Sentence | None = None


class Point(Strict):
    """A place in a facility at which a measure can look."""

    id: Name
    facility: Name
    name: Sentence


class Evidence(Strict):
    """Something that an activity needs and that can be lost."""

    id: Name
    name: Sentence
    source: Sources


class Stratum(Strict):
    """Like items: how many, and how much of the counted element or isotope in each."""

    id: Name
    name: Sentence
    facility: Name
    material: Name
    category: Name
    items: Count
    item_mass: PositiveMass
    timeliness_goal: PositiveDuration | None = None


class PriorBelief(Strict):
    """The prior of a claim being false: a hazard of diversion for a gap, a probability for the past."""

    hazard: Hazard | None = None
    probability: Probability | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "PriorBelief":
        if (self.hazard is None) == (self.probability is None):
            raise fault("the prior needs one form", "give either `hazard` or `probability`")
        return self


class Claim(Strict):
    """What is claimed, of which strata, since when, and what would count as knowing it."""

    id: Name
    kind: Literal["gap", "past", "completeness"]
    text: Sentence
    strata: Names = ()
    since: Day
    target: Probability
    goal: PositiveMass | None = None
    prior: PriorBelief
    source: Sources


class Concealment(Strict):
    """How a removal is hidden, and which share of an item's material is gone."""

    id: Name
    text: Sentence
    defect_fraction: Share


class Glimpse(Strict):
    """A step of a route past an observation point, and the share of its activity that is visible there."""

    point: Name
    visible: Probability


class RouteStep(Strict):
    """One step of a route at one facility; each name in `rates` is one way to take the whole route."""

    id: Name
    text: Sentence
    facility: Name
    setup: Duration
    wait: Duration | None = None
    rates: Annotated[dict[Name, HandlingRate], Field(min_length=1)]
    passes: TupleOf[Glimpse] = ()


class Window(Strict):
    """An interval of days in which the first step of a route is possible, both days included."""

    first: Day
    last: Day


class Route(Strict):
    """A way in which a claim could be false."""

    id: Name
    text: Sentence
    claims: SomeNames
    stratum: Name
    concealments: SomeNames
    steps: SomeOf[RouteStep]
    windows: TupleOf[Window] | None = None
    only_while_shut_down: bool = False
    weight: Ratio | None = None
    source: Sources


class FilmPart(Strict):
    """A store of pictures: it lasts as many pictures times the interval of the camera."""

    kind: Literal["film"]
    part: Name
    pictures: Count


class FixedPart(Strict):
    """A part that lasts exactly so long."""

    kind: Literal["fixed"]
    part: Name
    fixed: PositiveDuration


class ExponentialPart(Strict):
    """A part with a constant failure rate."""

    kind: Literal["exponential"]
    part: Name
    mean_life: PositiveDuration


class WeibullPart(Strict):
    """A part with a Weibull life: `scale` is the age by which 63 % have failed."""

    kind: Literal["weibull"]
    part: Name
    scale: PositiveDuration
    shape: Ratio


class LognormalPart(Strict):
    """A part with a lognormal life: median, and the standard deviation of its logarithm."""

    kind: Literal["lognormal"]
    part: Name
    median_life: PositiveDuration
    log_deviation: Ratio


class TablePart(Strict):
    """A part with a survival table: ages [d] from 0 and the share that survives them, linear between."""

    kind: Literal["table"]
    part: Name
    ages: Annotated[tuple[float, ...], Field(strict=False, min_length=2)]
    survival: Annotated[tuple[float, ...], Field(strict=False, min_length=2)]
    source: Sources

    @model_validator(mode="after")
    def _is_a_survival_table(self) -> "TablePart":
        ages, survival = list(self.ages), list(self.survival)
        if len(ages) != len(survival):
            problem = f"{len(ages)} ages stand beside {len(survival)} shares"
            raise fault(problem, "give one share for each age")
        if ages[0] != 0 or ages != sorted(set(ages)):
            raise fault("the ages do not rise from 0", "list them in ascending order, the first 0")
        if survival[0] != 1 or survival != sorted(survival, reverse=True) or survival[-1] < 0:
            remedy = "list them in falling order, the first 1, none below 0"
            raise fault("the shares do not fall from 1", remedy)
        return self


Part = Annotated[
    FilmPart | FixedPart | ExponentialPart | WeibullPart | LognormalPart | TablePart,
    Field(discriminator="kind"),
]


class _Measure(Strict):
    id: Name
    name: Sentence
    point: Name
    blind_spot: Probability | None = None
    count: Count | None = None
    recognition: Probability
    review_delay: Duration | None = None
    source: Sources
    grade: Grade


class Camera(_Measure):
    """A camera that takes pictures at random or at fixed intervals, with parts that run out."""

    kind: Literal["random-camera", "fixed-camera"]
    interval: PositiveDuration
    life: TupleOf[Part] = ()
    transmission_lag: Duration | None = None


class ItemMonitor(_Measure):
    """A monitor that sees items pass, such as a portal."""

    kind: Literal["item-monitor"]
    life: TupleOf[Part] = ()
    transmission_lag: Duration | None = None


class Imagery(_Measure):
    """Overhead imagery: it comes by at a fixed interval and is in hand after its processing lag."""

    kind: Literal["imagery"]
    revisit: PositiveDuration
    processing_lag: Duration


class Seal(_Measure):
    """A seal: what it shows is known when it is next verified."""

    kind: Literal["seal"]


Measure = Annotated[Camera | ItemMonitor | Imagery | Seal, Field(discriminator="kind")]


class Custody(Strict):
    """A period in which records lay with the operator, and the probability that they are whole and true."""

    id: Name
    text: Sentence
    authentic: Probability


class InstrumentUse(Strict):
    """A measuring instrument: relative standard deviations and the false-alarm rate at which it is used."""

    id: Name
    name: Sentence
    random: Deviation
    systematic: Deviation
    false_alarm: Share


class Activity(Strict):
    """Something that inspectors do to the items of a stratum.

    detection: recognition of a defective item by concealment; or instrument: the id of the instrument that
    gives it. needs: evidence without which recognition falls to `without` (0 for what is not listed).
    """

    id: Name
    text: Sentence
    detection: dict[Name, Probability] | None = None
    instrument: Name | None = None
    needs: Names = ()
    without: dict[Name, Probability] = Field(default_factory=dict)
    fixed_effort: Effort
    effort_per_item: EffortPerItem
    source: Sources

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Activity":
        if (self.detection is None) == (self.instrument is None):
            problem = "the activity needs one origin of its recognition"
            raise fault(problem, "give `detection` or `instrument`")
        return self


class PackageActivity(Strict):
    """An activity of a package on a sample of a stratum."""

    activity: Name
    stratum: Name
    sample: SampleSize


class Package(Strict):
    """Access of one level: which measures are collected, and what is verified.

    visit_effort: what going there and collecting takes, besides the effort of the activities.
    """

    id: Name
    name: Sentence
    text: Sentence
    level: Level
    collects: Names = ()
    visit_effort: Effort
    activities: TupleOf[PackageActivity] = ()
    source: Sources
    grade: Grade


class Actor(Strict):
    """Somebody whose statements or moves are facts of the case."""

    id: Name
    name: Sentence


class Conflict(Strict):
    """Published statements that do not agree, kept side by side, and what the case does about it."""

    item: Sentence
    values: Annotated[tuple[Alternative, ...], Field(strict=False, min_length=2)]
    treatment: Sentence


class Case(Strict):
    """A whole case file."""

    watchgap: Annotated[Literal[1], BeforeValidator(_format)]
    id: Name
    title: Sentence
    summary: Sentence
    period: Period
    scale: Scale
    facilities: SomeOf[Facility]
    points: TupleOf[Point] = ()
    evidence: TupleOf[Evidence] = ()
    strata: SomeOf[Stratum]
    claims: SomeOf[Claim]
    concealments: TupleOf[Concealment] = ()
    routes: TupleOf[Route] = ()
    measures: TupleOf[Measure] = ()
    custodies: TupleOf[Custody] = ()
    instruments: TupleOf[InstrumentUse] = ()
    activities: TupleOf[Activity] = ()
    packages: TupleOf[Package] = ()
    actors: TupleOf[Actor] = ()
    conflicts: TupleOf[Conflict] = ()
