"""Plans for printed inventories, for what cannot be reached, and for what is over a cap."""

from dataclasses import replace
from itertools import product
from math import comb, inf, nan

import pytest

from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.detection import sample_size_power
from watchgap.recovery.evaluate import nondetection_of
from watchgap.recovery.plan_record import Caps, Offer, PlanProblem, Samples, Status, Threat
from watchgap.recovery.planner import best_assurance, least_effort, pareto

TESTER = Offer("test", "S", 1.0, 0.25, 0.0, 100)
FIVE = Threat("five", "S", 5, 1.0, 0.9, {"test": 1.0})
PROBLEM = PlanProblem({"S": 100}, (FIVE,), (TESTER,), base_effort=2.0)

# Items, defective items for one significant quantity, and samples for 90 %, 50 % and 20 % detection.
INVENTORIES = {
    "PuO2 cans": (300, 4, 131, 48, 17),
    "small PuO2 cans": (1000, 16, 134, 43, 14),
    "MOX assemblies": (60, 1, 54, 30, 12),
    "LEU assemblies": (500, 5, 184, 65, 22),
    "UF6 cylinders": (120, 2, 82, 35, 13),
    "spent LWR assemblies": (2000, 2, 1368, 586, 212),
    "CANDU bundles": (20000, 107, 425, 129, 42),
    "HEU plates": (2500, 1250, 4, 1, 1),
}


@pytest.mark.parametrize("samples", list(Samples))
@pytest.mark.parametrize("target", [0.9, 0.5, 0.2])
def test_worked_inventories_at_once(target, samples):
    problem = PlanProblem(
        {name: items for name, (items, *_) in INVENTORIES.items()},
        tuple(Threat(f"{n} gone", n, i[1], 1.0, target, {"test": 1.0}) for n, i in INVENTORIES.items()),
        tuple(Offer("test", name, 0.0, 0.01, 0.0, items) for name, (items, *_) in INVENTORIES.items()),
        samples=samples,
    )
    plan = least_effort(problem)
    column = {0.9: 2, 0.5: 3, 0.2: 4}[target]
    assert {line.stratum: line.sample for line in plan.lines} == {
        n: i[column] for n, i in INVENTORIES.items()
    }
    assert plan.status == Status.OPTIMAL
    assert plan.effort == pytest.approx(0.01 * sum(i[column] for i in INVENTORIES.values()))
    assert plan.bound == pytest.approx(plan.effort, abs=1e-6)


def test_one_plan_in_full():
    plan = least_effort(PROBLEM)
    (line,) = plan.lines
    assert (line.activity, line.stratum, line.sample, line.effort) == ("test", "S", 37, 1.0 + 37 * 0.25)
    assert plan.effort == plan.bound == 2.0 + line.effort
    assert plan.nondetection["five"] == pytest.approx(111569 / 1195040, rel=1e-12)
    assert plan.assurance == pytest.approx(1.0 - 111569 / 1195040, rel=1e-12)
    assert (plan.binding, plan.false_alarm, plan.shortfalls, plan.excesses) == ("five", 0.0, (), ())


def test_what_is_in_hand_counts():
    half = replace(FIVE, nondetection=0.5)
    plan = least_effort(replace(PROBLEM, threats=(half,)))
    assert [line.sample for line in plan.lines] == [27]
    assert comb(73, 5) / comb(100, 5) <= 0.2 < comb(74, 5) / comb(100, 5)
    assert plan.nondetection["five"] == pytest.approx(0.5 * comb(73, 5) / comb(100, 5), rel=1e-12)


