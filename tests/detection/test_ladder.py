"""The ladder of many sampling plans, against exact fractions and against the kernel of one plan."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from watchgap.base.errors import OutOfRange
from watchgap.detection import sample_nondetection
from watchgap.detection.ladder import ladder_holds, nondetection_ladder

PLANS = [
    (20, 6, 0.25, 11),
    (20, 6, 1.0, 14),
    (30, 0, 0.5, 20),
    (12, 12, 0.5, 4),
    (1, 1, 0.75, 1),
    (9, 4, 0.0, 5),
]


def exact(population: int, sample: int, recognition: float, gone: int) -> float:
    """The sum over the number found, in fractions."""
    missed = 1 - Fraction(recognition)
    ways = sum(
        comb(gone, found) * comb(population - gone, sample - found) * missed**found
        for found in range(max(0, sample + gone - population), min(sample, gone) + 1)
    )
    return float(ways / comb(population, sample))


def test_every_rung_is_the_sum_over_the_number_found() -> None:
    population, sample, recognition, most = (np.array(column) for column in zip(*PLANS, strict=True))
    assert ladder_holds(population, sample, recognition, most).all()
    ladder = nondetection_ladder(population, sample, recognition, most)
    for row, (items, drawn, share, top) in zip(ladder, PLANS, strict=True):
        expected = [exact(items, drawn, share, gone) for gone in range(top + 1)]
        assert row[: top + 1] == pytest.approx(expected, rel=1e-13, abs=1e-300)


def test_a_long_ladder_keeps_its_digits() -> None:
    top = 3000
    population, sample, recognition = (
        np.array([8000.0, 8000.0]),
        np.array([90.0, 800.0]),
        np.array([0.8, 0.5]),
    )
    ladder = nondetection_ladder(population, sample, recognition, np.array([top, top]))
    gone = np.arange(top + 1)
    for row, drawn, share in zip(ladder, (90, 800), (0.8, 0.5), strict=True):
        assert row == pytest.approx(sample_nondetection(8000, gone, drawn, share), rel=1e-10)


def test_where_terms_would_cancel_it_is_refused() -> None:
    plans = np.array([20.0, 20.0, 20.0]), np.array([10.0, 25.0, 10.0]), np.array([1.0, 0.5, 1.5])
    most = np.array([12, 2, 2])
    assert ladder_holds(*plans, most).tolist() == [False, False, False]
    assert ladder_holds(*plans, np.array([11, 2, 2])).tolist() == [True, False, False]
    with pytest.raises(OutOfRange, match="outside the range"):
        nondetection_ladder(*plans, most)
