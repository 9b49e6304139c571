from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from watchgap.flow.load import check

STARTER = Path(str(files("watchgap.case").joinpath("starter")))
FILES = ("case.yaml", "events.csv", "sources.csv")


class Folder:
    """A copy of the starting case that a test spoils."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name in FILES:
            (path / name).write_bytes((STARTER / name).read_bytes())

    def write(self, name: str, content: str | bytes) -> None:
        (self.path / name).write_bytes(content.encode() if isinstance(content, str) else content)

    def spoil(self, old: str, new: str, name: str = "case.yaml") -> int:
        """Replace the first occurrence of a text by another, and give the line where it begins."""
        text = (self.path / name).read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found == old
        self.write(name, before + new + after)
        return before.count("\n") + 1

    def faults(self) -> list[str]:
        return [str(fault) for fault in check(self.path)]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Folder]:
    return lambda: Folder(tmp_path_factory.mktemp("case"))
