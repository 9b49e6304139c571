"""A study made by hand: three measures in all four states, two claims, three packages, events of every kind.

It is not computed from a case, so that each number in a picture can be told from its place here.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from watchgap.coverage.record import Lane, Stretch
from watchgap.study.record import Anomaly, ClaimStudy, Headline, Mark, Origin, PackageLine, Study

FIRST = date(1993, 1, 1)
LENGTH = 500
SCALE = {
    "assurance": (
        (0.9, "can be stated with confidence"),
        (0.5, "degraded"),
        (0.2, "hollow"),
        (0.0, "cannot be concluded"),
    ),
    "posterior": ((0.5, "more likely than not"), (0.0, "unlikely")),
}
HOSTILE = (
    "<script>alert(\"1\")</script> & 'quoted'",
    'a "very" ' + "long " * 80 + "name",
    "מצלמה \u202e ראשונה\nat the <b>pool</b>\x07",
)


def _curve(*pieces: tuple[int, float]) -> NDArray[np.float64]:
    """Values that hold from a day on, for each day of the period."""
    values = np.empty(LENGTH)
    for begins, level in pieces:
        values[begins:] = level
    return values


def _lanes() -> tuple[Lane, ...]:
    pool = (
        Stretch(0.0, 90.0, "blind", (0.0, 0.0), "not in place"),
        Stretch(90.0, 210.0, "seen", (1.0, 1.0), "in hand"),
        Stretch(210.0, 290.0, "recorded", (1.0, 0.95), "not yet collected and reviewed"),
        Stretch(290.0, 420.0, "not known", (0.95, 0.05), "not known whether it still worked"),
        Stretch(420.0, 500.0, "blind", (0.05, 0.0), "presumed run out"),
    )
    portal = (
        Stretch(0.0, 260.0, "seen", (1.0, 1.0), "in hand"),
        Stretch(260.0, 440.0, "recorded", (1.0, 0.97), "in the operator's custody"),
        Stretch(440.0, 500.0, "not known", (0.97, 0.6), "not known whether it still worked"),
    )
    seal = (
        Stretch(0.0, 330.0, "seen", (1.0, 1.0), "in hand"),
        Stretch(330.0, 500.0, "blind", (0.0, 0.0), "record lost"),
    )
    return (
        Lane("pool-camera", "Camera at the spent fuel pool", "pool", pool, blind_since=(300.0, 350.0, 410.0)),
        Lane("portal", "Portal monitor", "gate", portal),
        Lane("seal", "Seal on the core", "reactor", seal),
    )


def _claim(identity: str, text: str, curves: dict[str, NDArray[np.float64]]) -> ClaimStudy:
    headlines = {
        name: Headline(name, None if np.isnan(values[-1]) else float(values[-1]), "words", "basis")
        for name, values in curves.items()
    }
    posterior = 0.05 * (1.0 - curves["in hand"])
    return ClaimStudy(
        id=identity,
        kind="no diversion",
        text=text,
        since=FIRST,
        target=0.9,
        state="contradicted" if np.isnan(curves["in hand"][-1]) else "computed",
        headlines=headlines,
        posterior_headline=Headline("posterior", None, "words", "basis"),
        exposures=(),
        curves=curves,
        by_stratum={},
        posterior=posterior,
        prior=np.linspace(0.01, 0.05, LENGTH),
    )


def _claims() -> tuple[ClaimStudy, ...]:
    fading = _curve((0, 1.0), (120, 0.97), (260, 0.9))
    fading[300:] = 0.9 * np.exp(-np.arange(LENGTH - 300) / 80.0)
    gap = {
        "in hand": _curve((0, 1.0), (120, 0.97), (260, 0.6), (330, 0.1)),
        "timely": _curve((0, 1.0), (120, 0.4), (260, 0.05)),
        "latent": fading,
        "restorable: visit": np.maximum(fading, 0.35),
        "restorable: sites": np.maximum(fading, _curve((0, 0.7), (420, 0.55))),
        "restorable: full": _curve((0, 1.0), (260, 0.995), (420, 0.8)),
    }
    broken = {name: values.copy() for name, values in gap.items()}
    for values in broken.values():
        values[250:340] = np.nan
    return (
        _claim(
            "gap", "No spent fuel left the reactor and its pool undeclared since the inspectors left.", gap
        ),
        _claim("correct", "The declaration of nuclear material is correct for the fresh fuel store.", broken),
    )


def _marks() -> tuple[Mark, ...]:
    told = (
        (100, "service", "Camera at the spent fuel pool serviced"),
        (100, "service", "Portal monitor serviced"),
        (210, "service", "Camera at the spent fuel pool serviced"),
        (230, "check", "Item counting of the spent fuel"),
        (250, "anomaly", "Two spent fuel rods not found"),
        (260, "service", "Portal monitor serviced"),
        (262, "refusal", "Service of the cameras refused"),
        (330, "loss", "Seal on the core broken by the operator"),
        (340, "check", "Anomaly resolved: the rods were in the hot cell"),
        (420, "loss", "Rod identities and positions lost in the discharge"),
        (480, "refusal", "Access to two sites refused"),
    )
    return tuple(
        Mark(FIRST + timedelta(days=day), float(day), kind, label, f"entry-{number}")
        for number, (day, kind, label) in enumerate(told)
    )


def example_study() -> Study:
    """The study of this folder."""
    return Study(
        case="example",
        title="An example reactor, 1993 to 1994",
        period_first=FIRST,
        as_of=FIRST + timedelta(days=LENGTH - 1),
        known_on=None,
        times=np.arange(1.0, LENGTH + 1.0),
        days=tuple(FIRST + timedelta(days=day) for day in range(LENGTH)),
        lanes=_lanes(),
        claims=_claims(),
        packages=(
            PackageLine("visit", "a routine visit", "routine", 6.0, FIRST),
            PackageLine("sites", "a visit to the two undeclared sites with samples", "special", 40.0, None),
            PackageLine("full", "full access", "any time, any place", 200.0, None),
        ),
        anomalies=(Anomaly("rods", "Two spent fuel rods not found", FIRST, ("correct",), ("report",)),),
        marks=_marks(),
        scale=SCALE,
        origin=Origin(
            case_digest="case",
            ledger_digest="ledger",
            ledger_position=11,
            facts_known=11,
            facts_used=11,
            recorded_later=0,
            known_on=None,
            valuation="medians",
            version="0.1.0",
        ),
    )


@pytest.fixture(scope="session")
def study() -> Study:
    return example_study()


@pytest.fixture(scope="session")
def hostile(study: Study) -> Study:
    """The same study with names that are code, very long, or written from right to left."""
    lanes = tuple(replace(lane, name=name) for lane, name in zip(study.lanes, HOSTILE, strict=True))
    marks = tuple(replace(mark, label=HOSTILE[index % 3]) for index, mark in enumerate(study.marks))
    packages = tuple(replace(one, name=name) for one, name in zip(study.packages, HOSTILE, strict=True))
    claims = tuple(replace(claim, text=" ".join(HOSTILE)) for claim in study.claims)
    scale = {"assurance": tuple(zip((0.9, 0.5, 0.0), HOSTILE, strict=True))}
    return replace(
        study, title=HOSTILE[0] * 6, lanes=lanes, marks=marks, packages=packages, claims=claims, scale=scale
    )
