"""A synthetic State: many strata, each watched by cameras and a seal and verified by samples."""

from dataclasses import dataclass, replace
from math import ceil, inf

import numpy as np
from numpy.random import Generator

from watchgap.assurance.record import (
    Check,
    Claim,
    FloatArray,
    Pass,
    Prior,
    Scenario,
    Situation,
    Step,
    Watch,
)
from watchgap.coverage.record import NEVER, Finding, Holding, Life, MeasureRecord
from watchgap.detection.record import (
    ExponentialResponse,
    FixedLife,
    LifeModel,
    SealResponse,
    WeibullLife,
)

CLAIM = "nothing diverted"
SIGNIFICANT_QUANTITY = 8.0  # of plutonium [kg]
TIMELINESS = 90.0  # of irradiated fuel [d]
FILM = 150.0  # pictures times interval [d]
CONCEALMENTS = ("none", "dummies")


@dataclass(frozen=True, slots=True)
class StateSize:
    """How large a State is: facilities and strata, days of the period, visits to each facility in that time.

    spacing: of the times at which curves are wanted [d]. Each stratum has `routes` routes.
    """

    facilities: int = 100
    strata: int = 1000
    routes: int = 3
    days: int = 1826
    visits: int = 20
    spacing: float = 1.0

    @property
    def times(self) -> FloatArray:
        """Times at which curves are wanted [d]."""
        return np.arange(self.spacing, self.days + self.spacing / 2, self.spacing)


def build_state(size: StateSize, generator: Generator) -> Situation:
    """Build the situation of a synthetic State.

    Each facility is visited at regular intervals, with a few days of chance. At each visit the cameras of
    its strata get a new film and battery: most are found working, some dead, half of these with a last
    record that could be read. Seals are verified and replaced. At every fourth visit a sample is taken.

    Parameters
    ----------
    size : how large it is.
    generator : source of all that is drawn.

    Returns
    -------
    Situation
        One claim over all strata, with `size.routes` scenarios for each stratum.
    """
    strata = [f"F{at % size.facilities:03d}-S{at // size.facilities:02d}" for at in range(size.strata)]
    visits = [_visits(size, generator) for _ in range(size.facilities)]
    records: dict[str, MeasureRecord] = {}
    scenarios: list[Scenario] = []
    checks: list[Check] = []
    for place, stratum in enumerate(strata):
        dates = visits[place % size.facilities]
        own = _watch_records(stratum, dates, generator)
        first = _first_route(stratum, own, generator)
        records |= own
        scenarios += [_other_route(first, number, generator) for number in range(size.routes)]
        checks += _checks(first, dates)
    claim = Claim(
        name=CLAIM,
        kind="gap",
        since=0.0,
        strata=tuple(strata),
        target=0.9,
        prior=Prior(hazard=1e-5),
        significant_quantity=dict.fromkeys(strata, SIGNIFICANT_QUANTITY),
        timeliness=dict.fromkeys(strata, TIMELINESS),
    )
    return Situation(size.times, (claim,), tuple(scenarios), records, tuple(checks))


def of_stratum(situation: Situation, stratum: str) -> Situation:
    """Return what the situation says of one stratum alone."""
    scenarios = tuple(scenario for scenario in situation.scenarios if scenario.stratum == stratum)
    watched = {watch.measure for scenario in scenarios for watch in scenario.watches}
    return replace(
        situation,
        claims=tuple(replace(claim, strata=(stratum,)) for claim in situation.claims),
        scenarios=scenarios,
        records={name: record for name, record in situation.records.items() if name in watched},
        checks=tuple(check for check in situation.checks if check.stratum == stratum),
    )


def _visits(size: StateSize, generator: Generator) -> list[float]:
    interval = size.days / size.visits
    shift = generator.integers(0, max(int(interval / 4), 1), size=size.visits)
    return [float(round((place + 0.75) * interval) + shift[place]) for place in range(size.visits)]


