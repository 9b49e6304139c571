"""Writes reports in the form of a dialect, so that reading them gives them back."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO

from watchgap.accounting.contents import LONGEST, read_value, write_value
from watchgap.accounting.fields import HEADER, LINE_FIELDS, is_header
from watchgap.accounting.record import REPORT_NAMES, Dialect, Field, Layout, Line, Report, Value
from watchgap.accounting.split import same_tag
from watchgap.accounting.tables import published_layout
from watchgap.base.errors import OutOfRange
from watchgap.case.files import CONTROL

_UNFIT = re.compile(f"#|{CONTROL.pattern}")


def write_reports(reports: Sequence[Report], *, dialect: Dialect, layout: Layout | None = None) -> str:
    """Write reports; `read_reports` gives them back, but for raw texts and places in the file.

    Where one row or line of the file is one line of a report, each repeats the header. Only fields of the
    layout are written.

    Raises
    ------
    OutOfRange : if a value does not fit the content of its field, or a report has no known type.
    """
    shape = layout if layout is not None else published_layout(dialect)
    if dialect == "code10-labelled":
        return "".join(_labelled(report, shape) for report in reports)
    records = [list(_cells(report, line, shape)) for report in reports for line in report.lines or (Line(),)]
    if dialect == "uk":
        return _table(records, shape)
    return "".join(f"{_fixed(cells)}\n" for cells in records)


def _cells(report: Report, line: Line, layout: Layout) -> Iterator[tuple[Field, str]]:
    if report.type not in REPORT_NAMES:
        raise OutOfRange(f"'{report.type[:40]}' is no type of report; it is one of {', '.join(REPORT_NAMES)}")
    for field in layout.fields:
        if field.reports and report.type not in field.reports:
            continue
        named = zip(field.field.split("/"), field.content.split("/"), strict=True)
        texts = [_fitting(report, field, _value(report, line, name), content) for name, content in named]
        if any(texts):
            yield field, "/".join(texts)


def _fitting(report: Report, field: Field, value: Value | None, content: str) -> str:
    """A value as text, which has to be one that is read again."""
    if value is None or value == "":
        return ""
    text = write_value(value, content)
    _, problem = read_value(text, content)
    remedy = problem[1] if problem is not None else "use single spaces, and neither # nor control characters"
    if problem is not None or text != " ".join(text.split()) or _UNFIT.search(text):
        shown = f"{report.name}, '{field.tag}': {text[:40]!r} does not fit {content}"
        raise OutOfRange(f"{shown}; {remedy}")
    return text


def _value(report: Report, line: Line, name: str) -> Value | None:
    if is_header(name):
        return getattr(report, HEADER[name]) if name in HEADER else report.other.get(name, "")
    value: Value | None = getattr(line, name) if name in LINE_FIELDS else line.other.get(name, "")
    return value


def _table(records: Sequence[Sequence[tuple[Field, str]]], layout: Layout) -> str:
    tags = {same_tag(field.tag): field.tag for field in layout.fields}
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(tags.values())
    for cells in records:
        filled = {same_tag(field.tag): content for field, content in cells}
        writer.writerow(filled.get(tag, "") for tag in tags)
    return text.getvalue()


def _labelled(report: Report, layout: Layout) -> str:
    """The header of a report on a line of its own, and each of its entries on the next ones."""
    lines = [list(_cells(report, line, layout)) for line in report.lines or (Line(),)]
    headed = [[cell for cell in cells if is_header(cell[0].field.split("/")[0])] for cells in lines]
    entries = [
        [cell for cell in cells if cell not in head] for cells, head in zip(lines, headed, strict=True)
    ]
    return "".join(
        "".join(f"{field.tag}:{content}#" for field, content in cells) + "\n"
        for cells in (headed[0], *entries)
        if cells
    )


def _fixed(cells: Sequence[tuple[Field, str]]) -> str:
    row = [" "] * LONGEST
    for field, content in cells:
        first, _, last = field.tag.partition("-")
        begin, end = int(first) - 1, int(last)
        if len(content) > end - begin:
            raise OutOfRange(
                f"'{content[:40]}' does not fit columns {field.tag}; it has {len(content)} places"
            )
        row[begin:end] = content.ljust(end - begin)
    return "".join(row).rstrip()
