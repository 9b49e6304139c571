"""The commands on a ledger: from starting it to a proof that a third party checks, and what they refuse."""

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ENTRIES = 16
STATED = "claim=nothing-taken; rung=continuity of knowledge is degrading"
INSERTED = (
    "insert into entry select 17, type, name || 'x', kind, subject, first, last, width_class, recorded,"
    " supersedes, entered, leaf, completed from entry where number = 16"
)


@pytest.fixture
def ledger(run: Run, case: Path) -> Path:
    answer = run("ledger", "init", case, "--origin", "example.org/store", "--by", "A. Analyst")
    assert answer.code == 0, answer.err
    return case


def edit(case: Path, *statements: str) -> None:
    """Do what somebody with the file can do: take the triggers away and write."""
    with sqlite3.connect(case / "ledger.db") as file:
        triggers = [name for (name,) in file.execute("select name from sqlite_master where type = 'trigger'")]
        kept = [sql for (sql,) in file.execute("select sql from sqlite_master where type = 'trigger'")]
        for name in triggers:
            file.execute(f"drop trigger {name}")
        for statement in statements:
            file.execute(statement)
        for sql in kept:
            file.execute(sql)
    file.close()


@pytest.mark.requirement("R19")
def test_from_a_fact_to_a_proof(run: Run, ledger: Path, tmp_path: Path) -> None:
    answer = run(
        "ledger", "add", ledger, "found-dead", "hall-camera", "--on", "2021-11-20", "--source", "invented",
        "--grade", "A", "--page", "2", "--quote", "the film had run out", "--by", "B. Inspector",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert "F0017 found-dead hall-camera 2021-11-20  [invented A]" in answer.out
    key, old, new = tmp_path / "key", tmp_path / "old", tmp_path / "new"
    signed = run("ledger", "sign", ledger, "--key", key, "--new-key", "--out", old)
    assert signed.code == 0, signed.err
    assert key.stat().st_mode & 0o077 == 0
    verifier = re.search(r"example\.org/store\+[0-9a-f]{8}\+\S+", signed.out)
    assert verifier is not None
    run(
        "ledger",
        "add",
        ledger,
        "noted",
        "store",
        "--on",
        "2021-12-01",
        "--source",
        "invented",
        "--grade",
        "C",
    )
    assert run("ledger", "sign", ledger, "--key", key, "--out", new).code == 0
    proof, growth = tmp_path / "entry.tlog-proof", tmp_path / "growth"
    assert run("ledger", "prove", ledger, "F0017", "--out", proof).code == 0
    assert run("ledger", "prove", ledger, "--since", old, "--out", growth).code == 0
    entry = run("ledger", "verify", "--proof", proof, "--key", verifier[0])
    assert entry.code == 0, entry.err
    assert "Entry 17 stands in example.org/store with 18 entries" in entry.out
    assert "quote: the film had run out" in entry.out
    grown = run("ledger", "verify", "--proof", growth, "--checkpoint", old, "--key", verifier[0])
    assert "with 17 entries is the beginning of example.org/store with 18 entries" in grown.out
    whole = run(
        "ledger", "verify", ledger, "--checkpoint", old, "--checkpoint", new, "--key", verifier[0], "--json"
    )
    told = json.loads(whole.out)
    assert (whole.code, told["holds"], [one["size"] for one in told["confirmed"]]) == (0, True, [17, 18])


def test_a_ledger_holds(run: Run, ledger: Path) -> None:
    answer = run("ledger", "verify", ledger)
    assert answer.code == 0
    assert answer.out.startswith(f"example.org/store: {ENTRIES} entries hold; root ")


@pytest.mark.requirement("R18")
@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("update entry set leaf = replace(leaf, 'Found working', 'Found dead') where number = 9", 9),
        ("update entry set kind = 'removed' where number = 9", 9),
        ("update entry set recorded = recorded + 1 where number = 9", 9),
        ("delete from entry where number = 9", 9),
        ("delete from entry where number = 16", 16),
        ("update entry set leaf = replace(leaf, '\"number\":9', '\"number\":8') where number = 9", 9),
        ("update entry set completed = zeroblob(32) where number = 9", 9),
        (INSERTED, 17),
    ],
)
def test_the_first_entry_that_was_touched_is_named(
    run: Run, ledger: Path, statement: str, first: int
) -> None:
    edit(ledger, statement)
    answer = run("ledger", "verify", ledger, "--json")
    told = json.loads(answer.out)
    assert (answer.code, told["holds"]) == (1, False)
    assert told["findings"][0]["first"] == first
    shown = run("ledger", "verify", ledger)
    assert f"entry {first}: " in shown.out or f"entries {first} to " in shown.out
    assert "example.org/store does not hold." in shown.out