def _watch_records(stratum: str, dates: list[float], generator: Generator) -> dict[str, MeasureRecord]:
    cameras = {f"{stratum}-C{number}" for number in range(int(generator.integers(2, 4)))}
    records = {name: _camera(name, dates, generator) for name in sorted(cameras)}
    return records | {f"{stratum}-seal": _seal(f"{stratum}-seal", dates)}


def _camera(name: str, dates: list[float], generator: Generator) -> MeasureRecord:
    battery = WeibullLife(scale=float(generator.uniform(200.0, 500.0)), shape=3.0)
    lives = []
    for begins, ends in zip([0.0, *dates], [*dates, inf], strict=True):
        age = min(FILM, battery.scale * float(generator.weibull(battery.shape)))
        is_read = bool(generator.random() < 0.5)
        findings = () if ends == inf else (_finding(begins, ends, age, is_read=is_read),)
        holding = Holding(begins, ends, in_hand=ends if ends < inf else NEVER)
        lives.append(Life(begins, ends, LifeModel((battery, FixedLife(FILM))), findings, (holding,)))
    return MeasureRecord(name, "camera", tuple(lives))


def _finding(begins: float, ends: float, age: float, *, is_read: bool) -> Finding:
    if begins + age >= ends:
        return Finding(ends, alive_until=ends, dead_by=inf)
    if is_read:
        return Finding(ends, alive_until=begins + age, dead_by=begins + age)
    return Finding(ends, alive_until=begins, dead_by=ends)


def _seal(name: str, dates: list[float]) -> MeasureRecord:
    lives = [
        Life(begins, ends, LifeModel(), (), (Holding(begins, ends, in_hand=ends if ends < inf else NEVER),))
        for begins, ends in zip([0.0, *dates], [*dates, inf], strict=True)
    ]
    return MeasureRecord(name, "seal", tuple(lives))


def _first_route(stratum: str, records: dict[str, MeasureRecord], generator: Generator) -> Scenario:
    mass = float(generator.uniform(0.4, 2.0))
    items = ceil(SIGNIFICANT_QUANTITY / mass)
    return Scenario(
        name=stratum,
        claim=CLAIM,
        stratum=stratum,
        route="",
        rate="abrupt",
        concealment="none",
        population=int(generator.integers(50, 400)),
        item_mass=mass,
        fraction=1.0,
        items=items,
        steps=(),
        watches=tuple(Watch(name, 0.02, 1, ()) for name in records),
        since=0.0,
    )


def _other_route(first: Scenario, number: int, generator: Generator) -> Scenario:
    """Give the stratum one more route: take the items out of their place, and out of the building."""
    rates = generator.uniform(0.5, 6.0, size=2)
    steps = (
        Step("take", setup=float(generator.integers(0, 3)), rate=float(rates[0])),
        Step("ship", setup=0.5, rate=float(rates[1]), wait=float(generator.integers(0, 5))),
    )
    watches = tuple(replace(watch, passes=_passes(watch.measure, generator)) for watch in first.watches)
    return replace(
        first,
        name=f"{first.stratum} by route {number + 1}",
        route=f"{first.stratum}-R{number + 1}",
        concealment=CONCEALMENTS[number % len(CONCEALMENTS)],
        steps=steps,
        watches=watches,
    )


def _passes(measure: str, generator: Generator) -> tuple[Pass, ...]:
    if measure.endswith("seal"):
        return (Pass(0, SealResponse(0.7)),)
    response = ExponentialResponse(rate=float(generator.uniform(0.02, 0.4)))
    return (Pass(0, response), Pass(1, response, handling_only=True))


def _checks(first: Scenario, dates: list[float]) -> list[Check]:
    sample = ceil(first.population / 20)
    recognition = {"none": 0.95, "dummies": 0.6}
    return [
        Check(date, first.stratum, "item counting and NDA", first.population, sample, recognition)
        for date in dates[3::4]
    ]
