"""Reports are read exactly, in every dialect, and lines are kept as they stand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.accounting import Accounts, Layout, Line, Report, read_reports, rules, write_reports
from watchgap.accounting.read import LARGEST_REPORT_FILE
from watchgap.base.errors import Fault, OutOfRange
from watchgap.testing.strategies import examples as times

BROKEN = Path(__file__).resolve().parents[2] / "examples" / "accounting" / "broken.csv"

UK = "MBA,Report type,Report number,PIT date,Line count,Line number,Batch,KMP,Element category,Element weight"
LISTING = f"{UK}\nZZ01,P,1,31122020,1,1,B-1,A,P,8.125\n"


def told(faults: tuple[Fault, ...]) -> list[str]:
    return [f"{fault.line}: {fault.problem}" for fault in faults]


def bare(report: Report) -> Report:
    """A report without where it stood."""
    lines = tuple(replace(line, raw="", line=0) for line in report.lines)
    return replace(report, lines=lines, file="", line=0)


def test_the_constructed_year_has_no_fault(accounts: Accounts) -> None:
    assert accounts.faults == ()
    assert [report.name for report in accounts.reports] == [
        "report I 3", "report I 4", "report M 2", "report M 6", "report P 1", "report P 5",
    ]  # fmt: skip
    assert len(accounts.digests) == 5


def test_what_was_read_is_what_stands_in_the_file(accounts: Accounts, examples: Path) -> None:
    report = accounts.reports[1]
    line = report.lines[1]
    stands = (examples / "uk" / "icr-2021.csv").read_text(encoding="utf-8").splitlines()
    assert (report.area, report.number, report.first, report.last, report.completed, report.lines_stated) == (
        "ZZ01", 4, date(2021, 4, 1), date(2021, 4, 30), date(2021, 5, 4), 5,
    )  # fmt: skip
    assert line == Line(
        number=2, code="RD", day=date(2021, 3, 9), area_from="ZZ02", kmp="A", batch="FRESH-2", items=8,
        form="EA", element="L", element_weight=Decimal("160040.500"), isotope="G",
        fissile_weight=Decimal("5601.400"), measurement="N", correction="A", previous_report=3,
        previous_line=1, check_sum="1004",
        previous_check_sum="1001", note="the weights of the shipper's certificate",
        other={"transaction": "1"}, raw=stands[4], line=5,
    )  # fmt: skip


@pytest.mark.parametrize("dialect", ["code10-labelled", "code10-fixed"])
def test_code_10_is_read_with_a_table_that_is_given(
    examples: Path, labels: Layout, columns: Layout, dialect: str
) -> None:
    fixed = dialect == "code10-fixed"
    path = examples / "code10" / f"reports-{'fixed' if fixed else 'labelled'}.txt"
    accounts = read_reports(path, dialect=dialect, layout=columns if fixed else labels)
    assert accounts.faults == ()
    assert [report.name for report in accounts.reports] == [
        "report P 1", "report M 2", "report I 3", "report I 4", "report P 5", "report M 6",
    ]  # fmt: skip
    corrected = accounts.reports[3].lines[0]
    assert (corrected.previous_report, corrected.previous_line, corrected.unit) == (3, 1, "G")
    assert accounts.reports[4].lines[1].element_weight == Decimal(600)
    assert accounts.reports[4].lines[1].unit == "KG"
    assert accounts.reports[4].note == "constructed"
    assert corrected.note == "the weights of the shipper's certificate"


@pytest.mark.parametrize("dialect", ["code10-labelled", "code10-fixed"])
def test_code_10_without_a_table_says_so_once_and_keeps_every_line(examples: Path, dialect: str) -> None:
    path = examples / "code10" / f"reports-{dialect.partition('-')[2]}.txt"
    accounts = read_reports(path, dialect=dialect)
    assert told(accounts.faults) == [
        f"1: the labels and columns of {dialect} are not public, and no table of them was given"
    ]
    kept = [line.raw for report in accounts.reports for line in report.lines]
    assert kept == path.read_text(encoding="utf-8").splitlines()


def test_a_label_that_the_table_lacks_is_named_once_and_its_line_is_kept(labels: Layout) -> None:
    text = (
        "report:1#kind:P#area:ZZ01#taking:20201231#entries:2#\n"
        "entry:1#kmp:A#batch:B-1#element:P#weight:8#unit:G#999:secret#\n"
        "entry:2#kmp:A#batch:B-2#element:P#weight:8#unit:G#999:more#\n"
    )
    accounts = read_reports(text, dialect="code10-labelled", layout=labels)
    [told_once] = told(accounts.faults)
    assert told_once.startswith(
        "2: the label '999' is not in the table of fields (labels.csv); it stands in 2 rec"
    )
    assert [line.other["999"] for line in accounts.reports[0].lines] == ["secret", "more"]
    assert accounts.reports[0].lines[1].raw == text.splitlines()[2]


def test_labelled_elements_may_be_laid_out_anyhow(labels: Layout) -> None:
    text = (
        "report:1# kind : P #area:ZZ01#\r\ntaking:20201231##\n  # entries:1#person:A.\n  Example#"
        "entry:1#kmp:A#batch:B:1#element:P#weight:8#unit:G#"
    )
    accounts = read_reports(text, dialect="code10-labelled", layout=labels)
    assert accounts.faults == ()
    assert (accounts.reports[0].person, accounts.reports[0].lines[0].batch) == ("A. Example", "B:1")


def test_weights_that_come_again_belong_to_one_entry(labels: Layout) -> None:
    text = (
        "report:1#kind:P#area:ZZ01#taking:20201231#entries:1#entry:1#kmp:A#batch:B-1#items:2#"
        "element:P#weight:8#unit:G#element:E#weight:90#unit:G#isotope:G#fissile:3#"
    )
    accounts = read_reports(text, dialect="code10-labelled", layout=labels)
    assert accounts.faults == ()
    assert [(line.number, line.part, line.element, line.items) for line in accounts.reports[0].lines] == [
        (1, 1, "P", 2),
        (1, 2, "E", 2),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("report:1#kind:P#area:ZZ01\ntaking:20201231#", ["1: the element of label 'area' has no end"]),
        ("report:1#kind:P#what is this#area:Z#taking:20201231#", ["1: 'what is this' is no element"]),
        ("report:1#kind:P#area:Z#taking:20201231", ["1: the element of label 'taking' has no end"]),
        (
            "report:1#kind:P#area:" + "Z" * 5000 + "#taking:20201231#",
            [
                "1: report P 1, label 'area' (area): '" + "Z" * 40 + "' has 4000 characters",
                "1: the element of label 'area' has 5000 characters",
            ],
        ),
        (
            "report:1#kind:P#area:Z#area:Y#taking:20201231#",
            ["1: report P 1, label 'area' (area) stands twice"],
        ),
        (
            "report:1#kind:I#area:Z#period:20200101#",
            ["1: report I 1, label 'period' (first): '20200101' has 1 parts"],
        ),
    ],
)
def test_elements_that_cannot_be_read_are_named(labels: Layout, text: str, expected: list[str]) -> None:
    found = told(read_reports(text, dialect="code10-labelled", layout=labels).faults)
    assert [fault for fault in found if "is not given" not in fault] == expected


def test_fixed_columns_that_have_no_meaning_are_named(examples: Path, columns: Layout) -> None:
    text = (examples / "code10" / "reports-fixed.txt").read_text(encoding="utf-8").splitlines()[0]
    accounts = read_reports(f"{text.ljust(180)}tail", dialect="code10-fixed", layout=columns)
    assert "1: 'tail' stands in columns that columns.csv gives no meaning" in told(accounts.faults)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("tag", ["Element weight", "ELEMENT_WEIGHT", "element-weight", "Element  Weight"])
def test_the_layout_of_a_table_matters_little(separator: str, tag: str) -> None:
    text = LISTING.replace("Element weight", tag).replace(",", separator).replace("\n", "\r\n")
    accounts = read_reports(f"{text}\r\n", dialect="uk")
    assert accounts.faults == ()
    assert accounts.reports[0].lines[0].element_weight == Decimal("8.125")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("8.125", "8.1250", "2: report P 1, line 1, 'Element weight': '8.1250' has too many digits"),
        ("8.125", "1e3", "2: report P 1, line 1, 'Element weight': '1e3' is not a number"),
        ("8.125", "٣", "2: report P 1, line 1, 'Element weight': '٣' is not a number"),
        ("8.125", "NaN", "2: report P 1, line 1, 'Element weight': 'NaN' is not a number"),
        ("31122020", "31112020", "2: report P 1, 'PIT date': '31112020' is not a day of the calendar"),
        ("31122020", "2020-12-31", "2: report P 1, 'PIT date': '2020-12-31' is not a date"),
        ("ZZ01", "ZZ001", "2: report P, 'MBA': 'ZZ001' has 5 characters"),
        (",P,1,", ",P,-1,", "2: report P, 'Report number': '-1' is not a number"),
        (",P,1,", ",Q,1,", "2: 'Q' is no kind of report; it is one of I, P, M"),
        (",P,1,", ",,1,", "2: the record does not say of what kind it is; it is one of I, P, M"),
        ("Batch", "Lot", "1"),
    ],
)
def test_contents_are_read_strictly(old: str, new: str, expected: str) -> None:
    assert LISTING.count(old) == 1
    found = told(read_reports(LISTING.replace(old, new), dialect="uk").faults)
    if old == "Batch":
        assert found == [
            "2: report P 1, line 1, 'Batch' is not given",
            "2: the column 'Lot' is not in the table of fields (uk.csv)",
        ]
    else:
        # Something that could not be read is not also said to be missing.
        assert found == [expected]


def test_a_column_of_another_kind_of_report_is_named() -> None:
    text = LISTING.replace("KMP", "KMP,IC code").replace(",A,", ",A,RD,")
    assert told(read_reports(text, dialect="uk").faults) == [
        "2: the column 'IC code' belongs to another kind of report"
    ]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "1: the file is empty"),
        (LISTING.encode("utf-16"), "1: byte 0xff is not UTF-8"),
        (LISTING.encode() + b"\n\x00", "4: the control character 0x00 stands here"),
        (LISTING.encode() + b"caf\xe9", "3: byte 0xe9 is not UTF-8"),
        (LISTING.encode() + b'"', "3: this is not CSV (unexpected end of data)"),
        (b"MBA,mba\n", "1: the column 'MBA' stands twice"),
        (b"," * 2000, "1: the table has 2001 columns"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, raw: bytes, problem: str) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(raw)
    assert told(read_reports(path, dialect="uk").faults) == [problem]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(LISTING.encode("utf-8-sig"))
    assert read_reports(path, dialect="uk").faults == ()


def test_a_file_that_is_not_there_or_too_large_is_a_fault(tmp_path: Path) -> None:
    assert told(read_reports(tmp_path / "none.csv", dialect="uk").faults) == ["1: the file is not there"]
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(LARGEST_REPORT_FILE + 1)
    assert "bytes" in read_reports(large, dialect="uk").faults[0].problem


def test_many_faults_end_the_reading() -> None:
    text = LISTING + "short\n" * 5000
    faults = read_reports(text, dialect="uk").faults
    assert len(faults) == 1001
    assert faults[-1].line == 1002
    assert [fault.line for fault in faults if fault.problem == "1000 faults were found up to here"] == [1002]


def test_every_fault_of_the_broken_example_is_named() -> None:
    faults = read_reports(BROKEN, dialect="uk").faults
    listed = BROKEN.with_name("broken-faults.txt").read_text(encoding="utf-8").splitlines()
    assert [str(fault) for fault in faults] == listed
    broken = {fault.remedy.rpartition("[")[2].rstrip("]") for fault in faults if "[" in fault.remedy}
    # What a table without units, and one with a known element in each line, cannot show.
    assert set(rules()) - broken == {"unit", "listing"}


def test_a_report_of_no_kind_and_a_value_that_does_not_fit_are_not_written() -> None:
    with pytest.raises(OutOfRange, match="'' is no type of report; it is one of I, P, M"):
        write_reports([Report()], dialect="uk")
    with pytest.raises(OutOfRange, match="report P 1, 'MBA': 'too long' does not fit Character"):
        write_reports([Report(type="P", number=1, area="too long")], dialect="uk")
    with pytest.raises(OutOfRange, match="does not fit Character"):
        write_reports([Report(type="P", number=1, area="\x1b[0m")], dialect="uk")


WORDS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='#/"'), min_size=1, max_size=4
)
WEIGHTS = st.integers(0, 10**9).map(lambda milligrams: Decimal(milligrams).scaleb(-3))
DAYS = st.dates(date(1950, 1, 1), date(2100, 1, 1))


@st.composite
def listings(draw: st.DrawFn) -> list[Report]:
    reports = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        lines = [
            Line(
                number=position,
                batch=draw(WORDS),
                kmp=draw(WORDS)[:1],
                items=draw(st.none() | st.integers(0, 9999)),
                element=draw(st.sampled_from("PNDT")),
                element_weight=draw(WEIGHTS),
            )
            for position in range(1, draw(st.integers(1, 4)) + 1)
        ]
        area, taking, made = draw(WORDS), draw(DAYS), draw(st.none() | DAYS)
        reports.append(
            Report(
                area=area, type="P", number=number, taking=taking, completed=made, lines_stated=len(lines),
                person=draw(WORDS), lines=tuple(lines),
            )
        )  # fmt: skip
    return reports


@times(25)
@given(listings(), st.sampled_from(["uk", "code10-labelled", "code10-fixed"]))
def test_what_is_written_is_read_again(
    labels: Layout, columns: Layout, reports: list[Report], dialect: str
) -> None:
    layout = {"uk": None, "code10-labelled": labels, "code10-fixed": columns}[dialect]
    unit = "" if dialect == "uk" else "KG"
    written = [
        replace(report, dialect=dialect, lines=tuple(replace(line, unit=unit) for line in report.lines))
        for report in reports
    ]
    text = write_reports(written, dialect=dialect, layout=layout)
    read = read_reports(text, dialect=dialect, layout=layout)
    assert [bare(report) for report in read.reports] == written
    assert [fault for fault in read.faults if "[content]" in fault.remedy or "[tag]" in fault.remedy] == []
