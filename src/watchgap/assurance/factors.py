"""Non-detection by one life of a device, and by one check of a sample, for many starts of a scenario at once."""

import numpy as np

from watchgap.assurance.holding import Counted
from watchgap.assurance.record import Check, FloatArray, Pass, PlannedCheck, Scenario, Watch
from watchgap.coverage.record import Life
from watchgap.detection import expected_nondetection, items_removed_by, sample_nondetection
from watchgap.detection.record import LifeKnowledge, LifeModel, SealResponse

NO_LIMIT = np.inf


def life_factor(
    scenario: Scenario, watch: Watch, life: Life, state: Counted, starts: FloatArray, times: FloatArray | float = NO_LIMIT
) -> FloatArray:
    """Probability that one life of a measure shows nothing of a scenario, for each start.

    starts [d], shape (n,). times: time of assessment [d] for each start, which only matters to a record that
    counts with a lag. The devices of the watch have independent lives, so their number is an exponent.
    """
    begins, ends = _pieces(scenario, watch, life, state, starts, times)
    passes = _in_order(watch)
    first = passes[0].response
    if isinstance(first, SealResponse):
        touched = (ends > begins).any(axis=0)
        return np.where(touched, (1.0 - first.recognition) ** watch.count, 1.0)
    responses = [one.response for one in passes for _ in state.stretches]
    one_device = expected_nondetection(life.model, state.knowledge, responses, begins, ends)
    return np.asarray(one_device**watch.count, dtype=np.float64)


def _in_order(watch: Watch) -> list[Pass]:
    return sorted(watch.passes, key=lambda one: one.step)


def _pieces(
    scenario: Scenario, watch: Watch, life: Life, state: Counted, starts: FloatArray, times: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Ages [d] between which each step is within each stretch that counts, in order of time: (pieces, n)."""
    step_times = scenario.step_times()
    begins: list[FloatArray] = []
    ends: list[FloatArray] = []
    for one in _in_order(watch):
        set_up, handling, over = step_times[one.step]
        enters = starts + (handling if one.handling_only else set_up)
        leaves = starts + over
        for stretch in state.stretches:
            lower = np.maximum(enters, stretch.begins)
            upper = np.minimum(leaves, min(stretch.ends, life.ends))
            if stretch.lag:
                upper = np.minimum(upper, times - stretch.lag)
            ends.append(np.maximum(upper, lower) - life.begins)
            begins.append(lower - life.begins)
    return np.array(begins), np.array(ends)


def reach(scenario: Scenario, watch: Watch, state: Counted) -> tuple[float, float]:
    """Starts [d] between which a scenario can be touched by what counts of a life."""
    step_times = scenario.step_times()
    earliest = min(step_times[one.step][0] for one in watch.passes)
    latest = max(step_times[one.step][2] for one in watch.passes)
    return state.stretches[0].begins - latest, state.stretches[-1].ends - earliest


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


def planned_factor(scenario: Scenario, planned: PlannedCheck, *, evidence_is_there: bool) -> float:
    """Probability that an activity of a package finds none of the items of a finished scenario."""
    table = planned.recognition if evidence_is_there else planned.without_evidence
    recognition = table.get(scenario.concealment, 0.0)
    taken = np.array([scenario.items])
    return float(sample_nondetection(planned.population, taken, planned.sample, recognition)[0])


def fixed_ends(model: LifeModel, knowledge: LifeKnowledge) -> tuple[float, ...]:
    """Ages [d] at which a life is known to be able to end at once: fixed parts, and the bounds of what is known."""
    lengths = [part.length for part in model.parts if hasattr(part, "length")]
    bounds = [knowledge.alive_until, knowledge.dead_by]
    return tuple(age for age in (*lengths, *bounds) if 0 < age < np.inf)
