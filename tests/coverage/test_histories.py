"""Every kind of fact, in every order that can be, becomes lives, findings and stretches of record."""

from collections.abc import Callable, Iterator
from itertools import permutations
from math import inf
from typing import Any

import pytest

from watchgap.case.quantity import Quantity
from watchgap.case.record import (
    Case,
    ExponentialPart,
    FilmPart,
    LognormalPart,
    TablePart,
    WeibullPart,
)
from watchgap.coverage import NEVER, Finding, Holding, Life, measure_records
from watchgap.coverage.histories import life_model
from watchgap.detection.record import (
    ExponentialLife,
    FixedLife,
    LifeModel,
    LognormalLife,
    TableLife,
    WeibullLife,
)
from watchgap.ledger import Ledger

Facts = Callable[..., Ledger]
HUNDRED_DAYS = LifeModel((FixedLife(100.0),))


def lives(case: Case, ledger: Ledger, measure: str = "camera") -> tuple[Life, ...]:
    return measure_records(case, ledger)[measure].lives


def only(case: Case, ledger: Ledger, measure: str = "camera") -> Life:
    found = lives(case, ledger, measure)
    assert len(found) == 1
    return found[0]


def held(life: Life) -> list[tuple[float, float, float, float]]:
    return [(one.begins, one.ends, one.in_hand, one.lost) for one in life.holdings]


# ---------------------------------------------------------------- one life


def test_no_fact_no_life(case: Case, facts: Facts) -> None:
    records = measure_records(case, facts())
    assert {name: record.lives for name, record in records.items() if name != "imagery"} == dict.fromkeys(
        ("camera", "reviewed", "sending", "portal", "seal"), ()
    )
    assert {name: record.kind for name, record in records.items()} == {
        "camera": "fixed-camera",
        "reviewed": "random-camera",
        "sending": "fixed-camera",
        "portal": "item-monitor",
        "seal": "seal",
        "imagery": "imagery",
    }


def test_facts_of_another_measure_change_nothing(case: Case, facts: Facts) -> None:
    alone = lives(case, facts(("installed", "camera", 10)))
    beside = lives(
        case, facts(("installed", "camera", 10), ("installed", "portal", 5), ("lost", "portal", 20))
    )
    assert alone == beside


def test_installed(case: Case, facts: Facts) -> None:
    life = only(case, facts(("installed", "camera", 10)))
    assert life == Life(10.0, NEVER, HUNDRED_DAYS, (), (Holding(10.0, NEVER),))


def test_a_device_without_parts_never_fails(case: Case, facts: Facts) -> None:
    assert only(case, facts(("installed", "portal", 10)), "portal").model == LifeModel()


WORKING, DEAD, LAST = Finding(60.0, 60.0, inf), Finding(60.0, 10.0, 60.0), Finding(60.0, 40.0, 40.0)


@pytest.mark.parametrize(
    ("details", "findings", "holding"),
    [
        pytest.param({}, (), Holding(10.0, 60.0, in_hand=60.0), id="nothing said"),
        pytest.param({"found": "working"}, (WORKING,), Holding(10.0, 60.0, in_hand=60.0), id="working"),
        pytest.param({"found": "dead"}, (DEAD,), Holding(10.0, 60.0, in_hand=60.0), id="dead"),
        pytest.param(
            {"found": "dead", "last_record": "2021-02-10"},
            (LAST,),
            Holding(10.0, 60.0, in_hand=60.0),
            id="last record",
        ),
        pytest.param(
            {"last_record": "2021-02-10"}, (LAST,), Holding(10.0, 60.0, in_hand=60.0), id="only last record"
        ),
        pytest.param({"record": "collected"}, (), Holding(10.0, 60.0, in_hand=60.0), id="collected"),
        pytest.param({"record": "left"}, (), Holding(10.0, 60.0), id="left"),
        pytest.param({"record": "lost"}, (), Holding(10.0, 60.0, lost=60.0), id="lost"),
        pytest.param(
            {"found": "working", "record": "lost"}, (WORKING,), Holding(10.0, 60.0, lost=60.0), id="both"
        ),
    ],
)
def test_serviced(
    case: Case, facts: Facts, details: dict[str, str], findings: tuple[Finding, ...], holding: Holding
) -> None:
    first, second = lives(case, facts(("installed", "camera", 10), ("serviced", "camera", 60, details)))
    assert first == Life(10.0, 60.0, HUNDRED_DAYS, findings, (holding,))
    assert second == Life(60.0, NEVER, HUNDRED_DAYS, (), (Holding(60.0, NEVER),))


