"""Turns a point of the unit cube into a case without unknowns: every number a value, every fact a date."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf, log1p
from typing import NamedTuple

from watchgap.base.distributions import Distribution
from watchgap.base.time import days_since, midnight
from watchgap.base.units import UNITS
from watchgap.case.numbers import Valuation, median
from watchgap.case.quantity import Quantity
from watchgap.case.record import Case, Peril
from watchgap.case.unknowns import quantities, unknown_quantities
from watchgap.draws.record import FloatArray, Unknowns
from watchgap.draws.unknowns import find_unknowns, is_uncertain, perils_ahead, uncertain_dates
from watchgap.ledger import KINDS, Entry, Ledger

Interval = tuple[float, float]

# A distribution's share below a day is found to this accuracy [1].
_SHARE = 1e-12


class Draw(NamedTuple):
    """One draw of a case: what every number is, a ledger in which every fact has its day, the unknowns.

    told: the value of every unknown in the unit in which it is stated; dates in days [d].
    """

    value: Valuation
    ledger: Ledger
    told: tuple[float, ...]


class Drawer:
    """A case with its ledger, ready to be drawn from.

    now [d]: the moment from which one looks on. Perils are drawn on the condition that they have not
    happened by then; what the ledger says has happened is not drawn again.
    """

    def __init__(self, case: Case, ledger: Ledger, now: float) -> None:
        self.case = case
        self.ledger = ledger
        self.now = now
        self.unknowns: Unknowns = find_unknowns(case, ledger, now)
        numbers = [one.quantity for one in unknown_quantities(case)]
        self._numbers = [id(one) for one in numbers]
        self._distributions = [one.distribution for one in numbers]
        self._factors = [UNITS[one.unit][1] for one in numbers]
        self._settled = {id(one): median(one) for one in quantities(case)}
        self._entries = ledger.entries
        # Facts at one time keep the order in which they stand.
        self._keys = [(entry.when, place) for place, entry in enumerate(ledger.entries)]
        self._uncertain = tuple(
            place for place, entry in enumerate(ledger.entries) if is_uncertain(entry, now)
        )
        self._crossing = _can_cross(ledger, now)
        self._dates = {
            interval: _admissible(ledger, interval, now) for interval in uncertain_dates(ledger, now)
        }
        self._perils = perils_ahead(case, ledger)

    def draw(self, point: FloatArray) -> Draw:
        """Give the values, the ledger and the unknowns of one point, (columns,), its dependence in it."""
        shares = point.tolist()
        told = [one.quantile(share) for one, share in zip(self._distributions, shares, strict=False)]
        drawn = (number * factor for number, factor in zip(told, self._factors, strict=True))
        value = _Values({**self._settled, **dict(zip(self._numbers, drawn, strict=True))})
        dates = self._dates_at(shares)
        days = self._peril_days(shares, value)
        return Draw(value, self._ledger_with(dates, days), (*told, *dates.values(), *days))

    def _ledger_with(self, dates: Mapping[Interval, float], days: list[float]) -> Ledger:
        entries, keys = list(self._entries), list(self._keys)
        for place in self._uncertain:
            entry = entries[place]
            day = dates[entry.first, entry.last]
            entries[place], keys[place] = _dated(entry, day), (day, place)
        if self._crossing:
            entries = _in_order(self._entries, entries)
            keys = [(entry.when, place) for place, entry in enumerate(entries)]
        for peril, day in zip(self._perils, days, strict=True):
            if day < inf:
                entries.append(self._loss(peril, day))
                keys.append((day, -1))
        # A fact that this draw places after the moment looked from is of no use at it.
        later = {place for place in self._uncertain if entries[place].when >= self.now}
        order = sorted((place for place in range(len(entries)) if place not in later), key=keys.__getitem__)
        return replace(self.ledger, entries=tuple(entries[place] for place in order))

    def _dates_at(self, shares: list[float]) -> dict[Interval, float]:
        drawn = shares[len(self._numbers) :]
        return {
            interval: low + share * (high - low)
            for (interval, (low, high)), share in zip(self._dates.items(), drawn, strict=False)
        }

    def _peril_days(self, shares: list[float], value: Valuation) -> list[float]:
        drawn = shares[len(self._numbers) + len(self._dates) :]
        return [self._day(peril, share, value) for peril, share in zip(self._perils, drawn, strict=True)]

    def _day(self, peril: Peril, share: float, value: Valuation) -> float:
        """Day [d] on which a peril strikes, given that it has not by now; infinite if it never does."""
        if peril.hazard is not None:
            since = 0.0 if peril.since is None else days_since(self.case.period.first, midnight(peril.since))
            rate = value(peril.hazard)
            return max(since, self.now) - log1p(-share) / rate if rate > 0 else inf
        if peril.day is None:
            return inf
        distribution = peril.day.counted_from(self.case.period.first)
        past = _share_before(distribution, self.now)
        return inf if past >= 1.0 else distribution.quantile(past + share * (1.0 - past))

    def _loss(self, peril: Peril, day: float) -> Entry:
        """A peril that strikes, as the fact that it then would be."""
        return Entry(
            id=f"peril {peril.id}",
            kind="lost",
            subjects=(*peril.destroys, *peril.loses),
            first=day,
            last=day,
            timing="at",
            recorded=self.case.period.last,
            sources=tuple(peril.source),
            grade=peril.grade,
        )


class _Values:
    """The valuation of one draw, by the identity of the numbers of the case."""

    def __init__(self, values: dict[int, float]) -> None:
        self._values = values

    def __call__(self, quantity: Quantity) -> float:
        return self._values[id(quantity)]


def _dated(entry: Entry, day: float) -> Entry:
    return replace(entry, first=day, last=day, timing="at")


def _can_cross(ledger: Ledger, now: float) -> bool:
    """Whether two facts of uncertain date about one thing could change places."""
    uncertain = [entry for entry in ledger.entries if is_uncertain(entry, now)]
    return any(
        one.last > other.first and not set(one.subjects).isdisjoint(other.subjects)
        for place, one in enumerate(uncertain)
        for other in uncertain[place + 1 :]
        if (one.first, one.last) != (other.first, other.last)
    )


def _admissible(ledger: Ledger, interval: Interval, now: float) -> Interval:
    """The part of an interval [d] that leaves its facts between those of known date about the same things.

    A date that is equally likely in the interval is equally likely in this part, once the order is known.
    Facts stand in the order of their medians, which is the order in which they were checked.
    """
    low, high = interval
    moving = [one for one in ledger.entries if KINDS[one.kind].moves and one.timing != "during"]
    for entry in moving:
        if not is_uncertain(entry, now) or (entry.first, entry.last) != interval:
            continue
        for other in moving:
            if other.timing == "at" and not set(other.subjects).isdisjoint(entry.subjects):
                if other.when <= entry.when:
                    low = max(low, other.when)
                else:
                    high = min(high, other.when)
    return low, high


def _in_order(before: tuple[Entry, ...], drawn: list[Entry]) -> list[Entry]:
    """Move facts of drawn date so that those about one thing keep their order."""
    latest: dict[str, float] = {}
    kept: list[Entry] = []
    for old, entry in zip(before, drawn, strict=True):
        if KINDS[entry.kind].moves and entry.timing == "at":
            earliest = max((latest.get(subject, -inf) for subject in entry.subjects), default=-inf)
            latest.update(dict.fromkeys(entry.subjects, max(entry.when, earliest)))
            if entry is not old and entry.when < earliest:
                kept.append(replace(entry, first=earliest, last=earliest))
                continue
        kept.append(entry)
    return kept


def _share_before(distribution: Distribution, day: float) -> float:
    """Probability [1] that a day drawn from a distribution is before a time [d], by bisection."""
    low, high = distribution.support
    if day <= low:
        return 0.0
    if day > high:
        return 1.0
    below, above = 0.0, 1.0
    while above - below > _SHARE:
        middle = 0.5 * (below + above)
        if distribution.quantile(middle) < day:
            below = middle
        else:
            above = middle
    return above
