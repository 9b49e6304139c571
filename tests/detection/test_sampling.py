"""Sampling plans: the worked numbers of the literature, exact fractions, and what must always hold."""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import comb, inf, nan
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from watchgap.base.errors import OutOfRange
from watchgap.detection import (
    defects_needed,
    items_removed_by,
    sample_nondetection,
    sample_size_jaech,
    sample_size_power,
    smallest_sample,
)
from watchgap.testing.strategies import examples


def exact(population, defectives, sample, recognition):
    """The sum over the number found, in fractions of the floating-point inputs."""
    missed = 1 - Fraction(recognition)
    least, most = max(0, sample + defectives - population), min(sample, defectives)
    found = (
        comb(defectives, k) * comb(population - defectives, sample - k) * missed**k
        for k in range(least, most + 1)
    )
    return float(sum(found, Fraction(0)) / comb(population, sample))


def fifty_digits(population, defectives, sample, recognition):
    """The same sum for large numbers: from the exact first term, in decimals of fifty digits."""
    with localcontext() as context:
        context.prec = 50
        missed = 1 - Decimal(recognition)
        k = max(0, sample + defectives - population)
        first = comb(defectives, k) * comb(population - defectives, sample - k)
        term = Decimal(first) / Decimal(comb(population, sample))
        total, all_missed = Decimal(0), missed**k if k else Decimal(1)
        while k <= min(sample, defectives):
            total += term * all_missed
            all_missed *= missed
            others = population - defectives - sample + k + 1
            term *= Decimal((defectives - k) * (sample - k)) / ((k + 1) * others)
            k += 1
        return float(total)


def nondetection(population, defectives, sample, recognition=1.0):
    return float(sample_nondetection(population, np.array(defectives), sample, recognition))


class TestPrintedNumbers:
    @pytest.mark.parametrize(
        ("plan", "fraction"),
        [
            ((20, 2, 5), Fraction(21, 38)),
            ((100, 5, 36), Fraction(3782, 37345)),
            ((100, 5, 37), Fraction(111569, 1195040)),
        ],
    )
    def test_attribute_samples(self, plan, fraction):
        assert nondetection(*plan) == pytest.approx(float(fraction), rel=1e-13)

    @pytest.mark.parametrize(
        ("plan", "printed"),
        [
            ((100, 5, 37, 0.9), 0.1263539829),
            ((100, 5, 37, 0.7), 0.218701),
            ((100, 3, 20, 0.9), 0.5481332096),  # seals by sample
        ],
    )
    def test_a_tester_that_can_miss(self, plan, printed):
        assert nondetection(*plan) == pytest.approx(printed, abs=5e-7 if printed == 0.218701 else 5e-11)

    # (goal kg, item kg, items) and (defects, samples for 90 %, 50 %, 20 % detection, formula for 90 %)
    INVENTORIES: ClassVar = {
        "PuO2 cans": (8.0, 2.0, 300, 4, 131, 48, 17, 132),
        "small PuO2 cans": (8.0, 0.5, 1000, 16, 134, 43, 14, 135),
        "MOX assemblies": (8.0, 25.0, 60, 1, 54, 30, 12, 54),
        "LEU assemblies": (75.0, 15.0, 500, 5, 184, 65, 22, 185),
        "UF6 cylinders": (75.0, 67.5, 120, 2, 82, 35, 13, 83),
        "spent LWR assemblies": (8.0, 4.0, 2000, 2, 1368, 586, 212, 1368),
        "CANDU bundles": (8.0, 0.075, 20000, 107, 425, 129, 42, 426),
        "HEU plates": (25.0, 0.02, 2500, 1250, 4, 1, 1, 5),
    }

    @pytest.mark.parametrize("name", INVENTORIES)
    def test_worked_inventories(self, name):
        goal, mass, items, defects, *sizes, formula = self.INVENTORIES[name]
        assert defects_needed(goal, 1.0, mass) == defects
        assert [smallest_sample(items, defects, goal_missed) for goal_missed in (0.1, 0.5, 0.8)] == sizes
        assert sample_size_power(items, defects, 0.1) == formula

    def test_the_floor_of_an_instrument(self):
        assert smallest_sample(200, 1, 0.1, 0.9) == 200
        assert smallest_sample(200, 1, 0.1, 0.7) is None
        assert nondetection(200, 1, 200, 0.7) == pytest.approx(0.3, rel=1e-14)

    def test_reverification_that_restores_a_target(self):
        assert smallest_sample(100, 5, 1.0 - 80 / 99) == 28
        assert smallest_sample(300, 4, 1 / 11) == 135
        assert smallest_sample(300, 4, 1 / 11, 0.9) == 150

    def test_three_hundred_rods_of_eight_thousand(self):
        altered = np.array([40, 60, 80, 160])
        detection = 1.0 - sample_nondetection(8000, altered, 300, 1.0)
        assert detection.round(4).tolist() == [0.7840, 0.8999, 0.9537, 0.9979]
        assert detection[2:].round(5).tolist() == [0.95373, 0.99793]
        assert smallest_sample(8000, 80, 0.05) == 293


