"""What a ledger costs: entries in bulk with their tree, verification, and what held at an instant."""

import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from watchgap.ledger import Content
from watchgap.store import create_store, open_store
from watchgap.store.migrate import migrations_of
from watchgap.store.sqlite import insertion

ORIGIN = "example.org/benchmark"
SUBJECTS = 500
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=6)  # each subject has one fact after the other, each of this length
CORRECTED = 50  # one fact in so many corrects an earlier one
INSTANTS = 40
RUNS = 5

_VERIFY = """
import sys, time
from watchgap.store import open_store, verify_store
def peak():
    # Not getrusage: that peak is inherited from the process that started this one.
    lines = open("/proc/self/status").read().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
begun = time.perf_counter()
with open_store(sys.argv[1]) as store:
    before = peak()
    verdict = verify_store(store)
print(verdict.holds, verdict.size, time.perf_counter() - begun, before, peak())
"""


@dataclass(frozen=True, slots=True)
class LedgerSize:
    """How many entries are appended in bulk, and how many the small and the large ledger have."""

    appended: int = 100_000
    small: int = 100_000
    large: int = 1_000_000


def contents(number: int) -> Iterator[Content]:
    """Give facts of many subjects, each without a gap in time, some of them corrections."""
    yield Content("source", {"key": "log", "title": "A log of devices"})
    for at in range(number - 1):
        subject, turn = at % SUBJECTS, at // SUBJECTS
        begins = FIRST + turn * STEP
        cells = {
            "id": f"f{at:07}",
            "kind": "noted",
            "subject": f"device-{subject:03}",
            "from": f"{begins:%Y-%m-%dT%H:%M}",
            "to": f"{begins + STEP - timedelta(minutes=1):%Y-%m-%dT%H:%M}",
            "timing": "during",
            "sources": "log",
            "grade": "A",
        }
        if at % CORRECTED == CORRECTED - 1 and at > SUBJECTS:
            earlier = at - SUBJECTS
            cells |= {"supersedes": f"f{earlier:07}"}
        yield Content("fact", cells)


def report_ledger(size: LedgerSize) -> str:
    """Measure, and write what was measured as a section of the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bulk = list(contents(size.appended))
        plain, kept, ours = _appends(bulk, folder)
        small, large = (_made(number, folder) for number in (size.small, size.large))
        slow, quick = _instants(large), _instants(small)
        holds, entries, took, before, peak = _verified(large)
        grown = f"memory {int(before) / 1024:.0f} MB before and {int(peak) / 1024:.0f} MB at its peak"
    return "\n".join(
        [
            "## A ledger in an SQLite file",
            "",
            f"{size.appended:,} facts in one commit, best of {RUNS}; `executemany` gets rows that are made.",
            "",
            "| what | time [s] | times `executemany` |",
            "| --- | --- | --- |",
            f"| `executemany`, same columns and indexes, no tree and no triggers | {plain:.2f} | 1 |",
            f"| `executemany`, and the triggers that refuse changes | {kept:.2f} | {kept / plain:.2f} |",
            f"| a ledger: canonical JSON, checks, tree, triggers | {ours:.2f} | {ours / plain:.2f} |",
            "",
            f"All of {SUBJECTS} subjects at an instant, with corrections, median of {INSTANTS} instants:",
            "",
            "| entries | found | time [ms] | times the small one |",
            "| --- | --- | --- | --- |",
            f"| {size.small:,} | {quick[1]} | {1000 * quick[0]:.1f} | 1 |",
            f"| {size.large:,} | {slow[1]} | {1000 * slow[0]:.1f} | {slow[0] / quick[0]:.2f} |",
            "",
            f"Verification of {entries} entries: {float(took):.1f} s, {holds}; {grown}.",
        ]
    )


def _made(number: int, folder: Path) -> Path:
    place = folder / f"{number}.db"
    if not place.exists():
        with create_store(place, origin=ORIGIN) as store, store.writing() as writer:
            writer.append(contents(number), recorder="A. Analyst")
    return place


def _appends(bulk: Sequence[Content], folder: Path) -> tuple[float, float, float]:
    """Append the same facts to a plain table, to one that only grows, and to a ledger."""
    ours, rows = [], []
    for run in range(RUNS):
        with create_store(folder / f"ours{run}.db", origin=ORIGIN) as store:
            begun = perf_counter()
            with store.writing() as writer:
                writer.append(bulk, recorder="A. Analyst")
            ours.append(perf_counter() - begun)
            rows = store.query("select * from entry order by number", ())
    script = migrations_of("sqlite")[0].text
    table = re.findall(r"^create table entry .*?;", script, re.DOTALL | re.MULTILINE)
    indexes = re.findall(r"^create (?:unique )?index .*?;", script, re.DOTALL | re.MULTILINE)
    triggers = re.findall(r"^create trigger entry_\w+ .*?end;", script, re.DOTALL | re.MULTILINE)
    made = [*table, *indexes]
    plain = min(_plainly(rows, made, folder / f"plain{run}.db") for run in range(RUNS))
    kept = min(_plainly(rows, [*made, *triggers], folder / f"kept{run}.db") for run in range(RUNS))
    return plain, kept, min(ours)


def _plainly(rows: Sequence[Sequence[object]], statements: Sequence[str], place: Path) -> float:
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("pragma synchronous = extra")
        connection.execute("pragma cache_size = -32768")
        for statement in statements:
            connection.execute(statement)
        begun = perf_counter()
        connection.execute("begin immediate")
        connection.executemany(insertion("entry"), rows)
        connection.execute("commit")
        return perf_counter() - begun


def _instants(place: Path) -> tuple[float, int]:
    """Time of the question what held at an instant, over the whole time, and how much is found."""
    with open_store(place) as store:
        turns = store.head().size // SUBJECTS
        times, found = [], 0
        for number in range(INSTANTS):
            moment = FIRST + turns * STEP * (number + 1) / (INSTANTS + 1)
            second = int(moment.timestamp())
            begun = perf_counter()
            found = len(store.as_of(second, second))
            times.append(perf_counter() - begun)
    return median(times), found


def _verified(place: Path) -> list[str]:
    command = [sys.executable, "-c", _VERIFY, str(place)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603
    return ["sound" if told[0] == "True" else "NOT SOUND", f"{int(told[1]):,}", *told[2:]]
