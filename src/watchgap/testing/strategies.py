"""Random small situations for Hypothesis, and random questions about them.

Every situation is consistent by construction: for each life an age at death is fixed first, from its own
model, and what is found of it follows. All times are eighths of a day and all handling rates powers of two,
so that dates and durations are exact in binary, and ties (a record that comes in at the very time of
assessment, a visit at the very moment when an item has gone) are real ties.

Needs the `test` extra.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil, floor, inf, isinf, log
from statistics import NormalDist

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from watchgap.assurance.record import (
    Check,
    Claim,
    Package,
    Pass,
    PlannedCheck,
    Prior,
    Scenario,
    Situation,
    Step,
    Watch,
)
from watchgap.coverage.record import NEVER, Finding, Holding, Life, MeasureRecord
from watchgap.detection.record import (
    ExponentialLife,
    ExponentialResponse,
    FixedLife,
    LifeModel,
    LifePart,
    LognormalLife,
    Response,
    SealResponse,
    SteppedResponse,
    TableLife,
    WeibullLife,
)

HORIZON = 64.0  # lives of devices begin before it [d]
LATEST = 128.0  # and everything else happens before it [d]

CAMERA = "camera"  # random interval: its pictures come as a Poisson process
STEPPED = "stepped camera"
SEAL = "seal"
CUSTODIES = ("first custody", "second custody")
EVIDENCE = ("identities", "seals")
CONCEALMENTS = ("none", "dummies")
KINDS = (CAMERA, STEPPED, SEAL)
PROBABILITIES = st.sampled_from((0.0, 0.1, 0.5, 0.9, 1.0))
_LEVELS = st.sampled_from((0.1, 0.3, 0.5, 0.7, 0.9))
_EITHER = st.booleans()
_ONE_IN_EIGHT = st.integers(0, 7).map(lambda number: number == 7)


_USUAL = 100


def examples(number: int) -> settings:
    """Give a property its number of examples, and as many times more as the profile in force asks of all.

    Hypothesis tries 100 examples unless a profile says otherwise; with one that says 2000 a property with 30
    of its own tries 600.
    """
    return settings(max_examples=number * max(1, settings().max_examples // _USUAL))


@dataclass(frozen=True, slots=True)
class Question:
    """One cell of the engine's table: a scenario with this start [d], assessed at this time [d]."""

    situation: Situation
    scenario: Scenario
    start: float
    time: float


@cache
def days(low: float, high: float) -> st.SearchStrategy[float]:
    """Draw a time from low to high [d], in eighths of a day."""
    return st.integers(ceil(low * 8), floor(high * 8)).map(lambda eighths: eighths / 8)


# --- lives --------------------------------------------------------------------------------------------------


@cache
def life_parts(length: float) -> st.SearchStrategy[LifePart]:
    """Draw a part that has a fair chance of failing about the end of a period of this length [d]."""
    scales = st.sampled_from((0.25, 0.75, 1.25, 2.0)).map(lambda factor: factor * length)
    return st.one_of(
        st.builds(FixedLife, scales),
        st.builds(ExponentialLife, scales),
        st.builds(WeibullLife, scales, st.sampled_from((0.75, 1.0, 3.0))),
        st.builds(LognormalLife, scales, st.sampled_from((0.25, 1.0))),
        st.builds(
            lambda scale, last: TableLife((0.0, scale, 1.5 * scale, 2.0 * scale), (1.0, 0.75, 0.75, last)),
            scales,
            st.sampled_from((0.0, 0.25)),
        ),
    )


@cache
def life_models(length: float) -> st.SearchStrategy[LifeModel]:
    """Draw the model of a device with up to two parts that can fail."""
    return st.lists(life_parts(length), max_size=2).map(lambda parts: LifeModel(tuple(parts)))


def _age(part: LifePart, level: float) -> float:
    """Age [d] that the part does not reach with this probability."""
    match part:
        case FixedLife(length):
            return length
        case ExponentialLife(mean):
            return -mean * log(1.0 - level)
        case WeibullLife(scale, shape):
            return float(scale * (-log(1.0 - level)) ** (1.0 / shape))
        case LognormalLife(median, sigma):
            return median * float(np.exp(sigma * NormalDist().inv_cdf(level)))
        case TableLife(ages, survival):
            if 1.0 - level < survival[-1]:
                return inf
            return float(np.interp(1.0 - level, survival[::-1], ages[::-1]))


