"""Which part of a measure's record counts at a time, and what is known of its lives by then.

A fact counts at a time of assessment if it is earlier: assessments are made at the end of a day, and what
happens at the following midnight is of the day after.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from watchgap.coverage.lanes import knowledge_at
from watchgap.coverage.record import Holding, Life
from watchgap.detection.record import LifeKnowledge


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of record that counts [d]; each instant of it counts only `lag` days later."""

    begins: float
    ends: float
    lag: float = 0.0


@dataclass(frozen=True, slots=True)
class Counted:
    """All that the engine has to know of one life at one time: what is known of its length, what counts."""

    knowledge: LifeKnowledge
    stretches: tuple[Stretch, ...]


def counted(life: Life, time: float, *, collected: bool, failed: frozenset[str]) -> Counted | None:
    """Say what counts of a life at a time [d].

    collected: whether everything that still exists is taken as collected at that time. failed: custody
    periods whose record is not complete and authentic. None if nothing counts.
    """
    kept = [
        holding
        for holding in life.holdings
        if _counts(holding, time, collected) and holding.custody not in failed
    ]
    if not kept:
        return None
    return Counted(knowledge_at(life, time), _merged(kept, collected=collected))


def _counts(holding: Holding, time: float, collected: bool) -> bool:
    if holding.lag is not None:
        return True
    reached = holding.in_hand < time and holding.in_hand <= holding.lost
    return reached or (collected and holding.lost >= time)


def _merged(holdings: list[Holding], *, collected: bool) -> tuple[Stretch, ...]:
    merged: list[Stretch] = []
    for holding in holdings:
        lag = 0.0 if collected or holding.lag is None else holding.lag
        last = merged[-1] if merged else None
        # Stretches that touch are one look-out: a camera draws no new phase because a film was taken.
        if last is not None and last.ends == holding.begins and last.lag == lag:
            merged[-1] = Stretch(last.begins, holding.ends, lag)
        else:
            merged.append(Stretch(holding.begins, holding.ends, lag))
    return tuple(merged)


def change_times(life: Life) -> Iterator[float]:
    """Times [d] at which what counts of a life can change."""
    for holding in life.holdings:
        yield holding.lost
        if holding.lag is None:
            yield holding.in_hand
    for finding in life.findings:
        yield finding.known
