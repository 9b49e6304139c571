"""Whatever lies in a report, the reader answers with reports and faults, soon, and raises nothing."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchgap.accounting import (
    Accounts,
    Layout,
    Mapped,
    facts_of_reports,
    read_reports,
    strata_of_listing,
    strata_text,
)
from watchgap.base.errors import Fault, FaultyInput

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "accounting"
SEEDS = {
    "uk": [path.read_bytes() for path in sorted(EXAMPLES.glob("uk/*.csv"))]
    + [(EXAMPLES / "broken.csv").read_bytes()],
    "code10-labelled": [(EXAMPLES / "code10" / "reports-labelled.txt").read_bytes()],
    "code10-fixed": [(EXAMPLES / "code10" / "reports-fixed.txt").read_bytes()],
}
PIECES = st.sampled_from(
    [
        b"", b"#", b":", b"##", b"a:", b"#a:", b"entry:", b"report:2#", b"kind:I#", b"period:/#", b"/",
        b"\n", b"\r", b"\r\n", b"\n\n", b",", b";", b'"', b"'", b"-", b".", b"0", b"-0", b"9" * 30, b"1e5",
        b"NaN", b"Infinity", b"00000000", b"99999999", b"01010001", b"31129999", b"00010101", b"99991231",
        b"I", b"P", b"M", b"D", b"A", b"L", b"PB", b"BA", b"PE", b"MF", b"RA", b"DI", b"RD", b"SD", b"G",
        b"K", b"J", b"=1+1", b"@x", b"\x00", b"\x1b[0m", b"\xff", b"\xc3", b"\xe2\x80\xa8", b"\xd9\xa3",
        b"\xef\xbb\xbf", b" " * 200, b"Z" * 300,
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=8))),
    min_size=1,
    max_size=6,
)
SOON = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def assert_answered(accounts: Accounts, mapping: Mapped) -> None:
    assert list(accounts.faults) == sorted(set(accounts.faults))
    for fault in accounts.faults:
        assert isinstance(fault, Fault)
        assert fault.line >= 1
        assert fault.problem
        assert fault.remedy
        assert str(fault).isprintable()
    lines = [line for report in accounts.reports for line in report.lines]
    assert all(line.raw and line.line >= 1 for line in lines)
    weights = [weight for line in lines for weight in (line.element_weight, line.fissile_weight)]
    assert all(weight is None or (isinstance(weight, Decimal) and weight.is_finite()) for weight in weights)
    for report in accounts.reports:
        with suppress(FaultyInput):
            strata_text(strata_of_listing(report, mapping), mapping)
    with suppress(FaultyInput):
        facts_of_reports(accounts.reports, mapping)


@pytest.fixture(scope="session")
def layouts(labels: Layout, columns: Layout) -> Mapping[str, Layout | None]:
    return {"uk": None, "code10-labelled": labels, "code10-fixed": columns}


@pytest.mark.parametrize("dialect", SEEDS)
@SOON
@given(data=st.data())
def test_an_edited_report_is_answered(
    tmp_path: Path, layouts: Mapping[str, Layout | None], mapping: Mapped, dialect: str, data: st.DataObject
) -> None:
    content = data.draw(st.sampled_from(SEEDS[dialect]))
    for where, length, piece in data.draw(EDITS):
        begin = int(where * len(content))
        content = content[:begin] + piece + content[begin + length :]
    path = tmp_path / "report"
    path.write_bytes(content)
    assert_answered(read_reports(path, dialect=dialect, layout=layouts[dialect]), mapping)


@pytest.mark.parametrize("dialect", SEEDS)
@SOON
@given(text=st.text(max_size=200))
def test_any_text_is_answered(
    layouts: Mapping[str, Layout | None], mapping: Mapped, dialect: str, text: str
) -> None:
    assert_answered(read_reports(text, dialect=dialect, layout=layouts[dialect]), mapping)


STEEP = 1_000_000


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("code10-labelled", "area:\n" * STEEP),
        ("code10-labelled", "qqqq:\n" * STEEP),
        ("code10-labelled", "area:" + "\n" * STEEP),
        ("code10-labelled", "#" * STEEP),
        ("code10-labelled", "x#" * STEEP),
        ("code10-labelled", "a" * STEEP),
        ("code10-labelled", "a" + " " * STEEP + "b"),
        ("code10-labelled", "area:1#" * STEEP),
        ("code10-fixed", "1" * STEEP),
        ("code10-fixed", "1\n" * STEEP),
        ("uk", '"' + "a," * STEEP),
        ("uk", "," * STEEP),
        ("uk", "MBA" + "\n" * STEEP),
        ("uk", "MBA\n" + "x" * 131_073),
    ],
)
def test_steep_texts_take_time_in_proportion(
    layouts: Mapping[str, Layout | None], mapping: Mapped, dialect: str, text: str
) -> None:
    begin = process_time()
    accounts = read_reports(text, dialect=dialect, layout=layouts[dialect])
    # Seconds are far more than it takes, and far less than a reader whose time grows with the square.
    assert process_time() - begin < 20
    assert_answered(accounts, mapping)


def test_many_balances_of_one_period_take_time_in_proportion() -> None:
    header = "MBA,Report type,Report number,Start report,End report,IC code,Line number,Element category,"
    header += "Element weight,Accounting date,Batch\n"
    rows = "".join(
        f"ZZ01,M,{2 * n + 1},01012021,31122021,PB,1,P,1.000,,\n"
        f"ZZ01,I,{2 * n + 2},01012021,31122021,NP,1,P,0.000,01012021,B\n"
        for n in range(5_000)
    )
    begin = process_time()
    accounts = read_reports(header + rows, dialect="uk")
    assert process_time() - begin < 20
    assert len(accounts.reports) == 10_000
