"""Turns inventory changes into rows of facts for a ledger."""

import re
from collections.abc import Mapping, Sequence

from watchgap.accounting.mapping import Mapped
from watchgap.accounting.record import Code, Line, Report
from watchgap.accounting.tables import DIALECTS, codes_of
from watchgap.base.errors import Fault, FaultyInput
from watchgap.ledger.rows import FACT_COLUMNS

LONGEST_QUOTE = 2_000
_MOST_ITEMS = 10**9
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9._-]+")

Target = tuple[str, int | None, int | None]


def facts_of_reports(
    reports: Sequence[Report], mapping: Mapped, *, codes: Sequence[Code] = ()
) -> tuple[dict[str, str], ...]:
    """Give one row of a fact for each line of an inventory change report.

    Receipts become facts `received`, shipments `shipped`, all other changes `noted`, unless the mapping says
    otherwise. A line that replaces another supersedes its fact; a line that was only deleted is superseded by
    a fact `noted` that says so, because a ledger erases nothing.

    Parameters
    ----------
    reports : in their order; those of other types are passed over.
    mapping : what areas and key measurement points are in the case, the source, the grade and the prefix.
    codes : codes that add to the published ones or replace them.

    Returns
    -------
    Rows with the columns of `ledger.FACT_COLUMNS`. The quotation is the line as it stands, the page names the
    report and the line, and the fact was recorded on the date of the report.

    Raises
    ------
    FaultyInput : with every line whose area the mapping lacks, or that has no date or number.
    """
    rows: list[dict[str, str]] = []
    faults: list[Fault] = []
    listed = [(report, line) for report in reports if report.type == "I" for line in report.lines]
    ids = {_id(mapping, report.area, report.number, line.number, line.part) for report, line in listed}
    here = {(report.area, report.number) for report, _ in listed}
    replaced = {_target(report, line) for report, line in listed if line.correction != "D"}
    lists = {dialect: codes_of(dialect, codes)["change"] for dialect in DIALECTS}
    for report, line in listed:
        problem = _problem(report, line, mapping)
        if problem is not None:
            faults.append(Fault(report.file, max(line.line, 1), *problem))
        elif line.correction != "D" or _target(report, line) not in replaced:
            row = _row(report, line, mapping, lists[report.dialect])
            known = row["supersedes"] in ids or (report.area, line.previous_report) not in here
            rows.append(row if known else row | {"supersedes": ""})
    if faults:
        raise FaultyInput(tuple(sorted(set(faults))))
    return tuple(rows)


def _target(report: Report, line: Line) -> Target:
    return report.area, line.previous_report, line.previous_line


def _id(mapping: Mapped, area: str, report: int | None, line: int | None, part: int) -> str:
    """The id of the fact of a line; the same for the same line whenever it is read."""
    own = _NOT_IN_ID.sub("-", area)
    return f"{mapping.prefix}{own}-{report}-{line}{f'.{part}' if part > 1 else ''}"


def _problem(report: Report, line: Line, mapping: Mapped) -> tuple[str, str] | None:
    where = f"{report.name}, line {'?' if line.number is None else line.number}"
    if report.area not in mapping.areas:
        shown = report.area[:40]
        return f"{where}: the mapping has no area '{shown}'", f"add '{shown}' to `areas`"
    if report.number is None or line.number is None or line.day is None:
        return f"{where}: it has no number or no date", "mend the report; its faults say where"
    if line.correction == "D" and (line.previous_report is None or line.previous_line is None):
        return f"{where}: it does not say which line it deletes", "mend the report; its faults say where"
    return None


def _row(report: Report, line: Line, mapping: Mapped, codes: Mapping[str, Code]) -> dict[str, str]:
    code = codes.get(line.code)
    deletes = line.correction == "D"
    kind = "noted" if deletes else mapping.kinds.get(line.code) or (code.fact if code else "") or "noted"
    corrects = line.previous_report is not None and line.previous_line is not None
    place = mapping.points.get(f"{report.area}/{line.kmp}", mapping.areas[report.area])
    detail = {} if deletes else _detail(line, kind)
    filled = {
        "id": _id(mapping, report.area, report.number, line.number, line.part),
        "kind": kind,
        "subject": place,
        "from": "" if line.day is None else line.day.isoformat(),
        "recorded": "" if report.completed is None else report.completed.isoformat(),
        "detail": "; ".join(f"{key}={value}" for key, value in detail.items()),
        "sources": mapping.source,
        "grade": mapping.grade,
        "quote": line.raw.strip()[:LONGEST_QUOTE],
        "note": _note(report, line, code, detail),
        "supersedes": _id(mapping, report.area, line.previous_report, line.previous_line, line.part)
        if corrects
        else "",
        "page": f"{report.name}, line {line.number}",
    }
    return dict.fromkeys(FACT_COLUMNS, "") | filled


def _detail(line: Line, kind: str) -> dict[str, str]:
    """The details that a kind of fact takes; what cannot stand in a detail is left to the note."""
    weight = {}
    if line.element_weight is not None:
        weight = {"quantity": f"{line.element_weight:f}", "unit": line.unit.lower() or "g"}
    if kind == "noted":
        return weight
    items = {"items": str(line.items)} if line.items is not None and 0 < line.items < _MOST_ITEMS else {}
    named = {"batch": line.batch, "element": line.element}
    return items | {key: value for key, value in named.items() if value and ";" not in value} | weight


def _note(report: Report, line: Line, code: Code | None, detail: Mapping[str, str]) -> str:
    """What the line says beyond its details, in words."""
    parts = [f"{line.code} ({code.meaning})" if code is not None else line.code]
    if line.correction == "D":
        parts.insert(0, f"deletes line {line.previous_line} of report {line.previous_report}")
    said = {
        "from": line.area_from,
        "to": line.area_to,
        "area": report.area,
        "KMP": line.kmp,
        "items": "" if line.items is None else str(line.items),
        "batch": line.batch,
        "element": line.element,
        "fissile": _fissile(line),
        "form": " ".join(part for part in (line.form, line.container, line.state) if part),
        "measurement": line.measurement,
        "obligation": line.obligation,
    }
    parts += [f"{name} {value}" for name, value in said.items() if value and detail.get(name) != value]
    parts += [line.note] if line.note else []
    return "; ".join(part for part in parts if part)


def _fissile(line: Line) -> str:
    return "" if line.fissile_weight is None else f"{line.fissile_weight:f} g {line.isotope}".rstrip()
