"""Answers of the engine that can be computed by hand."""

from collections.abc import Callable
from dataclasses import replace
from math import comb, exp, nan
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from watchgap.assurance import (
    Situation,
    assess,
    nondetection,
)
from watchgap.assurance.record import Check, Contradiction, Package, Pass, PlannedCheck, Prior, Step
from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.coverage import NEVER, Finding, Holding, Life
from watchgap.detection.record import (
    ExponentialLife,
    ExponentialResponse,
    LifeModel,
    SealResponse,
    SteppedResponse,
)

Make = Callable[..., Any]
PINNED = ((10.0, 20.0),)  # the only step lasts 5 d, so it begins on day 10 to 15 and is over on day 15 to 20
ALL = exp(-0.2 * 5)  # what a camera that shows 0.2 pictures a day misses of 5 days


def value(situation: Situation, curve: str = "in hand", claim: str = "gap") -> list[float]:
    return [float(one) for one in assess(situation).claims[claim].curves[curve].value]


def sample(population: int, defects: int, drawn: int, recognition: float) -> float:
    """Non-detection by a sample, term by term."""
    ways = comb(population, drawn)
    return sum(
        comb(defects, k) * comb(population - defects, drawn - k) / ways * (1 - recognition) ** k
        for k in range(min(defects, drawn) + 1)
    )


@pytest.fixture
def camera(scenario: Make, situation: Make, watch: Make, record: Make) -> Make:
    """One camera beside a scenario, its holdings in one life that never fails."""

    def made(*holdings: Holding, times: Any, windows: Any = PINNED, **changes: Any) -> Situation:
        one = scenario(
            watches=(watch("camera", Pass(0, ExponentialResponse(0.2))),),
            windows=windows,
        )
        life = Life(holdings[0].begins, holdings[-1].ends, LifeModel(), (), holdings)
        made: Situation = situation(one, times=times, records=(record("camera", life),), **changes)
        return made

    return made


# ---------------------------------------------------------------- in hand, latent, timely


def test_nothing_can_be_finished_yet(camera: Make) -> None:
    before = camera(Holding(0.0, NEVER), times=(1.0, 14.0, 14.9))
    answer = assess(before).claims["gap"]
    for curve in answer.curves.values():
        assert curve.value.tolist() == [1.0, 1.0, 1.0]
        assert curve.binding.tolist() == [-1, -1, -1]
        assert np.isnan(curve.start).all()
    assert answer.prior.tolist() == answer.posterior.tolist() == [0.0, 0.0, 0.0]


def test_in_hand_from_the_day_after_it_came(camera: Make) -> None:
    one = camera(Holding(0.0, 40.0, in_hand=50.0), times=(15.0, 49.0, 50.0, 50.5, 51.0, 90.0))
    assert value(one) == pytest.approx([0.0, 0.0, 0.0, 1 - ALL, 1 - ALL, 1 - ALL])
    assert value(one, "latent") == pytest.approx([1 - ALL] * 6)


@pytest.mark.parametrize(
    ("goal", "timely"),
    [(34.9, 0.0), (35.0, 1 - ALL), (36.0, 1 - ALL), (29.0, 0.0)],
)
def test_timely_counts_from_the_end_of_each_start(
    camera: Make, claim: Make, goal: float, timely: float
) -> None:
    # The first start is over on day 15 and the record comes on day 50: 35 days later, just in time.
    claims = (claim(timeliness={"fuel": goal}),)
    one = camera(Holding(0.0, 40.0, in_hand=50.0), times=(50.0, 51.0, 90.0), claims=claims)
    assert value(one, "timely") == pytest.approx([0.0, timely, timely])
    assert value(one)[1:] == pytest.approx([1 - ALL] * 2)