@st.composite
def lives(draw: st.DrawFn, begins: float, ends: float, kind: str, custodies: tuple[str, ...] = ()) -> Life:
    """Draw one life of a device with its findings and holdings.

    begins, ends: [d]; ends may be infinite. kind: CAMERA, STEPPED or SEAL; a seal never fails, and its
    record is one holding. custodies: names of custody periods that holdings may lie in.
    """
    if kind == SEAL:
        holdings = draw(_holdings((begins, ends), custodies))
        return Life(begins, ends, LifeModel(), (), holdings)
    model = draw(life_models(min(ends - begins, HORIZON / 2)))
    age = min((_age(part, draw(_LEVELS)) for part in model.parts), default=inf)
    cuts = draw(st.lists(days(begins + 0.125, min(ends, LATEST) - 0.125), max_size=2, unique=True))
    holdings = draw(_holdings((begins, *sorted(cuts), ends), custodies))
    return Life(begins, ends, model, draw(_findings(begins, ends, begins + age)), holdings)


@st.composite
def _findings(draw: st.DrawFn, begins: float, ends: float, dies: float) -> tuple[Finding, ...]:
    """What is found of a life that would end at `dies`: nothing, working on the way, working or dead."""
    findings = []
    # Half-way at the latest: a death in a narrow interval would be hopeless to draw by rejection.
    middle = floor(4.0 * (begins + min(dies, ends, LATEST))) / 8
    if middle > begins and draw(_EITHER):
        findings.append(Finding(known=middle, alive_until=middle, dead_by=inf))
    if not draw(_EITHER):
        return tuple(findings)
    review = draw(days(0.0, 8.0))
    if dies > ends:
        findings.append(Finding(ends + review, alive_until=ends, dead_by=inf))
    elif not isinf(dies):
        found = draw(st.sampled_from((ceil(8.0 * dies) / 8, min(ends, ceil(dies) + 8.0))))
        alive_until, dead_by = draw(st.sampled_from(((begins, found), (dies, dies))))
        findings.append(Finding(found + review, alive_until, dead_by))
    return tuple(findings)


@st.composite
def _holdings(draw: st.DrawFn, edges: tuple[float, ...], custodies: tuple[str, ...]) -> tuple[Holding, ...]:
    """Put the record between each two edges somewhere, or nowhere."""
    lag = draw(st.one_of(st.none(), st.none(), days(0.0, 8.0)))
    holdings = []
    for begins, ends in pairwise(edges):
        if draw(_ONE_IN_EIGHT):
            continue
        if lag is not None:
            holdings.append(Holding(begins, ends, lag=lag))
        else:
            holdings.append(draw(_collected(begins, ends, custodies)))
    return tuple(holdings)


@st.composite
def _collected(draw: st.DrawFn, begins: float, ends: float, custodies: tuple[str, ...]) -> Holding:
    """Draw when a stretch of record comes into hand, and when it is lost, if ever."""
    custody = draw(st.sampled_from((None, *custodies)))
    if isinf(ends):
        return Holding(begins, ends, lost=draw(st.sampled_from((NEVER, NEVER, LATEST / 2))), custody=custody)
    after = days(ends, ends + 8.0)
    in_hand = NEVER if draw(_ONE_IN_EIGHT) else draw(after)
    lost = draw(after) if draw(_EITHER) and draw(_EITHER) else NEVER
    return Holding(begins, ends, in_hand=in_hand, lost=lost, custody=custody)


@st.composite
def measure_records(
    draw: st.DrawFn, measure: str, kind: str, custodies: tuple[str, ...] = ()
) -> MeasureRecord:
    """Draw one measure with one to three lives, of which the last may still go on."""
    found = []
    begins = draw(days(0.0, 6.0))
    for _ in range(draw(st.integers(1, 3))):
        ends = inf if draw(st.integers(0, 3)) == 3 else draw(days(begins + 8.0, begins + 32.0))
        found.append(draw(lives(begins, ends, kind, custodies)))
        begins = ends + draw(st.sampled_from((0.0, 0.0, 2.5)))
        if begins >= HORIZON:
            break
    return MeasureRecord(measure, kind, tuple(found))


# --- scenarios ----------------------------------------------------------------------------------------------


