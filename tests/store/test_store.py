"""One store on two engines: what it takes, what it refuses, and that what it holds is what was entered."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from watchgap.base.errors import LedgerError
from watchgap.chain import (
    Checkpoint,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    new_signer,
    sign_checkpoint,
)
from watchgap.ledger import Content, leaf_of
from watchgap.store import Store, create_store, open_store, verify_store
from watchgap.store.migrate import apply, migrations_of

ORIGIN = "example.org/store"


def fact(name: str, **cells: str) -> Content:
    given = {
        "id": name,
        "kind": "noted",
        "subject": "store",
        "from": "2021-05-01",
        "sources": "a",
        "grade": "A",
    }
    return Content("fact", given | cells)


def source(key: str, **cells: str) -> Content:
    return Content("source", {"key": key, "title": "A letter"} | cells)


def append(place: Path | str, *contents: Content, recorder: str = "A. Analyst") -> Any:
    with open_store(place, write=True) as store, store.writing() as writer:
        return writer.append(contents, recorder=recorder)


@pytest.fixture
def ledger(place: Path | str) -> Path | str:
    """A ledger of seven entries in two commits."""
    with create_store(place, origin=ORIGIN) as store:
        with store.writing() as writer:
            writer.append(
                [source("a"), *(fact(f"f{number}") for number in range(1, 5))], recorder="A. Analyst"
            )
        with store.writing() as writer:
            writer.append([fact("f5", supersedes="f2"), source("a", note="more")], recorder="B. Inspector")
    return place


def raw(place: Path | str) -> Callable[..., Any]:
    """What a stranger's client has: a connection, and statements of his own."""
    if isinstance(place, Path):
        import sqlite3

        def run(statement: str) -> None:
            with closing(sqlite3.connect(place)) as connection, connection:
                connection.executescript(f"begin; {statement}; commit;")
    else:
        import psycopg

        address, _, schema = place.partition("#")

        def run(statement: str) -> None:
            with psycopg.connect(address, options=f"-c search_path={schema}") as connection:
                connection.execute(statement)

    return run


# ---------------------------------------------------------------- what it holds


def test_what_was_entered_is_held(ledger: Path | str) -> None:
    with open_store(ledger) as store:
        postings = list(store.postings())
        assert store.origin == ORIGIN
        assert [one.number for one in postings] == [1, 2, 3, 4, 5, 6, 7]
        assert [one.content.name for one in postings] == ["a", "f1", "f2", "f3", "f4", "f5", "a"]
        assert [one.recorder for one in postings[4:]] == ["A. Analyst", "B. Inspector", "B. Inspector"]
        assert [one.size for one in store.heads()] == [5, 7]
        assert list(store.postings(3, 4)) == postings[2:4]
        assert store.named("f5") == (postings[5],)
        assert store.named("a", "source") == (postings[0], postings[6])
        assert verify_store(store).findings == ()


def test_proofs_follow_from_what_is_held(ledger: Path | str) -> None:
    with open_store(ledger) as store:
        head = store.head()
        for posting in store.postings():
            path = inclusion_path(store.node, posting.number - 1, head.size)
            check_inclusion(leaf_hash(leaf_of(posting)), posting.number - 1, head.size, path, head.root)
        for old in range(1, head.size):
            path = consistency_path(store.node, old, head.size)
            check_consistency(old, head.size, path, store.root_at(old), head.root)


