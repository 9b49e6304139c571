"""The curves of a claim: its assurance on the case's scale of words, and, on axes of its own, its posterior.

A curve holds, for each day, the value as of the end of that day; it is drawn as steps over whole days. Days
without a number are a shaded band with its reason in words, never a line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, inf, isfinite, log10

import numpy as np
from numpy.typing import NDArray

from watchgap.assurance import IN_HAND, LATENT, TIMELY, package_of, restorable
from watchgap.plots.sheet import (
    FAINT,
    INK,
    KEY_WIDTH,
    LINE_HEIGHT,
    PALE,
    TIME_WIDTH,
    Row,
    Spec,
    TimeAxis,
    clean,
    data,
    spread,
    text_block,
    text_width,
    value,
    wrap,
)
from watchgap.study.bands import Band
from watchgap.study.record import ClaimStudy, FloatArray
from watchgap.study.words import CONTRADICTED, NOT_MODELLED

Corners = list[tuple[float, float]]
BoolArray = NDArray[np.bool_]

ASSURANCE_HEIGHT, POSTERIOR_HEIGHT = 280, 84
WORDS_WIDTH = 118  # the column of the scale's words, at the right edge
SWATCH_BEGINS, SWATCH_ENDS = TIME_WIDTH + 16, TIME_WIDTH + 42
VALUES_BEGIN = SWATCH_ENDS + 6
LABELS_BEGIN = VALUES_BEGIN + 43


@dataclass(frozen=True, slots=True)
class Line:
    """One curve to draw: the name that identifies it, the words that the reader sees, and its look."""

    name: str
    words: str
    color: str
    dash: tuple[int, ...]
    width: float
    values: FloatArray
    band: Band | None = None

    def look(self) -> Spec:
        """Style the line, and the sample of it in the key."""
        return {"color": self.color, "strokeDash": list(self.dash), "strokeWidth": self.width}


@dataclass(frozen=True, slots=True)
class Panel:
    """The ground on which curves are drawn.

    times [d] of their values; top: the end of the scale of values [1], which begins at 0; missing: why a
    value is not a number.
    """

    times: FloatArray
    axis: TimeAxis
    title: tuple[str, ...]
    height: int
    top: float
    missing: str

    def pixel(self, level: float) -> float:
        """Find where a value [1] lies, in pixels from the top."""
        return self.height * (1.0 - level / self.top)

    def encoding(self, field: str) -> Spec:
        """Encode a field of values on the scale of this panel."""
        axis = {
            "title": list(self.title),
            "titleAngle": 0,
            "titleAlign": "right",
            "titleX": -42,
            "titleY": self.height / 2 - (len(self.title) - 1) * LINE_HEIGHT / 2,
            "titleBaseline": "middle",
            "titleLineHeight": LINE_HEIGHT,
            "titleFontWeight": "normal",
            "tickCount": 5 if self.height > 100 else 2,
            "grid": False,
            "format": ".2~g",
        }
        scale = {"domain": [0, self.top], "nice": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


# Hues of Okabe and Ito, which stay apart for every kind of colour blindness; the dashes differ as well.
_FIXED: dict[str, tuple[str, tuple[int, ...], float]] = {
    IN_HAND: ("#0b2545", (1, 0), 3.0),
    LATENT: ("#0072b2", (7, 3), 1.8),
    TIMELY: (FAINT, (1, 3), 1.2),
}
_PACKAGES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("#d55e00", (4, 2)),
    ("#009e73", (9, 2, 2, 2)),
    ("#b0578d", (2, 2)),
    ("#a67c00", (12, 3)),
    ("#56b4e9", (6, 2, 2, 2, 2, 2)),
    ("#7f4f24", (3, 4)),
)
GAP_COLORS = {CONTRADICTED: ("#f8d3b8", "#7a3b00"), NOT_MODELLED: ("#e4e6e8", "#4a4f55")}
BAND_OPACITY = 0.16  # of one band; several of them, one over another, still let the scale show through
BAND_DIGITS = 4  # of the edges of a band: a fortieth of a pixel, and days that differ by less become one run
NO_NUMBER = "\u2013"  # a dash; the band at its left says why


def steps(values: FloatArray, times: FloatArray) -> list[Corners]:
    """Cut a curve into runs of numbers, each the corners (time [d], value) of steps that end at their times.

    The value of a day holds from the end of the day before. Corners inside a constant stretch are left out.
    """
    begun = starts(times)
    runs: list[Corners] = []
    for begin, end in spans(np.isfinite(values)):
        kept = (
            index for index in range(begin, end) if index == end - 1 or values[index + 1] != values[index]
        )
        corners = [(float(times[index]), float(values[index])) for index in kept]
        runs.append([(float(begun[begin]), float(values[begin])), *corners])
    return runs


def equal_runs(edges: Sequence[FloatArray], shown: BoolArray) -> Iterator[list[tuple[int, int]]]:
    """Cut the days that are shown into stretches without a hole, each a list of runs of equal edges.

    A run is the positions of its first day and of the one after its last; all edges are equal within it.
    """
    changed = np.zeros(shown.shape, dtype=bool)
    for edge in edges:
        changed[1:] |= edge[1:] != edge[:-1]
    for begin, end in spans(shown):
        cuts = [begin, *(np.flatnonzero(changed[begin + 1 : end]) + begin + 1).tolist(), end]
        yield list(pairwise(cuts))


def run_corners(
    stretch: Sequence[tuple[int, int]], times: FloatArray, *, begins: float = -inf
) -> Iterator[tuple[float, int]]:
    """Give the corners of steps over a stretch: their time [d], and the position whose values hold there.

    The first corner opens the stretch, not before `begins` [d]; each other ends a run.
    """
    opens = stretch[0][0]
    yield max(float(starts(times)[opens]), begins), opens
    for _, after in stretch:
        yield float(times[after - 1]), after - 1


def gaps(curves: Mapping[str, FloatArray], times: FloatArray) -> list[tuple[float, float]]:
    """Find the spans (begins, ends) [d] in which some curve has no number."""
    begun = starts(times)
    missing = np.zeros(times.shape, dtype=bool)
    for values in curves.values():
        missing |= ~np.isfinite(values)
    return [(float(begun[begin]), float(times[end - 1])) for begin, end in spans(missing)]


def first_change(curves: Mapping[str, FloatArray], times: FloatArray) -> float:
    """Find the first time [d] at which a curve leaves its first value; the last time if none does."""
    begun = starts(times)
    changes = [float(times[-1])]
    for values in curves.values():
        moved = np.flatnonzero(~((values == values[0]) | (np.isnan(values) & np.isnan(values[0]))))
        if moved.size:
            changes.append(float(begun[moved[0]]))
    return min(changes)


def assurance_panel(
    claim: ClaimStudy,
    scale: Sequence[tuple[float, str]],
    names: Mapping[str, str],
    panel: Panel,
    rules: Sequence[Spec],
) -> Spec:
    """Draw the assurance curves of a claim on the case's scale; `names` has the names of packages by id."""
    lines = _assurance_lines(claim, names)
    layers = [
        *_scale_bands(scale, panel),
        *_gap_bands(claim.curves, panel),
        *_band_layers(lines, panel),
        *rules,
        *_line_layers(lines, panel),
        *_gap_words(claim.curves, panel),
        *_line_key(lines, panel, KEY_WIDTH - WORDS_WIDTH),
    ]
    return {"width": TIME_WIDTH, "height": panel.height, "view": {"stroke": PALE}, "layer": layers}


