"""Draws: what is not known about a case, drawn together, many times.

In: a case and its ledger. Out: the unknowns with the factors that they depend on (`find_unknowns`), scrambled
Sobol points for the factors (`sobol_points`), and for each point the values of all numbers and a ledger in
which every fact has one date (`Drawer`).

    >>> drawer = Drawer(case, ledger, now=552.0)
    >>> point = sobol_points(drawer.unknowns.columns, draws=256, seed=1993)[0]
    >>> value, dated, told = drawer.draw(point)

Next: `watchgap.coverage` and `watchgap.assurance` compute from one draw as from a single case.
"""

from watchgap.draws.points import normal_copula, sobol_points
from watchgap.draws.record import ClaimDraws, Ensemble, Factor, Unknown, Unknowns
from watchgap.draws.unknowns import find_unknowns
from watchgap.draws.values import Draw, Drawer

__all__ = [
    "ClaimDraws",
    "Draw",
    "Drawer",
    "Ensemble",
    "Factor",
    "Unknown",
    "Unknowns",
    "find_unknowns",
    "normal_copula",
    "sobol_points",
]
