"""The ledger: dated, sourced facts, and what was known when.

In: `events.csv` and `sources.csv` of a case folder. Out: frozen entries in order of time, as known on a date,
or the list of all faults, each with its line.

    >>> entries, rows, digest, faults = read_events(folder, case.period.first)
    >>> known = known_entries(entries, date(1993, 11, 6))

Next: `watchgap.coverage` turns the facts about devices into what each measure could see.
"""

from watchgap.ledger.check import check_events
from watchgap.ledger.query import known_entries
from watchgap.ledger.read import EVENTS_FILE, SOURCES_FILE, read_events, read_sources
from watchgap.ledger.record import KINDS, MOST_CUSTODIES, Entry, Ledger, Source

__all__ = [
    "EVENTS_FILE",
    "KINDS",
    "MOST_CUSTODIES",
    "SOURCES_FILE",
    "Entry",
    "Ledger",
    "Source",
    "check_events",
    "known_entries",
    "read_events",
    "read_sources",
]
