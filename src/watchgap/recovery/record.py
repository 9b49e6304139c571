"""What can still be restored, by which package, and until when, as shares of the draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SURENESS = (0.95, 0.5, 0.05)
"""Probabilities at which the date of no return is told, the most careful first."""


class State(StrEnum):
    """What can be done about a claim at a time.

    STANDS: what is in hand reaches the target. RESTORABLE: records that exist reach it once they are
    collected. AT_A_COST: it takes the verification of items. IRRETRIEVABLE: no package reaches it.
    """

    STANDS = "stands"
    RESTORABLE = "restorable"
    AT_A_COST = "restorable at a cost"
    IRRETRIEVABLE = "irretrievable"


@dataclass(frozen=True, slots=True)
class NoReturn:
    """The date of no return of a claim under one package: the last day on which it reaches the target.

    probability: R_P(t), that the package carried out at t reaches the target, (times,) [1]. last: the last
    time [d] at which it does, for each draw, (draws,): minus infinity if it never does, infinity if it still
    does at the last time looked at. dates: for each probability of SURENESS the time [d] up to which the
    target can be reached with at least that probability, with the same two infinities.
    """

    package: str
    probability: FloatArray
    last: FloatArray
    dates: Mapping[float, float]

    @property
    def still_open(self) -> float:
        """Share of the draws in which the target can still be reached at the last time looked at [1]."""
        return float(np.mean(np.isposinf(self.last)))

    @property
    def never(self) -> float:
        """Share of the draws in which the target is reached at no time [1]."""
        return float(np.mean(np.isneginf(self.last)))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said of a claim's restoration, by package and by state.

    no_return: by package. states: probability of each state at each time, (times,) [1]; they sum to 1 where
    the claim has a number.
    """

    claim: str
    no_return: Mapping[str, NoReturn]
    states: Mapping[State, FloatArray]
