"""The bytes of an entry: canonical, the same by every encoder, and read back only as they were written."""

import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import LedgerError
from watchgap.ledger import (
    FACT_COLUMNS,
    SOURCE_COLUMNS,
    Content,
    Posting,
    content_of,
    extent_of,
    leaf_of,
    read_leaf,
)
from watchgap.testing.strategies import examples

CELLS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


def facts() -> st.SearchStrategy[Content]:
    return st.dictionaries(st.sampled_from(FACT_COLUMNS), CELLS).map(lambda cells: Content("fact", cells))


def sources() -> st.SearchStrategy[Content]:
    return st.dictionaries(st.sampled_from(SOURCE_COLUMNS), CELLS).map(lambda cells: Content("source", cells))


POSTINGS = st.builds(
    Posting,
    number=st.integers(1, 2**53 - 1),
    entered=st.just("2026-11-25T04:35:40.123456Z"),
    recorder=CELLS,
    content=facts() | sources(),
)


@examples(200)
@given(POSTINGS)
def test_every_encoder_makes_the_same_bytes(posting: Posting) -> None:
    plain = {
        "content": dict(posting.content.cells),
        "entered": posting.entered,
        "number": posting.number,
        "recorder": posting.recorder,
        "type": posting.content.type,
    }
    leaf = leaf_of(posting)
    assert leaf == rfc8785.dumps(plain)
    assert leaf == json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@examples(200)
@given(POSTINGS)
def test_an_entry_is_read_back_as_it_was_written(posting: Posting) -> None:
    assert read_leaf(leaf_of(posting)) == posting


def posting(**cells: str) -> Posting:
    return Posting(17, "2026-11-25T04:35:40.123456Z", "A. Analyst", Content("fact", cells))


@pytest.mark.parametrize(
    "change",
    [
        lambda leaf: leaf.replace(b'{"content', b'{ "content'),
        lambda leaf: leaf.replace(b'"id":"Y017","kind":"noted"', b'"kind":"noted","id":"Y017"'),
        lambda leaf: leaf.replace(b'"number":17', b'"number":17.0'),
        lambda leaf: leaf.replace(b'"number":17', b'"number":"17"'),
        lambda leaf: leaf.replace(b'"Y017"', b'"\\u0059017"'),
        lambda leaf: leaf.replace(b'"type":"fact"', b'"type":"rumour"'),
        lambda leaf: leaf.replace(b'"type":"fact"', b'"type":"fact","weight":"1"'),
        lambda leaf: leaf.replace(b'"kind"', b'"kin"'),
        lambda leaf: leaf.replace(b'"id":"Y017"', b'"id":"Y017","id":"Y017"'),
        lambda leaf: leaf[:-1],
        lambda leaf: leaf + b" ",
        lambda _: b"",
        lambda _: b"null",
        lambda leaf: leaf.replace(b"noted", b"\xff\xfe"),
    ],
)
def test_bytes_that_are_not_canonical_are_no_entry(change) -> None:
    leaf = leaf_of(posting(id="Y017", kind="noted"))
    read_leaf(leaf)
    with pytest.raises(LedgerError):
        read_leaf(change(leaf))


def test_what_is_wrong_with_an_entry_is_said() -> None:
    leaf = leaf_of(posting(id="Y017", kind="noted"))
    with pytest.raises(LedgerError, match="entry 17 has the unknown cell 'kin'; a fact has none such"):
        read_leaf(leaf.replace(b'"kind"', b'"kin"'))
    with pytest.raises(LedgerError, match="entry 17 is not written in canonical JSON"):
        read_leaf(leaf.replace(b'{"content', b'{ "content'))


def test_a_row_keeps_its_cells_and_drops_the_empty_ones() -> None:
    row = dict.fromkeys(FACT_COLUMNS, "") | {"id": "Y017", "kind": "noted", "note": "'=1+1"}
    content = content_of("fact", row)
    assert dict(content.cells) == {"id": "Y017", "kind": "noted", "note": "'=1+1"}
    assert content.row == row
    assert content.name == "Y017"
    assert content_of("source", dict.fromkeys(SOURCE_COLUMNS, "") | {"key": "MEMO"}).name == "MEMO"


def seconds(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("cells", "first", "last"),
    [
        ({"from": "1993-11-06"}, seconds(1993, 11, 6), seconds(1993, 11, 6, 23, 59, 59)),
        ({"from": "1993-11-06T14:30"}, seconds(1993, 11, 6, 14, 30), seconds(1993, 11, 6, 14, 30)),
        ({"from": "1993-11"}, seconds(1993, 11, 1), seconds(1993, 11, 30, 23, 59, 59)),
        ({"from": "1993", "to": "1994-02"}, seconds(1993, 1, 1), seconds(1994, 2, 28, 23, 59, 59)),
    ],
)
def test_a_fact_may_have_held_on_all_of_its_days(cells: dict[str, str], first: int, last: int) -> None:
    extent = extent_of(Content("fact", cells))
    assert extent is not None
    assert (extent.first, extent.last) == (first, last)
    # With no day of recording it was recorded as it happened.
    assert extent.recorded == last // 86_400
    later = extent_of(Content("fact", cells | {"recorded": "2001-02-03"}))
    assert later is not None
    assert later.recorded == seconds(2001, 2, 3) // 86_400


def test_a_source_has_no_extent_in_time() -> None:
    assert extent_of(Content("source", {"key": "MEMO"})) is None
