"""Dates as the case writes them, and time as the model counts it: days from the start of the period.

A date without a time of day is 00:00 UTC of that date. A year or a month alone is an interval.
"As of" a date means the end of that day, so facts of that day count.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from watchgap.base.errors import OutOfRange

SECONDS_PER_DAY = 86_400.0
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?Z?)?)?)?", re.ASCII)
_REMEDY = "write it as 1993-11-06, 1993-11, 1993 or 1993-11-06T14:30"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """An interval of time; a point when both ends are equal."""

    first: datetime
    last: datetime


def parse_span(text: str) -> Span:
    """Read an ISO date, date and time, month or year.

    A month or a year gives the interval from its first to its last day, both at 00:00 UTC.

    Raises ValueError if the text has another form or names a day that does not exist; its message says what
    is wrong and, after a semicolon, how to write it.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a date; {_REMEDY}")
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in match.groups())
    try:
        if match[2] is None:
            return Span(datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC))
        if match[3] is None:
            first = datetime(year, month, 1, tzinfo=UTC)
            return Span(first, first.replace(day=monthrange(year, month)[1]))
        point = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day of the calendar ({error}); {_REMEDY}") from None
    return Span(point, point)


def parse_day(text: str) -> date:
    """Read a day written as 1993-11-06, and in no other way: other tools read other forms differently.

    Raises ValueError if the text has another form or names a day that does not exist.
    """
    if _DAY.fullmatch(text) is None:
        raise ValueError(f"'{text[:40]}' is not a day; write it as 1993-11-06")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day of the calendar ({error}); write it as 1993-11-06") from None


def midnight(day: date) -> datetime:
    """Name the moment at which a day begins, 00:00 UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days_since(origin: date, moment: datetime) -> float:
    """Count days [d] from 00:00 UTC of the origin to the moment."""
    return (moment - midnight(origin)).total_seconds() / SECONDS_PER_DAY


def end_of(day: date, origin: date) -> float:
    """Count days [d] from the origin to the end of a day: the meaning of "as of" that day."""
    return float((day - origin).days + 1)


def day_at(origin: date, days: float) -> date:
    """Name the day in which a time [d] lies; a time at midnight belongs to the day that it begins.

    Raises OutOfRange if the time lies outside the years 1 to 9999, or is no number.
    """
    try:
        return (midnight(origin) + timedelta(days=days)).date()
    except (OverflowError, ValueError):
        problem = f"{days:g} d from {origin} is outside the calendar"
        raise OutOfRange(f"{problem}; use a time in the years 1 to 9999") from None


def last_day_before(origin: date, days: float) -> date:
    """Name the last day that is over at a time [d]: the inverse of `end_of`.

    Raises OutOfRange if the time lies outside the years 1 to 9999, or is no number.
    """
    return day_at(origin, days - 1)
