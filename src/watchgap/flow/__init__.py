"""Flow: the only place that runs one room after another.

In: a case folder. Out: its faults (`check`), its contents (`load`), its numbers (`situation_of`), its study
at a date (`brief`) and the back-test of its curves (`backtest`).

    >>> study = brief("cases/yongbyon-1993", as_of="1993-11-06")
    >>> study.claim("gap").latent.value
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from watchgap.flow.load import LoadedCase, check, load

if TYPE_CHECKING:
    from watchgap.flow.run import backtest, brief, situation_of

__all__ = ["LoadedCase", "backtest", "brief", "check", "load", "situation_of"]


def __getattr__(name: str) -> Any:
    # A case is checked without the engine, which takes longer to load than the check takes.
    if name not in __all__:
        raise AttributeError(f"module 'watchgap.flow' has no attribute '{name}'")
    return getattr(import_module("watchgap.flow.run"), name)
