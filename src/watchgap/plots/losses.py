"""The strip of losses: what a claim could rest on and that is gone or may go, and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchgap.base.time import end_of
from watchgap.plots.events import AS_OF_RULE, KINDS
from watchgap.plots.sheet import (
    FAINT,
    INK,
    KEY_WIDTH,
    LINE_HEIGHT,
    NAMES_WIDTH,
    PANEL_GAP,
    TEXT_SIZE,
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
)
from watchgap.study.recovery import Loss

COLOR = KINDS["loss"].color
MOST_LOSSES = 8
ROW_HEIGHT = LINE_HEIGHT + 9  # of a label, with the line of the days on which it may happen beneath it
FOOT = 14  # height of the band with the symbols [pixel]
LABEL_GAP = 8
ARROW = "triangle-right"


@dataclass(frozen=True, slots=True)
class Told:
    """A loss on the axis: the days [d] from its first to its last, whether it happened, and its label."""

    first: float
    last: float
    happened: bool
    label: str


def told(losses: Sequence[Loss], axis: TimeAxis, until: str) -> tuple[Told, ...]:
    """Put losses on the axis, those first that happened, then the most probable; each has a label that fits.

    Losses that were over before the axis begins, or cannot happen before it ends, are left out.
    """
    shown = []
    for loss in sorted(losses, key=lambda one: (not one.happened, -one.probability, one.first, one.what)):
        # A loss of a day stands at the beginning of that day, as the change in a curve does.
        first, last = (end_of(day, axis.origin) - 1.0 for day in (loss.first, loss.last))
        if last < axis.begins or first > axis.ends:
            continue
        first = max(first, axis.begins)
        fate = "lost" if loss.happened else f"lost by {until} in {100 * loss.probability:.0f} % of the draws"
        room = TIME_WIDTH + KEY_WIDTH - axis.pixel(first) - LABEL_GAP
        shown.append(Told(first, last, loss.happened, _fitted(loss.what, fate, room)))
    return tuple(shown)


def losses_strip(losses: Sequence[Told], axis: TimeAxis, now: tuple[float, str]) -> Spec:
    """Draw each loss with its label, and the day from which is looked, (time [d], words)."""
    kept, silent = losses[:MOST_LOSSES], losses[MOST_LOSSES:]
    boxes = [(axis.pixel(one.first), text_width(one.label) + 2 * LABEL_GAP) for one in kept]
    boxes.append((axis.pixel(now[0]), text_width(now[1], size=TEXT_SIZE + 1) + 2 * LABEL_GAP))
    rows = label_rows(boxes)
    height = (max(rows) + 1) * ROW_HEIGHT + FOOT
    middles = [height - FOOT - (row + 0.5) * ROW_HEIGHT for row in rows]
    marks = [_mark(one, axis, y) for one, y in zip(kept, middles, strict=False)]
    layers = [
        *_now(axis, now, middles[-1], height),
        *_leaders(marks, axis, height),
        *_spans(marks, axis),
        *_symbols(marks, axis, height),
        *_labels(marks, axis),
        *_key(kept, height),
    ]
    if silent:
        words = f"{len(silent)} without a label"
        layers += text_block(
            [words], {}, (-23.0, height - FOOT - 2.0 * LINE_HEIGHT), align="right", color=FAINT
        )
    return {"width": TIME_WIDTH, "height": height, "view": {"stroke": None}, "layer": layers}


def loss_rules(losses: Sequence[Told], axis: TimeAxis, height: float) -> list[Spec]:
    """Draw the rules of losses through a panel and its gaps."""
    rows = [{"moment": axis.moment(one.first), "time": one.first} for one in losses]
    ends = {"y": value(-PANEL_GAP / 2), "y2": value(height + (0 if axis.labelled else PANEL_GAP / 2))}
    encoding = {"x": axis.encoding("moment"), **ends}
    return [{"data": data(rows), "mark": _rule(), "encoding": encoding}] if rows else []


def label_rows(boxes: Sequence[tuple[float, float]]) -> list[int]:
    """Give a row, from the foot up, to each label (left, width) [pixel] that stands right of a rule.

    A label stands above all labels that its rule, which goes down from it, would otherwise cut.
    """
    rows = [0] * len(boxes)
    reached: list[tuple[float, int]] = []
    for index in sorted(range(len(boxes)), key=lambda one: (boxes[one][0], one), reverse=True):
        left, width = boxes[index]
        rows[index] = max((row + 1 for begins, row in reached if begins < left + width), default=0)
        reached.append((left, rows[index]))
    return rows


def _fitted(what: str, fate: str, room: float) -> str:
    """Say what is lost, and how; where there is no room for all, the name is cut and not its fate."""
    return f"{shorten(what, room=max(room - text_width(f': {fate}'), 40.0))}: {clean(fate)}"


def _mark(loss: Told, axis: TimeAxis, y: float) -> Row:
    ends = min(loss.last, axis.ends)
    return {
        "moment": axis.moment(loss.first),
        "until": axis.moment(ends),
        "time": loss.first,
        "last": loss.last,
        "spread": loss.last > loss.first,
        "open": loss.last > axis.ends,
        "happened": loss.happened,
        "text": loss.label,
        "y": y,
        "line": y + ROW_HEIGHT / 2 - 1.0,
    }


def _rule() -> Spec:
    kind = KINDS["loss"]
    return {"type": "rule", "color": COLOR, "strokeWidth": kind.width, "strokeDash": list(kind.dash)}


def _pixels(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _bare(axis: TimeAxis) -> Spec:
    return {**axis.encoding("moment"), "axis": None}


def _now(axis: TimeAxis, now: tuple[float, str], middle: float, height: float) -> list[Spec]:
    row = {"moment": axis.moment(now[0]), "time": now[0], "text": now[1]}
    x = _bare(axis)
    ends = {"x": x, "y": value(middle - LINE_HEIGHT / 2), "y2": value(height + PANEL_GAP / 2)}
    style = {"fontWeight": "bold", "fontSize": TEXT_SIZE + 1}
    return [
        {"data": data([row]), "mark": AS_OF_RULE, "encoding": ends},
        text_layer([row], {"x": x, "y": value(middle)}, align="left", dx=LABEL_GAP - 2, **style),
    ]


def _leaders(marks: Sequence[Row], axis: TimeAxis, height: float) -> list[Spec]:
    if not marks:
        return []
    ends = {"x": _bare(axis), "y": _pixels("y"), "y2": value(height + PANEL_GAP / 2)}
    return [{"data": data(marks), "mark": _rule(), "encoding": ends}]


def _spans(marks: Sequence[Row], axis: TimeAxis) -> list[Spec]:
    """Draw the days on which a loss may happen, with an open arrow where they go on beyond the axis."""
    layers: list[Spec] = []
    wide = [row for row in marks if row["spread"]]
    if wide:
        x = axis.between("moment", "until")
        encoding = {"x": {**x["x"], "axis": None}, "x2": x["x2"], "y": _pixels("line")}
        layers.append(
            {
                "data": data(wide),
                "mark": {"type": "rule", "color": COLOR, "strokeWidth": 2.5},
                "encoding": encoding,
            }
        )
    beyond = [row for row in marks if row["open"]]
    if beyond:
        mark = {"type": "point", "shape": ARROW, "size": 46, "stroke": COLOR, "fill": "white", "opacity": 1}
        encoding = {"x": value(TIME_WIDTH), "y": _pixels("line")}
        layers.append({"data": data(beyond), "mark": mark, "encoding": encoding})
    return layers


def _symbol(*, happened: bool) -> Spec:
    fill = COLOR if happened else "white"
    return {
        "type": "point",
        "shape": "triangle-down",
        "size": 70,
        "opacity": 1,
        "stroke": COLOR,
        "fill": fill,
    }


def _symbols(marks: Sequence[Row], axis: TimeAxis, height: float) -> list[Spec]:
    layers = []
    for happened in (False, True):
        own = [row for row in marks if row["happened"] is happened]
        if own:
            at = {"x": _bare(axis), "y": value(height - FOOT / 2)}
            layers.append({"data": data(own), "mark": _symbol(happened=happened), "encoding": at})
    return layers


def _labels(marks: Sequence[Row], axis: TimeAxis) -> list[Spec]:
    if not marks:
        return []
    at = {"x": _bare(axis), "y": _pixels("y")}
    return [text_layer(marks, at, align="left", dx=LABEL_GAP - 2, color=COLOR, limit=TIME_WIDTH + KEY_WIDTH)]


def _key(losses: Sequence[Told], height: float) -> list[Spec]:
    layers: list[Spec] = []
    kinds = {one.happened for one in losses}
    named = [(True, "loss of evidence"), (False, "may be lost (5 to 95 % line)")]
    for place, (happened, words) in enumerate(one for one in named if one[0] in kinds):
        y = height - FOOT / 2 - place * LINE_HEIGHT
        at = {"x": value(-14), "y": value(y)}
        layers.append({"data": data([{}]), "mark": _symbol(happened=happened), "encoding": at})
        layers += text_block([words], {}, (-23.0, y), align="right", color=INK, limit=NAMES_WIDTH - 24)
    return layers
