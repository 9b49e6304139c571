"""Reads facts or sources from the text of a CSV file."""

import csv
from itertools import islice

from watchgap.case.files import decode
from watchgap.exchange.intake import Intake
from watchgap.exchange.record import GIVEN_NUMBER, type_of
from watchgap.ledger import COLUMNS, FACT_COLUMNS, OPTIONAL_COLUMNS, SOURCE_COLUMNS, csv_rows

_LONGEST_HEADER = 10_000


def take_csv(raw: bytes, intake: Intake) -> None:
    """Take the rows of a CSV file; the guard against spreadsheets is taken off its cells."""
    text, faults = decode(raw, intake.file)
    if faults:
        intake.faults.extend(faults)
        return
    header = _header(text)
    kind = type_of(header)
    if kind is None:
        intake.fault(1, *unknown_header(header))
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


def _header(text: str) -> list[str]:
    first = text[:_LONGEST_HEADER].split("\n", 1)[0]
    try:
        return [cell.strip() for cells in islice(csv.reader([first]), 1) for cell in cells]
    except csv.Error:
        return []
