"""Reads `events.csv` and `sources.csv` of a case folder, row by row, with the line of every fault."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from watchgap.base.errors import Fault
from watchgap.case.files import decode, read_raw
from watchgap.ledger.facts import facts_of, sources_of
from watchgap.ledger.record import Entry, Source
from watchgap.ledger.rows import FACT_COLUMNS, GUARDED_BY, SOURCE_COLUMNS, Row, csv_rows

EVENTS_FILE = "events.csv"
SOURCES_FILE = "sources.csv"
LARGEST_LEDGER_FILE = 64_000_000


def read_events(folder: Path, origin: date) -> tuple[tuple[Entry, ...], int, str, tuple[Fault, ...]]:
    """Read the facts of a case folder: entries in file order, rows read, digest of the file, and faults."""
    raw, text, found = read_text(folder / EVENTS_FILE)
    if found:
        return (), 0, "", tuple(found)
    rows = _Counted(csv_rows(text, EVENTS_FILE, FACT_COLUMNS, found))
    entries = facts_of(rows, file=EVENTS_FILE, origin=origin, faults=found)
    return entries, rows.number, hashlib.sha256(raw).hexdigest(), tuple(found)


def read_sources(folder: Path) -> tuple[dict[str, Source], tuple[Fault, ...]]:
    """Read the documents that a case folder cites, by key, and the faults."""
    _, text, found = read_text(folder / SOURCES_FILE)
    if found:
        return {}, tuple(found)
    rows = csv_rows(text, SOURCES_FILE, SOURCE_COLUMNS, found)
    exported = GUARDED_BY in text.partition("\n")[0].split(",")
    return sources_of(rows, file=SOURCES_FILE, faults=found, replaces=exported), tuple(found)


def read_text(path: Path) -> tuple[bytes, str, list[Fault]]:
    """Read a file of rows within bounds: its bytes and its text, or why it cannot be read."""
    raw, faults = read_raw(path, largest=LARGEST_LEDGER_FILE)
    if faults:
        return b"", "", list(faults)
    text, faults = decode(raw, path.name)
    return raw, text, list(faults)


class _Counted:
    """Rows, and how many of them were read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.number += 1
            yield row
