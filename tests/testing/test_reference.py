"""The plain reference on cases small enough for pencil and paper."""

from dataclasses import replace
from math import comb, erf, exp, expm1, inf, isnan, log, sqrt

import numpy as np
import pytest

from watchgap.assurance.record import (
    Check,
    Claim,
    Contradiction,
    Package,
    Pass,
    PlannedCheck,
    Prior,
    Scenario,
    Situation,
    Step,
    Watch,
)
from watchgap.coverage.record import Finding, Holding, Life, MeasureRecord
from watchgap.detection.record import (
    ExponentialLife,
    ExponentialResponse,
    FixedLife,
    LifeModel,
    LognormalLife,
    SealResponse,
    SteppedResponse,
    TableLife,
    WeibullLife,
)
from watchgap.testing.reference import reference_assess, reference_nondetection, reference_starts

RATE = 0.3
CLAIM = Claim("c", "gap", 0.0, ("s",), 0.9, Prior(hazard=0.01), {"s": 8.0}, {"s": 30.0})


def scenario(*watches, **changes):
    """Ten items at one a day, after no set-up: ten days from the start."""
    whole = Scenario(
        name="x",
        claim="c",
        stratum="s",
        route="r",
        rate="abrupt",
        concealment="none",
        population=40,
        item_mass=1.0,
        fraction=1.0,
        items=10,
        steps=(Step("take", 0.0, 1.0),),
        watches=watches,
        since=0.0,
    )
    return replace(whole, **changes)


def watch(response=None, **changes):
    passes = (Pass(0, response or ExponentialResponse(RATE)),)
    return replace(Watch("camera", 0.0, 1, passes), **changes)


def situation(*lives, scenarios=None, times=(100.0,), **changes):
    scenarios = scenarios or (scenario(watch()),)
    records = {"camera": MeasureRecord("camera", "camera", lives)}
    return replace(Situation(np.array(times), (CLAIM,), tuple(scenarios), records), **changes)


COLLECTED = (Holding(0.0, 90.0, in_hand=90.0),)


def life(*parts, findings=(), holdings=COLLECTED, ends=90.0):
    return Life(0.0, ends, LifeModel(parts), findings, holdings)


def beta(case, start=0.0, time=100.0, holding="in hand"):
    return reference_nondetection(case, case.scenarios[0], start, time, holding)


def mean_dying(density_rate, alive, dead, response_rate=RATE):
    """Closed form of E[exp(-r X)] for X exponential on (alive, dead)."""
    both = density_rate + response_rate
    mass = exp(-density_rate * alive) - exp(-density_rate * dead)
    return density_rate / both * (exp(-both * alive) - exp(-both * dead)) / mass


# ---------------------------------------------------------------- lives


def test_device_that_never_fails():
    assert beta(situation(life())) == pytest.approx(exp(-10 * RATE), rel=1e-12)


def test_film_that_runs_out_during_the_step():
    assert beta(situation(life(FixedLife(4.0)))) == pytest.approx(exp(-4 * RATE), rel=1e-12)


def test_exponential_life_nothing_known():
    expected = mean_dying(0.2, 0.0, 10.0) * -expm1(-2.0) + exp(-10 * RATE) * exp(-2.0)
    assert beta(situation(life(ExponentialLife(5.0)))) == pytest.approx(expected, rel=1e-9)


def test_exponential_life_and_film():
    expected = mean_dying(0.2, 0.0, 4.0) * -expm1(-0.8) + exp(-4 * RATE) * exp(-0.8)
    assert beta(situation(life(ExponentialLife(5.0), FixedLife(4.0)))) == pytest.approx(expected, rel=1e-9)


def test_found_dead_with_last_record_unknown():
    case = situation(life(ExponentialLife(5.0), findings=(Finding(90.0, 2.0, 7.0),)))
    assert beta(case) == pytest.approx(mean_dying(0.2, 2.0, 7.0), rel=1e-9)


def test_small_probabilities_of_death_keep_their_digits():
    case = situation(life(ExponentialLife(1e9), findings=(Finding(90.0, 0.0, 8.0),)))
    uniform = -expm1(-8 * RATE) / (8 * RATE)
    assert beta(case) == pytest.approx(uniform, rel=1e-7)


def test_found_dead_with_last_record_read():
    case = situation(life(ExponentialLife(5.0), findings=(Finding(90.0, 6.0, 6.0),)))
    assert beta(case) == pytest.approx(exp(-6 * RATE), rel=1e-12)


def test_found_working_at_the_end():
    case = situation(life(ExponentialLife(5.0), findings=(Finding(90.0, 90.0, inf),)))
    assert beta(case) == pytest.approx(exp(-10 * RATE), rel=1e-12)


