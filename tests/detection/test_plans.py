"""Samples without a common item: exact fractions, the printed number, and the sum over one sample."""

from fractions import Fraction
from itertools import combinations
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import OutOfRange
from watchgap.detection.plans import disjoint_nondetection
from watchgap.detection.sampling import sample_nondetection
from watchgap.testing.strategies import examples


def by_fractions(population, defectives, samples, recognition):
    """The coefficient of the generating function, in fractions of the floating-point inputs."""
    groups = [(population - sum(samples), Fraction(1))]
    groups += [(n, 1 - Fraction(p)) for n, p in zip(samples, recognition, strict=True)]
    total = [Fraction(1)]
    for n, weight in groups:
        own = [comb(n, k) * weight**k for k in range(n + 1)]
        whole = [Fraction(0)] * (len(total) + n)
        for i, one in enumerate(total):
            for j, other in enumerate(own):
                whole[i + j] += one * other
        total = whole
    return float(total[defectives] / comb(population, defectives))


def by_enumeration(population, defectives, samples, recognition):
    """The mean over all places that the defective items may have."""
    missed = [1.0] * (population - sum(samples))
    for n, p in zip(samples, recognition, strict=True):
        missed += [1.0 - p] * n
    chances = [prod(missed[at] for at in places) for places in combinations(range(population), defectives)]
    return sum(chances) / len(chances)


def test_the_printed_number():
    assert disjoint_nondetection(100, 10, (10, 10, 10), (0.99, 0.8, 0.5)) == pytest.approx(
        0.0666106163, abs=5e-11
    )


@examples(60)
@given(st.data())
def test_small_cases_are_the_exact_fractions(data):
    population = data.draw(st.integers(1, 40))
    samples, room = [], population
    for _ in range(data.draw(st.integers(0, 4))):
        samples.append(data.draw(st.integers(0, room)))
        room -= samples[-1]
    recognition = [data.draw(st.sampled_from((0.0, 0.3, 0.9, 0.999999, 1.0))) for _ in samples]
    defectives = data.draw(st.integers(0, population))
    found = disjoint_nondetection(population, defectives, samples, recognition)
    expected = by_fractions(population, defectives, samples, recognition)
    assert found == pytest.approx(expected, rel=1e-11, abs=0.0)


@pytest.mark.parametrize("defectives", range(11))
def test_ten_items_are_the_mean_over_all_places(defectives):
    plan = ((2, 3, 1), (0.9, 0.4, 1.0))
    assert disjoint_nondetection(10, defectives, *plan) == pytest.approx(
        by_enumeration(10, defectives, *plan), rel=1e-12, abs=1e-15
    )


@pytest.mark.parametrize(
    ("population", "defectives", "sample", "recognition"),
    [(2000, 100, 300, 0.7), (8000, 80, 300, 0.9), (100_000, 40_000, 2000, 0.002), (500, 5, 499, 1.0)],
)
def test_a_sample_in_parts_is_the_sample(population, defectives, sample, recognition):
    parts = (sample // 3, sample - sample // 3)
    found = disjoint_nondetection(population, defectives, parts, (recognition, recognition))
    expected = sample_nondetection(population, np.array(defectives), sample, recognition)
    assert found == pytest.approx(float(expected), rel=1e-9, abs=0.0)


def test_nothing_defective_is_never_found_and_too_much_always():
    assert disjoint_nondetection(10, 0, (4, 6), (1.0, 0.5)) == 1.0
    assert disjoint_nondetection(10, 7, (4,), (1.0,)) == 0.0
    assert disjoint_nondetection(10, 3, (), ()) == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((10, 11, (1,), (0.5,)), "defectives are 11, not from 0 to the population of 10"),
        ((10, 1, (1, 2), (0.5,)), "there are 2 samples and 1 recognitions, not one for each sample"),
        (
            (10, 1, (6, 5), (0.5, 0.5)),
            "samples are (6, 5), not 0 or more and together at most the population of 10",
        ),
        (
            (10, 1, (-1,), (0.5,)),
            "samples are (-1,), not 0 or more and together at most the population of 10",
        ),
        ((10, 1, (1,), (1.5,)), "recognition is 1.5, not a probability in [0, 1]"),
    ],
)
def test_refuses_what_has_no_meaning(arguments, message):
    with pytest.raises(OutOfRange) as refused:
        disjoint_nondetection(*arguments)
    assert str(refused.value) == message
