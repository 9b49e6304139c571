"""The workbook of a plan: its values, its totals, its print set-up, and that no text becomes a formula."""

import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime
from math import inf
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from watchgap.base.errors import WatchgapError
from watchgap.sheets import WorkbookWriterMissing, write_plan
from watchgap.study.plan_record import PlanStudy

openpyxl = pytest.importorskip("openpyxl")

NAMES = ["Plan", "Scenarios", "Proof", "Pareto", "Re-verification", "Origin"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def path(plan: PlanStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(plan, tmp_path_factory.mktemp("book") / "plan.xlsx")


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def values(page: Any) -> list[list[Any]]:
    return [[one for one in row if one is not None] for row in page.iter_rows(values_only=True)]


def row_of(page: Any, first: str) -> int:
    return next(row[0].row for row in page.iter_rows() if row[0].value == first)


def formulas(path: Path) -> list[str]:
    """All formulas in the file, read as XML and not by the library that wrote it."""
    with zipfile.ZipFile(path) as archive:
        pages = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        trees = [ET.fromstring(archive.read(name)) for name in sorted(pages)]  # noqa: S314
    return [one.text or "" for tree in trees for one in tree.iter(f"{MAIN}f")]


# ---------------------------------------------------------------- values


def test_sheets_have_their_names_and_titles(plan: PlanStudy, book: Any) -> None:
    assert book.sheetnames == NAMES
    assert book["Plan"]["A1"].value == plan.title
    facts = {row[0]: row[1] for row in values(book["Plan"])[1:7] if row}
    assert facts == {
        "Carried out": "at the end of 1993-11-06, with what was known on 1993-11-01",
        "Claims": "gap, past",
        "Target": "a detection probability of 0.9 for every scenario",
        "Access": "full access (any time, any place)",
        "Result": "The target is reached at least effort: assurance 0.902 after the plan.",
    }


def test_activities_have_room_to_be_filled_in_by_hand(plan: PlanStudy, book: Any) -> None:
    page = book["Plan"]
    head = row_of(page, "stratum")
    titles = [cell.value for cell in page[head]]
    assert titles[:5] == ["stratum", "activity", "population [item]", "sample [item]", "effort [person-day]"]
    assert titles[5:] == ["done [item]", "found [item]", "remarks"]
    for place, line in enumerate(plan.plan.lines, start=head + 1):
        row = [cell.value for cell in page[place]]
        assert row[:5] == [line.stratum_name, line.activity_text, line.population, line.sample, line.effort]
        assert row[5:] == [None, None, None]
        assert {cell.fill.fgColor.rgb for cell in page[place][5:]} == {"FFFFF7DB"}


def test_totals_are_formulas_that_give_the_effort_of_the_plan(plan: PlanStudy, path: Path, book: Any) -> None:
    page = book["Plan"]
    first, total = row_of(page, "stratum") + 1, row_of(page, "All activities")
    assert [page.cell(total, place).value for place in (4, 5, 6, 7)] == [
        f"=SUM({letter}{first}:{letter}{total - 1})" for letter in "DEFG"
    ]
    assert page.cell(total + 1, 5).value == plan.plan.visit_effort
    assert page.cell(total + 2, 5).value == f"=SUM(E{total}:E{total + 1})"
    assert len(formulas(path)) == 5

    def worth(cell: Any) -> float:
        """What a cell comes to; the only function is a sum over one column."""
        match = re.fullmatch(r"=SUM\(([A-Z])(\d+):\1(\d+)\)", str(cell.value))
        if match is None:
            return float(cell.value or 0)
        return sum(worth(page[f"{match[1]}{row}"]) for row in range(int(match[2]), int(match[3]) + 1))

    assert worth(page.cell(total + 2, 5)) == pytest.approx(plan.plan.effort)
    assert worth(page.cell(total, 4)) == 56


def test_a_plan_without_activities_says_so(plan: PlanStudy, tmp_path: Path) -> None:
    bare = replace(
        plan, plans=(replace(plan.plan, lines=(), effort=4.0),), pareto=(), rules=(), reverification=()
    )
    path = write_plan(bare, tmp_path / "bare.xlsx")
    book = openpyxl.load_workbook(path)
    assert ["No activity is needed beyond the visit."] in values(book["Plan"])
    assert ["not computed"] in values(book["Pareto"])
    assert ["not asked for"] in values(book["Re-verification"])


def test_scenarios_proof_and_what_lies_beside(plan: PlanStudy, book: Any) -> None:
    threat = ["abrupt", "gap", "pool", 8, 1, 0.098, 0.9, "Eight items taken at once."]
    assert threat in values(book["Scenarios"])
    proof = values(book["Proof"])
    assert ["Status", "optimal"] in proof
    assert ["Proved bound [person-day]", 9.05] in proof
    words = "0.900 (0.840 to 0.950 in 90 % of them); the target is reached in 52 % of them"
    assert ["... in the draws of what is not known", words] in proof
    assert ["power", "count 37", 9.4, 0.915, "yes", 0.35] in proof
    assert ["Jaech", "count 36", 9.2, 0.905, "yes"] in proof
    assert ["slow", "the tester recognises 62 % of what is gone", 0.62, 0.9] in proof
    assert ["effort", "at most 20 person-days"] in proof
    assert [1, "effort: at most 5"] in proof
    written = " ".join(str(row[-1]) for row in proof if row)
    assert plan.plan.proof.strip() in written
    assert [9.05, 0.902, "count 35"] in values(book["Pareto"])
    again = values(book["Re-verification"])
    assert [
        "gap",
        "pool",
        "abrupt",
        "count",
        0.05,
        0.01,
        pytest.approx(80 / 99),
        28,
        "28 of 100 items",
    ] in again
    short = ["past", "pool", "slow", "count", 0.1, 0.01, pytest.approx(10 / 11), "none", "no sample suffices"]
    assert short in again


def test_origin_has_what_is_needed_to_find_the_plan_again(book: Any) -> None:
    rows = {row[0]: row[1] for row in values(book["Origin"]) if len(row) == 2}
    assert rows["digest of this plan"] == "d" * 64
    assert rows["digest of the case"] == "c" * 64
    assert rows["digest of the ledger"] == "l" * 64
    assert (rows["position in the ledger"], rows["draws"], rows["seed of the draws"]) == (184, 64, "1993")
    assert rows["version of Watchgap"] == "0.1.0"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("unreachable", "cannot be reached under this access (see Proof)"),
        ("over a cap", "cannot be reached within the caps (see Proof)"),
        ("open", "The proof of the least effort was not finished (see Proof)"),
    ],
)
def test_the_first_sheet_says_when_the_target_is_not_reached(
    plan: PlanStudy, tmp_path: Path, status: str, words: str
) -> None:
    open_plan = replace(
        plan, plans=(replace(plan.plan, status=status, bound=inf),), known_on=None, target=None
    )
    book = openpyxl.load_workbook(write_plan(open_plan, tmp_path / "plan.xlsx"))
    facts = {row[0]: row[1] for row in values(book["Plan"])[1:7] if row}
    assert words in facts["Result"]
    assert facts["Target"] == "the target of each claim, for each of its scenarios"
    assert facts["Carried out"].endswith("with every fact in the ledger")
    assert ["Proved bound [person-day]", "none"] in values(book["Proof"])