def posterior_panel(claim: ClaimStudy, panel: Panel, rules: Sequence[Spec]) -> Spec:
    """Draw the posterior and the prior probability that the claim is false, on a scale of their own."""
    lines = (
        Line("posterior", "posterior", INK, (1, 0), 2.0, claim.posterior, claim.bands.get("posterior")),
        Line("prior", "prior (nothing checked)", FAINT, (3, 3), 1.2, claim.prior),
    )
    layers = [
        *_gap_bands({"posterior": claim.posterior}, panel),
        *_band_layers(lines, panel),
        *rules,
        *_line_layers(lines, panel),
        *_gap_words({"posterior": claim.posterior}, panel),
        *_line_key(lines, panel, KEY_WIDTH),
    ]
    return {"width": TIME_WIDTH, "height": panel.height, "view": {"stroke": PALE}, "layer": layers}


def posterior_top(claim: ClaimStudy) -> float:
    """Find the top of the posterior's scale [1]: 1, 2 or 5 times a power of ten, and not below any value."""
    bands = [claim.bands["posterior"].high] if "posterior" in claim.bands else []
    values = np.concatenate([claim.posterior, claim.prior, *bands])
    largest = float(np.max(values[np.isfinite(values)], initial=0.0))
    if largest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(largest))
    return min(1.0, next(factor * power for factor in (1, 2, 5, 10) if factor * power >= largest))


def number(probability: float) -> str:
    """Print a probability with two digits, and never a certainty that it is not."""
    if probability == 0.0:
        return "0"
    if probability < 0.001:
        return f"{probability:.1e}"
    if probability < 0.1:
        return np.format_float_positional(probability, precision=2, fractional=False, trim="-")
    return f"{probability:.2f}" if probability < 0.995 else "> 0.99"


