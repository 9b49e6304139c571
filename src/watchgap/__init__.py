"""Nobody was watching for a while: what can still be said, what would settle it, and until when.

    >>> import watchgap as wg
    >>> study = wg.brief("cases/yongbyon-1993", as_of="1993-11-06")
    >>> gap = study.claim("gap")
    >>> print(gap.in_hand.words, gap.latent.value, gap.posterior_headline.value)

The names below are all that users need; each lives in a room of its own, whose `__init__` tells its story.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchgap.base.errors import CaseError, Fault, OutOfRange, UnknownName, WatchgapError
    from watchgap.case.new import new_case
    from watchgap.case.schema import case_schema
    from watchgap.flow import LoadedCase, backtest, brief, check, load, situation_of
    from watchgap.plots import assurance_figure, render
    from watchgap.study import (
        BackTest,
        Study,
        curve_table,
        exposure_table,
        headline_table,
        statement_table,
        study_json,
        timeline_table,
    )

_HOMES = {
    "watchgap.base.errors": ("CaseError", "Fault", "OutOfRange", "UnknownName", "WatchgapError"),
    "watchgap.case.new": ("new_case",),
    "watchgap.case.schema": ("case_schema",),
    "watchgap.flow": ("LoadedCase", "backtest", "brief", "check", "load", "situation_of"),
    "watchgap.plots": ("assurance_figure", "render"),
    "watchgap.study": (
        "BackTest", "Study", "curve_table", "exposure_table", "headline_table", "statement_table",
        "study_json", "timeline_table",
    ),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BackTest",
    "CaseError",
    "Fault",
    "LoadedCase",
    "OutOfRange",
    "Study",
    "UnknownName",
    "WatchgapError",
    "assurance_figure",
    "backtest",
    "brief",
    "case_schema",
    "check",
    "curve_table",
    "exposure_table",
    "headline_table",
    "load",
    "new_case",
    "render",
    "situation_of",
    "statement_table",
    "study_json",
    "timeline_table",
]


def __getattr__(name: str) -> Any:
    # Rooms load when they are asked for: `watchgap --help` must not pay for numpy.
    if name not in _HOME_OF:
        raise AttributeError(f"module 'watchgap' has no attribute '{name}'")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
