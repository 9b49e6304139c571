"""The picture of an inquiry: which unknowns move an answer, and what share of its variance each carries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchgap.plots.frame import frame, heading, last_line
from watchgap.plots.sheet import (
    FAINT,
    INK,
    LINE_HEIGHT,
    NAMES_WIDTH,
    SHEET_WIDTH,
    SMALL_SIZE,
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
from watchgap.study.inquiry_record import FactorLine, InquiryStudy, SwingLine

MOST_ROWS = 12
LEAST_SHARE = 0.005  # of the variance; a factor that surely carries less is counted and not drawn
HEAD_HEIGHT, ROW_HEIGHT, BAR_HEIGHT = 40, 40, 12
AXIS_HEIGHT = 44  # of the ticks and titles below the panels [pixel]
LABEL_GAP, LONGEST_END = 9.0, 150.0  # of the words at the ends of a bar [pixel]
BARS_WIDTH, SHARES_NAMES, SHARES_WIDTH = (
    440,
    210,
    230,
)  # of the columns where there are shares as well [pixel]
ALONE_WIDTH = SHEET_WIDTH - NAMES_WIDTH - 10  # of the bars, where there are no shares
SHARES_BEGIN = SHEET_WIDTH - NAMES_WIDTH - SHARES_WIDTH - 10
BAR_COLOR, TOTAL_COLOR, FIRST_COLOR, TARGET_COLOR = "#9fc0de", "#0b2545", "#b35400", "#b2182b"
CAPTION = (
    "A bar goes from the mean answer over the draws in which the unknown is low to the mean over those where "
    "it is high; what is correlated with it moves along."
)


def tornado_figure(study: InquiryStudy) -> Spec:
    """Draw what moves an answer as one Vega-Lite specification (version 5).

    Left: for the twelve unknowns with the widest swing, a bar from the mean answer while it is low to that
    while it is high, in the answer's unit, with what low and high mean. Right, where variance shares were
    computed: first-order and total share [1] of up to twelve factors, with their 90 % intervals.
    """
    swings, factors = study.swings[:MOST_ROWS], _shown(study.factors)
    height = HEAD_HEIGHT + max(len(swings), len(factors), 1) * ROW_HEIGHT
    scale = _scale(study, swings, BARS_WIDTH if factors else ALONE_WIDTH)
    layers = [*_swings(study, swings, scale, height), *last_line(CAPTION, below=height + AXIS_HEIGHT)]
    panels = [{"width": scale.width, "height": height, "view": {"stroke": None}, "layer": layers}]
    if factors:
        shares = [*_shares(factors, height)]
        panels.append({"width": SHARES_WIDTH, "height": height, "view": {"stroke": None}, "layer": shares})
    beside = {"hconcat": panels, "spacing": SHARES_BEGIN - BARS_WIDTH, "bounds": "flush"}
    return frame(_description(study, swings), _title(study, len(factors)), [beside])


def _shown(factors: Sequence[FactorLine]) -> list[FactorLine]:
    """Leave out the factors that surely carry next to nothing; at least one stays."""
    kept = [one for one in factors[:MOST_ROWS] if max(one.total.high, one.total.middle) >= LEAST_SHARE]
    return kept or list(factors[:1])


# ---------------------------------------------------------------- words


def _title(study: InquiryStudy, factors: int) -> Spec:
    known = "with every fact in the ledger"
    if study.known_on is not None:
        known = f"with what was known on {study.known_on.isoformat()}"
    told = study.written
    spread = (
        f"{told(study.interval.low)} to {told(study.interval.high)} in 90 % of {study.origin.draws:,} draws"
    )
    lines = [
        f"{study.title}; claim '{study.claim}' at the end of {study.as_of.isoformat()}, {known}",
        f"{told(study.value)} at medians; {told(study.interval.middle)} in the middle of the draws, {spread}",
    ]
    more = len(study.swings) - MOST_ROWS
    if more > 0:
        lines.append(f"The {MOST_ROWS} unknowns that move it most; {more} more move it less")
    if 0 < factors < len(study.factors):
        lines[-1] += f"; factors with a total share that is surely below {LEAST_SHARE:g} are left out"
    broken = [line for one in lines for line in wrap(one, width=185)]
    return heading(f"What moves '{study.answer}' of claim '{study.claim}'", broken)


def _description(study: InquiryStudy, swings: Sequence[SwingLine]) -> str:
    told = study.written
    parts = [
        f"{clean(one.name)}: {told(one.low_answer)} at {clean(one.low_value)}, "
        f"{told(one.high_answer)} at {clean(one.high_value)}"
        for one in swings[:3]
    ]
    widest = (
        f" The widest swings: {'; '.join(parts)}."
        if parts
        else " The answer depends on nothing that is not known."
    )
    what = f"which unknowns move '{clean(study.answer)}' of claim '{clean(study.claim)}'"
    return f"{clean(study.title)}: {what} at the end of {study.as_of.isoformat()}.{widest} {CAPTION}"


def _named(name: str, room: float) -> list[str]:
    """Break the dotted name of an unknown into up to three lines after its dots."""
    first, *rest = clean(name).replace(".", ".\n").split("\n")
    lines = [first]
    for part in rest:
        if len(lines) < 3 and text_width(lines[-1] + part) > room:
            lines.append(part)
        else:
            lines[-1] += part
    return [shorten(line, room=room) for line in lines]


# ---------------------------------------------------------------- scale of the answer


@dataclass(frozen=True, slots=True)
class _Scale:
    """The scale of the answer: from low to high over a width [pixel]; days are dates."""

    low: float
    high: float
    width: int
    title: str
    ticks: tuple[float, ...] | None
    calendar: TimeAxis | None

    def mark(self, answer: float) -> str | float:
        """Where an answer lies, as data: a number, or a moment."""
        return answer if self.calendar is None else self.calendar.moment(answer)

    def encoding(self, field: str) -> Spec:
        """Encode a field of marks."""
        axis: Spec = {"title": self.title, "grid": True, "tickCount": 5, "titleFontWeight": "normal"}
        domain = [self.mark(self.low), self.mark(self.high)]
        if self.calendar is not None:
            scale = {"type": "utc", "domain": domain, "nice": False}
            form = {"format": "%-d %b %Y" if self.high - self.low < 300 else "%b %Y", "labelOverlap": True}
            return {"field": field, "type": "temporal", "scale": scale, "axis": {**axis, **form}}
        if self.ticks is not None:
            axis |= {"values": list(self.ticks), "tickCount": len(self.ticks)}
        scale = {"domain": domain, "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def _scale(study: InquiryStudy, swings: Sequence[SwingLine], width: int) -> _Scale:
    """Make room at both ends of the bars for the words of what low and high mean."""
    answers = [
        study.interval.middle,
        *(one.low_answer for one in swings),
        *(one.high_answer for one in swings),
    ]
    low, high = min(answers), max(answers)
    least = {"1": 0.02, "SQ": 0.1, "d": 4.0}.get(study.unit, 0.02)
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    sides = [[_ends(one)[side][1] for one in swings] for side in (0, 1)]
    left, right = (
        max((text_width(words, size=SMALL_SIZE) for words in side), default=0.0) + 2 * LABEL_GAP
        for side in sides
    )
    per_pixel = (high - low) / max(width - left - right, width / 4)
    low, high = low - left * per_pixel, high + right * per_pixel
    ticks = None
    if study.unit == "1":
        # No tick beyond the ends of a probability, though the words of the bars reach there.
        step = 0.05 if high - low < 0.5 else 0.1
        marks = (round(step * one, 2) for one in range(21))
        ticks = tuple(one for one in marks if max(low, 0.0) <= one <= min(high, 1.0))
    units = {"1": f"{study.answer} [1]", "SQ": f"{study.answer} [SQ]", "d": f"{study.answer} [date]"}
    title = shorten(units.get(study.unit, f"{study.answer} [{study.unit}]"), room=width)
    axis = TimeAxis(study.period_first, low, high) if study.unit == "d" else None
    return _Scale(low, high, width, title, ticks or None, axis)


def _ends(swing: SwingLine) -> tuple[tuple[str, str], tuple[str, str]]:
    """The ends of a bar from the lesser answer to the greater: which it is, and what it means."""
    low, high = (
        (end, shorten(words, room=LONGEST_END))
        for end, words in (("low", swing.low_value), ("high", swing.high_value))
    )
    return (low, high) if swing.low_answer <= swing.high_answer else (high, low)


# ---------------------------------------------------------------- swings


def _middle(place: int) -> float:
    return HEAD_HEIGHT + (place + 0.5) * ROW_HEIGHT


def _pixels(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _swings(study: InquiryStudy, swings: Sequence[SwingLine], scale: _Scale, height: int) -> Iterator[Spec]:
    yield from _uprights(study, scale, height)
    rows = [_swing_row(one, place, scale) for place, one in enumerate(swings)]
    if rows:
        x = scale.encoding("from")
        across = {"x": x, "x2": {"field": "to"}}
        if scale.calendar is not None:
            # With a second end, Vega-Lite reads the domain in another form; it is that of the middle's rule.
            across["x"] = {**x, "scale": {part: one for part, one in x["scale"].items() if part != "domain"}}
        box = {**across, "y": _pixels("top"), "y2": {"field": "bottom"}}
        yield {"data": data(rows), "mark": {"type": "rect", "fill": BAR_COLOR}, "encoding": box}
        for end, fill in (("low", "white"), ("high", INK)):
            mark = {"type": "point", "shape": "circle", "size": 60, "fill": fill, "stroke": INK, "opacity": 1}
            yield {
                "data": data(rows),
                "mark": mark,
                "encoding": {"x": scale.encoding(end), "y": _pixels("y")},
            }
        yield from _end_labels(rows, scale)
    else:
        words = ["Nothing that is not known moves this answer"]
        yield from text_block(words, {}, (scale.width / 2, _middle(0)), align="center", color=FAINT)
    for place, one in enumerate(swings):
        look = {"align": "right", "limit": NAMES_WIDTH - 12}
        lines = _named(one.name, NAMES_WIDTH - 14)
        yield from text_block(lines, {"unknown": clean(one.name)}, (-10.0, _middle(place)), **look)
    yield from _swing_key()


def _swing_row(swing: SwingLine, place: int, scale: _Scale) -> Row:
    y = _middle(place)
    ends = {"low": scale.mark(swing.low_answer), "high": scale.mark(swing.high_answer)}
    answers = sorted((swing.low_answer, swing.high_answer))
    return {
        "unknown": clean(swing.name),
        "words": clean(swing.words),
        **ends,
        "from": scale.mark(answers[0]),
        "to": scale.mark(answers[1]),
        "left": _ends(swing)[0][1],
        "right": _ends(swing)[1][1],
        "y": y,
        "top": y - BAR_HEIGHT / 2,
        "bottom": y + BAR_HEIGHT / 2,
    }


def _end_labels(rows: Sequence[Row], scale: _Scale) -> Iterator[Spec]:
    sides = (("from", "left", "right", -LABEL_GAP), ("to", "right", "left", LABEL_GAP))
    for end, side, align, shift in sides:
        told = [{"unknown": row["unknown"], "at": row[end], "text": row[side], "y": row["y"]} for row in rows]
        at = {"x": scale.encoding("at"), "y": _pixels("y")}
        look = {"align": align, "dx": shift, "fontSize": SMALL_SIZE}
        yield text_layer(told, at, **look, stroke="white", strokeWidth=4, strokeJoin="round")
        yield text_layer(told, at, **look)


def _uprights(study: InquiryStudy, scale: _Scale, height: int) -> Iterator[Spec]:
    """Draw the middle of the draws, and the target where the answer is an assurance and it lies in sight."""
    lines = [("the middle of the draws", study.interval.middle, INK, [1, 0])]
    if study.unit == "1" and study.answer != "posterior" and scale.low < study.target < scale.high:
        lines.append((f"target {study.target:.2f}", study.target, TARGET_COLOR, [5, 3]))
    for place, (words, answer, color, dash) in enumerate(lines):
        row = {"line": words, "at": scale.mark(answer), "text": words}
        mark = {"type": "rule", "color": color, "strokeWidth": 1.3, "strokeDash": dash}
        top = HEAD_HEIGHT - 4 - place * LINE_HEIGHT
        ends = {"x": scale.encoding("at"), "y": value(top), "y2": value(height)}
        yield {"data": data([row]), "mark": mark, "encoding": ends}
        left = (answer - scale.low) / (scale.high - scale.low) < 0.5
        side = {"align": "left" if left else "right", "dx": 4 if left else -4}
        at = {"x": scale.encoding("at"), "y": value(top)}
        yield text_layer([row], at, **side, fontSize=SMALL_SIZE, color=color)


def _swing_key() -> Iterator[Spec]:
    """Explain the ends of the bars, over their names."""
    for place, (fill, words) in enumerate(
        (("white", "while the unknown is low"), (INK, "while the unknown is high"))
    ):
        y = 6.0 + place * LINE_HEIGHT
        mark = {"type": "point", "shape": "circle", "size": 60, "fill": fill, "stroke": INK, "opacity": 1}
        yield {"data": data([{}]), "mark": mark, "encoding": {"x": value(-16), "y": value(y)}}
        yield from text_block([words], {}, (-26.0, y), align="right", fontSize=SMALL_SIZE, color=FAINT)


# ---------------------------------------------------------------- shares of the variance


def _shares(factors: Sequence[FactorLine], height: int) -> Iterator[Spec]:
    """Draw first-order and total shares, each as a dot with its 90 % interval."""
    lows = [one.low for line in factors for one in (line.first, line.total)]
    highs = [one.high for line in factors for one in (line.first, line.total)]
    domain = [min(0.0, *lows), max(1.0, *highs)]
    axis = {"title": "share of the variance [1]", "grid": True, "tickCount": 5, "titleFontWeight": "normal"}

    def x(field: str) -> Spec:
        scale = {"domain": domain, "nice": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    zero = {"type": "rule", "color": FAINT, "strokeWidth": 0.8}
    ends = {"x": x("at"), "y": value(HEAD_HEIGHT), "y2": value(height)}
    yield {"data": data([{"at": 0}, {"at": 1}]), "mark": zero, "encoding": ends}
    for name, shift in (("total", -5.0), ("first", 5.0)):
        rows = []
        for place, line in enumerate(factors):
            share = line.total if name == "total" else line.first
            numbers = {"low": share.low, "share": share.middle, "high": share.high}
            rows.append({"factor": clean(line.name), "kind": name, **numbers, "y": _middle(place) + shift})
        rule = {"type": "rule", "color": _SHARE_LOOKS[name]["stroke"], "strokeWidth": 1.4}
        span = {"x": x("low"), "x2": {"field": "high"}, "y": _pixels("y")}
        yield {"data": data(rows), "mark": rule, "encoding": span}
        mark = {"type": "point", **_SHARE_LOOKS[name]}
        yield {"data": data(rows), "mark": mark, "encoding": {"x": x("share"), "y": _pixels("y")}}
    for place, line in enumerate(factors):
        lines = _named(line.name, SHARES_NAMES - 14)
        look = {"align": "right", "limit": SHARES_NAMES - 12}
        yield from text_block(lines, {"factor": clean(line.name)}, (-10.0, _middle(place)), **look)
    yield from _share_key()


_SHARE_LOOKS: dict[str, Spec] = {
    "total": {"shape": "circle", "size": 55, "fill": TOTAL_COLOR, "stroke": TOTAL_COLOR, "opacity": 1},
    "first": {
        "shape": "square",
        "size": 45,
        "fill": "white",
        "stroke": FIRST_COLOR,
        "strokeWidth": 1.6,
        "opacity": 1,
    },
}


def _share_key() -> Iterator[Spec]:
    words = {"total": "total: stays if all else were known", "first": "first: would go if it were known"}
    for place, (name, text) in enumerate(words.items()):
        y = 6.0 + place * LINE_HEIGHT
        mark = {"type": "point", **_SHARE_LOOKS[name]}
        yield {"data": data([{}]), "mark": mark, "encoding": {"x": value(8), "y": value(y)}}
        yield from text_block([text], {}, (18.0, y), align="left", fontSize=SMALL_SIZE, color=FAINT)
