"""The records of nuclear material accounting: a report, its lines, and the form in which they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from watchgap.base.errors import Fault

Dialect = Literal["code10-labelled", "code10-fixed", "uk"]
ReportType = Literal["I", "P", "M"]

REPORT_NAMES: Mapping[str, str] = {
    "I": "inventory change report",
    "P": "physical inventory listing",
    "M": "material balance report",
}

Value = str | int | Decimal | date
"""What a field holds once it was read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line (in the words of Code 10, one entry) of a report; what it does not say is empty or None.

    number: of the line in its report. part: from 1, where one entry gives several weights. code: of the
    inventory change or of the balance. day: of the change. form, container, state: the material description,
    in as many parts as the dialect has. element_weight: in `unit`, KG or G, and in [g] without one;
    fissile_weight [g]. correction: D deletes a line, A adds the one in its place, L adds a late one.
    note: the comment or the concise note. other: fields that nothing here uses, as they stand. raw: the line
    as it stands in the file; line: where that begins.
    """

    number: int | None = None
    part: int = 1
    code: str = ""
    day: date | None = None
    area_from: str = ""
    area_to: str = ""
    kmp: str = ""
    batch: str = ""
    items: int | None = None
    form: str = ""
    container: str = ""
    state: str = ""
    element: str = ""
    element_weight: Decimal | None = None
    unit: str = ""
    isotope: str = ""
    fissile_weight: Decimal | None = None
    measurement: str = ""
    obligation: str = ""
    correction: str = ""
    previous_report: int | None = None
    previous_line: int | None = None
    check_sum: str = ""
    previous_check_sum: str = ""
    note: str = ""
    other: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One report of one material balance area; what it does not say is empty or None.

    type: I, P or M. completed: the date of the report. first, last: the days of the period that it covers;
    taking: the day of a physical inventory taking. lines_stated: how many lines it says it has. note: the
    concise note on all of it.
    """

    area: str = ""
    type: str = ""
    number: int | None = None
    completed: date | None = None
    first: date | None = None
    last: date | None = None
    taking: date | None = None
    lines_stated: int | None = None
    person: str = ""
    country: str = ""
    facility: str = ""
    note: str = ""
    other: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    dialect: Dialect = "uk"
    file: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """How messages name it, such as 'report I 12'."""
        return f"report {self.type or '?'} {'?' if self.number is None else self.number}"


@dataclass(frozen=True, slots=True)
class Accounts:
    """All reports that were read together, in the order of the files, and all that is wrong with them.

    digests: SHA-256 of each file, by its name.
    """

    reports: tuple[Report, ...]
    faults: tuple[Fault, ...]
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """Where one field of a report stands, and what it may hold.

    reports: the types that have it. tag: the name of a column, a label, or columns such as '12-13'.
    field: our name for it, of a `Report` or a `Line`; several joined by '/' where the content is joined so
    too; a name that neither has is kept among `other`. content: such as 'Character (4)', 'Number (8)',
    'Number (24.3)', 'DDMMYYYY'. known: 'read' in the source, from 'memory' of it, 'own' of whoever gave the
    table, or 'constructed' for an example.
    """

    reports: str
    tag: str
    field: str
    content: str
    source: str
    known: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a dialect, and the file in which they are listed."""

    fields: tuple[Field, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list: what it means, and for inventory changes which way it goes.

    list: 'change', 'balance', 'element', 'isotope', 'unit', 'measurement', 'form' or 'correction'.
    direction: 'up', 'down', 'either' or empty. area_from, area_to: 'yes' where the code needs one. fact: the
    kind of fact that tells of it. dialect: 'uk', 'code10' or empty for both.
    """

    list: str
    code: str
    meaning: str
    direction: str = ""
    area_from: str = ""
    area_to: str = ""
    fact: str = ""
    dialect: str = ""
    source: str = ""
    known: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that reports have to keep: its id, one sentence, and where it comes from."""

    id: str
    sentence: str
    source: str
    known: str
