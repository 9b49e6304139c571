"""Workbooks made part by part: what spreadsheets write, what only a damaged or hostile file has."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.case.files import CONTROL
from watchgap.exchange import Brought, read_rows
from watchgap.testing.strategies import examples

SCHEMA = "http://schemas.openxmlformats.org"
MAIN = f"{SCHEMA}/spreadsheetml/2006/main"
LINKS = f"{SCHEMA}/officeDocument/2006/relationships"
BOOK, BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
COLUMNS = ("id", "kind", "subject", "from", "to", "timing", "recorded", "detail", "sources", "grade", "read",
           "quote", "note", "supersedes")  # fmt: skip


def row(number: int, texts: tuple[str, ...]) -> str:
    cells = (f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{"".join(cells)}</row>'


def sheet(*rows: str, after: str = "") -> str:
    head = row(1, COLUMNS)
    return f'<worksheet xmlns="{MAIN}"><sheetData>{head}{"".join(rows)}</sheetData>{after}</worksheet>'


def link(identity: str, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="{identity}" Type="{LINKS}/{kind}" Target="{target}"{more}/>'


def parts(*rows: str) -> dict[str, str]:
    relations = f'<Relationships xmlns="{SCHEMA}/package/2006/relationships">'
    return {
        "_rels/.rels": f"{relations}{link('r1', 'officeDocument', BOOK)}</Relationships>",
        BOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="new" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        BOOK_LINKS: f"{relations}{link('r1', 'worksheet', 'worksheets/sheet1.xml')}"
        f"{link('r2', 'sharedStrings', 'sharedStrings.xml')}{link('r3', 'styles', 'styles.xml')}"
        "</Relationships>",
        SHEET: sheet(*rows),
        STRINGS: f'<sst xmlns="{MAIN}"><si><t>f1</t></si><si><r><t>no</t></r><rPh><t>NO</t></rPh>'
        "<r><t>ted_x0021_</t></r></si></sst>",
        STYLES: f'<styleSheet xmlns="{MAIN}"><numFmts>'
        '<numFmt numFmtId="164" formatCode="yyyy\\-mm"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        '<xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>',
    }


def read(folder: Path, given_parts: Mapping[str, str | bytes]) -> Brought:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in given_parts.items():
            package.writestr(name, part)
    path = folder / "new.xlsx"
    path.write_bytes(stream.getvalue())
    return read_rows(path)


def cell(reference: str, value: str, kind: str = "n", style: int = 0) -> str:
    return f'<row r="2"><c r="{reference}" t="{kind}" s="{style}"><v>{value}</v></c></row>'


@pytest.mark.parametrize(
    ("given_row", "column", "text"),
    [
        (cell("A2", "0", "s"), "id", "f1"),
        (cell("A2", "1", "s"), "id", "noted!"),  # runs are joined, how they are spoken is not
        (cell("D2", "34090", style=1), "from", "1993-05-01"),
        (cell("D2", "34090.5", style=1), "from", "1993-05-01T12:00"),
        (cell("D2", "34090", style=2), "from", "1993-05"),
        (cell("D2", "1E2"), "from", "100"),
        (cell("D2", "0.1"), "from", "0.1"),
        (cell("D2", "1993-05-01", "d"), "from", "1993-05-01"),
    ],
)
def test_cells_are_read(tmp_path: Path, given_row: str, column: str, text: str) -> None:
    brought = read(tmp_path, parts(given_row))
    assert brought.faults == ()
    assert [found[column] for _, found in brought.facts] == [text]


def test_dates_may_be_counted_from_1904(tmp_path: Path) -> None:
    given_parts = parts(cell("D2", str(34090 - 1462), style=1))
    given_parts[BOOK] = given_parts[BOOK].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert read(tmp_path, given_parts).facts[0][1]["from"] == "1993-05-01"


@pytest.mark.parametrize(
    ("given_row", "said"),
    [
        (cell("A2", "2", "s"), "the cell A2 of sheet 'new' refers to a text that is not there"),
        (cell("A2", "-1", "s"), "has '-1' where a number stands"),
        (cell("A2", "&#1633;", "s"), "where a number stands"),
        (cell("A2", "x", "odd"), "is of the unknown type 'odd'"),
        (cell("A2", "1", "b"), "is a truth value"),
        (cell("A2", "#N/A", "e"), "is the error #N/A"),
        (cell("A2", "inf"), "holds 'inf', which is no number"),
        (cell("A2", "x"), "holds 'x', which is no number"),
        (cell("A2", "0.1234567890123456"), "which has more digits than are kept"),
        (cell("A2", "1e300"), "which has more digits than are kept"),
        (cell("D2", "34091", style=2), "and shows only year and month"),
        (cell("D2", "59", style=1), "is a date outside March 1900 to 9999"),
        (cell("D2", "1e9", style=1), "is a date outside March 1900 to 9999"),
        (cell("D2", "0.5", style=3), "is the number 0.5 shown in a form of its own"),
        (cell("O2", "1"), "the cell O2 of sheet 'new' stands under no column"),
        ('<row r="2"><c r="A2"><f>1</f></c></row>', "the cell A2 of sheet 'new' is a formula"),
        (
            '<row r="2"><c r="A2" t="str"><f>1</f><v>f1</v></c></row>',
            "the cell A2 of sheet 'new' is a formula",
        ),
        (
            cell("A2", "a_x001B_b", "str"),
            "the cell A2 of sheet 'new' ('id') holds the control character 0x1b",
        ),
        (cell("A2", "_xD83D_", "str"), "holds the control character 0xd83d"),
    ],
)
def test_cells_are_refused_by_their_name(tmp_path: Path, given_row: str, said: str) -> None:
    brought = read(tmp_path, parts(given_row, row(3, ("f2", "noted"))))
    assert [fault.line for fault in brought.faults] == [2]
    assert said in str(brought.faults[0])
    assert [line for line, _ in brought.facts] == [3]


@pytest.mark.parametrize(
    ("given_row", "said"),
    [
        (row(1, ("f1",)), "the rows of sheet 'new' are out of order after row 1"),
        ('<row r="0"/>', "out of order"),
        ('<row r="-1"/>', "has '-1' where a number stands"),
        (
            '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
            "row 2 of sheet 'new' are out of order",
        ),
        (cell("A3", "1"), "the cells of row 2 of sheet 'new' are out of order"),
        (cell("ZZZ2", "1"), "the cells of row 2 of sheet 'new' are out of order"),
        (cell("A2", "x" * 270_000, "str"), "has a cell of more than 262136 characters"),
        ("<row", "is damaged"),
    ],
)
def test_sheets_are_refused(tmp_path: Path, given_row: str, said: str) -> None:
    assert said in str(read(tmp_path, parts(given_row)).faults[0])


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (BOOK_LINKS, 'Target="worksheets/sheet1.xml"', 'Target="worksheets/none.xml"', "lacks its part"),
        (BOOK_LINKS, 'Target="worksheets/sheet1.xml"', 'Target="../../../etc/passwd"', "lacks its part"),
        (BOOK_LINKS, "sharedStrings.xml", 'http://a.example/" TargetMode="External', "linked to other files"),
        (BOOK, 'r:id="r1"', 'r:id="r7"', "the sheet 'new' is not in the package"),
        (BOOK, "<sheet ", '<sheet name="more" sheetId="2" r:id="r1"/>' * 100 + "<sheet ", "has 101 sheets"),
        ("_rels/.rels", "officeDocument", "other", "this package is no workbook"),
        (SHEET, "<sheetData>", "<sheetData></x>", "is damaged"),
        (
            SHEET,
            "</worksheet>",
            '<mergeCells><mergeCell ref="A2:B2"/></mergeCells></worksheet>',
            "are merged",
        ),
    ],
)
def test_packages_are_refused(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    given_parts = parts(row(2, ("f1", "noted")))
    assert old in given_parts[name]
    given_parts[name] = given_parts[name].replace(old, new)
    assert said in str(read(tmp_path, given_parts).faults[0])


def test_two_sheets_of_facts_are_refused(tmp_path: Path) -> None:
    given_parts = parts(row(2, ("f1", "noted")))
    given_parts[BOOK] = given_parts[BOOK].replace(
        "</sheets>", '<sheet name="b" sheetId="2" r:id="r1"/></sheets>'
    )
    assert "the sheets 'new' and 'b' both hold facts" in str(read(tmp_path, given_parts).faults[0])


# A package tells by its check sums what was changed in it, so that parts are changed before they are packed.
_WHOLE = {name: part.encode() for name, part in parts(cell("A2", "1", "s"), row(3, ("f2", "noted"))).items()}
_WORDS = [
    b"<", b">", b'"', b"=", b"/", b"&", b"&#x1b;", b"<c", b"<row>", b"</row>", b"<v>", b"</v>", b"<f/>",
    b"<si>", b"<t>", b"-1", b"99999999999999999999", b"NaN", b"_xD800_", b"_x001B_", b"\xff", b"\x00", b"A1",
    b"<!DOCTYPE a>", b"<![CDATA[", b'encoding="utf-16"', b"<?xml version='1.0' encoding='odd'?>", b"r2",
]  # fmt: skip


@given(data=st.data())
@examples(150)
def test_damaged_parts_give_faults_and_never_an_exception(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    given_parts = dict(_WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(given_parts)))
        part = given_parts[name]
        begin = data.draw(st.integers(0, len(part)))
        end = min(len(part), begin + data.draw(st.integers(0, 30)))
        new = data.draw(st.one_of(st.sampled_from(_WORDS), st.binary(max_size=4)))
        given_parts[name] = part[:begin] + new + part[end:]
    brought = read(tmp_path_factory.mktemp("parts"), given_parts)
    texts = [text for _, cells in (*brought.facts, *brought.sources) for text in cells.values()]
    assert CONTROL.search("".join(texts)) is None
    assert all(fault.line > 0 for fault in brought.faults)
