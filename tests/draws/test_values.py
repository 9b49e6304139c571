"""One draw of a case: values in range, dates in their intervals, facts in order, perils to come."""

from dataclasses import replace
from datetime import date
from math import inf, log
from pathlib import Path

import numpy as np
import pytest

from watchgap.case.quantity import Quantity
from watchgap.case.record import Case, Peril, UncertainDay
from watchgap.case.unknowns import quantities, unknown_quantities
from watchgap.draws import Drawer, normal_copula, sobol_points
from watchgap.flow import load
from watchgap.ledger import Entry, Ledger

YONGBYON = Path(__file__).resolve().parents[2] / "cases" / "yongbyon-1993"
NOVEMBER = 552.0


@pytest.fixture(scope="module")
def case() -> Case:
    return load(YONGBYON).case


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load(YONGBYON).ledger()


def fact(name: str, kind: str, subject: str, first: float, last: float) -> Entry:
    timing = "at" if first == last else "between"
    return Entry(name, kind, (subject,), first, last, timing, date(1993, 1, 1), ("S",), "B", line=int(first))


def ledger_of(*entries: Entry) -> Ledger:
    return Ledger(tuple(sorted(entries, key=lambda one: (one.when, one.line))), {}, len(entries), "")


def test_every_number_of_a_draw_lies_in_its_support_and_what_is_known_stays(
    case: Case, ledger: Ledger
) -> None:
    drawer = Drawer(case, ledger, NOVEMBER)
    for point in sobol_points(drawer.unknowns.columns, draws=16, seed=1):
        value, _, _ = drawer.draw(point)
        for one in quantities(case):
            low, high = one.support
            assert low <= value(one) <= high
            if one.value is not None:
                assert value(one) == one.at(0.5)


def test_a_point_in_the_middle_is_the_case_at_medians(case: Case, ledger: Ledger) -> None:
    drawer = Drawer(case, ledger, NOVEMBER)
    value, dated, _ = drawer.draw(np.full(drawer.unknowns.columns, 0.5))
    assert [value(one) for one in quantities(case)] == [one.at(0.5) for one in quantities(case)]
    drawn = {one.id: one.when for one in dated.entries}
    for entry in ledger.entries:
        assert drawn[entry.id] == pytest.approx(entry.when)


def test_values_are_told_in_the_order_and_unit_of_the_unknowns(case: Case, ledger: Ledger) -> None:
    drawer = Drawer(case, ledger, NOVEMBER)
    told = drawer.draw(np.full(drawer.unknowns.columns, 0.5)).told
    assert len(told) == len(drawer.unknowns.all) == drawer.unknowns.columns
    by_name = dict(zip((one.name for one in drawer.unknowns.all), told, strict=True))
    assert by_name["reactor-cameras.interval"] == pytest.approx(17.857, abs=0.01)
    assert by_name["date.1993-08-03.1993-08-10"] == pytest.approx(459.5)


def test_names_of_unknowns_are_unique_and_reach_every_uncertain_number(case: Case, ledger: Ledger) -> None:
    names = [one.name for one in Drawer(case, ledger, NOVEMBER).unknowns.all]
    assert len(set(names)) == len(names)
    uncertain = [one for one in quantities(case) if one.support[0] < one.support[1]]
    assert [id(one.quantity) for one in unknown_quantities(case)] == [id(one) for one in uncertain]


def test_facts_of_one_interval_have_one_date(case: Case, ledger: Ledger) -> None:
    drawer = Drawer(case, ledger, 788.0)
    for point in sobol_points(drawer.unknowns.columns, draws=8, seed=2):
        _, dated, _ = drawer.draw(point)
        visit = {one.when for one in dated.entries if one.id in ("Y125", "Y126", "Y127", "Y129", "Y130")}
        assert len(visit) == 1
        assert 666 <= visit.pop() <= 679


def test_a_fact_stays_between_the_known_facts_about_the_same_thing(case: Case) -> None:
    ledger = ledger_of(
        fact("a", "installed", "reactor-cameras", 10, 10),
        fact("b", "serviced", "reactor-cameras", 5, 25),
        fact("c", "serviced", "reactor-cameras", 18, 18),
        fact("d", "serviced", "laboratory-cameras", 8, 24),
    )
    drawer = Drawer(case, ledger, 100.0)
    for share in (0.001, 0.25, 0.999):
        _, dated, _ = drawer.draw(np.full(drawer.unknowns.columns, share))
        # Equally likely between the two known facts, and nowhere with a probability of its own.
        assert abs(next(one.when for one in dated.entries if one.id == "b") - (10 + share * 8)) < 1e-9
        assert abs(next(one.when for one in dated.entries if one.id == "d") - (8 + share * 16)) < 1e-9


