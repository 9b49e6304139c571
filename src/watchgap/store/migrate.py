"""Migrations: numbered SQL files, each run once, in order, in a transaction, and kept with its digest."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from watchgap.base.errors import LedgerError
from watchgap.store.engine import Engine

_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from a version of the tables to the next: number, file name, text, and SHA-256 of the text."""

    number: int
    name: str
    text: str
    digest: str


@cache
def migrations_of(dialect: str) -> tuple[Migration, ...]:
    """All migrations of a dialect, in order."""
    folder = files("watchgap.store") / "migrations" / dialect
    texts = {
        one.name: one.read_text(encoding="utf-8") for one in folder.iterdir() if _NAME.fullmatch(one.name)
    }
    return tuple(
        Migration(int(name[:4]), name, text, sha256(text.encode()).hexdigest())
        for name, text in sorted(texts.items())
    )


def apply(engine: Engine, migration: Migration) -> None:
    """Run a migration inside the transaction that has begun, and remember it."""
    engine.script(migration.text)
    engine.insert("migration", [(migration.number, migration.name, migration.digest)])


def version_of(engine: Engine) -> int:
    """Tell the version of the tables of a ledger: the number of its last migration.

    Raises LedgerError if there is no ledger, if a later program made it, or if another migration made it.
    """
    if not {"migration", "meta", "entry", "head"} <= engine.tables():
        raise LedgerError(f"{engine.place}: there is no ledger here; make one, or name another place")
    known = migrations_of(engine.dialect)
    done = engine.rows("select number, name, digest from migration order by number")
    if len(done) > len(known):
        raise LedgerError(
            f"{engine.place}: the ledger has version {len(done)}, and this program knows only versions up to "
            f"{len(known)}; use a newer Watchgap"
        )
    for row, migration in zip(done, known, strict=False):
        if row != (migration.number, migration.name, migration.digest):
            raise LedgerError(
                f"{engine.place}: the migration {row[0]} '{row[1]}' of this ledger is not the one of this "
                f"program, '{migration.name}'; the ledger was altered or belongs to another program"
            )
    if not done:
        raise LedgerError(f"{engine.place}: no migration of this ledger is recorded; it was altered")
    return len(done)


def migrate(engine: Engine) -> int:
    """Bring the tables of a ledger to the version of this program, and tell it."""
    known = migrations_of(engine.dialect)
    while (version := version_of(engine)) < len(known):
        engine.begin()
        try:
            # Another writer may have been quicker while this one waited for the lock.
            if version_of(engine) == version:
                apply(engine, known[version])
            engine.commit()
        except BaseException:
            engine.rollback()
            raise
    return version
