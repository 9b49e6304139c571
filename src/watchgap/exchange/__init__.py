"""Files that bring facts and sources into a ledger, and that carry them out.

In: CSV, XLSX, Parquet or JSON Lines, and logs of devices and lists of seals through a mapping. Out: rows
that are well formed and all faults of the others; or the entries of a ledger as files in the same forms,
from which the same contents are read again.

    >>> brought = read_rows("events.xlsx")
    >>> brought.faults or brought.contents

Next: `watchgap.ledger` says what the rows mean, and `watchgap.store` keeps them.
"""

from watchgap.exchange.documents import carried_name, plain_name, read_document_file
from watchgap.exchange.json_lines import read_leaves
from watchgap.exchange.mapped import read_mapped
from watchgap.exchange.place import drafts
from watchgap.exchange.read import form_of, read_rows
from watchgap.exchange.record import LARGEST_FILE, LONGEST_CELL, MOST_TEXT, Brought, Form, TablesMissing
from watchgap.exchange.write import write_leaves, write_rows

__all__ = [
    "LARGEST_FILE",
    "LONGEST_CELL",
    "MOST_TEXT",
    "Brought",
    "Form",
    "TablesMissing",
    "carried_name",
    "drafts",
    "form_of",
    "plain_name",
    "read_document_file",
    "read_leaves",
    "read_mapped",
    "read_rows",
    "write_leaves",
    "write_rows",
]
