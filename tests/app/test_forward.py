"""The commands that look ahead: what they print and write, and what they refuse before they compute."""

import csv
import json
from pathlib import Path

import pytest

EARLY = "2021-08-01"
FEW = ("--draws", "16", "--workers", "1")
ENOUGH = ("--draws", "128", "--workers", "1")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------- recover


def test_recover_prints_states_packages_and_dates(run, starter: Path) -> None:  # type: ignore[no-untyped-def]
    answer = run("recover", starter, "--as-of", EARLY, *FEW)
    assert (answer.code, answer.err) == (0, "")
    for words in (
        "Claim 'nothing-taken' (gap), target 0.50",
        "RESTORABLE",
        "change of film and battery",
        "until, with a",
        "probability of",
        "later than 2021-12-31",
        "memory-full",
        "drawn 16 times",
    ):
        assert words in answer.out


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_dates_are_whole_on_every_terminal(  # type: ignore[no-untyped-def]
    run, starter: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    told = json.loads(run("recover", starter, "--as-of", EARLY, *FEW, "--json").out)
    wanted = {date["words"] for claim in told["claims"] for one in claim["packages"] for date in one["dates"]}
    printed = run("recover", starter, "--as-of", EARLY, *FEW).out
    tables = printed.replace("│", " ")
    assert len(wanted) > 2
    assert [words for words in wanted if words not in tables] == []
    assert max(len(line) for line in printed.splitlines()) <= int(columns)


def test_recover_writes_figures_json_and_tables(run, starter: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    answer = run("recover", starter, "--as-of", EARLY, *FEW, "--out", tmp_path)
    assert answer.code == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert {"recovery.json", "recovery.csv", "no-return.csv", "states.csv"} <= names
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".csv", ".png", ".svg"}
    told = json.loads((tmp_path / "recovery.json").read_text(encoding="utf-8"))
    assert told["format"] == "watchgap-recovery-1"
    assert len(told["digest"]) == 64
    dates = read(tmp_path / "no-return.csv")
    assert {row["probability"] for row in dates} == {"0.95", "0.5", "0.05"}
    assert {row["claim"] for row in dates} == {"nothing-taken", "as-declared"}
    states = read(tmp_path / "states.csv")
    by_day: dict[tuple[str, str], float] = {}
    for row in states:
        key = row["claim"], row["day"]
        by_day[key] = by_day.get(key, 0.0) + float(row["probability"])
    assert all(abs(total - 1) < 1e-9 for total in by_day.values())
    rows = read(tmp_path / "recovery.csv")
    assert list(rows[0]) == ["day", "claim", "package", "low", "median", "high", "reaches_target"]


def test_recover_json_is_the_same_for_the_same_seed(run, starter: Path) -> None:  # type: ignore[no-untyped-def]
    one, other = (run("recover", starter, "--as-of", EARLY, *FEW, "--json") for _ in range(2))
    changed = run("recover", starter, "--as-of", EARLY, *FEW, "--seed", "7", "--json")
    assert one.out == other.out
    assert json.loads(one.out)["digest"] != json.loads(changed.out)["digest"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(("--as-of", "2031-01-01"), "as of 2031-01-01 lies outside the period", id="as of"),
        pytest.param(("--until", "2031-01-01"), "until 2031-01-01 lies outside the period", id="until"),
        pytest.param(
            ("--as-of", EARLY, "--until", "2021-07-01"), "until 2021-07-01 comes before", id="backwards"
        ),
        pytest.param(("--draws", "1000"), "the number of draws is 1000; use a power of 2", id="draws"),
        pytest.param(("--draws", "128", "--seed", "-3"), "the seed is -3", id="seed"),
        pytest.param(("--draws", "128", "--workers", "0"), "the number of workers is 0", id="workers"),
        pytest.param(("--as-of", "August"), "'August' is not a day", id="no day"),
    ],
)
def test_recover_refuses(run, starter: Path, arguments: tuple[str, ...], problem: str) -> None:  # type: ignore[no-untyped-def]
    answer = run("recover", starter, *arguments)
    assert answer.code == 2
    assert problem in " ".join(answer.err.split())
    assert answer.out == ""


