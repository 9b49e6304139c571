"""PostgreSQL: a ledger as one schema of a database that a team shares.

This module needs psycopg, an optional extra; `watchgap.store.store` loads it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from watchgap.base.errors import LedgerError
from watchgap.store.engine import PATIENCE, TABLES, Row
from watchgap.store.postgres_shape import shape_faults

SCHEMA = "watchgap"
"""The schema of a ledger whose address names none."""

_PATIENCE_TO_CONNECT = 10
_REFUSES_CLEARTEXT = 160_000  # the version of libpq from which it can be told to
_ALLOWED = ("host", "sslmode", "sslrootcert", "target_session_attrs")
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class PostgresEngine:
    """A connection to a ledger in a schema of a PostgreSQL database."""

    dialect = "postgresql"

    def __init__(self, address: str, *, write: bool) -> None:
        self.place = address
        self._psycopg = _driver()
        try:
            parts = urlsplit(address)
        except ValueError as error:
            raise LedgerError(f"{address[:80]!r} is no address of a ledger ({error})") from None
        self.schema = parts.fragment or SCHEMA
        _require(address, parts.password, self.schema)
        if "@" in f"{parts.path}{parts.query}{parts.fragment}":
            # A password with a stroke in it ends what an address names as its host.
            raise LedgerError("an address with '@' after its host is none; keep passwords in ~/.pgpass")
        _require_settings(address.partition("?")[0], parts.query)
        server = urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
        with self._told():
            self._connection = self._psycopg.connect(server, autocommit=True, **_settings(self._psycopg))
        try:
            with self._told():
                self._prepare(write=write)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, *, write: bool) -> None:
        run = self._connection.execute
        # Where the path does not name it, the schema of temporary tables comes first, and a stranger's table
        # in it hides that of the ledger; the functions of the triggers keep the path of who makes them.
        run("select set_config('search_path', %s, false)", (f"{self.schema}, pg_temp",))
        run("select set_config('lock_timeout', %s, false)", (f"{PATIENCE}s",))
        run("set client_encoding = 'UTF8'")
        # Whatever the server or the address says: what was acknowledged outlives a power cut.
        run("set synchronous_commit = on")
        if not write:
            run("set default_transaction_read_only = on")

    def rows(self, statement: str, arguments: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with self._told():
            found: list[Row] = self._connection.execute(statement.replace("?", "%s"), arguments).fetchall()
            return found

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> int:
        """Add rows to a table, in the order of its columns, and give how many it took."""
        columns = TABLES[table]
        statement = f"copy {table} ({', '.join(columns)}) from stdin (format binary)"
        with self._told(), self._connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.set_types(list(columns.values()))
                for row in rows:
                    copy.write_row(row)
            return int(cursor.rowcount)

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
            done = self._connection.execute("commit").statusmessage
        # After a statement that failed, the server answers a commit by taking everything back, without error.
        if done != "COMMIT":
            raise LedgerError(f"{self.place}: a statement had failed, and nothing was written")

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
        """Say where the schema is not as these migrations made it."""
        yield from shape_faults(self.rows, self.schema, scripts)

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
            engine.script(f'create schema "{engine.schema}"')
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


def _settings(psycopg: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {"connect_timeout": _PATIENCE_TO_CONNECT, "application_name": "watchgap"}
    if psycopg.pq.version() >= _REFUSES_CLEARTEXT:
        # A server that asks for the password itself, and not for a proof of it, does not get it.
        settings["require_auth"] = "!password"
    return settings


def _require_settings(shown: str, query: str) -> None:
    """Refuse what an address could be made to do in somebody else's case: read files, give away secrets."""
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if "password" in name.lower():
            problem = f"the address holds a secret in '{name[:40]}'; keep it in ~/.pgpass or PGPASSWORD"
            raise LedgerError(f"{shown}: {problem}")
        if name not in _ALLOWED:
            problem = f"the address may not set '{name[:40]}'"
            raise LedgerError(f"{shown}: {problem}; it may set {', '.join(_ALLOWED)}")


def _require(address: str, password: str | None, schema: str) -> None:
    if password is not None:
        user, _, host = address.rpartition("@")
        shown = f"{user.rpartition(':')[0]}@{host}"
        raise LedgerError(f"{shown}: the address holds a password; keep it in ~/.pgpass or PGPASSWORD")
    if _SCHEMA_NAME.fullmatch(schema) is None or schema.startswith("pg_"):
        problem = f"'{schema[:80]}' cannot be the schema of a ledger"
        raise LedgerError(f"{problem}; name one after # with small letters, digits and _")
