"""The ledger: dated, sourced facts, and what was known when.

In: rows of facts and sources, from `events.csv` and `sources.csv` of a case folder or from a store. Out:
frozen entries in order of time, as known on a date, or the list of all faults, each with its line; and the
canonical bytes of an entry, which a store keeps.

    >>> entries, rows, digest, faults = read_events(folder, case.period.first)
    >>> known = known_entries(entries, date(1993, 11, 6))

Next: `watchgap.store` keeps entries, `watchgap.exchange` brings and carries them, and `watchgap.coverage`
turns the facts about devices into what each measure could see.
"""

from watchgap.ledger.check import check_events, subjects_of
from watchgap.ledger.content import (
    COLUMNS,
    NAMED_BY,
    Content,
    EntryType,
    Extent,
    Posting,
    canonical_json,
    content_of,
    extent_of,
    leaf_maker,
    leaf_of,
    read_leaf,
)
from watchgap.ledger.facts import facts_of, sources_of
from watchgap.ledger.query import known_entries
from watchgap.ledger.read import EVENTS_FILE, SOURCES_FILE, read_events, read_sources, read_text
from watchgap.ledger.record import KINDS, MOST_CUSTODIES, Entry, Ledger, Source
from watchgap.ledger.rows import (
    FACT_COLUMNS,
    GIVEN_COLUMNS,
    MOST_FAULTS,
    MOST_ROWS,
    OPTIONAL_COLUMNS,
    SOURCE_COLUMNS,
    Row,
    csv_rows,
    guarded,
    header_problem,
    unguarded,
)

__all__ = [
    "COLUMNS",
    "EVENTS_FILE",
    "FACT_COLUMNS",
    "GIVEN_COLUMNS",
    "KINDS",
    "MOST_CUSTODIES",
    "MOST_FAULTS",
    "MOST_ROWS",
    "NAMED_BY",
    "OPTIONAL_COLUMNS",
    "SOURCES_FILE",
    "SOURCE_COLUMNS",
    "Content",
    "Entry",
    "EntryType",
    "Extent",
    "Ledger",
    "Posting",
    "Row",
    "Source",
    "canonical_json",
    "check_events",
    "content_of",
    "csv_rows",
    "extent_of",
    "facts_of",
    "guarded",
    "header_problem",
    "known_entries",
    "leaf_maker",
    "leaf_of",
    "read_events",
    "read_leaf",
    "read_sources",
    "read_text",
    "sources_of",
    "subjects_of",
    "unguarded",
]
