"""Files that are wrong, broken or made to harm: every fault by row, within bounds, and no exception."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import LedgerError
from watchgap.exchange import Brought, Form, read_leaves, read_rows, write_rows
from watchgap.ledger import FACT_COLUMNS, Content, Posting
from watchgap.testing.strategies import examples

HEADER = ",".join(FACT_COLUMNS[:14])
GOOD = "f1,noted,store,2021,,,,,a,A,,,,"


def told(brought: Brought) -> dict[int, str]:
    return {fault.line: str(fault) for fault in brought.faults}


def csv_of(folder: Path, *rows: str | bytes, header: str = HEADER) -> Path:
    path = folder / "new.csv"
    lines = [one if isinstance(one, bytes) else one.encode() for one in (header, *rows)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


# ---------------------------------------------------------------- CSV


def test_every_fault_is_told_by_its_row(tmp_path: Path) -> None:
    long = "x" * 40_000
    brought = read_rows(
        csv_of(
            tmp_path,
            GOOD,
            GOOD.replace(",,,,", ",,,", 1),
            GOOD,
            f'f2,noted,store,2021,,,,,a,A,,"{long}",,',
            "f3,noted,'; drop table entry; --,2021,,,,,a,A,,,,",
        )
    )
    found = told(brought)
    assert sorted(found) == [3, 4, 5]
    assert "the row has 13 cells under 14 columns; add the empty cells" in found[3]
    assert "the id 'f1' stands also on line 2" in found[4]
    assert "the cell 'quote' has 40000 characters" in found[5]
    assert [row["id"] for _, row in brought.facts] == ["f1", "f3"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("id,kind\nf1,noted\n".encode("utf-16"), "is not UTF-8"),
        (f"{HEADER}\nf1,noted,caf\xe9,2021,,,,,a,A,,,,\n".encode("cp1252"), "byte 0xe9 is not UTF-8"),
        (f"{HEADER}\nf1,noted,a\x00b,2021,,,,,a,A,,,,\n".encode(), "control character 0x00"),
        (f'{HEADER}\n"f1,noted,store\n'.encode(), "this is not CSV"),
        (b"", "the file is empty"),
        (b"a,b,c\n1,2,3\n", "the header 'a,b,c' is neither that of facts nor that of sources"),
        (HEADER.replace("kind", "sort").encode() + b"\n", "lacks 'kind' and has unknown 'sort'"),
        (HEADER.encode() + b",x" * 100_000 + b"\n", "the header has more than 10000 characters"),
        (HEADER.encode() + b",x" * 300 + b"\n", "the header has 314 columns"),
        (HEADER.encode() + b',"x\n"\n', "more than one line"),
        (HEADER.replace("kind", "kind,kind").encode() + b"\n", "has twice 'kind'"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "new.csv").write_bytes(raw)
    brought = read_rows(tmp_path / "new.csv")
    assert brought.faults
    assert said in str(brought.faults[0])
    assert brought.facts == ()


def test_a_mebibyte_in_one_field_is_told(tmp_path: Path) -> None:
    brought = read_rows(csv_of(tmp_path, f'f1,noted,store,2021,,,,,a,A,,"{"x" * 2**20}",,'))
    assert "line 2" in str(brought.faults[0]) or "new.csv:2" in str(brought.faults[0])
    assert brought.facts == ()


@pytest.mark.parametrize("name", ["new.txt", "new", "new.xls", "../new.exe"])
def test_other_suffixes_are_told(tmp_path: Path, name: str) -> None:
    assert "is not known; use one of .csv, .xlsx, .parquet, .jsonl" in str(
        read_rows(tmp_path / name).faults[0]
    )


# ---------------------------------------------------------------- workbooks


def workbook(folder: Path, change: Callable[[Any], None]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(FACT_COLUMNS))
    sheet.append(["f1", "noted", "store", "2021-05-01", *[None] * 4, "a", "A", *[None] * 5])
    change(sheet)
    path = folder / "new.xlsx"
    book.save(path)
    return path


def put(cell: str, value: object) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[cell] = value

    return change


@pytest.mark.parametrize(
    ("cell", "value", "column", "text"),
    [
        ("D2", date(2021, 5, 1), "from", "2021-05-01"),
        ("D2", datetime(2021, 5, 1, 14, 30), "from", "2021-05-01T14:30"),  # noqa: DTZ001
        ("D2", 2021, "from", "2021"),
        ("O2", 17.0, "page", "17"),
        ("L2", "'=1", "quote", "'=1"),
    ],
)
def test_what_a_spreadsheet_program_writes_is_read(
    tmp_path: Path, cell: str, value: object, column: str, text: str
) -> None:
    brought = read_rows(workbook(tmp_path, put(cell, value)))
    assert brought.faults == ()
    assert brought.facts[0][1][column] == text


@pytest.mark.parametrize(
    ("cell", "value"), [("L2", "=1+1"), ("L2", True), ("L2", '=HYPERLINK("x")'), ("B2", "#REF!")]
)
def test_cells_that_are_no_texts_are_named(tmp_path: Path, cell: str, value: object) -> None:
    brought = read_rows(workbook(tmp_path, put(cell, value)))
    assert cell in str(brought.faults[0])
    assert brought.facts == ()


def test_merged_cells_are_named(tmp_path: Path) -> None:
    brought = read_rows(workbook(tmp_path, lambda sheet: sheet.merge_cells("C2:D2")))
    assert any("C2" in str(fault) for fault in brought.faults)


def bomb(path: Path, part: bytes, name: str = "xl/worksheets/sheet1.xml") -> None:
    """Put another part into a workbook that is sound otherwise."""
    source = workbook(path.parent, lambda _: None)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, part if entry == name else old.read(entry))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "bomb.xlsx"
    begin = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    bomb(path, begin + b"<row/>" * 60_000_000 + b"</sheetData></worksheet>")
    assert path.stat().st_size < 2_000_000
    tracemalloc.start()
    brought = read_rows(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert brought.faults
    assert brought.facts == ()
    assert peak < 100_000_000


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"])
def test_entities_are_not_expanded(tmp_path: Path, name: str) -> None:
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    )
    path = tmp_path / "laugh.xlsx"
    bomb(path, laughs, name)
    assert read_rows(path).facts == ()


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_packings_without_a_bound_are_refused(tmp_path: Path, packing: int) -> None:
    path = tmp_path / "packed.xlsx"
    with (
        zipfile.ZipFile(workbook(tmp_path, lambda _: None)) as old,
        zipfile.ZipFile(path, "w", packing) as new,
    ):
        for entry in old.namelist():
            new.writestr(entry, old.read(entry))
    assert "is packed in a way that no workbook is" in str(read_rows(path).faults[0])


def test_a_package_of_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        for number in range(2_001):
            package.writestr(str(number), b"")
    assert "the package has 2001 parts" in str(read_rows(path).faults[0])


@pytest.mark.parametrize("around", [(b'<row r="1" q="', b'"/>'), (b"<!--", b"-->"), (b"<?a ", b"?>")])
def test_a_tag_without_end_is_refused(tmp_path: Path, around: tuple[bytes, bytes]) -> None:
    path = tmp_path / "long.xlsx"
    bomb(path, b"<worksheet><sheetData>" + (b"x" * 2_000_000).join(around) + b"</sheetData></worksheet>")
    assert "has a tag of more than 1000000 bytes" in str(read_rows(path).faults[0])


def test_a_long_text_is_no_tag(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    bomb(path, b"<worksheet><sheetData/><x>" + b"x " * 1_000_000 + b"</x></worksheet>")
    assert read_rows(path).faults == ()


# ---------------------------------------------------------------- Parquet and JSON Lines


def test_columns_of_numbers_are_told(tmp_path: Path) -> None:
    path = tmp_path / "new.parquet"
    columns = ", ".join(f"'x' as \"{name}\"" if name != "from" else '2021 as "from"' for name in FACT_COLUMNS)
    with duckdb.connect() as connection:
        connection.execute(f"copy (select {columns}) to '{path}' (format parquet)")
    assert "the column 'from' holds INTEGER and not text" in str(read_rows(path).faults[0])


@pytest.mark.parametrize(
    ("length", "rows", "said"),
    [(3_000_000, 100, "the cells hold 300001400 bytes"), (1, 3_000_000, "the file has 3000000 rows")],
)
def test_a_parquet_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, length: int, rows: int, said: str
) -> None:
    path = tmp_path / "new.parquet"
    columns = ", ".join(
        f"repeat('x', {length if name == 'quote' else 1}) as \"{name}\"" for name in FACT_COLUMNS
    )
    with duckdb.connect() as connection:
        rows_of = connection.sql(f"select {columns} from range({rows})")  # noqa: S608
        rows_of.write_parquet(str(path), compression="zstd")
    assert path.stat().st_size < 1_000_000
    brought = read_rows(path)
    assert said in str(brought.faults[0])
    assert brought.facts == ()


def test_what_is_no_parquet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "new.parquet"
    path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    assert "no Parquet file" in str(read_rows(path).faults[0])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "this is not JSON"),
        ("[]", "this is no row"),
        ("[" * 100_000, "this is not JSON"),
        ('{"id": 1, "kind": "noted"}', "this is no row"),
        ('{"id": "f1", "id": "f2", "kind": "noted"}', "this is no row"),
        ('{"nothing": "known"}', "nothing"),
        ('{"content":{},"entered":"","number":1,"recorder":"","type":"rumour"}', "no entry of a ledger"),
    ],
)
def test_lines_that_are_no_rows(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "new.jsonl"
    path.write_text(f'{{"id": "f0", "kind": "noted"}}\n{line}\n', encoding="utf-8")
    brought = read_rows(path)
    (fault,) = brought.faults
    assert (fault.line, said in str(fault)) == (2, True)
    assert len(brought.facts) == 1


def test_an_object_of_many_keys_is_read_in_time_of_its_size(tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    keys = ",".join(f'"k{number}":""' for number in range(200_000))
    path.write_text(f'{{{keys},"k199999":""}}\n', encoding="utf-8")
    assert "the key 'k199999' stands twice" in str(read_rows(path).faults[0])


def test_leaves_are_read_only_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    posting = Posting(1, "2026-11-25T04:35:40.123456Z", "A", Content("fact", {"id": "f1"}))
    write_rows(path, [posting], Form.JSON_LINES)
    path.write_bytes(path.read_bytes().replace(b'{"content"', b'{ "content"'))
    with pytest.raises(LedgerError, match=r"all\.jsonl:1"):
        list(read_leaves(path))


# ---------------------------------------------------------------- fuzz


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[Form, bytes]:
    folder = tmp_path_factory.mktemp("sound")
    cells = {"id": "f1", "kind": "noted", "subject": "store", "from": "2021", "sources": "a", "grade": "A"}
    postings = [Posting(1, "2026-11-25T04:35:40.123456Z", "A", Content("fact", cells))]
    return {
        form: write_rows(folder / f"out-{form.value}.{form.value}", postings, form)[0].read_bytes()
        for form in Form
    }


@pytest.mark.parametrize("form", list(Form))
@examples(60)
@given(data=st.data())
def test_damaged_files_give_faults_and_never_an_exception(
    sound: dict[Form, bytes], tmp_path_factory: pytest.TempPathFactory, form: Form, data: st.DataObject
) -> None:
    raw = bytearray(sound[form])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(("change", "cut", "insert"))):
            case "change":
                raw[at] = data.draw(st.integers(0, 255))
            case "cut":
                del raw[at : at + data.draw(st.integers(1, 40))]
            case _:
                raw[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        if not raw:
            break
    path = tmp_path_factory.mktemp("fuzz") / f"new.{form.value}"
    path.write_bytes(raw)
    assert isinstance(read_rows(path), Brought)


@pytest.mark.parametrize("form", list(Form))
@examples(40)
@given(raw=st.binary(max_size=300))
def test_bytes_give_faults_and_never_an_exception(
    tmp_path_factory: pytest.TempPathFactory, form: Form, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"new.{form.value}"
    path.write_bytes(raw)
    read = read_rows(path)
    assert read.faults or form is Form.CSV or not read.facts
