"""Logs of devices and lists of seals: the facts they give through a mapping, and what is wrong by line."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import Fault, FaultyInput
from watchgap.exchange import Brought, read_mapped
from watchgap.ledger import MOST_FAULTS, facts_of
from watchgap.testing.strategies import examples

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "cases" / "yongbyon-1993" / "case.yaml"
EXAMPLES = ROOT / "examples" / "ledger"
MAPPING = """\
columns: { device: unit, time: time, state: state }
time: "%Y-%m-%d %H:%M"
devices: { A: hall-camera, B: gate-monitor }
states: { ok: found-working, dead: found-dead, boot: ignore }
source: log
grade: A
id: "soh-{line}"
"""
LOG = """\
unit,time,state
A,2021-05-01 10:00,ok
A,2021-05-02 10:00,ok
B,2021-05-01 10:00,boot
A,2021-05-03 10:00,dead
"""


def read(folder: Path, log: str | bytes = LOG, mapping: str = MAPPING) -> Brought:
    (folder / "log.csv").write_bytes(log if isinstance(log, bytes) else log.encode())
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    return read_mapped(folder / "log.csv", folder / "map.yaml")


def test_a_line_is_a_fact(tmp_path: Path) -> None:
    brought = read(tmp_path)
    assert brought.faults == ()
    assert [(line, row["id"], row["kind"], row["subject"], row["from"]) for line, row in brought.facts] == [
        (2, "soh-2", "found-working", "hall-camera", "2021-05-01T10:00:00"),
        (3, "soh-3", "found-working", "hall-camera", "2021-05-02T10:00:00"),
        (5, "soh-5", "found-dead", "hall-camera", "2021-05-03T10:00:00"),
    ]
    row = brought.facts[0][1]
    assert (row["quote"], row["page"], row["sources"]) == ("A,2021-05-01 10:00,ok", "line 2", "log")


def test_a_run_of_one_state_is_one_fact_at_its_last_line(tmp_path: Path) -> None:
    mixed = LOG + "A,2021-05-04 10:00,ok\nB,2021-05-02 10:00,ok\nA,2021-04-30 10:00,ok\n"
    brought = read(tmp_path, mixed, MAPPING + "collapse: true\n")
    # The line of 30 April stands last in the file and first in time: it is of the run that ends on 2 May.
    assert [row["id"] for _, row in brought.facts] == ["soh-3", "soh-5", "soh-6", "soh-7"]


def test_times_are_those_of_the_clock_that_wrote_them(tmp_path: Path) -> None:
    brought = read(tmp_path, LOG, MAPPING + 'utc_offset: "+09:30"\n')
    assert brought.facts[0][1]["from"] == "2021-05-01T00:30:00"


def test_times_may_have_an_offset_of_their_own(tmp_path: Path) -> None:
    log = "unit,time,state\nA,2021-05-01 10:00+0930,ok\nA,2021-05-01 10:00Z,ok\nA,2021-05-01 10:00,ok\n"
    brought = read(tmp_path, log, MAPPING.replace("%H:%M", "%H:%M%z"))
    assert [row["from"] for _, row in brought.facts] == ["2021-05-01T00:30:00", "2021-05-01T10:00:00"]
    assert [fault.line for fault in brought.faults] == [4]


def test_days_stay_the_days_that_are_written(tmp_path: Path) -> None:
    mapping = MAPPING.replace(" %H:%M", "") + 'utc_offset: "+09:00"\n'
    brought = read(tmp_path, "unit,time,state\nA,2021-05-01,ok\n", mapping)
    assert [row["from"] for _, row in brought.facts] == ["2021-05-01"]


def test_the_ends_of_the_calendar_are_told(tmp_path: Path) -> None:
    log = "unit,time,state\nA,0001-01-01 00:00,ok\nA,0999-01-01 10:00,ok\n"
    brought = read(tmp_path, log, MAPPING + 'utc_offset: "+09:00"\n')
    assert [fault.line for fault in brought.faults] == [2]
    assert [row["from"] for _, row in brought.facts] == ["0999-01-01T01:00:00"]


def test_a_line_is_quoted_as_it_stands_with_the_number_on_which_it_begins(tmp_path: Path) -> None:
    mapping = MAPPING.replace("state: state", "state: state, comment: remark")
    log = 'unit,time,state,remark\n\n"A",2021-05-01 10:00,ok,"two\nlines"\nA,2021-05-02 10:00,ok,=1+1\n'
    brought = read(tmp_path, log, mapping)
    assert [(line, row["page"], row["quote"], row["note"]) for line, row in brought.facts] == [
        (3, "line 3", '"A",2021-05-01 10:00,ok,"two\nlines"', "two\nlines"),
        (5, "line 5", "A,2021-05-02 10:00,ok,=1+1", "=1+1"),
    ]
    long = read(tmp_path, f"{log}A,2021-05-03 10:00,ok,{'x' * 5000}\n", mapping)
    assert len(long.facts[2][1]["quote"]) == 400


def test_more_faults_than_are_told_end_the_reading(tmp_path: Path) -> None:
    brought = read(tmp_path, "unit,time,state\n" + "A,2021-05-01 10:00,odd\n" * (MOST_FAULTS + 200))
    assert len(brought.faults) == MOST_FAULTS + 1
    assert f"{MOST_FAULTS} faults were found up to here" in str(brought.faults[-1])
    assert brought.facts == ()


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "latin-1", "utf-8"])
def test_encodings_are_named(tmp_path: Path, encoding: str) -> None:
    log = LOG.replace("A,", "\xc4,").encode(encoding)
    mapping = MAPPING.replace("{ A:", "{ \xc4:") + f"encoding: {encoding}\n"
    assert len(read(tmp_path, log, mapping).facts) == 3
    if encoding == "utf-16":
        assert "is not utf-8" in str(read(tmp_path, log, MAPPING).faults[0])


def test_what_is_wrong_is_told_by_its_line(tmp_path: Path) -> None:
    wrong = LOG + "C,2021-05-01 10:00,ok\nA,2021-05-01 10:00,odd\nA,yesterday,ok\nA,2021-05-01 10:00\n"
    brought = read(tmp_path, wrong)
    assert [str(fault) for fault in brought.faults] == [
        "log.csv:6: the device 'C' is not in the mapping; add it under `devices`",
        "log.csv:7: the state 'odd' is not in the mapping; add it under `states`, if only as 'ignore'",
        "log.csv:8: the time 'yesterday' is not written as %Y-%m-%d %H:%M; correct it",
        "log.csv:9: the row has 2 cells under 3 columns; columns are parted by ','",
    ]
    assert len(brought.facts) == 3


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("a,b\n1,2\n", "log.csv:1: the header has 'unit' 0 times; it has a, b"),
        ("unit,unit,time,state\n", "the header has 'unit' 2 times"),
        ("", "the header has 'unit' 0 times"),
        ('unit,time,state\n"A,2021', "this is not CSV"),
        ("unit,time,state\nA\x00,2021,ok\n", "control character 0x00"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, log: str, said: str) -> None:
    brought = read(tmp_path, log)
    assert said in str(brought.faults[0])
    assert brought.facts == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("grade: A", "grade: E", "map.yaml:6: the key 'grade' is 'E'"),
        ("grade: A", "degree: A", "the key 'degree' is not known"),
        ("source: log\n", "", "the key 'source' is missing"),
        ("found-dead", "found-asleep", "'found-asleep' is no kind of fact about devices; use installed"),
        ("found-dead", "checked", "'checked' is no kind of fact about devices"),
        ("soh-{line}", "soh", "the id 'soh' would be that of every fact; put {line} into it"),
        ("%Y-%m-%d %H:%M", "%Q", "map.yaml:2: times cannot be read as '%Q'"),
        ("grade: A", 'grade: A\nutc_offset: "east"', "times cannot be read as '%Y-%m-%d %H:%M' at east"),
        ("grade: A", "grade: A\ndelimiter: ab", "the key 'delimiter' is 'ab'"),
        ("grade: A", "grade: A\nencoding: ebcdic", "the key 'encoding' is 'ebcdic'"),
        ("state: state", "status: state", "the key 'columns.state' is missing"),
        ("devices: {", "devices: [", "this is not YAML"),
        ("%Y-%m-%d %H:%M", "%Y %Y", "map.yaml:2: times cannot be read as '%Y %Y'"),
        ("%Y-%m-%d %H:%M", "%H:%M", "times written as '%H:%M' do not tell the day"),
        ("%H:%M", "%I:%M", "times written as '%Y-%m-%d %I:%M' leave the time of day open"),
        ("%H:%M", "%M", "times written as '%Y-%m-%d %M' leave the time of day open"),
        ('%H:%M"', '%H:%M%z"\nutc_offset: "+09:00"', "map.yaml:3: times with %z have an offset of their own"),
        ("grade: A", "grade: A\ndelimiter: '\"'", "map.yaml:7: columns cannot be parted by '\"'"),
        ("state: state }", "state: state, recorded: x }\nrecorded: 2021", "the key 'recorded' is 2021"),
        (
            "state: state }",
            'state: state, recorded: x }\nrecorded: "2021"',
            "map.yaml:2: the day of recording stands in a column and here",
        ),
    ],
)
def test_mappings_that_cannot_be_used(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(FaultyInput) as caught:
        read(tmp_path, LOG, MAPPING.replace(old, new))
    assert said in str(caught.value)


@pytest.mark.parametrize(("name", "ids"), [("state-of-health", ["soh-7"]), ("seals", ["seal-2", "seal-3"])])
def test_the_examples_give_what_they_say(name: str, ids: list[str]) -> None:
    brought = read_mapped(EXAMPLES / f"{name}.csv", EXAMPLES / f"{name}.yaml")
    assert brought.faults == ()
    assert [row["id"] for _, row in brought.facts] == ids
    found: list[Fault] = []
    facts = facts_of(brought.facts, file=brought.file, origin=date(1992, 5, 4), faults=found)
    assert found == []
    measures = re.findall(r"- id: ([a-z-]+)", CASE.read_text(encoding="utf-8").partition("\nmeasures:")[2])
    assert {one for fact in facts for one in fact.subjects} <= set(measures)


@examples(60)
@given(log=st.binary(max_size=200))
def test_bytes_give_faults_and_never_an_exception(
    tmp_path_factory: pytest.TempPathFactory, log: bytes
) -> None:
    brought = read(tmp_path_factory.mktemp("fuzz"), b"unit,time,state\n" + log)
    assert isinstance(brought, Brought)
