"""The strip of states: how probable it is that a claim stands, can be restored, or is beyond recall."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from watchgap.base.errors import UnknownName
from watchgap.plots.curves import GAP_COLORS, BoolArray, Panel, equal_runs, number, run_corners
from watchgap.plots.sheet import (
    FAINT,
    SMALL_SIZE,
    TIME_WIDTH,
    Spec,
    TimeAxis,
    data,
    text_block,
    value,
)
from watchgap.recovery import State
from watchgap.study.record import FloatArray
from watchgap.study.recovery import ClaimRecovery, RecoveryStudy
from watchgap.study.words import CONTRADICTED

STATES_HEIGHT = 96
TITLE = ("probability", "of each state [1]")
# From the bottom up. They differ in lightness wherever two meet, and are told apart in grey.
LOOKS = {
    str(State.STANDS): "#0b2545",
    str(State.RESTORABLE): "#5fa2d3",
    str(State.AT_A_COST): "#f6dc9c",
    str(State.IRRETRIEVABLE): "#8c2d19",
    CONTRADICTED: GAP_COLORS[CONTRADICTED][0],
}
TOGETHER = 1e-9  # by which the shares of all states may miss 1
DIGITS = 3  # of the edges: less than a tenth of a pixel, and days that differ by less become one run
KEY_BEGINS, VALUES_BEGIN, NAMES_BEGIN, KEY_ROW = TIME_WIDTH + 16, TIME_WIDTH + 44, TIME_WIDTH + 88, 17


@dataclass(frozen=True, slots=True)
class _Layer:
    """One state: between which edges [1] it lies on each day, and its share now."""

    name: str
    low: FloatArray
    high: FloatArray
    now: float


def states_panel(
    study: RecoveryStudy,
    claim: ClaimRecovery,
    shown: BoolArray,
    axis: TimeAxis,
    rules: Callable[[float], list[Spec]],
) -> Spec:
    """Draw the probability [1] of each state on the days that are shown, one upon the other.

    Where draws have no number because an anomaly contradicts the claim, their share is a layer of its own.
    Raises UnknownName for a state that has no drawing.
    """
    panel = Panel(study.times, axis, TITLE, STATES_HEIGHT, 1.0, CONTRADICTED)
    layers = _layers(claim, study.times.size, study.now)
    shown = shown & (study.times > axis.begins)
    parts = [
        *(_area(layer, panel, shown) for layer in layers if np.any(layer.high[shown] > layer.low[shown])),
        *rules(panel.height),
        *_key(layers, study.as_of.isoformat()),
    ]
    return {"width": TIME_WIDTH, "height": panel.height, "view": {"stroke": None}, "layer": parts}


def _layers(claim: ClaimRecovery, size: int, now: int) -> list[_Layer]:
    unknown = [name for name in claim.states if name not in LOOKS]
    if unknown:
        raise UnknownName(f"no drawing for the state '{unknown[0]}'; there is one for {', '.join(LOOKS)}")
    layers = []
    low: FloatArray = np.zeros(size)
    for name in LOOKS:
        if name in claim.states:
            high: FloatArray = np.minimum(low + claim.states[name], 1.0)
            layers.append(_Layer(name, low, high, float(claim.states[name][now])))
            low = high
    if np.any(low < 1.0 - TOGETHER):
        layers.append(_Layer(CONTRADICTED, low, np.ones(size), float(1.0 - low[now])))
    return layers


def _area(layer: _Layer, panel: Panel, shown: BoolArray) -> Spec:
    low, high = np.round(layer.low, DIGITS), np.round(layer.high, DIGITS)
    rows = [
        {
            "state": layer.name,
            "run": place,
            "time": time,
            "moment": panel.axis.moment(time),
            "low": float(low[day]),
            "high": float(high[day]),
        }
        for place, stretch in enumerate(equal_runs((low, high), shown))
        for time, day in run_corners(stretch, panel.times, begins=panel.axis.begins)
    ]
    mark = {"type": "area", "interpolate": "step-before", "color": LOOKS[layer.name], "opacity": 1}
    if layer.name == CONTRADICTED:
        # Its lightness is near that of a state, so an outline tells them apart.
        mark |= {"stroke": GAP_COLORS[CONTRADICTED][1], "strokeWidth": 0.8}
    encoding = {
        "x": panel.axis.encoding("moment"),
        "y": panel.encoding("low"),
        "y2": {"field": "high"},
        "detail": {"field": "run", "type": "nominal"},
    }
    return {"data": data(rows), "mark": mark, "encoding": encoding}


def _key(layers: list[_Layer], day: str) -> Iterator[Spec]:
    """Name each state from the top down, with its share on the day looked from."""
    y = STATES_HEIGHT / 2 - len(layers) * KEY_ROW / 2 + 2.0
    small = {"align": "left", "fontSize": SMALL_SIZE, "color": FAINT}
    yield from text_block([f"state at the end of {day}"], {}, (KEY_BEGINS, y - 2.0), **small)
    for layer in reversed(layers):
        y += KEY_ROW
        row = {"state": layer.name, "share": layer.now}
        box = {"x": value(KEY_BEGINS), "x2": value(KEY_BEGINS + 20), "y": value(y - 6), "y2": value(y + 6)}
        look = {"type": "rect", "fill": LOOKS[layer.name], "stroke": "#7b8794", "strokeWidth": 0.6}
        yield {"data": data([row]), "mark": look, "encoding": box}
        yield from text_block([number(layer.now)], row, (VALUES_BEGIN, y), align="left", fontWeight="bold")
        yield from text_block([layer.name], row, (NAMES_BEGIN, y), align="left")
