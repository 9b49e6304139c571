"""Reads what stands in a field, strictly, as the content of the field says."""

import re
from datetime import date
from decimal import Decimal

from watchgap.accounting.record import Value

LONGEST = 4_000
MOST_DIGITS = 40
PRECISION = 100
"""Digits with which weights are added: no sum of numbers of `MOST_DIGITS` digits is rounded."""

_FORM = re.compile(r"(Character|Number) \(([1-9][0-9]{0,3})(?:\.([0-9]{1,2}))?\)")
_DATES = {
    "DDMMYYYY": ((4, 8), (2, 4), (0, 2), "31122021"),
    "YYYYMMDD": ((0, 4), (4, 6), (6, 8), "20211231"),
}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

Problem = tuple[str, str]


def content_problem(content: str) -> Problem | None:
    """Say what is wrong with the content of a field of a table."""
    if content in _DATES:
        return None
    match = _FORM.fullmatch(content)
    if match is None or (match[1] == "Character" and match[3] is not None):
        remedy = "use Character (n), Number (n), Number (n.d), DDMMYYYY or YYYYMMDD"
        return f"the content '{content[:40]}' is not understood", remedy
    most = LONGEST if match[1] == "Character" else MOST_DIGITS
    if int(match[2]) > most or int(match[3] or 0) >= int(match[2]):
        return (
            f"the content '{content}' has too many places",
            f"use at most {most}, fewer of them behind the point",
        )
    return None


def kind_of(content: str) -> str:
    """What a content holds: 'text', 'count', 'number' or 'date'."""
    if content in _DATES:
        return "date"
    if content.startswith("Character"):
        return "text"
    return "number" if "." in content else "count"


def read_value(text: str, content: str) -> tuple[Value | None, Problem | None]:
    """Read the text of a field, which is not empty, or say what is wrong with it.

    Counts are whole numbers of ASCII digits; numbers are exact decimals; both keep to the places that the
    content gives them, of which the second number counts those behind the point.
    """
    if content in _DATES:
        return _date(text, content)
    match = _FORM.fullmatch(content)
    if match is None:
        return None, (f"its content '{content}' is not understood", "mend the table of fields")
    places, behind = int(match[2]), match[3]
    if match[1] == "Character":
        if len(text) > places:
            return None, (f"'{text[:40]}' has {len(text)} characters", f"use at most {places}")
        return text, None
    if not _NUMBER.fullmatch(text) or (behind is None and not text.isdecimal()):
        form = "whole number such as 12" if behind is None else "number such as 12.5"
        return None, (f"'{text[:40]}' is not a number", f"write a {form}")
    whole, _, fraction = text.lstrip("-").partition(".")
    most = int(behind or 0)
    if len(whole) > places - most or len(fraction) > most:
        allowed = f"{places - most} digits" + (f" and {most} behind the point" if most else "")
        return None, (f"'{text[:40]}' has too many digits", f"use at most {allowed}")
    return (int(text) if behind is None else Decimal(text)), None


def write_value(value: Value, content: str) -> str:
    """Write a value as its content says; `read_value` reads it again."""
    if isinstance(value, date):
        form = f"{value.day:02}{value.month:02}{value.year:04}"
        return form if content == "DDMMYYYY" else f"{value.year:04}{value.month:02}{value.day:02}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _date(text: str, content: str) -> tuple[Value | None, Problem | None]:
    year, month, day, example = _DATES[content]
    remedy = f"write it as {example} ({content})"
    if len(text) != 8 or not (text.isascii() and text.isdecimal()):
        return None, (f"'{text[:40]}' is not a date", remedy)
    try:
        return date(int(text[slice(*year)]), int(text[slice(*month)]), int(text[slice(*day)])), None
    except ValueError:
        return None, (f"'{text}' is not a day of the calendar", remedy)
