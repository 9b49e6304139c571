"""Loads a case folder: case, facts and sources, or every fault of the three files at once."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from watchgap.base.errors import CaseError, Fault
from watchgap.case import Case, check_case, check_names, read_case
from watchgap.ledger import Entry, Ledger, Source, check_events, known_entries, read_events, read_sources


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A case folder without faults: the case, all recorded facts, and the sources that they cite.

    position: rows of the ledger; digest, case_digest: SHA-256 of the bytes of events.csv and of case.yaml.
    """

    case: Case
    entries: tuple[Entry, ...]
    sources: dict[str, Source]
    position: int
    digest: str
    case_digest: str

    def ledger(self, known_on: date | None = None) -> Ledger:
        """The ledger as it was known at the end of a date; with no date, as it is."""
        return Ledger(known_entries(self.entries, known_on), self.sources, self.position, self.digest)


# Any day will do: with it the rows of events.csv can be read, and nothing that needs the period is asked.
_SOME_DAY = date(2000, 1, 1)


def _look(folder: Path) -> tuple[LoadedCase | None, tuple[Fault, ...]]:
    """Look at all three files, each as far as it can be read: a fault in one hides none in another."""
    if not _is_folder(folder):
        problem = f"there is no folder '{folder}'"
        remedy = "name a case folder, or start one with `watchgap new`"
        return None, (Fault(str(folder), 1, problem, remedy),)
    case, document, faults = read_case(folder)
    sources, source_faults = read_sources(folder)
    # A source that could not be read would be found missing wherever it is cited.
    keys = None if source_faults else sources.keys()
    entries, position, digest, event_faults = read_events(folder, case.period.first if case else _SOME_DAY)
    faults += source_faults + event_faults + check_names(document, keys)
    if case is not None:
        faults += check_case(case, document)
    faults += check_events(entries, document, case=case, sources=keys, complete=not event_faults)
    if case is None or faults:
        return None, tuple(sorted(set(faults)))
    return LoadedCase(case, entries, sources, position, digest, document.digest), ()


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):
        return False


def check(folder: str | Path) -> tuple[Fault, ...]:
    """List every fault of a case folder; an empty list means that the case can be used."""
    return _look(Path(folder))[1]


def load(folder: str | Path) -> LoadedCase:
    """Load a case folder.

    Raises CaseError, which lists every fault, if the folder cannot be used.
    """
    loaded, faults = _look(Path(folder))
    if loaded is None:
        raise CaseError(faults)
    return loaded
