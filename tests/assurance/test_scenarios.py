"""What a case and its facts become as numbers."""

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from watchgap.assurance import Situation, build_situation
from watchgap.assurance.record import Contradiction, Step
from watchgap.case.record import Case, Window
from watchgap.coverage import NEVER, measure_records
from watchgap.detection import recognition
from watchgap.detection.record import ExponentialResponse, Instrument, SealResponse, SteppedResponse
from watchgap.flow import LoadedCase, load
from watchgap.ledger import Entry, Ledger

STARTER = Path(str(files("watchgap.case").joinpath("starter")))
Make = Callable[..., Situation]


def fact(kind: str, subjects: str, when: float, **detail: str) -> Entry:
    return Entry(
        id=f"{kind}-{subjects}-{when}",
        kind=kind,
        subjects=tuple(subjects.split(";")),
        first=when,
        last=when,
        timing="at",
        recorded=date(2021, 12, 31),
        sources=("invented",),
        grade="A",
        detail=detail,
    )


@pytest.fixture(scope="module")
def loaded() -> LoadedCase:
    return load(STARTER)


@pytest.fixture(scope="module")
def build(loaded: LoadedCase) -> Make:
    def made(*facts: Entry, case: Case | None = None) -> Situation:
        case = case or loaded.case
        ledger = Ledger(tuple(sorted(facts, key=lambda one: one.when)), {}, 0, "")
        return build_situation(case, ledger, measure_records(case, ledger), np.array([100.0]))

    return made


def second_stratum(case: Case) -> Case:
    other = case.strata[0].model_copy(update={"id": "scrap", "name": "scrap"})
    claims = tuple(
        claim.model_copy(update={"strata": ("assemblies", "scrap")}) if claim.kind == "gap" else claim
        for claim in case.claims
    )
    return case.model_copy(update={"strata": (case.strata[0], other), "claims": claims})


def test_every_way_is_a_scenario(build: Make) -> None:
    found = build().scenarios
    assert [one.name for one in found] == [
        f"nothing-taken/out-by-cask/{rate}/{hidden}"
        for rate in ("abrupt", "protracted")
        for hidden in ("open-removal", "dummies", "half-the-pins")
    ] + [f"as-declared/never-there/once/{hidden}" for hidden in ("dummies", "half-the-pins")]
    # 8 kg in assemblies of 0.157 kg (the median of their distribution).
    assert [one.items for one in found] == [51, 51, 102, 51, 51, 102, 51, 102]
    assert {one.population for one in found} == {240}
    assert [one.past for one in found] == [False] * 6 + [True] * 2
    assert found[0].steps == (
        Step("into-the-cask", 1.0, 20.0, 0.0),
        Step("out-of-the-gate", pytest.approx(1 / 12), 60.0, 1.75),
    )
    assert found[0].duration == pytest.approx(1.0 + 51 / 20 + 1.75 + 1 / 12 + 51 / 60)
    assert found[-1].watches == ()
    assert found[-1].duration == 0.0


def test_measures_beside_a_route(build: Make) -> None:
    watches = {watch.measure: watch for watch in build().scenarios[0].watches}
    camera, seal, monitor, satellite = (
        watches[name] for name in ("hall-camera", "hatch-seal", "gate-monitor", "satellite")
    )
    seen = camera.passes[0].response
    assert isinstance(seen, ExponentialResponse)
    # 0.8 visible, recognition of median 0.3, a picture each 10 minutes.
    assert seen.rate == pytest.approx(0.8 * 0.3 * 144, rel=1e-6)
    assert (camera.blind_spot, camera.count, camera.passes[0].step) == (0.05, 1, 0)
    assert seal.passes[0].response == SealResponse(0.95)
    assert monitor.passes[0].handling_only
    passing = monitor.passes[0].response
    assert isinstance(passing, SteppedResponse)
    assert passing.spacing == pytest.approx(1 / 60)
    assert satellite.passes[0].response == SteppedResponse(5.0, pytest.approx(0.06))
    assert not satellite.passes[0].handling_only


