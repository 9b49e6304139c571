"""Unknowns, the independent factors that they are drawn from, and the answers for many draws."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that is not known: a number of the case, the date of a fact, or the date of a peril.

    kind: 'number', 'date' or 'peril'. column: the column of a point that it is drawn from. words: what it
    is and between what it lies. unit: of the values that are reported; dates are in days [d].
    """

    name: str
    kind: str
    column: int
    words: str
    unit: str


@dataclass(frozen=True, slots=True)
class Factor:
    """Columns of a point that are drawn together, independently of all others.

    name: that of the unknown, or of the correlation that joins several. columns: positions in a point.
    root: matrix that gives the normal numbers of the columns their correlation, (columns, columns); None
    for a single column.
    """

    name: str
    columns: tuple[int, ...]
    root: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Unknowns:
    """All that is not known about a case, in a fixed order, and the factors behind it."""

    all: tuple[Unknown, ...]
    factors: tuple[Factor, ...]

    @property
    def columns(self) -> int:
        """Number of columns of a point."""
        return len(self.all)

    def distinct(self) -> dict[str, Unknown]:
        """The unknowns that can be learned apart from one another, by name.

        Where a correlation says that several are one and the same, the first stands for all, under the name
        of the correlation.
        """
        same: dict[int, str | None] = {}
        for factor in self.factors:
            if factor.root is not None and np.allclose(factor.root, factor.root[0]):
                same.update(dict.fromkeys(factor.columns[1:]))
                same[factor.columns[0]] = factor.name
        named = ((same.get(one.column, one.name), one) for one in self.all)
        return {name: one for name, one in named if name is not None}


@dataclass(frozen=True, slots=True)
class ClaimDraws:
    """The answers of all draws about one claim.

    curves: assurance [1] by curve name, (draws, times), NaN where there is no number. posterior:
    (draws, times) [1]. target: (draws,) [1]. binding: by curve name, the position of the scenario that binds
    at the moment of the ensemble, (draws,), -1 where none does.
    """

    claim: str
    curves: Mapping[str, FloatArray]
    posterior: FloatArray
    target: FloatArray
    binding: Mapping[str, NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A case assessed for many draws of its unknowns.

    times [d], (times,); now: position in it of the moment from which one looks on. values: of every unknown
    in its own unit, (draws, unknowns). efforts: of each package [person-day], (draws,). scenarios: names, by
    position. wanted: number of draws that were asked for; more than there are if the work was interrupted.
    """

    unknowns: Unknowns
    values: FloatArray
    times: FloatArray
    now: int
    claims: Mapping[str, ClaimDraws]
    efforts: Mapping[str, FloatArray]
    scenarios: tuple[str, ...]
    seed: int
    wanted: int

    @property
    def draws(self) -> int:
        """Number of draws that were computed."""
        return int(self.values.shape[0])
