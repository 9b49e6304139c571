"""Runs a case for what would restore its claims, and until when."""

from datetime import date
from pathlib import Path

from watchgap.flow.ensemble import Sampling, ask, origin_of
from watchgap.flow.load import LoadedCase
from watchgap.study import RecoveryStudy, gather_recovery, with_digest


def recover(
    case: str | Path | LoadedCase,
    *,
    as_of: date | str | None = None,
    until: date | str | None = None,
    known_on: date | str | None = None,
    sampling: Sampling | None = None,
) -> RecoveryStudy:
    """Find which packages restore each claim, with which probability, and until when.

    as_of: the day looked from, by default the last of the period: facts after it are not used, and nothing is
    assumed to happen after it but the ends of lives and the perils of the case. until: the last day looked
    at, by default the last of the period. known_on: use only facts that were recorded by the end of this day.

    Raises CaseError if the folder has faults, and OutOfRange for a day outside the period or a number of
    draws, seed or workers out of range.
    """
    question = ask(case, as_of=as_of, until=until, ahead=True, known_on=known_on)
    ensemble = (sampling or Sampling()).of(question)
    return with_digest(
        gather_recovery(
            question.loaded.case,
            question.ledger,
            ensemble,
            days=(question.as_of, question.until),
            origin=origin_of(question, ensemble),
        )
    )
