"""Runs the rooms in order: a case folder in, a study out."""

from datetime import date
from pathlib import Path

import numpy as np

from watchgap.assurance import Situation, assess, build_situation, exposure
from watchgap.base.errors import OutOfRange
from watchgap.base.time import end_of, parse_day
from watchgap.base.version import VERSION
from watchgap.coverage import measure_records, timelines
from watchgap.flow.load import LoadedCase, load
from watchgap.ledger import Ledger
from watchgap.study import BackTest, Origin, Results, Study, back_test, gather, with_digest


def situation_of(
    loaded: LoadedCase, *, as_of: date | str | None = None, known_on: date | str | None = None
) -> Situation:
    """Give the numbers of a case at the end of every day up to a date, each unknown at its median.

    Raises OutOfRange if the date is not one of the case's period.
    """
    day = _day(loaded, as_of)
    return _situation(loaded, loaded.ledger(_optional_day(known_on)), day)


def brief(
    case: str | Path | LoadedCase, *, as_of: date | str | None = None, known_on: date | str | None = None
) -> Study:
    """Assess a case at the end of a day.

    as_of: the day, by default the last of the case's period. known_on: use only facts that were recorded
    by the end of this day; by default every recorded fact about the time up to `as_of`.

    Raises CaseError if the folder has faults, and OutOfRange if `as_of` is not a day of the case's period.
    """
    loaded = case if isinstance(case, LoadedCase) else load(case)
    day, known = _day(loaded, as_of), _optional_day(known_on)
    ledger = loaded.ledger(known)
    situation = _situation(loaded, ledger, day)
    now = float(situation.times[-1])
    assessment = assess(situation)
    results = Results(
        situation=situation,
        assessment=assessment,
        lanes=timelines(loaded.case, dict(situation.records), now),
        exposures={
            claim.name: exposure(situation, claim, now)
            for claim in situation.claims
            if claim.kind != "completeness"
        },
    )
    origin = _origin(loaded, ledger, (day, known), now)
    return with_digest(gather(loaded.case, ledger, results, as_of=day, origin=origin))


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


def _origin(loaded: LoadedCase, ledger: Ledger, days: tuple[date, date | None], now: float) -> Origin:
    as_of, known_on = days
    used = [entry for entry in ledger.entries if entry.when < now]
    return Origin(
        case_digest=loaded.case_digest,
        ledger_digest=loaded.digest,
        ledger_position=loaded.position,
        facts_known=len(ledger.entries),
        facts_used=len(used),
        recorded_later=sum(entry.recorded > as_of for entry in used),
        known_on=known_on,
        valuation="each number that is not known at its median",
        version=VERSION,
    )


def _optional_day(day: date | str | None) -> date | None:
    if not isinstance(day, str):
        return day
    try:
        return parse_day(day)
    except ValueError as error:
        raise OutOfRange(str(error)) from None


def _day(loaded: LoadedCase, as_of: date | str | None) -> date:
    period = loaded.case.period
    day = _optional_day(as_of) or period.last
    if not period.first <= day <= period.last:
        raise OutOfRange(
            f"as of {day} lies outside the period of the case; it runs {period.first} to {period.last}"
        )
    return day
