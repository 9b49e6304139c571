"""The picture of a plan: what each effort can reach, which plan was chosen, and the usual rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from watchgap.plots.curves import number
from watchgap.plots.frame import frame, heading, last_line
from watchgap.plots.sheet import (
    FAINT,
    INK,
    KEY_WIDTH,
    LINE_HEIGHT,
    PALE,
    SMALL_SIZE,
    TIME_WIDTH,
    Row,
    Spec,
    clean,
    data,
    spread,
    text_block,
    text_layer,
    value,
    wrap,
)
from watchgap.study.plan_record import AccessPlan, PlanStudy, RuleLine

CAPTION = (
    "Assurance is the detection probability of the least detectable scenario once the plan is carried out; "
    "no plan under this access lies above the line."
)
LEAST_HEIGHT, EDGE = 320, 1.06  # of the plot [pixel], and how far the axis goes beyond the greatest effort
KEY_BEGINS, NAMES_BEGIN, NAMES_WIDTH = TIME_WIDTH + 26, TIME_WIDTH + 44, KEY_WIDTH - 48
AXIS_HEIGHT = 44  # of the ticks and the title below the plot [pixel]
LINE_COLOR, CHOSEN_COLOR, TARGET_COLOR = "#0072b2", "#0b2545", "#b2182b"
# A shape and a hue of Okabe and Ito for each rule, so that they stay apart in grey.
RULE_LOOKS = (
    ("circle", "#b35400"),
    ("square", "#00775a"),
    ("triangle-up", "#b0578d"),
    ("triangle-down", "#8a6a00"),
    ("diamond", "#7f4f24"),
    ("cross", "#3d4a57"),
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the key: its mark, its name, and what it says."""

    mark: Spec
    name: list[str]
    says: list[str]

    @property
    def height(self) -> float:
        """Height of the entry [pixel]."""
        return (len(self.name) + len(self.says)) * LINE_HEIGHT + 9.0


def pareto_figure(study: PlanStudy) -> Spec:
    """Draw what each effort can reach as one Vega-Lite specification (version 5).

    Across: effort [person-day], from 0. Up: assurance [1]. The line of the best plans is one of steps, as
    assurance rises only where a plan is; the chosen plan has its interval over the draws, if there were any.
    The usual rules are hollow marks, named in the key. Where the target cannot be reached, the lines below
    the title say why.
    """
    plan = study.plan
    entries = [*_entries(study), *(_rule_entry(place, one) for place, one in enumerate(study.rules))]
    height = max(LEAST_HEIGHT, int(sum(entry.height for entry in entries)) + 1)
    axes = _Axes(_greatest(study) * EDGE, height)
    panel = {
        "width": TIME_WIDTH,
        "height": height,
        "view": {"stroke": PALE},
        "layer": [
            *_targets(_wanted(study), axes),
            *_line(study, axes),
            *_rule_marks(study.rules, axes),
            *_chosen(study, axes),
            *_key(entries),
            *last_line(CAPTION, below=height + AXIS_HEIGHT),
        ],
    }
    lines = [f"Claims: {', '.join(study.claims)}", _when(study), *_status(plan)]
    broken = [line for one in lines for line in wrap(one, width=185, lines=3)]
    return frame(_description(study), heading(f"{study.title}: the inspection plan", broken), [panel])


def _greatest(study: PlanStudy) -> float:
    """The greatest effort [person-day] that is drawn."""
    efforts = [study.plan.effort, *(one.effort for one in study.pareto), *(one.effort for one in study.rules)]
    if study.effort is not None:
        efforts.append(study.effort.high)
    return max([one for one in efforts if isfinite(one)], default=0.0) or 1.0


# ---------------------------------------------------------------- words


def _when(study: PlanStudy) -> str:
    known = "with every fact in the ledger"
    if study.known_on is not None:
        known = f"with what was known on {study.known_on.isoformat()}"
    access = f"access: {clean(study.plan.access_name)} ({clean(study.plan.level)})"
    return f"Carried out at the end of {study.by.isoformat()}, {known}; {access}"


