"""The date of no return: counted by hand on small arrays, and by brute force on random ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from watchgap.base.errors import OutOfRange
from watchgap.recovery import SURENESS, State, no_return, possible_by, reaches, states_of

TIMES = np.array([1.0, 2.0, 3.0, 4.0])
TARGET = np.array([0.9, 0.9, 0.9, 0.9])
CURVES = np.array(
    [
        [1.0, 0.95, 0.5, 0.4],  # until 2
        [1.0, 0.95, 0.92, 0.9],  # still at the end
        [0.8, 0.7, 0.6, 0.5],  # never
        [0.95, 0.1, 0.95, 0.2],  # restored by a visit, until 3
    ]
)


def test_last_times_of_four_draws() -> None:
    found = no_return("p", TIMES, CURVES, TARGET)
    assert list(found.last) == [2.0, np.inf, -np.inf, 3.0]
    assert list(found.probability) == [0.75, 0.5, 0.5, 0.25]
    assert found.dates == {0.95: -np.inf, 0.5: 3.0, 0.05: np.inf}
    assert (found.still_open, found.never) == (0.25, 0.25)


def test_a_target_is_reached_but_for_rounding() -> None:
    assert reaches(np.array([1 - 0.1 - 1e-12]), np.array([0.9]))[0]
    assert not reaches(np.array([0.8999]), np.array([0.9]))[0]
    assert not reaches(np.array([np.nan]), np.array([0.1]))[0]


def test_each_draw_has_its_own_target() -> None:
    found = no_return("p", TIMES, CURVES[:2], np.array([0.45, 0.95]))
    assert list(found.last) == [3.0, 2.0]


def test_no_number_is_not_reached() -> None:
    curves = np.array([[1.0, np.nan, np.nan, np.nan]])
    found = no_return("p", TIMES, curves, np.array([0.9]))
    assert list(found.last) == [1.0]


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OutOfRange, match=r"assurance has the shape \(4, 4\), not \(3, 4\)"):
        no_return("p", TIMES, CURVES, TARGET[:3])


@given(
    arrays.arrays(np.float64, (32, 12), elements=st.floats(0, 1)),
    arrays.arrays(np.float64, (32,), elements=st.floats(0.01, 0.99)),
)
def test_dates_against_brute_force(curves: np.ndarray, target: np.ndarray) -> None:
    times = np.arange(1.0, 13.0)
    found = no_return("p", times, curves, target)
    last = []
    for curve, wanted in zip(curves, target, strict=True):
        reached = [time for time, value in zip(times, curve, strict=True) if value >= wanted - 1e-9]
        last.append(-np.inf if not reached else np.inf if reached[-1] == times[-1] else reached[-1])
    assert list(found.last) == last
    for share in SURENESS:
        # The latest time, among those that occur, that so many draws reach or outlast.
        enough = [date for date in last if np.mean(np.array(last) >= date) >= share - 1e-12]
        assert found.dates[share] == max(enough)
    assert np.allclose(found.probability, [np.mean(curves[:, t] >= target - 1e-9) for t in range(12)])


@given(arrays.arrays(np.float64, (16, 8), elements=st.floats(0, 1)))
def test_where_assurance_only_falls_the_two_readings_agree(curves: np.ndarray) -> None:
    falling = -np.sort(-curves, axis=1)
    times = np.arange(8.0)
    found = no_return("p", times, falling, np.full(16, 0.5))
    outlasted = [np.mean(found.last >= time) for time in times]
    assert np.allclose(found.probability, outlasted)


def test_states_of_four_draws() -> None:
    in_hand = np.array([[0.95], [0.2], [0.2], [np.nan]])
    collected = np.array([[0.95], [0.92], [0.3], [np.nan]])
    verified = np.array([[0.99], [0.99], [0.91], [np.nan]])
    states = states_of(in_hand, collected, verified, TARGET)
    assert {state: float(share[0]) for state, share in states.items()} == {
        State.STANDS: 0.25,
        State.RESTORABLE: 0.25,
        State.AT_A_COST: 0.25,
        State.IRRETRIEVABLE: 0.0,
    }
    nothing = states_of(in_hand * 0, collected * 0, verified * 0, TARGET)
    assert nothing[State.IRRETRIEVABLE][0] == 0.75


@given(arrays.arrays(np.float64, (3, 8, 5), elements=st.floats(0, 1)))
def test_states_exclude_one_another_and_leave_nothing_out(curves: np.ndarray) -> None:
    ordered = np.sort(curves, axis=0)
    states = states_of(*ordered, np.full(8, 0.5))
    assert np.allclose(sum(states.values()), 1.0)


def test_a_target_that_is_reached_for_want_of_a_scenario_is_no_date() -> None:
    curves = np.array([[1.0, 1.0, 0.2, 0.1], [1.0, 1.0, 0.95, 0.1]])
    possible = np.array([[False, False, True, True]] * 2)
    found = no_return("p", TIMES, curves, TARGET[:2], possible)
    assert list(found.last) == [-np.inf, 3.0]
    assert list(no_return("p", TIMES, curves, TARGET[:2]).last) == [2.0, 3.0]
    assert list(found.probability) == [1.0, 1.0, 0.5, 0.0]


def test_times_count_from_the_first_on_which_something_could_be_over() -> None:
    in_hand = np.array([[1.0, 0.4, 1.0], [1.0, 1.0, 1.0], [0.9, 0.9, np.nan]])
    wanted = [[False, True, True], [True, True, True], [True, True, True]]
    assert possible_by(in_hand).tolist() == wanted
