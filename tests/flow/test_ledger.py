"""The ledger of a case: the numbers of its files, additions that fit or are refused, and its history."""

import hashlib
import threading
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from watchgap.base.errors import CaseError, FaultyInput, LedgerError, OutOfRange, UnknownName, WatchgapError
from watchgap.flow import (
    Additions,
    Entering,
    Selection,
    add_entries,
    add_source,
    brief,
    check,
    differences,
    export_ledger,
    import_file,
    ledger_log,
    load,
    start_ledger,
)
from watchgap.flow.trust import is_trusted, trust
from watchgap.ledger import FACT_COLUMNS, SOURCE_COLUMNS
from watchgap.store import open_store
from watchgap.study import study_json, with_digest

STARTER = Path(str(files("watchgap.case").joinpath("starter")))
ME = Entering("A. Analyst")
NOBODY_YET = 16  # two sources and fourteen facts of the starting case


def fact(**cells: str) -> dict[str, str]:
    given = {
        "id": "n1",
        "kind": "noted",
        "subject": "store",
        "from": "2021-05-01",
        "sources": "invented",
        "grade": "A",
    }
    return dict.fromkeys(FACT_COLUMNS, "") | given | cells


def source(**cells: str) -> dict[str, str]:
    return dict.fromkeys(SOURCE_COLUMNS, "") | {"key": "letter", "title": "A letter"} | cells


def facts(*rows: dict[str, str]) -> Additions:
    return Additions("new.csv", facts=tuple(enumerate(rows, 2)))


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("case.yaml", "events.csv", "sources.csv"):
        (folder / name).write_bytes((STARTER / name).read_bytes())
    return folder


@pytest.fixture
def case(bare: Path) -> Path:
    start_ledger(bare, recorder="A. Analyst", origin="example.org/store")
    return bare


def size(case: Path) -> int:
    return ledger_log(case, Selection()).size


# ---------------------------------------------------------------- starting


def test_a_ledger_gives_the_numbers_of_the_files(bare: Path) -> None:
    before = brief(bare, as_of="2021-09-01")
    kept = start_ledger(bare, recorder="A. Analyst", origin="example.org/store")
    assert (kept.size, kept.first, kept.skipped, len(kept.added)) == (NOBODY_YET, 1, 0, NOBODY_YET)
    after = brief(bare, as_of="2021-09-01")
    assert after.origin.ledger_name == "example.org/store"
    assert (after.origin.ledger_position, after.origin.ledger_digest) == (NOBODY_YET, kept.root)
    assert study_json(with_digest(replace(after, origin=before.origin))) == study_json(before)


def test_the_ledger_counts_without_the_files(case: Path) -> None:
    expected = study_json(brief(case, as_of="2021-09-01"))
    (case / "events.csv").unlink()
    (case / "sources.csv").unlink()
    assert check(case) == ()
    assert study_json(brief(case, as_of="2021-09-01")) == expected


def test_a_second_ledger_is_refused(case: Path) -> None:
    with pytest.raises(LedgerError, match=r"has a ledger already, ledger\.db"):
        start_ledger(case, recorder="A. Analyst")


def test_a_ledger_has_a_name_of_its_own(bare: Path, tmp_path: Path) -> None:
    names = set()
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in ("case.yaml", "events.csv", "sources.csv"):
            (folder / name).write_bytes((bare / name).read_bytes())
        names.add(start_ledger(folder, recorder="A. Analyst").origin)
    assert len(names) == 2
    assert all(name.startswith(f"watchgap/{load(bare).case.id}/") for name in names)


