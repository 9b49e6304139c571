"""What a timeline may say: the four states, where they change, and nothing before it was known."""

from collections.abc import Callable
from itertools import pairwise, permutations
from typing import Any

import pytest

from watchgap.case.quantity import Quantity
from watchgap.case.record import Camera, Case, WeibullPart
from watchgap.coverage import Lane, Stretch, measure_records, timelines
from watchgap.ledger import Ledger

Facts = Callable[..., Ledger]
NEARLY = 1e-6

# Of a Weibull life, the ages that it does not reach with 5, 50 and 95 %: scale (-log(1 - p))^(1 / shape).
SCALE, SHAPE = 100.0, 2.0
FIFTH, HALF, LAST = 22.648, 83.255, 173.082


def lane(case: Case, ledger: Ledger, time: float, measure: str = "camera") -> Lane:
    found = timelines(case, measure_records(case, ledger), time)
    return next(one for one in found if one.measure == measure)


def states(found: Lane) -> list[tuple[float, float, str, str]]:
    return [(one.begins, one.ends, one.state, one.why) for one in found.stretches]


@pytest.fixture
def wearing(case: Case) -> Case:
    """The case with a camera of Weibull life, so that its end is spread."""
    numbers = [Quantity(value=value, unit=unit, source=("invented",), grade="A") for value, unit in (
        (SCALE, "d"), (SHAPE, "1"))]  # fmt: skip
    part = WeibullPart(kind="weibull", part="battery", scale=numbers[0], shape=numbers[1])
    measures = [
        one.model_copy(update={"life": (part,)}) if isinstance(one, Camera) else one for one in case.measures
    ]
    return case.model_copy(update={"measures": tuple(measures)})


# ---------------------------------------------------------------- the four states


def test_before_anything_is_in_place(case: Case, facts: Facts) -> None:
    for listed in ((), (("installed", "camera", 50),)):
        found = lane(case, facts(*listed), 40.0)
        assert states(found) == [(0.0, 40.0, "blind", "not in place yet")]
        assert found.blind_since == (0.0, 0.0, 0.0)
        assert (found.name, found.point) == ("a camera", "pond-hall")


def test_recorded_while_it_surely_works(case: Case, facts: Facts) -> None:
    found = lane(case, facts(("installed", "camera", 10)), 40.0)
    assert states(found) == [
        (0.0, 10.0, "blind", "not in place yet"),
        (10.0, 40.0, "recorded", "not yet collected and reviewed"),
    ]
    assert found.stretches[1].functioning == (1.0, 1.0)
    assert found.blind_since is None


def test_seen_once_it_is_in_hand(case: Case, facts: Facts) -> None:
    ledger = facts(("installed", "camera", 10), ("collected", "camera", 30))
    # A fact of midnight is of the day that begins then.
    assert [one.state for one in lane(case, ledger, 30.0).stretches] == ["blind", "recorded"]
    assert states(lane(case, ledger, 31.0))[1:] == [
        (10.0, 30.0, "seen", "in hand"),
        (30.0, 31.0, "recorded", "not yet collected and reviewed"),
    ]


def test_a_film_under_review_is_recorded(case: Case, facts: Facts) -> None:
    ledger = facts(("installed", "reviewed", 10), ("serviced", "reviewed", 30))
    assert [one.state for one in lane(case, ledger, 35.0, "reviewed").stretches] == ["blind", "recorded"]
    assert [one.state for one in lane(case, ledger, 35.5, "reviewed").stretches] == [
        "blind",
        "seen",
        "recorded",
    ]


def test_a_fixed_life_ends_at_once(case: Case, facts: Facts) -> None:
    found = lane(case, facts(("installed", "camera", 10)), 150.0)
    assert states(found)[1:] == [
        (10.0, 110.0, "recorded", "not yet collected and reviewed"),
        (110.0, 150.0, "blind", "presumed run out"),
    ]
    assert found.stretches[-1].functioning == (0.0, 0.0)
    assert found.blind_since == pytest.approx((110.0, 110.0, 110.0))


