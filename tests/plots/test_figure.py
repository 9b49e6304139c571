"""The picture as data: everything that the study holds is drawn where it belongs, and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from watchgap.base.errors import UnknownName
from watchgap.plots import assurance_figure
from watchgap.study.record import Study

STRIP, LANES, ASSURANCE, POSTERIOR, CAPTION = range(5)
Spec = dict[str, Any]


def layers(figure: Spec, panel: int, mark: str) -> list[Spec]:
    return [layer for layer in figure["vconcat"][panel]["layer"] if layer["mark"]["type"] == mark]


def rows(figure: Spec, panel: int, mark: str) -> list[Spec]:
    return [row for layer in layers(figure, panel, mark) for row in layer["data"]["values"]]


def texts(figure: Spec, panel: int) -> list[str]:
    return [row["text"] for row in rows(figure, panel, "text")]


def curve(figure: Spec, panel: int, name: str) -> list[Spec]:
    return [row for row in rows(figure, panel, "line") if row["curve"] == name]


def read_off(points: list[Spec], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value of a line of steps at each time, NaN where no run has a step that ends at or after it."""
    values = np.full(times.shape, np.nan)
    for first, last in pairwise(points):
        if first["run"] == last["run"]:
            values[(times > first["time"]) & (times <= last["time"])] = last["value"]
    return values


def begins(figure: Spec, panel: int) -> str:
    """Where the time axis of a panel begins: the one domain that its layers give."""
    scales = [layer["encoding"].get("x", {}).get("scale") for layer in figure["vconcat"][panel]["layer"]]
    domains = {tuple(scale["domain"]) for scale in scales if scale and "domain" in scale}
    assert len(domains) == 1
    return str(domains.pop()[0])


def y_scales(figure: Spec, panel: int) -> set[str]:
    encodings = [layer["encoding"].get("y", {}) for layer in layers(figure, panel, "line")]
    return {json.dumps(one["scale"]) for one in encodings}


def y_title(figure: Spec, panel: int) -> str:
    return " ".join(layers(figure, panel, "line")[0]["encoding"]["y"]["axis"]["title"])


@pytest.fixture(scope="module")
def figure(study: Study) -> Spec:
    return assurance_figure(study, claim="gap")


@pytest.fixture(scope="module")
def broken(study: Study) -> Spec:
    return assurance_figure(study, claim="correct")


# ---------------------------------------------------------------- lanes


def test_every_stretch_is_drawn_in_its_state(study: Study, figure: Spec) -> None:
    axis_begins = 88.0  # the first event is on day 100, and 3 % of the 400 days after it are shown before it
    expected = {
        (lane.measure, one.state, one.begins, one.ends)
        for lane in study.lanes
        for one in lane.stretches
        if one.ends > axis_begins
    }
    drawn = rows(figure, LANES, "rect")
    bars = {(row["measure"], row["state"], row["begins"], row["ends"]) for row in drawn if "measure" in row}
    assert {state for _, state, _, _ in bars} == {"seen", "recorded", "blind", "not known"}
    assert bars == expected


def test_the_states_differ_in_lightness_or_in_shape(figure: Spec) -> None:
    looks = {}
    for layer in layers(figure, LANES, "rect"):
        for row in layer["data"]["values"]:
            if "measure" in row and "fill" in layer["mark"]:
                looks[row["state"]] = int(layer["mark"]["fill"][1:3], 16)
    assert looks["seen"] < 64
    assert looks["recorded"] > 192
    assert len(rows(figure, LANES, "area")) > 0
    assert layers(figure, LANES, "rule")


def test_what_is_not_known_shows_how_the_probability_falls(study: Study, figure: Spec) -> None:
    corners = [(row["measure"], row["time"], row["functioning"]) for row in rows(figure, LANES, "area")]
    unknown = [
        (lane.measure, time, share)
        for lane in study.lanes
        for one in lane.stretches
        if one.state == "not known"
        for time, share in zip((one.begins, one.ends), one.functioning, strict=True)
    ]
    assert corners == unknown
    heights = [row["bottom"] - row["level"] for row in rows(figure, LANES, "area")]
    assert heights == pytest.approx([18 * share for _, _, share in unknown])


