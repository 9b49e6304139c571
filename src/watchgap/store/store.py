"""Opens and makes ledgers, and lets one writer at a time add to them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from watchgap.base.errors import LedgerError
from watchgap.chain import name_problem
from watchgap.store.engine import Engine
from watchgap.store.migrate import apply, migrate, migrations_of, version_of
from watchgap.store.reader import Reader
from watchgap.store.writer import Clock, Writer, check_line

URLS = ("postgresql://", "postgres://")


class Store(Reader):
    """A ledger that is open; close it, or use it in a `with` block."""

    def __init__(self, engine: Engine, version: int, *, write: bool) -> None:
        super().__init__(engine, version)
        self._write = write
        self._writing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file or the connection."""
        self._engine.close()

    @contextmanager
    def writing(self, *, clock: Clock | None = None, despite_clock: bool = False) -> Iterator[Writer]:
        """Take the write lock, give a writer, and commit when the block ends well; else nothing is written.

        clock: gives the time of entries, with its zone; without one the machine that holds the ledger says
        it. despite_clock: whether a clock that is far behind the last entry is put up with; its entries get
        the time of the last one.

        Raises LedgerError if the ledger is open for reading only, if another writer holds the lock for too
        long, or if what the ledger holds does not fit its last commit.
        """
        if not self._write:
            raise LedgerError(f"{self.place}: the ledger is open for reading; open it for writing")
        if self._writing:
            raise LedgerError(f"{self.place}: this program is writing already; end that first")
        self._engine.begin()
        self._writing = True
        try:
            writer = Writer(self, self._engine, clock, despite_clock=despite_clock)
            yield writer
            writer.finish()
            self._engine.commit()
        except BaseException:
            self._engine.rollback()
            raise
        finally:
            self._writing = False


def create_store(place: str | Path, *, origin: str, fill: Callable[[Writer], object] | None = None) -> Store:
    """Make a ledger, whole or not at all, and open it for writing.

    Parameters
    ----------
    place : path of an SQLite file; or `postgresql://user@host:port/database#schema`, where the schema is
        `watchgap` if none is named.
    origin : name of the ledger in its checkpoints: a URL without scheme, such as example.org/yongbyon.
    fill : enters what the ledger begins with; without it the ledger is empty.

    Raises
    ------
    LedgerError if something is at that place already, or if there is no making it; and what `fill` raises.
    Then there is no ledger.
    """
    check_line("origin", origin)
    if (problem := name_problem(origin)) or "://" in origin:
        why = problem or "it has a scheme"
        raise LedgerError(f"the origin '{origin}' is no URL without scheme like example.org/yongbyon: {why}")
    if is_url(place):
        from watchgap.store.postgres import new_schema

        made: AbstractContextManager[Engine] = new_schema(str(place))
    else:
        from watchgap.store.sqlite import new_file

        made = new_file(Path(place))
    with made as engine:
        for migration in migrations_of(engine.dialect):
            apply(engine, migration)
        engine.insert("meta", [(1, origin)])
        if fill is not None:
            writer = Writer(Reader(engine, version_of(engine)), engine, None, despite_clock=False)
            fill(writer)
            writer.finish()
    return open_store(place, write=True)


def open_store(place: str | Path, *, write: bool = False) -> Store:
    """Open a ledger, by default for reading only; for writing it is first brought to this program's version.

    Raises LedgerError if there is no ledger, and says what is there instead; if a later program made it; or
    if it cannot be reached.
    """
    engine = _engine_at(place, write=write)
    try:
        version = migrate(engine) if write else version_of(engine)
        return Store(engine, version, write=write)
    except BaseException:
        engine.close()
        raise


def is_url(place: str | Path) -> bool:
    """Whether a place is that of a PostgreSQL ledger, rather than the path of a file."""
    return isinstance(place, str) and place.startswith(URLS)


def _engine_at(place: str | Path, *, write: bool) -> Engine:
    if is_url(place):
        from watchgap.store.postgres import open_schema

        return open_schema(str(place), write=write)
    from watchgap.store.sqlite import open_file

    return open_file(Path(place), write=write)
