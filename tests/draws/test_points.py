"""Points of the unit cube: reproducible, balanced, and dependent as wanted."""

import numpy as np
import pytest
from scipy import stats

from watchgap.base.correlation import least_eigenvalue, normal_correlation, root_of
from watchgap.base.errors import OutOfRange
from watchgap.draws import Factor, Unknown, Unknowns, normal_copula, sobol_points


def unknowns_with(ranks: list[list[float]], free: int = 1) -> Unknowns:
    size = len(ranks)
    listed = tuple(Unknown(f"u{number}", "number", number, "", "1") for number in range(size + free))
    joined = Factor("joined", tuple(range(size)), root_of(normal_correlation(ranks)))
    return Unknowns(listed, (joined, *(Factor(one.name, (one.column,)) for one in listed[size:])))


def test_the_same_seed_gives_the_same_points_and_another_seed_others() -> None:
    points = sobol_points(7, draws=64, seed=5)
    assert np.array_equal(points, sobol_points(7, draws=64, seed=5))
    assert not np.array_equal(points, sobol_points(7, draws=64, seed=6))


def test_every_dyadic_interval_of_every_column_holds_one_point() -> None:
    points = sobol_points(20, draws=256, seed=1)
    cells = np.sort(np.floor(points * 256).astype(int), axis=0)
    assert np.array_equal(cells, np.repeat(np.arange(256)[:, None], 20, axis=1))
    assert points.min() > 0
    assert points.max() < 1


def test_no_unknown_gives_points_without_coordinates() -> None:
    assert sobol_points(0, draws=8, seed=1).shape == (8, 0)


@pytest.mark.parametrize("draws", [0, -4, 3, 1000, 2**21])
def test_draws_that_are_no_power_of_two_are_refused(draws: int) -> None:
    with pytest.raises(OutOfRange, match=rf"the number of draws is {draws}; use a power of 2"):
        sobol_points(2, draws=draws, seed=1)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(OutOfRange, match="the seed is -1"):
        sobol_points(2, draws=4, seed=-1)


def test_ranks_are_correlated_as_wanted_and_every_column_stays_uniform() -> None:
    ranks = [[1.0, 0.6, -0.3], [0.6, 1.0, 0.1], [-0.3, 0.1, 1.0]]
    points = normal_copula(unknowns_with(ranks), sobol_points(4, draws=8192, seed=3))
    found = stats.spearmanr(points).statistic
    assert np.allclose(found[:3, :3], ranks, atol=0.02)
    assert np.allclose(found[3, :3], 0.0, atol=0.02)
    for column in points.T:
        assert stats.kstest(column, "uniform").pvalue > 0.01


def test_unknowns_that_are_one_and_the_same_take_one_value() -> None:
    points = normal_copula(unknowns_with([[1.0, 1.0], [1.0, 1.0]]), sobol_points(3, draws=128, seed=3))
    assert np.allclose(points[:, 0], points[:, 1], atol=1e-12)
    assert abs(np.corrcoef(points[:, 0], points[:, 2])[0, 1]) < 0.1


def test_opposite_unknowns_mirror_each_other() -> None:
    points = normal_copula(unknowns_with([[1.0, -1.0], [-1.0, 1.0]]), sobol_points(3, draws=128, seed=3))
    assert np.allclose(points[:, 0], 1 - points[:, 1], atol=1e-12)


def test_points_without_correlation_are_left_as_they_are() -> None:
    points = sobol_points(2, draws=16, seed=3)
    free = Unknowns(
        tuple(Unknown(name, "number", place, "", "1") for place, name in enumerate("ab")),
        (Factor("a", (0,)), Factor("b", (1,))),
    )
    assert normal_copula(free, points) is points


def test_root_and_least_eigenvalue_of_a_matrix() -> None:
    matrix = normal_correlation([[1.0, 0.5], [0.5, 1.0]])
    assert matrix[0, 1] == pytest.approx(2 * np.sin(np.pi / 12))
    root = root_of(matrix)
    assert np.allclose(root @ root.T, matrix)
    assert least_eigenvalue(matrix) == pytest.approx(1 - matrix[0, 1])
    assert least_eigenvalue(normal_correlation([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])) < -0.5


def test_distinct_unknowns_of_one_and_the_same_thing_are_one() -> None:
    unknowns = unknowns_with([[1.0, 1.0], [1.0, 1.0]])
    assert {name: one.name for name, one in unknowns.distinct().items()} == {"joined": "u0", "u2": "u2"}
    apart = unknowns_with([[1.0, 0.9], [0.9, 1.0]])
    assert set(apart.distinct()) == {"u0", "u1", "u2"}
