"""The one loader of the tables of fields, codes and rules, and of the tables that a user gives."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from watchgap.accounting.contents import content_problem
from watchgap.accounting.fields import NEEDED, field_problem
from watchgap.accounting.record import REPORT_NAMES, Code, Dialect, Field, Layout, Rule
from watchgap.base.errors import Fault, FaultyInput, UnknownName
from watchgap.case.files import decode, read_raw

DIALECTS: tuple[Dialect, ...] = ("code10-labelled", "code10-fixed", "uk")
LARGEST_TABLE = 1_000_000
_LISTS = ("change", "balance", "element", "isotope", "unit", "measurement", "form", "correction")
_FACTS = ("received", "shipped", "loaded", "discharged", "noted")
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,20}")
_COLUMNS = re.compile(r"([1-9][0-9]{0,3})-([1-9][0-9]{0,3})")
_FIELD_COLUMNS = ("reports", "tag", "field", "content", "source", "known")
_CODE_COLUMNS = (
    "list", "code", "meaning", "direction", "area_from", "area_to", "fact", "dialect", "source", "known",
)  # fmt: skip


def _shipped(name: str) -> list[dict[str, str]]:
    text = files("watchgap.accounting").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def rules() -> dict[str, Rule]:
    """All rules that reports have to keep, by id."""
    return {row["id"]: Rule(**row) for row in _shipped("rules.csv")}


@cache
def published_codes() -> tuple[Code, ...]:
    """All codes that public sources give, each with its source."""
    return tuple(Code(**row) for row in _shipped("codes.csv"))


def published_layout(dialect: Dialect) -> Layout:
    """The fields of a dialect as far as they are public.

    The UK schedule is complete. The labels and columns of Code 10 stand in a document of which only the first
    page could be read, and each State has its own version: its layout has no field, and a user gives one.

    Raises UnknownName for another dialect.
    """
    if dialect not in DIALECTS:
        raise UnknownName(f"no dialect '{dialect}' is known; use one of {', '.join(DIALECTS)}")
    fields = tuple(Field(**row) for row in _shipped("uk.csv")) if dialect == "uk" else ()
    return Layout(fields, "uk.csv" if dialect == "uk" else "none")


def codes_of(dialect: Dialect, extra: Sequence[Code] = ()) -> dict[str, dict[str, Code]]:
    """The codes of a dialect by list and code; those of a user stand before published ones."""
    found: dict[str, dict[str, Code]] = {name: {} for name in _LISTS}
    family = dialect.partition("-")[0]
    for code in (*published_codes(), *extra):
        if code.dialect in ("", family):
            found[code.list][code.code] = code
    return found


def read_layout(path: Path, dialect: Dialect) -> Layout:
    """Read a table of fields, such as that of a State's own Code 10.

    A CSV file with the columns reports, tag, field, content and, if there is something to say, source and
    known; see `Field`.

    Raises FaultyInput with every fault of the file.
    """
    faults: list[Fault] = []
    rows = _given(path, _FIELD_COLUMNS, faults)
    fields: list[Field] = []
    for line, row in rows:
        row["known"] = row["known"] or "own"
        problems = [*_tag_problems(row, dialect), *_row_problems(row)]
        faults += [Fault(path.name, line, problem, remedy) for problem, remedy in problems]
        fields.append(Field(**row))
    if not faults:
        faults = [
            Fault(path.name, 1, f"no row gives the field '{name}' to a {REPORT_NAMES[kind]}", "add the row")
            for kind, names in NEEDED.items()
            if any(kind in field.reports for field in fields)
            for name in names
            if not any(name in field.field.split("/") for field in fields if kind in (field.reports or kind))
        ]
        faults += _twice(fields, path.name)
    if faults:
        raise FaultyInput(tuple(faults))
    return Layout(tuple(fields), path.name)


def read_codes(path: Path) -> tuple[Code, ...]:
    """Read a list of codes that add to the published ones or replace them.

    A CSV file with the columns list, code and meaning and, where they are needed, direction, area_from,
    area_to, fact, dialect, source and known; see `Code`.

    Raises FaultyInput with every fault of the file.
    """
    faults: list[Fault] = []
    codes = []
    for line, row in _given(path, _CODE_COLUMNS, faults):
        code = Code(**row)
        allowed = {
            "list": (code.list, _LISTS),
            "direction": (code.direction, ("", "up", "down", "either")),
            "area_from": (code.area_from, ("", "yes")),
            "area_to": (code.area_to, ("", "yes")),
            "fact": (code.fact, ("", *_FACTS)),
            "dialect": (code.dialect, ("", "uk", "code10")),
        }
        for name, (value, words) in allowed.items():
            if value not in words:
                remedy = f"use one of {', '.join(repr(word) for word in words)}"
                faults.append(Fault(path.name, line, f"'{value[:40]}' is no {name}", remedy))
        if not code.code or (code.list == "change" and not code.direction):
            faults.append(Fault(path.name, line, "the code or its direction is empty", "give both"))
        codes.append(replace(code, known=code.known or "own"))
    if faults:
        raise FaultyInput(tuple(faults))
    return tuple(codes)


def _given(path: Path, columns: tuple[str, ...], faults: list[Fault]) -> list[tuple[int, dict[str, str]]]:
    raw, found = read_raw(path, largest=LARGEST_TABLE)
    text, wrong = decode(raw, path.name) if not found else ("", ())
    faults += [*found, *wrong]
    if faults:
        return []
    reader = csv.reader(text.split("\n"), strict=True)
    rows = []
    try:
        header = [cell.strip() for cell in next(reader)]
        missing = [name for name in columns[:3] if name not in header]
        unknown = [name for name in header if name not in columns]
        if missing or unknown or len(set(header)) < len(header):
            problem = f"the header is {','.join(header)[:120]}"
            faults.append(Fault(path.name, 1, problem, f"write {','.join(columns)}; each once"))
            return []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problem = f"the row has {len(cells)} cells under {len(header)} columns"
                faults.append(Fault(path.name, reader.line_num, problem, "add or quote cells"))
                continue
            row = dict.fromkeys(columns, "") | {
                name: cell.strip() for name, cell in zip(header, cells, strict=True)
            }
            rows.append((reader.line_num, row))
    except csv.Error as error:
        faults.append(Fault(path.name, reader.line_num, f"this is not CSV ({error})", "mend the quotes"))
    if not rows and not faults:
        faults.append(Fault(path.name, 1, "the table has no rows", "add them"))
    return rows


def _tag_problems(row: dict[str, str], dialect: Dialect) -> list[tuple[str, str]]:
    tag = row["tag"]
    shown = tag[:40]
    if dialect == "code10-labelled" and not _LABEL.fullmatch(tag):
        return [(f"'{shown}' is not a label", "use up to 20 letters, digits, - and _")]
    if dialect == "code10-fixed":
        match = _COLUMNS.fullmatch(tag)
        if match is None or int(match[1]) > int(match[2]):
            return [(f"'{shown}' is not a range of columns", "write the first and the last, such as 12-15")]
    return [] if tag else [("the tag is empty", "give the name of the column")]


def _row_problems(row: dict[str, str]) -> list[tuple[str, str]]:
    problems = []
    if unknown := sorted(set(row["reports"]) - set(REPORT_NAMES)):
        problems.append(
            (f"'{''.join(unknown)[:40]}' is no kind of report", "use I, P and M, or leave it empty")
        )
    names, contents = row["field"].split("/"), row["content"].split("/")
    if len(names) != len(contents):
        remedy = "join as many contents as fields with '/'"
        return [*problems, (f"there are {len(names)} fields and {len(contents)} contents", remedy)]
    for name, content in zip(names, contents, strict=True):
        problem = content_problem(content) or field_problem(name, content)
        if problem:
            problems.append(problem)
    return problems


def _twice(fields: list[Field], file: str) -> list[Fault]:
    faults = []
    for kind in REPORT_NAMES:
        of_kind = [field for field in fields if not field.reports or kind in field.reports]
        names = [name for field in of_kind for name in field.field.split("/")]
        tags = [field.tag for field in of_kind]
        for word, values in (("field", names), ("tag", tags)):
            for value in sorted({value for value in values if values.count(value) > 1}):
                problem = f"the {word} '{value}' stands twice for a {REPORT_NAMES[kind]}"
                faults.append(Fault(file, 1, problem, "keep one row"))
    return faults