def test_a_review_takes_its_time(case: Case, facts: Facts) -> None:
    first, _ = lives(case, facts(("installed", "reviewed", 10), ("serviced", "reviewed", 60)), "reviewed")
    assert held(first) == [(10.0, 60.0, 65.0, NEVER)]


def test_what_was_collected_is_safe_while_it_is_reviewed(case: Case, facts: Facts) -> None:
    life = only(
        case,
        facts(("installed", "reviewed", 10), ("collected", "reviewed", 60), ("lost", "reviewed", 62)),
        "reviewed",
    )
    assert held(life) == [(10.0, 60.0, 65.0, NEVER), (60.0, 62.0, NEVER, 62.0), (62.0, NEVER, NEVER, NEVER)]


def test_collected_in_mid_life(case: Case, facts: Facts) -> None:
    life = only(
        case, facts(("installed", "camera", 10), ("collected", "camera", 40), ("collected", "camera", 70))
    )
    assert (life.begins, life.ends, life.findings) == (10.0, NEVER, ())
    assert held(life) == [(10.0, 40.0, 40.0, NEVER), (40.0, 70.0, 70.0, NEVER), (70.0, NEVER, NEVER, NEVER)]


def test_left_at_one_visit_and_collected_at_the_next(case: Case, facts: Facts) -> None:
    life = only(
        case,
        facts(
            ("installed", "camera", 10),
            ("collected", "camera", 40, {"record": "left"}),
            ("collected", "camera", 70),
        ),
    )
    assert held(life) == [(10.0, 40.0, 70.0, NEVER), (40.0, 70.0, 70.0, NEVER), (70.0, NEVER, NEVER, NEVER)]


def test_left_from_a_former_life_and_collected_later(case: Case, facts: Facts) -> None:
    first, second = lives(
        case,
        facts(
            ("installed", "camera", 10),
            ("serviced", "camera", 40, {"record": "left"}),
            ("collected", "camera", 70),
        ),
    )
    assert held(first) == [(10.0, 40.0, 70.0, NEVER)]
    assert held(second) == [(40.0, 70.0, 70.0, NEVER), (70.0, NEVER, NEVER, NEVER)]


@pytest.mark.parametrize("gone", ["lost", "tampered"])
def test_left_from_a_former_life_and_lost_later(case: Case, facts: Facts, gone: str) -> None:
    first, second = lives(
        case,
        facts(
            ("installed", "camera", 10), ("serviced", "camera", 40, {"record": "left"}), (gone, "camera", 70)
        ),
    )
    assert held(first) == [(10.0, 40.0, NEVER, 70.0)]
    assert held(second) == [(40.0, 70.0, NEVER, 70.0), (70.0, NEVER, NEVER, NEVER)]


def test_lost_after_the_device_was_taken_away(case: Case, facts: Facts) -> None:
    life = only(
        case,
        facts(
            ("installed", "camera", 10), ("removed", "camera", 40, {"record": "left"}), ("lost", "camera", 70)
        ),
    )
    assert held(life) == [(10.0, 40.0, NEVER, 70.0)]


