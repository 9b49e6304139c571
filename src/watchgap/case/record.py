"""The case file: what is declared, what watches it, what could be done instead, and in which words."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from watchgap.base.distributions import Distribution, Empirical, Pert, Triangular, Uniform
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
    Key,
    Name,
    Number,
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
    false_alarm: the probability that a sound item is taken for a defective one; an instrument has its own.
    pace: how many items can be done in a day.
    """

    id: Name
    text: Sentence
    detection: dict[Name, Probability] | None = None
    instrument: Name | None = None
    needs: Names = ()
    without: dict[Name, Probability] = Field(default_factory=dict)
    fixed_effort: Effort
    effort_per_item: EffortPerItem
    false_alarm: Probability | None = None
    pace: HandlingRate | None = None
    source: Sources

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Activity":
        if (self.detection is None) == (self.instrument is None):
            problem = "the activity needs one origin of its recognition"
            raise fault(problem, "give `detection` or `instrument`")
        if self.instrument is not None and self.false_alarm is not None:
            problem = "the activity has a false-alarm rate beside that of its instrument"
            raise fault(problem, "leave `false_alarm` to the instrument")
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


class UncertainDay(Strict):
    """A day that is not known: equally likely in an interval, triangular, PERT, or one of a list."""

    uniform: TupleOf[Day] | None = None
    triangular: TupleOf[Day] | None = None
    pert: TupleOf[Day] | None = None
    empirical: TupleOf[Day] | None = None

    @model_validator(mode="after")
    def _is_one_well_formed_day(self) -> "UncertainDay":
        counts = {"uniform": 2, "triangular": 3, "pert": 3, "empirical": None}
        stated = [form for form in counts if getattr(self, form) is not None]
        if len(stated) != 1:
            remedy = f"state it as exactly one of {', '.join(counts)}"
            raise fault(f"the day is stated as {' and '.join(stated) or 'nothing'}", remedy)
        days, wanted = self.days, counts[stated[0]]
        if len(days) != (wanted or max(len(days), 1)):
            raise fault(f"{stated[0]} has {len(days)} days", f"give it {wanted or 'at least one'}")
        if wanted and list(days) != sorted(days):
            listed = ", ".join(str(day) for day in sorted(days))
            raise fault(f"the days of {stated[0]} are not in order", f"write them as {listed}")
        return self

    @property
    def days(self) -> tuple[date, ...]:
        """The days that the distribution is made of."""
        return self.uniform or self.triangular or self.pert or self.empirical or ()

    def counted_from(self, origin: date) -> Distribution:
        """The day as a distribution of days [d] since an origin."""
        counted = [float((day - origin).days) for day in self.days]
        if self.uniform is not None:
            return Uniform(*counted)
        if self.triangular is not None:
            return Triangular(*counted)
        if self.pert is not None:
            return Pert(*counted)
        return Empirical(counted)


class Peril(Strict):
    """Something that may yet destroy evidence or records, at a day that is not known or by a hazard.

    destroys: evidence that is lost by it; loses: measures whose record is lost with it, as far as it is not
    in hand by then. since: the day from which the hazard holds.
    """

    id: Name
    text: Sentence
    kind: Literal["refuelling", "overwriting", "movement", "expiry", "other"]
    destroys: Names = ()
    loses: Names = ()
    day: UncertainDay | None = None
    hazard: Hazard | None = None
    since: Day | None = None
    source: Sources
    grade: Grade
    rationale: Sentence | None = None

    @model_validator(mode="after")
    def _is_one_event(self) -> "Peril":
        if (self.day is None) == (self.hazard is None):
            raise fault("the peril needs one form", "give either `day` or `hazard`")
        if self.since is not None and self.hazard is None:
            raise fault("`since` belongs to a hazard", "remove it, the day says when")
        if not self.destroys and not self.loses:
            raise fault("the peril destroys nothing", "name evidence in `destroys` or measures in `loses`")
        if self.grade == "D" and self.rationale is None:
            raise fault("a peril of grade D has no rationale", "say in `rationale` why it was assumed")
        return self


class Correlation(Strict):
    """Unknowns that do not vary freely of one another, by their rank correlation.

    unknowns: names as `watchgap sensitivity --list` prints them. rank: one rank correlation for every pair;
    matrix: a whole matrix of them. With rank 1 the unknowns are one and the same, seen at several places.
    """

    id: Name
    text: Sentence
    unknowns: Annotated[tuple[Key, ...], Field(strict=False, min_length=2)]
    rank: Annotated[float, Field(ge=-1, le=1)] | None = None
    matrix: TupleOf[TupleOf[Number]] | None = None
    source: Sources
    grade: Grade
    rationale: Sentence | None = None

    @model_validator(mode="after")
    def _is_one_square_matrix(self) -> "Correlation":
        if (self.rank is None) == (self.matrix is None):
            raise fault("the correlation needs one form", "give either `rank` or `matrix`")
        if self.grade == "D" and self.rationale is None:
            raise fault("a correlation of grade D has no rationale", "say in `rationale` why it was assumed")
        size = len(self.unknowns)
        if self.matrix is not None and [len(row) for row in self.matrix] != [size] * size:
            raise fault(
                "the matrix is not square", f"give {size} rows of {size} numbers, one for each unknown"
            )
        for one, row in enumerate(self.matrix or ()):
            for other, number in enumerate(row):
                same = number == (self.matrix or ())[other][one]
                if not -1 <= number <= 1 or (one == other and number != 1) or not same:
                    problem = f"row {one + 1}, column {other + 1} of the matrix is {number:g}"
                    raise fault(problem, "keep it symmetric, from -1 to 1, with 1 on the diagonal")
        return self

    @property
    def rows(self) -> tuple[tuple[float, ...], ...]:
        """The rank correlations as a whole matrix."""
        if self.matrix is not None:
            return self.matrix
        size, rank = range(len(self.unknowns)), 0.0 if self.rank is None else self.rank
        return tuple(tuple(1.0 if one == other else rank for other in size) for one in size)


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
    perils: TupleOf[Peril] = ()
    correlations: TupleOf[Correlation] = ()
    actors: TupleOf[Actor] = ()
    conflicts: TupleOf[Conflict] = ()
