"""Small situations whose answers are known in closed form.

Each function gives one Situation with one claim, so that a reader can follow a number from the facts to the
answer by hand; the equation is in its docstring. They serve the tests and the documentation.
"""

from dataclasses import replace
from math import inf

import numpy as np

from watchgap.assurance.record import (
    Check,
    Claim,
    Package,
    Pass,
    PlannedCheck,
    Prior,
    Scenario,
    Situation,
    Step,
    Watch,
)
from watchgap.coverage.record import Finding, Holding, Life, MeasureRecord
from watchgap.detection.record import (
    ExponentialLife,
    ExponentialResponse,
    LifeModel,
    LifePart,
    Response,
    SealResponse,
)

IDENTITIES = "rod identities"


def one_camera() -> Situation:
    """A random-interval camera, found working on day 60 and its record in hand the same day.

    It records 0.3 pictures per day that would show the transfer of 5 items at 1 item/d. Wherever the 5 days
    lie within [0, 60], the non-detection is

        beta = exp(-0.3 * 5)

    and before day 60 nothing is in hand: beta = 1.
    """
    record = _record("camera", Holding(0.0, 60.0, in_hand=60.0), findings=(Finding(60.0, 60.0, inf),))
    scenario = _scenario(_watch("camera", ExponentialResponse(0.3)))
    return _situation(scenario, record, times=(30.0, 61.0, 90.0))


def dying_camera() -> Situation:
    """The same camera with an exponential life of mean 20 days, installed on day 0 and never visited again.

    Nothing is in hand; what it holds is latent. For a start tau >= 0 and L = 5 days of transfer, with death
    rate mu = 1 / 20 and picture rate r = 0.3, the latent non-detection is the expectation over its death

        beta = 1 - exp(-mu tau) + exp(-mu tau) ( mu + r exp(-(mu + r) L) ) / (mu + r)

    (dead before the start; or the first of picture and death in [tau, tau + L] is a death, or there is none).
    """
    record = _record("camera", Holding(0.0, inf), parts=(ExponentialLife(20.0),))
    scenario = _scenario(_watch("camera", ExponentialResponse(0.3)))
    return _situation(scenario, record, times=(30.0, 60.0, 90.0))


def shared_custody() -> Situation:
    """Two cameras of which the records of days 0 to 60 lay in the operator's custody until day 70.

    The record is complete and authentic with probability 0.8, one draw for both cameras; the first camera is
    of no use against the route with probability 0.25. With rates 0.3 and 0.1 and L = 5 days, from day 70 on

        beta = 0.2 + 0.8 (0.25 + 0.75 exp(-0.3 L)) exp(-0.1 L)

    and not the product of one factor for each camera.
    """
    findings = (Finding(70.0, 60.0, inf),)
    holding = Holding(0.0, 60.0, in_hand=70.0, custody="operator")
    first = _record("first camera", holding, findings=findings)
    second = _record("second camera", holding, findings=findings)
    scenario = _scenario(
        _watch("first camera", ExponentialResponse(0.3), blind_spot=0.25),
        _watch("second camera", ExponentialResponse(0.1)),
    )
    situation = _situation(scenario, first, second, times=(65.0, 71.0, 90.0))
    return replace(situation, custodies={"operator": 0.8})


def seal_and_sample() -> Situation:
    """A seal verified on day 60, a sample on day 62, and a package whose evidence is lost on day 80.

    Opening the seal (attached on day 0) is found with probability 0.9. On day 62, 4 of 20 items are measured;
    a removed one is recognised with probability 0.5. When the 5 items were gone by then,

        beta = (1 - 0.9) S(4, 0.5),   S(n, p) = sum_k C(5, k) C(15, n - k) / C(20, n) (1 - p)^k

    The package "identify" measures 10 items with p = 1 while the rod identities are there, and p = 0.2 after:
    restorable non-detection is beta S(10, 1) until day 80 and beta S(10, 0.2) from then on.
    """
    record = _record("seal", Holding(0.0, 60.0, in_hand=60.0))
    scenario = _scenario(_watch("seal", SealResponse(0.9)))
    check = Check(62.0, "fuel", "item counting", population=20, sample=4, recognition={"none": 0.5})
    identify = PlannedCheck(
        stratum="fuel",
        activity="identification",
        population=20,
        sample=10,
        recognition={"none": 1.0},
        without_evidence={"none": 0.2},
        needs=(IDENTITIES,),
    )
    return replace(
        _situation(scenario, record, times=(61.0, 63.0, 90.0)),
        checks=(check,),
        packages=(Package("identify", "some sites", collects=frozenset(), checks=(identify,)),),
        evidence_lost={IDENTITIES: 80.0},
    )


def _record(
    measure: str,
    holding: Holding,
    *,
    parts: tuple[LifePart, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> MeasureRecord:
    """One life, with one holding that is all of it."""
    life = Life(holding.begins, holding.ends, LifeModel(parts), findings=findings, holdings=(holding,))
    return MeasureRecord(measure, "seal" if measure == "seal" else "camera", (life,))


def _watch(measure: str, response: Response, *, blind_spot: float = 0.0) -> Watch:
    return Watch(measure, blind_spot=blind_spot, count=1, passes=(Pass(0, response),))


def _scenario(*watches: Watch) -> Scenario:
    """Take 5 of 20 items at 1 item/d, without set-up and without concealment."""
    return Scenario(
        name="transfer",
        claim="no diversion",
        stratum="fuel",
        route="transfer",
        rate="abrupt",
        concealment="none",
        population=20,
        item_mass=2.0,
        fraction=1.0,
        items=5,
        steps=(Step("transfer", setup=0.0, rate=1.0),),
        watches=watches,
        since=0.0,
    )


def _situation(scenario: Scenario, *records: MeasureRecord, times: tuple[float, ...]) -> Situation:
    claim = Claim(
        name="no diversion",
        kind="gap",
        since=0.0,
        strata=("fuel",),
        target=0.9,
        prior=Prior(hazard=0.001),
        significant_quantity={"fuel": 8.0},
        timeliness={"fuel": 30.0},
    )
    return Situation(
        times=np.array(times),
        claims=(claim,),
        scenarios=(scenario,),
        records={record.measure: record for record in records},
    )