# ---------------------------------------------------------------- print set-up


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_is_ready_to_print(book: Any, name: str) -> None:
    page = book[name]
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.paperSize == 9
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    head = int(page.freeze_panes.removeprefix("A")) - 1
    assert page.print_title_rows == f"${head}:${head}"
    assert all(cell.font.bold for cell in page[head] if cell.value)
    assert page.oddFooter.right.text == "Page &P of &N"
    assert all(page.column_dimensions[cell.column_letter].width >= 10 for cell in page[head] if cell.value)


def test_an_ampersand_in_the_title_is_itself_in_the_footer(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        tree = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    footer = next(tree.iter(f"{MAIN}oddFooter")).text
    assert footer is not None
    assert footer.startswith("&LAn example reactor && store, 1993&C")


def test_numbers_have_formats_and_are_numbers(book: Any) -> None:
    page = book["Plan"]
    first = row_of(page, "stratum") + 1
    cells = page[first]
    assert [cells[place].number_format for place in (2, 3, 4)] == ["#,##0", "#,##0", "#,##0.00"]
    assert [cells[place].data_type for place in (0, 1, 2, 3, 4)] == ["s", "s", "n", "n", "n"]
    assert book["Pareto"].cell(5, 2).number_format == "0.000"


# ---------------------------------------------------------------- formulas


def test_no_text_becomes_a_formula(plan: PlanStudy, hostile: PlanStudy, tmp_path: Path) -> None:
    path = write_plan(hostile, tmp_path / "hostile.xlsx")
    assert formulas(path) == formulas(write_plan(plan, tmp_path / "plain.xlsx"))
    book = openpyxl.load_workbook(path)
    signs = ("=", "+", "-", "@")
    dangerous = 0
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                own = isinstance(cell.value, str) and cell.value.strip().startswith(signs)
                if own and not str(cell.value).startswith("=SUM("):
                    dangerous += 1
                    assert cell.data_type == "s"
                    assert cell.quotePrefix
    if hostile.title.strip().startswith(signs):
        assert dangerous > 20
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row} <= {"s", "n", "f"}


