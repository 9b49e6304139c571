"""Inventory changes become facts, and listings strata, that a case takes without a fault."""

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import copy

import pytest

from watchgap.accounting import (
    Accounts,
    Mapped,
    Material,
    Report,
    facts_of_reports,
    read_mapping,
    read_reports,
    strata_of_listing,
    strata_text,
)
from watchgap.base.errors import FaultyInput
from watchgap.case import new_case
from watchgap.flow.load import check, load
from watchgap.ledger import FACT_COLUMNS, SOURCE_COLUMNS, guarded, known_entries


def listing(accounts: Accounts, number: int = 5) -> Report:
    return next(report for report in accounts.reports if (report.type, report.number) == ("P", number))


def test_each_change_becomes_a_fact_with_its_line_as_quotation(accounts: Accounts, mapping: Mapped) -> None:
    rows = facts_of_reports(accounts.reports, mapping)
    shown = [(row["id"], row["kind"], row["subject"], row["from"], row["recorded"]) for row in rows]
    assert shown == [
        ("nm-ZZ01-3-1", "received", "store", "2021-03-09", "2021-04-06"),
        ("nm-ZZ01-3-2", "shipped", "assemblies", "2021-03-22", "2021-04-06"),
        ("nm-ZZ01-4-2", "received", "store", "2021-03-09", "2021-05-04"),
        ("nm-ZZ01-4-3", "shipped", "assemblies", "2021-03-22", "2021-05-04"),
        ("nm-ZZ01-4-4", "noted", "store", "2021-04-30", "2021-05-04"),
        ("nm-ZZ01-4-5", "noted", "store", "2021-04-30", "2021-05-04"),
    ]
    assert [row["supersedes"] for row in rows] == ["", "", "nm-ZZ01-3-1", "", "", ""]
    assert [row["detail"] for row in rows[:2]] == [
        "items=8; batch=FRESH-2; element=L; quantity=160000.000; unit=g",
        "items=10; batch=ASM-A; element=P; quantity=1500.000; unit=g",
    ]
    assert rows[4]["detail"] == "quantity=310.200; unit=g"
    assert rows[1]["note"] == "SD (shipment, domestic); to ZZ03; area ZZ01; KMP B; form EA; measurement T"
    assert all(row["sources"] == "reports-2021" and row["grade"] == "A" for row in rows)
    lines = [line for report in accounts.reports if report.type == "I" for line in report.lines]
    assert [row["quote"] for row in rows] == [line.raw for line in lines if line.correction != "D"]
    assert rows[0]["page"] == "report I 3, line 1"
    assert all(tuple(row) == FACT_COLUMNS for row in rows)


def test_a_line_that_is_only_deleted_is_superseded_by_a_note(accounts: Accounts, mapping: Mapped) -> None:
    reports = [
        replace(report, lines=report.lines[:1]) if report.number == 4 else report
        for report in accounts.reports
    ]
    row = facts_of_reports(reports, mapping)[-1]
    assert (row["kind"], row["supersedes"], row["detail"]) == ("noted", "nm-ZZ01-3-1", "")
    assert row["note"].startswith("deletes line 1 of report 3; RD (receipt, domestic)")


def test_kinds_and_units_are_those_of_the_mapping_and_the_line(accounts: Accounts, mapping: Mapped) -> None:
    own = replace(mapping, kinds={"RD": "loaded"})
    report = next(report for report in accounts.reports if report.type == "I")
    line = replace(report.lines[0], unit="KG", batch="a;b=c", items=0)
    row = facts_of_reports([replace(report, lines=(line,))], own)[0]
    assert (row["kind"], row["detail"]) == ("loaded", "element=L; quantity=160000.000; unit=kg")
    assert "batch a;b=c" in row["note"]


def test_a_fact_is_refused_with_every_line_that_cannot_be_placed(accounts: Accounts) -> None:
    elsewhere = Mapped(source="s", grade="A", areas={"ZZ02": "store"})
    with pytest.raises(FaultyInput) as raised:
        facts_of_reports(accounts.reports, elsewhere)
    assert len(raised.value.faults) == 7
    assert raised.value.faults[0].problem == "report I 3, line 1: the mapping has no area 'ZZ01'"


def test_strata_gather_like_items(accounts: Accounts, mapping: Mapped) -> None:
    proposals = strata_of_listing(listing(accounts), mapping)
    assert [(one.id, one.items, one.lines, one.mass_per_item) for one in proposals] == [
        ("nm-zz01-b-ea-p", 30, (1,), Decimal("0.150000")),
        # Enriched uranium is counted by its fissile isotopes: 6000 g in 30 items, 8111.3 g in 12.
        ("nm-zz01-b-ea-l", 30, (2,), Decimal("0.200000")),
        ("nm-zz01-a-ea-l", 12, (3, 5), Decimal("0.675942")),
        ("nm-zz01-a-ea-p", 4, (4,), Decimal("0.030325")),
    ]
    assert (proposals[2].least, proposals[2].most) == (Decimal("0.627475"), Decimal("0.700175"))
    assert sum(one.element_weight for one in proposals) == Decimal("844351.600")