@cache
def responses(kind: str) -> st.SearchStrategy[Response]:
    """Draw how a measure of this kind responds to one step."""
    if kind == CAMERA:
        return st.builds(ExponentialResponse, st.sampled_from((0.05, 0.2, 1.0)))
    if kind == STEPPED:
        spacings = st.sampled_from((0.5, 1.5, 4.0, 12.0))
        return st.builds(SteppedResponse, spacings, st.sampled_from((0.2, 0.6, 1.0)))
    return st.builds(SealResponse, st.sampled_from((0.3, 0.7)))


@st.composite
def watches(draw: st.DrawFn, record: MeasureRecord, steps: int) -> Watch:
    """Draw which of the steps a measure looks at; a seal responds to all in the same way."""
    seen = draw(st.lists(st.integers(0, steps - 1), min_size=1, unique=True))
    alike = draw(responses(record.kind))
    passes = tuple(
        Pass(
            step=step,
            response=alike if record.kind == SEAL else draw(responses(record.kind)),
            handling_only=draw(_EITHER),
        )
        for step in sorted(seen)
    )
    blind_spot = draw(st.sampled_from((0.0, 0.0, 0.25)))
    return Watch(record.measure, blind_spot, count=draw(st.sampled_from((1, 1, 2, 3))), passes=passes)


@st.composite
def scenarios(draw: st.DrawFn, name: str, claim: Claim, records: tuple[MeasureRecord, ...]) -> Scenario:
    """Draw one scenario of a claim; one of a claim about the past is watched by nothing."""
    past = claim.kind == "past"
    steps = tuple(
        Step(
            name=f"step {number}",
            setup=draw(days(0.0, 2.0)),
            rate=draw(st.sampled_from((0.5, 1.0, 2.0, 4.0))),
            wait=draw(days(0.0, 3.0)) if number else 0.0,
        )
        for number in range(draw(st.integers(1, 3)))
    )
    watched = [] if past else draw(st.permutations(records))[: draw(st.integers(1, len(records)))]
    items = draw(st.integers(1, 5))
    return Scenario(
        name=name,
        claim=claim.name,
        stratum=draw(st.sampled_from(claim.strata)),
        route="route",
        rate="rate",
        concealment=draw(st.sampled_from(CONCEALMENTS)),
        population=12,
        item_mass=2.0,
        fraction=draw(st.sampled_from((0.25, 1.0))),
        items=items,
        steps=steps,
        watches=tuple(draw(watches(record, len(steps))) for record in watched),
        since=claim.since,
        windows=None if past else draw(_windows(steps[0].setup + items / steps[0].rate)),
        past=past,
        weight=draw(st.sampled_from((1.0, 3.0))),
    )


@st.composite
def _windows(draw: st.DrawFn, first_step: float) -> tuple[tuple[float, float], ...] | None:
    """Draw none, or two windows [d] that the first step fits into."""
    if draw(_EITHER):
        return None
    opens = draw(days(4.0, 16.0))  # claims begin on day 4 at the latest
    closes = opens + first_step + draw(days(0.0, 8.0))
    again = closes + draw(days(1.0, 16.0))
    return (opens, closes), (again, again + first_step + draw(days(0.0, 8.0)))


# --- checks and packages ------------------------------------------------------------------------------------


@cache
def recognitions() -> st.SearchStrategy[dict[str, float]]:
    """Draw a recognition probability [1] for some of the concealments."""
    return st.dictionaries(st.sampled_from(CONCEALMENTS), PROBABILITIES)


@cache
def checks(strata: tuple[str, ...]) -> st.SearchStrategy[Check]:
    """Draw a sample that was taken of one of the strata."""
    return st.builds(
        Check,
        time=days(1.0, LATEST / 2),
        stratum=st.sampled_from(strata),
        activity=st.just("counting"),
        population=st.just(12),
        sample=st.integers(0, 12),
        recognition=recognitions(),
    )


@cache
def packages(measures: tuple[str, ...], strata: tuple[str, ...]) -> st.SearchStrategy[Package]:
    """Draw a package that collects some of the measures and may take a sample that needs evidence."""
    planned = st.builds(
        PlannedCheck,
        stratum=st.sampled_from(strata),
        activity=st.just("identification"),
        population=st.just(12),
        sample=st.integers(0, 12),
        recognition=recognitions(),
        without_evidence=recognitions(),
        needs=st.lists(st.sampled_from(EVIDENCE), unique=True).map(tuple),
    )
    return st.builds(
        Package,
        name=st.just("package"),
        level=st.just("some sites"),
        collects=st.frozensets(st.sampled_from(measures)),
        checks=st.lists(planned, max_size=2).map(tuple),
    )


