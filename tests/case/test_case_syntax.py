"""Case files that are no YAML, or YAML that a case does not need: a fault with its line, no exception."""

import os
import tracemalloc
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import Mock

import pytest

from watchgap.flow.load import check

MEND = "mend the line or the one before it"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "1: the file is empty; start from `watchgap new`"),
        (" \n\t\n", "1: the file is empty; start from `watchgap new`"),
        ("\ufeff", "1: the file is empty; start from `watchgap new`"),
        ("# nothing\n# but this\n", "1: the file is not a mapping; start from `watchgap new`"),
        ("- a\n- b\n", "1: the file is not a mapping; start from `watchgap new`"),
        ("\njust words\n", "2: the file is not a mapping; start from `watchgap new`"),
        (
            "id: a\n\ttitle: b\n",
            f"2: this is not YAML (found character '\\t' that cannot start any token); {MEND}",
        ),
        (
            'id: a\ntitle: "not closed\nid2: b\n',
            f"4: this is not YAML (found unexpected end of stream); {MEND}",
        ),
        ("id: [a, b\ntitle: c\n", "2: this is not YAML (expected ',' or ']', but got ':'); " + MEND),
        ("id: a\n  title: b\n", f"2: this is not YAML (mapping values are not allowed here); {MEND}"),
        ("id: %\n", f"1: this is not YAML (found character '%' that cannot start any token); {MEND}"),
        ("id: a\n--- \nid: b\n", f"2: this is not YAML (but found another document); {MEND}"),
        ("id: a\ntitle: *nobody\n", f"2: this is not YAML (found undefined alias 'nobody'); {MEND}"),
        ("id: a\n\x00\n", "2: the control character 0x00 stands here; remove it, and save the file as UTF-8"),
        (
            "id: a\x1b[2J\n",
            "1: the control character 0x1b stands here; remove it, and save the file as UTF-8",
        ),
        ("id: a\n# Z\xfcrich\n".encode("latin-1"), "2: byte 0xfc is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfid: a\n\xff", "2: byte 0xff is not UTF-8; save the file as UTF-8"),
        ("id: a\n".encode("utf-16"), "1: byte 0xff is not UTF-8; save the file as UTF-8"),
        ("id: a\n\ufffe\n", "2: the character 0xfffe is not allowed in YAML; remove it"),
        ("[" * 400_000, "1: the file is nested deeper than 40 levels; flatten it"),
        ("- " * 500, "1: the file is nested deeper than 40 levels; flatten it"),
    ],
)
def test_what_is_no_case_file_is_one_fault_with_its_line(
    folder: Any, content: str | bytes, fault: str
) -> None:
    folder.write("case.yaml", content)
    faults = folder.faults()
    assert f"case.yaml:{fault}" in faults
    assert all(line.startswith("case.yaml:") for line in faults)


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("id: northmere-store", "id: &x northmere-store", []),
        (
            'title: "Northmere spent fuel store (invented)"',
            "title: &x word\nsummary: *x\nsummary: again",
            [
                "+1: a YAML alias stands here; write the value out",
                "+2: the key 'summary' stands twice in one mapping; keep one of them",
                "+3: the key 'summary' stands twice in one mapping; keep one of them",
            ],
        ),
        (
            "id: northmere-store",
            "id: !!python/object/apply:os.system [ls]",
            ["+0: the tag !!python/object/apply:os.system is not used in case files; remove it"],
        ),
        (
            "id: northmere-store",
            f"id: {'[a, ' * 45}{']' * 45}",
            ["+0: the file is nested deeper than 40 levels; flatten it"],
        ),
        (
            "id: northmere-store",
            "id: !mine northmere",
            ["+0: the tag !mine is not used in case files; remove it"],
        ),
        (
            "id: northmere-store",
            "id: !!binary aGk=",
            ["+0: the tag !!binary is not used in case files; remove it"],
        ),
        ("value: 240,", "value: !!int many,", ["+0: 'many' cannot be read as !!int; mend or quote it"]),
        ("value: 240,", "value: !!bool many,", ["+0: 'many' cannot be read as !!bool; mend or quote it"]),
        (
            "value: 240,",
            f"value: {'9' * 5000},",
            [f"+0: '{'9' * 40}' cannot be read as !!int; mend or quote it"],
        ),
        (
            "id: northmere-store",
            "? [a, b]\n: c\nid: northmere-store",
            ["+0: a key is not a word; write it as `name: value`"],
        ),
        (
            "id: northmere-store",
            'id: "a\\e[2J"',
            ["+0: a control character stands here; remove it"],
        ),
        (
            "id: northmere-store",
            'id: "\\ud800"',
            ["+0: a control character stands here; remove it"],
        ),
    ],
)
def test_what_a_case_does_not_need_is_turned_away(folder: Any, old: str, new: str, faults: list[str]) -> None:
    line = folder.spoil(old, new)
    expected = []
    for fault in faults:
        number, _, words = fault.partition(": ")
        expected.append(f"case.yaml:{line + int(number)}: {words}")
    assert folder.faults() == expected


