"""How numbers are written at a terminal."""

import pytest

from watchgap.app.cli.render import share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "no number"),
        (0.0, "0.00"),
        (1e-11, "<0.01"),
        (-2.2e-16, "0.00"),
        (2.2e-16, "0.00"),
        (0.00499, "<0.01"),
        (0.005, "0.01"),
        (0.5, "0.50"),
        (0.9949, "0.99"),
        (0.995, ">0.99"),
        (1 - 1e-12, ">0.99"),
        (1.0, ">0.99"),
    ],
)
def test_a_share_is_never_more_certain_than_it_is(value: float | None, text: str) -> None:
    assert share(value) == text