def test_two_uncertain_facts_about_one_thing_keep_their_order(case: Case) -> None:
    ledger = ledger_of(
        fact("a", "serviced", "reactor-cameras", 0, 20), fact("b", "serviced", "reactor-cameras", 5, 25)
    )
    drawer = Drawer(case, ledger, 100.0)
    first, second = (
        next(one.column for one in drawer.unknowns.all if one.name == name)
        for name in ("date.1992-05-04.1992-05-24", "date.1992-05-09.1992-05-29")
    )
    point = np.full(drawer.unknowns.columns, 0.5)
    point[[first, second]] = 0.95, 0.05
    _, dated, _ = drawer.draw(point)
    times = {one.id: one.when for one in dated.entries}
    assert times["a"] == times["b"] == pytest.approx(19.0)


def test_facts_that_are_drawn_for_one_time_stay_in_their_order(case: Case) -> None:
    later = replace(fact("b", "removed", "reactor-cameras", 5, 25), line=1)
    first = replace(fact("a", "serviced", "reactor-cameras", 0, 20), line=2)
    drawer = Drawer(case, ledger_of(first, later), 100.0)
    column = {one.name: one.column for one in drawer.unknowns.all}
    point = np.full(drawer.unknowns.columns, 0.5)
    point[column["date.1992-05-04.1992-05-24"]] = 0.95
    point[column["date.1992-05-09.1992-05-29"]] = 0.05
    _, dated, _ = drawer.draw(point)
    assert [(one.id, one.when) for one in dated.entries if one.kind != "lost"] == [("a", 19.0), ("b", 19.0)]


@pytest.mark.parametrize(("share", "happened"), [(0.7, True), (0.8, False)])
def test_a_fact_that_is_drawn_for_after_now_is_left_out(case: Case, share: float, happened: bool) -> None:
    drawer = Drawer(case, ledger_of(fact("a", "serviced", "reactor-cameras", 10, 30)), 25.0)
    point = np.full(drawer.unknowns.columns, 0.5)
    point[drawer.unknowns.distinct()["date.1992-05-14.1992-06-03"].column] = share
    _, dated, told = drawer.draw(point)
    assert [one.id for one in dated.entries if one.kind != "lost"] == (["a"] if happened else [])
    assert 10 + share * 20 in told


def test_facts_that_begin_later_are_not_drawn(case: Case, ledger: Ledger) -> None:
    names = [one.name for one in Drawer(case, ledger, NOVEMBER).unknowns.all]
    assert "date.1993-08-03.1993-08-10" in names
    assert "date.1994-05-27.1994-06-02" not in names


def with_peril(case: Case, **form: object) -> Case:
    base = {"id": "unloading", "text": "Unloaded.", "kind": "refuelling", "destroys": ("rod-positions",)}
    peril = Peril.model_validate({**base, "source": ("MEMO",), "grade": "B", **form})
    return case.model_copy(update={"perils": (peril,), "correlations": ()})


def hazard(rate: float) -> Quantity:
    return Quantity.model_validate({"value": rate, "unit": "1/a", "source": ("MEMO",), "grade": "B"})


def struck(drawer: Drawer, share: float) -> float:
    point = np.full(drawer.unknowns.columns, 0.5)
    point[-1] = share
    _, dated, _ = drawer.draw(point)
    days = [one.when for one in dated.entries if one.id == "peril unloading"]
    told = drawer.draw(point).told[-1]
    assert days in ([told], [] if told == inf else None)
    return told


def test_a_hazard_forgets_the_time_before_now(case: Case, ledger: Ledger) -> None:
    drawer = Drawer(with_peril(case, hazard=hazard(1.0)), ledger.before(NOVEMBER), NOVEMBER)
    year = 365.25
    assert struck(drawer, 0.5) == pytest.approx(NOVEMBER + log(2) * year, rel=1e-3)
    assert struck(drawer, 1 - np.exp(-2.0)) == pytest.approx(NOVEMBER + 2 * year, rel=1e-3)


def test_a_hazard_begins_when_it_is_said_to(case: Case, ledger: Ledger) -> None:
    later = with_peril(case, hazard=hazard(1.0), since=date(1994, 4, 1))
    drawer = Drawer(later, ledger.before(NOVEMBER), NOVEMBER)
    begins = float((date(1994, 4, 1) - case.period.first).days)
    assert struck(drawer, 1e-6) == pytest.approx(begins, abs=1e-3)


