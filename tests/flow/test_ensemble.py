"""Ensembles: each draw is the single assessment of its values; the same seed gives the same numbers."""

import pickle
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from watchgap.assurance import assess, build_situation
from watchgap.base.errors import OutOfRange
from watchgap.case.quantity import Quantity
from watchgap.coverage import measure_records
from watchgap.flow import Sampling, Wish, brief, load, plan, recover, unknowns_of
from watchgap.flow import ensemble as ensemble_module
from watchgap.flow import run as run_module
from watchgap.flow.ensemble import ask, draw_ensemble

ROOT = Path(__file__).resolve().parents[2]
YONGBYON = ROOT / "cases" / "yongbyon-1993"
STARTER = Path(str(files("watchgap.case").joinpath("starter")))


@pytest.mark.parametrize(
    ("case", "as_of", "until"),
    [
        pytest.param(YONGBYON, "1993-11-06", "1994-02-01", id="yongbyon"),
        pytest.param(STARTER, "2021-08-01", "2021-12-15", id="starter"),
    ],
)
def test_each_draw_is_the_single_assessment_of_its_values(case: Path, as_of: str, until: str) -> None:
    question = ask(case, as_of=as_of, until=until)
    ensemble = draw_ensemble(question, draws=8, seed=11, workers=1)
    for number, point in enumerate(question.points(draws=8, seed=11)):
        value, ledger, _ = question.drawer.draw(point)
        stated = question.loaded.case
        records = measure_records(stated, ledger, value)
        alone = assess(build_situation(stated, ledger, records, question.times, value))
        for claim, drawn in ensemble.claims.items():
            for name, curve in drawn.curves.items():
                wanted = alone.claims[claim].curves[name]
                assert np.allclose(curve[number], wanted.value, rtol=1e-9, atol=1e-12, equal_nan=True)
            posterior = alone.claims[claim].posterior
            assert np.allclose(drawn.posterior[number], posterior, rtol=1e-9, atol=1e-12, equal_nan=True)
        assert ensemble.values[number] == pytest.approx(question.drawer.draw(point).told)


def test_only_the_moment_is_the_last_day_of_all_days() -> None:
    question = ask(YONGBYON, as_of="1993-11-06")
    days = draw_ensemble(question, draws=8, workers=1)
    moment = draw_ensemble(replace(question, moment=True), draws=8, workers=1)
    assert moment.times == pytest.approx([days.times[days.now]])
    for claim, drawn in moment.claims.items():
        for name, curve in drawn.curves.items():
            assert np.allclose(curve[:, 0], days.claims[claim].curves[name][:, days.now], atol=1e-9)


def test_a_question_travels_to_another_process_as_what_was_asked() -> None:
    question = ask(STARTER, as_of="2021-08-01")
    here = draw_ensemble(question, draws=4, workers=1)
    travelled = pickle.loads(pickle.dumps(question))  # noqa: S301 - our own
    there = draw_ensemble(travelled, draws=4, workers=1)
    assert np.array_equal(here.values, there.values)
    for claim, drawn in here.claims.items():
        for name, curve in drawn.curves.items():
            assert np.array_equal(curve, there.claims[claim].curves[name], equal_nan=True)


def test_an_interrupt_leaves_the_draws_that_were_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble_module, "BLOCK", 8)

    def interrupt(done: int, _: int) -> None:
        if done >= 16:
            raise KeyboardInterrupt

    question = replace(ask(STARTER, as_of="2021-06-01"), moment=True)
    part = draw_ensemble(question, draws=32, workers=1, progress=interrupt)
    whole = draw_ensemble(question, draws=32, workers=1)
    assert (part.draws, part.wanted) == (16, 32)
    assert np.array_equal(part.values, whole.values[:16])


def test_facts_after_the_day_looked_from_are_not_used() -> None:
    early = recover(YONGBYON, as_of="1993-11-06", until="1994-01-31", sampling=Sampling(draws=16, workers=1))
    gap = next(one for one in early.claims if one.id == "gap")
    # The inspection of March 1994 brings the seals of the winter into hand; here nobody knows of it yet.
    assert early.origin.facts_used < 184
    assert all(loss.last <= early.until or not loss.happened for loss in gap.losses)


