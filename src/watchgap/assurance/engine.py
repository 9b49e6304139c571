"""Assesses situations: for each claim its curves, the scenario that binds, and the posterior."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance.envelope import Envelope
from watchgap.assurance.names import IN_HAND, LATENT, TIMELY, restorable
from watchgap.assurance.plain import nondetection
from watchgap.assurance.record import (
    Assessment,
    Bundle,
    Claim,
    ClaimAssessment,
    ClaimBundle,
    Curve,
    FloatArray,
    Situation,
)
from watchgap.assurance.roads import Road, tables_of
from watchgap.assurance.samples import Samples, checks_of, items_gone, package_factors, plan_of, plans_of
from watchgap.assurance.shape import batches
from watchgap.assurance.sweep import CheckFactor, Sweep, Track
from watchgap.detection.lives import IntArray

# Scenarios of one road that are followed through time together: more of them take more memory.
_TOGETHER = 4


def assess(situation: Situation) -> Assessment:
    """Compute every curve of every claim at the times of a situation.

    Assurance is 1 less the greatest non-detection over all scenarios of the claim and all of their starts
    that are finished by the time; it is a worst case over what a knowing diverter could choose. The
    posterior is pi B / (1 - pi + pi B), with pi the prior probability that a scenario was finished and B
    the mean of its non-detection with what is in hand. Both have no number (NaN) while an open anomaly
    touches the claim.

    Returns curves of shape (times,) [1].
    """
    rows = _Rows([situation], with_starts=True)
    assessed = {
        claim.name: _assessment(situation, claim, rows.claim(place))
        for place, claim in enumerate(situation.claims)
    }
    return Assessment(situation.times, assessed)


def assess_many(situations: Sequence[Situation]) -> Bundle:
    """Assess many draws of one case, as `assess` does each of them.

    Draws of which all has the same structure are computed together; each may differ from the others in every
    number, also in the order of events. Memory grows with the draws times the times: give them in blocks.

    Returns curves of shape (draws, times) [1]. Raises OutOfRange if there is none, or if two differ in their
    times, or in the names of their claims, packages or scenarios.
    """
    first = situations[0] if situations else None
    bundles: dict[str, ClaimBundle] = {}
    for which in batches(situations):
        rows = _Rows([situations[number] for number in which], with_starts=False)
        for place, claim in enumerate(rows.first.claims):
            answer = rows.claim(place)
            if claim.name not in bundles:
                bundles[claim.name] = _empty(rows.first, claim, len(situations))
            _put(bundles[claim.name], which, answer)
    return Bundle(situations[0].times if first is not None else np.zeros(0), bundles)


def curve_names(situation: Situation, claim: Claim) -> tuple[str, ...]:
    """Names of the curves of a claim, in the order in which they are shown.

    A claim about the past has no timely curve: what was done before the period was never over in time.
    """
    packages = tuple(restorable(package.name) for package in situation.packages)
    return (IN_HAND, *(() if claim.kind == "past" else (TIMELY,)), LATENT, *packages)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer about one claim in all rows; no_number says where there is none, (rows, times)."""

    whole: Envelope
    by_stratum: dict[str, Envelope]
    no_number: NDArray[np.bool_]
    posterior: FloatArray
    prior: FloatArray