def test_finding_counts_only_when_it_is_known_before():
    case = situation(life(findings=(Finding(100.0, 6.0, 6.0),)))
    assert beta(case, time=100.0) == pytest.approx(exp(-10 * RATE), rel=1e-12)
    assert beta(case, time=100.5) == pytest.approx(exp(-6 * RATE), rel=1e-12)


@pytest.mark.parametrize(
    ("part", "survival"),
    [
        (WeibullLife(5.0, 0.7), lambda x: exp(-((x / 5) ** 0.7))),
        (WeibullLife(5.0, 3.0), lambda x: exp(-((x / 5) ** 3))),
        (LognormalLife(5.0, 0.5), lambda x: 0.5 - 0.5 * erf(log(x / 5) / 0.5 / sqrt(2))),
        (TableLife((0.0, 3.0, 8.0), (1.0, 0.6, 0.2)), lambda x: np.interp(x, (0, 3, 8), (1, 0.6, 0.2))),
    ],
)
def test_other_lives_against_their_survival(part, survival):
    # E[exp(-r min(X, 10))] = 1 - r times the integral of exp(-r x) P(X > x) over 10 days; midpoint rule
    middles = (np.arange(40_000) + 0.5) * 10 / 40_000
    expected = 1 - RATE * 10 * np.mean([exp(-RATE * x) * survival(x) for x in middles])
    assert beta(situation(life(part))) == pytest.approx(expected, abs=1e-7)


def test_what_was_found_wins_over_a_model_that_excludes_it():
    outlived = situation(life(FixedLife(4.0), findings=(Finding(90.0, 6.0, inf),)))
    assert beta(outlived) == pytest.approx(exp(-6 * RATE), rel=1e-12)
    too_early = situation(life(FixedLife(80.0), findings=(Finding(90.0, 0.0, 8.0),)))
    assert beta(too_early) == pytest.approx(-expm1(-8 * RATE) / (8 * RATE), rel=1e-9)


def test_like_devices_live_apart_and_share_the_blind_spot():
    lived = life(ExponentialLife(5.0), findings=(Finding(90.0, 2.0, 7.0),))
    case = situation(lived, scenarios=[scenario(watch(count=2, blind_spot=0.1))])
    assert beta(case) == pytest.approx(0.1 + 0.9 * mean_dying(0.2, 2.0, 7.0) ** 2, rel=1e-9)


# ---------------------------------------------------------------- responses


def test_fixed_interval_takes_certain_looks_and_perhaps_one_more():
    case = situation(life(), scenarios=[scenario(watch(SteppedResponse(4.0, 0.3)))])
    assert beta(case) == pytest.approx(0.7**2 * (1 - 0.3 * 0.5), rel=1e-12)


def test_fixed_interval_over_an_uncertain_end():
    # dies uniformly on (0, 8]: means of 1 - p K on (0, 1) and (1-p)(1 - p (K-1)) on (1, 2)
    table = TableLife((0.0, 8.0), (1.0, 0.0))
    case = situation(life(table), scenarios=[scenario(watch(SteppedResponse(4.0, 0.3)))])
    assert beta(case) == pytest.approx(0.5 * (1 - 0.15) + 0.5 * 0.7 * (1 - 0.15), rel=1e-9)


def test_phase_is_drawn_anew_only_for_separate_pieces():
    response = SteppedResponse(10.0, 1.0)
    joined = life(holdings=(Holding(0.0, 5.0, in_hand=90.0), Holding(5.0, 90.0, in_hand=90.0)))
    apart = life(holdings=(Holding(0.0, 4.0, in_hand=90.0), Holding(6.0, 90.0, in_hand=90.0)))
    scenarios = [scenario(watch(response))]
    assert beta(situation(joined, scenarios=scenarios)) == pytest.approx(0.0, abs=1e-12)
    assert beta(situation(apart, scenarios=scenarios)) == pytest.approx(0.6 * 0.6, rel=1e-12)


def test_seal_is_found_once_for_each_attachment_period():
    steps = (Step("take", 0.0, 1.0), Step("load", 0.0, 1.0))
    passes = (Pass(0, SealResponse(0.8)), Pass(1, SealResponse(0.8)))
    both = scenario(Watch("camera", 0.0, 1, passes), steps=steps)
    one, two = (Holding(0.0, 15.0, in_hand=90.0),), (Holding(15.0, 90.0, in_hand=90.0),)
    first, second = Life(0.0, 15.0, LifeModel(), (), one), Life(15.0, 90.0, LifeModel(), (), two)
    assert beta(situation(first, scenarios=[both])) == pytest.approx(0.2, rel=1e-12)
    assert beta(situation(first, second, scenarios=[both])) == pytest.approx(0.04, rel=1e-12)