def test_a_stretch_that_began_before_the_axis_is_cut_with_its_probability(study: Study) -> None:
    camera = study.lanes[0]
    early = replace(camera.stretches[3], begins=0.0, ends=400.0, functioning=(0.9, 0.5))
    changed = replace(study, lanes=(replace(camera, stretches=(early,)),))
    first, last = rows(assurance_figure(changed, claim="gap"), LANES, "area")
    assert first["time"] == pytest.approx(88.0)
    assert first["functioning"] == pytest.approx(0.9 - 0.4 * 88 / 400)
    assert (last["time"], last["functioning"]) == (400.0, pytest.approx(0.5))


def test_lanes_are_named(study: Study, figure: Spec) -> None:
    assert {lane.name for lane in study.lanes} <= set(texts(figure, LANES))


def test_an_unknown_state_is_refused(study: Study) -> None:
    lane = study.lanes[0]
    odd = replace(lane, stretches=(replace(lane.stretches[1], state="asleep"),))
    with pytest.raises(UnknownName) as raised:
        assurance_figure(replace(study, lanes=(odd,)), claim="gap")
    message = "no drawing for the state 'asleep'; there is one for seen, recorded, not known, blind"
    assert str(raised.value) == message


# ---------------------------------------------------------------- curves


@pytest.mark.parametrize("claim", ["gap", "correct"])
def test_each_curve_has_the_values_of_the_study(study: Study, claim: str) -> None:
    figure = assurance_figure(study, claim=claim)
    shown = study.times > 88.0
    for name, values in study.claim(claim).curves.items():
        drawn = read_off(curve(figure, ASSURANCE, name), study.times[shown])
        np.testing.assert_array_equal(drawn, values[shown])


@pytest.mark.parametrize("name", ["posterior", "prior"])
def test_the_lowest_panel_has_the_posterior_and_the_prior(study: Study, broken: Spec, name: str) -> None:
    shown = study.times > 88.0
    drawn = read_off(curve(broken, POSTERIOR, name), study.times[shown])
    np.testing.assert_array_equal(drawn, getattr(study.claim("correct"), name)[shown])


def test_contradicted_days_are_a_labelled_band_and_never_a_line(broken: Spec) -> None:
    for panel, names in ((ASSURANCE, {"in hand", "latent", "restorable: full"}), (POSTERIOR, {"posterior"})):
        bands = [row for row in rows(broken, panel, "rect") if "begins" in row]
        assert [(row["begins"], row["ends"]) for row in bands] == [(250.0, 340.0)]
        assert "contradicted" in texts(broken, panel)
        points = [row for row in rows(broken, panel, "line") if row["curve"] in names]
        assert {row["curve"] for row in points} == names
        assert [row for row in points if 250.0 < row["time"] < 340.0] == []
        assert all(np.isfinite(row["value"]) for row in points)
        for name in names:
            runs = [{row["run"]} for row in curve(broken, panel, name) if row["time"] <= 250.0]
            assert all(run == {0} for run in runs)
            assert {row["run"] for row in curve(broken, panel, name) if row["time"] >= 340.0} == {1}


def test_a_claim_without_contradiction_has_no_band(figure: Spec) -> None:
    assert [row for row in rows(figure, ASSURANCE, "rect") if "begins" in row] == []
    assert "contradicted" not in texts(figure, ASSURANCE)


def test_a_claim_that_is_not_modelled_has_no_line(study: Study) -> None:
    nothing = np.full(study.times.shape, np.nan)
    claim = study.claim("gap")
    empty = replace(
        claim, state="not modelled", curves=dict.fromkeys(claim.curves, nothing), posterior=nothing
    )
    figure = assurance_figure(replace(study, claims=(empty,)), claim="gap")
    assert layers(figure, ASSURANCE, "line") == []
    assert "not modelled" in texts(figure, ASSURANCE)
    assert "contradicted" not in texts(figure, ASSURANCE)


