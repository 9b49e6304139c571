"""Play one scenario many times and count how often nothing is noticed.

The play is deliberately simple: custody, blind spots, lives, pictures and sampled items are drawn one after
another, and a trial is over as soon as something is noticed. No probability is ever computed, so that an
error in a formula of the engine cannot be repeated here. Only the records are imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, inf, log, sqrt

import numpy as np
from numpy.random import Generator

from watchgap.assurance.record import Claim, FloatArray, Package, PlannedCheck, Scenario, Situation, Watch
from watchgap.coverage.record import Holding, Life
from watchgap.detection.record import (
    ExponentialLife,
    ExponentialResponse,
    FixedLife,
    LifeModel,
    LifePart,
    LognormalLife,
    SealResponse,
    SteppedResponse,
    TableLife,
    WeibullLife,
)

IN_HAND = "in hand"
LATENT = "latent"
TIMELY = "timely"

_LEAST_BLOCK = 1_000  # lives drawn at once while rejecting
_TRIES_PER_LIFE = 1_000
_LEAST_TRIES = 1_000_000


class HopelessDraw(RuntimeError):
    """What was found of a life is so improbable under its model that rejection cannot draw it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over trials and its standard error, both probabilities [1]."""

    mean: float
    standard_error: float
    trials: int


@dataclass(frozen=True, slots=True)
class _Game:
    """What is played, and what counts: facts before `time`, in hand by `deadline`, and what is collected."""

    situation: Situation
    scenario: Scenario
    start: float
    time: float
    deadline: float
    latent: bool
    package: Package | None

    def collects(self, measure: str) -> bool:
        return self.latent or (self.package is not None and measure in self.package.collects)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a life's record that counts if its custody, when it has one, was kept."""

    begins: float
    ends: float
    custody: str | None