def test_a_case_with_faults_starts_no_ledger(bare: Path) -> None:
    events = (bare / "events.csv").read_text(encoding="utf-8")
    (bare / "events.csv").write_text(events.replace("e01,installed", "e01,put"), encoding="utf-8")
    with pytest.raises(FaultyInput, match=r"events.csv:2: unknown kind 'put'"):
        start_ledger(bare, recorder="A. Analyst")
    assert not (bare / "ledger.db").exists()
    (bare / "case.yaml").write_text("claims: []\n", encoding="utf-8")
    with pytest.raises(CaseError):
        start_ledger(bare, recorder="A. Analyst")
    assert not (bare / "ledger.db").exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x1b[31m"])
def test_what_is_no_name_of_a_recorder(bare: Path, name: str) -> None:
    with pytest.raises(OutOfRange, match="cannot be the name of a recorder"):
        start_ledger(bare, recorder=name)
    assert not (bare / "ledger.db").exists()


@pytest.mark.requirement("R21")
def test_a_ledger_is_restored_exactly(case: Path, tmp_path: Path) -> None:
    add_entries(case, facts(fact()), Entering("B. Inspector"))
    export_ledger(case, tmp_path / "all.jsonl")
    other = tmp_path / "other"
    other.mkdir()
    (other / "case.yaml").write_bytes((case / "case.yaml").read_bytes())
    kept = start_ledger(
        other, recorder="C. Archivist", origin="example.org/store", restore=tmp_path / "all.jsonl"
    )
    assert kept.root == brief(case).origin.ledger_digest
    assert ledger_log(other, Selection()).entries == ledger_log(case, Selection()).entries
    assert study_json(brief(other)) == study_json(brief(case))


def test_what_cannot_be_restored_leaves_no_ledger(case: Path, tmp_path: Path) -> None:
    export_ledger(case, tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "gap.jsonl").write_bytes(b"".join(lines[:3] + lines[4:]))
    (case / "ledger.db").unlink()
    with pytest.raises(LedgerError, match=r"gap\.jsonl:4: entry 5 stands here, not entry 4"):
        start_ledger(case, recorder="A. Analyst", origin="example.org/store", restore=tmp_path / "gap.jsonl")
    assert not (case / "ledger.db").exists()


# ---------------------------------------------------------------- the two files beside a ledger


def test_a_row_that_nobody_imported_is_a_fault(case: Path) -> None:
    events = (case / "events.csv").read_text(encoding="utf-8")
    new = "n1,noted,store,2021-05-01,,,,,invented,A,,,,\n"
    (case / "events.csv").write_text(events + new, encoding="utf-8")
    line = events.count("\n") + 1
    (fault,) = check(case)
    assert str(fault) == (
        f"events.csv:{line}: the fact 'n1' stands here and not like this in ledger.db, which counts; "
        "import it with `watchgap ledger import`, or take events.csv away"
    )
    kept = import_file(case, case / "events.csv", ME)
    assert ([one.name for one in kept.added], kept.skipped) == (["n1"], 14)
    assert check(case) == ()


def test_a_source_that_was_changed_in_its_file_is_a_fault(case: Path) -> None:
    text = (case / "sources.csv").read_text(encoding="utf-8")
    (case / "sources.csv").write_text(text.replace("An invented newspaper", "A newspaper"), encoding="utf-8")
    assert [(fault.file, fault.line) for fault in check(case)] == [("sources.csv", 3)]


def test_two_ledgers_are_one_too_many(case: Path) -> None:
    (case / "ledger.url").write_text("postgresql://nowhere/none\n", encoding="utf-8")
    assert "both ledger.db and ledger.url" in str(check(case)[0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has 0 lines; it holds one"),
        ("one\ntwo\n", "has 2 lines; it holds one"),
        ("x" * 5000, "keep it under 4000 bytes"),
        ("\x00\x01", "control character"),
    ],
)
def test_a_link_that_is_none(bare: Path, text: str, told: str) -> None:
    (bare / "ledger.url").write_text(text, encoding="utf-8")
    faults = check(bare)
    assert told in str(faults[0])


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + bytes(4000)])
def test_a_ledger_that_is_none(bare: Path, content: bytes) -> None:
    (bare / "ledger.db").write_bytes(content)
    faults = check(bare)
    assert [fault.file for fault in faults] == ["ledger.db"]
    with pytest.raises(CaseError):
        load(bare)


# ---------------------------------------------------------------- adding


def test_a_fact_is_added_and_counts(case: Path) -> None:
    before = brief(case, as_of="2021-09-01").claim("nothing-taken").curves
    dead = fact(kind="lost", subject="hall-camera") | {"from": "2021-05-01"}
    kept = add_entries(case, facts(dead), ME)
    assert (kept.first, kept.size) == (NOBODY_YET + 1, NOBODY_YET + 1)
    entry = load(case).entries[-1]
    assert (entry.id, entry.line, entry.file, entry.recorder) == (
        "n1",
        NOBODY_YET + 1,
        "ledger.db",
        "A. Analyst",
    )
    after = brief(case, as_of="2021-09-01").claim("nothing-taken").curves
    assert any((after[name] < before[name]).any() for name in before)


