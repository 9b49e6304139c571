"""Entries as the rows of a table, whatever the table is written into."""

from watchgap.base.errors import LedgerError
from watchgap.case.files import CONTROL
from watchgap.exchange.record import LONGEST_CELL
from watchgap.ledger import COLUMNS, GIVEN_COLUMNS, EntryType, Posting

HEADERS: dict[EntryType, tuple[str, ...]] = {
    kind: (*columns, *GIVEN_COLUMNS) for kind, columns in COLUMNS.items()
}
"""The columns of an export: those of events.csv and sources.csv, and what a ledger gives itself."""

STEMS: dict[EntryType, str] = {"fact": "events", "source": "sources"}
"""The names of files and sheets by what they hold."""


def cells_of(posting: Posting) -> tuple[str, ...]:
    """Give the cells of an entry under its header.

    Raises LedgerError for a cell that a table does not carry as it is.
    """
    row = (*posting.content.row.values(), str(posting.number), posting.entered, posting.recorder)
    joined = "\n".join(row)
    if len(joined) > LONGEST_CELL or CONTROL.search(joined) or any(cell != cell.strip() for cell in row):
        _require_plain(posting, row)
    return row


def _require_plain(posting: Posting, row: tuple[str, ...]) -> None:
    for column, cell in zip(HEADERS[posting.content.type], row, strict=True):
        reason = ""
        if len(cell) > LONGEST_CELL:
            reason = f"has {len(cell)} characters, more than {LONGEST_CELL}"
        elif CONTROL.search(cell):
            reason = "holds a control character"
        elif cell != cell.strip():
            reason = "begins or ends with a space"
        if reason:
            raise LedgerError(
                f"the cell '{column}' of entry {posting.number} {reason}; export the ledger as JSON Lines"
            )
