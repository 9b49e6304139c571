"""Shares of variance, against closed forms."""

from math import pi

import numpy as np
import pytest

from watchgap.base.errors import OutOfRange
from watchgap.inquiry import saltelli_design, variance_shares


def singles(count):
    return [(column,) for column in range(count)]


def ishigami(uniforms, a=7.0, b=0.1):
    x = pi * (2.0 * uniforms - 1.0)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


# Ishigami and Homma, An importance quantification technique in uncertainty analysis for computer models,
# Proceedings of the First International Symposium on Uncertainty Modeling and Analysis (1990) 398-403: the
# parts of the variance for a = 7, b = 0.1.
ALONE_1 = 0.5 * (1.0 + 0.1 * pi**4 / 5.0) ** 2
ALONE_2 = 7.0**2 / 8.0
TOGETHER_13 = 0.1**2 * pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
ISHIGAMI = ALONE_1 + ALONE_2 + TOGETHER_13


@pytest.fixture(scope="module")
def design():
    return saltelli_design(singles(3), 4096, 11)


def test_shares_of_ishigami_are_those_of_its_closed_form(design):
    (shares,) = variance_shares(design, ishigami(design.uniforms))
    assert shares.variance == pytest.approx(ISHIGAMI, rel=0.01)
    assert shares.first == pytest.approx(np.array([ALONE_1, ALONE_2, 0.0]) / ISHIGAMI, abs=0.02)
    expected = np.array([ALONE_1 + TOGETHER_13, ALONE_2, TOGETHER_13]) / ISHIGAMI
    assert shares.total == pytest.approx(expected, abs=0.02)
    assert not shares.constant


def test_intervals_hold_the_closed_form_and_are_narrow(design):
    (shares,) = variance_shares(design, ishigami(design.uniforms))
    first, total = [ALONE_1, ALONE_2, 0.0], [ALONE_1 + TOGETHER_13, ALONE_2, TOGETHER_13]
    for low, truth, high in zip(shares.first_low, first, shares.first_high, strict=True):
        assert low <= truth / ISHIGAMI <= high <= low + 0.1
    for low, truth, high in zip(shares.total_low, total, shares.total_high, strict=True):
        assert low <= truth / ISHIGAMI <= high <= low + 0.1


def test_intervals_have_the_coverage_that_independent_points_would_give():
    # With points at random instead of Sobol points the 90 % intervals hold the truth in 90 % of cases.
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(100):
        design = saltelli_design(singles(2), 256, int(generator.integers(2**31)))
        one, other = generator.uniform(size=(2, 256, 2))
        mixed = [np.column_stack([other[:, 0], one[:, 1]]), np.column_stack([one[:, 0], other[:, 1]])]
        points = np.concatenate([one, other, *mixed]) - 0.5
        (shares,) = variance_shares(design, points @ np.array([2.0, 1.0]))
        held += shares.first_low[0] <= 0.8 <= shares.first_high[0]
    assert 80 <= held <= 98


def test_shares_of_a_sum_are_the_squares_of_its_weights(design):
    weights = np.array([1.0, 2.0, -3.0])
    (shares,) = variance_shares(design, 100.0 + design.uniforms @ weights)
    assert shares.first == pytest.approx(weights**2 / 14.0, abs=0.01)
    assert shares.total == pytest.approx(weights**2 / 14.0, abs=0.01)
    assert shares.variance == pytest.approx(14.0 / 12.0, rel=1e-3)


def test_shares_of_the_g_function_are_those_of_its_closed_form():
    # Saltelli and Sobol', About the use of rank transformation in sensitivity analysis of model output,
    # Reliability Engineering and System Safety 50 (1995) 225-239: V_i = 1 / (3 (1 + a_i)^2).
    a = np.array([0.0, 1.0, 4.5, 9.0])
    design = saltelli_design(singles(4), 4096, 5)
    answer = np.prod((np.abs(4.0 * design.uniforms - 2.0) + a) / (1.0 + a), axis=1)
    (shares,) = variance_shares(design, answer)
    alone = 1.0 / (3.0 * (1.0 + a) ** 2)
    variance = np.prod(1.0 + alone) - 1.0
    assert shares.first == pytest.approx(alone / variance, abs=0.02)
    assert shares.total == pytest.approx(alone * np.prod(1.0 + alone) / (1.0 + alone) / variance, abs=0.02)


def test_a_block_of_columns_is_one_factor():
    design = saltelli_design([(0, 2), (1,)], 2048, 3, names=["pair", "alone"])
    centred = design.uniforms - 0.5
    # The product of the pair has no part in either column alone, and all of it in the block.
    (shares,) = variance_shares(design, 12.0 * centred[:, 0] * centred[:, 2] + centred[:, 1])
    variances = np.array([1.0, 1.0 / 12.0])
    assert shares.factors == ("pair", "alone")
    assert shares.first == pytest.approx(variances / variances.sum(), abs=0.02)
    assert shares.total == pytest.approx(variances / variances.sum(), abs=0.02)