def test_characters_that_a_workbook_cannot_hold_are_left_out(plan: PlanStudy, tmp_path: Path) -> None:
    odd = replace(plan, title="bell \x07, over\u202eride & <b>'" + "x" * 40_000)
    book = openpyxl.load_workbook(write_plan(odd, tmp_path / "odd.xlsx"))
    title = book["Plan"]["A1"].value
    assert title.startswith("bell , override & <b>'xxx")
    assert len(title) == 32_767


# ---------------------------------------------------------------- files


def test_the_same_plan_gives_the_same_bytes_in_any_process(
    plan: PlanStudy, path: Path, tmp_path: Path
) -> None:
    assert write_plan(plan, tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
    script = (
        "import importlib.util, sys\n"
        "from watchgap.sheets import write_plan\n"
        "found = importlib.util.spec_from_file_location('example', sys.argv[1])\n"
        "example = importlib.util.module_from_spec(found)\n"
        "found.loader.exec_module(example)\n"
        "write_plan(example.example_plan(), sys.argv[2])\n"
    )
    maker = str(Path(__file__).with_name("conftest.py"))
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-c", script, maker, str(tmp_path / "other.xlsx")]
    subprocess.run(command, check=True, env=environment, timeout=120)
    assert (tmp_path / "other.xlsx").read_bytes() == path.read_bytes()


def test_times_are_those_of_the_plan_and_of_no_clock(path: Path, book: Any) -> None:
    day = datetime(1993, 11, 6)  # noqa: DTZ001
    assert (book.properties.created, book.properties.modified) == (day, day)
    assert book.properties.creator == "Watchgap 0.1.0"
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_day_is_another_file(plan: PlanStudy, path: Path, tmp_path: Path) -> None:
    later = write_plan(replace(plan, by=date(1993, 11, 7)), tmp_path / "later.xlsx")
    assert later.read_bytes() != path.read_bytes()


def test_a_disk_that_fails_leaves_the_file_whole(
    plan: PlanStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "plan.xlsx"
    before = write_plan(plan, str(target)).read_bytes()
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        whole(path, content[:10])
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space left"):
        write_plan(replace(plan, title="another"), target)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_without_the_extra_it_says_what_to_install(
    plan: PlanStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == "openpyxl"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "watchgap.sheets.workbook", raising=False)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(WorkbookWriterMissing) as raised:
        write_plan(plan, tmp_path / "plan.xlsx")
    assert str(raised.value) == "workbooks need their writer; install it with: pip install 'watchgap[excel]'"
    assert isinstance(raised.value, WatchgapError)
    assert isinstance(raised.value, ImportError)
    assert list(tmp_path.iterdir()) == []
