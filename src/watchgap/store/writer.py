"""Adds to a ledger: entries, documents and checkpoints, all or nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice

from watchgap.base.errors import LedgerError, ProofError
from watchgap.chain import Edge, edge_at, extend, stated_checkpoint
from watchgap.ledger import COLUMNS, Content, EntryType, Posting, canonical_json, leaf_maker, read_leaf
from watchgap.store.derived import LARGEST_LEAF, LONGEST_NAME, Derived, derived_of
from watchgap.store.engine import LARGEST_FILE, Engine
from watchgap.store.reader import Reader, posting_of
from watchgap.store.record import Appended, Head

Clock = Callable[[], datetime]

GRACE = timedelta(minutes=5)
"""How far a clock may be behind the last entry; clocks of two machines differ."""

_AT_ONCE = 4096  # contents that are made into rows together
_NAMES_AT_ONCE = 512

_KNOWN = "select name, number, leaf from entry where type = '{type}' and name in ({marks}) order by number"

Draft = tuple[Derived, bytes]
"""The derived columns of a content, and its cells as canonical JSON."""


class Writer:
    """A ledger under its write lock; made by `Store.writing`.

    It reads what it has written itself. Nobody else sees anything of it before the block has ended well.
    """

    def __init__(self, reader: Reader, engine: Engine, clock: Clock | None, *, despite_clock: bool) -> None:
        self._reader = reader
        self._engine = engine
        self._clock = clock or engine.now
        self._despite_clock = despite_clock
        self._edge, self._entered = self._last_state()
        self._committed = self._edge.size
        self._spoiled = False

    def _last_state(self) -> tuple[Edge, str]:
        """Find the tree that is to grow, and make sure that it is the one that was committed."""
        head = self._reader.head()
        ((size,),) = self._engine.rows("select coalesce(max(number), 0) from entry")
        if size != head.size:
            raise LedgerError(
                f"{self._engine.place}: the last commit was of {head.size} entries, and there are {size}; "
                "verify the ledger"
            )
        try:
            edge = edge_at(self._reader.node, size)
        except ProofError as error:
            raise LedgerError(f"{self._engine.place}: {error}; verify the ledger") from None
        if edge.root != head.root:
            raise LedgerError(
                f"{self._engine.place}: the tree over {size} entries has not the root that was committed; "
                "verify the ledger"
            )
        return edge, head.entered

    @property
    def head(self) -> Head:
        """The state with all that was appended so far."""
        return Head(self._edge.size, self._edge.root, self._entered)

    def postings(self, first: int = 1, last: int | None = None) -> Iterator[Posting]:
        """Entries in order, those that were just appended too."""
        return self._reader.postings(first, last)

    def named(self, name: str, type: EntryType = "fact") -> tuple[Posting, ...]:  # noqa: A002
        """Entries with this id or key, those that were just appended too."""
        return self._reader.named(name, type)

    def append(self, contents: Iterable[Content], *, recorder: str) -> Appended:
        """Append contents as entries of one time, in their order.

        A content that the ledger has already, under its id, is skipped: to bring the same file twice changes
        nothing. A source whose key is known is appended and replaces it.

        Raises LedgerError, and then nothing of the whole block is kept, if an id stands for another fact, if
        a correction names a fact that is not there before it, if a content cannot be an entry, or if the
        clock is behind the last entry.
        """
        check_line("recorder", recorder)
        with self._whole():
            return self._append(contents, recorder)

    def _append(self, contents: Iterable[Content], recorder: str) -> Appended:
        entered = self._time()
        leaf = leaf_maker(entered, recorder)
        first, skipped = self._edge.size + 1, 0
        remaining = iter(contents)
        while chunk := list(islice(remaining, _AT_ONCE)):
            drafts = self._new_ones(_drafts(chunk))
            skipped += len(chunk) - len(drafts)
            numbers = range(self._edge.size + 1, self._edge.size + 1 + len(drafts))
            leaves = [
                leaf(number, derived[0], cells)
                for number, (derived, cells) in zip(numbers, drafts, strict=True)
            ]
            self._insert([derived for derived, _ in drafts], leaves, [entered] * len(leaves))
        return Appended(first, self._edge.size, self._edge.size + 1 - first, skipped)

    def restore(self, leaves: Iterable[bytes]) -> Appended:
        """Fill an empty ledger with the leaves of another: the same entries, times and root.

        Raises LedgerError if the ledger is not empty, or at the first leaf that could not have come next.
        """
        if self._edge.size:
            raise LedgerError(f"only an empty ledger can be restored; this one has {self._edge.size} entries")
        with self._whole():
            return self._restore(leaves)

    def _restore(self, leaves: Iterable[bytes]) -> Appended:
        number = 0
        remaining = iter(leaves)
        while chunk := list(islice(remaining, _AT_ONCE)):
            postings = [read_leaf(leaf) for leaf in chunk]
            entered = self._entered
            for posting in postings:
                number += 1
                _check_next(posting, number, entered)
                entered = posting.entered
            drafts = _drafts(posting.content for posting in postings)
            if len(self._new_ones(drafts)) < len(drafts):
                raise LedgerError(f"among the entries {number + 1 - len(chunk)} to {number} one stands twice")
            self._insert([derived for derived, _ in drafts], chunk, [posting.entered for posting in postings])
        return Appended(1, number, number, 0)

    def attach(self, data: bytes, media: str) -> str:
        """Keep a document, and give its SHA-256 in hexadecimal; one that is kept already is not kept twice.

        Raises LedgerError if it is larger than `LARGEST_FILE`.
        """
        check_line("media type", media)
        if len(data) > LARGEST_FILE:
            raise LedgerError(f"the document has {len(data)} bytes; a ledger keeps up to {LARGEST_FILE}")
        digest = sha256(data).hexdigest()
        with self._whole():
            if not self._engine.rows("select 1 from attachment where digest = ?", (digest,)):
                row = (self._next("attachment"), digest, media, len(data), data)
                self._add("attachment", [row])
        return digest

    def keep_checkpoint(self, note: str) -> None:
        """Keep a signed checkpoint of this ledger; one that is kept already is not kept twice.

        Signatures are not checked here. Raises ProofError if the note is no signed checkpoint, and
        LedgerError if it is none of this ledger: of another origin or size, or with another root.
        """
        checkpoint = stated_checkpoint(note)
        if checkpoint.origin != self._reader.origin:
            raise LedgerError(
                f"the checkpoint is of '{checkpoint.origin}', and this ledger is '{self._reader.origin}'"
            )
        if checkpoint.size > self._edge.size:
            raise LedgerError(
                f"the checkpoint is of {checkpoint.size} entries; the ledger has {self._edge.size}"
            )
        if self._reader.root_at(checkpoint.size) != checkpoint.root:
            raise LedgerError(
                f"the ledger did not have the root of the checkpoint at {checkpoint.size} entries; verify it"
            )
        with self._whole():
            if note not in self._reader.checkpoints():
                self._add("checkpoint", [(self._next("checkpoint"), checkpoint.size, note)])

    def finish(self) -> None:
        """Write the head over what was appended; `Store.writing` does it before it commits."""
        with self._whole():
            if self._edge.size > self._committed:
                self._add("head", [(self._edge.size, self._edge.root, self._entered)])
                self._committed = self._edge.size

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """See to it that after an addition that failed nothing more is added, nor committed.

        A database may have taken back the whole transaction by itself, and what came next would be kept
        without what was before it.
        """
        if self._spoiled:
            raise LedgerError("an addition before this one failed; nothing of this block is kept")
        self._spoiled = True
        yield
        self._spoiled = False

    def _add(self, table: str, rows: Iterable[Sequence[object]], number: int = 1) -> None:
        """Add rows, and make sure that the database took them: a stranger's trigger may drop them."""
        taken = self._engine.insert(table, rows)
        if taken != number:
            place = self._engine.place
            raise LedgerError(f"{place}: the database took {taken} of {number} rows; verify the ledger")

    def _time(self) -> str:
        now = stamp(self._clock())
        if now >= self._entered:
            return now
        behind = datetime.fromisoformat(self._entered) - datetime.fromisoformat(now)
        if behind > GRACE and not self._despite_clock:
            raise LedgerError(
                f"the clock says {now}, and the last entry was made at {self._entered}; "
                "set the clock, or say that the ledger is to take the time of its last entry"
            )
        return self._entered

    def _next(self, table: str) -> int:
        ((number,),) = self._engine.rows(f"select coalesce(max(number), 0) + 1 from {table}")  # noqa: S608
        return int(number)

    def _new_ones(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Leave out what the ledger has, and refuse what contradicts it."""
        named: dict[EntryType, list[str]] = {kind: [] for kind in COLUMNS}
        corrected = set()
        for derived, _ in drafts:
            named[derived[0]].append(derived[1])
            if derived[-1] is not None:
                corrected.add(derived[-1])
        known = {kind: self._known(kind, names) for kind, names in named.items()}
        facts = known["fact"]
        held = self._known("fact", [name for name in corrected if name not in facts])
        new = []
        for draft in drafts:
            derived, cells = draft
            names, name, corrects = known[derived[0]], derived[1], derived[-1]
            before = names.get(name)
            if before is not None:
                if before[1] == cells:
                    continue
                if names is facts:
                    raise LedgerError(_conflict(name, before, cells))
            if corrects is not None and (corrects == name or not (corrects in held or corrects in facts)):
                raise LedgerError(
                    f"fact '{name}' supersedes '{corrects}', which is no fact before it; name the id of the "
                    "fact that it corrects, or put that one first"
                )
            names[name] = (0, cells)
            new.append(draft)
        return new

    def _known(self, kind: EntryType, names: Sequence[str | None]) -> dict[str, tuple[int, bytes]]:
        """The numbers and cells of the last entries that have these names."""
        known: dict[str, tuple[int, bytes]] = {}
        if not self._edge.size:
            return known
        for start in range(0, len(names), _NAMES_AT_ONCE):
            some = names[start : start + _NAMES_AT_ONCE]
            statement = _KNOWN.format(type=kind, marks=", ".join("?" * len(some)))
            for name, number, leaf in self._engine.rows(statement, some):
                known[name] = (number, canonical_json(posting_of(leaf).content.cells))
        return known

    def _insert(self, derived: Sequence[Derived], leaves: Sequence[bytes], entered: Sequence[str]) -> None:
        if not leaves:
            return
        numbers = range(self._edge.size + 1, self._edge.size + 1 + len(leaves))
        edge, completed = extend(self._edge, leaves)
        # Column by column: rows that are put together one by one cost a tenth of a bulk append.
        columns = (numbers, *zip(*derived, strict=True), entered, map(bytes.decode, leaves), completed)
        self._add("entry", zip(*columns, strict=True), len(leaves))
        self._edge, self._entered = edge, entered[-1]


def stamp(moment: datetime) -> str:
    """Write a moment as an entry has it, in UTC. Raises LedgerError if the moment has no time zone."""
    if moment.tzinfo is None:
        raise LedgerError(f"the clock says {moment} without a time zone; it has to say which")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def check_line(what: str, text: str) -> None:
    """Refuse a text that is not one short printable line. Raises LedgerError."""
    if not 0 < len(text) <= LONGEST_NAME or not text.isprintable() or text != text.strip():
        raise LedgerError(f"the {what} {text[:80]!r} is not one line of 1 to {LONGEST_NAME} printable signs")


def _drafts(contents: Iterable[Content]) -> list[Draft]:
    drafts = []
    for content in contents:
        derived = derived_of(content)
        try:
            cells = canonical_json(content.cells)
        except UnicodeEncodeError:
            problem = "holds signs that are no Unicode text"
            raise LedgerError(f"{content.type} {derived[1]!r} {problem}") from None
        # In canonical JSON a quotation mark inside a text is escaped: this is nothing but an empty cell.
        if len(cells) > LARGEST_LEAF or b':""' in cells or b"\\u0000" in cells:
            _require_cells(content, derived[1], cells)
        drafts.append((derived, cells))
    return drafts


def _require_cells(content: Content, name: str, cells: bytes) -> None:
    if len(cells) > LARGEST_LEAF:
        problem = f"has {len(cells)} bytes; an entry has up to {LARGEST_LEAF}"
        raise LedgerError(f"{content.type} '{name}' {problem}: attach long texts as documents")
    if any(not text for text in content.cells.values()):
        raise LedgerError(f"{content.type} '{name}' has an empty cell; leave it out")
    if any("\0" in text for text in content.cells.values()):
        raise LedgerError(f"{content.type} {name!r} holds a zero character, which is no text")


def _conflict(name: str, before: tuple[int, bytes], cells: bytes) -> str:
    number, known = before
    where = f"entry {number}" if number else "an entry of the same batch"
    return (
        f"the id '{name}' stands for another fact in {where}: {_short(known)} there, {_short(cells)} here; "
        "give the new fact its own id, and let it supersede the old one if it corrects it"
    )


def _short(cells: bytes) -> str:
    text = cells.decode()
    return text if len(text) <= 300 else f"{text[:300]}..."


def _check_next(posting: Posting, number: int, entered: str) -> None:
    """Refuse an entry that could not have come after `number` - 1 entries, the last of them at `entered`."""
    if posting.number != number:
        raise LedgerError(f"entry {number} is missing: the entry {posting.number} comes in its place")
    check_line("recorder", posting.recorder)
    if not is_stamp(posting.entered):
        raise LedgerError(f"entry {number} was entered at '{posting.entered[:40]}', which is no time")
    if posting.entered < entered:
        raise LedgerError(f"entry {number} was entered at {posting.entered}, before the one ahead of it")


def is_stamp(text: str) -> bool:
    """Whether a text is a moment as `stamp` writes it."""
    try:
        return text.isascii() and stamp(datetime.fromisoformat(text)) == text
    except (ValueError, OverflowError):
        return False
