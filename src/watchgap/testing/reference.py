"""The whole assessment once more, slowly: one time, one scenario and one start date after the other.

Nothing here is shared with the engine but the records. Lives are integrated by adaptive quadrature, samples
come from SciPy's hypergeometric distribution, and the rest are plain loops, so that each number can be
followed by hand. It is what the engine is compared with, and what its speed is measured against.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from math import ceil, exp, floor, inf, isfinite, nan, prod

import numpy as np
from scipy.stats import hypergeom  # noqa: TID251 - the oracle is not imported by any command

from watchgap.assurance.record import (
    Assessment,
    Claim,
    ClaimAssessment,
    Curve,
    FloatArray,
    Package,
    Pass,
    Scenario,
    Situation,
    Watch,
)
from watchgap.coverage.record import Holding, Life
from watchgap.detection.record import (
    ExponentialResponse,
    FixedLife,
    SteppedResponse,
    TableLife,
)
from watchgap.testing.reference_lives import mean_over_life

# Two times that are the same on paper may differ by this much [d], as start dates are differences of times.
SLACK = 1e-9

# Looks after which no more than this probability is left change nothing that can be told in double precision.
NOTHING_LEFT = 1e-15

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _View:
    """What counts at one time of assessment.

    time: only facts before it count [d]. deadline: only what came into hand by then counts [d].
    collects: measures of which also what is not in hand counts, None for all of them.
    """

    time: float
    deadline: float = inf
    collects: frozenset[str] | None = frozenset()
    package: Package | None = None


# ---------------------------------------------------------------- the assessment


def reference_assess(situation: Situation, *, step: float = 1.0) -> Assessment:
    """Assess a situation by plain loops over times, scenarios and start dates.

    Parameters
    ----------
    situation : the numbers of one assessment.
    step : greatest spacing of start dates in the mean that the posterior needs [d].

    Returns
    -------
    Assessment
        The same record as the engine's: curves 'in hand', 'latent', 'timely' and one 'restorable: <package>'
        for each package, for each claim and each of its strata.

    Notes
    -----
    Assurance is 1 - max beta over the scenarios and the starts of `reference_starts` that are finished. In
    the posterior the start has density h exp(-h (tau - since)); each cell between two kinks, cut to at most
    `step`, has its exact probability and the beta of its middle.
    """
    return Assessment(
        times=situation.times,
        claims={claim.name: _assess_claim(situation, claim, step=step) for claim in situation.claims},
    )


def reference_nondetection(
    situation: Situation, scenario: Scenario, start: float, time: float, holding: str
) -> float:
    """Probability that nothing that counts at a time has detected a scenario of this start.

    Parameters
    ----------
    situation : the numbers of one assessment.
    scenario : one of its scenarios.
    start : start of the scenario [d].
    time : time of the assessment [d]; the scenario is finished by then.
    holding : 'in hand', 'latent', 'timely', or the name of a package (what it would restore).

    Returns
    -------
    float
        Probability of non-detection, beta [1].

    Raises
    ------
    LookupError
        The situation has no such package.
    """
    view = _view(situation, scenario, start, time, holding)
    beta = _missed_by_checks(situation, scenario, start, view)
    return beta if scenario.past else beta * _missed_by_measures(situation, scenario, start, view)


def reference_starts(situation: Situation, scenario: Scenario) -> list[float]:
    """Start dates at which a scenario is tried, ascending [d].

    They are every time of the situation less the duration, the earliest start, and every date on which
    something happens to what watches or verifies the scenario, less each boundary of its steps.
    """
    if scenario.past:
        return [scenario.since]
    starts = {float(time) - scenario.duration for time in situation.times}
    starts |= {scenario.since} | _kinks(situation, scenario)
    return sorted(start for start in starts if start >= scenario.since and _in_window(scenario, start))


def _assess_claim(situation: Situation, claim: Claim, *, step: float) -> ClaimAssessment:
    measures = ["in hand", "latent"] if claim.kind == "past" else ["in hand", "latent", "timely"]
    holdings = [*measures, *(package.name for package in situation.packages)]
    own = [place for place, scenario in enumerate(situation.scenarios) if scenario.claim == claim.name]
    curves: dict[str, Curve] = {}
    strata = () if claim.kind == "completeness" else claim.strata
    by_stratum: dict[str, dict[str, Curve]] = {stratum: {} for stratum in strata}
    for holding in holdings:
        name = holding if holding in measures else f"restorable: {holding}"
        worst = {place: _worst(situation, place, holding) for place in own}
        open_claim = [_is_contradicted(situation, claim, None, time) for time in situation.times]
        curves[name] = _curve(name, situation, worst, open_claim)
        for stratum in strata:
            part = {place: worst[place] for place in own if situation.scenarios[place].stratum == stratum}
            open_stratum = [_is_contradicted(situation, claim, stratum, time) for time in situation.times]
            by_stratum[stratum][name] = _curve(name, situation, part, open_stratum)
    prior, posterior = _beliefs(situation, claim, step=step)
    return ClaimAssessment(
        claim=claim.name,
        curves=curves,
        by_stratum=by_stratum,
        posterior=np.where(np.isnan(curves["in hand"].value), nan, posterior),
        prior=prior,
        contradicted=tuple(_open_anomalies(situation, claim, float(time)) for time in situation.times),
    )


def _worst(situation: Situation, place: int, holding: str) -> list[tuple[float, float]]:
    """Greatest beta of a scenario and the start that has it, at each time; (-1, nan) if none is finished."""
    scenario = situation.scenarios[place]
    starts = reference_starts(situation, scenario)
    found = []
    for time in situation.times:
        best, at = -1.0, nan
        for start in starts:
            if scenario.past or start + scenario.duration <= time + SLACK:
                beta = reference_nondetection(situation, scenario, start, float(time), holding)
                if beta > best:
                    best, at = beta, start
        found.append((best, at))
    return found


def _curve(
    name: str, situation: Situation, worst: Mapping[int, list[tuple[float, float]]], hidden: list[bool]
) -> Curve:
    value, binding, start = [], [], []
    for position in range(len(situation.times)):
        best, place, at = -1.0, -1, nan
        for candidate, found in worst.items():
            if found[position][0] > best:
                best, place, at = found[position][0], candidate, found[position][1]
        assurance = 1.0 if place < 0 else 1.0 - best
        value.append(nan if hidden[position] else assurance)
        binding.append(place)
        start.append(at)
    return Curve(name, np.array(value), np.array(binding, dtype=np.intp), np.array(start))


def _open_anomalies(situation: Situation, claim: Claim, time: float) -> tuple[str, ...]:
    return tuple(
        anomaly.anomaly
        for anomaly in situation.contradictions
        if claim.name in anomaly.claims and anomaly.raised < time and not anomaly.resolved < time
    )


def _is_contradicted(situation: Situation, claim: Claim, stratum: str | None, time: float) -> bool:
    """Whether a claim, or one stratum of it, has no number at a time."""
    if claim.kind == "completeness":
        return True  # nothing that is declared bounds what is not
    names = _open_anomalies(situation, claim, time)
    return any(
        anomaly.anomaly in names and (stratum is None or stratum in anomaly.strata)
        for anomaly in situation.contradictions
    )


# ---------------------------------------------------------------- start dates


def _kinks(situation: Situation, scenario: Scenario) -> set[float]:
    dates = {date for date in _event_dates(situation, scenario) if isfinite(date)}
    offsets = {offset for times in scenario.step_times() for offset in times}
    return {date - offset for date in dates for offset in offsets}


def _event_dates(situation: Situation, scenario: Scenario) -> Iterator[float]:
    for watch in scenario.watches:
        for life in situation.records[watch.measure].lives:
            yield from (life.begins, life.ends)
            yield from (life.begins + part.length for part in life.model.parts if isinstance(part, FixedLife))
            for finding in life.findings:
                yield from (finding.known, finding.alive_until, finding.dead_by)
            for holding in life.holdings:
                yield from (holding.begins, holding.ends, holding.in_hand, holding.lost)
    for check in situation.checks:
        if check.stratum == scenario.stratum:
            yield check.time
    for window in scenario.windows or ():
        yield from window


def _in_window(scenario: Scenario, start: float) -> bool:
    if scenario.windows is None:
        return True
    ends = start + scenario.step_times()[0][2]
    return any(opens <= start + SLACK and ends <= closes + SLACK for opens, closes in scenario.windows)


# ---------------------------------------------------------------- what counts


def _view(situation: Situation, scenario: Scenario, start: float, time: float, holding: str) -> _View:
    if holding == "in hand":
        return _View(time)
    if holding == "latent":
        return _View(time, collects=None)
    if holding == "timely":
        claim = next(claim for claim in situation.claims if claim.name == scenario.claim)
        within = claim.timeliness.get(scenario.stratum, inf)
        return _View(time, deadline=-inf if scenario.past else start + scenario.duration + within)
    for package in situation.packages:
        if holding == package.name:
            return _View(time, collects=package.collects, package=package)
    raise LookupError(f"no package {holding!r}; take 'in hand', 'latent', 'timely' or the name of a package")


def _counted(holding: Holding, measure: str, view: _View) -> Interval | None:
    """Part of a holding that counts [d], or nothing."""
    would_be_collected = view.collects is None or measure in view.collects
    if would_be_collected and holding.lost >= view.time:
        return holding.begins, holding.ends
    if holding.lag is not None:
        # each instant comes into hand one lag later, unless the record is lost before
        ends = min(holding.ends, min(view.time, view.deadline, holding.lost) - holding.lag)
        return (holding.begins, ends) if ends > holding.begins else None
    in_time = holding.in_hand < view.time and holding.in_hand <= view.deadline + SLACK
    return (holding.begins, holding.ends) if in_time and holding.lost >= holding.in_hand else None


def _pieces(life: Life, measure: str, view: _View, good: frozenset[str]) -> list[Interval]:
    """What counts of a life's record, adjacent parts joined, if these custodies were good [d]."""
    pieces: list[Interval] = []
    for holding in life.holdings:
        counted = _counted(holding, measure, view)
        if counted is None or (holding.custody is not None and holding.custody not in good):
            continue
        begins, ends = max(counted[0], life.begins), min(counted[1], life.ends)
        if pieces and begins <= pieces[-1][1] + SLACK:
            pieces[-1] = (pieces[-1][0], max(ends, pieces[-1][1]))
        elif ends > begins:
            pieces.append((begins, ends))
    return pieces