def test_three_strata_and_the_worst_mixture_of_all():
    """The plan of single strata is already one for mixtures; the worst of them is found by trying all."""
    populations, masses, goal = (200, 80, 30), (0.5, 1.0, 2.0), 8.0
    sizes = [27, 21, 14]
    assert [
        sample_size_power(n, int(goal / x), 0.1) for n, x in zip(populations, masses, strict=True)
    ] == sizes
    names = ("a", "b", "c")
    threats = tuple(
        Threat(f"{name} {items}", name, items, 1.0, 0.9, {"test": 1.0})
        for name, mass in zip(names, masses, strict=True)
        for items in range(1, int(goal / mass) + 1)
    )
    offers = tuple(
        Offer("test", name, 0.0, 1.0, 0.0, items) for name, items in zip(names, populations, strict=True)
    )
    problem = PlanProblem(dict(zip(names, populations, strict=True)), threats, offers)
    left = nondetection_of(problem, {("test", n): size for n, size in zip(names, sizes, strict=True)})
    mixtures = {
        (r, s, t): left.get(f"a {r}", 1.0) * left.get(f"b {s}", 1.0) * left.get(f"c {t}", 1.0)
        for r, s, t in product(range(17), range(9), range(5))
        if r * 0.5 + s + t * 2.0 == goal
    }
    worst = max(mixtures, key=mixtures.__getitem__)
    assert (worst, round(mixtures[worst], 5)) == ((12, 2, 0), 0.09004)
    whole = tuple(t for t in threats if t.name in {"a 16", "b 8", "c 4"})
    exact = {line.stratum: line.sample for line in least_effort(replace(problem, threats=whole)).lines}
    assert all(0 <= size - exact[name] <= 3 for name, size in zip(names, sizes, strict=True))


class TestOutOfReach:
    def test_one_item_and_a_tester_that_misses(self):
        one = Threat("one", "S", 1, 1.0, 0.9, {"test": 0.7})
        plan = least_effort(PlanProblem({"S": 200}, (one,), (replace(TESTER, most_items=200),)))
        (short,) = plan.shortfalls
        assert plan.status == Status.UNREACHABLE
        assert (short.threat, short.target) == ("one", 0.9)
        assert short.best == pytest.approx(0.7, rel=1e-12)
        assert short.why == (
            "with 1 defective, all that may be done still leaves a probability of 0.3 that nothing is found, "
            "where 0.1 is wanted: test of 200 of 200 items (recognition 0.7)"
        )
        assert [line.sample for line in plan.lines] == [200]
        assert plan.assurance == pytest.approx(0.7, rel=1e-12)

    def test_an_activity_that_recognises_nothing(self):
        plan = least_effort(replace(PROBLEM, threats=(FIVE, replace(FIVE, name="unseen", recognition={}))))
        assert [short.threat for short in plan.shortfalls] == ["unseen"]
        assert plan.shortfalls[0].why == "no activity that may be carried out on S recognises it"
        assert [line.sample for line in plan.lines] == [37]
        assert (plan.assurance, plan.binding) == (0.0, "unseen")

    def test_access_to_a_part_of_the_items(self):
        plan = least_effort(replace(PROBLEM, offers=(replace(TESTER, most_items=36),)))
        assert plan.status == Status.UNREACHABLE
        assert plan.shortfalls[0].best == pytest.approx(1.0 - 3782 / 37345, rel=1e-12)

    def test_two_threats_that_want_the_same_items(self):
        """Each alone takes 9 of the 10 items; together there are not enough."""
        looked = Threat("looked at", "S", 1, 1.0, 0.9, {"look": 1.0})
        weighed = Threat("weighed", "S", 1, 1.0, 0.9, {"weigh": 1.0})
        offers = (Offer("look", "S", 0.0, 0.1, 0.0, 10), Offer("weigh", "S", 0.0, 0.2, 0.0, 10))
        problem = PlanProblem({"S": 10}, (looked, weighed), offers, samples=Samples.DISJOINT)
        plan = least_effort(problem)
        (short,) = plan.shortfalls
        assert plan.status == Status.UNREACHABLE
        assert (short.threat, pytest.approx(0.1)) == ("weighed", short.best)
        assert short.why.startswith("no item is taken twice, and the 10 items of S are not enough")
        assert [line.sample for line in plan.lines] == [9, 1]
        assert best_assurance(problem).assurance == pytest.approx(0.5)