def test_an_uncertain_life_is_split_at_its_quantiles(wearing: Case, facts: Facts) -> None:
    found = lane(wearing, facts(("installed", "camera", 10)), 300.0)
    assert [(one.state, one.why) for one in found.stretches] == [
        ("blind", "not in place yet"),
        ("recorded", "not yet collected and reviewed"),
        ("not known", "not known whether it still worked"),
        ("not known", "not known whether it still worked"),
        ("blind", "presumed run out"),
    ]
    assert [one.ends for one in found.stretches[1:4]] == pytest.approx(
        [10 + FIFTH, 10 + HALF, 10 + LAST], abs=1e-3
    )
    shares = [one.functioning for one in found.stretches[1:]]
    assert [first for first, _ in shares] == pytest.approx([1.0, 0.95, 0.5, 0.05])
    assert [last for _, last in shares[:3]] == pytest.approx([0.95, 0.5, 0.05])
    # Given that it is dead by now; the quantiles of all its life are a little later.
    assert found.blind_since is not None
    assert found.blind_since == pytest.approx((10 + FIFTH, 10 + HALF, 10 + LAST), abs=0.2)


def test_at_the_edge_of_presumed_working(wearing: Case, facts: Facts) -> None:
    ledger = facts(("installed", "camera", 10))
    assert lane(wearing, ledger, 10 + FIFTH - 0.01).stretches[-1].state == "recorded"
    assert lane(wearing, ledger, 10 + FIFTH + 0.01).stretches[-1].state == "not known"


def test_not_blind_until_it_is_more_likely_dead(wearing: Case, facts: Facts) -> None:
    ledger = facts(("installed", "camera", 10))
    assert lane(wearing, ledger, 10 + HALF - 0.5).blind_since is None
    since = lane(wearing, ledger, 10 + HALF + 0.5).blind_since
    assert since is not None
    # It is taken to be dead by now, so all three lie before now.
    assert 10 < since[0] < since[1] < since[2] < 10 + HALF + 0.5


def test_in_hand_and_not_known_is_not_seen(wearing: Case, facts: Facts) -> None:
    ledger = facts(("installed", "camera", 10), ("serviced", "camera", 300))
    found = lane(wearing, ledger, 310.0)
    assert [one.state for one in found.stretches] == [
        "blind",
        "seen",
        "not known",
        "not known",
        "blind",
        "recorded",
    ]
    assert found.stretches[1].ends == pytest.approx(10 + FIFTH, abs=1e-3)


def test_found_working_settles_it(wearing: Case, facts: Facts) -> None:
    ledger = facts(("installed", "camera", 10), ("serviced", "camera", 300, {"found": "working"}))
    assert states(lane(wearing, ledger, 310.0))[1] == (10.0, 300.0, "seen", "in hand")
    # Before the visit nobody knew.
    assert [one.state for one in lane(wearing, ledger, 300.0).stretches] == [
        "blind",
        "recorded",
        "not known",
        "not known",
        "blind",
    ]


def test_found_dead_with_its_last_record(case: Case, facts: Facts) -> None:
    dead = {"last_record": "2021-02-10"}
    ledger = facts(("installed", "camera", 10), ("found-dead", "camera", 60, dead))
    found = lane(case, ledger, 70.0)
    assert states(found)[1:] == [
        (10.0, 40.0, "recorded", "not yet collected and reviewed"),
        (40.0, 70.0, "blind", "found dead"),
    ]
    assert found.blind_since == (40.0, 40.0, 40.0)
    assert lane(case, ledger, 60.0).blind_since is None


