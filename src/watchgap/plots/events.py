"""The strip of what happened: a symbol for each event, a rule through all panels, labels that never cross.

A label stands to the right of its rule, in a row above all labels that its rule would otherwise cut. If there
is no room for all labels, those of services go first; symbol and rule stay, and the key counts what has none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from watchgap.base.errors import UnknownName
from watchgap.plots.sheet import (
    FAINT,
    INK,
    KEY_WIDTH,
    LINE_HEIGHT,
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
from watchgap.study.record import Mark

MOST_ROWS = 11
SYMBOL_BAND = 16  # height of the band with the symbols, below the labels [pixel]
LABEL_GAP = 4
LONGEST_LABEL = 330.0


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of event is drawn; kinds with more weight keep their labels longer."""

    name: str
    symbol: str
    size: int
    color: str
    dash: tuple[int, ...]
    width: float
    weight: int


CROSS = "M-1,-1L1,1M-1,1L1,-1"
KINDS = {
    "refusal": Kind("refusal", CROSS, 30, "#b2182b", (5, 3), 1.4, 5),
    "loss": Kind("loss of evidence", "triangle-down", 70, "#5b2a86", (1, 2), 1.4, 4),
    "anomaly": Kind("anomaly", "diamond", 85, "#a85b00", (7, 2, 1, 2), 1.2, 3),
    "check": Kind("check", "square", 48, "#00695c", (1, 0), 0.7, 2),
    "service": Kind("service", "circle", 46, "#8a8f98", (1, 0), 0.6, 1),
}
AS_OF = "as of"
AS_OF_RULE = {"type": "rule", "color": INK, "strokeWidth": 2.2}
BENEATH = frozenset({"service", "check"})  # rules so frequent that they would clutter the bars of the lanes
ALL = frozenset({*(kind.name for kind in KINDS.values()), AS_OF})


@dataclass(frozen=True, slots=True)
class Event:
    """What happened of one kind on one day, with the row of its label, or None if the label has no room."""

    kind: Kind
    time: float
    label: str
    row: int | None = None


def gather(marks: Sequence[Mark], axis: TimeAxis) -> tuple[Event, ...]:
    """Make one event of all marks of a kind on a day, with rows for their labels; in order of time.

    Marks outside of the axis are left out. Raises UnknownName for a kind of mark that has no drawing.
    """
    groups: dict[tuple[float, str], list[Mark]] = {}
    for mark in sorted(marks, key=lambda one: (one.time, one.kind, one.entry)):
        if mark.kind not in KINDS:
            raise UnknownName(f"no drawing for the mark '{mark.kind}'; there is one for {', '.join(KINDS)}")
        if axis.begins <= mark.time <= axis.ends:
            groups.setdefault((float(int(mark.time)), mark.kind), []).append(mark)
    events = []
    for (_, kind), group in groups.items():
        time = group[0].time
        room = min(LONGEST_LABEL, TIME_WIDTH + KEY_WIDTH - axis.pixel(time) - 2 * LABEL_GAP)
        events.append(Event(KINDS[kind], time, shorten(_label(group), room=room)))
    return _place(events, axis)


def strip_rows(events: Sequence[Event]) -> int:
    """Count the rows of labels that the strip needs; the lowest belongs to the date of the study."""
    return max([1, *(event.row + 1 for event in events if event.row is not None)])


def strip_height(events: Sequence[Event]) -> int:
    """Find the height of the strip [pixel], with room for the key of the kinds on its left."""
    kinds = len({event.kind.name for event in events})
    return max(strip_rows(events), kinds) * LINE_HEIGHT + SYMBOL_BAND


def strip(events: Sequence[Event], axis: TimeAxis, as_of: str) -> Spec:
    """Draw the strip: labels with their leaders, symbols, the key of the kinds, and the date of the study."""
    height = strip_height(events)
    rows = [_event_row(event, axis, height) for event in events]
    x = {**axis.encoding("moment"), "axis": None}
    foot = {"x": x, "y": value(height - SYMBOL_BAND / 2)}
    layers = [
        *_leaders(rows, x, height),
        *_symbols(rows, foot),
        *_labels(rows, x),
        *_key(events, height),
        *_as_of({"moment": axis.moment(axis.ends), "kind": AS_OF, "text": as_of}, x, height),
    ]
    return {"width": TIME_WIDTH, "height": height, "view": {"stroke": None}, "layer": layers}


def rules(
    events: Sequence[Event], axis: TimeAxis, height: float, *, only: Collection[str] = ALL
) -> list[Spec]:
    """Draw the rules of events, and the bold one of the date of the study, through a panel and its gaps.

    A panel that labels its axis is the last one, below which a rule would cut the dates.
    """
    ends = {"y": value(-PANEL_GAP / 2), "y2": value(height + (0 if axis.labelled else PANEL_GAP / 2))}
    encoding = {"x": axis.encoding("moment"), **ends}
    layers = []
    for kind in KINDS.values():
        rows = [_event_row(event, axis, 0) for event in events if event.kind is kind and kind.name in only]
        if rows:
            layers.append({"data": data(rows), "mark": _rule(kind), "encoding": encoding})
    if AS_OF in only:
        end = {"moment": axis.moment(axis.ends), "kind": AS_OF}
        layers.append({"data": data([end]), "mark": AS_OF_RULE, "encoding": encoding})
    return layers