class TestCaps:
    def test_what_is_over_is_said(self):
        caps = Caps(effort=5.0, items={"test": 30}, false_alarms=0.01)
        plan = least_effort(replace(PROBLEM, offers=(replace(TESTER, false_alarm=0.001),), caps=caps))
        assert plan.status == Status.OVER_A_CAP
        assert [line.sample for line in plan.lines] == [37]
        items, alarms, effort = plan.excesses
        assert (items.cap, items.allowed, items.needed, items.least) == ("test", 30.0, 37.0, 37.0)
        assert alarms.cap == "false alarms"
        assert alarms.allowed == pytest.approx(0.01)
        assert alarms.needed == alarms.least == pytest.approx(1.0 - 0.999**37)
        assert (effort.cap, effort.allowed, effort.needed) == ("effort", 5.0, 12.25)

    def test_false_alarms_turn_to_the_quieter_activity(self):
        quiet = Offer("ask", "S", 0.0, 0.5, 0.0, 100)
        noisy = Offer("test", "S", 0.0, 0.1, 0.01, 100)
        threat = replace(FIVE, recognition={"test": 1.0, "ask": 1.0})
        problem = PlanProblem({"S": 100}, (threat,), (noisy, quiet), caps=Caps(false_alarms=0.2))
        plan = least_effort(problem)
        assert plan.status == Status.OPTIMAL
        assert plan.false_alarm <= 0.2
        tested = next(line.sample for line in plan.lines if line.activity == "test")
        assert 0.99 ** (tested + 1) < 0.8 <= 0.99**tested

    def test_an_effort_cap_alone(self):
        plan = least_effort(replace(PROBLEM, caps=Caps(effort=12.0)))
        assert plan.status == Status.OVER_A_CAP
        assert [(one.cap, one.needed) for one in plan.excesses] == [("effort", 12.25)]


def test_nothing_to_do():
    reached = replace(FIVE, nondetection=0.1)
    for threats in ((reached,), ()):
        plan = least_effort(replace(PROBLEM, threats=threats))
        assert (plan.status, plan.lines, plan.effort, plan.bound) == (Status.OPTIMAL, (), 2.0, 2.0)
        assert plan.proof.startswith("no sample is needed")
    assert plan.binding is None
    assert plan.assurance == 1.0


def test_what_costs_nothing_is_not_wasted():
    free = Offer("read", "S", 0.0, 0.0, 0.0, 100)
    threat = replace(FIVE, recognition={"read": 1.0, "test": 1.0})
    plan = least_effort(replace(PROBLEM, threats=(threat,), offers=(free, TESTER)))
    assert [(line.activity, line.sample) for line in plan.lines] == [("read", 37)]
    assert plan.effort == 2.0


class TestBestAssurance:
    def test_just_before_and_at_the_effort_of_a_target(self):
        assert [line.sample for line in best_assurance(PROBLEM, 12.25).lines] == [37]
        assert [line.sample for line in best_assurance(PROBLEM, 12.24).lines] == [36]
        assert best_assurance(PROBLEM, 2.0).lines == ()

    def test_without_a_limit_it_is_certain(self):
        plan = best_assurance(PROBLEM)
        assert [line.sample for line in plan.lines] == [96]
        assert plan.assurance == 1.0
        assert plan.proof.endswith("no plan leaves less undetected at any effort")

    def test_an_effort_below_the_visit(self):
        with pytest.raises(
            OutOfRange, match=r"effort is 1.0 person-days, not at least the base effort of 2.0"
        ):
            best_assurance(PROBLEM, 1.0)


