"""What can be asked of a ledger, in the one SQL that both engines understand."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from watchgap.base.errors import LedgerError
from watchgap.chain import EMPTY_ROOT, HASH_SIZE, root_at
from watchgap.ledger import EntryType, Posting, read_leaf
from watchgap.store.derived import WIDTH_CLASSES
from watchgap.store.engine import Engine, Row
from watchgap.store.record import Attachment, Head

PAGE = 256  # rows that are in memory at a time
_LARGEST = 2**62
_T = TypeVar("_T")

_POSTINGS = "select number, leaf from entry where number >= ? and number <= ? order by number limit ?"
_HEADS = "select size, root, entered from head where size > ? order by size limit ?"
_NAMED = "select leaf from entry where type = '{type}' and name = ? order by number"

# A fact of class c lasts less than 2**c seconds. One that overlaps an instant began no longer ago than that,
# so an index on (class, begin) finds it without looking at all that ever ended before.
_AS_OF = f"""
with class (width, after) as (values {", ".join(["(?, ?)"] * WIDTH_CLASSES)})
select e.leaf from class cross join entry e
where e.type = 'fact' and e.width_class = class.width and e.first > class.after and e.first <= ?
    and e.last >= ? and e.recorded <= ? and e.number <= ?
    and not exists (
        select 1 from entry s where s.supersedes = e.name and s.recorded <= ? and s.number <= ?
    )
order by e.number
"""  # noqa: S608


def posting_of(leaf: object) -> Posting:
    """Read the entry that a leaf in the database holds. Raises LedgerError if it holds none."""
    return read_leaf(_as(str, leaf).encode("utf-8", "surrogateescape"))


def _as(type_: type[_T], value: object) -> _T:
    """A value with its type, which a damaged file, or a stranger's table, need not have."""
    if not isinstance(value, type_):
        problem = f"the database holds a {type(value).__name__} where a {type_.__name__} belongs"
        raise LedgerError(f"{problem}; verify the ledger")
    return value


def _head(row: Row) -> Head:
    size, root, entered = row
    return Head(_as(int, size), _as(bytes, root), _as(str, entered))