def test_half_of_an_overlap(camera: Make) -> None:
    # Only [0, 12] was recorded: the start of day 15 is not seen at all, that of day 10 for two days.
    one = camera(Holding(0.0, 12.0, in_hand=30.0), times=(40.0,), windows=((10.0, 15.0),))
    assert value(one) == pytest.approx([1 - exp(-0.2 * 2)])
    whole = camera(Holding(0.0, 12.0, in_hand=30.0), times=(40.0,))
    assert value(whole) == [0.0]


def test_a_record_that_is_lost(camera: Make) -> None:
    one = camera(Holding(0.0, 40.0, lost=60.0), times=(59.0, 60.0, 61.0))
    assert value(one, "latent") == pytest.approx([1 - ALL, 1 - ALL, 0.0])
    assert value(one) == [0.0, 0.0, 0.0]
    late = camera(Holding(0.0, 40.0, in_hand=70.0, lost=60.0), times=(65.0, 75.0))
    assert value(late) == value(late, "latent") == [0.0, 0.0]


def test_handling_only(scenario: Make, situation: Make, watch: Make, record: Make) -> None:
    # 4 items in 4 days of handling pass a portal that recognises each with 0.3; the day of set-up does not.
    portal = watch("portal", Pass(0, SteppedResponse(1.0, 0.3), handling_only=True))
    life = Life(0.0, 60.0, LifeModel(), (), (Holding(0.0, 60.0, in_hand=0.5),))
    one = situation(scenario(watches=(portal,)), times=(60.0,), records=(record("portal", life),))
    assert value(one) == pytest.approx([1 - 0.7**4])


def test_two_steps_before_one_measure(scenario: Make, situation: Make, watch: Make, record: Make) -> None:
    steps = (Step("lifting", 1.0, 1.0), Step("leaving", 0.5, 2.0, wait=3.0))
    passes = (Pass(0, ExponentialResponse(0.2)), Pass(1, ExponentialResponse(0.4)))
    life = Life(0.0, 90.0, LifeModel(), (), (Holding(0.0, 90.0, in_hand=0.5),))
    one = scenario(watches=(watch("camera", *passes, blind_spot=0.1),), steps=steps)
    assert one.duration == 5.0 + 3.0 + 2.5
    found = situation(one, times=(90.0,), records=(record("camera", life),))
    assert value(found) == pytest.approx([1 - (0.1 + 0.9 * exp(-0.2 * 5 - 0.4 * 2.5))])


def test_a_seal_counts_once_for_each_attachment(
    scenario: Make, situation: Make, watch: Make, record: Make
) -> None:
    lives = [
        Life(begins, ends, LifeModel(), (), (Holding(begins, ends, in_hand=ends),))
        for begins, ends in ((0.0, 18.0), (18.0, 40.0))
    ]
    seal = watch("seal", Pass(0, SealResponse(0.6)))
    across = scenario(watches=(seal,), windows=((14.0, 20.0),))
    one = situation(across, times=(39.0, 40.0, 41.0), records=(record("seal", *lives),))
    # Every start crosses day 18, and only the first attachment was verified until day 40.
    assert value(one) == pytest.approx([0.6, 0.6, 1 - 0.4**2])
    # Two steps under one attachment are one opening.
    steps = (Step("lifting", 0.0, 4.0), Step("leaving", 0.0, 4.0))
    twice = watch("seal", Pass(0, SealResponse(0.6)), Pass(1, SealResponse(0.6)))
    two = scenario(watches=(twice,), windows=((2.0, 5.0),), steps=steps)
    assert value(situation(two, times=(41.0,), records=(record("seal", *lives),))) == pytest.approx([0.6])