class TestPareto:
    def test_a_short_curve_is_whole(self):
        small = replace(PROBLEM, populations={"S": 6}, offers=(replace(TESTER, most_items=6),))
        small = replace(small, threats=(replace(FIVE, items=2),))
        points = pareto(small)
        assert [point.lines[0].sample if point.lines else 0 for point in points] == [0, 1, 2, 3, 4, 5]
        expected = [0.0, 1 / 3, 3 / 5, 4 / 5, 14 / 15, 1.0]
        assert [point.assurance for point in points] == pytest.approx(expected)

    def test_a_long_curve_has_the_points_asked_for_from_end_to_end(self):
        points = pareto(PROBLEM, 5)
        assert len(points) == 5
        assert points[0].effort == 2.0
        assert points[-1].assurance == 1.0
        for point in points:
            again = best_assurance(PROBLEM, point.effort)
            assert (again.effort, again.assurance) == pytest.approx((point.effort, point.assurance))

    def test_fewer_than_two(self):
        with pytest.raises(OutOfRange, match="points are 1, not 2 or more"):
            pareto(PROBLEM, 1)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"samples": "both"}, OutOfRange, "samples are 'both', not 'independent' or 'disjoint'"),
        ({"populations": {"S": -1}}, OutOfRange, "population of S is -1, not 0 or more items"),
        ({"populations": {"T": 9}}, UnknownName, "threat five is on stratum 'S', which has no population"),
        ({"threats": (FIVE, FIVE)}, OutOfRange, "threat five is there 2 times, not once"),
        ({"offers": (TESTER, TESTER)}, OutOfRange, "offer test on S is there 2 times, not once"),
        ({"threats": (replace(FIVE, target=1.0),)}, OutOfRange, "target for five is 1.0, not in (0, 1)"),
        ({"threats": (replace(FIVE, target=nan),)}, OutOfRange, "target for five is nan, not in (0, 1)"),
        (
            {"threats": (replace(FIVE, items=101),)},
            OutOfRange,
            "defective items of five are 101, not from 1 to the 100 items of S",
        ),
        (
            {"threats": (replace(FIVE, nondetection=1.1),)},
            OutOfRange,
            "non-detection of five is 1.1, not a probability in [0, 1]",
        ),
        (
            {"threats": (replace(FIVE, recognition={"test": -0.1}),)},
            OutOfRange,
            "recognition of five by test is -0.1, not a probability in [0, 1]",
        ),
        (
            {"offers": (replace(TESTER, stratum="T"),)},
            UnknownName,
            "activity test is on stratum 'T', which has no population; known are S",
        ),
        (
            {"offers": (replace(TESTER, fixed_effort=-1.0),)},
            OutOfRange,
            "fixed effort of test on S is -1.0 person-days, not a finite number of 0 or more",
        ),
        (
            {"offers": (replace(TESTER, effort_per_item=inf),)},
            OutOfRange,
            "effort per item of test on S is inf person-days, not a finite number of 0 or more",
        ),
        (
            {"offers": (replace(TESTER, false_alarm=1.0),)},
            OutOfRange,
            "false-alarm probability of test on S is 1.0, not in [0, 1)",
        ),
        (
            {"offers": (replace(TESTER, most_items=101),)},
            OutOfRange,
            "most items of test on S are 101, not from 0 to the population of 100",
        ),
        ({"base_effort": -2.0}, OutOfRange, "base effort is -2.0 person-days, not a finite number of 0"),
        (
            {"caps": Caps(effort=1.0)},
            OutOfRange,
            "cap on effort is 1.0 person-days, not at least the base effort of 2.0",
        ),
        (
            {"caps": Caps(items={"weigh": 3})},
            UnknownName,
            "cap on items of 'weigh', which is not offered; offered are test",
        ),
        ({"caps": Caps(items={"test": -1})}, OutOfRange, "cap on items of test is -1, not 0 or more"),
        ({"caps": Caps(false_alarms=0.0)}, OutOfRange, "cap on false alarms is 0.0, not in (0, 1)"),
    ],
)
def test_a_problem_with_a_fault_is_refused(changes, error, message):
    with pytest.raises(error) as refused:
        least_effort(replace(PROBLEM, **changes))
    assert str(refused.value).startswith(message)


def test_samples_beyond_the_population_count_as_all():
    assert nondetection_of(PROBLEM, {("test", "S"): 500}) == {"five": 0.0}
    both = replace(
        PROBLEM,
        offers=(TESTER, Offer("look", "S", 0.0, 1.0, 0.0, 100)),
        threats=(replace(FIVE, recognition={"look": 1.0}),),
        samples=Samples.DISJOINT,
    )
    # Of 100 items 99 are tested first, which finds nothing; one is left to look at.
    assert nondetection_of(both, {("test", "S"): 99, ("look", "S"): 50})["five"] == pytest.approx(0.95)
