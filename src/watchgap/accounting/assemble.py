"""Makes reports of records: reads each cell as its field says, and joins the lines of one report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from watchgap.accounting.contents import Problem, read_value
from watchgap.accounting.fields import HEADER, KINDS, LINE_FIELDS, WEIGHTS, is_header, unread_name
from watchgap.accounting.names import Names
from watchgap.accounting.record import REPORT_NAMES, Dialect, Field, Layout, Line, Report, Value
from watchgap.accounting.split import Cell, Record
from watchgap.base.errors import Fault

Values = dict[str, Value]


@dataclass(slots=True)
class _Reading:
    """One file on its way to reports."""

    layout: Layout
    dialect: Dialect
    file: str
    faults: list[Fault]
    names: Names
    unknown: Counter[str] = field(default_factory=Counter)
    first_seen: dict[str, int] = field(default_factory=dict)

    def fault(self, line: int, problem: str, rule: str) -> None:
        self.faults.append(self.names.fault(self.file, line, problem, rule))


def assemble(
    records: Iterable[Record], dialect: Dialect, layout: Layout, faults: list[Fault], *, file: str
) -> tuple[Report, ...]:
    """Make the reports of a file, in their order, and add a fault for every cell that cannot be read."""
    reading = _Reading(layout, dialect, file, faults, Names(layout, dialect))
    by_tag = {kind: _fields_by_tag(layout, kind) for kind in REPORT_NAMES}
    reports: list[tuple[Report, list[Line]]] = []
    current: Values = {}
    for record in records:
        kind = _kind_of(record, by_tag, current)
        if kind is None:
            _tell_kind(reading, record, by_tag)
            # What cannot be understood is kept as it stands.
            report = Report(dialect=dialect, file=file, line=record.line)
            reports.append((report, [Line(raw=record.raw, line=record.line, other=_as_text(record.cells))]))
            continue
        header, lines = _values(record, by_tag[kind], kind, reading)
        header["report_type"] = kind
        begun = _continues(current, header)
        if not begun:
            current = header
            reports.append((_report(current, dialect, file, record.line), []))
        elif clash := _clash(current, header):
            where = f"{_where(kind, current, {})}, {reading.names.tag(kind, clash)}"
            problem = f"{where} differs from that of the report's first line"
            reading.fault(record.line, problem, "one-header")
        else:
            current |= header
            reports[-1] = (_report(current, dialect, file, reports[-1][0].line), reports[-1][1])
        reports[-1][1].extend(lines)
    _tell_unknown(reading)
    return tuple(replace(report, lines=tuple(lines)) for report, lines in reports)


def _fields_by_tag(layout: Layout, kind: str) -> dict[str, Field]:
    return {field.tag: field for field in layout.fields if not field.reports or kind in field.reports}


def _kind_of(record: Record, by_tag: Mapping[str, Mapping[str, Field]], current: Values) -> str | None:
    """The type of report that a record says it is of, or that of the record before if it says nothing."""
    said = set()
    silent = True
    for kind, tags in by_tag.items():
        for cell in record.cells:
            found = tags.get(cell.tag)
            if found is None or "report_type" not in found.field.split("/"):
                continue
            silent = False
            part = cell.text.split("/")[found.field.split("/").index("report_type") :][:1]
            said.update({kind} & {text.strip() for text in part})
    if len(said) == 1:
        return said.pop()
    kind_before = current.get("report_type")
    return str(kind_before) if silent and kind_before else None


def _values(
    record: Record, fields: Mapping[str, Field], kind: str, reading: _Reading
) -> tuple[Values, list[Line]]:
    """Read the cells of a record: the values of its header, and its lines, one for each weight."""
    header: Values = {}
    common: Values = {}
    parts: list[Values] = [{}]
    unread: list[Values] = [{}, {}]
    for cell in record.cells:
        found = fields.get(cell.tag)
        if found is None:
            common[cell.tag] = cell.text
            _note_unknown(reading, cell)
            continue
        for name, value, problem in _read_cell(cell, found):
            if problem is not None:
                where = f"{_where(kind, header, common)}, {reading.names.tag(kind, name)}: {problem[0]}"
                reading.faults.append(Fault(reading.file, cell.line, where, f"{problem[1]} [content]"))
                unread[not is_header(name)][name] = value
                continue
            place = header if is_header(name) else parts[-1] if name in WEIGHTS else common
            if name in place and name in WEIGHTS:
                parts.append({})
                place = parts[-1]
            if name in place:
                where = f"{_where(kind, header, common)}, {reading.names.tag(kind, name)} stands twice"
                reading.fault(cell.line, where, "one-header")
                continue
            place[name] = value
    # What could not be read is kept as text, under a name that no value has.
    header |= {unread_name(name): text for name, text in unread[0].items()}
    common |= {unread_name(name): text for name, text in unread[1].items()}
    if not common and parts == [{}]:
        return header, []
    return header, [_line(common | part, number, record) for number, part in enumerate(parts, start=1)]


def _read_cell(cell: Cell, found: Field) -> Iterator[tuple[str, Value, Problem | None]]:
    """Give each field of a cell with its value, or with its text and what is wrong with it."""
    names, contents = found.field.split("/"), found.content.split("/")
    texts = [text.strip() for text in cell.text.split("/")] if len(names) > 1 else [cell.text]
    if len(texts) != len(names):
        problem = f"'{cell.text[:40]}' has {len(texts)} parts"
        yield names[0], cell.text, (problem, f"give {len(names)}, with '/' between them")
        return
    for name, content, text in zip(names, contents, texts, strict=True):
        if text:
            value, problem_found = read_value(text, content)
            # Only what is counted, added or ordered becomes more than text.
            yield name, value if value is not None and name in KINDS else text, problem_found


def _where(kind: str, header: Values, common: Values) -> str:
    number = header.get("report_number", "")
    shown = f"report {kind}{f' {number}' if number != '' else ''}"
    return f"{shown}, line {common['number']}" if "number" in common else shown


def _continues(current: Values, header: Values) -> bool:
    """Whether a record goes on with the report of the one before."""
    if not current:
        return False
    keys = ("area", "report_type", "report_number")
    return all(current.get(key) == header.get(key, current.get(key)) for key in keys)


def _clash(current: Values, header: Values) -> str:
    return next((name for name in header if current.get(name, header[name]) != header[name]), "")


def _tell_kind(reading: _Reading, record: Record, by_tag: Mapping[str, Mapping[str, Field]]) -> None:
    """Say that the kind of report of a record is not known, and note its tags that are not."""
    said = ""
    for cell in record.cells:
        found = [tags[cell.tag] for tags in by_tag.values() if cell.tag in tags]
        if not found:
            _note_unknown(reading, cell)
        elif any("report_type" in field.field.split("/") for field in found):
            said = cell.text
    # Without any field there is one fault for the file, and none for each record.
    if reading.layout.fields:
        what = f"'{said[:40]}' is no kind of report" if said else "the record does not say of what kind it is"
        reading.fault(record.line, f"{what}; it is one of {', '.join(REPORT_NAMES)}", "needed")


def _report(values: Values, dialect: Dialect, file: str, line: int) -> Report:
    known: dict[str, Any] = {HEADER[name]: value for name, value in values.items() if name in HEADER}
    other = {name: str(value) for name, value in values.items() if name not in HEADER}
    return Report(**known, other=other, dialect=dialect, file=file, line=line)


def _line(values: Values, part: int, record: Record) -> Line:
    known: dict[str, Any] = {name: value for name, value in values.items() if name in LINE_FIELDS}
    other = {name: str(value) for name, value in values.items() if name not in LINE_FIELDS}
    return Line(**known, part=part, other=other, raw=record.raw, line=record.line)


def _as_text(cells: Sequence[Cell]) -> dict[str, str]:
    return {cell.tag: cell.text for cell in cells}


def _note_unknown(reading: _Reading, cell: Cell) -> None:
    reading.unknown[cell.tag] += 1
    reading.first_seen.setdefault(cell.tag, cell.line)


def _tell_unknown(reading: _Reading) -> None:
    """One fault for each tag that the layout lacks, at the first line that has it."""
    everywhere = {field.tag for field in reading.layout.fields}
    if not everywhere:
        return
    for tag, times in reading.unknown.items():
        word = "label" if reading.dialect == "code10-labelled" else "column"
        if tag in everywhere:
            problem = f"the {word} '{tag[:40]}' belongs to another kind of report"
        else:
            problem = f"the {word} '{tag[:40]}' is not in the table of fields ({reading.layout.file})"
        again = f"; it stands in {times} records, whose lines are kept as they are" if times > 1 else ""
        reading.fault(reading.first_seen[tag], problem + again, "tag")