# ---------------------------------------------------------------- measures


def _missed_by_measures(situation: Situation, scenario: Scenario, start: float, view: _View) -> float:
    """Mean over the custodies, good or not, of the product over the measures [1]."""
    names = sorted(_custodies(situation, scenario, start, view))
    chances = situation.custodies
    total = 0.0
    for outcome in product((True, False), repeat=len(names)):
        drawn = dict(zip(names, outcome, strict=True))
        chance = prod(chances[name] if is_good else 1 - chances[name] for name, is_good in drawn.items())
        good = frozenset(name for name, is_good in drawn.items() if is_good)
        beta = 1.0
        for watch in scenario.watches:
            beta *= _missed_by_watch(situation, watch, _activity(scenario, watch, start), view, good)
        total += chance * beta
    return total


def _custodies(situation: Situation, scenario: Scenario, start: float, view: _View) -> set[str]:
    """Custodies of the holdings that count and that lie beside the scenario."""
    names = set()
    for watch in scenario.watches:
        for life in situation.records[watch.measure].lives:
            for holding in life.holdings:
                counted = _counted(holding, watch.measure, view)
                if holding.custody is None or counted is None:
                    continue
                if counted[0] < start + scenario.duration and counted[1] > start:
                    names.add(holding.custody)
    return names