@pytest.mark.parametrize("value", [0.0, 0.1, -3.7e8])
def test_a_constant_has_no_shares(design, value):
    answers = np.array([np.full(design.uniforms.shape[0], value), ishigami(design.uniforms)])
    answers[0, ::2] += 1e-15 * value  # rounding is no variation
    still, moved = variance_shares(design, answers)
    assert still.constant
    assert still.variance == 0.0
    for shares in (still.first, still.first_low, still.first_high, still.total, still.total_high):
        assert shares == (0.0, 0.0, 0.0)
    assert (moved,) == variance_shares(design, answers[1])


@pytest.mark.parametrize("factors", [1, 2, 5])
@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_any_number_of_factors_and_outputs(factors, outputs):
    design = saltelli_design(singles(factors), 512, 1)
    answers = np.array([design.uniforms[:, 0] * (output + 1.0) for output in range(outputs)])
    found = variance_shares(design, answers)
    assert len(found) == outputs
    for shares in found:
        assert shares.first == pytest.approx([1.0] + [0.0] * (factors - 1), abs=0.05)
        assert shares.total == pytest.approx([1.0] + [0.0] * (factors - 1), abs=0.05)


def test_an_answer_that_moves_at_one_point_alone_has_numbers():
    design = saltelli_design(singles(2), 8, 1)
    answer = np.zeros(design.uniforms.shape[0])
    answer[3] = 1.0
    (shares,) = variance_shares(design, answer)
    assert np.all(np.isfinite([shares.first, shares.first_low, shares.total_low, shares.total_high]))


def test_the_rows_are_two_halves_and_their_mixtures(design):
    one, other, *mixed = design.uniforms.reshape(5, 4096, 3)
    for factor, part in enumerate(mixed):
        kept = [column for column in range(3) if column != factor]
        assert np.array_equal(part[:, factor], other[:, factor])
        assert np.array_equal(part[:, kept], one[:, kept])
    # Each column of a scrambled Sobol sequence has one point in each of as many intervals as points.
    for column in np.concatenate([one, other], axis=1).T:
        assert np.array_equal(np.sort(np.floor(column * 4096)), np.arange(4096))


def test_the_points_lie_in_the_middle_of_the_cells_of_their_grid(design):
    assert np.all((design.uniforms * 2.0**30) % 1.0 == 0.5)


def test_a_seed_gives_its_design_and_its_intervals_again():
    one, same, other = (saltelli_design(singles(2), 64, seed) for seed in (4, 4, 5))
    assert np.array_equal(one.uniforms, same.uniforms)
    assert not np.array_equal(one.uniforms, other.uniforms)
    answer = one.uniforms[:, 0] ** 2
    assert variance_shares(one, answer) == variance_shares(same, answer)


@pytest.mark.parametrize(
    ("points", "nearest"),
    [(0, 2), (1, 2), (3, 4), (-8, 2), (700, 512), (1000, 1024), (1500, 1024), (1600, 2048)],
)
def test_points_that_are_no_power_of_2_are_refused_with_the_nearest(points, nearest):
    with pytest.raises(
        OutOfRange, match=f"^points are {points}; use a power of 2: the nearest is {nearest}$"
    ):
        saltelli_design(singles(2), points, 0)


@pytest.mark.parametrize("blocks", [[(0,), (0, 1)], [(0,), (2,)], [(1,), (2,)], [(0, 1), ()]])
def test_every_column_is_in_one_block(blocks):
    with pytest.raises(OutOfRange, match="put each column from 0 up into exactly one of them"):
        saltelli_design(blocks, 64, 0)


def test_what_else_no_design_can_be_made_of():
    with pytest.raises(OutOfRange, match="there is no factor; give the columns of at least one"):
        saltelli_design([], 64, 0)
    with pytest.raises(OutOfRange, match="the seed is -1; use a whole number of at least 0"):
        saltelli_design(singles(1), 64, -1)
    with pytest.raises(OutOfRange, match="1 names for 2 factors; give one for each"):
        saltelli_design(singles(2), 64, 0, names=["interval"])


def test_values_are_numbers_and_fit_the_design(design):
    rows = design.uniforms.shape[0]
    with pytest.raises(
        OutOfRange, match=rf"values have the shape \(7,\), not \({rows},\) or \(outputs, {rows}\)"
    ):
        variance_shares(design, np.zeros(7))
    answer = ishigami(design.uniforms)
    answer[5] = np.nan
    with pytest.raises(OutOfRange, match=f"^1 of {rows} values of the answer are no finite number"):
        variance_shares(design, answer)
