"""Holds a whole ledger against its own tree and against checkpoints that were kept elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice

from watchgap.base.errors import LedgerError, ProofError, WatchgapError
from watchgap.chain import HASH_SIZE, Checkpoint, Edge, extend, name_problem, stated_checkpoint
from watchgap.ledger import Posting, read_leaf
from watchgap.store.derived import derived_of
from watchgap.store.migrate import migrations_of
from watchgap.store.reader import Reader
from watchgap.store.record import Finding, Verdict
from watchgap.store.writer import GRACE, is_stamp, stamp

MOST_FINDINGS = 100
"""After so many findings a verification stops."""

_PAGES = (4_096, 64, 1)  # how many entries are read at once
_ENTRIES = (
    "select number, type, name, kind, subject, first, last, width_class, recorded, supersedes, entered, leaf,"
    " completed from entry where number > ? order by number limit ?"
)

Row = tuple[object, ...]


def verify_store(store: Reader, *, checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Find what is wrong with a ledger: first the first entry that was altered, dropped, moved or inserted.

    Every entry is read once, in order and in constant memory: its leaf has to be canonical JSON with its own
    number, its columns have to follow from the leaf, and the hashes that it completes have to be those of the
    leaves so far. The heads and the checkpoints are held against that tree; then the attachments and the
    tables themselves are looked at. What cannot be read is a finding, and the rest is read all the same.

    checkpoints: heads of this ledger from places that the reader trusts. Without any, a ledger of which all
    was written anew, hashes and heads included, is not told from a sound one: nothing inside it could tell.
    """
    walk = _Walk(store)
    # What is stated is taken in first, but what is wrong with it is told after what is wrong with the
    # entries: a flood of false statements drowns nothing.
    stated = (walk.given(checkpoints), walk.kept_heads(), walk.kept_checkpoints())
    unusable = list(chain.from_iterable(map(_readable, stated)))
    findings: list[Finding] = []
    for part in (walk.entries(), walk.end(), iter(unusable), _attachments(store), _tables(store)):
        findings += islice(_readable(part), MOST_FINDINGS - len(findings))
    # An entry that is named comes before the stretch that its tree could only narrow it down to.
    findings.sort(key=lambda finding: (finding.first == 0, finding.last, -finding.first))
    return Verdict(walk.edge.size, walk.edge.root, tuple(findings), tuple(sorted(walk.unattached())))


@dataclass(frozen=True, slots=True)
class _Stated:
    """What is stated about the ledger at some size.

    trust: 0 for what whoever can write to the ledger could have written, 1 for a signature that it keeps, 2
    for what comes from elsewhere. entered: of the last entry, None if it is not stated.
    """

    size: int
    root: bytes
    what: str
    trust: int
    entered: str | None = None


