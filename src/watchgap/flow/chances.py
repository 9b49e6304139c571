"""What chance has already decided and nobody has looked at: until when the devices of a measure worked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

import numpy as np

from watchgap.assurance import Situation, assess_many, restorable
from watchgap.base.time import last_day_before
from watchgap.coverage.lanes import knowledge_at
from watchgap.coverage.record import Finding, Life, MeasureRecord
from watchgap.detection.lives import death_probability, life_quantile
from watchgap.flow.blocks import FloatArray
from watchgap.flow.ensemble import Question
from watchgap.inquiry import Decision, Outcome

# Chances below this [1] are no question.
_NEGLIGIBLE = 1e-3
# The time of a death is told to one of so many equally likely spans.
_SPANS = 4


@dataclass(frozen=True, slots=True)
class Chance:
    """One matter of chance about a measure: names of its outcomes, and for each the span of death [d].

    The devices of a measure are taken to have stopped in the same span, as those may that are serviced
    together; the engine gives each a life of its own, so an answer about several is worth rather less.
    """

    measure: str
    outcomes: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Weighed:
    """The work on one block of points: for every chance and outcome its probability and the assurances."""

    question: Question
    claim: str
    chances: tuple[Chance, ...]

    def __call__(self, points: FloatArray) -> dict[str, tuple[FloatArray, FloatArray]]:
        """By measure: probabilities, (outcomes, draws), and assurances, (outcomes, packages, draws)."""
        situations = list(self.question.situations(points))
        packages = [package.name for package in situations[0].packages]
        found: dict[str, tuple[FloatArray, FloatArray]] = {}
        for chance in self.chances:
            probability, assurance = [], []
            for span in chance.spans:
                probability.append(_probability(situations, chance.measure, span, self.question.now))
                told = [_told(one, chance.measure, span) for one in situations]
                drawn = assess_many(told).claims[self.claim]
                assurance.append([drawn.curves[restorable(name)][:, -1] for name in packages])
            found[chance.measure] = _normalised(np.array(probability)), np.array(assurance)
        return found


def chances_of(question: Question, situation: Situation) -> tuple[Chance, ...]:
    """The measures of which it is open until when their device worked, with the spans that are asked about.

    situation: the case at medians, at the moment of the question.
    """
    return tuple(
        Chance(record.measure, *_spans(question, life))
        for record in situation.records.values()
        if (life := _open_life(record, question.now)) is not None
    )


def _open_life(record: MeasureRecord, now: float) -> Life | None:
    """The last life that began before now, if it is open when it ended and nobody has collected all of it."""
    place = _begun(record, now)
    if place is None or not record.lives[place].model.parts:
        return None
    life = record.lives[place]
    knowledge = knowledge_at(life, now)
    until = min(now, life.ends) - life.begins
    dead = death_probability(life.model, knowledge, np.array([knowledge.alive_until, until]))
    known = knowledge.alive_until == knowledge.dead_by
    collected = all(holding.in_hand < now or holding.lost < now for holding in life.holdings)
    return None if known or collected or dead[1] < _NEGLIGIBLE else life


def _begun(record: MeasureRecord, now: float) -> int | None:
    """Position of the last life that began before now; None if the device was not in place yet."""
    return max((number for number, life in enumerate(record.lives) if life.begins < now), default=None)


def _spans(question: Question, life: Life) -> tuple[tuple[str, ...], tuple[tuple[float, float], ...]]:
    now, first = question.now, question.loaded.case.period.first
    knowledge = knowledge_at(life, now)
    until = min(now, life.ends) - life.begins
    dead = float(death_probability(life.model, knowledge, np.array([until]))[0])
    cuts = life_quantile(life.model, knowledge, np.linspace(0.0, dead, _SPANS + 1)[1:-1])
    end = life.begins + until
    days = sorted({min(float(np.round(life.begins + cut)), end) for cut in cuts if cut < until})
    # A draw may have placed the begin of the life, or its length, elsewhere than the medians do: the spans
    # leave nothing out.
    edges = [-inf, *(day for day in days if day > life.begins), end]
    spans = [(low, high) for low, high in pairwise(edges) if low < high]
    names = [f"it stopped by the end of {last_day_before(first, high)}" for _, high in spans]
    lasted = "it still works" if life.ends >= now else "it worked until it was stopped or taken away"
    return (*names, lasted), (*spans, (end, inf))


def _probability(
    situations: Sequence[Situation], measure: str, span: tuple[float, float], now: float
) -> FloatArray:
    """Probability in each draw that the device died in a span (low, high] [d]."""
    chances: list[float] = []
    for situation in situations:
        place = _begun(situation.records[measure], now)
        if place is None:
            chances.append(0.0)
            continue
        life = situation.records[measure].lives[place]
        ages = np.maximum(np.array(span) - life.begins, 0.0)
        finite = np.where(np.isfinite(ages), ages, 0.0)
        dead = np.where(
            np.isfinite(ages), death_probability(life.model, knowledge_at(life, now), finite), 1.0
        )
        chances.append(float(dead[1] - (dead[0] if span[0] > life.begins else 0.0)))
    return np.array(chances)


def _normalised(probability: FloatArray) -> FloatArray:
    """Probabilities of outcomes, (outcomes, draws), that sum to 1; alike in a draw that excludes them all."""
    total = probability.sum(axis=0)
    return np.where(total > 0, probability / np.where(total > 0, total, 1.0), 1.0 / len(probability))


def _told(situation: Situation, measure: str, span: tuple[float, float]) -> Situation:
    """The same situation, had it been learned that the device died in a span."""
    record = situation.records[measure]
    now = float(situation.times[-1])
    place = _begun(record, now)
    if place is None:
        return situation
    life = record.lives[place]
    low = max(span[0], life.begins)
    learned = Finding(-inf, low, span[1] if span[1] > low else low)
    lives = (
        *record.lives[:place],
        replace(life, findings=(*life.findings, learned)),
        *record.lives[place + 1 :],
    )
    return replace(situation, records={**situation.records, measure: replace(record, lives=lives)})


def outcomes_of(
    chance: Chance, blocks: Sequence[Mapping[str, tuple[FloatArray, FloatArray]]], decision: Decision
) -> Iterator[Outcome]:
    """Put together the outcomes of one chance from the blocks of its draws."""
    probability = np.concatenate([block[chance.measure][0] for block in blocks], axis=1)
    assurance = np.concatenate([block[chance.measure][1] for block in blocks], axis=2)
    for name, part, given in zip(chance.outcomes, probability, assurance, strict=True):
        yield Outcome(name, part, replace(decision, assurance=given))
