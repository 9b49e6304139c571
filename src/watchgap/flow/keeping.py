"""Writes into the ledger of a case: starts it, and adds facts and sources that fit the case, all or none."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from watchgap.base.errors import CaseError, Fault, FaultyInput, LedgerError, OutOfRange
from watchgap.case import Case, read_case
from watchgap.case.document import Document
from watchgap.case.files import CONTROL
from watchgap.exchange import plain_name, read_document_file, read_leaves
from watchgap.flow.additions import Additions, Sifted, sift
from watchgap.flow.places import LEDGER_FILE, LINK_FILE, ledger_name, ledger_place
from watchgap.flow.records import sources_in
from watchgap.ledger import (
    EVENTS_FILE,
    FACT_COLUMNS,
    SOURCE_COLUMNS,
    SOURCES_FILE,
    Content,
    Row,
    csv_rows,
    read_leaf,
    read_text,
)
from watchgap.store import Store, create_store, open_store

_LONGEST_RECORDER = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """What was entered into a ledger, or in a dry run would be.

    place: the ledger; origin: its name; size, root: number of its entries afterwards, and the root of their
    tree in hexadecimal; added: what was entered; skipped: how many rows it held already.
    """

    place: str
    origin: str
    size: int
    root: str
    added: tuple[Content, ...]
    skipped: int
    dry_run: bool = False

    @property
    def first(self) -> int:
        """Number of the first entry that was added, or would be."""
        return self.size + 1 if self.dry_run else self.size - len(self.added) + 1


@dataclass(frozen=True, slots=True)
class Entering:
    """How something is entered: by whom, and whether only to see what it would do.

    despite_clock: enter it though this computer's clock stands well before the last entry.
    """

    recorder: str
    dry_run: bool = False
    despite_clock: bool = False

    def __post_init__(self) -> None:
        """Raise OutOfRange if the recorder's name is empty, too long or no name."""
        name = self.recorder
        if not name.strip() or len(name) > _LONGEST_RECORDER or CONTROL.search(name):
            problem = f"'{name[:40]}' cannot be the name of a recorder"
            raise OutOfRange(f"{problem}; give a name of 1 to {_LONGEST_RECORDER} characters")


def required_place(folder: Path) -> Path | str:
    """Find the ledger of a case folder. Raises LedgerError if it has none."""
    place = ledger_place(folder)
    if place is None:
        raise LedgerError(f"{folder} has no ledger; start one with `watchgap ledger init {folder}`")
    return place


def start_ledger(
    folder: str | Path,
    *,
    recorder: str,
    origin: str | None = None,
    address: str | None = None,
    restore: Path | None = None,
) -> Kept:
    """Start the ledger of a case with what its two files hold, or exactly as an export holds it.

    origin: the ledger's name in checkpoints, by default one of its own made from the case's id. address: of a
    shared ledger in PostgreSQL; by default the ledger is a file beside the case. restore: an export as JSON
    Lines, whose entries are taken over with their numbers, times and recorders; the name goes with them.

    Raises OutOfRange if something is restored without its name, CaseError if the case has faults, FaultyInput
    if its files or the export have, and LedgerError if there is a ledger already or none can be made.
    """
    folder, entering = Path(folder), Entering(recorder)
    if (there := ledger_place(folder)) is not None:
        raise LedgerError(f"{folder} has a ledger already, {ledger_name(there)}; add to it, or move it away")
    if restore is not None and origin is None:
        raise OutOfRange("what was signed names the ledger: give what is restored the name it had (--origin)")
    case, document = _sound_case(folder)
    if restore is None:
        sifted = sift(case, document, (), _of_files(folder))
    else:
        sifted = Sifted(tuple(read_leaf(leaf).content for leaf in read_leaves(restore)), 0)
    place: Path | str = folder / LEDGER_FILE if address is None else address
    name = origin or f"watchgap/{case.id}/{secrets.token_hex(4)}"
    with create_store(place, origin=name) as store:
        try:
            with store.writing() as writer:
                if restore is None:
                    writer.append(sifted.new, recorder=entering.recorder)
                else:
                    writer.restore(read_leaves(restore))
        except BaseException:
            store.close()
            # What could not be filled is taken away again, so that the next try finds the folder as it was.
            if isinstance(place, Path):
                place.unlink(missing_ok=True)
            raise
        if address is not None:
            (folder / LINK_FILE).write_text(f"{address}\n", encoding="utf-8")
        return _kept(store, sifted, entering)


