"""The engine before its judge: random situations played through and compared, and what must always hold."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import inf, isnan

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from watchgap.assurance.engine import assess, nondetection
from watchgap.assurance.record import (
    Assessment,
    Check,
    Contradiction,
    FloatArray,
    Scenario,
    Situation,
)
from watchgap.coverage.record import NEVER, Finding, Holding, Life
from watchgap.detection.record import (
    ExponentialLife,
    FixedLife,
    LifeModel,
    LifePart,
    LognormalLife,
    TableLife,
    WeibullLife,
)
from watchgap.testing import simulate_nondetection
from watchgap.testing.strategies import (
    CAMERA,
    LATEST,
    SEAL,
    Question,
    checks,
    days,
    examples,
    questions,
    situations,
)

HOLDINGS = ("in hand", "latent", "timely", "package")
CURVES = {"in hand": "in hand", "latent": "latent", "timely": "timely", "package": "restorable: package"}
TRIALS = 3_000
FEW_TRIALS = 300  # when the engine is certain
ROUNDING = 1e-9
# "Just after" a kink; what binds may be named by such a start even where the kink is the last one allowed.
MOMENT = 1e-6
# The engine looks at one start for each day and at the kinks; between them beta may bulge by this much.
BULGE = 2e-3
# The brute posterior takes the middle of each sixteenth of a day, also of one in which beta jumps.
GRAIN = 5e-3

few = examples(30)


def betas(
    question: Question, situation: Situation | None = None, holdings: tuple[str, ...] = HOLDINGS
) -> FloatArray:
    """Non-detection by the engine for each holding, in another situation if one is given."""
    asked = question.situation if situation is None else situation
    starts = np.array([question.start])
    found = [nondetection(asked, question.scenario, starts, question.time, holding) for holding in holdings]
    return np.concatenate(found)


def with_lives(situation: Situation, change: Callable[[Life], tuple[Life, ...]]) -> Situation:
    """Put other lives in the place of each life of each measure."""
    records = {
        measure: replace(record, lives=tuple(new for life in record.lives for new in change(life)))
        for measure, record in situation.records.items()
    }
    return replace(situation, records=records)


def with_holdings(situation: Situation, change: Callable[[Holding], Holding | None]) -> Situation:
    """Put another holding, or none, in the place of each holding."""

    def changed(life: Life) -> tuple[Life, ...]:
        holdings = (change(holding) for holding in life.holdings)
        return (replace(life, holdings=tuple(one for one in holdings if one is not None)),)

    return with_lives(situation, changed)


# ---------------------------------------------------------------- the judge


@examples(300)
@given(question=questions())
def test_engine_agrees_with_the_play(question: Question) -> None:
    for holding, answer in zip(HOLDINGS, betas(question).tolist(), strict=True):
        if holding == "timely" and question.scenario.past:
            # A defect of the past was there before anybody could look: "in time" has no beginning.
            continue
        trials = TRIALS if ROUNDING < answer < 1.0 - ROUNDING else FEW_TRIALS
        estimate = simulate_nondetection(
            question.situation,
            question.scenario,
            question.start,
            question.time,
            holding=holding,
            trials=trials,
            generator=np.random.default_rng(1),
        )
        # The error that the estimate has if the engine is right; the floor covers rare events.
        error = (max(answer * (1.0 - answer), 0.0) / trials) ** 0.5
        assert abs(estimate.mean - answer) <= 4.0 * error + 5.0 / trials, holding


@few
@given(question=questions(), data=st.data())
def test_starts_are_answered_one_by_one_as_together(question: Question, data: st.DataObject) -> None:
    since = question.scenario.since
    starts = np.array(data.draw(st.lists(days(since, question.start), min_size=1, max_size=4)))
    together = np.array(
        [
            nondetection(question.situation, question.scenario, starts, question.time, holding)
            for holding in HOLDINGS
        ]
    )
    alone = [betas(replace(question, start=start)) for start in starts.tolist()]
    assert together == pytest.approx(np.array(alone).T, abs=ROUNDING)
    assert ((together >= 0.0) & (together <= 1.0)).all()


@few
@given(question=questions())
def test_passes_and_watches_have_no_order(question: Question) -> None:
    turned = tuple(replace(watch, passes=watch.passes[::-1]) for watch in question.scenario.watches[::-1])
    other = replace(question, scenario=replace(question.scenario, watches=turned))
    assert betas(other) == pytest.approx(betas(question), abs=ROUNDING)


# ---------------------------------------------------------------- more never finds less


@few
@given(question=questions(), data=st.data())
def test_a_stretch_of_record_more(question: Question, data: st.DataObject) -> None:
    lives = [life for record in question.situation.records.values() for life in record.lives]
    every = [one for life in lives for one in life.holdings]
    assume(every)
    gone = data.draw(st.sampled_from(every))
    without = with_holdings(question.situation, lambda one: None if one == gone else one)
    assert (betas(question) <= betas(question, without) + ROUNDING).all()


@few
@given(question=questions(), age=days(0.0, 32.0), more=days(0.0, 8.0))
def test_a_later_death(question: Question, age: float, more: float) -> None:
    def dead_at(reached: float) -> Situation:
        def changed(life: Life) -> tuple[Life, ...]:
            dies = life.begins + reached
            return (replace(life, findings=(Finding(-1.0, dies, dies),)),)

        return with_lives(question.situation, changed)

    assert (betas(question, dead_at(age + more)) <= betas(question, dead_at(age)) + ROUNDING).all()


def stretched(part: LifePart, factor: float) -> LifePart:
    match part:
        case FixedLife(length):
            return FixedLife(factor * length)
        case ExponentialLife(mean):
            return ExponentialLife(factor * mean)
        case WeibullLife(scale, shape):
            return WeibullLife(factor * scale, shape)
        case LognormalLife(median, sigma):
            return LognormalLife(factor * median, sigma)
        case TableLife(ages, survival):
            return TableLife(tuple(factor * age for age in ages), survival)


@few
@given(question=questions(), factor=st.sampled_from((1.25, 2.0)))
def test_a_longer_life(question: Question, factor: float) -> None:
    # Without findings: a part that is likely to last longer, yet was found dead, need not have died later.
    def lasting(times: float) -> Situation:
        def changed(life: Life) -> tuple[Life, ...]:
            model = LifeModel(tuple(stretched(part, times) for part in life.model.parts))
            return (replace(life, findings=(), model=model),)

        return with_lives(question.situation, changed)

    assert (betas(question, lasting(factor)) <= betas(question, lasting(1.0)) + ROUNDING).all()


@few
@given(question=questions(), check=checks(("fuel", "scrap")))
def test_a_visit_more_and_a_bigger_sample(question: Question, check: Check) -> None:
    visited = replace(question.situation, checks=(*question.situation.checks, check))
    samples = tuple(replace(one, sample=min(one.sample + 1, one.population)) for one in visited.checks)
    bigger = replace(visited, checks=samples)
    assert (betas(question, visited) <= betas(question) + ROUNDING).all()
    assert (betas(question, bigger) <= betas(question, visited) + ROUNDING).all()


@few
@given(question=questions(), sooner=days(0.125, 8.0))
def test_a_record_that_came_in_sooner(question: Question, sooner: float) -> None:
    def hastened(one: Holding) -> Holding:
        lag = None if one.lag is None else max(one.lag - sooner, 0.0)
        return replace(one, in_hand=one.in_hand - sooner, lag=lag)

    hasty = with_holdings(question.situation, hastened)
    assert (betas(question, hasty) <= betas(question) + ROUNDING).all()


@few
@given(question=questions(), sooner=days(0.125, 8.0))
def test_a_visit_that_was_paid_sooner(question: Question, sooner: float) -> None:
    # Only once the scenario was over: a visit while it goes on finds fewer items gone.
    over = question.start + question.scenario.duration
    hasty = tuple(
        replace(check, time=max(check.time - sooner, over)) if check.time > over else check
        for check in question.situation.checks
    )
    hastened = replace(question.situation, checks=hasty)
    assert (betas(question, hastened) <= betas(question) + ROUNDING).all()


# ---------------------------------------------------------------- what changes nothing


@few
@given(question=questions())
def test_a_record_that_is_not_in_hand_never_counts(question: Question) -> None:
    def in_hand_only(one: Holding) -> Holding | None:
        return one if one.lag is not None or one.in_hand < question.time else None

    without = with_holdings(question.situation, in_hand_only)
    told = ("in hand", "timely")
    assert betas(question, without, told) == pytest.approx(betas(question, holdings=told), abs=ROUNDING)


def as_known_at(situation: Situation, time: float) -> Situation:
    """The situation without any fact of that time or later."""

    def known(life: Life) -> tuple[Life, ...]:
        findings = tuple(finding for finding in life.findings if finding.known < time)
        return (replace(life, findings=findings),)

    def held(one: Holding) -> Holding:
        return replace(
            one,
            in_hand=one.in_hand if one.in_hand < time else NEVER,
            lost=one.lost if one.lost < time else NEVER,
        )

    lost = situation.evidence_lost or {}
    return replace(
        with_holdings(with_lives(situation, known), held),
        checks=tuple(check for check in situation.checks if check.time < time),
        evidence_lost={name: since for name, since in lost.items() if since < time},
    )


@few
@given(question=questions())
def test_what_comes_later_changes_nothing(question: Question) -> None:
    known = as_known_at(question.situation, question.time)
    assert betas(question, known) == pytest.approx(betas(question), abs=ROUNDING)


@few
@given(question=questions((CAMERA,)), share=st.sampled_from((0.25, 0.5, 0.875)))
def test_a_service_that_found_it_working_changes_nothing(question: Question, share: float) -> None:
    def working(life: Life, edges: tuple[float, ...]) -> tuple[Life, ...]:
        # All of it comes in when the last period ends, with or without the service.
        return tuple(
            Life(
                begins,
                ends,
                life.model,
                (Finding(ends, ends, inf),),
                (Holding(begins, ends, in_hand=edges[-1]),),
            )
            for begins, ends in pairwise(edges)
        )

    def whole(life: Life) -> tuple[Life, ...]:
        return working(life, (life.begins, min(life.ends, LATEST / 2)))

    def serviced(life: Life) -> tuple[Life, ...]:
        ends = min(life.ends, LATEST / 2)
        return working(life, (life.begins, life.begins + share * (ends - life.begins), ends))

    one = with_lives(question.situation, whole)
    two = with_lives(question.situation, serviced)
    told = ("in hand",)
    assert betas(question, two, told) == pytest.approx(betas(question, one, told), abs=ROUNDING)


# ---------------------------------------------------------------- the curves


def possible_starts(scenario: Scenario, time: float) -> FloatArray:
    """Starts up to a time at which the scenario is over, in eighths of a day, and just after each of them."""
    if scenario.past:
        return np.array([scenario.since])
    eighths = np.arange(scenario.since * 8, (time - scenario.duration) * 8 + 1) / 8
    return np.concatenate([eighths, eighths + MOMENT])


def is_possible(
    scenario: Scenario, starts: FloatArray, time: float, *, slack: float = 0.0
) -> NDArray[np.bool_]:
    if scenario.past:
        return np.full(starts.shape, True)
    first_step = scenario.step_times()[0][2]
    inside = np.full(starts.shape, scenario.windows is None)
    for opens, closes in scenario.windows or ():
        inside |= (starts >= opens - slack) & (starts + first_step <= closes + slack)
    return inside & (starts >= scenario.since - slack) & (starts + scenario.duration <= time + slack)


def worst(situation: Situation, claim: str, time: float, holding: str) -> float:
    """Greatest non-detection over the scenarios of a claim and a fine grid of starts; 0 if there are none."""
    found = [0.0]
    for scenario in situation.scenarios:
        if scenario.claim == claim:
            starts = possible_starts(scenario, time)
            starts = starts[is_possible(scenario, starts, time)]
            if starts.size:
                found.extend(nondetection(situation, scenario, starts, time, holding).tolist())
    return max(found)


def curve_points(situation: Situation, found: Assessment) -> list[tuple[str, float, str]]:
    return [
        (claim.name, float(time), holding)
        for claim in situation.claims
        for time in found.times
        for holding in HOLDINGS
        # A past claim has no date from which "in time" could be counted.
        if not (claim.kind == "past" and holding == "timely")
    ]


@few
@given(situation=situations())
def test_no_start_is_worse_than_the_curve(situation: Situation) -> None:
    found = assess(situation)
    assert found.times.tolist() == situation.times.tolist()
    for claim, time, holding in curve_points(situation, found):
        curve = found.claims[claim].curves[CURVES[holding]]
        value = curve.value[found.times.tolist().index(time)]
        assert 0.0 <= value <= 1.0
        assert value <= 1.0 - worst(situation, claim, time, holding) + BULGE


@few
@given(situation=situations())
def test_the_curve_is_attained_by_what_binds(situation: Situation) -> None:
    found = assess(situation)
    for claim, time, holding in curve_points(situation, found):
        curve = found.claims[claim].curves[CURVES[holding]]
        place = found.times.tolist().index(time)
        if curve.binding[place] < 0:
            assert curve.value[place] == 1.0
            assert worst(situation, claim, time, holding) == 0.0
            continue
        scenario = situation.scenarios[curve.binding[place]]
        assert scenario.claim == claim
        starts = np.array([scenario.since if scenario.past else curve.start[place]])
        assert is_possible(scenario, starts, time, slack=MOMENT).all()
        attained = nondetection(situation, scenario, starts, time, holding)
        assert curve.value[place] == pytest.approx(1.0 - float(attained[0]), abs=ROUNDING)


@few
@given(situation=situations())
def test_order_of_the_curves(situation: Situation) -> None:
    found = assess(situation)
    assert set(found.claims) == {claim.name for claim in situation.claims}
    for claim in found.claims.values():
        kind = next(one.kind for one in situation.claims if one.name == claim.claim)
        curves = {name: curve.value for name, curve in claim.curves.items()}
        assert set(curves) == set(CURVES.values()) - ({"timely"} if kind == "past" else set())
        if kind != "past":
            assert (curves["timely"] <= curves["in hand"] + BULGE).all()
        assert (curves["in hand"] <= curves["latent"] + BULGE).all()
        assert (curves["in hand"] <= curves["restorable: package"] + BULGE).all()


@few
@given(situation=situations())
def test_a_claim_is_as_good_as_its_weakest_stratum(situation: Situation) -> None:
    found = assess(situation)
    for claim in situation.claims:
        answer = found.claims[claim.name]
        assert set(answer.by_stratum) == set(claim.strata)
        weakest = np.min([answer.by_stratum[stratum]["in hand"].value for stratum in claim.strata], axis=0)
        assert answer.curves["in hand"].value == pytest.approx(weakest, abs=ROUNDING)


def brute_posterior(situation: Situation, claim: str, time: float) -> tuple[float, float]:
    """Prior and posterior of a gap claim by the middle of sixteenths of a day."""
    hazard = next(one.prior.hazard for one in situation.claims if one.name == claim)
    concerned = [scenario for scenario in situation.scenarios if scenario.claim == claim]
    total = sum(scenario.weight for scenario in concerned)
    prior = missed = 0.0
    for scenario in concerned:
        edges = np.arange(scenario.since * 16, (time - scenario.duration) * 16 + 1) / 16
        if edges.size < 2:
            continue
        density = -np.diff(np.exp(-hazard * (edges - scenario.since))) * scenario.weight / total
        middles = (edges[1:] + edges[:-1]) / 2
        prior += float(density.sum())
        missed += float(density @ nondetection(situation, scenario, middles, time, "in hand"))
    return prior, missed / (1.0 - prior + missed)


@few
@given(situation=situations((CAMERA, SEAL)))
def test_posterior_of_a_gap(situation: Situation) -> None:
    anytime = replace(situation, scenarios=tuple(replace(one, windows=None) for one in situation.scenarios))
    found = assess(anytime)
    for place, time in enumerate(anytime.times.tolist()):
        prior, posterior = brute_posterior(anytime, "gap", time)
        assert found.claims["gap"].prior[place] == pytest.approx(prior, abs=ROUNDING)
        assert found.claims["gap"].posterior[place] == pytest.approx(posterior, abs=GRAIN)


@few
@given(situation=situations())
def test_posterior_of_the_past(situation: Situation) -> None:
    assume(any(claim.kind == "past" for claim in situation.claims))
    found = assess(situation).claims["past"]
    past = next(scenario for scenario in situation.scenarios if scenario.past)
    prior = next(claim.prior.probability for claim in situation.claims if claim.name == "past")
    for place, time in enumerate(situation.times.tolist()):
        missed = prior * float(nondetection(situation, past, np.array([past.since]), time, "in hand")[0])
        assert found.prior[place] == pytest.approx(prior)
        assert found.posterior[place] == pytest.approx(missed / (1.0 - prior + missed), abs=ROUNDING)


@few
@given(situation=situations(), data=st.data())
def test_a_contradicted_claim_has_no_number(situation: Situation, data: st.DataObject) -> None:
    raised = data.draw(st.one_of(st.sampled_from(situation.times.tolist()), days(0.0, LATEST / 2)))
    resolved = raised + data.draw(st.one_of(st.just(inf), days(0.0, 32.0)))
    anomaly = Contradiction("rods", raised, resolved, frozenset({"fuel", "scrap"}), frozenset({"gap"}))
    answer = assess(replace(situation, contradictions=(anomaly,))).claims["gap"]
    untouched = assess(situation).claims["gap"]
    for place, time in enumerate(situation.times.tolist()):
        is_open = raised < time <= resolved
        assert answer.contradicted[place] == (("rods",) if is_open else ())
        for name, curve in untouched.curves.items():
            value = answer.curves[name].value[place]
            assert isnan(value) if is_open else value == curve.value[place]