def _status(plan: AccessPlan) -> list[str]:
    """Say whether the target is reached, and if not, why."""
    if plan.status == "optimal":
        return [
            f"The target is reached; it is proved that no plan needs less than {plan.bound:.2f} person-days"
        ]
    if plan.status == "unreachable":
        lines = ["The target cannot be reached under this access, whatever the effort."]
        lines += [
            f"{one.scenario}: at best {number(one.best)} of {one.target:.2f}; {one.why}"
            for one in plan.shortfalls[:2]
        ]
        more = len(plan.shortfalls) - 2
        return [*lines, f"... and {more} more"] if more > 0 else lines
    if plan.status == "over a cap":
        return [f"The target cannot be reached within the caps: {'; '.join(plan.over)}"]
    words = f"no plan needs less than {plan.bound:.2f} person-days, and this one takes {plan.effort:.2f}"
    return [f"The proof was not finished: {words}"]


def _description(study: PlanStudy) -> str:
    plan = study.plan
    best = f"{len(study.pareto)} plans that no other beats in both"
    if study.pareto:
        last = study.pareto[-1]
        best += f", up to {last.effort:.1f} person-days and an assurance of {number(last.assurance)}"
    chosen = f"{plan.effort:.2f} person-days reach an assurance of {number(plan.assurance)} ({plan.status})"
    what = (
        f"{clean(study.title)}: effort of inspection plans for {study.by.isoformat()} against their assurance"
    )
    return f"{what}. The chosen plan: {chosen}. {best}. {CAPTION}"


def _wanted(study: PlanStudy) -> list[float]:
    if study.target is not None:
        return [study.target]
    return sorted({one.target for one in study.plan.threats})


# ---------------------------------------------------------------- marks