def test_a_point_that_shows_nothing_of_a_step_is_no_watch(build: Make, loaded: LoadedCase) -> None:
    case = loaded.case
    route = case.routes[0]
    glimpse = route.steps[0].passes[0]
    hidden = glimpse.model_copy(update={"visible": glimpse.visible.model_copy(update={"value": 0.0})})
    step = route.steps[0].model_copy(update={"passes": (hidden,)})
    dark = case.model_copy(
        update={"routes": (route.model_copy(update={"steps": (step, *route.steps[1:])}), *case.routes[1:])}
    )
    assert {watch.measure for watch in build(case=dark).scenarios[0].watches} == {"gate-monitor", "satellite"}


# ---------------------------------------------------------------- windows


def with_route(case: Case, **changes: Any) -> Case:
    return case.model_copy(update={"routes": (case.routes[0].model_copy(update=changes), *case.routes[1:])})


def test_days_of_a_window_both_count(build: Make, loaded: LoadedCase) -> None:
    windows = (Window(first=date(2021, 1, 11), last=date(2021, 1, 11)),)
    found = build(case=with_route(loaded.case, windows=windows)).scenarios
    assert found[0].windows == ((10.0, 11.0),)
    assert build().scenarios[0].windows is None


@pytest.mark.parametrize(
    ("facts", "windows"),
    [
        ((), ()),
        ((("started", 20.0),), ((0.0, 20.0),)),
        ((("shutdown", 20.0), ("started", 30.0)), ((20.0, 30.0),)),
        ((("shutdown", 20.0),), ((20.0, NEVER),)),
        (
            (("started", 10.0), ("shutdown", 20.0), ("started", 30.0), ("shutdown", 40.0)),
            ((0.0, 10.0), (20.0, 30.0), (40.0, NEVER)),
        ),
        ((("shutdown", 20.0), ("shutdown", 25.0), ("started", 30.0), ("started", 35.0)), ((20.0, 30.0),)),
    ],
)
def test_only_while_shut_down(
    build: Make,
    loaded: LoadedCase,
    facts: tuple[tuple[str, float], ...],
    windows: tuple[tuple[float, float], ...],
) -> None:
    case = with_route(loaded.case, only_while_shut_down=True)
    listed = (fact(kind, "store", when) for kind, when in facts)
    assert build(*listed, fact("shutdown", "elsewhere", 5.0), case=case).scenarios[0].windows == windows


# ---------------------------------------------------------------- checks, evidence, packages


def test_a_check_with_an_instrument(build: Make) -> None:
    found = build(fact("checked", "assemblies", 30.0, activity="scanning", sample="40"))
    (check,) = found.checks
    assert (check.time, check.stratum, check.activity) == (30.0, "assemblies", "scanning")
    assert (check.population, check.sample) == (240, 40)
    scanner = Instrument(0.06, 0.04, 0.02)
    assert check.recognition == {
        "open-removal": recognition(scanner, 1.0),
        "dummies": recognition(scanner, 1.0),
        "half-the-pins": recognition(scanner, 0.5),
    }


@pytest.mark.parametrize(("lost", "there"), [(29.0, False), (30.0, True), (31.0, True)])
def test_a_check_after_its_evidence_was_lost(build: Make, lost: float, there: bool) -> None:
    found = build(
        fact("lost", "loading-map", 60.0),
        fact("lost", "loading-map", lost),
        fact("checked", "assemblies", 30.0, activity="scanning", sample="40"),
    )
    assert found.evidence_lost == {"loading-map": lost}
    assert (found.checks[0].recognition == {"dummies": 0.9}) is not there


def test_a_check_that_found_something_is_no_evidence_of_absence(build: Make) -> None:
    detail = {"activity": "counting", "sample": "40"}
    found = build(
        fact("checked", "assemblies", 30.0, **detail, result="one missing"),
        fact("checked", "assemblies", 40.0, **detail, result="as declared"),
        fact("checked", "assemblies", 50.0, **detail),
    )
    assert [check.time for check in found.checks] == [40.0, 50.0]


