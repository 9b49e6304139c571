"""The tables of fields, codes and rules: their sources, and tables that a user gives."""

import re
from pathlib import Path

import pytest

from watchgap.accounting import (
    DIALECTS,
    codes_of,
    published_codes,
    published_layout,
    read_codes,
    read_layout,
    rules,
)
from watchgap.accounting import checks as checks_module
from watchgap.base.errors import FaultyInput, UnknownName

# Schedule 1 Part 4 of the UK regulations (SI 2019/196), columns label, content and number, as printed there.
PRINTED_LISTING = """
MBA;Character (4)|Report type;Character (1)|Report date;DDMMYYYY|Report number;Number (8)|PIT date;DDMMYYYY
|Line count;Number (8)|Reporting person;Character (30)|PIL_ITEM_ID;Number (8)|Batch;Character (20)
|KMP;Character (1)|Measurement;Character (1)|Element category;Character (1)|Material form;Character (2)
|Material container;Character (1)|Material state;Character (1)|Line number;Number (8)|Items;Number (6)
|Element weight;Number (24.3)|Isotope;Character (1)|Fissile weight;Number (24.3)|Obligation;Character (2)
|Document;Character (70)|Container ID;Character (20)|Correction;Character (1)|Previous report;Number (8)
|Previous line;Number (8)|Comment;Character (256)|CRC;Number (20)|Previous CRC;Number (20)
"""


def faults_of(path: Path, text: str, dialect: str = "code10-labelled") -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultyInput) as raised:
        read_layout(path, dialect)
    return [f"{fault.line}: {fault.problem}" for fault in raised.value.faults]


def test_the_listing_is_the_printed_one() -> None:
    printed = [tuple(row.split(";")) for row in PRINTED_LISTING.replace("\n", "").split("|")]
    fields = [field for field in published_layout("uk").fields if field.reports == "P"]
    assert [(field.tag, field.content) for field in fields] == printed
    assert {field.known for field in fields} == {"read"}


def test_every_row_says_where_it_comes_from_and_whether_that_was_read() -> None:
    rows = (*published_layout("uk").fields, *published_codes(), *rules().values())
    assert all(row.source for row in rows)
    assert {row.known for row in rows} == {"read", "memory", "own"}


def test_nothing_is_made_up_where_the_specification_is_not_public() -> None:
    assert [published_layout(dialect).fields for dialect in DIALECTS[:2]] == [(), ()]


def test_every_code_of_a_change_has_a_direction_and_a_kind_of_fact() -> None:
    for dialect in DIALECTS:
        for code in codes_of(dialect)["change"].values():
            assert code.direction in ("up", "down")
            assert (code.fact in ("received",)) <= (code.direction == "up")
            assert (code.fact in ("shipped",)) <= (code.direction == "down")


def test_rules_that_are_checked_are_the_rules_of_the_table() -> None:
    folder = Path(checks_module.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert [rule for rule in rules() if f'"{rule}"' not in text and f"[{rule}]" not in text] == []
    assert all(re.fullmatch(r"[A-Z].*\.", rule.sentence) for rule in rules().values())


def test_an_unknown_dialect_is_named() -> None:
    with pytest.raises(UnknownName, match="no dialect 'euratom' is known; use one of code10-labelled"):
        published_layout("euratom")  # type: ignore[arg-type]


def test_a_table_is_refused_with_all_its_faults(tmp_path: Path) -> None:
    text = (
        "reports,tag,field,content\n"
        "X,area,area,Character (4)\n"
        ",no label,facility,Character (4)\n"
        ",number,report_number,Character (8)\n"
        ",when,Day,DDMMYY\n"
        ",period,first/last,YYYYMMDD\n"
        ",many,items,Number (99)\n"
        ",text,note,Character (4.2)\n"
        "short,row\n"
    )
    assert faults_of(tmp_path / "own.csv", text) == [
        "9: the row has 2 cells under 4 columns",
        "2: 'X' is no kind of report",
        "3: 'no label' is not a label",
        "4: 'Character (8)' cannot hold 'report_number'",
        "5: the content 'DDMMYY' is not understood",
        "6: there are 2 fields and 1 contents",
        "7: the content 'Number (99)' has too many places",
        "8: the content 'Character (4.2)' is not understood",
    ]


def test_a_table_has_what_a_report_cannot_do_without_and_nothing_twice(tmp_path: Path) -> None:
    rows = [
        ("area", "Character (4)"), ("report_type", "Character (1)"), ("report_number", "Number (8)"),
        ("taking", "YYYYMMDD"), ("number", "Number (8)"), ("kmp", "Character (1)"),
        ("batch", "Character (8)"), ("element", "Character (1)"), ("batch", "Character (8)"),
    ]  # fmt: skip
    text = "reports,tag,field,content\n" + "".join(f"P,{name},{name},{content}\n" for name, content in rows)
    assert faults_of(tmp_path / "own.csv", text) == [
        "1: no row gives the field 'element_weight' to a physical inventory listing",
        "1: the field 'batch' stands twice for a physical inventory listing",
        "1: the tag 'batch' stands twice for a physical inventory listing",
    ]


@pytest.mark.parametrize("tag", ["12", "0-4", "9-3", "a-b", "1-99999"])
def test_columns_are_a_range(tmp_path: Path, tag: str) -> None:
    text = f"reports,tag,field,content\n,{tag},area,Character (4)\n"
    assert faults_of(tmp_path / "own.csv", text, "code10-fixed") == [f"2: '{tag}' is not a range of columns"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "the file is empty"),
        (b"reports,tag\n", "the header is reports,tag"),
        (b"HEADER\n", "the table has no rows"),
        (b"HEADER\n\xff", "byte 0xff is not UTF-8"),
        (b'HEADER\n"', "this is not CSV (unexpected end of data)"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, raw: bytes, problem: str) -> None:
    path = tmp_path / "own.csv"
    for header, read in (
        (b"reports,tag,field,content", lambda: read_layout(path, "uk")),
        (b"list,code,meaning", lambda: read_codes(path)),
    ):
        path.write_bytes(raw.replace(b"HEADER", header))
        with pytest.raises(FaultyInput) as raised:
            read()
        assert [fault.problem for fault in raised.value.faults] == [problem]


def test_codes_of_a_user_replace_published_ones_and_add_to_them(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(
        "list,code,meaning,direction,fact\nchange,GA,a gain,up,received\nchange,QQ,own,down,noted\n"
    )
    own = codes_of("uk", read_codes(path))["change"]
    assert (own["GA"].meaning, own["GA"].fact, own["QQ"].known) == ("a gain", "received", "own")
    assert own["RD"] == codes_of("uk")["change"]["RD"]


def test_codes_of_a_user_are_refused_with_all_their_faults(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("list,code,meaning,direction,fact\nkinds,A,a,,\nchange,B,b,,\nchange,C,c,sideways,lost\n")
    with pytest.raises(FaultyInput) as raised:
        read_codes(path)
    assert [(fault.line, fault.problem) for fault in raised.value.faults] == [
        (2, "'kinds' is no list"),
        (3, "the code or its direction is empty"),
        (4, "'sideways' is no direction"),
        (4, "'lost' is no fact"),
    ]
