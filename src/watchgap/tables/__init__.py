"""Published numbers, kept as data files with their source and range.

In: nothing. Out: one frozen row per published number, by name.

    >>> significant_quantity("plutonium").value
    8.0
"""

from watchgap.tables.loader import (
    PublishedNumber,
    significant_quantities,
    significant_quantity,
    timeliness_goal,
    timeliness_goals,
)

__all__ = [
    "PublishedNumber",
    "significant_quantities",
    "significant_quantity",
    "timeliness_goal",
    "timeliness_goals",
]
