"""The numbers of one assessment: scenarios, checks, packages and claims going in; curves coming out.

A Situation holds plain numbers only: every distribution of the case has been given a value, every date is a
time [d] from the start of the case's period, every fact of the ledger has found its place. It is what the
engine computes from and what the independent simulator plays through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from watchgap.coverage.record import MeasureRecord
from watchgap.detection.record import Response

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route: set-up [d], handling rate [item/d], wait [d] after the step before."""

    name: str
    setup: float
    rate: float
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Pass:
    """A step that a measure looks at.

    step: position of the step in the route. handling_only: the measure sees items go by, so only the part
    of the step after its set-up counts.
    """

    step: int
    response: Response
    handling_only: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """One measure beside a route.

    blind_spot: probability [1] that the measure is of no use against this route at all, shared by all of its
    record. count: number of like devices, each with a life of its own, sharing the blind spot.
    """

    measure: str
    blind_spot: float
    count: int
    passes: tuple[Pass, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way in which a claim could be false: a route at one rate under one concealment.

    population, item_mass [kg], fraction [1]: the stratum, and the share of an item's material that is gone.
    items: number of items taken. windows: intervals [d] in which the first step must lie; None when it
    may be at any time. since: earliest start [d]. past: the defects are in place before the period, no
    measure sees it. weight: prior weight [1] among the scenarios of the claim.
    """

    name: str
    claim: str
    stratum: str
    route: str
    rate: str
    concealment: str
    population: int
    item_mass: float
    fraction: float
    items: int
    steps: tuple[Step, ...]
    watches: tuple[Watch, ...]
    since: float
    windows: tuple[tuple[float, float], ...] | None = None
    past: bool = False
    weight: float = 1.0

    def with_items(self, items: int) -> "Scenario":
        """Return the same scenario with another number of items taken."""
        return replace(self, items=items)

    @property
    def material(self) -> float:
        """Material that is gone [kg]."""
        return self.items * self.fraction * self.item_mass

    def step_times(self) -> tuple[tuple[float, float, float], ...]:
        """Begin, begin of handling and end of each step [d] after the start of the scenario."""
        times: list[tuple[float, float, float]] = []
        clock = 0.0
        for step in self.steps:
            begins = clock + step.wait
            handling = begins + step.setup
            clock = handling + self.items / step.rate
            times.append((begins, handling, clock))
        return tuple(times)

    @property
    def duration(self) -> float:
        """Time from start to end [d]; 0 for a scenario of the past."""
        return 0.0 if self.past else self.step_times()[-1][2]


@dataclass(frozen=True, slots=True)
class Check:
    """An activity carried out on a sample: recognition [1] of a defective item by concealment."""

    time: float
    stratum: str
    activity: str
    population: int
    sample: int
    recognition: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """An activity of a package: recognition with and without the evidence that it needs."""

    stratum: str
    activity: str
    population: int
    sample: int
    recognition: Mapping[str, float]
    without_evidence: Mapping[str, float]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """Access as a set of collections and checks; level is its rung on the access lattice."""

    name: str
    level: str
    collects: frozenset[str]
    checks: tuple[PlannedCheck, ...]
    effort: float = 0.0


@dataclass(frozen=True, slots=True)
class Prior:
    """Prior of a claim being false: a hazard [1/d] from its start, or a probability [1] for the past."""

    hazard: float = 0.0
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An anomaly that touches strata of claims, from the time it was raised until it was resolved [d]."""

    anomaly: str
    raised: float
    resolved: float
    strata: frozenset[str]
    claims: frozenset[str]

    def is_open(self, times: FloatArray) -> NDArray[np.bool_]:
        """Say for each time [d] whether the anomaly was raised before it and not resolved before it."""
        return (self.raised < times) & (self.resolved >= times)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed: kind is 'gap', 'past' or 'completeness'; since [d]; target detection probability [1].

    significant_quantity [kg] and timeliness [d] are given by stratum.
    """

    name: str
    kind: str
    since: float
    strata: tuple[str, ...]
    target: float
    prior: Prior
    significant_quantity: Mapping[str, float]
    timeliness: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Situation:
    """All numbers of one assessment.

    times: ascending times [d] at which curves are wanted. step: spacing [d] of the starts that are tried,
    besides those that finish at one of the times and the kinks.
    """

    times: FloatArray
    claims: tuple[Claim, ...]
    scenarios: tuple[Scenario, ...]
    records: Mapping[str, MeasureRecord]
    checks: tuple[Check, ...] = ()
    packages: tuple[Package, ...] = ()
    custodies: Mapping[str, float] = field(default_factory=dict)
    evidence_lost: Mapping[str, float] = field(default_factory=dict)
    contradictions: tuple[Contradiction, ...] = ()
    step: float = 1.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Assurance [1] at the situation's times, with the scenario and start [d] that attain it.

    value is NaN where the claim is contradicted. binding is the position of the scenario in the situation
    (-1 where no scenario could be finished) and start the start time of it [d].
    """

    name: str
    value: FloatArray
    binding: NDArray[np.intp]
    start: FloatArray


@dataclass(frozen=True, slots=True)
class Exposure:
    """The most material that could be gone with a detection probability below the target.

    amount: [SQ]; items, scenario and start of the way to take it; scenario None when nothing could be gone.
    """

    stratum: str
    amount: float
    items: int
    scenario: str | None
    start: float = -inf


@dataclass(frozen=True, slots=True)
class ClaimAssessment:
    """The curves of one claim, over all its strata and for each stratum.

    curves: by name ('in hand', 'latent', 'timely', 'restorable: <package>'). posterior: P(diverted by t |
    nothing found) [1] with what is in hand; prior: the same before any evidence. contradicted: names of the
    open anomalies at each time.
    """

    claim: str
    curves: Mapping[str, Curve]
    by_stratum: Mapping[str, Mapping[str, Curve]]
    posterior: FloatArray
    prior: FloatArray
    contradicted: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The engine's whole answer: one ClaimAssessment for each claim, at the situation's times [d]."""

    times: FloatArray
    claims: Mapping[str, ClaimAssessment]


@dataclass(frozen=True, slots=True)
class ClaimBundle:
    """The answers of many draws about one claim.

    curves: assurance [1] by curve name, (draws, times), NaN where there is no number. binding: by curve name,
    the position of the scenario that attains it, (draws, times), -1 where no scenario could be finished.
    posterior, prior: as of one assessment, (draws, times) [1].
    """

    claim: str
    curves: Mapping[str, FloatArray]
    binding: Mapping[str, NDArray[np.intp]]
    posterior: FloatArray
    prior: FloatArray


@dataclass(frozen=True, slots=True)
class Bundle:
    """The engine's answers for many draws: one ClaimBundle for each claim, at the times [d] of all draws."""

    times: FloatArray
    claims: Mapping[str, ClaimBundle]
