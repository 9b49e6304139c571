"""Facts and sources that are malformed or do not fit the case: each fault with its line and its words."""

import hashlib
import tracemalloc
from time import process_time
from typing import Any

import pytest

from watchgap.flow.load import load
from watchgap.ledger import KINDS
from watchgap.ledger import rows as reader

HEADER = "id,kind,subject,from,to,timing,recorded,detail,sources,grade,read,quote,note,supersedes"
NEXT = "e15,noted,store,2021-12-01,,at,,,invented,C,,,,\n"
DATE = "write it as 1993-11-06, 1993-11, 1993 or 1993-11-06T14:30"
DEVICES = "use one of gate-monitor, hall-camera, satellite"
PERIOD = "the period is 2021-01-01 to 2021-12-31; widen it, or use kind 'noted'"
LATER = "add the fact that it was installed or attached"


def row(**cells: str) -> str:
    """A row that is right but for the cells that are given."""
    right = {
        "id": "x1",
        "kind": "noted",
        "subject": "store",
        "from": "2021-12-01",
        "sources": "invented",
        "grade": "C",
    }
    written = right | {name.rstrip("_"): cell for name, cell in cells.items()}
    return ",".join(f'"{written.get(name, "")}"' for name in HEADER.split(",")) + "\n"


ROWS = [
    ({"id": "e01"}, ["the id 'e01' stands also on line 2; give each fact its own id"]),
    ({"kind": "glued"}, [f"unknown kind 'glued'; use one of {', '.join(KINDS)}"]),
    ({"grade": "E"}, ["unknown grade 'E'; use A, B, C or D"]),
    (
        {"id": "", "grade": ""},
        [
            "the cell 'grade' is empty; every fact needs 'grade'",
            "the cell 'id' is empty; every fact needs 'id'",
        ],
    ),
    ({"subject": " ; "}, ["the cell 'subject' is empty; every fact needs 'subject'"]),
    ({"sources": ";"}, ["the cell 'sources' is empty; every fact needs 'sources'"]),
    ({"from_": "1.12.2021"}, [f"from: '1.12.2021' is not a date; {DATE}"]),
    ({"from_": "a; b"}, [f"from: 'a; b' is not a date; {DATE}"]),
    ({"to": "later"}, [f"to: 'later' is not a date; {DATE}"]),
    ({"recorded": "soon"}, [f"recorded: 'soon' is not a date; {DATE}"]),
    (
        {"to": "2021-11-30", "timing": "during"},
        ["the interval runs backwards, from 2021-12-01 to 2021-11-30; put the earlier date first"],
    ),
    (
        {"to": "2021-12-02"},
        ["the fact has an interval but no timing; say 'during' (it lasted) or 'between' (date unknown)"],
    ),
    (
        {"from_": "2021-12", "timing": "at"},
        ["the fact is 'at' an interval; give one date, or say 'during' or 'between'"],
    ),
    ({"timing": "about"}, ["unknown timing 'about'; use one of at, during, between"]),
    (
        {"detail": "quantity"},
        ["the detail 'quantity' is not key=value; write details as key=value; key=value"],
    ),
    (
        {"detail": "quantity="},
        ["the detail 'quantity=' is not key=value; write details as key=value; key=value"],
    ),
    ({"detail": "mass=1"}, ["'noted' takes no detail 'mass'; it takes quantity, unit"]),
    (
        {"kind": "disabled", "subject": "hall-camera", "detail": "a=1"},
        ["'disabled' takes no detail 'a'; it takes no details"],
    ),
    ({"detail": "unit=kg; unit=g"}, ["the detail 'unit' stands twice; keep one of them"]),
    (
        {"kind": "checked", "subject": "assemblies"},
        [
            "'checked' lacks the detail activity; add activity=...",
            "'checked' lacks the detail sample; add sample=...",
        ],
    ),
    # what does not fit the case
    ({"kind": "disabled", "subject": "hall-clock"}, [f"'hall-clock' is no device of the case; {DEVICES}"]),
    ({"kind": "disabled", "subject": "hatch-seal"}, [f"'hatch-seal' is no device of the case; {DEVICES}"]),
    (
        {"kind": "broken", "subject": "hall-camera"},
        ["'hall-camera' is no seal of the case; use one of hatch-seal"],
    ),
    ({"kind": "visit", "subject": "gate"}, ["'gate' is no facility of the case; use one of store"]),
    (
        {"kind": "stated", "subject": "press"},
        ["'press' is no actor of the case; use one of inspectorate, operator"],
    ),
    (
        {"kind": "stated", "subject": "operator", "detail": "claim=all; rung=fine"},
        [
            "'all' in claim is no claim of the case; use one of as-declared, nothing-taken",
            (
                "the rung 'fine' is not on the ladder; use one of no indication of diversion, "
                "continuity of knowledge is degrading, continuity of knowledge is lost"
            ),
        ],
    ),
    (
        {"kind": "raised", "subject": "odd", "detail": "what=a seal; strata=assemblies|rods"},
        ["'rods' in strata is no stratum of the case; use one of assemblies"],
    ),
    (
        {"kind": "raised", "subject": "odd", "detail": "what=a seal"},
        ["the anomaly touches nothing; name what it touches: strata=... or claims=..."],
    ),
    (
        {"kind": "resolved", "subject": "odd"},
        ["the anomaly 'odd' is resolved but was never raised; add the fact that raised it"],
    ),
    (
        {"kind": "lost", "subject": "map"},
        [
            (
                "'map' is no evidence of the case; use one of gate-monitor, hall-camera, hatch-seal, "
                "loading-map, satellite"
            )
        ],
    ),
    (
        {"sources": "invented; memory"},
        ["the source 'memory' is not known; add it to the sources, or correct the key"],
    ),
    (
        {"supersedes": "e99"},
        ["it supersedes 'e99', which is no other fact; name the id of the fact it corrects"],
    ),
    (
        {"supersedes": "x1"},
        ["it supersedes 'x1', which is no other fact; name the id of the fact it corrects"],
    ),
    ({"recorded": "3021-01-01"}, ["it was recorded on 3021-01-01; correct the date"]),
    (
        {"kind": "shutdown", "from_": "2022-01-02"},
        [f"the date lies outside the period of the case; {PERIOD}"],
    ),
    (
        {"kind": "shutdown", "from_": "2020", "timing": "between"},
        [f"the date lies outside the period of the case; {PERIOD}"],
    ),
    (
        {"kind": "shutdown", "recorded": "2021-11-30"},
        ["it was recorded on 2021-11-30, before it happened; correct one of the two dates"],
    ),
    (
        {"kind": "visit", "detail": "level=all"},
        [
            (
                "level=all is not understood; use one of none, maintenance, some sites, full range at "
                "declared sites, special"
            )
        ],
    ),
    (
        {"kind": "checked", "subject": "assemblies", "detail": "activity=weighing; sample=241; visit=e01"},
        [
            "'weighing' in activity is no activity of the case; use one of counting, scanning",
            "the sample of 241 is larger than stratum 'assemblies'; it has 240 items",
            "visit=e01 is no fact of kind 'visit'; name the id of the visit",
        ],
    ),
    (
        {"kind": "checked", "subject": "assemblies", "detail": f"activity=counting; sample={'9' * 5000}"},
        [f"sample={'9' * 5000} is not a number of items; write a whole number of 1 or more"],
    ),
    (
        {"kind": "loaded", "detail": "items=some"},
        ["items=some is not a number of items; write a whole number of 1 or more"],
    ),
    (
        {"kind": "found-dead", "subject": "hall-camera", "detail": "last-record=2021-12-02"},
        ["the last record is later than the visit that found it; correct one of the two dates"],
    ),
    (
        {"kind": "found-dead", "subject": "hall-camera", "detail": "last-record=may"},
        [f"last-record: 'may' is not a date; {DATE}"],
    ),
    (
        {"kind": "serviced", "subject": "hall-camera", "detail": "found=working; last-record=2021-11-01"},
        ["the device was found working and yet has a last record; say found=dead, or remove last-record"],
    ),
    (
        {"kind": "serviced", "subject": "hall-camera", "detail": "found=alive; record=kept"},
        [
            "found=alive is not understood; use one of working, dead",
            "record=kept is not understood; use one of collected, left, lost",
        ],
    ),
]


