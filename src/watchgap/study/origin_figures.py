"""The numbers of a brief under the names by which they can be asked for."""

from collections.abc import Callable, Mapping
from math import isfinite

from watchgap.base.time import day_at
from watchgap.coverage.lanes import SEEN
from watchgap.coverage.record import Lane
from watchgap.study import origin_names as names
from watchgap.study.origin_names import FigureName
from watchgap.study.origin_record import Figure
from watchgap.study.record import ClaimStudy, ExposureLine, Headline, Study
from watchgap.study.words import CONTRADICTED, NOT_BEGUN

NO_NUMBER = "no number"


def figure_of(study: Study, name: FigureName) -> Figure:
    """Find a number of a brief by its name.

    Raises KeyError for a name of `recover`, whose numbers a brief does not hold.
    """
    return _BY_KIND[name.kind](study, name)


def written(value: float | None, unit: str) -> str:
    """Write a number with its unit; a probability has none."""
    if value is None:
        return NO_NUMBER
    return f"{value:.6g}" if unit == "1" else f"{value:.6g} {unit}"


def _curve(study: Study, name: FigureName) -> Figure:
    claim = study.claim(name.claim)
    headline = claim.headlines[name.curve]
    if name.stratum:
        return _of_stratum(study, claim, name, headline)
    return _headline(name, f"assurance of claim '{claim.id}', {name.curve}", headline)


def _headline(name: FigureName, title: str, headline: Headline) -> Figure:
    return Figure(
        name=name.name,
        title=title,
        value=headline.value,
        unit="1",
        text=written(headline.value, "1"),
        words=headline.words,
        basis=headline.basis,
        interval=headline.interval,
        binding_share=headline.binding_share,
    )


def _of_stratum(study: Study, claim: ClaimStudy, name: FigureName, headline: Headline) -> Figure:
    """A curve of one stratum at the day of the study, as far as it has a number."""
    title = f"assurance of claim '{claim.id}', stratum '{name.stratum}', {name.curve}"
    curves = claim.by_stratum.get(name.stratum)
    last = float(curves[name.curve][-1]) if curves else float("nan")
    if headline.words == NOT_BEGUN or claim.kind == "completeness":
        value, words = None, headline.words
    elif not isfinite(last):
        value, words = None, CONTRADICTED
    else:
        ladder = study.scale["assurance"]
        value, words = last, next(say for least, say in ladder if last >= least - 1e-12)
    return Figure(name.name, title, value, "1", written(value, "1"), words, headline.basis)


def _posterior(study: Study, name: FigureName) -> Figure:
    claim = study.claim(name.claim)
    return _headline(
        name, f"posterior probability that claim '{claim.id}' is false", claim.posterior_headline
    )


def _prior(study: Study, name: FigureName) -> Figure:
    claim = study.claim(name.claim)
    value = float(claim.prior[-1])
    title = f"prior probability that claim '{claim.id}' is false by a scenario that is over"
    known = value if isfinite(value) else None
    return Figure(name.name, title, known, "1", written(known, "1"), basis="before any evidence")


def _exposure(study: Study, name: FigureName) -> Figure:
    claim = study.claim(name.claim)
    line = exposure_line(claim, name)
    of = f"stratum '{name.stratum}'" if name.stratum else "all strata together"
    return Figure(
        name=name.name,
        title=f"exposure of claim '{claim.id}', {of}",
        value=line.amount,
        unit="SQ",
        text=written(line.amount, "SQ"),
        words="" if line.amount is not None else line.sentence,
        basis=f"below {claim.target:.0%} chance of notice, with what is in hand",
        interval=line.interval,
    )


def exposure_line(claim: ClaimStudy, name: FigureName) -> ExposureLine:
    """The line of a claim's exposure that a name means; the last is of all strata together."""
    if not name.stratum:
        return claim.exposures[-1]
    return next(one for one in claim.exposures if one.stratum == name.stratum)


def _effort(study: Study, name: FigureName) -> Figure:
    package = next(one for one in study.packages if one.id == name.package)
    offer = f"on offer since {package.offered}" if package.offered else "not on offer"
    text = written(package.effort, "person-day")
    title = f"effort of package '{package.id}', {package.name}"
    return Figure(name.name, title, package.effort, "person-day", text, basis=f"{package.level}, {offer}")


def _lane(study: Study, measure: str) -> Lane:
    return next(one for one in study.lanes if one.measure == measure)


def _functioning(study: Study, name: FigureName) -> Figure:
    lane = _lane(study, name.measure)
    last = lane.stretches[-1] if lane.stretches else None
    value = last.functioning[1] if last else None
    words = f"{last.state} ({last.why})" if last else "no record"
    title = f"probability that '{name.measure}' functions"
    return Figure(name.name, title, value, "1", written(value, "1"), words, lane.name)


def _blind_since(study: Study, name: FigureName) -> Figure:
    lane = _lane(study, name.measure)
    title = f"since when '{name.measure}' is blind"
    if lane.blind_since is None:
        return Figure(name.name, title, None, "d", NO_NUMBER, "it is not blind", lane.name)
    early, middle, late = (day_at(study.period_first, one) for one in lane.blind_since)
    text = str(middle) if early == late else f"about {middle} (90 %: {early} to {late})"
    return Figure(name.name, title, lane.blind_since[1], "d", text, basis=lane.name)


def _in_hand_until(study: Study, name: FigureName) -> Figure:
    lane = _lane(study, name.measure)
    title = f"up to when the record of '{name.measure}' is in hand"
    ends = [one.ends for one in lane.stretches if one.state == SEEN]
    if not ends:
        return Figure(name.name, title, None, "d", NO_NUMBER, "nothing of it ever was", lane.name)
    return Figure(
        name.name, title, max(ends), "d", str(day_at(study.period_first, max(ends))), basis=lane.name
    )


_BY_KIND: Mapping[str, Callable[[Study, FigureName], Figure]] = {
    names.CURVE: _curve,
    names.POSTERIOR: _posterior,
    names.PRIOR: _prior,
    names.EXPOSURE: _exposure,
    names.EFFORT: _effort,
    names.FUNCTIONING: _functioning,
    names.BLIND_SINCE: _blind_since,
    names.IN_HAND_UNTIL: _in_hand_until,
}
