"""What a file brings, and how much it may bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from watchgap.base.errors import Fault, WatchgapError
from watchgap.ledger import COLUMNS, NAMED_BY, Content, EntryType, Row, content_of

LARGEST_FILE = 64_000_000
"""Most bytes of a file that is read as a whole."""

LONGEST_CELL = 32_767
"""Most characters of a cell: as many as a cell of a workbook holds, so that every form carries every cell."""

MOST_TEXT = 256_000_000
"""Most characters of all cells of a file together; packed files can hold far more than their size tells."""

GIVEN_NUMBER = "number"
"""The given column that tells an export of a ledger: in it a later source may replace an earlier one."""


class Form(Enum):
    """The forms in which facts and sources are carried; the value is the suffix of their files."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON_LINES = "jsonl"


class TablesMissing(WatchgapError, ImportError):
    """The extra that reads and writes Parquet is not installed."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brings: its rows that are well formed, and all faults of the others.

    file: its name; digest: SHA-256 of its bytes in hexadecimal, empty if they could not be read. Rows have
    the line on which they begin (in a workbook or a Parquet file: the number of their row) and a cell for
    every column of their type.
    """

    file: str
    digest: str = ""
    facts: tuple[Row, ...] = ()
    sources: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def contents(self) -> tuple[Content, ...]:
        """What an import appends to a ledger: sources first, since facts cite them, each in file order."""
        return (
            *(content_of("source", row) for _, row in self.sources),
            *(content_of("fact", row) for _, row in self.facts),
        )


def type_of(header: Sequence[str]) -> EntryType | None:
    """Say whether the columns are those of facts or of sources; None if they are neither."""
    named: list[EntryType] = [kind for kind, name in NAMED_BY.items() if name in header]
    return max(named, key=lambda kind: len(set(COLUMNS[kind]) & set(header)), default=None)