@pytest.mark.requirement("R20")
def test_every_fault_is_told_and_nothing_is_entered(case: Path) -> None:
    wrong = facts(
        fact(id="n1", kind="put"),
        fact(id="n2", subject="nowhere", kind="visit"),
        fact(id="n3", sources="hearsay"),
        fact(id="n4", supersedes="e99"),
        fact(id="n5", recorded="2199-01-01"),
        fact(id="n6", note="\x1b[31m"),
        fact(id="n7", quote="x" * 32_768),
        fact(id="e01"),
        fact(id="n8"),
    )
    with pytest.raises(FaultyInput) as caught:
        add_entries(case, wrong, ME)
    told = {fault.line: str(fault) for fault in caught.value.faults}
    assert "unknown kind 'put'" in told[2]
    assert "the cell 'note' holds a control character: '\\x1b[31m'" in told[7]
    assert "the cell 'quote' has 32768 characters" in told[8]
    assert "the id 'e01' is entry 3 of the ledger, which says something else" in told[9]
    assert size(case) == NOBODY_YET
    # What needs all rows is said once all of them can be read.
    with pytest.raises(FaultyInput) as caught:
        add_entries(case, replace(wrong, facts=wrong.facts[1:5]), ME)
    told = {fault.line: str(fault) for fault in caught.value.faults}
    assert "'nowhere' is no facility of the case" in told[3]
    assert "the source 'hearsay' is not known" in told[4]
    assert "it supersedes 'e99', which is no other fact" in told[5]
    assert "it was recorded on 2199-01-01, which has not come yet" in told[6]
    assert size(case) == NOBODY_YET


def test_a_fact_that_makes_an_older_one_wrong_is_refused(case: Path) -> None:
    gone = fact(kind="removed", subject="hall-camera") | {"from": "2021-03-01"}
    with pytest.raises(
        FaultyInput, match=r"new.csv:2: with this, entry 9 of the ledger would be wrong: 'hall-camera'"
    ):
        add_entries(case, facts(gone), ME)
    assert size(case) == NOBODY_YET


def test_two_corrections_of_one_fact_are_refused(case: Path) -> None:
    add_entries(case, facts(fact(supersedes="e14", note="seen in November", recorded="2022-01-01")), ME)
    with pytest.raises(
        FaultyInput, match=r"'e14' is corrected already, by 'n1'; correct 'n1', or leave this out"
    ):
        add_entries(case, facts(fact(id="n2", supersedes="e14", note="later", recorded="2022-02-01")), ME)
    add_entries(case, facts(fact(id="n2", supersedes="n1", note="later", recorded="2022-02-01")), ME)
    assert {one.id for one in load(case).ledger().entries} >= {"n2"}
    assert not {one.id for one in load(case).ledger().entries} & {"n1", "e14"}


@pytest.mark.requirement("R20")
def test_the_same_rows_twice_change_nothing(case: Path) -> None:
    additions = Additions("new.csv", facts=((2, fact(sources="letter")),), sources=((2, source()),))
    first = add_entries(case, additions, ME)
    again = add_entries(case, additions, ME)
    assert (len(first.added), first.skipped) == (2, 0)
    assert (again.added, again.skipped, again.root) == ((), 2, first.root)


def test_a_dry_run_tells_and_writes_nothing(case: Path) -> None:
    kept = add_entries(case, facts(fact()), replace(ME, dry_run=True))
    assert (kept.first, len(kept.added), kept.dry_run) == (NOBODY_YET + 1, 1, True)
    assert size(case) == NOBODY_YET
    with pytest.raises(FaultyInput):
        add_entries(case, facts(fact(kind="put")), replace(ME, dry_run=True))


def test_a_fact_without_an_id_is_named_after_its_entry(case: Path) -> None:
    nameless = replace(facts(fact(id=""), fact(id="", note="another")), by_hand=True)
    assert [one.name for one in add_entries(case, nameless, ME).added] == ["F0017", "F0018"]
    with pytest.raises(FaultyInput, match="the cell 'id' is empty"):
        add_entries(case, facts(fact(id="")), ME)


