"""Recognition by an instrument, against printed numbers."""

from math import inf

import pytest
from scipy import stats

from watchgap.base.errors import OutOfRange
from watchgap.detection import Instrument, recognition

NOT_BOTH = "not finite, at least 0 and not both 0"
THREE_SIGMA = float(stats.norm.sf(3.0))


@pytest.mark.parametrize(("fraction", "printed"), [(0.30, 0.5), (0.4645, 0.95), (0.40, 0.8413)])
def test_a_threshold_of_three_deviations(fraction, printed):
    # The first of the two forms in use; the second gives 0.9522 for 0.40.
    assert recognition(Instrument(0.10, 0.0, THREE_SIGMA), fraction) == pytest.approx(printed, abs=5e-5)


def test_a_loss_of_three_deviations_at_five_percent_false_alarms():
    assert recognition(Instrument(0.0, 0.02, 0.05), 0.06) == pytest.approx(0.9123, abs=5e-5)


def test_both_errors_count():
    assert recognition(Instrument(0.06, 0.08, THREE_SIGMA), 0.3) == pytest.approx(0.5, rel=1e-12)


def test_a_gross_defect_and_a_vanishing_one():
    assert recognition(Instrument(0.01, 0.0, 0.05), 1.0) == 1.0
    assert recognition(Instrument(0.10, 0.0, 1e-12), 1e-9) == pytest.approx(1e-12, rel=1e-6)


@pytest.mark.parametrize(
    ("instrument", "fraction", "message"),
    [
        (
            Instrument(0.0, 0.0, 0.05),
            0.5,
            f"relative standard deviations are 0.0 (random) and 0.0 (systematic), {NOT_BOTH}",
        ),
        (
            Instrument(-0.1, 0.2, 0.05),
            0.5,
            f"relative standard deviations are -0.1 (random) and 0.2 (systematic), {NOT_BOTH}",
        ),
        (
            Instrument(0.1, inf, 0.05),
            0.5,
            f"relative standard deviations are 0.1 (random) and inf (systematic), {NOT_BOTH}",
        ),
        (Instrument(0.1, 0.0, 0.0), 0.5, "false-alarm probability is 0.0, not in (0, 1)"),
        (Instrument(0.1, 0.0, 1.0), 0.5, "false-alarm probability is 1.0, not in (0, 1)"),
        (Instrument(0.1, 0.0, 0.05), 0.0, "defect fraction is 0.0, not in (0, 1]"),
        (Instrument(0.1, 0.0, 0.05), 1.2, "defect fraction is 1.2, not in (0, 1]"),
    ],
)
def test_what_is_no_instrument_is_refused(instrument, fraction, message):
    with pytest.raises(OutOfRange) as refused:
        recognition(instrument, fraction)
    assert str(refused.value) == message
