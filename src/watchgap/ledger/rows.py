"""Reads the rows of a CSV text, with the line of every fault, and guards cells against spreadsheets."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from watchgap.base.errors import Fault

MOST_ROWS = 200_000
MOST_FAULTS = 1_000

FACT_COLUMNS = (
    "id", "kind", "subject", "from", "to", "timing", "recorded", "detail", "sources", "grade", "read",
    "quote", "note", "supersedes", "page",
)  # fmt: skip
SOURCE_COLUMNS = (
    "key",
    "title",
    "publisher",
    "date",
    "url",
    "read",
    "note",
    "digest",
    "media",
    "size",
    "file",
)
GIVEN_COLUMNS = ("number", "entered", "recorder")
"""Columns of an export that a ledger gives itself, and that are passed over where facts are read."""

GUARDED_BY = "number"
"""The column that tells an export, in which cells are guarded."""

OPTIONAL_COLUMNS = frozenset(("page", "digest", "media", "size", "file", *GIVEN_COLUMNS))

Row = tuple[int, dict[str, str]]

# A spreadsheet takes a cell that begins like this for a formula. Apostrophes before it are part of the
# pattern, so that guarding and taking the guard off again are exact inverses of each other.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def guarded(cell: str) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Read a cell that may have been guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _lines(text: str) -> Iterator[str]:
    # Not `splitlines`: it also splits at characters that may stand in a cell, and makes all lines at once.
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin) + 1 or len(text)
        yield text[begin:end]
        begin = end


def csv_rows(text: str, file: str, columns: tuple[str, ...], faults: list[Fault]) -> Iterator[Row]:
    """Give the rows that are well formed, with their first lines, and add faults for the others.

    Optional columns that the header lacks are empty in every row. Ends early when there are `MOST_FAULTS`
    faults, whoever added them.
    """
    reader = csv.reader(_lines(text), strict=True)
    begin = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if problem := header_problem(header, columns):
            needed = ",".join(name for name in columns if name not in OPTIONAL_COLUMNS)
            faults.append(Fault(file, 1, problem, f"the header is {needed}"))
            return
        begin = reader.line_num + 1
        # Only an export guards its cells; in a row that was typed an apostrophe is an apostrophe.
        read = unguarded if GUARDED_BY in header else str
        empty = dict.fromkeys(columns, "")
        for cells in islice(reader, MOST_ROWS):
            line, begin = begin, reader.line_num + 1
            if len(faults) >= MOST_FAULTS:
                problem = f"{MOST_FAULTS} faults were found up to here"
                faults.append(Fault(file, line, problem, "mend these first"))
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problem = f"the row has {len(cells)} cells under {len(header)} columns"
                remedy = "quote cells that hold commas" if len(cells) > len(header) else "add the empty cells"
                faults.append(Fault(file, line, problem, remedy))
                continue
            row = {name: read(cell.strip()) for name, cell in zip(header, cells, strict=True)}
            yield line, {name: row.get(name, "") for name in empty}
        if next(reader, None) is not None:
            problem = f"the file has more than {MOST_ROWS} rows"
            faults.append(Fault(file, begin, problem, "split the case, or keep only the facts that it needs"))
    except csv.Error as error:
        if "field limit" in str(error):
            problem = f"a cell of this row has more than {csv.field_size_limit()} characters"
            faults.append(Fault(file, begin, problem, "attach the document, and quote from it"))
            return
        # The reader gives up far below a quote that is not closed: what helps is where its row begins.
        remedy = "mend the quotes of the row that begins here"
        faults.append(Fault(file, begin, f"this is not CSV ({error})", remedy))


def header_problem(header: list[str], columns: tuple[str, ...]) -> str:
    """Say what is wrong with the names of columns; empty if nothing is."""
    there = Counter(header)
    missing = [name for name in columns if name not in there and name not in OPTIONAL_COLUMNS]
    unknown = [name for name in header if name not in columns and name not in GIVEN_COLUMNS]
    twice = sorted(name for name, times in there.items() if times > 1)
    parts = [
        f"{words} {', '.join(repr(name) for name in names)}"
        for words, names in (("lacks", missing), ("has unknown", unknown), ("has twice", twice))
        if names
    ]
    return f"the header {' and '.join(parts)}" if parts else ""
