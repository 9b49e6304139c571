"""The picture of a plan: exact points as steps, the chosen plan, targets and the usual rules."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from watchgap.plots import pareto_figure, render
from watchgap.study.bands import Interval
from watchgap.study.plan_record import PlanStudy

Spec = dict[str, Any]


@pytest.fixture(scope="module")
def figure(plan: PlanStudy) -> Spec:
    return pareto_figure(plan)


def layers(figure: Spec, mark: str) -> list[Spec]:
    return [layer for layer in figure["vconcat"][0]["layer"] if layer["mark"]["type"] == mark]


def rows(figure: Spec, mark: str) -> list[Spec]:
    return [row for layer in layers(figure, mark) for row in layer["data"]["values"]]


def texts(figure: Spec) -> list[str]:
    return [row["text"] for row in rows(figure, "text")]


def test_assurance_rises_only_at_the_points(plan: PlanStudy, figure: Spec) -> None:
    (line,) = layers(figure, "line")
    assert line["mark"]["interpolate"] == "step-after"
    corners = [(row["effort"], row["assurance"]) for row in line["data"]["values"]]
    assert corners[:-1] == [(one.effort, one.assurance) for one in plan.pareto]
    # The last plan holds to the edge of the axis.
    assert corners[-1] == (pytest.approx(14.0 * 1.06), 0.98)
    dots = [(row["effort"], row["samples"]) for row in rows(figure, "point") if "samples" in row]
    assert dots == [(one.effort, one.samples) for one in plan.pareto]


def test_both_axes_begin_at_zero_and_have_units(figure: Spec) -> None:
    encoding = layers(figure, "line")[0]["encoding"]
    assert encoding["x"]["scale"]["domain"][0] == 0
    assert encoding["y"]["scale"]["domain"] == [0, 1]
    assert encoding["x"]["axis"]["title"] == "effort [person-day]"
    assert " ".join(encoding["y"]["axis"]["title"]) == "assurance after the plan [1]"


def test_the_chosen_plan_is_marked_with_its_interval(plan: PlanStudy, figure: Spec) -> None:
    (mark,) = [row for row in rows(figure, "point") if "plan" in row]
    assert (mark["effort"], mark["assurance"]) == (plan.plan.effort, plan.plan.assurance)
    (span,) = [row for row in rows(figure, "rule") if "low" in row]
    assert (span["low"], span["high"]) == (0.84, 0.95)
    assert "reaches the target in 52 % of the draws" in texts(figure)
    wide = pareto_figure(replace(plan, effort=Interval(8.0, 9.0, 30.0)))
    assert [(row["low"], row["high"]) for row in rows(wide, "rule") if row.get("high") == 30.0] == [
        (8.0, 30.0)
    ]
    assert layers(wide, "line")[0]["encoding"]["x"]["scale"]["domain"][1] >= 30.0


def test_the_target_is_a_rule_and_without_one_those_of_the_scenarios(plan: PlanStudy, figure: Spec) -> None:
    assert [row["target"] for row in rows(figure, "rule") if "target" in row] == [0.9]
    threats = (plan.plan.threats[0], replace(plan.plan.threats[1], target=0.5))
    plans = (plan.plans[0], replace(plan.plans[1], threats=threats))
    own = pareto_figure(replace(plan, target=None, plans=plans))
    assert [row["target"] for row in rows(own, "rule") if "target" in row] == [0.5, 0.9]
    assert {"target 0.50", "target 0.90"} <= set(texts(own))


def test_rules_are_hollow_marks_with_their_names_and_what_they_reach(plan: PlanStudy, figure: Spec) -> None:
    marks = [layer for layer in layers(figure, "point") if "rule" in layer["data"]["values"][0]]
    drawn = [(one["data"]["values"][0]["effort"], one["data"]["values"][0]["detection"]) for one in marks]
    assert drawn == [(one.effort, one.detection) for one in plan.rules]
    assert {one["mark"]["fill"] for one in marks} == {"white"}
    assert len({one["mark"]["shape"] for one in marks}) == 3
    words = texts(figure)
    assert "by rule: Jaech" in words
    assert "8.60 person-days, detection 0.87: falls short of the target" in words
    assert "0.45 person-days less than the exact plan" in words


def test_a_rule_without_a_difference_says_none(plan: PlanStudy) -> None:
    rules = (replace(plan.rules[0], difference=None),)
    assert not any("the exact plan" in one for one in texts(pareto_figure(replace(plan, rules=rules))))


def test_an_unreachable_target_is_said_with_its_reason(plan: PlanStudy) -> None:
    lines = pareto_figure(replace(plan, chosen=0))["title"]["subtitle"]
    assert "The target cannot be reached under this access, whatever the effort." in lines
    assert (
        lines[-1]
        == "abrupt: at best 0.62 of 0.90; the tester recognises 62 % of what is gone, whatever the sample"
    )
    many = replace(plan.plans[0], shortfalls=plan.plans[0].shortfalls * 5)
    assert pareto_figure(replace(plan, chosen=0, plans=(many,)))["title"]["subtitle"][-1] == "... and 3 more"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("optimal", "The target is reached; it is proved that no plan needs less than 9.05 person-days"),
        ("over a cap", "The target cannot be reached within the caps: effort: at most 5"),
        (
            "open",
            "The proof was not finished: no plan needs less than 9.05 person-days, and this one takes 9.05",
        ),
    ],
)
def test_the_status_is_said(plan: PlanStudy, status: str, expected: str) -> None:
    chosen = replace(plan.plan, status=status, over=("effort: at most 5",))
    assert pareto_figure(replace(plan, plans=(chosen,), chosen=0))["title"]["subtitle"][-1] == expected


def test_title_and_description(plan: PlanStudy, figure: Spec) -> None:
    assert figure["title"]["text"] == [f"{plan.title}: the inspection plan"]
    assert "The chosen plan: 9.05 person-days reach an assurance of 0.90 (optimal)" in figure["description"]
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    assert len(json.dumps(figure)) < 25_000


def test_the_marks_are_in_the_picture(plan: PlanStudy, figure: Spec, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    raster, vector = render(figure, tmp_path / "pareto")
    text = vector.read_text(encoding="utf-8")
    for mark in ("mark-line", "mark-symbol", "mark-rule", "mark-text"):
        assert mark in text
    assert "by rule: power" in text
    assert len(raster.read_bytes()) > 20_000
    nothing = pareto_figure(replace(plan, pareto=(), rules=(), assurance=None, reached=None))
    assert all(path.stat().st_size > 2_000 for path in render(nothing, tmp_path / "nothing"))


def test_hostile_names_stay_text_and_fit(plan: PlanStudy, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    odd = "<script>alert(1)</script> & \u202e\x07 " + "long " * 60
    rules = tuple(replace(one, rule=odd, samples=odd) for one in plan.rules)
    plans = (replace(plan.plan, access_name=odd, level=odd),)
    study = replace(plan, title=odd, claims=(odd,), rules=rules, plans=plans, chosen=0)
    raster, vector = render(pareto_figure(study), tmp_path / "hostile")
    text = vector.read_text(encoding="utf-8")
    assert not any(one in text for one in ("<script", "\u202e", "\x07"))
    assert int.from_bytes(raster.read_bytes()[16:20], "big") <= 2300