@pytest.mark.parametrize(
    ("kind", "details", "finding"),
    [
        ("found-working", {}, Finding(60.0, 60.0, inf)),
        ("found-dead", {}, Finding(60.0, 10.0, 60.0)),
        ("found-dead", {"last_record": "2021-02-10"}, Finding(60.0, 40.0, 40.0)),
        ("collected", {"found": "working"}, Finding(60.0, 60.0, inf)),
        ("collected", {"found": "dead"}, Finding(60.0, 10.0, 60.0)),
    ],
)
def test_what_a_visit_finds(
    case: Case, facts: Facts, kind: str, details: dict[str, str], finding: Finding
) -> None:
    life = only(case, facts(("installed", "camera", 10), (kind, "camera", 60, details)))
    assert life.findings == (finding,)
    first = life.holdings[0]
    assert first.in_hand == (60.0 if kind == "collected" else NEVER)
    assert first.ends == (60.0 if kind == "collected" else NEVER)


def test_a_last_record_before_the_life_is_its_beginning(case: Case, facts: Facts) -> None:
    life = only(
        case, facts(("installed", "camera", 50), ("found-dead", "camera", 60, {"last_record": "2021-01-05"}))
    )
    assert life.findings == (Finding(60.0, 50.0, 50.0),)


def test_a_month_of_the_last_record_is_taken_to_its_end(case: Case, facts: Facts) -> None:
    life = only(
        case, facts(("installed", "camera", 10), ("found-dead", "camera", 90, {"last_record": "2021-02"}))
    )
    assert life.findings == (Finding(90.0, 58.0, 58.0),)


def test_findings_add_up(case: Case, facts: Facts) -> None:
    life = only(
        case,
        facts(("installed", "camera", 10), ("found-working", "camera", 30), ("found-dead", "camera", 60)),
    )
    assert life.findings == (Finding(30.0, 30.0, inf), Finding(60.0, 10.0, 60.0))


# ---------------------------------------------------------------- the end of a life


def test_disabled_then_collected(case: Case, facts: Facts) -> None:
    life = only(
        case, facts(("installed", "camera", 10), ("disabled", "camera", 40), ("collected", "camera", 70))
    )
    assert life == Life(10.0, 40.0, HUNDRED_DAYS, (), (Holding(10.0, 40.0, 70.0),))


def test_disabled_and_never_collected(case: Case, facts: Facts) -> None:
    life = only(case, facts(("installed", "camera", 10), ("disabled", "camera", 40)))
    assert life == Life(10.0, 40.0, HUNDRED_DAYS, (), (Holding(10.0, 40.0),))


def test_disabled_twice_stopped_the_first_time(case: Case, facts: Facts) -> None:
    life = only(
        case, facts(("installed", "camera", 10), ("disabled", "camera", 40), ("disabled", "camera", 50))
    )
    assert (life.ends, held(life)) == (40.0, [(10.0, 40.0, NEVER, NEVER)])


def test_a_device_that_was_stopped_is_dead_by_that(case: Case, facts: Facts) -> None:
    stopped = (("installed", "camera", 10), ("disabled", "camera", 40))
    assert only(case, facts(*stopped, ("found-dead", "camera", 70))).findings == ()
    life = only(case, facts(*stopped, ("collected", "camera", 70, {"found": "working"})))
    assert life.findings == (Finding(70.0, 40.0, inf),)


def test_serviced_after_it_was_stopped(case: Case, facts: Facts) -> None:
    first, second = lives(
        case, facts(("installed", "camera", 10), ("disabled", "camera", 40), ("serviced", "camera", 70))
    )
    assert first == Life(10.0, 40.0, HUNDRED_DAYS, (), (Holding(10.0, 40.0, 70.0),))
    assert second == Life(70.0, NEVER, HUNDRED_DAYS, (), (Holding(70.0, NEVER),))


