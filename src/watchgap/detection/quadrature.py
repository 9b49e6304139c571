"""Integrals of a slowly rising probability against the density with which a measure detects.

The density falls from its start either as an exponential or as a staircase, one step per look. Both are
chains of like *units* (a sixteenth of a mean detection time, or a look), each lower than the one before by
the same factor. A panel of 2^s units therefore has one Gauss rule for all units, lives and dates, and the
rule of 2^(s+1) units is the Gauss rule of two copies of it. Thousands of looks cost as little as one.

Panels whose rules disagree are halved until they agree; every weight of the accepted rule is positive.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray
from scipy.special import roots_legendre

from watchgap.detection.lives import FloatArray, IntArray

_POINTS = 8
# Each lower rule uses some points of the Gauss rule and two at the ends: a rise between an end and the next
# point, which the Gauss rule cannot see, then shows as a disagreement. There are two of them because a life
# that ends within a hundredth of its length can lead one to agree by chance, and neither is symmetric because
# symmetric rules all agree on a life that ends in the middle.
_SHARED_POINTS = ((0, 2, 3, 6), (1, 4, 5, 7))
_END = 1e-6
# Rules agree within this share of the whole expectation, or within this probability. The error of the
# accepted rule is orders of magnitude smaller than the disagreement.
_SHARE = 1e-10
_NEGLIGIBLE = 1e-16
# The first panel spans at most this many e-foldings of the density: a slow rise needs no second one.
_FIRST_FOLDINGS = 64.0
# What lies beyond so many matters no more.
_LAST_FOLDINGS = 40.0
_PANELS_AT_ONCE = 8192

Probability = Callable[[IntArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Density:
    """Densities, one for each owner, that fall by one factor from unit to unit.

    unit [d] and height at 0 [1/d], (owners,); decay per unit [1], one for all. Smooth densities fall
    exponentially within a unit as well; others are level within it and step down between units.
    """

    unit: FloatArray
    decay: float
    height: FloatArray
    smooth: bool

    @property
    def first_rung(self) -> int:
        """Binary logarithm of the number of units in the first panel of a chain."""
        return max(0, int(np.floor(np.log2(_FIRST_FOLDINGS / self.decay))))

    @property
    def units_that_matter(self) -> int:
        """Number of units after which the density has fallen below any accuracy asked for."""
        return max(1, int(np.ceil(_LAST_FOLDINGS / self.decay)))


@dataclass(frozen=True, slots=True)
class Panels:
    """Intervals of age to integrate over: owner (column), left and width [d], rung, amplitude [1/d].

    A panel of rung s > 0 is 2^s whole units; one of rung 0 is a unit or a part of one. The amplitude is the
    density at its left end, with all factors of its owner.
    """

    owner: IntArray
    left: FloatArray
    width: FloatArray
    rung: IntArray
    amplitude: FloatArray

    def chosen(self, which: NDArray[np.bool_]) -> "Panels":
        """The panels where `which` holds."""
        return Panels(
            self.owner[which], self.left[which], self.width[which], self.rung[which], self.amplitude[which]
        )


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of one piece of a record in which the distribution of the life is smooth.

    owner (column); begin, the age [d] at which its piece begins; start and stop, the time from there [d];
    scale [1], the factor of all that came before.
    """

    owner: IntArray
    begin: FloatArray
    start: FloatArray
    stop: FloatArray
    scale: FloatArray