@dataclass(frozen=True, slots=True)
class _Axes:
    """The two scales: effort from 0 to `most` [person-day], assurance from 0 to 1 over `height` [pixel]."""

    most: float
    height: int

    def at(self, effort: str, assurance: str) -> Spec:
        """Encode the fields of a mark."""
        return {"x": self.across(effort), "y": self.up(assurance)}

    def across(self, field: str) -> Spec:
        """Encode an effort [person-day]."""
        axis = {"title": "effort [person-day]", "grid": True, "tickCount": 8, "titleFontWeight": "normal"}
        scale = {"domain": [0, self.most], "nice": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    def up(self, field: str) -> Spec:
        """Encode an assurance [1]."""
        lines = ["assurance", "after the plan [1]"]
        place = {
            "titleAngle": 0,
            "titleAlign": "right",
            "titleX": -42,
            "titleY": self.height / 2 - LINE_HEIGHT,
        }
        look = {"titleLineHeight": LINE_HEIGHT, "titleFontWeight": "normal", "tickCount": 5, "format": ".2~g"}
        axis = {"title": lines, "grid": True, **place, **look}
        return {"field": field, "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": axis}


def _targets(targets: Sequence[float], axes: _Axes) -> Iterator[Spec]:
    if not targets:
        return
    rows = [{"target": one, "text": f"target {one:.2f}"} for one in targets]
    mark = {"type": "rule", "color": TARGET_COLOR, "strokeDash": [5, 3], "strokeWidth": 1.3}
    yield {"data": data(rows), "mark": mark, "encoding": {"y": axes.up("target")}}
    # The words stand above their rule at the left end, where no plan has reached it yet.
    wanted = [axes.height * (1.0 - one) - LINE_HEIGHT / 2 for one in targets]
    places = spread(wanted, [LINE_HEIGHT + 1.0] * len(rows), within=(0, axes.height))
    placed = [{**row, "place": y} for row, y in zip(rows, places, strict=True)]
    y = {"field": "place", "type": "quantitative", "scale": None, "axis": None}
    yield text_layer(placed, {"x": value(6), "y": y}, align="left", color=TARGET_COLOR)


def _line(study: PlanStudy, axes: _Axes) -> Iterator[Spec]:
    """Draw the best plans: each point holds until the next, and the last to the edge."""
    if not study.pareto:
        return
    points: list[Row] = [
        {"effort": one.effort, "assurance": one.assurance, "samples": clean(one.samples)}
        for one in study.pareto
    ]
    end: Row = {"effort": axes.most, "assurance": study.pareto[-1].assurance}
    steps = [{part: one[part] for part in ("effort", "assurance")} for one in (*points, end)]
    mark = {
        "type": "line",
        "interpolate": "step-after",
        "color": LINE_COLOR,
        "strokeWidth": 1.8,
        "strokeJoin": "miter",
    }
    yield {"data": data(steps), "mark": mark, "encoding": axes.at("effort", "assurance")}
    dots = {
        "type": "point",
        "shape": "circle",
        "size": 26,
        "fill": LINE_COLOR,
        "strokeWidth": 0,
        "opacity": 1,
    }
    yield {"data": data(points), "mark": dots, "encoding": axes.at("effort", "assurance")}


def _chosen(study: PlanStudy, axes: _Axes) -> Iterator[Spec]:
    plan = study.plan
    row = {"plan": plan.access, "effort": plan.effort, "assurance": plan.assurance}
    if study.assurance is not None:
        span = {**row, "low": study.assurance.low, "high": study.assurance.high}
        mark = {"type": "rule", "color": CHOSEN_COLOR, "strokeWidth": 2.4}
        encoding = {**axes.at("effort", "low"), "y2": {"field": "high"}}
        yield {"data": data([span]), "mark": mark, "encoding": encoding}
    if study.effort is not None:
        span = {**row, "low": study.effort.low, "high": study.effort.high}
        mark = {"type": "rule", "color": CHOSEN_COLOR, "strokeWidth": 2.4}
        encoding = {**axes.at("low", "assurance"), "x2": {"field": "high"}}
        yield {"data": data([span]), "mark": mark, "encoding": encoding}
    yield {"data": data([row]), "mark": _chosen_mark(), "encoding": axes.at("effort", "assurance")}


def _chosen_mark() -> Spec:
    look = {"shape": "diamond", "size": 150, "fill": CHOSEN_COLOR, "stroke": "white", "strokeWidth": 1.2}
    return {"type": "point", "opacity": 1, **look}


def _rule_mark(place: int) -> Spec:
    shape, color = RULE_LOOKS[place % len(RULE_LOOKS)]
    look = {
        "shape": shape,
        "size": 90,
        "fill": "white",
        "fillOpacity": 0.6,
        "stroke": color,
        "strokeWidth": 2,
    }
    return {"type": "point", "opacity": 1, **look}


def _rule_marks(rules: Sequence[RuleLine], axes: _Axes) -> Iterator[Spec]:
    for place, one in enumerate(rules):
        row = {
            "rule": clean(one.rule),
            "effort": one.effort,
            "detection": one.detection,
            "reached": one.reached,
        }
        yield {"data": data([row]), "mark": _rule_mark(place), "encoding": axes.at("effort", "detection")}


# ---------------------------------------------------------------- key


def _entries(study: PlanStudy) -> Iterator[_Entry]:
    plan = study.plan
    says = [f"{plan.effort:.2f} person-days, assurance {number(plan.assurance)}"]
    if study.assurance is not None:
        low, high = number(study.assurance.low), number(study.assurance.high)
        says.append(f"assurance {low} to {high} in 90 % of the draws (line)")
    if study.effort is not None:
        says.append(f"{study.effort.low:.2f} to {study.effort.high:.2f} person-days in 90 % of the draws")
    if study.reached is not None:
        says.append(f"reaches the target in {100 * study.reached:.0f} % of the draws")
    yield _Entry(_chosen_mark(), ["the chosen plan"], says)
    if study.pareto:
        dot = {
            "type": "point",
            "shape": "circle",
            "size": 26,
            "fill": LINE_COLOR,
            "strokeWidth": 0,
            "opacity": 1,
        }
        yield _Entry(dot, ["best plans"], ["each dot: the most that its effort can reach, exactly"])


def _rule_entry(place: int, rule: RuleLine) -> _Entry:
    reached = "reaches the target" if rule.reached else "falls short of the target"
    says = [f"{rule.effort:.2f} person-days, detection {number(rule.detection)}: {reached}"]
    if rule.difference is not None:
        beyond = "more" if rule.difference >= 0 else "less"
        says.append(f"{abs(rule.difference):.2f} person-days {beyond} than the exact plan")
    return _Entry(_rule_mark(place), wrap(f"by rule: {rule.rule}", width=48), says)


def _key(entries: Sequence[_Entry]) -> Iterator[Spec]:
    top = 0.0
    for entry in entries:
        first = top + LINE_HEIGHT / 2 + 3.0
        at = {"x": value(KEY_BEGINS), "y": value(first)}
        row = {"entry": entry.name[0]}
        yield {"data": data([row]), "mark": entry.mark, "encoding": at}
        middle = first + (len(entry.name) - 1) * LINE_HEIGHT / 2
        look = {"align": "left", "limit": NAMES_WIDTH}
        yield from text_block(entry.name, row, (NAMES_BEGIN, middle), fontWeight="bold", color=INK, **look)
        below = first + (len(entry.name) + (len(entry.says) - 1) / 2) * LINE_HEIGHT
        yield from text_block(entry.says, row, (NAMES_BEGIN, below), fontSize=SMALL_SIZE, color=FAINT, **look)
        top += entry.height