@pytest.mark.parametrize("count", [1, 2, 5])
def test_devices_of_one_measure_die_apart_and_share_a_blind_spot(
    scenario: Make, situation: Make, watch: Make, record: Make, count: int
) -> None:
    # An exponential death of rate m from day 0 on, pictures of rate r: see testing.worked.dying_camera.
    m, r, length, start = 1 / 20, 0.2, 5.0, 10.0
    alive = exp(-m * start)
    beta = 1 - alive + alive * (m + r * exp(-(m + r) * length)) / (m + r)
    life = Life(0.0, 90.0, LifeModel((ExponentialLife(20.0),)), (), (Holding(0.0, 90.0, in_hand=0.5),))
    cameras = watch("camera", Pass(0, ExponentialResponse(r)), blind_spot=0.25, count=count)
    one = situation(
        scenario(watches=(cameras,), windows=((start, start + length),)),
        times=(90.0,),
        records=(record("camera", life),),
    )
    assert value(one) == pytest.approx([1 - (0.25 + 0.75 * beta**count)], rel=1e-8)


def test_what_is_found_later_counts_later(scenario: Make, situation: Make, watch: Make, record: Make) -> None:
    # A life of rate 1/20 is found dead on day 70, its last record of day 12: 2 of 5 days were seen.
    life = Life(
        0.0,
        90.0,
        LifeModel((ExponentialLife(20.0),)),
        (Finding(70.0, 12.0, 12.0),),
        (Holding(0.0, 90.0, in_hand=0.5),),
    )
    camera = watch("camera", Pass(0, ExponentialResponse(0.2)))
    one = situation(
        scenario(watches=(camera,), windows=((10.0, 15.0),)),
        times=(70.0, 71.0),
        records=(record("camera", life),),
    )
    unknown, known = value(one)
    assert known == pytest.approx(1 - exp(-0.2 * 2))
    assert unknown != pytest.approx(known, abs=0.01)


# ---------------------------------------------------------------- lag


@pytest.fixture
def imagery(scenario: Make, situation: Make, watch: Make, record: Make) -> Make:
    """Imagery of every fifth day that recognises with 0.4, and counts after a lag."""

    def made(*, lag: float, times: Any, windows: Any = None, **changes: Any) -> Situation:
        life = Life(0.0, NEVER, LifeModel(), (), (Holding(0.0, NEVER, lag=lag),))
        one = scenario(watches=(watch("satellite", Pass(0, SteppedResponse(5.0, 0.4))),), windows=windows)
        made: Situation = situation(one, times=times, records=(record("satellite", life),), **changes)
        return made

    return made


def test_the_last_start_is_half_developed(imagery: Make) -> None:
    # The start that finishes at t has 2 of its 5 days in hand: 1 - 0.4 * 2 / 5 is missed.
    one = imagery(lag=3.0, times=(5.0, 8.0, 60.0))
    assert value(one) == pytest.approx([0.16, 0.16, 0.16])
    assert value(one, "latent") == pytest.approx([0.4, 0.4, 0.4])
    answer = assess(one).claims["gap"].curves["in hand"]
    assert answer.start == pytest.approx([0.0, 3.0, 55.0], abs=1e-5)


def test_a_lag_that_has_passed(imagery: Make) -> None:
    one = imagery(lag=3.0, times=(21.0, 22.0, 23.0, 40.0), windows=((10.0, 20.0),))
    # On day t the start of day 15 has t - 3 - 15 of its 5 days in hand.
    assert value(one) == pytest.approx([0.4 * 3 / 5, 0.4 * 4 / 5, 0.4, 0.4])


@pytest.mark.parametrize(("goal", "seen"), [(0.0, 2.0), (1.0, 3.0), (2.0, 4.0), (3.0, 5.0), (9.0, 5.0)])
def test_timely_with_a_lag(imagery: Make, claim: Make, goal: float, seen: float) -> None:
    claims = (claim(timeliness={"fuel": goal}),)
    one = imagery(lag=3.0, times=(21.0, 60.0), windows=((10.0, 20.0),), claims=claims)
    assert value(one, "timely") == pytest.approx([0.4 * min(3.0, seen) / 5, 0.4 * seen / 5])


