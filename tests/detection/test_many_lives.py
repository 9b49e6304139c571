"""Many devices computed together, against each of them computed alone."""

import numpy as np
import pytest
from numpy.random import Generator

from watchgap.detection import (
    ExponentialLife,
    ExponentialResponse,
    FixedLife,
    LifeKnowledge,
    LifeModel,
    LognormalLife,
    SteppedResponse,
    TableLife,
    WeibullLife,
    death_probability,
    expected_nondetection,
)
from watchgap.detection.lives import Lives, laws_of, numbers_of
from watchgap.detection.record import LifePart
from watchgap.detection.surveillance import Behaviours, expected_nondetections, numbers_of_response

DEVICES = 7
TABLE = TableLife((0.0, 30.0, 60.0, 90.0), (1.0, 0.9, 0.9, 0.2))


def parts(generator: Generator) -> dict[str, tuple[LifePart, ...]]:
    scale = generator.uniform(20.0, 90.0)
    return {
        "film and battery": (FixedLife(scale), WeibullLife(1.2 * scale, 4.0)),
        "wear of any shape": (WeibullLife(scale, generator.uniform(0.6, 5.0)),),
        "chance and a table": (ExponentialLife(3.0 * scale), TABLE),
        "lognormal": (LognormalLife(scale, generator.uniform(0.3, 1.2)),),
        "nothing fails": (),
    }


def knowledge(generator: Generator) -> LifeKnowledge:
    lower = float(generator.choice([0.0, 0.0, 25.0]))
    upper = float(generator.choice([np.inf, np.inf, 70.0, lower]))
    return LifeKnowledge(lower, upper)


KINDS = tuple(parts(np.random.default_rng(0)))


@pytest.mark.parametrize("kind", KINDS)
def test_devices_are_dead_together_as_alone(kind: str) -> None:
    generator = np.random.default_rng(3)
    models = [LifeModel(parts(generator)[kind]) for _ in range(DEVICES)]
    known = [knowledge(generator) for _ in models]
    ages = np.array([0.0, 10.0, 25.0, 26.0, 69.0, 70.0, 300.0])
    found = lives_of(models, known).dead(np.arange(DEVICES), np.tile(ages, (DEVICES, 1)))
    for row, model, one in zip(found, models, known, strict=True):
        assert row == pytest.approx(death_probability(model, one, ages), rel=1e-13, abs=1e-300)


def lives_of(models: list[LifeModel], known: list[LifeKnowledge]) -> Lives:
    numbers = np.array([numbers_of(model) for model in models]).reshape(len(models), -1).T
    bounds = np.array([(one.alive_until, one.dead_by) for one in known]).T
    return Lives.of(laws_of(models[0]), numbers, bounds[0], bounds[1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stepped", [False, True])
def test_devices_miss_together_as_alone(kind: str, *, stepped: bool) -> None:
    generator = np.random.default_rng(5)
    models = [LifeModel(parts(generator)[kind]) for _ in range(DEVICES)]
    known = [knowledge(generator) for _ in models]
    responses = [
        [
            SteppedResponse(generator.uniform(0.5, 4.0), generator.uniform(0.2, 1.0))
            if stepped
            else ExponentialResponse(generator.uniform(0.02, 30.0))
            for _ in range(2)
        ]
        for _ in models
    ]
    device = np.repeat(np.arange(DEVICES), 4)
    edges = np.sort(generator.uniform(0.0, 110.0, (4, device.size)), axis=0)
    # The first two columns of a device begin at one age: what is over by the end of both is computed once.
    edges[0, 1::4] = edges[0, ::4] = np.minimum(edges[0, 1::4], edges[0, ::4])
    behaviours = [
        Behaviours.of(type(row[0]), np.array([numbers_of_response(one) for one in row]).T)
        for row in zip(*responses, strict=True)
    ]
    together = expected_nondetections(lives_of(models, known), behaviours, device, edges[::2], edges[1::2])
    for column, number in enumerate(device.tolist()):
        begins, ends = edges[::2, column, None], edges[1::2, column, None]
        alone = expected_nondetection(models[number], known[number], responses[number], begins, ends)
        assert together[column] == pytest.approx(float(alone[0]), rel=1e-9, abs=1e-14)
