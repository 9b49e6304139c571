"""Swings and given-data shares, by hand and against closed forms."""

from math import inf, pi, sqrt

import numpy as np
import pytest

from watchgap.base.errors import OutOfRange
from watchgap.inquiry import given_data_share, swings
from watchgap.inquiry.bins import bins_of, usual_bins


@pytest.fixture
def generator():
    return np.random.default_rng(20)


def test_a_swing_by_hand():
    values = np.array([5.0, 1.0, 2.0, 4.0, 3.0, 6.0, 8.0, 7.0])
    answer = np.array([0.5, 0.1, 0.3, 0.4, 0.2, 0.6, 1.0, 0.6])
    (swing,) = swings(answer, {"items": values}, groups=4)
    # The lowest quarter is 1 and 2, the highest 7 and 8.
    assert (swing.name, swing.low_value, swing.high_value) == ("items", 1.0, 7.0)
    assert (swing.low_answer, swing.high_answer) == pytest.approx((0.2, 0.8))
    assert (swing.low_error, swing.high_error) == pytest.approx((0.1, 0.2))
    assert swing.mean_answer == pytest.approx(3.7 / 8.0)


def test_the_ends_of_a_line_are_its_means_over_the_outer_tenths():
    values = (np.arange(1000) + 0.5) / 1000.0
    (swing,) = swings(3.0 * values, {"interval": values})
    assert (swing.low_answer, swing.high_answer) == pytest.approx((0.15, 2.85))
    assert (swing.low_value, swing.high_value) == pytest.approx((0.05, 0.95), abs=1e-3)
    assert swing.low_error == pytest.approx(0.3 / sqrt(12.0) / sqrt(100.0), rel=0.01)


def test_few_values_are_grouped_by_value():
    cameras = np.repeat([1.0, 2.0, 3.0], [2, 95, 3])
    answer = np.concatenate([[0.1, 0.3], np.full(95, 0.5), [0.6, 0.7, 0.8]])
    (swing,) = swings(answer, {"cameras": cameras})
    assert (swing.low_value, swing.high_value) == (1.0, 3.0)
    assert (swing.low_answer, swing.high_answer) == pytest.approx((0.2, 0.7))
    assert (swing.low_error, swing.high_error) == pytest.approx((0.1, 0.1 / sqrt(3.0)))


def test_one_value_has_no_swing_and_one_draw_no_error():
    answer = np.array([0.2, 0.4, 0.9])
    still, alone = swings(answer, {"still": np.ones(3), "alone": np.array([1.0, 1.0, 2.0])})[::-1]
    assert (still.name, still.low_answer, still.high_answer) == ("still", 0.5, 0.5)
    assert (alone.high_answer, alone.high_error) == (0.9, inf)


def test_the_widest_swing_is_first_and_ties_go_by_name(generator):
    values = generator.uniform(size=(3, 500))
    answer = values[0] - 2.0 * values[1]
    unknowns = {"b": values[0], "c": values[1], "d": values[2], "a": values[0]}
    assert [swing.name for swing in swings(answer, unknowns)] == ["c", "a", "b", "d"]


def test_dates_that_never_come_are_values_like_others():
    # A peril that comes on day 0 to 59, or never in four of ten draws.
    dates = np.concatenate([np.arange(60.0), np.full(40, inf)])
    answer = np.where(np.isinf(dates), 1.0, dates / 100.0)
    (swing,) = swings(answer, {"reload": dates})
    assert (swing.low_value, swing.high_value) == (4.0, inf)
    assert (swing.low_answer, swing.high_answer) == pytest.approx((0.045, 1.0))


def test_groups_keep_equal_values_together_and_are_otherwise_of_equal_count(generator):
    values = generator.permutation(np.arange(1024.0))
    bins = bins_of(values, 16)
    assert np.array_equal(bins.counts, np.full(16, 64))
    assert np.array_equal(bins.low, np.arange(0.0, 1024.0, 64.0))
    assert np.array_equal(bins.high, bins.low + 63.0)
    assert np.array_equal(bins.labels, values // 64)
    tied = bins_of(np.concatenate([np.zeros(97), [1.0, 2.0, 3.0]]), 2)
    assert tied.counts.tolist() == [97, 3]
    assert (tied.low.tolist(), tied.high.tolist()) == ([0.0, 1.0], [0.0, 3.0])


@pytest.mark.parametrize(("draws", "bins"), [(1, 1), (127, 1), (128, 2), (1024, 10), (4096, 16), (32768, 32)])
def test_the_usual_number_of_groups(draws, bins):
    assert usual_bins(draws) == bins


def test_the_share_of_a_sum_is_the_square_of_its_weight(generator):
    values = generator.normal(size=(3, 20_000))
    answer = np.array([1.0, 2.0, 0.0]) @ values
    found = [given_data_share(answer, one) for one in values]
    assert found == pytest.approx([0.2, 0.8, 0.0], abs=0.02)


def test_the_share_of_ishigami_needs_no_direction(generator):
    x = generator.uniform(-pi, pi, size=(3, 20_000))
    answer = np.sin(x[0]) + 7.0 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    found = [given_data_share(answer, one) for one in x]
    assert found == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)  # as in test_variance


def test_the_share_of_what_tells_nothing_has_no_bias(generator):
    answer = generator.normal(size=200)
    # The plain correlation ratio with 14 groups of 200 draws is 13 / 199 on average.
    found = [given_data_share(answer, generator.normal(size=200)) for _ in range(200)]
    assert np.mean(np.array(found) > 0.0) == pytest.approx(0.45, abs=0.12)
    assert np.mean(found) < 0.02


def test_the_share_that_the_swing_carries_is_that_share(generator):
    values = generator.uniform(size=400)
    answer = values + generator.normal(size=400)
    (swing,) = swings(answer, {"x": values})
    assert swing.share == given_data_share(answer, values)
    assert 0.0 < swing.share < 0.3


def test_the_share_of_what_does_not_vary_is_0(generator):
    values = generator.uniform(size=100)
    assert given_data_share(np.full(100, 0.1) + 1e-17 * values, values) == 0.0
    assert given_data_share(values, np.ones(100)) == 0.0
    assert given_data_share(values[:2], values[:2], bins=2) == 0.0  # a group for each draw says nothing


def test_what_is_refused():
    answer = np.zeros(8)
    with pytest.raises(
        OutOfRange, match=r"values of 'x' have the shape \(7,\), not \(8,\): one for each draw"
    ):
        swings(answer, {"x": np.zeros(7)})
    with pytest.raises(OutOfRange, match="a value of 'x' is no number; give one for each draw"):
        swings(answer, {"x": np.full(8, np.nan)})
    with pytest.raises(OutOfRange, match="2 of 8 values of the answer are no finite number"):
        swings(np.array([np.nan, inf, *np.zeros(6)]), {"x": answer})
    with pytest.raises(OutOfRange, match=r"the answer has the shape \(0,\), not \(draws,\)"):
        swings(np.zeros(0), {})
    with pytest.raises(OutOfRange, match="groups are 1; use 2 or more"):
        swings(answer, {"x": answer}, groups=1)
    with pytest.raises(OutOfRange, match="bins are 0; use 1 or more"):
        given_data_share(answer, answer, bins=0)
    with pytest.raises(OutOfRange, match=r"the answer has the shape \(2, 4\), not \(draws,\)"):
        given_data_share(answer.reshape(2, 4), answer)
