"""Reads facts and sources from an XLSX workbook, a row at a time, with the cell of every fault.

openpyxl is not used here: it drops `x005F_` from every text, does not tell merged cells when it streams, and
raises whatever a damaged file leads it to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from watchgap.exchange.comma import header_fault, unknown_header
from watchgap.exchange.intake import Intake
from watchgap.exchange.numerals import Shown, shown_by, text_of
from watchgap.exchange.package import Attributes, Package, Unusable, unescaped
from watchgap.exchange.record import GIVEN_NUMBER, LONGEST_CELL, type_of
from watchgap.ledger import EntryType

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MOST_SHEETS = 100
_MOST_COLUMNS = 16_384
_SHOWN_NAME = 40
_LONGEST_STORED = 8 * LONGEST_CELL  # a character that is not plain takes seven
_CHOSEN = "write its value as text"


class _Enough(Exception):
    """No more rows are taken."""


@dataclass(slots=True)
class _Book:
    """What the cells of all sheets need to be understood."""

    strings: list[str] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    since_1904: bool = False


def take_workbook(raw: bytes, intake: Intake) -> None:
    """Take the rows of a workbook: one sheet of facts, one of sources, and others that are empty."""
    try:
        package = Package(raw)
        book, sheets = _open(package)
        done: dict[EntryType, str] = {}
        for name, part in sheets:
            sheet = _Sheet(name, book, intake, done)
            package.read(part, sheet.start, sheet.end, sheet.text)
    except Unusable as error:
        intake.fault(1, error.problem, error.remedy)
    except _Enough:
        return


def _open(package: Package) -> tuple[_Book, list[tuple[str, str]]]:
    """Read what stands around the sheets, and give the name and the part of each sheet."""
    book = _Book()
    main = next((target for kind, target in package.relations("").values() if kind == "officeDocument"), "")
    if not main:
        raise Unusable("this package is no workbook")
    relations = package.relations(main)
    listed: list[tuple[str, str]] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "workbookPr":
            book.since_1904 = attributes.get("date1904") in ("1", "true")
        elif element == "sheet":
            given = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            listed.append((unescaped(given.get("name", "")), given.get("id", "")))

    package.read(main, start)
    if len(listed) > _MOST_SHEETS:
        raise Unusable(f"the workbook has {len(listed)} sheets", f"keep at most {_MOST_SHEETS}")
    for kind, target in relations.values():
        if kind == "sharedStrings":
            _read_strings(package, target, book)
        elif kind == "styles":
            _read_formats(package, target, book)
    missing = next((name for name, identity in listed if identity not in relations), None)
    if missing is not None:
        raise Unusable(f"the sheet '{missing[:_SHOWN_NAME]}' is not in the package")
    parts = [(name, *relations[identity]) for name, identity in listed]
    return book, [(name, target) for name, kind, target in parts if kind == "worksheet"]


class _Texts:
    """Gathers the text of `t` and `v` elements; a text may come in runs, without how they are spoken."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.inside = False
        self.spoken = False

    def start(self, element: str) -> None:
        if element == "rPh":
            self.spoken = True
        else:
            self.inside = element in ("t", "v") and not self.spoken

    def text(self, part: str) -> None:
        if not self.inside:
            return
        self.size += len(part)
        if self.size > _LONGEST_STORED:
            raise Unusable(f"the workbook has a cell of more than {_LONGEST_STORED} characters", "shorten it")
        self.parts.append(part)

    def end(self, element: str) -> None:
        self.inside = False
        if element == "rPh":
            self.spoken = False

    def taken(self) -> str:
        """What was gathered since the last time."""
        text = "".join(self.parts)
        self.parts.clear()
        self.size = 0
        return text


def _read_strings(package: Package, part: str, book: _Book) -> None:
    texts = _Texts()

    def end(element: str) -> None:
        texts.end(element)
        if element == "si":
            book.strings.append(unescaped(texts.taken()))

    package.read(part, lambda element, _: texts.start(element), end, texts.text)


def _read_formats(package: Package, part: str, book: _Book) -> None:
    codes: dict[str, str] = {}
    inside = False

    def start(element: str, attributes: Attributes) -> None:
        nonlocal inside
        if element == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif element == "cellXfs":
            inside = True
        elif element == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            code = codes.get(number)
            known = number.isascii() and number.isdecimal() and len(number) < 10
            book.shown.append(shown_by(int(number), code) if known else Shown.OTHER)

    def end(element: str) -> None:
        nonlocal inside
        inside = inside and element != "cellXfs"

    package.read(part, start, end)


@dataclass(slots=True)
class _Cell:
    """A cell while it is read."""

    column: int
    type: str
    style: str
    formula: bool = False
    value: str = ""