def test_a_case_with_faults_is_refused_whole(run, case: Path) -> None:  # type: ignore[no-untyped-def]
    text = (case / "case.yaml").read_text(encoding="utf-8")
    (case / "case.yaml").write_text(text.replace("rank: 0.5", "rank: 2"), encoding="utf-8")
    for command in ("recover", "plan", "sensitivity"):
        answer = run(command, case)
        assert answer.code == 2
        assert "correlations[thoroughness].rank is 2" in answer.err
        assert "nothing was computed" in answer.err


# ---------------------------------------------------------------- brief with draws


def test_brief_with_draws_shows_intervals(run, starter: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    plain = run("brief", starter, "--as-of", EARLY, "--json")
    drawn = run("brief", starter, "--as-of", EARLY, *FEW, "--json")
    before, after = json.loads(plain.out), json.loads(drawn.out)
    assert (before["origin"]["draws"], after["origin"]["draws"]) == (0, 16)
    for one, other in zip(before["claims"], after["claims"], strict=True):
        assert one["bands"] == {}
        for name, headline in one["headlines"].items():
            assert other["headlines"][name]["value"] == headline["value"]
    printed = run("brief", starter, "--as-of", EARLY, *FEW, "--out", tmp_path)
    assert "5 to 95 %" in printed.out
    assert (tmp_path / "study.json").exists()


def test_a_narrow_brief_cuts_no_word(run, starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COLUMNS", "60")
    answer = run("brief", starter, "--as-of", EARLY, "--draws", "2", "--workers", "1")
    assert answer.code == 0
    assert "…" not in answer.out


# ---------------------------------------------------------------- plan


def test_a_plan_that_is_sure_without_a_margin(run, starter: Path) -> None:  # type: ignore[no-untyped-def]
    answer = run("plan", starter, "--claim", "nothing-taken", "--sure", "0.5", *FEW)
    told = " ".join(answer.out.replace("│", " ").split())
    assert "the plan of least effort at medians does it without a margin" in told
    assert "effort 2 person-days in 90 %" in told


def test_plan_prints_what_to_do_and_its_proof(run, starter: Path) -> None:  # type: ignore[no-untyped-def]
    answer = run("plan", starter, "--by", EARLY, "--target", "0.97", *FEW)
    assert (answer.code, answer.err) == (0, "")
    for words in ("OPTIMAL", "no plan needs less than", "Proof", "By access", "How surely", "usual rules"):
        assert words in answer.out


def test_plan_writes_a_workbook_and_tables(run, starter: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    book = tmp_path / "plan.xlsx"
    answer = run(
        "plan", starter, "--by", EARLY, "--target", "0.97", "--draws", "0", "--xlsx", book, "--out", tmp_path
    )
    assert answer.code == 0
    assert f"wrote {book}" in " ".join(answer.out.split())
    names = {path.name for path in tmp_path.iterdir()}
    assert {"plan.xlsx", "plan.json", "plan.csv"} <= names
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert told["format"] == "watchgap-plan-1"
    plan = told["plans"][told["chosen"]]
    assert plan["status"] == "optimal"
    assert plan["bound"] == pytest.approx(plan["effort"])
    rows = [row for row in read(tmp_path / "plan.csv") if row["chosen"] == "True"]
    assert sum(float(row["effort"]) for row in rows) == pytest.approx(plan["effort"] - plan["visit_effort"])


def test_plan_under_one_access_and_for_a_posterior(run, starter: Path) -> None:  # type: ignore[no-untyped-def]
    common = ("plan", starter, "--by", EARLY, "--draws", "0")
    level = run(*common, "--access", "maintenance")
    assert "UNREACHABLE" in level.out
    package = run(*common, "--access", "full-inspection", "--posterior", "0.001")
    assert "Access: full inspection" in package.out
    assert "To bring the probability of diversion down to 0.001" in package.out


def test_plan_for_an_effort_is_the_reverse(run, starter: Path) -> None:  # type: ignore[no-untyped-def]
    answers = [
        json.loads(run("plan", starter, "--by", EARLY, "--effort", effort, "--draws", "0", "--json").out)
        for effort in ("3", "6", "20")
    ]
    best = [one["plans"][one["chosen"]] for one in answers]
    assert [plan["effort"] <= effort for plan, effort in zip(best, (3, 6, 20), strict=True)] == [True] * 3
    assert best[0]["assurance"] <= best[1]["assurance"] <= best[2]["assurance"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(("--claim", "no-such"), "no claim 'no-such' is in the case", id="claim"),
        pytest.param(("--access", "by-air"), "no access 'by-air' is in the case", id="access"),
        pytest.param(("--by", "2031-01-01"), "by 2031-01-01 lies outside the period", id="date"),
        pytest.param(("--access", "none"), "its packages: change-the-film (maintenance)", id="level"),
        pytest.param(("--target", "1"), "the target is 1; use a probability inside 0 to 1", id="target 1"),
        pytest.param(("--target", "0"), "the target is 0; use a probability inside 0 to 1", id="target 0"),
        pytest.param(("--target", "nan"), "the target is nan", id="target nan"),
        pytest.param(
            ("--target", "0.9", "--effort", "5"), "a target and an effort are both given", id="both ways"
        ),
        pytest.param(("--person-days", "1"), "below what the visit alone takes, 2 at least", id="cap"),
        pytest.param(("--person-days", "-1"), "the cap on person-days is -1", id="negative cap"),
        pytest.param(
            ("--effort", "20", "--person-days", "10"), "contradicts the cap of 10", id="contradiction"
        ),
        pytest.param(("--team", "3"), "a team without days caps nothing", id="team alone"),
        pytest.param(("--most", "scanning"), "'scanning' is not a count", id="no count"),
        pytest.param(("--most", "flying=3"), "no activity 'flying' is in the case", id="activity"),
        pytest.param(("--most", "scanning=1", "--most", "scanning=2"), "has two counts", id="twice"),
        pytest.param(("--false-alarms", "1.5"), "the cap on false alarms is 1.5", id="false alarms"),
        pytest.param(("--samples", "paired"), "samples are 'paired'", id="samples"),
        pytest.param(("--posterior", "2"), "the posterior wanted is 2", id="posterior"),
    ],
)
def test_plan_refuses(run, starter: Path, arguments: tuple[str, ...], problem: str) -> None:  # type: ignore[no-untyped-def]
    answer = run("plan", starter, "--draws", "0", *arguments)
    assert answer.code == 2
    assert problem in " ".join(answer.err.split())
    assert answer.out == ""


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        pytest.param("folder", "a folder is there", id="folder"),
        pytest.param(".", "a folder is there", id="here"),
        pytest.param("nowhere/plan.xlsx", "there is no folder", id="no folder"),
        pytest.param("file/plan.xlsx", "there is no folder", id="file as folder"),
        pytest.param("x" * 300, "File name too long", id="long name"),
    ],
)
def test_a_workbook_that_cannot_be_written(
    run, starter: Path, tmp_path: Path, place: str, reason: str
) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    answer = run("plan", starter, "--draws", "0", "--xlsx", tmp_path / place)
    assert (answer.code, answer.out) == (2, "")
    assert reason in answer.err
    assert answer.err.count("name a file in a folder that is there") == 1
    assert {path.name for path in tmp_path.rglob("*")} == {"folder", "file"}