def test_found_dead_without_a_last_record(wearing: Case, facts: Facts) -> None:
    ledger = facts(("installed", "camera", 10), ("found-working", "camera", 50), ("found-dead", "camera", 60))
    found = lane(wearing, ledger, 70.0)
    assert [(one.begins, one.state) for one in found.stretches[:2]] == [(0.0, "blind"), (10.0, "recorded")]
    assert {one.state for one in found.stretches if one.begins > 50.5 and one.ends < 59.6} == {"not known"}
    assert states(found)[-1][2:] == ("blind", "found dead")
    assert found.blind_since is not None
    early, middle, late = found.blind_since
    assert 50.0 < early < middle < late <= 60.0
    # The hazard of a Weibull life rises with age, so death is a little later than the middle of the interval.
    assert middle == pytest.approx(55.3, abs=0.3)


# ---------------------------------------------------------------- what is gone


@pytest.mark.parametrize("gone", ["tampered", "lost"])
def test_a_record_that_is_gone_is_blind(case: Case, facts: Facts, gone: str) -> None:
    ledger = facts(("installed", "camera", 10), ("collected", "camera", 20), (gone, "camera", 50))
    assert states(lane(case, ledger, 60.0))[1:] == [
        (10.0, 20.0, "seen", "in hand"),
        (20.0, 50.0, "blind", "record lost"),
        (50.0, 60.0, "recorded", "not yet collected and reviewed"),
    ]
    assert states(lane(case, ledger, 50.0))[2] == (20.0, 50.0, "recorded", "not yet collected and reviewed")


def test_a_device_that_was_taken_away(case: Case, facts: Facts) -> None:
    found = lane(case, facts(("installed", "camera", 10), ("removed", "camera", 50)), 60.0)
    assert states(found)[1:] == [
        (10.0, 50.0, "blind", "record lost"),
        (50.0, 60.0, "blind", "taken away or stopped"),
    ]
    assert found.blind_since == (50.0, 50.0, 50.0)


def test_blind_since_its_death_and_not_since_it_was_taken_away(case: Case, facts: Facts) -> None:
    end = ("removed", "camera", 80, {"record": "collected"})
    dead = ("found-dead", "camera", 60, {"last_record": "2021-02-10"})
    assert lane(case, facts(("installed", "camera", 10), dead, end), 90.0).blind_since == (40.0, 40.0, 40.0)


def test_blind_since_it_was_taken_away_or_had_died_before(wearing: Case, facts: Facts) -> None:
    ledger = facts(("installed", "camera", 10), ("disabled", "camera", 10 + HALF + 1))
    assert lane(wearing, ledger, 200.0).blind_since == pytest.approx(
        (10 + FIFTH, 10 + HALF, 10 + HALF + 1), abs=1e-3
    )


def test_custody_is_named(case: Case, facts: Facts) -> None:
    custody = ("custody", "kept-by-operator", (20, 30), {"measures": "camera"})
    ledger = facts(("installed", "camera", 10), custody)
    assert states(lane(case, ledger, 40.0))[1:] == [
        (10.0, 20.0, "recorded", "not yet collected and reviewed"),
        (20.0, 30.0, "recorded", "in the operator's custody (kept-by-operator)"),
        (30.0, 40.0, "recorded", "not yet collected and reviewed"),
    ]


# ---------------------------------------------------------------- transmitted, imagery, seals


def test_what_is_sent_is_seen_after_its_lag(case: Case, facts: Facts) -> None:
    ledger = facts(("installed", "sending", 10), ("transmitted-until", "sending", 40))
    assert states(lane(case, ledger, 30.0, "sending"))[1:] == [
        (10.0, 28.0, "seen", "in hand"),
        (28.0, 30.0, "recorded", "not yet arrived"),
    ]
    assert states(lane(case, ledger, 60.0, "sending"))[1:] == [
        (10.0, 40.0, "seen", "in hand"),
        (40.0, 60.0, "recorded", "not yet collected and reviewed"),
    ]


