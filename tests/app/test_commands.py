"""The commands: what they print, what they refuse, and where they leave nothing."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from watchgap.flow import brief
from watchgap.study import study_json

Run = Callable[..., Any]
EARLY = "2021-02-01"
COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7]|38|48)[;m]")


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------- check, new, schema


def test_check_of_a_good_case(run: Run, case: Path) -> None:
    answer = run("check", case)
    assert (answer.code, answer.out, answer.err) == (0, f"No fault in {case}.\n", "")


def test_check_of_a_bad_case(run: Run, case: Path) -> None:
    text = (case / "case.yaml").read_text(encoding="utf-8")
    line = text[: text.index("kind: past")].count("\n") + 1
    (case / "case.yaml").write_text(text.replace("kind: past", "kind: passed"), encoding="utf-8")
    events = (case / "events.csv").read_text(encoding="utf-8").replace("e01,installed", "e01,put")
    (case / "events.csv").write_text(events, encoding="utf-8")
    before = files_in(case)
    for command in ("check", "brief", "backtest"):
        answer = run(command, case)
        assert (answer.code, answer.out) == (2, "")
        faults = answer.err.splitlines()
        assert any(one.startswith(f"case.yaml:{line}: ") for one in faults)
        assert any(one.startswith("events.csv:2: unknown kind 'put'; use one of ") for one in faults)
        assert faults[-1] == f"{len(faults) - 1} faults; nothing was computed or written."
        assert "Traceback" not in answer.err
    assert files_in(case) == before


def test_one_fault_is_one(run: Run, case: Path) -> None:
    events = (case / "events.csv").read_text(encoding="utf-8")
    (case / "events.csv").write_text(events.replace("e01,installed", "e01,put"), encoding="utf-8")
    (case / "sources.csv").write_bytes((case / "sources.csv").read_bytes() + b"invented,again,,,,,\n")
    (case / "events.csv").write_text(events, encoding="utf-8")
    answer = run("check", case)
    assert answer.err == (
        "sources.csv:4: the key 'invented' stands twice; keep one row for each source\n"
        "1 fault; nothing was computed or written.\n"
    )


@pytest.mark.parametrize("command", ["check", "brief", "backtest"])
@pytest.mark.parametrize("name", ["nowhere", "[/]", "[red]x", ":skull:"])
def test_a_folder_that_is_not_there(run: Run, tmp_path: Path, command: str, name: str) -> None:
    missing = tmp_path / name
    answer = run(command, missing)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        f"{missing}:1: there is no folder '{missing}'; name a case folder, or start one with `watchgap new`\n"
        "1 fault; nothing was computed or written.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_would_steer_a_terminal_is_written_out(run: Run, tmp_path: Path) -> None:
    answer = run("check", tmp_path / "a\x1b[31m\n\u202eb")
    assert answer.code == 2
    assert "a\\x1b[31m\\n\\u202eb" in answer.err
    assert len(answer.err.splitlines()) == 2


@pytest.mark.parametrize("name", ["new", "[/]", "[red]new", ":skull:"])
def test_new_then_check(run: Run, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    answer = run("new", folder)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "".join(
        f"wrote {folder / file}\n" for file in ("case.yaml", "events.csv", "sources.csv", "case.schema.json")
    )
    answer = run("check", folder)
    assert (answer.code, answer.out) == (0, f"No fault in {folder}.\n")
    before = files_in(tmp_path)
    answer = run("new", folder)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"watchgap: the folder '{folder}' is not empty; name a new or empty folder\n"
    assert files_in(tmp_path) == before


def test_schema_is_json(run: Run) -> None:
    answer = run("schema")
    assert answer.code == 0
    assert json.loads(answer.out)["title"] == "Watchgap case file"


def test_no_command_is_help(run: Run) -> None:
    answer = run()
    assert answer.code in {0, 2}
    assert "brief" in answer.out + answer.err
    assert run("--help").code == 0


@pytest.mark.parametrize(
    "arguments", [("brif",), ("brief",), ("brief", "x", "--no-such"), ("check", "a", "b")]
)
def test_misuse(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Usage" in answer.err
    assert "Traceback" not in answer.err


# ---------------------------------------------------------------- brief


def test_brief(run: Run, starter: Path) -> None:
    answer = run("brief", starter, "--as-of", "2021-09-01")
    assert (answer.code, answer.err) == (0, "")
    for words in (
        "Northmere spent fuel store (invented)",
        "as of the end of 2021-09-01, with every fact that is on record",
        "film camera over the pond",
        "Claim 'nothing-taken' (gap)",
        "cannot be concluded",
        "Binds in hand",
        "Exposure",
        "Posterior",
        "No open anomaly.",
        "facts used of 14 on record",
    ):
        assert words in answer.out


def test_brief_says_what_was_recorded_later(run: Run, case: Path) -> None:
    with (case / "events.csv").open("a", encoding="utf-8") as events:
        events.write("k1,collected,gate-monitor,2021-01-20,,at,2021-05-01,,invented,A,whole,,,\n")
    answer = run("brief", case, "--as-of", EARLY)
    assert "1 fact used was recorded after that day (--known-on leaves it out)" in answer.out
    answer = run("brief", case, "--as-of", EARLY, "--known-on", EARLY)
    assert f"as recorded by {EARLY}" in answer.out
    assert "--known-on" not in answer.out


@pytest.mark.parametrize("command", ["brief", "backtest"])
@pytest.mark.parametrize("option", ["--as-of", "--known-on"])
@pytest.mark.parametrize("day", ["yesterday", "2021-02-30", "[/]", ""])
def test_a_bad_date(run: Run, starter: Path, command: str, option: str, day: str) -> None:
    answer = run(command, starter, option, day)
    assert (answer.code, answer.out) == (2, "")
    assert f"'{day}' is not a day" in answer.err
    assert "; write it as 1993-11-06" in answer.err
    assert option in answer.err
    assert "Traceback" not in answer.err


def test_a_day_outside_the_period(run: Run, starter: Path) -> None:
    answer = run("brief", starter, "--as-of", "1993-11-06")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "watchgap: as of 1993-11-06 lies outside the period of the case; it runs 2021-01-01 to 2021-12-31\n"
    )


def test_json_is_the_study(run: Run, starter: Path) -> None:
    answer = run("brief", starter, "--as-of", EARLY, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == study_json(brief(starter, as_of=EARLY))
    assert json.loads(answer.out)["as_of"] == EARLY


def test_json_of_a_case_in_other_letters(run: Run, case: Path) -> None:
    text = (case / "case.yaml").read_text(encoding="utf-8").replace("Northmere spent", "Nørðmere 燃料", 1)
    (case / "case.yaml").write_text(text, encoding="utf-8")
    assert json.loads(run("brief", case, "--as-of", EARLY, "--json").out)["title"].startswith("Nørðmere 燃料")


def test_backtest(run: Run, starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    answer = run("backtest", starter, "--as-of", "2021-09-30")
    assert (answer.code, answer.err) == (0, "")
    assert "2021-09-10" in answer.out
    assert "continuity of knowledge is degrading" in answer.out
    assert "1 dated statement, too few" in answer.out


def test_backtest_without_statements(run: Run, starter: Path) -> None:
    answer = run("backtest", starter, "--as-of", EARLY)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "No official statement about a claim was made by then.\n"


# ---------------------------------------------------------------- what a case says is text


def test_markup_is_printed_as_it_stands(run: Run, marked: Path) -> None:
    assert run("check", marked).code == 0
    answer = run("brief", marked, "--as-of", "2021-09-30")
    assert (answer.code, answer.err) == (0, "")
    for words in (
        "[red]Store[/red] [/] :skull: [link=x]",
        "[/] [bold]camera[/] :smile:",
        "[red]Lifted[/], and the cask [/leaves] by the gate",
        "[/] film [blink]",
        "[red]nothing[/blue]",
        "[/claim] No assembly",
        "[red]rods[/]",
        "[/] [green]two rods",
    ):
        assert words in answer.out, words
    answer = run("backtest", marked, "--as-of", "2021-09-30")
    assert (answer.code, answer.err) == (0, "")
    assert "[/] less" in answer.out


def test_markup_in_faults(run: Run, marked: Path) -> None:
    with (marked / "events.csv").open("a", encoding="utf-8") as events:
        events.write('m2,"[/]","[red]x",2021-01-15,,at,,,invented,A,whole,,,\n')
    answer = run("check", marked)
    assert answer.code == 2
    assert "unknown kind '[/]'" in answer.err


# ---------------------------------------------------------------- terminals


@pytest.mark.parametrize("columns", ["1", "20", "80", "200", "1000"])
def test_width(run: Run, marked: Path, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for command in ("brief", "backtest"):
        answer = run(command, marked, "--as-of", "2021-09-30")
        assert (answer.code, answer.err) == (0, "")
        assert answer.out
    assert run("check", marked).out.count("\n") == 1


def test_no_colours_in_a_pipe(run: Run, starter: Path) -> None:
    for command in ("brief", "backtest", "check"):
        arguments = () if command == "check" else ("--as-of", "2021-09-30")
        assert "\x1b" not in run(command, starter, *arguments).out


def test_colours_where_they_are_asked_for(run: Run, starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert COLOUR.search(run("brief", starter, "--as-of", "2021-09-30").out)
    monkeypatch.setenv("NO_COLOR", "1")
    for command in ("brief", "backtest"):
        answer = run(command, starter, "--as-of", "2021-09-30")
        assert answer.code == 0
        assert not COLOUR.search(answer.out)
    assert not COLOUR.search(run("check", starter / "nowhere").err)
