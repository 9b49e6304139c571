"""The sweep through time over the starting case, against the plain computation and against itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from watchgap.assurance import Assessment, Scenario, Situation, assess, build_situation, nondetection
from watchgap.assurance.grid import SAME_TIME, finished_starts
from watchgap.assurance.record import Watch
from watchgap.coverage import measure_records
from watchgap.detection.record import ExponentialResponse, Response, SteppedResponse
from watchgap.flow import LoadedCase, load
from watchgap.ledger import Entry, Ledger

STARTER = Path(str(files("watchgap.case").joinpath("starter")))
TIMES = np.arange(20.0, 341.0, 20.0)
# Where a start is added to the grid, a maximum between two starts can become a little greater.
BETWEEN_STARTS = 2e-3


def fact(kind: str, subject: str, first: float, last: float | None = None, **detail: str) -> Entry:
    return Entry(
        id=f"{kind}-{subject}-{first}",
        kind=kind,
        subjects=(subject,),
        first=first,
        last=first if last is None else last,
        timing="at" if last is None else "during",
        recorded=date(2021, 12, 31),
        sources=("invented",),
        grade="A",
        detail=detail,
    )


# The starting case, made busier: a record of every fate, losses, and a second check.
MORE = (
    fact("collected", "gate-monitor", 60.0),
    fact("tampered", "gate-monitor", 130.0),
    fact("collected", "gate-monitor", 300.0),
    fact("verified", "hatch-seal", 220.0),
    fact("checked", "assemblies", 255.0, activity="counting", sample="120"),
    fact("lost", "loading-map", 262.0),
    fact("serviced", "hall-camera", 310.0, record="left"),
)


@pytest.fixture(scope="module")
def loaded() -> LoadedCase:
    return load(STARTER)


@pytest.fixture(scope="module")
def ledger(loaded: LoadedCase) -> Ledger:
    known = loaded.ledger()
    entries = sorted((*known.entries, *MORE), key=lambda entry: entry.when)
    return replace(known, entries=tuple(entries))


Make = Callable[..., Situation]


def kept(scenario: Scenario) -> bool:
    return scenario.concealment == "dummies" or scenario.name.endswith("abrupt/half-the-pins")


def dim(watch: Watch) -> Watch:
    """The measure with a response so weak that no value is next to 0 or 1."""

    def dimmed(response: Response) -> Response:
        match response:
            case ExponentialResponse(rate):
                return ExponentialResponse(0.004 * rate)
            case SteppedResponse(spacing, recognition):
                return SteppedResponse(spacing, 0.1 * recognition)
        return response

    passes = tuple(replace(one, response=dimmed(one.response)) for one in watch.passes)
    return replace(watch, passes=passes)


def busy(scenario: Scenario) -> Scenario:
    """The scenario, possible only in a part of the year, so that it does not stay unseen at its end."""
    if scenario.past:
        return scenario
    watches = tuple(dim(watch) for watch in scenario.watches)
    return replace(scenario, windows=((20.0, 60.0), (62.5, 170.0)), watches=watches)


@pytest.fixture(scope="module")
def make(loaded: LoadedCase, ledger: Ledger) -> Make:
    def made(times: Any = TIMES, known: Ledger = ledger) -> Situation:
        records = measure_records(loaded.case, known)
        situation = build_situation(loaded.case, known, records, np.asarray(times, dtype=np.float64))
        return replace(situation, scenarios=tuple(busy(one) for one in situation.scenarios if kept(one)))

    return made


@pytest.fixture(scope="module")
def situation(make: Make) -> Situation:
    return make()


@pytest.fixture(scope="module")
def answer(situation: Situation) -> Assessment:
    return assess(situation)


Row = NDArray[np.float64]


def curves(answer: Assessment) -> dict[tuple[str, ...], Row]:
    rows: dict[tuple[str, ...], Row] = {}
    for name, claim in answer.claims.items():
        rows |= {(name, "all", curve.name): curve.value for curve in claim.curves.values()}
        rows[name, "all", "posterior"], rows[name, "all", "prior"] = claim.posterior, claim.prior
        for stratum, listed in claim.by_stratum.items():
            rows |= {(name, stratum, curve.name): curve.value for curve in listed.values()}
    return rows


def test_the_case_is_busy(situation: Situation, answer: Assessment) -> None:
    for name in ("in hand", "timely", "latent", "restorable: full-inspection"):
        values = curves(answer)["nothing-taken", "all", name]
        assert len(set(values.round(6).tolist())) > 3, name
    assert {one.custody for life in situation.records["gate-monitor"].lives for one in life.holdings} == {
        None,
        "kept-by-operator",
    }
    assert [one.past for one in situation.scenarios] == [False, False, False, True]
    assert set(situation.evidence_lost or {}) == {"loading-map"}


def test_every_curve_is_the_worst_of_all_starts_by_the_plain_rule(
    situation: Situation, answer: Assessment
) -> None:
    for place in range(0, len(TIMES), 4):
        time = float(TIMES[place])
        worst: dict[tuple[str, str], float] = {}
        for scenario in situation.scenarios:
            starts = finished_starts(situation, scenario)
            starts = starts[scenario.past | (starts + scenario.duration <= time + SAME_TIME)]
            for name in answer.claims[scenario.claim].curves:
                key = scenario.claim, name
                beta = nondetection(situation, scenario, starts, time, name)
                worst[key] = max(worst.get(key, 0.0), float(beta.max(initial=0.0)))
        for (claim, name), beta in worst.items():
            value = answer.claims[claim].curves[name].value[place]
            assert value == pytest.approx(1 - beta, abs=1e-9), (claim, name, time)


def test_what_binds_attains_the_curve(situation: Situation, answer: Assessment) -> None:
    for claim in answer.claims.values():
        for name, curve in claim.curves.items():
            for place, time in enumerate(TIMES.tolist()):
                if curve.binding[place] < 0:
                    assert (time, curve.value[place]) == (20.0, 1.0)
                    continue
                scenario = situation.scenarios[curve.binding[place]]
                start = curve.start[place : place + 1]
                beta = nondetection(situation, scenario, start, time, name)
                assert 1 - beta[0] == pytest.approx(curve.value[place], abs=1e-9), (name, time)
                assert scenario.past or start[0] + scenario.duration <= time + 1e-6


@pytest.mark.parametrize("kept", [slice(3, None, 5), slice(None, None, 16), slice(len(TIMES) - 1, None)])
def test_fewer_times_give_the_same_values(make: Make, answer: Assessment, kept: slice) -> None:
    # The last time lays out the grid of starts, so it is kept.
    times = np.union1d(TIMES[kept], TIMES[-1:])
    place = np.searchsorted(TIMES, times)
    rows = curves(answer)
    for name, row in curves(assess(make(times))).items():
        assert row.tolist() == rows[name][place].tolist(), name


def test_an_earlier_last_time_changes_nothing_before(make: Make, answer: Assessment) -> None:
    rows = curves(answer)
    for name, row in curves(assess(make(TIMES[:9]))).items():
        assert row == pytest.approx(rows[name][:9], abs=1e-12), name


def test_times_between_days_change_hardly_anything(make: Make, answer: Assessment) -> None:
    times = np.union1d(TIMES, TIMES[:-1] + 7.3)
    place = np.searchsorted(times, TIMES)
    rows = curves(answer)
    for name, row in curves(assess(make(times))).items():
        assert row[place] == pytest.approx(rows[name], abs=BETWEEN_STARTS), name


def test_scenarios_have_no_order(situation: Situation, answer: Assessment) -> None:
    turned = assess(replace(situation, scenarios=situation.scenarios[::-1]))
    rows = curves(answer)
    for name, row in curves(turned).items():
        exact = not name[2].startswith(("posterior", "prior"))
        assert row == pytest.approx(rows[name], abs=0.0 if exact else 1e-15), name


def test_scenarios_one_by_one(situation: Situation, answer: Assessment) -> None:
    alone = [curves(assess(replace(situation, scenarios=(one,)))) for one in situation.scenarios]
    for (claim, stratum, name), row in curves(answer).items():
        if name in {"posterior", "prior"}:
            continue
        weakest = np.min([one[claim, stratum, name] for one in alone], axis=0)
        assert row.tolist() == weakest.tolist(), (claim, stratum, name)


@pytest.mark.parametrize("time", [60.0, 130.0, 200.0, 262.0, 300.0, 310.0])
def test_no_day_sees_a_later_fact(make: Make, ledger: Ledger, answer: Assessment, time: float) -> None:
    """Without all facts of a day and later, what is said up to that day is the same.

    A custody alone is looked at from its beginning: from then on the record lies with the operator.
    """
    known = [entry for entry in ledger.entries if min(entry.when, entry.first) < time]
    before = time >= TIMES
    rows = curves(answer)
    for name, row in curves(assess(make(TIMES[before], replace(ledger, entries=tuple(known))))).items():
        assert row == pytest.approx(rows[name][before], abs=1e-9), name


def test_no_start_sees_a_later_fact(make: Make, ledger: Ledger, situation: Situation) -> None:
    for time in (60.0, 130.0, 262.0, 310.0):
        known = [entry for entry in ledger.entries if min(entry.when, entry.first) < time]
        earlier = make(np.array([time]), replace(ledger, entries=tuple(known)))
        for number, scenario in enumerate(situation.scenarios):
            starts = np.linspace(scenario.since, max(time - scenario.duration, scenario.since), 40)
            starts = starts if scenario.since + scenario.duration <= time else starts[:0]
            for holding in ("in hand", "latent", "timely", "restorable: full-inspection"):
                then = nondetection(earlier, earlier.scenarios[number], starts, time, holding)
                now = nondetection(situation, scenario, starts, time, holding)
                assert now == pytest.approx(then, abs=1e-14), (scenario.name, holding, time)
