"""The most material that could be gone unseen, against a search through every number of items."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from math import exp
from typing import Any

import numpy as np
import pytest

from watchgap.assurance import Claim, Scenario, Situation, exposure, nondetection
from watchgap.assurance.record import Check, Pass, Step
from watchgap.coverage import NEVER, Holding, Life
from watchgap.detection.record import ExponentialResponse, LifeModel

Make = Callable[..., Any]
TIME = 40.0


@pytest.fixture
def watched(scenario: Make, situation: Make, watch: Make, record: Make, claim: Make) -> Make:
    """Two ways to take fuel and one to take scrap, past a camera that saw days 5 to 30, and checks."""

    def made(*, rate: float = 0.15, target: float = 0.5, **changes: Any) -> Situation:
        camera = watch("camera", Pass(0, ExponentialResponse(rate)))
        life = Life(5.0, 30.0, LifeModel(), (), (Holding(5.0, 30.0, in_hand=31.0),))
        fuel = scenario("cask", watches=(camera,), population=10)
        pins = scenario(
            "pins",
            watches=(camera,),
            population=10,
            fraction=0.4,
            concealment="pins",
            steps=(Step("at night", 0.5, 0.5),),
        )
        scrap = scenario("drums", stratum="scrap", watches=(camera,), population=8, item_mass=1.5)
        checks = (
            Check(35.0, "fuel", "counting", 10, 2, {"none": 0.6, "pins": 0.1}),
            Check(36.0, "scrap", "weighing", 8, 1, {"none": 0.9}),
        )
        one: Situation = situation(
            fuel,
            pins,
            scrap,
            times=(10.0, TIME),
            records=(record("camera", life),),
            claims=(claim(strata=("fuel", "scrap"), target=target),),
            checks=checks,
            **changes,
        )
        return one

    return made


def best_beta(situation: Situation, scenario: Scenario, items: int, time: float, holding: str) -> float:
    """Greatest non-detection of taking so many items, over starts in sixteenths of a day."""
    one = scenario.with_items(items)
    latest = time - one.duration
    if latest < one.since:
        return 0.0
    starts = np.union1d(np.arange(one.since, latest, 1 / 16), np.array([one.since, latest]))
    return float(nondetection(situation, one, starts, time, holding).max())


def gains(
    situation: Situation, claim: Claim, stratum: str, time: float, holding: str
) -> list[tuple[float, float]]:
    """Amount [SQ] and non-detection of every number of items of every scenario of a stratum."""
    return [
        (
            items * scenario.fraction * scenario.item_mass / claim.significant_quantity[stratum],
            best_beta(situation, scenario, items, time, holding),
        )
        for scenario in situation.scenarios
        if scenario.stratum == stratum
        for items in range(1, scenario.population + 1)
    ]


@pytest.mark.parametrize("holding", ["in hand", "latent"])
@pytest.mark.parametrize("time", [10.0, TIME])
@pytest.mark.parametrize(("rate", "target"), [(0.05, 0.5), (0.15, 0.3), (0.15, 0.5), (0.4, 0.9)])
def test_against_every_number_of_items(
    watched: Make, rate: float, target: float, time: float, holding: str
) -> None:
    situation: Situation = watched(rate=rate, target=target)
    claim = situation.claims[0]
    *each, together = exposure(situation, claim, time, curve=holding)
    listed = [[(0.0, 1.0), *gains(situation, claim, name, time, holding)] for name in claim.strata]
    for found, one in zip(each, listed, strict=True):
        assert found.amount == pytest.approx(max(amount for amount, beta in one if 1 - beta < target))
    pairs = [fuel[0] + scrap[0] for fuel, scrap in product(*listed) if 1 - fuel[1] * scrap[1] < target]
    # What is spent is rounded down to a part of the budget, so a pair a little beyond the target may count.
    lenient = [
        fuel[0] + scrap[0]
        for fuel, scrap in product(*listed)
        if fuel[1] * scrap[1] > (1 - target) ** 1.001 * (1 - 1e-9)
    ]
    assert max(pairs) - 1e-9 <= together.amount <= max(lenient) + 1e-9
    assert together.amount >= max(one.amount for one in each)
    assert (together.stratum, together.scenario) == ("all strata", None)


def test_what_is_given_attains_it(watched: Make) -> None:
    situation: Situation = watched()
    claim = situation.claims[0]
    for found in exposure(situation, claim, TIME)[:-1]:
        scenario = next(one for one in situation.scenarios if one.name == found.scenario)
        taken = scenario.with_items(found.items)
        assert taken.stratum == found.stratum
        assert taken.material / claim.significant_quantity[found.stratum] == pytest.approx(found.amount)
        assert found.start + taken.duration <= TIME + 1e-6
        beta = nondetection(situation, taken, np.array([found.start]), TIME, "in hand")[0]
        assert 1 - beta < claim.target


def test_one_stratum_is_all_strata(watched: Make, claim: Make) -> None:
    situation: Situation = watched()
    alone = claim()
    each, together = exposure(situation, alone, TIME)
    assert together == replace(each, stratum="all strata")


def test_unwatched_all_can_be_gone(scenario: Make, situation: Make, claim: Make) -> None:
    one = situation(scenario(), times=(90.0,))
    each, _ = exposure(one, claim(), 90.0)
    assert (each.amount, each.items, each.scenario) == (20 * 2.0 / 8.0, 20, "taken")
    # On day 12.9 there was time for a day of set-up and 11 items.
    each, _ = exposure(one, claim(), 12.9)
    assert (each.items, each.start) == (11, pytest.approx(0.9, abs=0.91))
    each, _ = exposure(one, claim(), 1.9)
    assert (each.amount, each.items, each.scenario) == (0.0, 0, None)


def test_of_the_past_all_that_a_check_would_miss(scenario: Make, situation: Make, claim: Make) -> None:
    # One of 20 items is measured, and a defect is surely recognised: with D of 20 gone 1 - D / 20 is missed.
    check = Check(5.0, "fuel", "measuring", 20, 1, {"none": 1.0})
    past = claim("past", "past", target=0.5)
    one = situation(scenario(claim="past", past=True), times=(10.0,), claims=(past,), checks=(check,))
    each, _ = exposure(one, past, 10.0)
    assert (each.items, each.start) == (9, 0.0)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_targets_at_the_ends_of_their_range(watched: Make, target: float) -> None:
    situation: Situation = watched(target=target)
    claim = situation.claims[0]
    found = exposure(situation, claim, TIME)
    if target == 0.0:
        assert [one.amount for one in found] == [0.0, 0.0, 0.0]
    else:
        # Whatever is not surely seen.
        assert [one.amount for one in found] == pytest.approx([2.5, 1.5, 4.0])


def test_no_route_takes_from_a_stratum(scenario: Make, situation: Make, claim: Make) -> None:
    both = claim(strata=("fuel", "scrap"))
    found = exposure(situation(scenario(), times=(90.0,), claims=(both,)), both, 90.0)
    assert [(one.stratum, one.amount) for one in found] == [
        ("fuel", 5.0),
        ("scrap", 0.0),
        ("all strata", 5.0),
    ]


def test_windows_bound_the_number_of_items(scenario: Make, situation: Make, claim: Make) -> None:
    one = situation(scenario(windows=((10.0, 18.5),)), times=(90.0,))
    assert exposure(one, claim(), 90.0)[0].items == 7


def test_a_record_that_never_came(
    scenario: Make, situation: Make, watch: Make, record: Make, claim: Make
) -> None:
    life = Life(0.0, NEVER, LifeModel(), (), (Holding(0.0, NEVER),))
    one = situation(
        scenario(watches=(watch("camera", Pass(0, ExponentialResponse(0.2))),)),
        times=(90.0,),
        records=(record("camera", life),),
    )
    assert exposure(one, claim(), 90.0)[0].items == 20
    # 1 - exp(-0.2 (1 + r)) < 0.5 for r up to 2.
    assert exposure(one, claim(), 90.0, curve="latent")[0].items == 2
    assert 1 - exp(-0.2 * 3) < 0.5 < 1 - exp(-0.2 * 4)
