"""Flow: the only place that runs one room after another.

In: a case folder. Out: its faults (`check`), its contents (`load`), its numbers (`situation_of`), its study
at a date (`brief`) and the back-test of its curves (`backtest`).

    >>> study = brief("cases/yongbyon-1993", as_of="1993-11-06")
    >>> study.claim("gap").latent.value
"""

from watchgap.flow.load import LoadedCase, check, load
from watchgap.flow.run import backtest, brief, situation_of

__all__ = ["LoadedCase", "backtest", "brief", "check", "load", "situation_of"]
