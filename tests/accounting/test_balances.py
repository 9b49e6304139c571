"""The rules between lines and between reports, each broken by itself in a year that keeps them all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.accounting import Accounts, Code, Layout, Line, Report, read_reports, write_reports
from watchgap.testing.strategies import examples as times

Change = Callable[[list[Report]], list[Report]]


def changed(kind: str, report_number: int, line: int, **values: Any) -> Change:
    """Change one line of one report."""

    def change(reports: list[Report]) -> list[Report]:
        return [
            replace(
                report,
                lines=tuple(replace(one, **values) if one.number == line else one for one in report.lines),
            )
            if (report.type, report.number) == (kind, report_number)
            else report
            for report in reports
        ]

    return change


def headed(kind: str, report_number: int, **values: Any) -> Change:
    """Change the header of one report."""

    def change(reports: list[Report]) -> list[Report]:
        return [
            replace(report, **values) if (report.type, report.number) == (kind, report_number) else report
            for report in reports
        ]

    return change


def without(kind: str, number: int) -> Change:
    return lambda reports: [report for report in reports if (report.type, report.number) != (kind, number)]


def rules_broken(reports: list[Report], **options: Any) -> list[str]:
    """The rules that reports break, as the remedies of their faults name them."""
    faults = read_reports(write_reports(reports, dialect="uk"), dialect="uk", **options).faults
    return sorted({fault.remedy.rpartition("[")[2].rstrip("]") for fault in faults})


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (changed("I", 3, 1, area_from=""), ["from-to"]),
        (changed("I", 3, 2, area_from="ZZ01"), []),
        (changed("I", 3, 2, area_from="ZZ04"), ["from-to"]),
        (changed("I", 4, 4, area_to="ZZ04"), ["from-to"]),
        (changed("I", 4, 4, code="QQ"), ["changes", "code"]),
        (changed("I", 4, 4, code="BA"), ["changes", "code"]),
        (changed("I", 4, 4, day=date(2021, 5, 1)), ["date"]),
        (changed("I", 4, 4, day=date(2022, 5, 1)), ["changes", "date"]),
        (changed("I", 4, 3, day=date(2020, 3, 22)), ["changes"]),
        (changed("I", 4, 5, isotope="G"), ["isotope"]),
        (changed("I", 4, 5, fissile_weight=Decimal(1)), ["changes", "isotope"]),
        (changed("I", 4, 4, isotope=""), ["isotope"]),
        (changed("I", 4, 4, isotope="Q"), ["isotope"]),
        (changed("I", 4, 4, fissile_weight=Decimal("310.201")), ["changes", "fissile"]),
        (changed("I", 4, 4, element_weight=Decimal("310.201")), ["changes"]),
        (changed("I", 4, 4, measurement="Z"), ["measurement"]),
        (changed("I", 4, 1, previous_check_sum="9"), ["check-sum"]),
        (changed("I", 4, 1, previous_line=7), ["target"]),
        (changed("I", 4, 1, previous_report=4, previous_line=5), ["changes", "target"]),
        (changed("I", 4, 1, previous_line=None), ["correction"]),
        (changed("I", 4, 2, correction="D", previous_check_sum=""), ["changes", "target"]),
        (changed("I", 4, 3, previous_report=3, previous_line=2), ["changes", "correction"]),
        (changed("I", 4, 3, correction="Q"), ["correction"]),
        (changed("I", 4, 4, batch="FRESH-2", code="RD", area_from="ZZ02"), ["batch", "changes"]),
        (changed("I", 4, 4, number=7), ["line-number"]),
        (headed("I", 4, first=date(2021, 5, 1)), ["date", "period"]),
        (headed("I", 4, lines_stated=6), ["line-count"]),
        (headed("I", 4, completed=date(2021, 4, 29)), ["period"]),
        (headed("I", 4, number=7), ["report-number"]),
        (headed("I", 4, number=6), ["report-number"]),
        (headed("P", 5, taking=None), ["needed"]),
        (headed("M", 6, first=date(2021, 1, 2)), ["next-period"]),
        (changed("M", 6, 1, element_weight=Decimal("6000.001")), ["book", "opening"]),
        (changed("M", 6, 4, element_weight=Decimal("4621.301")), ["book", "difference"]),
        (changed("M", 6, 5, element_weight=Decimal("4621.299")), ["difference", "listing"]),
        (changed("M", 6, 2, element_weight=Decimal("121.301")), ["book", "changes"]),
        (changed("M", 6, 3, element_weight=Decimal("-1500.000")), ["book", "changes", "sign"]),
        (changed("M", 2, 3, element_weight=Decimal("5999.000")), ["difference", "listing", "opening"]),
        (changed("P", 5, 1, element_weight=Decimal("4500.001")), ["listing"]),
        (changed("P", 5, 5, batch="FRESH-1"), []),
        (changed("P", 5, 5, batch=""), ["needed"]),
        (without("I", 4), ["changes", "report-number"]),
        (without("P", 5), ["report-number"]),
        (without("M", 6), []),
    ],
)
def test_a_rule_that_is_broken_is_named_and_no_other(
    accounts: Accounts, change: Change, rules: list[str]
) -> None:
    assert rules_broken(list(accounts.reports)) == []
    assert rules_broken(change(list(accounts.reports))) == rules


def balance(**weights: str) -> Report:
    """A material balance report on plutonium from the weights of its codes."""
    lines = tuple(
        Line(number=number, code=code, element="P", element_weight=Decimal(weight))
        for number, (code, weight) in enumerate(weights.items(), start=1)
    )
    year = date(2021, 1, 1), date(2021, 12, 31)
    return Report(area="ZZ01", type="M", number=1, first=year[0], last=year[1], lines=lines)


@pytest.mark.parametrize(
    ("weights", "rules"),
    [
        ({"PB": "10", "RD": "5", "SD": "3", "LN": "1", "NP": "2", "BA": "13", "PE": "12", "MF": "1"}, []),
        ({"PB": "10", "BA": "10", "PE": "12", "MF": "-2"}, []),
        ({"PB": "10", "BA": "10", "PE": "12", "MF": "2"}, ["difference"]),
        ({"PB": "10", "RD": "5", "BA": "14.9"}, ["book"]),
        # The sign of a shipper/receiver difference could not be read: both are accepted, and nothing else.
        ({"PB": "10", "RD": "5", "DI": "0.5", "BA": "14.5"}, []),
        ({"PB": "10", "RD": "5", "DI": "0.5", "BA": "15.5"}, []),
        ({"PB": "10", "RD": "5", "DI": "0.5", "BA": "15"}, ["book"]),
        # A total with fewer places may differ by half of its last one, and by a rounding adjustment.
        ({"PB": "10.004", "RD": "5.001", "BA": "15.01"}, []),
        ({"PB": "10.004", "RD": "5.002", "BA": "15.00"}, ["book"]),
        ({"PB": "10.004", "RD": "5.002", "RA": "-0.01", "BA": "15.00"}, []),
        # Nothing is said of a sum with a code whose direction is not known, except of the code.
        ({"PB": "10", "QQ": "5", "BA": "99"}, ["code"]),
    ],
)
def test_a_balance_is_added_up_exactly(weights: dict[str, str], rules: list[str]) -> None:
    assert rules_broken([balance(**weights)]) == rules


def test_a_code_of_the_user_has_its_direction() -> None:
    own = Code("change", "QQ", "own", direction="down")
    assert rules_broken([balance(PB="10", QQ="4", BA="6")], codes=[own]) == []


def test_units_are_counted_in_grams(examples: Path, labels: Layout) -> None:
    text = (examples / "code10" / "reports-labelled.txt").read_text(encoding="utf-8")
    assert text.count("weight:880.000#unit:KG#") == 4
    wrong = text.replace("weight:880.000#unit:KG#", "weight:880.000#unit:G#", 1)
    faults = read_reports(wrong, dialect="code10-labelled", layout=labels).faults
    assert [fault.remedy.rpartition("[")[2] for fault in faults] == ["fissile]", "book]"]
    odd = read_reports(
        text.replace("unit:KG#", "unit:LB#", 1), dialect="code10-labelled", layout=labels
    ).faults
    assert [fault.problem for fault in odd if fault.remedy.endswith("[unit]")] == [
        "report P 1, line 2, label 'unit' (unit): 'LB' is not one of G, KG"
    ]
    assert [fault for fault in odd if fault.remedy.endswith("[fissile]")] == []


WEIGHTS = st.integers(0, 10**24 - 1).map(lambda milligrams: Decimal(milligrams).scaleb(-3))


@times(30)
@given(
    st.lists(st.tuples(st.sampled_from(["RD", "SD", "LN", "NP"]), WEIGHTS), max_size=8),
    WEIGHTS,
    st.integers(-3, 3),
)
def test_a_milligram_too_many_is_found_and_none_where_there_is_none(
    changes: list[tuple[str, Decimal]], opening: Decimal, slip: int
) -> None:
    # The same sum in whole milligrams, which Python adds exactly.
    whole = int(opening.scaleb(3)) + sum(
        int(weight.scaleb(3)) * (1 if code in ("RD", "NP") else -1) for code, weight in changes
    )
    if not 0 <= whole + slip < 10**24:
        return
    book = Decimal(whole + slip).scaleb(-3)
    rows = [("PB", opening), *changes, ("BA", book)]
    lines = tuple(
        Line(number=number, code=code, element="P", element_weight=weight)
        for number, (code, weight) in enumerate(rows, start=1)
    )
    report = replace(balance(), lines=lines)
    assert rules_broken([report]) == (["book"] if slip else [])


def test_a_batch_may_come_back_after_it_left() -> None:
    day = date(2021, 1, 1)
    moves = ["RD", "SD", "RD", "RD"]
    lines = tuple(
        Line(
            number=number, code=code, day=day + timedelta(number), batch="B", element="P",
            area_from="ZZ02" if code == "RD" else "", area_to="ZZ02" if code == "SD" else "",
            element_weight=Decimal(1),
        )
        for number, code in enumerate(moves, start=1)
    )  # fmt: skip
    report = Report(area="ZZ01", type="I", number=1, first=day, last=date(2021, 1, 31), lines=lines[:3])
    assert rules_broken([report]) == []
    assert rules_broken([replace(report, lines=lines)]) == ["batch"]