def test_nothing_is_added_where_there_is_no_ledger(bare: Path) -> None:
    with pytest.raises(LedgerError, match="has no ledger; start one with `watchgap ledger init"):
        add_entries(bare, facts(fact()), ME)


def test_writers_at_once_lose_nothing(case: Path) -> None:
    failures: list[WatchgapError] = []

    def enter(who: int) -> None:
        try:
            for number in range(5):
                nameless = replace(facts(fact(id="", note=f"{who} {number}")), by_hand=True)
                add_entries(case, nameless, Entering(f"Writer {who}"))
        except WatchgapError as error:
            failures.append(error)

    writers = [threading.Thread(target=enter, args=(who,)) for who in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    entries = ledger_log(case, Selection()).entries[NOBODY_YET:]
    assert {one.content.cells["note"] for one in entries} == {
        f"{who} {n}" for who in range(4) for n in range(5)
    }
    assert check(case) == ()


# ---------------------------------------------------------------- sources and documents


def test_a_document_is_attached_by_its_digest(case: Path, tmp_path: Path) -> None:
    letter = b"%PDF-1.7 a letter"
    (tmp_path / "letter.pdf").write_bytes(letter)
    add_source(case, {"key": "letter", "title": "A letter"}, ME, document=tmp_path / "letter.pdf")
    held = load(case).sources["letter"]
    assert (held.digest, held.media) == (hashlib.sha256(letter).hexdigest(), "application/pdf")
    assert (held.size, held.file) == (str(len(letter)), "letter.pdf")
    with open_store(case / "ledger.db") as store:
        assert store.attachment(held.digest) == letter
    written = export_ledger(case, tmp_path / "all.jsonl", documents=tmp_path / "documents")
    assert written[-1] == tmp_path / "documents" / f"{held.digest}.pdf"
    assert written[-1].read_bytes() == letter


def test_more_is_said_about_a_source(case: Path) -> None:
    add_source(case, {"key": "invented", "publisher": "Nobody"}, ME)
    held = load(case).sources["invented"]
    assert (held.title[:8], held.publisher, held.date) == ("Invented", "Nobody", "2021")
    # The file from which it came is not held against the ledger, which knows more.
    assert check(case) == ()
    assert add_source(case, {"key": "invented", "publisher": "Nobody"}, ME).added == ()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tool.pdf", b"\x7fELF\xff\x02", "neither PDF, image nor text"),
        ("empty.txt", b"", "neither PDF, image nor text"),
        ("nul.txt", b"a\x00b", "neither PDF, image nor text"),
    ],
)
def test_what_cannot_be_attached(case: Path, tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FaultyInput, match=told):
        add_source(case, {"key": "letter", "title": "A letter"}, ME, document=tmp_path / name)
    assert size(case) == NOBODY_YET


def test_names_of_documents_lead_nowhere(case: Path, tmp_path: Path) -> None:
    odd = tmp_path / "..\\..\\etc\\pass:wd?.txt"
    odd.write_bytes(b"text")
    add_source(case, {"key": "letter", "title": "A letter"}, ME, document=odd)
    assert load(case).sources["letter"].file == "passwd.txt"


