"""Assesses a situation: for each claim its curves, the scenario that binds, and the posterior."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.factors import check_factor, package_factor
from watchgap.assurance.holding import change_times
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
from watchgap.assurance.sweep import IN_HAND, LATENT, TIMELY, Sweep, Track, restorable
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
    tracks: dict[str, list[tuple[int, Track]]] = {claim.name: [] for claim in situation.claims}
    claims = {claim.name: claim for claim in situation.claims}
    factors: LifeFactors | None = None
    for number, scenario in enumerate(situation.scenarios):
        sweep = Sweep(situation, claims[scenario.claim], scenario, factors)
        factors = sweep.life_factors
        tracks[scenario.claim].append((number, sweep.run()))
    assessed = {claim.name: _assess_claim(situation, claim, tracks[claim.name]) for claim in situation.claims}
    return Assessment(situation.times, assessed)


def _assess_claim(situation: Situation, claim: Claim, tracks: Sequence[tuple[int, Track]]) -> ClaimAssessment:
    open_anomalies = _open_anomalies(situation, claim)
    by_stratum: dict[str, Mapping[str, Curve]] = {}
    for stratum in claim.strata if claim.kind != "completeness" else ():
        own = [(number, track) for number, track in tracks if situation.scenarios[number].stratum == stratum]
        touched = _touched(situation, claim, stratum)
        by_stratum[stratum] = _curves(situation, own, touched)
    touched = np.array([bool(names) for names in open_anomalies])
    finished, missed = _weighted(situation, tracks)
    prior = finished * claim.prior.probability if claim.kind == "past" else finished
    missed = missed * claim.prior.probability if claim.kind == "past" else missed
    posterior = np.where(touched, np.nan, missed / (1 - prior + missed))
    no_number = touched if claim.kind != "completeness" else np.ones(touched.shape, dtype=np.bool_)
    return ClaimAssessment(
        claim=claim.name,
        curves=_curves(situation, tracks, no_number),
        by_stratum=by_stratum,
        posterior=np.where(no_number, np.nan, posterior),
        prior=prior if claim.kind != "completeness" else np.full(prior.shape, np.nan),
        contradicted=open_anomalies,
    )


def curve_names(situation: Situation) -> tuple[str, ...]:
    """Names of the curves of a situation, in the order in which they are shown."""
    return (IN_HAND, TIMELY, LATENT, *(restorable(package.name) for package in situation.packages))


def _curves(
    situation: Situation,
    tracks: Sequence[tuple[int, Track]],
    no_number: NDArray[np.bool_],
) -> dict[str, Curve]:
    shape = situation.times.shape
    curves: dict[str, Curve] = {}
    for name in curve_names(situation):
        beta, start = np.zeros(shape), np.full(shape, np.nan)
        binding = np.full(shape, -1)
        for number, track in tracks:
            worst = track.worst[name]
            better = (worst.value > beta) | ((binding < 0) & np.isfinite(worst.start))
            beta, start = np.where(better, worst.value, beta), np.where(better, worst.start, start)
            binding = np.where(better, number, binding)
        curves[name] = Curve(name, np.where(no_number, np.nan, 1.0 - beta), binding, start)
    return curves


def _open_anomalies(situation: Situation, claim: Claim) -> tuple[tuple[str, ...], ...]:
    touching = [one for one in situation.contradictions if claim.name in one.claims]
    return tuple(
        tuple(one.anomaly for one in touching if one.raised < time and not one.resolved < time)
        for time in situation.times
    )


def _touched(situation: Situation, claim: Claim, stratum: str) -> NDArray[np.bool_]:
    touched = np.zeros(situation.times.shape, dtype=np.bool_)
    for one in situation.contradictions:
        if claim.name in one.claims and stratum in one.strata:
            touched |= (one.raised < situation.times) & ~(one.resolved < situation.times)
    return touched


def _weighted(situation: Situation, tracks: Sequence[tuple[int, Track]]) -> tuple[FloatArray, FloatArray]:
    finished, missed = np.zeros(situation.times.shape), np.zeros(situation.times.shape)
    total = sum(situation.scenarios[number].weight for number, _ in tracks)
    for number, track in tracks:
        share = situation.scenarios[number].weight / total
        finished += share * track.finished
        missed += share * track.missed
    return finished, missed


def nondetection(
    situation: Situation, scenario: Scenario, starts: FloatArray, time: float, holding: str
) -> FloatArray:
    """Compute the non-detection beta of one scenario for given starts at one time of assessment.

    The plain form of what `assess` follows through time. starts [d], shape (n,), each finished by the
    time [d]. holding: 'in hand', 'latent', 'timely', or the name of a package.

    Returns beta, shape (n,) [1]. Raises UnknownName if the situation has no such package.
    """
    starts = np.asarray(starts, dtype=np.float64)
    if holding == TIMELY:
        return _timely_nondetection(situation, scenario, starts, time)
    package = None if holding in (IN_HAND, LATENT) else _package(situation, holding)
    watched = frozenset(watch.measure for watch in scenario.watches)
    collects = watched if holding == LATENT else package.collects if package else frozenset[str]()
    times = np.full(starts.shape, time)
    beta = surveillance_at(situation, scenario, View(time, collects), starts, times)
    beta = beta * _verification(situation, scenario, starts, time)
    if package is not None:
        beta = beta * package_factor(situation, scenario, package, time)
    return beta


def _package(situation: Situation, name: str) -> Package:
    for package in situation.packages:
        if name in (package.name, restorable(package.name)):
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
