"""What only a server can be asked: addresses with secrets, bent schemas, commits that failed."""

from collections.abc import Callable
from itertools import count

import pytest

from watchgap.base.errors import LedgerError
from watchgap.ledger import Content
from watchgap.store import create_store, open_store, verify_store

_SCHEMAS = count()
Run = Callable[[str], None]
HEAD_OF_NOTHING = """
create temporary table entry (number bigint); insert into pg_temp.entry values (99);
insert into SCHEMA.head (size, root, entered) select 99, root, entered from SCHEMA.head
"""
NUMBER_FROM_NOWHERE = """
create temporary table attachment (number bigint); insert into pg_temp.attachment values (41);
insert into SCHEMA.attachment values (42, 'x', 'text/plain', 0, '')
"""


@pytest.fixture
def ledger(postgres_server: str) -> str:
    place = f"{postgres_server}#only{next(_SCHEMAS)}"
    with create_store(place, origin="example.org/store") as store, store.writing() as writer:
        cells = {
            "id": "f1",
            "kind": "noted",
            "subject": "store",
            "from": "2021",
            "sources": "a",
            "grade": "A",
        }
        writer.append([Content("fact", cells)], recorder="A. Analyst")
    return place


@pytest.fixture
def run(ledger: str) -> Run:
    import psycopg

    address, _, schema = ledger.partition("#")

    def ran(statement: str) -> None:
        with psycopg.connect(address, options=f"-c search_path={schema}") as connection:
            connection.execute(statement)

    return ran


@pytest.mark.parametrize(
    ("address", "told", "secret"),
    [
        ("postgresql://a:hush@nowhere/x", "holds a password", "hush"),
        ("postgresql://a@nowhere/x?password=hush", "holds a secret in 'password'", "hush"),
        ("postgresql://a@nowhere/x?sslpassword=hush", "holds a secret in 'sslpassword'", "hush"),
        ("postgresql://a:hu/sh@nowhere/x", "an address with '@' after its host is none", "hu"),
        ("postgresql://[::1", "is no address of a ledger", "hush"),
    ],
)
def test_secrets_are_refused_and_not_told(address: str, told: str, secret: str) -> None:
    with pytest.raises(LedgerError, match=told) as caught:
        open_store(address)
    assert secret not in str(caught.value)


def test_a_schema_may_have_the_name_of_a_word(postgres_server: str) -> None:
    with create_store(f"{postgres_server}#user", origin="example.org/store") as store:
        assert verify_store(store).holds


def test_a_table_of_the_session_does_not_hide_that_of_the_ledger(run: Run, ledger: str) -> None:
    _, _, schema = ledger.partition("#")
    with pytest.raises(Exception, match="stands over all entries"):
        run(HEAD_OF_NOTHING.replace("SCHEMA", schema))
    with pytest.raises(Exception, match="numbered without gaps"):
        run(NUMBER_FROM_NOWHERE.replace("SCHEMA", schema))


def test_a_commit_that_the_server_takes_back_is_told(ledger: str) -> None:
    with open_store(ledger, write=True) as store:
        with pytest.raises(LedgerError, match=r"nothing was written|nothing of this block is kept"):
            _spoil(store)
        assert store.attachments() == ()


def _spoil(store) -> None:  # type: ignore[no-untyped-def]
    with store.writing() as writer:
        writer.attach(b"text", "text/plain")
        with pytest.raises(LedgerError):
            store.query("select nothing from nowhere", ())


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("alter function numbered() set search_path = pg_temp", "the function 'numbered' has other settings"),
        ("alter function kept() reset all", "the function 'kept' has other settings"),
        ("alter table entry drop constraint entry_type_check", "has 0 checks of its rows, and 1 when made"),
        (
            "alter table entry alter column entered drop not null",
            "the columns of the table 'entry' were altered",
        ),
        ("alter table entry add column more text", "the columns of the table 'entry' were altered"),
        ("alter table entry alter column kind type varchar", "the columns of the table 'entry' were altered"),
        ("create rule silent as on insert to entry do instead nothing", "the table 'entry' has a rule"),
        ("alter table entry enable row level security", "the table 'entry' has row security"),
        ("create table later () inherits (entry)", "the table 'entry' has a child"),
        ("drop view facts", "the view 'facts' is gone"),
        ("drop index fact_name", "the index 'fact_name' is gone"),
        ("alter table entry disable trigger entry_kept", "the trigger 'entry_kept' was switched off"),
    ],
)
def test_a_schema_that_was_bent_is_told(run: Run, ledger: str, statement: str, told: str) -> None:
    run(statement)
    with open_store(ledger) as store:
        findings = " ".join(map(str, verify_store(store).findings))
    assert told in findings
