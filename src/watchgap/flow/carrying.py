"""Brings files into the ledger of a case, and carries its entries and documents out."""

from pathlib import Path

from watchgap.base.errors import LedgerError, OutOfRange
from watchgap.exchange import Form, carried_name, drafts, form_of, read_mapped, read_rows, write_rows
from watchgap.flow.additions import Additions
from watchgap.flow.history import size_at
from watchgap.flow.keeping import Entering, Kept, add_entries, required_place
from watchgap.store import open_store


def import_file(
    folder: str | Path, path: str | Path, entering: Entering, *, mapping: Path | None = None
) -> Kept:
    """Enter what a file brings into the ledger of a case: all of it, or nothing if any of it has a fault.

    path: CSV, XLSX, Parquet or JSON Lines with the columns of events.csv or sources.csv; with a mapping, the
    YAML file that says what its columns are, a log of devices or a list of seals.

    Raises FaultyInput with every fault of the file by row, and what `add_entries` raises.
    """
    path = Path(path)
    brought = read_rows(path) if mapping is None else read_mapped(path, mapping)
    additions = Additions(path.name, facts=brought.facts, sources=brought.sources, faults=brought.faults)
    return add_entries(folder, additions, entering)


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
        try:
            documents.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise LedgerError(f"cannot make the folder {documents} ({reason}); name another") from None
        for one in store.attachments():
            path = documents / carried_name(one.digest, one.media)
            with drafts((path,)) as (draft,):
                draft.write_bytes(store.attachment(one.digest))
            written += (path,)
        return written


def files_of_export(target: str | Path, form: str | None) -> tuple[Path, ...]:
    """Name the files that an export writes. Raises OutOfRange for a form that there is not."""
    target = Path(target)
    wanted = _form(target, form)
    if wanted in (Form.CSV, Form.PARQUET):
        return tuple(target / f"{stem}.{wanted.value}" for stem in ("events", "sources"))
    return (target,)


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