@pytest.mark.parametrize("goal", [2.0, 4.9, 5.0, 5.1, 20.0])
def test_a_check_after_the_goal_is_not_timely_while_a_lag_still_runs(
    imagery: Make, claim: Make, goal: float
) -> None:
    check = Check(90.0, "fuel", "counting", 20, 20, {"none": 1.0})
    one = imagery(
        lag=10.0,
        times=(91.0, 94.0, 99.0, 120.0),
        windows=((80.0, 85.0),),
        claims=(claim(timeliness={"fuel": goal}),),
        checks=(check,),
    )
    assert value(one) == [1.0, 1.0, 1.0, 1.0]
    found = value(one, "timely")
    plain = [
        1 - float(nondetection(one, one.scenarios[0], np.array([80.0]), float(time), "timely")[0])
        for time in one.times
    ]
    assert found == pytest.approx(plain, abs=1e-6)
    assert found == pytest.approx([1.0 if goal >= 5.0 else 0.0] * 4)


# ---------------------------------------------------------------- checks, packages, evidence


def test_a_check_finds_what_was_gone_by_then(scenario: Make, situation: Make) -> None:
    # Begun on day 10: after set-up one item a day, so 2 of 4 are gone by day 13.5.
    check = Check(13.5, "fuel", "counting", 20, 10, {"none": 0.7})
    one = situation(scenario(windows=((10.0, 15.0),)), times=(15.0, 40.0), checks=(check,))
    assert value(one) == pytest.approx([1 - sample(20, 2, 10, 0.7)] * 2)


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(Check(30.0, "scrap", "counting", 20, 20, {"none": 1.0}), id="another stratum"),
        pytest.param(Check(30.0, "fuel", "counting", 20, 20, {"dummies": 1.0}), id="another concealment"),
        pytest.param(Check(10.5, "fuel", "counting", 20, 20, {"none": 1.0}), id="too early"),
        pytest.param(Check(41.0, "fuel", "counting", 20, 20, {"none": 1.0}), id="too late"),
        pytest.param(Check(30.0, "fuel", "counting", 20, 0, {"none": 1.0}), id="no sample"),
    ],
)
def test_checks_that_find_nothing(scenario: Make, situation: Make, check: Check) -> None:
    one = situation(scenario(windows=((10.0, 15.0),)), times=(40.0, 41.0), checks=(check,))
    assert value(one) == [0.0, 0.0]


def test_two_checks_at_one_time_both_count(scenario: Make, situation: Make) -> None:
    checks = tuple(
        Check(30.0, "fuel", name, 20, drawn, {"none": 0.7}) for name, drawn in (("a", 3), ("b", 5))
    )
    one = situation(scenario(windows=((10.0, 15.0),)), times=(30.0, 31.0), checks=checks)
    assert value(one) == pytest.approx([0.0, 1 - sample(20, 4, 3, 0.7) * sample(20, 4, 5, 0.7)])


def test_restorable_with_and_without_evidence(camera: Make) -> None:
    planned = PlannedCheck("fuel", "scanning", 20, 8, {"none": 0.9}, {"none": 0.3}, needs=("map", "log"))
    elsewhere = replace(planned, stratum="scrap")
    packages = (
        Package("film", "maintenance", frozenset({"camera"}), ()),
        Package("scan", "some sites", frozenset({"another"}), (planned, elsewhere)),
        Package("both", "special", frozenset({"camera"}), (planned,)),
    )
    one = camera(
        Holding(0.0, 40.0, in_hand=50.0),
        times=(30.0, 45.0, 46.0, 51.0),
        packages=packages,
        evidence_lost={"map": 45.0, "other": 1.0},
    )
    good, bad = sample(20, 4, 8, 0.9), sample(20, 4, 8, 0.3)
    assert value(one, "restorable: film") == pytest.approx([1 - ALL] * 4)
    assert value(one, "restorable: scan") == pytest.approx([1 - good, 1 - good, 1 - bad, 1 - ALL * bad])
    assert value(one, "restorable: both") == pytest.approx(
        [1 - ALL * good, 1 - ALL * good, 1 - ALL * bad, 1 - ALL * bad]
    )
    assert tuple(assess(one).claims["gap"].curves) == (
        "in hand",
        "timely",
        "latent",
        "restorable: film",
        "restorable: scan",
        "restorable: both",
    )


