"""A writer that is killed, a disk that is full and a file that cannot be written: in or out, never half."""

import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from watchgap.base.errors import LedgerError
from watchgap.ledger import Content
from watchgap.store import create_store, open_store, verify_store

Place = Path | str
Command = Callable[[str], list[str]]
Nobody = Callable[[], AbstractContextManager[None]]

ORIGIN = "example.org/crashes"
_BULK = 4_500  # more than a writer makes into rows at once

# Appends blocks of facts for ever, and says after each one how many facts were acknowledged. With pages that
# are written early, a kill also falls between the first and the last page of a block.
_APPENDING = """
import sys
from itertools import count
from watchgap.ledger import Content
from watchgap.store import open_store
place, prefix, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open_store(place, write=True) as store:
    if store.dialect == "sqlite":
        store.query("pragma cache_size = 8", ())
    print("ready", flush=True)
    for block in count(1):
        names = (f"{prefix}-{block}-{number}" for number in range(size))
        facts = [Content("fact", {"id": name, "kind": "noted", "from": "2021"}) for name in names]
        with store.writing() as writer:
            writer.append(facts, recorder="A. Analyst")
        print(block * size, flush=True)
"""

# Makes a ledger, and says so in the middle of it.
_MAKING = """
import sys, time
from watchgap.store import create_store, sqlite, store
moment, place = sys.argv[1], sys.argv[2]
def wait(*_):
    print("ready", flush=True)
    time.sleep(60)
apply, done = store.apply, []
def slowly(engine, migration):
    apply(engine, migration)
    done.append(migration)
    if len(done) == 2:
        wait()
if moment == "tables":
    store.apply = slowly
else:
    sqlite._move = wait
create_store(place, origin="example.org/crashes")
"""

# Fills a disk, tells the refusal, and writes on when there is room again.
_FILLING = """
import os, resource, sys
from watchgap.base.errors import LedgerError
from watchgap.ledger import Content
from watchgap.store import create_store, open_store
place, room = sys.argv[1], int(sys.argv[2])
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
def append(store, prefix):
    facts = [Content("fact", {"id": f"{prefix}-{n}", "from": "2021", "note": "x" * 300}) for n in range(100)]
    with store.writing() as writer:
        writer.append(facts, recorder="A. Analyst")
if sys.argv[3] == "create":
    limit(room)
    try:
        create_store(place, origin="example.org/crashes")
    except LedgerError as error:
        print(error)
    sys.exit()
with open_store(place, write=True) as store:
    limit(os.path.getsize(place) + room)
    kept = 0
    try:
        while True:
            append(store, f"b{kept}")
            kept += 1
    except LedgerError as error:
        print(error)
    limit(resource.RLIM_INFINITY)
    append(store, "again")
    print(100 * (kept + 1))
"""


def fact(name: str, **cells: str) -> Content:
    return Content("fact", {"id": name, "kind": "noted", "from": "2021-05-01"} | cells)


