"""Lives of devices, against scipy.stats and by hand."""

from math import exp, inf

import numpy as np
import pytest
from scipy import stats

from watchgap.base.errors import OutOfRange
from watchgap.detection import (
    ExponentialLife,
    FixedLife,
    LifeKnowledge,
    LifeModel,
    LognormalLife,
    TableLife,
    WeibullLife,
    breaks,
    death_probability,
    life_quantile,
    survival,
)

AGES = np.array([0.0, 1e-6, 0.3, 5.0, 40.0, 80.0, 200.0, 900.0])
TABLE = TableLife((0.0, 30.0, 60.0, 90.0), (1.0, 0.9, 0.9, 0.2))
PARTS = {
    "exponential": (ExponentialLife(70.0), stats.expon(scale=70.0)),
    "infant": (WeibullLife(120.0, 0.5), stats.weibull_min(0.5, scale=120.0)),
    "wear": (WeibullLife(80.0, 4.0), stats.weibull_min(4.0, scale=80.0)),
    "lognormal": (LognormalLife(60.0, 0.8), stats.lognorm(0.8, scale=60.0)),
}


@pytest.mark.parametrize("name", PARTS)
def test_survival_of_one_part_is_that_of_its_law(name):
    part, law = PARTS[name]
    assert survival(LifeModel((part,)), AGES) == pytest.approx(law.sf(AGES), rel=1e-12)


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize(("lower", "upper"), [(0.0, inf), (20.0, inf), (0.0, 100.0), (35.0, 60.0)])
def test_death_probability_is_the_truncated_law(name, lower, upper):
    part, law = PARTS[name]
    expected = np.clip((law.cdf(AGES) - law.cdf(lower)) / (law.cdf(upper) - law.cdf(lower)), 0.0, 1.0)
    computed = death_probability(LifeModel((part,)), LifeKnowledge(lower, upper), AGES)
    assert computed == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_small_probabilities_keep_their_digits():
    model = LifeModel((WeibullLife(100.0, 4.0), ExponentialLife(1e9)))
    # To first order in the hazard; the next order is 5e-15 of it.
    assert death_probability(model, LifeKnowledge(), np.array(0.01)) == pytest.approx(
        1e-16 + 1e-11, rel=1e-10
    )
    late = death_probability(
        LifeModel((WeibullLife(10.0, 2.0),)), LifeKnowledge(400.0), np.array(400.0 + 1e-9)
    )
    assert late == pytest.approx(2.0 * 400.0 / 100.0 * 1e-9, rel=1e-4)  # survival itself is e^-1600


def test_parts_multiply_and_a_device_without_parts_never_dies():
    model = LifeModel((ExponentialLife(70.0), FixedLife(80.0)))
    assert survival(model, np.array([-3.0, 40.0, 79.9, 80.0])) == pytest.approx(
        [1.0, exp(-40 / 70), exp(-79.9 / 70), 0.0]
    )
    assert survival(LifeModel(), AGES).tolist() == [1.0] * AGES.size
    assert death_probability(LifeModel(), LifeKnowledge(), AGES).tolist() == [0.0] * AGES.size
    assert life_quantile(LifeModel(), LifeKnowledge(), np.array([0.0, 0.5])).tolist() == [0.0, inf]


def test_a_fixed_life_jumps_at_its_length():
    model = LifeModel((FixedLife(80.0),))
    ages = np.array([79.999999, 80.0, 80.000001])
    assert survival(model, ages).tolist() == [1.0, 0.0, 0.0]
    assert death_probability(model, LifeKnowledge(), ages).tolist() == [0.0, 1.0, 1.0]
    assert death_probability(model, LifeKnowledge(60.0), ages).tolist() == [0.0, 1.0, 1.0]
    assert life_quantile(model, LifeKnowledge(), np.array([1e-9, 0.5, 1.0])).tolist() == [80.0] * 3


def test_a_table_is_linear_and_its_remainder_never_fails():
    model = LifeModel((TABLE,))
    ages = np.array([15.0, 45.0, 75.0, 90.0, 1e6])
    assert survival(model, ages) == pytest.approx([0.95, 0.9, 0.55, 0.2, 0.2])
    assert life_quantile(model, LifeKnowledge(), np.array([0.08, 0.45, 0.8, 0.81])) == pytest.approx(
        [24.0, 75.0, 90.0, inf]
    )
    ended = LifeModel((TableLife((0.0, 10.0), (1.0, 0.0)),))
    assert survival(ended, np.array([5.0, 10.0, 11.0])) == pytest.approx([0.5, 0.0, 0.0])


def test_a_death_whose_record_was_read_is_exact():
    model, known = LifeModel((ExponentialLife(70.0),)), LifeKnowledge(33.0, 33.0)
    assert death_probability(model, known, np.array([32.9, 33.0, 50.0])).tolist() == [0.0, 1.0, 1.0]
    assert breaks(model, known).tolist() == [33.0]
    assert life_quantile(model, known, np.array([0.0, 0.5, 1.0])).tolist() == [33.0, 33.0, 33.0]


