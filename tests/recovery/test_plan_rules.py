"""The rules in use against the exact plan, and three methods against defects of every size."""

from dataclasses import replace
from itertools import product

import pytest

from watchgap.base.errors import OutOfRange, UnknownName
from watchgap.recovery.approximations import BINOMIAL, CUMULATIVE, JAECH, POWER, RULES, approximate_plan
from watchgap.recovery.plan_record import Offer, PlanProblem, Status, Threat
from watchgap.recovery.planner import least_effort
from watchgap.recovery.three_methods import (
    ThreeMethods,
    three_method_plan,
    three_method_problem,
    worst_falsification,
)

# The worked plan: 400 items of 4 kg, goal 75 kg, non-detection 0.1.
WORKED = ThreeMethods(400, 4.0, 75.0, (0.10, 0.03, 0.003), (0.02, 0.1, 0.5))
OFFER = Offer("test", "S", 0.0, 1.0, 0.0, 100)
THREAT = Threat("five", "S", 5, 1.0, 0.9, {"test": 1.0})
PROBLEM = PlanProblem({"S": 100}, (THREAT,), (OFFER,))


def sizes(plan):
    return {line.activity: line.sample for line in plan.lines}


@pytest.mark.parametrize(
    ("population", "items", "exact", "power"),
    [(300, 4, 131, 132), (1000, 16, 134, 135), (60, 1, 54, 54), (2500, 1250, 4, 5)],
)
def test_printed_sizes(population, items, exact, power):
    problem = replace(
        PROBLEM,
        populations={"S": population},
        threats=(replace(THREAT, items=items),),
        offers=(replace(OFFER, most_items=population),),
    )
    best = least_effort(problem)
    rule = approximate_plan(problem, POWER, best)
    assert sizes(best) == {"test": exact}
    assert sizes(rule) == {"test": power}
    assert rule.difference == power - exact
    assert rule.reached
    assert rule.assurance >= best.assurance
    assert 0.0 <= approximate_plan(problem, JAECH, best).difference <= 1.0


def test_the_improved_binomial_promises_too_much_for_a_tester_that_misses():
    """It says 0.2155 for 37 of 100 with a recognition of 0.7; it is 0.2187."""
    threat = replace(THREAT, target=1.0 - 0.21555, recognition={"test": 0.7})
    problem = replace(PROBLEM, threats=(threat,))
    rule = approximate_plan(problem, BINOMIAL, least_effort(problem))
    assert sizes(rule) == {"test": 37}
    assert rule.nondetection["five"] == pytest.approx(0.218701, abs=5e-7)
    assert not rule.reached
    assert rule.difference < 0.0


def test_a_rule_leaves_a_threat_to_the_cheapest_sure_activity():
    dear, unsure = replace(OFFER, activity="dear", effort_per_item=5.0), replace(OFFER, activity="unsure")
    seen = {"test": 0.95, "dear": 1.0, "unsure": 0.5}
    threats = (
        replace(THREAT, recognition=seen),
        replace(THREAT, name="hard", recognition={"unsure": 0.5, "dear": 0.6}),
        replace(THREAT, name="unseen", recognition={}),
        replace(THREAT, name="done", nondetection=0.05, recognition={"unsure": 0.9}),
    )
    problem = replace(PROBLEM, threats=threats, offers=(dear, OFFER, unsure))
    rule = approximate_plan(problem, POWER, least_effort(problem))
    assert sizes(rule) == {"dear": 37, "test": 37}
    assert (rule.binding, rule.reached) == ("unseen", False)


def test_an_unknown_rule():
    with pytest.raises(UnknownName, match="rule 'guess' is not known; known are power, Jaech"):
        approximate_plan(PROBLEM, "guess", least_effort(PROBLEM))


class TestThreeMethods:
    def test_the_worked_plan(self):
        problem = three_method_problem(WORKED)
        assert [threat.items for threat in problem.threats] == [19, 63, 209]
        rule = approximate_plan(problem, CUMULATIVE, least_effort(problem))
        assert sizes(rule) == {"H": 31, "F": 10, "D": 5}
        assert rule.reached
        worst = worst_falsification(WORKED, (31, 10, 5))
        assert worst.items == 19
        assert worst.fraction == pytest.approx(75.0 / 76.0)
        assert round(worst.nondetection, 4) == 0.0927

    @pytest.mark.parametrize("rule", RULES)
    def test_no_rule_is_cheaper_where_it_does_the_same(self, rule):
        problem = three_method_problem(WORKED)
        best = least_effort(problem)
        plan = approximate_plan(problem, rule, best)
        assert plan.reached
        assert plan.difference >= 0.0
        assert plan.effort == pytest.approx(best.effort + plan.difference)

    def test_against_every_size_it_is_the_best_of_all_plans(self):
        small = ThreeMethods(12, 4.0, 10.0, (0.2, 0.08, 0.02), (0.1, 0.3, 0.7), target=0.8)
        plan, worst = three_method_plan(small)
        reaching = [
            0.1 * crude + 0.3 * better + 0.7 * best
            for crude, better, best in product(range(13), repeat=3)
            if crude + better + best <= 12
            and worst_falsification(small, (crude, better, best)).nondetection <= 0.2
        ]
        assert plan.status == Status.OPTIMAL
        assert plan.effort == pytest.approx(min(reaching))
        assert worst.nondetection <= 0.2

    def test_defects_that_no_method_recognises(self):
        blunt = replace(WORKED, deviations=(0.3, 0.29, 0.28))
        plan, worst = three_method_plan(blunt)
        assert plan.status == Status.UNREACHABLE
        assert plan.shortfalls
        assert worst.nondetection > 0.1

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"deviations": (0.1, 0.1, 0.01)}, "deviations are (0.1, 0.1, 0.01), not falling and in (0, 1)"),
            ({"multiple": 11.0}, "11.0 standard deviations of 0.1 are not a share of an item in (0, 1]"),
            ({"goal": 2000.0}, "goal of 2000.0 kg takes 500 items, and the stratum has 400"),
        ],
    )
    def test_refuses_what_has_no_meaning(self, changes, message):
        with pytest.raises(OutOfRange) as refused:
            worst_falsification(replace(WORKED, **changes), (1, 1, 1))
        assert str(refused.value) == message
