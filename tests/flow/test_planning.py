"""Plans on whole cases: the engine agrees with what a plan promises, and draws with how surely it does it."""

from dataclasses import replace
from pathlib import Path

import pytest

from watchgap.base.errors import OutOfRange
from watchgap.case.quantity import Quantity
from watchgap.case.record import PackageActivity
from watchgap.flow import Limits, LoadedCase, Sampling, Wish, brief, load, plan
from watchgap.study import PlanStudy

CASE = Path(__file__).resolve().parents[2] / "cases" / "yongbyon-1993"
YEAR_END = "1993-12-31"
GAP = Wish(claims=("gap",), by=YEAR_END, target=0.9)


@pytest.fixture(scope="module")
def loaded() -> LoadedCase:
    return load(CASE)


@pytest.fixture(scope="module")
def gap(loaded: LoadedCase) -> PlanStudy:
    return plan(loaded, GAP)


def items(count: int) -> Quantity:
    return Quantity.model_validate({"value": count, "unit": "item", "source": ("MEMO",), "grade": "B"})


def with_plan(loaded: LoadedCase, study: PlanStudy) -> LoadedCase:
    """The case with the samples of a plan in place of those of its package."""
    lines = tuple(
        PackageActivity(activity=line.activity, stratum=line.stratum, sample=items(line.sample))
        for line in study.plan.lines
    )
    packages = tuple(
        package.model_copy(update={"activities": lines}) if package.id == study.plan.access else package
        for package in loaded.case.packages
    )
    return replace(loaded, case=loaded.case.model_copy(update={"packages": packages}))


@pytest.mark.parametrize("target", [0.8, 0.9, 0.99])
def test_the_engine_finds_what_the_plan_promises(loaded: LoadedCase, target: float) -> None:
    study = plan(loaded, replace(GAP, target=target))
    claim = brief(with_plan(loaded, study), as_of=YEAR_END).claim("gap")
    headline = claim.restorable(study.plan.access)
    assert headline.value == pytest.approx(study.plan.assurance, abs=1e-9)
    assert headline.binding is not None
    assert headline.binding.scenario == study.plan.binding
    package = next(
        one for one in brief(with_plan(loaded, study), as_of=YEAR_END).packages if one.id == study.plan.access
    )
    assert package.effort == pytest.approx(study.plan.effort)


def test_one_item_less_would_miss_the_target(loaded: LoadedCase, gap: PlanStudy) -> None:
    (line,) = gap.plan.lines
    less = replace(
        gap, plans=tuple(replace(one, lines=(replace(line, sample=line.sample - 1),)) for one in gap.plans)
    )
    value = brief(with_plan(loaded, less), as_of=YEAR_END).claim("gap").restorable("full-range").value
    assert value is not None
    assert value < 0.9


def test_draws_of_the_plan_are_those_of_the_engine(loaded: LoadedCase, gap: PlanStudy) -> None:
    sampling = Sampling(draws=64, workers=1)
    drawn = plan(loaded, GAP, sampling=sampling)
    study = brief(with_plan(loaded, gap), as_of=YEAR_END, sampling=sampling)
    band = study.claim("gap").bands["restorable: full-range"]
    # The package of the case has a sample that is itself an unknown, so the points are not quite the same.
    assert drawn.assurance is not None
    assert drawn.assurance.middle == pytest.approx(float(band.middle[-1]), abs=0.03)
    assert drawn.reached is not None
    assert 0.3 < drawn.reached < 0.7


def test_a_sure_plan_does_it_in_so_many_draws_and_takes_more(loaded: LoadedCase, gap: PlanStudy) -> None:
    sure = plan(loaded, replace(GAP, sureness=0.95), sampling=Sampling(draws=128, workers=1))
    assert sure.reached is not None
    assert sure.reached >= 0.95
    assert sure.margin is not None
    assert 0 < sure.margin < 1
    assert sure.plan.effort > gap.plan.effort
    with pytest.raises(OutOfRange, match="cannot be sure without draws"):
        plan(loaded, replace(GAP, sureness=0.95))


def test_what_cannot_be_done_surely_is_said(loaded: LoadedCase) -> None:
    wish = Wish(claims=("past",), by="1994-06-30", sureness=0.9)
    study = plan(loaded, wish, sampling=Sampling(draws=16, workers=1))
    assert study.plan.status == "unreachable"
    assert study.reached == 0.0


def test_the_lattice_of_access(loaded: LoadedCase) -> None:
    every = plan(loaded, GAP)
    assert [one.access for one in every.plans] == ["maintenance", "five-plus-two", "full-range"]
    low = plan(loaded, replace(GAP, access="some sites"))
    assert [one.access for one in low.plans] == ["maintenance", "five-plus-two"]
    assert low.plan.status == "unreachable"
    assert low.plan.lines == ()
    one = plan(loaded, replace(GAP, access="full-range"))
    assert one.plan == every.plan


def test_several_claims_at_once(loaded: LoadedCase, gap: PlanStudy) -> None:
    both = plan(loaded, Wish(by=YEAR_END, target=0.9))
    past = plan(loaded, Wish(claims=("past",), by=YEAR_END, target=0.9))
    assert both.claims == ("gap", "past")
    assert both.plan.status == "optimal"
    assert both.plan.effort >= max(past.plan.effort, gap.plan.effort)
    assert both.plan.effort <= past.plan.effort + gap.plan.effort - gap.plan.visit_effort + 1e-9
    assert {line.activity for line in both.plan.lines} >= {"rod-history"}


def test_caps_bind_or_are_named(loaded: LoadedCase, gap: PlanStudy) -> None:
    without = plan(loaded, GAP, Limits(most={"count-and-seal-check": 10}))
    assert without.plan.status == "optimal"
    assert without.plan.effort > gap.plan.effort
    assert all(line.sample <= 10 for line in without.plan.lines if line.activity == "count-and-seal-check")
    over = plan(loaded, GAP, Limits(person_days=25))
    assert over.plan.status == "over a cap"
    assert "effort: at most 25" in over.plan.over[0]


def test_an_open_anomaly_has_no_plan(loaded: LoadedCase) -> None:
    with pytest.raises(OutOfRange, match="claim 'gap' has no number on that day: anomaly 'laboratory-seals"):
        plan(loaded, replace(GAP, by="1994-04-15"))


def test_lost_evidence_is_named(loaded: LoadedCase) -> None:
    study = plan(loaded, Wish(claims=("past",), by="1994-06-30"))
    assert (
        "rod-history lacks 'Which rod sat where in the core', which is lost" in study.plan.shortfalls[0].why
    )
