"""A traced non-detection: its factors multiply to the engine's, and each is that of its measure alone."""

from dataclasses import replace
from math import comb, exp

import numpy as np
import pytest
from hypothesis import given

from watchgap.assurance import IN_HAND, LATENT, TIMELY, Situation, assess, nondetection, restorable
from watchgap.assurance.trace import trace
from watchgap.base.errors import UnknownName
from watchgap.testing import worked
from watchgap.testing.strategies import Question, examples, questions

WORKED = (worked.one_camera, worked.dying_camera, worked.shared_custody, worked.seal_and_sample)


@examples(150)
@given(question=questions())
def test_factors_multiply_to_the_non_detection(question: Question) -> None:
    situation, scenario = question.situation, question.scenario
    packages = (restorable(package.name) for package in situation.packages)
    for curve in (IN_HAND, LATENT, *(() if scenario.past else (TIMELY,)), *packages):
        starts = np.array([question.start])
        expected = float(nondetection(situation, scenario, starts, question.time, curve)[0])
        told = trace(situation, scenario, question.start, question.time, curve)
        assert told.nondetection == pytest.approx(expected, abs=1e-12, rel=1e-12)
        product = 1.0
        for measure in told.apart:
            silent = np.prod([life.missed for life in measure.lives])
            assert measure.missed == pytest.approx(measure.blind_spot + (1 - measure.blind_spot) * silent)
            product *= measure.missed
        joint = sum(
            world.probability * np.prod([one.missed for one in world.measures]) for world in told.together
        )
        product *= joint if told.together else 1.0
        for check in told.checks:
            product *= check.missed
        assert product == pytest.approx(expected, abs=1e-12, rel=1e-12)


@examples(60)
@given(question=questions())
def test_a_factor_apart_is_that_of_the_measure_alone(question: Question) -> None:
    situation, scenario = question.situation, question.scenario
    told = trace(situation, scenario, question.start, question.time, IN_HAND)
    starts = np.array([question.start])
    for measure in told.apart:
        watches = tuple(one for one in scenario.watches if one.measure == measure.measure)
        alone = replace(scenario, watches=watches)
        only = nondetection(replace(situation, checks=()), alone, starts, question.time, IN_HAND)
        assert measure.missed == pytest.approx(float(only[0]), abs=1e-12)


@pytest.mark.parametrize("make", WORKED)
def test_the_binding_start_of_every_curve(make: object) -> None:
    assert callable(make)
    situation: Situation = make()
    for place, time in enumerate(situation.times.tolist()):
        for curve in assess(situation).claims["no diversion"].curves.values():
            told = trace(situation, situation.scenarios[0], float(curve.start[place]), time, curve.name)
            assert told.nondetection == pytest.approx(1 - curve.value[place], abs=1e-12)


def test_one_camera_by_hand() -> None:
    situation = worked.one_camera()
    (measure,) = trace(situation, situation.scenarios[0], 10.0, 61.0, IN_HAND).apart
    (life,) = measure.lives
    (overlap,) = life.overlaps
    assert (overlap.begins, overlap.ends, overlap.step) == (10.0, 15.0, 0)
    assert life.working == (1.0, 1.0)
    assert life.missed == pytest.approx(exp(-0.3 * 5))
    (held,) = measure.held
    assert (held.begins, held.ends, held.counts_until, held.failed) == (10.0, 15.0, 15.0, False)


def test_what_is_not_in_hand_counts_for_nothing() -> None:
    situation = worked.one_camera()
    told = trace(situation, situation.scenarios[0], 10.0, 30.0, IN_HAND)
    (measure,) = told.apart
    assert (measure.lives, measure.missed, told.nondetection) == ((), 1.0, 1.0)
    (held,) = measure.held
    assert held.counts_until == held.begins == 10.0
    assert held.holding.in_hand == 60.0


def test_custody_outcome_by_outcome() -> None:
    situation = worked.shared_custody()
    told = trace(situation, situation.scenarios[0], 10.0, 90.0, IN_HAND)
    first, second = exp(-0.3 * 5), exp(-0.1 * 5)
    assert told.apart == ()
    whole, failed = told.together
    assert (whole.failed, whole.probability) == ((), 0.8)
    assert (failed.failed, failed.probability) == (("operator",), pytest.approx(0.2))
    assert [one.missed for one in whole.measures] == pytest.approx([0.25 + 0.75 * first, second])
    assert [one.missed for one in failed.measures] == [1.0, 1.0]
    assert all(held.failed for one in failed.measures for held in one.held)
    assert told.nondetection == pytest.approx(0.2 + 0.8 * (0.25 + 0.75 * first) * second)


def test_checks_by_hand() -> None:
    situation = worked.seal_and_sample()
    told = trace(situation, situation.scenarios[0], 10.0, 90.0, restorable("identify"))

    def missed(sample: int, recognition: float) -> float:
        ways = (comb(5, k) * comb(15, sample - k) * (1 - recognition) ** k for k in range(min(5, sample) + 1))
        return sum(ways) / comb(20, sample)

    done, planned = told.checks
    assert (done.planned, done.sample, done.gone, done.recognition) == (False, 4, 5, 0.5)
    assert done.missed == pytest.approx(missed(4, 0.5))
    # The identities were lost on day 80, so that a fifth of what is measured is recognised.
    assert (planned.planned, planned.sample, planned.recognition) == (True, 10, 0.2)
    assert planned.missed == pytest.approx(missed(10, 0.2))
    early = trace(situation, situation.scenarios[0], 10.0, 63.0, restorable("identify"))
    assert early.checks[1].recognition == 1.0


def test_a_check_that_came_too_late_to_be_timely() -> None:
    situation = worked.seal_and_sample()
    told = trace(situation, situation.scenarios[0], 10.0, 90.0, TIMELY)
    (check,) = told.checks
    assert (check.counts, check.missed) == (False, 1.0)
    assert told.until == pytest.approx(45.0)


def test_an_unknown_package() -> None:
    situation = worked.one_camera()
    with pytest.raises(UnknownName, match="no package 'nothing' is in the situation"):
        trace(situation, situation.scenarios[0], 10.0, 61.0, "nothing")
