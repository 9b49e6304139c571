"""PostgreSQL: a ledger as one schema of a database that a team shares.

This module needs psycopg, an optional extra; `watchgap.store.store` loads it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from watchgap.base.errors import LedgerError
from watchgap.store.engine import PATIENCE, TABLES, Row

SCHEMA = "watchgap"
"""The schema of a ledger whose address names none."""

_PATIENCE_TO_CONNECT = 10
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_FUNCTION = re.compile(r"create function (\w+)\(\).*?\$\$(.*?)\$\$", re.DOTALL)
_TABLE = re.compile(r"^create table (\w+) \((.*?)^\);", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"^ *(\w+) .*(primary key|unique)", re.MULTILINE)
_INDEX = re.compile(r"^create (?:unique )?index .*?;$", re.MULTILINE)
_TRIGGER = re.compile(r"^create trigger .*?;$", re.MULTILINE)


class PostgresEngine:
    """A connection to a ledger in a schema of a PostgreSQL database."""

    dialect = "postgresql"

    def __init__(self, address: str, *, write: bool) -> None:
        self.place = address
        self._psycopg = _driver()
        parts = urlsplit(address)
        self.schema = parts.fragment or SCHEMA
        _require(address, parts.password, self.schema)
        server = urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
        with self._told():
            self._connection = self._psycopg.connect(
                server, autocommit=True, connect_timeout=_PATIENCE_TO_CONNECT, application_name="watchgap"
            )
        try:
            with self._told():
                self._prepare(write=write)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, *, write: bool) -> None:
        run = self._connection.execute
        run("select set_config('search_path', %s, false)", (self.schema,))
        run("select set_config('lock_timeout', %s, false)", (f"{PATIENCE}s",))
        run("set client_encoding = 'UTF8'")
        if not write:
            run("set default_transaction_read_only = on")

    def rows(self, statement: str, arguments: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with self._told():
            found: list[Row] = self._connection.execute(statement.replace("?", "%s"), arguments).fetchall()
            return found

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table, in the order of its columns."""
        columns = TABLES[table]
        statement = f"copy {table} ({', '.join(columns)}) from stdin (format binary)"
        with self._told(), self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)

    def script(self, text: str) -> None:
        """Run the statements of a migration."""
        with self._told():
            self._connection.execute(text)

    def begin(self) -> None:
        """Begin a transaction and take the lock of this ledger, which no reader waits for."""
        with self._told():
            self._connection.execute("begin")
            try:
                self._connection.execute(
                    "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (self.schema,)
                )
            except BaseException:
                # The connection would be stuck in a transaction that can do nothing any more.
                self.rollback()
                raise

    def commit(self) -> None:
        """Make what was written lasting."""
        with self._told():
            self._connection.execute("commit")

    def rollback(self) -> None:
        """Take back what was written."""
        with suppress(self._psycopg.Error):
            self._connection.execute("rollback")

    def now(self) -> datetime:
        """Say what time it is on the server."""
        moment = self.rows("select clock_timestamp()")[0][0]
        if not isinstance(moment, datetime):
            raise LedgerError(f"{self.place}: the server does not say what time it is")
        return moment

    def tables(self) -> set[str]:
        """Names of the tables that are there."""
        found = self.rows(
            "select table_name from information_schema.tables"
            " where table_schema = ? and table_type = 'BASE TABLE'",
            (self.schema,),
        )
        return {name for (name,) in found}

    def faults(self, scripts: Sequence[str]) -> Iterator[str]:
        """Say where the triggers, their functions and the indexes are not as these migrations made them."""
        text = "\n".join(scripts)
        triggers = dict(map(_named, _TRIGGER.findall(text)))
        found = {name: (told, kept) for name, told, kept in self._triggers()}
        yield from _compared("trigger", triggers, {name: told for name, (told, _) in found.items()})
        for name, (_, enabled) in found.items():
            if name not in triggers:
                yield f"the trigger '{name}' is none of a ledger"
            elif enabled != "A":
                yield f"the trigger '{name}' was switched off"
        yield from _compared("function", dict(_FUNCTION.findall(text)), dict(self._functions()))
        indexes = dict(map(_named, [*_INDEX.findall(text), *_keys(text)]))
        yield from _compared("index", indexes, dict(self._indexes()))

    def _triggers(self) -> Iterator[tuple[str, str, str]]:
        found = self.rows(
            "select t.tgname, pg_get_triggerdef(t.oid, true), t.tgenabled::text"
            " from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = ? and not t.tgisinternal",
            (self.schema,),
        )
        for name, told, enabled in found:
            yield name, self._plain(told), enabled

    def _functions(self) -> Iterator[tuple[str, str]]:
        yield from self.rows(
            "select p.proname, p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname = ?",
            (self.schema,),
        )

    def _indexes(self) -> Iterator[tuple[str, str]]:
        found = self.rows(
            "select c.relname, pg_get_indexdef(c.oid) from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relkind = 'i'",
            (self.schema,),
        )
        for name, told in found:
            yield name, self._plain(told)

    def _plain(self, told: str) -> str:
        return " ".join(told.lower().split()).replace(f" {self.schema}.", " ")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what the server refuses as a LedgerError."""
        try:
            yield
        except self._psycopg.errors.LockNotAvailable:
            reason = f"another writer has held the ledger for {PATIENCE} seconds; try again"
            raise LedgerError(f"{self.place}: {reason}") from None
        except self._psycopg.Error as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise LedgerError(f"{self.place}: PostgreSQL refuses ({lines[0]})") from None
        except (UnicodeError, OverflowError) as error:
            raise LedgerError(f"{self.place}: a value cannot be stored ({error})") from None


def open_schema(address: str, *, write: bool) -> PostgresEngine:
    """Open the ledger at an address. Raises LedgerError if it cannot be reached."""
    return PostgresEngine(address, write=write)


@contextmanager
def new_schema(address: str) -> Iterator[PostgresEngine]:
    """Make a schema for a new ledger, which is there as a whole when the block ends well.

    Raises LedgerError if the schema is there already, or cannot be made.
    """
    engine = PostgresEngine(address, write=True)
    try:
        engine.begin()
        try:
            if engine.rows("select 1 from pg_namespace where nspname = ?", (engine.schema,)):
                problem = f"the schema '{engine.schema}' is here already; a ledger never overwrites it"
                raise LedgerError(f"{address}: {problem}")
            engine.script(f"create schema {engine.schema}")
            yield engine
            engine.commit()
        except BaseException:
            engine.rollback()
            raise
    finally:
        engine.close()


def _driver() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise LedgerError(
            "a ledger in PostgreSQL needs its driver; install it with: pip install 'watchgap[team]'"
        ) from error
    return psycopg


def _require(address: str, password: str | None, schema: str) -> None:
    if password is not None:
        user, _, host = address.rpartition("@")
        shown = f"{user.rpartition(':')[0]}@{host}"
        raise LedgerError(f"{shown}: the address holds a password; keep it in ~/.pgpass or PGPASSWORD")
    if _SCHEMA_NAME.fullmatch(schema) is None or schema.startswith("pg_"):
        problem = f"'{schema[:80]}' cannot be the schema of a ledger"
        raise LedgerError(f"{problem}; name one after # with small letters, digits and _")


def _named(statement: str) -> tuple[str, str]:
    """A statement by the name of what it makes, written as the server writes it."""
    plain = " ".join(statement.rstrip(";").lower().split())
    return re.split(r"trigger |index ", plain, maxsplit=1)[1].split()[0], plain


def _keys(text: str) -> Iterator[str]:
    """The indexes that the server makes by itself for the keys of the tables."""
    for table, columns in _TABLE.findall(text):
        for column, key in _KEY.findall(columns):
            name = f"{table}_pkey" if key == "primary key" else f"{table}_{column}_key"
            yield f"create unique index {name} on {table} using btree ({column})"


def _compared(what: str, made: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    for name, text in made.items():
        if name not in found:
            yield f"the {what} '{name}' is gone"
        elif found[name] != text:
            yield f"the {what} '{name}' was altered"
