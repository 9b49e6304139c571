"""Reads the days that a user names, and holds them against the period of the case."""

from datetime import date

from watchgap.base.errors import OutOfRange
from watchgap.base.time import parse_day
from watchgap.flow.load import LoadedCase


def optional_day(day: date | str | None) -> date | None:
    """Read a day that may be given as text or left out. Raises OutOfRange if it cannot be read."""
    if not isinstance(day, str):
        return day
    try:
        return parse_day(day)
    except ValueError as error:
        raise OutOfRange(str(error)) from None


def as_day(loaded: LoadedCase, day: date | str | None, what: str = "as of") -> date:
    """Read a day of a case's period, by default its last. Raises OutOfRange if it is not in the period."""
    period = loaded.case.period
    read = optional_day(day) or period.last
    if not period.first <= read <= period.last:
        raise OutOfRange(
            f"{what} {read} lies outside the period of the case; it runs {period.first} to {period.last}"
        )
    return read
