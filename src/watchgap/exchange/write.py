"""Writes the entries of a ledger as files, whole or not at all."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, BinaryIO

from watchgap.base.errors import LedgerError, OutOfRange
from watchgap.case.files import CONTROL
from watchgap.exchange.place import drafts
from watchgap.exchange.record import LONGEST_CELL, Form
from watchgap.ledger import COLUMNS, GIVEN_COLUMNS, EntryType, Posting, guarded, leaf_of

HEADERS: dict[EntryType, tuple[str, ...]] = {
    kind: (*columns, *GIVEN_COLUMNS) for kind, columns in COLUMNS.items()
}
"""The columns of an export: those of events.csv and sources.csv, and what a ledger gives itself."""

STEMS: dict[EntryType, str] = {"fact": "events", "source": "sources"}
"""The names of files and sheets by what they hold."""

Write = Callable[[tuple[Path, ...], Iterable[Posting]], None]


def write_rows(place: str | Path, postings: Iterable[Posting], form: Form) -> tuple[Path, ...]:
    """Write the entries of a ledger, and give the paths of the files that were written.

    CSV and Parquet: `events` and `sources` of that form in the folder `place`, which is made if it is not
    there. XLSX: one workbook with a sheet for each. JSON Lines: the leaves as they are, one a line, from
    which a ledger is restored exactly. The columns are those of events.csv and sources.csv with number,
    entered and recorder. Cells of a CSV are guarded against spreadsheets. Entries are taken one by one, and
    the same entries give the same bytes.

    Raises LedgerError if an entry does not fit the form or a file cannot be written, and then leaves what was
    there; TablesMissing for Parquet without the extra that writes it.
    """
    place = Path(place)
    places: tuple[Path, ...] = (place,)
    if form in (Form.CSV, Form.PARQUET):
        _folder(place)
        places = tuple(place / f"{stem}.{form.value}" for stem in STEMS.values())
    with drafts(places) as parts:
        _writer(form)(parts, postings)
    return places


def write_leaves(stream: BinaryIO, postings: Iterable[Posting]) -> int:
    """Write the leaves of entries, one a line, to a stream of bytes, and give their number."""
    number = 0
    for posting in postings:
        stream.write(leaf_of(posting) + b"\n")
        number += 1
    return number


def cells_of(posting: Posting) -> tuple[str, ...]:
    """Give the cells of an entry under its header.

    Raises LedgerError for a cell that a table does not carry as it is.
    """
    row = (*posting.content.row.values(), str(posting.number), posting.entered, posting.recorder)
    joined = "\n".join(row)
    if len(joined) > LONGEST_CELL or CONTROL.search(joined) or any(cell != cell.strip() for cell in row):
        _require_plain(posting, row)
    return row


def _require_plain(posting: Posting, row: tuple[str, ...]) -> None:
    for column, cell in zip(HEADERS[posting.content.type], row, strict=True):
        reason = ""
        if len(cell) > LONGEST_CELL:
            reason = f"has {len(cell)} characters, more than {LONGEST_CELL}"
        elif CONTROL.search(cell):
            reason = "holds a control character"
        elif cell != cell.strip():
            reason = "begins or ends with a space"
        if reason:
            raise LedgerError(
                f"the cell '{column}' of entry {posting.number} {reason}; export the ledger as JSON Lines"
            )


def _writer(form: Form) -> Write:
    match form:
        case Form.CSV:
            return _write_csv
        case Form.JSON_LINES:
            return _write_json_lines
        case _:
            raise OutOfRange(f"the form {form.value} is not written")


def _folder(place: Path) -> None:
    try:
        place.mkdir(exist_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise LedgerError(f"cannot make the folder '{place}' ({reason})") from error


def _write_json_lines(parts: tuple[Path, ...], postings: Iterable[Posting]) -> None:
    with parts[0].open("xb") as file:
        write_leaves(file, postings)


class _LineFeeds:
    """Ends lines with a line feed alone, which a CSV writer that quotes carriage returns does not."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def write(self, line: str) -> int:
        return self.file.write(line[:-2] + "\n")


def _write_csv(parts: tuple[Path, ...], postings: Iterable[Posting]) -> None:
    with ExitStack() as stack:
        files = [stack.enter_context(part.open("x", encoding="utf-8", newline="")) for part in parts]
        writers = {kind: csv.writer(_LineFeeds(file)) for kind, file in zip(HEADERS, files, strict=True)}
        for kind, header in HEADERS.items():
            writers[kind].writerow(header)
        for kind, cells in _tables(postings):
            writers[kind].writerow([guarded(cell) for cell in cells])


def _tables(postings: Iterable[Posting]) -> Iterator[tuple[EntryType, tuple[str, ...]]]:
    return ((posting.content.type, cells_of(posting)) for posting in postings)