@pytest.mark.parametrize(
    ("details", "in_hand", "lost"),
    [
        ({}, NEVER, 70.0),
        ({"record": "lost"}, NEVER, 70.0),
        ({"record": "left"}, NEVER, NEVER),
        ({"record": "collected"}, 70.0, NEVER),
    ],
)
def test_removed(case: Case, facts: Facts, details: dict[str, str], in_hand: float, lost: float) -> None:
    ledger = facts(
        ("installed", "camera", 10), ("collected", "camera", 40), ("removed", "camera", 70, details)
    )
    life = only(case, ledger)
    assert (life.begins, life.ends) == (10.0, 70.0)
    assert held(life) == [(10.0, 40.0, 40.0, NEVER), (40.0, 70.0, in_hand, lost)]


def test_a_device_taken_away_takes_nothing_that_was_left_elsewhere(case: Case, facts: Facts) -> None:
    first, second = lives(
        case,
        facts(
            ("installed", "camera", 10),
            ("serviced", "camera", 40, {"record": "left"}),
            ("removed", "camera", 70),
        ),
    )
    assert held(first) == [(10.0, 40.0, NEVER, NEVER)]
    assert held(second) == [(40.0, 70.0, NEVER, 70.0)]


def test_replaced_on_one_day(case: Case, facts: Facts) -> None:
    ledger = facts(
        ("installed", "camera", 10),
        ("removed", "camera", 40, {"record": "collected"}),
        ("installed", "camera", 40),
    )
    first, second = lives(case, ledger)
    assert (first.begins, first.ends, held(first)) == (10.0, 40.0, [(10.0, 40.0, 40.0, NEVER)])
    assert (second.begins, second.ends, held(second)) == (40.0, NEVER, [(40.0, NEVER, NEVER, NEVER)])


def test_installed_again_leaves_the_first_record_where_it_is(case: Case, facts: Facts) -> None:
    first, second = lives(case, facts(("installed", "camera", 10), ("installed", "camera", 40)))
    assert (first.begins, first.ends, held(first)) == (10.0, 40.0, [(10.0, 40.0, NEVER, NEVER)])
    assert second.begins == 40.0


@pytest.mark.parametrize("gone", ["lost", "tampered"])
def test_what_is_not_in_hand_is_gone_and_the_device_goes_on(case: Case, facts: Facts, gone: str) -> None:
    ledger = facts(
        ("installed", "camera", 10),
        ("collected", "camera", 40),
        (gone, "camera", 60),
        ("collected", "camera", 80),
    )
    life = only(case, ledger)
    assert life.ends == NEVER
    assert held(life) == [
        (10.0, 40.0, 40.0, NEVER),
        (40.0, 60.0, NEVER, 60.0),
        (60.0, 80.0, 80.0, NEVER),
        (80.0, NEVER, NEVER, NEVER),
    ]


# ---------------------------------------------------------------- what is transmitted


def test_transmitted(case: Case, facts: Facts) -> None:
    life = only(case, facts(("installed", "sending", 10)), "sending")
    assert life == Life(10.0, NEVER, LifeModel(), (), (Holding(10.0, NEVER, lag=2.0),))


def test_transmitted_until(case: Case, facts: Facts) -> None:
    ledger = facts(
        ("installed", "sending", 10), ("transmitted-until", "sending", 40), ("collected", "sending", 70)
    )
    life = only(case, ledger, "sending")
    assert (life.ends, life.model) == (NEVER, HUNDRED_DAYS)
    assert life.holdings == (Holding(10.0, 40.0, lag=2.0), Holding(40.0, 70.0, 70.0), Holding(70.0, NEVER))
    assert max(finding.alive_until for finding in life.findings) == 40.0
    assert min(finding.dead_by for finding in life.findings) == inf


def test_a_device_that_does_not_transmit_cannot_stop_it(case: Case, facts: Facts) -> None:
    assert lives(case, facts(("installed", "camera", 10), ("transmitted-until", "camera", 40))) == lives(
        case, facts(("installed", "camera", 10))
    )


