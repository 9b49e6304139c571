"""Writes into the ledger of a case: starts it, and adds facts and sources that fit the case, all or none."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchgap.base.errors import CaseError, Fault, FaultyInput, LedgerError, OutOfRange
from watchgap.case import Case, read_case
from watchgap.case.document import Document
from watchgap.exchange import drafts, plain_name, read_document_file, read_leaves
from watchgap.flow.additions import Additions, Sifted, sift
from watchgap.flow.places import LEDGER_FILE, LINK_FILE, ledger_place, linked_address, require_address
from watchgap.flow.records import sources_in
from watchgap.flow.trust import trust
from watchgap.ledger import (
    EVENTS_FILE,
    FACT_COLUMNS,
    SOURCE_COLUMNS,
    SOURCES_FILE,
    Content,
    Posting,
    Row,
    csv_rows,
    read_leaf,
    read_text,
)
from watchgap.store import LONGEST_NAME, Head, Store, Writer, create_store, open_store


@dataclass(frozen=True, slots=True)
class Kept:
    """What was entered into a ledger, or in a dry run would be.

    place: the ledger; origin: its name; size, root: number of its entries with what was added, and the root
    of their tree in hexadecimal; added: what was entered; skipped: how many rows it held already.
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
        return self.size - len(self.added) + 1


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
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
            problem = f"{name[:40]!r} cannot be the name of a recorder"
            raise OutOfRange(f"{problem}; give a name of 1 to {LONGEST_NAME} printable characters")


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
    if address is not None:
        require_address(address)
    if linked_address(folder) is not None or (folder / LEDGER_FILE).exists():
        there = LEDGER_FILE if (folder / LEDGER_FILE).exists() else LINK_FILE
        raise LedgerError(f"{folder} has a ledger already, {there}; add to it, or move it away")
    if restore is not None and origin is None:
        raise OutOfRange("what was signed names the ledger: give what is restored the name it had (--origin)")
    case, document = _sound_case(folder)
    name = f"watchgap/{case.id}/{secrets.token_hex(4)}" if origin is None else origin
    if restore is None:
        sifted = sift(case, document, (), _of_files(folder))
    else:
        sifted = Sifted(tuple(read_leaf(leaf).content for leaf in read_leaves(restore)), 0)

    def fill(writer: Writer) -> None:
        if restore is None:
            writer.append(sifted.new, recorder=entering.recorder)
        else:
            writer.restore(read_leaves(restore))

    place: Path | str = folder / LEDGER_FILE
    if address is not None:
        trust(address)
        place = address
    with create_store(place, origin=name, fill=fill) as store:
        if address is not None:
            with drafts((folder / LINK_FILE,)) as (draft,):
                draft.write_text(f"{address}\n", encoding="utf-8")
        return _kept(store, store.head(), sifted, entering)


def add_entries(folder: str | Path, additions: Additions, entering: Entering) -> Kept:
    """Enter facts and sources into the ledger of a case: all of them, or none if any has a fault.

    Rows that the ledger holds already, word for word, are passed over.

    Raises FaultyInput with every fault of the rows, CaseError if the case itself has faults, and LedgerError
    if the case has no ledger or it cannot be written.
    """
    return _enter(Path(folder), lambda _: additions, entering)


def add_source(
    folder: str | Path, cells: dict[str, str], entering: Entering, *, document: Path | None = None
) -> Kept:
    """Enter a source, or what is new about one, with a document attached to it.

    cells: by column of sources.csv, the key among them; what is not given stays as the ledger has it.
    document: a PDF, an image or a text; its bytes go into the ledger's store and its digest into the entry.

    Raises FaultyInput if the document cannot be attached or the source has no title, and what `add_entries`
    raises.
    """
    given = {column: cell.strip() for column, cell in cells.items()}
    attached: tuple[bytes, str] | None = None
    if document is not None:
        data, media = attached = read_document_file(document)
        digest = hashlib.sha256(data).hexdigest()
        given |= {"digest": digest, "media": media, "size": str(len(data)), "file": plain_name(document.name)}

    def additions(held: Sequence[Posting]) -> Additions:
        present = sources_in(held).get(given.get("key", ""))
        row = {column: "" if present is None else getattr(present, column) for column in SOURCE_COLUMNS}
        return Additions("the source", sources=((1, row | given),), by_hand=True)

    return _enter(Path(folder), additions, entering, attached=attached)


def _enter(
    folder: Path,
    additions: Callable[[Sequence[Posting]], Additions],
    entering: Entering,
    *,
    attached: tuple[bytes, str] | None = None,
) -> Kept:
    """Enter what is new, checked under the lock: nobody enters anything between the check and the entry.

    Most of the work is done before the lock is taken, and done again only if somebody was quicker.
    """
    place = required_place(folder)
    case, document = _sound_case(folder)
    with open_store(place, write=True) as store:
        held = tuple(store.postings())
        sifted = sift(case, document, held, additions(held))
        try:
            with store.writing(despite_clock=entering.despite_clock) as writer:
                if later := tuple(writer.postings(len(held) + 1)):
                    held += later
                    sifted = sift(case, document, held, additions(held))
                if attached is not None:
                    writer.attach(*attached)
                writer.append(sifted.new, recorder=entering.recorder)
                kept = _kept(store, writer.head, sifted, entering)
                if entering.dry_run:
                    raise _TakenBack
        except _TakenBack:
            pass
        return kept


def trust_ledger(folder: str | Path) -> str:
    """Trust the server of a case's shared ledger from now on, and name the server.

    Raises LedgerError if the case has no shared ledger, or that cannot be remembered.
    """
    address = linked_address(Path(folder))
    if address is None:
        raise LedgerError(f"{folder} has no shared ledger; there is nothing to trust")
    return trust(address)


class _TakenBack(Exception):
    """A dry run has come to its end, and nothing of it is kept."""


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


def _kept(store: Store, head: Head, sifted: Sifted, entering: Entering) -> Kept:
    return Kept(
        store.place,
        store.origin,
        head.size,
        head.root.hex(),
        sifted.new,
        sifted.skipped,
        entering.dry_run,
    )