def test_no_hazard_never_strikes(case: Case, ledger: Ledger) -> None:
    assert (
        struck(Drawer(with_peril(case, hazard=hazard(0.0)), ledger.before(NOVEMBER), NOVEMBER), 0.999) == inf
    )


def test_a_dated_peril_is_drawn_from_what_is_left_of_its_days(case: Case, ledger: Ledger) -> None:
    days = UncertainDay(uniform=(date(1993, 10, 8), date(1993, 12, 7)))
    drawer = Drawer(with_peril(case, day=days), ledger.before(NOVEMBER), NOVEMBER)
    last = float((date(1993, 12, 7) - case.period.first).days)
    for share in (0.001, 0.5, 0.999):
        assert struck(drawer, share) == pytest.approx(NOVEMBER + share * (last - NOVEMBER), abs=1e-6)


def test_a_dated_peril_whose_days_are_over_did_not_strike(case: Case, ledger: Ledger) -> None:
    days = UncertainDay(triangular=(date(1993, 1, 1), date(1993, 2, 1), date(1993, 3, 1)))
    assert struck(Drawer(with_peril(case, day=days), ledger.before(NOVEMBER), NOVEMBER), 0.5) == inf


def test_one_of_a_list_of_days_is_drawn_among_those_to_come(case: Case, ledger: Ledger) -> None:
    days = UncertainDay(empirical=(date(1993, 1, 1), date(1994, 1, 1), date(1994, 2, 1)))
    drawer = Drawer(with_peril(case, day=days), ledger.before(NOVEMBER), NOVEMBER)
    wanted = [float((day - case.period.first).days) for day in (date(1994, 1, 1), date(1994, 2, 1))]
    drawn = [struck(drawer, share) for share in np.linspace(0.01, 0.99, 20)]
    assert sorted(set(drawn)) == wanted
    assert drawn.count(wanted[0]) == 10


def test_what_has_already_been_lost_is_not_drawn_again(case: Case, ledger: Ledger) -> None:
    drawer = Drawer(with_peril(case, hazard=hazard(1.0)), ledger.before(788.0), 788.0)
    assert not any(one.kind == "peril" for one in drawer.unknowns.all)


def test_a_peril_takes_the_record_that_is_not_in_hand(case: Case, ledger: Ledger) -> None:
    lost = with_peril(case, hazard=hazard(1.0), destroys=(), loses=("reactor-seals",))
    drawer = Drawer(lost, ledger.before(NOVEMBER), NOVEMBER)
    point = np.full(drawer.unknowns.columns, 0.5)
    _, dated, _ = drawer.draw(point)
    loss = next(one for one in dated.entries if one.id == "peril unloading")
    assert (loss.kind, loss.subjects) == ("lost", ("reactor-seals",))


def test_draws_of_correlated_unknowns_go_together(case: Case, ledger: Ledger) -> None:
    drawer = Drawer(case, ledger, NOVEMBER)
    points = normal_copula(drawer.unknowns, sobol_points(drawer.unknowns.columns, draws=256, seed=9))
    told = np.array([drawer.draw(point).told for point in points])
    column = {one.name: one.column for one in drawer.unknowns.all}
    both = told[:, [column["reactor-cameras.interval"], column["laboratory-cameras.interval"]]]
    assert np.allclose(both[:, 0], both[:, 1])
    review = told[:, [column["reactor-cameras.recognition"], column["laboratory-cameras.recognition"]]]
    assert 0.35 < np.corrcoef(review.T)[0, 1] < 0.65
    assert replace(ledger).entries == ledger.entries


def test_a_number_that_becomes_known_drops_out_of_its_correlation(case: Case, ledger: Ledger) -> None:
    numbers = {one.name: one.quantity for one in unknown_quantities(case)}
    known = Quantity.model_validate({"value": 17.7, "unit": "min", "source": ("MEMO",), "grade": "B"})
    changed = tuple(
        measure.model_copy(update={"interval": known}) if measure.id == "reactor-cameras" else measure
        for measure in case.measures
    )
    drawer = Drawer(case.model_copy(update={"measures": changed}), ledger, NOVEMBER)
    names = {factor.name for factor in drawer.unknowns.factors}
    assert "reactor-cameras.interval" in numbers
    assert "kind-of-camera-interval" not in names
    assert "laboratory-cameras.interval" in names
    assert "kind-of-camera-battery" in names


def test_a_record_can_be_lost_again(case: Case, ledger: Ledger) -> None:
    both = with_peril(case, hazard=hazard(1.0), loses=("reactor-seals",))
    drawer = Drawer(both, ledger.before(788.0), 788.0)
    assert [one.kind for one in drawer.unknowns.all].count("peril") == 1
