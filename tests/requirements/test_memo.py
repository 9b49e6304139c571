"""Confidence that degrades: what the memo says of it, on the real case and on copies with a fact changed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

import watchgap as wg
from watchgap.assurance import nondetection
from watchgap.assurance.record import FloatArray

StudyOn = Callable[..., wg.Study]

MEMO = "1993-11-06"
YEAR_END = "1993-12-31"
# The films of August are in hand from the first of these days on; the last is the eve of the inspection.
UNWATCHED = ("1993-08-14", "1994-02-28")
TOP = "can be stated with confidence"
CAMERAS = ("reactor-cameras", "laboratory-cameras")
SEALS = ("reactor-seals", "laboratory-seals")
SHORT_FILM = ("value: 7200", "value: 5400")
LONG_FILM = ("value: 7200", "value: 20000")
FOUND_DEAD = "Y081"


def on(study: wg.Study, day: str) -> int:
    return study.days.index(date.fromisoformat(day))


def curve(study: wg.Study, name: str, first: str, last: str, claim: str = "gap") -> FloatArray:
    return study.claim(claim).curves[name][on(study, first) : on(study, last) + 1]


def days_to(study: wg.Study, day: str) -> float:
    return float((date.fromisoformat(day) - study.period_first).days)


def lane(study: wg.Study, measure: str) -> Any:
    return next(one for one in study.lanes if one.measure == measure)


def distinct(values: FloatArray) -> int:
    return int(np.unique(np.round(values, 6)).size)


# ---------------------------------------------------------------- M10, M15: it degrades as time passes


@pytest.mark.requirement("M10", "M15")
def test_assurance_only_falls_while_nothing_comes_into_hand(loaded: wg.LoadedCase, whole: wg.Study) -> None:
    first, last = (days_to(whole, day) for day in UNWATCHED)
    came = loaded.ledger().of_kind("serviced", "collected", "verified", "checked", "removed", "detached")
    assert [fact.id for fact in came if first <= fact.when < last] == []
    for name in whole.claim("gap").curves:
        assert np.diff(curve(whole, name, *UNWATCHED)).max() <= 1e-12, name
    for name in ("in hand", "latent", "restorable: maintenance"):
        values = curve(whole, name, *UNWATCHED)
        assert values[0] >= 0.9, name
        assert values[-1] < values[0] - 0.1, name


@pytest.mark.requirement("M10")
def test_assurance_rises_again_if_films_come_into_hand(changed: Any) -> None:
    changed.strike(FOUND_DEAD).add_fact(
        id="T001", kind="serviced", subject="; ".join(CAMERAS), recorded="1993-10-20",
        detail="found=working; record=collected", **{"from": "1993-10-20"},
    )  # fmt: skip
    study = changed.brief("1993-11-30")
    assert curve(study, "in hand", "1993-08-18", "1993-10-20").max() < 0.1
    assert curve(study, "in hand", "1993-10-21", "1993-11-06").max() >= 0.9


@pytest.mark.requirement("M15")
def test_belief_in_a_diversion_grows_from_day_to_day(whole: wg.Study) -> None:
    days = slice(on(whole, MEMO), on(whole, UNWATCHED[1]) + 1)
    for belief in (whole.claim("gap").prior[days], whole.claim("gap").posterior[days]):
        assert np.diff(belief).min() > 0


@pytest.mark.requirement("M15")
def test_more_ways_fit_into_the_blind_time_the_longer_it_lasts(
    loaded: wg.LoadedCase, study_on: StudyOn
) -> None:
    _, blind, _ = lane(study_on(MEMO), "reactor-cameras").blind_since
    ways = wg.situation_of(loaded, as_of=UNWATCHED[1]).scenarios
    lengths = [one.duration for one in ways if one.claim == "gap"]
    fitting = [
        sum(blind + length <= days_to(study_on(MEMO), day) for length in lengths)
        for day in ("1993-11-10", YEAR_END, UNWATCHED[1])
    ]
    assert fitting[0] == 0
    assert fitting[0] < fitting[1] < fitting[2] <= len(lengths)


# ---------------------------------------------------------------- M11, M12: film and batteries ran out


@pytest.mark.requirement("M11")
def test_devices_end_between_their_last_service_and_the_memo(study_on: StudyOn) -> None:
    study = study_on(MEMO)
    for measure in CAMERAS:
        days = ("1993-08-20", "1993-10-31", MEMO)
        states = [lane(study_on(day), measure).stretches[-1].state for day in days]
        assert states == ["recorded", "not known", "blind"]
        early, middle, late = lane(study, measure).blind_since
        assert days_to(study, "1993-08-10") < early < middle <= late <= days_to(study, MEMO)


@pytest.mark.requirement("M11", "M13")
def test_a_shorter_film_ends_sooner_and_takes_the_confidence_with_it(changed: Any) -> None:
    study = changed.replace_text(*SHORT_FILM, times=2).brief("1993-10-31")
    assert {lane(study, measure).stretches[-1].state for measure in CAMERAS} == {"blind"}
    assert lane(study, "reactor-cameras").blind_since[2] < days_to(study, "1993-10-15")
    assert study.claim("gap").restorable("maintenance").words != TOP
    assert study.claim("gap").latent.words != TOP


@pytest.mark.requirement("M11", "M12")
def test_what_was_found_overrides_the_model_of_the_film(changed: Any) -> None:
    changed.replace_text(*LONG_FILM, times=2)
    found = changed.brief(MEMO)
    assert lane(found, "reactor-cameras").stretches[-1].functioning == (0.0, 0.0)
    unfound = changed.strike(FOUND_DEAD).brief(MEMO)
    assert lane(unfound, "reactor-cameras").stretches[-1].functioning[1] > 0.5
    assert lane(unfound, "reactor-cameras").blind_since is None
    # A camera that was found dead may have died long before.
    name = "restorable: maintenance"
    assert curve(found, name, MEMO, MEMO)[0] < curve(unfound, name, MEMO, MEMO)[0] - 0.1


@pytest.mark.requirement("M12")
def test_films_observe_nothing_any_more_and_seals_still_do(study_on: StudyOn) -> None:
    study = study_on(MEMO)
    for measure in CAMERAS:
        assert lane(study, measure).stretches[-1].functioning[1] < 0.01
    for measure in SEALS:
        last = lane(study, measure).stretches[-1]
        assert last.state == "recorded"
        assert last.functioning == (1.0, 1.0)
        assert lane(study, measure).blind_since is None


@pytest.mark.requirement("M12")
def test_blindness_is_known_from_the_age_of_the_film_before_anybody_reports_it(study_on: StudyOn) -> None:
    before = study_on("1993-11-05", "1993-11-05")
    last = lane(before, "reactor-cameras").stretches[-1]
    assert (last.state, last.why) == ("blind", "presumed run out")
    assert lane(study_on(MEMO), "reactor-cameras").stretches[-1].why == "found dead"


# ---------------------------------------------------------------- M13, M22: what could be said, and when not


@pytest.mark.requirement("M13")
@pytest.mark.parametrize("day", ["1993-08-20", "1993-10-31"])
def test_until_recently_it_could_be_said_with_confidence(study_on: StudyOn, day: str) -> None:
    gap = study_on(day).claim("gap")
    assert gap.latent.words == TOP
    assert gap.restorable("maintenance").words == TOP


@pytest.mark.requirement("M22")
def test_by_the_end_of_the_year_only_the_full_range_gives_an_assertion_weight(
    study_on: StudyOn, whole: wg.Study
) -> None:
    gap, scale = study_on(YEAR_END).claim("gap"), study_on(YEAR_END).scale["assurance"]
    assert [say for _, say in scale] == [TOP, "degraded", "hollow", "cannot be concluded"]
    lowest_useful = scale[-2][0]
    for headline in (gap.in_hand, gap.restorable("maintenance"), gap.restorable("five-plus-two")):
        assert headline.value is not None
        assert headline.value < lowest_useful
    assert gap.latent.words == "degraded"
    assert gap.restorable("full-range").words == TOP
    # It became so between the memo and the end of the year, not before.
    crossing = curve(whole, "restorable: maintenance", MEMO, YEAR_END)
    assert crossing[0] >= lowest_useful > crossing[-1]


# ---------------------------------------------------------------- M14: a way of two steps


@pytest.mark.requirement("M14")
def test_the_way_of_two_steps_is_longer_and_still_fits_into_the_gap(
    loaded: wg.LoadedCase, study_on: StudyOn
) -> None:
    routes = {route.id: route for route in loaded.case.routes}
    assert [step.facility for step in routes["core-to-laboratory"].steps] == [
        "reactor",
        "radiochemical-laboratory",
    ]
    situation = wg.situation_of(loaded, as_of=UNWATCHED[1])
    lengths = {one.name: one.duration for one in situation.scenarios}
    _, _, late = lane(study_on(MEMO), "reactor-cameras").blind_since
    blind_days = days_to(study_on(MEMO), "1994-03-01") - late
    unvisited_days = days_to(study_on(MEMO), "1994-03-01") - days_to(study_on(MEMO), "1993-08-10")
    for rate, room in (("abrupt", blind_days), ("protracted", unvisited_days)):
        one = lengths[f"gap/core-to-store/{rate}/dummies"]
        two = lengths[f"gap/core-to-laboratory/{rate}/dummies"]
        assert one < two <= room


@pytest.mark.requirement("M14")
def test_the_way_of_two_steps_could_have_gone_undetected(loaded: wg.LoadedCase, study_on: StudyOn) -> None:
    situation = wg.situation_of(loaded, as_of=UNWATCHED[1])
    way = next(one for one in situation.scenarios if one.name == "gap/core-to-laboratory/abrupt/dummies")
    _, _, blind = lane(study_on(MEMO), "reactor-cameras").blind_since
    watched = days_to(study_on(MEMO), "1993-08-15")
    starts, now = np.array([watched, blind + 0.5]), float(situation.times[-1])
    with_films = nondetection(situation, way, starts, now, "maintenance")
    assert with_films[0] < 0.1
    assert with_films[1] > 0.99
    assert nondetection(situation, way, starts, now, "in hand")[1] > 0.99


@pytest.mark.requirement("M14")
def test_a_gap_shorter_than_every_way_gives_assurance_by_time_alone(whole: wg.Study) -> None:
    assert curve(whole, "in hand", "1993-02-10", "1993-02-16") == pytest.approx(1.0)
    assert curve(whole, "in hand", "1993-02-20", "1993-02-20")[0] < 0.1


# ---------------------------------------------------------------- M20, M21: no date certain, by degree


@pytest.mark.requirement("M21")
@pytest.mark.parametrize("name", ["latent", "restorable: maintenance"])
def test_loss_of_confidence_has_degrees(whole: wg.Study, name: str) -> None:
    values = curve(whole, name, UNWATCHED[0], YEAR_END)
    assert distinct(values) >= 30
    assert ((values >= 0) & (values <= 1)).all()
    # It falls on many days on the highest rung already, before any word changes.
    confident = values[values >= 0.9]
    assert distinct(confident) >= 20
    assert confident[-1] < confident[0]


@pytest.mark.requirement("M21")
def test_every_curve_of_the_case_is_graded_by_words_between_the_ends(whole: wg.Study) -> None:
    ladder = whole.scale["assurance"]
    assert all(0 < at_least < 1 for at_least, _ in ladder[:-1])
    latent = curve(whole, "latent", UNWATCHED[0], YEAR_END)
    reached = {next(say for at_least, say in ladder if value >= at_least) for value in latent}
    assert {TOP, "degraded"} <= reached


@pytest.mark.requirement("M20")
def test_the_day_on_which_a_device_died_is_a_distribution(study_on: StudyOn) -> None:
    for measure in CAMERAS:
        early, _, late = lane(study_on(MEMO), measure).blind_since
        assert late - early > 30
    unknown = [one for one in lane(study_on("1993-10-31"), CAMERAS[0]).stretches if one.state == "not known"]
    assert all(0 < working < 1 for one in unknown for working in one.functioning)
    assert unknown != []


def day_of_loss(study: wg.Study) -> date:
    """The first day of 1994 on which the full range would not have restored the past."""
    values = curve(study, "restorable: full-range", "1994-01-01", "1994-06-05", claim="past")
    assert values[0] >= 0.9
    return study.days[on(study, "1994-01-01") + int(np.flatnonzero(values < 0.1)[0])]


@pytest.mark.requirement("M20")
def test_the_day_of_loss_lies_in_the_interval_that_the_ledger_keeps(
    loaded: wg.LoadedCase, whole: wg.Study
) -> None:
    (fact,) = loaded.ledger().about("rod-positions", "lost")
    assert (fact.first, fact.last) == (days_to(whole, "1994-05-27"), days_to(whole, "1994-06-02"))
    assert date(1994, 5, 27) < day_of_loss(whole) < date(1994, 6, 2)


@pytest.mark.requirement("M20")
@pytest.mark.parametrize("day", ["1994-05-27", "1994-06-02"])
def test_the_day_of_loss_moves_with_the_fact(changed: Any, day: str) -> None:
    changed.change_fact("Y156", timing="", to="", **{"from": day})
    assert day_of_loss(changed.brief("1994-06-05")) == date.fromisoformat(day)


# ---------------------------------------------------------------- M23: not the probability of diversion


@pytest.mark.requirement("M23")
def test_the_posterior_stays_small_while_assurance_falls(study_on: StudyOn, whole: wg.Study) -> None:
    gap = whole.claim("gap")
    days = slice(on(whole, UNWATCHED[0]), on(whole, UNWATCHED[1]) + 1)
    assert gap.posterior[days].max() < 0.05
    assert gap.curves["restorable: maintenance"][days].max() >= 0.9
    assert gap.curves["restorable: maintenance"][days].min() < 0.1
    year_end = study_on(YEAR_END).claim("gap")
    assert year_end.posterior_headline.words == "almost certainly not"
    assert year_end.in_hand.words == "cannot be concluded"


@pytest.mark.requirement("M23")
def test_posterior_and_assurance_are_separate_fields_with_scales_of_their_own(study_on: StudyOn) -> None:
    study = study_on(MEMO)
    gap = study.claim("gap")
    assert not {"posterior", "prior"} & {*gap.curves, *gap.headlines}
    assert not {say for _, say in study.scale["assurance"]} & {say for _, say in study.scale["posterior"]}
    assert "degree of belief" in gap.posterior_headline.basis
    table = wg.headline_table(study)
    names = [name for name, claim in zip(table["name"], table["claim"], strict=True) if claim == "gap"]
    assert names.count("posterior") == 1


@pytest.mark.requirement("M23")
def test_another_prior_moves_the_posterior_and_no_assurance(changed: Any, whole: wg.Study) -> None:
    study = changed.replace_text("pert: [0.01, 0.05, 0.15]", "pert: [1, 2, 4]", times=1).brief(YEAR_END)
    assert study.claim("gap").posterior_headline.value > 0.3
    for name in whole.claim("gap").curves:
        mine = curve(study, name, "1993-02-06", YEAR_END)
        assert np.array_equal(mine, curve(whole, name, "1993-02-06", YEAR_END)), name
