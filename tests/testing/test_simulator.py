"""The simulator against answers in closed form: the judge is judged before it judges."""

from dataclasses import replace
from fractions import Fraction
from math import comb, erfc, exp, floor, inf, log

import numpy as np
import pytest

from watchgap.assurance.record import (
    Check,
    Package,
    Pass,
    PlannedCheck,
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
    LifePart,
    LognormalLife,
    Response,
    SealResponse,
    SteppedResponse,
    TableLife,
    WeibullLife,
)
from watchgap.testing import Estimate, HopelessDraw, simulate_nondetection, worked

TRIALS = 20_000
START = 10.0
RATE = 0.3
LENGTH = 5.0  # of the scenario of the worked situations
SEEN = exp(-RATE * LENGTH)

BASE = worked.one_camera()
SCENARIO = BASE.scenarios[0]


def play(situation: Situation, time: float, holding: str = "in hand", *, start: float = START) -> Estimate:
    return simulate_nondetection(
        situation,
        situation.scenarios[0],
        start,
        time,
        holding=holding,
        trials=TRIALS,
        generator=np.random.default_rng(19931106),
    )


def agrees(estimate: Estimate, answer: float) -> bool:
    """Whether an estimate lies within four standard errors of an answer; 0 and 1 must be hit."""
    return abs(estimate.mean - answer) <= 4.0 * (answer * (1.0 - answer) / estimate.trials) ** 0.5


def with_lives(*lives: Life) -> Situation:
    return replace(BASE, records={"camera": MeasureRecord("camera", "camera", lives)})


def with_life(*parts: LifePart, findings: tuple[Finding, ...] = (), ends: float = inf) -> Situation:
    holding = Holding(0.0, ends, in_hand=60.0)
    return with_lives(Life(0.0, ends, LifeModel(parts), findings, (holding,)))


def with_holdings(*holdings: Holding) -> Situation:
    return with_lives(Life(0.0, 60.0, LifeModel(), (), holdings))


def with_response(response: Response, situation: Situation = BASE, **fields: float) -> Situation:
    watch = Watch("camera", 0.0, 1, (Pass(0, response),))
    return with_scenario(situation, watches=(replace(watch, **fields),))


def with_scenario(situation: Situation, **fields: object) -> Situation:
    return replace(situation, scenarios=(replace(situation.scenarios[0], **fields),))


def stepped(spacing: float, recognition: float, length: float) -> float:
    looks = length / spacing
    whole = floor(looks)
    return (1.0 - recognition) ** whole * (1.0 - recognition * (looks - whole))


def sampled(population: int, defective: int, sample: int, recognition: Fraction) -> float:
    """Chance that a sample finds nothing, in exact arithmetic."""
    total = sum(
        comb(defective, found) * comb(population - defective, sample - found) * (1 - recognition) ** found
        for found in range(min(defective, sample) + 1)
    )
    return float(Fraction(total) / comb(population, sample))


def dies_while_watched(parts: LifePart, low: float, high: float, *, steps: int = 20_000) -> float:
    """Expected non-detection of the worked camera over a life of one part that ends in (low, high]."""
    edges = np.linspace(low, high, steps + 1)
    dead = np.diff([1.0 - survival(parts, age) for age in edges])
    seen = np.clip((edges[1:] + edges[:-1]) / 2.0 - START, 0.0, LENGTH)
    return float((dead * np.exp(-RATE * seen)).sum() / dead.sum())


def survival(part: LifePart, age: float) -> float:
    match part:
        case ExponentialLife(mean):
            return exp(-age / mean)
        case WeibullLife(scale, shape):
            return exp(-((age / scale) ** shape))
        case TableLife(ages, table):
            return float(np.interp(age, ages, table))
        case LognormalLife(median, sigma):
            return 0.5 * erfc(log(age / median) / (sigma * 2.0**0.5)) if age > 0.0 else 1.0
        case FixedLife(length):
            return float(age < length)


class TestWorkedSituations:
    def test_one_camera(self) -> None:
        assert agrees(play(BASE, 61.0), exp(-0.3 * 5))
        assert agrees(play(BASE, 30.0), 1.0)

    @pytest.mark.parametrize("start", [0.0, 10.0, 40.0])
    def test_dying_camera(self, start: float) -> None:
        death, total = 1 / 20, 1 / 20 + RATE
        alive = exp(-death * start)
        answer = 1 - alive + alive * (death + RATE * exp(-total * LENGTH)) / total
        assert agrees(play(worked.dying_camera(), 60.0, "latent", start=start), answer)
        assert play(worked.dying_camera(), 60.0, start=start).mean == 1.0

    def test_shared_custody(self) -> None:
        answer = 0.2 + 0.8 * (0.25 + 0.75 * exp(-0.3 * LENGTH)) * exp(-0.1 * LENGTH)
        assert agrees(play(worked.shared_custody(), 71.0), answer)

    def test_seal_and_sample(self) -> None:
        situation = worked.seal_and_sample()
        beta = 0.1 * sampled(20, 5, 4, Fraction(1, 2))
        assert agrees(play(situation, 61.0), 0.1)
        assert agrees(play(situation, 63.0), beta)
        assert agrees(play(situation, 80.0, "identify"), beta * sampled(20, 5, 10, Fraction(1)))
        assert agrees(play(situation, 81.0, "identify"), beta * sampled(20, 5, 10, Fraction(1, 5)))


