"""Files that are no ledgers, ledgers of which bytes were overwritten, and strange names of files."""

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from watchgap.base.errors import LedgerError
from watchgap.ledger import Content, Posting
from watchgap.store import create_store, open_store, verify_store

ORIGIN = "example.org/files"


def fact(name: str, **cells: str) -> Content:
    return Content("fact", {"id": name, "kind": "noted", "from": "2021-05-01"} | cells)


def fill(path: Path) -> list[Posting]:
    with create_store(path, origin=ORIGIN) as store:
        for turn in range(4):
            with store.writing() as writer:
                writer.append([fact(f"f{turn}-{number}") for number in range(12)], recorder="A. Analyst")
        with store.writing() as writer:
            writer.attach(bytes(3000), "text/plain")
        return list(store.postings())


def all_that_is_asked(path: Path) -> list[Posting]:
    """Ask a ledger for everything, and write to it; give its entries if it verifies, none if not."""
    with open_store(path) as store:
        verdict = verify_store(store)
        assert all(str(finding) for finding in verdict.findings)
        postings = list(store.postings()) if verdict.holds else []
        refused = []
        for ask in (
            lambda: list(store.postings()),
            lambda: list(store.heads()),
            lambda: store.as_of(0, 2**40),
            lambda: store.named("f1-1"),
            lambda: [store.attachment(one.digest) for one in store.attachments()],
            lambda: [store.root_at(size) for size in range(48)],
        ):
            try:
                ask()
            except LedgerError as error:
                refused.append(error)
        assert not (refused and verdict.holds), refused
    with open_store(path, write=True) as store, store.writing() as writer:
        writer.append([fact("more")], recorder="A. Analyst")
    return postings


@pytest.mark.parametrize("widest", [1, 4, 200])
def test_bytes_that_were_overwritten_are_found_or_change_nothing(tmp_path: Path, widest: int) -> None:
    sound = tmp_path / "sound.db"
    postings = fill(sound)
    content = sound.read_bytes()
    chance = random.Random(widest)  # noqa: S311
    path = tmp_path / "ledger.db"
    harmless = 0
    for _ in range(100):
        width = chance.randint(1, widest)
        where = chance.randrange(len(content) - width)
        # Half of them in the header and the schema, where every byte has a meaning.
        if chance.random() < 0.3:
            where %= 4096
        path.write_bytes(content[:where] + chance.randbytes(width) + content[where + width :])
        try:
            found = all_that_is_asked(path)
        except LedgerError:
            continue
        harmless += found == postings
        assert found in ([], postings)
    assert harmless < 100


@pytest.mark.parametrize("kept", [1, 15, 16, 99, 100, 4095, 4096, 10_000, 0.5, 0.9])
def test_a_file_that_was_cut_off_is_no_ledger(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "ledger.db"
    fill(path)
    content = path.read_bytes()
    path.write_bytes(content[: kept if isinstance(kept, int) else int(kept * len(content))])
    with pytest.raises(LedgerError):
        assert all_that_is_asked(path) == []


def test_texts_and_types_that_are_none(tmp_path: Path) -> None:
    for number, change in enumerate(
        (
            "update entry set leaf = cast(x'7bff' as text) where number = 5",
            "update entry set subject = cast(x'ff' as text) where number = 5",
            "update head set entered = cast(x'ff' as text) where size = 24",
            "update attachment set digest = cast(x'ff' as text)",
            "update meta set origin = cast(x'ff' as text)",
        )
    ):
        path = tmp_path / f"ledger{number}.db"
        fill(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            for (name,) in connection.execute(
                "select name from sqlite_master where type = 'trigger'"
            ).fetchall():
                connection.execute(f"drop trigger {name}")
            connection.execute(change)
        with open_store(path) as store:
            findings = verify_store(store).findings
            assert len(findings) > 18, change


def test_tables_without_types_are_found(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma writable_schema = on")
        connection.execute("update sqlite_master set sql = replace(sql, ') strict', ')')")
        connection.execute("delete from sqlite_master where type = 'trigger'")
        connection.commit()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update entry set leaf = x'00ff' where number = 3")
        connection.execute("update entry set completed = 7 where number = 4")
        connection.execute("update head set entered = x'07' where size = 48")
        connection.execute("update attachment set content = 7")
    with open_store(path) as store:
        findings = verify_store(store).findings
        assert findings[0].first == 3
        assert any("cannot be read" in one.problem and "int" in one.problem for one in findings)
        for ask in (lambda: list(store.postings()), store.head, lambda: store.root_at(4)):
            with pytest.raises(LedgerError, match="verify"):
                ask()


_MAGIC = b"SQLite format 3\0"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"id,kind\n", "no SQLite file"),
        (_MAGIC, "no ledger|damaged|no SQLite file"),
        (_MAGIC + bytes(4096), "no ledger|damaged|no SQLite file"),
        (_MAGIC + random.Random(1).randbytes(8192), "no ledger|damaged|no SQLite file|refuses"),  # noqa: S311
        (bytes(5000), "no SQLite file"),
        (b"PK\x03\x04" + bytes(100), "no SQLite file"),
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_what_is_no_ledger_is_told_as_such_and_left_as_it_is(
    tmp_path: Path, content: bytes, told: str, write: bool
) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=told):
        open_store(path, write=write)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [False, True])
def test_a_database_of_another_program_is_left_alone(tmp_path: Path, write: bool) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table entry (number integer)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="an SQLite file of another program"):
        open_store(path, write=write)
    assert path.read_bytes() == before


def test_places_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    for name, told in (
        (".", "this is a folder"),
        ("pipe", "no ordinary file"),
        ("nowhere", "there is no ledger here"),
        ("x" * 300, "cannot be read"),
        ("a\0b", "there is no ledger here"),
    ):
        with pytest.raises(LedgerError, match=told):
            open_store(tmp_path / name)
    for name, told in (
        (".", "something is here already"),
        ("pipe", "something is here already"),
        ("nowhere", "something is here already"),
        ("none/ledger.db", "there is no folder"),
        ("x" * 300, "could not be put here"),
        ("x" * 300 + "/ledger.db", "there is no folder|cannot be reached"),
        ("a\0b", "zero character"),
    ):
        with pytest.raises(LedgerError, match=told):
            create_store(tmp_path / name, origin=ORIGIN)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["nowhere", "pipe"]


@pytest.mark.parametrize(
    "name",
    [
        "a?mode=memory.db",
        "a#b.db",
        "100%.db",
        "%41.db",
        "with  spaces .db",
        ":memory:",
        "file:x.db",
        "é\N{SNOWMAN}.db",
        "two\nlines.db",
        "'\"; --.db",
        "&cache=shared",
        "-rf",
    ],
)
def test_names_of_files_mean_nothing(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # One by its whole path, one by its name alone.
    for place in (tmp_path / name, f"{name}2"):
        with create_store(place, origin=ORIGIN) as store, store.writing() as writer:
            writer.append([fact("f1")], recorder="A. Analyst")
        with open_store(place) as store:
            assert verify_store(store).size == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == [name, f"{name}2"]
