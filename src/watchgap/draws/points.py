"""Points of the unit cube: scrambled Sobol points, and the dependence between their columns."""

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from watchgap.base.errors import OutOfRange
from watchgap.draws.record import FloatArray, Unknowns

MOST_DRAWS = 2**20
# Sobol points lie on a grid that has 0 in it; a quantile at 0 or 1 can be infinite.
_EDGE = 2.0**-31


@cache
def _qmc() -> Any:
    # Takes seconds to load, and only an ensemble needs it.
    return import_module("scipy.stats.qmc")


@cache
def _special() -> Any:
    return import_module("scipy.special")


def sobol_points(columns: int, *, draws: int, seed: int) -> FloatArray:
    """Scrambled Sobol points, the same for the same seed.

    Parameters
    ----------
    columns : dimensions of a point; with none, points without coordinates.
    draws : number of points, a power of 2: only then are the points balanced.
    seed : of the scrambling, at least 0.

    Returns
    -------
    FloatArray
        (draws, columns), inside the open unit cube. [1]

    Raises
    ------
    OutOfRange : draws that are not a power of 2 from 1 to 1,048,576; a negative seed.

    References
    ----------
    Owen, Scrambling Sobol' and Niederreiter-Xing points, J. Complexity 14 (1998) 466-489; Joe and Kuo,
    Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30 (2008)
    2635-2654.
    """
    exponent = exponent_of(draws)
    if seed < 0:
        raise OutOfRange(f"the seed is {seed}; use a whole number of at least 0")
    if columns == 0:
        return np.zeros((draws, 0))
    engine = _qmc().Sobol(columns, scramble=True, rng=np.random.default_rng(seed))
    points = np.asarray(engine.random_base2(exponent), dtype=np.float64)
    return np.clip(points, _EDGE, 1.0 - _EDGE)


def exponent_of(draws: int) -> int:
    """Binary logarithm of a number of draws. Raises OutOfRange unless it is a power of 2 in range."""
    exponent = draws.bit_length() - 1
    if not 1 <= draws <= MOST_DRAWS or draws != 2**exponent:
        lower = min(2 ** max(exponent, 0), MOST_DRAWS)
        near = f"{lower}" if draws >= MOST_DRAWS or draws < 1 else f"{lower} or {2 * lower}"
        where = f"from 1 to {MOST_DRAWS:,}, such as {near}"
        raise OutOfRange(f"the number of draws is {draws}; use a power of 2 {where}")
    return exponent


def normal_copula(unknowns: Unknowns, points: FloatArray) -> FloatArray:
    """Give the columns of each factor their rank correlation, leaving every column uniform.

    points: (draws, columns), independent. Returns the same shape; factors of one column are unchanged.

    Source: Iman and Conover, Communications in Statistics B11 (1982) 311-334; Nelsen, An Introduction to
    Copulas (2006), section 2.3.
    """
    dependent = points
    for factor in unknowns.factors:
        if factor.root is not None:
            columns = list(factor.columns)
            normal = _special().ndtri(points[:, columns]) @ factor.root.T
            if dependent is points:
                dependent = points.copy()
            dependent[:, columns] = np.clip(_special().ndtr(normal), _EDGE, 1.0 - _EDGE)
    return dependent
