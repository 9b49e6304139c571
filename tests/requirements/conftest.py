"""The real case of Yongbyon: loaded once, assessed once for each date, and copied where a test changes it."""

import csv
import functools
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import watchgap as wg

CASE = Path(__file__).resolve().parents[2] / "cases" / "yongbyon-1993"
ADDED = {"sources": "WATCHGAP-ASSUMED", "grade": "D", "read": "derived", "note": "Put in by a test."}

Row = Mapping[str, str]
StudyOn = Callable[..., wg.Study]


@dataclass(frozen=True)
class ChangedCase:
    """A copy of the case in a folder of its own."""

    folder: Path

    def change_fact(self, identity: str, **fields: str) -> "ChangedCase":
        """Give one fact other fields."""
        rows = self._rows()
        (changed,) = [row for row in rows if row["id"] == identity]
        changed.update(fields)
        return self._write(rows)

    def strike(self, *identities: str) -> "ChangedCase":
        """Leave facts out."""
        rows = self._rows()
        kept = [row for row in rows if row["id"] not in identities]
        assert len(rows) - len(kept) == len(identities)
        return self._write(kept)

    def add_fact(self, **fields: str) -> "ChangedCase":
        """Add one fact at the end."""
        rows = self._rows()
        return self._write([*rows, dict.fromkeys(rows[0], "") | ADDED | fields])

    def replace_text(self, old: str, new: str, *, times: int) -> "ChangedCase":
        """Replace a text of case.yaml, which must be there so many times."""
        path = self.folder / "case.yaml"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == times
        path.write_text(text.replace(old, new), encoding="utf-8")
        return self

    def load(self) -> wg.LoadedCase:
        """Load the changed case, which must have no fault."""
        return wg.load(self.folder)

    def brief(self, as_of: str, *, known_on: str | None = None) -> wg.Study:
        """Assess the changed case."""
        return wg.brief(self.folder, as_of=as_of, known_on=known_on)

    def _rows(self) -> list[dict[str, str]]:
        with (self.folder / "events.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _write(self, rows: Sequence[Row]) -> "ChangedCase":
        with (self.folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return self


@pytest.fixture(scope="session")
def loaded() -> wg.LoadedCase:
    return wg.load(CASE)


@pytest.fixture(scope="session")
def study_on(loaded: wg.LoadedCase) -> StudyOn:
    """Assess the case as of a day; each day only once."""

    @functools.cache
    def study(as_of: str, known_on: str | None = None) -> wg.Study:
        return wg.brief(loaded, as_of=as_of, known_on=known_on)

    return study


@pytest.fixture(scope="session")
def whole(study_on: StudyOn) -> wg.Study:
    """The case as of the last day of its period: its curves hold every day before."""
    return study_on("1994-06-30")


@pytest.fixture
def changed(tmp_path: Path) -> ChangedCase:
    folder = tmp_path / CASE.name
    shutil.copytree(CASE, folder)
    return ChangedCase(folder)
