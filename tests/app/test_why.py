"""`watchgap why`: from a number to the quotation, on terminals of every width, and as JSON."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from watchgap.app.cli.render_why import plain, print_explanation, print_numbers
from watchgap.app.cli.tracing import names_of
from watchgap.flow import load
from watchgap.flow.origins import numbers, why
from watchgap.study.origin import explanation_json

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
YONGBYON = ROOT / "cases" / "yongbyon-1993"
MEMO_DAY = ("--as-of", "1993-11-06")
EARLY = "2021-09-30"


def test_from_the_figure_to_the_quotation(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    answer = run("why", YONGBYON, "gap.restorable.maintenance", *MEMO_DAY)
    assert (answer.code, answer.err) == (0, "")
    for words in (
        "gap.restorable.maintenance  0.917065, can be stated with confidence",
        "A(t) = 1 - max over scenarios i",
        "docs/method.md#assurance",
        "begun on 1993-10-25 and over on 1993-11-06",
        "0.0829351 is the product of",
        "Film cameras at the reactor (reactor-cameras, grade D)",
        "nobody had collected it by the end of 1993-11-06",
        "facts: Y066, Y081",
        "events.csv:82",
        "With the film and batteries in the surveillance equipment having run out",
        "reactor-cameras.interval  17.8536 min  case.yaml:",
        "triangular [15, 17.7, 21]; grade D; MEMO",
        "Information memorandum to the Secretary: North Korea: Options for Next Steps",
        "82 facts used of 184 on record",
    ):
        assert words in answer.out, words


@pytest.mark.parametrize(
    ("depth", "there", "missing"),
    [
        ("1", "A(t) = 1 - max", "is the product of"),
        ("2", "is the product of", "events.csv:82"),
        ("3", "events.csv:82", "US Department of State"),
        ("4", "US Department of State", "never said"),
    ],
)
def test_depth(run: Run, depth: str, there: str, missing: str) -> None:
    answer = run("why", YONGBYON, "gap.in-hand", *MEMO_DAY, "--depth", depth)
    assert (answer.code, answer.err) == (0, "")
    assert there in answer.out
    assert missing not in answer.out


def test_the_numbers_of_a_brief_are_listed(run: Run) -> None:
    answer = run("why", YONGBYON, *MEMO_DAY)
    assert (answer.code, answer.err) == (0, "")
    for words in ("gap.restorable.full-range", "past.posterior", "full-range.effort", "no number", ">0.99"):
        assert words in answer.out, words


def test_json(run: Run) -> None:
    answer = run("why", YONGBYON, "gap.latent", *MEMO_DAY, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == explanation_json(why(YONGBYON, "gap.latent", as_of="1993-11-06"))
    assert json.loads(answer.out)["format"] == "watchgap-why-1"
    listed = run("why", YONGBYON, *MEMO_DAY, "--json")
    assert listed.out == explanation_json(numbers(YONGBYON, as_of="1993-11-06"))
    assert json.loads(listed.out)["format"] == "watchgap-numbers-1"


@pytest.mark.parametrize("name", ["Y017", "fact:Y017", "MEMO", "core.items", "number:core.items"])
def test_other_things_that_can_be_asked_for(run: Run, name: str) -> None:
    answer = run("why", YONGBYON, name)
    assert (answer.code, answer.err) == (0, "")
    assert name.rpartition(":")[2] in answer.out


def test_what_was_recorded_too_late_is_said(run: Run) -> None:
    day = "1994-05-26"
    answer = run("why", YONGBYON, "gap.in-hand", "--as-of", day, "--known-on", day)
    assert (answer.code, answer.err) == (0, "")
    assert "contradicted" in answer.out
    assert "Not used" in answer.out
    assert "it was recorded on 1994-05-30, after 1994-05-26" in answer.out


def test_draws_give_an_interval(run: Run, starter: Path) -> None:
    arguments = ("--as-of", EARLY, "--draws", "16", "--workers", "1", "--depth", "1")
    answer = run("why", starter, "nothing-taken.latent", *arguments)
    assert (answer.code, answer.err) == (0, "")
    assert "5, 50 and 95 % of the draws:" in answer.out


def test_a_wrong_name(run: Run) -> None:
    answer = run("why", YONGBYON, "gap.inhand")
    assert (answer.code, answer.out) == (2, "")
    assert "no number, fact or source is called 'gap.inhand'; close to it: gap.in-hand" in answer.err
    steered = run("why", YONGBYON, "[red]\x1b[2J")
    assert steered.code == 2
    assert "\x1b" not in steered.err
    assert "[red]" in steered.err


@pytest.mark.parametrize("arguments", [("--as-of", "yesterday"), ("--depth", "0"), ("--depth", "5")])
def test_misuse(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run("why", YONGBYON, "gap.in-hand", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert arguments[0] in answer.err


# ---------------------------------------------------------------- texts are texts, on every terminal


@pytest.mark.parametrize("columns", ["1", "20", "80", "1000"])
@pytest.mark.parametrize("name", ["nothing-taken.restorable.full-inspection", "m1", None])
def test_width(
    run: Run, marked: Path, monkeypatch: pytest.MonkeyPatch, columns: str, name: str | None
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    answer = run("why", marked, *((name,) if name else ()), "--as-of", EARLY)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out


def test_markup_is_printed_as_it_stands(run: Run, marked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    answer = run("why", marked, "nothing-taken.latent", "--as-of", "2021-09-30")
    for words in ("[red]Store[/red] [/] :skull: [link=x]", "[/] [bold]camera[/] :smile:", "[red]Lifted[/]"):
        assert words in answer.out, words
    anomaly = run("why", marked, "as-declared.in-hand", "--as-of", "2021-09-30")
    assert "[red]rods[/]" in anomaly.out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\x9b2Jb", r"a\x9b2Jb"),
        ("a\u202eb", r"a\u202eb"),
        ("a\nb\tc", "a b c"),
        ("[red]:skull:", "[red]:skull:"),
        ("\ud800", r"\ud800"),
        ("x" * 10_000, "x" * 600 + " ... (9,400 more characters; --json has them)"),
    ],
)
def test_a_terminal_only_shows_a_text(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;x\x07", "\x9b31m", "[/][red]x[link=y]", "b" * 10_000, "\ud800\x00"]
)
@pytest.mark.parametrize("width", [20, 100])
def test_hostile_quotes_and_notes_are_harmless(hostile: str, width: int) -> None:
    loaded = load(YONGBYON)
    entries = tuple(
        replace(one, quote=hostile, note=hostile, page=hostile, recorder=hostile) for one in loaded.entries
    )
    sources = {
        key: replace(one, title=hostile, publisher=hostile, url=hostile, digest=hostile, file=hostile)
        for key, one in loaded.sources.items()
    }
    told = why(replace(loaded, entries=entries, sources=sources), "gap.in-hand", as_of="1993-11-06")
    shown = Console(markup=False, emoji=False, highlight=False, width=width, record=True, color_system=None)
    with shown.capture() as capture:
        print_explanation(told, shown)
    text = capture.get()
    assert all(c.isprintable() or c == "\n" for c in text)
    assert len(text) < 200_000


def test_a_list_is_printed_in_any_width() -> None:
    listed = numbers(YONGBYON, as_of="1993-11-06")
    for width in (1, 30, 200):
        shown = Console(width=width, color_system=None)
        with shown.capture() as capture:
            print_numbers(listed, shown)
        assert capture.get()


# ---------------------------------------------------------------- the page about it


def test_the_page_shows_what_is_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "96")
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n\$ watchgap (.+)\n((?:.*\n)*?)^```$", page, re.MULTILINE)
    assert len(blocks) >= 3
    for command, shown in blocks:
        printed = iter([line.rstrip() for line in run(*command.split()).out.splitlines()])
        for line in shown.splitlines():
            # Lines follow one another as they are printed; `[...]` stands for those that are left out.
            assert line == "[...]" or line in printed, (command, line)


# ---------------------------------------------------------------- completion


class _Context:
    def __init__(self, case: Path) -> None:
        self.params = {"case": case}


def test_names_are_completed() -> None:
    context: Any = _Context(YONGBYON)
    assert "gap.restorable.full-range" in names_of(context, "gap.restorable.")
    assert names_of(context, "Y01") == [f"Y01{digit}" for digit in range(10)]
    assert "reactor-cameras.interval" in names_of(context, "reactor-cameras.i")


def test_a_case_that_cannot_be_used_completes_nothing(tmp_path: Path) -> None:
    context: Any = _Context(tmp_path / "nowhere")
    assert names_of(context, "") == []
