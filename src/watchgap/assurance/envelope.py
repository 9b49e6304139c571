"""The greatest non-detection over scenarios, curve by curve, and the scenario and start that attain it."""

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.record import FloatArray
from watchgap.assurance.sweep import Worst


class Envelope:
    """What the worst of the scenarios taken so far is, for each curve, (rows, times).

    beta: non-detection [1]; binding: position of the scenario, -1 where none is finished; start [d]: None if
    it is not kept.
    """

    def __init__(self, names: tuple[str, ...], shape: tuple[int, int], *, with_starts: bool) -> None:
        self.names = names
        self.beta = {name: np.zeros(shape) for name in names}
        self.binding = {name: np.full(shape, -1, dtype=np.int32) for name in names}
        self.start = {name: np.full(shape, np.nan) for name in names} if with_starts else None

    def take(self, name: str, number: int, worst: Worst, factor: FloatArray | None = None) -> None:
        """Take in one scenario by its position in the situation; factor: of its non-detection [1]."""
        beta = worst.value if factor is None else worst.value * factor
        better = (beta > self.beta[name]) | ((self.binding[name] < 0) & worst.found)
        np.copyto(self.beta[name], beta, where=better)
        self.binding[name][better] = number
        if self.start is not None and worst.start is not None:
            np.copyto(self.start[name], worst.start, where=better)

    def take_all(self, other: "Envelope") -> None:
        """Take in all scenarios that another envelope holds."""
        for name in self.names:
            better = other.beta[name] > self.beta[name]
            better |= (self.binding[name] < 0) & (other.binding[name] >= 0)
            np.copyto(self.beta[name], other.beta[name], where=better)
            np.copyto(self.binding[name], other.binding[name], where=better)
            if self.start is not None and other.start is not None:
                np.copyto(self.start[name], other.start[name], where=better)

    def assurance(self, name: str, no_number: NDArray[np.bool_]) -> FloatArray:
        """A curve of assurance, NaN where there is no number."""
        return np.where(no_number, np.nan, np.clip(1.0 - self.beta[name], 0.0, 1.0))
