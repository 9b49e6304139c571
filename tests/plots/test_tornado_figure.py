"""The picture of an inquiry: the widest swings with the words of their ends, and the shares beside them."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from watchgap.plots import render, tornado_figure
from watchgap.plots.sheet import text_width
from watchgap.plots.tornado import _named
from watchgap.study.bands import Interval
from watchgap.study.inquiry_record import InquiryStudy, SwingLine

Spec = dict[str, Any]
SWINGS, SHARES = 0, 1


@pytest.fixture(scope="module")
def figure(inquiry: InquiryStudy) -> Spec:
    return tornado_figure(inquiry)


def layers(figure: Spec, panel: int, mark: str) -> list[Spec]:
    inner = figure["vconcat"][0]["hconcat"][panel]["layer"]
    return [layer for layer in inner if layer["mark"]["type"] == mark]


def rows(figure: Spec, panel: int, mark: str) -> list[Spec]:
    return [row for layer in layers(figure, panel, mark) for row in layer["data"]["values"]]


def texts(figure: Spec, panel: int) -> list[str]:
    return [row["text"] for row in rows(figure, panel, "text")]


def bars(figure: Spec) -> list[Spec]:
    return rows(figure, SWINGS, "rect")


def test_the_twelve_widest_are_bars_from_low_to_high_answer(inquiry: InquiryStudy, figure: Spec) -> None:
    drawn = [(row["unknown"], row["low"], row["high"]) for row in bars(figure)]
    assert drawn == [(one.name, one.low_answer, one.high_answer) for one in inquiry.swings[:12]]
    tops = [row["top"] for row in bars(figure)]
    assert all(low < high for low, high in pairwise(tops))
    assert "2 more move it less" in figure["title"]["subtitle"][2]


def test_ends_are_told_apart_by_fill_and_say_what_they_mean(figure: Spec) -> None:
    camera, loss = bars(figure)[:2]
    # The answer rises with the camera, and falls with the day of the loss.
    assert (camera["left"], camera["right"]) == ("0.41", "0.79")
    assert (loss["left"], loss["right"]) == ("never", "1993-02-01")
    fills = {
        (layer["encoding"]["x"]["field"], layer["mark"]["fill"])
        for layer in layers(figure, SWINGS, "point")
        if "field" in layer["encoding"]["x"]
    }
    assert fills == {("low", "white"), ("high", "#1a1a1a")}
    assert {"never", "1993-02-01", "0.41"} <= set(texts(figure, SWINGS))


def test_words_of_the_ends_have_room_on_the_scale(figure: Spec) -> None:
    panel = figure["vconcat"][0]["hconcat"][SWINGS]
    low, high = layers(figure, SWINGS, "rule")[0]["encoding"]["x"]["scale"]["domain"]
    for row in bars(figure):
        left = (row["from"] - low) / (high - low) * panel["width"] - 9 - text_width(row["left"], size=10)
        right = (row["to"] - low) / (high - low) * panel["width"] + 9 + text_width(row["right"], size=10)
        assert left >= 0
        assert right <= panel["width"]


def test_the_middle_and_the_target_are_rules(inquiry: InquiryStudy, figure: Spec) -> None:
    uprights = {row["line"]: row["at"] for row in rows(figure, SWINGS, "rule") if "line" in row}
    assert uprights == {"the middle of the draws": 0.6, "target 0.70": 0.7}
    posterior = tornado_figure(replace(inquiry, answer="posterior"))
    assert [row["line"] for row in rows(posterior, SWINGS, "rule") if "line" in row] == [
        "the middle of the draws"
    ]


def test_no_tick_lies_outside_of_a_probability(inquiry: InquiryStudy) -> None:
    swings = (
        SwingLine("camera", "about 1", 0.0, 1.0, "a very long value of this unknown", "another long value"),
    )
    figure = tornado_figure(replace(inquiry, swings=swings))
    axis = layers(figure, SWINGS, "rule")[0]["encoding"]["x"]
    assert axis["scale"]["domain"][0] < 0
    assert axis["axis"]["values"] == pytest.approx([0.1 * one for one in range(11)])
    assert axis["axis"]["title"] == "latent [1]"


def test_shares_are_dots_with_intervals_and_the_negligible_are_left_out(figure: Spec) -> None:
    spans = {(row["factor"], row["kind"]): row for row in rows(figure, SHARES, "rule") if "kind" in row}
    assert set(spans) == {(name, kind) for name in ("camera", "loss.day") for kind in ("total", "first")}
    camera = spans["camera", "first"]
    assert (camera["low"], camera["share"], camera["high"]) == (0.4, 0.5, 0.6)
    scale = layers(figure, SHARES, "point")[0]["encoding"]["x"]
    assert scale["scale"]["domain"] == [-0.05, 1.0]
    assert scale["axis"]["title"] == "share of the variance [1]"
    assert figure["title"]["subtitle"][2].endswith("surely below 0.005 are left out")


def test_without_factors_the_bars_have_the_whole_width(inquiry: InquiryStudy, figure: Spec) -> None:
    alone = tornado_figure(replace(inquiry, factors=()))["vconcat"][0]["hconcat"]
    assert len(alone) == 1
    assert alone[0]["width"] > figure["vconcat"][0]["hconcat"][SWINGS]["width"]


def test_title_names_the_answer_and_the_claim(figure: Spec) -> None:
    assert figure["title"]["text"] == ["What moves 'latent' of claim 'gap'"]
    assert figure["title"]["subtitle"][1] == (
        "0.62 at medians; 0.60 in the middle of the draws, 0.20 to 0.85 in 90 % of 20 draws"
    )
    assert "camera.recognition: 0.30 at 0.41, 0.80 at 0.79" in figure["description"]


def test_dates_have_a_calendar_and_amounts_their_unit(inquiry: InquiryStudy) -> None:
    swings = (SwingLine("film.day", "a day", 120.0, 150.0, "1993-02-01", "1993-03-01"),)
    days = replace(
        inquiry, answer="no return: visit", unit="d", value=130.0, interval=Interval(110.0, 130.0, 160.0)
    )
    figure = tornado_figure(replace(days, swings=swings, factors=()))
    (bar,) = bars(figure)
    assert (bar["low"], bar["high"]) == ("1993-05-01T00:00:00Z", "1993-05-31T00:00:00Z")
    axis = layers(figure, SWINGS, "rule")[0]["encoding"]["x"]
    assert (axis["type"], axis["axis"]["title"]) == ("temporal", "no return: visit [date]")
    amounts = tornado_figure(replace(inquiry, answer="exposure", unit="SQ"))
    assert layers(amounts, SWINGS, "rule")[0]["encoding"]["x"]["axis"]["title"] == "exposure [SQ]"


def test_names_are_broken_after_their_dots() -> None:
    assert _named("core.item_mass", 166) == ["core.item_mass"]
    assert _named("core-to-laboratory.take-out-for-laboratory.rates.abrupt", 166) == [
        "core-to-laboratory.",
        "take-out-for-laboratory.rates.",
        "abrupt",
    ]
    assert all(text_width(line) <= 166 for line in _named("x" * 80 + ".y" * 40, 166))


def test_the_marks_are_in_the_picture(inquiry: InquiryStudy, figure: Spec, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    raster, vector = render(figure, tmp_path / "tornado")
    text = vector.read_text(encoding="utf-8")
    for mark in ("mark-rect", "mark-symbol", "mark-rule", "mark-text"):
        assert mark in text
    assert "share of the variance [1]" in text
    assert len(raster.read_bytes()) > 40_000
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    assert len(json.dumps(figure)) < 60_000
    nothing = tornado_figure(replace(inquiry, swings=(), factors=()))
    assert "depends on nothing" in nothing["description"]
    assert all(path.stat().st_size > 2_000 for path in render(nothing, tmp_path / "nothing"))


def test_hostile_names_stay_text_and_fit(inquiry: InquiryStudy, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    odd = "<script>alert(1)</script> & \u202e\x07 " + "long " * 60
    swings = tuple(replace(one, name=odd, words=odd, low_value=odd, high_value=odd) for one in inquiry.swings)
    factors = tuple(replace(one, name=odd, words=odd) for one in inquiry.factors)
    study = replace(inquiry, title=odd, claim=odd, answer=odd, swings=swings, factors=factors)
    raster, vector = render(tornado_figure(study), tmp_path / "hostile")
    text = vector.read_text(encoding="utf-8")
    assert not any(one in text for one in ("<script", "\u202e", "\x07"))
    assert int.from_bytes(raster.read_bytes()[16:20], "big") <= 2300
