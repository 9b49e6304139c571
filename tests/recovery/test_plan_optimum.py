"""Plans against brute force over all integer plans: caps, fixed efforts, false alarms, both samplings."""

from dataclasses import replace
from functools import cache
from itertools import combinations, product
from math import inf, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchgap.detection.sampling import sample_nondetection
from watchgap.recovery import master
from watchgap.recovery.conditions import Defects, LogTables, StratumTask
from watchgap.recovery.plan_record import Caps, Offer, PlanProblem, Samples, Status, Threat
from watchgap.recovery.planner import best_assurance, least_effort, pareto
from watchgap.recovery.stratum import Prices, Stratum
from watchgap.testing.strategies import examples

ROUNDING = 1e-9


@cache
def left(population, items, samples, chances, disjoint):
    """Non-detection by enumeration of the places of the defective items."""
    if not disjoint:
        return prod(left(population, items, (n,), (p,), True) for n, p in zip(samples, chances, strict=True))
    missed = [1.0] * (population - sum(samples))
    for n, p in zip(samples, chances, strict=True):
        missed += [1.0 - p] * n
    places = list(combinations(range(population), items))
    return sum(prod(missed[at] for at in one) for one in places) / len(places)


class Brute:
    """Every plan of a problem, with its non-detections, effort, and whether it keeps the caps."""

    def __init__(self, problem):
        self.problem = problem
        self.disjoint = problem.samples == Samples.DISJOINT
        ranges = [range(offer.most_items + 1) for offer in problem.offers]
        plans = [plan for plan in product(*ranges) if self.possible(plan)]
        self.plans = [(self.effort(plan), self.missed(plan), plan) for plan in plans]

    def of_stratum(self, plan, stratum):
        return [(o, n) for o, n in zip(self.problem.offers, plan, strict=True) if o.stratum == stratum]

    def possible(self, plan):
        return not self.disjoint or all(
            sum(n for _, n in self.of_stratum(plan, stratum)) <= population
            for stratum, population in self.problem.populations.items()
        )

    def effort(self, plan):
        pairs = zip(self.problem.offers, plan, strict=True)
        return self.problem.base_effort + sum(
            (o.fixed_effort if n else 0.0) + n * o.effort_per_item for o, n in pairs
        )

    def missed(self, plan):
        found = {}
        for threat in self.problem.threats:
            own = self.of_stratum(plan, threat.stratum)
            samples = tuple(n for _, n in own)
            chances = tuple(threat.recognition.get(o.activity, 0.0) for o, _ in own)
            population = self.problem.populations[threat.stratum]
            found[threat.name] = threat.nondetection * left(
                population, threat.items, samples, chances, self.disjoint
            )
        return found

    def keeps(self, plan):
        caps, pairs = self.problem.caps, list(zip(self.problem.offers, plan, strict=True))
        within = all(
            sum(n for o, n in pairs if o.activity == activity) <= most
            for activity, most in caps.items.items()
        )
        silent = prod((1.0 - o.false_alarm) ** n for o, n in pairs)
        return within and (caps.false_alarms is None or 1.0 - silent <= caps.false_alarms + ROUNDING)

    def reaches(self, missed):
        return all(missed[t.name] <= 1.0 - t.target + ROUNDING for t in self.problem.threats)

    def reaching(self):
        return [(effort, plan) for effort, missed, plan in self.plans if self.reaches(missed)]

    def within(self, effort):
        """Greatest non-detection and effort of all plans that keep the caps and an effort."""
        most = min(effort, self.problem.caps.effort) + ROUNDING
        return [(max(m.values(), default=0.0), e) for e, m, p in self.plans if e <= most and self.keeps(p)]

    def curve(self):
        """Effort and greatest non-detection of the plans that no other one beats."""
        found, best = [], inf
        for missed, effort in sorted(self.within(inf), key=lambda one: (round(one[1], 9), one[0])):
            if missed < best - ROUNDING:
                found.append((effort, missed))
                best = missed
        return found


