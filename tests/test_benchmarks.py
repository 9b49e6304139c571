"""The benchmarks' synthetic State is assessed rightly; nothing here asks how long anything takes."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.random import default_rng

from watchgap.assurance.engine import assess
from watchgap.assurance.record import Assessment, ClaimAssessment, Situation
from watchgap.recovery import Caps, least_effort, nondetection_of
from watchgap.testing.reference import reference_assess

CURVES = ("in hand", "latent", "timely")


@pytest.fixture(scope="module")
def benchmarks() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).resolve().parents[1]))
        from benchmarks import growth, state

        growth.state = state
        yield growth
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def situation(benchmarks: ModuleType) -> Situation:
    return benchmarks.build_state(benchmarks.QUICK, default_rng(benchmarks.SEED))


@pytest.fixture(scope="module")
def assessment(situation: Situation) -> Assessment:
    return assess(situation)


def only(assessment: Assessment) -> ClaimAssessment:
    (claim,) = assessment.claims.values()
    return claim


def test_state_is_as_large_as_it_says(benchmarks: ModuleType, situation: Situation) -> None:
    size = benchmarks.QUICK
    assert len(situation.claims[0].strata) == size.strata == 20
    assert len(situation.scenarios) == size.strata * size.routes
    assert len({stratum.split("-")[0] for stratum in situation.claims[0].strata}) == size.facilities
    lives = {len(record.lives) for record in situation.records.values()}
    assert lives == {size.visits + 1}
    assert len(situation.checks) == size.strata * (size.visits // 4)


def test_state_has_cameras_found_working_and_found_dead(situation: Situation) -> None:
    lives = [life for record in situation.records.values() for life in record.lives if life.findings]
    working = sum(life.findings[0].alive_until >= life.ends for life in lives)
    assert len(lives) / 2 < working < len(lives)


def test_same_seed_same_state(benchmarks: ModuleType, situation: Situation) -> None:
    again = benchmarks.build_state(benchmarks.QUICK, default_rng(benchmarks.SEED))
    assert again.scenarios == situation.scenarios
    assert again.records == situation.records


def test_whole_state_equals_its_strata_one_by_one(
    benchmarks: ModuleType, situation: Situation, assessment: Assessment
) -> None:
    together = only(assessment)
    worst = dict.fromkeys(CURVES, np.full(situation.times.shape, np.inf))
    for stratum in situation.claims[0].strata:
        alone = only(assess(benchmarks.state.of_stratum(situation, stratum)))
        for name in CURVES:
            one, other = alone.by_stratum[stratum][name], together.by_stratum[stratum][name]
            np.testing.assert_array_equal(one.value, other.value)
            np.testing.assert_array_equal(one.start, other.start)
            np.testing.assert_array_equal(alone.curves[name].value, one.value)
            worst[name] = np.minimum(worst[name], one.value)
    for name in CURVES:
        np.testing.assert_array_equal(worst[name], together.curves[name].value)


@pytest.mark.parametrize("place", [0, 13])
def test_strata_agree_with_the_plain_reference(
    benchmarks: ModuleType, situation: Situation, place: int
) -> None:
    stratum = situation.claims[0].strata[place]
    alone = benchmarks.state.of_stratum(situation, stratum)
    few = replace(alone, times=alone.times[[20, 70, 119]])
    engine, reference = only(assess(few)), only(reference_assess(few, step=np.inf))
    for name in CURVES:
        one, other = engine.by_stratum[stratum][name], reference.by_stratum[stratum][name]
        np.testing.assert_allclose(one.value, other.value, rtol=0.0, atol=1e-7)
    assert 0.0 < reference.curves["latent"].value[-1] < 1.0


def test_exponent_of_a_power_law(benchmarks: ModuleType) -> None:
    assert benchmarks.fit_exponent((250.0, 500.0, 1000.0), [2.0, 4.0, 8.0]) == pytest.approx(1.0)
    assert benchmarks.fit_exponent((5.0, 10.0, 20.0), [3.0, 12.0, 48.0]) == pytest.approx(2.0)


# ---------------------------------------------------------------- the inspection of many strata


@pytest.mark.parametrize("strata", [10, 20, 40])
def test_capped_inspections_of_all_sizes_are_proved(strata: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).resolve().parents[1]))
        from benchmarks.plan import PlanSize, capped_problem
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]
    problem = capped_problem(PlanSize(strata))
    plan = least_effort(problem)
    assert plan.status == "optimal"
    assert plan.bound <= plan.effort <= plan.bound + 1e-6
    samples = {(line.activity, line.stratum): line.sample for line in plan.lines}
    missed = nondetection_of(problem, samples)
    assert all(missed[one.name] <= (1 - one.target) * (1 + 1e-9) for one in problem.threats)
    for activity, most in problem.caps.items.items():
        assert sum(count for (name, _), count in samples.items() if name == activity) <= most
    # A cap binds: without it the plan costs less.
    assert least_effort(replace(problem, caps=Caps())).effort < plan.effort