class TestResponses:
    @pytest.mark.parametrize(
        ("spacing", "recognition"), [(0.5, 0.1), (1.0, 0.3), (2.0, 0.6), (3.0, 1.0), (8.0, 0.9), (5.0, 0.5)]
    )
    def test_looks_at_a_fixed_spacing(self, spacing: float, recognition: float) -> None:
        situation = with_response(SteppedResponse(spacing, recognition))
        assert agrees(play(situation, 61.0), stepped(spacing, recognition, LENGTH))

    def test_touching_holdings_share_a_phase_and_others_do_not(self) -> None:
        response = SteppedResponse(4.0, 0.9)
        touching = with_holdings(Holding(0.0, 12.0, 60.0), Holding(12.0, 60.0, 60.0))
        apart = with_holdings(Holding(0.0, 12.0, 60.0), Holding(13.0, 60.0, 60.0))
        assert agrees(play(with_response(response, touching), 61.0), stepped(4.0, 0.9, 5.0))
        assert agrees(
            play(with_response(response, apart), 61.0), stepped(4.0, 0.9, 2.0) * stepped(4.0, 0.9, 2.0)
        )

    def test_two_lives_have_two_phases(self) -> None:
        first = Life(0.0, 12.0, LifeModel(), (), (Holding(0.0, 12.0, 12.0),))
        second = Life(12.0, 60.0, LifeModel(), (), (Holding(12.0, 60.0, 60.0),))
        situation = with_response(SteppedResponse(4.0, 0.9), with_lives(first, second))
        assert agrees(play(situation, 61.0), stepped(4.0, 0.9, 2.0) * stepped(4.0, 0.9, 3.0))

    def test_a_seal_is_opened_once_for_each_attachment(self) -> None:
        steps = (Step("out", 0.0, 1.0), Step("away", 0.0, 1.0))
        passes = (Pass(0, SealResponse(0.6)), Pass(1, SealResponse(0.6)))
        seals = tuple(
            Life(begins, ends, LifeModel(), (), (Holding(begins, ends, 60.0),))
            for begins, ends in ((0.0, 30.0), (30.0, 60.0))
        )
        situation = with_scenario(with_lives(*seals), steps=steps, watches=(Watch("camera", 0.0, 1, passes),))
        assert agrees(play(situation, 61.0, start=10.0), 0.4)
        assert agrees(play(situation, 61.0, start=27.0), 0.4 * 0.4)
        assert agrees(play(situation, 61.0, start=20.0), 0.4)

    def test_blind_spot_is_shared_by_all_devices_and_passes(self) -> None:
        passes = (Pass(0, ExponentialResponse(0.1)), Pass(0, ExponentialResponse(0.2), handling_only=True))
        scenario = {"steps": (Step("transfer", 2.0, 1.0),), "watches": (Watch("camera", 0.3, 2, passes),)}
        answer = 0.3 + 0.7 * exp(-0.1 * 7.0 - 0.2 * 5.0) ** 2
        assert agrees(play(with_scenario(BASE, **scenario), 61.0), answer)

    def test_only_the_step_that_is_passed_counts(self) -> None:
        steps = (Step("out", 0.5, 2.0), Step("away", 1.0, 2.5, wait=3.0))
        watch = Watch("camera", 0.0, 1, (Pass(1, ExponentialResponse(RATE)),))
        situation = with_scenario(BASE, steps=steps, watches=(watch,))
        assert agrees(play(situation, 61.0), exp(-RATE * 3.0))
        # The second step lies in [tau + 6, tau + 9]; the record ends on day 60.
        assert agrees(play(situation, 61.0, start=52.0), exp(-RATE * 2.0))

    def test_past_is_seen_by_no_measure(self) -> None:
        situation = with_scenario(worked.seal_and_sample(), past=True)
        assert agrees(play(situation, 63.0, start=0.0), sampled(20, 5, 4, Fraction(1, 2)))