@st.composite
def problems(draw, *, strata=2, most=4):
    names = [f"S{at}" for at in range(draw(st.integers(1, strata)))]
    populations = {name: draw(st.integers(1, most)) for name in names}
    activities = ("look", "weigh", "assay")[: draw(st.integers(1, 3 if len(names) == 1 else 2))]
    offers = tuple(
        Offer(
            activity,
            name,
            draw(st.sampled_from((0.0, 0.5, 1.0))),
            draw(st.sampled_from((0.0, 0.1, 0.25, 0.37, 1.0))),
            draw(st.sampled_from((0.0, 0.01, 0.05))),
            draw(st.sampled_from((populations[name], populations[name] // 2))),
        )
        for name in names
        for activity in activities
    )
    threats = tuple(
        Threat(
            f"T{at}",
            name := draw(st.sampled_from(names)),
            draw(st.integers(1, populations[name])),
            draw(st.sampled_from((1.0, 0.8, 0.5, 0.05, 0.0))),
            draw(st.sampled_from((0.1, 0.3, 0.5, 0.75))),
            {activity: draw(st.sampled_from((0.0, 0.3, 0.6, 0.9, 1.0))) for activity in activities},
        )
        for at in range(draw(st.integers(0, 3)))
    )
    items = {activity: draw(st.integers(0, 4)) for activity in activities if draw(st.booleans())}
    caps = Caps(draw(st.sampled_from((inf, inf, 3.0))), items, draw(st.sampled_from((None, None, 0.03, 0.1))))
    samples = draw(st.sampled_from(tuple(Samples)))
    return PlanProblem(populations, threats, offers, draw(st.sampled_from((0.0, 1.0))), caps, samples)


@examples(120)
@given(problems())
def test_least_effort_is_that_of_all_plans(problem):
    brute, plan = Brute(problem), least_effort(problem)
    reaching = brute.reaching()
    kept = [effort for effort, one in reaching if brute.keeps(one)]
    if not reaching:
        assert plan.status == Status.UNREACHABLE
        check_shortfalls(brute, plan)
    elif not kept:
        assert plan.status == Status.OVER_A_CAP
        assert plan.excesses
        assert plan.effort == pytest.approx(min(effort for effort, _ in reaching), abs=1e-9)
    else:
        assert plan.bound <= min(kept) + 1e-9
        assert plan.effort == pytest.approx(min(kept), abs=1e-9)
        assert plan.gap <= 1e-6
        assert brute.reaches(plan.nondetection)
        over = min(kept) > problem.caps.effort + 1e-9
        assert plan.status == (Status.OVER_A_CAP if over else Status.OPTIMAL)


def check_shortfalls(brute, plan):
    """What is said to be the best is it, and the plan attains it, and all other targets."""
    assert plan.shortfalls
    short = {one.threat for one in plan.shortfalls}
    for one in plan.shortfalls:
        assert one.best < one.target
        assert plan.nondetection[one.threat] <= 1.0 - one.best + 1e-9
        if "no item is taken twice" not in one.why:
            best = min(missed[one.threat] for _, missed, _ in brute.plans)
            assert one.best == pytest.approx(1.0 - best, abs=1e-9)
    others = [threat for threat in brute.problem.threats if threat.name not in short]
    assert all(plan.nondetection[threat.name] <= 1.0 - threat.target + ROUNDING for threat in others)


@examples(60)
@given(problems(), st.sampled_from((0.0, 0.5, 1.0, 2.0, inf)))
def test_best_assurance_is_that_of_all_plans(problem, more):
    effort = problem.base_effort + more
    plan, found = best_assurance(problem, effort), Brute(problem).within(effort)
    least = min(missed for missed, _ in found)
    assert plan.assurance == pytest.approx(1.0 - least, abs=1e-8)
    assert plan.effort == pytest.approx(
        min(used for missed, used in found if missed <= least + ROUNDING), abs=1e-8
    )


@examples(25)
@given(problems())
def test_the_curve_is_that_of_all_plans(problem):
    curve, points = Brute(problem).curve(), pareto(problem, 40)
    assert [(point.effort, 1.0 - point.assurance) for point in points] == [
        pytest.approx(one, abs=1e-8) for one in curve
    ]


@examples(60)
@given(st.data())
def test_one_stratum_at_any_price(data):
    """The cheapest vector, and all vectors near it that do not become cheaper by leaving out an item."""
    population, disjoint = data.draw(st.integers(1, 7)), data.draw(st.booleans())
    activities = data.draw(st.integers(1, 3))
    chance = st.sampled_from((0.0, 0.2, 0.7, 1.0))
    threats = tuple(
        Defects(
            data.draw(st.integers(1, population)),
            data.draw(st.sampled_from((0.05, 0.3, 0.8))),
            tuple(data.draw(chance) for _ in range(activities)),
        )
        for _ in range(data.draw(st.integers(1, 3)))
    )
    most = tuple(data.draw(st.integers(0, population)) for _ in range(activities))
    item = np.array([data.draw(st.sampled_from((0.1, 0.35, 1.0))) for _ in most])
    first = np.array([data.draw(st.sampled_from((0.0, 0.5))) for _ in most])
    prices, task = Prices(item, first, item == 0.0), StratumTask(population, threats, most, disjoint)
    feasible = {
        vector
        for vector in product(*(range(n + 1) for n in most))
        if (not disjoint or sum(vector) <= population)
        and all(
            left(population, t.items, vector, t.recognition, disjoint) <= t.allowed + ROUNDING
            for t in threats
        )
    }
    found = Stratum(task, LogTables()).least(prices)
    if not feasible:
        assert found is None
        return
    costs = {vector: float(prices.of(np.array([vector]))[0]) for vector in feasible}
    assert found is not None
    assert found[1] == pytest.approx(min(costs.values()), abs=1e-9)
    limit = found[1] + 0.8
    near = Stratum(task, LogTables()).near(prices, limit, 10_000)
    assert near is not None
    listed = set(map(tuple, near.tolist()))
    assert listed <= feasible
    fewer = np.eye(activities, dtype=int)
    minimal = {
        vector
        for vector, cost in costs.items()
        if cost <= limit and not any(tuple((np.array(vector) - one).tolist()) in feasible for one in fewer)
    }
    assert minimal <= listed


def uneven(strata=7):
    """Strata of different sizes with three activities, of which two will be capped."""
    generator = np.random.default_rng(7)
    populations = {f"S{at}": int(generator.integers(12, 40)) for at in range(strata)}
    threats, offers = [], []
    for name, population in populations.items():
        threats.append(Threat(f"{name} gross", name, 3, 1.0, 0.9, {"look": 0.6, "weigh": 1.0, "assay": 1.0}))
        threats.append(Threat(f"{name} bias", name, population // 4, 0.8, 0.9, {"weigh": 0.08, "assay": 0.9}))
        efforts = generator.uniform(0.8, 1.25, 3) * (0.03, 0.05, 0.12)
        offers += [
            Offer(activity, name, first, float(effort), 0.0, population)
            for activity, first, effort in zip(
                ("look", "weigh", "assay"), (0.1, 0.1, 0.2), efforts, strict=True
            )
        ]
    return PlanProblem(populations, tuple(threats), tuple(offers), base_effort=2.0)


def by_tables(problem, weigh, assay):
    """Least effort under two caps: for each pair of numbers of items, the least over the strata so far."""
    totals = np.full((weigh + 1, assay + 1), inf)
    totals[0, 0] = problem.base_effort
    for name in problem.populations:
        least = one_stratum(problem, name, weigh, assay)
        following = np.full_like(totals, inf)
        for (w, a), effort in np.ndenumerate(least):
            if effort < inf:
                rest = totals[: weigh + 1 - w, : assay + 1 - a] + effort
                np.minimum(following[w:, a:], rest, out=following[w:, a:])
        totals = following
    return float(totals.min())


def one_stratum(problem, name, weigh, assay):
    """Least effort on one stratum for each number of items weighed and assayed, by trying all of them."""
    population = problem.populations[name]
    offers = {one.activity: one for one in problem.offers if one.stratum == name}
    counts = [population * ("look" in offers), min(weigh, population), min(assay, population)]
    numbers = [np.arange(count + 1) for count in counts]
    met = np.ones([count + 1 for count in counts], dtype=bool)
    for threat in problem.threats:
        if threat.stratum == name:
            # By the exchange of sample and defectives one call gives all samples.
            look, weighed, assayed = (
                sample_nondetection(population, taken, threat.items, threat.recognition.get(activity, 0.0))
                for activity, taken in zip(("look", "weigh", "assay"), numbers, strict=True)
            )
            missed = threat.nondetection * look[:, None, None] * weighed[:, None] * assayed
            met &= missed <= (1.0 - threat.target) * (1.0 + 1e-11)
    effort = np.zeros(met.shape)
    for axis, (activity, taken) in enumerate(zip(("look", "weigh", "assay"), numbers, strict=True)):
        if activity in offers:
            own = offers[activity].fixed_effort * (taken > 0) + offers[activity].effort_per_item * taken
            effort = effort + np.expand_dims(own, [other for other in range(3) if other != axis])
    return np.where(met, effort, inf).min(axis=0)


@pytest.fixture(scope="module")
def capped():
    """A problem with two caps that bind, and its optimum by tables."""
    problem = uneven(4)
    used = dict.fromkeys(("weigh", "assay"), 0)
    for line in least_effort(problem).lines:
        used[line.activity] += line.sample
    # Weighing is scarce, and the assays that would take its place are nearly so.
    weigh, assay = int(used["weigh"] * 0.6), int(used["assay"] * 1.05)
    problem = replace(problem, caps=Caps(items={"weigh": weigh, "assay": assay}))
    return problem, by_tables(problem, weigh, assay)


def test_caps_over_several_strata_are_met_at_least_effort(capped):
    problem, least = capped
    plan = least_effort(problem)
    assert plan.status == Status.OPTIMAL
    assert plan.effort == pytest.approx(least, abs=1e-9)
    assert plan.effort > least_effort(replace(problem, caps=Caps())).effort + 1e-3
    assert abs(plan.gap) <= 1e-6
    assert "HiGHS" in plan.proof
    assert max(plan.nondetection.values()) <= 0.1 * (1.0 + 1e-9)


def test_a_search_that_is_given_up_says_so(capped, monkeypatch):
    problem, least = capped
    monkeypatch.setattr(master, "_MOST_VECTORS", 0)
    plan = least_effort(problem)
    assert plan.status == Status.OPEN
    assert plan.bound <= least + 1e-9 <= plan.effort + 2e-9
    assert "given up" in plan.proof


def test_like_strata_are_planned_together():
    """Forty strata alike, under a cap that half of them could use up: against a table over items weighed."""
    one = Threat("T", "S0", 5, 1.0, 0.9, {"weigh": 0.7, "assay": 1.0})
    offers = (Offer("weigh", "S0", 0.0, 0.1, 0.0, 100), Offer("assay", "S0", 0.0, 0.2, 0.0, 100))
    alone = PlanProblem({"S0": 100}, (one,), offers)
    names = [f"S{at}" for at in range(40)]
    many = PlanProblem(
        dict.fromkeys(names, 100),
        tuple(replace(one, name=f"T of {name}", stratum=name) for name in names),
        tuple(replace(offer, stratum=name) for name in names for offer in offers),
    )
    assert {line.activity: line.sample for line in least_effort(alone).lines} == {"weigh": 53}
    assert least_effort(many).effort == pytest.approx(40 * 5.3, abs=1e-9)
    most = 20 * 53
    few = least_effort(replace(many, caps=Caps(items={"weigh": most})))
    own = one_stratum(alone, "S0", 53, 37).min(axis=1)
    total = np.zeros(most + 1)
    for _ in names:
        total = np.min(
            [np.append(np.full(w, inf), total[: most + 1 - w]) + own[w] for w in range(54)], axis=0
        )
    assert few.status == Status.OPTIMAL
    assert few.effort == pytest.approx(float(total.min()), abs=1e-6)
    assert sum(line.sample for line in few.lines if line.activity == "weigh") <= most
