"""Facts, declared numbers, published numbers and sources, each told once with the place where it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from math import isfinite

from watchgap.base.time import day_at, last_day_before, midnight
from watchgap.case.document import Place
from watchgap.case.quantity import Quantity
from watchgap.case.read import CASE_FILE
from watchgap.case.record import Case
from watchgap.case.unknowns import numbers_by_name
from watchgap.ledger import Entry, Ledger
from watchgap.study.origin_record import (
    AlternativeOrigin,
    EntryOrigin,
    NumberOrigin,
    PublishedOrigin,
    SourceOrigin,
)
from watchgap.tables.loader import PublishedNumber

LineOf = Callable[[Place], int]

_FORMS = ("value", "uniform", "triangular", "pert", "beta", "lognormal", "empirical")
_GROUPS = (
    "points", "evidence", "strata", "claims", "concealments", "routes", "measures", "custodies",
    "instruments", "activities", "packages", "perils",
)  # fmt: skip
_MINUTES = 1440

_ROLES: Mapping[str, str] = {
    "installed": "put in place: a life begins",
    "attached": "put on: an attachment period begins",
    "serviced": "a visit that renewed it: one life ends and the next begins",
    "verified": "a seal looked at: its attachment period comes into hand, and the next begins",
    "collected": "its record was collected",
    "found-working": "found working",
    "found-dead": "found dead",
    "disabled": "stopped from outside",
    "removed": "taken away",
    "detached": "taken off",
    "broken": "found broken: its attachment period never counts",
    "transmitted-until": "the last that was received of it",
    "tampered": "tampered with: what was not in hand is lost",
    "lost": "lost",
    "custody": "its record lay with the operator",
    "checked": "a check of a sample",
    "raised": "an anomaly was raised",
    "resolved": "an anomaly was resolved",
    "shutdown": "shut down: a window opens",
    "started": "started: a window closes",
}
_DETAILS: Mapping[tuple[str, str], str] = {
    ("found", "working"): "found working",
    ("found", "dead"): "found dead",
    ("record", "collected"): "record collected",
    ("record", "left"): "record left where it was",
    ("record", "lost"): "record lost",
}


def moment(first: date, days: float) -> str:
    """Write a time [d] as a day with hour and minute, UTC; a midnight is the end of the day before."""
    if not isfinite(days):
        return "the beginning" if days < 0 else "no end"
    minutes = round(days * _MINUTES)
    if minutes % _MINUTES == 0:
        return f"the end of {last_day_before(first, minutes // _MINUTES)}"
    return (midnight(first) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")


class Shelf:
    """Everything that an explanation can name, ready to be told.

    entries: all that is on record, used or not; used: those that count at the moment that is asked about.
    line_of: the line of a place in the case file, 0 if it is not known. as_of: the day that is asked about.
    """

    def __init__(
        self, case: Case, entries: tuple[Entry, ...], used: Ledger, line_of: LineOf, as_of: date
    ) -> None:
        self.case = case
        self.sources = used.sources
        self.used = used.entries
        self.line_of = line_of
        self.as_of = as_of
        self.first = case.period.first
        self.facts = {one.id: one for one in entries}
        self.numbers = numbers_by_name(case)
        self._places = {
            part.id: (group, place) for group in _GROUPS for place, part in enumerate(getattr(case, group))
        }

    def place(self, name: str, *inside: str | int) -> Place:
        """The place of a part of the case by its id, and of something inside it."""
        return (*self._places[name], *inside)

    def under(self, *places: Place) -> tuple[str, ...]:
        """Names of the declared numbers at some places or below them, in the order of the places."""
        found = (
            name
            for place in places
            for name, (where, _) in self.numbers.items()
            if where[: len(place)] == place
        )
        return tuple(dict.fromkeys(found))

    def entry(self, name: str) -> EntryOrigin:
        """Tell a fact with the facts that it corrects."""
        chain: list[EntryOrigin] = []
        fact: Entry | None = self.facts[name]
        told: set[str] = set()
        while fact is not None and fact.id not in told:
            told.add(fact.id)
            chain.append(self._entry(fact))
            fact = self.facts.get(fact.supersedes)
        newest, *corrected = chain
        return replace(newest, corrects=tuple(corrected))

    def _entry(self, fact: Entry) -> EntryOrigin:
        first, last = day_at(self.first, fact.first), day_at(self.first, fact.last)
        return EntryOrigin(
            id=fact.id,
            kind=fact.kind,
            subjects=fact.subjects,
            when=_when(fact, first, last),
            first=first,
            last=last,
            timing=fact.timing,
            recorded=fact.recorded,
            recorder=fact.recorder,
            recorded_later=fact.recorded > self.as_of,
            grade=fact.grade,
            read=fact.read,
            detail=tuple(fact.detail.items()),
            quote=fact.quote,
            note=fact.note,
            page=fact.page,
            sources=fact.sources,
            file=fact.file,
            line=fact.line,
            role=_role(fact),
        )

    def number(self, name: str) -> NumberOrigin:
        """Tell a declared number by its name."""
        place, quantity = self.numbers[name]
        low, middle, high = (float(quantity.distribution.quantile(share)) for share in (0.05, 0.5, 0.95))
        form, parameters = _stated(quantity)
        return NumberOrigin(
            name=name,
            value=middle,
            low=low,
            high=high,
            unit=quantity.unit,
            form=form,
            parameters=parameters,
            sources=quantity.source,
            grade=quantity.grade,
            rationale=quantity.rationale or "",
            alternatives=tuple(
                AlternativeOrigin(one.say, one.source, one.note or "") for one in quantity.alternatives
            ),
            correlations=tuple(one.id for one in self.case.correlations if name in one.unknowns),
            file=CASE_FILE,
            line=self.line_of(place),
        )

    def source(self, key: str) -> SourceOrigin:
        """Tell a document by its key."""
        one = self.sources[key]
        return SourceOrigin(
            key=one.key,
            title=one.title,
            publisher=one.publisher,
            date=one.date,
            url=one.url,
            read=one.read,
            note=one.note,
            digest=one.digest,
            media=one.media,
            size=one.size,
            file=one.file,
        )

    def sources_of(self, *cited: Iterable[str]) -> tuple[SourceOrigin, ...]:
        """Tell the documents that are cited, each once, as far as they are listed."""
        keys = dict.fromkeys(key for keys in cited for key in keys)
        return tuple(self.source(key) for key in keys if key in self.sources)


def published(what: str, number: PublishedNumber, unit: str) -> PublishedOrigin:
    """Tell a number of a published table."""
    return PublishedOrigin(f"{what} of {number.name}", number.value, unit, number.source, number.range)


def _when(fact: Entry, first: date, last: date) -> str:
    if fact.first == fact.last:
        return str(first)
    return f"{first} to {last}" if fact.timing == "during" else f"on a day between {first} and {last}"


def _role(fact: Entry) -> str:
    said = [_DETAILS[pair] for pair in fact.detail.items() if pair in _DETAILS]
    return "; ".join((_ROLES.get(fact.kind, fact.kind), *said))


def _stated(quantity: Quantity) -> tuple[str, tuple[float, ...]]:
    for form in _FORMS:
        stated = getattr(quantity, form)
        if stated is not None:
            return form, stated if isinstance(stated, tuple) else (stated,)
    return "value", ()
