"""Studies made by hand: three measures in all four states, two claims, three packages, events of every kind;
what restores one claim and until when; a plan; and what moves an answer.

They are not computed from a case, so that each number in a picture can be told from its place here.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from watchgap.coverage.record import Lane, Stretch
from watchgap.recovery import State, no_return
from watchgap.study.bands import Band, Interval
from watchgap.study.inquiry_record import FactorLine, InquiryStudy, SwingLine
from watchgap.study.plan_record import (
    AccessPlan,
    ActivityLine,
    ParetoLine,
    PlanStudy,
    RuleLine,
    Shortfall,
    ThreatLine,
)
from watchgap.study.record import Anomaly, ClaimStudy, Headline, Mark, Origin, PackageLine, Study
from watchgap.study.recovery import ClaimRecovery, LastDay, Loss, PackageRecovery, RecoveryStudy

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


# ---------------------------------------------------------------- recovery

SINCE, NOW, DRAWS = 60, 300, 20  # the claim begins on day 60; looked from the end of day 300


def _last_days(identity: str) -> NDArray[np.float64]:
    """The last time [d] at which a package reaches the target, draw by draw."""
    if identity == "visit":  # 10 to 200 d after the claim began
        return SINCE + np.linspace(10.0, 200.0, DRAWS)
    if identity == "sites":  # half of the draws beyond the last day
        return np.concatenate([np.linspace(320.0, 480.0, DRAWS // 2), np.full(DRAWS // 2, np.inf)])
    return np.full(DRAWS, -np.inf if identity == "nothing" else np.inf)


def _package(identity: str, name: str, level: str, effort: tuple[float, float, float]) -> PackageRecovery:
    times = np.arange(1.0, LENGTH + 1.0)
    reached = times <= _last_days(identity)[:, None]
    curves = np.where(reached, 0.95, 0.3)
    dates = no_return(identity, times, curves, np.full(DRAWS, 0.9))
    half = Band(curves.min(axis=0), np.median(curves, axis=0), curves.max(axis=0))
    words = {True: f"later than {FIRST + timedelta(days=LENGTH - 1)}", False: "never"}
    told = []
    for share, time in dates.dates.items():
        day = FIRST + timedelta(days=time - 1) if np.isfinite(time) else None
        told.append(LastDay(share, day, str(day) if day else words[time > 0]))
    return PackageRecovery(
        id=identity,
        name=name,
        level=level,
        verifies=identity == "full",
        effort=Interval(*effort),
        assurance=half,
        probability=dates.probability,
        now=half.at(NOW),
        probability_now=float(dates.probability[NOW]),
        dates=tuple(told),
        no_return=dates,
    )


def _states() -> dict[str, NDArray[np.float64]]:
    stands = _curve((0, 1.0), (100, 0.6), (200, 0.0))
    restorable = _curve((0, 0.0), (100, 0.4), (200, 0.75), (350, 0.25))
    cost = _curve((0, 0.0), (200, 0.25), (350, 0.5))
    lost = _curve((0, 0.0), (350, 0.25))
    return {
        State.STANDS: stands,
        State.RESTORABLE: restorable,
        State.AT_A_COST: cost,
        State.IRRETRIEVABLE: lost,
    }


def example_recovery() -> RecoveryStudy:
    """The recovery study of this folder: four packages out of order, two losses."""
    study = example_study()
    day = FIRST + timedelta(days=NOW)
    peril = Loss(
        "Rod positions", FIRST + timedelta(400), FIRST + timedelta(900), False, 0.35, "peril", "May go."
    )
    seal = Loss(
        "Seal on the core", FIRST + timedelta(330), FIRST + timedelta(330), True, 1.0, "broken", "Lost."
    )
    states = {str(name): share for name, share in _states().items()}
    claim = ClaimRecovery(
        id="gap",
        kind="gap",
        text="No spent fuel left the reactor since the inspectors left.",
        since=FIRST + timedelta(days=SINCE),
        target=0.9,
        state=str(State.RESTORABLE),
        states=states,
        states_now={name: float(share[NOW]) for name, share in states.items()},
        packages=(
            _package("full", "full access", "any time, any place", (180.0, 200.0, 240.0)),
            _package("visit", "a routine visit", "routine", (6.0, 6.0, 6.0)),
            _package("sites", "a visit to the two undeclared sites", "special", (30.0, 40.0, 55.0)),
            _package("nothing", "a letter", "none", (1.0, 1.0, 1.0)),
        ),
        losses=(seal, peril),
        sentence="Collecting what is recorded reaches the target, in 75% of the draws.",
    )
    silent = replace(
        claim, id="completeness", state="not modelled", states={}, states_now={}, packages=(), losses=()
    )
    return RecoveryStudy(
        case=study.case,
        title=study.title,
        period_first=FIRST,
        as_of=day,
        until=study.days[-1],
        known_on=None,
        times=study.times,
        days=study.days,
        now=NOW,
        claims=(claim, silent),
        wanted=DRAWS,
        origin=replace(study.origin, valuation="drawn", draws=DRAWS, seed=1),
    )


# ---------------------------------------------------------------- plan


def example_plan() -> PlanStudy:
    """The plan of this folder: the chosen one, three best plans beside it, three usual rules."""
    lines = (
        ActivityLine("count", "Item counting", "pool", "Spent fuel in the pool", 120, 35, 1.75),
        ActivityLine("gamma", "Gamma measurement", "pool", "Spent fuel in the pool", 120, 12, 2.4),
        ActivityLine("weigh", "Weighing", "store", "Fresh fuel", 40, 9, 0.9),
    )
    threats = (
        ThreatLine("abrupt", "gap", "pool", 8, 1.0, 0.098, 0.9, "Eight of 120 items taken at once."),
        ThreatLine("dummies", "gap", "store", 3, 0.7, 0.05, 0.9, "Three of 40 items replaced."),
    )
    plan = AccessPlan(
        access="full",
        access_name="full access",
        level="any time, any place",
        status="optimal",
        visit_effort=4.0,
        effort=9.05,
        bound=9.05,
        assurance=0.902,
        binding="abrupt",
        false_alarm=0.03,
        lines=lines,
        threats=threats,
        shortfalls=(),
        over=(),
        proof="Each stratum was enumerated; the bound is the sum of theirs.",
    )
    poor = Shortfall("abrupt", 0.62, 0.9, "the tester recognises 62 % of what is gone, whatever the sample")
    routine = replace(
        plan,
        access="visit",
        access_name="a routine visit",
        status="unreachable",
        effort=6.0,
        assurance=0.62,
        lines=lines[:1],
        shortfalls=(poor,),
        over=(),
    )
    study = example_study()
    return PlanStudy(
        case=study.case,
        title=study.title,
        period_first=FIRST,
        by=study.as_of,
        known_on=None,
        claims=("gap",),
        target=0.9,
        samples="independent",
        caps={"effort": "at most 20 person-days"},
        plans=(routine, plan),
        chosen=1,
        pareto=(
            ParetoLine(4.0, 0.0, "nothing"),
            ParetoLine(5.5, 0.4, "count 10"),
            ParetoLine(7.2, 0.75, "count 25, weigh 4"),
            ParetoLine(9.05, 0.902, "count 35, gamma 12, weigh 9"),
            ParetoLine(14.0, 0.98, "count 80, gamma 20, weigh 20"),
        ),
        rules=(
            RuleLine("power", 9.4, 0.915, True, 0.35, "count 37"),
            RuleLine("Jaech", 9.2, 0.905, True, 0.15, "count 36"),
            RuleLine("binomial with q", 8.6, 0.87, False, -0.45, "count 33"),
        ),
        reverification=(),
        assurance=Interval(0.84, 0.9, 0.95),
        reached=0.52,
        origin=replace(study.origin, draws=DRAWS, seed=1),
    )


# ---------------------------------------------------------------- inquiry


def example_inquiry() -> InquiryStudy:
    """The inquiry of this folder: fourteen unknowns, of which two hardly move the answer; three factors."""
    widest = (
        SwingLine("camera.recognition", "about 0.6", 0.3, 0.8, "0.41", "0.79"),
        SwingLine("loss.day", "The film is taken away", 0.75, 0.35, "1993-02-01", "never"),
    )
    rest = tuple(
        SwingLine(f"stratum-{one}.item_mass", "about 3 g", 0.6 - 0.01 * (12 - one), 0.6, "2.4 g", "3.8 g")
        for one in range(12)
    )
    factors = (
        FactorLine("camera", "the cameras", Interval(0.4, 0.5, 0.6), Interval(0.6, 0.7, 0.8)),
        FactorLine("loss.day", "the film", Interval(-0.05, 0.1, 0.2), Interval(0.1, 0.2, 0.3)),
        FactorLine("nothing", "nothing", Interval(0.0, 0.0, 0.0), Interval(0.0, 0.0, 0.001)),
    )
    study = example_study()
    return InquiryStudy(
        case=study.case,
        title=study.title,
        period_first=FIRST,
        as_of=study.as_of,
        known_on=None,
        claim="gap",
        answer="latent",
        value=0.62,
        interval=Interval(0.2, 0.6, 0.85),
        target=0.7,
        factors=factors,
        swings=(*widest, *rest),
        questions=(),
        worth_asking=0,
        points=16,
        origin=replace(study.origin, draws=DRAWS, seed=1),
    )


@pytest.fixture(scope="session")
def recovery() -> RecoveryStudy:
    return example_recovery()


@pytest.fixture(scope="session")
def plan() -> PlanStudy:
    return example_plan()


@pytest.fixture(scope="session")
def inquiry() -> InquiryStudy:
    return example_inquiry()


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