def test_no_workbook_without_the_other_files(run, starter: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        answer = run("plan", starter, "--draws", "0", "--xlsx", tmp_path / "plan.xlsx", "--out", out)
        assert (answer.code, answer.out) == (2, "")
        assert f"cannot write into {out}" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# ---------------------------------------------------------------- cases that lack something


def without_packages(case: Path) -> Path:
    path = case / "case.yaml"
    before, _, rest = path.read_text(encoding="utf-8").partition("\npackages:")
    path.write_text(before + rest[rest.index("\nperils:") :], encoding="utf-8")
    return case


def test_a_case_without_packages(run, case: Path) -> None:  # type: ignore[no-untyped-def]
    asked = (without_packages(case), "--as-of", EARLY)
    outlook = run("recover", *asked, *FEW)
    assert outlook.code == 0
    assert "the case has no package of access" in " ".join(outlook.out.replace("│", " ").split())
    inquiry = run("sensitivity", *asked, *ENOUGH, "--points", "0")
    assert (inquiry.code, inquiry.err) == (0, "")
    assert "Nothing worth asking for" in inquiry.out


def test_a_case_of_completeness_alone(run, case: Path) -> None:  # type: ignore[no-untyped-def]
    path = case / "case.yaml"
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition("\nroutes:")
    text = before + rest[rest.index("\nmeasures:") :]
    path.write_text(
        text.replace("kind: gap", "kind: completeness").replace("kind: past", "kind: completeness")
    )
    for command in ("plan", "sensitivity"):
        answer = run(command, case)
        assert (answer.code, answer.out) == (2, "")
        assert "every claim of the case is about completeness" in answer.err


# ---------------------------------------------------------------- sensitivity


def test_sensitivity_prints_and_writes(run, starter: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    common = ("sensitivity", starter, "--as-of", EARLY, *ENOUGH)
    answer = run(*common, "--of", "change-the-film", "--points", "8", "--out", tmp_path)
    assert answer.code == 0
    for words in ("worth asking for", "What moves it", "Shares of its variance"):
        assert words in answer.out
    assert {"sensitivity.json", "factors.csv", "swings.csv", "questions.csv"} <= {
        path.name for path in tmp_path.iterdir()
    }
    assert len(read(tmp_path / "factors.csv")) > 3


@pytest.mark.parametrize("answer", ["latent", "posterior", "exposure", "no return: change-the-film"])
def test_sensitivity_of_every_kind_of_answer(run, starter: Path, answer: str) -> None:  # type: ignore[no-untyped-def]
    asked = (
        "sensitivity",
        starter,
        "--as-of",
        "2021-06-01",
        *ENOUGH,
        "--points",
        "0",
        "--of",
        answer,
        "--json",
    )
    told = json.loads(run(*asked).out)
    assert told["answer"] == answer
    assert told["interval"]["low"] <= told["interval"]["middle"] <= told["interval"]["high"]


def test_sensitivity_lists_the_unknowns_by_name(run, starter: Path) -> None:  # type: ignore[no-untyped-def]
    answer = run("sensitivity", starter, "--list")
    assert answer.code == 0
    assert "hall-camera.recognition" in answer.out
    assert "thoroughness" in answer.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(("--claim", "no-such"), "no claim 'no-such' can be computed", id="claim"),
        pytest.param(("--of", "by-air"), "no answer 'by-air' can be given of claim", id="answer"),
        pytest.param(("--draws", "64"), "64 draws are too few", id="draws"),
        pytest.param(("--points", "12"), "points are 12; use a power of 2 from 2", id="points"),
        pytest.param(("--list", "--json"), "leave out --json and --out", id="list as JSON"),
    ],
)
def test_sensitivity_refuses(run, starter: Path, arguments: tuple[str, ...], problem: str) -> None:  # type: ignore[no-untyped-def]
    answer = run("sensitivity", starter, "--as-of", EARLY, "--workers", "1", *arguments)
    assert answer.code == 2
    assert problem in " ".join(answer.err.split())
    assert answer.out == ""
