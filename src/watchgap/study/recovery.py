"""Gathers what would restore each claim, how surely, and until when, into one record with its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np

from watchgap.assurance import IN_HAND, LATENT, restorable
from watchgap.base.time import day_at, last_day_before
from watchgap.case.record import Activity, Case, Claim, Package
from watchgap.draws import ClaimDraws, Ensemble
from watchgap.ledger import Entry, Ledger
from watchgap.recovery import SURENESS, NoReturn, Outlook, State, no_return, possible_by, states_of
from watchgap.study.bands import Band, FloatArray, Interval, band_of, interval_of
from watchgap.study.record import Origin
from watchgap.study.words import CONTRADICTED, NOT_BEGUN, NOT_MODELLED, NOTHING_POSSIBLE, calendar_day

# Kinds of facts after which a record that was not in hand is gone, unless they say otherwise.
_TAKES_RECORD = ("lost", "tampered", "broken")
_MAY_TAKE_RECORD = ("removed", "detached", "collected", "serviced")


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day on which a target can be reached with at least a probability.

    sureness: that probability [1]. day: None where there is no such day; words: the day, or why there is
    none.
    """

    sureness: float
    day: date | None
    words: str


@dataclass(frozen=True, slots=True)
class PackageRecovery:
    """What one package restores of a claim.

    effort: [person-day]. verifies: whether it verifies items besides collecting records. assurance: A_P(t),
    as a band over the draws. probability: R_P(t), that it reaches the target if carried out at t, (times,).
    now, probability_now: the same two at the day looked from. dates: for 95, 50 and 5 %. no_return: the
    interval of the last day on which it reaches the target, as times [d].
    """

    id: str
    name: str
    level: str
    verifies: bool
    effort: Interval
    assurance: Band
    probability: FloatArray
    now: Interval | None
    probability_now: float
    dates: tuple[LastDay, ...]
    no_return: NoReturn


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a claim could rest on, and that was destroyed or may be.

    what: its name. first, last: the days between which it happened, or within which it happens in 90 % of the
    draws. probability: that it has happened by the last day looked at [1]. entry: the fact, or the peril.
    """

    what: str
    first: date
    last: date
    happened: bool
    probability: float
    entry: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ClaimRecovery:
    """What can be done about one claim.

    state: the most probable at the day looked from, or why there is none, such as 'contradicted'.
    states: the probability of each along time, (times,) [1]; states_now: at that day.
    """

    id: str
    kind: str
    text: str
    since: date
    target: float
    state: str
    states: Mapping[str, FloatArray]
    states_now: Mapping[str, float]
    packages: tuple[PackageRecovery, ...]
    losses: tuple[Loss, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class RecoveryStudy:
    """The restoration of a case's claims, looked at from the end of one day until another.

    times [d] and days: the end of each day, (times,); now: position of the day looked from. wanted: draws
    asked for, more than `origin.draws` if the work was interrupted.
    """

    case: str
    title: str
    period_first: date
    as_of: date
    until: date
    known_on: date | None
    times: FloatArray
    days: tuple[date, ...]
    now: int
    claims: tuple[ClaimRecovery, ...]
    wanted: int
    origin: Origin
    digest: str = ""


def outlook(ensemble: Ensemble, claim: str, packages: tuple[Package, ...]) -> Outlook:
    """Compute the outlook of one claim from an ensemble: dates of no return and states."""
    drawn = ensemble.claims[claim]
    curves = {package.id: drawn.curves[restorable(package.id)] for package in packages}
    in_hand = drawn.curves[IN_HAND]
    most = _most([*curves.values()], in_hand)
    # What exists is of use only as far as some access could bring it in.
    brought = _most([curves[package.id] for package in packages if package.collects], in_hand)
    possible = possible_by(in_hand)
    return Outlook(
        claim=claim,
        no_return={
            name: no_return(name, ensemble.times, curve, drawn.target, possible)
            for name, curve in curves.items()
        },
        states=states_of(in_hand, np.fmin(drawn.curves[LATENT], brought), most, drawn.target),
    )


def _most(curves: list[FloatArray], in_hand: FloatArray) -> FloatArray:
    most = in_hand
    for curve in curves:
        most = np.fmax(most, curve)
    return most


def gather_recovery(
    case: Case, ledger: Ledger, ensemble: Ensemble, *, days: tuple[date, date], origin: Origin
) -> RecoveryStudy:
    """Put what an ensemble says of each claim's restoration into one record; days: looked from, and until."""
    writer = _Writer(case, ledger, ensemble)
    return RecoveryStudy(
        case=case.id,
        title=case.title,
        period_first=case.period.first,
        as_of=days[0],
        until=days[1],
        known_on=origin.known_on,
        times=ensemble.times,
        days=tuple(last_day_before(case.period.first, time) for time in ensemble.times),
        now=ensemble.now,
        claims=tuple(writer.claim(claim) for claim in case.claims),
        wanted=ensemble.wanted,
        origin=origin,
    )


