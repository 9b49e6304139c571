"""Turns numbers into the words of the case, and scenarios into sentences."""

from collections.abc import Sequence
from datetime import date

from watchgap.assurance.record import Scenario
from watchgap.case.record import Case, Rung

CONTRADICTED = "contradicted"
NOT_MODELLED = "not modelled"


def words_for(value: float, ladder: Sequence[Rung]) -> str:
    """Say a number [1] in the words of a ladder: the highest rung that it reaches."""
    for rung in ladder:
        # A value a rounding error below a rung has reached it.
        if value >= rung.at_least - 1e-12:
            return rung.say
    return ladder[-1].say


def plain_number(count: float) -> str:
    """Write a count with thousands separated."""
    return f"{count:,.0f}"


def days_in_words(days: float) -> str:
    """Write a duration as days, or weeks where days would be false precision."""
    if days < 1:
        return f"{days * 24:.0f} hours"
    if days < 60:
        return f"{days:.0f} days"
    return f"{days / 7:.0f} weeks"


def scenario_sentence(
    case: Case, scenario: Scenario, begins: date | None, ends: date | None, amount: float
) -> str:
    """Say in one sentence what the scenario is: what is taken, how, how fast, hidden how, and when.

    amount: [SQ] of material that it takes.
    """
    route = next(one for one in case.routes if one.id == scenario.route)
    stratum = next(one for one in case.strata if one.id == scenario.stratum)
    hidden = next(one for one in case.concealments if one.id == scenario.concealment)
    taken = f"{plain_number(scenario.items)} of {plain_number(scenario.population)} items ({amount:.1f} SQ)"
    route_words, hidden_words = _opening(route.text, upper=True), _opening(hidden.text, upper=False)
    what = f"{route_words}: {taken} of '{stratum.name}'; {hidden_words}"
    if scenario.past:
        return f"{what}. Done before the period of the case."
    when = f", begun on {begins} and over on {ends}" if begins and ends else ""
    return f"{what}. At the {scenario.rate} rate it takes {days_in_words(scenario.duration)}{when}."


def _opening(text: str, *, upper: bool) -> str:
    text = text.strip().rstrip(".")
    first = text[:1].upper() if upper else text[:1].lower()
    return first + text[1:]
