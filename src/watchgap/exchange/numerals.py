"""Turns the numbers of a workbook into text: whole numbers, exact decimals and dates, or says why not."""

import re
from datetime import datetime, timedelta
from enum import Enum
from math import isfinite

from watchgap.exchange.package import Unusable

MOST_DIGITS = 15
"""Most significant digits of a number that a spreadsheet keeps as it is typed."""

_AS_TEXT = "format the cell as text, and write what is meant"
_FIRST_CERTAIN = 61  # 1 March 1900: spreadsheets disagree on the serial numbers of earlier days
_LAST = 2_958_465  # 31 December 9999
_SINCE = datetime(1899, 12, 30)  # noqa: DTZ001 - a date of a workbook has no zone
_SHIFT_1904 = 1_462
_SECONDS_OF_A_DAY = 86_400
_INEXACT = 0.001  # of a second: what is left of it in a serial number
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


class Shown(Enum):
    """What the format of a cell shows of its number."""

    NUMBER = "the number"
    DATE = "year, month and day"
    MONTH = "year and month"
    YEAR = "the year"
    OTHER = "something else"


_BUILT_IN = {
    0: Shown.NUMBER,
    1: Shown.NUMBER,
    14: Shown.DATE,
    15: Shown.DATE,
    17: Shown.MONTH,
    22: Shown.DATE,
    49: Shown.NUMBER,
}


def shown_by(number: int, code: str | None) -> Shown:
    """Say what a format shows, by its number and, if it is not built in, its code."""
    if code is None:
        return _BUILT_IN.get(number, Shown.OTHER)
    plain = _NO_CODE.sub("", code.split(";")[0]).lower()
    if plain in ("general", "0", "@"):
        return Shown.NUMBER
    letters = {letter for letter in plain if letter in "ymdhs"}
    if "[" in plain or "y" not in letters:
        return Shown.OTHER
    if "d" in letters:
        return Shown.DATE
    if letters & set("hs"):
        return Shown.OTHER
    return Shown.MONTH if "m" in letters else Shown.YEAR


def text_of(stored: str, shown: Shown, *, since_1904: bool) -> str:
    """Write the number of a cell as text.

    Raises Unusable if the number, or the way in which it is shown, leaves open what was meant.
    """
    try:
        number = float(stored)
    except ValueError:
        raise Unusable(f"holds '{stored[:40]}', which is no number") from None
    if not isfinite(number):
        raise Unusable(f"holds '{stored[:40]}', which is no number")
    if shown is Shown.NUMBER:
        return _decimal(number)
    if shown is Shown.OTHER:
        raise Unusable(f"is the number {number!r} shown in a form of its own", _AS_TEXT)
    return _date(number + (_SHIFT_1904 if since_1904 else 0), shown)


def _decimal(number: float) -> str:
    text = repr(number)
    if number.is_integer() and abs(number) < 10**MOST_DIGITS:
        return str(int(number))
    if "e" in text or len(text.replace(".", "").lstrip("-0")) > MOST_DIGITS:
        raise Unusable(f"is the number {text}, which has more digits than are kept", _AS_TEXT)
    return text


def _date(serial: float, shown: Shown) -> str:
    if not _FIRST_CERTAIN <= serial < _LAST + 1:
        raise Unusable(f"is a date outside March 1900 to 9999 (its number is {serial!r})", _AS_TEXT)
    exact = serial % 1 * _SECONDS_OF_A_DAY
    seconds = round(exact)
    if abs(exact - seconds) > _INEXACT:
        raise Unusable("is a time with a fraction of a second", _AS_TEXT)
    moment = _SINCE + timedelta(days=int(serial), seconds=seconds)
    if shown is Shown.DATE:
        if not seconds:
            return f"{moment:%Y-%m-%d}"
        return moment.isoformat(timespec="seconds" if moment.second else "minutes")
    if shown is Shown.MONTH and (moment.day, seconds) == (1, 0):
        return f"{moment:%Y-%m}"
    if shown is Shown.YEAR and (moment.month, moment.day, seconds) == (1, 1, 0):
        return f"{moment:%Y}"
    raise Unusable(f"is the date {moment} and shows only {shown.value}", _AS_TEXT)