@pytest.mark.parametrize(("cells", "faults"), ROWS)
def test_each_fault_of_a_row_has_its_line_and_its_words(
    folder: Any, cells: dict[str, str], faults: list[str]
) -> None:
    text = (folder.path / "events.csv").read_text(encoding="utf-8")
    folder.write("events.csv", text + row(**cells))
    assert folder.faults() == [f"events.csv:16: {fault}" for fault in faults]


@pytest.mark.parametrize("day", ["2021-02-29", "2021-13-01", "2021-00"])
def test_a_day_that_does_not_exist_is_named(folder: Any, day: str) -> None:
    text = (folder.path / "events.csv").read_text(encoding="utf-8")
    folder.write("events.csv", text + row(from_=day))
    (fault,) = folder.faults()
    assert fault.startswith(f"events.csv:16: from: '{day}' is not a day of the calendar (")
    assert fault.endswith(f"; {DATE}")


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([("serviced", "2021-01-05")], ["2: 'hall-camera' is 'serviced' while it is not there; " + LATER]),
        ([("installed", "2021-01-05"), ("serviced", "2021-01-05")], []),
        ([("serviced", "2021-01-05"), ("installed", "2021-01-05")], []),
        (
            [("installed", "2021-01-05"), ("removed", "2021-02-05"), ("collected", "2021-03-05")],
            ["4: 'hall-camera' is 'collected' while it is not there; " + LATER],
        ),
        (
            [
                ("installed", "2021-01-05"),
                ("removed", "2021-02-05"),
                ("installed", "2021-02-05"),
                ("collected", "2021-03-05"),
            ],
            [],
        ),
        (
            [("installed", "2021-01-05"), ("removed", "2021-01-05"), ("collected", "2021-03-05")],
            ["4: 'hall-camera' is 'collected' while it is not there; " + LATER],
        ),
    ],
)
def test_a_device_is_used_only_while_it_is_there(
    folder: Any, rows: list[tuple[str, str]], faults: list[str]
) -> None:
    written = [
        row(id=f"x{n}", kind=kind, subject="hall-camera", from_=day) for n, (kind, day) in enumerate(rows)
    ]
    folder.write("events.csv", HEADER + "\n" + "".join(written))
    assert folder.faults() == [f"events.csv:{fault}" for fault in faults]