def test_a_check_of_several_strata_counts_for_each(build: Make, loaded: LoadedCase) -> None:
    visited = fact("checked", "assemblies;scrap", 30.0, activity="counting", sample="40")
    found = build(visited, case=second_stratum(loaded.case))
    assert [(check.stratum, check.sample) for check in found.checks] == [("assemblies", 40), ("scrap", 40)]


def test_packages(build: Make, loaded: LoadedCase) -> None:
    film, visit, inspection = build().packages
    assert (film.name, film.level, film.collects, film.checks) == (
        "change-the-film",
        "maintenance",
        frozenset({"hall-camera"}),
        (),
    )
    assert [check.sample for check in inspection.checks] == [240, 40]
    scanning = inspection.checks[1]
    assert (scanning.needs, scanning.without_evidence) == (("loading-map",), {"dummies": 0.9})
    journey = {one.id: one.visit_effort.at(0.5) for one in loaded.case.packages}
    counting, scanning_effort = 1 + 0.005 * 240, 3 + 0.1 * 40
    assert film.effort == journey["change-the-film"]
    assert visit.effort == pytest.approx(journey["short-visit"] + counting)
    assert inspection.effort == pytest.approx(journey["full-inspection"] + counting + scanning_effort)


# ---------------------------------------------------------------- anomalies


@pytest.mark.parametrize(
    ("detail", "strata", "claims"),
    [
        ({"strata": "assemblies"}, {"assemblies"}, {"nothing-taken", "as-declared"}),
        ({"strata": "scrap"}, {"scrap"}, {"nothing-taken"}),
        ({"claims": "as-declared"}, {"assemblies"}, {"as-declared"}),
        ({"claims": "nothing-taken"}, {"assemblies", "scrap"}, {"nothing-taken"}),
        ({"claims": "nothing-taken|as-declared", "strata": "scrap"}, {"scrap"}, {"nothing-taken"}),
    ],
)
def test_what_an_anomaly_touches(
    build: Make, loaded: LoadedCase, detail: dict[str, str], strata: set[str], claims: set[str]
) -> None:
    raised = fact("raised", "a1", 30.0, what="a thing", **detail)
    (found,) = build(raised, case=second_stratum(loaded.case)).contradictions
    assert found == Contradiction("a1", 30.0, NEVER, frozenset(strata), frozenset(claims))


def test_raised_resolved_and_raised_again(build: Make) -> None:
    detail = {"what": "a thing", "strata": "assemblies"}
    found = build(
        fact("resolved", "a1", 20.0),
        fact("raised", "a1", 30.0, **detail),
        fact("resolved", "a2", 35.0),
        fact("resolved", "a1", 40.0),
        fact("raised", "a1", 50.0, **detail),
    ).contradictions
    assert [(one.raised, one.resolved) for one in found] == [(30.0, 40.0), (50.0, NEVER)]


def test_anomalies_raised_by_one_fact(build: Make) -> None:
    found = build(fact("raised", "a1;a2", 30.0, what="things", strata="assemblies")).contradictions
    assert [one.anomaly for one in found] == ["a1", "a2"]


# ---------------------------------------------------------------- claims


def test_claims(build: Make) -> None:
    gap, past = build().claims
    assert (gap.name, gap.kind, gap.since, gap.strata, gap.target) == (
        "nothing-taken",
        "gap",
        0.0,
        ("assemblies",),
        0.5,
    )
    assert (gap.prior.hazard, gap.prior.probability) == (pytest.approx(0.001 / 365.25, rel=1e-3), 0.0)
    assert (past.prior.hazard, past.prior.probability) == (0.0, 0.001)
    assert gap.significant_quantity == {"assemblies": 8.0}
    assert gap.timeliness["assemblies"] == pytest.approx(90.0, abs=2.0)