def _activity(scenario: Scenario, watch: Watch, start: float) -> list[tuple[Pass, Interval]]:
    """Each pass of a measure with the time during which it could see the step [d]."""
    activity = []
    for each in watch.passes:
        begins, handling, ends = scenario.step_times()[each.step]
        activity.append((each, (start + (handling if each.handling_only else begins), start + ends)))
    return activity


def _missed_by_watch(
    situation: Situation,
    watch: Watch,
    activity: list[tuple[Pass, Interval]],
    view: _View,
    good: frozenset[str],
) -> float:
    """Blind spot u and the record of all devices: u + (1 - u) rest [1]."""
    device = 1.0
    for life in situation.records[watch.measure].lives:
        pieces = _pieces(life, watch.measure, view, good)
        device *= _missed_by_life(life, pieces, activity, view.time)
    return watch.blind_spot + (1 - watch.blind_spot) * device**watch.count


def _missed_by_life(
    life: Life, pieces: list[Interval], activity: list[tuple[Pass, Interval]], time: float
) -> float:
    """Expectation over the end of a life, given what is known of it, that it recorded nothing [1]."""

    def nothing(age: float) -> float:
        return _nothing_recorded(pieces, activity, life.begins + age)

    if nothing(inf) == 1.0:
        return 1.0  # this life has nothing to show of the scenario
    known = [finding for finding in life.findings if finding.known < time]
    alive = max([0.0, *(finding.alive_until - life.begins for finding in known)])
    dead = min((finding.dead_by - life.begins for finding in known), default=inf)
    if alive >= life.ends - life.begins:
        return nothing(inf)
    if dead <= alive:
        return nothing(dead)
    last = min(max(ends for _, (_, ends) in activity) - life.begins, dead)
    knots = {knot for knot in _knots(life, pieces, activity) if alive < knot < last}
    return mean_over_life(nothing, life.model, alive, dead, sorted(knots | {max(last, alive)}))


