"""Gathers what moves an answer, and what is worth asking about, into one record with its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

import numpy as np

from watchgap.case.record import Case
from watchgap.draws import Ensemble, Unknown
from watchgap.inquiry import Choice, Shares, Swing, Worth, worth_asking
from watchgap.study.bands import FloatArray, Interval, interval_of
from watchgap.study.inquiry_record import FactorLine, InquiryStudy, QuestionLine, SwingLine
from watchgap.study.record import Origin
from watchgap.study.words import calendar_day

MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class Findings:
    """What was computed for one inquiry: the answer at medians, in every draw, and what follows."""

    answer: str
    value: float
    values: FloatArray
    target: float
    swings: Sequence[Swing]
    worths: Sequence[Worth]
    shares: Shares | None
    points: int
    unit: str


def gather_inquiry(
    case: Case, ensemble: Ensemble, findings: Findings, *, asked: tuple[str, date], origin: Origin
) -> InquiryStudy:
    """Put the findings about one claim on one day into a record; asked: the claim and the day."""
    writer = _Writer(case, ensemble)
    worth = worth_asking(findings.worths, count=len(findings.worths) or 1)
    rest = sorted((one for one in findings.worths if one not in worth), key=lambda one: one.name)
    return InquiryStudy(
        case=case.id,
        title=case.title,
        period_first=case.period.first,
        as_of=asked[1],
        known_on=origin.known_on,
        claim=asked[0],
        answer=findings.answer,
        value=findings.value,
        interval=interval_of(findings.values),
        target=findings.target,
        factors=tuple(writer.factors(findings.shares)),
        swings=tuple(writer.swing(one) for one in findings.swings if _moves(one)),
        questions=tuple(writer.question(one) for one in (*worth, *rest)),
        worth_asking=min(len(worth), MOST_ASKED),
        points=findings.points,
        origin=origin,
        unit=findings.unit,
    )


def _moves(swing: Swing) -> bool:
    """Whether a swing can be told from chance: its ends lie two standard errors apart, or more."""
    return abs(swing.high_answer - swing.low_answer) > 2.0 * hypot(swing.low_error, swing.high_error)


class _Writer:
    def __init__(self, case: Case, ensemble: Ensemble) -> None:
        self.first = case.period.first
        self.unknowns: Mapping[str, Unknown] = ensemble.unknowns.distinct()
        self.packages = {package.id: package.name for package in case.packages}
        self.measures = {measure.id: measure.name for measure in case.measures}
        self.several = {
            measure.id
            for measure in case.measures
            if measure.count is not None and measure.count.support[1] > 1
        }
        self.joined = {one.id: one.text for one in case.correlations}

    def words(self, name: str) -> str:
        """What a factor, an unknown or a matter of chance is, in words."""
        if name in self.joined:
            return self.joined[name]
        if name in self.unknowns:
            return self.unknowns[name].words
        together = ", if its devices stopped together" if name in self.several else ""
        return f"until when it worked{together}: {self.measures.get(name, name)}"

    def factors(self, shares: Shares | None) -> list[FactorLine]:
        if shares is None:
            return []
        columns = (
            shares.factors,
            zip(shares.first_low, shares.first, shares.first_high, strict=True),
            zip(shares.total_low, shares.total, shares.total_high, strict=True),
        )
        lines = [
            FactorLine(name, self.words(name), Interval(*first), Interval(*total))
            for name, first, total in zip(*columns, strict=True)
        ]
        return sorted(lines, key=lambda line: (-line.total.middle, line.name))

    def swing(self, swing: Swing) -> SwingLine:
        return SwingLine(
            name=swing.name,
            words=self.words(swing.name),
            low_answer=swing.low_answer,
            high_answer=swing.high_answer,
            low_value=self.value(swing.name, swing.low_value),
            high_value=self.value(swing.name, swing.high_value),
        )

    def value(self, name: str, value: float) -> str:
        """A value of an unknown with its unit, or the day that it stands for."""
        unknown = self.unknowns[name]
        if unknown.kind != "number":
            return str(calendar_day(self.first, value)) if np.isfinite(value) else "never"
        return f"{value:.3g}" if unknown.unit == "1" else f"{value:.4g} {unknown.unit}"

    def question(self, worth: Worth) -> QuestionLine:
        now = self.packages.get(worth.best_before or "", "nothing")
        then = tuple(self.choice(worth.name, one) for one in worth.best_after)
        return QuestionLine(
            name=worth.name,
            words=self.words(worth.name),
            saved_effort=worth.saved_effort,
            assurance_gain=worth.assurance_gain,
            saved_effort_noise=worth.saved_effort_noise,
            assurance_gain_noise=worth.assurance_gain_noise,
            now=now,
            then=then,
            sentence=self.sentence(worth, now),
        )

    def choice(self, name: str, choice: Choice) -> str:
        package = self.packages.get(choice.package, choice.package)
        if choice.bounds is None:
            return f"{choice.outcome}: {package}"
        low, high = (self.value(name, bound) for bound in choice.bounds)
        unit = high.partition(" ")[1:]
        span = f"{low.removesuffix(''.join(unit))} to {high}" if low != high else low
        return f"{span}: {package}"

    def sentence(self, worth: Worth, now: str) -> str:
        saved = worth.saved_effort > worth.saved_effort_noise
        gained = worth.assurance_gain > worth.assurance_gain_noise
        parts: list[str] = []
        if saved:
            parts.append(
                f"{worth.saved_effort:.1f} person-days are expected to be saved of {worth.effort_before:.0f}"
            )
        if gained:
            parts.append(f"what can be stated surely rises by {worth.assurance_gain:.2f} on average")
        if not parts:
            return "What it would tell cannot be told from nothing."
        other = [
            one
            for one in dict.fromkeys(choice.package for choice in worth.best_after)
            if one != worth.best_before
        ]
        change = ""
        if saved and other:
            names = " or ".join(self.packages.get(one, one) for one in other)
            change = f" Without it one asks for: {now}; with it, for some answers: {names}."
        return " and ".join(parts)[:1].upper() + " and ".join(parts)[1:] + "." + change
