"""What the tests of the store share: places on both engines, and a hand that tampers with ledgers."""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

Place = Path | str
_COUNT = count()
_NOBODY = 65534


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Place]:
    """Gives places where there is no ledger yet, each time another one."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("ledgers")
        return lambda: folder / f"ledger{next(_COUNT)}.db"
    server = request.getfixturevalue("postgres_server")
    return lambda: f"{server}#s{os.getpid()}_{next(_COUNT)}"


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    """A place where there is no ledger yet."""
    return new_place()


class Hand:
    """A stranger with the rights of the owner, who has put the triggers out of action."""

    def __init__(self, run: Callable[[str, Sequence[object]], list[tuple[Any, ...]]]) -> None:
        self.run = run

    def __call__(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self.run(statement, arguments)


@contextmanager
def _hand_on_file(path: Path, *, restored: bool) -> Iterator[Hand]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        connection.execute("begin")
        for name, _ in triggers:
            connection.execute(f"drop trigger {name}")
        yield Hand(lambda statement, arguments: connection.execute(statement, arguments).fetchall())
        for _, text in triggers if restored else ():
            connection.execute(text)
        connection.execute("commit")


@contextmanager
def _hand_on_server(place: str, *, restored: bool) -> Iterator[Hand]:
    import psycopg

    address, _, schema = place.partition("#")
    tables = ("migration", "meta", "entry", "head", "attachment", "checkpoint")
    with psycopg.connect(address, options=f"-c search_path={schema}") as connection:
        triggers = connection.execute(
            "select t.tgname, c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s",
            (schema,),
        ).fetchall()
        for table in tables:
            connection.execute(f"alter table {table} disable trigger all")

        def run(statement: str, arguments: Sequence[object]) -> list[tuple[Any, ...]]:
            cursor = connection.execute(statement.replace("?", "%s"), arguments)
            return cursor.fetchall() if cursor.description else []

        yield Hand(run)
        for name, table in triggers if restored else ():
            connection.execute(f"alter table {table} enable always trigger {name}")


@pytest.fixture(scope="session")
def hand() -> Callable[..., Any]:
    """A block in which a ledger can be changed at will; after it the triggers are as they were.

    With restored=False they stay out of action.
    """

    def tamper(place: Place, *, restored: bool = True) -> Any:
        on = _hand_on_file if isinstance(place, Path) else _hand_on_server
        return on(place, restored=restored)  # type: ignore[arg-type]

    return tamper


@pytest.fixture(scope="session")
def worker() -> Callable[[str], list[str]]:
    """The command that runs a script in a process of its own, with the same interpreter and warnings."""
    return lambda script: [sys.executable, "-W", "error", "-c", script]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any account can reach; those of pytest only their owner can."""
    folder = Path(tempfile.mkdtemp(prefix="wg-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def _as_nobody() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    group = os.getegid()
    os.setegid(_NOBODY)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)


@pytest.fixture(scope="session")
def as_nobody() -> Callable[[], Any]:
    """A block without the rights of root, for whom nothing is read-only; others have none anyway."""
    return _as_nobody
