"""The units that a case may write, and the base unit that each is counted in."""

from enum import StrEnum


class Dimension(StrEnum):
    """What a number counts; the value is the base unit used inside."""

    TIME = "d"
    MASS = "kg"
    ITEMS = "item"
    SHARE = "1"
    PER_TIME = "1/d"
    ITEMS_PER_TIME = "item/d"
    EFFORT = "person-day"
    EFFORT_PER_ITEM = "person-day/item"


_YEAR = 365.25

UNITS: dict[str, tuple[Dimension, float]] = {
    "s": (Dimension.TIME, 1 / 86_400),
    "min": (Dimension.TIME, 1 / 1_440),
    "h": (Dimension.TIME, 1 / 24),
    "d": (Dimension.TIME, 1.0),
    "week": (Dimension.TIME, 7.0),
    "month": (Dimension.TIME, _YEAR / 12),
    "a": (Dimension.TIME, _YEAR),
    "g": (Dimension.MASS, 1e-3),
    "kg": (Dimension.MASS, 1.0),
    "t": (Dimension.MASS, 1e3),
    "item": (Dimension.ITEMS, 1.0),
    "1": (Dimension.SHARE, 1.0),
    "%": (Dimension.SHARE, 1e-2),
    "1/d": (Dimension.PER_TIME, 1.0),
    "1/month": (Dimension.PER_TIME, 12 / _YEAR),
    "1/a": (Dimension.PER_TIME, 1 / _YEAR),
    "item/h": (Dimension.ITEMS_PER_TIME, 24.0),
    "item/d": (Dimension.ITEMS_PER_TIME, 1.0),
    "item/week": (Dimension.ITEMS_PER_TIME, 1 / 7),
    "item/a": (Dimension.ITEMS_PER_TIME, 1 / _YEAR),
    "person-day": (Dimension.EFFORT, 1.0),
    "person-day/item": (Dimension.EFFORT_PER_ITEM, 1.0),
}


def units_of(dimension: Dimension) -> tuple[str, ...]:
    """List the units that a number of this dimension may be written in."""
    return tuple(unit for unit, (kind, _) in UNITS.items() if kind is dimension)
