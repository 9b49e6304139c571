"""Bands over the draws: they lie where the study says, and without them nothing changes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from watchgap.plots import assurance_figure, render
from watchgap.plots.curves import equal_runs, run_corners
from watchgap.study.bands import Band
from watchgap.study.record import ClaimStudy, Study

ASSURANCE, POSTERIOR = 2, 3
Spec = dict[str, Any]


def banded(claim: ClaimStudy) -> ClaimStudy:
    """A claim whose bands are 0.9 and 1.1 times its curves, not above 1."""
    curves = {**claim.curves, "posterior": claim.posterior}
    bands = {name: Band(0.9 * one, one, np.minimum(1.1 * one, 1.0)) for name, one in curves.items()}
    return replace(claim, bands=bands)


@pytest.fixture(scope="module")
def drawn(study: Study) -> Study:
    claims = tuple(banded(claim) for claim in study.claims)
    return replace(study, claims=claims, origin=replace(study.origin, draws=1024, seed=7))


def areas(figure: Spec, panel: int) -> Iterator[Spec]:
    return (one for one in figure["vconcat"][panel]["layer"] if one["mark"]["type"] == "area")


def read_off(rows: list[Spec], edge: str, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """An edge at each time, NaN where no run has a step that ends at or after it."""
    values = np.full(times.shape, np.nan)
    for first, last in pairwise(rows):
        if first["run"] == last["run"]:
            values[(times > first["time"]) & (times <= last["time"])] = last[edge]
    return values


def test_without_bands_nothing_of_the_draws_is_drawn_or_said(study: Study) -> None:
    figure = assurance_figure(study, claim="gap")
    assert list(areas(figure, ASSURANCE)) == []
    assert "draws" not in json.dumps(figure)


def test_bands_leave_all_lines_as_they_are(study: Study, drawn: Study) -> None:
    plain, with_bands = (assurance_figure(one, claim="correct") for one in (study, drawn))
    for panel in (ASSURANCE, POSTERIOR):
        lines = [
            [one for one in figure["vconcat"][panel]["layer"] if one["mark"]["type"] == "line"]
            for figure in (plain, with_bands)
        ]
        assert lines[0] == lines[1]
        assert len(lines[0]) > 0


@pytest.mark.parametrize("claim", ["gap", "correct"])
def test_each_curve_lies_in_its_band_on_the_days_on_which_it_has_a_number(drawn: Study, claim: str) -> None:
    figure = assurance_figure(drawn, claim=claim)
    chosen = drawn.claim(claim)
    bands = {one["data"]["values"][0]["curve"]: one["data"]["values"] for one in areas(figure, ASSURANCE)}
    assert set(bands) == set(chosen.curves)
    shown = drawn.times > bands["in hand"][0]["time"]
    for name, rows in bands.items():
        for edge in ("low", "high"):
            expected = getattr(chosen.bands[name], edge)[shown]
            np.testing.assert_allclose(read_off(rows, edge, drawn.times[shown]), expected, atol=5.1e-5)


def test_a_band_without_a_line_is_not_drawn(drawn: Study) -> None:
    claim = drawn.claim("gap")
    values = claim.curves["latent"].copy()
    values[200:300] = np.nan
    changed = replace(claim, curves={**claim.curves, "latent": values})
    figure = assurance_figure(replace(drawn, claims=(changed,)), claim="gap")
    latent = next(one for one in areas(figure, ASSURANCE) if one["data"]["values"][0]["curve"] == "latent")
    assert {row["run"] for row in latent["data"]["values"]} == {0, 1}
    assert [row["time"] for row in latent["data"]["values"] if 200 < row["time"] < 300] == []


def test_bands_lie_below_rules_and_lines(drawn: Study) -> None:
    kinds = [
        one["mark"]["type"] for one in assurance_figure(drawn, claim="gap")["vconcat"][ASSURANCE]["layer"]
    ]
    assert max(place for place, kind in enumerate(kinds) if kind == "area") < kinds.index("line")


def test_the_subtitle_says_what_the_band_is(drawn: Study) -> None:
    last = assurance_figure(drawn, claim="gap")["title"]["subtitle"][-1]
    assert "5 to 95 % of 1,024 draws" in last
    assert "median" in last


def test_the_posterior_scale_has_room_for_its_band(drawn: Study) -> None:
    claim = drawn.claim("gap")
    high = np.full(claim.posterior.shape, 0.33)
    posterior = Band(claim.posterior, claim.posterior, high)
    changed = replace(claim, bands={**claim.bands, "posterior": posterior})
    figure = assurance_figure(replace(drawn, claims=(changed,)), claim="gap")
    area = next(areas(figure, POSTERIOR))
    assert area["encoding"]["y"]["scale"]["domain"] == [0, 0.5]


def test_bands_are_in_the_picture(drawn: Study, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    raster, vector = render(assurance_figure(drawn, claim="gap"), tmp_path / "bands")
    marks = vector.read_text(encoding="utf-8").count("mark-area")
    # One for each curve and the posterior, and those of the measures whose state is not known.
    assert marks >= len(drawn.claim("gap").bands)
    assert len(raster.read_bytes()) > 20_000


def test_equal_days_are_one_run_and_holes_part_stretches() -> None:
    low = np.array([0.1, 0.1, 0.2, 0.2, 0.2, 0.3])
    high = np.array([0.5, 0.5, 0.5, 0.6, 0.6, 0.6])
    shown = np.array([True, True, True, True, False, True])
    stretches = list(equal_runs((low, high), shown))
    assert stretches == [[(0, 2), (2, 3), (3, 4)], [(5, 6)]]
    times = np.arange(1.0, 7.0)
    assert list(run_corners(stretches[0], times)) == [(0.0, 0), (2.0, 1), (3.0, 2), (4.0, 3)]
    assert list(run_corners(stretches[1], times, begins=5.5)) == [(5.5, 5), (6.0, 5)]