def panels_over(density: Density, spans: Spans) -> Panels:
    """Cut spans into panels that the rules of a density fit.

    Whole units are gathered in panels that grow with the distance from the start of the span; what is cut
    from a look by the ends of the span stands alone. What lies too far from the start of a span to matter is
    left out.

    Parameters
    ----------
    density : the density, measured from the start of each piece. [1/d]
    spans : the stretches to cover. [d]

    Returns
    -------
    Panels
        In no particular order. [d]
    """
    own = density.unit[spans.owner]
    if density.smooth:
        head, first = np.zeros_like(spans.start), spans.start / own
        count = np.floor((spans.stop - spans.start) / own)
    else:
        first = np.ceil(spans.start / own)
        head = np.minimum(first * own, spans.stop) - spans.start
        count = np.maximum(np.floor(spans.stop / own) - first, 0.0)
    kept = np.minimum(count, density.units_that_matter)
    # One panel that is longer than need be costs less than several that are not.
    kept = np.where(count >= 2**density.first_rung, np.maximum(kept, 2**density.first_rung), kept)
    after = spans.start + head + kept * own
    rest = np.where(kept < count, 0.0, spans.stop - after)
    whole, place, rung = _chains(kept.astype(np.int64), density.first_rung)
    heads, rests = np.flatnonzero(head > 0.0), np.flatnonzero(rest > 0.0)
    index = np.concatenate([heads, whole, rests])
    left = np.concatenate(
        [spans.start[heads], (spans.start + head)[whole] + place * own[whole], after[rests]]
    )
    width = np.concatenate([head[heads], np.ldexp(own[whole], rung), rest[rests]])
    unit = np.concatenate([first[heads] - 1.0, first[whole] + place, (first + kept)[rests]])
    return Panels(
        owner=spans.owner[index],
        left=spans.begin[index] + left,
        width=width,
        rung=np.concatenate([np.zeros_like(heads), rung, np.zeros_like(rests)]),
        amplitude=spans.scale[index] * density.height[spans.owner[index]] * np.exp(-density.decay * unit),
    )


def integrate(panels: Panels, density: Density, *, probability: Probability, known: FloatArray) -> FloatArray:
    """Sum over the panels of each owner of the integral of density times probability.

    Each panel is evaluated with a Gauss rule and two lower ones at the same points; where they differ by more
    than 1e-10 of what its owner has so far, the panel is halved.

    Parameters
    ----------
    panels : the panels. [d]
    density : the density whose units the panels are made of. [1/d]
    probability : of the owner of each panel being dead by each age [d], (panels,) and (panels, nodes), never
        falling and smooth inside each panel. [1]
    known : what each owner's expectation is made of besides, (owners,); it sets the accuracy needed. [1]

    Returns
    -------
    FloatArray
        The integral of each owner, (owners,). [1]

    Notes
    -----
    It ends: a panel whose whole weight is below 1e-16 is accepted, and each halving lowers the weight.

    References
    ----------
    Golub and Welsch, Calculation of Gauss quadrature rules, Math. Comp. 23 (1969) 221-230,
    doi:10.1090/S0025-5718-69-99647-1.
    """
    owners = known.size
    total = np.zeros(owners)
    while panels.owner.size:
        estimates = _estimates(panels, density, probability)
        fine, doubt = estimates[:, 0], np.ptp(estimates, axis=1)
        needed = _SHARE * (known + total + np.bincount(panels.owner, fine, owners))
        settled = doubt <= needed[panels.owner] + _NEGLIGIBLE
        settled |= panels.amplitude * panels.width <= _NEGLIGIBLE
        total += np.bincount(panels.owner[settled], fine[settled], owners)
        panels = _halves(panels.chosen(~settled), density)
    return total


def _chains(count: IntArray, first_rung: int) -> tuple[IntArray, IntArray, IntArray]:
    """Cover 0 .. count units by panels of 2^rung: (index of the chain, unit where each begins, rung)."""
    panels = [np.zeros((3, 0), dtype=np.int64)]
    position = np.zeros_like(count)
    pending = np.flatnonzero(count > 0)
    while pending.size:
        reached = position[pending]
        rung = np.minimum(np.maximum(first_rung, _binary_log(reached)), _binary_log(count[pending] - reached))
        panels.append(np.stack([pending, reached, rung]))
        position[pending] = reached + (np.int64(1) << rung)
        pending = pending[position[pending] < count[pending]]
    index, place, rung = np.concatenate(panels, axis=1)
    return index, place, rung


def _binary_log(whole: IntArray) -> IntArray:
    """Floor of the binary logarithm; -1 for 0."""
    return np.frexp(whole.astype(np.float64))[1].astype(np.int64) - 1


