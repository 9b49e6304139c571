"""Devices with round numbers in the starting case, and facts about them with times in days."""

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from watchgap.case.quantity import Quantity
from watchgap.case.read import read_case
from watchgap.case.record import Camera, Case, FixedPart, Imagery, ItemMonitor, Seal
from watchgap.ledger import Entry, Ledger

Facts = Callable[..., Ledger]


def number(value: float, unit: str) -> Quantity:
    return Quantity(value=value, unit=unit, source=("invented",), grade="A")


def _measures() -> tuple[Camera | ItemMonitor | Imagery | Seal, ...]:
    common: dict[str, Any] = {
        "point": "pond-hall",
        "recognition": number(0.5, "1"),
        "source": ("invented",),
        "grade": "A",
    }
    interval = number(1, "d")
    fixed = (FixedPart(kind="fixed", part="battery", fixed=number(100, "d")),)
    review = number(5, "d")
    return (
        Camera(id="camera", name="a camera", kind="fixed-camera", interval=interval, life=fixed, **common),
        Camera(
            id="reviewed",
            name="a camera whose film is reviewed",
            kind="random-camera",
            interval=interval,
            life=fixed,
            review_delay=review,
            **common,
        ),
        Camera(
            id="sending",
            name="a camera that transmits",
            kind="fixed-camera",
            interval=interval,
            life=fixed,
            transmission_lag=number(2, "d"),
            **common,
        ),
        ItemMonitor(id="portal", name="a portal", kind="item-monitor", **common),
        Seal(id="seal", name="a seal", kind="seal", **common),
        Imagery(
            id="imagery",
            name="pictures from above",
            kind="imagery",
            revisit=number(5, "d"),
            processing_lag=number(3, "d"),
            **common,
        ),
    )


@pytest.fixture(scope="session")
def case() -> Case:
    folder = Path(str(files("watchgap.case").joinpath("starter")))
    read, _, faults = read_case(folder)
    assert read is not None, faults
    return read.model_copy(update={"measures": _measures()})


@pytest.fixture
def facts() -> Facts:
    """Make a ledger of facts, each as (kind, subject, day, details); a custody has a pair of days."""

    def ledger(*listed: tuple[Any, ...]) -> Ledger:
        numbers = count(1)
        entries: list[Entry] = []
        for kind, subject, when, *details in listed:
            first, last = when if isinstance(when, tuple) else (when, when)
            detail = {key.replace("_", "-"): value for key, value in (details[0] if details else {}).items()}
            position = next(numbers)
            entries.append(
                Entry(
                    id=f"e{position}",
                    kind=kind,
                    subjects=(subject,),
                    first=float(first),
                    last=float(last),
                    timing="at" if first == last else "during",
                    recorded=date(2021, 12, 31),
                    sources=("invented",),
                    grade="A",
                    detail=detail,
                    line=position,
                )
            )
        ordered = sorted(entries, key=lambda entry: (entry.when, entry.line))
        return Ledger(tuple(ordered), {}, len(entries), "")

    return ledger
