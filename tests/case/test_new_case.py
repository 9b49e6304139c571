import json
from pathlib import Path

import pytest

from watchgap.base.errors import WatchgapError
from watchgap.case import case_schema, new_case
from watchgap.case import new as starter
from watchgap.flow.load import check, load

NAMES = ("case.yaml", "events.csv", "sources.csv", "case.schema.json")


def everything_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["mine", "deep/within/mine"])
def test_a_new_folder_holds_a_case_without_faults_and_its_schema(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    assert new_case(folder) == tuple(folder / name for name in NAMES)
    assert everything_in(folder) == sorted(NAMES)
    assert everything_in(folder.parent) == ["mine"]
    assert check(folder) == ()
    assert json.loads((folder / "case.schema.json").read_text(encoding="utf-8")) == case_schema()


def test_an_empty_folder_is_filled_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    new_case(Path())
    assert everything_in(tmp_path) == sorted(NAMES)
    assert tmp_path.stat().st_ino == before
    assert check(".") == ()


def test_the_editor_is_pointed_at_the_schema(tmp_path: Path) -> None:
    new_case(tmp_path / "mine")
    text = (tmp_path / "mine" / "case.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=case.schema.json"
    assert "INVENTED" in text


def test_every_part_of_a_case_is_shown(tmp_path: Path) -> None:
    new_case(tmp_path / "mine")
    loaded = load(tmp_path / "mine")
    assert [name for name in type(loaded.case).model_fields if not getattr(loaded.case, name)] == []
    kinds = {entry.kind for entry in loaded.entries}
    assert kinds >= {"installed", "serviced", "found-dead", "attached", "verified", "visit", "denied"}
    assert kinds >= {"checked", "custody", "stated", "noted"}
    assert {measure.kind for measure in loaded.case.measures} == {
        "random-camera",
        "item-monitor",
        "imagery",
        "seal",
    }
    assert len({package.level for package in loaded.case.packages}) == 3


@pytest.mark.parametrize("found", ["case.yaml", ".hidden", "folder"])
def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path, found: str) -> None:
    (tmp_path / found).mkdir()
    with pytest.raises(WatchgapError) as caught:
        new_case(tmp_path)
    assert str(caught.value) == f"the folder '{tmp_path}' is not empty; name a new or empty folder"
    assert everything_in(tmp_path) == [found]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x", encoding="utf-8")
    with pytest.raises(WatchgapError) as caught:
        new_case(tmp_path / "mine")
    assert str(caught.value) == f"'{tmp_path / 'mine'}' is a file; name a new or empty folder"


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    folder = tmp_path / "file" / "mine"
    with pytest.raises(WatchgapError) as caught:
        new_case(folder)
    assert str(caught.value).startswith(f"cannot start a case in '{folder}' (")
    assert str(caught.value).endswith("; name a folder that can be written")


@pytest.mark.parametrize("existed", [False, True])
@pytest.mark.parametrize("method", ["write_text", "rename"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existed: bool, method: str, after: int
) -> None:
    folder = tmp_path / "mine"
    if existed:
        folder.mkdir()
    original = getattr(Path, method)
    calls = []

    def fail(self: Path, *arguments: object, **options: object) -> object:
        calls.append(self)
        if len(calls) > after:
            raise OSError(28, "No space left on device")
        return original(self, *arguments, **options)

    monkeypatch.setattr(Path, method, fail)
    if method == "rename" and not existed and after > 0:
        # A new folder is put in its place by one renaming, so there is no second that could fail.
        assert new_case(folder) == tuple(folder / name for name in NAMES)
        return
    with pytest.raises(WatchgapError) as caught:
        new_case(folder)
    assert "No space left on device" in str(caught.value)
    assert everything_in(tmp_path) == (["mine"] if existed else [])
    assert not existed or everything_in(folder) == []


def test_the_starting_files_are_shipped() -> None:
    folder = Path(starter.__file__).parent / "starter"
    assert everything_in(folder) == sorted(starter.STARTER_FILES)