def test_transmission_begins_again_with_a_service(case: Case, facts: Facts) -> None:
    ledger = facts(
        ("installed", "sending", 10), ("transmitted-until", "sending", 40), ("serviced", "sending", 70)
    )
    first, second = lives(case, ledger, "sending")
    assert [one.lag for one in first.holdings] == [2.0, None]
    assert first.holdings[1].in_hand == 70.0
    assert second == Life(70.0, NEVER, LifeModel(), (), (Holding(70.0, NEVER, lag=2.0),))


@pytest.mark.parametrize("end", ["disabled", "removed"])
def test_what_was_transmitted_is_in_hand_when_the_device_goes(case: Case, facts: Facts, end: str) -> None:
    life = only(case, facts(("installed", "sending", 10), (end, "sending", 40)), "sending")
    assert (life.ends, life.holdings) == (40.0, (Holding(10.0, 40.0, lag=2.0),))
    assert life.findings == (Finding(-NEVER, 40.0, NEVER),)


@pytest.mark.parametrize("gone", ["lost", "tampered"])
def test_what_was_transmitted_cannot_be_lost(case: Case, facts: Facts, gone: str) -> None:
    life = only(case, facts(("installed", "sending", 10), (gone, "sending", 40)), "sending")
    assert {(one.lag, one.lost) for one in life.holdings} == {(2.0, NEVER)}


@pytest.mark.parametrize("after", [(), (("removed", "sending", 90),), (("serviced", "sending", 90),)])
def test_a_device_that_is_found_dead_had_stopped_sending(case: Case, facts: Facts, after: Any) -> None:
    # Without the fact that it was silent, its last record still is the last that arrived.
    ledger = facts(
        ("installed", "sending", 10), ("found-dead", "sending", 60, {"last_record": "2021-02-10"}), *after
    )
    life = lives(case, ledger, "sending")[0]
    assert life.holdings[0] == Holding(10.0, 40.0, lag=2.0)
    assert all(one.lag is None for one in life.holdings[1:])
    assert max(finding.alive_until for finding in life.findings) == 40.0
    assert min(finding.dead_by for finding in life.findings) == 40.0


def test_imagery_is_one_life_with_its_lag(case: Case, facts: Facts) -> None:
    life = only(case, facts(), "imagery")
    assert life == Life(0.0, NEVER, LifeModel(), (), (Holding(0.0, NEVER, lag=3.0),))


# ---------------------------------------------------------------- seals


def test_a_seal_is_known_when_it_is_verified(case: Case, facts: Facts) -> None:
    ledger = facts(("attached", "seal", 10), ("verified", "seal", 40), ("verified", "seal", 70))
    found = lives(case, ledger, "seal")
    assert [(one.begins, one.ends) for one in found] == [(10.0, 40.0), (40.0, 70.0), (70.0, NEVER)]
    assert [held(one) for one in found] == [
        [(10.0, 40.0, 40.0, NEVER)],
        [(40.0, 70.0, 70.0, NEVER)],
        [(70.0, NEVER, NEVER, NEVER)],
    ]
    assert all(one.model == LifeModel() and one.findings == () for one in found)


@pytest.mark.parametrize(
    ("end", "holding"),
    [
        (("detached", "seal", 70), Holding(10.0, 70.0, lost=70.0)),
        (("detached", "seal", 70, {"record": "lost"}), Holding(10.0, 70.0, lost=70.0)),
        (("detached", "seal", 70, {"record": "left"}), Holding(10.0, 70.0)),
        (("detached", "seal", 70, {"record": "collected"}), Holding(10.0, 70.0, in_hand=70.0)),
        (("broken", "seal", 70), Holding(10.0, 70.0, lost=70.0)),
    ],
)
def test_the_end_of_a_seal(case: Case, facts: Facts, end: tuple[Any, ...], holding: Holding) -> None:
    assert only(case, facts(("attached", "seal", 10), end), "seal") == Life(
        10.0, 70.0, LifeModel(), (), (holding,)
    )