def _label(group: Sequence[Mark]) -> str:
    labels = list(dict.fromkeys(clean(mark.label) for mark in group))
    if len(labels) == 1:
        return labels[0]
    if group[0].kind == "service":
        return f"{len(labels)} services"
    return f"{labels[0]} (and {len(labels) - 1} more)"


def _place(events: Sequence[Event], axis: TimeAxis) -> tuple[Event, ...]:
    """Give rows to the labels that fit, the heaviest first and among equals the earliest."""
    spoken: list[int] = []
    rows: dict[int, int] = {}
    for candidate in sorted(
        range(len(events)), key=lambda index: (-events[index].kind.weight, events[index].time)
    ):
        tried = _rows(events, [*spoken, candidate], axis)
        if max(tried.values()) < MOST_ROWS:
            spoken.append(candidate)
            rows = tried
    return tuple(replace(event, row=rows.get(index)) for index, event in enumerate(events))


def _rows(events: Sequence[Event], spoken: Sequence[int], axis: TimeAxis) -> dict[int, int]:
    """Place labels from the last to the first, each above the rows that the rules beneath it reach.

    The label of the date of the study stands at the right end, in row 0.
    """
    rows: dict[int, int] = {}
    reached = [(axis.pixel(axis.ends), 0)]
    for index in sorted(spoken, key=lambda one: (events[one].time, one), reverse=True):
        left = axis.pixel(events[index].time)
        right = left + text_width(events[index].label) + 2 * LABEL_GAP
        rows[index] = max((row + 1 for begins, row in reached if begins < right), default=0)
        reached.append((left, rows[index]))
    return rows


def _event_row(event: Event, axis: TimeAxis, height: float) -> Row:
    row = {"moment": axis.moment(event.time), "time": event.time, "kind": event.kind.name}
    shown = event.row is not None
    y = _row_middle(event.row or 0, height) if shown else height - SYMBOL_BAND
    return {**row, "text": event.label if shown else "", "y": y, "color": _text_color(event.kind)}


def _text_color(kind: Kind) -> str:
    return INK if kind.name in BENEATH else kind.color


def _row_middle(row: int, height: float) -> float:
    return height - SYMBOL_BAND - (row + 0.5) * LINE_HEIGHT


def _pixels(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _rule(kind: Kind) -> Spec:
    return {"type": "rule", "color": kind.color, "strokeWidth": kind.width, "strokeDash": list(kind.dash)}


def _leaders(rows: Sequence[Row], x: Spec, height: float) -> list[Spec]:
    """Draw the part of each rule that lies in the strip, from its label down."""
    layers = []
    for kind in KINDS.values():
        own = [row for row in rows if row["kind"] == kind.name]
        if own:
            ends = {"x": x, "y": _pixels("y"), "y2": value(height + PANEL_GAP / 2)}
            layers.append({"data": data(own), "mark": _rule(kind), "encoding": ends})
    return layers


def _symbol(kind: Kind) -> Spec:
    mark = {"type": "point", "shape": kind.symbol, "opacity": 1, "stroke": kind.color}
    # A cross has no inside; the others get a white rim, which keeps close neighbours apart.
    if kind.symbol == CROSS:
        return {**mark, "size": kind.size, "strokeWidth": 2.2, "fill": None}
    return {**mark, "size": kind.size, "fill": kind.color, "stroke": "white", "strokeWidth": 0.7}


def _symbols(rows: Sequence[Row], foot: Spec) -> list[Spec]:
    layers = []
    for kind in sorted(KINDS.values(), key=lambda one: one.weight):
        own = [row for row in rows if row["kind"] == kind.name]
        if own:
            layers.append({"data": data(own), "mark": _symbol(kind), "encoding": foot})
    return layers


def _labels(rows: Sequence[Row], x: Spec) -> list[Spec]:
    labelled = [row for row in rows if row["text"]]
    if not labelled:
        return []
    at = {"x": x, "y": _pixels("y"), "color": {"field": "color", "type": "nominal", "scale": None}}
    return [text_layer(labelled, at, align="left", dx=LABEL_GAP, limit=LONGEST_LABEL)]


def _key(events: Sequence[Event], height: float) -> list[Spec]:
    """Name each kind of event that there is, from the foot upwards, and count the events without a label."""
    layers = []
    kinds = sorted({event.kind for event in events}, key=lambda one: one.weight)
    for place, kind in enumerate(kinds):
        y = height - SYMBOL_BAND / 2 - place * LINE_HEIGHT
        at = {"x": value(-14), "y": value(y)}
        layers.append({"data": data([{"kind": kind.name}]), "mark": _symbol(kind), "encoding": at})
        layers += text_block([kind.name], {"kind": kind.name}, (-23.0, y), align="right")
    silent = sum(event.row is None for event in events)
    if silent:
        y = height - SYMBOL_BAND / 2 - len(kinds) * LINE_HEIGHT
        layers += text_block([f"{silent} without a label"], {}, (-23.0, y), align="right", color=FAINT)
    return layers


def _as_of(row: Row, x: Spec, height: float) -> list[Spec]:
    middle = _row_middle(0, height)
    ends = {"x": x, "y": value(middle - LINE_HEIGHT / 2), "y2": value(height + PANEL_GAP / 2)}
    at = {"x": x, "y": value(middle)}
    style = {"fontWeight": "bold", "fontSize": TEXT_SIZE + 1, "limit": KEY_WIDTH}
    return [
        {"data": data([row]), "mark": AS_OF_RULE, "encoding": ends},
        text_layer([row], at, align="left", dx=LABEL_GAP + 2, **style),
    ]
