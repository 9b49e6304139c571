"""Sheets as the bytes of an XLSX file, the same for the same sheets.

This module needs openpyxl, an optional extra that has no annotations; `watchgap.sheets.write` loads it.
"""

import io
import textwrap
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.xml.functions import tostring  # type: ignore[import-untyped]

from watchgap.sheets.record import Column, Form, Sheet, Table, Value

LONGEST = 32_767  # characters that a cell can hold
LONGEST_FOOTER = 80  # of the title in the footer, which has 255 characters for all of its parts
A4 = 9
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the zero of a ZIP file's clock
CORE = "docProps/core.xml"
# A spreadsheet would take a text that begins with one of these for a formula if it were typed or imported.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_KEPT = {
    "\n",
    "\u200c",
    "\u200d",
}  # line breaks, and the joiners that Persian and Indic words are spelled with
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Cn"}

_HEAD = PatternFill("solid", fgColor="FF123F73")
_BY_HAND = PatternFill("solid", fgColor="FFFFF7DB")
_THIN = Border(*(Side(style="thin", color="FF9AA0A6"),) * 4)
_TOP = Alignment(vertical="top", wrap_text=True)


def workbook_bytes(sheets: Sequence[Sheet], *, creator: str, moment: datetime) -> bytes:
    """Make the bytes of an XLSX file.

    creator and moment: who made it and when, as its properties say; no clock is read. A text is always a
    text, whatever it begins with; only totals are formulas.
    """
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet)
    book.calculation.fullCalcOnLoad = True  # the totals are stored without a value
    book.properties.creator = book.properties.lastModifiedBy = printable(creator)
    book.properties.title = printable(sheets[0].title)
    book.properties.created = moment
    held = io.BytesIO()
    book.save(held)
    book.properties.modified = moment  # saving sets it to the time of day
    return _still(held.getvalue(), {CORE: tostring(book.properties.to_tree())})


def printable(text: str) -> str:
    """Leave out what XML forbids, what reorders its neighbours, and what a cell cannot hold."""
    text = text.replace("\r\n", "\n").replace("\r", " ").replace("\t", " ")
    return "".join(one for one in text if one in _KEPT or unicodedata.category(one) not in _UNPRINTABLE)[
        :LONGEST
    ]


def _still(packed: bytes, replaced: dict[str, bytes]) -> bytes:
    """Pack an archive again without the times at which its files were made."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, replaced.get(name) or old.read(name))
    return held.getvalue()


# ---------------------------------------------------------------- one sheet


def _write(page: Any, sheet: Sheet) -> None:
    widths = [column.width for column in max((table.columns for table in sheet.tables), key=len)]
    for place, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    _put(page, 1, 1, sheet.title).font = Font(bold=True, size=14)
    row = _facts(page, 2, sheet.facts, room=sum(widths[1:]))
    heads = []
    for table in sheet.tables:
        head, row = _table(page, row, table)
        heads.append(head)
    _page_set_up(page, sheet.title, heads[0])


def _facts(page: Any, row: int, facts: Sequence[tuple[str, Value]], *, room: float) -> int:
    """Write facts from a row on, long ones in several rows; returns the row after them and a blank one.

    room: for a line, to the right of the names [character]. A line goes on over the empty cells beside it:
    merged cells would not find their height themselves.
    """
    for name, value in facts:
        _put(page, row, 1, name).font = Font(bold=True)
        lines = _lines(value, int(room)) if isinstance(value, str) else [value]
        for line in lines:
            cell = _put(page, row, 2, line, form=_form(line))
            cell.alignment = Alignment(horizontal="left", vertical="top")
            row += 1
    return row + 1


def _lines(text: str, room: int) -> list[str]:
    return [line for part in text.split("\n") for line in textwrap.wrap(part, room)] or [""]


def _form(value: Value) -> Form:
    return (
        Form.PROBABILITY if isinstance(value, float) else Form.COUNT if isinstance(value, int) else Form.TEXT
    )


def _table(page: Any, row: int, table: Table) -> tuple[int, int]:
    """Write a table from a row on; returns the row of its header and the row after it and a blank one."""
    if table.title:
        _put(page, row, 1, table.title).font = Font(bold=True, size=12)
        row += 1
    head = row
    for place, column in enumerate(table.columns, start=1):
        cell = _put(page, row, place, column.title)
        cell.font, cell.fill, cell.border, cell.alignment = (
            Font(bold=True, color="FFFFFFFF"),
            _HEAD,
            _THIN,
            _TOP,
        )
    row += 1
    for values in table.rows:
        for place, (column, value) in enumerate(zip(table.columns, values, strict=True), start=1):
            _body(page, row, place, column, value)
        row += 1
    if not table.rows:
        _put(page, row, 1, table.empty).font = Font(italic=True)
        row += 1
    if table.total:
        row = _totals(page, (head + 1, row), table)
    return head, row + 1


def _body(page: Any, row: int, place: int, column: Column, value: Value) -> None:
    cell = _put(page, row, place, value, form=column.form)
    cell.border, cell.alignment = _THIN, _TOP
    if column.by_hand:
        cell.fill = _BY_HAND


def _totals(page: Any, rows: tuple[int, int], table: Table) -> int:
    """Write the sums below a table, by formula, then the extra rows and the sum of all."""
    first, row = rows
    summed = [place for place, column in enumerate(table.columns, start=1) if column.total]
    _total_row(
        page, row, table.total, {place: f"=SUM({_span(place, first, row - 1)})" for place in summed}, table
    )
    last = max(place for place in summed if not table.columns[place - 1].by_hand)
    start = row
    for words, value in table.extra:
        row += 1
        _total_row(page, row, words, {last: value}, table)
    if table.extra:
        row += 1
        _total_row(page, row, table.grand, {last: f"=SUM({_span(last, start, row - 1)})"}, table)
    return row + 1


def _span(place: int, first: int, last: int) -> str:
    letter = get_column_letter(place)
    return f"{letter}{first}:{letter}{last}"


def _total_row(page: Any, row: int, words: str, values: dict[int, str | float], table: Table) -> None:
    for place, column in enumerate(table.columns, start=1):
        cell = _put(page, row, place, words if place == 1 else None)
        if place in values:
            # The only formulas of the workbook: they are made here, of nothing but row numbers.
            cell.value, cell.number_format = values[place], str(column.form)
        cell.font, cell.border = Font(bold=True), _THIN


def _put(page: Any, row: int, place: int, value: Value, *, form: Form = Form.TEXT) -> Any:
    """Write a value into a cell; a text stays a text, also after somebody edits the cell."""
    cell = page.cell(row=row, column=place)
    cell.alignment = Alignment(vertical="top")
    if isinstance(value, str):
        text = printable(value)
        cell.value = text
        cell.data_type = "s"
        cell.number_format = str(Form.TEXT)
        cell.quotePrefix = value.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)
    elif isinstance(value, float) and not isfinite(value):
        cell.value = "none"  # a workbook has no infinities
    elif value is not None:
        cell.value = value
        cell.number_format = str(form)
    return cell


def _page_set_up(page: Any, title: str, head: int) -> None:
    """Landscape, as wide as the page, with the header on every page and the pages counted."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{head}:{head}"
    page.freeze_panes = page.cell(row=head + 1, column=1)
    # An ampersand begins a code in a footer; a doubled one is itself.
    page.oddFooter.left.text = printable(title)[:LONGEST_FOOTER].replace("&", "&&")
    page.oddFooter.center.text = "&A"
    page.oddFooter.right.text = "Page &P of &N"
