"""The columns of an entry that follow from its content and that queries use."""

from functools import lru_cache

from watchgap.base.errors import LedgerError
from watchgap.ledger import COLUMNS, NAMED_BY, Content, EntryType, extent_of

LARGEST_LEAF = 2 * 1024 * 1024
"""The most that an entry may have as JSON [bytes]."""

LONGEST_NAME = 200
"""The most characters of an id, a key, an origin or the name of a recorder."""

WIDTH_CLASSES = 40
"""An extent of class c lasts less than 2**c seconds; ten thousand years are of class 39."""

Derived = tuple[
    EntryType, str, str | None, str | None, int | None, int | None, int | None, int | None, str | None
]
"""type, name, kind, subject, first, last, width_class, recorded, supersedes."""

_COLUMNS = {type_: frozenset(columns) for type_, columns in COLUMNS.items()}
_SOURCE_TIMES = (None, None, None, None)


def derived_of(content: Content) -> Derived:
    """Derive the columns of a content. Raises LedgerError if it cannot be an entry, and says why."""
    cells = content.cells
    cell = cells.get
    name = cell(NAMED_BY[content.type], "")
    if not (0 < len(name) <= LONGEST_NAME and cells.keys() <= _COLUMNS[content.type]):
        raise LedgerError(_problem(content, name))
    if content.type == "source":
        return ("source", name, None, None, *_SOURCE_TIMES, None)
    try:
        times = _times(cell("from", ""), cell("to", ""), cell("recorded", ""))
    except ValueError as error:
        raise LedgerError(f"fact '{name}': {error}") from None
    return ("fact", name, cell("kind"), cell("subject"), *times, cell("supersedes"))


def _problem(content: Content, name: str) -> str:
    unknown = sorted(content.cells.keys() - _COLUMNS[content.type])
    if unknown:
        return f"a {content.type} has no cell '{unknown[0]}'; see '{name[:LONGEST_NAME]}'"
    needed = "an id" if content.type == "fact" else "a key"
    return f"a {content.type} needs {needed} of 1 to {LONGEST_NAME} characters; this one has {len(name)}"


@lru_cache(maxsize=65_536)
def _times(start: str, end: str, recorded: str) -> tuple[int, int, int, int]:
    given = {"from": start, "to": end, "recorded": recorded}
    extent = extent_of(Content("fact", {column: text for column, text in given.items() if text}))
    if extent is None or extent.last < extent.first:
        raise ValueError(f"the interval runs backwards, from {start} to {end}; put the earlier date first")
    return extent.first, extent.last, (extent.last - extent.first).bit_length(), extent.recorded