# --- situations ---------------------------------------------------------------------------------------------


@cache
def claims(name: str, kind: str, strata: tuple[str, ...]) -> st.SearchStrategy[Claim]:
    """Draw a claim since day 0 or day 4."""
    return st.builds(
        Claim,
        name=st.just(name),
        kind=st.just(kind),
        since=st.sampled_from((0.0, 4.0)),
        strata=st.just(strata),
        target=st.just(0.9),
        prior=st.just(Prior(hazard=0.01) if kind == "gap" else Prior(probability=0.1)),
        significant_quantity=st.just(dict.fromkeys(strata, 8.0)),
        timeliness=st.fixed_dictionaries({stratum: days(4.0, 40.0) for stratum in strata}),
    )


@st.composite
def situations(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Situation:
    """Draw a situation of one to three measures of these kinds, one or two scenarios, and perhaps a past."""
    strata = ("fuel", "scrap")
    custodies = {name: draw(st.sampled_from((0.0, 0.3, 0.8, 1.0))) for name in CUSTODIES}
    records = tuple(
        draw(measure_records(f"measure {number}", draw(st.sampled_from(kinds)), CUSTODIES))
        for number in range(draw(st.integers(1, 3)))
    )
    gap = draw(claims("gap", "gap", strata))
    found = [draw(scenarios(f"gap {number}", gap, records)) for number in range(draw(st.integers(1, 2)))]
    past = draw(claims("past", "past", ("fuel",))) if draw(_EITHER) else None
    if past is not None:
        found.append(draw(scenarios("past", past, records)))
    return Situation(
        times=np.array(sorted(draw(st.sets(days(8.0, LATEST / 2), min_size=2, max_size=3)))),
        claims=(gap,) if past is None else (gap, past),
        scenarios=tuple(found),
        records={record.measure: record for record in records},
        checks=tuple(draw(st.lists(checks(strata), max_size=2))),
        packages=(draw(packages(tuple(record.measure for record in records), strata)),),
        custodies=custodies,
        evidence_lost=draw(st.dictionaries(st.sampled_from(EVIDENCE), days(1.0, LATEST / 2))),
    )


@st.composite
def starts_and_times(draw: st.DrawFn, situation: Situation, scenario: Scenario) -> tuple[float, float]:
    """Draw a start that the scenario may have, and a time [d] at which it is over.

    Often the scenario goes over an edge of a record, and the time is that of a fact, which does not count.
    """
    start = scenario.since
    if not scenario.past:
        opens, closes = scenario.since, scenario.since + 30.0
        if scenario.windows is not None:
            opens, closes = draw(st.sampled_from(scenario.windows))
            closes -= scenario.step_times()[0][2]
        edges = _edges(situation, scenario)
        if draw(_EITHER) and edges:
            start = draw(st.sampled_from(edges)) - draw(days(0.0, scenario.duration))
            start = min(max(start, opens), closes)
        else:
            start = draw(days(opens, closes))
    over = start + scenario.duration
    ties = [time for time in _facts(situation) if time >= over]
    if draw(_EITHER) and ties:
        return start, draw(st.sampled_from(ties))
    return start, over + draw(days(0.0, 64.0))


def _edges(situation: Situation, scenario: Scenario) -> list[float]:
    """Where the holdings of the measures beside a scenario begin and end [d]."""
    found = set()
    for watch in scenario.watches:
        for life in situation.records[watch.measure].lives:
            for holding in life.holdings:
                found |= {holding.begins, holding.ends}
    return sorted(found - {inf})


def _facts(situation: Situation) -> list[float]:
    """When anything became known, came into hand or was lost [d]."""
    found = {check.time for check in situation.checks} | set(situation.evidence_lost.values())
    for record in situation.records.values():
        for life in record.lives:
            found |= {finding.known for finding in life.findings}
            for holding in life.holdings:
                found |= {holding.in_hand, holding.lost}
    return sorted(found - {inf})


@st.composite
def questions(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Question:
    """Draw a situation with measures of these kinds, and a scenario, a start and a time to ask about."""
    situation = draw(situations(kinds))
    scenario = draw(st.sampled_from(situation.scenarios))
    start, time = draw(starts_and_times(situation, scenario))
    return Question(situation, scenario, start, time)