class TestLives:
    @pytest.mark.parametrize(
        "part",
        [
            ExponentialLife(8.0),
            WeibullLife(12.0, 3.0),
            LognormalLife(12.0, 0.5),
            TableLife((0.0, 10.0, 20.0, 30.0), (1.0, 0.8, 0.3, 0.1)),
        ],
    )
    def test_found_dead_without_a_last_record(self, part: LifePart) -> None:
        situation = with_life(part, findings=(Finding(60.0, 0.0, 30.0), Finding(9.0, 5.0, inf)))
        assert agrees(play(situation, 61.0), dies_while_watched(part, 5.0, 30.0))

    @pytest.mark.parametrize(("last", "length"), [(5.0, 0.0), (12.5, 2.5), (40.0, 5.0)])
    def test_found_dead_with_a_last_record(self, last: float, length: float) -> None:
        situation = with_life(ExponentialLife(1.0), findings=(Finding(60.0, last, last),))
        assert agrees(play(situation, 61.0), exp(-RATE * length))

    def test_found_working_to_the_end(self) -> None:
        situation = with_life(FixedLife(3.0), findings=(Finding(60.0, 60.0, inf),), ends=60.0)
        assert agrees(play(situation, 61.0), SEEN)

    def test_finding_counts_from_the_day_after_it_is_known(self) -> None:
        situation = with_life(FixedLife(12.0), findings=(Finding(70.0, 60.0, inf),), ends=60.0)
        assert agrees(play(situation, 70.0), exp(-RATE * 2.0))
        assert agrees(play(situation, 70.5), SEEN)

    def test_least_of_several_parts(self) -> None:
        situation = with_life(ExponentialLife(40.0), FixedLife(13.0), ExponentialLife(40.0))
        death, total = 1 / 20, 1 / 20 + RATE
        alive = exp(-death * START)
        answer = 1 - alive + alive * (death + RATE * exp(-total * 3.0)) / total
        assert agrees(play(situation, 61.0), answer)

    def test_table_that_does_not_end_at_nothing(self) -> None:
        situation = with_life(TableLife((0.0, 5.0), (1.0, 0.25)))
        assert agrees(play(situation, 61.0), 0.75 + 0.25 * SEEN)

    def test_like_devices_live_their_own_lives(self) -> None:
        half = with_life(TableLife((0.0, 5.0), (1.0, 0.5)))
        situation = with_response(ExponentialResponse(RATE), half, count=2)
        assert agrees(play(situation, 61.0), (0.5 + 0.5 * SEEN) ** 2)

    def test_findings_against_the_model_are_refused(self) -> None:
        situation = with_life(FixedLife(10.0), findings=(Finding(60.0, 11.0, 12.0),))
        with pytest.raises(HopelessDraw, match=r"^0 of \d+ drawn lives end in \(11\.0, 12\.0\]$"):
            simulate_nondetection(
                situation, SCENARIO, START, 61.0, trials=10, generator=np.random.default_rng(1)
            )

    def test_findings_against_each_other_are_refused(self) -> None:
        situation = with_life(findings=(Finding(50.0, 0.0, 12.0), Finding(60.0, 20.0, inf)))
        with pytest.raises(HopelessDraw, match=r"^alive until 20\.0 and dead by 12\.0$"):
            play(situation, 61.0)


class TestHoldings:
    @pytest.mark.parametrize(
        ("holding", "in_hand", "latent"),
        [
            pytest.param(Holding(0.0, 60.0, 69.0), True, True, id="in hand the day before"),
            pytest.param(Holding(0.0, 60.0, 70.0), False, True, id="in hand the same midnight"),
            pytest.param(Holding(0.0, 60.0), False, True, id="still in place"),
            pytest.param(Holding(0.0, 60.0, lost=69.0), False, False, id="lost"),
            pytest.param(Holding(0.0, 60.0, lost=70.0), False, True, id="lost the same midnight"),
            pytest.param(Holding(0.0, 60.0, 65.0, lost=69.0), True, True, id="lost after it was read"),
            pytest.param(Holding(0.0, 60.0, 65.0, lost=64.0), False, False, id="lost before it was read"),
        ],
    )
    def test_what_counts(self, holding: Holding, in_hand: bool, latent: bool) -> None:
        situation = with_holdings(holding)
        assert agrees(play(situation, 70.0), SEEN if in_hand else 1.0)
        assert agrees(play(situation, 70.0, "latent"), SEEN if latent else 1.0)

    def test_transmitted_record_counts_after_its_lag(self) -> None:
        situation = with_holdings(Holding(0.0, 60.0, lag=4.0))
        assert agrees(play(situation, 17.0), exp(-RATE * 3.0))
        assert agrees(play(situation, 17.0, "latent"), SEEN)

    def test_timely_takes_what_came_in_soon_enough(self) -> None:
        # The goal is 30 days after the end of the scenario on day 15.
        assert agrees(play(with_holdings(Holding(0.0, 60.0, 45.0)), 90.0, "timely"), SEEN)
        assert agrees(play(with_holdings(Holding(0.0, 60.0, 45.5)), 90.0, "timely"), 1.0)
        lagging = with_holdings(Holding(0.0, 60.0, lag=32.0))
        assert agrees(play(lagging, 90.0, "timely"), exp(-RATE * 3.0))
        check = Check(45.0, "fuel", "counting", 20, 4, {"none": 1.0})
        late = replace(check, time=45.5)
        checked = replace(with_holdings(), checks=(check, late))
        assert agrees(play(checked, 90.0, "timely"), sampled(20, 5, 4, Fraction(1)))

    def test_package_collects_only_its_measures(self) -> None:
        packages = (
            Package("maintenance", "maintenance", frozenset({"camera"}), ()),
            Package("paper", "none", frozenset(), ()),
        )
        situation = replace(with_holdings(Holding(0.0, 60.0)), packages=packages)
        assert agrees(play(situation, 70.0, "maintenance"), SEEN)
        assert agrees(play(situation, 70.0, "paper"), 1.0)

    def test_custody_is_one_draw_for_each_name(self) -> None:
        holdings = (Holding(0.0, 12.0, 60.0, custody="kept"), Holding(12.0, 60.0, 60.0, custody="other"))
        situation = replace(with_holdings(*holdings), custodies={"kept": 0.5, "other": 0.25})
        answer = (0.5 + 0.5 * exp(-RATE * 2.0)) * (0.75 + 0.25 * exp(-RATE * 3.0))
        assert agrees(play(situation, 61.0), answer)