def test_the_same_contents_are_skipped(ledger: Path | str) -> None:
    done = append(ledger, fact("f1"), fact("n1"), source("a", note="more"))
    assert (done.first, done.last, done.added, done.skipped) == (8, 8, 1, 2)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (fact("f1", note="else"), "the id 'f1' stands for another fact in entry 2"),
        (fact("n1", supersedes="f99"), "supersedes 'f99', which is no fact before it"),
        (fact("n1", supersedes="n1"), "supersedes 'n1', which is no fact before it"),
        (fact(""), "needs an id of 1 to 200 characters"),
        (fact("x" * 201), "needs an id of 1 to 200 characters"),
        (fact("n1", weight="1"), "has no cell 'weight'"),
        (fact("n1", note="x" * 3_000_000), "attach long texts as documents"),
        (fact("n1", note="\0"), "zero character"),
        (fact("n1", note=""), "has an empty cell"),
        (fact("n1", note="\ud800"), "no Unicode text"),
        (Content("fact", {"id": "n1", "from": "never"}), "is not a date"),
        (Content("fact", {"id": "n1", "from": "2021", "to": "2020"}), "runs backwards"),
    ],
)
def test_what_cannot_be_entered_leaves_nothing(ledger: Path | str, content: Content, told: str) -> None:
    with pytest.raises(LedgerError, match=told):
        append(ledger, fact("first"), content)
    with open_store(ledger) as store:
        assert store.head().size == 7
        assert verify_store(store).holds


def test_texts_are_texts(ledger: Path | str) -> None:
    ugly = "'; drop table entry; -- \" %s ? $1 \\ \u202e\U0001f600"
    append(ledger, fact("n1", note=ugly, subject=ugly), source("b", title=ugly), recorder="O'Neill; --")
    with open_store(ledger) as store:
        assert store.named("n1")[0].content.cells["note"] == ugly
        assert verify_store(store).holds


def test_attachments_and_checkpoints_are_kept(ledger: Path | str) -> None:
    with open_store(ledger, write=True) as store:
        head = store.head()
        note = sign_checkpoint(Checkpoint(ORIGIN, head.size, head.root), [new_signer(ORIGIN, bytes(32))])
        with store.writing() as writer:
            digest = writer.attach(b"%PDF a letter \x00\xff", "application/pdf")
            assert writer.attach(b"%PDF a letter \x00\xff", "application/pdf") == digest
            writer.keep_checkpoint(note)
            writer.keep_checkpoint(note)
        assert store.attachment(digest) == b"%PDF a letter \x00\xff"
        assert [one.digest for one in store.attachments()] == [digest]
        assert store.checkpoints() == (note,)
        assert verify_store(store).holds
        other = sign_checkpoint(Checkpoint(ORIGIN, head.size, bytes(32)), [new_signer(ORIGIN, bytes(32))])
        with pytest.raises(LedgerError, match="did not have the root"), store.writing() as writer:
            writer.keep_checkpoint(other)


# ---------------------------------------------------------------- who may write, and when


def test_a_reader_cannot_write(ledger: Path | str) -> None:
    with open_store(ledger) as store:
        with pytest.raises(LedgerError, match="open for reading"), store.writing():
            pass
        with pytest.raises(LedgerError):
            store.query("insert into checkpoint (number, size, note) values (1, 1, 'x')", ())


def test_what_fails_is_taken_back(ledger: Path | str) -> None:
    with open_store(ledger, write=True) as store:
        with pytest.raises(LedgerError, match="another fact"), store.writing() as writer:
            writer.append([fact("n1"), fact("f1", note="else")], recorder="A. Analyst")
        assert store.head().size == 7
        assert store.named("n1") == ()


def at(store: Store, moment: datetime, name: str, *, despite_clock: bool = False) -> str:
    with store.writing(clock=lambda: moment, despite_clock=despite_clock) as writer:
        writer.append([fact(name)], recorder="A. Analyst")
    return next(store.postings(store.head().size)).entered


@pytest.mark.requirement("R23")
def test_time_does_not_run_backwards(ledger: Path | str) -> None:
    with open_store(ledger, write=True) as store:
        now = datetime.now(UTC) + timedelta(minutes=4)
        first = at(store, now, "n1")
        assert at(store, now - timedelta(minutes=4), "n2") == first
        with pytest.raises(LedgerError, match="set the clock"):
            at(store, now - timedelta(minutes=6), "n3")
        assert at(store, now - timedelta(days=2), "n3", despite_clock=True) == first
        assert verify_store(store).holds


