"""Turns a specification into files, without a browser and without a network."""

import os
from collections.abc import Callable
from pathlib import Path

from watchgap.base.errors import WatchgapError
from watchgap.plots.sheet import Spec

# The version that the specification is written for; each renderer since 1.7 carries it.
VEGA_LITE = "5.20"
PNG_SCALE = 2.0


class RendererMissing(WatchgapError, ImportError):
    """The extra that draws is not installed."""


class RenderingFailed(WatchgapError, RuntimeError):
    """The renderer could not draw a specification."""


def render(figure: Spec, path_without_suffix: str | Path) -> tuple[Path, ...]:
    """Draw a specification as PNG, at twice its size, and as SVG; returns the paths of both.

    Each file is written beside its place and moved there when both are whole, so what was there before stays
    whole if anything fails. The folder must exist. No address is ever fetched.

    Raises RendererMissing without the extra, RenderingFailed if the specification cannot be drawn, OSError if
    the files cannot be written.
    """
    vector, raster = _draw(figure)
    folder, name = Path(path_without_suffix).parent, Path(path_without_suffix).name
    contents = {folder / f"{name}.png": raster, folder / f"{name}.svg": vector.encode("utf-8")}
    drafts = {path: folder / f".{path.name}.{os.getpid()}.part" for path in contents}
    try:
        for path, content in contents.items():
            drafts[path].write_bytes(content)
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
    return tuple(contents)


def _draw(figure: Spec) -> tuple[str, bytes]:
    to_svg, to_png = _renderer()
    try:
        vector = to_svg(figure)
        return vector, to_png(vector)
    except ValueError as error:
        raise RenderingFailed(f"the figure cannot be drawn: {error}") from error


def _renderer() -> tuple[Callable[[Spec], str], Callable[[str], bytes]]:
    """Load the renderer, which is an optional extra, where it is used."""
    try:
        import vl_convert
    except ImportError as error:
        raise RendererMissing(
            "pictures need the renderer; install it with: pip install 'watchgap[plot]'"
        ) from error

    def to_svg(figure: Spec) -> str:
        return vl_convert.vegalite_to_svg(figure, vl_version=VEGA_LITE, allowed_base_urls=[])

    def to_png(vector: str) -> bytes:
        return vl_convert.svg_to_png(vector, scale=PNG_SCALE)

    return to_svg, to_png