def test_imagery_is_seen_after_its_lag(case: Case, facts: Facts) -> None:
    found = lane(case, facts(), 30.0, "imagery")
    assert [(one.begins, one.ends, one.state) for one in found.stretches] == [
        (0.0, 27.0, "seen"),
        (27.0, 30.0, "recorded"),
    ]
    assert found.blind_since is None


def test_a_seal_is_seen_up_to_its_verification(case: Case, facts: Facts) -> None:
    ledger = facts(("attached", "seal", 10), ("verified", "seal", 30), ("broken", "seal", 50))
    found = lane(case, ledger, 60.0, "seal")
    assert states(found) == [
        (0.0, 10.0, "blind", "not in place yet"),
        (10.0, 30.0, "seen", "in hand"),
        (30.0, 50.0, "blind", "record lost"),
        (50.0, 60.0, "blind", "taken away or stopped"),
    ]
    assert found.blind_since == (50.0, 50.0, 50.0)


# ---------------------------------------------------------------- what always holds

_FACTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("serviced", {"found": "working"}),
    ("serviced", {"record": "left"}),
    ("collected", {"record": "lost"}),
    ("collected", {"found": "dead"}),
    ("found-dead", {"last_record": "2021-01-25"}),
    ("disabled", {}),
    ("tampered", {}),
    ("transmitted-until", {}),
    ("removed", {"record": "left"}),
)


def histories(measure: str) -> list[list[tuple[Any, ...]]]:
    return [
        [
            ("installed", measure, 10.0),
            *((kind, measure, 30.0 + 10 * place, details) for place, (kind, details) in enumerate(chosen)),
        ]
        for chosen in permutations(_FACTS, 2)
    ]


def in_hand_by(stretch: Stretch, case: Case, ledger: Ledger, time: float, measure: str) -> bool:
    """Whether all of a stretch lies in holdings that are in hand by a time."""
    left = stretch.ends - stretch.begins
    for life in measure_records(case, ledger)[measure].lives:
        for one in life.holdings:
            until = min(one.ends, time - one.lag) if one.lag is not None else one.ends
            if one.lag is not None or one.in_hand < time:
                left -= max(0.0, min(stretch.ends, until) - max(stretch.begins, one.begins))
    return left <= NEARLY


@pytest.mark.parametrize("measure", ["camera", "reviewed", "sending"])
def test_lanes_are_whole_and_never_say_more_than_is_in_hand(
    wearing: Case, facts: Facts, measure: str
) -> None:
    for listed in histories(measure):
        ledger = facts(*listed)
        for time in (25.0, 35.0, 41.0, 120.0):
            found = lane(wearing, ledger, time, measure)
            assert (found.stretches[0].begins, found.stretches[-1].ends) == (0.0, time)
            assert all(one.ends == two.begins for one, two in pairwise(found.stretches)), listed
            for one in found.stretches:
                assert one.state in {"seen", "recorded", "blind", "not known"}
                assert 1.0 >= one.functioning[0] >= one.functioning[1] >= 0.0
                if one.state == "seen":
                    assert in_hand_by(one, wearing, ledger, time, measure), (listed, time)
            if found.blind_since is not None:
                assert 0.0 <= found.blind_since[0] <= found.blind_since[1] <= found.blind_since[2] <= time


def test_a_lane_knows_nothing_of_later_facts(wearing: Case, facts: Facts) -> None:
    def said(ledger: Ledger, time: float) -> list[tuple[float, float, str]]:
        joined: list[tuple[float, float, str]] = []
        for one in lane(wearing, ledger, time, "reviewed").stretches:
            if joined and joined[-1][2] == one.state:
                joined[-1] = (joined[-1][0], one.ends, one.state)
            else:
                joined.append((one.begins, one.ends, one.state))
        return joined

    for listed in histories("reviewed"):
        for time in (40.0, 50.0):
            known = [fact for fact in listed if fact[2] < time]
            assert said(facts(*listed), time) == said(facts(*known), time), (listed, time)
