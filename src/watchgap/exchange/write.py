"""Writes the entries of a ledger as files, whole or not at all."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, BinaryIO

from watchgap.base.errors import LedgerError
from watchgap.exchange.parquet import write_parquet
from watchgap.exchange.place import drafts
from watchgap.exchange.record import Form
from watchgap.exchange.tabular import HEADERS, STEMS, cells_of
from watchgap.exchange.workbook_out import write_workbook
from watchgap.ledger import EntryType, Posting, guarded, leaf_of

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


def _writer(form: Form) -> Write:
    match form:
        case Form.CSV:
            return _write_csv
        case Form.XLSX:
            return write_workbook
        case Form.PARQUET:
            return write_parquet
        case Form.JSON_LINES:
            return _write_json_lines


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