def test_an_unknown_package(camera: Make) -> None:
    one = camera(Holding(0.0, 40.0), times=(30.0,), packages=(Package("film", "special", frozenset(), ()),))
    with pytest.raises(UnknownName, match="no package 'scan' is in the situation; it has film"):
        nondetection(one, one.scenarios[0], np.array([10.0]), 30.0, "scan")


# ---------------------------------------------------------------- custody


def test_one_custody_over_two_measures_and_two_periods(
    scenario: Make, situation: Make, watch: Make, record: Make
) -> None:
    def life(begins: float, ends: float, *custody: str) -> Life:
        holding = Holding(begins, ends, in_hand=30.0, custody=custody[0] if custody else None)
        return Life(begins, ends, LifeModel(), (), (holding,))

    # The start is day 10. Of the first camera days 10 to 12 lay with the operator, of the second all days.
    records = (
        record("a", life(0.0, 10.0), life(10.0, 12.0, "safe"), life(12.0, 20.0)),
        record("b", life(0.0, 13.0, "safe"), life(13.0, 20.0, "office")),
    )
    watches = (
        watch("a", Pass(0, ExponentialResponse(0.2)), blind_spot=0.1),
        watch("b", Pass(0, ExponentialResponse(0.3))),
    )
    one = situation(
        scenario(watches=watches, windows=((10.0, 15.0),)),
        times=(31.0,),
        records=records,
        custodies={"safe": 0.8, "office": 0.6, "elsewhere": 0.5},
    )
    expected = sum(
        chance_safe
        * chance_office
        * (0.1 + 0.9 * exp(-0.2 * (3 + 2 * safe)))
        * exp(-0.3 * (3 * safe + 2 * office))
        for safe, chance_safe in ((1, 0.8), (0, 0.2))
        for office, chance_office in ((1, 0.6), (0, 0.4))
    )
    assert value(one) == pytest.approx([1 - expected])


@pytest.mark.parametrize(("authentic", "expected"), [(0.0, 0.0), (1.0, 1 - ALL), (0.3, 0.3 * (1 - ALL))])
def test_custody_at_the_ends_of_its_range(camera: Make, authentic: float, expected: float) -> None:
    holding = Holding(0.0, 40.0, in_hand=50.0, custody="safe")
    one = camera(holding, times=(40.0, 51.0), custodies={"safe": authentic})
    assert value(one, "latent") == pytest.approx([expected, expected])
    assert value(one) == pytest.approx([0.0, expected])


def test_too_many_custodies(camera: Make) -> None:
    holdings = [Holding(float(day), day + 1.0, custody=f"c{day}") for day in range(11)]
    one = camera(*holdings, times=(40.0,), custodies={f"c{day}": 0.5 for day in range(11)})
    problem = "scenario 'taken' meets 11 custody periods; at most 10 can be enumerated"
    with pytest.raises(OutOfRange) as caught:
        assess(one)
    assert str(caught.value) == problem


# ---------------------------------------------------------------- windows


def test_windows_bound_the_first_step_only(scenario: Make, situation: Make) -> None:
    steps = (Step("lifting", 1.0, 1.0), Step("leaving", 0.0, 1.0, wait=30.0))
    one = scenario(steps=steps, windows=((10.0, 15.0),))
    assert value(situation(one, times=(48.9, 49.0))) == [1.0, 0.0]


@pytest.mark.parametrize("windows", [(), ((10.0, 14.9),), ((10.0, 12.0), (12.0, 16.0))])
def test_no_window_is_long_enough(scenario: Make, situation: Make, windows: Any) -> None:
    answer = assess(situation(scenario(windows=windows), times=(90.0,))).claims["gap"]
    assert answer.curves["in hand"].value.tolist() == [1.0]
    assert answer.prior.tolist() == [0.0]


