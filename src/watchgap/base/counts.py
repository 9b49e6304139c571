"""Whole numbers out of quotients that rounding has moved."""

from math import ceil

# A count within this share of a whole number is that number: 0.3 / 0.1 is 2.9999999999999996, and means 3.
WHOLE = 1e-9


def least_count(number: float) -> int:
    """Least whole number at or above a number, which counts as whole within its rounding."""
    return ceil(number - WHOLE * max(1.0, abs(number)))
