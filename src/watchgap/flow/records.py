"""Reads what a case has on record, from its two files or from its ledger, into the same facts and sources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from watchgap.base.errors import Fault, LedgerError, OutOfRange
from watchgap.chain import Edge, extend
from watchgap.flow.places import ledger_name, ledger_place
from watchgap.ledger import (
    COLUMNS,
    EVENTS_FILE,
    MOST_FAULTS,
    MOST_ROWS,
    SOURCES_FILE,
    Content,
    Entry,
    EntryType,
    Posting,
    Row,
    Source,
    canonical_json,
    content_of,
    csv_rows,
    facts_of,
    leaf_of,
    read_events,
    read_sources,
    read_text,
)
from watchgap.store import Store, open_store

_FILES: tuple[tuple[str, EntryType], ...] = ((EVENTS_FILE, "fact"), (SOURCES_FILE, "source"))


@dataclass(frozen=True, slots=True)
class Record:
    """What a case has on record: facts in the order in which they were entered, and sources by key.

    position, digest: number of entries and root of the tree of a ledger, or rows and SHA-256 of `events.csv`;
    name: of the ledger, or 'events.csv'. sources is None if they could not be read; whole: whether every row
    gave a fact.
    """

    entries: tuple[Entry, ...]
    sources: dict[str, Source] | None
    position: int
    digest: str
    name: str
    faults: tuple[Fault, ...]
    whole: bool


def read_record(folder: Path, origin: date, *, at: int | None = None) -> Record:
    """Read the record of a case folder; at: only the first so many entries of its ledger.

    origin: first day of the case's period.

    Raises OutOfRange if the ledger has fewer entries, or if there is none to count entries of.
    """
    try:
        place = ledger_place(folder)
    except LedgerError as error:
        problem, _, remedy = str(error).rpartition("; ")
        return _nothing(Fault("ledger", 1, problem or remedy, remedy if problem else "put it in order"))
    if place is not None:
        try:
            with open_store(place) as store:
                return _of_ledger(store, folder, ledger_name(place), origin, at=at)
        except LedgerError as error:
            remedy = "see `watchgap ledger verify`"
            return _nothing(Fault(ledger_name(place), 1, f"the ledger cannot be used ({error})", remedy))
    if at is not None:
        raise OutOfRange(
            f"{folder} has no ledger with entries to count; make one with `watchgap ledger init`"
        )
    sources, source_faults = read_sources(folder)
    entries, position, digest, faults = read_events(folder, origin)
    return Record(
        entries,
        None if source_faults else sources,
        position,
        digest,
        EVENTS_FILE,
        source_faults + faults,
        whole=not faults,
    )


def record_of(postings: Iterable[Posting], file: str, origin: date) -> tuple[tuple[Entry, ...], list[Fault]]:
    """Make the facts of entries; each has the number of its entry for its line."""
    faults: list[Fault] = []
    recorders: dict[int, str] = {}

    def rows() -> Iterator[Row]:
        for posting in postings:
            recorders[posting.number] = posting.recorder
            yield posting.number, posting.content.row
            if len(faults) >= MOST_FAULTS:
                return

    entries = facts_of(rows(), file=file, origin=origin, faults=faults, recorders=recorders)
    return entries, faults


def sources_in(postings: Iterable[Posting]) -> dict[str, Source]:
    """The sources of entries by key: the last entry about a source is what is known of it."""
    return {one.content.name: Source(**one.content.row) for one in postings if one.content.type == "source"}


def _of_ledger(store: Store, folder: Path, file: str, origin: date, *, at: int | None) -> Record:
    head = store.head()
    if at is not None and not 1 <= at <= head.size:
        raise OutOfRange(f"position {at} is none of the ledger {store.origin}; it has 1 to {head.size}")
    size = head.size if at is None else at
    postings = list(store.postings(1, size))
    edge, _ = extend(Edge(), map(leaf_of, postings))
    if edge.root != store.root_at(size) or (size == head.size and edge.root != head.root):
        # What an answer rests on is what its position and root name, or there is no answer.
        raise LedgerError(f"what {store.origin} says is not what its tree was made of; something was altered")
    facts = [one for one in postings if one.content.type == "fact"]
    if len(facts) > MOST_ROWS:
        raise LedgerError(
            f"{store.origin} has {len(facts)} facts; a case is computed from {MOST_ROWS} or fewer"
        )
    entries, faults = record_of(facts, file, origin)
    whole = not faults
    if at is None:
        faults += _not_taken_over(folder, [one.content for one in postings], file)
    root = edge.root.hex()
    return Record(entries, sources_in(postings), size, root, store.origin, tuple(faults), whole)


def _not_taken_over(folder: Path, held: list[Content], file: str) -> list[Fault]:
    """Rows of the two files beside a ledger that it does not hold: someone wrote where nobody reads."""
    faults: list[Fault] = []
    for name, kind in _FILES:
        columns = COLUMNS[kind]
        if not (folder / name).exists():
            continue
        _, text, found = read_text(folder / name)
        if found:
            faults += found
            continue
        known = {canonical_json(one.cells) for one in held if one.type == kind}
        for line, row in csv_rows(text, name, columns, found):
            content = content_of(kind, row)
            if canonical_json(content.cells) not in known:
                problem = f"the {kind} '{content.name}' stands here and not like this in {file}, which counts"
                remedy = f"import it with `watchgap ledger import`, or take {name} away"
                faults.append(Fault(name, line, problem, remedy))
        faults += found
    return faults[:MOST_FAULTS]


def _nothing(fault: Fault) -> Record:
    return Record((), None, 0, "", fault.file, (fault,), whole=False)
