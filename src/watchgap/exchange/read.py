"""Reads files that bring facts and sources, by their suffix."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from watchgap.base.errors import Fault
from watchgap.case.files import read_raw
from watchgap.exchange.comma import take_csv
from watchgap.exchange.intake import Intake
from watchgap.exchange.json_lines import take_json_lines
from watchgap.exchange.parquet import take_parquet
from watchgap.exchange.record import LARGEST_FILE, Brought, Form
from watchgap.exchange.workbook import take_workbook

_TAKES: dict[Form, Callable[[bytes, Intake], None]] = {
    Form.CSV: take_csv,
    Form.XLSX: take_workbook,
    Form.PARQUET: take_parquet,
    Form.JSON_LINES: take_json_lines,
}


def read_rows(path: str | Path) -> Brought:
    """Read the facts and sources that a CSV, XLSX, Parquet or JSON Lines file brings.

    The suffix tells the form, the columns tell facts from sources. Only the form of rows is checked here:
    what they mean is for `watchgap.ledger.facts_of` and `check_events`. Nothing is changed silently: spaces
    around a cell are dropped, and what is no plain text, number or date is a fault.

    Raises TablesMissing for a Parquet file without the extra that reads it.
    """
    path = Path(path)
    form = form_of(path)
    if form is None:
        known = ", ".join(f".{one.value}" for one in Form)
        fault = Fault(path.name, 1, f"the suffix '{path.suffix}' is not known", f"use one of {known}")
        return Brought(path.name, faults=(fault,))
    raw, faults = read_raw(path, largest=LARGEST_FILE)
    if faults:
        return Brought(path.name, faults=faults)
    intake = Intake(path.name, hashlib.sha256(raw).hexdigest())
    _TAKES[form](raw, intake)
    return intake.brought()


def form_of(path: Path) -> Form | None:
    """Tell the form of a file by its suffix, in capitals or not."""
    return next((form for form in Form if path.suffix.lower() == f".{form.value}"), None)
