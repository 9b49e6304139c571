"""The picture of a claim's recovery: which package reaches its target on which day, and until when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np

from watchgap.base.errors import UnknownName, WatchgapError
from watchgap.base.time import end_of
from watchgap.plots.curves import GAP_COLORS, BoolArray, equal_runs, first_change, number, starts
from watchgap.plots.events import AS_OF_RULE
from watchgap.plots.frame import caption, frame, heading
from watchgap.plots.losses import ARROW, Told, loss_rules, losses_strip, told
from watchgap.plots.outlook import states_panel
from watchgap.plots.sheet import (
    FAINT,
    INK,
    LINE_HEIGHT,
    NAMES_WIDTH,
    PANEL_GAP,
    SMALL_SIZE,
    TIME_WIDTH,
    Row,
    Spec,
    TimeAxis,
    clean,
    data,
    shorten,
    text_block,
    text_layer,
    text_width,
    value,
    wrap,
)
from watchgap.study.record import FloatArray
from watchgap.study.recovery import ClaimRecovery, PackageRecovery, RecoveryStudy
from watchgap.study.words import CONTRADICTED

CAPTION = (
    "Each probability, over the draws of what is not known, is that the assurance of the claim reaches its "
    "target; it is not the probability that nothing happened."
)
LEAST_LEAD, LEAD_SHARE = 5.0, 0.03  # what is shown before the first change: days, or a share of what follows
HEAD_HEIGHT, ROW_HEIGHT, BAR_HEIGHT = 46, 58, 24
BAR_TOP, WHISKER = 5, 46  # from the top of a row: its bar, and the line of its dates [pixel]
BARS_HEIGHT, BAR_WIDTH = 13.0, 4.0  # of the distribution of the date of no return [pixel]
LEGEND_TOP, LEGEND_WIDTH, LEGEND_CELLS = 22, 240, 48  # the top leaves room for the title of the dates
DATES_BEGIN, DATE_WIDTH = TIME_WIDTH + 106, 82  # the columns of dates, at the right
# One hue from light to dark, so that the order stays in grey and for every kind of colour blindness.
SHADES = ("#ffffff", "#b5d0e8", "#3f7fb8", "#0b2545")
SHADE_SCALE = {"domain": [0, 1 / 3, 2 / 3, 1], "range": list(SHADES), "interpolate": "rgb"}
DRAWS_COLOR = "#c3b3d6"
SHADE_TITLE = "probability that the target is reached if done on this day [1]"


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all panels share: the study, the days that are shown of its claim, and the axis."""

    study: RecoveryStudy
    claim: ClaimRecovery
    shown: BoolArray
    axis: TimeAxis

    @property
    def now(self) -> float:
        """The time [d] from which is looked."""
        return float(self.study.times[self.study.now])

    def rules(self, losses: Sequence[Told], height: float, *, lowest: bool = False) -> list[Spec]:
        """Draw the rules of the losses and of the day looked from through a panel."""
        axis = replace(self.axis, labelled=lowest)
        ends = {"y": value(-PANEL_GAP / 2), "y2": value(height + (0 if lowest else PANEL_GAP / 2))}
        row = {"moment": axis.moment(self.now), "time": self.now}
        rule = {"data": data([row]), "mark": AS_OF_RULE, "encoding": {"x": axis.encoding("moment"), **ends}}
        return [*loss_rules(losses, axis, height), rule]


def recovery_figure(study: RecoveryStudy, *, claim: str) -> Spec:
    """Draw what would restore a claim, and until when, as one Vega-Lite specification (version 5).

    Panels from top to bottom, on one time axis: what the claim could rest on and may lose; for each package,
    by its effort [person-day], the probability [1] that it reaches the target if carried out on each day, the
    distribution of the last day on which it does, and the days up to which it does with 95, 50 and 5 %;
    and the probability [1] of each state of the claim. Probabilities are drawn to a hundredth; days of equal
    ones are one mark. Days before the claim begins are blank.

    Raises UnknownName if the study has no such claim, WatchgapError if it has nothing to draw.
    """
    ground = _ground(study, _claim(study, claim))
    until = study.until.isoformat()
    losses = told(ground.claim.losses, ground.axis, until)
    now = f"looked from {study.as_of.isoformat()}"
    panels = [losses_strip(losses, ground.axis, (ground.now, now))]
    if ground.claim.packages:
        panels.append(_packages_panel(ground, losses))
    panels.append(_states(ground, losses))
    if ground.claim.packages:
        panels.append(_legend())
    return frame(_description(study, ground.claim), _title(study, ground.claim), [*panels, caption(CAPTION)])


