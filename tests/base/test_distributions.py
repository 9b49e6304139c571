"""Quantiles against scipy.stats, which the package itself does not use."""

import subprocess
import sys
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from watchgap.base.distributions import (
    Beta,
    Distribution,
    Empirical,
    Fixed,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
)

PROBABILITIES = (1e-9, 0.001, 0.05, 0.3, 0.5, 0.77, 0.95, 0.999, 1 - 1e-9)
UNIT = st.floats(0, 1)


@pytest.mark.parametrize(
    ("ours", "oracle"),
    [
        (Uniform(2, 5), stats.uniform(2, 3)),
        (Triangular(1, 2, 6), stats.triang(0.2, 1, 5)),
        (Triangular(1, 1, 6), stats.triang(0, 1, 5)),
        (Triangular(1, 6, 6), stats.triang(1, 1, 5)),
        (Pert(10, 12, 20), stats.beta(1.8, 4.2, 10, 10)),
        (Beta(8, 2), stats.beta(8, 2)),
        (Beta(0.01, 0.5), stats.beta(0.01, 0.5)),
        (Lognormal(3, 2), stats.lognorm(np.log(2) / stats.norm.ppf(0.95), scale=3)),
    ],
)
@pytest.mark.parametrize("probability", PROBABILITIES)
def test_quantiles_agree_with_scipy_stats(
    ours: Distribution, oracle: stats.rv_continuous, probability: float
) -> None:
    assert ours.quantile(probability) == pytest.approx(float(oracle.ppf(probability)), rel=1e-9, abs=1e-300)


def test_a_lognormal_is_stated_by_its_median_and_its_95_percent_value() -> None:
    ours = Lognormal(3, 2)
    assert (ours.quantile(0.5), ours.quantile(0.95)) == pytest.approx((3, 6), rel=1e-14)


def test_the_mean_of_a_pert_is_that_of_its_authors() -> None:
    # Malcolm et al. (1959): (a + 4 m + b) / 6; here by the midpoint rule over the quantiles.
    ours = Pert(10, 12, 20)
    middles = (np.arange(20_000) + 0.5) / 20_000
    assert np.mean([ours.quantile(p) for p in middles]) == pytest.approx((10 + 4 * 12 + 20) / 6, rel=1e-6)


@pytest.mark.parametrize(
    ("probability", "value"), [(0, 1), (0.2, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.75, 3), (0.76, 9), (1, 9)]
)
def test_listed_values_are_equally_likely(probability: float, value: float) -> None:
    assert Empirical([9, 2, 1, 3]).quantile(probability) == value


def test_a_fixed_number_is_itself() -> None:
    assert (Fixed(4.0).quantile(0.1), Fixed(4.0).support) == (4.0, (4.0, 4.0))


@pytest.mark.parametrize("ours", [Triangular(2, 2, 2), Pert(2, 2, 2), Uniform(2, 2), Empirical([2])])
def test_distributions_of_no_width_are_fixed(ours: Distribution) -> None:
    assert [ours.quantile(p) for p in (0, 0.5, 1)] == [2, 2, 2]


ASCENDING = st.lists(st.floats(0, 1e308), min_size=3, max_size=3).map(sorted)


@given(ASCENDING, UNIT, UNIT)
def test_quantiles_rise_within_the_support(bounds: list[float], one: float, other: float) -> None:
    low, mode, high = bounds
    for ours in (Uniform(low, high), Triangular(low, mode, high), Pert(low, mode, high), Empirical(bounds)):
        lower, upper = sorted((one, other))
        assert low <= ours.quantile(lower) <= high
        assert ours.support == (low, high)
        assert ours.quantile(lower) <= ours.quantile(upper) * (1 + 1e-9)


@given(st.floats(0.01, 1e5), st.floats(0.01, 1e5), UNIT)
def test_a_beta_stays_between_0_and_1(alpha: float, beta: float, probability: float) -> None:
    assert 0 <= Beta(alpha, beta).quantile(probability) <= 1


@given(st.floats(1e-6, 1e6), st.floats(1.001, 1e6), UNIT)
def test_a_lognormal_is_never_negative(median: float, ratio: float, probability: float) -> None:
    assert 0 <= Lognormal(median, ratio).quantile(probability) <= inf


def test_scipy_is_loaded_by_the_first_quantile_that_needs_it() -> None:
    code = (
        "import sys; from watchgap.base.distributions import Beta, Triangular; Triangular(1, 2, "
        "3).quantile(0.5);"
        "before = 'scipy' in sys.modules; Beta(2, 2).quantile(0.5); print(before, 'scipy' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "True"]