class TestSizesInUse:
    # Difference of the formula in use from the exact size, 0 to 3, over all 79 800 pairs 1 <= r < N <= 400.
    @pytest.mark.parametrize(
        ("goal", "counts"),
        [
            (0.05, [884, 27847, 47679, 3390]),
            (0.10, [1289, 55648, 22863, 0]),
            (0.50, [53666, 26134, 0, 0]),
            (0.80, [76892, 2908, 0, 0]),
        ],
    )
    def test_the_formula_is_at_most_three_above_the_exact_size(self, goal, counts):
        above = np.zeros(4, dtype=int)
        for items in range(2, 401):
            defects = np.arange(1, items)
            # A goal met or not with each sample: the exact rule on the whole row at once, ties included.
            remaining = items - np.arange(items)[:, None] - defects
            missed = np.cumprod(np.maximum(remaining, 0) / (items - np.arange(items)[:, None]), axis=0)
            least = 1 + np.count_nonzero(missed > goal * (1.0 + 1e-11), axis=0)
            formula = [sample_size_power(items, int(r), goal) for r in defects]
            above += np.bincount(np.array(formula) - least, minlength=4)
        assert above.tolist() == counts

    @pytest.mark.parametrize("goal", [0.05, 0.1, 0.5, 0.8])
    @pytest.mark.parametrize("items", [2, 17, 60, 123, 400])
    def test_both_are_safe_and_jaech_is_within_one(self, items, goal):
        for defects in range(1, items, 1 + items // 40):
            least = smallest_sample(items, defects, goal)
            assert 0 <= sample_size_power(items, defects, goal) - least <= 3
            assert 0 <= sample_size_jaech(items, defects, goal) - least <= 1

    def test_a_whole_number_is_not_rounded_up(self):
        assert sample_size_power(200, 1, 0.1) == 180  # 180.00000000000003 in floating point, on some machines
        assert smallest_sample(200, 1, 0.1) == 180


@pytest.mark.parametrize("recognition", [0.0, 0.3, 0.85, 1.0])
def test_small_cases_are_the_exact_fractions(recognition):
    for population in (0, 1, 2, 7, 16):
        defectives = np.arange(population + 1)
        for sample in range(population + 1):
            computed = sample_nondetection(population, defectives, sample, recognition)
            expected = [exact(population, int(d), sample, recognition) for d in defectives]
            assert computed == pytest.approx(expected, rel=1e-13, abs=1e-300)


@pytest.mark.parametrize(
    ("population", "defectives", "sample", "recognition"),
    [
        (8000, 80, 300, 0.9),
        (5000, 2500, 40, 1.0),
        (3000, 1500, 900, 0.01),
        (3000, 2900, 2800, 0.05),
        (100_000, 107, 4000, 1.0),
        (100_000, 40_000, 2000, 0.002),
        (1_000_000, 30, 10_000, 0.7),
        (1_000_000, 20_000, 10_000, 1.0),
        (1_000_000, 500_000, 1000, 0.3),
        (1_000_000, 300_000, 10_000, 0.001),
    ],
)
def test_large_cases_keep_ten_digits(population, defectives, sample, recognition):
    expected = fifty_digits(population, defectives, sample, recognition)
    assert expected > 1e-300
    assert nondetection(population, defectives, sample, recognition) == pytest.approx(
        expected, rel=1e-10, abs=0.0
    )


def test_an_array_is_worked_on_by_distinct_numbers_in_its_own_shape():
    defectives = np.array([[3, 0, 3], [20, 7, 0]])
    computed = sample_nondetection(50, defectives, 10, 0.8)
    expected = [[exact(50, int(d), 10, 0.8) for d in row] for row in defectives]
    assert computed == pytest.approx(np.array(expected), rel=1e-13)
    assert sample_nondetection(50, np.zeros((0, 4), dtype=int), 10, 0.8).shape == (0, 4)


def test_many_numbers_at_once_agree_with_scipy():
    defectives = np.arange(0, 1_000_001, 4973)
    computed = sample_nondetection(1_000_000, defectives, 5000, 1.0)
    expected = stats.hypergeom.pmf(0, 1_000_000, defectives, 5000)
    assert computed == pytest.approx(
        expected, rel=1e-7, abs=1e-290
    )  # scipy's log-gamma loses the other digits


@examples(100)
@given(st.data())
def test_more_items_defects_or_recognition_never_raise_nondetection(data):
    population = data.draw(st.integers(1, 400))
    defectives = data.draw(st.integers(0, population))
    sample = data.draw(st.integers(0, population))
    recognition = data.draw(st.floats(0.0, 1.0))
    value = nondetection(population, defectives, sample, recognition)
    assert (1.0 - recognition) ** defectives * (1.0 - 1e-11) <= value <= 1.0
    assert nondetection(population, defectives, min(sample + 1, population), recognition) <= value * (
        1 + 1e-11
    )
    assert nondetection(population, min(defectives + 1, population), sample, recognition) <= value * (
        1 + 1e-11
    )
    assert nondetection(population, defectives, sample, (1 + recognition) / 2) <= value * (1 + 1e-11)


@examples(60)
@given(st.integers(1, 300), st.data())
def test_the_smallest_sample_is_the_smallest(population, data):
    defectives = data.draw(st.integers(0, population))
    goal, recognition = data.draw(st.floats(1e-6, 1.0)), data.draw(st.floats(0.0, 1.0))
    least = smallest_sample(population, defectives, goal, recognition)
    values = sample_nondetections(population, defectives, recognition)
    reached = np.flatnonzero(values <= goal * (1.0 + 1e-11))
    assert least == (reached[0] if reached.size else None)


def sample_nondetections(population, defectives, recognition):
    """Non-detection of every sample size; the roles of sample and defectives may be exchanged."""
    return sample_nondetection(population, np.arange(population + 1), defectives, recognition)


class TestDefectsNeeded:
    @pytest.mark.parametrize(
        ("goal", "fraction", "mass", "defects"),
        [
            (8.0, 1.0, 2.0, 4),
            (8.0, 0.2, 20.0, 2),
            (2.0000000001, 1.0, 1.0, 2),
            (2.00001, 1.0, 1.0, 3),
            (0.3, 1.0, 0.1, 3),
            (1.1, 1.0, 0.1, 11),
            (0.001, 1.0, 50.0, 1),
            (1e-12, 1.0, 1.0, 1),
            (75.0, 1 / 19, 4.0, 357),
        ],
    )
    def test_rounds_up_but_not_for_rounding(self, goal, fraction, mass, defects):
        assert defects_needed(goal, fraction, mass) == defects

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((0.0, 1.0, 1.0), "goal quantity is 0.0 kg, not a finite number above 0"),
            ((8.0, 1.0, inf), "item mass is inf kg, not a finite number above 0"),
            ((8.0, 1.5, 1.0), "defect fraction is 1.5, not in (0, 1]"),
        ],
    )
    def test_refuses_what_has_no_meaning(self, arguments, message):
        with pytest.raises(OutOfRange) as refused:
            defects_needed(*arguments)
        assert str(refused.value) == message


