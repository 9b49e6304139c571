"""A ledger that somebody edits by hand, with the triggers out of the way: what is found, and where."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from watchgap.base.errors import LedgerError
from watchgap.chain import Checkpoint, leaf_hash, new_signer, sign_checkpoint
from watchgap.ledger import Content, leaf_of
from watchgap.store import MOST_FINDINGS, Verdict, create_store, open_store, verify_store

Place = Path | str
Run = Callable[..., list[tuple[Any, ...]]]
Hand = Callable[..., AbstractContextManager[Run]]

ORIGIN = "example.org/tampering"
_SIZE = 24
_HEADS = (5, 6, 13, 20, 24)
_COLUMNS = (
    "type, name, kind, subject, first, last, width_class, recorded, supersedes, entered, leaf, completed"
)


def content(number: int) -> Content:
    if number % 5 == 1:
        return Content("source", {"key": f"k{number}", "title": f"Letter {number}"})
    cells = {"id": f"f{number}", "kind": "noted", "subject": "store", "from": "2021-05-01", "note": "so"}
    return Content("fact", cells | ({"supersedes": f"f{number - 1}"} if number % 5 == 4 else {}))


def fill(place: Place) -> Checkpoint:
    """Make a ledger of entries in several commits, with a document and a signed head; give its last head."""
    with create_store(place, origin=ORIGIN) as store:
        first = 1
        for last in _HEADS:
            with store.writing(clock=lambda last=last: datetime(2026, 1, last, tzinfo=UTC)) as writer:
                writer.append([content(number) for number in range(first, last + 1)], recorder="A. Analyst")
            first = last + 1
        with store.writing() as writer:
            writer.attach(b"%PDF a letter", "application/pdf")
            middle = Checkpoint(ORIGIN, 13, store.root_at(13))
            writer.keep_checkpoint(sign_checkpoint(middle, [new_signer(ORIGIN, bytes(32))]))
        assert verify_store(store).findings == ()
        return Checkpoint(ORIGIN, _SIZE, store.head().root)


@pytest.fixture
def ledger(place: Place) -> Place:
    fill(place)
    return place


def verdict_on(place: Place, *checkpoints: Checkpoint) -> Verdict:
    with open_store(place) as store:
        return verify_store(store, checkpoints=checkpoints)


def check_found(place: Place, touched: int) -> None:
    findings = verdict_on(place).findings
    assert findings, "nothing was found"
    assert findings[0].first <= touched <= findings[0].last, findings[0]


# ---------------------------------------------------------------- entries


# Names of columns in statements are the test's own.
# ruff: noqa: S608


def row_of(run: Run, number: int) -> tuple[Any, ...]:
    (row,) = run(f"select {_COLUMNS} from entry where number = ?", number)
    return tuple(row)


def insert(run: Run, number: int, row: tuple[Any, ...]) -> None:
    run(f"insert into entry (number, {_COLUMNS}) values ({', '.join('?' * 13)})", number, *row)


def alter(run: Run, number: int) -> int:
    run("update entry set leaf = replace(leaf, 'A. Analyst', 'B. Analyst') where number = ?", number)
    return number


def alter_with_hash(run: Run, number: int) -> int:
    alter(run, number)
    *_, leaf, completed = row_of(run, number)
    forged = leaf_hash(leaf.encode()) + completed[32:]
    run("update entry set completed = ? where number = ?", forged, number)
    return number


def drop(run: Run, number: int) -> int:
    run("delete from entry where number = ?", number)
    return number


def drop_and_close_up(run: Run, number: int) -> int:
    drop(run, number)
    for later in range(number + 1, _SIZE + 1):
        run("update entry set number = ? where number = ?", later - 1, later)
    return number


def swap(run: Run, number: int) -> int:
    other = number % _SIZE + 1
    rows = row_of(run, number), row_of(run, other)
    run("delete from entry where number = ? or number = ?", number, other)
    insert(run, number, rows[1])
    insert(run, other, rows[0])
    return min(number, other)


def insert_between(run: Run, number: int) -> int:
    row = row_of(run, number)
    for later in range(_SIZE, number, -1):
        run("update entry set number = ? where number = ?", later + 1, later)
    # A fact's id is given once; a source may come again.
    insert(run, number + 1, (row[0], f"{row[1]}x", *row[2:]))
    return number + 1


def renumber_leaf(run: Run, number: int) -> int:
    run(
        "update entry set leaf = replace(leaf, ?, ?) where number = ?",
        f'"number":{number},',
        f'"number":{number + 1},',
        number,
    )
    return number


def shorten_hashes(run: Run, number: int) -> int:
    run("update entry set completed = ? where number = ?", b"\0" * 31, number)
    return number


def no_json(run: Run, number: int) -> int:
    run("update entry set leaf = ? where number = ?", '{"content":{', number)
    return number


def spaced_json(run: Run, number: int) -> int:
    run("update entry set leaf = replace(leaf, ',', ', ') where number = ?", number)
    return number


_TOUCHES = [
    alter,
    alter_with_hash,
    drop,
    drop_and_close_up,
    swap,
    insert_between,
    renumber_leaf,
    shorten_hashes,
    no_json,
    spaced_json,
]


@pytest.mark.requirement("R18")
@pytest.mark.parametrize("touch", _TOUCHES, ids=lambda touch: touch.__name__)
def test_the_first_touched_entry_is_named(
    new_place: Callable[[], Place], hand: Hand, touch: Callable[[Run, int], int]
) -> None:
    chance = random.Random(touch.__name__)  # noqa: S311
    for number in (1, _SIZE, chance.randrange(2, _SIZE)):
        place = new_place()
        head = fill(place)
        with hand(place) as run:
            touched = touch(run, number)
        check_found(place, touched)
        assert not verdict_on(place, head).holds


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "seal"),
        ("subject", None),
        ("first", 0),
        ("last", 2**40),
        ("width_class", 3),
        ("recorded", 0),
        ("supersedes", "f2"),
        ("entered", "2020-01-01T00:00:00.000000Z"),
        ("name", "f99"),
        ("type", "source"),
    ],
)
def test_columns_that_queries_use_are_held_against_the_leaf(
    ledger: Place, hand: Hand, column: str, value: object
) -> None:
    with hand(ledger) as run:
        run(f"update entry set {column} = ? where number = ?", value, 17)
    findings = verdict_on(ledger).findings
    assert {(one.first, one.last) for one in findings} == {(17, 17)}
    assert "columns were altered" in findings[0].problem


@pytest.mark.parametrize("kept", [0, 1, 12, 13, 20, 23])
def test_a_tail_that_was_cut_off_is_missed_by_what_stood_over_it(
    ledger: Place, hand: Hand, kept: int
) -> None:
    with hand(ledger) as run:
        run("delete from entry where number > ?", kept)
    findings = verdict_on(ledger).findings
    assert findings[0].first == kept + 1
    assert "dropped" in findings[0].problem
    with (
        open_store(ledger, write=True) as store,
        pytest.raises(LedgerError, match="verify the ledger"),
        store.writing(),
    ):
        pass


def test_a_tail_that_was_cut_off_with_all_that_stood_over_it_is_missed_by_a_checkpoint(
    place: Place, hand: Hand
) -> None:
    head = fill(place)
    with hand(place) as run:
        run("delete from entry where number > 13")
        run("delete from head where size > 13")
    assert verdict_on(place).holds
    (finding,) = verdict_on(place, head).findings
    assert (finding.first, finding.last) == (14, 24)
    with hand(place) as run:
        run("delete from entry where number > 6")
        run("delete from head where size > 6")
    (finding,) = verdict_on(place).findings
    assert "checkpoint 1 that is kept" in finding.problem
    assert finding.first == 7


def rewritten(place: Place, number: int) -> None:
    """Make a ledger that differs in one entry, with all its hashes and heads as they should be."""
    with create_store(place, origin=ORIGIN) as store, store.writing() as writer:
        for position in range(1, _SIZE + 1):
            one = content(position)
            if position == number:
                one = replace(one, cells=one.cells | {"note": "not so"})
            writer.append([one], recorder="A. Analyst")


def test_what_was_written_anew_as_a_whole_is_told_only_by_a_checkpoint_from_elsewhere(
    new_place: Callable[[], Place],
) -> None:
    old, new = new_place(), new_place()
    head = fill(old)
    rewritten(new, 9)
    assert verdict_on(new).findings == ()
    assert verdict_on(old, head).findings == ()
    (finding,) = verdict_on(new, head).findings
    assert finding.first <= 9 <= finding.last
    assert "the checkpoint given has another root" in finding.problem


def test_a_checkpoint_of_another_ledger_is_none_of_this(ledger: Place) -> None:
    (finding,) = verdict_on(ledger, Checkpoint("example.org/other", 1, bytes(32))).findings
    assert finding.problem == (
        "the checkpoint given is of 'example.org/other', and this ledger is 'example.org/tampering'"
    )


# ---------------------------------------------------------------- what stands beside the entries


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update head set root = (select root from head where size = 5) where size = 20", "another root"),
        ("update head set entered = '2020' where size = 20", "has another time: '2020'"),
        ("update head set size = 19 where size = 20", "another root"),
        ("update head set size = 30 where size = 24", "the head kept is of 30 entries"),
        ("delete from head where size = 24", "inserted: the last commit was of 20 entries"),
        ("delete from head", "inserted: the last commit was of 0 entries"),
        (
            "insert into head select -1, root, entered from head where size = 5",
            "a head of -1 entries is kept",
        ),
        ("insert into head select 0, root, entered from head where size = 5", "a head of 0 entries is kept"),
        ("delete from meta", "the name of the ledger is ''"),
        ("update meta set origin = 'example.org/x'", "is of 'example.org/tampering', and this ledger is"),
        ("update attachment set digest = replace(digest, '1', '2')", "its bytes have another digest"),
        ("update attachment set size = 5", "its bytes have another digest"),
        ("update checkpoint set note = 'x'", "checkpoint 1 that is kept is none"),
        (
            "update checkpoint set note = replace(note, '13', '14')",
            "checkpoint 1 that is kept has another root",
        ),
        (
            "update checkpoint set note = replace(note, '13', '99')",
            "checkpoint 1 that is kept is of 99 entries",
        ),
        ("drop index fact_name", "the index 'fact_name' is gone"),
        ("drop index fact_extent", "the index 'fact_extent' is gone"),
        ("create table again as select 1", ""),
    ],
)
def test_what_stands_beside_the_entries_is_verified_too(
    ledger: Place, hand: Hand, statement: str, told: str
) -> None:
    with hand(ledger) as run:
        run(statement)
    findings = verdict_on(ledger).findings
    if told:
        assert told in findings[0].problem
    else:
        assert findings == ()


def test_an_attachment_with_other_bytes_is_found(ledger: Place, hand: Hand) -> None:
    with hand(ledger) as run:
        run("update attachment set content = ?", b"%PDF A letter")
    (finding,) = verdict_on(ledger).findings
    assert sha256(b"%PDF a letter").hexdigest() in finding.problem


def test_triggers_that_are_gone_are_found(ledger: Place, hand: Hand) -> None:
    with hand(ledger, restored=False):
        pass
    verdict = verdict_on(ledger)
    told = "is gone" if isinstance(ledger, Path) else "was switched off"
    assert len(verdict.findings) == (18 if isinstance(ledger, Path) else 12)
    assert all("the trigger '" in one.problem and told in one.problem for one in verdict.findings)
    assert all(one.first == 0 for one in verdict.findings)
    assert verdict.size == _SIZE


def test_triggers_and_indexes_that_were_replaced_are_found(ledger: Place, hand: Hand) -> None:
    with hand(ledger) as run:
        run("drop index fact_extent")
        run("create index fact_extent on entry (subject)")
        if isinstance(ledger, Path):
            run("create trigger mine after insert on entry begin select 1; end")
        else:
            function = "create or replace function kept() returns trigger language plpgsql as"
            run(f"{function} 'begin return new; end'")
            run("create trigger mine after insert on entry for each row execute function kept()")
            run("alter table attachment drop constraint attachment_digest_key")
            run("alter table entry drop constraint entry_pkey")
    told = " ".join(one.problem for one in verdict_on(ledger).findings)
    assert "the index 'fact_extent' was altered" in told
    assert "the trigger 'mine'" in told
    if not isinstance(ledger, Path):
        assert "the function 'kept' was altered" in told
        assert "the index 'attachment_digest_key' is gone" in told
        assert "the index 'entry_pkey' is gone" in told


@pytest.mark.parametrize(
    "statement",
    [
        "update migration set name = 'x' where number = 2",
        "update migration set digest = 'x' where number = 1",
        "delete from migration",
        "delete from migration where number = 1",
        "insert into migration select 4, name, digest from migration where number = 3",
        "drop table head",
        "alter table entry rename to entries",
    ],
)
def test_what_does_not_look_like_a_ledger_is_not_opened(ledger: Place, hand: Hand, statement: str) -> None:
    with hand(ledger, restored=False) as run:
        run(statement)
    for write in (False, True):
        with pytest.raises(LedgerError, match=r"alter|newer Watchgap|no ledger here"):
            open_store(ledger, write=write)


def test_a_flood_of_false_statements_hides_nothing(ledger: Place, hand: Hand) -> None:
    with hand(ledger) as run:
        for number in range(2, 2 * MOST_FINDINGS):
            run("insert into checkpoint (number, size, note) values (?, 1, ?)", number, f"x{number}")
        alter(run, 15)
    findings = verdict_on(ledger).findings
    assert len(findings) == MOST_FINDINGS
    assert (findings[0].first, findings[0].last) == (15, 15)


def test_an_untouched_copy_holds(ledger: Place) -> None:
    with open_store(ledger) as store:
        leaves = [leaf_of(posting) for posting in store.postings()]
    assert len(leaves) == _SIZE
    assert verdict_on(ledger) == Verdict(_SIZE, verdict_on(ledger).root, ())