class _Walk:
    """One reading of all entries, from which everything else follows."""

    def __init__(self, store: Reader) -> None:
        self.store = store
        self.edge = Edge()
        self.entered = ""
        self.latest = stamp(store.now() + GRACE)
        self.cited: set[str] = set()
        self.stated: list[_Stated] = []
        self.sound = [0, 0, 0]  # the last size at which a root of this trust, or of more, was met

    def given(self, checkpoints: Iterable[Checkpoint]) -> Iterator[Finding]:
        """Take in the checkpoints that the reader trusts."""
        if name_problem(self.store.origin):
            problem = f"the name of the ledger is {self.store.origin[:80]!r}, which cannot be one"
            yield Finding(0, 0, problem)
        for checkpoint in checkpoints:
            yield from self._take("the checkpoint given", 2, checkpoint)

    def kept_heads(self) -> Iterator[Finding]:
        """Take in the heads that the ledger keeps."""
        for head in self.store.heads():
            if head.size > 0:
                self.stated.append(_Stated(head.size, head.root, "the head kept", 0, head.entered))
            else:
                yield Finding(0, 0, f"a head of {head.size} entries is kept, which no commit makes")

    def kept_checkpoints(self) -> Iterator[Finding]:
        """Take in the checkpoints that the ledger keeps."""
        for position, note in enumerate(self.store.checkpoints(), 1):
            try:
                yield from self._take(f"checkpoint {position} that is kept", 1, stated_checkpoint(note))
            except ProofError as error:
                yield Finding(0, 0, f"checkpoint {position} that is kept is none: {error}")

    def _take(self, what: str, trust: int, checkpoint: Checkpoint) -> Iterator[Finding]:
        if checkpoint.origin == self.store.origin:
            self.stated.append(_Stated(checkpoint.size, checkpoint.root, what, trust))
        else:
            problem = f"{what} is of '{checkpoint.origin}', and this ledger is {self.store.origin[:80]!r}"
            yield Finding(0, 0, problem)

    def entries(self) -> Iterator[Finding]:
        """Read all entries, and give what is wrong with them and with what is stated about them."""
        self.stated.sort(key=lambda one: one.size, reverse=True)
        expected = 1
        while True:
            try:
                rows = self._rows(expected - 1)
            except LedgerError as error:
                yield Finding(expected, expected, f"it cannot be read: {error}")
                return
            if not rows:
                return
            if [row[0] for row in rows] == list(range(expected, expected + len(rows))):
                yield from self._page(rows, expected)
                expected += len(rows)
                continue
            for row in rows:
                if row[0] != expected:
                    yield Finding(expected, expected, f"it was dropped: after it comes entry {row[0]}")
                    return
                yield from self._page([row], expected)
                expected += 1

    def _rows(self, after: int) -> list[Row]:
        """Read the next entries; where not all of them can be read, those before the damage."""
        for most in _PAGES:
            try:
                return self.store.query(_ENTRIES, (after, most))
            except LedgerError:
                if most == 1:
                    raise
        return []

    def _page(self, rows: Sequence[Row], first: int) -> Iterator[Finding]:
        leaves = [str(row[11]).encode("utf-8", "surrogateescape") for row in rows]
        before = self.edge
        self.edge, completed = extend(before, leaves)
        for number, (row, leaf, hashes) in enumerate(zip(rows, leaves, completed, strict=True), first):
            yield from self._entry(number, row, leaf, hashes)
        yield from self._roots(before, leaves, [row[10] for row in rows])

    def _entry(self, number: int, row: Row, leaf: bytes, completed: bytes) -> Iterator[Finding]:
        kept = bytes(row[12]) if isinstance(row[12], bytes | memoryview) else b""
        if kept[:HASH_SIZE] != completed[:HASH_SIZE]:
            yield Finding(number, number, "it was altered: its hash is not that of what it says now")
        elif kept != completed:
            begin = number - (number & -number) + 1
            problem = "one of them was altered, dropped, reordered or inserted: their tree has another root"
            yield Finding(begin, number, problem)
        try:
            posting = read_leaf(leaf)
            columns = derived_of(posting.content)
        except WatchgapError as error:
            yield Finding(number, number, str(error))
            return
        yield from self._order(number, posting)
        if row[1:10] != columns or row[10] != posting.entered:
            yield Finding(number, number, "its columns were altered: they do not follow from what it says")
        if posting.content.type == "source" and "digest" in posting.content.cells:
            self.cited.add(posting.content.cells["digest"])

    def _order(self, number: int, posting: Posting) -> Iterator[Finding]:
        if posting.number != number:
            problem = f"it was moved or inserted: by what it says it is entry {posting.number}"
            yield Finding(number, number, problem)
        if not is_stamp(posting.entered):
            yield Finding(number, number, f"it was entered at '{posting.entered[:40]}', which is no time")
        elif posting.entered < self.entered:
            yield Finding(number, number, f"it was entered at {posting.entered}, before the one ahead of it")
        elif posting.entered > self.latest:
            yield Finding(number, number, f"it was entered at {posting.entered}, which has not come yet")
        else:
            self.entered = posting.entered

    def _roots(self, before: Edge, leaves: Sequence[bytes], entered: Sequence[object]) -> Iterator[Finding]:
        """Hold what was stated for sizes on this page against the tree."""
        begin = before.size
        while self.stated and self.stated[-1].size <= self.edge.size:
            one = self.stated.pop()
            new = one.size - before.size
            before, leaves = extend(before, leaves[:new])[0], leaves[new:]
            if before.root != one.root:
                first = min(self.sound[one.trust] + 1, one.size)
                problem = "one of them was altered, dropped, reordered or inserted: "
                yield Finding(first, one.size, f"{problem}{one.what} has another root")
                continue
            self.sound[: one.trust + 1] = [one.size] * (one.trust + 1)
            if one.entered is not None and one.entered != entered[one.size - begin - 1]:
                yield Finding(one.size, one.size, f"{one.what} has another time: {one.entered[:40]!r}")

    def end(self) -> Iterator[Finding]:
        """Give what is missing or too much at the end."""
        for one in reversed(self.stated):
            if one.size > self.edge.size:
                yield Finding(self.edge.size + 1, one.size, f"dropped: {one.what} is of {one.size} entries")
        last = max(0, self.store.head().size)
        if last < self.edge.size:
            yield Finding(last + 1, self.edge.size, f"inserted: the last commit was of {last} entries")

    def unattached(self) -> Iterator[str]:
        """Digests that sources cite and that are not attached."""
        try:
            there = {one.digest for one in self.store.attachments()}
        except LedgerError:
            return
        yield from self.cited - there


def _readable(part: Iterator[Finding]) -> Iterator[Finding]:
    """Turn what cannot be read into a finding, so that the rest is looked at all the same."""
    try:
        yield from part
    except LedgerError as error:
        yield Finding(0, 0, f"it cannot be read: {error}")


def _attachments(store: Reader) -> Iterator[Finding]:
    for table in store.numbered_tables:
        ((rows, last),) = store.query(f"select count(*), coalesce(max(number), 0) from {table}", ())  # noqa: S608
        if rows != last:
            problem = (
                f"rows of the table '{table}' were dropped: {rows} are left, and the last has number {last}"
            )
            yield Finding(0, 0, problem)
    for one in store.attachments():
        content = store.attachment(one.digest)
        if sha256(content).hexdigest() != one.digest or len(content) != one.size:
            yield Finding(0, 0, f"the attachment {one.digest} was altered: its bytes have another digest")


def _tables(store: Reader) -> Iterator[Finding]:
    scripts = [one.text for one in migrations_of(store.dialect)[: store.version]]
    for problem in store.damage(scripts):
        yield Finding(0, 0, problem)
