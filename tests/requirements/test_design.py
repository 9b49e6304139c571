"""What the design asks beyond the memo: records in hand, kinds of nothing, sources, replay, whole files."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import watchgap as wg
from watchgap.app.cli import outputs
from watchgap.assurance.record import FloatArray

StudyOn = Callable[..., wg.Study]

MEMO = "1993-11-06"
REFUSED = "1994-03-31"
TOP = "can be stated with confidence"
AUGUST_SERVICE = "Y066"


def on(study: wg.Study, day: str) -> int:
    return study.days.index(date.fromisoformat(day))


def curve(study: wg.Study, name: str, first: str, last: str, claim: str = "gap") -> FloatArray:
    return study.claim(claim).curves[name][on(study, first) : on(study, last) + 1]


# ---------------------------------------------------------------- R01: records count when in hand


@pytest.mark.requirement("R01")
def test_a_record_counts_from_the_day_that_it_is_reviewed(loaded: wg.LoadedCase, whole: wg.Study) -> None:
    (service,) = [fact for fact in loaded.entries if fact.id == AUGUST_SERVICE]
    assert whole.days[int(service.when)] == date(1993, 8, 6)
    # Serviced on the 6th, reviewed in the week that follows: until then the films are only latent.
    assert curve(whole, "in hand", "1993-08-01", "1993-08-13").max() < 0.1
    assert curve(whole, "latent", "1993-08-01", "1993-08-13").min() >= 0.9
    assert curve(whole, "in hand", "1993-08-14", "1993-08-17").min() >= 0.9


@pytest.mark.requirement("R01")
def test_a_record_that_is_lost_before_it_is_in_hand_never_counts(changed: Any) -> None:
    changed.change_fact(AUGUST_SERVICE, detail="found=working; record=lost")
    study = changed.brief("1993-09-30")
    assert curve(study, "in hand", "1993-08-07", "1993-09-30").max() < 0.1
    assert curve(study, "restorable: maintenance", "1993-08-07", "1993-09-30").max() < 0.1
    lost = [one for one in study.lanes[0].stretches if one.why == "record lost"]
    assert [one.state for one in lost] == ["blind"]


# ---------------------------------------------------------------- R02: three kinds of nothing


@pytest.mark.requirement("R02")
def test_observed_nothing_could_not_observe_and_not_known_are_different_values(study_on: StudyOn) -> None:
    study = study_on("1993-10-31")
    cameras = next(one for one in study.lanes if one.measure == "reactor-cameras")
    by_state = {one.state: one for one in cameras.stretches}
    assert set(by_state) == {"blind", "seen", "recorded", "not known"}
    assert min(by_state["seen"].functioning) > 0.95
    assert by_state["blind"].functioning == (0.0, 0.0)
    assert all(0 < working < 1 for working in by_state["not known"].functioning)


@pytest.mark.requirement("R02")
def test_the_three_stay_apart_in_tables_and_json(study_on: StudyOn) -> None:
    table = wg.timeline_table(study_on("1993-10-31"))
    assert set(table["state"]) == {"blind", "seen", "recorded", "not known"}
    plain = json.loads(wg.study_json(study_on("1993-10-31")))
    told = {one["state"] for lane in plain["lanes"] for one in lane["stretches"]}
    assert told == set(table["state"])


@pytest.mark.requirement("R02")
def test_a_finding_turns_not_known_into_known(study_on: StudyOn) -> None:
    before, after = (study_on(day).lanes[0].stretches for day in ("1993-10-31", MEMO))
    assert (before[-1].state, after[-1].state) == ("not known", "blind")
    # What was seen up to the service is not touched by it.
    seen = [[one for one in stretches if one.state == "seen"] for stretches in (before, after)]
    assert seen[0] == seen[1] != []


# ---------------------------------------------------------------- R03: contradicted has no number


@pytest.mark.requirement("R03")
def test_a_contradicted_claim_has_no_number_anywhere(study_on: StudyOn, whole: wg.Study) -> None:
    study = study_on(REFUSED)
    gap = study.claim("gap")
    assert gap.state == "contradicted"
    headlines = [*gap.headlines.values(), gap.posterior_headline]
    assert {(one.value, one.words) for one in headlines} == {(None, "contradicted")}
    assert {line.amount for line in gap.exposures} == {None}
    days = slice(on(whole, "1994-03-08"), on(whole, "1994-05-23") + 1)
    for values in (*whole.claim("gap").curves.values(), whole.claim("gap").posterior):
        assert np.isnan(values[days]).all()
    assert [one.id for one in study.anomalies if "gap" in one.claims] == ["laboratory-seals-not-intact"]


@pytest.mark.requirement("R03")
def test_no_number_is_not_zero(study_on: StudyOn) -> None:
    plain = json.loads(wg.study_json(study_on(REFUSED)))
    gap = next(claim for claim in plain["claims"] if claim["id"] == "gap")
    assert gap["headlines"]["in hand"]["value"] is None
    table = wg.curve_table(study_on(REFUSED))
    rows = zip(*(table[name] for name in ("day", "claim", "stratum", "curve", "value", "state")), strict=True)
    told = {day: (value, state) for day, *what, value, state in rows if what == ["gap", "all", "in hand"]}
    assert told[date(1994, 3, 31)] == (None, "no number")
    assert told[date(1993, 12, 31)] == (pytest.approx(0.0, abs=1e-9), "number")


@pytest.mark.requirement("R03")
def test_without_the_anomaly_there_is_a_number(changed: Any) -> None:
    gap = changed.strike("Y130", "Y151").brief(REFUSED).claim("gap")
    assert gap.state == "computed"
    assert all(one.value is not None for one in gap.headlines.values())


@pytest.mark.requirement("R03")
def test_other_claims_keep_their_numbers(study_on: StudyOn) -> None:
    past = study_on(REFUSED).claim("past")
    assert past.state == "computed"
    assert past.restorable("full-range").words == TOP


# ---------------------------------------------------------------- R04: the back-test


@pytest.fixture(scope="module")
def back_test(loaded: wg.LoadedCase) -> wg.BackTest:
    return wg.backtest(loaded)


def agreement(result: wg.BackTest, claim: str, name: str) -> Any:
    return next(one for one in result.agreements if (one.claim, one.curve) == (claim, name))


@pytest.mark.requirement("R04")
def test_officials_spoke_of_what_was_latent_not_of_what_was_in_hand(back_test: wg.BackTest) -> None:
    latent, in_hand = (agreement(back_test, "gap", name) for name in ("latent", "in hand"))
    assert latent.count == in_hand.count >= 4
    assert latent.tau >= 0.7
    # Constant over the statements: it cannot order them at all.
    spoken = [one.values["in hand"] for one in back_test.statements if one.claim == "gap"]
    assert len({value for value in spoken if value is not None}) == 1
    assert in_hand.tau is None
    assert "'latent'" in next(text for text in back_test.verdicts if text.startswith("No diversion"))


@pytest.mark.requirement("R04")
def test_in_hand_left_the_highest_rung_in_august_and_latent_in_november(back_test: wg.BackTest) -> None:
    left = {name: agreement(back_test, "gap", name).left_top for name in ("in hand", "latent")}
    assert (left["in hand"].year, left["in hand"].month) == (1993, 8)
    assert (left["latent"].year, left["latent"].month) == (1993, 11)


@pytest.mark.requirement("R04")
def test_what_could_be_restored_of_the_past_fell_between_the_two_statements_about_it(
    back_test: wg.BackTest,
) -> None:
    past = [one for one in back_test.statements if one.claim == "past"]
    name = "restorable: full-range"
    assert [(one.day, one.rung) for one in past] == [
        (date(1994, 5, 27), "about to be lost"),
        (date(1994, 6, 2), "lost"),
    ]
    values = [one.values[name] for one in past]
    assert values[0] is not None
    assert values[1] is not None
    assert values[0] >= 0.9
    assert values[1] < 0.1
    assert date(1994, 5, 27) < agreement(back_test, "past", name).left_top <= date(1994, 6, 2)


@pytest.mark.requirement("R04")
def test_each_statement_comes_with_its_words_and_its_sources(
    loaded: wg.LoadedCase, back_test: wg.BackTest
) -> None:
    assert len(back_test.statements) >= 8
    for one in back_test.statements:
        assert one.quote
        assert one.sources
        assert set(one.sources) <= loaded.sources.keys()
        assert loaded.case.scale.statements[one.level] == one.rung


@pytest.mark.requirement("R04")
def test_other_words_would_have_disagreed(changed: Any) -> None:
    changed.change_fact("Y068", detail="claim=gap; rung=no conclusion")
    changed.change_fact("Y106", detail="claim=gap; rung=can say with confidence")
    assert agreement(wg.backtest(changed.folder), "gap", "latent").tau < 0.5


# ---------------------------------------------------------------- R05, R08: sources, and faults all at once


@pytest.mark.requirement("R05")
def test_every_fact_has_a_source_that_is_listed_and_a_grade(loaded: wg.LoadedCase) -> None:
    assert len(loaded.entries) == loaded.position > 100
    for fact in loaded.entries:
        assert fact.sources, fact.id
        assert set(fact.sources) <= loaded.sources.keys(), fact.id
        assert fact.grade in {"A", "B", "C", "D"}, fact.id
    assert len({fact.grade for fact in loaded.entries}) == 4


@pytest.mark.requirement("R05", "R08")
def test_what_has_no_source_or_grade_is_refused_and_all_of_it_is_named(changed: Any) -> None:
    changed.change_fact("Y066", sources="").change_fact("Y067", grade="")
    changed.change_fact("Y069", sources="NOBODY")
    number = "      value: 8000\n      unit: item\n      source: NKN-2012\n"
    text = (changed.folder / "case.yaml").read_text(encoding="utf-8")
    line = text[: text.index(number)].count("\n") + 1
    changed.replace_text(number, number.rpartition("      source")[0], times=1)
    faults = wg.check(changed.folder)
    assert [(fault.file, fault.line) for fault in faults if fault.file == "events.csv"] == [
        ("events.csv", 67),
        ("events.csv", 68),
        ("events.csv", 70),
    ]
    (unsourced,) = [fault for fault in faults if fault.file == "case.yaml"]
    assert "source" in unsourced.problem
    assert abs(unsourced.line - line) <= 1
    assert all(fault.problem and fault.remedy for fault in faults)
    with pytest.raises(wg.CaseError) as refused:
        wg.brief(changed.folder)
    assert refused.value.faults == faults


# ---------------------------------------------------------------- R06, R07: what was known when


@pytest.mark.requirement("R06")
def test_what_was_recorded_later_is_unknown(study_on: StudyOn) -> None:
    then, now = study_on("1994-05-26", MEMO), study_on("1994-05-26")
    assert then.known_on == date(1993, 11, 6)
    assert then.origin.facts_used < now.origin.facts_used
    # No visit, no finding about seals, no offer after the memo.
    assert max(mark.day for mark in then.marks) <= date(1993, 11, 6)
    assert [one.id for one in then.anomalies] == ["plutonium-discrepancy"]
    assert {package.id for package in then.packages if package.offered} == {"maintenance"}
    assert then.lanes[0].stretches[-1].state == "blind"
    assert now.lanes[0].stretches[-1].state != "blind"
    assert then.claim("gap").in_hand.words != now.claim("gap").in_hand.words


@pytest.mark.requirement("R06")
def test_a_fact_counts_from_the_day_that_it_was_recorded(study_on: StudyOn) -> None:
    states = [study_on("1994-03-10", day).claim("gap").state for day in ("1994-03-14", "1994-03-15")]
    assert states == ["computed", "contradicted"]
    assert study_on("1994-03-10", "1994-03-15").origin.recorded_later > 0


@pytest.mark.requirement("R06")
@pytest.mark.parametrize("day", ["1993-05-01", MEMO])
def test_what_happens_later_changes_no_earlier_point(study_on: StudyOn, whole: wg.Study, day: str) -> None:
    # In May 1993 it was not known yet that the cameras would be found working.
    study = study_on(day, day)
    for name, values in study.claim("gap").curves.items():
        assert np.array_equal(values, whole.claim("gap").curves[name][: values.size]), name


@pytest.mark.requirement("R07")
def test_a_correction_is_a_new_fact_and_the_old_one_is_still_there(changed: Any) -> None:
    changed.add_fact(
        id="T001", kind="serviced", subject="reactor-cameras; laboratory-cameras", timing="between",
        to="1993-08-10", recorded="1994-01-15", detail="found=working; record=lost",
        supersedes=AUGUST_SERVICE, **{"from": "1993-08-03"},
    )  # fmt: skip
    loaded = changed.load()
    answers = [
        wg.brief(loaded, as_of="1993-08-15", known_on=day).claim("gap").in_hand.words
        for day in ("1994-01-14", "1994-01-15", None)
    ]
    assert answers == [TOP, "cannot be concluded", "cannot be concluded"]
    assert {AUGUST_SERVICE, "T001"} <= {fact.id for fact in loaded.entries}
    assert AUGUST_SERVICE not in {fact.id for fact in loaded.ledger().entries}


# ---------------------------------------------------------------- R09: nothing half-written


def draw(_: object, target: Path) -> tuple[Path, ...]:
    path = target.with_name(f"{target.name}.svg")
    path.write_text("<svg/>", encoding="utf-8")
    return (path,)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.requirement("R09")
def test_a_study_is_written_whole(study_on: StudyOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "render", draw)
    written = outputs.write_study(study_on(MEMO), tmp_path / "out")
    assert sorted(path.name for path in written) == sorted(contents(tmp_path / "out"))
    assert json.loads(contents(tmp_path / "out")["study.json"])["digest"] == study_on(MEMO).digest


@pytest.mark.requirement("R09")
@pytest.mark.parametrize("broken", ["render", "study_json", "curve_table"])
def test_a_failure_leaves_what_was_there(
    study_on: StudyOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(outputs, "render", draw)
    outputs.write_study(study_on("1993-10-31"), tmp_path)
    # The figure of the same name, so that a file replaced too early would show.
    (tmp_path / "yongbyon-1993-gap-1993-11-06.svg").write_text("older", encoding="utf-8")
    before = contents(tmp_path)
    calls: list[object] = []

    def fail(*arguments: object) -> tuple[Path, ...]:
        calls.append(arguments)
        if broken == "render" and len(calls) == 1:
            return draw(*arguments)  # type: ignore[arg-type]
        raise OSError("no space left on device")

    monkeypatch.setattr(outputs, broken, fail)
    with pytest.raises(wg.WatchgapError, match="no space left on device"):
        outputs.write_study(study_on(MEMO), tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.requirement("R09")
def test_a_folder_in_the_way_stops_all_of_it(
    study_on: StudyOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "render", draw)
    (tmp_path / "curves.csv").mkdir()
    (tmp_path / "study.json").write_text("older", encoding="utf-8")
    with pytest.raises(wg.WatchgapError):
        outputs.write_study(study_on(MEMO), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curves.csv", "study.json"]
    assert (tmp_path / "study.json").read_text(encoding="utf-8") == "older"


# ---------------------------------------------------------------- R10: replay, R11: claims apart


@pytest.mark.requirement("R10")
def test_the_same_facts_give_the_same_study_and_other_facts_another(changed: Any, study_on: StudyOn) -> None:
    again = changed.brief(MEMO)
    assert wg.study_json(again) == wg.study_json(study_on(MEMO))
    assert len(again.digest) == 64
    other = changed.change_fact(AUGUST_SERVICE, note="Another note.").brief(MEMO)
    assert other.origin.ledger_digest != again.origin.ledger_digest
    assert other.origin.case_digest == again.origin.case_digest
    assert other.digest != again.digest


@pytest.mark.requirement("R11")
def test_gap_past_and_completeness_are_never_mixed(whole: wg.Study, study_on: StudyOn) -> None:
    assert [claim.kind for claim in whole.claims] == ["gap", "past", "completeness"]
    study = study_on("1994-06-30")
    assert study.claim("past").restorable("full-range").words == "cannot be concluded"
    assert study.claim("gap").restorable("full-range").words == TOP
    complete = study.claim("completeness")
    assert {headline.value for headline in complete.headlines.values()} == {None}
    assert all(np.isnan(values).all() for values in complete.curves.values())


@pytest.mark.requirement("R11")
def test_what_takes_the_past_away_leaves_the_gap_alone(changed: Any, whole: wg.Study) -> None:
    kept = changed.strike("Y156").brief("1994-06-30")
    for name, values in kept.claim("gap").curves.items():
        assert np.array_equal(values, whole.claim("gap").curves[name], equal_nan=True), name
    full = "restorable: full-range"
    assert curve(kept, full, "1994-06-02", "1994-06-30", "past").min() >= 0.9
    assert curve(whole, full, "1994-06-02", "1994-06-30", "past").max() < 0.1