def _claim(study: RecoveryStudy, name: str) -> ClaimRecovery:
    chosen = next((one for one in study.claims if one.id == name), None)
    if chosen is None:
        known = ", ".join(one.id for one in study.claims)
        raise UnknownName(f"no claim '{name}' is in the study; it has {known}")
    if not chosen.packages and not chosen.states:
        raise WatchgapError(
            f"claim '{name}' is {chosen.state}: there is nothing to draw; choose another claim"
        )
    return chosen


def _ground(study: RecoveryStudy, claim: ClaimRecovery) -> _Ground:
    """Begin shortly before the claim, or before the first change or loss, and end with the last day."""
    shown = np.array([day >= claim.since for day in study.days])
    if not shown.any():
        shown[-1] = True
    times = study.times[shown]
    ends, begins = float(times[-1]), float(times[0]) - 1.0
    curves = {one.id: one.probability[shown] for one in claim.packages} | {
        f"state: {name}": share[shown] for name, share in claim.states.items()
    }
    happened = [end_of(loss.first, study.period_first) - 1.0 for loss in claim.losses]
    later = [time for time in (*happened, float(study.times[study.now])) if time >= begins]
    first = begins if begins > 0 else min([first_change(curves, times), *later])
    lead = max(LEAST_LEAD, LEAD_SHARE * (ends - first))
    axis = TimeAxis(study.period_first, max(0.0, first - lead), ends, title="day on which it is done")
    return _Ground(study, claim, shown, axis)


# ---------------------------------------------------------------- words


def _title(study: RecoveryStudy, claim: ClaimRecovery) -> Spec:
    known = "with every fact in the ledger"
    if study.known_on is not None:
        known = f"with what was known on {study.known_on.isoformat()}"
    draws = f"{study.origin.draws:,} draws"
    if study.origin.draws < study.wanted:
        draws += f" of the {study.wanted:,} that were asked for"
    span = f"Looked at from the end of {study.as_of.isoformat()} until {study.until.isoformat()}"
    lines = [
        *wrap(f"Claim: {claim.text}", width=185, lines=2),
        *wrap(f"{claim.state[:1].upper()}{claim.state[1:]}. {claim.sentence}", width=185, lines=2),
        f"{span}, {known}; target: an assurance of {claim.target:.2f}; {draws}",
    ]
    return heading(study.title, lines)


def _description(study: RecoveryStudy, claim: ClaimRecovery) -> str:
    what = f"{clean(study.title)}: what would restore the claim '{clean(claim.text).rstrip('.')}'"
    parts = [f"{what}, looked at from the end of {study.as_of.isoformat()}.", clean(claim.sentence)]
    for package in _ordered(claim):
        dates = ", ".join(f"{_percent(one.sureness)}: {one.words}" for one in package.dates)
        words = (
            f"{clean(package.name)} reaches the target with probability {number(package.probability_now)} now"
        )
        parts.append(f"{words}; last day with a probability of {dates}.")
    return " ".join([*parts, CAPTION])


def _ordered(claim: ClaimRecovery) -> list[PackageRecovery]:
    return sorted(claim.packages, key=lambda one: one.effort.middle)


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def _effort(package: PackageRecovery) -> str:
    low, middle, high = (
        f"{one:.0f}" for one in (package.effort.low, package.effort.middle, package.effort.high)
    )
    return f"{middle} person-days" if low == high else f"{middle} ({low} to {high}) person-days"


# ---------------------------------------------------------------- packages


def _packages_panel(ground: _Ground, losses: Sequence[Told]) -> Spec:
    packages = _ordered(ground.claim)
    height = HEAD_HEIGHT + len(packages) * ROW_HEIGHT
    tops = [HEAD_HEIGHT + place * ROW_HEIGHT for place in range(len(packages))]
    placed = list(zip(packages, tops, strict=True))
    layers = [
        *_bars(placed, ground),
        *_no_number(placed, ground),
        *_frames(placed, ground),
        *_distribution(placed, ground),
        *ground.rules(losses, height),
        *_whiskers(placed, ground),
        *_names(placed),
        *_table(placed, ground.study),
    ]
    return {"width": TIME_WIDTH, "height": height, "view": {"stroke": None}, "layer": layers}


