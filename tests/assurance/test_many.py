"""Many draws assessed together, against each of them assessed alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.testing import assert_allclose

from watchgap.assurance import Assessment, Scenario, Situation, assess, assess_many, build_situation
from watchgap.assurance.record import Check, FloatArray, Pass, PlannedCheck, Watch
from watchgap.base.errors import OutOfRange
from watchgap.case.quantity import Quantity
from watchgap.coverage import MeasureRecord, measure_records
from watchgap.coverage.record import Holding, Life
from watchgap.detection.record import (
    ExponentialResponse,
    LifeModel,
    LifePart,
    Response,
    SealResponse,
    SteppedResponse,
    TableLife,
)
from watchgap.flow import load
from watchgap.testing.strategies import examples, situations

CASES = Path(__file__).parents[2] / "cases"
STARTER = Path(str(files("watchgap.case").joinpath("starter")))


# ---------------------------------------------------------------- a situation with other numbers


def chance(old: float, generator: Generator) -> float:
    return float(np.clip(old * generator.uniform(0.6, 1.3), 0.0, 1.0))


def varied(situation: Situation, generator: Generator) -> Situation:
    """The same structure with other numbers everywhere, and events in another order."""
    records = {name: _record(record, generator) for name, record in situation.records.items()}
    packages = tuple(
        replace(one, checks=tuple(_sampled(check, generator) for check in one.checks))
        for one in situation.packages
    )
    claims = tuple(
        replace(
            one,
            prior=replace(one.prior, hazard=one.prior.hazard * generator.uniform(0.5, 2.0)),
            timeliness={name: goal * generator.uniform(0.2, 1.5) for name, goal in one.timeliness.items()},
        )
        for one in situation.claims
    )
    return replace(
        situation,
        claims=claims,
        scenarios=tuple(_scenario(one, generator) for one in situation.scenarios),
        records=records,
        checks=tuple(
            replace(_sampled(one, generator), time=one.time + generator.uniform(-4.0, 4.0))
            for one in situation.checks
        ),
        packages=packages,
        custodies={name: chance(one, generator) for name, one in situation.custodies.items()},
        evidence_lost={
            name: time + generator.uniform(-9.0, 9.0) for name, time in situation.evidence_lost.items()
        },
    )


def _sampled(check: Any, generator: Generator) -> Any:
    tables = {"recognition": {name: chance(one, generator) for name, one in check.recognition.items()}}
    if isinstance(check, PlannedCheck):
        tables["without_evidence"] = {
            name: chance(one, generator) for name, one in check.without_evidence.items()
        }
    sample = int(np.clip(check.sample + generator.integers(-1, 2), 0, check.population))
    return replace(check, sample=sample, **tables)


def _scenario(scenario: Scenario, generator: Generator) -> Scenario:
    steps = tuple(
        replace(
            one, setup=one.setup * generator.uniform(0.5, 1.5), rate=one.rate * generator.uniform(0.7, 1.4)
        )
        for one in scenario.steps
    )
    return replace(
        scenario,
        items=int(np.clip(scenario.items + generator.integers(-1, 2), 1, scenario.population)),
        steps=steps,
        watches=tuple(_watch(one, generator) for one in scenario.watches),
        weight=generator.uniform(0.5, 2.0),
    )


def _watch(watch: Watch, generator: Generator) -> Watch:
    factor = generator.uniform(0.7, 1.4)
    passes = tuple(replace(one, response=_response(one.response, factor)) for one in watch.passes)
    return replace(
        watch,
        blind_spot=chance(watch.blind_spot, generator),
        count=int(generator.integers(1, 4)),
        passes=passes,
    )


def _response(response: Response, factor: float) -> Response:
    match response:
        case ExponentialResponse(rate):
            return ExponentialResponse(rate * factor)
        case SteppedResponse(spacing, recognition):
            return SteppedResponse(spacing * factor, min(1.0, recognition / factor))
        case SealResponse(recognition):
            return SealResponse(min(1.0, recognition * factor))


def _record(record: MeasureRecord, generator: Generator) -> MeasureRecord:
    """The record with its dates moved together, longer or shorter lives, and other delays."""
    shift, delay = generator.uniform(0.0, 3.0), generator.uniform(0.0, 6.0)

    def holding(old: Holding) -> Holding:
        lag = None if old.lag is None else old.lag * delay / 3
        ends, lost = old.ends + shift, old.lost + shift
        return replace(
            old, begins=old.begins + shift, ends=ends, lost=lost, in_hand=old.in_hand + delay, lag=lag
        )

    def part(old: LifePart, factor: float) -> LifePart:
        if isinstance(old, TableLife):
            return old
        name = next(one for one in ("length", "mean", "scale", "median") if hasattr(old, one))
        return replace(old, **{name: getattr(old, name) * factor})

    def life(old: Life) -> Life:
        factor = generator.uniform(0.8, 1.25)
        findings = tuple(
            replace(
                one, known=one.known + delay, alive_until=one.alive_until + shift, dead_by=one.dead_by + shift
            )
            for one in old.findings
        )
        parts = tuple(part(one, factor) for one in old.model.parts)
        return replace(
            old,
            begins=old.begins + shift,
            ends=old.ends + shift,
            model=replace(old.model, parts=parts),
            findings=findings,
            holdings=tuple(holding(one) for one in old.holdings),
        )

    return replace(record, lives=tuple(life(one) for one in record.lives))


# ---------------------------------------------------------------- the comparison


def require_equal(draws: Sequence[Situation]) -> None:
    together = assess_many(draws)
    for row, draw in enumerate(draws):
        alone: Assessment = assess(draw)
        assert list(together.claims) == list(alone.claims)
        for name, claim in alone.claims.items():
            bundle = together.claims[name]
            assert list(bundle.curves) == list(claim.curves)
            for curve in claim.curves.values():
                assert_allclose(bundle.curves[curve.name][row], curve.value, rtol=1e-9, atol=1e-12)
                _require_binding(bundle.binding[curve.name][row], curve.binding, curve.value)
            assert_allclose(bundle.posterior[row], claim.posterior, rtol=1e-9, atol=1e-12)
            assert_allclose(bundle.prior[row], claim.prior, rtol=1e-9, atol=1e-12)


def _require_binding(one: Any, other: Any, value: FloatArray) -> None:
    """The same scenario binds, except where several are noticed for certain or not at all."""
    plain = (value > 1e-9) & (value < 1 - 1e-9)
    assert one[plain].tolist() == other[plain].tolist()
    assert ((one < 0) == (other < 0)).all()


@examples(25)
@given(situation=situations(), seed=st.integers(0, 2**32 - 1))
def test_together_as_alone(situation: Situation, seed: int) -> None:
    generator = np.random.default_rng(seed)
    require_equal([situation, *(varied(situation, generator) for _ in range(3))])


def drawn(folder: Path, times: FloatArray, count: int) -> list[Situation]:
    loaded = load(folder)
    ledger, generator = loaded.ledger(), np.random.default_rng(7)
    draws: list[Situation] = []
    for _ in range(count):
        shares: dict[int, float] = {}

        def value(quantity: Quantity, shares: dict[int, float] = shares) -> float:
            return quantity.at(shares.setdefault(id(quantity), float(generator.uniform(0.02, 0.98))))

        records = measure_records(loaded.case, ledger, value)
        draws.append(build_situation(loaded.case, ledger, records, times, value))
    return draws


@pytest.mark.parametrize(
    ("folder", "times"),
    [
        pytest.param(CASES / "yongbyon-1993", np.arange(350.0, 789.0, 7.0), id="yongbyon"),
        pytest.param(STARTER, np.arange(20.0, 341.0, 20.0), id="starter"),
    ],
)
def test_drawn_numbers_of_a_case(folder: Path, times: FloatArray) -> None:
    require_equal(drawn(folder, times, 12))


def test_lives_that_differ_in_number(situation: Callable[..., Situation], scenario: Any, watch: Any) -> None:
    """Draws of other structure are computed apart, and each stands in its own row."""
    camera = watch("camera", Pass(0, ExponentialResponse(0.2)))

    def made(visits: Sequence[float], lag: float | None = None) -> Situation:
        lives = tuple(
            Life(a, b, LifeModel(), (), (Holding(a, b, in_hand=b + 2.0, lag=lag),))
            for a, b in zip((0.0, *visits), (*visits, 60.0), strict=True)
        )
        return situation(
            scenario(watches=(camera,)),
            times=np.arange(5.0, 60.0, 5.0),
            records=(MeasureRecord("camera", "camera", lives),),
        )

    require_equal(
        [made((20.0, 40.0)), made(()), made((33.0,)), made((10.0, 20.0), lag=4.0), made((41.0, 50.0))]
    )


def test_many_plans_climb_one_ladder(situation: Callable[..., Situation], scenario: Any) -> None:
    checks = tuple(Check(12.0 + 3 * n, "fuel", "counting", 20, n, {"none": 0.04 * n}) for n in range(20))
    one = situation(scenario(), times=np.arange(6.0, 90.0, 6.0), checks=checks)
    fewer = situation(scenario(), times=np.arange(6.0, 90.0, 6.0), checks=checks[:3])
    require_equal([one, fewer, one])


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"times": np.array([9.0])}, "draw 1 has other times"),
        ({"scenarios": ()}, "draw 1 has other scenarios than draw 0 .taken."),
        ({"claims": ()}, "draw 1 has other claims than draw 0 .gap."),
    ],
)
def test_draws_of_different_cases_are_refused(
    situation: Callable[..., Situation], scenario: Any, changes: dict[str, Any], words: str
) -> None:
    one = situation(scenario(), times=(6.0, 9.0))
    with pytest.raises(OutOfRange, match=words):
        assess_many([one, replace(one, **changes)])


def test_no_draw_is_refused() -> None:
    with pytest.raises(OutOfRange, match="no situation"):
        assess_many([])