# ---------------------------------------------------------------- a stranger's client

_GAP = (
    "insert into entry select 9, type, name || 'x', kind, subject, first, last, width_class, recorded,"
    " supersedes, entered, leaf, completed from entry where number = 7"
)
_REPLACED = (
    "insert or replace into entry select 3, type, name, kind, subject, first, last, width_class, recorded,"
    " supersedes, entered, '{}', completed from entry where number = 7"
)
_SAME_ID = (
    "insert or replace into entry select 8, type, name, kind, subject, first, last, width_class, recorded,"
    " supersedes, entered, '{}', completed from entry where number = 3"
)
_ATTACKS = [
    "update entry set leaf = '{}' where number = 3",
    "update entry set subject = 'x'",
    "delete from entry where number = 7",
    "delete from entry",
    "update head set root = root",
    "delete from head",
    "update meta set origin = 'x'",
    "delete from meta",
    "insert into meta (number, origin) values (2, 'x')",
    "update migration set name = 'x'",
    "delete from migration",
    "insert into head (size, root, entered) select 8, root, entered from head where size = 7",
    "insert into head (size, root, entered) select 6, root, entered from head where size = 7",
    _GAP,
]
_SQLITE_ATTACKS = [
    "insert or replace into entry select * from entry where number = 3",
    _REPLACED,
    "replace into head select * from head",
    "replace into meta select 1, 'x'",
    _SAME_ID,
    "insert into entry select * from entry where number = 3 on conflict (number) do update set leaf = '{}'",
]
_POSTGRES_ATTACKS = [
    "truncate entry",
    "truncate entry, head, meta, migration, attachment, checkpoint cascade",
    "insert into entry select * from entry where number = 3 on conflict (number) do update set leaf = '{}'",
    "insert into meta values (1, 'x') on conflict (number) do update set origin = 'x'",
    "set session_replication_role = replica; delete from entry where number = 7",
]


@pytest.mark.requirement("R16")
def test_the_database_itself_refuses(ledger: Path | str) -> None:
    run = raw(ledger)
    with open_store(ledger) as store:
        before = list(store.postings()), list(store.heads())
    for attack in (*_ATTACKS, *(_SQLITE_ATTACKS if isinstance(ledger, Path) else _POSTGRES_ATTACKS)):
        with pytest.raises(
            Exception, match=r"only added to|numbered without gaps|stands over|one name|CHECK|check"
        ):
            run(attack)
    with open_store(ledger) as store:
        assert (list(store.postings()), list(store.heads())) == before
        assert verify_store(store).holds


def test_attachments_and_checkpoints_stay(ledger: Path | str) -> None:
    with open_store(ledger, write=True) as store, store.writing() as writer:
        writer.attach(b"text", "text/plain")
        head = store.head()
        writer.keep_checkpoint(
            sign_checkpoint(Checkpoint(ORIGIN, head.size, head.root), [new_signer(ORIGIN, bytes(32))])
        )
    run = raw(ledger)
    for attack in (
        "update attachment set media = 'x'",
        "delete from attachment",
        "update checkpoint set note = 'x'",
        "delete from checkpoint",
    ):
        with pytest.raises(Exception, match="only added to"):
            run(attack)


def test_a_row_that_somebody_added_is_found_and_nobody_builds_on_it(ledger: Path | str) -> None:
    raw(ledger)(
        "insert into entry select 8, type, name || 'x', kind, subject, first, last, width_class, recorded,"
        " supersedes, entered, leaf, completed from entry where number = 6"
    )
    with open_store(ledger) as store:
        assert verify_store(store).findings[0].first == 8
    with pytest.raises(
        LedgerError, match="the last commit was of 7 entries, and there are 8; verify the ledger"
    ):
        append(ledger, fact("n1"))


# ---------------------------------------------------------------- versions


