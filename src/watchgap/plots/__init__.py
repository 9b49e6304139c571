"""Plots: each answer in one picture.

In: a study. Out: a Vega-Lite specification, which is plain data, and from it a PNG and an SVG file.

`assurance_figure`, of a claim: on one time axis what happened, what each measure could see, what can be said
(assurance), and on a scale of its own the degree of belief (posterior); with bands where there were draws.
`recovery_figure`, of a claim: which package reaches the target on which day, until when, and the states.
`pareto_figure`, of a plan: what each effort can reach. `tornado_figure`, of an inquiry: what moves an answer.

    >>> from watchgap.plots import assurance_figure, render
    >>> figure = assurance_figure(study, claim="gap")
    >>> render(figure, Path("out/gap"))
    (PosixPath('out/gap.png'), PosixPath('out/gap.svg'))

Only `render` needs the extra `watchgap[plot]`. A picture draws what the study holds and computes nothing but
how many draws fall on the same days.

    sheet    the measures of the sheet, the time axis, and text made fit to print
    frame    what every picture has: title, last line, style
    events   the strip of what happened, whose labels never cross
    lanes    one lane for each measure, in four states
    curves   the assurance of the claim, its posterior, and their bands
    losses   the strip of what a claim could rest on and may lose
    outlook  the strip of the states of a claim
"""

from watchgap.plots.assurance import assurance_figure
from watchgap.plots.pareto import pareto_figure
from watchgap.plots.recovery import recovery_figure
from watchgap.plots.render import RendererMissing, RenderingFailed, render
from watchgap.plots.tornado import tornado_figure

__all__ = [
    "RendererMissing",
    "RenderingFailed",
    "assurance_figure",
    "pareto_figure",
    "recovery_figure",
    "render",
    "tornado_figure",
]
