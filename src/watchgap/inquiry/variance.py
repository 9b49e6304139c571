"""Variance-based sensitivity: the share of an answer's variance that is due to each independent factor."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from itertools import chain
from math import log2
from typing import Any

import numpy as np

from watchgap.inquiry.bins import require, require_answer
from watchgap.inquiry.record import Design, FloatArray, Shares

# The points lie on a grid of this spacing with 0 in it; in the middle of its cells no quantile is infinite.
_CELL = 2.0**-30
# An answer that varies by no more than this share of itself varies by rounding.
_ROUNDING = 1e-12
_RESAMPLES = 400
_INTERVAL = (5.0, 95.0)  # percentiles


@cache
def _stats() -> Any:
    # Takes seconds to load, and most commands never share out a variance.
    return import_module("scipy.stats")


def saltelli_design(
    blocks: Sequence[tuple[int, ...]], points: int, seed: int, *, names: Sequence[str] | None = None
) -> Design:
    """Points at which to compute an answer, so that its variance can be shared out among factors.

    One scrambled Sobol sequence of twice the dimension gives two independent halves A and B.

    Parameters
    ----------
    blocks : for each factor the columns that belong to it, every column in exactly one block.
    points : n, a power of 2 of at least 2; the answer is computed (factors + 2) n times.
    seed : of the scrambling; the same seed gives the same design.
    names : of the factors; by default 'factor 1', 'factor 2', ...

    Returns
    -------
    Design
        With `uniforms` of the shape ((factors + 2) n, columns), inside the open unit cube. [1]

    Raises
    ------
    OutOfRange : no factor; columns that are not 0, 1, ... each in one block; points that are not a power of
        2; a negative seed; more or fewer names than blocks.

    References
    ----------
    Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola, Variance based sensitivity analysis of model
    output, Computer Physics Communications 181 (2010) 259-270, section 5.
    """
    columns = sorted(chain.from_iterable(blocks))
    require(len(blocks) > 0, "there is no factor; give the columns of at least one")
    require(
        columns == list(range(len(columns))) and all(blocks),
        f"blocks are {tuple(blocks)}; put each column from 0 up into exactly one of them",
    )
    require(
        _is_power(points), f"points are {points}; use a power of 2: the nearest is {_nearest_power(points)}"
    )
    require(seed >= 0, f"the seed is {seed}; use a whole number of at least 0")
    factors = tuple(names or (f"factor {position + 1}" for position in range(len(blocks))))
    require(len(factors) == len(blocks), f"{len(factors)} names for {len(blocks)} factors; give one for each")
    engine = _stats().qmc.Sobol(2 * len(columns), scramble=True, rng=np.random.default_rng(seed))
    both = np.asarray(engine.random_base2(int(log2(points))), dtype=np.float64) + 0.5 * _CELL
    first, second = both[:, : len(columns)], both[:, len(columns) :]
    parts = [first, second]
    for block in blocks:
        mixed = first.copy()
        mixed[:, list(block)] = second[:, list(block)]
        parts.append(mixed)
    return Design(factors, tuple(tuple(block) for block in blocks), points, seed, np.concatenate(parts))


def variance_shares(design: Design, values: FloatArray) -> tuple[Shares, ...]:
    """Share out the variance of each answer among the factors of a design.

    The shares are those of `scipy.stats.sobol_indices`; their intervals come from drawing the points of the
    design again, seeded by the design.

    Parameters
    ----------
    design : from `saltelli_design`.
    values : the answer at each row of `design.uniforms`, (rows,), or several answers, (outputs, rows).

    Returns
    -------
    tuple of Shares
        One for each answer, in their order.

    Raises
    ------
    OutOfRange : a shape that does not fit the design; a value that is no finite number.

    Notes
    -----
    With f the answer less its mean and V its variance over A and B: the first-order share is
    mean(f_B (f_ABi - f_A)) / V, the total share mean((f_A - f_ABi)^2) / (2 V). Both are estimates: those of a
    factor without effect scatter about 0, below it too, and first-order shares need not sum to at most 1.
    The 90 % intervals treat the points as independent, which Sobol points are better than: from some hundred
    points on they are rather too wide than too narrow.

    References
    ----------
    Saltelli and others, Computer Physics Communications 181 (2010) 259-270, table 2 (b) and (f); Sobol',
    Global sensitivity indices for nonlinear mathematical models and their Monte Carlo estimates, Mathematics
    and Computers in Simulation 55 (2001) 271-280.
    """
    rows = design.uniforms.shape[0]
    require(
        values.ndim in (1, 2) and values.shape[-1] == rows,
        f"values have the shape {values.shape}, not ({rows},) or (outputs, {rows}): one for each row",
    )
    require_answer("the answer", values)
    # (factors + 2, outputs, points): A, B, then the mixed parts.
    parts = np.moveaxis(np.atleast_2d(values).reshape(-1, len(design.factors) + 2, design.points), 1, 0)
    constant = np.ptp(parts, axis=(0, 2)) <= _ROUNDING * np.abs(parts).max(axis=(0, 2))
    estimates = _indices(parts[:, ~constant]) if not constant.all() else iter(())
    repeats = _repeats(design)
    return tuple(
        _no_shares(design.factors) if still else _shares(design.factors, next(estimates), one, repeats)
        for one, still in zip(np.moveaxis(parts, 1, 0), constant, strict=True)
    )


def _indices(parts: FloatArray) -> Any:
    """Of each output the first-order and total indices, (2, factors), from (factors + 2, outputs, points)."""
    factors, outputs = parts.shape[0] - 2, parts.shape[1]
    if factors == outputs == 1:
        # SciPy reduces a single index to a number and then fails to index it.
        parts = np.repeat(parts, 2, axis=1)
    found = _stats().sobol_indices(
        func={"f_A": parts[0], "f_B": parts[1], "f_AB": parts[2:]}, n=parts.shape[-1]
    )
    shape = (parts.shape[1], factors)
    both = np.stack([found.first_order.reshape(shape), found.total_order.reshape(shape)], axis=1)
    return iter(both[:outputs])


def _repeats(design: Design) -> FloatArray:
    """Share of each point in each repetition of the design, (repetitions, points) [1]."""
    generator = np.random.default_rng(design.seed)
    drawn = generator.integers(design.points, size=(_RESAMPLES, design.points))
    return np.array([np.bincount(one, minlength=design.points) for one in drawn]) / design.points


def _shares(factors: tuple[str, ...], found: FloatArray, parts: FloatArray, repeats: FloatArray) -> Shares:
    """Shares of one output with their intervals; found: (2, factors), parts: (factors + 2, points)."""
    centred = parts - parts[:2].mean()
    one, other, mixed = centred[0], centred[1], centred[2:]
    squares, means = repeats @ (0.5 * (one**2 + other**2)), repeats @ (0.5 * (one + other))
    # A repetition can be of points with one answer: it has no variance, and shares of it are 0.
    variance = np.maximum(squares - means**2, 0.0)[:, None]
    known = variance > _ROUNDING * squares[:, None]
    first_low, first_high, total_low, total_high = (
        _numbers(bound)
        for part in (repeats @ (other * (mixed - one)).T, 0.5 * (repeats @ ((one - mixed) ** 2).T))
        for bound in np.percentile(
            np.where(known, part / np.where(known, variance, 1.0), 0.0), _INTERVAL, axis=0
        )
    )
    return Shares(
        factors,
        first=_numbers(found[0]),
        first_low=first_low,
        first_high=first_high,
        total=_numbers(found[1]),
        total_low=total_low,
        total_high=total_high,
        variance=float(np.var(parts[:2])),
        constant=False,
    )


def _no_shares(factors: tuple[str, ...]) -> Shares:
    zeros = (0.0,) * len(factors)
    return Shares(factors, zeros, zeros, zeros, zeros, zeros, zeros, 0.0, constant=True)


def _numbers(column: FloatArray) -> tuple[float, ...]:
    return tuple(float(number) for number in column)


def _is_power(points: int) -> bool:
    return points >= 2 and points & (points - 1) == 0


def _nearest_power(points: int) -> int:
    lower = 2 ** max(points.bit_length() - 1, 1) if points > 0 else 2
    return lower if points - lower < 2 * lower - points else 2 * lower
