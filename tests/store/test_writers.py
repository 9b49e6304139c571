"""Several writers at once: nothing is lost, nothing forks, and who waits too long is told."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from watchgap.base.errors import LedgerError
from watchgap.ledger import Content
from watchgap.store import create_store, open_store, verify_store

Place = Path | str

ORIGIN = "example.org/writers"
_WRITERS = 4
_APPENDS = 25

_WRITING = """
import sys
from watchgap.ledger import Content
from watchgap.store import open_store
place, name, appends = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open_store(place, write=True) as store:
    for number in range(appends):
        content = Content("fact", {"id": f"{name}-{number}", "kind": "noted", "from": "2021"})
        with store.writing() as writer:
            writer.append([content], recorder=name)
"""


def fact(name: str, **cells: str) -> Content:
    return Content("fact", {"id": name, "kind": "noted", "from": "2021-05-01"} | cells)


@pytest.fixture
def ledger(place: Place) -> Place:
    """A ledger without entries."""
    create_store(place, origin=ORIGIN).close()
    return place


def check_all_is_in(ledger: Place) -> None:
    with open_store(ledger) as store:
        assert verify_store(store).findings == ()
        postings = list(store.postings())
        # A head over each single append: every writer built on what the one before had committed.
        assert [head.size for head in store.heads()] == list(range(1, _WRITERS * _APPENDS + 1))
    for writer in range(_WRITERS):
        own = [one.content.name for one in postings if one.recorder == f"w{writer}"]
        assert own == [f"w{writer}-{number}" for number in range(_APPENDS)]
    times = [one.entered for one in postings]
    assert times == sorted(times)


def test_threads_lose_nothing(ledger: Place) -> None:
    def write(name: str) -> None:
        with open_store(ledger, write=True) as store:
            for number in range(_APPENDS):
                with store.writing() as writer:
                    writer.append([fact(f"{name}-{number}")], recorder=name)

    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(write, [f"w{number}" for number in range(_WRITERS)]))
    check_all_is_in(ledger)


def test_processes_lose_nothing(ledger: Place, worker: Callable[[str], list[str]]) -> None:
    command = worker(_WRITING)
    running = [
        subprocess.Popen([*command, str(ledger), f"w{number}", str(_APPENDS)]) for number in range(_WRITERS)
    ]
    assert [process.wait() for process in running] == [0] * _WRITERS
    check_all_is_in(ledger)


def test_one_id_is_given_once_however_many_want_it(ledger: Place) -> None:
    def write(name: str) -> str:
        with open_store(ledger, write=True) as store:
            try:
                with store.writing() as writer:
                    writer.append([fact(name), fact("wanted", note=name)], recorder=name)
            except LedgerError as error:
                return str(error)
            return ""

    with ThreadPoolExecutor(_WRITERS) as pool:
        told = sorted(pool.map(write, [f"w{number}" for number in range(_WRITERS)]))
    assert told[0] == ""
    assert all("the id 'wanted' stands for another fact in entry 2" in refusal for refusal in told[1:])
    with open_store(ledger) as store:
        assert store.head().size == 2
        assert verify_store(store).holds


def test_who_waits_too_long_is_told(ledger: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in ("sqlite", "postgres"):
        monkeypatch.setattr(f"watchgap.store.{engine}.PATIENCE", 0.2)
    with open_store(ledger, write=True) as first, open_store(ledger, write=True) as second:
        with first.writing() as writer:
            writer.append([fact("f1")], recorder="A. Analyst")
            with (
                pytest.raises(LedgerError, match=r"another writer has held the ledger for 0\.2 seconds"),
                second.writing(),
            ):
                pass
        with second.writing() as writer:
            writer.append([fact("f2")], recorder="B. Inspector")
        assert [one.content.name for one in second.postings()] == ["f1", "f2"]
        assert verify_store(second).holds


def test_readers_see_what_is_committed_and_wait_for_nobody(ledger: Place) -> None:
    with open_store(ledger, write=True) as store, open_store(ledger) as reader:
        with store.writing() as writer:
            writer.append([fact("f1")], recorder="A. Analyst")
            assert writer.named("f1")
            assert reader.named("f1") == ()
            assert verify_store(reader).size == 0
        assert reader.named("f1")
        assert verify_store(reader).findings == ()


def test_one_store_has_one_block_at_a_time(ledger: Place) -> None:
    with open_store(ledger, write=True) as store:
        with store.writing() as writer:
            with pytest.raises(LedgerError, match="writing already"), store.writing():
                pass
            writer.append([fact("f1")], recorder="A. Analyst")
        assert store.head().size == 1
