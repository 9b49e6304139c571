"""Reads and writes Parquet, through an engine that loads no extension and knows no network.

This module needs duckdb, an optional extra; it is imported where it is used.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from watchgap.base.errors import LedgerError
from watchgap.exchange.comma import header_fault, unknown_header
from watchgap.exchange.intake import Intake
from watchgap.exchange.record import GIVEN_NUMBER, MOST_TEXT, TablesMissing, type_of
from watchgap.exchange.tabular import HEADERS, STEMS, cells_of
from watchgap.ledger import MOST_ROWS, EntryType, Posting

_BATCH = 10_000
_FETCHED = 500
_SETTINGS: dict[str, str] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "1GB",
    "threads": "1",  # one thread writes the same rows in the same groups
}


def take_parquet(raw: bytes, intake: Intake) -> None:
    """Take the rows of a Parquet file, all of whose columns are text.

    Raises TablesMissing without the extra that reads it.
    """
    duckdb = _engine()
    with tempfile.TemporaryDirectory() as name, _connected(duckdb, Path(name)) as connection:
        copy = Path(name) / "rows.parquet"
        copy.write_bytes(raw)
        try:
            _take(connection, str(copy), intake)
        except (duckdb.Error, UnicodeDecodeError, RuntimeError):
            intake.stop(1, "this is no Parquet file that can be read", "write it anew")


def _take(connection: Any, copy: str, intake: Intake) -> None:
    columns = connection.execute("select * from read_parquet(?) limit 0", [copy]).description
    header = [str(column[0]) for column in columns]
    kind = type_of(header)
    if kind is None:
        intake.stop(1, *unknown_header(header))
        return
    if wrong := header_fault(header, kind):
        intake.stop(1, *wrong)
        return
    for column, stored, *_ in columns:
        if str(stored) not in ("VARCHAR", "STRING"):
            intake.fault(1, f"the column '{column}' holds {stored} and not text", "write it as text")
    if intake.faults or not _bounded(connection, copy, header, intake):
        return
    line, replaces = 0, GIVEN_NUMBER in header
    found = connection.execute("select * from read_parquet(?)", [copy])
    while rows := found.fetchmany(_FETCHED):
        for row in rows:
            line += 1
            cells = {name: cell or "" for name, cell in zip(header, row, strict=True)}
            intake.take(kind, line, cells, replaces=replaces)


def _bounded(connection: Any, copy: str, header: list[str], intake: Intake) -> bool:
    """Whether the rows may be unpacked: a small file can repeat a text a thousand million times."""
    (number,) = connection.execute("select count(*) from read_parquet(?)", [copy]).fetchone()
    if number > MOST_ROWS:
        intake.stop(1, f"the file has {number} rows", f"split it into files of at most {MOST_ROWS}")
        return False
    sizes = " + ".join(f'coalesce(sum(strlen("{name}")), 0)' for name in header)
    (size,) = connection.execute(f"select {sizes} from read_parquet(?)", [copy]).fetchone()  # noqa: S608
    if size > MOST_TEXT:
        intake.stop(1, f"the cells hold {size} bytes", f"split the file; {MOST_TEXT} are read")
    return not intake.over


def write_parquet(parts: tuple[Path, ...], postings: Iterable[Posting]) -> None:
    """Write facts and sources into two Parquet files, all columns text.

    Raises TablesMissing without the extra that writes it, and LedgerError if a file cannot be written.
    """
    duckdb = _engine()
    with tempfile.TemporaryDirectory() as name, _connected(duckdb, Path(name)) as connection:
        try:
            for kind, header in HEADERS.items():
                columns = ", ".join(f'"{column}" varchar' for column in header)
                connection.execute(f"create table {STEMS[kind]} ({columns})")
            remaining = iter(postings)
            while batch := list(islice(remaining, _BATCH)):
                for kind in HEADERS:
                    _insert(connection, kind, [one for one in batch if one.content.type == kind])
            for kind, part in zip(HEADERS, parts, strict=True):
                target = str(part).replace("'", "''")
                connection.execute(
                    f"copy (select * from {STEMS[kind]}) to '{target}' (format parquet)"  # noqa: S608
                )
        except duckdb.Error as error:
            raise LedgerError(f"the Parquet files cannot be written ({error})") from None


def _insert(connection: Any, kind: EntryType, postings: list[Posting]) -> None:
    if not postings:
        return
    columns = zip(*(cells_of(posting) for posting in postings), strict=True)
    batch = {name: np.array(cells, dtype=object) for name, cells in zip(HEADERS[kind], columns, strict=True)}
    connection.register("batch", batch)
    connection.execute(f"insert into {STEMS[kind]} select * from batch")  # noqa: S608
    connection.unregister("batch")


def _engine() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise TablesMissing(
            "Parquet needs its engine; install it with: pip install 'watchgap[tables]'"
        ) from error
    return duckdb


@contextmanager
def _connected(duckdb: Any, folder: Path) -> Iterator[Any]:
    connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(folder)})
    try:
        yield connection
    finally:
        connection.close()