def test_only_the_handling_goes_past_a_portal():
    steps = (Step("take", 5.0, 1.0, wait=1.0),)
    passes = (Pass(0, ExponentialResponse(RATE), handling_only=True),)
    late = scenario(Watch("camera", 0.0, 1, passes), steps=steps)
    assert late.duration == 16.0
    case = situation(life(FixedLife(8.0)), scenarios=[late])
    assert beta(case) == pytest.approx(exp(-2 * RATE), rel=1e-12)


# ---------------------------------------------------------------- where the record is

NOT_IN_HAND = (Holding(0.0, 90.0),)
PACKAGE = Package(
    "p", "special", frozenset({"camera"}), (PlannedCheck("s", "count", 40, 4, {"none": 0.5}, {}, ("ids",)),)
)


def hypergeometric(gone, recognition, population=40, sample=4):
    ways = [comb(gone, k) * comb(population - gone, sample - k) for k in range(sample + 1)]
    return sum(way * (1 - recognition) ** k for k, way in enumerate(ways)) / comb(population, sample)


def test_a_record_counts_from_the_day_after_it_is_in_hand():
    case = situation(life())
    assert beta(case, time=90.0) == 1.0
    assert beta(case, time=91.0) == pytest.approx(exp(-10 * RATE), rel=1e-12)


def test_what_is_not_in_hand_is_latent_until_it_is_lost():
    case = situation(life(holdings=(Holding(0.0, 90.0, lost=95.0),)))
    assert beta(case, time=94.0) == 1.0
    assert beta(case, time=95.0, holding="latent") == pytest.approx(exp(-10 * RATE), rel=1e-12)
    assert beta(case, time=96.0, holding="latent") == 1.0


def test_a_record_lost_before_it_came_in_hand_never_counts():
    case = situation(life(holdings=(Holding(0.0, 90.0, in_hand=90.0, lost=80.0),)))
    assert beta(case, time=200.0) == 1.0
    assert beta(case, time=200.0, holding="latent") == 1.0


def test_transmission_counts_up_to_the_lag():
    case = situation(life(holdings=(Holding(0.0, inf, lag=3.0),), ends=inf))
    assert beta(case, time=10.0) == pytest.approx(exp(-7 * RATE), rel=1e-12)
    assert beta(case, time=10.0, holding="latent") == pytest.approx(exp(-10 * RATE), rel=1e-12)


def test_timely_is_what_came_in_hand_soon_enough():
    case = situation(life())
    assert beta(case, start=49.0, holding="timely") == 1.0
    assert beta(case, start=50.0, holding="timely") == pytest.approx(exp(-10 * RATE), rel=1e-12)


def test_one_custody_is_one_draw_for_all_that_lay_in_it():
    first = Life(0.0, 5.0, LifeModel(), (), (Holding(0.0, 5.0, in_hand=9.0, custody="k"),))
    second = Life(5.0, 90.0, LifeModel(), (), (Holding(5.0, 90.0, in_hand=90.0, custody="k"),))
    case = situation(first, second, custodies={"k": 0.6})
    assert beta(case) == pytest.approx(0.4 + 0.6 * exp(-10 * RATE), rel=1e-12)
    other = replace(second, holdings=(replace(second.holdings[0], custody="m"),))
    apart = situation(first, other, custodies={"k": 0.6, "m": 0.3})
    half = exp(-5 * RATE)
    assert beta(apart) == pytest.approx((0.4 + 0.6 * half) * (0.7 + 0.3 * half), rel=1e-12)


def test_package_collects_and_checks_while_the_evidence_lasts():
    case = situation(life(holdings=NOT_IN_HAND), packages=(PACKAGE,), evidence_lost={"ids": 50.0})
    seen = exp(-10 * RATE)
    assert beta(case, time=50.0, holding="p") == pytest.approx(seen * hypergeometric(10, 0.5), rel=1e-12)
    assert beta(case, time=51.0, holding="p") == pytest.approx(seen, rel=1e-12)
    with pytest.raises(LookupError) as refusal:
        beta(case, holding="q")
    assert str(refusal.value) == "no package 'q'; take 'in hand', 'latent', 'timely' or the name of a package"


# ---------------------------------------------------------------- checks


def test_check_finds_what_is_gone_by_then():
    check = Check(6.5, "s", "count", 40, 4, {"none": 0.5})
    case = situation(checks=(check, replace(check, stratum="elsewhere"), replace(check, time=100.0)))
    case = replace(case, scenarios=(scenario(),))
    assert beta(case) == pytest.approx(hypergeometric(6, 0.5), rel=1e-12)
    assert beta(case, start=7.0) == 1.0


def test_check_that_does_not_recognise_this_concealment():
    case = situation(scenarios=[scenario()], checks=(Check(60.0, "s", "count", 40, 4, {"dummies": 0.5}),))
    assert beta(case) == pytest.approx(1.0, rel=1e-12)