def test_a_seal_that_was_found_broken_does_not_watch_on(folder: Any) -> None:
    written = [
        row(id=f"x{n}", kind=kind, subject="hatch-seal", from_=day)
        for n, (kind, day) in enumerate(
            [
                ("attached", "2021-01-05"),
                ("broken", "2021-02-05"),
                ("verified", "2021-03-05"),
            ]
        )
    ]
    folder.write("events.csv", HEADER + "\n" + "".join(written))
    assert folder.faults() == ["events.csv:4: 'hatch-seal' is 'verified' while it is not there; " + LATER]


def test_a_transmitting_device_found_dead_was_heard_last_on_some_day(folder: Any) -> None:
    folder.spoil(
        "    kind: item-monitor\n",
        "    kind: item-monitor\n    transmission_lag: { value: 1, unit: d, source: invented, grade: C }\n",
    )
    begin = row(id="x1", kind="installed", subject="gate-monitor", from_="2021-01-05")
    dead = row(id="x2", kind="found-dead", subject="gate-monitor", from_="2021-06-05")
    heard = row(id="x3", kind="transmitted-until", subject="gate-monitor", from_="2021-04-05")
    folder.write("events.csv", HEADER + "\n" + begin + dead)
    problem = "'gate-monitor' transmits, and nothing says when it was heard last"
    assert folder.faults() == [f"events.csv:3: {problem}; add last-record=..., or a fact transmitted-until"]
    folder.write("events.csv", HEADER + "\n" + begin + heard + dead)
    assert folder.faults() == []


