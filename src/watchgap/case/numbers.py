"""The few numbers that follow from the parts of a case: goal, population, items needed, timeliness."""

from collections.abc import Callable

from watchgap.base.counts import least_count
from watchgap.case.quantity import Quantity
from watchgap.case.record import Claim, Concealment, Stratum
from watchgap.tables import significant_quantity, timeliness_goal

Valuation = Callable[[Quantity], float]

UNREACHABLE = 10**12


def median(quantity: Quantity) -> float:
    """Value a quantity at its median, in base units: what a single assessment computes with."""
    return quantity.at(0.5)


def population_of(stratum: Stratum, value: Valuation = median) -> int:
    """Number of items of a stratum."""
    return round(value(stratum.items))


def goal_of(claim: Claim, stratum: Stratum, value: Valuation = median) -> float:
    """Goal quantity [kg] of a claim for a stratum: the claim's own, or one significant quantity."""
    if claim.goal is not None:
        return value(claim.goal)
    return significant_quantity(stratum.material).value


def items_needed(claim: Claim, stratum: Stratum, concealment: Concealment, value: Valuation = median) -> int:
    """Number of items that have to be touched to gain the goal quantity, r = ceil(G / (g m)).

    A relative tolerance of 1e-9 keeps a quotient such as 2.0000000001, which is 2 but for rounding, from
    becoming 3. A number beyond all that a stratum can hold is given as `UNREACHABLE`.
    """
    goal = goal_of(claim, stratum, value)
    each = value(concealment.defect_fraction) * value(stratum.item_mass)
    # Compared as a product, because the quotient of very small numbers is no number any more.
    if goal >= each * UNREACHABLE:
        return UNREACHABLE
    return max(1, least_count(goal / each))


def timeliness_of(stratum: Stratum, value: Valuation = median) -> float:
    """Timeliness goal [d] of a stratum: its own, or that of its category of material."""
    if stratum.timeliness_goal is not None:
        return value(stratum.timeliness_goal)
    return timeliness_goal(stratum.category).value