def test_a_claim_that_begins_later(scenario: Make, situation: Make) -> None:
    one = situation(scenario(since=50.0), times=(10.0, 54.9, 55.0, 90.0))
    assert value(one) == [1.0, 1.0, 0.0, 0.0]
    before = situation(scenario(since=50.0), times=(10.0, 20.0))
    assert value(before) == [1.0, 1.0]


# ---------------------------------------------------------------- past, completeness, contradiction


@pytest.fixture
def past(scenario: Make, situation: Make, claim: Make) -> Make:
    def made(*checks: Check, times: Any, **changes: Any) -> Situation:
        one = scenario("before", claim="past", past=True, since=5.0)
        made: Situation = situation(
            one, times=times, claims=(claim("past", "past"),), checks=checks, **changes
        )
        return made

    return made


def test_only_checks_see_the_past(past: Make) -> None:
    check = Check(10.0, "fuel", "counting", 20, 6, {"none": 0.8})
    one = past(check, times=(1.0, 10.0, 11.0, 90.0))
    missed = sample(20, 4, 6, 0.8)
    assert value(one, claim="past") == pytest.approx([0.0, 0.0, 1 - missed, 1 - missed])
    assert value(one, "latent", "past") == value(one, claim="past")
    answer = assess(one).claims["past"]
    # There is no end from which "in time" could be counted.
    assert set(answer.curves) == {"in hand", "latent"}
    assert answer.prior == pytest.approx([0.2] * 4)
    after = 0.2 * missed / (0.8 + 0.2 * missed)
    assert answer.posterior == pytest.approx([0.2, 0.2, after, after])
    assert answer.curves["in hand"].start.tolist() == [5.0] * 4


@pytest.mark.parametrize("strata", [(), ("fuel",)])
def test_completeness_never_has_a_number(
    scenario: Make, situation: Make, claim: Make, strata: tuple[str, ...]
) -> None:
    nowhere = claim("nothing else", "completeness", strata=strata)
    planned = Package("all", "special", frozenset(), ())
    one = situation(scenario(), times=(1.0, 90.0), claims=(claim(), nowhere), packages=(planned,))
    answer = assess(one).claims["nothing else"]
    assert {"in hand", "latent", "restorable: all"} <= set(answer.curves)
    for curve in answer.curves.values():
        assert np.isnan(curve.value).all()
    assert np.isnan(answer.posterior).all()
    assert np.isnan(answer.prior).all()
    assert answer.by_stratum == {}
    assert answer.contradicted == ((), ())


def test_contradicted_from_raised_to_resolved(scenario: Make, situation: Make, claim: Make) -> None:
    anomalies = (
        Contradiction("rods", 20.0, 40.0, frozenset({"fuel"}), frozenset({"gap"})),
        Contradiction("books", 30.0, NEVER, frozenset({"fuel"}), frozenset({"other"})),
    )
    two = (scenario(), scenario("swarf", stratum="scrap"))
    one = situation(
        *two,
        times=(19.0, 20.0, 21.0, 40.0, 41.0),
        claims=(claim(strata=("fuel", "scrap")),),
        contradictions=anomalies,
    )
    answer = assess(one).claims["gap"]
    assert answer.contradicted == ((), (), ("rods",), ("rods",), ())
    whole = [0.0, 0.0, nan, nan, 0.0]
    for name in answer.curves:
        assert answer.curves[name].value == pytest.approx(whole, nan_ok=True)
        assert answer.by_stratum["fuel"][name].value == pytest.approx(whole, nan_ok=True)
        assert answer.by_stratum["scrap"][name].value == pytest.approx([0.0] * 5)
    assert np.isnan(answer.posterior).tolist() == [False, False, True, True, False]
    assert np.isfinite(answer.prior).all()


# ---------------------------------------------------------------- the posterior


def smooth_beta(start: float, *, ends: float) -> float:
    """An exponential death of rate 1/20 from day 0, pictures of rate 0.2, and a record that ends."""
    m, r, length = 1 / 20, 0.2, min(max(ends - start, 0.0), 5.0)
    alive = exp(-m * start)
    return 1 - alive + alive * (m + r * exp(-(m + r) * length)) / (m + r)


