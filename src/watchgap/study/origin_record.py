"""Where a number comes from, as one tree: figure, rule, scenario, factors, facts, declared numbers, sources.

Facts, numbers and sources stand once, in tables of their own; everything else names them by id, name or key.
"""

from dataclasses import dataclass
from datetime import date

from watchgap.study.bands import Interval
from watchgap.study.record import Origin


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule behind a number or a factor.

    equation: in plain text. section: heading of `docs/method.md` as an address. requirements: ids of
    `docs/requirements`. source: author, title and year, or that none was found. function: the dotted name of
    what computes it.
    """

    sentence: str
    equation: str
    section: str
    requirements: tuple[str, ...]
    source: str
    function: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The number itself: value in its unit, None where there is none or where it is no single number.

    words: on the scale of the case, or why there is no number. text: as it is printed. basis: from what it is
    computed, in a few words. interval: over the draws, None without. binding_share: of the draws in which the
    same scenario binds [1].
    """

    name: str
    title: str
    value: float | None
    unit: str
    text: str
    words: str = ""
    basis: str = ""
    interval: Interval | None = None
    binding_share: float | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A number that a figure is put together from; ask: the name by which its own origin can be asked for."""

    title: str
    value: float | None
    unit: str
    text: str
    ask: str = ""


@dataclass(frozen=True, slots=True)
class StepOrigin:
    """A step of the binding scenario with the moments at which it begins and ends; None for the past."""

    id: str
    text: str
    facility: str
    begins: str | None
    ends: str | None


@dataclass(frozen=True, slots=True)
class ScenarioOrigin:
    """The scenario that a figure is of.

    start: [d] from the first day of the period, None for the past. material: [kg], amount: [SQ]. entries:
    facts that open its windows; numbers, published, sources: what it is declared with.
    """

    name: str
    sentence: str
    stratum: str
    items: int
    population: int
    material: float
    amount: float
    begins: date | None
    ends: date | None
    start: float | None
    nondetection: float
    steps: tuple[StepOrigin, ...]
    entries: tuple[str, ...]
    numbers: tuple[str, ...]
    published: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactorOrigin:
    """One factor of a non-detection.

    kind: 'measure', 'custody' (measures that are told together), 'outcome' (of the custody draws), 'check'
    or 'planned check'. about: id of the measure or activity. nondetection: [1]. combined: how the parts give
    it. why: in sentences. entries: facts of the history it rests on; numbers: declared ones by name; sources:
    of the measure or activity itself. probability: of an outcome [1].
    """

    kind: str
    about: str
    title: str
    nondetection: float
    rule: Rule | None
    combined: str
    why: tuple[str, ...]
    entries: tuple[str, ...]
    numbers: tuple[str, ...]
    sources: tuple[str, ...]
    grade: str = ""
    probability: float | None = None
    parts: tuple["FactorOrigin", ...] = ()


@dataclass(frozen=True, slots=True)
class EntryOrigin:
    """A fact as it is on record, with the place where it stands and the facts that it corrects, newest first.

    when: its date in words; role: what it is used for. recorded_later: whether it was recorded after the day
    that is asked about.
    """

    id: str
    kind: str
    subjects: tuple[str, ...]
    when: str
    first: date
    last: date
    timing: str
    recorded: date
    recorder: str
    recorded_later: bool
    grade: str
    read: str
    detail: tuple[tuple[str, str], ...]
    quote: str
    note: str
    page: str
    sources: tuple[str, ...]
    file: str
    line: int
    role: str
    corrects: tuple["EntryOrigin", ...] = ()


@dataclass(frozen=True, slots=True)
class AlternativeOrigin:
    """Another published value that is kept beside the one that is used."""

    say: str
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class NumberOrigin:
    """A declared number: median, and 5 % and 95 % values, in its own unit.

    form: 'value' or the name of its distribution; parameters: as they are written. file, line: where it
    stands; line 0 if that is not known.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    form: str
    parameters: tuple[float, ...]
    sources: tuple[str, ...]
    grade: str
    rationale: str
    alternatives: tuple[AlternativeOrigin, ...]
    correlations: tuple[str, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class PublishedOrigin:
    """A number of a published table: its value in its unit, where it is printed, and where it holds."""

    name: str
    value: float
    unit: str
    source: str
    range: str


@dataclass(frozen=True, slots=True)
class SourceOrigin:
    """A document that is cited; digest: SHA-256 of its attached file, empty if none is attached."""

    key: str
    title: str
    publisher: str
    date: str
    url: str
    read: str
    note: str
    digest: str
    media: str
    size: str
    file: str


@dataclass(frozen=True, slots=True)
class Unused:
    """A fact about the same things that was not used, and why."""

    entry: EntryOrigin
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole origin of one number of a case at the end of a day.

    asked: as it was asked for. factors multiply to the non-detection of the scenario; terms give the figure
    by its rule where it is no non-detection. times of day are UTC.
    """

    case: str
    title: str
    asked: str
    as_of: date
    known_on: date | None
    figure: Figure
    rule: Rule | None
    scenario: ScenarioOrigin | None
    factors: tuple[FactorOrigin, ...]
    terms: tuple[Term, ...]
    notes: tuple[str, ...]
    entries: tuple[EntryOrigin, ...]
    numbers: tuple[NumberOrigin, ...]
    published: tuple[PublishedOrigin, ...]
    sources: tuple[SourceOrigin, ...]
    unused: tuple[Unused, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class NumberList:
    """Every number that `brief` prints of a case at the end of a day, by name."""

    case: str
    title: str
    as_of: date
    known_on: date | None
    figures: tuple[Figure, ...]
    origin: Origin
