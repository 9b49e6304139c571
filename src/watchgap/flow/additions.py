"""Holds rows that are to be entered against the case and its ledger: what is new, and what is wrong."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from watchgap.base.errors import Fault, FaultyInput, OutOfRange
from watchgap.case import Case
from watchgap.case.document import Document
from watchgap.case.files import CONTROL
from watchgap.exchange import LONGEST_CELL
from watchgap.flow.records import record_of, sources_in
from watchgap.ledger import (
    COLUMNS,
    MOST_FAULTS,
    MOST_ROWS,
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
# What stands in a list of sources, on a command line and in a proof has to be one word.
_NAME = re.compile(r"\w[\w.:/-]{0,199}")
_STEERS_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HALF_A_SIGN = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Additions:
    """Rows that are to be entered, each with its line in the file from which it comes.

    sources_file: the file of the sources, where it is another. by_hand: whether a person or a program enters
    them, and no file: facts without an id are named after their entries, and a source can be set back to what
    was said of it before. faults: what was wrong with other rows of the file, so that nothing is entered.
    """

    file: str
    facts: tuple[Row, ...] = ()
    sources: tuple[Row, ...] = ()
    sources_file: str = ""
    by_hand: bool = False
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(
        cls, facts: Iterable[Mapping[str, str]] = (), sources: Iterable[Mapping[str, str]] = ()
    ) -> "Additions":
        """Make additions of cells by column; what is left out is empty, and a fact without id gets one.

        Raises OutOfRange for a column that facts, or sources, do not have, and for a cell that is no text.
        """
        return cls("new", _rows("fact", facts), _rows("source", sources), by_hand=True)

    @property
    def file_of_sources(self) -> str:
        """The file from which the sources come, where it is not that of the facts."""
        return self.sources_file or self.file


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
    faults = list(additions.faults)
    sources = own.new_rows(additions, "source", faults)
    facts = own.new_rows(additions, "fact", faults)
    if len(own.facts) + len(facts) > MOST_ROWS:
        problem = f"with these the ledger would have more than {MOST_ROWS} facts"
        faults.append(Fault(additions.file, 1, problem, "split the case: it is not computed from more"))
    origin = case.period.first
    before, _ = record_of(own.facts, _HELD, origin)
    known = own.sources | sources_of(
        sources, file=additions.file_of_sources, faults=faults, replaces=not additions.by_hand
    )
    entries = facts_of(facts, file=additions.file, origin=origin, faults=faults)
    faults += _from_the_future(entries, datetime.now(UTC).date() + _EARLY)
    whole = len(entries) == len(facts) and not additions.faults
    check = partial(check_events, document=document, case=case, sources=known.keys(), complete=whole)
    faults += _brought_about(before, entries, check)
    if faults:
        raise FaultyInput(tuple(sorted(set(faults)))[:MOST_FAULTS])
    new = (
        *(content_of("source", row) for _, row in sources),
        *(content_of("fact", row) for _, row in facts),
    )
    return Sifted(new, len(additions.sources) + len(additions.facts) - len(new))


class _Held:
    """What a ledger holds already, looked up once."""

    def __init__(self, held: Sequence[Posting]) -> None:
        self.size = len(held)
        self.facts = [one for one in held if one.content.type == "fact"]
        self.sources = sources_in(held)
        # The last entry of each name is what counts; of a fact there is one.
        self.by_name = {(one.content.type, one.content.name): one for one in held}
        self.said = {canonical_json(one.content.cells) for one in held}
        self.without_id = {_without_id(one.content.cells): one.content.name for one in self.facts}

    def new_rows(self, additions: Additions, kind: EntryType, faults: list[Fault]) -> tuple[Row, ...]:
        """The rows that the ledger does not hold word for word; those that clash with it are faults."""
        given, file = additions.facts, additions.file
        if kind == "source":
            given, file = additions.sources, additions.file_of_sources
        sound = []
        for line, row in given:
            found = next(_unsound(row, kind, additions, Fault(file, line, "", "")), None)
            if found is None:
                sound.append((line, row))
            else:
                faults.append(found)
        if kind == "fact" and additions.by_hand:
            sound = self._with_ids(sound, after=len(additions.sources))
        return tuple(self._unheld(sound, kind, file, faults, by_hand=additions.by_hand))

    def _unheld(
        self, rows: Iterable[Row], kind: EntryType, file: str, faults: list[Fault], *, by_hand: bool
    ) -> Iterator[Row]:
        for line, row in rows:
            content = content_of(kind, row)
            held = self.by_name.get((kind, content.name))
            # A source that was revised since is not set back by the file from which it once came.
            said = canonical_json(content.cells) in self.said and not (by_hand and kind == "source")
            if said or (held is not None and held.content == content):
                continue
            if held is not None and kind == "fact":
                problem = (
                    f"the id '{content.name}' is entry {held.number} of the ledger, which says something else"
                )
                remedy = f"give the correction an id of its own, and supersedes={content.name}"
                faults.append(Fault(file, line, problem, remedy))
            other: EntryType = "source" if kind == "fact" else "fact"
            if held is None and (other, content.name) in self.by_name:
                problem = f"'{content.name}' is the name of a {other} in the ledger"
                faults.append(Fault(file, line, problem, "name it differently"))
            yield line, row

    def _with_ids(self, rows: Iterable[Row], *, after: int) -> list[Row]:
        """Facts with ids, where they had none: F and the number of the entry, or that of the same fact."""
        named = []
        taken = {row["id"] for _, row in rows if row["id"]}
        number = self.size + after
        for line, row in rows:
            number += 1
            name = row["id"] or self.without_id.get(_without_id(content_of("fact", row).cells), "")
            place = number
            while not name:
                drawn = f"F{place:04}"
                name = "" if drawn in taken or ("fact", drawn) in self.by_name else drawn
                place += 1
            taken.add(name)
            named.append((line, row | {"id": name}))
        return named


def _without_id(cells: Mapping[str, str]) -> bytes:
    return canonical_json({column: cell for column, cell in cells.items() if column != "id"})


def _rows(kind: EntryType, given: Iterable[Mapping[str, str]]) -> tuple[Row, ...]:
    rows = []
    for line, cells in enumerate(given, 1):
        for column, cell in cells.items():
            if column not in COLUMNS[kind]:
                raise OutOfRange(f"a {kind} has no column '{column}'; it has {', '.join(COLUMNS[kind])}")
            if not isinstance(cell, str):
                raise OutOfRange(f"the cell '{column}' is {cell!r:.40}, and no text; write it as text")
        rows.append((line, {column: cells.get(column, "").strip() for column in COLUMNS[kind]}))
    return tuple(rows)


def _unsound(row: dict[str, str], kind: EntryType, additions: Additions, at: Fault) -> Iterator[Fault]:
    """Cells that no entry can hold; at: the file and line of the row."""
    name = row["id" if kind == "fact" else "key"]
    for column in COLUMNS[kind]:
        cell = row[column]
        problem = ""
        if len(cell) > LONGEST_CELL:
            problem = f"has {len(cell)} characters"
        elif CONTROL.search(cell) or _HALF_A_SIGN.search(cell):
            problem = f"holds a control character: {cell[:_SHOWN]!r}"
        elif _STEERS_DIRECTION.search(cell):
            problem = f"holds a sign that turns the direction of text: {cell[:_SHOWN]!a}"
        if problem:
            remedy = f"keep it to {LONGEST_CELL}; attach the document and quote from it"
            if len(cell) <= LONGEST_CELL:
                remedy = "remove it"
            yield Fault(at.file, at.line, f"the cell '{column}' {problem}", remedy)
    if name and (_NAME.fullmatch(name) is None or (kind == "fact" and name.isdecimal())):
        what = "the id of a fact" if kind == "fact" else "the key of a source"
        problem = f"'{name[:_SHOWN]}' cannot be {what}"
        yield Fault(
            at.file, at.line, problem, "use letters, digits, and . : / - _ in between, and not digits alone"
        )
    elif not name and kind == "fact" and not additions.by_hand:
        yield Fault(at.file, at.line, "the cell 'id' is empty", "every fact needs 'id'")


def _from_the_future(entries: Iterable[Entry], last: date) -> Iterator[Fault]:
    for entry in entries:
        if entry.recorded > last:
            problem = f"it was recorded on {entry.recorded}, which has not come yet"
            yield Fault(entry.file, entry.line, problem, "correct the date, or the clock of this computer")


def _brought_about(
    before: Sequence[Entry],
    entries: Sequence[Entry],
    check: Callable[[Sequence[Entry]], tuple[Fault, ...]],
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
