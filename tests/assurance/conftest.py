"""Situations that are small enough to be computed by hand, built from parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from watchgap.assurance import Claim, Scenario, Situation
from watchgap.assurance.record import Prior, Step, Watch
from watchgap.coverage import MeasureRecord

Scenarios = Callable[..., Scenario]
Situations = Callable[..., Situation]


def _scenario(name: str = "taken", **changes: Any) -> Scenario:
    """Take 4 of 20 items of 2 kg at 1 item/d after a day of set-up: 5 days in all."""
    numbers: dict[str, Any] = {
        "name": name,
        "claim": "gap",
        "stratum": "fuel",
        "route": name,
        "rate": "abrupt",
        "concealment": "none",
        "population": 20,
        "item_mass": 2.0,
        "fraction": 1.0,
        "items": 4,
        "steps": (Step("lifting", setup=1.0, rate=1.0),),
        "watches": (),
        "since": 0.0,
    }
    return Scenario(**(numbers | changes))


def _claim(name: str = "gap", kind: str = "gap", **changes: Any) -> Claim:
    numbers: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "since": 0.0,
        "strata": ("fuel",),
        "target": 0.5,
        "prior": Prior(hazard=0.01) if kind == "gap" else Prior(probability=0.2),
        "significant_quantity": {"fuel": 8.0, "scrap": 8.0},
        "timeliness": {"fuel": 30.0, "scrap": 30.0},
    }
    return Claim(**(numbers | changes))


def _situation(*scenarios: Scenario, times: Any, records: Any = (), **changes: Any) -> Situation:
    numbers: dict[str, Any] = {"claims": (_claim(),)}
    return Situation(
        times=np.array(times, dtype=np.float64),
        scenarios=scenarios,
        records={record.measure: record for record in records},
        **(numbers | changes),
    )


@pytest.fixture
def scenario() -> Scenarios:
    return _scenario


@pytest.fixture
def claim() -> Callable[..., Claim]:
    return _claim


@pytest.fixture
def situation() -> Situations:
    return _situation


@pytest.fixture
def watch() -> Callable[..., Watch]:
    def made(measure: str, *passes: Any, blind_spot: float = 0.0, count: int = 1) -> Watch:
        return Watch(measure, blind_spot, count, passes)

    return made


@pytest.fixture
def record() -> Callable[..., MeasureRecord]:
    def made(measure: str, *lives: Any) -> MeasureRecord:
        return MeasureRecord(measure, "camera", lives)

    return made
