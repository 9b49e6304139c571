"""Texts at the edge of what a form carries: escapes, line ends, the longest cells; and those it refuses."""

import tempfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.base.errors import LedgerError
from watchgap.exchange import LONGEST_CELL, Form, read_leaves, read_rows, write_rows
from watchgap.ledger import Content, Posting, leaf_of
from watchgap.testing.strategies import examples

# Pieces that only together make an escape, a guard, a quote or a line end.
PIECES = (
    "=", "'", '"', ",", ";", "\r", "\n", "\r\n", "\t", "_", "_x", "_x005F_", "x005F_", "_x0041", "_x0041_",
    "_x000D_", "x0041_", "_xD83D_", "_xDE00_", "\ufffe", "\uffff", "\ufeff", "\x85", "\u2028", "\u202e", "a",
    "\U0001f6f0", "&", "]]>", "\\", "{line}",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join).map(str.strip)


def posted(*contents: Content) -> tuple[Posting, ...]:
    return tuple(
        Posting(number, "2026-11-25T04:35:40.123456Z", "A. Analyst", content)
        for number, content in enumerate(contents, 1)
    )


def read_again(form: Form, folder: Path, *contents: Content) -> tuple[Content, ...]:
    paths = write_rows(folder / f"out.{form.value}", posted(*contents), form)
    brought = [read_rows(path) for path in paths]
    assert [fault for one in brought for fault in one.faults] == []
    return tuple(content for one in reversed(brought) for content in one.contents)


def facts(texts: list[str]) -> list[Content]:
    """A fact for each text that has any."""
    return [
        Content("fact", {"id": f"n{at}", "quote": text, "note": text})
        for at, text in enumerate(texts)
        if text
    ]


@pytest.mark.parametrize("form", Form)
@given(texts=st.lists(TEXTS, min_size=1, max_size=12).filter(any))
@examples(40)
def test_pieces_of_escapes_are_carried_as_they_are(form: Form, texts: list[str]) -> None:
    given_facts = facts(texts)
    with tempfile.TemporaryDirectory() as folder:
        assert read_again(form, Path(folder), *given_facts) == tuple(given_facts)


@pytest.mark.parametrize("form", Form)
def test_every_two_pieces_are_carried_as_they_are(form: Form, tmp_path: Path) -> None:
    given_facts = facts([f"{first}{second}a".strip() for first, second in product(PIECES, PIECES)])
    assert read_again(form, tmp_path, *given_facts) == tuple(given_facts)


@pytest.mark.parametrize("form", Form)
def test_the_longest_cells_are_carried(form: Form, tmp_path: Path) -> None:
    cells = {
        "id": "n1",
        "quote": "_x0041_" * (LONGEST_CELL // 7),
        "note": "\ufffe" + "\xe9" * (LONGEST_CELL - 1),
    }
    long = Content("fact", cells)
    assert read_again(form, tmp_path, long) == (long,)


@pytest.mark.parametrize("form", Form)
def test_a_source_that_was_said_again_is_carried_twice(form: Form, tmp_path: Path) -> None:
    twice = [Content("source", {"key": "a", "title": title}) for title in ("First", "Second")]
    assert read_again(form, tmp_path, *twice) == tuple(twice)


def test_only_an_export_may_name_a_source_twice(tmp_path: Path) -> None:
    header = "key,title,publisher,date,url,read,note"
    (tmp_path / "new.csv").write_text(f"{header}\na,First,,,,,\na,Second,,,,,\n", encoding="utf-8")
    brought = read_rows(tmp_path / "new.csv")
    assert [row["title"] for _, row in brought.sources] == ["First"]
    assert ["the key 'a' stands also on line 2" in fault.problem for fault in brought.faults] == [True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * (LONGEST_CELL + 1), f"has {LONGEST_CELL + 1} characters"),
        ("a\x1bb", "holds a control character"),
        (" a", "begins or ends with a space"),
        ("a\n", "begins or ends with a space"),
    ],
)
@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX, Form.PARQUET])
def test_a_table_refuses_what_it_would_change(form: Form, tmp_path: Path, text: str, said: str) -> None:
    place = tmp_path / f"out.{form.value}"
    with pytest.raises(LedgerError, match="the cell 'quote' of entry 1") as caught:
        write_rows(place, posted(Content("fact", {"id": "n1", "quote": text})), form)
    assert said in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_workbook_refuses_a_cell_that_takes_too_many_halves(tmp_path: Path) -> None:
    wide = Content("fact", {"id": "n1", "quote": "\U0001f6f0" * (LONGEST_CELL // 2 + 1)})
    with pytest.raises(LedgerError, match="too long for a cell of a workbook"):
        write_rows(tmp_path / "out.xlsx", posted(wide), Form.XLSX)
    assert read_again(Form.CSV, tmp_path, wide) == (wide,)


# ---------------------------------------------------------------- leaves


LEAVES = [leaf_of(one) + b"\n" for one in posted(*facts(["first", "second", "third"]))]


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        (LEAVES[0] + LEAVES[2], 2, "entry 3 stands here, not entry 2"),
        (LEAVES[0] + LEAVES[0], 2, "entry 1 stands here, not entry 2"),
        (LEAVES[1], 1, "entry 2 stands here, not entry 1"),
        (LEAVES[0] + LEAVES[1][:-1], 2, "the file is cut off"),
        (LEAVES[0] + LEAVES[1][:-9] + b"\n", 2, "no entry of a ledger"),
        (LEAVES[0] + b"\n" + LEAVES[1], 2, "no entry of a ledger"),
        (LEAVES[0][:-1] + b"\r\n", 1, "not written in canonical JSON"),
        (b"\xef\xbb\xbf" + LEAVES[0], 1, "no entry of a ledger"),
        (LEAVES[0].replace(b'"quote"', b'"guess"'), 1, "not written in canonical JSON"),
        (LEAVES[0].replace(b'"quote"', b'"odd"').replace(b'"note":"first",', b""), 1, "unknown cell 'odd'"),
        (b"x" * 8_000_001, 1, "more than 8000000 bytes"),
    ],
)
def test_leaves_are_refused_by_their_line(tmp_path: Path, raw: bytes, line: int, said: str) -> None:
    (tmp_path / "all.jsonl").write_bytes(raw)
    with pytest.raises(LedgerError) as caught:
        list(read_leaves(tmp_path / "all.jsonl"))
    assert str(caught.value).startswith(f"all.jsonl:{line}: ")
    assert said in str(caught.value)