class TestFactsWin:
    def test_found_working_after_the_model_had_ended(self):
        known = LifeKnowledge(90.0)
        assert death_probability(LifeModel((FixedLife(80.0),)), known, np.array([89.9, 90.0])).tolist() == [
            0,
            1,
        ]

    def test_found_working_at_the_very_end(self):
        known = LifeKnowledge(80.0)
        assert death_probability(LifeModel((FixedLife(80.0),)), known, np.array([79.9, 80.0])).tolist() == [
            0,
            1,
        ]

    @pytest.mark.parametrize(("lower", "upper"), [(0.0, 60.0), (90.0, 120.0)])
    def test_dead_in_an_interval_that_the_model_excludes(self, lower, upper):
        model, known = LifeModel((FixedLife(80.0),)), LifeKnowledge(lower, upper)
        ages = lower + (upper - lower) * np.array([-0.1, 0.0, 0.25, 1.0, 1.5])
        assert death_probability(model, known, ages) == pytest.approx([0.0, 0.0, 0.25, 1.0, 1.0])
        assert life_quantile(model, known, np.array(0.25)) == pytest.approx(lower + (upper - lower) * 0.25)


def test_breaks_are_the_ages_where_the_law_is_not_smooth():
    model = LifeModel((FixedLife(80.0), TABLE, ExponentialLife(70.0)))
    assert breaks(model, LifeKnowledge()).tolist() == [0.0, 30.0, 60.0, 80.0, 90.0]
    assert breaks(model, LifeKnowledge(40.0, 85.0)).tolist() == [40.0, 60.0, 80.0, 85.0]


@pytest.mark.parametrize("name", PARTS)
def test_quantiles_invert_the_law(name):
    part, law = PARTS[name]
    probability = np.array([[1e-6, 0.05, 0.5], [0.95, 0.999, 1.0 - 1e-9]])
    computed = life_quantile(LifeModel((part,)), LifeKnowledge(), probability)
    assert computed == pytest.approx(law.ppf(probability), rel=1e-7)
    exact = probability[:, :2]
    assert life_quantile(LifeModel((part,)), LifeKnowledge(), exact) == pytest.approx(
        law.ppf(exact), rel=1e-9
    )


def test_quantiles_of_a_truncated_law_lie_within_it():
    model = LifeModel((ExponentialLife(70.0), FixedLife(80.0)))
    ages = life_quantile(model, LifeKnowledge(20.0), np.array([0.0, 0.3, 0.9, 1.0]))
    assert ages == pytest.approx([20.0, 20.0 - 70.0 * np.log(0.7), 80.0, 80.0])
    assert life_quantile(LifeModel((ExponentialLife(70.0),)), LifeKnowledge(), np.array(1.0)) == inf


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (FixedLife(0.0), "length of a fixed life is 0.0 d, not a finite number above 0"),
        (ExponentialLife(-1.0), "mean of an exponential life is -1.0 d, not a finite number above 0"),
        (WeibullLife(inf, 1.0), "scale of a Weibull life is inf d, not a finite number above 0"),
        (WeibullLife(1.0, 0.0), "shape of a Weibull life is 0.0, not a finite number above 0"),
        (LognormalLife(0.0, 1.0), "median of a lognormal life is 0.0 d, not a finite number above 0"),
        (LognormalLife(1.0, float("nan")), "sigma of a lognormal life is nan, not a finite number above 0"),
        (
            TableLife((0.0, 1.0), (1.0,)),
            "life table has 2 ages and 1 survivals, not one survival for each age",
        ),
        (
            TableLife((0.0, 2.0, 2.0), (1.0, 0.5, 0.2)),
            "ages of a life table are (0.0, 2.0, 2.0) d, not finite and ascending from 0",
        ),
        (
            TableLife((0.0, 1.0), (1.0, 1.1)),
            "survivals of a life table are (1.0, 1.1), not falling from 1 towards 0",
        ),
    ],
)
def test_a_part_that_describes_no_life_is_refused(part, message):
    with pytest.raises(OutOfRange) as refused:
        survival(LifeModel((part,)), AGES)
    assert str(refused.value) == message


@pytest.mark.parametrize(("lower", "upper"), [(-1.0, 5.0), (5.0, 4.0), (inf, inf), (float("nan"), 5.0)])
def test_knowledge_out_of_order_is_refused(lower, upper):
    with pytest.raises(OutOfRange) as refused:
        death_probability(LifeModel(), LifeKnowledge(lower, upper), AGES)
    assert str(refused.value) == (
        f"life is known to end in ({lower}, {upper}] d, not in an interval with 0 <= alive_until <= dead_by"
    )


def test_a_quantile_of_no_probability_is_refused():
    with pytest.raises(OutOfRange) as refused:
        life_quantile(LifeModel(), LifeKnowledge(), np.array([0.5, 1.5]))
    assert str(refused.value) == "a probability lies outside [0, 1]"