def killed(command: list[str], *, lines: int = 0, wait: float = 0.0) -> list[str]:
    """Start a program, kill it so long [s] after so many lines, and give all whole lines that it wrote."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        told = [process.stdout.readline() for _ in range(lines)]
        time.sleep(wait)
        process.kill()
        told += process.stdout.read().splitlines(keepends=True)
    assert process.returncode == -9
    return [line.strip() for line in told if line.endswith("\n")]


def let_the_server_end(place: Place) -> None:
    """Wait until no transaction of a client that was killed is open: a server may still be committing it."""
    if not isinstance(place, Path):
        with open_store(place, write=True) as store, store.writing():
            pass


@pytest.mark.parametrize(("size", "rounds"), [(1, 7), (_BULK, 4)])
def test_what_was_acknowledged_is_in_and_nothing_is_half(
    place: Place, worker: Command, size: int, rounds: int
) -> None:
    create_store(place, origin=ORIGIN).close()
    chance = random.Random(size)  # noqa: S311
    before, acknowledged_ever = 0, 0
    for turn in range(rounds):
        # By lines, so that something is acknowledged on a slow machine too; then at any moment of the next.
        told = killed(
            [*worker(_APPENDING), str(place), f"t{turn}", str(size)],
            lines=chance.randint(0, 1 if size > 1 else 12),
            wait=chance.uniform(0.0, 0.12 if size > 1 else 0.02),
        )
        let_the_server_end(place)
        acknowledged = int(told[-1]) if told else 0
        with open_store(place) as store:
            verdict = verify_store(store)
            assert verdict.findings == ()
            # Of the block that was being written when the kill came, all is in or nothing.
            assert verdict.size - before in {acknowledged, acknowledged + size}
            for block in range(1, acknowledged // size + 1):
                assert store.named(f"t{turn}-{block}-{size - 1}")
        before, acknowledged_ever = verdict.size, acknowledged_ever + acknowledged
    assert acknowledged_ever > 0
    with open_store(place, write=True) as store, store.writing() as writer:
        writer.append([fact("last")], recorder="A. Analyst")
    with open_store(place) as store:
        assert verify_store(store).size == before + 1


@pytest.mark.parametrize("moment", ["tables", "move"])
def test_a_ledger_is_made_whole_or_not_at_all(place: Place, worker: Command, moment: str) -> None:
    if moment == "move" and not isinstance(place, Path):
        pytest.skip("a schema is made in one transaction; there is nothing to move")
    assert killed([*worker(_MAKING), moment, str(place)]) == []
    with pytest.raises(LedgerError, match="there is no ledger here"):
        open_store(place)
    with create_store(place, origin=ORIGIN) as store:
        assert verify_store(store).holds


# ---------------------------------------------------------------- what a kill leaves beside an SQLite file


def crash_image(folder: Path, to: Path) -> Path:
    """Copy a ledger in the middle of a large transaction: what a power cut leaves, with a hot journal."""
    path, copy = folder / "ledger.db", to / "ledger.db"
    with create_store(path, origin=ORIGIN) as store, store.writing() as writer:
        writer.append([fact("f1"), fact("f2")], recorder="A. Analyst")
    sound = path.read_bytes()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma cache_size = 4")
        connection.execute("begin immediate")
        for number in range(1, 200):
            row = (number, f"{number:064x}", "text/plain", 1000, bytes(1000))
            connection.execute("insert into attachment values (?, ?, ?, ?, ?)", row)
        for name in ("ledger.db", "ledger.db-journal"):
            shutil.copyfile(folder / name, to / name)
        connection.execute("rollback")
    assert copy.read_bytes() != sound
    return copy


@pytest.mark.parametrize("write", [False, True])
def test_a_hot_journal_is_taken_back_by_whoever_comes_first(tmp_path: Path, write: bool) -> None:
    (tmp_path / "crashed").mkdir()
    copy = crash_image(tmp_path, tmp_path / "crashed")
    with open_store(copy, write=write) as store:
        assert store.attachments() == ()
        assert [one.content.name for one in store.postings()] == ["f1", "f2"]
        assert verify_store(store).findings == ()
    assert list(copy.parent.iterdir()) == [copy]


def test_a_reader_who_may_not_write_is_told_of_a_hot_journal(open_folder: Path, as_nobody: Nobody) -> None:
    (open_folder / "crashed").mkdir()
    copy = crash_image(open_folder, open_folder / "crashed")
    image = copy.read_bytes()
    copy.parent.chmod(0o555)
    copy.chmod(0o444)
    try:
        with as_nobody(), pytest.raises(LedgerError, match="a writer was killed before it was done"):
            open_store(copy)
        assert copy.read_bytes() == image
    finally:
        copy.parent.chmod(0o755)
        copy.chmod(0o644)
    with open_store(copy) as store:
        assert verify_store(store).holds


def test_a_reader_waits_for_a_writer_who_is_at_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchgap.store.sqlite.PATIENCE", 0.1)
    path = tmp_path / "ledger.db"
    create_store(path, origin=ORIGIN).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("begin exclusive")
        with pytest.raises(LedgerError, match=r"has held the ledger for 0\.1 seconds; try again"):
            open_store(path)
        connection.execute("rollback")
    with open_store(path) as store:
        assert verify_store(store).holds


# -------------------------------------------------------------- a disk that is full, a file that is read-only


@pytest.mark.parametrize("room", [0, 512, 5_000, 150_000])
def test_a_full_disk_takes_nothing_or_all(tmp_path: Path, worker: Command, room: int) -> None:
    path = tmp_path / "ledger.db"
    create_store(path, origin=ORIGIN).close()
    command = [*worker(_FILLING), str(path), str(room), "append"]
    refusal, kept = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert "nothing was written" in refusal
    with open_store(path) as store:
        assert verify_store(store).findings == ()
        assert store.head().size == int(kept)


@pytest.mark.parametrize("room", [0, 1000, 20_000])
def test_no_ledger_is_made_on_a_full_disk(tmp_path: Path, worker: Command, room: int) -> None:
    command = [*worker(_FILLING), str(tmp_path / "ledger.db"), str(room), "create"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "nothing was written" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o444), (0o777, 0o444), (0o555, 0o666)])
def test_what_is_read_only_is_read_and_not_written(
    open_folder: Path, as_nobody: Nobody, folder_mode: int, file_mode: int
) -> None:
    folder = open_folder / "ledgers"
    folder.mkdir()
    path = folder / "ledger.db"
    with create_store(path, origin=ORIGIN) as store, store.writing() as writer:
        writer.append([fact("f1")], recorder="A. Analyst")
    path.chmod(file_mode)
    folder.chmod(folder_mode)
    try:
        with as_nobody():
            with open_store(path) as store:
                assert verify_store(store).findings == ()
            with pytest.raises(LedgerError, match=r"cannot be (written|opened for this)"):
                append_one(path)
    finally:
        folder.chmod(0o755)
    with open_store(path) as store:
        assert (store.head().size, verify_store(store).holds) == (1, True)
    assert list(folder.iterdir()) == [path]


def append_one(path: Path) -> None:
    with open_store(path, write=True) as store, store.writing() as writer:
        writer.append([fact("f2")], recorder="A. Analyst")


def test_no_ledger_is_made_in_a_folder_that_is_read_only(open_folder: Path, as_nobody: Nobody) -> None:
    folder = open_folder / "closed"
    folder.mkdir(mode=0o555)
    with as_nobody(), pytest.raises(LedgerError, match=r"cannot be (written|opened for this)"):
        create_store(folder / "ledger.db", origin=ORIGIN)
    assert list(folder.iterdir()) == []
    if os.geteuid() == 0:
        folder.chmod(0o000)
        with as_nobody(), pytest.raises(LedgerError):
            create_store(folder / "below" / "ledger.db", origin=ORIGIN)


def test_a_role_that_may_only_read_reads(place: Place) -> None:
    if isinstance(place, Path):
        pytest.skip("a file has no roles; its rights are tested above")
    import psycopg

    with create_store(place, origin=ORIGIN) as store, store.writing() as writer:
        writer.append([fact("f1")], recorder="A. Analyst")
    address, _, schema = place.partition("#")
    role = f"reader_{schema}"
    with psycopg.connect(address) as connection:
        connection.execute(f"create role {role} login")
        connection.execute(f"grant usage on schema {schema} to {role}")
        connection.execute(f"grant select on all tables in schema {schema} to {role}")
    theirs = place.replace("watchgap@", f"{role}@")
    with open_store(theirs) as store:
        assert verify_store(store).findings == ()
    with (
        open_store(theirs, write=True) as store,
        pytest.raises(LedgerError, match="permission denied"),
        store.writing() as writer,
    ):
        writer.append([fact("f2")], recorder="A. Analyst")
    with open_store(place) as store:
        assert (store.head().size, verify_store(store).holds) == (1, True)


def test_nothing_of_a_block_is_kept_after_a_failure_in_it(place: Place) -> None:
    with create_store(place, origin=ORIGIN) as store:
        with pytest.raises(LedgerError, match="nothing of this block is kept"), store.writing() as writer:  # noqa: PT012
            writer.append([fact("f1")], recorder="A. Analyst")
            with pytest.raises(LedgerError, match="another fact"):
                writer.append([fact("f2"), fact("f2", note="else")], recorder="A. Analyst")
            with pytest.raises(LedgerError, match="nothing of this block is kept"):
                writer.append([fact("f3")], recorder="A. Analyst")
        assert store.head().size == 0
        assert list(store.postings()) == []
        with store.writing() as writer:
            writer.append([fact("f3")], recorder="A. Analyst")
        assert verify_store(store).findings == ()
