"""Runs a case for what moves an answer, and for what is worth asking about first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from watchgap.assurance import restorable
from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.draws import Ensemble, normal_copula
from watchgap.draws.points import MOST_DRAWS, exponent_of
from watchgap.flow.answers import Measured, looks_ahead, named_answer, require_number, unit_of
from watchgap.flow.blocks import FloatArray, in_blocks, run_blocks
from watchgap.flow.chances import Weighed, chances_of, outcomes_of
from watchgap.flow.ensemble import BLOCK, Question, Sampling, ask, origin_of
from watchgap.flow.load import LoadedCase
from watchgap.inquiry import (
    Decision,
    Estimation,
    Shares,
    Worth,
    saltelli_design,
    swings,
    value_of_outcome,
    variance_shares,
    worth_of_learning,
)
from watchgap.study import InquiryStudy, gather_inquiry, with_digest
from watchgap.study.inquiry import Findings

POINTS = 64
"""Points of the design for variance shares: the answer is computed (factors + 2) times as often."""

LEAST_DRAWS = 128


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked about.

    claim: by default the first that has a number. answer: the name of a curve, of a package (what it
    restores), 'posterior', 'exposure', or 'no return: ' with a package; by default the assurance one is least
    sure of. points: of the design for variance shares, a power of 2; 0 leaves them out.
    """

    claim: str | None = None
    answer: str | None = None
    points: int = POINTS


def sensitivity(
    case: str | Path | LoadedCase,
    inquiry: Inquiry | None = None,
    *,
    as_of: date | str | None = None,
    known_on: date | str | None = None,
    sampling: Sampling | None = None,
) -> InquiryStudy:
    """Find which unknowns move one answer most, and what it would be worth to learn one of them.

    sampling: of the plain draws, from which swings and the worth of answers are taken.

    Raises CaseError if the folder has faults; UnknownName for a claim or answer that the case does not have;
    OutOfRange for a day outside the period, a claim without a number on it, or numbers out of range.
    """
    sampling, inquiry = sampling or Sampling(), inquiry or Inquiry()
    if inquiry.points:
        _require_points(inquiry.points)
    question = ask(case, as_of=as_of, known_on=known_on, ahead=True)
    moment = replace(question, moment=True)
    known = _claims(question)
    if not known:
        raise OutOfRange(
            "every claim of the case is about completeness, so there is no number that could move"
        )
    if inquiry.claim is not None and inquiry.claim not in known:
        raise UnknownName(f"no claim '{inquiry.claim}' can be computed; use one of {', '.join(known)}")
    name = inquiry.claim or known[0]
    medians = moment.at_medians()
    wanted = None if inquiry.answer is None else named_answer(medians, name, inquiry.answer)
    _require_draws(sampling.draws)
    ensemble = sampling.of(moment)
    _require_draws(ensemble.draws)
    drawn = ensemble.claims[name]
    wanted = wanted or max(drawn.curves, key=lambda one: _spread(drawn.curves[one][:, 0]))
    measured = Measured(question if looks_ahead(wanted) else moment, name, wanted)
    values = _values(measured, ensemble, sampling)
    require_number(name, values)
    numbers = {
        one: ensemble.values[:, unknown.column] for one, unknown in ensemble.unknowns.distinct().items()
    }
    decision = _decision(ensemble, name)
    shares = _shares(measured, question, inquiry.points, sampling) if inquiry.points else None
    findings = Findings(
        answer=wanted,
        value=_at_medians(measured),
        values=values,
        target=float(np.median(drawn.target)),
        swings=swings(values, {one: told[: len(values)] for one, told in numbers.items()}),
        worths=(*_worths(decision, numbers, sampling.seed), *_outcomes(moment, name, decision, sampling)),
        shares=shares,
        points=inquiry.points if shares is not None else 0,
        unit=unit_of(wanted),
    )
    study = gather_inquiry(
        question.loaded.case,
        ensemble,
        findings,
        asked=(name, question.as_of),
        origin=origin_of(question, ensemble),
    )
    return with_digest(study)