def test_posterior_and_assurance_share_no_scale(study: Study, figure: Spec) -> None:
    assurance, posterior = y_scales(figure, ASSURANCE), y_scales(figure, POSTERIOR)
    assert len(assurance) == len(posterior) == 1
    assert figure["resolve"]["scale"]["y"] == "independent"
    assert {row["curve"] for row in rows(figure, ASSURANCE, "line")} == set(study.claim("gap").curves)
    assert {row["curve"] for row in rows(figure, POSTERIOR, "line")} == {"posterior", "prior"}
    assert y_title(figure, POSTERIOR) == "probability of diversion (posterior)"
    assert "probability of diversion" not in y_title(figure, ASSURANCE)
    assert json.loads(assurance.pop())["domain"] == [0, 1.0]
    assert json.loads(posterior.pop())["domain"] == [0, pytest.approx(0.05)]


def test_the_scale_of_words_is_at_its_places(study: Study, figure: Spec) -> None:
    bands = [(row["words"], row["from"], row["to"]) for row in rows(figure, ASSURANCE, "rect")]
    lows = [low for low, _ in study.scale["assurance"]]
    words = [say for _, say in study.scale["assurance"]]
    assert bands == list(zip(words, lows, [1.0, *lows[:-1]], strict=True))
    written = [row for row in rows(figure, ASSURANCE, "text") if "rung" in row]
    for say in words:
        assert " ".join(row["text"] for row in written if row["rung"] == say) == say


def test_a_study_without_a_scale_has_no_bands(study: Study) -> None:
    assert rows(assurance_figure(replace(study, scale={}), claim="gap"), ASSURANCE, "rect") == []


def test_curves_are_named_beside_their_last_values(study: Study, figure: Spec) -> None:
    written = [row for row in rows(figure, ASSURANCE, "text") if "curve" in row]
    for name, values in study.claim("gap").curves.items():
        own = [row for row in written if row["curve"] == name]
        assert own[0]["end"] == values[-1]
        assert float(own[0]["text"]) == pytest.approx(values[-1], abs=0.005)
    full = " ".join(row["text"] for row in written if row["curve"] == "restorable: full")
    assert full == "0.80 restorable: full access"


def test_curves_differ_in_hue_and_in_dash(figure: Spec) -> None:
    looks = [
        (layer["mark"]["color"], tuple(layer["mark"]["strokeDash"]))
        for layer in layers(figure, ASSURANCE, "line")
    ]
    assert len({color for color, _ in looks}) == len({dash for _, dash in looks}) == len(looks) == 6


# ---------------------------------------------------------------- events and the time axis


def test_every_event_has_a_rule_in_each_panel(study: Study, figure: Spec) -> None:
    days = {(mark.time, mark.kind) for mark in study.marks}
    names = {"loss": "loss of evidence"}
    expected = sorted({(time, names.get(kind, kind)) for time, kind in days})
    for panel in (STRIP, LANES, ASSURANCE, POSTERIOR):
        drawn = {(row["time"], row["kind"]) for row in rows(figure, panel, "rule") if "time" in row}
        assert sorted(drawn) == expected


def test_refusals_are_dashed_and_the_date_of_the_study_is_bold(figure: Spec) -> None:
    for panel in (LANES, ASSURANCE, POSTERIOR):
        marks = {
            layer["data"]["values"][0].get("kind"): layer["mark"] for layer in layers(figure, panel, "rule")
        }
        assert marks["refusal"]["strokeDash"] == [5, 3]
        assert (
            marks["service"]["strokeWidth"] < marks["refusal"]["strokeWidth"] < marks["as of"]["strokeWidth"]
        )
    assert "as of 1994-05-15" in texts(figure, STRIP)


def test_events_of_a_day_become_one(figure: Spec) -> None:
    assert "2 services" in texts(figure, STRIP)
    assert "without a label" not in " ".join(texts(figure, STRIP))


def test_kinds_of_events_are_explained(figure: Spec) -> None:
    assert {"service", "check", "refusal", "loss of evidence", "anomaly"} <= set(texts(figure, STRIP))


def test_an_unknown_kind_of_event_is_refused(study: Study) -> None:
    odd = replace(study.marks[0], kind="party")
    with pytest.raises(UnknownName) as raised:
        assurance_figure(replace(study, marks=(odd,)), claim="gap")
    kinds = "refusal, loss, anomaly, check, service"
    assert str(raised.value) == f"no drawing for the mark 'party'; there is one for {kinds}"