class TestChecks:
    def test_items_are_gone_one_by_one(self) -> None:
        scenario = {"steps": (Step("transfer", 1.0, 0.5),), "watches": ()}
        check = Check(17.0, "fuel", "counting", 20, 6, {"none": 0.75})
        situation = with_scenario(replace(BASE, checks=(check,)), **scenario)
        # Set up on day 11, then one item every two days: three are gone on day 17, none before day 13.
        for start, gone in ((10.0, 3), (10.5, 2), (15.0, 0), (0.0, 5)):
            answer = sampled(20, gone, 6, Fraction(3, 4))
            assert agrees(play(situation, 60.0, start=start), answer)

    @pytest.mark.parametrize(
        "fields", [{"time": 60.0}, {"stratum": "other"}, {"recognition": {"dummies": 1.0}}, {"sample": 0}]
    )
    def test_checks_that_do_not_count(self, fields: dict[str, object]) -> None:
        check = Check(20.0, "fuel", "counting", 20, 20, {"none": 1.0})
        situation = with_scenario(replace(BASE, checks=(replace(check, **fields),)), watches=())
        assert play(situation, 60.0).mean == 1.0
        assert play(replace(situation, checks=(check,)), 60.0).mean == 0.0

    def test_evidence_that_was_never_lost(self) -> None:
        planned = PlannedCheck("fuel", "identification", 20, 4, {"none": 0.5}, {}, ("identities", "seals"))
        package = Package("identify", "some sites", frozenset(), (planned,))
        situation = with_scenario(replace(BASE, packages=(package,)), watches=())
        assert agrees(play(situation, 60.0, "identify"), sampled(20, 5, 4, Fraction(1, 2)))
        gone = replace(situation, evidence_lost={"seals": 59.0})
        assert play(gone, 60.0, "identify").mean == 1.0


class TestRefusals:
    def test_scenario_that_is_not_over(self) -> None:
        with pytest.raises(ValueError, match=r"^transfer is over at 15\.0, after 14\.0; take a later time$"):
            play(BASE, 14.0)

    def test_unknown_package(self) -> None:
        message = "^no package 'visit'; take 'in hand', 'latent', 'timely' or the name of a package$"
        with pytest.raises(LookupError, match=message):
            play(BASE, 61.0, "visit")

    def test_unknown_claim(self) -> None:
        with pytest.raises(LookupError, match=r"^no claim 'other' of scenario 'transfer'$"):
            play(with_scenario(BASE, claim="other"), 61.0, "timely")

    def test_more_items_than_there_are(self) -> None:
        check = Check(20.0, "fuel", "counting", 4, 4, {"none": 1.0})
        with pytest.raises(ValueError, match=r"^4 sampled, 5 defective, of 4 items$"):
            play(replace(BASE, checks=(check,)), 61.0)


def test_same_generator_same_estimate() -> None:
    assert play(worked.shared_custody(), 71.0) == play(worked.shared_custody(), 71.0)


def test_standard_error_is_that_of_a_share() -> None:
    estimate = play(BASE, 61.0)
    assert estimate.standard_error == pytest.approx((estimate.mean * (1 - estimate.mean) / TRIALS) ** 0.5)
