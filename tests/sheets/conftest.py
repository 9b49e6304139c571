"""A plan made by hand, and the same with texts that a spreadsheet would take for formulas."""

from dataclasses import replace
from datetime import date

import pytest

from watchgap.study.bands import Interval
from watchgap.study.plan_record import (
    AccessPlan,
    ActivityLine,
    ParetoLine,
    PlanStudy,
    ReverificationLine,
    RuleLine,
    Shortfall,
    ThreatLine,
)
from watchgap.study.record import Origin

HOSTILE = (
    "=1+1",
    '+cmd|"/C calc"!A0',
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://localhost/","here")',
    "bell \x07, over\u202eride & <b>'",
)


def example_plan() -> PlanStudy:
    """A plan of three samples in two strata, with a visit of 4 person-days."""
    lines = (
        ActivityLine("count", "Item counting", "pool", "Spent fuel in the pool", 1200, 35, 1.75),
        ActivityLine("gamma", "Gamma measurement", "pool", "Spent fuel in the pool", 1200, 12, 2.4),
        ActivityLine("weigh", "Weighing", "store", "Fresh fuel", 40, 9, 0.9),
    )
    plan = AccessPlan(
        access="full",
        access_name="full access",
        level="any time, any place",
        status="optimal",
        visit_effort=4.0,
        effort=9.05,
        bound=9.05,
        assurance=0.902,
        binding="abrupt",
        false_alarm=0.03,
        lines=lines,
        threats=(ThreatLine("abrupt", "gap", "pool", 8, 1.0, 0.098, 0.9, "Eight items taken at once."),),
        shortfalls=(Shortfall("slow", 0.62, 0.9, "the tester recognises 62 % of what is gone"),),
        over=("effort: at most 5",),
        proof="Each stratum was enumerated; the bound is the sum of theirs. " * 4,
    )
    return PlanStudy(
        case="example",
        title="An example reactor & store, 1993",
        period_first=date(1993, 1, 1),
        by=date(1993, 11, 6),
        known_on=date(1993, 11, 1),
        claims=("gap", "past"),
        target=0.9,
        samples="independent",
        caps={"effort": "at most 20 person-days"},
        plans=(plan,),
        chosen=0,
        pareto=(ParetoLine(4.0, 0.0, "nothing"), ParetoLine(9.05, 0.902, "count 35")),
        rules=(
            RuleLine("power", 9.4, 0.915, True, 0.35, "count 37"),
            RuleLine("Jaech", 9.2, 0.905, True, None, "count 36"),
        ),
        reverification=(
            ReverificationLine("gap", "pool", "abrupt", "count", 0.05, 0.01, 80 / 99, 28, "28 of 100 items"),
            ReverificationLine(
                "past", "pool", "slow", "count", 0.1, 0.01, 10 / 11, None, "no sample suffices"
            ),
        ),
        assurance=Interval(0.84, 0.9, 0.95),
        reached=0.52,
        origin=Origin("c" * 64, "l" * 64, 184, 184, 82, 3, date(1993, 11, 1), "drawn", "0.1.0", 64, 1993),
        effort=Interval(8.0, 9.0, 11.5),
        digest="d" * 64,
    )


@pytest.fixture(scope="session")
def plan() -> PlanStudy:
    return example_plan()


@pytest.fixture(params=HOSTILE)
def hostile(plan: PlanStudy, request: pytest.FixtureRequest) -> PlanStudy:
    """The same plan with one text in every place that a case or a user can write into."""
    text = str(request.param)
    own = plan.plan
    changed = replace(
        own,
        access_name=text,
        level=text,
        binding=text,
        proof=text,
        lines=tuple(replace(one, activity_text=text, stratum_name=text) for one in own.lines),
        threats=tuple(replace(one, scenario=text, stratum=text, sentence=text) for one in own.threats),
        shortfalls=(Shortfall(text, 0.5, 0.9, text),),
        over=(text,),
    )
    return replace(
        plan,
        title=text,
        case=text,
        claims=(text,),
        caps={text: text},
        plans=(changed,),
        pareto=tuple(replace(one, samples=text) for one in plan.pareto),
        rules=tuple(replace(one, rule=text, samples=text) for one in plan.rules),
        reverification=tuple(replace(one, concealment=text, words=text) for one in plan.reverification),
        origin=replace(plan.origin, valuation=text),
    )
