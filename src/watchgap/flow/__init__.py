"""Flow: the only place that runs one room after another.

In: a case folder. Out: its faults (`check`), its contents (`load`), its numbers (`situation_of`), its study
at a date (`brief`), the back-test of its curves (`backtest`), what would restore its claims and until when
(`recover`), the inspection that would (`plan`), and what to ask for first (`sensitivity`).

    >>> study = brief("cases/yongbyon-1993", as_of="1993-11-06")
    >>> study.claim("gap").latent.value
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from watchgap.flow.load import LoadedCase, check, load

if TYPE_CHECKING:
    from watchgap.flow.asking import Inquiry, sensitivity
    from watchgap.flow.ensemble import Sampling, unknowns_of
    from watchgap.flow.outlook import recover
    from watchgap.flow.planning import plan
    from watchgap.flow.run import backtest, brief, situation_of
    from watchgap.flow.wishes import Limits, Wish

# A case is checked without the engine, which takes longer to load than the check takes.
_LATER = {
    "Inquiry": "watchgap.flow.asking",
    "Limits": "watchgap.flow.wishes",
    "Sampling": "watchgap.flow.ensemble",
    "Wish": "watchgap.flow.wishes",
    "backtest": "watchgap.flow.run",
    "brief": "watchgap.flow.run",
    "plan": "watchgap.flow.planning",
    "recover": "watchgap.flow.outlook",
    "sensitivity": "watchgap.flow.asking",
    "situation_of": "watchgap.flow.run",
    "unknowns_of": "watchgap.flow.ensemble",
}

__all__ = [
    "Inquiry",
    "Limits",
    "LoadedCase",
    "Sampling",
    "Wish",
    "backtest",
    "brief",
    "check",
    "load",
    "plan",
    "recover",
    "sensitivity",
    "situation_of",
    "unknowns_of",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'watchgap.flow' has no attribute '{name}'")
    return getattr(import_module(_LATER[name]), name)
