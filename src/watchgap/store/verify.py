"""Holds a whole ledger against its own tree and against checkpoints that were kept elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import chain

from watchgap.base.errors import LedgerError, ProofError, WatchgapError
from watchgap.chain import HASH_SIZE, Checkpoint, Edge, extend, stated_checkpoint
from watchgap.ledger import Posting, read_leaf
from watchgap.store.derived import derived_of
from watchgap.store.migrate import migrations_of
from watchgap.store.reader import Reader
from watchgap.store.record import Finding, Verdict
from watchgap.store.writer import is_stamp

MOST_FINDINGS = 100
"""After so many findings a verification stops."""

_PAGE = 4_096
_ENTRIES = (
    "select number, type, name, kind, subject, first, last, width_class, recorded, supersedes, entered, leaf,"
    " completed from entry where number > ? order by number limit ?"
)

Row = tuple[object, ...]


def verify_store(store: Reader, *, checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Find what is wrong with a ledger: first the first entry that was altered, dropped, moved or inserted.

    Every entry is read once, in order and in constant memory: its leaf has to be canonical JSON with its own
    number, its columns have to follow from the leaf, and the hashes that it completes have to be those of the
    leaves so far. Then the heads, the attachments, the checkpoints and the tables themselves are held against
    that tree.

    checkpoints: heads of this ledger from places that the reader trusts. Without any, a ledger of which all
    was written anew, hashes and heads included, is not told from a sound one: nothing inside it could tell.
    """
    walk = _Walk(store, checkpoints)
    findings: list[Finding] = []
    try:
        for finding in chain(walk.entries(), walk.heads(), walk.kept(), _attachments(store), _tables(store)):
            findings.append(finding)
            if len(findings) >= MOST_FINDINGS:
                break
    except LedgerError as error:
        findings.append(Finding(walk.edge.size + 1, walk.edge.size + 1, f"it cannot be read: {error}"))
    # An entry that is named comes before the stretch that its tree could only narrow it down to.
    findings.sort(key=lambda finding: (finding.first == 0, finding.last, -finding.first))
    return Verdict(walk.edge.size, walk.edge.root, tuple(findings), tuple(sorted(walk.unattached())))


class _Walk:
    """One reading of all entries, from which everything else follows."""

    def __init__(self, store: Reader, checkpoints: Iterable[Checkpoint]) -> None:
        self.store = store
        self.edge = Edge()
        self.entered = ""
        self.cited: set[str] = set()
        self.stated = [(one.size, one.root, "the checkpoint given") for one in checkpoints]
        self.stated += [(head.size, head.root, "the head kept") for head in store.heads()]
        self.stated.sort(key=lambda one: one[0])
        self.sound = 0  # the last size at which a stated root was met

    def entries(self) -> Iterator[Finding]:
        """Read all entries, and give what is wrong with them."""
        expected = 1
        while rows := self._rows(expected - 1):
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
        return self.store.query(_ENTRIES, (after, _PAGE))

    def _page(self, rows: Sequence[Row], first: int) -> Iterator[Finding]:
        leaves = [str(row[11]).encode("utf-8", "surrogateescape") for row in rows]
        before = self.edge
        self.edge, completed = extend(before, leaves)
        for number, (row, leaf, hashes) in enumerate(zip(rows, leaves, completed, strict=True), first):
            yield from self._entry(number, row, leaf, hashes)
        yield from self._roots(before, leaves)

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
        else:
            self.entered = posting.entered

    def _roots(self, before: Edge, leaves: Sequence[bytes]) -> Iterator[Finding]:
        """Hold the roots that were stated for sizes on this page against the tree."""
        while self.stated and self.stated[0][0] <= self.edge.size:
            size, root, what = self.stated.pop(0)
            if size < before.size:
                continue
            before, leaves = (
                extend(before, leaves[: size - before.size])[0],
                leaves[size - before.size :],
            )
            if before.root == root:
                self.sound = size
            else:
                first = min(self.sound + 1, size)
                problem = f"one of them was altered, dropped, reordered or inserted: {what} has another root"
                yield Finding(first, size, problem)

    def heads(self) -> Iterator[Finding]:
        """Give what is missing or too much at the end."""
        last = self.store.head()
        for size, _, what in self.stated:
            if size > self.edge.size:
                yield Finding(self.edge.size + 1, size, f"dropped: {what} is of {size} entries")
        if last.size < self.edge.size:
            problem = f"inserted: the last commit was of {last.size} entries"
            yield Finding(last.size + 1, self.edge.size, problem)

    def kept(self) -> Iterator[Finding]:
        """Hold the checkpoints that the ledger keeps against its tree."""
        for position, note in enumerate(self.store.checkpoints(), 1):
            try:
                checkpoint = stated_checkpoint(note)
            except ProofError as error:
                yield Finding(0, 0, f"checkpoint {position} that is kept is none: {error}")
                continue
            if checkpoint.origin != self.store.origin:
                problem = (
                    f"checkpoint {position} is of '{checkpoint.origin}', this ledger '{self.store.origin}'"
                )
                yield Finding(0, 0, problem)
            elif checkpoint.size > self.edge.size:
                problem = f"dropped: checkpoint {position} is of {checkpoint.size} entries"
                yield Finding(self.edge.size + 1, checkpoint.size, problem)
            elif self.store.root_at(checkpoint.size) != checkpoint.root:
                problem = f"one of them is not what it was when checkpoint {position} was signed"
                yield Finding(1, checkpoint.size, problem)

    def unattached(self) -> Iterator[str]:
        """Digests that sources cite and that are not attached."""
        try:
            there = {one.digest for one in self.store.attachments()}
        except LedgerError:
            return
        yield from self.cited - there


def _attachments(store: Reader) -> Iterator[Finding]:
    for one in store.attachments():
        content = store.attachment(one.digest)
        if sha256(content).hexdigest() != one.digest or len(content) != one.size:
            yield Finding(0, 0, f"the attachment {one.digest} was altered: its bytes have another digest")


def _tables(store: Reader) -> Iterator[Finding]:
    scripts = [one.text for one in migrations_of(store.dialect)[: store.version]]
    for problem in store.damage(scripts):
        yield Finding(0, 0, problem)
