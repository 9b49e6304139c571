"""SQLite: a ledger as one file, with nothing to install."""

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from watchgap.base.errors import LedgerError
from watchgap.store.engine import LARGEST_FILE, PATIENCE, TABLES, Row

MARK = 0x77676170
"""Stands in the header of the file as its application id, so that tools can tell a ledger: 'wgap'."""

_MAGIC = b"SQLite format 3\0"
_LONGEST_VALUE = LARGEST_FILE + 64 * 1024
_MOST_DAMAGES = 20

_REASONS = {
    sqlite3.SQLITE_LOCKED: "another statement holds the ledger; try again",
    sqlite3.SQLITE_FULL: "the disk is full, and nothing was written; make room",
    sqlite3.SQLITE_IOERR: "the disk refused, and nothing was written",
    sqlite3.SQLITE_READONLY: "the file or its folder cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the file or its folder cannot be opened for this",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; take a copy of it, and verify it",
    sqlite3.SQLITE_NOTADB: "this is no SQLite file, or it is encrypted",
    sqlite3.SQLITE_CONSTRAINT: "the database refuses",
    sqlite3.SQLITE_TOOBIG: "a value in the file is larger than a ledger can hold",
}


class SqliteEngine:
    """A connection to a ledger in an SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, write: bool, new: bool = False) -> None:
        self.place = str(path)
        self._path = path
        self._write = write
        mode = ("rwc" if new else "rw") if write else "ro"
        with self._told():
            self._connection = _connect(path, mode)
        try:
            with self._told():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        # Each statement may be the first to read the file, and so to find what a killed writer left behind.
        run = self.rows
        # A file from a stranger may hold views and triggers of his own: they get no function with effects.
        run("pragma trusted_schema = off")
        run("pragma cell_size_check = on")
        run("pragma cache_size = -32768")
        if self._write:
            # EXTRA syncs the folder too once the journal is gone: what was acknowledged outlives a power cut.
            run("pragma synchronous = extra")
            # One file that can be copied; a write-ahead log would be a second one that copies miss.
            ((mode,),) = run("pragma journal_mode = delete")
            if mode != "delete":
                raise LedgerError(f"{self.place}: the file is in journal mode '{mode}' and in use; close it")
        else:
            run("pragma query_only = on")
            run("select count(*) from sqlite_master")

    def rows(self, statement: str, arguments: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with self._told():
            try:
                return self._connection.execute(statement, arguments).fetchall()
            except sqlite3.OperationalError as error:
                # A text that cannot be decoded is the driver's refusal, which has no code of SQLite.
                code = getattr(error, "sqlite_errorcode", None)
                if code == sqlite3.SQLITE_READONLY_ROLLBACK and not self._write:
                    self._recover()
                elif code is None and "decode" in str(error).lower():
                    return self._undecoded(statement, arguments)
                else:
                    raise
            return self._connection.execute(statement, arguments).fetchall()

    def _recover(self) -> None:
        """Take back what a writer that was killed left half written; only one who may write can."""
        try:
            with closing(_connect(self._path, "rw")) as connection:
                connection.execute("select count(*) from sqlite_master").fetchone()
        except sqlite3.Error as error:
            raise LedgerError(
                f"{self.place}: a writer was killed before it was done; its traces can be taken back only "
                f"where the file and its folder can be written ({error}); open it there once"
            ) from None

    def _undecoded(self, statement: str, arguments: Sequence[object]) -> list[Row]:
        # Somebody wrote bytes that are no text: they are told as such, by whoever looks at the row.
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            return self._connection.execute(statement, arguments).fetchall()
        finally:
            self._connection.text_factory = str

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> int:
        """Add rows to a table, in the order of its columns, and give how many it took."""
        with self._told(), closing(self._connection.executemany(insertion(table), rows)) as cursor:
            return int(cursor.rowcount)

    def script(self, text: str) -> None:
        """Run the statements of a migration; `executescript` would commit what was begun."""
        with self._told():
            for statement in _statements(text):
                self._connection.execute(statement)

    def begin(self) -> None:
        """Begin a transaction and take the lock of the file."""
        with self._told():
            self._connection.execute("begin immediate")

    def commit(self) -> None:
        """Make what was written lasting."""
        with self._told():
            self._connection.execute("commit")

    def rollback(self) -> None:
        """Take back what was written."""
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("rollback")

    def now(self) -> datetime:
        """Say what time it is on this machine."""
        return datetime.now(UTC)

    def tables(self) -> set[str]:
        """Names of the tables that are there."""
        return {name for (name,) in self.rows("select name from sqlite_master where type = 'table'")}

    def faults(self, scripts: Sequence[str]) -> Iterator[str]:
        """Say how the file is damaged, and where it is not as these migrations made it."""
        yield from self._schema_faults(scripts)
        for (line,) in self.rows(f"pragma integrity_check({_MOST_DAMAGES})"):
            if line != "ok":
                yield f"the file is damaged: {line}"

    def _schema_faults(self, scripts: Sequence[str]) -> Iterator[str]:
        query = "select type, name, tbl_name, sql from sqlite_master where sql is not null"
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
            for statement in (one for text in scripts for one in _statements(text)):
                fresh.execute(statement)
            made = {row[:2]: row for row in fresh.execute(query)}
        found = {row[:2]: row for row in self.rows(query)}
        for key, row in made.items():
            if key not in found:
                yield f"the {key[0]} '{key[1]}' is gone"
            elif found[key] != row:
                yield f"the {key[0]} '{key[1]}' was altered"
        # Whatever their tables: a trigger may take rows away as they are added, and none of them is ours.
        for type_, name, table, _ in found.values():
            if type_ == "trigger" and (type_, name) not in made:
                yield f"the trigger '{name}' on '{table}' is none of a ledger"

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what SQLite refuses as a LedgerError."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            reason = _REASONS.get(code, "SQLite refuses")
            if code == sqlite3.SQLITE_BUSY:
                reason = f"another writer has held the ledger for {PATIENCE} seconds; try again"
            raise LedgerError(f"{self.place}: {reason} ({error})") from None
        except (UnicodeError, OverflowError) as error:
            raise LedgerError(f"{self.place}: a value cannot be stored ({error})") from None


def insertion(table: str) -> str:
    """Write the statement that adds a row to a table."""
    columns = TABLES[table]
    return f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"  # noqa: S608


def open_file(path: Path, *, write: bool) -> SqliteEngine:
    """Open the ledger in a file.

    Raises LedgerError if there is none, and says what is there instead.
    """
    if problem := _problem(path):
        raise LedgerError(f"{path}: {problem}")
    engine = SqliteEngine(path, write=write)
    try:
        ((mark,),) = engine.rows("pragma application_id")
        if mark != MARK:
            raise LedgerError(f"{path}: this is an SQLite file of another program, and no ledger")
    except BaseException:
        engine.close()
        raise
    return engine


def _problem(path: Path) -> str:
    """Say why the file at a path cannot be a ledger; to SQLite an empty file is an empty database."""
    try:
        if path.is_dir():
            return "this is a folder, and no ledger"
        if not path.exists():
            return "there is no ledger here; make one, or name another place"
        if not path.is_file():
            return "this is no ordinary file"
        with path.open("rb") as file:
            begin = file.read(len(_MAGIC))
    except (OSError, ValueError) as error:
        return f"the file cannot be read ({getattr(error, 'strerror', None) or error})"
    if not begin:
        return "the file is empty, and no ledger"
    return "" if begin == _MAGIC else "this is no SQLite file, or it is encrypted"


@contextmanager
def new_file(path: Path) -> Iterator[SqliteEngine]:
    """Make a file for a new ledger beside its place, and put it there when the block ends well.

    Whatever happens, either the whole ledger is at its place or nothing is. Raises LedgerError if something
    is there already.
    """
    if problem := _taken(path):
        raise LedgerError(f"{path}: {problem}")
    draft = path.with_name(f".watchgap-{secrets.token_hex(8)}.new")
    try:
        engine = SqliteEngine(draft, write=True, new=True)
        engine.place = str(path)
        with closing(engine):
            engine.begin()
            try:
                engine.script(f"pragma application_id = {MARK};")
                yield engine
                engine.commit()
            except BaseException:
                engine.rollback()
                raise
        _move(draft, path)
    finally:
        for crumb in (draft, draft.with_name(f"{draft.name}-journal")):
            # Where nothing could be made, nothing can be removed either; the error that came first is told.
            with suppress(OSError):
                crumb.unlink()


def _taken(path: Path) -> str:
    """Say why no new ledger can be put at a path."""
    try:
        if "\0" in str(path):
            return "a name of a file holds no zero character"
        if not path.parent.is_dir():
            return f"there is no folder '{path.parent}'; make it first"
    except OSError as error:
        return f"the folder '{path.parent}' cannot be reached ({error.strerror})"
    if os.path.lexists(path):
        return "something is here already; a ledger never overwrites it"
    return ""


def _move(draft: Path, path: Path) -> None:
    """Give a file its name unless the name is taken, and make that lasting."""
    try:
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:
            # This file system knows no links: take the name with an empty file first, and then replace it.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
            draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise LedgerError(f"{path}: something is here already; a ledger never overwrites it") from None
    except OSError as error:
        raise LedgerError(f"{path}: the ledger could not be put here ({error.strerror})") from None


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # Signs that mean something in a URI may stand in the name of a file.
    place = quote(os.fsencode(path.absolute()))
    connection = sqlite3.connect(
        f"file://{place}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    return connection


def _statements(text: str) -> Iterator[str]:
    """Split a script into statements; a trigger has semicolons inside."""
    statement = ""
    for line in text.splitlines(keepends=True):
        if not statement and (not line.strip() or line.startswith("--")):
            continue
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