def _estimates(panels: Panels, density: Density, probability: Probability) -> FloatArray:
    """The integral over each panel by the Gauss rule and by each lower rule, (panels, rules)."""
    rungs = np.unique(panels.rung)
    rules = [_rule(density.decay, density.smooth, int(rung)) for rung in rungs]
    nodes = np.array([nodes for nodes, _ in rules])
    rule = np.searchsorted(rungs, panels.rung)
    estimates = np.empty((rule.size, 1 + len(_SHARED_POINTS)))
    for first in range(0, rule.size, _PANELS_AT_ONCE):
        some = slice(first, first + _PANELS_AT_ONCE)
        owner, offset = panels.owner[some], panels.width[some, None] * nodes[rule[some]]
        values = probability(owner, panels.left[some, None] + offset)
        if density.smooth:
            parts = np.flatnonzero(panels.rung[some] == 0)
            values[parts] *= np.exp(-density.decay * offset[parts] / density.unit[owner[parts], None])
        for number, (_, weights) in enumerate(rules):
            mine = np.flatnonzero(rule[some] == number)
            estimates[first + mine] = values[mine] @ weights
    estimates *= (panels.amplitude * panels.width)[:, None]
    return estimates


def _halves(panels: Panels, density: Density) -> Panels:
    """Both halves of each panel: half as many units, or half of a unit."""
    half = 0.5 * panels.width
    units = np.where(panels.rung > 0, np.ldexp(0.5, panels.rung), 0.0)
    if density.smooth:
        units = half / density.unit[panels.owner]
    return Panels(
        owner=np.tile(panels.owner, 2),
        left=np.concatenate([panels.left, panels.left + half]),
        width=np.tile(half, 2),
        rung=np.tile(np.maximum(panels.rung - 1, 0), 2),
        amplitude=np.concatenate([panels.amplitude, panels.amplitude * np.exp(-density.decay * units)]),
    )


@lru_cache(maxsize=512)
def _rule(decay: float, smooth: bool, rung: int) -> tuple[FloatArray, FloatArray]:
    """Nodes in [0, 1] of a panel of 2^rung units, and weights of the Gauss and the lower rules in columns."""
    if rung == 0:
        # Parts of a unit share this rule; a smooth fall within them is left to the integrand.
        gauss, weights = _legendre(_POINTS)
    else:
        gauss, weights = _gauss(*_measure(decay, smooth, rung))
    nodes = np.concatenate([gauss, [_END, 1.0 - _END]])
    columns = np.zeros((nodes.size, 1 + len(_SHARED_POINTS)))
    columns[:_POINTS, 0] = weights
    for column, shared in enumerate(_SHARED_POINTS, start=1):
        points = [*shared, _POINTS, _POINTS + 1]
        legendre = legvander(2.0 * nodes - 1.0, len(points) - 1)
        columns[points, column] = np.linalg.solve(legendre[points].T, legendre[:_POINTS].T @ weights)
    return nodes, columns


@lru_cache(maxsize=512)
def _measure(decay: float, smooth: bool, rung: int) -> tuple[FloatArray, FloatArray]:
    """Points and masses with the moments of the density over 2^rung units, rung > 0, that Gauss needs."""
    if rung > 1:
        points, masses = _gauss(*_measure(decay, smooth, rung - 1))
    else:
        points, masses = _legendre(2 * _POINTS)
        masses = masses * np.exp(-decay * points) if smooth else masses
    fall = np.exp(-np.ldexp(decay, rung - 1))
    return np.concatenate([points, 1.0 + points]) / 2.0, np.concatenate([masses, fall * masses]) / 2.0


def _legendre(count: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre rule on [0, 1]."""
    points, weights = roots_legendre(count)
    return (1.0 + np.asarray(points)) / 2.0, np.asarray(weights) / 2.0


def _gauss(points: FloatArray, masses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gauss rule of a discrete measure: eigenvalues of its Jacobi matrix, found by Lanczos' method."""
    basis = np.zeros((_POINTS + 1, points.size))
    basis[0] = np.sqrt(masses / masses.sum())
    jacobi = np.zeros((_POINTS + 1, _POINTS + 1))
    for k in range(_POINTS):
        vector = points * basis[k]
        jacobi[k, k] = basis[k] @ vector
        # Twice: one pass leaves the basis orthogonal to half of the digits only.
        for _ in range(2):
            vector = vector - basis[: k + 1].T @ (basis[: k + 1] @ vector)
        jacobi[k, k + 1] = jacobi[k + 1, k] = np.linalg.norm(vector)
        basis[k + 1] = vector / jacobi[k, k + 1] if jacobi[k, k + 1] > 0.0 else 0.0
    nodes, vectors = np.linalg.eigh(jacobi[:_POINTS, :_POINTS])
    return nodes, masses.sum() * vectors[0] ** 2
