"""What is carried out is brought in again, cell for cell, in every form; independent readers see the same."""

import csv
import json
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from watchgap.base.errors import LedgerError
from watchgap.exchange import Form, read_leaves, read_rows, write_rows
from watchgap.ledger import FACT_COLUMNS, SOURCE_COLUMNS, Content, Posting, leaf_of
from watchgap.testing.strategies import examples

UGLY = (
    "=1+1", "+1", "-1", "@x", "'", "'=1", "''", "'x", "\"", "a\"b", "a,b", "a;b", "a\nb", "a\tb",
    "NULL", "None", "NaN", "007", "1e5", "1.0", "TRUE", "2021-05-01", "44000", "_x0041_", "_x005F_",
    "<b>&amp;</b>", "]]>", "=cmd|' /C calc'!A0", "\u05d0\u05d1", "\u202eabc", "\u4e2d\u6587",
    "\U0001f600", "e\u0301", "a\u2028b", "x\xa0x", "-", "=", "\ufeffx",
)  # fmt: skip
TEXT = (
    st.one_of(
        st.sampled_from(UGLY),
        st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20),
    )
    .map(str.strip)
    .filter(bool)
)
SUFFIX = {Form.CSV: "csv", Form.XLSX: "xlsx", Form.PARQUET: "parquet", Form.JSON_LINES: "jsonl"}


def contents(kind: str, columns: tuple[str, ...], name: str) -> st.SearchStrategy[list[Content]]:
    cells = st.dictionaries(st.sampled_from([one for one in columns if one != name]), TEXT)
    return st.lists(cells, max_size=4).map(
        lambda rows: [Content(kind, {name: f"{kind}{at}"} | row) for at, row in enumerate(rows)]  # type: ignore[arg-type]
    )


def posted(entries: list[Content]) -> list[Posting]:
    return [
        Posting(number, "2026-11-25T04:35:40.123456Z", "A. Analyst", content)
        for number, content in enumerate(entries, 1)
    ]


def brought(written: tuple[Path, ...]) -> list[tuple[str, dict[str, str]]]:
    found = []
    for path in written:
        read = read_rows(path)
        assert read.faults == ()
        found += [(one.type, dict(one.cells)) for one in read.contents]
    return sorted(found, key=lambda one: (one[0], one[1].get("id", one[1].get("key", ""))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exchange")


@pytest.mark.requirement("R21")
@pytest.mark.parametrize("form", list(Form))
@examples(25)
@given(facts=contents("fact", FACT_COLUMNS, "id"), sources=contents("source", SOURCE_COLUMNS, "key"))
def test_the_round_trip_is_exact(
    folder: Path, form: Form, facts: list[Content], sources: list[Content]
) -> None:
    place = folder / "out" if form in (Form.CSV, Form.PARQUET) else folder / f"out.{SUFFIX[form]}"
    entries = [*sources, *facts]
    assume(entries)  # a file without a line is told as empty, and not taken for a file of nothing
    written = write_rows(place, posted(entries), form)
    expected = sorted(
        ((one.type, dict(one.cells)) for one in entries),
        key=lambda one: (one[0], one[1].get("id", one[1].get("key", ""))),
    )
    assert brought(written) == expected


def ugly() -> list[Content]:
    return [
        Content("fact", {"id": f"f{at:02}", "subject": text, "quote": f"a {text}"})
        for at, text in enumerate(UGLY)
    ]


def test_a_csv_holds_no_formula(tmp_path: Path) -> None:
    events, _ = write_rows(tmp_path / "out", posted(ugly()), Form.CSV)
    with events.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + len(UGLY)
    assert not any(cell[:1] in tuple("=+-@\t\r") and cell for row in rows for cell in row)


def test_a_spreadsheet_program_sees_texts(tmp_path: Path) -> None:
    (path,) = write_rows(tmp_path / "out.xlsx", posted(ugly()), Form.XLSX)
    sheet = openpyxl.load_workbook(path)["events"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    column = [cell.value for cell in sheet[1]].index("subject") + 1
    plain = [text for text in UGLY if "_x" not in text]
    seen = [sheet.cell(row, column).value for row in range(2, 2 + len(UGLY))]
    assert [text for text in seen if "_x" not in text] == plain


def test_another_engine_sees_the_parquet(tmp_path: Path) -> None:
    events, _ = write_rows(tmp_path / "it's", posted(ugly()), Form.PARQUET)
    with duckdb.connect() as connection:
        rows = connection.execute("select subject from read_parquet(?) order by id", [str(events)]).fetchall()
    assert [text for (text,) in rows] == list(UGLY)


def test_json_lines_are_the_leaves(tmp_path: Path) -> None:
    postings = posted(ugly())
    (path,) = write_rows(tmp_path / "out.jsonl", postings, Form.JSON_LINES)
    assert path.read_bytes() == b"".join(leaf_of(one) + b"\n" for one in postings)
    assert list(read_leaves(path)) == [leaf_of(one) for one in postings]
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["number"] == 1


@pytest.mark.parametrize("form", list(Form))
def test_the_same_entries_give_the_same_bytes(tmp_path: Path, form: Form) -> None:
    written = [write_rows(tmp_path / f"{at}.{SUFFIX[form]}", posted(ugly()), form) for at in range(2)]
    first, again = ([path.read_bytes() for path in paths] for paths in written)
    assert first == again


@pytest.mark.parametrize("form", list(Form))
def test_a_failing_export_leaves_what_was_there(tmp_path: Path, form: Form) -> None:
    place = tmp_path / "out" if form in (Form.CSV, Form.PARQUET) else tmp_path / f"out.{SUFFIX[form]}"
    written = write_rows(place, posted(ugly()), form)
    before = {path: path.read_bytes() for path in written}

    def failing():  # type: ignore[no-untyped-def]
        yield from posted(ugly())[:3]
        raise LedgerError("entry 4 is missing")

    with pytest.raises(LedgerError, match="entry 4 is missing"):
        write_rows(place, failing(), form)
    assert {path: path.read_bytes() for path in written} == before
    assert sorted(tmp_path.rglob("*.part")) == []


@pytest.mark.parametrize("form", list(Form))
def test_where_nothing_can_be_written(tmp_path: Path, form: Form) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(LedgerError):
        write_rows(tmp_path / "file" / f"out.{SUFFIX[form]}", posted(ugly()), form)
