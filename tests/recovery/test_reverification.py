"""Re-verification that restores a target: exact fractions, and the samples that give them."""

from fractions import Fraction
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import OutOfRange
from watchgap.recovery.reverification import required_detection, required_sample
from watchgap.testing.strategies import examples


@pytest.mark.parametrize(
    ("before", "after", "detection"),
    [
        (Fraction(1, 20), Fraction(1, 100), Fraction(80, 99)),
        (Fraction(1, 10), Fraction(1, 100), Fraction(10, 11)),
        (Fraction(1, 100), Fraction(1, 20), Fraction(0)),
        (Fraction(0), Fraction(1, 20), Fraction(0)),
        (Fraction(1), Fraction(1, 20), Fraction(1)),
    ],
)
def test_worked_detections(before, after, detection):
    assert required_detection(float(before), float(after)) == pytest.approx(float(detection), abs=1e-15)


@examples(60)
@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_silent_check_of_that_detection_gives_the_posterior(before, after):
    missed = 1.0 - required_detection(before, after)
    posterior = before * missed / (before * missed + 1.0 - before)
    assert posterior == pytest.approx(min(before, after), rel=1e-9)


@pytest.mark.parametrize(
    ("population", "items", "recognition", "detection", "sample"),
    [
        (100, 5, 1.0, 80 / 99, 28),
        (300, 4, 1.0, 10 / 11, 135),
        (300, 4, 0.9, 10 / 11, 150),
        (100, 5, 0.5, 0.0, 0),
        (100, 5, 1.0, 1.0, 96),
        (200, 1, 0.9, 0.9, 200),
    ],
)
def test_worked_samples(population, items, recognition, detection, sample):
    found, words = required_sample(population, items, recognition, detection)
    assert found == sample
    assert words == "nothing has to be detected" if sample == 0 else words.startswith(f"{sample} of")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            (200, 1, 0.7, 0.9),
            "all 200 items, each recognised with 0.7, find 1 defective with 0.7 only; 0.9 is needed",
        ),
        (
            (50, 2, 0.9, 1.0),
            "all 50 items, each recognised with 0.9, find 2 defective with 0.99 only; 1 is needed",
        ),
    ],
)
def test_a_floor_is_said(arguments, words):
    assert required_sample(*arguments) == (None, words)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: required_detection(1.2, 0.1), "probability before the check is 1.2, not in [0, 1]"),
        (lambda: required_detection(nan, 0.1), "probability before the check is nan, not in [0, 1]"),
        (lambda: required_detection(0.2, 1.0), "probability after the check is 1.0, not in (0, 1)"),
        (lambda: required_sample(10, 1, 0.5, 1.5), "wanted detection is 1.5, not in [0, 1]"),
    ],
)
def test_refuses_what_has_no_meaning(call, message):
    with pytest.raises(OutOfRange) as refused:
        call()
    assert str(refused.value) == message
