"""Reads `events.csv` and `sources.csv` of a case folder, row by row, with the line of every fault."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import get_args

from watchgap.base.errors import Fault
from watchgap.base.time import Span, days_since, parse_span
from watchgap.case.files import decode, read_raw
from watchgap.case.quantity import Grade
from watchgap.ledger.record import KINDS, Entry, Kind, Source, Timing

EVENTS_FILE = "events.csv"
SOURCES_FILE = "sources.csv"
MOST_ROWS = 200_000
LARGEST_LEDGER_FILE = 64_000_000
MOST_FAULTS = 1_000

_COLUMNS = (
    "id", "kind", "subject", "from", "to", "timing", "recorded", "detail", "sources", "grade", "read",
    "quote", "note", "supersedes",
)  # fmt: skip
_NEEDED = ("id", "kind", "subject", "from", "sources", "grade")
_SOURCE_COLUMNS = ("key", "title", "publisher", "date", "url", "read", "note")
_GRADES = get_args(Grade)
_TIMINGS: dict[str, Timing] = {timing: timing for timing in get_args(Timing)}

Row = tuple[int, dict[str, str]]
Complaint = tuple[str, str]


def read_events(folder: Path, origin: date) -> tuple[tuple[Entry, ...], int, str, tuple[Fault, ...]]:
    """Read the facts of a case folder: entries in file order, rows read, digest of the file, and faults."""
    raw, text, faults = _read(folder / EVENTS_FILE)
    if faults:
        return (), 0, "", faults
    entries: list[Entry] = []
    found: list[Fault] = []
    seen: dict[str, int] = {}
    rows = 0
    for line, row in _rows(text, EVENTS_FILE, _COLUMNS, found):
        rows += 1
        wrong: list[Complaint] = []
        name = row["id"]
        if name and seen.setdefault(name, line) != line:
            wrong.append((f"the id '{name}' stands also on line {seen[name]}", "give each fact its own id"))
        entry = _entry(row, line, origin, wrong)
        if entry is not None:
            entries.append(entry)
        found.extend(Fault(EVENTS_FILE, line, problem, remedy) for problem, remedy in wrong)
    return tuple(entries), rows, hashlib.sha256(raw).hexdigest(), tuple(found)


def read_sources(folder: Path) -> tuple[dict[str, Source], tuple[Fault, ...]]:
    """Read the documents that a case folder cites, by key, and the faults."""
    _, text, faults = _read(folder / SOURCES_FILE)
    if faults:
        return {}, faults
    found: list[Fault] = []
    sources: dict[str, Source] = {}
    for line, row in _rows(text, SOURCES_FILE, _SOURCE_COLUMNS, found):
        source = Source(**row)
        if not source.key or not source.title:
            found.append(Fault(SOURCES_FILE, line, "the source has no key or no title", "give it both"))
        if source.key in sources:
            problem = f"the key '{source.key}' stands twice"
            found.append(Fault(SOURCES_FILE, line, problem, "keep one row for each source"))
        sources.setdefault(source.key, source)
    return sources, tuple(found)


def _read(path: Path) -> tuple[bytes, str, tuple[Fault, ...]]:
    raw, faults = read_raw(path, largest=LARGEST_LEDGER_FILE)
    if faults:
        return b"", "", faults
    text, faults = decode(raw, path.name)
    return raw, text, faults


def _lines(text: str) -> Iterator[str]:
    # Not `splitlines`: it also splits at characters that may stand in a cell, and makes all lines at once.
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin) + 1 or len(text)
        yield text[begin:end]
        begin = end


def _rows(text: str, file: str, columns: tuple[str, ...], faults: list[Fault]) -> Iterator[Row]:
    """Give the rows that are well formed, with their first lines, and add faults for the others.

    Ends early when there are `MOST_FAULTS` faults, whoever added them.
    """
    reader = csv.reader(_lines(text), strict=True)
    begin = 1
    try:
        header = [cell.strip() for cell in next(reader)]
        if sorted(header) != sorted(columns):
            remedy = f"the header is {','.join(columns)}"
            faults.append(Fault(file, 1, _header_problem(header, columns), remedy))
            return
        begin = reader.line_num + 1
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
            yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        if next(reader, None) is not None:
            problem = f"the file has more than {MOST_ROWS} rows"
            faults.append(Fault(file, begin, problem, "split the case, or keep only the facts that it needs"))
    except csv.Error as error:
        # The reader gives up far below a quote that is not closed: what helps is where its row begins.
        remedy = "mend the quotes of the row that begins here"
        faults.append(Fault(file, begin, f"this is not CSV ({error})", remedy))


def _header_problem(header: list[str], columns: tuple[str, ...]) -> str:
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    parts = [
        f"{words} {', '.join(repr(name) for name in names)}"
        for words, names in (("lacks", missing), ("has unknown", unknown), ("has twice", twice))
        if names
    ]
    return f"the header {' and '.join(parts)}"


def _entry(row: dict[str, str], line: int, origin: date, wrong: list[Complaint]) -> Entry | None:
    """Make the entry of a row, or add all that is wrong with the row."""
    empty = [name for name in _NEEDED if not _parts(row[name])]
    wrong += [(f"the cell '{name}' is empty", f"every fact needs '{name}'") for name in empty]
    kind = KINDS.get(row["kind"])
    if row["kind"] and kind is None:
        wrong.append((f"unknown kind '{row['kind']}'", f"use one of {', '.join(KINDS)}"))
    if row["grade"] and row["grade"] not in _GRADES:
        wrong.append((f"unknown grade '{row['grade']}'", "use A, B, C or D"))
    span = _span(row, wrong)
    recorded = _date("recorded", row["recorded"], wrong)
    detail = _detail(kind, row["detail"], wrong) if kind is not None else {}
    if wrong or span is None:
        return None
    return Entry(
        id=row["id"],
        kind=row["kind"],
        subjects=_parts(row["subject"]),
        first=days_since(origin, span.first),
        last=days_since(origin, span.last),
        timing=_TIMINGS[row["timing"] or "at"],
        recorded=(recorded or span).last.date(),
        sources=_parts(row["sources"]),
        grade=row["grade"],
        read=row["read"],
        detail=detail,
        quote=row["quote"],
        note=row["note"],
        supersedes=row["supersedes"],
        line=line,
    )


def _span(row: dict[str, str], wrong: list[Complaint]) -> Span | None:
    first = _date("from", row["from"], wrong)
    last = _date("to", row["to"], wrong) if row["to"] else first
    timing = row["timing"]
    if timing and timing not in _TIMINGS:
        wrong.append((f"unknown timing '{timing}'", f"use one of {', '.join(_TIMINGS)}"))
    if first is None or last is None:
        return None
    span = Span(first.first, last.last)
    if last.first < first.first or span.last < span.first:
        problem = f"the interval runs backwards, from {row['from']} to {row['to']}"
        wrong.append((problem, "put the earlier date first"))
    elif span.first < span.last and not timing:
        remedy = "say 'during' (it lasted) or 'between' (date unknown)"
        wrong.append(("the fact has an interval but no timing", remedy))
    elif span.first < span.last and timing == "at":
        wrong.append(("the fact is 'at' an interval", "give one date, or say 'during' or 'between'"))
    return span


def _date(name: str, text: str, wrong: list[Complaint]) -> Span | None:
    if not text:
        return None
    try:
        return parse_span(text)
    except ValueError as error:
        problem, _, remedy = str(error).rpartition("; ")
        wrong.append((f"{name}: {problem}", remedy))
        return None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _detail(kind: Kind, text: str, wrong: list[Complaint]) -> dict[str, str]:
    detail: dict[str, str] = {}
    for part in _parts(text):
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not value:
            wrong.append((f"the detail '{part}' is not key=value", "write details as key=value; key=value"))
        elif key not in kind.keys:
            known = ", ".join(kind.keys) or "no details"
            wrong.append((f"'{kind.name}' takes no detail '{key}'", f"it takes {known}"))
        elif key in detail:
            wrong.append((f"the detail '{key}' stands twice", "keep one of them"))
        else:
            detail[key] = value
    missing = [key for key in kind.needs if key not in detail]
    wrong += [(f"'{kind.name}' lacks the detail {key}", f"add {key}=...") for key in missing]
    return detail
