"""Cuts the text of a file into records of tagged cells, without knowing what they mean.

A record is what makes one line of a report, perhaps with the header of the report. Where the text cannot be
cut there is a fault with its line, and the cutting goes on behind it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from watchgap.accounting.contents import LONGEST
from watchgap.accounting.fields import is_header
from watchgap.accounting.record import Dialect, Layout
from watchgap.base.errors import Fault
from watchgap.ledger.rows import MOST_FAULTS

MOST_RECORDS = 100_000
MOST_CELLS = 1_000
_ELEMENT = re.compile(r"([A-Za-z0-9_-]{1,20})[ \t]*:")
_BETWEEN = re.compile(r"[\s#]*")
_NEXT = re.compile(r"\n[ \t]*([A-Za-z0-9_-]{1,20})[ \t]*:")
_SPACE = re.compile(r"\s+")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Cell:
    """A tag of the layout and the text that stands there, without the space around it."""

    tag: str
    text: str
    line: int


@dataclass(slots=True)
class Record:
    """The cells of one record, in their order, and the record as it stands in the file."""

    cells: list[Cell]
    raw: str
    line: int


def split(text: str, dialect: Dialect, layout: Layout, faults: list[Fault], *, file: str) -> Iterator[Record]:
    """Cut a text into at most `MOST_RECORDS` records, and add a fault for what cannot be cut.

    Records are cut as they are asked for. It ends early when there are `MOST_FAULTS` faults, whoever added
    them.
    """
    text = _LINE_END.sub("\n", text)
    cut = {"uk": _table, "code10-fixed": _fixed, "code10-labelled": _labelled}[dialect]
    for number, record in enumerate(cut(text, layout, faults, file)):
        if number == MOST_RECORDS:
            problem = f"the file has more than {MOST_RECORDS} records"
            faults.append(Fault(file, record.line, problem, "split it"))
            return
        yield record


def same_tag(tag: str) -> str:
    """A tag without what does not matter: capitals, and whether words are joined by spaces, - or _."""
    return " ".join(tag.replace("_", " ").replace("-", " ").casefold().split())


def _table(text: str, layout: Layout, faults: list[Fault], file: str) -> Iterator[Record]:
    """Cut a table whose columns are named by tags: one row is one line of a report, with its header."""
    lines = text.split("\n")
    separator = max(",;\t", key=lines[0].count)
    reader = csv.reader((f"{line}\n" for line in lines), strict=True, delimiter=separator)
    names = {same_tag(field.tag): field.tag for field in layout.fields}
    begin = 1
    try:
        header = next(reader)
        if len(header) > MOST_CELLS:
            faults.append(Fault(file, 1, f"the table has {len(header)} columns", f"use at most {MOST_CELLS}"))
            return
        tags = [names.get(same_tag(cell), cell.strip()) for cell in header]
        twice = sorted(tag for tag, times in Counter(tags).items() if times > 1)
        if twice:
            faults += [Fault(file, 1, f"the column '{tag[:40]}' stands twice", "keep one") for tag in twice]
            return
        begin = reader.line_num + 1
        for cells in reader:
            first, begin = begin, reader.line_num + 1
            if len(faults) >= MOST_FAULTS:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(tags):
                problem = f"the row has {len(cells)} cells under {len(tags)} columns"
                remedy = (
                    f"quote cells that hold '{separator}'" if len(cells) > len(tags) else "add empty cells"
                )
                faults.append(Fault(file, first, problem, remedy))
                continue
            filled = [
                Cell(tag, cell.strip(), first) for tag, cell in zip(tags, cells, strict=True) if cell.strip()
            ]
            yield Record(filled, "\n".join(lines[first - 1 : begin - 1]), first)
    except csv.Error as error:
        faults.append(Fault(file, begin, f"this is not CSV ({error})", "mend the quotes of this row"))


def _fixed(text: str, layout: Layout, faults: list[Fault], file: str) -> Iterator[Record]:
    """Cut each line of the file at the columns that the layout gives to its kind of report."""
    spans = {field.tag: _span(field.tag) for field in layout.fields}
    kinds = [field for field in layout.fields if "report_type" in field.field.split("/")]
    for number, raw in enumerate(text.split("\n"), start=1):
        if len(faults) >= MOST_FAULTS:
            return
        if not raw.strip():
            continue
        found = {raw[slice(*spans[kind.tag])].strip() for kind in kinds} & {"I", "P", "M"}
        kind = found.pop() if len(found) == 1 else ""
        fields = [field for field in layout.fields if not field.reports or kind in field.reports]
        rest = list(raw)
        cells = []
        for field in fields:
            begin, end = spans[field.tag]
            if part := raw[begin:end].strip():
                cells.append(Cell(field.tag, part, number))
            rest[begin:end] = " " * len(rest[begin:end])
        if fields and (stray := "".join(rest).strip()):
            problem = f"'{stray[:40]}' stands in columns that {layout.file} gives no meaning"
            faults.append(Fault(file, number, problem, "move it into the columns of its field"))
        yield Record(cells, raw, number)


def _span(tag: str) -> tuple[int, int]:
    first, _, last = tag.partition("-")
    return int(first) - 1, int(last)


def _labelled(text: str, layout: Layout, faults: list[Fault], file: str) -> Iterator[Record]:
    """Cut elements `label:content#`, and gather them into records.

    A record begins with the first element, with an element of the header after one of a line, and with a line
    number after another.
    """
    headers, numbers = set(), set()
    for field in layout.fields:
        names = field.field.split("/")
        headers.update([field.tag] if any(is_header(name) for name in names) else [])
        numbers.update([field.tag] if "number" in names else [])
    record: Record | None = None
    begin = end = 0
    for cell, first, last in _elements(text, headers | {field.tag for field in layout.fields}, faults, file):
        if record is not None and len(record.cells) == MOST_CELLS:
            problem = f"the record has more than {MOST_CELLS} elements"
            faults.append(Fault(file, cell.line, problem, "begin a line of a report with its number"))
            break
        # Without labels that are known, a line of the file is all that can be kept together.
        alone = not layout.fields and record is not None and record.cells[-1].line != cell.line
        if record is not None and (alone or _begins(cell.tag, record, headers, numbers)):
            record.raw = text[begin:end]
            yield record
            record = None
        if record is None:
            record, begin = Record([], "", cell.line), first
        record.cells.append(cell)
        end = last
    if record is not None:
        record.raw = text[begin:end]
        yield record


def _begins(tag: str, record: Record, headers: set[str], numbers: set[str]) -> bool:
    last = record.cells[-1].tag
    if tag in numbers and tag not in headers:
        return any(cell.tag in numbers for cell in record.cells)
    return tag in headers and last not in headers


def _elements(text: str, known: set[str], faults: list[Fault], file: str) -> Iterator[tuple[Cell, int, int]]:
    """Give the elements of a text, each with where it begins and ends."""
    line, counted, close = 1, 0, -1
    here = _after_space(text, 0)
    while here < len(text) and len(faults) < MOST_FAULTS:
        line += text.count("\n", counted, here)
        counted = begin = here
        if close < here:
            close = text.find("#", here)
            close = len(text) if close < 0 else close
        match = _ELEMENT.match(text, here, close)
        if match is None:
            stray = _SPACE.sub(" ", text[here : min(close, here + LONGEST)]).strip()
            faults.append(Fault(file, line, f"'{stray[:40]}' is no element", "write label:content#"))
            here = _after_space(text, close)
            continue
        end = _end(text, match.end(), close, known)
        if end < close or close == len(text):
            problem = f"the element of label '{match[1]}' has no end"
            faults.append(Fault(file, line, problem, "close it with #"))
        content = text[match.end() : min(end, match.end() + LONGEST)]
        if end - match.end() > LONGEST:
            problem = f"the element of label '{match[1]}' has {end - match.end()} characters"
            faults.append(Fault(file, line, problem, f"use at most {LONGEST}"))
        yield Cell(match[1], _SPACE.sub(" ", content).strip(), line), begin, min(end + 1, len(text))
        here = _after_space(text, end)


def _after_space(text: str, begin: int) -> int:
    """Where the next element may begin; an empty one is passed over like space."""
    match = _BETWEEN.match(text, begin)
    return match.end() if match is not None else begin


def _end(text: str, begin: int, close: int, known: set[str]) -> int:
    """Where a content ends: at its #, or before it where a line of the file begins with a known label."""
    for match in _NEXT.finditer(text, begin, close):
        if match[1] in known:
            return match.start()
    return close