def test_a_stratum_is_refused_with_every_line_that_cannot_be_placed(
    accounts: Accounts, mapping: Mapped
) -> None:
    with pytest.raises(FaultyInput, match="report I 3 is no listing"):
        strata_of_listing(accounts.reports[0], mapping)
    only = replace(mapping, materials={"P": Material("plutonium", "irradiated-direct-use")})
    report = listing(accounts)
    report = replace(report, lines=(replace(report.lines[0], items=None), *report.lines[1:]))
    with pytest.raises(FaultyInput) as raised:
        strata_of_listing(report, only)
    assert [fault.problem for fault in raised.value.faults] == [
        "report P 5, line 1: it has no number of items",
        "report P 5, line 2: the mapping has no material 'L'",
        "report P 5, line 3: the mapping has no material 'L'",
        "report P 5, line 5: the mapping has no material 'L'",
    ]
    nothing = replace(report, lines=(replace(listing(accounts).lines[0], element_weight=Decimal(0)),))
    with pytest.raises(FaultyInput, match="line 1: it and the lines like it weigh nothing"):
        strata_of_listing(nothing, mapping)


def test_forms_that_differ_in_signs_have_ids_of_their_own(accounts: Accounts, mapping: Mapped) -> None:
    report = listing(accounts)
    lines = tuple(
        replace(report.lines[0], number=number, form=form) for number, form in enumerate("+&é", start=1)
    )
    ids = [one.id for one in strata_of_listing(replace(report, lines=lines), mapping)]
    assert ids == ["nm-zz01-b-p", "nm-zz01-b-p-2", "nm-zz01-b-p-3"]


def test_a_starter_case_takes_the_strata_and_the_facts(
    tmp_path: Path, accounts: Accounts, mapping: Mapped
) -> None:
    folder = tmp_path / "case"
    new_case(folder)
    text = strata_text(strata_of_listing(listing(accounts), mapping), mapping)
    case = folder / "case.yaml"
    written = case.read_text(encoding="utf-8")
    assert written.count("\n# What is claimed.") == 1
    case.write_text(written.replace("\n# What is claimed.", f"{text}\n# What is claimed."), encoding="utf-8")
    append(folder / "events.csv", FACT_COLUMNS, list(facts_of_reports(accounts.reports, mapping)))
    append(folder / "sources.csv", SOURCE_COLUMNS, [{"key": "reports-2021", "title": "constructed reports"}])
    assert check(folder) == ()
    loaded = load(folder)
    stratum = next(one for one in loaded.case.strata if one.id == "nm-zz01-b-ea-p")
    assert (stratum.facility, stratum.material, stratum.category) == (
        "store",
        "plutonium",
        "irradiated-direct-use",
    )
    known = {entry.id for entry in known_entries(loaded.entries, None)}
    assert "nm-ZZ01-4-2" in known
    assert "nm-ZZ01-3-1" not in known


def append(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore", lineterminator="\n")
        assert set(columns) >= set(header)
        writer.writerows([{name: guarded(row.get(name, "")) for name in header} for row in rows])


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("- a\n", ["the file is not a mapping"]),
        ("a: [\n", ["this is not YAML (while parsing a flow node)"]),
        (
            "sauce: x\ngrade: E\nprefix: '-'\n",
            [
                "the key 'areas' is missing",
                "the key 'sauce' is not known",
                "the key 'source' is missing",
                "the grade is not known",
                "the prefix cannot begin an id",
            ],
        ),
        ("source: 3\ngrade: A\nareas: [x]\n", ["the source is no key", "'areas' is not a mapping"]),
        (
            "source: s\ngrade: A\nareas: {Z: '; drop'}\nkinds: {RD: lost}\nmaterials: {P: plutonium}\n",
            ["'Z' has no id", "the kind is not known", "'P' has no material and category"],
        ),
    ],
)
def test_a_mapping_is_refused_with_all_its_faults(tmp_path: Path, text: str, problems: list[str]) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultyInput) as raised:
        read_mapping(path)
    found = [fault.problem for fault in raised.value.faults]
    assert [one.partition(" (")[0] for one in found] == [one.partition(" (")[0] for one in problems]


def test_an_example_can_be_read_from_where_it_is_copied(tmp_path: Path, examples: Path) -> None:
    copy(examples / "uk" / "icr-2021.csv", tmp_path)
    accounts = read_reports(tmp_path / "icr-2021.csv", dialect="uk")
    assert [len(report.lines) for report in accounts.reports] == [2, 5]
