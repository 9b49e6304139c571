"""Assesses a situation: for each claim its curves, the scenario that binds, and the posterior."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.factors import check_factor, package_factor
from watchgap.assurance.holding import change_times
from watchgap.assurance.names import IN_HAND, LATENT, TIMELY, package_of, restorable
from watchgap.assurance.record import (
    Assessment,
    Claim,
    ClaimAssessment,
    Curve,
    FloatArray,
    Package,
    Scenario,
    Situation,
)
from watchgap.assurance.surveillance import LifeFactors, View, surveillance_at
from watchgap.assurance.sweep import Sweep, Track
from watchgap.base.errors import UnknownName


def assess(situation: Situation) -> Assessment:
    """Compute every curve of every claim at the times of a situation.

    Assurance is 1 less the greatest non-detection over all scenarios of the claim and all of their starts
    that are finished by the time; it is a worst case over what a knowing diverter could choose. The
    posterior is pi B / (1 - pi + pi B), with pi the prior probability that a scenario was finished and B
    the mean of its non-detection with what is in hand. Both have no number (NaN) while an open anomaly
    touches the claim.

    Returns curves of shape (times,) [1].
    """
    assessed = {claim.name: _assess_claim(situation, claim) for claim in situation.claims}
    return Assessment(situation.times, assessed)


def curve_names(situation: Situation, claim: Claim) -> tuple[str, ...]:
    """Names of the curves of a claim, in the order in which they are shown.

    A claim about the past has no timely curve: what was done before the period was never over in time.
    """
    packages = tuple(restorable(package.name) for package in situation.packages)
    return (IN_HAND, *(() if claim.kind == "past" else (TIMELY,)), LATENT, *packages)


class _Envelope:
    """The greatest non-detection over the scenarios taken so far, for each curve, and where it is."""

    def __init__(self, situation: Situation, claim: Claim) -> None:
        shape = situation.times.shape
        self.names = curve_names(situation, claim)
        self.beta = {name: np.zeros(shape) for name in self.names}
        self.start = {name: np.full(shape, np.nan) for name in self.names}
        self.binding = {name: np.full(shape, -1) for name in self.names}

    def take(self, number: int, track: Track) -> None:
        """Take in one scenario by its position in the situation."""
        for name in self.names:
            worst = track.worst[name]
            self._keep_worse(name, worst.value, worst.start, np.where(np.isnan(worst.start), -1, number))

    def take_all(self, other: "_Envelope") -> None:
        """Take in all scenarios that another envelope holds."""
        for name in self.names:
            self._keep_worse(name, other.beta[name], other.start[name], other.binding[name])

    def _keep_worse(self, name: str, beta: FloatArray, start: FloatArray, binding: NDArray[np.intp]) -> None:
        better = (beta > self.beta[name]) | ((self.binding[name] < 0) & (binding >= 0))
        np.copyto(self.beta[name], beta, where=better)
        np.copyto(self.start[name], start, where=better)
        np.copyto(self.binding[name], binding, where=better)

    def curves(self, no_number: NDArray[np.bool_]) -> dict[str, Curve]:
        """The curves of assurance, NaN where there is no number."""
        return {
            name: Curve(
                name,
                np.where(no_number, np.nan, np.clip(1.0 - self.beta[name], 0.0, 1.0)),
                self.binding[name],
                self.start[name],
            )
            for name in self.names
        }


def _assess_claim(situation: Situation, claim: Claim) -> ClaimAssessment:
    """Go through a claim stratum by stratum, so that only envelopes are kept of what was computed."""
    numbers: dict[str, list[int]] = {}
    for number, scenario in enumerate(situation.scenarios):
        if scenario.claim == claim.name:
            numbers.setdefault(scenario.stratum, []).append(number)
    total = sum(situation.scenarios[number].weight for group in numbers.values() for number in group)
    whole = _Envelope(situation, claim)
    by_stratum: dict[str, Mapping[str, Curve]] = {}
    finished, missed = np.zeros(situation.times.shape), np.zeros(situation.times.shape)
    for stratum in claim.strata if claim.kind != "completeness" else ():
        own = _Envelope(situation, claim)
        factors: LifeFactors | None = None
        for number in numbers.get(stratum, ()):
            sweep = Sweep(situation, claim, situation.scenarios[number], factors)
            factors = sweep.life_factors
            track = sweep.run()
            own.take(number, track)
            share = situation.scenarios[number].weight / total
            finished += share * track.finished
            missed += share * track.missed
        by_stratum[stratum] = own.curves(_touched(situation, claim, stratum))
        whole.take_all(own)
    return _with_belief(situation, claim, whole, by_stratum, (finished, missed))


def _with_belief(
    situation: Situation,
    claim: Claim,
    whole: _Envelope,
    by_stratum: Mapping[str, Mapping[str, Curve]],
    chances: tuple[FloatArray, FloatArray],
) -> ClaimAssessment:
    """Put the posterior beside the curves; chances: of a finished scenario, and of a missed one [1]."""
    finished, missed = chances
    scale = claim.prior.probability if claim.kind == "past" else 1.0
    prior, missed = finished * scale, missed * scale
    open_anomalies = _open_anomalies(situation, claim)
    no_number = np.array([bool(names) for names in open_anomalies])
    if claim.kind == "completeness":
        no_number, prior = np.ones(no_number.shape, dtype=np.bool_), np.full(prior.shape, np.nan)
    return ClaimAssessment(
        claim=claim.name,
        curves=whole.curves(no_number),
        by_stratum=by_stratum,
        posterior=np.where(no_number, np.nan, missed / (1 - prior + missed)),
        prior=prior,
        contradicted=open_anomalies,
    )


def _open_anomalies(situation: Situation, claim: Claim) -> tuple[tuple[str, ...], ...]:
    touching = [one for one in situation.contradictions if claim.name in one.claims]
    is_open = [(one.anomaly, one.is_open(situation.times)) for one in touching]
    return tuple(tuple(name for name, at in is_open if at[number]) for number in range(situation.times.size))


def _touched(situation: Situation, claim: Claim, stratum: str) -> NDArray[np.bool_]:
    touched = np.zeros(situation.times.shape, dtype=np.bool_)
    for one in situation.contradictions:
        if claim.name in one.claims and stratum in one.strata:
            touched |= one.is_open(situation.times)
    return touched


def nondetection(
    situation: Situation, scenario: Scenario, starts: FloatArray, time: float, curve: str
) -> FloatArray:
    """Compute the non-detection beta of one scenario for given starts at one time of assessment.

    The plain form of what `assess` follows through time. starts [d], shape (n,), each finished by the
    time [d]. curve: 'in hand', 'latent', 'timely', or a package by its name or by that of its curve.

    Returns beta, shape (n,) [1]. Raises UnknownName if the situation has no such package.
    """
    starts = np.asarray(starts, dtype=np.float64)
    if curve == TIMELY:
        return _timely_nondetection(situation, scenario, starts, time)
    package = None if curve in (IN_HAND, LATENT) else _package(situation, curve)
    watched = frozenset(watch.measure for watch in scenario.watches)
    collects = watched if curve == LATENT else package.collects if package else frozenset[str]()
    times = np.full(starts.shape, time)
    beta = surveillance_at(situation, scenario, View(time, collects), starts, times)
    beta = beta * _verification(situation, scenario, starts, time)
    if package is not None:
        beta = beta * package_factor(situation, scenario, package, time)
    return beta


def _package(situation: Situation, name: str) -> Package:
    for package in situation.packages:
        if package.name in (name, package_of(name)):
            return package
    known = ", ".join(package.name for package in situation.packages) or "none"
    raise UnknownName(f"no package '{name}' is in the situation; it has {known}")


def _verification(situation: Situation, scenario: Scenario, starts: FloatArray, time: float) -> FloatArray:
    beta = np.ones(starts.shape)
    for check in situation.checks:
        if check.stratum == scenario.stratum and check.time < time:
            beta *= check_factor(scenario, check, starts)
    return beta


def _timely_nondetection(
    situation: Situation, scenario: Scenario, starts: FloatArray, time: float
) -> FloatArray:
    claim = next(claim for claim in situation.claims if claim.name == scenario.claim)
    finish = starts + scenario.duration if not scenario.past else np.full(starts.shape, -np.inf)
    # What comes into hand exactly when the goal runs out is still in time, so look just after that moment.
    until = np.minimum(time, np.nextafter(finish + claim.timeliness[scenario.stratum], np.inf))
    changes = {-np.inf, np.inf}
    for watch in scenario.watches:
        for life in situation.records[watch.measure].lives:
            changes.update(change_times(life))
    changes.update(check.time for check in situation.checks)
    epoch = np.searchsorted(np.array(sorted(changes)), until, side="left")
    beta = np.ones(starts.shape)
    for number in np.unique(epoch):
        which = epoch == number
        known_by = float(until[which].min())
        seen = surveillance_at(situation, scenario, View(known_by), starts[which], until[which])
        beta[which] = seen * _verification(situation, scenario, starts[which], known_by)
    return beta