def test_a_custody_has_a_row_of_its_own(folder: Any) -> None:
    fact = row(
        id="x1", kind="custody", subject="kept-by-operator; kept-by-operator", detail="measures=hall-camera"
    )
    folder.write("events.csv", HEADER + "\n" + fact)
    assert folder.faults() == [
        "events.csv:2: the fact is about several custody periods; give each a row of its own"
    ]


def test_more_custody_periods_than_can_be_enumerated(folder: Any) -> None:
    more = "".join(
        f"  - id: kept-{n}\n    text: kept\n"
        '    authentic: { value: 0.5, unit: "1", source: invented, grade: C }\n'
        for n in range(11)
    )
    folder.spoil("custodies:\n", f"custodies:\n{more}")
    facts = [
        row(
            id=f"x{n}",
            kind="custody",
            subject=f"kept-{n}",
            from_=f"2021-02-{n + 1:02}",
            to=f"2021-02-{n + 2:02}",
            timing="during",
            detail="measures=hall-camera",
        )
        for n in range(11)
    ]
    folder.write("events.csv", HEADER + "\n" + "".join(facts[:10]))
    assert folder.faults() == []
    folder.write("events.csv", HEADER + "\n" + "".join(facts))
    problem = "11 custody periods lie beside route 'out-by-cask'"
    assert folder.faults() == [f"events.csv:12: {problem}; join some: at most 10 can be enumerated"]


def test_a_route_that_waits_for_a_shutdown_needs_one(folder: Any) -> None:
    folder.spoil("    claims: [nothing-taken]", "    only_while_shut_down: true\n    claims: [nothing-taken]")
    problem = "route 'out-by-cask' is open only while 'store' is shut down, of which there is no fact"
    assert folder.faults() == [f"events.csv:1: {problem}; add facts of kind 'shutdown' and 'started'"]


def test_a_fact_that_is_corrected_takes_no_part_in_the_history(folder: Any) -> None:
    written = [
        row(id="x1", kind="serviced", subject="hall-camera", from_="2021-01-05"),
        row(
            id="x2",
            kind="installed",
            subject="hall-camera",
            from_="2021-01-05",
            supersedes="x1",
            recorded="2021-02-01",
        ),
    ]
    folder.write("events.csv", HEADER + "\n" + "".join(written))
    assert folder.faults() == []


FORMS = [
    ("", ["1: the file is empty; start from `watchgap new`"]),
    ("\n\n", ["1: the file is empty; start from `watchgap new`"]),
    (
        "id,kind\n",
        [
            (
                "1: the header lacks 'subject', 'from', 'to', 'timing', 'recorded', 'detail', 'sources', "
                f"'grade', 'read', 'quote', 'note', 'supersedes'; the header is {HEADER}"
            )
        ],
    ),
    (HEADER + ",colour\n", [f"1: the header has unknown 'colour'; the header is {HEADER}"]),
    (HEADER + ",note\n", [f"1: the header has twice 'note'; the header is {HEADER}"]),
    (
        HEADER.replace("note", "notes") + "\n",
        [f"1: the header lacks 'note' and has unknown 'notes'; the header is {HEADER}"],
    ),
    (
        HEADER + "\n" + NEXT.replace(",C,", ",C,,"),
        ["2: the row has 15 cells under 14 columns; quote cells that hold commas"],
    ),
    (HEADER + "\ne1,noted\n" + NEXT, ["2: the row has 2 cells under 14 columns; add the empty cells"]),
    (
        HEADER + "\n" + NEXT + '"open,noted\n' + NEXT,
        ["3: this is not CSV (unexpected end of data); mend the quotes of the row that begins here"],
    ),
    (
        HEADER + "\n" + NEXT + '"a"b,noted\n',
        ["3: this is not CSV (',' expected after '\"'); mend the quotes of the row that begins here"],
    ),
    (
        HEADER + "\n" + '"' + "a" * 200_000 + '"\n',
        ["2: a cell of this row has more than 131072 characters; attach the document, and quote from it"],
    ),
    (HEADER + "\n" + "\ud7ff\ufffd\n", ["2: the row has 1 cells under 14 columns; add the empty cells"]),
    ((HEADER + "\n").encode() + b"caf\xe9\n", ["2: byte 0xe9 is not UTF-8; save the file as UTF-8"]),
    (HEADER.encode("utf-16"), ["1: byte 0xff is not UTF-8; save the file as UTF-8"]),
    (
        HEADER + "\na\x00b\n",
        ["2: the control character 0x00 stands here; remove it, and save the file as UTF-8"],
    ),
    ("case: yaml\n", None),
]