@dataclass(frozen=True, slots=True)
class _LaidLife:
    """One life on the board: the parts that count, and its time of death by device and trial."""

    ends: float
    parts: tuple[_Part, ...]
    deaths: tuple[list[float], ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """A stretch of time in which a measure looks at the scenario, and how it responds."""

    begins: float
    ends: float
    response: ExponentialResponse | SteppedResponse | SealResponse


@dataclass(frozen=True, slots=True)
class _LaidWatch:
    """One measure on the board."""

    blind_spot: float
    count: int
    looks: tuple[_Look, ...]
    lives: tuple[_LaidLife, ...]


@dataclass(frozen=True, slots=True)
class _LaidCheck:
    """One sample on the board: how many of how many items are taken, and how many of them are defective."""

    population: int
    sample: int
    defective: int
    recognition: float


@dataclass(frozen=True, slots=True)
class _Board:
    """All that a trial plays with; nothing on it changes from trial to trial."""

    custodies: Mapping[str, float]
    watches: tuple[_LaidWatch, ...]
    checks: tuple[_LaidCheck, ...]


def simulate_nondetection(  # noqa: PLR0913 - the subject is one cell of a table: what, from when, seen when
    situation: Situation,
    scenario: Scenario,
    start: float,
    time: float,
    *,
    holding: str = IN_HAND,
    trials: int,
    generator: Generator,
) -> Estimate:
    """Estimate the probability that a scenario with this start is not noticed with what is held at a time.

    Each trial is one plain play; the mean is the share of trials in which nothing was noticed.

    Parameters
    ----------
    situation, scenario : the scenario need not be one of the situation's.
    start, time : start of the scenario and time of assessment [d]; facts at `time` itself do not count.
    holding : "in hand", "latent", "timely", or the name of a package (what it would restore).
    trials : number of plays.
    generator : source of all draws.

    Raises
    ------
    ValueError : the scenario is not over by `time`, or a sample is larger than its stratum.
    LookupError : a package, custody period or measure that the situation does not have.
    HopelessDraw : findings that the life model makes all but impossible.
    """
    if start + scenario.duration > time:
        over = start + scenario.duration
        raise ValueError(f"{scenario.name} is over at {over}, after {time}; take a later time")
    game = _game(situation, scenario, start, time, holding)
    watches = () if scenario.past else scenario.watches
    board = _Board(
        custodies=situation.custodies,
        watches=tuple(_lay_watch(game, watch, trials, generator) for watch in watches),
        checks=_lay_checks(game),
    )
    unnoticed = sum(not _play_once(board, trial, generator) for trial in range(trials))
    mean = unnoticed / trials
    return Estimate(mean=mean, standard_error=sqrt(mean * (1.0 - mean) / trials), trials=trials)


def _game(situation: Situation, scenario: Scenario, start: float, time: float, holding: str) -> _Game:
    deadline, package = inf, None
    if holding == TIMELY:
        deadline = start + scenario.duration + _claim(situation, scenario).timeliness[scenario.stratum]
    elif holding not in (IN_HAND, LATENT):
        package = _package(situation, holding)
    return _Game(situation, scenario, start, time, deadline, latent=holding == LATENT, package=package)


def _package(situation: Situation, name: str) -> Package:
    for package in situation.packages:
        if package.name == name:
            return package
    raise LookupError(f"no package {name!r}; take 'in hand', 'latent', 'timely' or the name of a package")


def _claim(situation: Situation, scenario: Scenario) -> Claim:
    for claim in situation.claims:
        if claim.name == scenario.claim:
            return claim
    raise LookupError(f"no claim {scenario.claim!r} of scenario {scenario.name!r}")


# --- one trial ----------------------------------------------------------------------------------------------


def _play_once(board: _Board, trial: int, generator: Generator) -> bool:
    """Play the scenario through once and say whether anything was noticed."""
    kept = {name: generator.random() < probability for name, probability in board.custodies.items()}
    for watch in board.watches:
        if generator.random() < watch.blind_spot:
            continue
        for device in range(watch.count):
            for life in watch.lives:
                pieces = _record_pieces(life, min(life.deaths[device][trial], life.ends), kept)
                if _life_notices(watch.looks, pieces, generator):
                    return True
    return any(_sample_finds(check, generator) for check in board.checks)


def _record_pieces(life: _LaidLife, stops: float, kept: Mapping[str, bool]) -> list[tuple[float, float]]:
    """Stretches of the life's record that count in this trial; parts that touch are one stretch."""
    pieces: list[tuple[float, float]] = []
    for part in life.parts:
        ends = min(part.ends, stops)
        if ends <= part.begins or (part.custody is not None and not kept[part.custody]):
            continue
        if pieces and pieces[-1][1] >= part.begins:
            pieces[-1] = (pieces[-1][0], ends)
        else:
            pieces.append((part.begins, ends))
    return pieces


def _life_notices(looks: tuple[_Look, ...], pieces: list[tuple[float, float]], generator: Generator) -> bool:
    """Let the record of one life be looked through for the whole scenario."""
    opened = 0.0
    for look in looks:
        for begins, ends in pieces:
            length = min(ends, look.ends) - max(begins, look.begins)
            if length <= 0.0:
                continue
            if isinstance(look.response, SealResponse):
                # A seal is opened once and verified once, however many steps go past it.
                opened = max(opened, look.response.recognition)
            elif _pictures_show(look.response, length, generator):
                return True
    return opened > 0.0 and generator.random() < opened


def _pictures_show(
    response: ExponentialResponse | SteppedResponse, length: float, generator: Generator
) -> bool:
    """Take pictures one by one during a stretch of activity [d] until one shows it or the stretch is over."""
    if isinstance(response, ExponentialResponse):
        # The rate is that of pictures that show it: the first one to come is enough.
        return response.rate > 0.0 and generator.exponential(1.0 / response.rate) < length
    clock = response.spacing * generator.random()
    while clock < length:
        if generator.random() < response.recognition:
            return True
        clock += response.spacing
    return False


def _sample_finds(check: _LaidCheck, generator: Generator) -> bool:
    """Take the sample item by item, without putting back, and measure each defective item that comes up."""
    remaining, defective = check.population, check.defective
    for _ in range(check.sample):
        if defective == 0:
            return False
        if generator.integers(remaining) < defective:
            if generator.random() < check.recognition:
                return True
            defective -= 1
        remaining -= 1
    return False


# --- laying the board ---------------------------------------------------------------------------------------


def _lay_watch(game: _Game, watch: Watch, trials: int, generator: Generator) -> _LaidWatch:
    times = game.scenario.step_times()
    looks = tuple(
        _Look(
            begins=game.start + times[one.step][1 if one.handling_only else 0],
            ends=game.start + times[one.step][2],
            response=one.response,
        )
        for one in watch.passes
    )
    lives = []
    for life in game.situation.records[watch.measure].lives:
        parts = _parts_that_count(game, life, collected=game.collects(watch.measure))
        if parts:
            deaths = tuple(_draw_deaths(life, game.time, trials, generator) for _ in range(watch.count))
            lives.append(_LaidLife(ends=life.ends, parts=parts, deaths=deaths))
    return _LaidWatch(blind_spot=watch.blind_spot, count=watch.count, looks=looks, lives=tuple(lives))


def _parts_that_count(game: _Game, life: Life, *, collected: bool) -> tuple[_Part, ...]:
    """The parts of a life's record that count, custody aside, and that lie within the scenario."""
    parts = []
    for holding in life.holdings:
        begins = max(holding.begins, life.begins)
        ends = min(_counts_until(holding, game, collected=collected), life.ends)
        if begins < ends and begins < game.start + game.scenario.duration and ends > game.start:
            parts.append(_Part(begins=begins, ends=ends, custody=holding.custody))
    return tuple(parts)


def _counts_until(holding: Holding, game: _Game, *, collected: bool) -> float:
    """The instant of a holding up to which it counts; -inf if nothing of it does."""
    if collected and holding.lost >= game.time:
        return holding.ends
    if holding.lag is not None:
        # The instant x is in hand from x + lag; what had not arrived when the record was lost never does.
        return min(holding.ends, min(game.time, game.deadline, holding.lost) - holding.lag)
    comes_in = holding.in_hand < game.time and holding.in_hand <= game.deadline
    return holding.ends if comes_in and holding.in_hand <= holding.lost else -inf


def _lay_checks(game: _Game) -> tuple[_LaidCheck, ...]:
    scenario, situation = game.scenario, game.situation
    laid = [
        _LaidCheck(
            population=check.population,
            sample=check.sample,
            defective=_gone_by(check.time, scenario, game.start),
            recognition=check.recognition.get(scenario.concealment, 0.0),
        )
        for check in situation.checks
        if check.stratum == scenario.stratum and check.time < game.time and check.time <= game.deadline
    ]
    if game.package is not None:
        laid += [_lay_planned(one, game) for one in game.package.checks if one.stratum == scenario.stratum]
    for one in laid:
        if max(one.sample, one.defective) > one.population:
            raise ValueError(f"{one.sample} sampled, {one.defective} defective, of {one.population} items")
    return tuple(laid)


def _lay_planned(planned: PlannedCheck, game: _Game) -> _LaidCheck:
    lost = game.situation.evidence_lost
    evidence_is_lost = any(lost.get(one, inf) < game.time for one in planned.needs)
    recognition = planned.without_evidence if evidence_is_lost else planned.recognition
    return _LaidCheck(
        population=planned.population,
        sample=planned.sample,
        defective=game.scenario.items,
        recognition=recognition.get(game.scenario.concealment, 0.0),
    )


def _gone_by(time: float, scenario: Scenario, start: float) -> int:
    """Number of items taken by a time: whole items only, one after another once the first step is set up."""
    if scenario.past:
        return scenario.items
    first = scenario.steps[0]
    return min(max(floor(first.rate * (time - start - first.setup)), 0), scenario.items)


# --- lives --------------------------------------------------------------------------------------------------


def _draw_deaths(life: Life, time: float, number: int, generator: Generator) -> list[float]:
    """Times of death [d] of `number` independent devices, given what was found of this life before `time`."""
    known = [finding for finding in life.findings if finding.known < time]
    alive_until = max((finding.alive_until for finding in known), default=-inf)
    dead_by = min((finding.dead_by for finding in known), default=inf)
    if alive_until > dead_by:
        raise HopelessDraw(f"alive until {alive_until} and dead by {dead_by}")
    if alive_until >= life.ends:
        # It is known to have worked to its end; what it would have done afterwards is never asked.
        return [inf] * number
    if alive_until == dead_by:
        return [dead_by] * number
    ages = _draw_ages(life.model, alive_until - life.begins, dead_by - life.begins, number, generator)
    return [life.begins + age for age in ages.tolist()]


def _draw_ages(model: LifeModel, low: float, high: float, number: int, generator: Generator) -> FloatArray:
    """Draw ages at death [d] and keep those in (low, high] until there are enough."""
    kept: list[FloatArray] = []
    have = tries = 0
    block = max(number, _LEAST_BLOCK)
    while have < number:
        ages = np.full(block, inf)
        for part in model.parts:
            ages = np.minimum(ages, _draw_part(part, block, generator))
        kept.append(ages[(ages > low) & (ages <= high)])
        have += kept[-1].size
        tries += block
        if have < number and tries > _LEAST_TRIES + _TRIES_PER_LIFE * number:
            raise HopelessDraw(f"{have} of {tries} drawn lives end in ({low}, {high}]")
    return np.concatenate(kept)[:number]


def _draw_part(part: LifePart, number: int, generator: Generator) -> FloatArray:
    """Draw ages at failure [d] of one part."""
    match part:
        case FixedLife(length):
            return np.full(number, length)
        case ExponentialLife(mean):
            return generator.exponential(mean, number)
        case WeibullLife(scale, shape):
            return scale * generator.weibull(shape, number)
        case LognormalLife(median, sigma):
            return generator.lognormal(log(median), sigma, number)
        case TableLife(ages, survival):
            level = generator.random(number)
            fails_at = np.interp(level, survival[::-1], ages[::-1])
            return np.where(level < survival[-1], inf, fails_at)