class Reader:
    """A ledger that is open for reading.

    Every question is answered from what is committed when it is asked; entries that are asked for with a
    `size` are the same for ever.
    """

    def __init__(self, engine: Engine, version: int) -> None:
        self._engine = engine
        self._version = version
        rows = engine.rows("select origin from meta")
        self._origin = str(rows[0][0]) if rows else ""

    @property
    def origin(self) -> str:
        """Name of the ledger, as its checkpoints state it."""
        return self._origin

    @property
    def place(self) -> str:
        """Where the ledger is: the path of its file, or its URL."""
        return self._engine.place

    @property
    def dialect(self) -> str:
        """Which SQL the database speaks: 'sqlite' or 'postgresql'."""
        return self._engine.dialect

    @property
    def version(self) -> int:
        """Number of the last migration that the tables have seen."""
        return self._version

    @property
    def numbered_tables(self) -> tuple[str, ...]:
        """Tables beside that of the entries whose rows are numbered from 1 on."""
        return ("meta", "migration", *("attachment", "checkpoint")[: max(0, self._version - 1)])

    def now(self) -> datetime:
        """What time it is where the ledger is kept."""
        return self._engine.now()

    def query(self, statement: str, arguments: Sequence[object]) -> list[Row]:
        """Ask the database itself; for verification, which trusts no reading of a row."""
        return self._engine.rows(statement, arguments)

    def damage(self, scripts: Sequence[str]) -> Iterator[str]:
        """Say how the database is damaged, and where it is not as these migrations made it."""
        return self._engine.faults(scripts)

    def head(self) -> Head:
        """The state after the last commit."""
        rows = self._engine.rows("select size, root, entered from head order by size desc limit 1")
        return _head(rows[0]) if rows else Head(0, EMPTY_ROOT, "")

    def heads(self) -> Iterator[Head]:
        """The states after each commit that added entries, in order."""
        last = -_LARGEST
        while rows := self._engine.rows(_HEADS, (last, PAGE)):
            yield from map(_head, rows)
            last = rows[-1][0]

    def root_at(self, size: int) -> bytes:
        """Root of the tree over the first entries, from the hashes that are kept with them.

        Raises LedgerError if there are fewer entries.
        """
        return root_at(self.node, size)

    def node(self, level: int, index: int) -> bytes:
        """Hash of a complete node of the tree, 32 bytes. Raises LedgerError if the ledger has none there."""
        number = (index + 1) << level
        rows = self._engine.rows("select completed from entry where number = ?", (number,))
        if not rows:
            raise LedgerError(f"{self.place}: there is no entry {number}; the ledger ends before it")
        found = _as(bytes, rows[0][0])[HASH_SIZE * level : HASH_SIZE * (level + 1)]
        if len(found) != HASH_SIZE:
            raise LedgerError(f"{self.place}: with entry {number} a hash of its tree is missing; verify it")
        return found

    def postings(self, first: int = 1, last: int | None = None) -> Iterator[Posting]:
        """Entries in order, by default all, in constant memory.

        What others append meanwhile comes too, unless `last` is given. Raises LedgerError at an entry that
        is missing or cannot be read.
        """
        end = _LARGEST if last is None else last
        while rows := self._engine.rows(_POSTINGS, (first, end, PAGE)):
            for number, leaf in rows:
                posting = posting_of(leaf)
                if number != first or posting.number != number:
                    raise LedgerError(f"{self.place}: entry {first} is missing; verify the ledger")
                yield posting
                first += 1

    def named(self, name: str, type: EntryType = "fact") -> tuple[Posting, ...]:  # noqa: A002
        """Entries with this id or key, in order: at most one fact, a source as often as it was revised."""
        if "\0" in name:
            return ()
        statement = _NAMED.format(type="source" if type == "source" else "fact")
        return tuple(posting_of(leaf) for (leaf,) in self._engine.rows(statement, (name,)))

    def as_of(
        self, first: int, last: int, *, recorded: int | None = None, size: int | None = None
    ) -> tuple[Posting, ...]:
        """Facts that may have held at some time in an interval, as they were known.

        Parameters
        ----------
        first, last : the interval [s] from 1970 on, both ends included.
        recorded : day [d] from 1970 on by whose end a fact, and its correction, was recorded; None for any.
        size : how many entries the ledger is taken to have; None for all.

        Returns
        -------
        In order of number; corrected facts are left out.
        """
        first, last = max(-_LARGEST, min(first, _LARGEST)), max(-_LARGEST, min(last, _LARGEST))
        day = _LARGEST if recorded is None else recorded
        end = _LARGEST if size is None else size
        classes = [value for width in range(WIDTH_CLASSES) for value in (width, first - 2**width)]
        arguments = (*classes, last, first, day, end, day, end)
        return tuple(posting_of(leaf) for (leaf,) in self._engine.rows(_AS_OF, arguments))

    def attachments(self) -> tuple[Attachment, ...]:
        """What is attached, without the contents, in order."""
        if self._version < 2:
            return ()
        rows = self._engine.rows("select digest, media, size from attachment order by number")
        return tuple(Attachment(_as(str, row[0]), _as(str, row[1]), _as(int, row[2])) for row in rows)

    def attachment(self, digest: str) -> bytes:
        """Content of an attachment. Raises LedgerError if there is none with this digest."""
        rows = []
        if self._version >= 2:
            rows = self._engine.rows("select content from attachment where digest = ?", (digest,))
        if not rows:
            raise LedgerError(f"{self.place}: nothing with the digest {digest[:80]!r} is attached")
        return _as(bytes, rows[0][0])

    def checkpoints(self) -> tuple[str, ...]:
        """Signed checkpoints that are kept in the ledger, as their notes, in order."""
        if self._version < 3:
            return ()
        rows = self._engine.rows("select note from checkpoint order by number")
        return tuple(_as(str, note) for (note,) in rows)
