"""The sheet that the picture is drawn on: its measures, its time axis, and text made fit to print.

Each panel has three columns: names on the left, time in the middle, and on the right what explains the panel.
Widths are in pixels of the unscaled picture.
"""

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from watchgap.base.time import SECONDS_PER_DAY, midnight

Spec = dict[str, Any]
Row = dict[str, Any]

NAMES_WIDTH, TIME_WIDTH, KEY_WIDTH = 180, 572, 348
SHEET_WIDTH = NAMES_WIDTH + TIME_WIDTH + KEY_WIDTH
PANEL_GAP = 18
LINE_HEIGHT = 13

INK, FAINT, PALE = "#1a1a1a", "#5f6368", "#d5d8dc"
# Liberation Sans has the metrics of Arial, so labels that fit here fit in a browser too.
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
TEXT_SIZE, SMALL_SIZE = 11, 10

# Advance widths of Arial, as shares of the font size; anything that is not listed counts as _OTHER.
_ADVANCES = {
    **dict.fromkeys("ijl|'", 0.23),
    **dict.fromkeys(" .,:;!/ftI[]()-r`", 0.32),
    **dict.fromkeys('abcdeghknopqsuvxyz0123456789_?"*+=<>~^$#J', 0.57),
    **dict.fromkeys("mwMW%@", 0.95),
}
_OTHER, _FULL_WIDTH = 0.75, 1.1

# Categories of Unicode: controls, formats (among them the overrides of direction), surrogates, not assigned.
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Cn"}
_JOINERS = {"\u200c", "\u200d"}  # formats too, but Persian and Indic words are spelled with them


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The time [d] that the picture shows, and the day from which it is counted.

    labelled: whether the panel writes dates below itself; all layers of a panel share the axis. title: of
    the dates, where they are written.
    """

    origin: date
    begins: float
    ends: float
    labelled: bool = False
    title: str | None = None

    def moment(self, time: float) -> str:
        """Name a time [d] as an ISO date and time in UTC, to the second."""
        moment = midnight(self.origin) + timedelta(seconds=round(time * SECONDS_PER_DAY))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def pixel(self, time: float) -> float:
        """Find where a time [d] lies on the axis, in pixels from its left end."""
        return (time - self.begins) / (self.ends - self.begins) * TIME_WIDTH

    def encoding(self, field: str) -> Spec:
        """Encode a field of moments on this axis."""
        shown_days = self.ends - self.begins
        form = "%-d %b %Y" if shown_days < 100 else "%b %Y" if shown_days < 3000 else "%Y"
        axis = {"title": None, "grid": True, "tickCount": 8, "labelOverlap": True, "format": form}
        shown = dict.fromkeys(("labels", "ticks", "domain"), self.labelled)
        if self.title is not None and self.labelled:
            axis |= {"title": self.title, "titleFontWeight": "normal"}
        domain = [self.moment(self.begins), self.moment(self.ends)]
        scale = {"type": "utc", "domain": domain, "nice": False}
        return {"field": field, "type": "temporal", "scale": scale, "axis": {**axis, **shown}}

    def between(self, first: str, last: str) -> Spec:
        """Encode the span between two fields of moments.

        Its scale has no domain: with a second end, Vega-Lite reads it in another form, and finds the two in
        conflict. It is then that of the other layers; each panel has the date of the study.
        """
        x = self.encoding(first)
        scale = {part: setting for part, setting in x["scale"].items() if part != "domain"}
        return {"x": {**x, "scale": scale}, "x2": {"field": last}}


def clean(text: str) -> str:
    """Put a text on one line, without the characters that XML forbids or that reorder their neighbours."""
    words = " ".join(text.split())
    return "".join(one for one in words if one in _JOINERS or unicodedata.category(one) not in _UNPRINTABLE)


def wrap(text: str, *, width: int, lines: int = 2) -> list[str]:
    """Break a text into at most some lines of `width` characters; where it is cut, the last ends in ..."""
    broken = textwrap.wrap(clean(text), width, max_lines=lines, placeholder=" …")
    return broken or ["?"]


def text_width(text: str, *, size: float = TEXT_SIZE) -> float:
    """Estimate how wide a text is set [pixel], rather too wide than too narrow."""
    full = sum(unicodedata.east_asian_width(one) in {"W", "F"} for one in text)
    return size * (sum(_ADVANCES.get(one, _OTHER) for one in text) + full * (_FULL_WIDTH - _OTHER))


def shorten(text: str, *, room: float) -> str:
    """Cut a cleaned text to the room [pixel] that it has, with an ellipsis where it is cut."""
    text = clean(text)
    if text_width(text) <= room:
        return text
    while text and text_width(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…"


def spread(wanted: Sequence[float], heights: Sequence[float], *, within: tuple[float, float]) -> list[float]:
    """Move the middles of boxes [pixel] as little as keeps them apart and, if they fit, within bounds.

    Boxes keep the order of where they want to be, and equal wishes the order in which they come. Boxes that
    would touch are pooled into a pile, which stands where its boxes want it on average (isotonic regression).
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    piles: list[_Pile] = []
    for index in order:
        pile = _Pile((index,), heights[index], wanted[index]).kept(within)
        while piles and piles[-1].middle + piles[-1].height / 2 > pile.middle - pile.height / 2:
            pile = piles.pop().joined(pile, wanted, heights).kept(within)
        piles.append(pile)
    placed = list(wanted)
    for pile in piles:
        edge = pile.middle - pile.height / 2
        for index in pile.boxes:
            placed[index] = edge + heights[index] / 2
            edge += heights[index]
    return placed


@dataclass(frozen=True, slots=True)
class _Pile:
    """Boxes that touch, from the top down, as one box."""

    boxes: tuple[int, ...]
    height: float
    middle: float

    def kept(self, within: tuple[float, float]) -> "_Pile":
        low, high = within[0] + self.height / 2, within[1] - self.height / 2
        return replace(self, middle=max(low, min(self.middle, high)))

    def joined(self, below: "_Pile", wanted: Sequence[float], heights: Sequence[float]) -> "_Pile":
        boxes, height = (*self.boxes, *below.boxes), self.height + below.height
        edge, shifts = 0.0, 0.0
        for index in boxes:
            shifts += wanted[index] - edge - heights[index] / 2
            edge += heights[index]
        return _Pile(boxes, height, shifts / len(boxes) + height / 2)


def data(rows: Sequence[Row]) -> Spec:
    """Hold rows as the inline data of a layer."""
    return {"values": list(rows)}


def value(constant: float) -> Spec:
    """Encode a constant [pixel]."""
    return {"value": constant}


def text_layer(rows: Sequence[Row], encoding: Mapping[str, Any], **mark: Any) -> Spec:
    """Write the field `text` of each row."""
    shown = {**encoding, "text": {"field": "text", "type": "nominal"}}
    style = {"type": "text", "baseline": "middle", "fontSize": TEXT_SIZE, "color": INK}
    return {"data": data(rows), "mark": {**style, **mark}, "encoding": shown}


def text_block(lines: Sequence[str], row: Row, at: tuple[float, float], **mark: Any) -> Iterator[Spec]:
    """Write lines around a middle (x, y) [pixel], each as a text of its own.

    As one text of several lines, words from right to left in one line would disturb the order of the others.
    """
    x, middle = at
    for place, line in enumerate(lines):
        y = middle + (place - (len(lines) - 1) / 2) * LINE_HEIGHT
        yield text_layer([{**row, "line": place, "text": line}], {"x": value(x), "y": value(y)}, **mark)
