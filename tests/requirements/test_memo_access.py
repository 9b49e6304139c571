"""Access: what the memo says that it restores, how soon and until when, on the real case and on copies."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import watchgap as wg
from watchgap.assurance.record import FloatArray
from watchgap.case.record import LEVELS

StudyOn = Callable[..., wg.Study]

MEMO = "1993-11-06"
YEAR_END = "1993-12-31"
EVE_OF_MARCH = "1994-02-28"
COMPLETED = "1994-05-24"
REPORTED_LOST = "1994-06-02"
LAST = "1994-06-30"
TOP = "can be stated with confidence"
BOTTOM = "cannot be concluded"


def on(study: wg.Study, day: str) -> int:
    return study.days.index(date.fromisoformat(day))


def curve(study: wg.Study, name: str, first: str, last: str, claim: str = "gap") -> FloatArray:
    return study.claim(claim).curves[name][on(study, first) : on(study, last) + 1]


def value(study: wg.Study, name: str, day: str, claim: str = "gap") -> float:
    return float(curve(study, name, day, day, claim)[0])


def known(number: float | None) -> float:
    assert number is not None
    return number


# ---------------------------------------------------------------- M05, M06: a lattice of access


def out_of_order(study: wg.Study) -> list[tuple[str, str, str]]:
    """Claims and pairs of packages of which the higher restores less than the lower on some day."""
    ordered = sorted(study.packages, key=lambda package: LEVELS.index(package.level))
    found = []
    for claim in study.claims:
        for lower, higher in pairwise(ordered):
            less, more = (claim.curves[f"restorable: {one.id}"] for one in (lower, higher))
            if (np.nan_to_num(more) < np.nan_to_num(less) - 1e-12).any():
                found.append((claim.id, lower.id, higher.id))
    return found


@pytest.mark.requirement("M05", "M06")
def test_a_higher_level_of_access_never_restores_less(study_on: StudyOn, whole: wg.Study) -> None:
    levels = [LEVELS.index(package.level) for package in whole.packages]
    assert len(set(levels)) == len(levels) == 3
    assert out_of_order(whole) == []
    gap = study_on(YEAR_END).claim("gap")
    assert known(gap.restorable("maintenance").value) < known(gap.restorable("full-range").value)


@pytest.mark.requirement("M05", "M06")
def test_a_level_in_name_only_is_seen_to_restore_less(changed: Any) -> None:
    collects = "    collects: [reactor-cameras, laboratory-cameras]\n"
    changed.replace_text(f"level: some sites\n{collects}", "level: some sites\n", times=1)
    assert ("gap", "maintenance", "five-plus-two") in out_of_order(changed.brief(MEMO))


@pytest.mark.requirement("M05")
def test_maintenance_is_a_partial_access_on_offer(loaded: wg.LoadedCase, study_on: StudyOn) -> None:
    stated = next(package for package in loaded.case.packages if package.id == "maintenance")
    assert stated.activities == ()
    assert set(stated.collects) == {"reactor-cameras", "laboratory-cameras"}
    offers = {package.id: package.offered for package in study_on(MEMO).packages}
    assert offers == {"maintenance": date(1993, 11, 6), "five-plus-two": None, "full-range": None}
    before = {package.offered for package in study_on("1993-11-05", "1993-11-05").packages}
    assert before == {None}


@pytest.mark.requirement("M06")
def test_the_full_range_is_at_declared_sites_and_settles_nothing_beyond(
    loaded: wg.LoadedCase, study_on: StudyOn
) -> None:
    study = study_on(MEMO)
    full = next(package for package in study.packages if package.id == "full-range")
    assert LEVELS.index(full.level) == max(LEVELS.index(package.level) for package in study.packages)
    assert full.level == "full range at declared sites"
    assert [site.id for site in loaded.case.facilities if not site.declared] == ["undeclared-sites"]
    assert study.claim("completeness").restorable("full-range").value is None
    assert study.claim("gap").restorable("full-range").words == TOP


# ---------------------------------------------------------------- M16, M18, M35: with access, and without


@pytest.mark.requirement("M16", "M18", "M35")
def test_on_the_day_of_the_memo_access_restores_what_is_not_in_hand(study_on: StudyOn) -> None:
    gap = study_on(MEMO).claim("gap")
    assert gap.in_hand.words != TOP
    part = known(gap.restorable("maintenance").value)
    assert known(gap.in_hand.value) < part < known(gap.restorable("full-range").value)
    assert gap.restorable("full-range").words == TOP


@pytest.mark.requirement("M16")
def test_what_suffices_in_november_does_not_at_the_end_of_the_year(study_on: StudyOn) -> None:
    earlier, later = (study_on(day).claim("gap") for day in (MEMO, YEAR_END))
    assert known(later.restorable("maintenance").value) < known(earlier.restorable("maintenance").value) - 0.5
    assert later.restorable("maintenance").words == BOTTOM
    assert later.restorable("full-range").words == TOP


def inspected_on(changed: Any, day: str) -> wg.Study:
    changed.add_fact(
        id="T001", kind="checked", subject="core", recorded=day,
        detail="activity=rod-verification; sample=90; result=as declared", **{"from": day},
    )  # fmt: skip
    study: wg.Study = changed.brief("1994-01-05")
    return study


@pytest.mark.requirement("M16", "M18", "M19")
def test_early_access_restores_in_time(changed: Any) -> None:
    study = inspected_on(changed, "1993-11-10")
    assert value(study, "in hand", "1993-11-09") < 0.1
    assert value(study, "in hand", "1993-11-10") >= 0.9
    assert value(study, "timely", "1993-11-10") >= 0.9
    # It says nothing of what is done afterwards.
    assert value(study, "in hand", YEAR_END) < 0.1


@pytest.mark.requirement("M16", "M18", "M19")
def test_late_access_closes_the_gap_and_can_never_be_in_time(changed: Any) -> None:
    study = inspected_on(changed, "1993-12-20")
    assert value(study, "in hand", "1993-12-20") >= 0.9
    assert curve(study, "timely", "1993-12-20", "1994-01-05").max() < 0.1


@pytest.mark.requirement("M35")
@pytest.mark.parametrize("day", [MEMO, YEAR_END])
def test_a_study_holds_both_branches_side_by_side(study_on: StudyOn, day: str) -> None:
    study = study_on(day)
    table = wg.headline_table(study)
    rows = zip(table["claim"], table["name"], table["value"], table["words"], strict=True)
    words = {name: (number, say) for claim, name, number, say in rows if claim == "gap"}
    assert words["in hand"] == (study.claim("gap").in_hand.value, BOTTOM)
    assert words["restorable: full-range"][1] == TOP
    assert words["restorable: full-range"][0] - words["in hand"][0] > 0.9


# ---------------------------------------------------------------- M17, M18: things that can be done


@pytest.mark.requirement("M17")
def test_it_is_the_inspection_of_the_fuel_that_restores(changed: Any, study_on: StudyOn) -> None:
    text = (changed.folder / "case.yaml").read_text(encoding="utf-8")
    begin = text.index("    activities:\n      - activity: count-and-seal-check")
    end = text.index("    source: [MEMO, BS-1993-12-10, CNS94, DES-1994-06-05]")
    without = changed.replace_text(text[begin:end], "", times=1).brief(YEAR_END).claim("gap")
    assert known(without.restorable("full-range").value) == pytest.approx(known(without.latent.value))
    assert without.restorable("full-range").words == "degraded"
    assert study_on(YEAR_END).claim("gap").restorable("full-range").words == TOP


@pytest.mark.requirement("M18")
def test_a_later_inspection_says_that_nothing_happened_in_the_blind_time(study_on: StudyOn) -> None:
    gap = study_on(YEAR_END).claim("gap")
    worst = gap.restorable("maintenance").binding
    assert worst is not None
    # The way that maintenance leaves open lies wholly in the blind time; the full range would find it.
    assert worst.begins is not None
    assert worst.begins > date(1993, 11, 3)
    assert worst.nondetection > 0.99
    settled = gap.restorable("full-range").binding
    assert settled is not None
    assert settled.nondetection < 0.01


@pytest.mark.requirement("M18")
def test_the_inspection_of_may_closed_the_gap_afterwards(whole: wg.Study) -> None:
    gap = whole.claim("gap")
    assert value(whole, "in hand", EVE_OF_MARCH) < 0.1
    assert value(whole, "in hand", COMPLETED) >= 0.9
    assert gap.posterior[on(whole, COMPLETED)] < gap.posterior[on(whole, EVE_OF_MARCH)] / 100


@pytest.mark.requirement("M18")
def test_without_the_check_of_may_the_gap_stays_open(changed: Any) -> None:
    gap = changed.strike("Y149").brief(COMPLETED).claim("gap")
    assert gap.in_hand.words == BOTTOM


# ---------------------------------------------------------------- M19: lost for good


@pytest.mark.requirement("M19")
def test_after_the_discharge_no_package_restores_the_past(whole: wg.Study) -> None:
    assert value(whole, "restorable: full-range", "1994-05-26", claim="past") >= 0.9
    lowest_useful = whole.scale["assurance"][-2][0]
    names = [name for name in whole.claim("past").curves if name.startswith("restorable: ")]
    assert len(names) == len(whole.packages) == 3
    for name in names:
        assert curve(whole, name, REPORTED_LOST, LAST, claim="past").max() < lowest_useful, name


@pytest.mark.requirement("M19")
def test_had_the_places_of_the_rods_been_kept_the_past_could_still_be_restored(changed: Any) -> None:
    study = changed.strike("Y156").brief(REPORTED_LOST)
    assert study.claim("past").restorable("full-range").words == TOP
    assert study.claim("past").restorable("maintenance").words == BOTTOM


@pytest.mark.requirement("M19")
def test_a_film_that_was_taken_away_is_lost_for_good(changed: Any, whole: wg.Study) -> None:
    lost = changed.change_fact("Y066", detail="found=working; record=lost").brief("1993-10-15")
    for name in ("latent", "restorable: maintenance"):
        assert curve(lost, name, "1993-08-14", "1993-10-15").max() < value(whole, name, "1993-10-15") - 0.2
