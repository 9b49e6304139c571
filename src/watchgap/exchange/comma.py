"""Reads facts or sources from the text of a CSV file."""

import csv
from itertools import islice

from watchgap.case.files import decode
from watchgap.exchange.intake import Intake
from watchgap.exchange.record import GIVEN_NUMBER, type_of
from watchgap.ledger import (
    COLUMNS,
    FACT_COLUMNS,
    OPTIONAL_COLUMNS,
    SOURCE_COLUMNS,
    EntryType,
    csv_rows,
    header_problem,
)

MOST_COLUMNS = 200
_LONGEST_HEADER = 10_000


def take_csv(raw: bytes, intake: Intake) -> None:
    """Take the rows of a CSV file; the guard against spreadsheets is taken off its cells."""
    text, faults = decode(raw, intake.file)
    if faults:
        intake.faults.extend(faults)
        return
    first = text.split("\n", 1)[0]
    if len(first) > _LONGEST_HEADER or first.count('"') % 2:
        problem = f"the header has more than {_LONGEST_HEADER} characters, or more than one line"
        intake.fault(1, problem, "keep the names of the columns on the first line")
        return
    header = _header(first)
    kind = type_of(header)
    if kind is None:
        intake.fault(1, *unknown_header(header))
        return
    if wrong := header_fault(header, kind):
        intake.fault(1, *wrong)
        return
    replaces = GIVEN_NUMBER in header
    for line, row in csv_rows(text, intake.file, COLUMNS[kind], intake.faults):
        intake.take(kind, line, row, replaces=replaces)
        if intake.over:
            return


def unknown_header(header: list[str]) -> tuple[str, str]:
    """Say that a header is neither that of facts nor that of sources, and what would be right."""
    needed = " or ".join(
        ",".join(name for name in columns if name not in OPTIONAL_COLUMNS)
        for columns in (FACT_COLUMNS, SOURCE_COLUMNS)
    )
    shown = ",".join(header)[:80]
    return f"the header '{shown}' is neither that of facts nor that of sources", f"the header is {needed}"


def header_fault(header: list[str], kind: EntryType) -> tuple[str, str] | None:
    """Say what is wrong with the columns of a table of this type, and what would be right."""
    if len(header) > MOST_COLUMNS:
        problem = f"the header has {len(header)} columns"
    else:
        problem = header_problem(header, COLUMNS[kind])
    needed = ",".join(name for name in COLUMNS[kind] if name not in OPTIONAL_COLUMNS)
    return (problem, f"the header is {needed}") if problem else None


def _header(first: str) -> list[str]:
    try:
        return [cell.strip() for cells in islice(csv.reader([first]), 1) for cell in cells]
    except csv.Error:
        return []
