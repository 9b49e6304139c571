"""The record of what to ask for: which unknowns move an answer, and what it is worth to learn one."""

from dataclasses import dataclass
from datetime import date

from watchgap.base.time import last_day_before
from watchgap.study.bands import Interval
from watchgap.study.record import Origin


@dataclass(frozen=True, slots=True)
class FactorLine:
    """How much of an answer's variance one factor carries: an unknown, or several that are correlated.

    first: share of the variance that would go if the factor were known; total: share that stays if all else
    were known [1], each with its 90 % interval.
    """

    name: str
    words: str
    first: Interval
    total: Interval


@dataclass(frozen=True, slots=True)
class SwingLine:
    """What the answer is on average while one unknown is low, and while it is high [1].

    low_value, high_value: what low and high mean, in words with the unit.
    """

    name: str
    words: str
    low_answer: float
    high_answer: float
    low_value: str
    high_value: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """What it is worth to learn one unknown before access is asked for.

    saved_effort: expected [person-day]; assurance_gain: expected gain in the assurance that can be stated
    surely [1]; each with its noise, the value that learning something irrelevant would seem to have. now: the
    package one would ask for without knowing; then: what one would ask for, answer by answer.
    """

    name: str
    words: str
    saved_effort: float
    assurance_gain: float
    saved_effort_noise: float
    assurance_gain_noise: float
    now: str
    then: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class InquiryStudy:
    """Which unknowns move one answer of a claim on a day, and which are worth asking about.

    answer: the name of the curve or of another number; value: at medians, in `unit` ('1', 'SQ', or 'd' from
    the start of the period); interval: over the draws. factors: by total share, greatest first, empty if
    only the plain draws were used. swings: those that can be told from chance, widest first. questions: all
    unknowns in the order in which answers are worth having; worth_asking: how many of them are above the
    noise, three at most.
    """

    case: str
    title: str
    period_first: date
    as_of: date
    known_on: date | None
    claim: str
    answer: str
    value: float
    interval: Interval
    target: float
    factors: tuple[FactorLine, ...]
    swings: tuple[SwingLine, ...]
    questions: tuple[QuestionLine, ...]
    worth_asking: int
    points: int
    origin: Origin
    unit: str = "1"
    digest: str = ""

    def written(self, value: float) -> str:
        """The answer as a person writes it: a probability, an amount in SQ, or a day."""
        if self.unit == "SQ":
            return f"{value:.1f} SQ"
        if self.unit == "d":
            return str(last_day_before(self.period_first, max(value, 1.0)))
        return f"{value:.2f}"
