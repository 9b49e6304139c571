"""Finds what is not known: numbers with a distribution, facts with an uncertain date, perils to come."""

from collections.abc import Iterator

import numpy as np

from watchgap.base.correlation import normal_correlation, root_of
from watchgap.base.time import day_at
from watchgap.case.record import Case, Peril
from watchgap.case.unknowns import UnknownQuantity, unknown_quantities
from watchgap.draws.record import Factor, Unknown, Unknowns
from watchgap.ledger import KINDS, Entry, Ledger


def find_unknowns(case: Case, ledger: Ledger, now: float) -> Unknowns:
    """List the unknowns of a case that can matter to what is known at a time, and their factors.

    now [d]: the moment from which one looks on: dates of facts that began before it, and perils that have
    not happened by then. Facts with the same interval have one date: what a report gives one interval for,
    one visit did. Unknowns of a correlation form one factor; every other is a factor of its own.
    """
    listed = [
        *((one.name, "number", quantity_words(one), one.quantity.unit) for one in unknown_quantities(case)),
        *(_date(case, interval) for interval in uncertain_dates(ledger, now)),
        *((f"{peril.id}.day", "peril", peril.text, "d") for peril in perils_ahead(case, ledger)),
    ]
    unknowns = tuple(
        Unknown(name, kind, column, words, unit) for column, (name, kind, words, unit) in enumerate(listed)
    )
    return Unknowns(unknowns, tuple(_factors(case, unknowns)))


def _date(case: Case, interval: tuple[float, float]) -> tuple[str, str, str, str]:
    first, last = (day_at(case.period.first, day) for day in interval)
    return f"date.{first}.{last}", "date", f"a day between {first} and {last}", "d"


def uncertain_dates(ledger: Ledger, now: float) -> tuple[tuple[float, float], ...]:
    """Intervals [d] in which facts happened at an unknown time, in order; the engine uses those facts."""
    return tuple(sorted({(one.first, one.last) for one in ledger.entries if is_uncertain(one, now)}))


def is_uncertain(entry: Entry, now: float) -> bool:
    """Whether the date of a fact is not known and matters by a time [d]."""
    return (
        entry.timing == "between"
        and entry.first < entry.last
        and entry.first < now
        and KINDS[entry.kind].moves
    )


def perils_ahead(case: Case, ledger: Ledger) -> tuple[Peril, ...]:
    """The perils that can still take something: evidence is lost once, and records can be lost again."""
    lost = {name for entry in ledger.of_kind("lost") for name in entry.subjects}
    return tuple(peril for peril in case.perils if peril.loses or not set(peril.destroys) <= lost)


def quantity_words(one: UnknownQuantity) -> str:
    """What can be said of a number in a few words: its 5 %, 50 % and 95 % values with their unit."""
    low, middle, high = (one.quantity.distribution.quantile(share) for share in (0.05, 0.5, 0.95))
    unit = "" if one.quantity.unit == "1" else f" {one.quantity.unit}"
    return f"about {middle:.4g}{unit}, 90 % between {low:.4g} and {high:.4g}"


def _factors(case: Case, unknowns: tuple[Unknown, ...]) -> Iterator[Factor]:
    columns = {one.name: one.column for one in unknowns}
    joined: set[str] = set()
    for correlation in case.correlations:
        # Those that are known take no part.
        kept = [place for place, name in enumerate(correlation.unknowns) if name in columns]
        if len(kept) > 1:
            root = root_of(normal_correlation(correlation.rows)[np.ix_(kept, kept)])
            names = [correlation.unknowns[place] for place in kept]
            yield Factor(correlation.id, tuple(columns[name] for name in names), root)
            joined.update(names)
    for one in unknowns:
        if one.name not in joined:
            yield Factor(one.name, (one.column,))