class _Writer:
    def __init__(self, case: Case, ledger: Ledger, ensemble: Ensemble) -> None:
        self.case = case
        self.ledger = ledger
        self.ensemble = ensemble
        self.first = case.period.first
        self.horizon = float(ensemble.times[-1])

    def claim(self, claim: Claim) -> ClaimRecovery:
        drawn = self.ensemble.claims.get(claim.id)
        if drawn is None:
            sentence = "Nothing at declared items can settle this claim, so no package restores it."
            return self._without_number(claim, NOT_MODELLED, sentence)
        seen = outlook(self.ensemble, claim.id, self.case.packages)
        now = {str(state): float(share[self.ensemble.now]) for state, share in seen.states.items()}
        packages = tuple(self.package(package, drawn, seen) for package in self.case.packages)
        losses = tuple(sorted(self.losses(claim), key=lambda loss: (loss.first, loss.what)))
        if sum(now.values()) < 0.5:
            sentence = (
                "An open anomaly contradicts the claim: it has no number until the anomaly is resolved."
            )
            return self._without_number(claim, CONTRADICTED, sentence, packages, losses)
        if self._since(claim) >= self.ensemble.times[self.ensemble.now]:
            sentence = f"The claim begins on {claim.since}: until then there is nothing to restore."
            return self._without_number(claim, NOT_BEGUN, sentence, (), losses)
        if np.mean(drawn.binding[IN_HAND] < 0) > 0.5:
            sentence = "No scenario could be over yet, so there is nothing that could have been missed."
            return self._without_number(claim, NOTHING_POSSIBLE, sentence, packages, losses)
        state = max(now, key=lambda name: now[name])
        return ClaimRecovery(
            id=claim.id,
            kind=claim.kind,
            text=claim.text,
            since=claim.since,
            target=float(np.median(drawn.target)),
            state=state,
            states={str(name): share for name, share in seen.states.items()},
            states_now=now,
            packages=packages,
            losses=losses,
            sentence=self.sentence(State(state), now[state], packages, losses),
        )

    def _without_number(
        self,
        claim: Claim,
        state: str,
        sentence: str,
        packages: tuple[PackageRecovery, ...] = (),
        losses: tuple[Loss, ...] = (),
    ) -> ClaimRecovery:
        target = claim.target.at(0.5)
        return ClaimRecovery(
            claim.id, claim.kind, claim.text, claim.since, target, state, {}, {}, packages, losses, sentence
        )

    def package(self, package: Package, drawn: ClaimDraws, seen: Outlook) -> PackageRecovery:
        band = band_of(drawn.curves[restorable(package.id)])
        dates = seen.no_return[package.id]
        return PackageRecovery(
            id=package.id,
            name=package.name,
            level=package.level,
            verifies=bool(package.activities),
            effort=interval_of(self.ensemble.efforts[package.id]),
            assurance=band,
            probability=dates.probability,
            now=band.at(self.ensemble.now),
            probability_now=float(dates.probability[self.ensemble.now]),
            dates=tuple(self.last_day(share, dates.dates[share]) for share in SURENESS),
            no_return=dates,
        )

    def last_day(self, sureness: float, time: float) -> LastDay:
        if time == inf:
            return LastDay(sureness, None, f"later than {last_day_before(self.first, self.horizon)}")
        if time == -inf:
            return LastDay(sureness, None, "never")
        day = last_day_before(self.first, time)
        return LastDay(sureness, day, str(day))

    def losses(self, claim: Claim) -> Iterator[Loss]:
        """What the claim could rest on and that is gone or may go: evidence, and records of measures."""
        named = {part.id: part.name for part in (*self.case.evidence, *self.case.measures)}
        relevant, evidence = self._relevant(claim), {part.id for part in self.case.evidence}
        for entry in self.ledger.entries:
            # Evidence that is lost stays lost; the record of a measure matters from the start of the claim.
            gone = [
                name
                for name in entry.subjects
                if name in relevant and (name in evidence or entry.last >= self._since(claim))
            ]
            if gone and _takes_record(entry):
                first, last = entry.first if entry.timing == "between" else entry.last, entry.last
                days = day_at(self.first, first), day_at(self.first, last)
                what = ", ".join(named[name] for name in gone)
                yield Loss(what, *days, True, 1.0, entry.id, f"Lost {_when(*days)}: {_lowered(what)}.")
        for peril in self.case.perils:
            gone = [name for name in (*peril.destroys, *peril.loses) if name in relevant]
            drawn = self._peril_days(peril.id)
            ahead = self.ensemble.now + 1 < self.ensemble.times.size
            if gone and ahead and drawn is not None and np.isfinite(drawn).any():
                yield self._ahead(", ".join(named[name] for name in gone), peril.id, peril.text, drawn)

    def _since(self, claim: Claim) -> float:
        return float((claim.since - self.first).days)

    def _relevant(self, claim: Claim) -> frozenset[str]:
        activities = {one.id: one for one in self.case.activities}
        routes = [route for route in self.case.routes if claim.id in route.claims]
        hidden = {concealment for route in routes for concealment in route.concealments}
        needs = {
            name
            for package in self.case.packages
            for one in package.activities
            if one.stratum in claim.strata and _can_find(activities[one.activity], hidden)
            for name in activities[one.activity].needs
        }
        if claim.kind == "past":
            return frozenset(needs)
        points = {glimpse.point for route in routes for step in route.steps for glimpse in step.passes}
        return frozenset(needs | {measure.id for measure in self.case.measures if measure.point in points})

    def _peril_days(self, peril: str) -> FloatArray | None:
        for unknown in self.ensemble.unknowns.all:
            if unknown.kind == "peril" and unknown.name == f"{peril}.day":
                return self.ensemble.values[:, unknown.column]
        return None

    def _ahead(self, what: str, peril: str, text: str, drawn: FloatArray) -> Loss:
        finite = drawn[np.isfinite(drawn)]
        first, last = (calendar_day(self.first, float(one)) for one in np.quantile(finite, (0.05, 0.95)))
        by_then = float(np.mean(drawn < self.horizon))
        happens = text.strip().rstrip(".")
        words = f"{happens}: {_lowered(what)} would be lost, in 90 % of the draws {_when(first, last)}."
        return Loss(what, first, last, False, by_then, peril, words)

    def sentence(
        self, state: State, share: float, packages: tuple[PackageRecovery, ...], losses: tuple[Loss, ...]
    ) -> str:
        likely = (
            f"in {share:.0%} of the draws"
            if share < 0.995
            else "in all draws but few"
            if share < 1
            else "in every draw"
        )
        if state is State.STANDS:
            return f"What is in hand reaches the target {likely}; nothing has to be restored."
        if state is State.IRRETRIEVABLE and not packages:
            reason = "what is in hand misses the target, and the case has no package of access"
            return f"{_opening(likely)} {reason}."
        if state is State.IRRETRIEVABLE:
            gone = [loss.sentence for loss in losses if loss.happened]
            reason = (
                " ".join(gone) if gone else "What it would rest on was never recorded or cannot be verified."
            )
            return f"{_opening(likely)} no package reaches the target. {reason}"
        best = max(packages, key=lambda one: (round(one.probability_now, 2), -one.effort.middle))
        how = (
            "records exist that reach the target once they are collected"
            if state is State.RESTORABLE
            else "it takes the verification of items"
        )
        effort = f"about {best.effort.middle:.0f} person-days"
        return f"{_opening(how)}, {likely}: {best.name} ({effort}; {best.probability_now:.0%} if done now)."


def _can_find(activity: Activity, hidden: set[str]) -> bool:
    """Whether an activity could find any of the ways in which a removal is hidden."""
    return activity.detection is None or not hidden.isdisjoint(activity.detection)


def _takes_record(entry: Entry) -> bool:
    if entry.kind in _TAKES_RECORD:
        return True
    # What is taken away and not said to be in hand or left behind is gone.
    fate = entry.detail.get("record", "lost" if entry.kind in ("removed", "detached") else "")
    return entry.kind in _MAY_TAKE_RECORD and fate == "lost"


def _when(first: date, last: date) -> str:
    return f"on {first}" if first == last else f"between {first} and {last}"


def _opening(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    # A name that begins with an abbreviation keeps its capitals.
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
