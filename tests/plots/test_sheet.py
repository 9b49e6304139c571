"""Text made fit to print, boxes kept apart, and numbers that claim no certainty."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.plots.curves import first_change, gaps, number, steps
from watchgap.plots.sheet import TIME_WIDTH, TimeAxis, clean, shorten, spread, text_width, wrap

NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two\n lines\t", "two lines"),
        ("bell\x07 and null\x00", "bell and null"),
        ("over\u202eride", "override"),
        ("half \ud800 pair", "half  pair"),
        ("a\u200cb", "a\u200cb"),
        ("<b>&\"'", "<b>&\"'"),
    ],
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text(max_size=300), st.integers(5, 40), st.integers(1, 3))
def test_wrapped_text_keeps_to_its_lines(text: str, width: int, lines: int) -> None:
    wrapped = wrap(text, width=width, lines=lines)
    assert 1 <= len(wrapped) <= lines
    assert max(map(len, wrapped)) <= width


@given(st.text(max_size=100), st.floats(10.0, 300.0))
def test_shortened_text_has_room(text: str, room: float) -> None:
    short = shorten(text, room=room)
    assert text_width(short) <= room or short == "…"


def test_wide_scripts_are_wide() -> None:
    assert text_width("照相机") == pytest.approx(3 * 1.1 * 11)
    assert text_width("iii") < text_width("nnn") < text_width("MMM")


@given(st.lists(st.tuples(st.floats(0.0, 100.0), st.floats(1.0, 20.0)), max_size=5))
def test_spread_boxes_are_apart_in_order_and_in_bounds(boxes: list[tuple[float, float]]) -> None:
    wanted, heights = [one for one, _ in boxes], [one for _, one in boxes]
    placed = spread(wanted, heights, within=(0.0, 100.0))
    order = sorted(range(len(boxes)), key=lambda index: wanted[index])
    edges = [(placed[index] - heights[index] / 2, placed[index] + heights[index] / 2) for index in order]
    assert all(low >= -1e-9 and high <= 100.0 + 1e-9 for low, high in edges)
    assert all(one[1] <= other[0] + 1e-9 for one, other in pairwise(edges))


def test_boxes_with_room_stay_and_others_share_the_shift() -> None:
    assert spread([10.0, 50.0], [10.0, 10.0], within=(0.0, 100.0)) == [10.0, 50.0]
    assert spread([50.0, 50.0], [10.0, 10.0], within=(0.0, 100.0)) == [45.0, 55.0]
    assert spread([99.0, 20.0, 98.0], [10.0, 10.0, 10.0], within=(0.0, 100.0)) == [95.0, 20.0, 85.0]


@pytest.mark.parametrize(
    ("probability", "printed"),
    [
        (0.0, "0"),
        (1.0, "> 0.99"),
        (0.5, "0.50"),
        (0.994, "0.99"),
        (0.9999, "> 0.99"),
        (0.0999, "0.1"),
        (0.0451, "0.045"),
        (0.00012, "1.2e-04"),
    ],
)
def test_printed_probabilities_are_never_certain_by_rounding(probability: float, printed: str) -> None:
    assert number(probability) == printed


def test_steps_hold_over_whole_days_and_break_where_there_is_no_number() -> None:
    values = np.array([1.0, 1.0, 0.4, NAN, NAN, 0.4, 0.2])
    times = np.arange(1.0, 8.0)
    assert steps(values, times) == [
        [(0.0, 1.0), (2.0, 1.0), (3.0, 0.4)],
        [(5.0, 0.4), (6.0, 0.4), (7.0, 0.2)],
    ]
    assert gaps({"one": values}, times) == [(3.0, 5.0)]


def test_gaps_of_all_curves_are_joined_and_may_reach_the_end() -> None:
    times = np.arange(1.0, 5.0)
    curves = {"one": np.array([1.0, NAN, 1.0, 1.0]), "two": np.array([1.0, 1.0, NAN, NAN])}
    assert gaps(curves, times) == [(1.0, 4.0)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1.0, 1.0, 0.5], 2.0), ([1.0, NAN, 1.0], 1.0), ([NAN, NAN, 1.0], 2.0), ([1.0, 1.0, 1.0], 3.0)],
)
def test_first_change_is_the_beginning_of_its_day(values: list[float], expected: float) -> None:
    assert first_change({"one": np.array(values)}, np.arange(1.0, 4.0)) == expected


def test_time_axis_names_moments_in_utc() -> None:
    axis = TimeAxis(date(1993, 1, 1), 10.0, 20.0)
    assert axis.moment(10.25) == "1993-01-11T06:00:00Z"
    assert (axis.pixel(10.0), axis.pixel(20.0)) == (0.0, TIME_WIDTH)
