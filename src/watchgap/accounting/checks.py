"""Holds one report against the rules: its header, its lines, and how they go together."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from watchgap.accounting.fields import HEADER, NEEDED, is_header, unread_name
from watchgap.accounting.names import Names
from watchgap.accounting.record import REPORT_NAMES, Code, Line, Report
from watchgap.base.errors import Fault

Codes = Mapping[str, Mapping[str, Code]]
Found = tuple[int, str, str]
_Said = tuple[str, str, str]

_ENRICHED = frozenset("EHL")
_URANIUM = frozenset("EHLND")
_KILO = Decimal(1000)


def check_report(report: Report, codes: Codes, names: Names) -> Iterator[Fault]:
    """Give everything that is wrong within one report; nothing is said of one whose kind is not known."""
    if report.type not in REPORT_NAMES:
        return
    checks = (_needed, _header, _numbers, _once)
    for check in checks:
        for line, problem, rule in check(report, names):
            yield names.fault(report.file, line, problem, rule)
    for entry in report.lines:
        for line, problem, rule in _line(report, entry, codes, names):
            yield names.fault(report.file, line, problem, rule)


def grams(weight: Decimal, unit: str) -> Decimal:
    """Give a weight [g]; without a unit it is in [g]."""
    return weight * _KILO if unit.upper() == "KG" else weight


def _needed(report: Report, names: Names) -> Iterator[Found]:
    for name in NEEDED[report.type]:
        if is_header(name):
            if getattr(report, HEADER[name]) in ("", None) and unread_name(name) not in report.other:
                yield report.line, f"{names.where(report, None, name)} is not given", "needed"
        else:
            for line in report.lines:
                if getattr(line, name) in ("", None) and unread_name(name) not in line.other:
                    yield line.line, f"{names.where(report, line, name)} is not given", "needed"


def _header(report: Report, names: Names) -> Iterator[Found]:
    if report.first and report.last and report.last < report.first:
        problem = f"{names.where(report, None, 'last')}: {report.last} is before {report.first}"
        yield report.line, problem, "period"
    end = report.taking or report.last
    if report.completed and end and report.completed < end:
        problem = (
            f"{names.where(report, None, 'report_date')}: {report.completed} is before {end}, when it ends"
        )
        yield report.line, problem, "period"


def _numbers(report: Report, names: Names) -> Iterator[Found]:
    entries = [line for line in report.lines if line.part == 1]
    if report.lines_stated is not None and report.lines_stated != len(entries):
        where = names.where(report, None, "lines_stated")
        yield (
            report.line,
            f"{where} is {report.lines_stated}, and there are {len(entries)} lines",
            "line-count",
        )
    expected = 1
    for line in entries:
        if line.number is None:
            expected += 1
            continue
        if line.number != expected:
            where = names.where(report, line, "number")
            yield line.line, f"{where} is {line.number}, and {expected} comes next", "line-number"
        expected = line.number + 1


def _once(report: Report, names: Names) -> Iterator[Found]:
    """Batches that a listing shows twice with nothing that tells them apart."""
    if report.type != "P":
        return
    shown: Counter[tuple[object, ...]] = Counter()
    for line in report.lines:
        if not line.batch or line.correction or line.previous_line is not None:
            continue
        kept = tuple(sorted(line.other.items()))
        key = (line.batch, line.kmp, line.element, line.isotope, line.obligation, line.form, line.container,
               line.state, line.measurement, kept)  # fmt: skip
        shown[key] += 1
        if shown[key] == 2:
            where = names.where(report, line, "batch")
            yield line.line, f"{where}: '{line.batch[:40]}' is listed twice", "batch-once"


def _line(report: Report, line: Line, codes: Codes, names: Names) -> Iterator[Found]:
    for problem, name, rule in (
        *_code(report, line, codes),
        *_lists(report, line, codes),
        *_date(report, line),
        *_weights(report, line, codes),
        *_correction(report, line, codes),
    ):
        yield line.line, f"{names.where(report, line, name)}{problem}", rule


def _code(report: Report, line: Line, codes: Codes) -> Iterator[_Said]:
    if report.type == "P" or not line.code:
        return
    known = codes["change"] if report.type == "I" else {**codes["change"], **codes["balance"]}
    code = known.get(line.code)
    if code is None:
        yield f": the code '{line.code[:40]}' is not in the list", "code", "code"
        return
    if report.type != "I":
        return
    for name, given, needed in (
        ("area_from", line.area_from, code.area_from),
        ("area_to", line.area_to, code.area_to),
    ):
        if needed and not given:
            yield f" is not given, and {line.code} needs it", name, "from-to"
        elif given and not needed and given != report.area:
            yield f": '{given[:40]}' stands at a change {line.code} ({code.meaning})", name, "from-to"


def _lists(report: Report, line: Line, codes: Codes) -> Iterator[_Said]:
    checked = [("element", line.element, "element"), ("isotope", line.isotope, "isotope")]
    if report.type != "M" and codes["measurement"]:
        checked.append(("measurement", line.measurement, "measurement"))
    if report.dialect != "uk":
        checked.append(("unit", line.unit.upper(), "unit"))
    for name, value, rule in checked:
        if value and value not in codes[name]:
            known = ", ".join(codes[name])
            yield f": '{value[:40]}' is not one of {known}", name, rule


def _date(report: Report, line: Line) -> Iterator[_Said]:
    corrects = line.correction or line.previous_line is not None
    if report.type != "I" or line.day is None or corrects:
        return
    first, last = report.first or date.min, report.last or date.max
    if not first <= line.day <= last:
        yield f": {line.day} lies outside {first} to {last}", "day", "date"


def _weights(report: Report, line: Line, codes: Codes) -> Iterator[_Said]:
    balance = codes["balance"].get(line.code)
    signed = report.type == "M" and balance is not None and balance.direction == "either"
    weights = {"element_weight": line.element_weight, "fissile_weight": line.fissile_weight}
    if not signed:
        for name, weight in weights.items():
            if weight is not None and weight < 0:
                yield f": {weight} is negative", name, "sign"
        known = line.unit.upper() in ("", *codes["unit"])
        if line.element_weight is not None and line.fissile_weight is not None and known:
            element = grams(line.element_weight, line.unit)
            if line.fissile_weight > element:
                problem = f": {line.fissile_weight} g is more than the {element} g of the element"
                yield problem, "fissile_weight", "fissile"
    yield from _isotopes(line, codes)


def _isotopes(line: Line, codes: Codes) -> Iterator[_Said]:
    if not line.element:
        return
    code = codes["element"].get(line.element)
    given = {"isotope": bool(line.isotope), "fissile_weight": line.fissile_weight is not None}
    missing = [name for name, there in given.items() if not there and unread_name(name) not in line.other]
    there = [name for name, there in given.items() if there]
    if line.element in _ENRICHED:
        meaning = code.meaning if code is not None else "enriched uranium"
        for name in missing:
            yield f" is not given, and {meaning} needs it", name, "isotope"
    elif line.element not in _URANIUM:
        for name in there:
            yield f" stands at element '{line.element[:40]}'", name, "isotope"
    elif missing and there:
        yield " is not given, and its companion is", missing[0], "isotope"


def _correction(report: Report, line: Line, codes: Codes) -> Iterator[_Said]:
    given = (line.previous_report is not None, line.previous_line is not None)
    letters = codes["correction"]
    if line.correction and letters and line.correction not in letters:
        yield f": '{line.correction[:40]}' is not one of {', '.join(letters)}", "correction", "correction"
    elif line.correction in ("D", "A") and not all(given):
        yield f" is not given, and a line {line.correction} needs it", _lacking(given), "correction"
    elif line.correction == "L" and any(given):
        yield " stands at a late line", "previous_line", "correction"
    elif not line.correction and any(given) and (report.dialect == "uk" or not all(given)):
        yield " is not given, and the line names another one", "correction", "correction"


def _lacking(given: tuple[bool, bool]) -> str:
    return "previous_line" if given[0] else "previous_report"