def test_entries_that_changed_places_are_named(run: Run, ledger: Path) -> None:
    edit(
        ledger,
        "update entry set number = -1 where number = 9",
        "update entry set number = 9 where number = 10",
        "update entry set number = 10 where number = -1",
    )
    told = json.loads(run("ledger", "verify", ledger, "--json").out)
    assert (told["findings"][0]["first"], told["findings"][0]["last"]) == (9, 9)


@pytest.mark.requirement("R18")
def test_a_ledger_that_was_written_anew_is_told_by_a_checkpoint(run: Run, case: Path, tmp_path: Path) -> None:
    run("ledger", "init", case, "--origin", "example.org/store")
    run("ledger", "sign", case, "--key", tmp_path / "key", "--new-key", "--out", tmp_path / "old")
    (case / "ledger.db").unlink()
    run("ledger", "init", case, "--origin", "example.org/store", "--by", "Somebody else")
    assert run("ledger", "verify", case).code == 0
    answer = run("ledger", "verify", case, "--checkpoint", tmp_path / "old")
    assert answer.code == 1
    assert "the checkpoint given has another root" in answer.out


def test_what_a_ledger_does_not_hold_is_not_signed(run: Run, ledger: Path, tmp_path: Path) -> None:
    edit(ledger, "update entry set leaf = replace(leaf, 'Found working', 'Found dead') where number = 9")
    answer = run("ledger", "sign", ledger, "--key", tmp_path / "key", "--new-key")
    assert answer.code == 2
    assert "the ledger does not verify, and was not signed: entry 9" in answer.err


@pytest.mark.requirement("R17")
def test_an_answer_is_reproduced_from_its_position(run: Run, ledger: Path) -> None:
    before = run("brief", ledger, "--as-of", "2021-09-01", "--json").out
    run(
        "ledger",
        "add",
        ledger,
        "lost",
        "hall-camera",
        "--on",
        "2021-05-01",
        "--source",
        "invented",
        "--grade",
        "A",
    )
    assert run("brief", ledger, "--as-of", "2021-09-01", "--json").out != before
    again = run("brief", ledger, "--as-of", "2021-09-01", "--ledger-at", str(ENTRIES), "--json")
    assert again.out == before


def test_a_dry_run_and_a_fault_write_nothing(run: Run, ledger: Path) -> None:
    before = (ledger / "ledger.db").read_bytes()
    given = ("noted", "store", "--on", "2021-05-01", "--source", "invented", "--grade", "A")
    assert "1 entry would be entered." in run("ledger", "add", ledger, *given, "--dry-run").out
    answer = run(
        "ledger", "add", ledger, "noted", "store", "--on", "yesterday", "--source", "invented", "--grade", "A"
    )
    assert answer.code == 2
    assert answer.err.startswith("the new fact:1: from: 'yesterday' is not a date; write it as")
    assert (ledger / "ledger.db").read_bytes() == before


def test_texts_are_shown_as_they_are(run: Run, ledger: Path) -> None:
    note = "[red]x[/red] '; drop table entry; --"
    given = (
        "noted",
        "store",
        "--on",
        "2021-05-01",
        "--source",
        "invented",
        "--grade",
        "A",
        "--detail",
        "quantity=[bold]1",
    )
    assert run("ledger", "add", ledger, *given, "--note", note).code == 0
    told = json.loads(run("ledger", "log", ledger, "--last", "1", "--json").out)
    assert told["entries"][0]["content"]["note"] == note
    assert "quantity=[bold]1" in run("ledger", "log", ledger, "--last", "1").out
    assert run("ledger", "verify", ledger).code == 0


