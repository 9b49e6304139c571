"""What an inspection has to find: for each scenario the greatest non-detection that is left without it."""

from dataclasses import replace

import numpy as np

from watchgap.assurance.engine import nondetection
from watchgap.assurance.grid import finished_starts
from watchgap.assurance.record import Package, Scenario, Situation

_ACCESS = "access"


def with_access(situation: Situation, collects: frozenset[str], level: str) -> Situation:
    """The same situation with one package that collects these measures and verifies nothing."""
    return replace(situation, packages=(Package(_ACCESS, level, collects, ()),))


def left_undetected(situation: Situation, scenario: Scenario) -> float | None:
    """Greatest non-detection of a scenario over its finished starts, once an access has collected.

    situation: made by `with_access`, with one time, at which the access is carried out. The checks of an
    inspection find a finished scenario with the same probability whatever its start, so this and a plan's own
    non-detection multiply. None if the scenario could not be over by then.
    """
    starts = finished_starts(situation, scenario)
    if starts.size == 0:
        return None
    time = float(situation.times[-1])
    return float(np.max(nondetection(situation, scenario, starts, time, _ACCESS)))
