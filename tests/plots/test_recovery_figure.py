"""The picture of a recovery: every package, date, loss and state stands where the study says."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import UnknownName, WatchgapError
from watchgap.plots import recovery_figure, render
from watchgap.plots.losses import label_rows
from watchgap.plots.outlook import LOOKS
from watchgap.plots.recovery import SHADES
from watchgap.study.bands import Band
from watchgap.study.recovery import Loss, RecoveryStudy

LOSSES, PACKAGES, STATES, LEGEND, CAPTION = range(5)
Spec = dict[str, Any]


@pytest.fixture(scope="module")
def figure(recovery: RecoveryStudy) -> Spec:
    return recovery_figure(recovery, claim="gap")


def layers(figure: Spec, panel: int, mark: str) -> list[Spec]:
    return [layer for layer in figure["vconcat"][panel]["layer"] if layer["mark"]["type"] == mark]


def rows(figure: Spec, panel: int, mark: str) -> Iterator[Spec]:
    return (row for layer in layers(figure, panel, mark) for row in layer["data"]["values"])


def texts(figure: Spec, panel: int) -> list[str]:
    return [row["text"] for row in rows(figure, panel, "text")]


def changed(study: RecoveryStudy, **parts: object) -> RecoveryStudy:
    return replace(study, claims=(replace(study.claims[0], **parts), *study.claims[1:]))


# ---------------------------------------------------------------- packages


def test_shades_are_the_probabilities_and_days_of_equal_ones_are_one_mark(
    recovery: RecoveryStudy, figure: Spec
) -> None:
    cells = [row for row in rows(figure, PACKAGES, "rect") if "probability" in row]
    for package in recovery.claims[0].packages:
        own = [row for row in cells if row["package"] == package.id]
        read = np.full(recovery.times.shape, np.nan)
        for row in own:
            read[(recovery.times > row["begins"]) & (recovery.times <= row["ends"])] = row["probability"]
        begun = np.array([day >= recovery.claims[0].since for day in recovery.days])
        np.testing.assert_allclose(read[begun], package.probability[begun], atol=0.0051)
        assert np.isnan(read[~begun]).all()
        assert len(own) == 1 + np.count_nonzero(np.diff(package.probability[begun]))
    assert len(cells) < 50


def test_rows_are_ordered_by_effort_and_say_level_and_effort(figure: Spec) -> None:
    cells = [row for row in rows(figure, PACKAGES, "rect") if "probability" in row]
    tops = {row["package"]: row["top"] for row in cells}
    assert sorted(tops, key=lambda name: tops[name]) == ["nothing", "visit", "sites", "full"]
    words = texts(figure, PACKAGES)
    for expected in ("a routine visit", "routine", "6 person-days", "special", "40 (30 to 55) person-days"):
        assert expected in words


def test_shades_grow_darker() -> None:
    lightness = [sum(int(shade[place : place + 2], 16) for place in (1, 3, 5)) for shade in SHADES]
    assert lightness == sorted(lightness, reverse=True)
    assert lightness[0] - lightness[-1] > 500


def test_the_legend_names_the_scale(figure: Spec) -> None:
    assert "probability that the target is reached if done on this day [1]" in texts(figure, LEGEND)
    scales = {
        json.dumps(layer["encoding"]["fill"]["scale"])
        for panel in (PACKAGES, LEGEND)
        for layer in layers(figure, panel, "rect")
        if "fill" in layer["encoding"]
    }
    assert len(scales) == 1


def test_days_without_a_number_are_no_probability_of_zero(recovery: RecoveryStudy) -> None:
    package = recovery.claims[0].packages[1]
    holes = package.assurance.middle.copy()
    holes[150:200] = np.nan
    broken = replace(package, assurance=Band(holes, holes, holes))
    figure = recovery_figure(changed(recovery, packages=(broken,)), claim="gap")
    cells = [row for row in rows(figure, PACKAGES, "rect") if "probability" in row]
    assert [row for row in cells if row["begins"] < 200 and row["ends"] > 150] == []
    hole = [
        row
        for row in rows(figure, PACKAGES, "rect")
        if (row.get("begins"), row.get("ends")) == (150.0, 200.0)
    ]
    assert len(hole) == 1


# ---------------------------------------------------------------- dates


def test_whiskers_stand_at_the_dates_and_are_open_beyond_the_last_day(
    recovery: RecoveryStudy, figure: Spec
) -> None:
    marks = {
        (row["package"], row["sureness"]): row for row in rows(figure, PACKAGES, "point") if "sureness" in row
    }
    axis_end = "1994-05-16T00:00:00Z"
    for package in recovery.claims[0].packages:
        for told in package.dates:
            row = marks.get((package.id, told.sureness))
            if told.words == "never":
                assert row is None
            elif told.day is None:
                assert row is not None
                assert (row["open"], row["moment"]) == (True, axis_end)
            else:
                assert row is not None
                ends = f"{told.day + timedelta(days=1)}T00:00:00Z"
                assert (row["open"], row["moment"]) == (False, ends)
    assert {name for name, _ in marks} == {"visit", "sites", "full"}


def test_dates_are_written_as_numbers_too(recovery: RecoveryStudy, figure: Spec) -> None:
    words = texts(figure, PACKAGES)
    assert words.count("never") == 3
    assert words.count("> 1994-05-15") == 5
    visit = next(one for one in recovery.claims[0].packages if one.id == "visit")
    assert {str(one.day) for one in visit.dates} <= set(words)
    assert {"95 %", "50 %", "5 %"} <= set(words)


def test_the_distribution_counts_the_draws_that_have_a_date(recovery: RecoveryStudy, figure: Spec) -> None:
    bars = [row for row in rows(figure, PACKAGES, "rect") if "draws" in row]
    for package in recovery.claims[0].packages:
        counted = sum(row["draws"] for row in bars if row["package"] == package.id)
        assert counted == np.isfinite(package.no_return.last).sum()


# ---------------------------------------------------------------- rules, losses, states


def test_the_day_looked_from_is_a_rule_through_all_panels(recovery: RecoveryStudy, figure: Spec) -> None:
    for panel in (LOSSES, PACKAGES, STATES):
        bold = [layer for layer in layers(figure, panel, "rule") if layer["mark"].get("strokeWidth") == 2.2]
        assert [row["time"] for layer in bold for row in layer["data"]["values"]] == [301.0]
    assert "looked from 1993-10-28" in texts(figure, LOSSES)
    assert recovery.days[recovery.now] == date(1993, 10, 28)


def test_losses_have_labels_and_those_ahead_a_line_that_may_leave_the_axis(figure: Spec) -> None:
    words = texts(figure, LOSSES)
    assert "Seal on the core: lost" in words
    assert "Rod positions: lost by 1994-05-15 in 35 % of the draws" in words
    spread = [row for row in rows(figure, LOSSES, "rule") if row.get("spread") and "line" in row]
    assert {(row["time"], row["last"], row["open"]) for row in spread} == {(400.0, 900.0, True)}
    filled = {layer["mark"]["fill"] for layer in layers(figure, LOSSES, "point")}
    assert "white" in filled
    assert len(filled) == 2


def test_losses_outside_of_the_axis_are_left_out_and_many_are_counted(recovery: RecoveryStudy) -> None:
    day = recovery.period_first
    early = Loss("Before", day, day, True, 1.0, "early", "Lost.")
    late = Loss("After", day + timedelta(900), day + timedelta(950), False, 0.0, "late", "May go.")
    many = [
        Loss(
            f"Film {one}",
            day + timedelta(100 + one),
            day + timedelta(100 + one),
            True,
            1.0,
            f"{one}",
            "Lost.",
        )
        for one in range(10)
    ]
    figure = recovery_figure(changed(recovery, losses=(early, late, *many)), claim="gap")
    words = texts(figure, LOSSES)
    assert not any(one.startswith(("Before", "After")) for one in words)
    assert sum(one.startswith("Film") for one in words) == 8
    assert "2 without a label" in words


def test_states_are_stacked_and_blank_before_the_claim_begins(recovery: RecoveryStudy, figure: Spec) -> None:
    heights = {}
    for layer in layers(figure, STATES, "area"):
        corners = layer["data"]["values"]
        assert corners[0]["time"] == 60.0
        read = np.full(recovery.times.shape, np.nan)
        for first, last in pairwise(corners):
            read[(recovery.times > first["time"]) & (recovery.times <= last["time"])] = (
                last["high"] - last["low"]
            )
        heights[corners[0]["state"]] = read
    assert set(heights) == set(recovery.claims[0].states)
    for name, share in recovery.claims[0].states.items():
        np.testing.assert_allclose(heights[name][60:], share[60:], atol=1e-3)
    np.testing.assert_allclose(sum(heights.values())[60:], 1.0)


def test_draws_without_a_number_are_a_layer_of_their_own(recovery: RecoveryStudy) -> None:
    half = {
        name: share * np.where(recovery.times > 250, 0.5, 1.0)
        for name, share in recovery.claims[0].states.items()
    }
    figure = recovery_figure(changed(recovery, states=half), claim="gap")
    layer = next(
        one for one in layers(figure, STATES, "area") if one["data"]["values"][0]["state"] == "contradicted"
    )
    assert {row["low"] for row in layer["data"]["values"] if row["time"] > 250} == {0.5}
    assert "contradicted" in texts(figure, STATES)


def test_an_unknown_state_is_refused(recovery: RecoveryStudy) -> None:
    odd = {"asleep": recovery.claims[0].states["stands"]}
    with pytest.raises(UnknownName, match=r"^no drawing for the state 'asleep'; there is one for stands, "):
        recovery_figure(changed(recovery, states=odd), claim="gap")


# ---------------------------------------------------------------- words and edges


def test_title_axis_and_description(recovery: RecoveryStudy, figure: Spec) -> None:
    lines = figure["title"]["subtitle"]
    assert figure["title"]["text"] == [recovery.title]
    assert lines[1] == "Restorable. Collecting what is recorded reaches the target, in 75% of the draws."
    assert lines[2].endswith("with every fact in the ledger; target: an assurance of 0.90; 20 draws")
    cut = recovery_figure(replace(recovery, wanted=64), claim="gap")["title"]["subtitle"][2]
    assert cut.endswith("20 draws of the 64 that were asked for")
    axis = layers(figure, STATES, "area")[0]["encoding"]
    assert axis["x"]["axis"]["title"] == "day on which it is done"
    assert " ".join(axis["y"]["axis"]["title"]) == "probability of each state [1]"
    assert "a letter reaches the target with probability 0 now" in figure["description"]
    assert "it is not the probability that nothing happened" in figure["description"]


def test_a_claim_that_is_not_in_the_study_or_has_nothing_to_draw_is_refused(recovery: RecoveryStudy) -> None:
    with pytest.raises(UnknownName, match=r"^no claim 'no' is in the study; it has gap, completeness$"):
        recovery_figure(recovery, claim="no")
    with pytest.raises(
        WatchgapError, match=r"^claim 'completeness' is not modelled: there is nothing to draw"
    ):
        recovery_figure(recovery, claim="completeness")


def test_a_contradicted_claim_and_one_without_packages_are_drawn(
    recovery: RecoveryStudy, tmp_path: Path
) -> None:
    pytest.importorskip("vl_convert")
    contradicted = changed(recovery, state="contradicted", states={}, states_now={})
    bare = changed(recovery, packages=(), losses=())
    for number, study in enumerate((contradicted, bare)):
        figure = recovery_figure(study, claim="gap")
        assert all(path.stat().st_size > 5_000 for path in render(figure, tmp_path / str(number)))


def test_states_that_meet_differ_in_grey() -> None:
    grey = [
        0.299 * int(look[1:3], 16) + 0.587 * int(look[3:5], 16) + 0.114 * int(look[5:7], 16)
        for name, look in LOOKS.items()
        if name != "contradicted"  # which has an outline
    ]
    assert all(abs(one - other) > 50 for one, other in pairwise(grey))


def test_hostile_names_stay_text_and_fit(recovery: RecoveryStudy, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    odd = "<script>alert(1)</script> & \u202e\x07 " + "long " * 60
    claim = recovery.claims[0]
    packages = tuple(replace(one, name=odd, level=odd) for one in claim.packages)
    losses = tuple(replace(one, what=odd) for one in claim.losses)
    study = replace(changed(recovery, packages=packages, losses=losses, text=odd, sentence=odd), title=odd)
    figure = recovery_figure(study, claim="gap")
    raster, vector = render(figure, tmp_path / "hostile")
    text = vector.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "\u202e" not in text
    assert "\x07" not in text
    assert "lost by 1994-05-15 in 35 % of the draws" in text
    # A text that ran over would make the sheet wider.
    assert int.from_bytes(raster.read_bytes()[16:20], "big") <= 2300


def test_the_specification_is_plain_json_and_small(figure: Spec) -> None:
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    assert len(json.dumps(figure)) < 80_000


def test_the_marks_are_in_the_picture(figure: Spec, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    raster, vector = render(figure, tmp_path / "recovery")
    text = vector.read_text(encoding="utf-8")
    for mark in ("mark-rect", "mark-area", "mark-rule", "mark-symbol", "mark-text"):
        assert mark in text
    assert "Seal on the core: lost" in text
    assert len(raster.read_bytes()) > 40_000
    width = int.from_bytes(raster.read_bytes()[16:20], "big")
    assert 2100 <= width <= 2300


@given(st.lists(st.tuples(st.floats(0.0, 900.0), st.floats(1.0, 300.0)), min_size=1, max_size=8))
def test_no_rule_cuts_a_label(boxes: list[tuple[float, float]]) -> None:
    placed = label_rows(boxes)
    for index, (left, width) in enumerate(boxes):
        for other, (begins, _) in enumerate(boxes):
            # The rule of another goes down from its row; it cuts a label to its left that stands lower.
            if other != index and left < begins < left + width:
                assert placed[index] > placed[other]
            if other != index and begins == left:
                assert placed[index] != placed[other]
