"""Files from a specification: both or neither, the same bytes each time, and no text that becomes markup."""

import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from watchgap.base.errors import WatchgapError
from watchgap.plots import RendererMissing, RenderingFailed, assurance_figure, render
from watchgap.study.record import Study

vl_convert = pytest.importorskip("vl_convert")

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}"
NOTHING = {"data": {"values": [{}]}, "mark": "point"}


def shown(path: Path) -> str:
    """All text of an SVG file, in the order in which it is drawn."""
    return "\n".join("".join(one.itertext()) for one in ET.parse(path).iter(f"{SVG}text"))  # noqa: S314


def test_both_files_are_written_and_nothing_else(study: Study, tmp_path: Path) -> None:
    written = render(assurance_figure(study, claim="gap"), tmp_path / "gap.v1")
    assert written == (tmp_path / "gap.v1.png", tmp_path / "gap.v1.svg")
    assert sorted(tmp_path.iterdir()) == sorted(written)
    raster = written[0].read_bytes()
    assert raster.startswith(PNG_SIGNATURE)
    svg = ET.parse(written[1]).getroot()  # noqa: S314
    width = int.from_bytes(raster[16:20], "big")
    assert width == 2 * float(svg.attrib["width"])
    assert 1050 <= float(svg.attrib["width"]) <= 1150


def test_the_same_study_gives_the_same_bytes(study: Study, tmp_path: Path) -> None:
    figure = assurance_figure(study, claim="correct")
    first = [path.read_bytes() for path in render(figure, tmp_path / "one")]
    second = [
        path.read_bytes() for path in render(assurance_figure(study, claim="correct"), tmp_path / "two")
    ]
    assert first == second


def test_the_picture_says_what_the_study_says(study: Study, tmp_path: Path) -> None:
    words = shown(render(assurance_figure(study, claim="correct"), tmp_path / "correct")[1])
    for expected in (
        "An example reactor, 1993 to 1994",
        "Portal monitor",
        "Access to two sites refused",
        "as of 1994-05-15",
        "contradicted",
        "hollow",
        "0.80",
        "it is not the probability that nothing happened.",
    ):
        assert expected in words


def test_hostile_names_stay_text(hostile: Study, tmp_path: Path) -> None:
    path = render(assurance_figure(hostile, claim="correct"), tmp_path / "hostile")[1]
    tags = {one.tag.removeprefix(SVG) for one in ET.parse(path).iter()}  # noqa: S314
    assert tags <= {"svg", "g", "rect", "path", "line", "text", "tspan"}
    words = shown(path)
    assert "<script>alert(\"1\")</script> & 'quoted'" in words
    assert "מצלמה" in words
    assert "<script" not in path.read_text(encoding="utf-8")


def test_a_specification_that_cannot_be_drawn_leaves_the_files_whole(tmp_path: Path) -> None:
    before = [path.read_bytes() for path in render(NOTHING, tmp_path / "figure")]
    with pytest.raises(RenderingFailed, match=r"^the figure cannot be drawn: "):
        render({"mark": "no such mark"}, tmp_path / "figure")
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == before


def test_a_raster_that_fails_leaves_the_vector_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Study
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise ValueError("no fonts")

    before = [path.read_bytes() for path in render(NOTHING, tmp_path / "figure")]
    monkeypatch.setattr(vl_convert, "svg_to_png", fail)
    with pytest.raises(RenderingFailed) as raised:
        render(assurance_figure(study, claim="gap"), tmp_path / "figure")
    assert str(raised.value) == "the figure cannot be drawn: no fonts"
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == before


def test_a_disk_that_fails_leaves_the_files_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [path.read_bytes() for path in render(NOTHING, tmp_path / "figure")]
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if ".svg" in path.name:
            whole(path, content[:10])
            raise OSError("no space left on device")
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space left"):
        render({"data": {"values": [{}]}, "mark": "bar"}, tmp_path / "figure")
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == before


def test_no_address_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(RenderingFailed, match="allowed"):
        render({"data": {"url": "http://localhost:9/data.json"}, "mark": "point"}, tmp_path / "figure")
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(RendererMissing) as raised:
        render(NOTHING, tmp_path / "figure")
    assert str(raised.value) == "pictures need the renderer; install it with: pip install 'watchgap[plot]'"
    assert isinstance(raised.value, WatchgapError)
    assert isinstance(raised.value, ImportError)


def test_the_renderer_is_loaded_when_it_is_used(monkeypatch: pytest.MonkeyPatch, study: Study) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", SimpleNamespace())
    assert assurance_figure(study, claim="gap")["$schema"].endswith("/v5.json")