class TestItemsRemovedBy:
    def test_counts_whole_items_between_none_and_all(self):
        elapsed = np.array([-2.0, 0.0, 0.99, 1.0, 2.5, 4.0, 1e9, inf])
        assert items_removed_by(4, 1.0, elapsed).tolist() == [0, 0, 0, 1, 2, 4, 4, 4]

    def test_a_product_just_below_a_whole_number_is_that_number(self):
        assert 0.29 * 100 < 29
        assert items_removed_by(50, 100.0, np.array([[0.29, 0.2899]])).tolist() == [[29, 28]]
        assert items_removed_by(3, 0.1, np.array(30.0 - 1e-12)) == 3

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((-1, 1.0, 0.0), "items to be handled are -1, not 0 or more"),
            ((5, 0.0, 0.0), "handling rate is 0.0 items/d, not a finite number above 0"),
            ((5, 1.0, nan), "an elapsed time is not a number of days"),
        ],
    )
    def test_refuses_what_has_no_meaning(self, arguments, message):
        items, rate, elapsed = arguments
        with pytest.raises(OutOfRange) as refused:
            items_removed_by(items, rate, np.array(elapsed))
        assert str(refused.value) == message


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ((-1, [0], 0, 1.0), "population is -1 items, not 0 or more"),
        ((10, [0.5], 1, 1.0), "defectives are of type float64, not whole numbers"),
        ((10, [3, 11], 1, 1.0), "defectives run from 3 to 11, not from 0 to the population of 10"),
        ((10, [-1, 2], 1, 1.0), "defectives run from -1 to 2, not from 0 to the population of 10"),
        ((10, [3], 11, 1.0), "sample is 11 items, not from 0 to the population of 10"),
        ((10, [3], 5, 1.1), "recognition is 1.1, not a probability in [0, 1]"),
        ((10, [3], 5, nan), "recognition is nan, not a probability in [0, 1]"),
    ],
)
def test_a_sample_out_of_range_is_refused(plan, message):
    population, defectives, sample, recognition = plan
    with pytest.raises(OutOfRange) as refused:
        sample_nondetection(population, np.array(defectives), sample, recognition)
    assert str(refused.value) == message


def test_a_plan_out_of_range_is_refused():
    with pytest.raises(OutOfRange) as no_goal:
        smallest_sample(10, 1, 0.0)
    assert str(no_goal.value) == "goal for the non-detection is 0.0, not in (0, 1]"
    for rule in (sample_size_power, sample_size_jaech):
        with pytest.raises(OutOfRange) as no_defects:
            rule(10, 0, 0.1)
        assert str(no_defects.value) == "defectives are 0, not from 1 to the population of 10"