def test_a_new_seal_after_a_broken_one(case: Case, facts: Facts) -> None:
    ledger = facts(
        ("attached", "seal", 10), ("broken", "seal", 40), ("attached", "seal", 50), ("verified", "seal", 70)
    )
    found = lives(case, ledger, "seal")
    assert [held(one)[0] for one in found] == [
        (10.0, 40.0, NEVER, 40.0),
        (50.0, 70.0, 70.0, NEVER),
        (70.0, NEVER, NEVER, NEVER),
    ]


def test_a_seal_that_was_left_is_not_verified_with_its_successor(case: Case, facts: Facts) -> None:
    ledger = facts(
        ("attached", "seal", 10),
        ("detached", "seal", 40, {"record": "left"}),
        ("attached", "seal", 40),
        ("verified", "seal", 70),
    )
    first, second, _ = lives(case, ledger, "seal")
    assert (first.holdings[0].in_hand, second.holdings[0].in_hand) == (NEVER, 70.0)


# ---------------------------------------------------------------- custody


def custody(first: float, last: float, measures: str = "camera") -> tuple[Any, ...]:
    return "custody", "kept-by-operator", (first, last), {"measures": measures}


def in_custody(life: Life) -> list[tuple[float, float, str | None]]:
    return [(one.begins, one.ends, one.custody) for one in life.holdings]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(20, 30, [(10, 20, None), (20, 30, "kept-by-operator"), (30, 60, None)], id="inside"),
        pytest.param(0, 30, [(10, 30, "kept-by-operator"), (30, 60, None)], id="over the begin"),
        pytest.param(30, 90, [(10, 30, None), (30, 60, "kept-by-operator")], id="over the end"),
        pytest.param(0, 90, [(10, 60, "kept-by-operator")], id="all"),
        pytest.param(60, 90, [(10, 60, None)], id="after"),
        pytest.param(0, 10, [(10, 60, None)], id="before"),
    ],
)
def test_custody_splits_a_record(
    case: Case, facts: Facts, first: float, last: float, expected: list[tuple[float, float, str | None]]
) -> None:
    life = only(
        case,
        facts(
            ("installed", "camera", 10),
            ("removed", "camera", 60, {"record": "collected"}),
            custody(first, last),
        ),
    )
    assert in_custody(life) == expected
    assert {one.in_hand for one in life.holdings} == {60.0}


def test_custody_of_a_record_that_goes_on(case: Case, facts: Facts) -> None:
    life = only(case, facts(("installed", "camera", 10), custody(20, 30)))
    assert in_custody(life) == [(10, 20, None), (20, 30, "kept-by-operator"), (30, NEVER, None)]


def test_custody_reaches_over_measures_lives_and_collections(case: Case, facts: Facts) -> None:
    records = measure_records(
        case,
        facts(
            ("installed", "camera", 10),
            ("collected", "camera", 25),
            ("serviced", "camera", 35),
            ("attached", "seal", 10),
            ("installed", "sending", 10),
            custody(20, 40, "camera|seal|sending"),
        ),
    )
    first, second = records["camera"].lives
    assert in_custody(first) == [
        (10, 20, None),
        (20, 25, "kept-by-operator"),
        (25, 35, "kept-by-operator"),
    ]
    assert in_custody(second) == [(35, 40, "kept-by-operator"), (40, NEVER, None)]
    assert in_custody(records["seal"].lives[0])[1] == (20, 40, "kept-by-operator")
    # What was sent lies with nobody.
    assert in_custody(records["sending"].lives[0]) == [(10, NEVER, None)]


# ---------------------------------------------------------------- life models


def quantity(value: float, unit: str) -> Quantity:
    return Quantity(value=value, unit=unit, source=("invented",), grade="A")