@pytest.mark.parametrize(("content", "faults"), FORMS)
def test_what_is_no_ledger_is_a_fault_with_its_line(
    folder: Any, content: str | bytes, faults: list[str] | None
) -> None:
    folder.write("events.csv", content)
    found = folder.faults()
    if faults is None:
        assert [fault.split(":")[:2] for fault in found] == [["events.csv", "1"]]
    else:
        assert found == [f"events.csv:{fault}" for fault in faults]


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "\n",
        HEADER + "\n\n" + NEXT + ",,,,,,,,,,,,,\n",
        "\ufeff" + HEADER + "\r\n" + NEXT.replace("\n", "\r\n"),
        HEADER.replace(",", " ,") + "\n" + NEXT,
        HEADER + "\n" + NEXT.rstrip("\n"),
        ",".join(reversed(HEADER.split(","))) + "\n" + ",".join(reversed(NEXT.strip().split(","))) + "\n",
    ],
)
def test_what_is_a_ledger_all_the_same(folder: Any, content: str) -> None:
    folder.write("events.csv", content)
    assert folder.faults() == []


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\u2029", "line\nline"])
def test_a_cell_may_hold_whatever_else_ends_a_line(folder: Any, odd: str) -> None:
    folder.write("events.csv", HEADER + "\n" + row(note=f"one{odd}two") + row(id="x2", kind="glued"))
    (fault,) = folder.faults()
    line = 3 + odd.count("\n")
    assert fault.startswith(f"events.csv:{line}: unknown kind 'glued'")


def test_a_fault_in_each_file_hides_none_in_the_others(folder: Any) -> None:
    line = folder.spoil("value: 0.95, unit", "value: 1.2, unit")
    folder.write(
        "events.csv", HEADER + "\n" + row(from_="never") + row(id="x2", kind="visit", subject="shop")
    )
    folder.write("sources.csv", "key,title,publisher,date,url,read,note\ninvented,,,,,,\n")
    assert folder.faults() == [
        (
            f"case.yaml:{line}: measures[hatch-seal].recognition: 1.2 is out of range; it must lie between "
            "0 and 1"
        ),
        f"events.csv:2: from: 'never' is not a date; {DATE}",
        "events.csv:3: 'shop' is no facility of the case; use one of store",
        "sources.csv:2: the source has no key or no title; give it both",
    ]


def test_a_case_that_is_no_yaml_hides_no_fault_of_a_row(folder: Any) -> None:
    folder.write("case.yaml", "id: [\n")
    text = (folder.path / "events.csv").read_text(encoding="utf-8")
    folder.write("events.csv", text + row(kind="glued") + row(id="x2", sources="memory"))
    faults = folder.faults()
    assert [fault.split(":")[:2] for fault in faults] == [
        ["case.yaml", "2"],
        ["events.csv", "16"],
        ["events.csv", "17"],
    ]
    assert (
        faults[2]
        == "events.csv:17: the source 'memory' is not known; add it to the sources, or correct the key"
    )


@pytest.mark.parametrize("content", ["", "key\n", 'key,title,publisher,date,url,read,note\nx,"y\n'])
def test_sources_that_cannot_be_read_are_one_fault(folder: Any, content: str) -> None:
    folder.write("sources.csv", content)
    assert len(folder.faults()) == 1
    assert folder.faults()[0].startswith("sources.csv:")


def test_a_source_that_stands_twice_is_told(folder: Any) -> None:
    text = (folder.path / "sources.csv").read_text(encoding="utf-8")
    folder.write("sources.csv", text + "invented,again,,,,,\n,nameless,,,,,\n")
    assert folder.faults() == [
        "sources.csv:4: the key 'invented' stands twice; keep one row for each source",
        "sources.csv:5: the source has no key or no title; give it both",
    ]