def add_entries(folder: str | Path, additions: Additions, entering: Entering) -> Kept:
    """Enter facts and sources into the ledger of a case: all of them, or none if any has a fault.

    Rows that the ledger holds already, word for word, are passed over.

    Raises FaultyInput with every fault of the rows, CaseError if the case itself has faults, and LedgerError
    if the case has no ledger or it cannot be written.
    """
    folder = Path(folder)
    place = required_place(folder)
    case, document = _sound_case(folder)
    if entering.dry_run:
        with open_store(place) as store:
            return _kept(store, sift(case, document, tuple(store.postings()), additions), entering)
    with open_store(place, write=True) as store:
        with store.writing(despite_clock=entering.despite_clock) as writer:
            # Read under the lock: nobody can enter anything between the check and the entry.
            sifted = sift(case, document, tuple(store.postings()), additions)
            writer.append(sifted.new, recorder=entering.recorder)
        return _kept(store, sifted, entering)


def add_source(
    folder: str | Path, cells: dict[str, str], entering: Entering, *, document: Path | None = None
) -> Kept:
    """Enter a source, or what is new about one, with a document attached to it.

    cells: by column of sources.csv, the key among them; what is not given stays as the ledger has it.
    document: a PDF, an image or a text; its bytes go into the ledger's store and its digest into the entry.

    Raises FaultyInput if the document cannot be attached or the source has no title, and what `add_entries`
    raises.
    """
    folder = Path(folder)
    place = required_place(folder)
    row = dict.fromkeys(SOURCE_COLUMNS, "")
    with open_store(place) as store:
        present = sources_in(store.postings()).get(cells.get("key", ""))
    if present is not None:
        row |= {column: getattr(present, column) for column in SOURCE_COLUMNS}
    row |= {column: cell.strip() for column, cell in cells.items()}
    if document is None:
        return add_entries(folder, Additions("the source", sources=((1, row),)), entering)
    data, media = read_document_file(document)
    digest = hashlib.sha256(data).hexdigest()
    row |= {"digest": digest, "media": media, "size": str(len(data)), "file": plain_name(document.name)}
    additions = Additions("the source", sources=((1, row),))
    if not entering.dry_run:
        # First what is cited, then what cites it: a kill between the two leaves no entry without document.
        add_entries(folder, additions, replace(entering, dry_run=True))
        with open_store(place, write=True) as store, store.writing() as writer:
            writer.attach(data, media)
    return add_entries(folder, additions, entering)


def _sound_case(folder: Path) -> tuple[Case, Document]:
    case, document, faults = read_case(folder)
    if case is None or faults:
        raise CaseError(faults)
    return case, document


def _of_files(folder: Path) -> Additions:
    """What the two files of a case folder hold. Raises FaultyInput if they cannot be read."""
    found: list[Fault] = []
    rows: list[tuple[Row, ...]] = []
    for name, columns in ((EVENTS_FILE, FACT_COLUMNS), (SOURCES_FILE, SOURCE_COLUMNS)):
        _, text, faults = read_text(folder / name)
        found += faults
        rows.append(tuple(csv_rows(text, name, columns, found)) if not faults else ())
    if found:
        raise FaultyInput(tuple(sorted(found)))
    return Additions(EVENTS_FILE, facts=rows[0], sources=rows[1], sources_file=SOURCES_FILE)


def _kept(store: Store, sifted: Sifted, entering: Entering) -> Kept:
    head = store.head()
    return Kept(
        str(store.place),
        store.origin,
        head.size,
        head.root.hex(),
        sifted.new,
        sifted.skipped,
        entering.dry_run,
    )
