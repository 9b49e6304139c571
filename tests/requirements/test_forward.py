"""What would settle it, how surely, and until when: on the real case."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import watchgap as wg

CASE = Path(__file__).resolve().parents[2] / "cases" / "yongbyon-1993"
MEMO = "1993-11-06"
FEW = wg.Sampling(draws=256, workers=2)


@pytest.fixture(scope="module")
def loaded() -> wg.LoadedCase:
    return wg.load(CASE)


@pytest.fixture(scope="module")
def memo(loaded: wg.LoadedCase) -> wg.RecoveryStudy:
    return wg.recover(loaded, as_of=MEMO, sampling=FEW)


@pytest.fixture(scope="module")
def june(loaded: wg.LoadedCase) -> wg.RecoveryStudy:
    return wg.recover(loaded, as_of="1994-06-30", sampling=FEW)


def days_of(study: wg.RecoveryStudy, claim: str, package: str) -> dict[float, date | None]:
    chosen = next(one for one in study.claims if one.id == claim)
    wanted = next(one for one in chosen.packages if one.id == package)
    return {one.sureness: one.day for one in wanted.dates}


@pytest.mark.requirement("M20")
def test_the_date_of_no_return_of_maintenance_is_spread_around_the_memo(memo: wg.RecoveryStudy) -> None:
    days = days_of(memo, "gap", "maintenance")
    early, late = days[0.95], days[0.05]
    assert early is not None
    assert late is not None
    assert early < date.fromisoformat(MEMO) < late
    assert (late - early).days > 30


@pytest.mark.requirement("M20")
def test_the_last_day_of_the_full_range_for_the_past_is_not_known_ahead(memo: wg.RecoveryStudy) -> None:
    past = next(one for one in memo.claims if one.id == "past")
    full = next(one for one in past.packages if one.id == "full-range")
    finite = full.no_return.last[np.isfinite(full.no_return.last)]
    assert 0.05 < full.no_return.still_open < 0.95
    assert np.ptp(finite) > 30
    assert past.losses[0].entry == "refuelling"


@pytest.mark.requirement("R13")
def test_maintenance_does_in_some_draws_what_the_full_range_does_in_all(memo: wg.RecoveryStudy) -> None:
    gap = next(one for one in memo.claims if one.id == "gap")
    chances = {one.id: one.probability_now for one in gap.packages}
    assert 0.05 < chances["maintenance"] < 0.95
    assert chances["full-range"] == 1.0
    assert sum(gap.states_now.values()) == pytest.approx(1.0)
    assert gap.states_now["irretrievable"] == 0.0


@pytest.mark.requirement("R13")
def test_the_past_is_irretrievable_in_june_by_what_was_lost_in_may(june: wg.RecoveryStudy) -> None:
    past = next(one for one in june.claims if one.id == "past")
    assert past.state == "irretrievable"
    assert past.states_now["irretrievable"] == 1.0
    loss = next(one for one in past.losses if one.entry == "Y156")
    assert (loss.first, loss.last) == (date(1994, 5, 27), date(1994, 6, 2))
    assert "1994-05-27 and 1994-06-02" in past.sentence
    for day in days_of(june, "past", "full-range").values():
        assert day is not None
        assert date(1994, 5, 25) <= day <= date(1994, 6, 2)


@pytest.mark.requirement("R12")
def test_numbers_do_not_depend_on_the_number_of_workers(loaded: wg.LoadedCase) -> None:
    alone = wg.brief(loaded, as_of=MEMO, sampling=wg.Sampling(draws=256, seed=7, workers=1))
    both = wg.brief(loaded, as_of=MEMO, sampling=wg.Sampling(draws=256, seed=7, workers=2))
    other = wg.brief(loaded, as_of=MEMO, sampling=wg.Sampling(draws=256, seed=8, workers=2))
    assert wg.study_json(alone) == wg.study_json(both)
    assert alone.digest != other.digest


@pytest.mark.requirement("R12")
def test_every_curve_has_its_band_and_every_number_its_interval(loaded: wg.LoadedCase) -> None:
    plain = wg.brief(loaded, as_of=MEMO)
    study = wg.brief(loaded, as_of=MEMO, sampling=FEW)
    for claim, before in zip(study.claims, plain.claims, strict=True):
        if claim.state != "computed":
            continue
        assert set(claim.bands) == {*claim.curves, "posterior"}
        for name, band in claim.bands.items():
            begun = np.isfinite(band.middle)
            assert np.all(band.low[begun] <= band.middle[begun]), name
            assert np.all(band.middle[begun] <= band.high[begun]), name
        for name, headline in claim.headlines.items():
            assert headline.value == before.headlines[name].value
            assert headline.interval is not None
        assert claim.posterior_headline.interval is not None
        assert claim.exposures[-1].interval is not None


@pytest.mark.requirement("R14")
def test_the_plan_for_the_gap_takes_less_than_the_package_and_is_proved(loaded: wg.LoadedCase) -> None:
    study = wg.plan(loaded, wg.Wish(claims=("gap",), by="1993-12-31", target=0.9))
    plan = study.plan
    package = next(one for one in wg.brief(loaded, as_of="1993-12-31").packages if one.id == "full-range")
    assert plan.status == "optimal"
    assert plan.bound == pytest.approx(plan.effort)
    assert plan.effort < package.effort
    assert all(1 - threat.after >= 0.9 - 1e-9 for threat in plan.threats)


@pytest.mark.requirement("R14")
def test_what_no_plan_can_reach_is_named(loaded: wg.LoadedCase) -> None:
    study = wg.plan(loaded, wg.Wish(claims=("past",), by="1994-06-30", target=0.9))
    assert study.plan.status == "unreachable"
    (shortfall,) = study.plan.shortfalls
    assert shortfall.scenario == "past/earlier-core/before/replaced-core"
    assert shortfall.best == 0.0


@pytest.mark.requirement("R15")
def test_until_when_the_cameras_worked_is_worth_asking_for(loaded: wg.LoadedCase) -> None:
    study = wg.sensitivity(loaded, wg.Inquiry(claim="gap", points=0), as_of=MEMO, sampling=FEW)
    asked = [one.name for one in study.questions[: study.worth_asking]]
    assert 1 <= len(asked) <= 3
    assert "reactor-cameras" in asked
    nothing = next(one for one in study.questions if one.name == "completeness.prior.probability")
    assert nothing.name not in asked
    assert nothing.saved_effort <= nothing.saved_effort_noise or nothing.saved_effort < 0.5