def test_life_model_of_every_kind_of_part(case: Case) -> None:
    camera = next(one for one in case.measures if one.id == "camera").model_copy(
        update={
            "interval": quantity(12, "h"),
            "life": (
                FilmPart(kind="film", part="film", pictures=quantity(30, "item")),
                ExponentialPart(kind="exponential", part="lamp", mean_life=quantity(50, "d")),
                WeibullPart(kind="weibull", part="battery", scale=quantity(60, "d"), shape=quantity(3, "1")),
                LognormalPart(
                    kind="lognormal",
                    part="lens",
                    median_life=quantity(70, "d"),
                    log_deviation=quantity(0.5, "1"),
                ),
                TablePart(
                    kind="table", part="case", ages=(0.0, 80.0), survival=(1.0, 0.0), source=("invented",)
                ),
            ),
        }
    )
    assert life_model(camera).parts == (
        FixedLife(15.0),
        ExponentialLife(50.0),
        WeibullLife(60.0, 3.0),
        LognormalLife(70.0, 0.5),
        TableLife((0.0, 80.0), (1.0, 0.0)),
    )


def test_uncertain_numbers_take_the_value_that_is_asked_for(case: Case, facts: Facts) -> None:
    def doubled(one: Quantity) -> float:
        return 2 * one.at(0.5)

    records = measure_records(
        case, facts(("installed", "reviewed", 10), ("collected", "reviewed", 40)), doubled
    )
    life = records["reviewed"].lives[0]
    assert life.model == LifeModel((FixedLife(200.0),))
    assert life.holdings[0].in_hand == 50.0
    assert records["imagery"].lives[0].holdings[0].lag == 6.0


# ---------------------------------------------------------------- what always holds

_MIDDLE: tuple[tuple[str, dict[str, str]], ...] = (
    ("serviced", {"found": "working"}),
    ("serviced", {"record": "left"}),
    ("collected", {"record": "lost"}),
    ("collected", {}),
    ("found-dead", {"last_record": "2021-01-25"}),
    ("found-working", {}),
    ("disabled", {}),
    ("tampered", {}),
    ("lost", {}),
    ("transmitted-until", {}),
    ("removed", {"record": "left"}),
    ("installed", {}),
)


def orders(measure: str) -> Iterator[list[tuple[Any, ...]]]:
    for chosen in permutations(_MIDDLE, 3):
        middle = [
            (kind, measure, 30.0 + 10 * number, details) for number, (kind, details) in enumerate(chosen)
        ]
        yield [("installed", measure, 10.0), *middle, ("collected", measure, 80.0), custody(35, 55, measure)]


@pytest.mark.parametrize("measure", ["camera", "reviewed", "sending"])
def test_in_every_order_lives_and_holdings_are_in_order(case: Case, facts: Facts, measure: str) -> None:
    number = 0
    for listed in orders(measure):
        found = lives(case, facts(*listed), measure)
        edges = [edge for life in found for edge in (life.begins, life.ends)]
        assert edges == sorted(edges), listed
        for life in found:
            stretches = [edge for one in life.holdings for edge in (one.begins, one.ends)]
            assert stretches == sorted(stretches), listed
            assert all(one.begins < one.ends for one in life.holdings), listed
            # All of a life is held somewhere, once.
            held_days = sum(one.ends - one.begins for one in life.holdings)
            assert held_days == life.ends - life.begins, listed
            assert all(NEVER in (one.in_hand, one.lost) for one in life.holdings), listed
            assert all(one.in_hand >= one.ends for one in life.holdings), listed
            assert all(one.lost >= one.ends for one in life.holdings), listed
        number += 1
    assert number == 12 * 11 * 10


def test_a_prefix_of_the_facts_gives_the_same_past(case: Case, facts: Facts) -> None:
    """A later fact ends or moves what was open, and changes nothing that had come into hand before."""
    for listed in orders("camera"):
        known = sorted((fact for fact in listed if fact[0] != "custody"), key=lambda fact: fact[2])
        before = {
            (one.begins, one.ends, one.in_hand)
            for life in lives(case, facts(*known[:-1]))
            for one in life.holdings
            if one.in_hand < NEVER
        }
        after = {
            (one.begins, one.ends, one.in_hand)
            for life in lives(case, facts(*known))
            for one in life.holdings
        }
        assert before <= after, listed
