"""What a store asks of a database; two engines give it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

DIALECTS = ("sqlite", "postgresql")

LARGEST_FILE = 64 * 1024 * 1024
"""The most that an attached document may have [bytes]."""

PATIENCE = 30
"""How long a writer waits for another one [s]."""

Row = tuple[Any, ...]

TABLES: Mapping[str, Mapping[str, str]] = {
    "migration": {"number": "int8", "name": "text", "digest": "text"},
    "meta": {"number": "int8", "origin": "text"},
    "entry": {
        "number": "int8",
        "type": "text",
        "name": "text",
        "kind": "text",
        "subject": "text",
        "first": "int8",
        "last": "int8",
        "width_class": "int8",
        "recorded": "int8",
        "supersedes": "text",
        "entered": "text",
        "leaf": "text",
        "completed": "bytea",
    },
    "head": {"size": "int8", "root": "bytea", "entered": "text"},
    "attachment": {"number": "int8", "digest": "text", "media": "text", "size": "int8", "content": "bytea"},
    "checkpoint": {"number": "int8", "size": "int8", "note": "text"},
}
"""The tables with the types of their columns, in order."""


class Engine(Protocol):
    """One open connection to one ledger.

    Statements mark their arguments with `?`, in both dialects; no text ever stands in a statement. Outside of
    `begin` and `commit` each statement is a transaction of its own. Every method raises LedgerError for what
    the database, the disk or the network refuses, and says which.
    """

    place: str
    dialect: str

    def rows(self, statement: str, arguments: Sequence[object] = ()) -> list[Row]:
        """All rows of a query; texts are str, bytes are bytes, numbers are int."""

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> int:
        """Add rows to a table, in the order of its columns, and give how many it took."""

    def script(self, text: str) -> None:
        """Run the statements of a migration."""

    def begin(self) -> None:
        """Begin a transaction and take the one lock that a writer needs, waiting for it."""

    def commit(self) -> None:
        """Make what was written lasting."""

    def rollback(self) -> None:
        """Take back what was written; never raises."""

    def now(self) -> datetime:
        """Say what time it is."""

    def tables(self) -> set[str]:
        """Names of the tables that are there."""

    def faults(self, scripts: Sequence[str]) -> Iterator[str]:
        """Say how the database is damaged, and where it is not as these migrations made it."""

    def close(self) -> None:
        """Let go of the connection."""
