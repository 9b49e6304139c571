"""Plots: the whole of a claim in one picture.

In: a `Study` and the id of a claim. Out: a Vega-Lite specification, which is plain data, and from it a PNG
and an SVG file. From top to bottom, on one time axis: what happened, what each measure could see, what can be
said of the claim (assurance), and on a scale of its own the degree of belief (posterior).

    >>> from watchgap.plots import assurance_figure, render
    >>> figure = assurance_figure(study, claim="gap")
    >>> render(figure, Path("out/gap"))
    (PosixPath('out/gap.png'), PosixPath('out/gap.svg'))

Only `render` needs the extra `watchgap[plot]`. The picture draws what the study holds and computes nothing.

    sheet    the measures of the sheet, the time axis, and text made fit to print
    events   the strip of what happened, whose labels never cross
    lanes    one lane for each measure, in four states
    curves   the assurance of the claim, and its posterior
"""

from watchgap.plots.assurance import assurance_figure
from watchgap.plots.render import RendererMissing, RenderingFailed, render

__all__ = ["RendererMissing", "RenderingFailed", "assurance_figure", "render"]
