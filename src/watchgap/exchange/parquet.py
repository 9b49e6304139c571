"""Reads and writes Parquet, through an engine that loads no extension and knows no network.

This module needs duckdb, an optional extra; it is imported where it is used.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from watchgap.exchange.comma import unknown_header
from watchgap.exchange.intake import Intake
from watchgap.exchange.record import GIVEN_NUMBER, MOST_TEXT, TablesMissing, type_of
from watchgap.exchange.tabular import HEADERS, cells_of
from watchgap.ledger import COLUMNS, GIVEN_COLUMNS, MOST_ROWS, EntryType, Posting, header_problem

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000
_FETCHED = 500
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "1GB",
    "threads": "1",  # one thread writes the same rows in the same groups
}


def _engine() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise TablesMissing(
            "Parquet needs its engine; install it with: pip install 'watchgap[tables]'"
        ) from error
    return duckdb


def _connected(duckdb: Any, folder: Path) -> "duckdb.DuckDBPyConnection":
    return duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(folder)})
