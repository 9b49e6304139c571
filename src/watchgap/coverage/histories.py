"""Plays the facts about each device in order of time into its lives and the record that it left."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from watchgap.base.time import days_since, parse_span
from watchgap.case.numbers import Valuation, median
from watchgap.case.record import Camera, Case, Imagery, ItemMonitor, Measure, Part
from watchgap.coverage.record import NEVER, Finding, Holding, Life, MeasureRecord
from watchgap.detection.record import (
    ExponentialLife,
    FixedLife,
    LifeModel,
    LifePart,
    LognormalLife,
    TableLife,
    WeibullLife,
)
from watchgap.ledger import Entry, Ledger


def measure_records(case: Case, ledger: Ledger, value: Valuation = median) -> dict[str, MeasureRecord]:
    """Build the record of every measure of a case from the facts of its ledger.

    value gives each uncertain number of the case its value, by default the median. Times are in days from the
    start of the case's period.
    """
    records = {
        measure.id: MeasureRecord(measure.id, measure.kind, _lives(case, measure, ledger, value))
        for measure in case.measures
    }
    for custody in ledger.of_kind("custody"):
        for name in custody.listed("measures"):
            lives = tuple(_in_custody(life, custody) for life in records[name].lives)
            records[name] = replace(records[name], lives=lives)
    return records


def _lives(case: Case, measure: Measure, ledger: Ledger, value: Valuation) -> tuple[Life, ...]:
    if isinstance(measure, Imagery):
        whole = Holding(0.0, NEVER, lag=value(measure.processing_lag))
        return (Life(0.0, NEVER, LifeModel(), (), (whole,)),)
    history = _History(case, measure, value)
    for entry in ledger.entries:
        if measure.id in entry.subjects:
            history.take(entry)
    return history.finished()


def life_model(measure: Measure, value: Valuation = median) -> LifeModel:
    """Give the life model of a measure's devices; a seal and imagery have one that never fails."""
    if isinstance(measure, Camera | ItemMonitor):
        interval = value(measure.interval) if isinstance(measure, Camera) else 0.0
        return LifeModel(tuple(_part(part, interval, value) for part in measure.life))
    return LifeModel()


def _part(part: Part, interval: float, value: Valuation) -> LifePart:
    match part.kind:
        case "film":
            return FixedLife(value(part.pictures) * interval)
        case "fixed":
            return FixedLife(value(part.fixed))
        case "exponential":
            return ExponentialLife(value(part.mean_life))
        case "weibull":
            return WeibullLife(value(part.scale), value(part.shape))
        case "lognormal":
            return LognormalLife(value(part.median_life), value(part.log_deviation))
        case "table":
            return TableLife(part.ages, part.survival)


@dataclass(slots=True)
class _OpenLife:
    """The life that a device is living; `held_from` begins what was not yet collected of its record."""

    begins: float
    held_from: float
    ends: float = NEVER
    findings: list[Finding] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)