def test_what_changed_between_two_days(run: Run, ledger: Path) -> None:
    answer = run("ledger", "diff", ledger, "--between", "2021-07-05", "2021-09-10")
    assert answer.out.splitlines() == [
        "+ e09 denied store 2021-07-05 (asked=maintenance)  [invented B]",
        f"+ e10 stated inspectorate 2021-09-10 ({STATED})  [invented B]",
        "2 changes from 2021-07-05 to 2021-09-10 in example.org/store.",
    ]
    told = json.loads(run("ledger", "diff", ledger, "--between", "0", "1", "--json").out)
    assert [one["change"] for one in told["changes"]] == ["added"]


def test_out_and_in_again(run: Run, ledger: Path, tmp_path: Path) -> None:
    assert run("ledger", "export", ledger, tmp_path / "out", "--form", "csv").code == 0
    assert run("ledger", "export", ledger, tmp_path / "all.jsonl").code == 0
    for file in (tmp_path / "out" / "events.csv", tmp_path / "out" / "sources.csv", tmp_path / "all.jsonl"):
        answer = run("ledger", "import", ledger, file)
        assert answer.code == 0, answer.err
        assert answer.out.startswith("0 entries entered; ")
    answer = run("ledger", "export", ledger, tmp_path / "all.odd")
    assert (answer.code, answer.out) == (2, "")
    assert "is no form of an export; use one of csv, xlsx, parquet, jsonl" in answer.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("verify",), "name a case folder, or a proof with --proof"),
        (("verify", "--proof", "none"), "a proof is worth the key it is checked with"),
        (("prove", "CASE"), "name an entry, or an old checkpoint with --since"),
        (("prove", "CASE", "e01"), "the ledger has no checkpoint to prove anything to"),
        (("prove", "CASE", "e99"), "no fact and no source 'e99' is in the ledger example.org/store"),
        (("sign", "CASE", "--key", "none"), "the file is not there"),
        (("log", "CASE", "--on", "1993"), "'1993' is not a day"),
        (
            ("add", "CASE", "noted", "store", "--on", "2021", "--source", "x", "--grade", "A", "--by", ""),
            "recorder",
        ),
        (("import", "CASE", "none.csv"), "the file is not there"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, ledger: Path, arguments: tuple[str, ...], told: str) -> None:
    answer = run("ledger", *(str(ledger) if one == "CASE" else one for one in arguments))
    assert answer.code == 2
    assert told in " ".join(answer.err.replace("│", " ").split())
    assert "Traceback" not in answer.err


ROOT = Path(__file__).resolve().parents[2]