class _Rows:
    """Situations of one structure, assessed together; each is a row of every array."""

    def __init__(self, situations: Sequence[Situation], *, with_starts: bool) -> None:
        self.situations = situations
        self.first = situations[0]
        self.with_starts = with_starts
        self.shape = (len(situations), self.first.times.size)
        since = [min((one.since for one in row.scenarios if one.watches), default=inf) for row in situations]
        self.tables = tables_of(situations, self.first.scenarios, since)
        self._planned: dict[Hashable, FloatArray | None] = {}
        # Alone, a situation gives the same bits whatever else it holds.
        many = situations if len(situations) > 1 else ()
        self.samples = Samples(plan for situation in many for plan in plans_of(situation))

    def claim(self, place: int) -> _Answer:
        """Assess a claim stratum by stratum, so that only envelopes are kept of what was computed."""
        claims = [situation.claims[place] for situation in self.situations]
        claim = claims[0]
        names = curve_names(self.first, claim)
        numbers = [number for number, one in enumerate(self.first.scenarios) if one.claim == claim.name]
        weights = np.array([[one.scenarios[number].weight for number in numbers] for one in self.situations])
        total = weights.sum(axis=1)
        shares = {number: (weights[:, at] / total)[:, None] for at, number in enumerate(numbers)}
        whole = Envelope(names, self.shape, with_starts=self.with_starts)
        by_stratum: dict[str, Envelope] = {}
        finished, missed = np.zeros(self.shape), np.zeros(self.shape)
        for stratum in claim.strata if claim.kind != "completeness" else ():
            own = Envelope(names, self.shape, with_starts=self.with_starts)
            here = [number for number in numbers if self.first.scenarios[number].stratum == stratum]
            for some, road in self._roads(here):
                sweep, prior = self._sweep(road, some, claims)
                done = sweep.finished(prior)
                for number, track in zip(some, sweep.run(self._rules(road), prior), strict=True):
                    self._take(own, number, road, track)
                    finished += shares[number] * done
                    missed += shares[number] * track.missed
            by_stratum[stratum] = own
            whole.take_all(own)
        return self._with_belief(claims, whole, by_stratum, (finished, missed))

    def _roads(self, numbers: Sequence[int]) -> Iterator[tuple[list[int], Road]]:
        """The roads of some scenarios, each with the scenarios that take it."""
        road: Road | None = None
        some: list[int] = []
        for number in numbers:
            scenarios = [situation.scenarios[number] for situation in self.situations]
            shared = road is not None and road.serves(scenarios)
            if road is not None and some and not (shared and len(some) < _TOGETHER):
                yield some, road
                some = []
            road = road if road is not None and shared else Road(self.situations, scenarios, self.tables)
            some.append(number)
        if road is not None:
            yield some, road

    def _sweep(self, road: Road, numbers: Sequence[int], claims: Sequence[Claim]) -> tuple[Sweep, FloatArray]:
        goal = np.array([claim.timeliness.get(road.scenarios[0].stratum, np.inf) for claim in claims])
        gone = [
            [items_gone(scenario, check.time, starts) for check in checks_of(situation, scenario)]
            for situation, scenario, starts in zip(
                self.situations, road.scenarios, road.grid.starts, strict=True
            )
        ]
        sweep = Sweep(
            road,
            self.first.times,
            goal=goal,
            checks=[self._checks(road, number, gone) for number in numbers],
            with_starts=self.with_starts,
        )
        return sweep, _prior_of_cells(road, claims)

    def _rules(self, road: Road) -> list[frozenset[str]]:
        return [road.measures, *(package.collects & road.measures for package in self.first.packages)]

    def _checks(self, road: Road, number: int, gone: list[list[IntArray]]) -> list[CheckFactor]:
        """The checks of a scenario's stratum in all rows; a row that has fewer has the rest never.

        gone: items taken by each check of each row, by its starts.
        """
        found: list[CheckFactor] = []
        for place in range(max(len(taken) for taken in gone)):
            time, missed = np.full(self.shape[0], np.inf), np.ones(road.grid.starts.shape)
            for row, (situation, taken) in enumerate(zip(self.situations, gone, strict=True)):
                if place < len(taken):
                    scenario = situation.scenarios[number]
                    check = checks_of(situation, scenario)[place]
                    time[row] = check.time
                    plan = plan_of(check, check.recognition, scenario.concealment)
                    missed[row] = self.samples.missed(plan, taken[place])
            found.append(CheckFactor(time, missed))
        return found

    def _take(self, envelope: Envelope, number: int, road: Road, track: Track) -> None:
        scenarios = [situation.scenarios[number] for situation in self.situations]
        envelope.take(IN_HAND, number, track.worst[frozenset()])
        envelope.take(LATENT, number, track.worst[road.measures])
        if TIMELY in envelope.names:
            envelope.take(TIMELY, number, track.timely)
        for place, package in enumerate(self.first.packages):
            worst = track.worst[package.collects & road.measures]
            alike = place, scenarios[0].stratum, *((one.concealment, one.items) for one in scenarios)
            if alike not in self._planned:
                self._planned[alike] = package_factors(self.samples, self.situations, scenarios, place)
            envelope.take(restorable(package.name), number, worst, self._planned[alike])

    def _with_belief(
        self,
        claims: Sequence[Claim],
        whole: Envelope,
        by_stratum: dict[str, Envelope],
        chances: tuple[FloatArray, FloatArray],
    ) -> _Answer:
        """Put the posterior beside the curves; chances: of a finished scenario, and of a missed one [1]."""
        prior, missed = chances
        if claims[0].kind == "past":
            scale = np.array([claim.prior.probability for claim in claims])[:, None]
            prior, missed = prior * scale, missed * scale
        no_number = np.array(
            [_touched(*pair) for pair in zip(self.situations, claims, strict=True)], dtype=np.bool_
        )
        if claims[0].kind == "completeness":
            no_number, prior = np.ones(self.shape, dtype=np.bool_), np.full(self.shape, np.nan)
        posterior = np.where(no_number, np.nan, missed / (1 - prior + missed))
        return _Answer(whole, by_stratum, no_number, posterior, prior)


