from datetime import UTC, date, datetime, timedelta
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import OutOfRange
from watchgap.base.time import Span, day_at, days_since, end_of, last_day_before, midnight, parse_span

REMEDY = "write it as 1993-11-06, 1993-11, 1993 or 1993-11-06T14:30"
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1993", utc(1993, 1, 1), utc(1993, 12, 31)),
        ("1993-11", utc(1993, 11, 1), utc(1993, 11, 30)),
        ("1992-02", utc(1992, 2, 1), utc(1992, 2, 29)),
        ("9999-12", utc(9999, 12, 1), utc(9999, 12, 31)),
        ("1993-11-06", utc(1993, 11, 6), utc(1993, 11, 6)),
        (" 1993-11-06T14:30 ", utc(1993, 11, 6, 14, 30), utc(1993, 11, 6, 14, 30)),
        ("1993-11-06 14:30:05Z", utc(1993, 11, 6, 14, 30, 5), utc(1993, 11, 6, 14, 30, 5)),
        ("1992-02-29", utc(1992, 2, 29), utc(1992, 2, 29)),
    ],
)
def test_dates_are_read(text: str, first: datetime, last: datetime) -> None:
    assert parse_span(text) == Span(first, last)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1993-02-29", "'1993-02-29' is not a day of the calendar (day is out of range for month)"),
        ("1900-02-29", "'1900-02-29' is not a day of the calendar (day is out of range for month)"),
        ("1993-13", "'1993-13' is not a day of the calendar (month must be in 1..12)"),
        ("1993-00", "'1993-00' is not a day of the calendar (month must be in 1..12)"),
        ("1993-00-01", "'1993-00-01' is not a day of the calendar (month must be in 1..12)"),
        ("1993-01-01T24:00", "'1993-01-01T24:00' is not a day of the calendar (hour must be in 0..23)"),
        ("0000", "'0000' is not a day of the calendar (year 0 is out of range)"),
        ("06.11.1993", "'06.11.1993' is not a date"),
        ("1993-11-06T14", "'1993-11-06T14' is not a date"),
        ("1993-11-06T14:30+09:00", "'1993-11-06T14:30+09:00' is not a date"),
        ("١٩٩٣", "'١٩٩٣' is not a date"),
        ("", "'' is not a date"),
    ],
)
def test_what_is_no_date_is_named_with_what_would_be(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match="is not a") as caught:
        parse_span(text)
    # Newer versions of Python say more about the day; what they say first is the same.
    assert str(caught.value).startswith(problem.removesuffix(")"))
    assert str(caught.value).endswith(f"; {REMEDY}")


@given(DAYS, DAYS)
def test_days_are_counted_from_midnight(origin: date, day: date) -> None:
    days = days_since(origin, midnight(day))
    assert days == (day - origin).days
    assert days_since(origin, midnight(day) + timedelta(hours=6)) == days + 0.25


@given(DAYS, DAYS)
def test_as_of_a_day_is_its_end(origin: date, day: date) -> None:
    assert end_of(day, origin) == days_since(origin, midnight(day)) + 1.0
    assert last_day_before(origin, end_of(day, origin)) == day
    assert day_at(origin, end_of(day, origin)) == day + timedelta(days=1)


@pytest.mark.parametrize("days", [inf, -inf, nan, 1e9, -1e9, 1e300])
def test_a_time_outside_the_calendar_is_refused(days: float) -> None:
    with pytest.raises(OutOfRange) as caught:
        day_at(date(1993, 1, 1), days)
    expected = f"{days:g} d from 1993-01-01 is outside the calendar; use a time in the years 1 to 9999"
    assert str(caught.value) == expected
    with pytest.raises(OutOfRange):
        last_day_before(date(1993, 1, 1), days)
