"""The picture of a claim: what happened, who could see, what can be said, and what may be believed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from watchgap.base.time import end_of
from watchgap.plots.curves import (
    ASSURANCE_HEIGHT,
    POSTERIOR_HEIGHT,
    Panel,
    assurance_panel,
    first_change,
    posterior_panel,
    posterior_top,
)
from watchgap.plots.events import ALL, BENEATH, Event, gather, rules, strip
from watchgap.plots.frame import caption, frame, heading
from watchgap.plots.lanes import lanes_height, lanes_panel
from watchgap.plots.sheet import Spec, TimeAxis, clean, wrap
from watchgap.study.bands import Band
from watchgap.study.record import ClaimStudy, Study
from watchgap.study.words import CONTRADICTED, NOT_MODELLED

CAPTION = (
    "Assurance is the detection probability of the least detectable scenario; "
    "it is not the probability that nothing happened."
)
BANDS = (
    "Lines: each number that is not known at its median. "
    "Bands: 5 to 95 % of {draws:,} draws of what is not known, day by day"
)
ASSURANCE_TITLE = ("assurance", "(detection probability", "of the least", "detectable scenario)")
POSTERIOR_TITLE = ("probability of", "diversion", "(posterior)")
LEAST_LEAD, LEAD_SHARE = 5.0, 0.03  # what is shown before the first event: days, or a share of what follows


def assurance_figure(study: Study, *, claim: str) -> Spec:
    """Draw a claim of a study as one Vega-Lite specification (version 5).

    Panels from top to bottom, on one time axis that begins shortly before the first event or change: the
    strip of events; the lane of each measure in its four states; the assurance curves [1] on the case's scale
    of words; the posterior and prior [1] on a scale of their own. Texts of the study are printed as they are,
    shortened where they would run over. Where the study has bands, the 5 to 95 % band of each curve lies
    beneath the lines; the middle of the draws is not drawn, as a second line for each curve hid the first.

    Raises UnknownName if the study has no such claim, or holds a state or a kind of mark that has no drawing.
    """
    study, chosen = _from_its_beginning(study, study.claim(claim))
    axis = _time_axis(study, chosen)
    events = gather(study.marks, axis)
    panels = [
        strip(events, axis, f"as of {study.as_of.isoformat()}"),
        _lanes(study, events, axis),
        _assurance(study, chosen, events, axis),
        _posterior(study, chosen, events, axis),
        caption(CAPTION),
    ]
    description = f"{clean(study.title)}, as of {study.as_of.isoformat()}. {CAPTION}"
    return frame(description, _title(study, chosen), panels)


def _lanes(study: Study, events: Sequence[Event], axis: TimeAxis) -> Spec:
    height = lanes_height(study.lanes)
    beneath = rules(events, axis, height, only=BENEATH)
    return lanes_panel(
        study.lanes, axis, beneath=beneath, above=rules(events, axis, height, only=ALL - BENEATH)
    )


def _assurance(study: Study, claim: ClaimStudy, events: Sequence[Event], axis: TimeAxis) -> Spec:
    panel = Panel(study.times, axis, ASSURANCE_TITLE, ASSURANCE_HEIGHT, 1.0, _missing(claim))
    names = {package.id: package.name for package in study.packages}
    upright = rules(events, axis, panel.height)
    return assurance_panel(claim, study.scale.get("assurance", ()), names, panel, upright)


def _posterior(study: Study, claim: ClaimStudy, events: Sequence[Event], axis: TimeAxis) -> Spec:
    lowest = replace(axis, labelled=True)
    panel = Panel(
        study.times, lowest, POSTERIOR_TITLE, POSTERIOR_HEIGHT, posterior_top(claim), _missing(claim)
    )
    return posterior_panel(claim, panel, rules(events, lowest, panel.height))


def _missing(claim: ClaimStudy) -> str:
    """Say why days of a claim have no number: they are contradicted, unless nothing is modelled at all."""
    return NOT_MODELLED if claim.state == NOT_MODELLED else CONTRADICTED


def _from_its_beginning(study: Study, claim: ClaimStudy) -> tuple[Study, ClaimStudy]:
    """Leave out the days before the claim begins: it says nothing of them, and a line would say something."""
    begun = np.array([day >= claim.since for day in study.days])
    if not begun.any():
        begun[-1] = True
    shown = replace(
        claim,
        curves={name: values[begun] for name, values in claim.curves.items()},
        posterior=claim.posterior[begun],
        prior=claim.prior[begun],
        bands={
            name: Band(band.low[begun], band.middle[begun], band.high[begun])
            for name, band in claim.bands.items()
        },
    )
    return replace(study, times=study.times[begun]), shown


def _time_axis(study: Study, claim: ClaimStudy) -> TimeAxis:
    """Begin shortly before the claim, or its first event or change, and end with the day of the study."""
    ends = end_of(study.as_of, study.period_first)
    begins = float(study.times[0]) - 1.0
    events = [mark.time for mark in study.marks if mark.time >= begins]
    first = begins if begins > 0 else min([first_change(claim.curves, study.times), *events])
    lead = max(LEAST_LEAD, LEAD_SHARE * (ends - first))
    return TimeAxis(study.period_first, max(0.0, first - lead), ends)


def _title(study: Study, claim: ClaimStudy) -> Spec:
    known = "with every fact in the ledger"
    if study.known_on is not None:
        known = f"with what was known on {study.known_on.isoformat()}"
    lines = [
        *wrap(f"Claim: {claim.text}", width=165, lines=3),
        f"As of {study.as_of.isoformat()}, {known}",
    ]
    if claim.bands:
        lines.append(BANDS.format(draws=study.origin.draws))
    return heading(study.title, lines)