@pytest.mark.parametrize("version", [1, 2])
def test_every_earlier_version_is_brought_up(place: Path | str, version: int) -> None:
    if isinstance(place, Path):
        from watchgap.store.sqlite import new_file

        made: Any = new_file(place)
    else:
        from watchgap.store.postgres import new_schema

        made = new_schema(place)
    with made as engine:
        for migration in migrations_of(engine.dialect)[:version]:
            apply(engine, migration)
        engine.insert("meta", [(1, ORIGIN)])
    with open_store(place) as store:
        assert (store.version, store.attachments(), store.checkpoints()) == (version, (), ())
        assert verify_store(store).holds
    append(place, fact("f1"))
    with open_store(place) as store:
        assert store.version == len(migrations_of(store.dialect))
        assert verify_store(store).holds
        assert store.named("f1")


def test_a_later_version_is_refused(ledger: Path | str) -> None:
    raw(ledger)("insert into migration (number, name, digest) values (4, '0004_later.sql', 'x')")
    with pytest.raises(LedgerError, match="use a newer Watchgap"):
        open_store(ledger)


def test_nothing_is_overwritten(ledger: Path | str) -> None:
    with pytest.raises(LedgerError, match="never overwrites"):
        create_store(ledger, origin=ORIGIN)


def test_where_there_is_no_ledger(place: Path | str) -> None:
    with pytest.raises(LedgerError, match="there is no ledger here"):
        open_store(place)


def test_addresses_that_are_refused(postgres_server: str) -> None:
    with pytest.raises(
        LedgerError, match=r"user@nowhere/none: the address holds a password; keep it in ~/\.pgpass"
    ):
        open_store("postgresql://user:secret@nowhere/none")
    with pytest.raises(LedgerError, match="cannot be the schema of a ledger"):
        open_store(f'{postgres_server}#x"; drop schema public')
    with pytest.raises(LedgerError, match="PostgreSQL refuses"):
        open_store("postgresql://watchgap@127.0.0.1:1/none")


def test_an_entry_from_the_future_is_told(ledger: Path | str) -> None:
    with open_store(ledger, write=True) as store:
        at(store, datetime(9000, 1, 1, tzinfo=UTC), "n1")
        (finding,) = verify_store(store).findings
        assert (
            str(finding) == "entry 8: it was entered at 9000-01-01T00:00:00.000000Z, which has not come yet"
        )


def test_documents_that_were_dropped_are_told(ledger: Path | str, hand: Any) -> None:
    with open_store(ledger, write=True) as store, store.writing() as writer:
        writer.attach(b"one", "text/plain")
        writer.attach(b"two", "text/plain")
    with hand(ledger) as run:
        run("delete from attachment where number = 1")
    with open_store(ledger) as store:
        (finding,) = verify_store(store).findings
    assert "rows of the table 'attachment' were dropped: 1 are left, and the last has number 2" in str(
        finding
    )


def test_what_a_ledger_begins_with_is_in_it_or_there_is_none(place: Path | str) -> None:
    with pytest.raises(LedgerError, match="needs an id"):
        create_store(place, origin=ORIGIN, fill=lambda writer: writer.append([fact("")], recorder="A"))
    with pytest.raises(LedgerError, match="there is no ledger here"):
        open_store(place)
    with create_store(
        place, origin=ORIGIN, fill=lambda writer: writer.append([fact("f1")], recorder="A")
    ) as store:
        assert store.head().size == 1
        assert verify_store(store).holds


def test_a_strangers_trigger_that_drops_rows_is_noticed(tmp_path: Path) -> None:
    place = tmp_path / "ledger.db"
    create_store(place, origin=ORIGIN).close()
    raw(place)("create trigger silent before insert on ATTACHMENT begin select raise(ignore); end")
    with (
        open_store(place, write=True) as store,
        pytest.raises(LedgerError, match="the database took 0 of 1 rows"),
        store.writing() as writer,
    ):
        writer.attach(b"text", "text/plain")
    with open_store(place) as store:
        assert "the trigger 'silent' on 'ATTACHMENT' is none of a ledger" in str(
            verify_store(store).findings[0]
        )