def test_a_source_without_title_is_refused_and_attaches_nothing(case: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes(b"text")
    with pytest.raises(FaultyInput, match="the source has no key or no title"):
        add_source(case, {"key": "letter"}, ME, document=tmp_path / "letter.txt")
    with open_store(case / "ledger.db") as store:
        assert list(store.attachments()) == []


# ---------------------------------------------------------------- positions, days and differences


@pytest.mark.requirement("R17")
def test_a_study_is_reproduced_from_its_position(case: Path) -> None:
    before = study_json(brief(case, as_of="2021-09-01"))
    add_entries(case, facts(fact(kind="lost", subject="hall-camera")), ME)
    assert study_json(brief(case, as_of="2021-09-01")) != before
    assert study_json(brief(load(case, ledger_at=NOBODY_YET), as_of="2021-09-01")) == before


@pytest.mark.parametrize("position", [0, -1, NOBODY_YET + 1])
def test_a_position_that_is_none(case: Path, position: int) -> None:
    with pytest.raises(OutOfRange, match=f"position {position} is none of the ledger example.org/store"):
        load(case, ledger_at=position)


def test_files_have_no_positions(bare: Path) -> None:
    with pytest.raises(OutOfRange, match="has no ledger with entries to count"):
        load(bare, ledger_at=1)


@pytest.mark.requirement("R23")
def test_what_held_on_a_day_as_known_on_another(case: Path) -> None:
    later = fact(
        kind="checked", subject="assemblies", detail="activity=scanning; sample=12", supersedes="e05"
    )
    later |= {"id": "n1", "from": "2021-01-11", "recorded": "2021-06-01"}
    add_entries(case, facts(later), ME)

    def known(day: str | None) -> set[str]:
        on = None if day is None else date.fromisoformat(day)
        wanted = Selection(on=date(2021, 1, 11), known_on=on)
        return {one.content.name for one in ledger_log(case, wanted).entries}

    assert known("2021-05-31") == {"e04", "e05"}
    assert known("2021-06-01") == known(None) == {"e04", "n1"}


def test_entries_are_selected(case: Path) -> None:
    add_source(case, {"key": "invented", "publisher": "Nobody"}, ME)

    def names(**wanted: object) -> list[str]:
        return [one.content.name for one in ledger_log(case, Selection(**wanted)).entries]  # type: ignore[arg-type]

    assert names(kind="visit") == ["e04", "e06", "e11"]
    assert names(subject="hall-camera") == ["e01", "e07", "e12"]
    assert names(subject="hall-camera", last=1) == ["e12"]
    assert names(name="invented") == ["invented", "invented"]
    assert names(kind="source", ledger_at=1) == ["invented"]
    with pytest.raises(UnknownName, match="no fact and no source 'e99'"):
        names(name="e99")


def test_differences_between_two_days(case: Path) -> None:
    changes = differences(case, "2021-07-05", "2021-09-10").changes
    assert [(one.change, one.after and one.after.content.name) for one in changes] == [
        ("added", "e09"),
        ("added", "e10"),
    ]
    back = differences(case, "2021-09-10", "2021-07-05").changes
    assert [(one.change, one.before and one.before.content.name) for one in back] == [
        ("gone", "e09"),
        ("gone", "e10"),
    ]


def test_differences_between_two_positions(case: Path) -> None:
    add_entries(case, facts(fact(id="n1", supersedes="e14", recorded="2022-01-01"), fact(id="n2")), ME)
    add_source(case, {"key": "invented", "publisher": "Nobody"}, ME)
    found = differences(case, str(NOBODY_YET), str(NOBODY_YET + 3))
    told = {
        one.change: (one.before and one.before.content.name, one.after and one.after.content.name)
        for one in found.changes
    }
    assert told == {
        "corrected": ("e14", "n1"),
        "added": (None, "n2"),
        "revised": ("invented", "invented"),
    }
    assert differences(case, "0", "0").changes == ()
    with pytest.raises(OutOfRange, match="position 99 is none of the ledger"):
        differences(case, "0", "99")
    with pytest.raises(OutOfRange, match="'yesterday' is neither a day nor a position"):
        differences(case, "yesterday", "1")


# ---------------------------------------------------------------- a shared ledger, and rows from Python


def test_a_shared_ledger_is_found_by_its_link(bare: Path, postgres_server: str) -> None:
    kept = start_ledger(
        bare, recorder="A. Analyst", origin="example.org/store", address=f"{postgres_server}#shared"
    )
    assert (bare / "ledger.url").read_text(encoding="utf-8") == f"{postgres_server}#shared\n"
    assert kept.size == NOBODY_YET
    add_entries(bare, facts(fact()), Entering("B. Inspector"))
    study = brief(bare, as_of="2021-09-01")
    assert (study.origin.ledger_name, study.origin.ledger_position) == ("example.org/store", NOBODY_YET + 1)
    assert load(bare).entries[-1].file == "ledger.url"


@pytest.mark.requirement("R17")
def test_the_same_entries_have_the_same_root_in_both_engines(
    case: Path, postgres_server: str, tmp_path: Path
) -> None:
    add_entries(case, facts(fact(note="Ü'; --")), ME)
    export_ledger(case, tmp_path / "all.jsonl")
    other = tmp_path / "other"
    other.mkdir()
    (other / "case.yaml").write_bytes((case / "case.yaml").read_bytes())
    kept = start_ledger(
        other,
        recorder="A. Analyst",
        origin="example.org/store",
        address=f"{postgres_server}#moved",
        restore=tmp_path / "all.jsonl",
    )
    assert kept.root == brief(case).origin.ledger_digest
    assert study_json(brief(other)) == study_json(brief(case))


def test_a_password_does_not_get_into_the_folder(bare: Path) -> None:
    with pytest.raises(LedgerError, match="the address holds a password"):
        start_ledger(bare, recorder="A. Analyst", address="postgresql://a:secret@nowhere/none")
    assert not (bare / "ledger.url").exists()


def test_rows_are_made_of_cells(case: Path) -> None:
    cells = {
        "kind": "noted",
        "subject": "store",
        "from": "2021-05-01",
        "sources": "letter",
        "grade": "A",
        "note": " a ",
    }
    kept = add_entries(case, Additions.of([cells], [{"key": "letter", "title": "A letter"}]), ME)
    assert [one.name for one in kept.added] == ["letter", "F0018"]
    assert kept.added[1].cells["note"] == "a"
    with pytest.raises(OutOfRange, match="a fact has no column 'when'; it has id, kind, subject"):
        Additions.of([{"when": "2021"}])


def test_what_is_restored_keeps_its_name(case: Path, tmp_path: Path) -> None:
    export_ledger(case, tmp_path / "all.jsonl")
    (case / "ledger.db").unlink()
    with pytest.raises(OutOfRange, match=r"give what is restored the name it had \(--origin\)"):
        start_ledger(case, recorder="A. Analyst", restore=tmp_path / "all.jsonl")
    kept = start_ledger(
        case, recorder="A. Analyst", origin="example.org/store", restore=tmp_path / "all.jsonl"
    )
    assert len(kept.added) == NOBODY_YET


# ---------------------------------------------------------------- what others do meanwhile, and mistakes


def test_what_two_people_say_of_a_source_is_both_kept(case: Path) -> None:
    add_source(case, {"key": "invented", "publisher": "Nobody"}, ME)
    add_source(case, {"key": "invented", "url": "example.org"}, Entering("B. Inspector"))
    held = load(case).sources["invented"]
    assert (held.publisher, held.url) == ("Nobody", "example.org")


def test_a_source_can_be_set_back_by_hand_and_not_by_its_old_file(case: Path) -> None:
    for title in ("One", "Two", "One"):
        assert len(add_source(case, {"key": "letter", "title": title}, ME).added) == 1
    assert load(case).sources["letter"].title == "One"
    old = Additions("old.csv", sources=((2, source(title="Two")),))
    assert add_entries(case, old, ME).skipped == 1
    assert load(case).sources["letter"].title == "One"


def test_an_export_with_two_versions_of_a_source_starts_another_case(case: Path, tmp_path: Path) -> None:
    add_source(case, {"key": "invented", "publisher": "Nobody"}, ME)
    other = tmp_path / "other"
    export_ledger(case, other, form="csv")
    (other / "case.yaml").write_bytes((case / "case.yaml").read_bytes())
    assert check(other) == ()
    assert load(other).sources["invented"].publisher == "Nobody"
    start_ledger(other, recorder="C. Archivist")
    assert load(other).sources["invented"].publisher == "Nobody"


def test_the_same_fact_by_hand_again_is_held_already(case: Path) -> None:
    nameless = Additions.of([{key: cell for key, cell in fact().items() if key != "id"}])
    assert [one.name for one in add_entries(case, nameless, ME).added] == ["F0017"]
    assert add_entries(case, nameless, ME).skipped == 1


def test_numbers_are_those_of_the_entries_that_were_added(case: Path) -> None:
    kept = add_entries(case, facts(fact()), ME)
    add_entries(case, facts(fact(id="n2")), Entering("B. Inspector"))
    assert (kept.first, kept.size) == (NOBODY_YET + 1, NOBODY_YET + 1)
    assert kept.root == brief(load(case, ledger_at=kept.size)).origin.ledger_digest


@pytest.mark.parametrize(
    "name", ["17", "a b", "a;b", "../x", "=1", "[red]", "x" * 201, "\u202eB", "invented"]
)
def test_names_that_would_mislead(case: Path, name: str) -> None:
    with pytest.raises(FaultyInput, match=r"cannot be the id|is the name of a source|turns the direction"):
        add_entries(case, facts(fact(id=name)), ME)


@pytest.mark.parametrize("key", ["a;b", "a b", "e01", ""])
def test_keys_that_could_not_be_cited(case: Path, key: str) -> None:
    with pytest.raises(FaultyInput):
        add_source(case, {"key": key, "title": "A letter"}, ME)


def test_cells_that_are_no_texts(case: Path) -> None:
    with pytest.raises(OutOfRange, match="the cell 'note' is None, and no text"):
        Additions.of([{"note": None}])  # type: ignore[dict-item]
    with pytest.raises(FaultyInput, match="the cell 'note' holds a control character"):
        add_entries(case, facts(fact(note="\ud800")), ME)


def test_a_fact_that_was_altered_gives_no_answer(case: Path) -> None:
    import sqlite3

    with sqlite3.connect(case / "ledger.db") as file:
        (text,) = file.execute("select sql from sqlite_master where name = 'entry_updated'").fetchone()
        file.execute("drop trigger entry_updated")
        file.execute("update entry set leaf = replace(leaf, 'found=working', 'found=dead') where number = 9")
        file.execute(text)
    file.close()
    with pytest.raises(CaseError, match=r"what example\.org/store says is not what its tree was made of"):
        brief(case)


def test_files_beside_a_ledger_that_cannot_be_read_are_faults(case: Path) -> None:
    (case / "events.csv").write_bytes(b"")
    (case / "sources.csv").unlink()
    (case / "sources.csv").mkdir()
    assert [fault.file for fault in check(case)] == ["events.csv", "sources.csv"]


def test_an_apostrophe_that_was_typed_stays(bare: Path) -> None:
    events = (bare / "events.csv").read_text(encoding="utf-8")
    (bare / "events.csv").write_text(
        events + "n1,noted,store,2021-05-01,,,,,invented,A,,'- said he,,\n", encoding="utf-8"
    )
    start_ledger(bare, recorder="A. Analyst")
    assert load(bare).entries[-1].quote == "'- said he"


# ---------------------------------------------------------------- servers of others


@pytest.fixture
def nobody_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "watchgap" / "trusted-ledgers"


def test_a_case_from_elsewhere_reaches_for_no_server(bare: Path, nobody_is_trusted: Path) -> None:
    (bare / "ledger.url").write_text("postgresql://a@ledger.example.org/x#y\n", encoding="utf-8")
    (fault,) = check(bare)
    assert "the ledger lies on postgresql://a@ledger.example.org/x, which you have not used before" in str(
        fault
    )
    assert trust("postgresql://a@ledger.example.org/x#z") == "postgresql://a@ledger.example.org/x"
    assert nobody_is_trusted.read_text(encoding="utf-8") == "postgresql://a@ledger.example.org/x\n"
    assert is_trusted("postgresql://a@ledger.example.org/x#y")
    assert not is_trusted("postgresql://b@ledger.example.org/x#y")
    assert is_trusted("postgresql://a@127.0.0.1:5432/x#y")


@pytest.mark.parametrize("address", ["mysql://x", "ledger.db", "", "../ledger.db"])
def test_what_is_no_address(bare: Path, address: str) -> None:
    with pytest.raises(LedgerError, match="is no address of a shared ledger; write it as postgresql://"):
        start_ledger(bare, recorder="A. Analyst", address=address)
    (bare / "ledger.url").write_text(f"{address or 'x'}\n", encoding="utf-8")
    assert "is no address of a shared ledger" in str(check(bare)[0])


def test_a_ledger_that_is_a_link_is_not_followed(case: Path) -> None:
    (case / "ledger.db").rename(case / "elsewhere.db")
    (case / "ledger.db").symlink_to(case / "elsewhere.db")
    assert "ledger.db is a link to elsewhere" in str(check(case)[0])