_Placed = Sequence[tuple[PackageRecovery, int]]


def _pixels(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _runs(ground: _Ground, values: FloatArray, shown: BoolArray) -> Iterator[tuple[float, float, float]]:
    """Cut days that are shown into runs (begins [d], ends [d], value) of equal values."""
    times = ground.study.times
    begun = starts(times)
    shown = shown & (times > ground.axis.begins)
    for stretch in equal_runs((values,), shown):
        for begin, after in stretch:
            begins = max(float(begun[begin]), ground.axis.begins)
            yield begins, float(times[after - 1]), float(values[begin])


def _box(ground: _Ground, package: PackageRecovery, top: float, span: tuple[float, float]) -> Row:
    moments = {"from": ground.axis.moment(span[0]), "to": ground.axis.moment(span[1])}
    edges = {"top": top + BAR_TOP, "bottom": top + BAR_TOP + BAR_HEIGHT}
    return {"package": package.id, "begins": span[0], "ends": span[1], **moments, **edges}


def _on(ground: _Ground) -> Spec:
    return {**ground.axis.between("from", "to"), "y": _pixels("top"), "y2": {"field": "bottom"}}


def _bars(placed: _Placed, ground: _Ground) -> Iterator[Spec]:
    """Shade each day by its probability."""
    rows = [
        {**_box(ground, package, top, (begins, ends)), "probability": shade}
        for package, top in placed
        for begins, ends, shade in _runs(
            ground, np.round(package.probability, 2), ground.shown & _known(package)
        )
    ]
    shade = {"field": "probability", "type": "quantitative", "scale": SHADE_SCALE, "legend": None}
    if rows:
        # The stroke closes the seams between neighbours, which would look like marks.
        mark = {"type": "rect", "strokeWidth": 0.4}
        yield {"data": data(rows), "mark": mark, "encoding": {**_on(ground), "fill": shade, "stroke": shade}}


def _known(package: PackageRecovery) -> BoolArray:
    return np.isfinite(package.assurance.middle)


def _no_number(placed: _Placed, ground: _Ground) -> Iterator[Spec]:
    """Shade the days on which a claim that has begun is contradicted in every draw."""
    rows = [
        _box(ground, package, top, (begins, ends))
        for package, top in placed
        for begins, ends, _ in _runs(ground, np.zeros(ground.shown.shape), ground.shown & ~_known(package))
    ]
    fill, outline = GAP_COLORS[CONTRADICTED]
    if rows:
        mark = {"type": "rect", "fill": fill, "stroke": outline, "strokeWidth": 0.7}
        yield {"data": data(rows), "mark": mark, "encoding": _on(ground)}


def _frames(placed: _Placed, ground: _Ground) -> Iterator[Spec]:
    """Frame each row, so that a probability of 0 is an empty box and not a blank."""
    begins = max(float(starts(ground.study.times)[ground.shown][0]), ground.axis.begins)
    rows = [_box(ground, package, top, (begins, ground.axis.ends)) for package, top in placed]
    mark = {"type": "rect", "fillOpacity": 0, "stroke": "#7b8794", "strokeWidth": 0.8}
    yield {"data": data(rows), "mark": mark, "encoding": _on(ground)}


# ---------------------------------------------------------------- dates of no return


def _distribution(placed: _Placed, ground: _Ground) -> Iterator[Spec]:
    """Draw how the last days of the draws lie, each row on its own scale; those beyond are left out."""
    axis = ground.axis
    edges = np.linspace(axis.begins, axis.ends, int(TIME_WIDTH / BAR_WIDTH) + 1)
    rows: list[Row] = []
    for package, top in placed:
        last = package.no_return.last
        counts, _ = np.histogram(last[np.isfinite(last)], edges)
        for place in np.flatnonzero(counts).tolist():
            moments = {"from": axis.moment(edges[place]), "to": axis.moment(edges[place + 1])}
            share = {"package": package.id, "draws": int(counts[place])}
            base = float(top + WHISKER)
            level = base - BARS_HEIGHT * counts[place] / counts.max()
            rows.append({**share, **moments, "top": round(level, 2), "bottom": base})
    if rows:
        mark = {"type": "rect", "fill": DRAWS_COLOR, "stroke": "white", "strokeWidth": 0.4}
        yield {"data": data(rows), "mark": mark, "encoding": _on(ground)}


def _whiskers(placed: _Placed, ground: _Ground) -> Iterator[Spec]:
    """Draw the days up to which each package reaches the target with 95, 50 and 5 %.

    A date later than the axis is an open arrow at its end; one that never is, is not drawn.
    """
    lines: list[Row] = []
    marks: list[Row] = []
    for package, top in placed:
        dates = [(one.sureness, package.no_return.dates[one.sureness]) for one in package.dates]
        told_dates = [(share, time) for share, time in dates if time != -inf]
        if not told_dates:
            continue
        y = top + WHISKER
        ends = [_within(time, ground.axis) for _, time in told_dates]
        span = {"from": ground.axis.moment(min(ends)), "to": ground.axis.moment(max(ends))}
        lines.append({"package": package.id, **span, "y": y})
        for share, time in told_dates:
            moment = ground.axis.moment(_within(time, ground.axis))
            marks.append(
                {"package": package.id, "sureness": share, "open": time == inf, "moment": moment, "y": y}
            )
    if lines:
        rule = {"type": "rule", "color": INK, "strokeWidth": 1.3}
        yield {
            "data": data(lines),
            "mark": rule,
            "encoding": {**ground.axis.between("from", "to"), "y": _pixels("y")},
        }
    yield from _whisker_marks(marks, {"x": ground.axis.encoding("moment"), "y": _pixels("y")})


def _whisker_marks(marks: Sequence[Row], at: Spec) -> Iterator[Spec]:
    kinds = {
        "end": [row for row in marks if not row["open"] and row["sureness"] != 0.5],
        "middle": [row for row in marks if not row["open"] and row["sureness"] == 0.5],
        "open": [row for row in marks if row["open"]],
    }
    for kind, rows in kinds.items():
        if rows:
            yield {"data": data(rows), "mark": {"type": "point", **_DATE_MARKS[kind]}, "encoding": at}


_DATE_MARKS: Mapping[str, Spec] = {
    "end": {"shape": "stroke", "angle": 90, "size": 90, "stroke": INK, "strokeWidth": 1.6, "opacity": 1},
    "middle": {
        "shape": "circle",
        "size": 46,
        "fill": INK,
        "stroke": "white",
        "strokeWidth": 0.7,
        "opacity": 1,
    },
    "open": {"shape": ARROW, "size": 60, "fill": "white", "stroke": INK, "strokeWidth": 1.3, "opacity": 1},
}


def _within(time: float, axis: TimeAxis) -> float:
    return min(max(time, axis.begins), axis.ends)


# ---------------------------------------------------------------- names, table, key


def _names(placed: _Placed) -> Iterator[Spec]:
    for package, top in placed:
        row = {"package": package.id}
        name = wrap(package.name, width=31)
        middle = top + (ROW_HEIGHT - 2) / 2
        block = (len(name) + 2) * LINE_HEIGHT
        first = middle - block / 2 + len(name) * LINE_HEIGHT / 2
        yield from text_block(name, row, (-10.0, first), align="right", limit=NAMES_WIDTH - 12)
        below = middle + block / 2 - LINE_HEIGHT
        room = NAMES_WIDTH - 14
        words = [shorten(package.level, room=room), shorten(_effort(package), room=room)]
        style = {"align": "right", "fontSize": SMALL_SIZE, "color": FAINT, "limit": NAMES_WIDTH - 12}
        yield from text_block(words, row, (-10.0, below), **style)


def _table(placed: _Placed, study: RecoveryStudy) -> Iterator[Spec]:
    """Write the dates as numbers, beside the row that draws them."""
    small = {"align": "left", "fontSize": SMALL_SIZE, "color": FAINT}
    at_now = (TIME_WIDTH + 16.0, HEAD_HEIGHT / 2 - 3)
    yield from text_block(["probability", "if done on", study.as_of.isoformat()], {}, at_now, **small)
    over = ["last day on which the target is", "reached with a probability of"]
    yield from text_block(over, {}, (DATES_BEGIN, at_now[1] - LINE_HEIGHT / 2), **small)
    for place, one in enumerate(placed[0][0].dates):
        x = DATES_BEGIN + place * DATE_WIDTH
        yield from text_block([_percent(one.sureness)], {}, (x, at_now[1] + LINE_HEIGHT), **small)
    for package, top in placed:
        y = top + BAR_TOP + BAR_HEIGHT / 2
        row = {"package": package.id}
        probability = [number(package.probability_now)]
        yield from text_block(probability, row, (TIME_WIDTH + 16.0, y), align="left", fontWeight="bold")
        for place, one in enumerate(package.dates):
            x = DATES_BEGIN + place * DATE_WIDTH
            time = package.no_return.dates[one.sureness]
            words = str(one.day) if isfinite(time) else f"> {study.until}" if time > 0 else "never"
            yield from text_block([words], row, (x, y), align="left", color=INK if isfinite(time) else FAINT)


def _legend() -> Spec:
    """Explain the shades and the marks of the dates."""
    cells = [
        {
            "from": LEGEND_WIDTH * place / LEGEND_CELLS,
            "to": LEGEND_WIDTH * (place + 1) / LEGEND_CELLS,
            "probability": (place + 0.5) / LEGEND_CELLS,
        }
        for place in range(LEGEND_CELLS)
    ]
    shade = {"field": "probability", "type": "quantitative", "scale": SHADE_SCALE, "legend": None}
    edges = {"y": value(LEGEND_TOP + 16), "y2": value(LEGEND_TOP + 27)}
    box = {"x": _pixels("from"), "x2": {"field": "to"}, **edges, "fill": shade, "stroke": shade}
    outline = {"type": "rect", "fillOpacity": 0, "stroke": "#7b8794", "strokeWidth": 0.8}
    ticks = [{"x": LEGEND_WIDTH * share, "text": f"{share:g}"} for share in (0, 0.25, 0.5, 0.75, 1)]
    below = {"x": _pixels("x"), "y": value(LEGEND_TOP + 35)}
    layers = [
        {"data": data(cells), "mark": {"type": "rect", "strokeWidth": 0.4}, "encoding": box},
        {
            "data": data([{}]),
            "mark": outline,
            "encoding": {"x": value(0), "x2": value(LEGEND_WIDTH), **edges},
        },
        text_layer(ticks, below, align="center", fontSize=SMALL_SIZE, color=FAINT),
        *text_block([SHADE_TITLE], {}, (0.0, LEGEND_TOP + 6.0), align="left"),
        *_date_key(LEGEND_WIDTH + 140.0),
    ]
    return {"width": TIME_WIDTH, "height": LEGEND_TOP + 40, "view": {"stroke": None}, "layer": layers}


def _date_key(left: float) -> Iterator[Spec]:
    words = {"end": "95 and 5 %", "middle": "50 %", "open": "later than the last day here"}
    title = "last day on which the target is reached, with a probability of"
    yield from text_block([title], {}, (left, LEGEND_TOP + 6.0), align="left")
    small = {"align": "left", "fontSize": SMALL_SIZE, "color": FAINT}
    y, x = LEGEND_TOP + 22.0, left + 6.0
    for kind, text in words.items():
        at = {"x": value(x), "y": value(y)}
        yield {"data": data([{"kind": kind}]), "mark": {"type": "point", **_DATE_MARKS[kind]}, "encoding": at}
        yield from text_block([text], {"kind": kind}, (x + 9.0, y), **small)
        x += text_width(text, size=SMALL_SIZE) + 34.0
    box = {"x": value(x - 6), "x2": value(x + 6), "y": value(y - 6), "y2": value(y + 5)}
    yield {"data": data([{}]), "mark": {"type": "rect", "fill": DRAWS_COLOR}, "encoding": box}
    yield from text_block(["share of the draws (by height)"], {}, (x + 12.0, y), **small)


# ---------------------------------------------------------------- states


def _states(ground: _Ground, losses: Sequence[Told]) -> Spec:
    axis = replace(ground.axis, labelled=True)

    def rules(height: float) -> list[Spec]:
        return ground.rules(losses, height, lowest=True)

    return states_panel(ground.study, ground.claim, ground.shown, axis, rules)
