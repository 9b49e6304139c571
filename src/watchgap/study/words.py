"""Turns numbers into the words of the case, and scenarios into sentences."""

from collections.abc import Sequence
from datetime import date

from watchgap.assurance.record import Scenario
from watchgap.base.time import day_at
from watchgap.case.record import Case, Rung

CONTRADICTED = "contradicted"
NOT_MODELLED = "not modelled"
NOT_BEGUN = "not begun"
NOTHING_POSSIBLE = "no scenario could be over yet"


def words_for(value: float, ladder: Sequence[Rung]) -> str:
    """Say a number [1] in the words of a ladder: the highest rung that it reaches."""
    for rung in ladder:
        # A value a rounding error below a rung has reached it.
        if value >= rung.at_least - 1e-12:
            return rung.say
    return ladder[-1].say


def calendar_day(origin: date, days: float) -> date:
    """Name the day in which a time [d] lies; the last of the calendar for what comes later."""
    return day_at(origin, min(days, float((date.max - origin).days)))


def plain_number(count: float) -> str:
    """Write a count with thousands separated."""
    return f"{count:,.0f}"


def days_in_words(days: float) -> str:
    """Write a duration as days, or weeks where days would be false precision."""
    if days < 1:
        return _counted(days * 24, "hour")
    return _counted(days, "day") if days < 60 else _counted(days / 7, "week")


def _counted(count: float, unit: str) -> str:
    number = f"{count:.0f}"
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


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
    if upper:
        return text[:1].upper() + text[1:]
    # "IAEA seals are ..." keeps its capitals.
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
