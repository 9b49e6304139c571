"""Loads a case folder: case, facts and sources, or every fault of its files at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from watchgap.base.errors import CaseError, Fault
from watchgap.case import Case, check_case, check_names, read_case
from watchgap.case.document import Place
from watchgap.flow.records import read_record
from watchgap.ledger import Entry, Ledger, Source, check_events, known_entries


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A case folder without faults: the case, all recorded facts, and the sources that they cite.

    position: entries of the ledger, or rows of events.csv; digest: root of the ledger's tree at that
    position, or SHA-256 of the bytes of events.csv; case_digest: SHA-256 of those of case.yaml; name: of the
    ledger, or 'events.csv'; lines: of what stands in case.yaml, by its place.
    """

    case: Case
    entries: tuple[Entry, ...]
    sources: dict[str, Source]
    position: int
    digest: str
    case_digest: str
    name: str = "events.csv"
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int:
        """Line of a place in case.yaml, or of the nearest thing around it that has one, or 0."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 0)

    def ledger(self, known_on: date | None = None) -> Ledger:
        """The ledger as it was known at the end of a date; with no date, as it is."""
        known = known_entries(self.entries, known_on)
        return Ledger(known, self.sources, self.position, self.digest, self.name)


# Any day will do: with it the rows of events.csv can be read, and nothing that needs the period is asked.
_SOME_DAY = date(2000, 1, 1)


def _look(folder: Path, *, at: int | None) -> tuple[LoadedCase | None, tuple[Fault, ...]]:
    """Look at all files, each as far as it can be read: a fault in one hides none in another."""
    if not _is_folder(folder):
        problem = f"there is no folder '{folder}'"
        remedy = "name a case folder, or start one with `watchgap new`"
        return None, (Fault(str(folder), 1, problem, remedy),)
    case, document, faults = read_case(folder)
    record = read_record(folder, case.period.first if case else _SOME_DAY, at=at)
    # A source that could not be read would be found missing wherever it is cited.
    keys = None if record.sources is None else record.sources.keys()
    faults += record.faults + check_names(document, keys)
    if case is not None:
        faults += check_case(case, document)
    faults += check_events(record.entries, document, case=case, sources=keys, complete=record.whole)
    if case is None or record.sources is None or faults:
        return None, tuple(sorted(set(faults)))
    loaded = LoadedCase(
        case,
        record.entries,
        record.sources,
        record.position,
        record.digest,
        document.digest,
        record.name,
        document.lines,
    )
    return loaded, ()


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):
        return False


def check(folder: str | Path) -> tuple[Fault, ...]:
    """List every fault of a case folder; an empty list means that the case can be used."""
    return _look(Path(folder), at=None)[1]


def load(folder: str | Path, *, ledger_at: int | None = None) -> LoadedCase:
    """Load a case folder.

    ledger_at: take only the first so many entries of its ledger, as the origin of a study names them.

    Raises CaseError, which lists every fault, if the folder cannot be used, and OutOfRange if its ledger has
    no such position.
    """
    loaded, faults = _look(Path(folder), at=ledger_at)
    if loaded is None:
        raise CaseError(faults)
    return loaded