def test_a_fact_that_may_have_happened_by_the_day_has_in_its_share_of_the_draws() -> None:
    loaded = load(YONGBYON)
    day = ask(loaded, as_of="1994-03-06").now
    first, last = day - 5, day + 15
    entries = tuple(
        replace(one, first=first, last=last) if one.id in ("Y125", "Y126") else one for one in loaded.entries
    )
    question = ask(replace(loaded, entries=entries), as_of="1994-03-06")
    assert "Y125" not in {one.id for one in question.ledger.entries}
    drawn = [question.drawer.draw(point).ledger for point in question.points(draws=64, seed=3)]
    happened = [any(one.id == "Y125" for one in ledger.entries) for ledger in drawn]
    assert sum(happened) == pytest.approx(16, abs=1)
    assert all(one.when < day for ledger in drawn for one in ledger.entries if one.id == "Y125")


def test_unknowns_are_numbers_dates_and_perils() -> None:
    loaded = load(STARTER)
    names = {one.name for one in unknowns_of(STARTER).all}
    assert "hall-camera.recognition" in names
    assert "rearranging.day" in names
    assert "date.2021-11-01.2021-11-30" not in names  # a note enters no computation
    study = recover(loaded, as_of="2021-08-01", until="2021-08-02", sampling=Sampling(draws=2, workers=1))
    assert study.origin.draws == 2


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        pytest.param({"as_of": "1980-01-01"}, "as of 1980-01-01 lies outside the period", id="as of"),
        pytest.param({"until": "2001-01-01"}, "until 2001-01-01 lies outside the period", id="until"),
        pytest.param(
            {"as_of": "1993-11-06", "until": "1993-11-05"},
            "until 1993-11-05 comes before the day looked from, 1993-11-06",
            id="backwards",
        ),
        pytest.param({"as_of": "6 November"}, "is not a day", id="not a day"),
    ],
)
def test_days_out_of_range_are_named(days: dict[str, str], problem: str) -> None:
    with pytest.raises(OutOfRange, match=problem):
        recover(YONGBYON, **days, sampling=Sampling(draws=2, workers=1))


@pytest.mark.parametrize("draws", [0, 3, 1000])
def test_draws_out_of_range_are_named_before_anything_is_computed(draws: int) -> None:
    with pytest.raises(OutOfRange, match=rf"the number of draws is {draws}"):
        recover(YONGBYON, as_of="1993-11-06", sampling=Sampling(draws=draws, workers=1))


def test_an_interrupt_after_the_draws_leaves_their_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> list[object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module, "run_blocks", interrupted)
    study = brief(STARTER, as_of="2021-08-01", sampling=Sampling(draws=8, workers=1))
    claims = [one for one in study.claims if one.bands]
    assert claims
    assert all(line.interval is None for one in claims for line in one.exposures)


def test_a_draw_with_fewer_items_than_a_sample_or_a_scenario_is_computed() -> None:
    loaded = load(YONGBYON)
    few = Quantity.model_validate(
        {"uniform": [1500, 12000], "unit": "item", "source": ("MEMO",), "grade": "B"}
    )
    strata = tuple(one.model_copy(update={"items": few}) for one in loaded.case.strata)
    changed = replace(loaded, case=loaded.case.model_copy(update={"strata": strata}))
    question = replace(ask(changed, as_of="1994-06-30"), moment=True)
    ensemble = draw_ensemble(question, draws=32, workers=1)
    items = ensemble.values[:, next(one.column for one in ensemble.unknowns.all if one.name == "core.items")]
    # Scenarios need about 2,560 rods, and the check of May 1994 took 2,500.
    assert items.min() < 2500
    assert np.all(np.isfinite(ensemble.claims["gap"].curves["in hand"]))
    study = plan(
        changed, Wish(claims=("gap",), by="1993-12-31", target=0.9), sampling=Sampling(16, workers=1)
    )
    assert study.reached is not None
