"""One lane for each measure, in the four states that are never merged: seen, recorded, not known, blind.

The states differ in more than hue, so that they stay apart in grey and for every kind of colour blindness:
*seen* is dark, *recorded* is light with a dark outline and strokes across, *not known* is grey up to the
probability that the measure functioned, and *blind* is an empty frame.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchgap.base.errors import UnknownName
from watchgap.coverage.record import Lane, Stretch
from watchgap.plots.sheet import (
    FAINT,
    NAMES_WIDTH,
    SMALL_SIZE,
    TIME_WIDTH,
    Row,
    Spec,
    TimeAxis,
    clean,
    data,
    spread,
    text_block,
    value,
    wrap,
)

LANE_HEIGHT, BAR_HEIGHT = 30, 18
HATCH_STEP = 7.0  # distance of the strokes across what was recorded [pixel]
KEY_ROW = 30


@dataclass(frozen=True, slots=True)
class Look:
    """How one state is drawn, and the words of its key."""

    fill: str
    outline: str
    width: float
    meaning: tuple[str, str]


DARK, LIGHT, GREY, RED = "#123f73", "#cfe3f5", "#9aa0a6", "#b2182b"
LOOKS = {
    "seen": Look(DARK, DARK, 0.8, ("seen", "it worked, and the record is in hand")),
    "recorded": Look(LIGHT, DARK, 0.8, ("recorded, not in hand", "it worked; nobody has its record yet")),
    "not known": Look("#f4f4f4", GREY, 0.8, ("not known", "grey: the probability that it still worked")),
    "blind": Look("#ffffff", RED, 1.1, ("blind", "it could not observe, or the record is lost")),
}


def lanes_height(lanes: Sequence[Lane]) -> int:
    """Find the height of the panel [pixel], with room for the key of the states."""
    return max(len(lanes) * LANE_HEIGHT, len(LOOKS) * KEY_ROW)


def lanes_panel(
    lanes: Sequence[Lane], axis: TimeAxis, *, beneath: Sequence[Spec], above: Sequence[Spec]
) -> Spec:
    """Draw the lanes, between rules that lie beneath the bars and rules that lie above them.

    Raises UnknownName for a stretch whose state has no drawing.
    """
    height = lanes_height(lanes)
    step = height / max(len(lanes), 1)
    rows = [
        row for place, lane in enumerate(lanes) for row in _stretch_rows(lane, (place + 0.5) * step, axis)
    ]
    layers = [
        *beneath,
        *_bars(rows, axis, height),
        *_names(lanes, step),
        *above,
        *_key(height),
    ]
    return {"width": TIME_WIDTH, "height": height, "view": {"stroke": None}, "layer": layers}


def _stretch_rows(lane: Lane, middle: float, axis: TimeAxis) -> Iterator[Row]:
    """Make a row of each stretch that the axis shows; `left` and `right` are where it is cut [d]."""
    for stretch in lane.stretches:
        if stretch.state not in LOOKS:
            raise UnknownName(
                f"no drawing for the state '{stretch.state}'; there is one for {', '.join(LOOKS)}"
            )
        left, right = max(stretch.begins, axis.begins), min(stretch.ends, axis.ends)
        if left >= right:
            continue
        yield {
            "measure": lane.measure,
            "state": stretch.state,
            "begins": stretch.begins,
            "ends": stretch.ends,
            "left": left,
            "right": right,
            "from": axis.moment(left),
            "to": axis.moment(right),
            "functioning": [_functioning(stretch, time) for time in (left, right)],
            "why": clean(stretch.why),
            "top": middle - BAR_HEIGHT / 2,
            "bottom": middle + BAR_HEIGHT / 2,
        }


def _functioning(stretch: Stretch, time: float) -> float:
    """Read the probability of functioning [1] on the line from the beginning of a stretch to its end."""
    share = (time - stretch.begins) / (stretch.ends - stretch.begins)
    first, last = stretch.functioning
    return first * (1.0 - share) + last * share


def _vertical(field: str, height: float) -> Spec:
    """Encode a height in pixels from the top, on a scale that the layers of the panel share."""
    scale = {"domain": [0, height], "range": [0, height], "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": None}


def _bars(rows: Sequence[Row], axis: TimeAxis, height: float) -> Iterator[Spec]:
    box = {**axis.between("from", "to"), "y": _vertical("top", height), "y2": {"field": "bottom"}}
    for state, look in LOOKS.items():
        own = [row for row in rows if row["state"] == state]
        if not own:
            continue
        fill = {"type": "rect", "fill": look.fill}
        # Two bars meet without a seam when only what is inside of them is filled; the outline comes last.
        yield {"data": data(own), "mark": fill, "encoding": box}
        if state == "not known":
            yield _wedges(own, axis, height)
        if state == "recorded":
            yield _strokes(own, axis, height)
        frame = {"type": "rect", "fillOpacity": 0, "stroke": look.outline, "strokeWidth": look.width}
        yield {"data": data(own), "mark": frame, "encoding": box}


def _wedges(rows: Sequence[Row], axis: TimeAxis, height: float) -> Spec:
    """Fill a bar from its foot up to the probability of functioning, from the beginning to the end."""
    corners: list[Row] = []
    for number, row in enumerate(rows):
        for time, share in zip((row["left"], row["right"]), row["functioning"], strict=True):
            level = row["bottom"] - share * BAR_HEIGHT
            corner = {"stretch": number, "measure": row["measure"], "time": time, "functioning": share}
            corners.append({**corner, "moment": axis.moment(time), "level": level, "bottom": row["bottom"]})
    encoding = {
        "x": axis.encoding("moment"),
        "y": _vertical("level", height),
        "y2": {"field": "bottom"},
        "detail": {"field": "stretch", "type": "nominal"},
    }
    mark = {"type": "area", "fill": GREY, "line": {"stroke": FAINT, "strokeWidth": 1}}
    return {"data": data(corners), "mark": mark, "encoding": encoding}


def _strokes(rows: Sequence[Row], axis: TimeAxis, height: float) -> Spec:
    """Draw slanted strokes across bars, each cut where its bar begins or ends."""
    per_pixel = (axis.ends - axis.begins) / TIME_WIDTH
    run = BAR_HEIGHT * 0.6
    strokes: list[Row] = []
    for row in rows:
        length = (row["right"] - row["left"]) / per_pixel
        foot = HATCH_STEP / 2 - run
        while foot < length:
            low, high = max(0.0, -foot / run), min(1.0, (length - foot) / run)
            if low < high:
                left, right = (row["left"] + (foot + share * run) * per_pixel for share in (low, high))
                y = {"y": row["bottom"] - low * BAR_HEIGHT, "y2": row["bottom"] - high * BAR_HEIGHT}
                strokes.append({"from": axis.moment(left), "to": axis.moment(right), **y})
            foot += HATCH_STEP
    encoding = {**axis.between("from", "to"), "y": _vertical("y", height), "y2": {"field": "y2"}}
    mark = {"type": "rule", "color": DARK, "strokeWidth": 0.7}
    return {"data": data(strokes), "mark": mark, "encoding": encoding}


def _names(lanes: Sequence[Lane], step: float) -> Iterator[Spec]:
    for place, lane in enumerate(lanes):
        at = (-10.0, (place + 0.5) * step)
        lines = wrap(lane.name, width=31)
        yield from text_block(lines, {"measure": lane.measure}, at, align="right", limit=NAMES_WIDTH - 12)


def _key(height: float) -> Iterator[Spec]:
    left, size = TIME_WIDTH + 16, 22
    middles = spread([height / 2] * len(LOOKS), [KEY_ROW] * len(LOOKS), within=(0, height))
    for (state, look), middle in zip(LOOKS.items(), middles, strict=True):
        box = {"x": value(left), "x2": value(left + size), "y": value(middle - 7), "y2": value(middle + 7)}
        yield _plain(box, "rect", fill=look.fill, stroke=look.outline, strokeWidth=look.width)
        yield from _key_detail(state, left, left + size, middle)
        name, meaning = look.meaning
        x, row = left + size + 8, {"state": state}
        yield from text_block([name], row, (x, middle - 6), align="left", fontWeight="bold")
        yield from text_block([meaning], row, (x, middle + 7), align="left", fontSize=SMALL_SIZE, color=FAINT)


def _key_detail(state: str, left: float, right: float, middle: float) -> Iterator[Spec]:
    if state == "recorded":
        for foot in (left + 1, left + 8):
            line = {"x": value(foot), "x2": value(foot + 10), "y": value(middle + 7), "y2": value(middle - 7)}
            yield _plain(line, "rule", color=DARK, strokeWidth=0.7)
    if state == "not known":
        corner = {"x": value((left + right) / 2), "y": value(middle)}
        # A path of half-width 1 is drawn at half the root of its size.
        look = {
            "shape": "M-1,-.636L1,.636L-1,.636Z",
            "size": (right - left) ** 2,
            "filled": True,
            "color": GREY,
        }
        yield _plain(corner, "point", **look, opacity=1)


def _plain(encoding: Spec, mark: str, **style: object) -> Spec:
    return {"data": data([{}]), "mark": {"type": mark, **style}, "encoding": encoding}
