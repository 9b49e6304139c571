"""Draws the timeline of each measure as it is known at a time of assessment.

Four states, never merged: *seen* (it functioned and its record is in hand), *recorded* (it functioned and its
record is not in hand), *blind* (it could not observe, or its record is gone) and *not known* (whether it
functioned is not known; the stretch then carries the probability that it did).
"""

from collections.abc import Iterator
from itertools import pairwise
from math import inf

import numpy as np

from watchgap.case.record import Case
from watchgap.coverage.record import Holding, Lane, Life, MeasureRecord, Stretch
from watchgap.detection import death_probability, life_quantile
from watchgap.detection.record import LifeKnowledge, LifeModel

SEEN, RECORDED, BLIND, NOT_KNOWN = "seen", "recorded", "blind", "not known"

# Between these probabilities of functioning a stretch is 'not known'; outside of them it is taken as known.
PRESUMED_DEAD, PRESUMED_WORKING = 0.05, 0.95


def timelines(case: Case, records: dict[str, MeasureRecord], time: float) -> tuple[Lane, ...]:
    """Build the lane of every measure up to a time [d], with what is known by then."""
    names = {measure.id: measure for measure in case.measures}
    lanes: list[Lane] = []
    for record in records.values():
        measure = names[record.measure]
        stretches = _joined(_stretches(record, time))
        blind = _blind_since(record, stretches, time)
        lanes.append(Lane(record.measure, measure.name, measure.point, stretches, blind))
    return tuple(lanes)


def knowledge_at(life: Life, time: float) -> LifeKnowledge:
    """Combine all that was found of a life before a time into bounds on its length [d]."""
    return LifeKnowledge(*bounds_at(life, time))


def bounds_at(life: Life, time: float) -> tuple[float, float]:
    """The ages [d] that a life is known by a time to have reached, and to have been dead by.

    The one rule of the house for this; rooms that compute from lives call it.
    """
    begins = life.begins
    alive, dead = begins, inf
    for finding in life.findings:
        if finding.known < time:
            alive, dead = max(alive, finding.alive_until), min(dead, finding.dead_by)
    alive_until = alive - begins
    return alive_until, max(alive_until, dead - begins)


def _stretches(record: MeasureRecord, time: float) -> Iterator[Stretch]:
    clock = 0.0
    for life in record.lives:
        if life.begins >= time:
            break
        if life.begins > clock:
            yield Stretch(clock, life.begins, BLIND, (0.0, 0.0), _absence(clock))
        ends = min(life.ends, time)
        yield from _of_life(life, ends, time)
        clock = max(clock, ends)
    if clock < time:
        yield Stretch(clock, time, BLIND, (0.0, 0.0), _absence(clock))


def _absence(clock: float) -> str:
    return "taken away or stopped" if clock > 0 else "not in place yet"


def _of_life(life: Life, ends: float, time: float) -> Iterator[Stretch]:
    known = knowledge_at(life, time)
    marks = {life.begins, ends}
    marks.update((life.begins + known.alive_until, life.begins + known.dead_by))
    if known.alive_until < ends - life.begins:
        marks.update(life.begins + age for age in _turning_ages(life.model, known))
    for holding in life.holdings:
        marks.update((holding.begins, holding.ends))
        if holding.lag is not None:
            marks.add(time - holding.lag)
    cuts = sorted(mark for mark in marks if life.begins <= mark <= ends)
    for begin, end in pairwise(cuts):
        ages = np.array([begin, end]) - life.begins
        dead = death_probability(life.model, known, np.nextafter(ages, [np.inf, 0.0]))
        working = (float(1 - dead[0]), float(1 - dead[1]))
        yield Stretch(begin, end, *_state(life, (begin + end) / 2, working, time, known))


def _turning_ages(model: LifeModel, known: LifeKnowledge) -> tuple[float, ...]:
    if not model.parts and known.dead_by == np.inf:
        return ()
    return tuple(
        float(age) for age in life_quantile(model, known, np.array([PRESUMED_DEAD, 0.5, PRESUMED_WORKING]))
    )


def _state(
    life: Life, middle: float, working: tuple[float, float], time: float, known: LifeKnowledge
) -> tuple[str, tuple[float, float], str]:
    share = sum(working) / 2
    holding = next((one for one in life.holdings if one.begins <= middle <= one.ends), None)
    if share <= PRESUMED_DEAD:
        why = (
            "found dead"
            if known.dead_by < np.inf and middle - life.begins >= known.dead_by
            else "presumed run out"
        )
        return BLIND, working, why
    if holding is not None and holding.lost < time and not holding.in_hand <= holding.lost:
        return BLIND, working, "record lost"
    if share < PRESUMED_WORKING:
        return NOT_KNOWN, working, "not known whether it still worked"
    if holding is not None and _in_hand(holding, middle, time):
        kept = f"in hand, and counts if authentic ({holding.custody})" if holding.custody else "in hand"
        return SEEN, working, kept
    if holding is not None and holding.custody is not None:
        return RECORDED, working, f"in the operator's custody ({holding.custody})"
    if holding is not None and holding.lag is not None:
        return RECORDED, working, "not yet arrived"
    return RECORDED, working, "not yet collected and reviewed"


def _in_hand(holding: Holding, middle: float, time: float) -> bool:
    if holding.lag is not None:
        return middle < time - holding.lag
    return holding.in_hand < time


def _joined(stretches: Iterator[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for one in stretches:
        last = joined[-1] if joined else None
        same = last is not None and (last.state, last.why) == (one.state, one.why) and one.state != NOT_KNOWN
        if last is not None and same:
            functioning = (last.functioning[0], one.functioning[1])
            joined[-1] = Stretch(last.begins, one.ends, one.state, functioning, one.why)
        elif one.ends > one.begins:
            joined.append(one)
    return tuple(joined)


def _blind_since(
    record: MeasureRecord, stretches: tuple[Stretch, ...], time: float
) -> tuple[float, float, float] | None:
    """When the present blindness began: known, or the 5, 50 and 95 % quantiles of the last life's end."""
    if not stretches or stretches[-1].functioning[1] >= 0.5:
        return None
    lives = [life for life in record.lives if life.begins < time]
    if not lives:
        return (0.0, 0.0, 0.0)
    last = lives[-1]
    known = knowledge_at(last, time)
    age = min(time, last.ends) - last.begins
    if last.ends >= time:
        # It is still in place, and it is blind because it has died by now.
        known = LifeKnowledge(min(known.alive_until, age), min(known.dead_by, age))
    ages = np.minimum(life_quantile(last.model, known, np.array([0.05, 0.5, 0.95])), age)
    return float(last.begins + ages[0]), float(last.begins + ages[1]), float(last.begins + ages[2])
