"""Holds the reports of one material balance area against each other."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from watchgap.accounting.checks import Codes, grams
from watchgap.accounting.names import Names
from watchgap.accounting.record import Line, Report
from watchgap.base.errors import Fault

_HALF = Decimal("0.5")
_OPENING, _BOOK, _CLOSING, _MISSING = "PB", "BA", "PE", "MF"
_DIFFERENCE, _ROUNDING = "DI", "RA"
_WEIGHTS = ("element_weight", "fissile_weight")


def check_areas(reports: Sequence[Report], codes: Codes, names: Names) -> tuple[Fault, ...]:
    """List everything that is wrong between the reports of each area.

    Sums are exact. Where a total has fewer places behind the point than what it sums, it may differ by half
    of its last place; a rounding adjustment RA adds its own amount to what is allowed.
    """
    faults: list[Fault] = []
    areas: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        if report.area and report.type and report.number is not None:
            areas[report.area].append(report)
    for of_area in areas.values():
        area = _Area(tuple(sorted(of_area, key=lambda report: report.number or 0)), codes, names)
        faults += area.numbers()
        faults += area.corrections()
        faults += area.batches()
        faults += area.balances()
    return tuple(faults)


def standing(reports: Sequence[Report]) -> list[tuple[Report, Line]]:
    """Give the lines that stand: not deleted or replaced by another, and no deletions themselves."""
    gone = {
        (report.area, line.previous_report, line.previous_line)
        for report in reports
        for line in report.lines
        if line.previous_report is not None and line.previous_line is not None
    }
    return [
        (report, line)
        for report in reports
        for line in report.lines
        if line.correction != "D" and (report.area, report.number, line.number) not in gone
    ]


@dataclass(frozen=True, slots=True)
class _Total:
    """Weights [g] that were added, and the worth [g] of the last place of the most exact of them."""

    weight: Decimal
    place: Decimal


def _weight_of(line: Line, name: str) -> _Total:
    given = line.element_weight if name == "element_weight" else line.fissile_weight
    if given is None:
        return _Total(Decimal(0), Decimal(0))
    unit = line.unit if name == "element_weight" else ""
    exponent = given.as_tuple().exponent
    place = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return _Total(grams(given, unit), grams(place, unit))


def _sum(lines: Sequence[Line], name: str) -> _Total:
    weights = [_weight_of(line, name) for line in lines]
    places = [total.place for total in weights if total.place]
    return _Total(sum((total.weight for total in weights), Decimal(0)), min(places, default=Decimal(0)))


def _near(total: _Total, stated: _Total, allowed: Decimal = Decimal(0)) -> bool:
    """Whether a sum is what is stated for it, as exactly as that is stated."""
    rounding = stated.place * _HALF if stated.place > total.place else Decimal(0)
    return abs(total.weight - stated.weight) <= rounding + allowed


class _Area:
    """The reports of one area, in the order of their numbers, and their lines where they are looked for."""

    def __init__(self, reports: tuple[Report, ...], codes: Codes, names: Names) -> None:
        self.reports = reports
        self.codes = codes
        self.names = names
        self.balanced: dict[tuple[int, str], list[Line]] = defaultdict(list)
        self.listed: dict[date, dict[str, list[Line]]] = {
            report.taking: defaultdict(list) for report in reports if report.type == "P" and report.taking
        }
        self.changed: dict[str, list[tuple[date, Line]]] = defaultdict(list)
        self.stand = standing(reports)
        for report, line in self.stand:
            if report.type == "M":
                self.balanced[id(report), line.element].append(line)
            elif report.type == "P" and report.taking:
                self.listed[report.taking][line.element].append(line)
            elif report.type == "I" and line.day:
                self.changed[line.element].append((line.day, line))
        for changes in self.changed.values():
            changes.sort(key=_day)
        periods = sorted(
            (report.first, report.last)
            for report in reports
            if report.type == "I" and report.first and report.last
        )
        self.begins = [begin for begin, _ in periods]
        self.furthest = list(accumulate((end for _, end in periods), max))

    def fault(self, report: Report, line: int, problem: str, rule: str) -> Fault:
        return self.names.fault(report.file, line, f"{report.area}, {problem}", rule)

    def numbers(self) -> Iterator[Fault]:
        seen: dict[int, Report] = {}
        before: int | None = None
        for report in self.reports:
            number = report.number or 0
            if number in seen:
                other = seen[number]
                problem = (
                    f"{report.name}: the number is also that of {other.name} ({other.file}:{other.line})"
                )
                yield self.fault(report, report.line, problem, "report-number")
                continue
            seen[number] = report
            if before is not None and number != before + 1:
                missing = f"{before + 1}" if number == before + 2 else f"{before + 1} to {number - 1}"
                problem = f"{report.name}: the number before is {before}, and {missing} is not here"
                yield self.fault(report, report.line, problem, "report-number")
            before = number

    def corrections(self) -> Iterator[Fault]:
        """Chains of corrections that do not end in a line that came before."""
        lines: dict[tuple[int, int], tuple[Report, Line]] = {
            (report.number or 0, line.number): (report, line)
            for report in self.reports
            for line in report.lines
            if line.number is not None and line.part == 1
        }
        numbers = {report.number for report in self.reports}
        done: dict[tuple[int, int, str], Line] = {}
        for report in self.reports:
            for line in report.lines:
                if line.previous_report is None or line.previous_line is None or line.part > 1:
                    continue
                where = self.names.where(report, line, "previous_line")
                target = (line.previous_report, line.previous_line)
                shown = f"line {target[1]} of report {target[0]}"
                if line.previous_report not in numbers:
                    continue
                if target not in lines or target >= (report.number or 0, line.number or 0):
                    problem = f"{where}: there is no {shown} before it"
                    yield self.fault(report, line.line, problem, "target")
                    continue
                key = (*target, line.correction)
                if key in done:
                    problem = f"{where}: {shown} is corrected already on line {done[key].line}"
                    yield self.fault(report, line.line, problem, "target")
                done.setdefault(key, line)
                corrected = lines[target][1]
                if line.previous_check_sum and line.previous_check_sum != corrected.check_sum:
                    where = self.names.where(report, line, "previous_check_sum")
                    problem = f"{where}: it is not the CRC of {shown}"
                    yield self.fault(report, line.line, problem, "check-sum")

    def batches(self) -> Iterator[Fault]:
        """Batches that come a second time without having left in between."""
        here: dict[str, Line] = {}
        changes = [
            (line.day, report, line)
            for report, line in self.stand
            if report.type == "I" and line.day is not None and line.batch
        ]
        for day, report, line in sorted(changes, key=lambda change: (change[0], change[1].number or 0)):
            code = self.codes["change"].get(line.code)
            if code is not None and code.fact == "shipped":
                here.pop(line.batch, None)
            elif code is not None and code.fact == "received":
                first = here.setdefault(line.batch, line)
                if first.day != day:
                    where = self.names.where(report, line, "batch")
                    problem = f"{where}: '{line.batch[:40]}' was received already on {first.day}"
                    yield self.fault(report, line.line, problem, "batch")

    def balances(self) -> Iterator[Fault]:
        """What a material balance says, against itself, the one before, the listing and the changes."""
        before: Report | None = None
        for report in self.reports:
            if report.type != "M":
                continue
            follows = before is None or bool(before.last and report.first and report.first > before.last)
            for element in self.codes["element"]:
                if not self.balanced.get((id(report), element)):
                    continue
                for name in _WEIGHTS:
                    balance = _Balance(self, report, element, name)
                    yield from balance.within()
                    if before is not None:
                        yield from balance.opening(before)
                    # Periods that overlap break a rule of their own, and their sums would say nothing.
                    if follows:
                        yield from balance.listing()
                        yield from balance.changes()
            yield from self.follows(before, report)
            before = report

    def follows(self, before: Report | None, report: Report) -> Iterator[Fault]:
        """Whether a balance begins on the day after the one before it."""
        end = before.last if before is not None else None
        if end is None or report.first is None or report.first.toordinal() == end.toordinal() + 1:
            return
        where = self.names.where(report, None, "first")
        problem = f"{where}: it begins on {report.first}, and the one before ends on {end}"
        yield self.fault(report, report.line, problem, "next-period")

    def reported(self, first: date, last: date) -> bool:
        """Whether an inventory change report covers a day of a period."""
        begun = bisect_right(self.begins, last)
        return begun > 0 and self.furthest[begun - 1] >= first


def _day(change: tuple[date, Line]) -> date:
    return change[0]


class _Balance:
    """One element, or its fissile isotopes, in one material balance report."""

    def __init__(self, area: _Area, report: Report, element: str, name: str) -> None:
        self.area = area
        self.report = report
        self.element = element
        self.name = name
        self.lines = _by_code(area.balanced.get((id(report), element), ()))

    def stated(self, code: str) -> _Total | None:
        """The total [g] of the lines of a code; None without a line that gives the weight."""
        lines = [line for line in self.lines.get(code, ()) if getattr(line, self.name) is not None]
        return _sum(lines, self.name) if lines else None

    def fault(self, code: str, problem: str, rule: str) -> Fault:
        lines = self.lines.get(code, ())
        where = lines[0].line if lines else self.report.line
        what = f"{self.report.name}, element {self.element}, {self.area.names.tag('M', self.name)}"
        return self.area.fault(self.report, where, f"{what}: {problem}", rule)

    @property
    def rounding(self) -> Decimal:
        total = self.stated(_ROUNDING)
        return abs(total.weight) if total is not None else Decimal(0)

    def within(self) -> Iterator[Fault]:
        """The book inventory and what is unaccounted for, from the lines of the report."""
        opening, book = self.stated(_OPENING), self.stated(_BOOK)
        closing, missing = self.stated(_CLOSING), self.stated(_MISSING)
        if opening is not None and book is not None:
            change = self._changed()
            if change is not None:
                difference = self.stated(_DIFFERENCE)
                moved = difference.weight if difference is not None else Decimal(0)
                sums = [
                    _Total(opening.weight + change.weight + sign * moved, change.place) for sign in (1, -1)
                ]
                if not any(_near(total, book, self.rounding) for total in sums):
                    problem = f"BA is {book.weight} g, and PB with the changes is {sums[0].weight} g"
                    yield self.fault(_BOOK, problem, "book")
        if book is not None and closing is not None and missing is not None:
            place = min(book.place, closing.place)
            total = _Total(book.weight - closing.weight, place)
            if not _near(total, missing, self.rounding):
                problem = f"MF is {missing.weight} g, and BA less PE is {total.weight} g"
                if _near(_Total(-total.weight, place), missing, self.rounding):
                    problem += " (its sign is the other way round)"
                yield self.fault(_MISSING, problem, "difference")

    def _changed(self) -> _Total | None:
        """Increases without decreases; None if a code has no direction that is known."""
        changed, places = Decimal(0), []
        for code, lines in self.lines.items():
            if code in self.area.codes["balance"]:
                continue
            known = self.area.codes["change"].get(code)
            if known is None or known.direction not in ("up", "down"):
                return None
            total = _sum(lines, self.name)
            changed += total.weight if known.direction == "up" else -total.weight
            places += [total.place] if total.place else []
        opening = self.stated(_OPENING)
        places += [opening.place] if opening is not None and opening.place else []
        return _Total(changed, min(places, default=Decimal(0)))

    def opening(self, before: Report) -> Iterator[Fault]:
        """The inventory with which the balance opens, against that which closed the one before."""
        opening = self.stated(_OPENING)
        closing = _Balance(self.area, before, self.element, self.name).stated(_CLOSING)
        if opening is not None and closing is not None and opening.weight != closing.weight:
            problem = f"PB is {opening.weight} g, and PE of {before.name} is {closing.weight} g"
            yield self.fault(_OPENING, problem, "opening")

    def listing(self) -> Iterator[Fault]:
        """The closing inventory against the listing of the same day, if that is here."""
        closing = self.stated(_CLOSING)
        if closing is None or self.report.last not in self.area.listed:
            return
        lines = self.area.listed[self.report.last].get(self.element, ())
        total = _sum(lines, self.name)
        if not _near(total, closing, self.rounding):
            problem = (
                f"PE is {closing.weight} g, and the listing of {self.report.last} adds up to {total.weight} g"
            )
            yield self.fault(_CLOSING, problem, "listing")

    def changes(self) -> Iterator[Fault]:
        """The lines of changes against the inventory change reports of the period, if one is here."""
        first, last = self.report.first, self.report.last
        if first is None or last is None:
            return
        if not self.area.reported(first, last):
            return
        changed = self.area.changed.get(self.element, [])
        within = changed[bisect_left(changed, first, key=_day) : bisect_right(changed, last, key=_day)]
        changes = _by_code([line for _, line in within])
        for code in sorted({*changes, *self.lines} & set(self.area.codes["change"])):
            stated = _sum(self.lines.get(code, ()), self.name)
            total = _sum(changes.get(code, ()), self.name)
            if not _near(total, stated, self.rounding):
                problem = (
                    f"{code} is {stated.weight} g, and the changes of the period add up to {total.weight} g"
                )
                yield self.fault(code, problem, "changes")


def _by_code(lines: Sequence[Line]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.code].append(line)
    return found