def _nothing_recorded(pieces: list[Interval], activity: list[tuple[Pass, Interval]], dies: float) -> float:
    """Probability that a device that dies at this time [d] has recorded nothing on these pieces [1]."""
    missed, broken = 1.0, 0.0
    for each, step in activity:
        for begins, ends in pieces:
            seen = min(ends, step[1], dies) - max(begins, step[0])
            if seen <= 0:
                continue
            response = each.response
            if isinstance(response, ExponentialResponse):
                missed *= exp(-response.rate * seen)
            elif isinstance(response, SteppedResponse):
                missed *= _no_look(response, seen)
            elif seen > SLACK:
                # a seal is opened once, however many steps go past it
                broken = max(broken, response.recognition)
    return missed * (1 - broken)


def _no_look(response: SteppedResponse, seen: float) -> float:
    """(1-p)^k (1 - p (K-k)) with K = L / spacing and k = floor(K) [1]."""
    looks = seen / response.spacing
    certain = floor(looks)
    missed = 1 - response.recognition
    return float(missed**certain * (1 - response.recognition * (looks - certain)))


def _knots(life: Life, pieces: list[Interval], activity: list[tuple[Pass, Interval]]) -> Iterator[float]:
    """Ages at which what has been recorded, or the density of the life, has a kink [d]."""
    for part in life.model.parts:
        if isinstance(part, FixedLife):
            yield part.length
        elif isinstance(part, TableLife):
            yield from part.ages
    for each, step in activity:
        for begins, ends in pieces:
            low, high = max(begins, step[0]), min(ends, step[1])
            if high <= low:
                continue
            yield from (low - life.begins, high - life.begins)
            if isinstance(each.response, SteppedResponse):
                yield from (low - life.begins + seen for seen in _looks(each.response, high - low))


