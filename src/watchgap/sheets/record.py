"""A sheet as plain values, before it becomes part of a workbook."""

from dataclasses import dataclass
from enum import StrEnum

Value = str | float | int | None


class Form(StrEnum):
    """How the numbers of a column are written, as a number format of a workbook."""

    TEXT = "@"
    COUNT = "#,##0"
    EFFORT = "#,##0.00"
    PROBABILITY = "0.000"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title with the unit, its width [character], and how its numbers are written.

    total: whether a formula sums it up. by_hand: whether it is left empty, to be filled in by hand.
    """

    title: str
    width: float
    form: Form = Form.TEXT
    total: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its title, its columns, and its rows, with a value for each column.

    total: the words before the sums, empty if nothing is summed up. extra: rows below the sums, each its
    words and a value in the last summed column that is not by hand; they are summed up once more with that
    sum, under the words of `grand`. empty: what is written if there are no rows.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: str = ""
    extra: tuple[tuple[str, float], ...] = ()
    grand: str = ""
    empty: str = "none"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its title, what is written above its tables, and the tables."""

    name: str
    title: str
    facts: tuple[tuple[str, Value], ...]
    tables: tuple[Table, ...]