def letters_of(column: int) -> str:
    """Name a column, counted from 1, as spreadsheets do."""
    letters = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _column_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _Sheet:
    """Reads one sheet: its header, then a row at a time."""

    def __init__(self, name: str, book: _Book, intake: Intake, done: dict[EntryType, str]) -> None:
        self.name = name[:_SHOWN_NAME]
        self.book = book
        self.intake = intake
        self.done = done
        self.kind: EntryType | None = None
        self.header: dict[int, str] = {}
        self.replaces = False
        self.row = 0
        self.cells: list[_Cell] = []
        self.cell: _Cell | None = None
        self.texts = _Texts()

    def place(self, column: int) -> str:
        return f"the cell {letters_of(column)}{self.row} of sheet '{self.name}'"

    # ------------------------------------------------------------ the elements

    def start(self, element: str, attributes: Attributes) -> None:
        if element == "c":
            self.cell = self.begin_cell(attributes)
        elif element == "row":
            self.begin_row(attributes.get("r"))
        elif self.cell is not None:
            self.texts.start(element)
            self.cell.formula = self.cell.formula or element == "f"
        elif element == "mergeCell":
            self.merged(attributes.get("ref", ""))

    def text(self, part: str) -> None:
        if self.cell is not None:
            self.texts.text(part)

    def end(self, element: str) -> None:
        if element == "row":
            self.take_row()
        elif self.cell is None:
            return
        elif element == "c":
            self.cell.value = self.texts.taken()
            if self.cell.value or self.cell.formula:
                self.cells.append(self.cell)
            self.cell = None
        else:
            self.texts.end(element)

    def begin_row(self, given: str | None) -> None:
        number = self.row + 1 if given is None else _number(given)
        if number <= self.row:
            raise Unusable(f"the rows of sheet '{self.name}' are out of order after row {self.row}")
        self.row = number
        self.cells = []

    def begin_cell(self, attributes: Attributes) -> _Cell:
        before = self.cells[-1].column if self.cells else 0
        column = before + 1
        if reference := attributes.get("r"):
            found = _REFERENCE.fullmatch(reference)
            column = _column_of(found[1]) if found and int(found[2]) == self.row else 0
        if not before < column <= _MOST_COLUMNS:
            raise Unusable(f"the cells of row {self.row} of sheet '{self.name}' are out of order")
        return _Cell(column, attributes.get("t", "n"), attributes.get("s", "0"))

    def merged(self, reference: str) -> None:
        found = _REFERENCE.match(reference)
        problem = f"the cells {reference[:20]} of sheet '{self.name}' are merged"
        self.intake.fault(int(found[2]) if found else 1, problem, "split them, and fill in each cell")

    # ------------------------------------------------------------ the rows

    def take_row(self) -> None:
        """Take a finished row: the first one that is not empty is the header."""
        before = len(self.intake.faults)
        texts = {cell.column: self.value_of(cell) for cell in self.cells}
        texts = {column: text for column, text in texts.items() if text.strip()}
        sound = len(self.intake.faults) == before
        if not self.header and (texts or not sound):
            self.take_header(texts)
        elif texts and sound and self.kind is not None:
            self.take_cells(self.kind, texts)
        if self.intake.over:
            raise _Enough

    def take_header(self, texts: Mapping[int, str]) -> None:
        self.header = {column: text.strip() for column, text in texts.items()} or {0: ""}
        names = list(self.header.values())
        kind = type_of(names)
        if kind is None:
            problem, remedy = unknown_header(names)
            self.intake.fault(self.row, f"sheet '{self.name}': {problem}", f"{remedy}; or empty the sheet")
        elif wrong := header_fault(names, kind):
            self.intake.fault(self.row, f"sheet '{self.name}': {wrong[0]}", wrong[1])
        elif kind in self.done:
            problem = f"the sheets '{self.done[kind]}' and '{self.name}' both hold {kind}s"
            self.intake.fault(self.row, problem, "put them into one sheet")
        else:
            self.done[kind] = self.name
            self.kind = kind
            self.replaces = GIVEN_NUMBER in names

    def take_cells(self, kind: EntryType, texts: Mapping[int, str]) -> None:
        columns = {name: column for column, name in self.header.items()}
        stray = [column for column in texts if column not in self.header]
        if stray:
            self.intake.fault(self.row, f"{self.place(stray[0])} stands under no column", "empty it")
            return
        self.intake.take(
            kind,
            self.row,
            {self.header[column]: text for column, text in texts.items()},
            replaces=self.replaces,
            naming=lambda name: f"{self.place(columns[name])} ('{name}')",
        )

    def value_of(self, cell: _Cell) -> str:
        """Give the text of a cell, or add a fault that names it."""
        try:
            return self.text_of(cell)
        except Unusable as error:
            self.intake.fault(self.row, f"{self.place(cell.column)} {error.problem}", error.remedy)
            return ""

    def text_of(self, cell: _Cell) -> str:
        if cell.formula:
            raise Unusable("is a formula", _CHOSEN)
        match cell.type:
            case "inlineStr" | "str" | "d":
                return unescaped(cell.value)
            case "s":
                place = _number(cell.value)
                if place >= len(self.book.strings):
                    raise Unusable("refers to a text that is not there")
                return self.book.strings[place]
            case "n":
                style = _number(cell.style)
                shown = self.book.shown[style] if style < len(self.book.shown) else Shown.NUMBER
                return text_of(cell.value, shown, since_1904=self.book.since_1904)
            case "b":
                raise Unusable("is a truth value", _CHOSEN)
            case "e":
                raise Unusable(f"is the error {cell.value[:20]}", _CHOSEN)
        raise Unusable(f"is of the unknown type '{cell.type[:20]}'", _CHOSEN)


def _number(text: str) -> int:
    """Read a number that counts rows, texts or formats of a workbook."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unusable(f"the workbook has '{text[:20]}' where a number stands")
    return int(text)