def test_an_alias_bomb_is_refused_and_not_expanded(folder: Any) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    folder.write("case.yaml", "\n".join(levels) + "\n")
    begin = process_time()
    faults = folder.faults()
    assert process_time() - begin < 5
    assert "case.yaml:2: a YAML alias stands here; write the value out" in faults


def test_a_huge_file_is_refused_before_it_is_read(folder: Any) -> None:
    with (folder.path / "case.yaml").open("wb") as file:
        file.truncate(20_000_000_000)  # a hole: it takes no room on the disk
    tracemalloc.start()
    faults = folder.faults()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "case.yaml:1: the file has 20000000000 bytes; keep it under 500000 bytes" in faults
    assert peak < 20_000_000


def test_a_case_file_of_500_000_bytes_is_read_and_one_byte_more_is_not(folder: Any) -> None:
    text = (folder.path / "case.yaml").read_bytes()
    comment = b"\n#" + b"-" * (500_000 - len(text) - 2)
    folder.write("case.yaml", text + comment)
    assert folder.faults() == []
    folder.write("case.yaml", text + comment + b"-")
    fault = "case.yaml:1: the file has 500001 bytes; keep it under 500000 bytes"
    assert folder.faults() == [fault]


@pytest.mark.parametrize("name", ["case.yaml", "events.csv", "sources.csv"])
def test_each_file_has_to_be_there(folder: Any, name: str) -> None:
    (folder.path / name).unlink()
    fault = f"{name}:1: the file is not there; put a {name} into {folder.path}"
    assert folder.faults() == [fault]


@pytest.mark.parametrize("name", ["case.yaml", "events.csv", "sources.csv"])
def test_a_folder_in_the_place_of_a_file_is_a_fault(folder: Any, name: str) -> None:
    (folder.path / name).unlink()
    (folder.path / name).mkdir()
    assert folder.faults() == [f"{name}:1: this is not a file; put a file {name} in its place"]


@pytest.mark.parametrize("name", ["case.yaml", "events.csv", "sources.csv"])
def test_a_pipe_is_not_waited_for(folder: Any, name: str) -> None:
    (folder.path / name).unlink()
    os.mkfifo(folder.path / name)
    assert folder.faults() == [f"{name}:1: this is not a file; put a file {name} in its place"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_fault(folder: Any) -> None:
    (folder.path / "case.yaml").chmod(0)
    assert folder.faults() == ["case.yaml:1: the file cannot be read (Permission denied); make it readable"]


def test_an_error_of_the_system_is_a_fault(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    assert folder.faults() == [
        f"{name}:1: the file cannot be read (Permission denied); make it readable"
        for name in ("case.yaml", "events.csv", "sources.csv")
    ]


@pytest.mark.parametrize("name", ["nowhere", "case.yaml", "a\0b", "a" * 5000])
def test_a_folder_that_is_not_there_is_one_fault(folder: Any, name: str) -> None:
    faults = check(folder.path / name)
    assert [(fault.line, fault.remedy) for fault in faults] == [
        (1, "name a case folder, or start one with `watchgap new`")
    ]
    assert faults[0].problem == f"there is no folder '{folder.path / name}'"