# ---------------------------------------------------------------- too much


def test_more_rows_than_the_cap_are_refused(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 3)
    faults = folder.faults()
    assert faults == [
        "events.csv:5: the file has more than 3 rows; split the case, or keep only the facts that it needs"
    ]


def test_ten_million_rows_are_refused_by_their_size_before_they_are_read(folder: Any) -> None:
    with (folder.path / "events.csv").open("wb") as file:
        file.truncate(10_000_000 * len(NEXT))  # a hole: it takes no room on the disk
    tracemalloc.start()
    begin = process_time()
    faults = folder.faults()
    used, peak = process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert faults == [
        f"events.csv:1: the file has {10_000_000 * len(NEXT)} bytes; keep it under 64000000 bytes"
    ]
    assert used < 5
    assert peak < 20_000_000


def test_rows_are_read_one_by_one_up_to_the_cap(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 100)
    content = (HEADER + "\n" + ",,,,,,,,,,,,,\n" * 1_000_000).encode()
    folder.write("events.csv", content)
    tracemalloc.start()
    faults = folder.faults()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert faults == [
        (
            "events.csv:102: the file has more than 100 rows; split the case, or keep only the facts that "
            "it needs"
        )
    ]
    # The bytes, the text and a copy while decoding; a million rows as lists would take ten times as much.
    assert peak < 3.2 * len(content) + 5_000_000


def test_a_ledger_full_of_faults_is_answered_with_a_thousand(folder: Any) -> None:
    folder.write("events.csv", HEADER + "\n" + "bad\n" * 100_000)
    begin = process_time()
    faults = folder.faults()
    assert process_time() - begin < 5
    assert len(faults) == 1001
    assert faults[-1] == "events.csv:1002: 1000 faults were found up to here; mend these first"


def test_a_long_ledger_is_checked_in_linear_time(folder: Any) -> None:
    rows = [
        row(id=f"x{n}", kind="visit", supersedes=f"x{n - 1}" if n else "", recorded="2022-01-01")
        for n in range(20_000)
    ]
    folder.write("events.csv", HEADER + "\n" + "".join(rows))
    begin = process_time()
    faults = folder.faults()
    assert process_time() - begin < 10
    assert faults == []


def test_what_was_read_is_named_by_its_digest(folder: Any) -> None:
    # sha256sum of the files of the folder, a byte order mark included.
    folder.write("events.csv", b"\xef\xbb\xbf" + (HEADER + "\n" + NEXT).encode())
    folder.write("case.yaml", (folder.path / "case.yaml").read_bytes() + b"# more\n")
    loaded = load(folder.path)
    assert loaded.digest == digest(folder.path / "events.csv")
    assert loaded.case_digest == digest(folder.path / "case.yaml")
    assert loaded.position == 1


def digest(path: Any) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_corrections_that_cannot_be(folder: Any) -> None:
    written = [
        row(id="x1", kind="visit", recorded="2021-03-01"),
        row(id="x2", kind="visit", recorded="2021-02-01", supersedes="x1"),
        row(id="x3", kind="visit", supersedes="x1"),
        row(id="x4", kind="visit", recorded="2021-04-01", supersedes="x5"),
        row(id="x5", kind="visit", recorded="2021-04-01", supersedes="x4"),
    ]
    folder.write("events.csv", HEADER + "\n" + "".join(written))
    early = "it corrects 'x1', which became known only on 2021-03-01"
    assert folder.faults() == [
        f"events.csv:3: {early}; give it that day of recording, or a later one",
        "events.csv:4: 'x1' is corrected already, by 'x2'; correct 'x2', or leave this out",
        "events.csv:4: the correction does not say when it became known; give it a day of recording",
        "events.csv:5: the corrections of 'x4' lead back to it; let one of them stand for itself",
        "events.csv:6: the corrections of 'x5' lead back to it; let one of them stand for itself",
    ]
