"""Holds the schema of a ledger in PostgreSQL against the migrations that made it."""

import re
from collections.abc import Callable, Iterator, Sequence

from watchgap.store.engine import Row

Ask = Callable[[str, Sequence[object]], list[Row]]

_FUNCTION = re.compile(r"create function (\w+)\(\).*?\$\$(.*?)\$\$", re.DOTALL)
_TABLE = re.compile(r"^create table (\w+) \((.*?)^\);", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^ *(\w+) (bigint|text|bytea)(.*?),?$", re.MULTILINE)
_KEY = re.compile(r"^ *(\w+) .*(primary key|unique)", re.MULTILINE)
_INDEX = re.compile(r"^create (?:unique )?index .*?;$", re.MULTILINE)
_TRIGGER = re.compile(r"^create trigger .*?;$", re.MULTILINE)
_VIEW = re.compile(r"^create view (\w+) as", re.MULTILINE)

_OF_SCHEMA = "join pg_namespace n on n.oid = c.relnamespace where n.nspname = ?"
_TABLES_OF = f"{_OF_SCHEMA} and c.relkind = 'r'"
_COLUMNS = (
    "select c.relname, a.attname, format_type(a.atttypid, -1), a.attnotnull from pg_attribute a"
    f" join pg_class c on c.oid = a.attrelid {_OF_SCHEMA}"
    " and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum"
)
_CHECKS = (
    "select c.relname, count(*) from pg_constraint k join pg_class c on c.oid = k.conrelid"
    f" {_OF_SCHEMA} and k.contype = 'c' group by c.relname"
)
_TRIGGERS = (
    "select t.tgname, pg_get_triggerdef(t.oid, true), t.tgenabled::text from pg_trigger t"
    f" join pg_class c on c.oid = t.tgrelid {_OF_SCHEMA} and not t.tgisinternal"
)
_FUNCTIONS = (
    "select p.proname, p.prosrc, coalesce(array_to_string(p.proconfig, '; '), '') from pg_proc p"
    " join pg_namespace n on n.oid = p.pronamespace where n.nspname = ?"
)
_INDEXES = f"select c.relname, pg_get_indexdef(c.oid) from pg_class c {_OF_SCHEMA} and c.relkind = 'i'"
_VIEWS = f"select c.relname from pg_class c {_OF_SCHEMA} and c.relkind = 'v'"
# What gives a table other rows than its own, or takes rows away before anybody sees them.
_STRANGERS = (
    (f"select c.relname from pg_class c {_OF_SCHEMA} and c.relrowsecurity", "row security"),
    (f"select c.relname from pg_rewrite r join pg_class c on c.oid = r.ev_class {_TABLES_OF}", "a rule"),
    (f"select c.relname from pg_inherits i join pg_class c on c.oid = i.inhparent {_OF_SCHEMA}", "a child"),
)


def shape_faults(ask: Ask, schema: str, scripts: Sequence[str]) -> Iterator[str]:
    """Say where tables, triggers, their functions, indexes and views are not as the migrations made them."""
    text = "\n".join(scripts)
    yield from _tables(ask, schema, text)
    yield from _triggers(ask, schema, text)
    yield from _functions(ask, schema, text)
    found = {name: _plain(told, schema) for name, told in ask(_INDEXES, (schema,))}
    yield from _compared("index", dict(map(_named, [*_INDEX.findall(text), *_keys(text)])), found)
    views = {name for (name,) in ask(_VIEWS, (schema,))}
    for name in _VIEW.findall(text):
        if name not in views:
            yield f"the view '{name}' is gone"
    for statement, what in _STRANGERS:
        for (table,) in ask(statement, (schema,)):
            yield f"the table '{table}' has {what}, which none of a ledger has"


def _tables(ask: Ask, schema: str, text: str) -> Iterator[str]:
    made = {
        table: [
            (name, kind, "not null" in rest or "primary key" in rest)
            for name, kind, rest in _COLUMN.findall(columns)
        ]
        for table, columns in _TABLE.findall(text)
    }
    found: dict[str, list[tuple[object, ...]]] = {}
    for table, *column in ask(_COLUMNS, (schema,)):
        found.setdefault(str(table), []).append(tuple(column))
    checks = {str(table): int(number) for table, number in ask(_CHECKS, (schema,))}
    wanted = {table: columns.count("check (") for table, columns in _TABLE.findall(text)}
    for table, columns in made.items():
        if found.get(table) != columns:
            yield f"the columns of the table '{table}' were altered"
        if checks.get(table, 0) != wanted[table]:
            number = checks.get(table, 0)
            yield f"the table '{table}' has {number} checks of its rows, and {wanted[table]} when made"


def _triggers(ask: Ask, schema: str, text: str) -> Iterator[str]:
    made = dict(map(_named, _TRIGGER.findall(text)))
    found = ask(_TRIGGERS, (schema,))
    yield from _compared("trigger", made, {name: _plain(told, schema) for name, told, _ in found})
    for name, _, enabled in found:
        if name not in made:
            yield f"the trigger '{name}' is none of a ledger"
        elif enabled != "A":
            yield f"the trigger '{name}' was switched off"


def _functions(ask: Ask, schema: str, text: str) -> Iterator[str]:
    found = ask(_FUNCTIONS, (schema,))
    made = dict(_FUNCTION.findall(text))
    yield from _compared("function", made, {name: source for name, source, _ in found})
    for name, _, settings in found:
        # Another path would let a stranger's table stand for that of the ledger.
        if name in made and settings.replace('"', "") != f"search_path={schema}, pg_temp":
            yield f"the function '{name}' has other settings than it was made with"


def _plain(told: str, schema: str) -> str:
    plain = " ".join(told.lower().split())
    return plain.replace(f" {schema}.", " ").replace(f' "{schema}".', " ")


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