def test_the_past_is_seen_by_checks_alone():
    past = scenario(watch(), past=True)
    case = situation(life(), scenarios=[past], checks=(Check(1.0, "s", "count", 40, 4, {"none": 0.5}),))
    assert beta(case) == pytest.approx(hypergeometric(10, 0.5), rel=1e-12)
    claim = replace(CLAIM, kind="past", prior=Prior(probability=0.2))
    answer = reference_assess(replace(case, claims=(claim,), times=np.array([1.0, 2.0]))).claims["c"]
    missed = hypergeometric(10, 0.5)
    assert answer.curves["in hand"].value == pytest.approx([0.0, 1 - missed])
    assert answer.prior == pytest.approx([0.2, 0.2])
    assert answer.posterior == pytest.approx([0.2, 0.2 * missed / (0.8 + 0.2 * missed)])


# ---------------------------------------------------------------- curves


def test_starts_are_dates_less_durations_and_kinks():
    steps = (Step("take", 1.0, 5.0), Step("load", 0.5, 5.0))
    one = scenario(watch(), steps=steps, since=80.0, windows=((0.0, 84.0), (86.5, 91.5)))
    case = situation(life(FixedLife(85.0)), scenarios=[one], times=(86.0, 95.0))
    # steps on (0, 3) and (3, 5.5), handling from 1 and 3.5; events at 0, 84, 85, 86.5, 90 and 91.5
    assert reference_starts(case, one) == [80.0, 80.5, 81.0, 86.5, 87.0, 88.0, 88.5]


def test_worst_start_lies_where_the_camera_was_blind():
    case = situation(life(FixedLife(40.0)), times=(35.0, 45.0, 60.0, 91.0))
    curve = reference_assess(case, step=inf).claims["c"].curves["in hand"]
    assert curve.value == pytest.approx([0.0, 0.0, 0.0, 0.0])
    latent = reference_assess(case, step=inf).claims["c"].curves["latent"]
    seen = 1 - exp(-10 * RATE)
    assert latent.value == pytest.approx([seen, 1 - exp(-5 * RATE), 0.0, 0.0])
    assert list(latent.start[1:]) == [35.0, 40.0, 40.0]
    assert list(latent.binding) == [0, 0, 0, 0]


def test_nothing_can_be_finished_yet():
    curve = reference_assess(situation(life(), times=(9.0,))).claims["c"].curves["in hand"]
    assert (curve.value[0], curve.binding[0], isnan(curve.start[0])) == (1.0, -1, True)


def test_contradicted_while_the_anomaly_is_open():
    anomaly = Contradiction("broken seal", 50.0, 60.0, frozenset({"s"}), frozenset({"c"}))
    case = situation(life(), times=(50.0, 55.0, 60.0, 61.0), contradictions=(anomaly,))
    answer = reference_assess(case).claims["c"]
    is_open = [False, True, True, False]
    assert list(np.isnan(answer.curves["in hand"].value)) == is_open
    assert list(np.isnan(answer.by_stratum["s"]["latent"].value)) == is_open
    assert list(np.isnan(answer.posterior)) == is_open
    assert answer.contradicted == ((), ("broken seal",), ("broken seal",), ())


def test_completeness_has_no_number():
    claim = replace(CLAIM, kind="completeness")
    answer = reference_assess(situation(life(), claims=(claim,))).claims["c"]
    assert isnan(answer.curves["in hand"].value[0])
    assert isnan(answer.posterior[0])
    assert answer.by_stratum == {}


def test_posterior_with_nothing_seen_is_the_prior():
    answer = reference_assess(situation(times=(50.0, 100.0))).claims["c"]
    assert answer.prior == pytest.approx([-expm1(-0.4), -expm1(-0.9)], rel=1e-12)
    assert answer.posterior == pytest.approx(answer.prior, rel=1e-12)


def test_posterior_of_a_record_in_hand():
    # all that ended before day 30 was unseen, all that was still going on then was seen
    lived = Life(30.0, 90.0, LifeModel(), (), (Holding(30.0, 90.0, in_hand=90.0),))
    case = situation(lived, scenarios=[scenario(watch(ExponentialResponse(1e6)))], times=(91.0,))
    answer = reference_assess(case).claims["c"]
    unseen = -expm1(-0.20)
    assert answer.prior[0] == pytest.approx(-expm1(-0.81), rel=1e-12)
    assert answer.posterior[0] == pytest.approx(unseen / (exp(-0.81) + unseen), rel=1e-9)


def test_posterior_shares_the_prior_by_weight():
    slow = scenario(steps=(Step("take", 0.0, 0.5),), weight=3.0)
    answer = reference_assess(situation(scenarios=[scenario(), slow], times=(100.0,))).claims["c"]
    assert answer.prior[0] == pytest.approx(-0.25 * expm1(-0.9) - 0.75 * expm1(-0.8), rel=1e-12)
