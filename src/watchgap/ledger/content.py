"""What a ledger holds as bytes: the canonical JSON of an entry, of which every encoder makes the same.

A cell is text or absent, keys are ASCII and the only number is a small integer: on that subset of JSON the
encoders that sort keys and RFC 8785 agree to the byte.

References
----------
A. Rundgren, B. Jordan, S. Erdtman, "JSON Canonicalization Scheme", RFC 8785, 2020.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import msgspec

from watchgap.base.errors import LedgerError
from watchgap.base.time import parse_span
from watchgap.ledger.rows import FACT_COLUMNS, SOURCE_COLUMNS

EntryType = Literal["fact", "source"]

COLUMNS: Mapping[EntryType, tuple[str, ...]] = {"fact": FACT_COLUMNS, "source": SOURCE_COLUMNS}
NAMED_BY: Mapping[EntryType, str] = {"fact": "id", "source": "key"}
"""The column that names an entry."""

_SECONDS_OF_A_DAY = 86_400
_LONGEST_DAY = len("1993-11-06")

_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says: a fact or a source, as the cells of its row that are not empty."""

    type: EntryType
    cells: Mapping[str, str]

    @property
    def name(self) -> str:
        """The id of the fact, or the key of the source."""
        return self.cells.get(NAMED_BY[self.type], "")

    @property
    def row(self) -> dict[str, str]:
        """All cells in the order of the columns, the empty ones too."""
        return {column: self.cells.get(column, "") for column in COLUMNS[self.type]}


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry as a ledger holds it.

    number: from 1 on, without gaps; entered: when the ledger took it, UTC, such as
    '2026-11-25T04:35:40.123456Z'; recorder: who entered it.
    """

    number: int
    entered: str
    recorder: str
    content: Content


@dataclass(frozen=True, slots=True)
class Extent:
    """When a fact may have held, its first and last second [s], and the day it was recorded [d].

    All are counted from 1970 on. A date without a time of day lasts its whole day here.
    """

    first: int
    last: int
    recorded: int


class _Leaf(msgspec.Struct, forbid_unknown_fields=True):
    content: dict[str, str]
    entered: str
    number: int
    recorder: str
    type: EntryType


_decode = msgspec.json.Decoder(_Leaf).decode


def content_of(kind: EntryType, row: Mapping[str, str]) -> Content:
    """Make the content of a row: the columns that an entry of this type has, as far as they are not empty."""
    return Content(kind, {column: row[column] for column in COLUMNS[kind] if row.get(column)})


def canonical_json(value: Mapping[str, str]) -> bytes:
    """Write cells as canonical JSON."""
    return _encode(value)


def leaf_of(posting: Posting) -> bytes:
    """Write an entry as the canonical JSON that is its leaf in the tree of the ledger."""
    content = posting.content
    return _encode(
        {
            "content": content.cells,
            "entered": posting.entered,
            "number": posting.number,
            "recorder": posting.recorder,
            "type": content.type,
        }
    )


def leaf_maker(entered: str, recorder: str) -> Callable[[int, str, bytes], bytes]:
    """Make what writes the leaves of entries that share their time and recorder, from number, type and cells.

    The cells are those of the content as `canonical_json` writes them, and the leaf is that of `leaf_of`: its
    keys are in order here, and all but the number and the cells is written once.
    """
    middle = b',"entered":' + _encode(entered) + b',"number":'
    ends: dict[str, bytes] = {
        kind: b',"recorder":' + _encode(recorder) + b',"type":' + _encode(kind) + b"}" for kind in COLUMNS
    }

    def leaf(number: int, kind: str, cells: bytes) -> bytes:
        return b'{"content":%b%b%d%b' % (cells, middle, number, ends[kind])

    return leaf


def read_leaf(leaf: bytes) -> Posting:
    """Read an entry from its leaf.

    Raises LedgerError if the bytes are not the canonical JSON of an entry.
    """
    try:
        read = _decode(leaf)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LedgerError(
            f"these bytes are no entry of a ledger ({error}); they begin {leaf[:40]!r}"
        ) from None
    posting = Posting(read.number, read.entered, read.recorder, Content(read.type, read.content))
    if leaf_of(posting) != leaf:
        raise LedgerError(f"entry {read.number} is not written in canonical JSON; it begins {leaf[:40]!r}")
    unknown = [key for key in read.content if key not in COLUMNS[read.type]]
    if unknown:
        raise LedgerError(
            f"entry {read.number} has the unknown cell '{unknown[0]}'; a {read.type} has none such"
        )
    return posting


def extent_of(content: Content) -> Extent | None:
    """Say when a fact may have held and when it was recorded; None for a source.

    Raises ValueError if a date cannot be read.
    """
    if content.type != "fact":
        return None
    cells = content.cells
    first, last = _seconds(cells.get("from", ""))
    if "to" in cells:
        last = _seconds(cells["to"])[1]
    recorded = _seconds(cells["recorded"])[1] if "recorded" in cells else last
    return Extent(first, last, recorded // _SECONDS_OF_A_DAY)


@lru_cache(maxsize=65_536)
def _seconds(text: str) -> tuple[int, int]:
    span = parse_span(text)
    first, last = int(span.first.timestamp()), int(span.last.timestamp())
    return first, last + _SECONDS_OF_A_DAY - 1 if len(text) <= _LONGEST_DAY else last
