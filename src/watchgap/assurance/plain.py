"""The non-detection of one scenario for given starts at one time: what `assess` follows through time."""

import numpy as np

from watchgap.assurance.names import IN_HAND, LATENT, TIMELY, package_of
from watchgap.assurance.record import FloatArray, Package, Scenario, Situation
from watchgap.assurance.roads import Cells, Road
from watchgap.assurance.samples import Samples, checks_of, items_gone, package_factor, plan_of
from watchgap.base.errors import UnknownName


def nondetection(
    situation: Situation, scenario: Scenario, starts: FloatArray, time: float, curve: str
) -> FloatArray:
    """Compute the non-detection beta of one scenario for given starts at one time of assessment.

    The plain form of what `assess` follows through time. starts [d], shape (n,), each finished by the
    time [d]. curve: 'in hand', 'latent', 'timely', or a package by its name or by that of its curve.

    Returns beta, shape (n,) [1]. Raises UnknownName if the situation has no such package.
    """
    starts = np.asarray(starts, dtype=np.float64)
    package = None if curve in (IN_HAND, LATENT, TIMELY) else package_named(situation, curve)
    road = Road([situation], [scenario])
    collects = road.measures if curve == LATENT else package.collects if package else frozenset[str]()
    until = np.full(starts.shape, time)
    if curve == TIMELY:
        until = np.minimum(until, in_time(situation, scenario, starts))
    row = np.zeros(starts.size, dtype=np.int64)
    beta = road.surveillance(collects, Cells(row, starts, until, until))
    samples = Samples(())
    for check in checks_of(situation, scenario):
        plan = plan_of(check, check.recognition, scenario.concealment)
        found = samples.missed(plan, items_gone(scenario, check.time, starts))
        beta = beta * np.where(check.time < until, found, 1.0)
    if package is not None:
        beta = beta * package_factor(samples, situation, scenario, package, time)
    return beta


def in_time(situation: Situation, scenario: Scenario, starts: FloatArray) -> FloatArray:
    """The moment just after the goal has run out: what comes into hand exactly then is still in time [d]."""
    claim = next(claim for claim in situation.claims if claim.name == scenario.claim)
    finish = np.full(starts.shape, -np.inf) if scenario.past else starts + scenario.duration
    return np.nextafter(finish + claim.timeliness[scenario.stratum], np.inf)


def package_named(situation: Situation, name: str) -> Package:
    """Find a package by its name or by that of its curve. Raises UnknownName if there is none."""
    for package in situation.packages:
        if package.name in (name, package_of(name)):
            return package
    known = ", ".join(package.name for package in situation.packages) or "none"
    raise UnknownName(f"no package '{name}' is in the situation; it has {known}")