def test_logs_lists_and_reports_are_imported(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "yongbyon"
    case.mkdir()
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (case / name).write_bytes((ROOT / "cases" / "yongbyon-1993" / name).read_bytes())
    run("ledger", "init", case, "--origin", "example.org/yongbyon")
    for name, ids in (("state-of-health", ["soh-7"]), ("seals", ["seal-2", "seal-3"])):
        path = ROOT / "examples" / "ledger" / name
        given = (case, path.with_suffix(".csv"), "--mapping", path.with_suffix(".yaml"))
        assert f"{len(ids)} entr" in run("ledger", "import", *given, "--dry-run").out
        answer = run("ledger", "import", *given)
        assert answer.code == 0, answer.err
        assert all(one in answer.out for one in ids)
        assert "0 entries entered" in run("ledger", "import", *given).out
    assert run("check", case).code == 0
    assert run("ledger", "verify", case).code == 0


REPORTS = sorted((ROOT / "examples" / "accounting" / "uk").glob("*.csv"))


def test_reports_are_imported_together(run: Run, ledger: Path, tmp_path: Path) -> None:
    reports = ROOT / "examples" / "accounting"
    given = ("--reports", "uk", "--mapping", reports / "mapping.yaml")
    missing = run("ledger", "import", ledger, *REPORTS, *given)
    assert missing.code == 2
    assert "the source 'reports-2021' is not known" in missing.err
    run("ledger", "source", ledger, "reports-2021", "--title", "Constructed reports")
    strata = tmp_path / "strata.yaml"
    done = run("ledger", "import", ledger, *REPORTS, *given, "--strata", strata)
    assert done.code == 0, done.err
    assert "\n  - id: nm-zz01-b-ea-p\n" in strata.read_text(encoding="utf-8")
    log = json.loads(run("ledger", "log", ledger, "--kind", "received", "--json").out)
    assert all(one["content"]["quote"].startswith("ZZ01,I,") for one in log["entries"])
    assert log["entries"]
    assert run("ledger", "import", ledger, *REPORTS, *given).out.startswith("0 entries entered")
    assert run("check", ledger).code == 0
    broken = run("ledger", "import", ledger, reports / "broken.csv", *given)
    assert (broken.code, broken.out) == (2, "")
    assert len(broken.err.splitlines()) > 25


def test_other_files_come_one_at_a_time(run: Run, ledger: Path) -> None:
    for arguments, told in (
        (("a.csv", "b.csv"), "only accounting reports are read together"),
        (("a.csv", "--reports", "uk"), "--reports needs a mapping of their areas"),
        (("a.csv", "--strata", "s.yaml"), "it goes with --reports"),
    ):
        answer = run("ledger", "import", ledger, *arguments)
        assert answer.code == 2
        assert told in " ".join(answer.err.replace("\u2502", " ").split())


def test_a_witness_adds_what_it_saw_and_does_not_stand_for_the_ledger(
    run: Run, ledger: Path, tmp_path: Path
) -> None:
    own, other, both = tmp_path / "own", tmp_path / "other", tmp_path / "both"
    witness = ("--key", other, "--new-key", "--witness", "example.net/witness")
    early = run("ledger", "sign", ledger, *witness)
    assert early.code == 2
    assert "there is nothing to cosign: example.org/store has to sign this head first" in early.err
    assert not other.exists()
    run("ledger", "sign", ledger, "--key", own, "--new-key")
    signed = run("ledger", "sign", ledger, *witness, "--out", both)
    assert signed.code == 0, signed.err
    (key,) = re.findall(r"example\.net/witness\+\S+", signed.out.split("verifier key")[1])
    alone = run("ledger", "verify", ledger, "--checkpoint", both, "--key", key)
    assert alone.code == 1
    assert "is not signed by a known key of its ledger" in alone.err
    (ours,) = re.findall(r"example\.org/store\+\S+", run("ledger", "sign", ledger, "--key", own).out)
    agreed = run("ledger", "verify", ledger, "--checkpoint", both, "--key", key, "--key", ours)
    assert agreed.code == 0
    assert "signed by example.org/store, example.net/witness" in agreed.out


def test_a_key_is_not_written_over(run: Run, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("precious", encoding="utf-8")
    answer = run("ledger", "sign", ledger, "--key", tmp_path / "key", "--new-key")
    assert answer.code == 2
    assert "already; name another for the new key" in answer.err
    assert (tmp_path / "key").read_text(encoding="utf-8") == "precious"
    no_key = run("ledger", "sign", ledger, "--key", tmp_path / "key")
    assert no_key.code == 2
    assert "precious" not in no_key.err


def test_a_key_signs_one_history_only(run: Run, ledger: Path, tmp_path: Path) -> None:
    key, export = tmp_path / "key", tmp_path / "all.jsonl"
    assert run("ledger", "sign", ledger, "--key", key, "--new-key").code == 0
    assert (tmp_path / "key.signed").read_text(encoding="utf-8").startswith("example.org/store 16 ")
    run("ledger", "export", ledger, export)
    lines = export.read_bytes().replace(b"Found working", b"Found asleep")
    export.write_bytes(lines)
    (ledger / "ledger.db").unlink()
    assert run("ledger", "init", ledger, "--origin", "example.org/store", "--restore", export).code == 0
    assert run("ledger", "verify", ledger).code == 0
    answer = run("ledger", "sign", ledger, "--key", key)
    assert answer.code == 2
    assert "this key signed another history of example.org/store, of 16 entries" in answer.err
    (tmp_path / "key.signed").write_bytes(b"\xff\xfe")
    assert (
        "which remembers what the key signed, cannot be read"
        in run("ledger", "sign", ledger, "--key", key).err
    )


def test_a_ledger_has_one_key_unless_another_is_wanted(run: Run, ledger: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run("ledger", "sign", ledger, "--key", first, "--new-key")
    answer = run("ledger", "sign", ledger, "--key", second, "--new-key")
    assert answer.code == 2
    assert "the ledger was signed with the key example.org/store+" in answer.err
    assert not second.exists()
    wanted = run("ledger", "sign", ledger, "--key", second, "--new-key", "--another-key")
    assert wanted.code == 0
    # Both keys sign the same head: who holds either can check it.
    assert wanted.out.count("\u2014 example.org/store ") == 2


@pytest.mark.parametrize("name", ["", "example.org/store"])
def test_a_witness_is_somebody_else(run: Run, ledger: Path, tmp_path: Path, name: str) -> None:
    run("ledger", "sign", ledger, "--key", tmp_path / "own", "--new-key")
    answer = run("ledger", "sign", ledger, "--key", tmp_path / "w", "--new-key", "--witness", name)
    assert answer.code == 2
    assert "a witness is somebody else than the ledger" in answer.err
    assert not (tmp_path / "w").exists()


def test_the_key_of_another_ledger_signs_nothing(run: Run, ledger: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (other / name).write_bytes((ledger / name).read_bytes())
    run("ledger", "init", other, "--origin", "example.org/other")
    run("ledger", "sign", other, "--key", tmp_path / "key", "--new-key")
    answer = run("ledger", "sign", ledger, "--key", tmp_path / "key")
    assert answer.code == 2
    assert "the key is of the ledger example.org/other, and this one is example.org/store" in answer.err


def test_outputs_replace_nothing_that_is_precious(run: Run, ledger: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    run("ledger", "sign", ledger, "--key", key, "--new-key")
    before = files_in(ledger) | files_in(tmp_path)
    for arguments in (
        ("export", ledger, ledger / "ledger.db", "--form", "jsonl"),
        ("export", ledger, ledger / "case.yaml", "--form", "jsonl"),
        ("export", ledger, ledger, "--form", "csv"),
        ("sign", ledger, "--key", key, "--out", key),
        ("sign", ledger, "--key", key, "--out", ledger / "ledger.db"),
        ("prove", ledger, "e01", "--out", key),
    ):
        for option in ((), ("--replace",)):
            answer = run("ledger", *arguments, *option)
            assert (answer.code, "name another file" in answer.err) == (2, True), arguments
    assert files_in(ledger) | files_in(tmp_path) == before
    out = tmp_path / "all.jsonl"
    assert run("ledger", "export", ledger, out).code == 0
    again = run("ledger", "export", ledger, out)
    assert (again.code, "already; name another, or add --replace" in again.err) == (2, True)
    assert run("ledger", "export", ledger, out, "--replace").code == 0


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_tampered_ledger_proves_nothing(run: Run, ledger: Path, tmp_path: Path) -> None:
    run("ledger", "sign", ledger, "--key", tmp_path / "key", "--new-key")
    edit(ledger, "update entry set leaf = replace(leaf, 'Found working', 'Found dead') where number = 9")
    answer = run("ledger", "prove", ledger, "9", "--out", tmp_path / "proof")
    assert answer.code == 2
    assert not (tmp_path / "proof").exists()


def test_a_proof_of_the_other_kind_is_told(run: Run, ledger: Path, tmp_path: Path) -> None:
    own, old, growth = tmp_path / "key", tmp_path / "old", tmp_path / "growth"
    signed = run("ledger", "sign", ledger, "--key", own, "--new-key", "--out", old)
    (verifier,) = re.findall(r"example\.org/store\+\S+", signed.out)
    assert run("ledger", "prove", ledger, "--since", old, "--out", growth).code == 0
    answer = run("ledger", "verify", "--proof", growth, "--key", verifier)
    assert answer.code == 1
    assert "this proves that a ledger only grew; give the old checkpoint too" in answer.err


def test_a_shared_ledger_is_trusted_once(
    run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (case / "ledger.url").write_text("postgresql://a@ledger.example.org/x#y\n", encoding="utf-8")
    assert "say so once with `watchgap ledger trust CASE`" in run("ledger", "log", case).err
    assert run("ledger", "trust", case).out == "postgresql://a@ledger.example.org/x is trusted from now on.\n"
    # It is asked now, and cannot be reached.
    assert "PostgreSQL refuses" in run("ledger", "log", case).err
