"""`brief --out`: all files or the older ones, whatever goes wrong."""

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from watchgap.app.cli import outputs

Run = Callable[..., Any]
EARLY = "2021-02-01"
NAMES = {
    f"northmere-store-{claim}-{EARLY}.{kind}"
    for claim in ("nothing-taken", "as-declared")
    for kind in ("png", "svg")
} | {"study.json", "curves.csv"}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Draw nothing, quickly: what the renderer draws has its own tests."""
    paths: list[str] = []

    def render(figure: Any, path: Path) -> tuple[Path, ...]:
        assert figure["$schema"]
        made = tuple(path.with_name(f"{path.name}.{kind}") for kind in ("png", "svg"))
        for one in made:
            one.write_text(f"picture {len(paths)}", encoding="utf-8")
            paths.append(one.name)
        return made

    monkeypatch.setattr(outputs, "render", render)
    return paths


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_files_are_written(run: Run, starter: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "[/]"
    answer = run("brief", starter, "--as-of", EARLY, "--out", out)
    assert (answer.code, answer.err) == (0, "")
    found = contents(out)
    assert set(found) == NAMES
    assert all(found.values())
    assert [line for line in answer.out.splitlines() if line.startswith("wrote ")] == [
        f"wrote {out / name}" for name in (line.rpartition("/")[2] for line in answer.out.splitlines()[-6:])
    ]
    assert found["study.json"].decode() == run("brief", starter, "--as-of", EARLY, "--json").out
    rows = list(csv.DictReader(found["curves.csv"].decode().splitlines()))
    assert set(rows[0]) == {"day", "claim", "stratum", "curve", "value", "state"}
    assert rows[-1]["day"] == EARLY


@pytest.mark.usefixtures("drawn")
def test_json_and_files_together(run: Run, starter: Path, tmp_path: Path) -> None:
    answer = run("brief", starter, "--as-of", EARLY, "--json", "--out", tmp_path)
    assert answer.code == 0
    assert (tmp_path / "study.json").read_text(encoding="utf-8") == answer.out


@pytest.mark.usefixtures("drawn")
def test_twice_gives_the_same(run: Run, starter: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert run("brief", starter, "--as-of", EARLY, "--out", tmp_path).code == 0
    before = contents(tmp_path)
    assert run("brief", starter, "--as-of", EARLY, "--out", tmp_path).code == 0
    after = contents(tmp_path)
    assert set(after) == NAMES | {"notes.txt"}
    assert {name: after[name] for name in ("study.json", "curves.csv", "notes.txt")} == {
        name: before[name] for name in ("study.json", "curves.csv", "notes.txt")
    }


# ---------------------------------------------------------------- failures


def failing(error: BaseException, *, after: int) -> Callable[..., tuple[Path, ...]]:
    """Draw some pictures, and then fail."""
    count = [0]

    def render(_: Any, path: Path) -> tuple[Path, ...]:
        if count[0] >= after:
            raise error
        count[0] += 1
        path.with_suffix(".png").write_text("half", encoding="utf-8")
        return (path.with_suffix(".png"),)

    return render


FULL = OSError(28, "No space left on device")
FORBIDDEN = PermissionError(13, "Permission denied")


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize(
    ("render", "code", "reason"),
    [
        pytest.param(failing(FULL, after=0), 2, "No space left on device", id="full at once"),
        pytest.param(failing(FULL, after=1), 2, "No space left on device", id="full"),
        pytest.param(failing(FORBIDDEN, after=1), 2, "Permission denied", id="forbidden"),
        pytest.param(failing(KeyboardInterrupt(), after=1), 130, None, id="interrupted"),
    ],
)
def test_a_failure_leaves_the_older_files_whole(
    run: Run, starter: Path, tmp_path: Path, *, render: Any, code: int, reason: str | None
) -> None:
    assert run("brief", starter, "--as-of", EARLY, "--out", tmp_path).code == 0
    before = contents(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outputs, "render", render)
        answer = run("brief", starter, "--as-of", "2021-03-01", "--out", tmp_path)
    assert (answer.code, answer.out) == (code, "")
    assert "Traceback" not in answer.err
    if reason is not None:
        assert answer.err == f"watchgap: cannot write into {tmp_path} ({reason}); choose another --out\n"
    assert contents(tmp_path) == before


def test_a_failure_in_a_new_folder_leaves_no_file(
    run: Run, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "render", failing(FULL, after=1))
    assert run("brief", starter, "--as-of", EARLY, "--out", tmp_path / "out").code == 2
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("drawn")
def test_a_folder_in_the_place_of_a_file(run: Run, starter: Path, tmp_path: Path) -> None:
    assert run("brief", starter, "--as-of", EARLY, "--out", tmp_path).code == 0
    (tmp_path / "curves.csv").unlink()
    (tmp_path / "curves.csv").mkdir()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    answer = run("brief", starter, "--as-of", EARLY, "--out", tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "curves.csv is a folder there" in answer.err
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("drawn")
def test_a_file_in_the_place_of_the_folder(run: Run, starter: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    answer = run("brief", starter, "--as-of", EARLY, "--out", tmp_path / "out")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"watchgap: cannot write into {tmp_path / 'out'} (")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.usefixtures("drawn")
def test_a_folder_that_is_read_only(run: Run, starter: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    answer = run("brief", starter, "--as-of", EARLY, "--out", tmp_path)
    tmp_path.chmod(0o700)
    assert answer.code == 2
    assert "Permission denied" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_for_a_bad_case(run: Run, case: Path, tmp_path: Path) -> None:
    (case / "case.yaml").write_text("no: case\n", encoding="utf-8")
    assert run("brief", case, "--out", tmp_path / "out").code == 2
    assert run("brief", tmp_path / "nowhere", "--out", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()


def test_a_fault_of_the_program_stays_visible(
    run: Run, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> NoReturn:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(outputs, "render", broken)
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        run("brief", starter, "--as-of", EARLY, "--out", tmp_path)
    assert list(tmp_path.iterdir()) == []
