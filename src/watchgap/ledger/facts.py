"""Makes facts and sources of rows, or says all that is wrong with a row."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import get_args

from watchgap.base.errors import Fault
from watchgap.base.time import Span, days_since, parse_span
from watchgap.case.quantity import Grade
from watchgap.ledger.record import KINDS, Entry, Kind, Source, Timing
from watchgap.ledger.rows import Row

Complaint = tuple[str, str]

_NEEDED = ("id", "kind", "subject", "from", "sources", "grade")
_GRADES = get_args(Grade)
_TIMINGS: dict[str, Timing] = {timing: timing for timing in get_args(Timing)}


def facts_of(
    rows: Iterable[Row],
    *,
    file: str,
    origin: date,
    faults: list[Fault],
    recorders: Mapping[int, str] = MappingProxyType({}),
) -> tuple[Entry, ...]:
    """Make the facts of rows, in their order, and add faults for the rows that give none.

    origin: first day of the case's period. recorders: who entered the row of a line, where that is known.
    Rows are made as they are asked for, so that a reader that counts faults sees those that are added here.
    """
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for line, row in rows:
        wrong: list[Complaint] = []
        name = row["id"]
        if name and seen.setdefault(name, line) != line:
            wrong.append((f"the id '{name}' stands also on line {seen[name]}", "give each fact its own id"))
        entry = _entry(row, line, file=file, origin=origin, wrong=wrong)
        if entry is not None:
            entries.append(replace(entry, recorder=recorders[line]) if line in recorders else entry)
        faults.extend(Fault(file, line, problem, remedy) for problem, remedy in wrong)
    return tuple(entries)


def sources_of(
    rows: Iterable[Row], *, file: str, faults: list[Fault], replaces: bool = False
) -> dict[str, Source]:
    """Make the sources of rows, by key, and add faults for keys that stand twice and rows without a title.

    replaces: whether a later row about a source takes the place of an earlier one, as in a ledger.
    """
    sources: dict[str, Source] = {}
    for line, row in rows:
        source = Source(**row)
        if not source.key or not source.title:
            faults.append(Fault(file, line, "the source has no key or no title", "give it both"))
        if replaces:
            sources.pop(source.key, None)
        if source.key in sources:
            problem = f"the key '{source.key}' stands twice"
            faults.append(Fault(file, line, problem, "keep one row for each source"))
        sources.setdefault(source.key, source)
    return sources


def _entry(
    row: dict[str, str], line: int, *, file: str, origin: date, wrong: list[Complaint]
) -> Entry | None:
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
        page=row["page"],
        file=file,
        line=line,
        recorded_said=bool(row["recorded"]),
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
