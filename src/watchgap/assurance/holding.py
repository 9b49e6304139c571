"""Which part of a measure's record counts at a time, and what is known of its lives by then.

A fact counts at a time of assessment if it is earlier: assessments are made at the end of a day, and what
happens at the following midnight is of the day after.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, nextafter

from watchgap.coverage.lanes import knowledge_at
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


def counted(life: Life, time: float, *, collected: bool, failed: frozenset[str]) -> Counted | None:
    """Say what counts of a life at a time [d].

    collected: whether everything that still exists is taken as collected at that time. failed: custody
    periods whose record is not complete and authentic. None if nothing counts.
    """
    kept = [
        stretch
        for holding in life.holdings
        if holding.custody not in failed and (stretch := _stretch(holding, time, collected)) is not None
    ]
    return Counted(knowledge_at(life, time), _merged(kept)) if kept else None


def states_of(
    life: Life, *, collected: bool, failed: frozenset[str]
) -> tuple[tuple[float, Counted | None], ...]:
    """Say what counts of a life from each time [d] at which that changes; the first is minus infinity."""
    states: list[tuple[float, Counted | None]] = []
    for change in sorted({-inf, *change_times(life)} - {inf}):
        state = counted(life, nextafter(change, inf), collected=collected, failed=failed)
        if not states or states[-1][1] != state:
            states.append((change, state))
    return tuple(states)


def _stretch(holding: Holding, time: float, collected: bool) -> CountedStretch | None:
    if holding.lag is None:
        reached = holding.in_hand < time and holding.in_hand <= holding.lost
        exists = collected and holding.lost >= time
        return CountedStretch(holding.begins, holding.ends) if reached or exists else None
    if holding.lost >= time:
        return CountedStretch(holding.begins, holding.ends, 0.0 if collected else holding.lag)
    # What had arrived before the rest was lost is in hand for good.
    ends = min(holding.ends, holding.lost - holding.lag)
    return CountedStretch(holding.begins, ends) if ends > holding.begins else None


def _merged(stretches: list[CountedStretch]) -> tuple[CountedStretch, ...]:
    merged: list[CountedStretch] = []
    for one in stretches:
        last = merged[-1] if merged else None
        # Stretches that touch are one look-out: a camera draws no new phase because a film was taken.
        if last is not None and last.ends == one.begins and last.lag == one.lag:
            merged[-1] = CountedStretch(last.begins, one.ends, one.lag)
        else:
            merged.append(one)
    return tuple(merged)


def change_times(life: Life) -> Iterator[float]:
    """Times [d] at which what counts of a life can change."""
    for holding in life.holdings:
        yield holding.lost
        if holding.lag is None:
            yield holding.in_hand
    for finding in life.findings:
        yield finding.known
