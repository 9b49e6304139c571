"""Brings files into the ledger of a case, and carries its entries and documents out."""

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from watchgap.accounting import Dialect, facts_of_reports, read_layout, read_mapping, read_reports
from watchgap.base.errors import FaultyInput, OutOfRange
from watchgap.exchange import Form, carried_name, drafts, form_of, read_mapped, read_rows, write_rows
from watchgap.flow.additions import Additions
from watchgap.flow.history import size_at
from watchgap.flow.keeping import Entering, Kept, add_entries, required_place
from watchgap.store import open_store


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file that is to be imported is read, where its columns do not say it.

    mapping: the YAML file that says what its columns, or its areas and key measurement points, are in the
    case. dialect: of accounting reports, 'code10-labelled', 'code10-fixed' or 'uk'. layout: a State's own
    table of labels or columns, without which Code 10 reports cannot be read.
    """

    mapping: Path | None = None
    dialect: str | None = None
    layout: Path | None = None


def import_file(
    folder: str | Path, path: str | Path, entering: Entering, reading: Reading | None = None
) -> Kept:
    """Enter what a file brings into the ledger of a case: all of it, or nothing if any of it has a fault.

    path: CSV, XLSX, Parquet or JSON Lines with the columns of events.csv or sources.csv; with a mapping a
    log of devices or a list of seals, and with a dialect as well, accounting reports.

    Raises FaultyInput with every fault of the file by row, and what `add_entries` raises.
    """
    return add_entries(folder, _additions(Path(path), reading or Reading()), entering)


def _additions(path: Path, reading: Reading) -> Additions:
    if reading.dialect is not None:
        return _of_reports(path, reading, reading.dialect)
    brought = read_rows(path) if reading.mapping is None else read_mapped(path, reading.mapping)
    if brought.faults:
        raise FaultyInput(brought.faults)
    return Additions(path.name, facts=brought.facts, sources=brought.sources)


def _of_reports(path: Path, reading: Reading, dialect: str) -> Additions:
    """The inventory changes of accounting reports as facts; each has the line of its report."""
    known: dict[str, Dialect] = {one: one for one in get_args(Dialect)}
    if dialect not in known:
        raise OutOfRange(f"'{dialect[:40]}' is no dialect of reports; use one of {', '.join(known)}")
    if reading.mapping is None:
        raise OutOfRange("accounting reports need a mapping that says what their areas are; give one")
    layout = None if reading.layout is None else read_layout(reading.layout, known[dialect])
    accounts = read_reports(path, dialect=known[dialect], layout=layout)
    if accounts.faults:
        raise FaultyInput(accounts.faults)
    rows = facts_of_reports(accounts.reports, read_mapping(reading.mapping))
    return Additions(path.name, facts=tuple(enumerate(rows, 1)))


def export_ledger(
    folder: str | Path,
    target: str | Path,
    *,
    form: str | None = None,
    ledger_at: int | None = None,
    documents: Path | None = None,
) -> tuple[Path, ...]:
    """Write the entries of a case's ledger, and give the paths of the files that were written.

    form: 'csv' or 'parquet' (two files in the folder `target`), 'xlsx' or 'jsonl' (one file); by default what
    the name of the target ends in. ledger_at: only the first so many entries. documents: a folder for the
    attached documents, each named by its digest.

    Raises LedgerError if the case has no ledger or a file cannot be written, and OutOfRange for another form
    or position.
    """
    target = Path(target)
    with open_store(required_place(Path(folder))) as store:
        size = size_at(store, ledger_at)
        written = write_rows(target, store.postings(1, size), _form(target, form))
        if documents is None:
            return written
        documents.mkdir(parents=True, exist_ok=True)
        for one in store.attachments():
            path = documents / carried_name(one.digest, one.media)
            with drafts((path,)) as (draft,):
                draft.write_bytes(store.attachment(one.digest))
            written += (path,)
        return written


def _form(target: Path, form: str | None) -> Form:
    if form is None and (told := form_of(target)) is not None:
        return told
    try:
        return Form(form)
    except ValueError:
        known = ", ".join(one.value for one in Form)
        raise OutOfRange(
            f"'{(form or target.suffix)[:40]}' is no form of an export; use one of {known}"
        ) from None
