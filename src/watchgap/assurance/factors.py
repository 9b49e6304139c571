"""Non-detection by one life of a device, and by one check of a sample, for many starts at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchgap.assurance.holding import Counted
from watchgap.assurance.record import Check, FloatArray, Package, Pass, Scenario, Situation, Watch
from watchgap.coverage.record import Life
from watchgap.detection import expected_nondetection, items_removed_by, sample_nondetection
from watchgap.detection.record import FixedLife, LifeKnowledge, LifeModel, SealResponse

NO_LIMIT = np.inf


@dataclass(frozen=True, slots=True)
class CountedLife:
    """One life of one measure beside a route, and what counts of it."""

    watch: Watch
    life: Life
    state: Counted


def life_factor(
    scenario: Scenario, lived: CountedLife, starts: FloatArray, times: FloatArray | float = NO_LIMIT
) -> FloatArray:
    """Probability that one life of a measure shows nothing of a scenario, for each start.

    starts [d], shape (n,). times: time of assessment [d] for each start, which only matters to a record that
    counts with a lag. The devices of the watch have independent lives, so their number is an exponent.
    """
    return _factor(lived, *_pieces(scenario, lived, starts, times))


def life_factors(
    scenario: Scenario, lives: Sequence[CountedLife], starts: Sequence[FloatArray]
) -> list[FloatArray]:
    """Give `life_factor` for several lives, each at its own starts, with one integration for all alike.

    Alike are lives of one watch with the same model, the same knowledge and as many stretches: they differ
    only in their dates.
    """
    groups: dict[tuple[str, LifeModel, LifeKnowledge, int], list[int]] = {}
    for number, lived in enumerate(lives):
        key = (lived.watch.measure, *_model(lived), len(lived.state.stretches))
        groups.setdefault(key, []).append(number)
    factors: list[FloatArray] = [np.empty(0)] * len(lives)
    for members in groups.values():
        pieces = [_pieces(scenario, lives[number], starts[number], NO_LIMIT) for number in members]
        begins, ends = (np.concatenate(parts, axis=1) for parts in zip(*pieces, strict=True))
        together = _factor(lives[members[0]], begins, ends)
        cuts = np.cumsum([starts[number].size for number in members])[:-1]
        for number, part in zip(members, np.split(together, cuts), strict=True):
            factors[number] = part
    return factors


def _factor(lived: CountedLife, begins: FloatArray, ends: FloatArray) -> FloatArray:
    passes = _in_order(lived.watch)
    first = passes[0].response
    if isinstance(first, SealResponse):
        touched = (ends > begins).any(axis=0)
        return np.where(touched, (1.0 - first.recognition) ** lived.watch.count, 1.0)
    responses = [one.response for one in passes for _ in lived.state.stretches]
    one_device = expected_nondetection(*_model(lived), responses, begins, ends)
    return np.asarray(one_device**lived.watch.count, dtype=np.float64)


def _model(lived: CountedLife) -> tuple[LifeModel, LifeKnowledge]:
    """The model of a life and what is known of it; one that worked to its end is as one that cannot fail."""
    if lived.state.knowledge.alive_until >= lived.life.ends - lived.life.begins:
        return LifeModel(), LifeKnowledge()
    return lived.life.model, lived.state.knowledge


def _in_order(watch: Watch) -> list[Pass]:
    return sorted(watch.passes, key=lambda one: one.step)


def _pieces(
    scenario: Scenario, lived: CountedLife, starts: FloatArray, times: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Ages [d] between which each step is within each stretch that counts, in order of time: (pieces, n)."""
    step_times = scenario.step_times()
    begins: list[FloatArray] = []
    ends: list[FloatArray] = []
    for one in _in_order(lived.watch):
        set_up, handling, over = step_times[one.step]
        enters = starts + (handling if one.handling_only else set_up)
        leaves = starts + over
        for stretch in lived.state.stretches:
            lower = np.maximum(enters, stretch.begins)
            upper = np.minimum(leaves, min(stretch.ends, lived.life.ends))
            if stretch.lag:
                upper = np.minimum(upper, times - stretch.lag)
            ends.append(np.maximum(upper, lower) - lived.life.begins)
            begins.append(lower - lived.life.begins)
    return np.array(begins), np.array(ends)


def reach(scenario: Scenario, lived: CountedLife) -> tuple[float, float]:
    """Starts [d] between which a scenario can be touched by what counts of a life."""
    step_times = scenario.step_times()
    earliest = min(step_times[one.step][0] for one in lived.watch.passes)
    latest = max(step_times[one.step][2] for one in lived.watch.passes)
    stretches = lived.state.stretches
    return stretches[0].begins - latest, stretches[-1].ends - earliest


def check_factor(scenario: Scenario, check: Check, starts: FloatArray) -> FloatArray:
    """Probability that a check finds none of the items taken by its time, for each start [d]."""
    recognition = check.recognition.get(scenario.concealment, 0.0)
    if scenario.past:
        taken = np.full(starts.shape, scenario.items)
    else:
        first = scenario.steps[0]
        elapsed = check.time - starts - first.wait - first.setup
        taken = items_removed_by(scenario.items, first.rate, elapsed)
    return sample_nondetection(check.population, taken, check.sample, recognition)


def package_factor(situation: Situation, scenario: Scenario, package: Package, time: float) -> float:
    """Probability that a package's checks, carried out at a time [d], find none of a finished scenario."""
    lost = situation.evidence_lost
    factor = 1.0
    for planned in package.checks:
        if planned.stratum != scenario.stratum:
            continue
        there = all(not lost.get(evidence, NO_LIMIT) < time for evidence in planned.needs)
        table = planned.recognition if there else planned.without_evidence
        recognition = table.get(scenario.concealment, 0.0)
        taken = np.array([scenario.items])
        factor *= float(sample_nondetection(planned.population, taken, planned.sample, recognition)[0])
    return factor


def fixed_ends(model: LifeModel, knowledge: LifeKnowledge) -> tuple[float, ...]:
    """Ages [d] at which a life can end at once: fixed parts, and the bounds of what is known."""
    lengths = [part.length for part in model.parts if isinstance(part, FixedLife)]
    bounds = [knowledge.alive_until, knowledge.dead_by]
    return tuple(age for age in (*lengths, *bounds) if 0 < age < np.inf)