def test_posterior_of_a_smooth_case(scenario: Make, situation: Make, watch: Make, record: Make) -> None:
    life = Life(0.0, 60.0, LifeModel((ExponentialLife(20.0),)), (), (Holding(0.0, 60.0, in_hand=60.0),))
    one = scenario(watches=(watch("camera", Pass(0, ExponentialResponse(0.2))),))
    two = scenario("unwatched", items=9, weight=3.0)
    found = assess(situation(one, two, times=(50.0, 61.0, 100.0), records=(record("camera", life),))).claims[
        "gap"
    ]
    for place, time in enumerate((50.0, 61.0, 100.0)):
        prior = 0.25 * (1 - exp(-0.01 * (time - 5))) + 0.75 * (1 - exp(-0.01 * (time - 10)))
        seen = time > 60.0
        missed = 0.25 * quad(
            lambda start, seen=seen: (
                0.01 * exp(-0.01 * start) * (smooth_beta(start, ends=60.0) if seen else 1)
            ),
            0.0,
            time - 5.0,
            points=[min(time - 5.0, day) for day in (55.0, 60.0)],
            epsabs=1e-12,
        )[0] + 0.75 * (1 - exp(-0.01 * (time - 10)))
        assert found.prior[place] == pytest.approx(prior, abs=1e-9)
        assert found.posterior[place] == pytest.approx(missed / (1 - prior + missed), rel=2e-5)


@pytest.mark.parametrize("lag", [1.5, 7.0, 40.0])
def test_posterior_with_a_lag(imagery: Make, lag: float) -> None:
    found = assess(imagery(lag=lag, times=(30.0, 60.0, 61.0))).claims["gap"]
    for place, time in enumerate((30.0, 60.0, 61.0)):

        def density(start: float, time: float = time) -> float:
            overlap = min(max(time - lag - start, 0.0), 5.0)
            return 0.01 * exp(-0.01 * start) * (1 - 0.4 * overlap / 5)

        edges = sorted(min(max(time - lag - back, 0.0), time - 5.0) for back in (0.0, 5.0))
        missed = quad(density, 0.0, time - 5.0, points=edges, epsabs=1e-12)[0]
        prior = 1 - exp(-0.01 * (time - 5))
        assert found.prior[place] == pytest.approx(prior, abs=1e-9)
        assert found.posterior[place] == pytest.approx(missed / (1 - prior + missed), rel=1e-3)


def test_posterior_under_windows(scenario: Make, situation: Make) -> None:
    # Starts of days 10 to 15 and 40 to 42 are possible, and nothing sees them.
    windows = ((10.0, 20.0), (40.0, 47.0))
    found = assess(situation(scenario(windows=windows), times=(17.0, 30.0, 90.0))).claims["gap"]

    def begun(*spans: tuple[float, float]) -> float:
        return sum(exp(-0.01 * first) - exp(-0.01 * last) for first, last in spans)

    expected = [begun((10, 12)), begun((10, 15)), begun((10, 15), (40, 42))]
    assert found.prior == pytest.approx(expected, abs=1e-6)
    assert found.posterior == pytest.approx(expected, abs=1e-6)


def test_no_hazard_no_belief(scenario: Make, situation: Make, claim: Make) -> None:
    found = assess(situation(scenario(), times=(90.0,), claims=(claim(prior=Prior()),))).claims["gap"]
    assert (found.prior.tolist(), found.posterior.tolist()) == ([0.0], [0.0])


def test_a_claim_without_scenarios(situation: Make, claim: Make) -> None:
    answer = assess(situation(times=(1.0, 2.0), claims=(claim(),))).claims["gap"]
    assert answer.curves["in hand"].value.tolist() == [1.0, 1.0]
    assert answer.posterior.tolist() == [0.0, 0.0]
