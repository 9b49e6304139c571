"""Runs the rooms in order: a case folder in, a study out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance import Situation, assess, build_situation, exposure
from watchgap.base.time import end_of
from watchgap.coverage import measure_records, timelines
from watchgap.flow.blocks import in_blocks, run_blocks
from watchgap.flow.days import as_day, optional_day
from watchgap.flow.ensemble import Question, Sampling, ask, origin_of
from watchgap.flow.load import LoadedCase, load
from watchgap.ledger import Ledger
from watchgap.study import BackTest, Results, Study, back_test, gather, with_digest, with_sureness

FloatArray = NDArray[np.float64]
Exposures = Mapping[str, Mapping[str, FloatArray]]

EXPOSURE_DRAWS = 64
"""Draws for which the exposure is computed: it is a search of its own for each of them."""
_EXPOSURE_BLOCK = 8


def situation_of(
    loaded: LoadedCase, *, as_of: date | str | None = None, known_on: date | str | None = None
) -> Situation:
    """Give the numbers of a case at the end of every day up to a date, each unknown at its median.

    Raises OutOfRange if the date is not one of the case's period.
    """
    day = as_day(loaded, as_of)
    return _situation(loaded, loaded.ledger(optional_day(known_on)), day)


def brief(
    case: str | Path | LoadedCase,
    *,
    as_of: date | str | None = None,
    known_on: date | str | None = None,
    sampling: Sampling | None = None,
) -> Study:
    """Assess a case at the end of a day.

    as_of: the day, by default the last of the case's period. known_on: use only facts that were recorded
    by the end of this day; by default every recorded fact about the time up to `as_of`. sampling: draw what
    is not known so often, and give every curve its band and every headline number its interval; None for
    medians alone.

    Raises CaseError if the folder has faults, and OutOfRange if `as_of` is not a day of the case's period or
    the sampling has a number of draws, seed or workers out of range.
    """
    question = ask(case, as_of=as_of, known_on=known_on)
    loaded, ledger = question.loaded, question.loaded.ledger(question.known_on)
    situation = _situation(loaded, ledger, question.as_of)
    now = float(situation.times[-1])
    results = Results(
        situation=situation,
        assessment=assess(situation),
        lanes=timelines(loaded.case, dict(situation.records), now),
        exposures={
            claim.name: exposure(situation, claim, now)
            for claim in situation.claims
            if claim.kind != "completeness"
        },
    )
    study = gather(loaded.case, ledger, results, as_of=question.as_of, origin=origin_of(question))
    if sampling is not None:
        study = _with_draws(study, question, sampling)
    return with_digest(study)


def backtest(
    case: str | Path | LoadedCase, *, as_of: date | str | None = None, known_on: date | str | None = None
) -> BackTest:
    """Lay the curves of a case against the official statements up to a date.

    Raises what `brief` raises.
    """
    loaded = case if isinstance(case, LoadedCase) else load(case)
    study = brief(loaded, as_of=as_of, known_on=known_on)
    return back_test(loaded.case, loaded.ledger(study.known_on), study)


def _situation(loaded: LoadedCase, ledger: Ledger, day: date) -> Situation:
    days = int(end_of(day, loaded.case.period.first))
    records = measure_records(loaded.case, ledger)
    ends_of_days = np.arange(1.0, days + 1.0)
    return build_situation(loaded.case, ledger, records, ends_of_days)


def _with_draws(study: Study, question: Question, sampling: Sampling) -> Study:
    ensemble = sampling.of(question)
    points = question.points(draws=sampling.draws, seed=sampling.seed)[: min(ensemble.draws, EXPOSURE_DRAWS)]
    blocks = in_blocks(points, _EXPOSURE_BLOCK)
    try:
        done = run_blocks(_Expose(question), blocks, workers=sampling.workers)
    except KeyboardInterrupt:
        # The draws of the curves are there, and stay of use without those of the exposure.
        return with_sureness(study, ensemble, {})
    exposures = {
        claim: {stratum: np.concatenate([one[claim][stratum] for one in done]) for stratum in strata}
        for claim, strata in done[0].items()
    }
    return with_sureness(study, ensemble, exposures)


@dataclass(frozen=True)
class _Expose:
    """The work on one block of points: the exposure of every claim and stratum [SQ], in every draw."""

    question: Question

    def __call__(self, points: FloatArray) -> Exposures:
        now = self.question.now
        situations = list(self.question.situations(points, np.array([now])))
        amounts: dict[str, dict[str, FloatArray]] = {}
        for place, claim in enumerate(situations[0].claims):
            if claim.kind == "completeness":
                continue
            found = [exposure(one, one.claims[place], now) for one in situations]
            amounts[claim.name] = {
                line.stratum: np.array([each[number].amount for each in found])
                for number, line in enumerate(found[0])
            }
        return amounts
