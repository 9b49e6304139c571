"""Labels of events never cross each other or a rule."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.plots.events import KINDS, LABEL_GAP, MOST_ROWS, gather, strip_height, strip_rows
from watchgap.plots.sheet import KEY_WIDTH, TIME_WIDTH, TimeAxis, text_width
from watchgap.study.record import Mark

FIRST = date(1993, 1, 1)
AXIS = TimeAxis(FIRST, 0.0, 400.0)


def mark(day: float, kind: str = "check", label: str = "A check of the spent fuel") -> Mark:
    return Mark(FIRST + timedelta(days=day), day, kind, label, f"{day}-{kind}")


@given(
    st.lists(
        st.builds(
            mark,
            st.floats(0.0, 400.0),
            st.sampled_from(sorted(KINDS)),
            st.text("abc MW", min_size=1, max_size=90),
        ),
        max_size=40,
    )
)
def test_no_label_meets_another_or_the_rule_of_another(marks: list[Mark]) -> None:
    events = [event for event in gather(marks, AXIS) if event.row is not None]
    boxes = [
        (AXIS.pixel(one.time), AXIS.pixel(one.time) + LABEL_GAP + text_width(one.label), one.row)
        for one in events
    ]
    rules = [*((left, row) for left, _, row in boxes), (AXIS.pixel(AXIS.ends), 0)]
    crossed = [
        (left, at)
        for left, right, row in boxes
        for at, reach in rules
        if left < at < right and row is not None and reach is not None and reach >= row
    ]
    together = [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if one[2] == other[2] and one[0] <= other[1] and other[0] <= one[1]
    ]
    assert (crossed, together) == ([], [])
    assert strip_rows(events) <= MOST_ROWS
    assert all(right <= TIME_WIDTH + KEY_WIDTH for _, right, _ in boxes)


def test_labels_of_services_are_the_first_to_go() -> None:
    services = [mark(100.0 + day, "service", f"Camera {day} serviced") for day in range(30)]
    events = gather([*services, mark(90.0, "refusal", "Service refused")], AXIS)
    assert len(events) == 31
    assert [event.label for event in events if event.row is not None and event.kind.name == "refusal"] == [
        "Service refused"
    ]
    assert sum(event.row is None for event in events) == 30 - (MOST_ROWS - 1)


def test_marks_of_a_kind_and_day_are_gathered() -> None:
    one = gather([mark(5.2, label="first"), mark(5.7, label="second"), mark(5.3, "loss", "lost")], AXIS)
    assert [(event.time, event.label) for event in one] == [(5.2, "first (and 1 more)"), (5.3, "lost")]


def test_marks_outside_of_the_axis_are_left_out() -> None:
    inner = TimeAxis(FIRST, 100.0, 200.0)
    assert [event.time for event in gather([mark(99.0), mark(150.0), mark(201.0)], inner)] == [150.0]


def test_a_strip_without_events_has_the_row_of_the_date() -> None:
    assert strip_rows([]) == 1
    assert strip_height([]) == pytest.approx(29)