def test_all_panels_share_the_time_axis_which_begins_before_the_first_event(
    study: Study, figure: Spec
) -> None:
    starts = {begins(figure, panel) for panel in (STRIP, LANES, ASSURANCE, POSTERIOR)}
    assert starts == {"1993-03-30T00:00:00Z"}
    assert figure["vconcat"][POSTERIOR]["layer"][0]["encoding"]["x"]["axis"]["labels"]
    widths = {panel["width"] for panel in figure["vconcat"]}
    assert len(widths) == 1
    assert study.marks[0].day == date(1993, 4, 11)


def test_a_study_without_events_begins_at_the_first_change(study: Study) -> None:
    figure = assurance_figure(replace(study, marks=()), claim="gap")
    # In hand falls on day 120; 3 % of the 380 days after it are shown before it.
    assert begins(figure, ASSURANCE) == f"{date(1993, 1, 1) + timedelta(days=108)}T14:24:00Z"


def test_a_change_in_a_curve_stands_at_the_beginning_of_its_day(figure: Spec) -> None:
    corners = [row["time"] for row in curve(figure, ASSURANCE, "in hand")]
    assert corners == [pytest.approx(88.0), 120.0, 260.0, 330.0, 500.0]


def test_a_study_of_one_day_without_anything_is_drawn(study: Study) -> None:
    claim = study.claim("gap")
    short = replace(
        claim,
        curves={name: values[:1] for name, values in claim.curves.items()},
        posterior=claim.posterior[:1],
        prior=claim.prior[:1],
    )
    day = replace(
        study,
        as_of=study.days[0],
        times=study.times[:1],
        days=study.days[:1],
        lanes=(),
        marks=(),
        claims=(short,),
    )
    figure = assurance_figure(day, claim="gap")
    assert [(row["time"], row["value"]) for row in curve(figure, ASSURANCE, "in hand")] == [
        (0.0, 1.0),
        (1.0, 1.0),
    ]


# ---------------------------------------------------------------- words


def test_title_says_what_of_when_and_with_what_known(study: Study, figure: Spec) -> None:
    assert figure["title"]["text"] == ["An example reactor, 1993 to 1994"]
    assert figure["title"]["subtitle"] == [
        "Claim: No spent fuel left the reactor and its pool undeclared since the inspectors left.",
        "As of 1994-05-15, with every fact in the ledger",
    ]
    known = assurance_figure(replace(study, known_on=date(1994, 6, 1)), claim="gap")
    assert known["title"]["subtitle"][-1] == "As of 1994-05-15, with what was known on 1994-06-01"


def test_long_claims_are_wrapped(study: Study) -> None:
    claim = replace(study.claim("gap"), text="word " * 200)
    lines = assurance_figure(replace(study, claims=(claim,)), claim="gap")["title"]["subtitle"]
    assert len(lines) == 4
    assert lines[2].endswith("…")
    assert max(map(len, lines)) <= 165


def test_caption_says_what_assurance_is_not(figure: Spec) -> None:
    caption = "Assurance is the detection probability of the least detectable scenario; "
    caption += "it is not the probability that nothing happened."
    assert texts(figure, CAPTION) == [caption]


def test_an_unknown_claim_is_refused(study: Study) -> None:
    with pytest.raises(UnknownName) as raised:
        assurance_figure(study, claim="nothing")
    assert str(raised.value) == "no claim 'nothing' is in the study; it has gap, correct"


def strings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for inner in part.values():
            yield from strings(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from strings(inner)


def test_specification_is_plain_json_without_expressions(hostile: Study) -> None:
    figure = assurance_figure(hostile, claim="correct")
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    keys = set(json.dumps(figure).replace('"', " ").split())
    assert {"signal", "expr", "url", "href"} & {key.strip(":{") for key in keys} == set()
    assert [one for one in strings(figure) if any(sign in one for sign in "\x07\u202e\n")] == []
    assert any("<script>" in one for one in strings(figure))
