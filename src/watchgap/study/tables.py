"""Tidy tables of a study: one row for one value, as lists by column, ready for a data frame."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from watchgap.base.time import day_at
from watchgap.study.backtest import BackTest
from watchgap.study.inquiry_record import InquiryStudy
from watchgap.study.plan_record import PlanStudy
from watchgap.study.record import Study
from watchgap.study.recovery import RecoveryStudy

Table = dict[str, list[Any]]


def _table(columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> Table:
    listed = list(rows)
    return {name: [row[number] for row in listed] for number, name in enumerate(columns)}


def curve_table(study: Study) -> Table:
    """Every point of every curve: day, claim, stratum, curve, value [1] (None: no number), state.

    The stratum is 'all' for the claim as a whole. The posterior and its prior are curves of their own. Before
    a claim begins it is 'not begun'; while an anomaly contradicts it there is 'no number'.
    """
    since = {claim.id: claim.since for claim in study.claims}

    def of(claim: str, stratum: str, curves: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        for name, values in curves.items():
            for day, value in zip(study.days, values, strict=True):
                known = bool(np.isfinite(value)) and day >= since[claim]
                state = "number" if known else "not begun" if day < since[claim] else "no number"
                yield day, claim, stratum, name, float(value) if known else None, state

    def rows() -> Iterator[tuple[Any, ...]]:
        for claim in study.claims:
            yield from of(claim.id, "all", claim.curves)
            yield from of(claim.id, "all", {"posterior": claim.posterior, "prior": claim.prior})
            for stratum, curves in claim.by_stratum.items():
                yield from of(claim.id, stratum, curves)

    return _table(("day", "claim", "stratum", "curve", "value", "state"), rows())


def band_table(study: Study) -> Table:
    """The band of every curve over the draws: day, claim, curve, 5, 50 and 95 % [1]; empty without draws."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for claim in study.claims:
            for name, band in claim.bands.items():
                for place, day in enumerate(study.days):
                    if day >= claim.since:
                        numbers = (_number(part[place]) for part in (band.low, band.middle, band.high))
                        yield day, claim.id, name, *numbers

    return _table(("day", "claim", "curve", "low", "median", "high"), rows())


def headline_table(study: Study) -> Table:
    """The numbers of each claim: claim, name, value [1], words, basis, binding scenario."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for claim in study.claims:
            for headline in (*claim.headlines.values(), claim.posterior_headline):
                binding = headline.binding.scenario if headline.binding else None
                yield claim.id, headline.name, headline.value, headline.words, headline.basis, binding

    return _table(("claim", "name", "value", "words", "basis", "binding"), rows())


def timeline_table(study: Study) -> Table:
    """Every stretch of each measure: place, days, state, probability of functioning at both ends [1], why."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for lane in study.lanes:
            for one in lane.stretches:
                begins, ends = (day_at(study.period_first, time) for time in (one.begins, one.ends))
                yield lane.measure, lane.point, begins, ends, one.state, *one.functioning, one.why

    columns = ("measure", "point", "begins", "ends", "state", "functioning_first", "functioning_last", "why")
    return _table(columns, rows())


def exposure_table(study: Study) -> Table:
    """Exposure at the date of the study: claim, stratum, amount [SQ], items, how."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for claim in study.claims:
            for line in claim.exposures:
                yield claim.id, line.stratum, line.amount, line.items, line.sentence

    return _table(("claim", "stratum", "amount_sq", "items", "how"), rows())


def statement_table(result: BackTest) -> Table:
    """Official statements beside the curves on their day: one row for each statement and curve."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for one in result.statements:
            for curve, value in one.values.items():
                yield one.day, one.actor, one.claim, one.rung, one.level, curve, value

    return _table(("day", "actor", "claim", "rung", "level", "curve", "value"), rows())


def recovery_table(study: RecoveryStudy) -> Table:
    """What each package restores of each claim on each day: A_P with its band, and R_P, all [1]."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for claim in study.claims:
            for package in claim.packages:
                band = package.assurance
                for place, day in enumerate(study.days):
                    known = day >= claim.since
                    values = (
                        band.low[place],
                        band.middle[place],
                        band.high[place],
                        package.probability[place],
                    )
                    numbers = (_number(value) if known else None for value in values)
                    yield day, claim.id, package.id, *numbers

    return _table(("day", "claim", "package", "low", "median", "high", "reaches_target"), rows())


def no_return_table(study: RecoveryStudy) -> Table:
    """The dates of no return: claim, package, probability [1], last day (None: there is none), in words."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for claim in study.claims:
            for package in claim.packages:
                for date in package.dates:
                    yield claim.id, package.id, date.sureness, date.day, date.words

    return _table(("claim", "package", "probability", "last_day", "words"), rows())


def state_table(study: RecoveryStudy) -> Table:
    """The probability [1] of each state of each claim on each day."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for claim in study.claims:
            for state, shares in claim.states.items():
                for day, share in zip(study.days, shares, strict=True):
                    if day >= claim.since:
                        yield day, claim.id, state, float(share)

    return _table(("day", "claim", "state", "probability"), rows())


def plan_table(study: PlanStudy) -> Table:
    """The samples of every plan: one row for each access, activity and stratum; effort [person-day]."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, plan in enumerate(study.plans):
            chosen = number == study.chosen
            for line in plan.lines:
                samples = (line.activity, line.stratum, line.population, line.sample, line.effort)
                yield plan.access, chosen, plan.status, *samples

    columns = ("access", "chosen", "status", "activity", "stratum", "population", "sample", "effort")
    return _table(columns, rows())


def factor_table(study: InquiryStudy) -> Table:
    """Variance shares [1] of each factor: first-order and total, each with its 90 % interval."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for line in study.factors:
            shares = ((one.middle, one.low, one.high) for one in (line.first, line.total))
            yield line.name, *(number for share in shares for number in share)

    columns = ("factor", "first", "first_low", "first_high", "total", "total_low", "total_high")
    return _table(columns, rows())


def swing_table(study: InquiryStudy) -> Table:
    """The mean answer [1] while each unknown is low and while it is high."""
    rows = (
        (one.name, one.low_value, one.high_value, one.low_answer, one.high_answer) for one in study.swings
    )
    return _table(("unknown", "low_value", "high_value", "answer_at_low", "answer_at_high"), rows)


def question_table(study: InquiryStudy) -> Table:
    """What each answer is worth: expected saved effort [person-day] and gain in assurance [1], best first."""
    rows = (
        (
            one.name,
            one.saved_effort,
            one.saved_effort_noise,
            one.assurance_gain,
            one.assurance_gain_noise,
            place < study.worth_asking,
        )
        for place, one in enumerate(study.questions)
    )
    effort, gain = ("saved_effort", "saved_effort_noise"), ("assurance_gain", "assurance_gain_noise")
    return _table(("unknown", *effort, *gain, "worth_asking"), rows)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