def _prior_of_cells(road: Road, claims: Sequence[Claim]) -> FloatArray:
    """Prior probability of a start between each grid point and the one before it, (rows, starts) [1].

    The defects of a scenario of the past are there, if it is true at all.
    """
    starts = road.grid.starts
    if road.scenarios[0].past:
        return np.ones(starts.shape)
    hazard = np.array([claim.prior.hazard for claim in claims])[:, None]
    since = np.array([claim.since for claim in claims])[:, None]
    # Starts that only fill a row up are given its first.
    chance = -np.expm1(-hazard * (np.where(np.isfinite(starts), starts, since) - since))
    cells = np.zeros(starts.shape)
    cells[:, 1:] = np.where(np.isfinite(starts[:, 1:]), np.diff(chance, axis=1), 0.0)
    if road.grid.allowed is not None:
        cells[:, 1:] *= road.grid.allowed[:, 1:] & road.grid.allowed[:, :-1]
    return cells


def _touched(situation: Situation, claim: Claim, stratum: str | None = None) -> NDArray[np.bool_]:
    """Whether an open anomaly touches a claim, or a stratum of it, at each time."""
    touched = np.zeros(situation.times.shape, dtype=np.bool_)
    for one in situation.contradictions:
        if claim.name in one.claims and (stratum is None or stratum in one.strata):
            touched |= one.is_open(situation.times)
    return touched


def _assessment(situation: Situation, claim: Claim, answer: _Answer) -> ClaimAssessment:
    by_stratum = {
        stratum: _curves(envelope, _touched(situation, claim, stratum))
        for stratum, envelope in answer.by_stratum.items()
    }
    return ClaimAssessment(
        claim=claim.name,
        curves=_curves(answer.whole, answer.no_number[0]),
        by_stratum=by_stratum,
        posterior=answer.posterior[0],
        prior=answer.prior[0],
        contradicted=_open_anomalies(situation, claim),
    )


def _curves(envelope: Envelope, no_number: NDArray[np.bool_]) -> dict[str, Curve]:
    starts = envelope.start or {}
    return {
        name: Curve(
            name,
            envelope.assurance(name, no_number)[0],
            envelope.binding[name][0].astype(np.intp),
            starts[name][0],
        )
        for name in envelope.names
    }


def _open_anomalies(situation: Situation, claim: Claim) -> tuple[tuple[str, ...], ...]:
    touching = [one for one in situation.contradictions if claim.name in one.claims]
    is_open = [(one.anomaly, one.is_open(situation.times)) for one in touching]
    return tuple(tuple(name for name, at in is_open if at[number]) for number in range(situation.times.size))


def _empty(situation: Situation, claim: Claim, draws: int) -> ClaimBundle:
    names, shape = curve_names(situation, claim), (draws, situation.times.size)
    return ClaimBundle(
        claim=claim.name,
        curves={name: np.empty(shape) for name in names},
        binding={name: np.empty(shape, dtype=np.int32) for name in names},
        posterior=np.empty(shape),
        prior=np.empty(shape),
    )


def _put(bundle: ClaimBundle, which: Sequence[int], answer: _Answer) -> None:
    for name in bundle.curves:
        bundle.curves[name][which] = answer.whole.assurance(name, answer.no_number)
        bundle.binding[name][which] = answer.whole.binding[name]
    bundle.posterior[which] = answer.posterior
    bundle.prior[which] = answer.prior


__all__ = ["assess", "assess_many", "curve_names", "nondetection"]
