"""Reads the ledger of a case: what was entered, what held when, and what changed between two states of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.base.time import midnight, parse_day
from watchgap.flow.keeping import required_place
from watchgap.ledger import Content, Posting, extent_of
from watchgap.store import Store, open_store

_SECONDS_PER_DAY = 86_400

Change = Literal["added", "corrected", "revised", "gone"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Entries of a ledger that were asked for, in order of number.

    origin: its name; size: number of entries that it had at the position looked at. superseded: numbers of
    the entries among them that were corrected since, with the id of the correction.
    """

    origin: str
    size: int
    entries: tuple[Posting, ...]
    superseded: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries of a ledger are wanted; what is None or empty does not matter.

    on: facts that may have held on this day. name: id of a fact or key of a source, with all its versions.
    last: only so many of the latest.
    """

    subject: str | None = None
    kind: str | None = None
    name: str | None = None
    on: date | None = None
    known_on: date | None = None
    ledger_at: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two states of a ledger: as it stood before, and as it stands after."""

    change: Change
    before: Posting | None
    after: Posting | None


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed in what was known from one state of a ledger to another."""

    origin: str
    first: str
    second: str
    changes: tuple[Difference, ...]


def ledger_log(folder: str | Path, wanted: Selection) -> Excerpt:
    """List the entries of a case's ledger that are wanted.

    Raises LedgerError if the case has no ledger, OutOfRange if it has no such position, and UnknownName if it
    has no entry of the name.
    """
    with open_store(required_place(Path(folder))) as store:
        size = size_at(store, wanted.ledger_at)
        corrected = _corrections(store, size, wanted.known_on)
        entries = tuple(one for one in _candidates(store, size, wanted) if _is_wanted(one, wanted))
        if wanted.name is not None and not entries:
            raise UnknownName(f"no fact and no source '{wanted.name}' is in the ledger {store.origin}")
        if wanted.last is not None:
            entries = entries[-wanted.last :]
        superseded = {
            one.number: corrected[one.content.name]
            for one in entries
            if one.content.type == "fact" and one.content.name in corrected
        }
        return Excerpt(store.origin, size, entries, superseded)


def differences(folder: str | Path, first: str, second: str) -> Differences:
    """Say what changed in what was known between two states of a case's ledger.

    first, second: each a day, and then what had been recorded by its end, or a number of entries, and then
    what the ledger held after so many.

    Raises LedgerError if the case has no ledger, and OutOfRange if a state is neither a day nor a position.
    """
    with open_store(required_place(Path(folder))) as store:
        before, after = (_State(store, text) for text in (first, second))
        return Differences(store.origin, first, second, tuple(_changes(before, after)))


class _State:
    """What was known in one state of a ledger: facts by id that stand, and sources by key."""

    def __init__(self, store: Store, text: str) -> None:
        at, day = _position_or_day(text)
        size = size_at(store, at)
        recorded = [one for one in store.postings(1, size) if day is None or _known(one.content, day)]
        self.corrections = {
            one.content.cells["supersedes"]: one for one in recorded if "supersedes" in one.content.cells
        }
        self.standing = {
            (one.content.type, one.content.name): one
            for one in recorded
            if one.content.type == "source" or one.content.name not in self.corrections
        }


def _changes(before: _State, after: _State) -> Iterator[Difference]:
    replaced = set()
    for key, posting in after.standing.items():
        old = before.standing.get(key)
        corrected = before.standing.get(("fact", posting.content.cells.get("supersedes", "")))
        if old is None and corrected is not None:
            replaced.add(corrected.content.name)
            yield Difference("corrected", corrected, posting)
        elif old is None:
            yield Difference("added", None, posting)
        elif old.content != posting.content:
            yield Difference("revised", old, posting)
    for key, posting in before.standing.items():
        if key not in after.standing and posting.content.name not in replaced:
            # Corrected by what was corrected in its turn, or recorded only later than the second day.
            yield Difference("gone", posting, after.corrections.get(posting.content.name))


def _candidates(store: Store, size: int, wanted: Selection) -> Iterable[Posting]:
    if wanted.on is None:
        return store.postings(1, size)
    begin = int(midnight(wanted.on).timestamp())
    recorded = None if wanted.known_on is None else _days(wanted.known_on)
    return store.as_of(begin, begin + _SECONDS_PER_DAY - 1, recorded=recorded, size=size)


def _is_wanted(posting: Posting, wanted: Selection) -> bool:
    content = posting.content
    if wanted.kind is not None and wanted.kind != (content.cells.get("kind") or content.type):
        return False
    if wanted.subject is not None:
        subjects = {part.strip() for part in content.cells.get("subject", "").split(";")}
        if wanted.subject not in subjects:
            return False
    if wanted.name is not None and wanted.name != content.name:
        return False
    return wanted.known_on is None or _known(content, wanted.known_on)


def _known(content: Content, day: date) -> bool:
    """Whether something was known at the end of a day; what is said of a source counts at any time."""
    extent = extent_of(content)
    return extent is None or extent.recorded <= _days(day)


def _corrections(store: Store, size: int, known_on: date | None) -> dict[str, str]:
    return {
        one.content.cells["supersedes"]: one.content.name
        for one in store.postings(1, size)
        if "supersedes" in one.content.cells and (known_on is None or _known(one.content, known_on))
    }


def _days(day: date) -> int:
    return (day - datetime(1970, 1, 1, tzinfo=UTC).date()) // timedelta(days=1)


def size_at(store: Store, at: int | None) -> int:
    """Count the entries at a position, by default all. Raises OutOfRange if there is no such position."""
    size = store.head().size
    if at is not None and not 0 <= at <= size:
        raise OutOfRange(f"position {at} is none of the ledger {store.origin}; it has 0 to {size}")
    return size if at is None else at


def _position_or_day(text: str) -> tuple[int | None, date | None]:
    if text.isascii() and text.isdecimal() and len(text) <= len("1000000000"):
        return int(text), None
    try:
        return None, parse_day(text)
    except ValueError:
        problem = f"'{text[:40]}' is neither a day nor a position in the ledger"
        raise OutOfRange(f"{problem}; write 1993-11-06, or a number of entries") from None
