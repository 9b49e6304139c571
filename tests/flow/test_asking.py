"""Inquiries: how far an answer looks, what chance has decided, and what an interrupt leaves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from watchgap.assurance import assess_many, restorable
from watchgap.case.quantity import Quantity
from watchgap.flow import LoadedCase, Sampling, asking, load, recover
from watchgap.flow.asking import Inquiry, sensitivity
from watchgap.flow.chances import Weighed, chances_of
from watchgap.flow.ensemble import ask

YONGBYON = Path(__file__).resolve().parents[2] / "cases" / "yongbyon-1993"
NOVEMBER = "1993-11-06"
PLAIN = Sampling(draws=128, workers=1)


@pytest.fixture(scope="module")
def loaded() -> LoadedCase:
    return load(YONGBYON)


def alone(loaded: LoadedCase) -> LoadedCase:
    """The same case with one device where there were several, of which each has a life of its own."""
    one = Quantity.model_validate({"value": 1, "unit": "item", "source": ("MEMO",), "grade": "B"})
    measures = tuple(
        measure.model_copy(update={"count": one}) if getattr(measure, "count", None) else measure
        for measure in loaded.case.measures
    )
    return replace(loaded, case=loaded.case.model_copy(update={"measures": measures, "correlations": ()}))


def test_a_date_of_no_return_lies_after_the_day_looked_from(loaded: LoadedCase) -> None:
    inquiry = Inquiry(claim="past", answer="no return: full-range", points=0)
    study = sensitivity(loaded, inquiry, as_of=NOVEMBER, sampling=PLAIN)
    outlook = recover(loaded, as_of=NOVEMBER, sampling=PLAIN)
    last = next(one for one in outlook.claims if one.id == "past").packages[-1].no_return.last
    seen = np.clip(last, 0.0, outlook.times[-1])
    assert study.interval.low == pytest.approx(np.quantile(seen, 0.05))
    assert study.interval.high == pytest.approx(np.quantile(seen, 0.95))
    assert study.interval.high > outlook.times[outlook.now]


def test_what_a_device_could_tell_averages_to_what_is_known(loaded: LoadedCase) -> None:
    question = replace(ask(alone(loaded), as_of=NOVEMBER), moment=True)
    points = question.points(draws=8, seed=5)
    drawn = assess_many(list(question.situations(points))).claims["gap"]
    chances = chances_of(question, question.at_medians())
    weighed = Weighed(question, "gap", chances)(points)
    assert {chance.measure for chance in chances} == {"reactor-cameras", "laboratory-cameras"}
    packages = [one.name for one in question.at_medians().packages]
    for probability, assurance in weighed.values():
        assert probability.sum(axis=0) == pytest.approx(1.0)
        mean = (probability[:, None, :] * assurance).sum(axis=0)
        for name, one in zip(packages, mean, strict=True):
            # The worst scenario may change with what is learned, so the mean may only be the greater.
            assert np.all(one >= drawn.curves[restorable(name)][:, -1] - 1e-6)
        assert mean[0] == pytest.approx(drawn.curves[restorable("maintenance")][:, -1], abs=1e-6)


def test_spans_leave_no_time_of_death_out(loaded: LoadedCase) -> None:
    question = replace(ask(loaded, as_of=NOVEMBER), moment=True)
    for chance in chances_of(question, question.at_medians()):
        assert chance.spans[0][0] == -np.inf
        assert chance.spans[-1] == (question.now, np.inf)
        assert chance.outcomes[-1] == "it still works"
        assert all(one[1] == two[0] for one, two in zip(chance.spans, chance.spans[1:], strict=False))


def test_a_device_that_some_draws_have_not_put_in_place_tells_nothing_there(loaded: LoadedCase) -> None:
    cameras = {"reactor-cameras", "laboratory-cameras"}
    day = ask(loaded, as_of="1992-10-20").now
    entries = tuple(
        replace(one, first=0.0, last=day + 10) if one.kind == "installed" else one
        for one in loaded.entries
        if one.kind == "installed" or cameras.isdisjoint(one.subjects)
    )
    question = replace(ask(replace(loaded, entries=entries), as_of="1992-10-20"), moment=True)
    chances = chances_of(question, question.at_medians())
    assert chances
    for probability, _ in Weighed(question, "past", chances)(question.points(draws=32, seed=7)).values():
        assert probability.sum(axis=0) == pytest.approx(1.0)


def test_an_interrupt_leaves_the_answers_that_were_computed(
    loaded: LoadedCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = asking._values
    monkeypatch.setattr(asking, "_values", lambda *given: values(*given)[:128])
    more = Sampling(draws=256, workers=1)
    study = sensitivity(loaded, Inquiry(claim="gap", points=0), as_of=NOVEMBER, sampling=more)
    monkeypatch.undo()
    whole = sensitivity(loaded, Inquiry(claim="gap", points=0), as_of=NOVEMBER, sampling=PLAIN)
    assert study.interval == whole.interval
    assert study.swings == whole.swings != ()
