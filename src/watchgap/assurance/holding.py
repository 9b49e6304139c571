"""Which part of a measure's record counts at a time, and what is known of its lives by then.

A fact counts at a time of assessment if it is earlier: assessments are made at the end of a day, and what
happens at the following midnight is of the day after.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, nextafter

from watchgap.coverage.lanes import bounds_at
from watchgap.coverage.record import Holding, Life
from watchgap.detection.record import LifeKnowledge


@dataclass(frozen=True, slots=True)
class CountedStretch:
    """A stretch of record that counts [d]; each instant of it counts only `lag` days later."""

    begins: float
    ends: float
    lag: float = 0.0


@dataclass(frozen=True, slots=True)
class Counted:
    """All that the engine has to know of one life at one time: what is known of its length, what counts."""

    knowledge: LifeKnowledge
    stretches: tuple[CountedStretch, ...]


def states_of(
    life: Life, *, collected: bool, failed: frozenset[str]
) -> tuple[tuple[float, Counted | None], ...]:
    """Say what counts of a life from each time [d] at which that changes; the first is minus infinity.

    collected: whether everything that still exists is taken as collected at that time. failed: custody
    periods whose record is not complete and authentic. None where nothing counts.
    """
    kept = [holding for holding in life.holdings if holding.custody not in failed]
    states: list[tuple[float, Counted | None]] = []
    last: tuple[object, ...] | None = None
    for change in sorted({-inf, *change_times(life)} - {inf}):
        time = nextafter(change, inf)
        stretches = [one for holding in kept if (one := counted_part(holding, time, collected=collected))]
        # Records are made only of what is new: an ensemble asks this for every life of every draw.
        now = (bounds_at(life, time), stretches) if stretches else ()
        if now != last:
            last = now
            states.append((change, _counted(*now) if now else None))
    return tuple(states)


_Stretch = tuple[float, float, float]


def counted_part(holding: Holding, time: float, *, collected: bool) -> _Stretch | None:
    """What counts of one stretch of record at a time [d]: its begin, its end and its lag [d]."""
    if holding.lag is None:
        reached = holding.in_hand < time and holding.in_hand <= holding.lost
        exists = collected and holding.lost >= time
        return (holding.begins, holding.ends, 0.0) if reached or exists else None
    if holding.lost >= time:
        return holding.begins, holding.ends, 0.0 if collected else holding.lag
    # What had arrived before the rest was lost is in hand for good.
    ends = min(holding.ends, holding.lost - holding.lag)
    return (holding.begins, ends, 0.0) if ends > holding.begins else None


def _counted(bounds: tuple[float, float], stretches: list[_Stretch]) -> Counted:
    merged: list[CountedStretch] = []
    for begins, ends, lag in stretches:
        last = merged[-1] if merged else None
        # Stretches that touch are one look-out: a camera draws no new phase because a film was taken.
        if last is not None and last.ends == begins and last.lag == lag:
            merged[-1] = CountedStretch(last.begins, ends, lag)
        else:
            merged.append(CountedStretch(begins, ends, lag))
    return Counted(LifeKnowledge(*bounds), tuple(merged))


def change_times(life: Life) -> Iterator[float]:
    """Times [d] at which what counts of a life can change."""
    for holding in life.holdings:
        yield holding.lost
        if holding.lag is None:
            yield holding.in_hand
    for finding in life.findings:
        yield finding.known
