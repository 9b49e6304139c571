"""The store: one ledger, kept in an SQLite file or in PostgreSQL, append-only and provably unaltered.

In: contents, from `watchgap.exchange` or by hand. Out: numbered entries, what was known when, the heads of
the tree over them, and a verdict on whether anything was altered.

    >>> with create_store("ledger.db", origin="example.org/yongbyon") as store:
    ...     with store.writing() as writer:
    ...         writer.append(contents, recorder="M. Osei")
    >>> with open_store("ledger.db") as store:
    ...     verify_store(store).holds
    True

    record       what a store tells: heads, verdicts, findings
    engine       what it asks of a database
    sqlite       ... of a file
    postgres     ... of a server
    migrate      the numbered SQL files that made the tables
    derived      the columns that follow from an entry
    reader       questions
    writer       additions
    store        opening and making
    verify       the whole ledger, held against its own tree and against checkpoints
"""

from watchgap.store.derived import LARGEST_LEAF, LONGEST_NAME
from watchgap.store.engine import LARGEST_FILE
from watchgap.store.record import Appended, Attachment, Finding, Head, Verdict
from watchgap.store.store import Store, create_store, is_url, open_store
from watchgap.store.verify import MOST_FINDINGS, verify_store
from watchgap.store.writer import Writer

__all__ = [
    "LARGEST_FILE",
    "LARGEST_LEAF",
    "LONGEST_NAME",
    "MOST_FINDINGS",
    "Appended",
    "Attachment",
    "Finding",
    "Head",
    "Store",
    "Verdict",
    "Writer",
    "create_store",
    "is_url",
    "open_store",
    "verify_store",
]