class _History:
    """One device or seal, fact by fact."""

    def __init__(self, case: Case, measure: Measure, value: Valuation) -> None:
        self.origin = case.period.first
        self.seal = measure.kind == "seal"
        self.model = life_model(measure, value)
        lag = getattr(measure, "transmission_lag", None)
        self.lag: float | None = None if lag is None else value(lag)
        self.review = 0.0 if measure.review_delay is None else value(measure.review_delay)
        self.lives: list[Life] = []
        self.now: _OpenLife | None = None
        self.transmitting = False

    def take(self, entry: Entry) -> None:
        match entry.kind:
            case "installed" | "attached":
                self.begin(entry.when)
            case "serviced" | "verified":
                self.find(entry)
                self.collect(entry)
                self.end(entry.when)
                self.begin(entry.when)
            case "collected":
                self.find(entry)
                self.collect(entry)
            case "found-working" | "found-dead":
                self.find(entry)
            case "disabled":
                self.stop(entry.when)
            case "removed" | "detached" | "broken":
                self.take_away(entry)
            case "transmitted-until":
                self.stop_transmission(entry.when)
            case "tampered" | "lost":
                self.lose(entry.when)

    def begin(self, time: float) -> None:
        self.end(time)
        self.now = _OpenLife(time, time)
        self.transmitting = self.lag is not None

    def find(self, entry: Entry) -> None:
        """What a visit learned of the life; a service that says nothing of it teaches nothing."""
        if self.now is None or self.seal:
            return
        found = {"found-working": "working", "found-dead": "dead"}.get(
            entry.kind, entry.detail.get("found", "")
        )
        # A device that was stopped from outside is dead by that, which says nothing of its parts.
        until = min(entry.when, self.now.ends)
        if found == "working":
            self.now.findings.append(Finding(entry.when, until, NEVER))
        elif "last-record" in entry.detail:
            last = days_since(self.origin, parse_span(entry.detail["last-record"]).last)
            last = max(last, self.now.begins)
            self.stop_transmission(last)
            self.now.findings.append(Finding(entry.when, last, last))
        elif found == "dead" and self.now.ends == NEVER:
            self.stop_transmission(entry.when)
            self.now.findings.append(Finding(entry.when, self.now.begins, entry.when))

    def hold(self, until: float) -> None:
        """Close the stretch of record that was not yet collected."""
        if self.now is None or until <= self.now.held_from:
            return
        lag = self.lag if self.transmitting else None
        self.now.holdings.append(Holding(self.now.held_from, until, lag=lag))
        self.now.held_from = until

    def collect(self, entry: Entry) -> None:
        if self.now is None:
            return
        self.hold(min(entry.when, self.now.ends))
        fate = entry.detail.get("record", "collected")
        if fate == "lost":
            self.now.holdings = _lost(self.now.holdings, entry.when)
        elif fate == "collected":
            in_hand = entry.when + self.review
            self.now.holdings = _collected(self.now.holdings, in_hand)
            # What an earlier visit left where it was comes with it; a seal that was left is another seal.
            for number, life in enumerate(() if self.seal else self.lives):
                if any(_waits(holding) for holding in life.holdings):
                    self.lives[number] = replace(life, holdings=tuple(_collected(life.holdings, in_hand)))

    def stop(self, time: float) -> None:
        """The device stops from outside; what it holds stays with it until somebody collects it."""
        if self.now is not None and self.now.ends == NEVER:
            self.hold(time)
            self.now.ends = time
            self.now.held_from = time

    def take_away(self, entry: Entry) -> None:
        """The device or seal goes; its record goes into hand, stays somewhere, or is lost."""
        # A seal that is found broken is an anomaly; what it would have shown intact is not in hand.
        fate = entry.detail.get("record", "lost")
        if fate != "left":
            self.collect(replace(entry, detail={**entry.detail, "record": fate}))
        self.end(entry.when)

    def stop_transmission(self, time: float) -> None:
        if self.now is not None and self.transmitting:
            until = min(time, self.now.ends)
            self.hold(until)
            self.transmitting = False

    def lose(self, time: float) -> None:
        """All of the record that is not in hand is gone, also what was left from former lives."""
        if self.now is not None:
            self.hold(min(time, self.now.ends))
            self.now.holdings = _lost(self.now.holdings, time)
        for number, life in enumerate(self.lives):
            self.lives[number] = replace(life, holdings=tuple(_lost(life.holdings, time)))

    def end(self, time: float) -> None:
        if self.now is None:
            return
        self.hold(min(time, self.now.ends))
        ends = min(time, self.now.ends)
        self.lives.append(self._life(self.now, ends))
        self.now = None

    def finished(self) -> tuple[Life, ...]:
        if self.now is not None:
            ends = self.now.ends
            self.hold(ends)
            self.lives.append(self._life(self.now, ends))
            self.now = None
        return tuple(self.lives)

    def _life(self, now: _OpenLife, ends: float) -> Life:
        findings = tuple(now.findings)
        model = LifeModel() if self.seal else self.model
        received = [holding.ends for holding in now.holdings if holding.lag is not None]
        # What is still being received shows by itself that the device works.
        if received and max(received) == NEVER:
            model = LifeModel()
        elif received:
            findings = (*findings, Finding(-NEVER, max(received), NEVER))
        return Life(now.begins, ends, model, findings, tuple(now.holdings))


def _waits(holding: Holding) -> bool:
    """Whether a stretch still lies where it was recorded: not transmitted, not in hand and not lost."""
    return holding.lag is None and holding.in_hand == NEVER and holding.lost == NEVER


def _collected(holdings: Iterable[Holding], in_hand: float) -> list[Holding]:
    return [
        Holding(one.begins, one.ends, in_hand=in_hand, custody=one.custody) if _waits(one) else one
        for one in holdings
    ]


def _lost(holdings: Iterable[Holding], time: float) -> list[Holding]:
    return [replace(one, lost=time) if _waits(one) else one for one in holdings]


def _in_custody(life: Life, custody: Entry) -> Life:
    """Mark the part of a life's record that lay with the operator."""
    holdings: list[Holding] = []
    for holding in life.holdings:
        begins, ends = max(holding.begins, custody.first), min(holding.ends, custody.last)
        if holding.lag is not None or begins >= ends:
            holdings.append(holding)
            continue
        if holding.begins < begins:
            holdings.append(replace(holding, ends=begins))
        holdings.append(replace(holding, begins=begins, ends=ends, custody=custody.subjects[0]))
        if ends < holding.ends:
            holdings.append(replace(holding, begins=ends))
    return replace(life, holdings=tuple(holdings))
