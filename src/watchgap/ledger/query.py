"""Asks a ledger what was known on a date."""

from collections.abc import Iterable
from datetime import date

from watchgap.ledger.record import Entry


def known_entries(entries: Iterable[Entry], known_on: date | None) -> tuple[Entry, ...]:
    """Select what was known by the end of a date, in order of time: recorded by then and not yet superseded.

    With no date, everything that is recorded is known.
    """
    recorded = [entry for entry in entries if known_on is None or entry.recorded <= known_on]
    corrected = {entry.supersedes for entry in recorded if entry.supersedes}
    return tuple(sorted((e for e in recorded if e.id not in corrected), key=lambda e: (e.when, e.line)))
