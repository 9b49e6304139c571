"""The one loader of published tables."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from watchgap.base.errors import UnknownName


@dataclass(frozen=True, slots=True)
class PublishedNumber:
    """A number from print: its name, value in base units, where it is printed and where it holds."""

    name: str
    value: float
    source: str
    range: str


def _read(table: str, name: str, value: str) -> dict[str, PublishedNumber]:
    text = files("watchgap.tables").joinpath(table).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row[name]: PublishedNumber(row[name], float(row[value]), row["source"], row["range"]) for row in rows
    }


@cache
def significant_quantities() -> dict[str, PublishedNumber]:
    """All significant quantities [kg of the counted element or isotope] by material."""
    return _read("significant_quantities.csv", "material", "significant_quantity_kg")


@cache
def timeliness_goals() -> dict[str, PublishedNumber]:
    """All timeliness detection goals [d] by category of material."""
    return _read("timeliness_goals.csv", "category", "goal_days")


def significant_quantity(material: str) -> PublishedNumber:
    """Look up the significant quantity [kg] of a material.

    Raises UnknownName if the table has no such material.
    """
    return _find(significant_quantities(), "material", material)


def timeliness_goal(category: str) -> PublishedNumber:
    """Look up the timeliness detection goal [d] of a category of material.

    Raises UnknownName if the table has no such category.
    """
    return _find(timeliness_goals(), "category", category)


def _find(table: dict[str, PublishedNumber], kind: str, name: str) -> PublishedNumber:
    if name not in table:
        raise UnknownName(f"no {kind} '{name}' is tabulated; the table has {', '.join(table)}")
    return table[name]