def _looks(response: SteppedResponse, length: float) -> Iterator[float]:
    """Lengths at which one more look becomes certain, while anything is left to be seen [d]."""
    look, left = 1, 1.0
    while look * response.spacing < length and left > NOTHING_LEFT:
        yield look * response.spacing
        look, left = look + 1, left * (1 - response.recognition)


# ---------------------------------------------------------------- checks


def _missed_by_checks(situation: Situation, scenario: Scenario, start: float, view: _View) -> float:
    beta = 1.0
    for check in situation.checks:
        in_time = check.time < view.time and check.time <= view.deadline + SLACK
        if check.stratum == scenario.stratum and in_time:
            gone = _items_gone(scenario, start, check.time)
            beta *= _missed_by_sample(check.population, gone, check.sample, check.recognition, scenario)
    for planned in view.package.checks if view.package is not None else ():
        if planned.stratum == scenario.stratum:
            lost = situation.evidence_lost
            is_whole = not any(lost.get(evidence, inf) < view.time for evidence in planned.needs)
            recognition = planned.recognition if is_whole else planned.without_evidence
            gone = _items_gone(scenario, start, view.time)
            beta *= _missed_by_sample(planned.population, gone, planned.sample, recognition, scenario)
    return beta


def _items_gone(scenario: Scenario, start: float, time: float) -> int:
    """Items diverted by a time: floor(rate (time - start - setup)) of the first step, within 0 and all."""
    if scenario.past:
        return scenario.items
    handled = (time - start - scenario.step_times()[0][1]) * scenario.steps[0].rate
    return min(max(floor(handled + SLACK), 0), scenario.items)


def _missed_by_sample(
    population: int, gone: int, sample: int, recognition: Mapping[str, float], scenario: Scenario
) -> float:
    """Sum over k of Hypergeometric(k; N, D, n) (1-p)^k [1]."""
    if gone == 0:
        return 1.0
    missed = 1 - recognition.get(scenario.concealment, 0.0)
    found = np.arange(min(gone, sample) + 1)
    return float(np.sum(hypergeom.pmf(found, population, gone, sample) * missed**found))


# ---------------------------------------------------------------- degrees of belief


def _beliefs(situation: Situation, claim: Claim, *, step: float) -> tuple[FloatArray, FloatArray]:
    """Prior and posterior probability that the claim is false, at the situation's times [1]."""
    own = [scenario for scenario in situation.scenarios if scenario.claim == claim.name]
    weights = sum(scenario.weight for scenario in own)
    prior, posterior = [], []
    for time in situation.times:
        done, missed = 0.0, 0.0
        for scenario in own:
            for start, chance in _cells(situation, claim, scenario, float(time), step):
                share = chance * scenario.weight / weights
                done += share
                beta = reference_nondetection(situation, scenario, start, float(time), "in hand")
                missed += share * beta
        prior.append(done)
        posterior.append(missed / (1 - done + missed) if missed > 0 else 0.0)
    return np.array(prior), np.array(posterior)


def _cells(
    situation: Situation, claim: Claim, scenario: Scenario, time: float, step: float
) -> Iterator[tuple[float, float]]:
    """Starts that are finished by a time [d], each with the prior probability of its cell [1]."""
    if claim.kind == "past":
        yield scenario.since, claim.prior.probability
        return
    last = time - scenario.duration
    edges = {edge for edge in _kinks(situation, scenario) if scenario.since < edge < last}
    if last <= scenario.since or claim.prior.hazard == 0:
        return
    for low, high in pairwise([scenario.since, *sorted(edges), last]):
        count = max(ceil((high - low) / step), 1)
        for place in range(count):
            begins, ends = low + (high - low) * place / count, low + (high - low) * (place + 1) / count
            middle = (begins + ends) / 2
            if _in_window(scenario, middle):
                survived = [exp(-claim.prior.hazard * (edge - scenario.since)) for edge in (begins, ends)]
                yield middle, survived[0] - survived[1]
