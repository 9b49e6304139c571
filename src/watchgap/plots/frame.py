"""What every picture has: a title with its lines below, panels, a last line, and one style."""

from collections.abc import Sequence

from watchgap.plots.sheet import (
    FAINT,
    FONT,
    INK,
    NAMES_WIDTH,
    PALE,
    PANEL_GAP,
    SHEET_WIDTH,
    SMALL_SIZE,
    TEXT_SIZE,
    TIME_WIDTH,
    Spec,
    data,
    text_block,
    value,
    wrap,
)

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def frame(description: str, title: Spec, panels: Sequence[Spec]) -> Spec:
    """Put panels below one another into one specification; the description is for those who cannot see it."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "title": title,
        "background": "white",
        "padding": 14,
        "bounds": "flush",
        "spacing": PANEL_GAP,
        "vconcat": list(panels),
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "config": _config(),
    }


def heading(title: str, lines: Sequence[str]) -> Spec:
    """Write the title of a picture, and lines below it that are already broken."""
    return {
        "text": wrap(title, width=95),
        "subtitle": list(lines),
        "anchor": "start",
        "frame": "bounds",
        "offset": 12,
        "fontSize": 18,
        "lineHeight": 22,
        "subtitleFontSize": 12.5,
        "subtitleLineHeight": 17,
        "subtitlePadding": 6,
        "color": INK,
        "subtitleColor": FAINT,
        "limit": SHEET_WIDTH,
    }


def caption(text: str) -> Spec:
    """Write the last line as a panel of its own."""
    return {"width": TIME_WIDTH, "height": 34, "view": {"stroke": None}, "layer": last_line(text)}


def last_line(text: str, *, below: int = 0) -> list[Spec]:
    """Write the last line [pixel] below the top of a panel, where panels stand side by side.

    The rule over it gives the sheet its width, whatever is drawn above.
    """
    whole = {"x": value(-NAMES_WIDTH), "x2": value(SHEET_WIDTH - NAMES_WIDTH), "y": value(below + 12)}
    ruler = {"data": data([{}]), "mark": {"type": "rule", "color": PALE}, "encoding": whole}
    at = (-NAMES_WIDTH, below + 26.0)
    return [ruler, *text_block([text], {}, at, align="left", fontStyle="italic", color=FAINT)]


def _config() -> Spec:
    """Set what all panels share; marks carry no descriptions, which would double the size of the file."""
    axis = {"labelFontSize": SMALL_SIZE, "titleFontSize": TEXT_SIZE, "labelColor": FAINT, "titleColor": INK}
    lines = {"gridColor": "#eceef0", "domainColor": PALE, "tickColor": PALE}
    return {"font": FONT, "axis": {**axis, **lines}, "aria": False, "mark": {"tooltip": None}}
