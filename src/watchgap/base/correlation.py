"""Rank correlations, and the normal distribution behind them.

Unknowns that depend on one another are drawn through a normal copula: normal numbers with a correlation
matrix, each turned into a uniform number by the normal distribution function.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# An eigenvalue of this size is zero but for rounding.
ROUNDING = 1e-10


def normal_correlation(ranks: Sequence[Sequence[float]]) -> FloatArray:
    """Correlation matrix of the normal numbers whose ranks are correlated as wanted.

    r = 2 sin(pi rho / 6), with rho the rank correlation (Spearman) and r that of the normal numbers.

    Parameters
    ----------
    ranks : symmetric rank correlations, (unknowns, unknowns), 1 on the diagonal. [1]

    Returns
    -------
    FloatArray
        (unknowns, unknowns); not always positive semidefinite, even where `ranks` is. [1]

    References
    ----------
    Pearson, On further methods of determining correlation, Drapers' Company Research Memoirs, Biometric
    Series IV (1907); Iman and Conover, A distribution-free approach to inducing rank correlation among
    input variables, Communications in Statistics B11 (1982) 311-334.
    """
    return np.asarray(2.0 * np.sin(np.pi / 6.0 * np.asarray(ranks, dtype=np.float64)))


def least_eigenvalue(correlation: FloatArray) -> float:
    """Least eigenvalue of a symmetric matrix; below 0, no numbers can be so correlated."""
    return float(np.linalg.eigvalsh(correlation)[0])


def root_of(correlation: FloatArray) -> FloatArray:
    """Matrix whose product with its transpose is a positive semidefinite correlation matrix.

    From the eigenvectors, because a matrix of rank less than its size has no ordinary Cholesky factor. The
    sign of each column is fixed by its largest entry, so that it is the same on every machine.
    """
    values, vectors = np.linalg.eigh(correlation)
    columns = vectors * np.sqrt(np.where(values > ROUNDING, values, 0.0))
    largest = np.argmax(np.abs(columns), axis=0)
    signs = np.where(columns[largest, np.arange(columns.shape[1])] < 0.0, -1.0, 1.0)
    # The largest eigenvalue first, so that the first uniform numbers carry the most.
    return np.asarray((columns * signs)[:, ::-1])