def _require_points(points: int) -> None:
    try:
        exponent_of(points)
    except OutOfRange:
        raise OutOfRange(
            f"points are {points}; use a power of 2 from 2 to {MOST_DRAWS}, or 0 to leave out the shares"
        ) from None


def _require_draws(draws: int) -> None:
    if draws < LEAST_DRAWS:
        raise OutOfRange(
            f"{draws} draws are too few to tell what an answer is worth; use a power of 2 from {LEAST_DRAWS}"
        )


def _claims(question: Question) -> list[str]:
    return [claim.id for claim in question.loaded.case.claims if claim.kind != "completeness"]


def _spread(values: FloatArray) -> float:
    low, high = np.quantile(values, (0.05, 0.95))
    return float(high - low)


def _values(measured: Measured, ensemble: Ensemble, sampling: Sampling) -> FloatArray:
    """The answer in the plain draws: read off if it is a curve, computed if it is not."""
    curves = ensemble.claims[measured.claim].curves
    if measured.answer in curves:
        return curves[measured.answer][:, ensemble.now]
    points = measured.question.points(draws=sampling.draws, seed=sampling.seed)[: ensemble.draws]
    return np.concatenate(
        run_blocks(measured, in_blocks(points, BLOCK), workers=sampling.workers, progress=sampling.progress)
    )


def _at_medians(measured: Measured) -> float:
    """The answer with every number, date and day of a peril at its median."""
    if not looks_ahead(measured.answer):
        return float(measured.of([measured.question.at_medians()])[0])
    return float(measured(np.full((1, measured.question.drawer.unknowns.columns), 0.5))[0])


def _decision(ensemble: Ensemble, claim: str) -> Decision:
    """Which package to ask for: what each restores now, and what it takes."""
    drawn, names = ensemble.claims[claim], tuple(ensemble.efforts)
    # Without packages there is nothing from which NumPy could tell the number of draws.
    shape = len(names), ensemble.draws
    return Decision(
        packages=names,
        assurance=np.array([drawn.curves[restorable(name)][:, ensemble.now] for name in names]).reshape(
            shape
        ),
        effort=np.array([ensemble.efforts[name] for name in names]).reshape(shape),
        target=drawn.target,
    )


def _worths(decision: Decision, numbers: dict[str, FloatArray], seed: int) -> tuple[Worth, ...]:
    if not decision.packages or not numbers:
        return ()
    return worth_of_learning(decision, numbers, estimation=Estimation(seed=seed))


def _outcomes(question: Question, claim: str, decision: Decision, sampling: Sampling) -> Sequence[Worth]:
    """What it would be worth to learn until when each device worked."""
    chances = chances_of(question, question.at_medians())
    if not chances or not decision.packages:
        return ()
    draws = decision.assurance.shape[1]
    points = question.points(draws=sampling.draws, seed=sampling.seed)[:draws]
    done = run_blocks(Weighed(question, claim, chances), in_blocks(points, BLOCK), workers=sampling.workers)
    kept = sum(next(iter(block.values()))[0].shape[1] for block in done)
    decision = replace(
        decision,
        assurance=decision.assurance[:, :kept],
        effort=decision.effort[:, :kept],
        target=np.asarray(decision.target)[:kept],
    )
    return [
        value_of_outcome(chance.measure, tuple(outcomes_of(chance, done, decision))) for chance in chances
    ]


def _shares(measured: Measured, question: Question, points: int, sampling: Sampling) -> Shares | None:
    unknowns = question.drawer.unknowns
    if not unknowns.factors:
        return None
    design = saltelli_design(
        [factor.columns for factor in unknowns.factors],
        points,
        sampling.seed,
        names=[factor.name for factor in unknowns.factors],
    )
    rows = normal_copula(unknowns, design.uniforms)
    done = run_blocks(measured, in_blocks(rows, BLOCK), workers=sampling.workers, progress=sampling.progress)
    values = np.concatenate(done)
    if len(values) < len(rows):
        # Interrupted: shares need the whole design, and the rest of the answer does not.
        return None
    require_number(measured.claim, values)
    return variance_shares(design, values)[0]
