"""Holds rows that are to be entered against the case and its ledger: what is new, and what is wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice

from watchgap.base.errors import Fault, FaultyInput, OutOfRange
from watchgap.case import Case
from watchgap.case.document import Document
from watchgap.case.files import CONTROL
from watchgap.exchange import LONGEST_CELL
from watchgap.flow.records import record_of, sources_in
from watchgap.ledger import (
    COLUMNS,
    MOST_FAULTS,
    Content,
    Entry,
    EntryType,
    Posting,
    Row,
    canonical_json,
    check_events,
    content_of,
    facts_of,
    sources_of,
)

_HELD = "the ledger"
_SHOWN = 40
# The day of a recorder in the far east begins before that of the clock, which is in UTC.
_EARLY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Additions:
    """Rows that are to be entered, each with its line in the file from which it comes.

    sources_file: the file of the sources, where it is another. named: whether each fact has an id; if not,
    those without are named after the numbers of their entries.
    """

    file: str
    facts: tuple[Row, ...] = ()
    sources: tuple[Row, ...] = ()
    sources_file: str = ""
    named: bool = True

    @classmethod
    def of(
        cls, facts: Iterable[Mapping[str, str]] = (), sources: Iterable[Mapping[str, str]] = ()
    ) -> "Additions":
        """Make additions of cells by column; what is left out is empty, and a fact without id gets one.

        Raises OutOfRange for a column that facts, or sources, do not have.
        """
        return cls("new", _rows("fact", facts), _rows("source", sources), named=False)

    @property
    def file_of_sources(self) -> str:
        """The file from which the sources come, where it is not that of the facts."""
        return self.sources_file or self.file


def _rows(kind: EntryType, given: Iterable[Mapping[str, str]]) -> tuple[Row, ...]:
    rows = []
    for line, cells in enumerate(given, 1):
        unknown = [column for column in cells if column not in COLUMNS[kind]]
        if unknown:
            columns = ", ".join(COLUMNS[kind])
            raise OutOfRange(f"a {kind} has no column '{unknown[0]}'; it has {columns}")
        rows.append((line, {column: cells.get(column, "").strip() for column in COLUMNS[kind]}))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is new among additions, in the order in which it is to be entered, and how many rows were not."""

    new: tuple[Content, ...]
    skipped: int


def sift(case: Case, document: Document, held: Sequence[Posting], additions: Additions) -> Sifted:
    """Find what is new among additions, and require that it fits the case and what the ledger holds.

    Raises FaultyInput with every fault of the rows that are new.
    """
    own = _Held(held)
    faults: list[Fault] = []
    sources = _new_rows(additions.sources, "source", additions.file_of_sources, own, faults)
    given = additions.facts if additions.named else tuple(own.with_ids(additions.facts, after=len(sources)))
    facts = _new_rows(given, "fact", additions.file, own, faults)
    origin = case.period.first
    before, _ = record_of(own.facts, _HELD, origin)
    known = own.sources | sources_of(sources, file=additions.file_of_sources, faults=faults)
    entries = facts_of(facts, file=additions.file, origin=origin, faults=faults)
    faults += own.corrected_twice(entries)
    faults += _from_the_future(entries, datetime.now(UTC).date() + _EARLY)
    check = partial(
        check_events, document=document, case=case, sources=known.keys(), complete=len(entries) == len(facts)
    )
    faults += _brought_about(before, entries, check)
    if faults:
        raise FaultyInput(tuple(sorted(set(faults)))[:MOST_FAULTS])
    new = (*(content_of("source", row) for _, row in sources), *(content_of("fact", row) for _, row in facts))
    return Sifted(new, len(additions.sources) + len(additions.facts) - len(new))


class _Held:
    """What a ledger holds already, looked up once."""

    def __init__(self, held: Sequence[Posting]) -> None:
        self.held = held
        self.facts = [one for one in held if one.content.type == "fact"]
        self.sources = sources_in(held)
        self.by_name: dict[tuple[EntryType, str], Posting] = {
            (one.content.type, one.content.name): one for one in held
        }
        # A source that was revised since is not set back by the file from which it once came.
        self.said = {canonical_json(one.content.cells) for one in held}
        self.corrections: dict[str, str] = {
            one.content.cells["supersedes"]: one.content.name
            for one in self.facts
            if "supersedes" in one.content.cells
        }

    def with_ids(self, rows: Iterable[Row], *, after: int) -> Iterator[Row]:
        """Facts with ids, where they had none: F and the number that the entry will have."""
        number = len(self.held) + after
        for line, row in rows:
            number += 1
            name = f"F{number:04}"
            while not row["id"] and ("fact", name) in self.by_name:
                name += "b"
            yield line, row | {"id": row["id"] or name}

    def corrected_twice(self, entries: Iterable[Entry]) -> Iterator[Fault]:
        """Corrections of what was corrected: two people who mend one fact apart would both be believed."""
        for entry in entries:
            other = self.corrections.get(entry.supersedes)
            if entry.supersedes and other is not None:
                problem = f"'{entry.supersedes}' was corrected already, by '{other}'"
                yield Fault(entry.file, entry.line, problem, f"correct '{other}', or leave this out")


def _new_rows(
    rows: Iterable[Row], kind: EntryType, file: str, own: _Held, faults: list[Fault]
) -> tuple[Row, ...]:
    """The rows that the ledger does not hold word for word; those that clash with it are faults."""
    new: list[Row] = []
    for line, row in rows:
        content = content_of(kind, row)
        if canonical_json(content.cells) in own.said:
            continue
        held = own.by_name.get((kind, content.name))
        if held is not None and kind == "fact":
            problem = (
                f"the id '{content.name}' is entry {held.number} of the ledger, which says something else"
            )
            remedy = f"give the correction an id of its own, and supersedes={content.name}"
            faults.append(Fault(file, line, problem, remedy))
        faults += islice(_unsound(row, kind, file, line), 1)
        new.append((line, row))
    return tuple(new)


def _unsound(row: dict[str, str], kind: EntryType, file: str, line: int) -> Iterator[Fault]:
    """Cells that no file of a case could hold either."""
    for column in COLUMNS[kind]:
        cell = row[column]
        if len(cell) > LONGEST_CELL:
            problem = f"the cell '{column}' has {len(cell)} characters"
            remedy = f"keep it under {LONGEST_CELL}; attach the document and quote from it"
            yield Fault(file, line, problem, remedy)
        elif CONTROL.search(cell):
            problem = f"the cell '{column}' holds a control character: {cell[:_SHOWN]!r}"
            yield Fault(file, line, problem, "remove it")


def _from_the_future(entries: Iterable[Entry], last: date) -> Iterator[Fault]:
    for entry in entries:
        if entry.recorded > last:
            problem = f"it was recorded on {entry.recorded}, which has not come yet"
            yield Fault(entry.file, entry.line, problem, "correct the date, or the clock of this computer")


def _brought_about(
    before: Sequence[Entry], entries: Sequence[Entry], check: Callable[[Sequence[Entry]], tuple[Fault, ...]]
) -> Iterator[Fault]:
    """Faults that are there with the new facts and not without them, wherever they show."""
    old = set(check(before))
    for fault in check((*before, *entries)):
        if fault in old:
            continue
        if fault.file == _HELD and entries:
            # The ledger was sound before: what shows at one of its entries is the doing of a new fact.
            problem = f"with this, entry {fault.line} of the ledger would be wrong: {fault.problem}"
            yield Fault(entries[0].file, entries[0].line, problem, fault.remedy)
        else:
            yield fault