def starts(times: FloatArray) -> FloatArray:
    """Find when the day of each time begins [d]: at the time before, and for the first a day before."""
    return np.concatenate([[times[0] - 1.0], times[:-1]])


def spans(flags: BoolArray) -> Iterator[tuple[int, int]]:
    """Find the runs of true flags, as pairs of the first index and the one after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _assurance_lines(claim: ClaimStudy, names: Mapping[str, str]) -> tuple[Line, ...]:
    lines = []
    package = 0
    for name, values in claim.curves.items():
        band = claim.bands.get(name)
        if name in _FIXED:
            color, dash, width = _FIXED[name]
            lines.append(Line(name, name, color, dash, width, values, band))
            continue
        identity = package_of(name) or name
        color, dash = _PACKAGES[package % len(_PACKAGES)]
        lines.append(Line(name, restorable(names.get(identity, identity)), color, dash, 1.8, values, band))
        package += 1
    return tuple(lines)


def _scale_bands(scale: Sequence[tuple[float, str]], panel: Panel) -> Iterator[Spec]:
    """Shade the rungs of the scale, fainter the higher, and write their words at the right edge."""
    if not scale:
        return
    lows = [low for low, _ in scale]
    rungs = [
        {"from": low, "to": top, "words": clean(words), "shade": 0.035 * place}
        for place, ((low, words), top) in enumerate(zip(scale, [1.0, *lows], strict=False))
    ]
    right = TIME_WIDTH + KEY_WIDTH
    full = {"x": value(0), "x2": value(right)}
    shade = {"field": "shade", "type": "quantitative", "scale": None, "legend": None}
    box = {**full, "y": panel.encoding("from"), "y2": {"field": "to"}, "fillOpacity": shade}
    yield {"data": data(rungs), "mark": {"type": "rect", "fill": "#3c4650"}, "encoding": box}
    # The edges leave out the column of the key, where they would run through its texts.
    edge = {"type": "rule", "color": "#b8bdc4", "strokeWidth": 0.7}
    for left, end in ((0, TIME_WIDTH), (right - WORDS_WIDTH, right)):
        at = {"x": value(left), "x2": value(end), "y": panel.encoding("from")}
        yield {"data": data(rungs), "mark": edge, "encoding": at}
    words = [wrap(one, width=20, lines=3) for _, one in scale]
    heights = [len(lines) * LINE_HEIGHT + 1.0 for lines in words]
    wanted = [panel.pixel((low + top) / 2) for low, top in zip(lows, [1.0, *lows], strict=False)]
    for rung, lines, y in zip(rungs, words, spread(wanted, heights, within=(0, panel.height)), strict=True):
        style = {"align": "right", "color": FAINT, "limit": WORDS_WIDTH}
        yield from text_block(lines, {"rung": rung["words"]}, (right - 4.0, y), **style)


def _gap_bands(curves: Mapping[str, FloatArray], panel: Panel) -> Iterator[Spec]:
    """Shade the spans without a number."""
    fill, outline = GAP_COLORS[panel.missing]
    for row in _gap_rows(curves, panel):
        mark = {"type": "rect", "fill": fill, "fillOpacity": 0.75, "stroke": outline, "strokeWidth": 0.7}
        yield {"data": data([row]), "mark": mark, "encoding": panel.axis.between("from", "to")}


def _gap_words(curves: Mapping[str, FloatArray], panel: Panel) -> Iterator[Spec]:
    """Write into each span why it has no number, upright where narrow, with a rim over what is behind."""
    fill, outline = GAP_COLORS[panel.missing]
    for row in _gap_rows(curves, panel):
        left, right = panel.axis.pixel(row["begins"]), panel.axis.pixel(row["ends"])
        left = max(left, 0.0)
        if right - left < LINE_HEIGHT:
            continue
        upright = right - left < text_width(panel.missing) + 8
        style = {"align": "center", "fontWeight": "bold", "angle": 270 if upright else 0}
        at = ((left + right) / 2, panel.height / 2)
        yield from text_block(
            [panel.missing], row, at, stroke=fill, strokeWidth=5, strokeJoin="round", **style
        )
        yield from text_block([panel.missing], row, at, color=outline, **style)


def _gap_rows(curves: Mapping[str, FloatArray], panel: Panel) -> list[Row]:
    axis = panel.axis
    return [
        {
            "begins": begins,
            "ends": ends,
            "from": axis.moment(max(begins, axis.begins)),
            "to": axis.moment(ends),
        }
        for begins, ends in gaps(curves, panel.times)
        if ends > axis.begins
    ]


def _line_layers(lines: Sequence[Line], panel: Panel) -> Iterator[Spec]:
    """Draw the curves from where the axis begins."""
    for line in lines:
        rows = [
            {
                "curve": line.name,
                "run": place,
                "time": time,
                "moment": panel.axis.moment(time),
                "value": level,
            }
            for place, run in enumerate(steps(line.values, panel.times))
            for time, level in _from(run, panel.axis.begins)
        ]
        mark = {"type": "line", "interpolate": "step-before", "strokeJoin": "miter", **line.look()}
        encoding = {
            "x": panel.axis.encoding("moment"),
            "y": panel.encoding("value"),
            "detail": {"field": "run", "type": "nominal"},
        }
        if rows:
            yield {"data": data(rows), "mark": mark, "encoding": encoding}


def _band_layers(lines: Sequence[Line], panel: Panel) -> Iterator[Spec]:
    """Shade the band of each curve that has one, on the days on which the curve has a number."""
    for line in lines:
        rows = [] if line.band is None else _band_rows(line, line.band, panel)
        if not rows:
            continue
        mark = {"type": "area", "interpolate": "step-before", "color": line.color, "opacity": BAND_OPACITY}
        encoding = {
            "x": panel.axis.encoding("moment"),
            "y": panel.encoding("low"),
            "y2": {"field": "high"},
            "detail": {"field": "run", "type": "nominal"},
        }
        yield {"data": data(rows), "mark": mark, "encoding": encoding}


def _band_rows(line: Line, band: Band, panel: Panel) -> list[Row]:
    axis = panel.axis
    low, high = (np.round(edge, BAND_DIGITS) for edge in (band.low, band.high))
    shown = np.isfinite(line.values) & np.isfinite(low) & (panel.times > axis.begins)
    return [
        {
            "curve": line.name,
            "run": place,
            "time": time,
            "moment": axis.moment(time),
            "low": float(low[day]),
            "high": float(high[day]),
        }
        for place, run in enumerate(equal_runs((low, high), shown))
        for time, day in run_corners(run, panel.times, begins=axis.begins)
    ]


def _from(run: Corners, begins: float) -> Corners:
    """Leave out the part of a run before a time [d], at which it has the value of its next corner."""
    later = [corner for corner in run if corner[0] > begins]
    if not later or len(later) == len(run):
        return later
    return [(begins, later[0][1]), *later]


def _line_key(lines: Sequence[Line], panel: Panel, width: float) -> Iterator[Spec]:
    """Name each curve beside its end, moved apart where ends lie close, with a sample of its look."""
    room = width - (LABELS_BEGIN - TIME_WIDTH) - 4
    labels = _labels(lines, panel, room)
    ends = [float(line.values[-1]) for line in lines]
    wanted = [panel.pixel(end) if isfinite(end) else panel.height / 2 for end in ends]
    heights = [_label_height(label) for label in labels]
    places = spread(wanted, heights, within=(0, panel.height))
    for line, label, end, want, y in zip(lines, labels, ends, wanted, places, strict=True):
        known = isfinite(end)
        row = {"curve": line.name, "end": end if known else None}
        if known:
            leader = {
                "x": value(TIME_WIDTH + 1),
                "x2": value(SWATCH_BEGINS),
                "y": value(want),
                "y2": value(y),
            }
            thin = {"type": "rule", "color": FAINT, "strokeWidth": 0.6}
            yield {"data": data([row]), "mark": thin, "encoding": leader}
        sample = {"x": value(SWATCH_BEGINS), "x2": value(SWATCH_ENDS), "y": value(y)}
        if line.band is not None:
            shade = {"type": "rect", "color": line.color, "opacity": BAND_OPACITY}
            box = {**sample, "y": value(y - 5), "y2": value(y + 5)}
            yield {"data": data([row]), "mark": shade, "encoding": box}
        yield {"data": data([row]), "mark": {"type": "rule", **line.look()}, "encoding": sample}
        printed = number(end) if known else NO_NUMBER
        yield from text_block([printed], row, (VALUES_BEGIN, y), align="left", fontWeight="bold")
        yield from text_block(label, row, (LABELS_BEGIN, y), align="left", limit=room + 4)


def _labels(lines: Sequence[Line], panel: Panel, room: float) -> list[list[str]]:
    """Break the names of curves into up to three lines each, or fewer if the panel has no room for all."""
    width = int(room / text_width("n")) + 1
    for most in (3, 2):
        labels = [wrap(line.words, width=width, lines=most) for line in lines]
        if sum(map(_label_height, labels)) <= panel.height:
            return labels
    return [wrap(line.words, width=width, lines=1) for line in lines]


def _label_height(label: Sequence[str]) -> float:
    return len(label) * LINE_HEIGHT + 3.0
