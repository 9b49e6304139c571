"""Tidy tables of a study: one row for one value, as lists by column, ready for a data frame."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from watchgap.base.time import day_at
from watchgap.study.backtest import BackTest
from watchgap.study.record import Study

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
