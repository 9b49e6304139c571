"""Writes entries as an XLSX workbook of texts, a row at a time, the same bytes for the same entries.

The workbook has the few parts that the format asks for. openpyxl is not used here: it writes a text that
looks like an escape of the format so that spreadsheets show another, keeps the time of day in the file, and
takes four times as long.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from watchgap.base.errors import LedgerError
from watchgap.exchange.package import escaped
from watchgap.exchange.record import LONGEST_CELL
from watchgap.exchange.tabular import HEADERS, STEMS, cells_of
from watchgap.exchange.workbook import letters_of
from watchgap.ledger import EntryType, Posting, guarded

MOST_ROWS_OF_A_SHEET = 1_048_576

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the zero of a ZIP file's clock
_SCHEMA = "http://schemas.openxmlformats.org"
_MAIN = f"{_SCHEMA}/spreadsheetml/2006/main"
_RELATIONS = f"{_SCHEMA}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TEXT, _GUARDED, _HEAD = 1, 2, 3  # the formats of cells, by their place in the list of `_STYLES`
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders count='1'><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_SHEET_BEGINS = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/><sheetData>'
)
_SHEET_ENDS = "</sheetData></worksheet>"


def write_workbook(parts: tuple[Path, ...], postings: Iterable[Posting]) -> None:
    """Write the entries into one workbook with the sheets `events` and `sources`.

    Raises LedgerError if there are more entries than rows of a sheet, or a cell is too long for one.
    """
    with ExitStack() as stack:
        package = stack.enter_context(zipfile.ZipFile(parts[0], "x", zipfile.ZIP_DEFLATED))
        for name, text in _around().items():
            package.writestr(_entry(name), _XML + text)
        # A package takes one part at a time: the sources wait on the disk until the facts are written.
        waiting = stack.enter_context(tempfile.TemporaryFile())
        try:
            with package.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
                _write_sheets({"fact": _Sheet(sheet, "fact"), "source": _Sheet(waiting, "source")}, postings)
            waiting.seek(0)
            with package.open(_entry("xl/worksheets/sheet2.xml"), "w") as sheet:
                shutil.copyfileobj(waiting, sheet)
        except RuntimeError as error:
            raise LedgerError(f"the ledger is too large for a workbook ({error}); export it as CSV") from None


def _write_sheets(sheets: dict[EntryType, "_Sheet"], postings: Iterable[Posting]) -> None:
    for posting in postings:
        sheets[posting.content.type].write(posting)
    for sheet in sheets.values():
        sheet.file.write(_SHEET_ENDS.encode())


class _Sheet:
    """A sheet that grows by a row at a time."""

    def __init__(self, file: IO[bytes], kind: EntryType) -> None:
        self.file = file
        self.row = 0
        self.letters = [letters_of(place) for place in range(1, len(HEADERS[kind]) + 1)]
        self.file.write((_XML + _SHEET_BEGINS).encode())
        self.put([(name, _HEAD) for name in HEADERS[kind]])

    def write(self, posting: Posting) -> None:
        if self.row == MOST_ROWS_OF_A_SHEET:
            problem = f"a sheet has {MOST_ROWS_OF_A_SHEET} rows, too few for entry {posting.number}"
            raise LedgerError(f"{problem}; export the ledger as CSV, Parquet or JSON Lines")
        cells = cells_of(posting)
        for name, cell in zip(HEADERS[posting.content.type], cells, strict=True):
            if len(cell) > LONGEST_CELL // 2 and len(cell.encode("utf-16-le")) > 2 * LONGEST_CELL:
                problem = f"the cell '{name}' of entry {posting.number} is too long for a cell of a workbook"
                raise LedgerError(f"{problem}; export the ledger as CSV, Parquet or JSON Lines")
        self.put([(cell, _TEXT if guarded(cell) is cell else _GUARDED) for cell in cells])

    def put(self, cells: list[tuple[str, int]]) -> None:
        self.row += 1
        texts = [
            f'<c r="{letter}{self.row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
            f"{escape(escaped(cell))}</t></is></c>"
            for letter, (cell, style) in zip(self.letters, cells, strict=True)
            if cell
        ]
        self.file.write(f'<row r="{self.row}">{"".join(texts)}</row>'.encode())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _around() -> dict[str, str]:
    """The parts of the workbook around its sheets."""
    stems = list(enumerate(STEMS.values(), start=1))
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for place, _ in stems
    )
    sheets = "".join(f'<sheet name="{stem}" sheetId="{place}" r:id="rId{place}"/>' for place, stem in stems)
    relations = "".join(
        f'<Relationship Id="rId{place}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place, _ in stems
    )
    package = f"{_SCHEMA}/package/2006"
    return {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{relations}'
        f'<Relationship Id="rId9" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }
